import { describe, expect, test } from 'vitest';
import { oracle } from '../../../../src/dialects/oracle/index.js';
import { loadProfile } from '../../../../src/dialects/profiles.js';
import { makePlan } from '../../../../src/plan/make-plan.js';
import { policies } from '../../../../src/policies/index.js';
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
  [...sql.matchAll(/NOT EXISTS \(\s+SELECT 1 FROM (\w+) t\s+WHERE ([\s\S]*?)\)\n {2}\) LOOP/g)].map(
    ([, table = '', where = '']) => [table, where.split(/\s+AND\s+/)],
  );

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

test('texts and keys are compared by their bytes, whatever the session prefers, from before the first comparison', () => {
  for (const sql of restoresOf(complete)) {
    const body = sql.slice(sql.indexOf('\nBEGIN\n'), sql.indexOf('\nEXCEPTION\n  WHEN CLEANUP_KIT'));
    const [set, first, back] = [
      /CLEANUP_KIT\.set_nls\(v_run\);/,
      /WHERE \w/,
      /CLEANUP_KIT\.put_nls_back\(v_run\);/,
    ].map((pattern) => body.search(pattern));
    expect(set).toBeGreaterThan(0);
    expect(first).toBeGreaterThan(set ?? 0);
    expect(back).toBeGreaterThan(body.lastIndexOf('WHERE '));
  }
});
