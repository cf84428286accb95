import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  all,
  alone,
  any,
  enabled,
  equals,
  isNotNull,
  isNull,
  listed,
  moreThan,
  noRow,
  oneOf,
  sighted,
  someRow,
  superseded,
  unless,
} from '../../../src/policy/build.js';
import { evaluate, type Facts, type Row } from '../../../src/policy/evaluate.js';
import { ownConditions } from '../../../src/policy/own-conditions.js';
import type { Predicate } from '../../../src/policy/types.js';
import { partsOf } from '../../../src/policy/visit.js';

const other = noRow('OTHER', { ID: 'ID' });
const inactive = oneOf('STATE', 'INACTIVE');

test.each<readonly [what: string, rule: Predicate, own: Predicate | undefined]>([
  ['what a row says of itself stays', all(inactive, equals('N', 1)), all(inactive, equals('N', 1))],
  ['what other rows say is left out', all(inactive, other), inactive],
  ['nothing is left of a rule about other rows', all(other, superseded(['ID'], 'N'), alone(['ID'])), undefined],
  ['one of several ways that asks other rows may have been the one', all(inactive, any(isNull('N'), other)), inactive],
  [
    'what must not hold is left out if it asks other rows as well',
    all(inactive, unless(all(isNull('N'), other))),
    inactive,
  ],
  ['but it still must not hold by what the row says alone', unless(any(isNull('N'), other)), unless(isNull('N'))],
  ['twice not is once', unless(unless(all(inactive, other))), unless(unless(inactive))],
  [
    'a setting is no row',
    all(enabled('switch'), listed('STATE', 'words')),
    all(enabled('switch'), listed('STATE', 'words')),
  ],
])('%s', (_, rule, own) => {
  expect(ownConditions(rule)).toEqual(own);
});

/** Rules of every kind of part, one inside the other. */
const { rule } = fc.letrec<{ rule: Predicate }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Predicate>(
      inactive,
      equals('N', 1),
      isNull('N'),
      isNotNull('N'),
      moreThan('N', 0),
      other,
      noRow('OTHER', { ID: 'ID' }, moreThan('N', 0)),
      someRow('OTHER', { ID: 'ID' }),
      superseded(['ID'], 'N'),
      alone(['ID']),
      sighted(['ID'], 'cut_off'),
    ),
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((parts) => all(...parts)),
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((parts) => any(...parts)),
    tie('rule').map(unless),
  ),
}));

const row: fc.Arbitrary<Row> = fc.record({
  ID: fc.constantFrom('a', 'b', null),
  N: fc.constantFrom(0n, 1n, 2n, null),
  STATE: fc.constantFrom('INACTIVE', 'ACTIVE', null),
});

describe('of any rule', () => {
  test('it holds of each row for which the rule holds, whatever other rows there are', () => {
    let held = 0;
    fc.assert(
      fc.property(
        rule,
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.array(row, { maxLength: 3 }),
        (made, rows, others) => {
          const facts: Facts = {
            cutOffs: { cut_off: 0n },
            enabled: {},
            tables: { OWN: rows, OTHER: others },
            sightings: () => -1n,
          };
          const own = ownConditions(made);
          for (const one of rows) {
            if (own === undefined || evaluate(made, 'OWN', one, facts) !== true) continue;
            held += 1;
            expect(evaluate(own, 'OWN', one, { ...facts, tables: {} })).toBe(true);
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(held).toBeGreaterThan(1000);
  });

  test('it asks nothing of other rows', () => {
    fc.assert(
      fc.property(rule, (made) => {
        const own = ownConditions(made);
        expect(own === undefined ? [] : kindsIn(own).filter((kind) => asking.includes(kind))).toEqual([]);
      }),
    );
  });
});

const asking = ['noRow', 'someRow', 'superseded', 'alone', 'sighted', 'outlives'];

const kindsIn = (made: Predicate): readonly string[] => [
  made.kind,
  ...partsOf(made, 'OWN').flatMap(([part]) => kindsIn(part)),
];
