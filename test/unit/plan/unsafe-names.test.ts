import { describe, expect, test } from 'vitest';
import { loadProfile, profileNames } from '../../../src/dialects/profiles.js';
import { dialects } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { tokens } from '../../../src/policies/tokens.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { dollarTag } from '../../../src/render/templates.js';
import type { Schema } from '../../../src/schema/types.js';

const choices = { prefix: 'cleanup_', backup: 'deleted-rows' } as const;

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('hostile names: %s', (_, dialect) => {
  const [profile = ''] = profileNames(dialect);
  const schema = loadProfile(profile, dialect);
  const withColumn = (name: string): Schema => ({
    ...schema,
    tables: schema.tables.map((table) =>
      /^idn_oauth2_access_token$/i.test(table.name)
        ? { ...table, columns: [...table.columns, { name, type: 'varchar(10)', family: 'text', nullable: true }] }
        : table,
    ),
  });
  const withIndex = (name: string): Schema => ({
    ...schema,
    tables: schema.tables.map((table) => ({
      ...table,
      indexes: [...table.indexes, { name, unique: false, columns: table.columns.slice(0, 1).map((one) => one.name) }],
    })),
  });
  const problemsOf = (changed: Schema) => makePlan(tokens, changed, dialect, choices).problems;

  test.each(['\n-- @end', '\r\nGO\r\n', '\u2028', '\u0000', '\n/\n', '\n$$', '\u0085'])(
    'a line break or control character, %j, is refused',
    (text) => {
      expect(problemsOf(withColumn(`a${text}b`)).map(({ what }) => what)).toEqual([
        expect.stringContaining('cannot be written'),
      ]);
      expect(problemsOf(withIndex(`a${text}b`)).map(({ what }) => what)).toEqual([
        expect.stringContaining('cannot be written'),
      ]);
      expect(problemsOf({ ...schema, namespace: `a${text}b` })).toHaveLength(1);
      expect(problemsOf({ ...schema, source: `a${text}b` })).toHaveLength(1);
    },
  );

  const clientActsUpon: Readonly<Record<string, readonly string[]>> = {
    mysql: ['\\'],
    mariadb: ['\\'],
    mssql: ['$(PATH)'],
    oracle: ['"; DROP TABLE T; --', "}'", '&x'],
  };
  test.each(clientActsUpon[dialect.name] ?? ['\n'])('what its client acts upon in quotes, %j, is refused', (text) => {
    expect(problemsOf(withColumn(`a${text}b`))).toHaveLength(1);
  });

  test.each(['$procedure$', '$uninstall$', '$backlog$', '$privileges$'])(
    'a name with %s does not end a body',
    (text) => {
      const { plan } = makePlan(tokens, withColumn(`a${text}b`), dialect, choices);
      if (plan === undefined) throw new Error('no plan');
      const { install, uninstallShared } = renderPlan(plan, dialect, {});
      for (const { text: sql } of [...install, uninstallShared]) {
        for (const [body] of sql.matchAll(
          /(?<=\b(?:AS|DO) )\$(procedure|uninstall|backlog|privileges)(_\d)?\$[\s\S]*?\$\1\2\$;/g,
        )) {
          const tag = /^\$\w+\$/.exec(body)?.[0] ?? '';
          expect(body.split(tag)).toHaveLength(3);
        }
      }
    },
  );
});

test('a dollar tag is one that the text does not hold', () => {
  expect(dollarTag('body', 'BEGIN END')).toBe('$body$');
  expect(dollarTag('body', 'a $body$ b $body_1$')).toBe('$body_2$');
});
