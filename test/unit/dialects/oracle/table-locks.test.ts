import { describe, expect, test } from 'vitest';
import { oracle } from '../../../../src/dialects/oracle/index.js';
import { makePlan } from '../../../../src/plan/make-plan.js';
import { policies } from '../../../../src/policies/index.js';
import type { Policy } from '../../../../src/policy/types.js';
import { renderPlan } from '../../../../src/render/render-plan.js';
import type { Schema, Table } from '../../../../src/schema/types.js';
import { completeSchema } from '../../../support/data/later-tables.js';

const complete = completeSchema('oracle');
const isReferredTo = ({ name }: Table): boolean =>
  complete.tables.some(({ foreignKeys }) => foreignKeys.some(({ references }) => references === name));
const changed = (change: (table: Table) => Table): Schema => ({ ...complete, tables: complete.tables.map(change) });

/** A table that is not the product's, whose rows keep mappings of sessions. */
const custom = (onDelete: 'NO ACTION' | 'SET NULL', isIndexed: boolean): Schema => {
  const columns = ['SESSION_ID', 'PROPERTY_TYPE'];
  const table: Table = {
    name: 'CUSTOM_NOTE',
    columns: columns.map((name) => ({ name, type: 'VARCHAR2(100)', family: 'text', nullable: true })),
    primaryKey: [],
    indexes: isIndexed ? [{ name: 'CUSTOM_NOTES', unique: false, columns }] : [],
    foreignKeys: [{ columns, references: 'IDN_AUTH_SESSION_META_DATA', referencedColumns: columns, onDelete }],
  };
  return { ...complete, tables: [...complete.tables, table] };
};

const schemas: Readonly<Record<string, Schema>> = {
  'as the product makes it': complete,
  'without any index but those of keys': changed((table) => ({ ...table, indexes: [] })),
  'without keys of children': changed((table) =>
    table.foreignKeys.length === 0 || isReferredTo(table) ? table : { ...table, indexes: [], primaryKey: [] },
  ),
  'with a table that refers to rows which follow others': custom('NO ACTION', false),
};

function cleanupOf(policy: Policy, schema: Schema, backup: 'deleted-rows' | 'none' = 'deleted-rows'): string {
  const { plan } = makePlan(policy, schema, oracle, { prefix: 'cleanup_', backup });
  return (plan && renderPlan(plan, oracle, {}).install.find(({ file }) => file.startsWith('30-'))?.text) ?? '';
}

/** Each table's part of the procedure, with what it deletes and locks in the order of the text. */
function stepsOf(sql: string): readonly (readonly { readonly does: 'lock' | 'delete'; readonly table: string }[])[] {
  const code = sql.replace(/--.*$/gm, '');
  const takers = new Map(
    [...code.matchAll(/PROCEDURE (take_\d+)\([\s\S]*?DELETE FROM (\w+)[\s\S]*?END \1;/g)].map(
      ([, name = '', table = '']) => [name, table],
    ),
  );
  const [, ...steps] = code.split(/CLEANUP_KIT\.open_table\(/);
  return steps.map((step) =>
    [...step.matchAll(/LOCK TABLE (\w+) IN SHARE ROW EXCLUSIVE MODE WAIT 1;|DELETE FROM (\w+)|\b(take_\d+)\(/g)].map(
      ([, locked, deleted, taker]) =>
        locked === undefined
          ? { does: 'delete', table: deleted ?? takers.get(taker ?? '') ?? '?' }
          : { does: 'lock', table: locked },
    ),
  );
}

/** Of no index the server knows that it leads to the rows of a key, unless these columns are its first. */
const isLed = ({ primaryKey, indexes }: Table, columns: readonly string[]): boolean =>
  [primaryKey, ...indexes.map((index) => index.columns)].some(
    (index) => index.length >= columns.length && index.slice(0, columns.length).every((name) => columns.includes(name)),
  );

/** Where a parent is deleted though a child without an index is not locked: the server would lock it, and wait for ever. */
function unlocked(sql: string, { tables }: Schema): readonly string[] {
  return stepsOf(sql).flatMap((events, step) =>
    events.flatMap(({ does, table }, at) =>
      does === 'lock'
        ? []
        : tables
            .filter((child) => child.foreignKeys.some((key) => key.references === table && !isLed(child, key.columns)))
            .filter((child) => !events.slice(0, at).some((one) => one.does === 'lock' && one.table === child.name))
            .map((child) => `step ${step + 1}: ${table} is deleted, and ${child.name} is not locked`),
    ),
  );
}

describe.each(Object.entries(schemas))('the schema %s', (_, schema) => {
  test.each(policies.map((policy) => [policy.name, policy] as const))(
    'cleanup_%s locks each child without an index, and for a second at most, before it deletes its parent',
    (__, policy) => {
      for (const backup of ['deleted-rows', 'none'] as const) {
        const sql = cleanupOf(policy, schema, backup);
        expect(unlocked(sql, schema)).toEqual([]);
        // No other lock on a table, and no row waits longer either.
        expect(sql.match(/LOCK TABLE (?!\w+ IN SHARE ROW EXCLUSIVE MODE WAIT 1;).*/g)).toBeNull();
        expect(sql.match(/FOR UPDATE(?!( OF [\w.]+)? WAIT 1\b).*/g)).toBeNull();
      }
    },
  );
});

test('a missing lock is noticed', () => {
  const tokens = policies.find(({ name }) => name === 'tokens');
  const schema = changed((table) => ({ ...table, indexes: [] }));
  const sql = tokens ? cleanupOf(tokens, schema) : '';
  const locks = [...sql.matchAll(/LOCK TABLE IDN_OIDC_REQ_OBJECT_CLAIMS [^;]*;/g)];
  expect(locks.length).toBeGreaterThan(1);
  for (const { index, 0: lock } of locks) {
    const without = sql.slice(0, index) + sql.slice(index + lock.length);
    expect(unlocked(without, schema)).toEqual([
      expect.stringMatching(/IDN_OIDC_REQ_OBJECT_REFERENCE is deleted, and IDN_OIDC_REQ_OBJECT_CLAIMS is not locked/),
    ]);
  }
});

test.each([
  ['SET NULL', true],
  ['SET NULL', false],
  ['NO ACTION', false],
] as const)(
  'of a key with %s to rows that follow others the table is locked before they are chosen (index: %s)',
  (rule, isIndexed) => {
    const sessions = policies.find(({ name }) => name === 'sessions');
    const schema = custom(rule, isIndexed);
    const [, , step = []] = sessions ? [undefined, ...stepsOf(cleanupOf(sessions, schema))] : [];
    const locked = step.findIndex(({ does, table }) => does === 'lock' && table === 'CUSTOM_NOTE');
    const deleted = step.findIndex(({ does, table }) => does === 'delete' && table === 'IDN_AUTH_SESSION_META_DATA');
    expect([locked >= 0, deleted >= 0, locked < deleted]).toEqual([true, true, true]);
  },
);

test('the header names each key without an index, as the server counts it', () => {
  const tokens = policies.find(({ name }) => name === 'tokens');
  const half = changed((table) =>
    table.name === 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'
      ? { ...table, primaryKey: [], indexes: [{ name: 'X', unique: false, columns: ['TENANT_ID', 'TOKEN_ID'] }] }
      : table,
  );
  expect(tokens && cleanupOf(tokens, half)).toContain('IDN_OAUTH2_ACCESS_TOKEN_SCOPE has no index on TOKEN_ID');
});
