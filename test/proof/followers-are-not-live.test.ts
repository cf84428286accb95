import { describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import { compilePolicy, isDead, isFollower } from '../../src/policy/prove/step.js';
import { and, forEach, implies, not, type Term } from '../../src/policy/prove/term.js';
import { makeVocabulary } from '../../src/policy/prove/vocabulary.js';
import { kindsOf } from '../../src/policy/solver/kinds.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import type { Follower, Policy, Step } from '../../src/policy/types.js';
import { assumptionsOf } from './product/assumptions.js';
import { liveFollowers } from './product/index.js';
import { makeProduct } from './product/product.js';
import { named } from './support/named.js';

const cases = policies.flatMap((policy) =>
  policy.steps.flatMap((step) =>
    (step.followers ?? []).map((follower, at) => ({
      title: `${follower.table} after ${step.table}, way ${at + 1}`,
      policy,
      step,
      follower,
    })),
  ),
);

/**
 * A run may have deleted any of the dead rows of any of its tables, all or some of them, when it looks for followers: what is
 * claimed holds after each batch.
 */
function claimOf(policy: Policy, step: Step, follower: Follower) {
  const vocabulary = makeVocabulary();
  const before = compilePolicy(policy, vocabulary);
  const isDeleted = (table: string, row: Term): Term =>
    policy.steps.some((one) => one.table === table)
      ? and(before.isThere(table, row), vocabulary.rowIs('was deleted', table, row))
      : 'false';
  const isLeft = (table: string, row: Term): Term => and(before.isThere(table, row), not(isDeleted(table, row)));
  const after = { ...before, isThere: isLeft };
  const product = makeProduct(vocabulary, before.settings, 'as written');
  const row = vocabulary.row(follower.table, `the row of ${follower.table}`);
  const cleaned = policy.steps.filter(({ table }) => table !== follower.table);
  const tables = [...new Set([step.table, ...cleaned.map(({ table }) => table)])];
  const onlyTheDead = tables.map((table) => {
    const any = vocabulary.anyRow(table);
    const dead = cleaned.filter((one) => one.table === table).map((one) => isDead(one, any.name, before));
    return forEach(
      any,
      implies(isDeleted(table, any.name), dead.length === 1 ? (dead[0] ?? 'false') : `(or ${dead.join(' ')})`),
    );
  });
  const live = liveFollowers[follower.table];
  if (live === undefined) throw new Error(`nothing says when a row of ${follower.table} is live`);
  // What a link leads to is asked of what is left; a session needs no other row.
  const looks = follower.table === 'REG_RESOURCE_PROPERTY' ? { ...product, isThere: isLeft } : product;
  const gone = isFollower(follower, row, step, (of) => isDeleted(step.table, of), after);
  const isLive = live(row, looks);
  return {
    vocabulary,
    assumptions: [...before.facts, ...assumptionsOf(policy, product), ...product.assumptions, ...onlyTheDead, gone],
    conclusion: not(isLive),
  };
}

describe('a row that goes because a deleted row led to it is not live', () => {
  test.each(named(cases))('%s', async (_, { policy, step, follower }) => {
    expect(await counterexampleTo(claimOf(policy, step, follower), kindsOf(policy))).toBeUndefined();
  });
});
