import { expect, test } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import { all, before, epochBefore, ifColumn, noRow, periodOver, unless } from '../../../src/policy/build.js';
import { clockProblems } from '../../../src/policy/clock.js';
import type { Clock, Predicate } from '../../../src/policy/types.js';

const problemsOf = (when: Predicate, clock: Clock): readonly string[] =>
  clockProblems({
    cutOffs: [{ name: 'cut_off', clock, less: { hours: 24 }, meaning: 'a day ago' }],
    steps: [{ table: 'T', reasons: [{ name: 'over', meaning: 'it is over', when }] }],
  });

const timestamps: readonly (readonly [string, Predicate])[] = [
  ['before', before('S', 'cut_off')],
  ['periodOver', periodOver('S', 'P', 'milliseconds', 'cut_off')],
  ['a rule within others', all(ifColumn('C', before('S', 'cut_off'), epochBefore('N', 'milliseconds', 'cut_off')))],
];

test.each(policies.map((policy) => [policy.name, policy] as const))(
  '%s compares no time with a cut-off of another clock',
  (_, policy) => {
    expect(clockProblems(policy)).toEqual([]);
  },
);

test.each(timestamps)(
  'a timestamp that is compared with a cut-off without the uncertainty is refused: %s',
  (_, rule) => {
    expect(problemsOf(rule, 'utc')[0]).toBe(
      'T.S is compared with cut_off, whose clock is utc: nobody knows which clock wrote a timestamp, so its clock must be unknown',
    );
  },
);

test('a number since 1970 that is compared with a cut-off for timestamps is refused', () => {
  expect(problemsOf(epochBefore('N', 'milliseconds', 'cut_off'), 'unknown')).toEqual([
    'T.N is compared with cut_off, whose clock is unknown: these times are in UTC, so its clock must be utc',
  ]);
});

test('a timestamp beneath a negation is refused, where lying behind would make a row dead', () => {
  const old = before('S', 'cut_off');
  expect(problemsOf(unless(old), 'unknown')).toEqual([expect.stringContaining('beneath a negation')]);
  expect(problemsOf(noRow('O', { A: 'A' }, old), 'unknown')).toEqual([expect.stringContaining('O.S')]);
  // "No row that is not old": every one of them is.
  expect(problemsOf(noRow('O', { A: 'A' }, unless(old)), 'unknown')).toEqual([]);
  expect(problemsOf(old, 'unknown')).toEqual([]);
});
