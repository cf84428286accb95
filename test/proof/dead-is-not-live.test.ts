import { afterAll, describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import { supersededReason } from '../../src/policy/types.js';
import { deadIsNotLive } from './support/claims.js';
import { kindsOf } from './support/kinds.js';
import { counterexampleTo, endSolver } from './support/solver.js';

afterAll(endSolver);

const keepings = ['as written', 'converted'] as const;

const cases = policies.flatMap((policy) =>
  policy.steps.flatMap((step) =>
    [...step.reasons, ...(step.history ? [supersededReason] : [])].map(({ name }) => ({
      title: `${policy.name}: a row of ${step.table} that is dead as "${name}" is not live`,
      policy,
      step,
      name,
    })),
  ),
);

describe.each(keepings)('where timestamps are kept %s', (keeping) => {
  test.each(cases)('$title', async ({ policy, step, name }) => {
    const claim = deadIsNotLive(policy, step, name, keeping);
    expect(await counterexampleTo(claim, kindsOf(policy), claim.legible)).toBeUndefined();
  });
});
