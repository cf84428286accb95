import * as fc from 'fast-check';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { type Span, spanMicroseconds } from '../support/data/span.js';
import { microsecondsPerHour, microsecondsPerMinute } from '../support/model/stamps.js';
import type { Scenario, ScenarioCase, Sighting } from '../support/scenario/scenario.js';

const metadata = 'AM_API_REVISION_METADATA';
const revisions = 'AM_REVISION';

const metadataOf = (id: string | null, api: string | null = 'api-1'): PlacedRow => [
  metadata,
  { API_UUID: api, REVISION_UUID: id, API_TIER: 'Gold' },
];
const revision = (id: string, number = 1n, api = `api-of-${id}`): PlacedRow => [
  revisions,
  {
    ID: number,
    API_UUID: api,
    REVISION_UUID: id,
    DESCRIPTION: null,
    CREATED_TIME: '2024-01-01 00:00:00',
    CREATED_BY: 'admin',
  },
];

/** Each with its API: `api-1` unless told. */
const seenAt = (firstSeen: bigint, ids: readonly string[], api = 'api-1'): readonly Sighting[] =>
  ids.map((id) => ({ table: metadata, row: { API_UUID: api, REVISION_UUID: id }, firstSeen }));
const seen =
  (ago: Span, ...ids: readonly string[]): NonNullable<ScenarioCase['sightings']> =>
  ({ utcNow }) =>
    seenAt(utcNow - spanMicroseconds(ago), ids);

const old: Span = { hours: 24, minutes: 15 };

const cases: readonly ScenarioCase[] = [
  {
    name: 'deletes metadata that was seen without its revision over a day ago',
    rows: () => [metadataOf('r1'), metadataOf('r2'), revision('r2')],
    sightings: seen(old, 'r1'),
    survivors: { [metadata]: ['r2'], [revisions]: ['r2'] },
  },
  {
    name: 'keeps metadata that no run saw without its revision before',
    rows: () => [metadataOf('r1')],
    survivors: { [metadata]: ['r1'] },
  },
  {
    name: 'keeps metadata that was seen without its revision half an hour short of a day ago',
    rows: () => [metadataOf('r1')],
    sightings: seen({ hours: 23, minutes: 30 }, 'r1'),
    survivors: { [metadata]: ['r1'] },
  },
  {
    name: 'keeps metadata if only that of another API was seen without this revision',
    rows: () => [metadataOf('r1')],
    sightings: ({ utcNow }) => seenAt(utcNow - spanMicroseconds(old), ['r1'], 'api-2'),
    survivors: { [metadata]: ['r1'] },
  },
  {
    name: 'keeps metadata whose revision is there again',
    rows: () => [metadataOf('r1'), revision('r1')],
    sightings: seen({ days: 400 }, 'r1'),
    survivors: { [metadata]: ['r1'], [revisions]: ['r1'] },
  },
  {
    name: 'keeps metadata whose revision is now that of another API',
    rows: () => [metadataOf('r1', 'api-1'), revision('r1', 7n, 'api-2')],
    sightings: seen(old, 'r1'),
    survivors: { [metadata]: ['r1'] },
  },
  {
    name: 'keeps metadata that names no revision, or no API',
    rows: () => [metadataOf(null), metadataOf(null, null), metadataOf('r1', null)],
    sightings: seen(old, 'r1'),
    survivors: { [metadata]: ['', '', 'r1'] },
  },
  {
    name: 'deletes the metadata of all revisions of an API that is gone, and none of its neighbours',
    rows: () => [
      ...['a', 'b', 'c'].map((id) => metadataOf(`gone-${id}`, 'api-gone')),
      ...['a', 'b', 'c'].flatMap((id) => [metadataOf(`left-${id}`, 'api-left'), revision(`left-${id}`)]),
    ],
    sightings: ({ utcNow }) =>
      ['api-gone', 'api-left'].flatMap((api) =>
        seenAt(utcNow - spanMicroseconds({ days: 9 }), ['gone-a', 'gone-b', 'gone-c', 'left-a'], api),
      ),
    survivors: { [metadata]: ['left-a', 'left-b', 'left-c'], [revisions]: ['left-a', 'left-b', 'left-c'] },
  },
];

const plan = fc.array(
  fc.record({
    isThere: fc.boolean(),
    /** How long over a day ago it was first seen, minutes; none: not yet. */
    seen: fc.option(fc.constantFrom(-60, -15, 15, 60, 100_000)),
    rows: fc.nat({ max: 2 }),
  }),
  { minLength: 5, maxLength: 40, size: 'max' },
);

export const scenario: Scenario = {
  policy: 'revision_metadata',
  tables: [metadata, revisions],
  keys: { [metadata]: ['REVISION_UUID'], [revisions]: ['REVISION_UUID'] },
  cases,
  random: plan.map((planned) => ({ utcNow }) => ({
    database: databaseOf([
      metadataOf(null),
      ...planned.flatMap(({ isThere, rows }, index) => [
        ...Array.from({ length: rows }, (_, nth) => metadataOf(`r${index}`, `api-${nth}`)),
        ...(isThere ? [revision(`r${index}`)] : []),
      ]),
    ]),
    settings: {},
    sightings: planned.flatMap(({ seen: minutes }, index) =>
      minutes === null
        ? []
        : seenAt(utcNow - 24n * microsecondsPerHour - BigInt(minutes) * microsecondsPerMinute, [`r${index}`], 'api-0'),
    ),
  })),
  lives: (table, { REVISION_UUID: id }, world) =>
    table === revisions || id === null || world.rows(revisions).some((row) => row.REVISION_UUID === id),
  model: (world) => {
    const there = new Set(world.rows(revisions).map((row) => row.REVISION_UUID));
    const dayAgo = world.hoursAgo(24);
    const known = new Set(
      world.facts.sightings.flatMap(({ table, row, firstSeen }) =>
        table === metadata && firstSeen < dayAgo ? [`${row.API_UUID} ${row.REVISION_UUID}`] : [],
      ),
    );
    world.remove(metadata, ({ API_UUID: api, REVISION_UUID: id }) => {
      if (api === null || id === null || there.has(id)) return undefined;
      return known.has(`${api} ${id}`) ? 'orphaned' : undefined;
    });
  },
};
