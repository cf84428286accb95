import { mappingTables, sessionKeys, sessionStore, temporaryStore } from '../support/data/auth-session-rows.js';
import { sessionEndingCases } from '../support/data/cases/session-endings.js';
import { sessionHistoryCases } from '../support/data/cases/session-histories.js';
import { sessionMappingCases } from '../support/data/cases/session-mappings.js';
import { sessionOrphanCases } from '../support/data/cases/session-orphans.js';
import { sessionSettingCases } from '../support/data/cases/session-settings.js';
import { randomAuthSessions } from '../support/data/random-auth-sessions.js';
import type { Row } from '../support/model/rows.js';
import type { Scenario } from '../support/scenario/scenario.js';
import type { World } from '../support/scenario/world.js';

const minuteNanoseconds = 60_000_000_000n;

/** Why this row alone ends its session. */
function endingOf(world: World, { EXPIRY_TIME: expiry, TIME_CREATED: created, OPERATION: operation }: Row) {
  const now = world.facts.clocks.utcNow * 1_000n;
  const minutesAgo = (minutes: number): bigint => now - BigInt(minutes) * minuteNanoseconds;
  if (typeof created !== 'bigint') throw new TypeError('a session row without a stamp');
  if (typeof expiry === 'bigint' && expiry > 0n) {
    if (expiry < minutesAgo(world.number('expiry_grace_minutes', 120))) return 'expired';
  } else if (created < minutesAgo(world.number('session_age_days', 14) * 1440)) {
    return 'expired';
  }
  if (operation === 'DELETE' && created < minutesAgo(world.number('deleted_after_hours', 12) * 60)) return 'deleted';
  return undefined;
}

function cleanStore(world: World, store: string): readonly Row[] {
  /** When the newest ending row of each session and type was written. */
  const ended = new Map<string, bigint>();
  const nameOf = ({ SESSION_ID, SESSION_TYPE }: Row): string => JSON.stringify([SESSION_ID, SESSION_TYPE]);
  for (const row of world.rows(store)) {
    if (endingOf(world, row) === undefined) continue;
    const at = row.TIME_CREATED as bigint;
    const before = ended.get(nameOf(row));
    if (before === undefined || at > before) ended.set(nameOf(row), at);
  }
  return world.remove(store, (row) => {
    const end = ended.get(nameOf(row));
    if (end === undefined || (row.TIME_CREATED as bigint) > end) return undefined;
    return endingOf(world, row) ?? 'superseded';
  });
}

function model(world: World): void {
  cleanStore(world, temporaryStore);
  const removed = new Set(cleanStore(world, sessionStore).map((row) => row.SESSION_ID));
  const left = new Set(
    [sessionStore, temporaryStore].flatMap((store) => world.rows(store).map((row) => row.SESSION_ID)),
  );
  for (const table of mappingTables) {
    world.remove(table, ({ SESSION_ID: id }) =>
      removed.has(id ?? null) && !left.has(id ?? null) ? 'session_gone' : undefined,
    );
  }
  if (!world.isOn('orphan_sweep')) return;
  for (const table of mappingTables) {
    const seenEarlier = new Set(
      world.facts.sightings
        .filter((sighting) => sighting.table === table && sighting.firstSeen < world.hoursAgo(24))
        .map((sighting) => sighting.row.SESSION_ID),
    );
    world.remove(table, ({ SESSION_ID: id }) =>
      seenEarlier.has(id) && !left.has(id ?? null) ? 'orphaned' : undefined,
    );
  }
}

export const scenario: Scenario = {
  policy: 'sessions',
  tables: [sessionStore, temporaryStore, ...mappingTables],
  keys: sessionKeys,
  // One database serves many cases: a setting that a case moved must be put back by the next.
  settings: { expiry_grace_minutes: 120, session_age_days: 14, deleted_after_hours: 12, orphan_sweep: 'no' },
  cases: [
    ...sessionEndingCases,
    ...sessionHistoryCases,
    ...sessionMappingCases,
    ...sessionOrphanCases,
    ...sessionSettingCases,
  ],
  random: randomAuthSessions,
  model,
};
