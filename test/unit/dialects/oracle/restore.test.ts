import { describe, expect, test } from 'vitest';
import { oracle } from '../../../../src/dialects/oracle/index.js';
import { loadProfile } from '../../../../src/dialects/profiles.js';
import { makePlan } from '../../../../src/plan/make-plan.js';
import { policies } from '../../../../src/policies/index.js';
import { tokens } from '../../../../src/policies/tokens.js';
import { renderPlan } from '../../../../src/render/render-plan.js';
import type { Schema, Table } from '../../../../src/schema/types.js';
import { completeSchema } from '../../../support/data/later-tables.js';

const complete = completeSchema('oracle');

/** All restores for a schema, one text each. */
const restoresOf = (schema: Schema): readonly string[] =>
  policies.flatMap((policy) => {
    const { plan } = makePlan(policy, schema, oracle, { prefix: 'cleanup_', backup: 'deleted-rows' });
    const files = plan ? renderPlan(plan, oracle, {}).install : [];
    return files.flatMap(({ file, text }) => (file.startsWith('40-') ? [text.replace(/--.*$/gm, '')] : []));
  });

/** How a restore tells that a kept row is there again, by table. */
const comparisonsIn = (sql: string): readonly (readonly [table: string, conditions: readonly string[]])[] =>
  [
    ...sql.matchAll(
      /NOT EXISTS \(\s+SELECT 1 FROM (\w+) t\s+WHERE ([\s\S]*?)\)(?:\n {4}ORDER BY [^)]*)?\n {2}\) LOOP/g,
    ),
  ].map(([, table = '', where = '']) => [table, where.split(/\s+AND\s+/)]);

const isHashable = (condition: string): boolean =>
  /^t\.(\w+) = b\.\1$/.test(condition) || /^NVL\(t\.(\w+), (.+)\) = NVL\(b\.\1, \2\)$/.test(condition);

const nullable = (type: string, name = 'C') => ({
  name,
  type,
  family: oracle.expressions.family(type),
  nullable: true,
});

describe('rows of a table without key', () => {
  test.each([
    ['all tables of all versions', complete, ['IDN_OAUTH2_ACCESS_TOKEN_AUDIT']],
    ['apim-2.1', loadProfile('apim-2.1', oracle), ['REG_RESOURCE_PROPERTY', 'REG_RESOURCE_TAG']],
  ])('are matched by hash, not each with each: %s', (_, schema, keyless) => {
    const compared = restoresOf(schema).flatMap(comparisonsIn);
    expect(compared.map(([table]) => table)).toEqual(expect.arrayContaining(keyless));
    for (const [table, conditions] of compared) {
      expect([table, conditions.filter(isHashable).length > 0]).toEqual([table, true]);
    }
  });

  test.each([
    ['VARCHAR2(255)', 'NVL(t.C, CHR(0)) = NVL(b.C, CHR(0))'],
    ['NUMBER(19)', 'NVL(t.C, -1E125) = NVL(b.C, -1E125)'],
    ['DATE', "NVL(t.C, DATE '0001-01-01') = NVL(b.C, DATE '0001-01-01')"],
    ['CLOB', undefined],
    ['BLOB', undefined],
    ['TIMESTAMP(6) WITH TIME ZONE', undefined],
  ])('a %s that may be NULL is hashed as %s', (type, equality) => {
    expect(oracle.expressions.alike?.('t.C', 'b.C', nullable(type))).toBe(equality);
  });

  test('one that holds no NULL is hashed as it is, and compared once', () => {
    const column = { ...nullable('NUMBER(19)'), nullable: false };
    expect(oracle.expressions.alike?.('t.C', 'b.C', column)).toBe(oracle.expressions.same('t.C', 'b.C', column));
  });
});

describe('a row that gets its own key again', () => {
  const withoutIndexes: Schema = {
    ...complete,
    tables: complete.tables.map((table): Table => ({ ...table, indexes: [] })),
  };

  /** Each UPDATE of a key, with the tables that are locked right before it. */
  const renumberings = (sql: string) =>
    [...sql.matchAll(/((?:LOCK TABLE \w+ IN SHARE ROW EXCLUSIVE MODE WAIT 1;\s+)*)UPDATE (\w+) t\s+SET t\./g)].map(
      ([, locks = '', table = '']) => ({
        table,
        locked: [...locks.matchAll(/LOCK TABLE (\w+)/g)].map(([, name = '']) => name),
      }),
    );

  test.each([
    ['as the product makes it', complete],
    ['without any index but those of keys', withoutIndexes],
  ])('locks what refers to it without an index before, for a second at most: the schema %s', (_, schema) => {
    const updates = restoresOf(schema).flatMap(renumberings);
    expect(updates.length).toBeGreaterThan(20);
    for (const { table, locked } of updates) {
      const children = schema.tables.filter(({ foreignKeys, primaryKey, indexes }) =>
        foreignKeys.some(
          ({ references, columns }) =>
            references === table &&
            ![primaryKey, ...indexes.map((index) => index.columns)].some((index) =>
              columns.every((name) => index.slice(0, columns.length).includes(name)),
            ),
        ),
      );
      expect([table, locked]).toEqual([table, children.map(({ name }) => name)]);
    }
  });

  test('some have such children', () => {
    expect(
      restoresOf(withoutIndexes)
        .flatMap(renumberings)
        .flatMap(({ locked }) => locked).length,
    ).toBeGreaterThan(3);
  });
});

/** A subprogram of the package. */
const partOfKit = (name: string): string => {
  const { plan } = makePlan(tokens, complete, oracle, { prefix: 'cleanup_', backup: 'deleted-rows' });
  const kit = plan ? renderPlan(plan, oracle, {}).install.find(({ file }) => file === '15-kit.sql')?.text : '';
  return new RegExp(`PROCEDURE ${name}\\b(?:(?!PROCEDURE )[\\s\\S])*?\\n {2}END ${name};`).exec(kit ?? '')?.[0] ?? '';
};

test('texts and keys are compared by their bytes, whatever the session prefers, from before the first comparison', () => {
  for (const sql of restoresOf(complete)) {
    const body = sql.slice(sql.indexOf('\nBEGIN\n'), sql.indexOf('\nEXCEPTION\n  WHEN CLEANUP_KIT'));
    const begin = body.indexOf('CLEANUP_KIT.begin_restore(');
    expect(begin).toBeGreaterThan(0);
    expect(body.search(/WHERE \w/)).toBeGreaterThan(begin);
    expect(body.indexOf('CLEANUP_KIT.end_restore(')).toBeGreaterThan(body.lastIndexOf('WHERE '));
  }
  expect(partOfKit('begin_restore')).toMatch(/BEGIN\s+begin_alone\(/);
  expect(partOfKit('begin_alone')).toMatch(/set_nls\(p_run\);[\s\S]*take_lock\(/);
  expect(partOfKit('end_restore')).toMatch(/put_nls_back\(p_run\);\s+END end_restore;/);
});

describe('a restore of many rows', () => {
  test('commits each 2000 of a table with a key, whose rows are found there by the next call', () => {
    for (const sql of restoresOf(loadProfile('apim-2.1', oracle))) {
      for (const loop of sql.split(/CLEANUP_KIT\.restore_table\(/).slice(1)) {
        const inside = loop.slice(0, loop.lastIndexOf('  END LOOP;\n  CLEANUP_KIT.put_back('));
        const hasKey = inside.includes('RETURNING ROWID INTO v_row');
        expect([
          inside.slice(0, 60),
          /IF v_rows >= 2000 AND gone\.(\w+) <> (v_key_\d+) THEN\s+CLEANUP_KIT\.put_back\([^;]*;\s+END IF;\s+\2 := gone\.\1;/.test(
            inside,
          ),
        ]).toEqual([inside.slice(0, 60), hasKey]);
        expect(loop).toMatch(/END LOOP;\s+CLEANUP_KIT\.put_back\(v_run, '\w+', v_rows\);/);
      }
    }
  });

  test('holds the row of its cleanup in each transaction, and stops if another run is named there', () => {
    expect(partOfKit('put_back')).toMatch(
      /COMMIT WRITE IMMEDIATE WAIT;\s+SET TRANSACTION[^;]*;\s+lock_again\(p_run\);/,
    );
    expect(partOfKit('begin_restore')).toMatch(/begin_log\(p_run\);\s+lock_again\(p_run\);\s+END begin_restore;/);
    expect(partOfKit('lock_again')).toMatch(
      /FOR UPDATE WAIT 1;\s+IF v_owner <> p_run\.run_id THEN\s+RAISE_APPLICATION_ERROR/,
    );
    // A start that finds the row free looks as long for a restore that lives as for a run.
    expect(partOfKit('take_lock')).toMatch(/OR r\.RUN_ID = \(SELECT l\.RUN_ID FROM CLEANUP_LOCK l/);
  });
});
