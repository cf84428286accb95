import * as fc from 'fast-check';
import { expiringRows, milliseconds, minutesPast, past, removeExpired } from '../support/data/expiry.js';
import { revocationCases } from '../support/data/revocation-cases.js';
import {
  anyEvents,
  application,
  invalidToken,
  type Lifetimes,
  lifetimeColumns,
  revokedJwt,
  revokedToken,
  unreadableEnds,
} from '../support/data/revocations.js';
import { databaseOf } from '../support/data/row-factories.js';
import { isToCome } from '../support/model/lives.js';
import { formatStamp, microsecondsPerHour, microsecondsPerSecond, parseStamp } from '../support/model/stamps.js';
import type { Scenario } from '../support/scenario/scenario.js';
import type { World } from '../support/scenario/world.js';

const known = ['IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'IDN_APP_REVOKED_EVENT'];
const heard = ['AM_SUBJECT_ENTITY_REVOKED_EVENT', 'AM_APP_REVOKED_EVENT'];
const events = [...known, ...heard];
const apps = 'IDN_OAUTH_CONSUMER_APPS';

/** More seconds than a hundred years have: for ever. */
const hundredYearsSeconds = 3_155_760_000n;

/** The longest that a token of any application may live, seconds, or nothing where one may live for ever. */
function longestSeconds(lifetimes: readonly (bigint | null)[], floorHours: number): bigint | undefined {
  let longest = BigInt(floorHours) * 3600n;
  for (const seconds of lifetimes) {
    if (seconds === null) continue;
    if (seconds < 0n) return undefined;
    if (seconds > hundredYearsSeconds) return undefined;
    if (seconds > longest) longest = seconds;
  }
  return longest;
}

const lifetimesOf = (world: World): readonly (bigint | null)[] =>
  world
    .rows(apps)
    .flatMap((app) =>
      lifetimeColumns.map((column) => app[column]).map((value) => (typeof value === 'bigint' ? value : null)),
    );

function removeEvents(world: World): void {
  const longest = longestSeconds(lifetimesOf(world), world.number('longest_lifetime_hours', 720));
  if (longest === undefined) return;
  const cutOff = world.surelyHoursAgo(24) - longest * microsecondsPerSecond;
  for (const table of world.isOn('am_event_pruning') ? events : known) {
    world.remove(table, (row) => {
      const revoked = parseStamp(row.TIME_REVOKED);
      return revoked !== undefined && revoked < cutOff ? 'outlived' : undefined;
    });
  }
}

function removeJwts(world: World): void {
  const limit = milliseconds(world.hoursAgo(24));
  world.remove('AM_REVOKED_JWT', ({ EXPIRY_TIMESTAMP: end }) => {
    if (typeof end !== 'bigint') return undefined;
    // Of before 1973: no milliseconds. Seconds, as it seems, or nothing at all.
    if (end < 100_000_000_000n) return undefined;
    return end < limit ? 'expired' : undefined;
  });
}

/** Few mean for ever: such a row alone keeps every event. */
const lifetime = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.constantFrom(null, 0n, 3_600n, 84_600n, 2_592_000n, 2_595_600n, 31_536_000n, 315_360_000n),
  },
  { weight: 1, arbitrary: fc.constantFrom(-1n, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n) },
);

const plan = fc.record({
  heard: fc.constantFrom('yes', 'yes', 'no'),
  floorHours: fc.constantFrom(720, 1, 24, 8_760),
  applications: fc.array(fc.tuple(lifetime, lifetime, lifetime, lifetime), { maxLength: 4 }),
  events: fc.array(fc.tuple(fc.constantFrom(...anyEvents), minutesPast), { minLength: 5, maxLength: 40, size: 'max' }),
  jwts: expiringRows({ row: revokedJwt, written: milliseconds }),
  oddJwts: fc.array(fc.constantFrom(...unreadableEnds), { maxLength: 5 }),
  invalid: expiringRows({ row: invalidToken }),
  revoked: expiringRows({ row: revokedToken }),
});

export const scenario: Scenario = {
  policy: 'revocations',
  tables: [apps, 'AM_REVOKED_JWT', 'IDN_INVALID_TOKENS', 'IDN_OAUTH2_REVOKED_TOKENS', ...events],
  keys: {
    AM_REVOKED_JWT: ['UUID'],
    IDN_INVALID_TOKENS: ['UUID'],
    IDN_OAUTH2_REVOKED_TOKENS: ['UUID'],
    IDN_SUBJECT_ENTITY_REVOKED_EVENT: ['EVENT_ID'],
    IDN_APP_REVOKED_EVENT: ['EVENT_ID'],
    AM_SUBJECT_ENTITY_REVOKED_EVENT: ['ENTITY_ID', 'ENTITY_TYPE', 'ORGANIZATION'],
    AM_APP_REVOKED_EVENT: ['CONSUMER_KEY', 'ORGANIZATION'],
  },
  cases: revocationCases,
  random: plan.map((planned) => (clocks) => {
    const lifetimes = planned.applications.map(([user, client, refresh, id]): Lifetimes => {
      return {
        USER_ACCESS_TOKEN_EXPIRE_TIME: user,
        APP_ACCESS_TOKEN_EXPIRE_TIME: client,
        REFRESH_TOKEN_EXPIRE_TIME: refresh,
        ID_TOKEN_EXPIRE_TIME: id,
      };
    });
    const longest = longestSeconds(planned.applications.flat(), planned.floorHours) ?? 0n;
    const edge = clocks.utcNow - 24n * microsecondsPerHour - longest * microsecondsPerSecond;
    const database = databaseOf([
      ...planned.events.map(([event, minutes], index) => event(`e${index}`, formatStamp(past(edge, minutes)))),
      ...planned.jwts(clocks),
      ...planned.oddJwts.map((end, index) => revokedJwt(`odd${index}`, end)),
      ...planned.invalid(clocks),
      ...planned.revoked(clocks),
    ]);
    return {
      // Also none at all.
      database: { ...database, [apps]: lifetimes.map((fields, index) => application(BigInt(index + 1), fields)[1]) },
      settings: { longest_lifetime_hours: planned.floorHours, am_event_pruning: planned.heard },
    };
  }),
  lives: (table, row, world) => {
    const now = world.facts.clocks.utcNow;
    if (table === 'AM_REVOKED_JWT') {
      const { EXPIRY_TIMESTAMP: end } = row;
      return typeof end !== 'bigint' || end < 100_000_000_000n || end > milliseconds(now);
    }
    if (!events.includes(table)) return table === apps || isToCome(row.EXPIRY_TIMESTAMP, now);
    const longest = longestSeconds(lifetimesOf(world), world.number('longest_lifetime_hours', 720));
    return longest === undefined || isToCome(row.TIME_REVOKED, now - longest * microsecondsPerSecond);
  },
  model: (world) => {
    removeJwts(world);
    removeExpired(world, 'IDN_INVALID_TOKENS', 'EXPIRY_TIMESTAMP');
    removeExpired(world, 'IDN_OAUTH2_REVOKED_TOKENS', 'EXPIRY_TIMESTAMP');
    removeEvents(world);
  },
};
