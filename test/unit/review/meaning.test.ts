import { describe, expect, test } from 'vitest';
import { all, any, atMost, before, isNull, moreThan, noRow, oneOf } from '../../../src/policy/build.js';
import type { Predicate, Step } from '../../../src/policy/types.js';
import { type Change, changesBetween } from '../../../src/review/meaning.js';
import type { SignedCleanup, Statement } from '../../../src/review/statement.js';

const hours = {
  kind: 'number',
  name: 'hours',
  unit: 'hours',
  default: 24,
  minimum: 1,
  maximum: 999,
  description: '',
} as const;
const cutOff = { name: 'cut_off', clock: 'utc', less: { parameter: 'hours' }, meaning: 'hours ago' } as const;

const cleanup = (steps: readonly Step[], more: Partial<SignedCleanup> = {}): SignedCleanup => ({
  procedure: 'cleanup_t',
  backup: 'deleted-rows',
  files: [],
  manifest: '',
  settings: { hours: '24', pause_ms: '20' },
  losesRows: ['T'],
  rules: { name: 't', title: 'things', parameters: [hours], cutOffs: [cutOff], steps },
  ...more,
});
const statement = (...cleanups: SignedCleanup[]): Statement => ({
  formatVersion: 1,
  deepclean: '1',
  dialect: 'd',
  source: 's',
  files: {},
  cleanups,
});
const step = (when: Predicate, guard?: Predicate): Step => ({
  table: 'T',
  reasons: [{ name: 'over', meaning: 'it is over', when }],
  ...(guard && { guard }),
});
const said = (old: Step | SignedCleanup, now: Step | SignedCleanup): readonly string[] =>
  changesBetween(statement(asCleanup(old)), statement(asCleanup(now))).map(
    ({ effect, words }: Change) => `${effect}: ${words}`,
  );
const asCleanup = (one: Step | SignedCleanup): SignedCleanup => ('table' in one ? cleanup([one]) : one);

const rules: readonly (readonly [what: string, old: Step, now: Step, words: readonly string[]])[] = [
  ['nothing', step(isNull('A'), isNull('B')), step(isNull('A'), isNull('B')), []],
  [
    'a word more',
    step(oneOf('A', 'X')),
    step(oneOf('A', 'X', 'Y')),
    ['more: rows of T that are over: now also those for which its A is Y'],
  ],
  [
    'one word in the place of another',
    step(all(isNull('B'), oneOf('A', 'X'))),
    step(all(isNull('B'), oneOf('A', 'Y'))),
    [
      'more: rows of T that are over: now also those for which its A is Y',
      'fewer: rows of T that are over: no longer those for which its A is X',
    ],
  ],
  [
    'a condition less',
    step(all(isNull('A'), before('B', 'cut_off'))),
    step(isNull('A')),
    ['more: rows of T that are over: need no longer be such that its B is before the cut-off'],
  ],
  [
    'a condition more',
    step(isNull('A')),
    step(all(isNull('A'), before('B', 'cut_off'))),
    ['fewer: rows of T that are over: must now also be such that its B is before the cut-off'],
  ],
  [
    'another condition',
    step(moreThan('A', 1)),
    step(moreThan('A', 2)),
    ['unclear: rows of T that are over: was: its A is more than 1; is now: its A is more than 2'],
  ],
  [
    'an alternative more, and one less',
    step(any(isNull('A'), isNull('B'))),
    step(any(isNull('A'), isNull('B'), atMost('C', 3))),
    ['more: rows of T that are over: now also those for which its C is at most 3'],
  ],
  [
    'a guard that is gone',
    step(isNull('A'), noRow('U', { K: 'A' })),
    step(isNull('A')),
    ['more: any row of T: need no longer be such that no row of U has its A as K'],
  ],
  [
    'a guard that is new',
    step(isNull('A')),
    step(isNull('A'), isNull('B')),
    ['fewer: any row of T: must now also be such that its B is NULL'],
  ],
];

describe('what a change of a rule means', () => {
  test.each(rules)('%s', (_, old, now, words) => expect(said(old, now)).toEqual(words));

  test('a reason that is new, with its guard, and one that is gone', () => {
    const [old, now] = [step(isNull('A')), step(isNull('A'), isNull('B'))];
    const other = { name: 'odd', meaning: 'it is odd', when: oneOf('A', 'ODD') };
    expect(said(now, { ...now, reasons: [...now.reasons, other] })).toEqual([
      'more: now also deletes rows of T as odd (it is odd): its A is ODD; and its B is NULL',
    ]);
    expect(said({ ...old, reasons: [...old.reasons, other] }, old)).toEqual([
      'fewer: no longer deletes rows of T as odd (it is odd): its A is ODD',
    ]);
  });

  test('a step in front of another of the same table moves nothing', () => {
    const [first, second] = [
      step(isNull('A')),
      { ...step(isNull('B')), reasons: [{ name: 'odd', meaning: 'odd', when: isNull('B') }] },
    ];
    expect(said(cleanup([second]), cleanup([first, second]))).toEqual([
      'more: now also deletes rows of T as over (it is over): its A is NULL',
    ]);
  });

  test('what goes along, what is kept, a switch and a name', () => {
    const one = cleanup([step(isNull('A'))]);
    expect(said(one, { ...one, losesRows: ['T', 'U'] })).toEqual(['more: rows of U may now go as well']);
    expect(said({ ...one, losesRows: ['T', 'U'] }, one)).toEqual(['fewer: no row of U goes any more']);
    expect(said(one, { ...one, backup: 'none' })).toEqual([
      'same: of deleted rows, nothing is kept; before, all is kept and can be restored',
    ]);
    expect(said(one, { ...one, procedure: 'other' })).toEqual(['same: cleanup_t is called other']);
    expect(said(step(isNull('A')), { ...step(isNull('A')), enabledBy: 'sweep' })).toEqual([
      'unclear: changed: by which setting T is switched on (sweep)',
    ]);
  });

  test('a setting that decides, by its direction; one of the pace', () => {
    const one = cleanup([step(isNull('A'))]);
    const set = (settings: Readonly<Record<string, string>>) => ({
      ...one,
      settings: { ...one.settings, ...settings },
    });
    expect(said(one, set({ hours: '12' }))).toEqual(['more: setting hours begins with 12 hours instead of 24']);
    expect(said(one, set({ hours: '48' }))).toEqual(['fewer: setting hours begins with 48 hours instead of 24']);
    expect(said(one, set({ pause_ms: '0' }))).toEqual(['same: setting pause_ms begins with 0 instead of 20']);
  });

  test('a cleanup that is new, and one that is gone', () => {
    const one = cleanup([step(isNull('A'))]);
    expect(changesBetween(statement(), statement(one))).toMatchObject([
      { effect: 'more', words: 'cleanup_t is new: it now also deletes things' },
    ]);
    expect(changesBetween(statement(one), statement())).toMatchObject([
      { effect: 'fewer', words: 'cleanup_t is gone: it no longer deletes things' },
    ]);
  });

  test('a rule of a language that this version does not know is shown as it is', () => {
    const unknown = { kind: 'phaseOfMoon', column: 'A' } as unknown as Predicate;
    expect(said(step(isNull('A')), step(unknown))).toEqual([
      'unclear: rows of T that are over: was: its A is NULL; is now: {"kind":"phaseOfMoon","column":"A"}',
    ]);
  });
});
