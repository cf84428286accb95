import { describe, expect, test } from 'vitest';
import { columnsUsedBy } from '../../src/policy/columns.js';
import { compilePolicy, isDead } from '../../src/policy/prove/step.js';
import { and, implies, not, same, type Term } from '../../src/policy/prove/term.js';
import { makeVocabulary, type Vocabulary } from '../../src/policy/prove/vocabulary.js';
import { kindsOf } from '../../src/policy/solver/kinds.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import type { Policy, Step } from '../../src/policy/types.js';
import { named } from './support/named.js';
import { everyStep } from './support/steps.js';

/** Columns in which NULL says something, by `TABLE.COLUMN`, and what. */
const nullSaysSomething: Readonly<Record<string, string>> = {
  'IDN_OAUTH2_AUTHORIZATION_CODE.TOKEN_ID': 'no token came of it',
  'IDN_AUTH_TEMP_SESSION_STORE.EXPIRY_TIME': 'the session says no end, so its age counts',
  'IDN_AUTH_SESSION_STORE.EXPIRY_TIME': 'the session says no end, so its age counts',
  'IDN_UMA_PERMISSION_TICKET.TOKEN_ID': 'it led to no token',
  'REG_RESOURCE.REG_VERSION': 'no property is attached by version; one by name must say an end that has passed',
  'IDN_ACTION.CREATED_AT': 'it was made before the product noted when',
  'REG_RESOURCE_PROPERTY.REG_PATH_ID': 'it leads to no path',
  'REG_RESOURCE_PROPERTY.REG_VERSION': 'it leads to no version',
  'REG_RESOURCE_TAG.REG_PATH_ID': 'it leads to no path',
  'REG_RESOURCE_TAG.REG_VERSION': 'it leads to no version',
};

/** Parts of the table's own key, which are never NULL. */
const neverNull = [
  'REG_PROPERTY.REG_ID',
  'REG_PROPERTY.REG_TENANT_ID',
  'REG_TAG.REG_ID',
  'REG_TAG.REG_TENANT_ID',
  'IDN_RECOVERY_FLOW_DATA.RECOVERY_FLOW_ID',
  'IDN_ACTION.UUID',
  'IDN_OAUTH2_AUTHORIZATION_CODE.CODE_ID',
  'IDN_OAUTH2_ACCESS_TOKEN.TOKEN_ID',
];

const ownColumns = (step: Step): readonly string[] => [
  ...new Set(
    columnsUsedBy(step)
      .filter(({ table, column }) => table === step.table && !neverNull.includes(`${table}.${column}`))
      .map(({ column }) => column),
  ),
];

const cases = everyStep.flatMap(({ title, policy, step }) =>
  ownColumns(step).map((column) => ({ title: `${column} of ${title}`, policy, step, column })),
);

/** A row that is dead with NULL in a column is dead with any value in it. */
function claimOf(policy: Policy, step: Step, column: string) {
  const vocabulary = makeVocabulary();
  const sight = compilePolicy(policy, vocabulary);
  const [withNull, withValue] = [
    vocabulary.row(step.table, `the row of ${step.table} with NULL`),
    vocabulary.row(step.table, `the same row of ${step.table} with a value`),
  ];
  const inPlaceOf = (absent: Term) => ({
    ...sight,
    isThere: (table: string, row: Term) =>
      table === step.table ? and(sight.isThere(table, row), not(same(row, absent))) : sight.isThere(table, row),
  });
  const before = isDead(step, withNull, inPlaceOf(withValue));
  const after = isDead(step, withValue, inPlaceOf(withNull));
  const others = vocabulary.columns().filter((one) => one.table === step.table && one.column !== column);
  return {
    vocabulary,
    assumptions: [
      ...sight.facts,
      not(same(withNull, withValue)),
      vocabulary.isThere(step.table, withValue),
      vocabulary.isNull(step.table, column, withNull),
      vocabulary.isKnown(step.table, column, withValue),
      ...others.map((other) => haveTheSame(other.column, step.table, withNull, withValue, vocabulary)),
    ],
    conclusion: implies(before, after),
  };
}

const haveTheSame = (
  column: string,
  table: string,
  one: Term,
  other: Term,
  { value, isNull, isKnown }: Vocabulary,
): Term =>
  and(
    same(value(table, column, one), value(table, column, other)),
    same(isNull(table, column, one), isNull(table, column, other)),
    same(isKnown(table, column, one), isKnown(table, column, other)),
  );

describe('NULL makes no row dead that some value would keep', () => {
  const silent = cases.filter(({ step, column }) => nullSaysSomething[`${step.table}.${column}`] === undefined);
  test.each(named(silent))('%s', async (_, { policy, step, column }) => {
    expect(await counterexampleTo(claimOf(policy, step, column), kindsOf(policy))).toBeUndefined();
  });

  const telling = cases.filter(({ step, column }) => nullSaysSomething[`${step.table}.${column}`] !== undefined);
  test.each(named(telling))('but %s, in which NULL says something', async (_, { policy, step, column }) => {
    expect(await counterexampleTo(claimOf(policy, step, column))).toContain('NULL');
  });
});
