import { describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import {
  all,
  any,
  atMost,
  before,
  finite,
  isNull,
  moreThan,
  noRow,
  noRowExactly,
  oneOf,
  unless,
} from '../../src/policy/build.js';
import { equivalent } from '../../src/policy/prove/equivalent.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import type { Predicate } from '../../src/policy/types.js';
import { mutate } from './support/mutate.js';
import { named } from './support/named.js';

const table = 'T';
const names = {
  parameters: [],
  cutOffs: [
    { name: 'day_ago', clock: 'utc', less: { hours: 24 }, meaning: '' },
    { name: 'hour_ago', clock: 'utc', less: { hours: 1 }, meaning: '' },
  ],
} as const;

const same: readonly (readonly [string, Predicate, Predicate])[] = [
  ['words in two lists and in one', any(oneOf('A', 'X'), oneOf('A', 'Y')), oneOf('A', 'Y', 'X')],
  ['a finite period and its two bounds', finite('A'), all(moreThan('A', 0), atMost('A', 99_999_999_999_989))],
  ['parts in another order', all(isNull('A'), before('B', 'day_ago')), all(before('B', 'day_ago'), isNull('A'))],
  [
    'no row, and not one under some condition or the other',
    noRow('U', { K: 'A' }),
    all(noRow('U', { K: 'A' }, isNull('C')), noRow('U', { K: 'A' }, unless(isNull('C')))),
  ],
];

const different: readonly (readonly [string, Predicate, Predicate])[] = [
  ['a bound that is one off', moreThan('A', 0), moreThan('A', -1)],
  ['another cut-off', before('A', 'day_ago'), before('A', 'hour_ago')],
  ['"not more" and "unless more", which differ by NULL', atMost('A', 5), unless(moreThan('A', 5))],
  ['text by its collation and to the last character', noRow('U', { K: 'A' }), noRowExactly('U', { K: 'A' })],
  ['a word of another case', oneOf('A', 'ACTIVE'), oneOf('A', 'active')],
];

describe('two rules', () => {
  test.each(same)('that say the same are proven equivalent: %s', async (_, one, other) => {
    expect(await counterexampleTo(equivalent(one, other, table, names))).toBeUndefined();
  });

  test.each(different)('that differ are told apart by a row: %s', async (_, one, other) => {
    expect(await counterexampleTo(equivalent(one, other, table, names))).toBeDefined();
  });

  test('may take the same rows and yet be unknown of others', async () => {
    const [one, other] = [moreThan('A', 5), unless(unless(moreThan('A', 5)))];
    expect(await counterexampleTo(equivalent(one, other, table, names))).toBeUndefined();
    expect(await counterexampleTo(equivalent(one, other, table, names, 'the same value'))).toContain('A = NULL');
  });
});

describe('every rule of every policy', () => {
  const rules = policies.flatMap((policy) =>
    policy.steps.flatMap((step) =>
      step.reasons.map(({ name, when }) => ({ title: `${step.table} ${name}`, policy, table: step.table, when })),
    ),
  );

  test.each(named(rules))('is equivalent to itself turned inside out: %s', async (_, { policy, table: of, when }) => {
    const turned = mutate(when, (part) =>
      part.kind === 'all'
        ? unless(any(...part.of.map(unless)))
        : part.kind === 'any'
          ? { kind: 'any', of: [...part.of].reverse() }
          : part,
    );
    expect(await counterexampleTo(equivalent(when, turned, of, policy))).toBeUndefined();
  });
});
