import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { uncertaintyName } from '../../../src/policy/clock.js';
import type { Schema } from '../../../src/schema/types.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** The default of the setting that a cleanup would have in a schema, or nothing where it has none. */
function uncertaintyOf(name: string, schema: Schema): unknown {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  const { plan } = makePlan(policy, schema, findDialect(schema.dialect), { prefix: 'cleanup_', backup: 'none' });
  return plan?.parameters.find((parameter) => parameter.name === uncertaintyName)?.default;
}

const retyped = (schema: Schema, from: RegExp, to: string): Schema => ({
  ...schema,
  tables: schema.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      from.test(column.type) ? { ...column, type: to, family: 'timestamp' } : column,
    ),
  })),
});

/** Those that compare with whole numbers since 1970, or with what deepclean wrote. */
const others = ['sessions', 'par_requests', 'revision_metadata'];
const judging = policies.map(({ name }) => name).filter((name) => !others.includes(name));

describe('how far timestamps may lie behind', () => {
  test.each(judging)('%s: 12 h where they are kept as they were written', (name) => {
    expect(uncertaintyOf(name, completeSchema('postgresql'))).toBe(12);
    expect(uncertaintyOf(name, completeSchema('mssql'))).toBe(12);
    expect(uncertaintyOf(name, completeSchema('oracle'))).toBe(12);
    expect(uncertaintyOf(name, retyped(completeSchema('mysql'), /^timestamp/i, 'datetime'))).toBe(12);
  });

  test.each(judging)('%s: 26 h where the server converts them by the zone of the session', (name) => {
    expect(uncertaintyOf(name, retyped(completeSchema('mysql'), /^(timestamp|datetime)/i, 'timestamp'))).toBe(26);
    expect(uncertaintyOf(name, retyped(completeSchema('postgresql'), /^timestamp/, 'timestamp with time zone'))).toBe(
      26,
    );
    const local = 'TIMESTAMP(6) WITH LOCAL TIME ZONE';
    expect(uncertaintyOf(name, retyped(completeSchema('oracle'), /^(timestamp|date)/i, local))).toBe(26);
  });

  test.each(['sessions', 'par_requests'])('%s: not asked, since all its times are numbers in UTC', (name) => {
    expect(uncertaintyOf(name, completeSchema('mysql'))).toBeUndefined();
    expect(uncertaintyOf(name, completeSchema('postgresql'))).toBeUndefined();
  });

  test('not asked of a registry whose log is not there', () => {
    const schema = completeSchema('mysql');
    const withoutLog = { ...schema, tables: schema.tables.filter(({ name }) => name !== 'REG_LOG') };
    expect(uncertaintyOf('registry', withoutLog)).toBeUndefined();
  });
});
