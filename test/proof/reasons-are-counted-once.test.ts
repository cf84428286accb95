import { describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import { compilePolicy, isDead, reasonsOf } from '../../src/policy/prove/step.js';
import { and, not, or, same } from '../../src/policy/prove/term.js';
import { makeVocabulary } from '../../src/policy/prove/vocabulary.js';
import { kindsOf } from '../../src/policy/solver/kinds.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import type { Policy, Step } from '../../src/policy/types.js';
import { named } from './support/named.js';
import { everyStep } from './support/steps.js';

/** Reasons that one row may have both of; the log counts it under the first. All others exclude each other. */
const overlapping: Readonly<Record<string, readonly string[]>> = {
  IDN_OAUTH2_ACCESS_TOKEN: ['expired and access_period_over', 'periods_over and access_period_over'],
  IDN_OAUTH2_AUTHORIZATION_CODE: ['inactive and period_over'],
  IDN_OAUTH2_CIBA_AUTH_CODE: ['finished and period_over'],
  IDN_OAUTH2_DEVICE_FLOW: ['expired and period_over'],
  IDN_AUTH_TEMP_SESSION_STORE: ['expired and deleted', 'expired and superseded', 'deleted and superseded'],
  IDN_AUTH_SESSION_STORE: ['expired and deleted', 'expired and superseded', 'deleted and superseded'],
};

function compiled(policy: Policy, step: Step) {
  const vocabulary = makeVocabulary();
  const sight = compilePolicy(policy, vocabulary);
  const row = vocabulary.row(step.table, `the row of ${step.table}`);
  const assumptions = [...sight.facts, vocabulary.isThere(step.table, row)];
  return { vocabulary, assumptions, dead: isDead(step, row, sight), reasons: reasonsOf(step, row, sight) };
}

describe('the run log', () => {
  test.each(named(everyStep))(
    'counts each dead row of %s under one reason, and no other row',
    async (_, { policy, step }) => {
      const { vocabulary, assumptions, dead, reasons } = compiled(policy, step);
      const counted = reasons.map(({ isCounted }) => isCounted);
      const twice = counted.flatMap((one, at) => counted.slice(at + 1).map((other) => and(one, other)));
      const claim = { vocabulary, assumptions, conclusion: and(same(dead, or(...counted)), not(or(...twice))) };
      expect(await counterexampleTo(claim, kindsOf(policy))).toBeUndefined();
    },
  );

  test.each(named(everyStep))(
    'has reasons for %s that exclude each other, but for those named here',
    async (_, { policy, step }) => {
      const { vocabulary, assumptions, reasons } = compiled(policy, step);
      const both: string[] = [];
      for (const [at, one] of reasons.entries()) {
        for (const other of reasons.slice(at + 1)) {
          const conclusion = not(and(one.holds, other.holds));
          if ((await counterexampleTo({ vocabulary, assumptions, conclusion })) !== undefined) {
            both.push(`${one.name} and ${other.name}`);
          }
        }
      }
      expect(both).toEqual(overlapping[step.table] ?? []);
    },
  );
});

test('every table that is said to have overlapping reasons is cleaned', () => {
  const tables = policies.flatMap(({ steps }) => steps.map(({ table }) => table));
  expect(Object.keys(overlapping).filter((table) => !tables.includes(table))).toEqual([]);
});
