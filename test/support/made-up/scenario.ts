import * as fc from 'fast-check';
import { minutesPast, past } from '../data/expiry.js';
import { databaseOf, type PlacedRow } from '../data/row-factories.js';
import { before, type Span } from '../data/span.js';
import type { Row } from '../model/rows.js';
import { formatStamp, microsecondsPerHour, parseStamp } from '../model/stamps.js';
import type { Scenario, ScenarioCase } from '../scenario/scenario.js';

const notes = 'MADE_UP_NOTE';
const tags = 'MADE_UP_NOTE_TAG';

const note = (id: bigint, fields: Row): PlacedRow => [notes, { ID: id, STATUS: 'OPEN', EXPIRES_AT: null, ...fields }];
const tag = (id: bigint, text: string): PlacedRow => [tags, { NOTE_ID: id, TAG: text }];

const single = (outcome: 'keeps' | 'deletes', words: string, expired: Span | null, fields: Row = {}): ScenarioCase => ({
  name: `${outcome} a note ${words}`,
  rows: ({ utcNow }) => [note(1n, { EXPIRES_AT: expired && before(utcNow, expired), ...fields })],
  survivors: { [notes]: outcome === 'keeps' ? ['1'] : [] },
});

const tomorrow: Span = { days: -1 };
const largest = 9_223_372_036_854_775_807n;

const cases: readonly ScenarioCase[] = [
  single('deletes', 'that is CLOSED, though it expires tomorrow', tomorrow, { STATUS: 'CLOSED' }),
  single('deletes', 'that is CLOSED and never expires', null, { STATUS: 'CLOSED' }),
  ...['closed', 'CLOSED ', 'CLOSING', ''].map((status) =>
    single('keeps', `of status '${status}'`, tomorrow, { STATUS: status }),
  ),
  single('keeps', 'without a status that never expires', null, { STATUS: null }),
  single('keeps', 'that expired a quarter of an hour after the grace began', { hours: 48, minutes: -15 }),
  single('deletes', 'that expired a quarter of an hour before the grace began', { hours: 48, minutes: 15 }),
  single('deletes', 'without a status that expired long ago', { days: 900 }, { STATUS: null }),
  {
    name: 'keeps notes for as long as the setting says',
    settings: { note_grace_hours: 24 },
    rows: ({ utcNow }) => [
      note(1n, { EXPIRES_AT: before(utcNow, { hours: 24, minutes: -15 }) }),
      note(2n, { EXPIRES_AT: before(utcNow, { hours: 24, minutes: 15 }) }),
    ],
    survivors: { [notes]: ['1'] },
  },
  {
    name: 'takes along the tags of a dead note, and none of a living one, whatever the keys',
    rows: () => [
      ...[-largest, 0n, largest].flatMap((id) => [note(id, { STATUS: 'CLOSED' }), tag(id, 'a'), tag(id, 'b')]),
      ...[-1n, 7n].flatMap((id) => [note(id, {}), tag(id, 'a')]),
    ],
    survivors: { [notes]: ['-1', '7'], [tags]: ['-1/a', '7/a'] },
  },
];

const planned = fc.record({
  status: fc.constantFrom('OPEN', 'OPEN', 'OPEN', 'CLOSED', 'closed', 'CLOSED ', null),
  minutes: fc.oneof({ weight: 5, arbitrary: minutesPast }, fc.constant(null)),
  tags: fc.nat({ max: 2 }),
});
const plan = fc.record({
  grace: fc.constantFrom(48, 24, 100),
  notes: fc.array(planned, { minLength: 5, maxLength: 50, size: 'max' }),
});

export const scenario: Scenario = {
  policy: 'made_up_notes',
  tables: [notes, tags],
  keys: { [tags]: ['NOTE_ID', 'TAG'] },
  cases,
  random: plan.map(({ grace, notes: all }) => ({ utcNow }) => {
    const cutOff = utcNow - BigInt(grace) * microsecondsPerHour;
    const rows = all.flatMap(({ status, minutes, tags: count }, index) => {
      const id = BigInt(index);
      const expires = minutes === null ? null : formatStamp(past(cutOff, minutes));
      return [
        note(id, { STATUS: status, EXPIRES_AT: expires }),
        ...Array.from({ length: count }, (_, nth) => tag(id, `tag-${nth}`)),
      ];
    });
    return { database: databaseOf(rows), settings: { note_grace_hours: grace } };
  }),
  model: (world) => {
    const cutOff = world.surelyHoursAgo(world.number('note_grace_hours', 48));
    world.remove(notes, ({ STATUS: status, EXPIRES_AT: expires }) => {
      if (status === 'CLOSED') return 'closed';
      const moment = parseStamp(expires);
      return moment !== undefined && moment < cutOff ? 'expired' : undefined;
    });
  },
};
