import { describe, expect, test } from 'vitest';
import { loadProfile, profileNames } from '../../../src/dialects/profiles.js';
import { dialects, findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { registry } from '../../../src/policies/registry.js';
import { sessions } from '../../../src/policies/sessions.js';
import { tokens } from '../../../src/policies/tokens.js';
import type { Policy } from '../../../src/policy/types.js';
import type { DeleteRule, Schema, Table } from '../../../src/schema/types.js';
import { completeSchema } from '../../support/data/later-tables.js';

const mysql = findDialect('mysql');
const profile = loadProfile('apim-4.5', mysql);

const billing = (references: string, onDelete: DeleteRule, key: readonly string[], name = 'BILLING'): Table => ({
  name,
  columns: ['ID', ...key].map((column) => ({ name: column, type: 'varchar(255)', family: 'text', nullable: true })),
  primaryKey: ['ID'],
  foreignKeys: [{ columns: key, references, referencedColumns: key, onDelete }],
  indexes: [],
});

function planned(policy: Policy, table: Table, foreignTables: readonly string[] = [], schema: Schema = profile) {
  const whole = { ...schema, tables: [...schema.tables, table] };
  return makePlan(policy, whole, mysql, { prefix: 'cleanup_', backup: 'deleted-rows', foreignTables });
}

const token = 'IDN_OAUTH2_ACCESS_TOKEN';
const rules: readonly DeleteRule[] = ['RESTRICT', 'NO ACTION', 'SET NULL', 'SET DEFAULT'];

describe('a table that is not the product’s', () => {
  test.each(rules)('keeps the token that it refers to with %s, and says so', (rule) => {
    const { plan } = planned(tokens, billing(token, rule, ['TOKEN_ID']));
    expect(plan?.backups.map(({ source }) => source.name)).not.toContain('BILLING');
    expect(plan?.lookedAt.map(({ name }) => name)).toContain('BILLING');
    expect(plan?.otherTables.map(({ words }) => words)).toEqual([
      `rows of BILLING (TOKEN_ID, ON DELETE ${rule}) keep the rows of ${token} that they refer to`,
    ]);
  });

  test.each(rules)('goes with the token that it refers to with %s only if the configuration names it', (rule) => {
    const { plan } = planned(tokens, billing(token, rule, ['TOKEN_ID']), ['billing']);
    expect(plan?.backups.map(({ source }) => source.name)).toContain('BILLING');
    expect(JSON.stringify(plan?.steps[0]?.rule)).not.toContain('BILLING');
  });

  test('goes with the token if its key cascades', () => {
    const { plan } = planned(tokens, billing(token, 'CASCADE', ['TOKEN_ID']));
    expect(plan?.backups.map(({ source }) => source.name)).toContain('BILLING');
  });

  test.each(['IDN_BILLING', 'AM_BILLING', 'REG_BILLING'])('is not taken for the product’s by its name %s', (name) => {
    const { plan } = planned(tokens, billing(token, 'NO ACTION', ['TOKEN_ID'], name));
    expect(plan?.backups.map(({ source }) => source.name)).not.toContain(name);
  });

  test('keeps a mapping of a session that it refers to', () => {
    const { plan } = planned(
      sessions,
      billing('IDN_AUTH_SESSION_META_DATA', 'SET NULL', ['SESSION_ID', 'PROPERTY_TYPE']),
    );
    const [follower] =
      plan?.steps
        .flatMap(({ followers }) => followers)
        .filter(({ table }) => table.name === 'IDN_AUTH_SESSION_META_DATA') ?? [];
    expect(JSON.stringify(follower?.guard)).toContain('BILLING');
    expect(plan?.otherTables.map(({ table, effect }) => [table, effect])).toEqual([['BILLING', 'keeps']]);
  });

  test.each([
    [sessions, 'IDN_AUTH_SESSION_STORE', ['SESSION_ID']],
    [registry, 'REG_LOG', ['REG_LOG_ID']],
  ] as const)('is refused where rows stand for each other: %#', (policy, references, key) => {
    const schema = policy === registry ? completeSchema('mysql') : profile;
    const { problems } = planned(policy, billing(references, 'RESTRICT', key), [], schema);
    expect(problems.map(({ what }) => what)).toEqual([expect.stringContaining('BILLING refers to')]);
    expect(problems.map(({ next }) => next).join()).not.toMatch(/change that foreign key/i);
  });
});

test('every table of the product that hangs on a cleaned one is declared, so that none is taken for a stranger', () => {
  const strangers = dialects.flatMap((dialect) =>
    [...profileNames(dialect).map((name) => loadProfile(name, dialect)), completeSchema(dialect.name)].flatMap(
      (schema) =>
        policies.flatMap((policy) => {
          const { plan } = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
          return plan?.otherTables.map(({ words }) => `${dialect.name}, ${schema.source}: ${words}`) ?? [];
        }),
    ),
  );
  expect(strangers).toEqual([]);
});
