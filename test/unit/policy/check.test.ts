import { describe, expect, test } from 'vitest';
import {
  checkPolicies,
  findDialect,
  loadProfile,
  makePlan,
  mistakesOf,
  type Policy,
  PolicyError,
  policies,
} from '../../../src/index.js';
import * as rule from '../../../src/policy/build.js';
import type { NumberParameter, Predicate, Step, WordParameter } from '../../../src/policy/types.js';
import { madeUpNotes } from '../../support/made-up/policy.js';

const [step] = madeUpNotes.steps as readonly [Step];
const [grace] = madeUpNotes.parameters as readonly [NumberParameter];
const [cutOff] = madeUpNotes.cutOffs;
if (cutOff === undefined) throw new Error('the made-up policy has no cut-off');

const onlyWhen = (when: Predicate, more: Partial<Step> = {}): Policy => ({
  ...madeUpNotes,
  steps: [{ ...step, ...more, reasons: [...step.reasons, { name: 'other', meaning: 'it is so', when }] }],
});
const withStep = (change: Partial<Step>): Policy => ({ ...madeUpNotes, steps: [{ ...step, ...change }] });
const guarded = (guard: Predicate): Policy => withStep({ guard });
const withGrace = (change: Partial<NumberParameter>): Policy => ({
  ...madeUpNotes,
  parameters: [{ ...grace, ...change }],
  cutOffs: [{ ...cutOff, less: { parameter: change.name ?? grace.name } }],
});
const withSwitch = (change: Partial<WordParameter>): Policy => ({
  ...withStep({ enabledBy: change.name ?? 'note_sweep' }),
  parameters: [
    grace,
    { kind: 'word', name: 'note_sweep', default: 'no', allowed: ['yes', 'no'], description: 'yes: swept', ...change },
  ],
});
const named = (name: string): Policy =>
  withStep({ reasons: [...step.reasons, { name, meaning: 'it is so', when: rule.isNull('STATUS') }] });
const titled = (title: string): Policy => ({ ...madeUpNotes, title });
const follower = {
  table: 'MADE_UP_TAG',
  on: rule.on({ ID: 'ID' }),
  guard: rule.isNull('ID'),
  name: 'gone',
  meaning: 'it went',
};
const newest = rule.superseded(['OWNER'], 'ID');

test.each(policies.map((policy) => [policy.name, policy] as const))('%s has no mistake', (_, policy) => {
  expect(mistakesOf(policy)).toEqual([]);
});

test('the made-up policy of docs/new-cleanup.md has no mistake', () => {
  expect(mistakesOf(madeUpNotes)).toEqual([]);
  expect(mistakesOf(withSwitch({}))).toEqual([]);
});

test.each<readonly [string, Policy, RegExp]>([
  [
    'a cut-off that nobody declared',
    onlyWhen(rule.before('EXPIRES_AT', 'no_cut_off')),
    /cut-off "no_cut_off", which is not declared/,
  ],
  [
    'an unknown parameter that switches a step',
    withStep({ enabledBy: 'note_sweep' }),
    /parameter "note_sweep", which is not declared/,
  ],
  [
    'an unknown parameter in a rule',
    onlyWhen(rule.enabled('note_sweep')),
    /parameter "note_sweep", which is not declared/,
  ],
  [
    'an unknown parameter of a cut-off',
    { ...madeUpNotes, parameters: [] },
    /cut-off "note_cut_off" uses parameter "note_grace_hours", which is not declared/,
  ],
  ['a number that switches a step', withStep({ enabledBy: 'note_grace_hours' }), /not a choice of yes or no/],
  [
    'a word as a length of time',
    { ...withSwitch({}), cutOffs: [{ ...cutOff, less: { parameter: 'note_sweep' } }] },
    /not a number of minutes, hours or days/,
  ],
  [
    'rows as a length of time',
    withGrace({ name: 'note_grace_rows', unit: 'rows' }),
    /not a number of minutes, hours or days/,
  ],
  [
    'a parameter that no rule uses',
    { ...madeUpNotes, parameters: [grace, { ...grace, name: 'spare_hours' }] },
    /no rule uses parameter "spare_hours"/,
  ],
  [
    'a cut-off that no rule uses',
    { ...madeUpNotes, cutOffs: [cutOff, { ...cutOff, name: 'spare_cut_off' }] },
    /no rule uses cut-off "spare_cut_off"/,
  ],
  ['a parameter called table', withGrace({ name: 'table' }), /parameter "table" is a single word/],
  [
    'a parameter named like a setting',
    withGrace({ name: 'batch_target_ms' }),
    /"batch_target_ms" is a setting of every cleanup/,
  ],
  [
    'a parameter named like a variable',
    withGrace({ name: 'rows_max' }),
    /"rows_max" is a name that every cleanup uses/,
  ],
  ['a parameter named like a numbered variable', withGrace({ name: 'reason_1' }), /ends with a number/],
  ['a parameter named like a word of SQL', withGrace({ name: 'current_timestamp' }), /is a reserved word of SQL/],
  ['a parameter named like a cut-off', withGrace({ name: 'note_cut_off_ms' }), /is named like a cut-off/],
  [
    'two parameters of one name',
    { ...madeUpNotes, parameters: [grace, grace] },
    /names more than one parameter or cut-off/,
  ],
  [
    'a cut-off of another name',
    { ...madeUpNotes, cutOffs: [{ ...cutOff, name: 'some_time' }] },
    /does not end with cut_off/,
  ],
  ['a number without its unit in the name', withGrace({ name: 'note_grace' }), /does not end with its unit, hours/],
  [
    'a default below its bounds',
    withGrace({ default: 1 }),
    /default 1 of parameter "note_grace_hours" is outside of its bounds 24 to 8760/,
  ],
  ['a default above its bounds', withGrace({ default: 9000 }), /outside of its bounds/],
  ['a default that is no whole number', withGrace({ default: 48.5 }), /no whole number/],
  ['a negative bound', withGrace({ minimum: -1 }), /may be negative/],
  ['a bound before all calendars', withGrace({ maximum: 100_000_000 }), /more than a hundred years/],
  [
    'a default that is no word',
    withSwitch({ default: 'maybe' }),
    /default "maybe" of parameter "note_sweep" is not one of its words/,
  ],
  ['a word with a comma', withSwitch({ allowed: ['yes', 'no', 'a,b'] }), /"a,b" cannot be a word/],
  ['a reason over 40 letters', named('a'.repeat(41)), /41 characters, and at most 40/],
  ['a reason in camel case', named('isOld'), /reason "isOld" is not in snake_case/],
  ['a reason with a quote', named("it's"), /not in snake_case/],
  [
    'a policy with a blank in its name',
    { ...madeUpNotes, name: 'made up' },
    /the policy "made up" is not in snake_case/,
  ],
  ['the same reason twice', named('closed'), /deletes from MADE_UP_NOTE by reason "closed" more than once/],
  ['the same table twice with the same reasons', { ...madeUpNotes, steps: [step, step] }, /more than once/],
  [
    'the same rule under two names',
    onlyWhen(rule.oneOf('STATUS', 'CLOSED')),
    /reasons "closed" and "other" of MADE_UP_NOTE have the same rule/,
  ],
  [
    'a table in lower case',
    withStep({ table: 'made_up_note' }),
    /"made_up_note" is no name of a table or column in upper case/,
  ],
  ['a column with a quote', onlyWhen(rule.isNull('A"B')), /is no name of a table or column/],
  ['a title with a quote', titled("notes of 'somebody'"), /the title has a quote/],
  ['a title in two lines', titled('notes\nDROP TABLE X'), /the title has a line break/],
  ['a title that ends a comment', titled('notes */ DROP TABLE X'), /the title has a comment marker/],
  ['a title that begins a comment', titled('notes -- or not'), /the title has a comment marker/],
  ['a title with a variable of a client', titled('notes of R&D'), /some client replaces/],
  ['a title beyond ASCII', titled('notes of José'), /not ASCII/],
  ['an empty title', titled(' '), /the title is empty/],
  [
    'a meaning in two lines',
    withStep({ reasons: [{ name: 'closed', meaning: 'a\nb', when: rule.isNull('STATUS') }] }),
    /meaning of reason "closed" has a line break/,
  ],
  [
    'a description with a quote',
    withGrace({ description: 'say "hours"' }),
    /description of parameter "note_grace_hours" has a quote/,
  ],
  ['a policy without steps', { ...madeUpNotes, steps: [] }, /it has no step/],
  ['a step without reasons', withStep({ reasons: [] }), /has no reason/],
  ['an empty list of conditions', guarded(rule.all()), /empty list of conditions/],
  ['no words to compare with', guarded(rule.oneOf('STATUS')), /compares STATUS with no words/],
  ['a folder that is no path', guarded(rule.beneath('STATUS', '')), /which is no path/],
  ['a number that SQL cannot write', guarded(rule.equals('ID', Number.NaN)), /no whole number/],
  ['a look-up without columns', guarded(rule.noRow('OTHER', {})), /looks at OTHER without a column/],
  ['a rule of an unknown kind', guarded({ kind: 'moonPhase' } as unknown as Predicate), /unknown kind: "moonPhase"/],
  ['sightings without a guard', onlyWhen(rule.sighted(['ID'], 'note_cut_off')), /needs a guard/],
  [
    'newer rows of another table',
    onlyWhen(rule.noRow('OTHER', { ID: 'ID' }, newest)),
    /can only be asked of MADE_UP_NOTE itself/,
  ],
  ['newer rows by two orders', onlyWhen(rule.any(newest, rule.superseded(['STATUS'], 'ID'))), /more than one list/],
  ['newer rows and followers', onlyWhen(newest, { followers: [follower] }), /cannot be combined/],
  [
    'a follower that follows itself',
    withStep({ followers: [{ ...follower, table: 'MADE_UP_NOTE' }] }),
    /follows itself/,
  ],
  [
    'a timestamp before a cut-off without its uncertainty',
    { ...madeUpNotes, cutOffs: [{ ...cutOff, clock: 'utc' }] },
    /MADE_UP_NOTE.EXPIRES_AT is compared with note_cut_off, whose clock is utc/,
  ],
  ['a timestamp that is late', onlyWhen(rule.unless(rule.before('EXPIRES_AT', 'note_cut_off'))), /beneath a negation/],
  [
    'a parameter named like the uncertainty of clocks',
    withGrace({ name: 'clock_uncertainty_hours' }),
    /is a setting of every cleanup/,
  ],
  ['a child that is its own parent', withStep({ children: ['MADE_UP_NOTE'] }), /named as its own child/],
  ['a child twice', withStep({ children: ['A_TAG', 'A_TAG'] }), /A_TAG is named twice as a child/],
  ['a follower without columns', withStep({ followers: [{ ...follower, on: [] }] }), /names no columns/],
])('finds %s', (_, policy, sentence) => {
  expect(mistakesOf(policy).join('\n')).toMatch(sentence);
});

test('the same table may be cleaned in two steps that differ in their reasons', () => {
  const [first, second] = step.reasons;
  if (first === undefined || second === undefined) throw new Error('the made-up policy has two reasons');
  expect(
    mistakesOf({
      ...madeUpNotes,
      steps: [
        { ...step, reasons: [first] },
        { ...step, reasons: [second] },
      ],
    }),
  ).toEqual([]);
});

describe('a library that is given a policy with mistakes', () => {
  const wrong: Policy = { ...named('a'.repeat(41)), title: 'notes\nof somebody', parameters: [] };
  const dialect = findDialect('mysql');
  const plan = () =>
    makePlan(wrong, loadProfile('apim-4.5', dialect), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
  const thrown = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      return error;
    }
  };

  test('gets all of them in one error with a code, and no plan', () => {
    const error = thrown(plan);
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ code: 'policy', exitCode: 2 });
    expect((error as PolicyError).problems.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^made_up_notes: the name of reason "a+" has 41 characters/),
      expect.stringMatching(/^made_up_notes: the title has a line break/),
      expect.stringMatching(/^made_up_notes: cut-off "note_cut_off" uses parameter "note_grace_hours"/),
    ]);
  });

  test('gets those of several policies together', () => {
    const error = thrown(() => checkPolicies([wrong, { ...titled("'"), name: 'other_notes' }])) as PolicyError;
    expect(error.message).toBe('No SQL can be made from the policy made_up_notes, other_notes.');
    expect(error.problems).toHaveLength(4);
  });
});
