import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { resolveStep, whyLeftOut } from '../../../src/plan/resolve-step.js';
import { registry } from '../../../src/policies/registry.js';
import { sessions } from '../../../src/policies/sessions.js';
import { staleActions } from '../../../src/policies/stale-actions.js';
import {
  all,
  any,
  epochBefore,
  ifColumn,
  isNull,
  noRow,
  noRowExactly,
  noRowIfThere,
  oneOf,
} from '../../../src/policy/build.js';
import { tablesLookedAtBy } from '../../../src/policy/columns.js';
import type { Policy, Predicate, Step } from '../../../src/policy/types.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import type { Column, Schema, Table } from '../../../src/schema/types.js';
import { completeSchema } from '../../support/data/later-tables.js';

const postgresql = findDialect('postgresql');
const apim21 = loadProfile('apim-2.1', postgresql);
const apim45 = loadProfile('apim-4.5', findDialect('mysql'));
const complete = completeSchema('postgresql');

const planOf = (policy: Policy, schema: Schema) =>
  makePlan(policy, schema, postgresql, { prefix: 'cleanup_', backup: 'deleted-rows' });

const stepOf = (policy: Policy, table: string): Step => {
  const step = policy.steps.find((one) => one.table === table);
  if (step === undefined) throw new Error(`no step ${table}`);
  return step;
};

const without = (schema: Schema, table: string): Schema => ({
  ...schema,
  tables: schema.tables.filter(({ name }) => name.toUpperCase() !== table),
});

const integer = (name: string): Column => ({ name, type: 'integer', family: 'integer', nullable: true });

/** A table of integer columns. */
const table = (name: string, columns: string, foreignKeys: Table['foreignKeys'] = []): Table => ({
  name,
  columns: columns.split(' ').map(integer),
  primaryKey: [],
  foreignKeys,
  indexes: [],
});

const schemaOf = (...tables: readonly Table[]): Schema => ({ source: 'a test', dialect: 'postgresql', tables });

describe('a column that a version lacks', () => {
  const store = 'IDN_AUTH_SESSION_STORE';
  const expired = (schema: Schema): Predicate | undefined =>
    resolveStep(stepOf(sessions, store), schema).reasons.find(({ name }) => name === 'expired')?.when;
  const byAge = epochBefore('TIME_CREATED', 'nanoseconds', 'age_cut_off');

  /** The statements alone: no comments, no descriptions. */
  const codeOf = (schema: Schema): string => {
    const { plan } = planOf(sessions, schema);
    if (plan === undefined) throw new Error('no plan');
    const text = renderPlan(plan, postgresql, {}).install.map((artifact) => artifact.text);
    return text.join('\n').replace(/'(?:[^']|'')*'|--.*$/gm, '');
  };

  test('sessions without EXPIRY_TIME are judged by age, in the plan and in the SQL', () => {
    expect(expired(apim21)).toEqual(byAge);
    expect(planOf(sessions, apim21).plan?.cutOffs.map(({ name }) => name)).toEqual(['age_cut_off', 'delete_cut_off']);
    expect(codeOf(apim21)).not.toMatch(/expiry/i);
    expect(codeOf(apim21)).toMatch(/time_created < .*age_cut_off/);
  });

  test('sessions with one are judged by it, and by age where it says nothing', () => {
    expect(expired(complete)).toMatchObject({ kind: 'any' });
    expect(JSON.stringify(expired(complete))).not.toContain('hasColumn');
    expect(JSON.stringify(expired(complete))).toContain(JSON.stringify(byAge));
    expect(codeOf(complete)).toMatch(/expiry_time < .*expiry_cut_off/);
  });

  test('actions of a version that does not note when they were made are left alone: one may be newborn', () => {
    const untimed: Schema = {
      ...complete,
      tables: complete.tables.map((table) => ({
        ...table,
        columns: table.columns.filter(
          ({ name }) => table.name.toUpperCase() !== 'IDN_ACTION' || name.toUpperCase() !== 'CREATED_AT',
        ),
      })),
    };
    const result = makePlan(staleActions, untimed, postgresql, { prefix: 'cleanup_', backup: 'deleted-rows' });
    expect(result.plan).toBeUndefined();
  });

  test('a column is looked for in the table that the rule is about, whatever its case', () => {
    const rule = noRow('OTHER', { ID: 'ID' }, ifColumn('EXTRA', isNull('EXTRA'), isNull('ID')));
    const step: Step = { table: 'OWN', reasons: [{ name: 'r', meaning: '', when: rule }] };
    const whenWith = (columns: string) =>
      resolveStep(step, schemaOf(table('OWN', 'ID EXTRA'), table('other', columns))).reasons[0]?.when;
    expect(whenWith('id extra')).toEqual(noRow('OTHER', { ID: 'ID' }, isNull('EXTRA')));
    expect(whenWith('id')).toEqual(noRow('OTHER', { ID: 'ID' }, isNull('ID')));
  });
});

describe('a look at a table that some versions lack', () => {
  const dead = oneOf('STATUS', 'DEAD');
  const step = (when: Predicate): Step => ({ table: 'OWN', reasons: [{ name: 'r', meaning: '', when }] });
  const lookUp = noRowIfThere('OTHER', { OWN_ID: 'ID' });
  const own = table('OWN', 'ID STATUS');

  test('is made where the table and its columns are there', () => {
    const schema = schemaOf(own, table('other', 'own_id'));
    expect(resolveStep(step(all(dead, lookUp)), schema).reasons[0]?.when).toEqual(all(dead, lookUp));
  });

  test('is left out without the table, or without the column, and the rest of the rule stays', () => {
    for (const schema of [schemaOf(own), schemaOf(own, table('OTHER', 'ID'))]) {
      const resolved = resolveStep(step(all(dead, lookUp)), schema);
      expect(resolved.reasons[0]?.when).toEqual(dead);
      expect(whyLeftOut(resolved, schema, tablesLookedAtBy(resolved))).toBeUndefined();
    }
  });

  test('never leaves a rule that calls every row dead', () => {
    expect(() => resolveStep(step(lookUp), schemaOf(own))).toThrow('would call every row dead');
    expect(() => resolveStep(step(any(dead, lookUp)), schemaOf(own))).toThrow('would call every row dead');
  });

  test('as a guard it is simply gone', () => {
    expect(resolveStep({ ...step(dead), guard: lookUp }, schemaOf(own))).not.toHaveProperty('guard');
    expect(resolveStep({ ...step(dead), guard: all(isNull('ID'), lookUp) }, schemaOf(own)).guard).toEqual(isNull('ID'));
  });

  test('sessions without a temporary store look into the one store only', () => {
    const guards = (schema: Schema) =>
      tablesLookedAtBy({ ...resolveStep(stepOf(sessions, 'IDN_AUTH_SESSION_STORE'), schema), reasons: [] });
    expect(guards(apim45)).toEqual(['IDN_AUTH_SESSION_STORE', 'IDN_AUTH_TEMP_SESSION_STORE']);
    expect(guards(without(apim45, 'IDN_AUTH_TEMP_SESSION_STORE'))).toEqual(['IDN_AUTH_SESSION_STORE']);
  });
});

describe('rows that nothing may refer to', () => {
  const properties = stepOf(registry, 'REG_PROPERTY');
  const keyTo = (references: string, columns: readonly string[], referencedColumns: readonly string[]) =>
    ({ columns, references, referencedColumns, onDelete: 'NO ACTION' }) as const;
  const linked = (name: string, ...keys: Table['foreignKeys']): Schema => ({
    ...apim45,
    tables: [...apim45.tables, table(name, 'A B', keys)],
  });

  test('the link that the policy names is asked for once, though a foreign key says the same', () => {
    expect(apim45.tables.flatMap(({ foreignKeys }) => foreignKeys.map(({ references }) => references))).toContain(
      'REG_PROPERTY',
    );
    const { guard, reasons } = resolveStep(properties, apim45);
    expect(guard).toBeUndefined();
    expect(reasons.map(({ when }) => when)).toEqual([
      noRow('REG_RESOURCE_PROPERTY', { REG_PROPERTY_ID: 'REG_ID', REG_TENANT_ID: 'REG_TENANT_ID' }),
    ]);
  });

  test('so is one that stands in the guard', () => {
    const link = noRow('REG_RESOURCE_PROPERTY', { REG_TENANT_ID: 'REG_TENANT_ID', REG_PROPERTY_ID: 'REG_ID' });
    const reasons = [{ name: 'r', meaning: '', when: isNull('REG_VALUE') }];
    for (const guard of [link, all(isNull('REG_NAME'), link)]) {
      expect(resolveStep({ ...properties, guard, reasons }, apim45).guard).toEqual(guard);
    }
  });

  test('every other live foreign key adds a guard of its own', () => {
    const schema = linked(
      'EXTENSION',
      keyTo('REG_PROPERTY', ['A', 'B'], ['REG_ID', 'REG_TENANT_ID']),
      keyTo('REG_PROPERTY', ['B', 'A'], ['REG_ID', 'REG_TENANT_ID']),
      keyTo('REG_TAG', ['A', 'B'], ['REG_ID', 'REG_TENANT_ID']),
    );
    expect(resolveStep(properties, schema).guard).toEqual(
      all(
        noRow('EXTENSION', { A: 'REG_ID', B: 'REG_TENANT_ID' }),
        noRow('EXTENSION', { B: 'REG_ID', A: 'REG_TENANT_ID' }),
      ),
    );
    expect(resolveStep(stepOf(registry, 'REG_TAG'), schema).guard).toEqual(
      noRow('EXTENSION', { A: 'REG_ID', B: 'REG_TENANT_ID' }),
    );
  });

  describe('a foreign key is not forgotten', () => {
    const schema = schemaOf(
      table('OWN', 'ID STATUS'),
      table('LINK', 'OWN_ID STATE', [keyTo('OWN', ['OWN_ID'], ['ID'])]),
    );
    const whole = noRow('LINK', { OWN_ID: 'ID' });
    const old = oneOf('STATUS', 'OLD');
    const guardFor = (...rules: readonly Predicate[]) => {
      const reasons = rules.map((when, at) => ({ name: `r${at}`, meaning: '', when }));
      return resolveStep({ table: 'OWN', unreferenced: true, reasons }, schema).guard;
    };

    test('by a rule that does not speak of it', () => {
      expect(guardFor(old)).toEqual(whole);
    });

    test('by a rule that looks at some of the rows only', () => {
      expect(guardFor(noRow('LINK', { OWN_ID: 'ID' }, oneOf('STATE', 'LIVE')))).toEqual(whole);
      expect(guardFor(noRowExactly('LINK', { OWN_ID: 'ID' }))).toEqual(whole);
    });

    test('by one reason for another one that does not speak of it', () => {
      expect(guardFor(all(whole, old), isNull('STATUS'))).toEqual(whole);
    });
  });

  test('rows that go with their parent get no guard', () => {
    expect(resolveStep(stepOf(registry, 'REG_RESOURCE_PROPERTY'), apim45).guard).toBeUndefined();
  });
});

describe('a step is left out', () => {
  test('without its table, and says so', () => {
    expect(planOf(sessions, apim21).plan?.leftOut).toContainEqual({
      table: 'IDN_AUTH_TEMP_SESSION_STORE',
      why: 'this schema has no such table',
    });
  });

  test('without a table that its rule looks at, which it names', () => {
    const schema = without(complete, 'IDP_AUTHENTICATOR_PROPERTY');
    const step = resolveStep(stepOf(staleActions, 'IDN_ACTION'), schema);
    expect(whyLeftOut(step, schema, tablesLookedAtBy(step))).toBe(
      'its rule looks at IDP_AUTHENTICATOR_PROPERTY, which this schema lacks',
    );
    expect(planOf(registry, without(complete, 'REG_RESOURCE')).plan?.leftOut).toContainEqual({
      table: 'REG_RESOURCE_TAG',
      why: 'its rule looks at REG_RESOURCE, which this schema lacks',
    });
  });

  test('never in part: no step of the plan looks at a table that is not there', () => {
    for (const { plan } of [apim21, complete, without(complete, 'REG_RESOURCE')].map((s) => planOf(registry, s))) {
      const there = plan?.schema.tables.map(({ name }) => name.toUpperCase());
      for (const { rule } of plan?.steps ?? []) {
        for (const table of tablesLookedAtBy(rule)) expect(there).toContain(table.toUpperCase());
      }
    }
  });
});
