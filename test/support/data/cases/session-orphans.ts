import type { ScenarioCase, Sighting } from '../../scenario/scenario.js';
import {
  type MappingTable,
  mappings,
  mappingsLeft,
  mappingTables,
  type SessionRow,
  secondsBefore,
  session,
  sessionIn,
  sessionStore,
  temporaryStore,
} from '../auth-session-rows.js';
import type { Span } from '../span.js';

const on = { orphan_sweep: 'yes' };
const ended: SessionRow = { created: { days: 1 }, operation: 'DELETE' };
const live: SessionRow = { created: { minutes: 30 } };

/** That earlier runs found these ids without a session, in the given tables. */
const seen = (
  utcNow: bigint,
  ago: Span,
  ids: readonly string[],
  tables: readonly MappingTable[] = mappingTables,
): readonly Sighting[] =>
  tables.flatMap((table) =>
    ids.map((id) => ({ table, row: { SESSION_ID: id }, firstSeen: secondsBefore(utcNow, ago) })),
  );

const old = { hours: 24, minutes: 15 };
const young = { hours: 23, minutes: 30 };

/** Mappings without a session: two sightings over a day apart, and only where that is asked for. */
export const sessionOrphanCases: readonly ScenarioCase[] = [
  {
    name: 'deletes a mapping that was seen without a session a day and a quarter of an hour ago',
    settings: on,
    rows: () => mappings('s/alice', 's/bob'),
    sightings: ({ utcNow }) => seen(utcNow, old, ['s']),
    survivors: mappingsLeft(),
  },
  {
    name: 'keeps a mapping that was seen without a session half an hour short of a day ago',
    settings: on,
    rows: () => mappings('s/alice'),
    sightings: ({ utcNow }) => seen(utcNow, young, ['s']),
    survivors: mappingsLeft('s/alice'),
  },
  {
    name: 'keeps a mapping without a session that no run saw before',
    settings: on,
    rows: () => mappings('s/alice', 't/alice'),
    sightings: ({ utcNow }) => seen(utcNow, old, ['t']),
    survivors: mappingsLeft('s/alice'),
  },
  {
    name: 'keeps a mapping if only one whose id differs in case was seen before',
    settings: on,
    rows: () => mappings('s/alice'),
    sightings: ({ utcNow }) => seen(utcNow, old, ['S']),
    survivors: mappingsLeft('s/alice'),
  },
  {
    name: 'keeps an orphan that was seen long ago while the sweep is off',
    rows: () => mappings('s/alice'),
    sightings: ({ utcNow }) => seen(utcNow, { days: 400 }, ['s']),
    survivors: mappingsLeft('s/alice'),
  },
  {
    name: 'keeps an orphan while the sweep is set to no, though a session next to it goes',
    settings: { orphan_sweep: 'no' },
    rows: (m) => [...session(m, 't', ended), ...mappings('s/alice', 't/alice')],
    sightings: ({ utcNow }) => seen(utcNow, { days: 400 }, ['s', 't']),
    survivors: { [sessionStore]: [], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps a mapping whose session came back since it was seen',
    settings: on,
    rows: (m) => [...session(m, 's', live), ...mappings('s/alice')],
    sightings: ({ utcNow }) => seen(utcNow, { days: 9 }, ['s']),
    survivors: { [sessionStore]: ['s/1'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps a mapping whose session came back in the temporary store since it was seen',
    settings: on,
    rows: (m) => [...sessionIn(temporaryStore, m, 's', live), ...mappings('s/alice')],
    sightings: ({ utcNow }) => seen(utcNow, { days: 9 }, ['s']),
    survivors: { [temporaryStore]: ['s/1'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps a mapping whose session came back since and was ended by a young DELETE row',
    settings: on,
    rows: (m) => [...session(m, 's', { created: { hours: 2 }, operation: 'DELETE' }), ...mappings('s/alice')],
    sightings: ({ utcNow }) => seen(utcNow, { days: 9 }, ['s']),
    survivors: { [sessionStore]: ['s/1'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'deletes the mappings of a session that came back since and ended again',
    settings: on,
    rows: (m) => [...session(m, 's', ended), ...mappings('s/alice')],
    sightings: ({ utcNow }) => seen(utcNow, young, ['s']),
    survivors: { [sessionStore]: [], ...mappingsLeft() },
  },
  {
    name: 'keeps other types of orphans, when only one table saw them before',
    settings: on,
    rows: () => mappings('s/alice'),
    sightings: ({ utcNow }) => seen(utcNow, old, ['s'], ['IDN_AUTH_SESSION_APP_INFO']),
    survivors: { ...mappingsLeft('s/alice'), IDN_AUTH_SESSION_APP_INFO: [] },
  },
  {
    name: 'passes over sightings of mappings that are no more',
    settings: on,
    rows: () => mappings('s/alice'),
    sightings: ({ utcNow }) => seen(utcNow, old, ['gone', 'also-gone']),
    survivors: mappingsLeft('s/alice'),
  },
  {
    name: 'deletes orphans seen long ago among others seen late, in whatever order their ids are',
    settings: on,
    rows: () => mappings('a/alice', 'b/alice', 'c/alice', 'd/alice', 'e/alice', '/alice'),
    sightings: ({ utcNow }) => [...seen(utcNow, { days: 30 }, ['', 'b', 'd']), ...seen(utcNow, young, ['a', 'c'])],
    survivors: mappingsLeft('a/alice', 'c/alice', 'e/alice'),
  },
  {
    name: 'keeps the mapping of a session that only the temporary store had, in the run that ended it',
    settings: on,
    rows: (m) => [...sessionIn(temporaryStore, m, 's', ended), ...mappings('s/alice')],
    survivors: { [temporaryStore]: [], ...mappingsLeft('s/alice') },
  },
  {
    name: 'deletes two hundred orphans and keeps the sessions among them',
    settings: on,
    rows: (m) => [
      ...session(m, 's-100', live),
      ...mappings(...Array.from({ length: 200 }, (_, index) => `s-${index}/alice`)),
    ],
    sightings: ({ utcNow }) =>
      seen(
        utcNow,
        old,
        Array.from({ length: 200 }, (_, index) => `s-${index}`),
      ),
    survivors: { [sessionStore]: ['s-100/1'], ...mappingsLeft('s-100/alice') },
  },
];
