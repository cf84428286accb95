import { describe, expect, test } from 'vitest';
import { compilePolicy, isDead } from '../../src/policy/prove/step.js';
import { and, atMost, implies, same } from '../../src/policy/prove/term.js';
import { makeVocabulary } from '../../src/policy/prove/vocabulary.js';
import { kindsOf } from '../../src/policy/solver/kinds.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import { named } from './support/named.js';
import { everyStep } from './support/steps.js';

describe('a longer safe period, uncertainty, retention or grace', () => {
  test.each(named(everyStep))('never makes more rows dead in %s', async (_, { policy, step }) => {
    const vocabulary = makeVocabulary();
    const [shorter, longer] = [
      compilePolicy(policy, vocabulary, ' (shorter)'),
      compilePolicy(policy, vocabulary, ' (longer)'),
    ];
    const row = vocabulary.row(step.table, `the row of ${step.table}`);
    const ordered = policy.parameters.map(({ kind, name }) =>
      kind === 'number'
        ? atMost(shorter.settings.number(name), longer.settings.number(name))
        : same(shorter.settings.isOn(name), longer.settings.isOn(name)),
    );
    ordered.push(atMost(shorter.settings.uncertainty, longer.settings.uncertainty));
    const claim = {
      vocabulary,
      assumptions: [...shorter.facts, ...longer.facts, and(...ordered)],
      conclusion: implies(isDead(step, row, longer), isDead(step, row, shorter)),
    };
    expect(await counterexampleTo(claim, kindsOf(policy))).toBeUndefined();
  });
});
