import { describe, expect, test } from 'vitest';
import { compilePolicy, isDead } from '../../src/policy/prove/step.js';
import { and, forEach, implies, less, not, same, type Term } from '../../src/policy/prove/term.js';
import { makeVocabulary } from '../../src/policy/prove/vocabulary.js';
import { kindsOf } from '../../src/policy/solver/kinds.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import type { Policy, Step } from '../../src/policy/types.js';
import { named } from './support/named.js';
import { everyStep } from './support/steps.js';

/** Tables of which the product reads the newest row of a thing: what names the thing, and what is newest. */
const logs: Readonly<Record<string, { readonly of: readonly string[]; readonly order: string }>> = {
  IDN_AUTH_SESSION_STORE: { of: ['SESSION_ID', 'SESSION_TYPE'], order: 'TIME_CREATED' },
  IDN_AUTH_TEMP_SESSION_STORE: { of: ['SESSION_ID', 'SESSION_TYPE'], order: 'TIME_CREATED' },
  REG_LOG: { of: ['REG_PATH', 'REG_TENANT_ID'], order: 'REG_LOG_ID' },
};

const cases = everyStep.filter(({ step }) => logs[step.table] !== undefined);

/** If the newest row of a thing is dead, so is every other row of it, whatever rows there are when a step is asked. */
function claimOf(policy: Policy, step: Step) {
  const log = logs[step.table];
  if (log === undefined) throw new Error(`${step.table} is no log`);
  const vocabulary = makeVocabulary();
  const sight = compilePolicy(policy, vocabulary);
  const { value, isNull, isThere } = vocabulary;
  const [newest, older] = [vocabulary.row(step.table, 'the newest row'), vocabulary.row(step.table, 'an older row')];
  const areOfOneThing = (one: Term, other: Term): Term =>
    and(
      ...log.of.flatMap((column) => [
        not(isNull(step.table, column, one)),
        not(isNull(step.table, column, other)),
        same(value(step.table, column, one), value(step.table, column, other)),
      ]),
    );
  const order = (row: Term): Term => value(step.table, log.order, row);
  const any = vocabulary.anyRow(step.table);
  return {
    vocabulary,
    assumptions: [
      ...sight.facts,
      isThere(step.table, newest),
      isThere(step.table, older),
      areOfOneThing(newest, older),
      less(order(older), order(newest)),
      // The order is part of the table's key, so it is there and can be read.
      forEach(any, vocabulary.isKnown(step.table, log.order, any.name)),
      forEach(
        any,
        implies(
          and(isThere(step.table, any.name), areOfOneThing(newest, any.name)),
          not(less(order(newest), order(any.name))),
        ),
      ),
      isDead(step, newest, sight),
    ],
    conclusion: isDead(step, older, sight),
  };
}

describe('the newest row of a thing never goes before the older ones', () => {
  test.each(named(cases))('%s', async (_, { policy, step }) => {
    expect(await counterexampleTo(claimOf(policy, step), kindsOf(policy))).toBeUndefined();
  });
});
