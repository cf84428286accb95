import * as fc from 'fast-check';
import { microsecondsPerMinute } from '../model/stamps.js';
import type { Clocks, RandomStart, Sighting } from '../scenario/scenario.js';
import {
  largest,
  mapping,
  mappingTables,
  nanosecondsBefore,
  secondsBefore,
  sessionStore,
  smallest,
  temporaryStore,
  usualType,
} from './auth-session-rows.js';
import { databaseOf, type PlacedRow } from './row-factories.js';

/** Minutes past a cut-off; against a clock that runs, within a quarter of an hour no test could know the outcome. */
const edgeMinutes = fc.oneof(
  fc.constantFrom(15, -15, 60, -60),
  fc.integer({ min: 15, max: 3_000 }),
  fc.integer({ min: -3_000, max: -15 }),
);

/** When a row was written. */
const created = fc.oneof(
  { weight: 3, arbitrary: fc.record({ beside: fc.constant('deleted' as const), edge: edgeMinutes }) },
  { weight: 2, arbitrary: fc.record({ beside: fc.constant('aged' as const), edge: edgeMinutes }) },
  // Few moments, so that rows share one: hours ago, or from the future.
  { weight: 4, arbitrary: fc.record({ beside: fc.constant('now' as const), edge: fc.constantFrom(0, 1, 90, 180) }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, smallest, largest, largest - 1n, 2n ** 62n) },
);

const expiry = fc.oneof(
  { weight: 5, arbitrary: fc.record({ edge: edgeMinutes }) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.constantFrom(0n, -1n, 1n, smallest, largest) },
);

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.constant('STORE') },
  { weight: 3, arbitrary: fc.constant('DELETE') },
  { weight: 1, arbitrary: fc.constantFrom('delete', 'DELETE ', 'DELETED', '') },
);

const types = [usualType, 'AuthenticationContextCache', 'a'];

/** Ids that differ under every collation, in no engine's order. */
const ids = ['5f', '10', '9', 'a', 'ab', 'B1', 'z', '-', '_x', '', "it's", '0e', 'c%', 'ff'];

const stored = fc.record({
  id: fc.nat({ max: ids.length - 1 }),
  type: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: types.length - 1 })),
  store: fc.oneof({ weight: 3, arbitrary: fc.constant(sessionStore) }, fc.constant(temporaryStore)),
  rows: fc.array(fc.record({ created, expiry, operation }), { minLength: 1, maxLength: 5 }),
});

const mapped = fc.record({
  id: fc.nat({ max: ids.length - 1 }),
  table: fc.constantFrom(...mappingTables),
  owner: fc.constantFrom('alice', 'bob', 'carol'),
});

const sighted = fc.record({
  id: fc.nat({ max: ids.length - 1 }),
  table: fc.constantFrom(...mappingTables),
  edge: edgeMinutes,
});

const settings = fc.record({
  expiry_grace_minutes: fc.constantFrom(120, 1, 60, 5_000),
  session_age_days: fc.constantFrom(14, 1, 2, 400),
  deleted_after_hours: fc.constantFrom(12, 1, 24, 8_760),
  orphan_sweep: fc.constantFrom('yes', 'yes', 'no'),
});

const plan = fc.record({
  settings,
  stored: fc.array(stored, { minLength: 1, maxLength: 14, size: 'max' }),
  mapped: fc.array(mapped, { maxLength: 40, size: 'max' }),
  sighted: fc.array(sighted, { maxLength: 20, size: 'max' }),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;
type StoredRow = Plan['stored'][number]['rows'][number];

function createdAt(planned: StoredRow['created'], utcNow: bigint, chosen: Plan['settings']): bigint {
  if (typeof planned === 'bigint') return planned;
  const { beside, edge: minutes } = planned;
  if (beside === 'deleted') return nanosecondsBefore(utcNow, { hours: chosen.deleted_after_hours, minutes });
  if (beside === 'aged') return nanosecondsBefore(utcNow, { days: chosen.session_age_days, minutes });
  return nanosecondsBefore(utcNow, { minutes });
}

const expiryAt = (planned: StoredRow['expiry'], utcNow: bigint, grace: number): bigint | null =>
  planned === null || typeof planned === 'bigint'
    ? planned
    : nanosecondsBefore(utcNow, { minutes: grace + planned.edge });

/** Rows by what must be unique of them; later ones of the same are left out. */
const unique = <T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

function storedRows({ stored: planned, settings: chosen }: Plan, utcNow: bigint): readonly PlacedRow[] {
  const rows = planned.flatMap(({ id, type, store, rows: states }) =>
    states.map((state) => ({
      store,
      SESSION_ID: ids[id] ?? '',
      SESSION_TYPE: types[type] ?? usualType,
      OPERATION: state.operation,
      TIME_CREATED: createdAt(state.created, utcNow, chosen),
      EXPIRY_TIME: expiryAt(state.expiry, utcNow, chosen.expiry_grace_minutes),
    })),
  );
  // Keys of most MySQL collations ignore case and trailing blanks.
  const keyOf = (row: (typeof rows)[number]): string =>
    [row.store, row.SESSION_ID, row.SESSION_TYPE, row.TIME_CREATED, row.OPERATION.trim().toUpperCase()].join('\n');
  return unique(rows, keyOf).map(({ store, ...row }, index) => [store, { ...row, TENANT_ID: BigInt(index) }]);
}

const nameOf = ({ table, id, owner = '' }: { table: string; id: number; owner?: string }): string =>
  `${table} ${id} ${owner}`;

function startAt(planned: Plan, { utcNow }: Clocks): RandomStart {
  const related = unique(planned.mapped, nameOf).map(({ table, id, owner }, index) =>
    mapping(table, index + 1, ids[id] ?? '', owner),
  );
  const sightings = unique(planned.sighted, nameOf).map(
    ({ table, id, edge }): Sighting => ({
      table,
      row: { SESSION_ID: ids[id] ?? '' },
      firstSeen: secondsBefore(utcNow - BigInt(edge) * microsecondsPerMinute, { hours: 24 }),
    }),
  );
  return {
    database: databaseOf([...storedRows(planned, utcNow), ...related]),
    settings: planned.settings,
    sightings,
  };
}

/** Small stores of sessions near every edge, with mappings of living, dead and missing ones. */
export const randomAuthSessions = plan.map((planned) => (clocks: Clocks) => startAt(planned, clocks));
