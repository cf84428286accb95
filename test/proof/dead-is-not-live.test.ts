import { describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import { columnsUsedBy } from '../../src/policy/columns.js';
import { kindsOf } from '../../src/policy/solver/kinds.js';
import { counterexampleTo, isPossible } from '../../src/policy/solver/solver.js';
import { supersededReason } from '../../src/policy/types.js';
import { liveRows } from './product/index.js';
import { deadIsNotLive } from './support/claims.js';
import { named } from './support/named.js';

const cases = policies.flatMap((policy) =>
  policy.steps.flatMap((step) =>
    [...step.reasons, ...(step.history ? [supersededReason] : [])].map(({ name }) => ({
      title: `${step.table}, ${policy.name}: ${name}`,
      policy,
      step,
      name,
    })),
  ),
);

const judgesTimestamps = cases.filter(({ step }) => columnsUsedBy(step).some(({ family }) => family === 'timestamp'));

describe('a row that is dead is not live, if timestamps are', () => {
  test.each(named(cases))('as they were written: %s', async (_, { policy, step, name }) => {
    const claim = deadIsNotLive(policy, step, name, 'as written');
    expect(await counterexampleTo(claim, kindsOf(policy), claim.legible)).toBeUndefined();
  });

  test.each(named(judgesTimestamps))('converted by the session: %s', async (_, { policy, step, name }) => {
    const claim = deadIsNotLive(policy, step, name, 'converted');
    expect(await counterexampleTo(claim, kindsOf(policy), claim.legible)).toBeUndefined();
  });

  test.each(named(judgesTimestamps))('no further behind than is set: %s', async (_, { policy, step, name }) => {
    const claim = deadIsNotLive(policy, step, name, 'no further behind than is set');
    expect(await counterexampleTo(claim, kindsOf(policy), claim.legible)).toBeUndefined();
  });
});

describe('a proof is about rows that there can be:', () => {
  test.each(named(cases))('%s', async (_, { policy, step, name }) => {
    expect(await isPossible(deadIsNotLive(policy, step, name, 'as written'))).toBe(true);
  });
});

test('of every table that is cleaned it is said when a row is live, and of no other', () => {
  const cleaned = policies.flatMap(({ steps }) => steps.map(({ table }) => table));
  expect(Object.keys(liveRows).sort()).toEqual([...new Set(cleaned)].sort());
});
