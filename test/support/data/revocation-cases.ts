import type { ScenarioCase, Settings } from '../scenario/scenario.js';
import { expiryCases, milliseconds } from './expiry.js';
import {
  anyEvents,
  appEvent,
  application,
  entityEvent,
  heardAppEvent,
  heardEntityEvent,
  invalidToken,
  type Lifetimes,
  lifetimeColumns,
  revokedJwt,
  revokedToken,
  unreadableEnds,
} from './revocations.js';
import { after, before } from './span.js';

const jwts = 'AM_REVOKED_JWT';
const events = 'IDN_SUBJECT_ENTITY_REVOKED_EVENT';
const heard = ['AM_SUBJECT_ENTITY_REVOKED_EVENT', 'AM_APP_REVOKED_EVENT'] as const;
const eventTables = [events, 'IDN_APP_REVOKED_EVENT', ...heard];
const withHeard: Settings = { am_event_pruning: 'yes' };

const jwtCases: readonly ScenarioCase[] = [
  ...unreadableEnds.map((end) => ({
    name: `keeps a revoked JWT of EXPIRY_TIMESTAMP ${end}`,
    rows: () => [revokedJwt('r', end)],
    survivors: { [jwts]: ['r'] },
  })),
  // The smallest number that is read as milliseconds: 3 March 1973.
  ...[100_000_000_000n, 1_000_000_000_000n].map((end) => ({
    name: `deletes a revoked JWT of EXPIRY_TIMESTAMP ${end}`,
    rows: () => [revokedJwt('r', end)],
    survivors: { [jwts]: [] },
  })),
  {
    name: 'keeps a revoked JWT whose end is in seconds, however long over',
    rows: ({ utcNow }) =>
      [3, 30, 900].map((days) => revokedJwt(`r${days}`, utcNow / 1_000_000n - BigInt(days) * 86_400n)),
    survivors: { [jwts]: ['r3', 'r30', 'r900'] },
  },
];

/** Whole hours of a token's life, with what the applications and the setting say. */
const lives = (
  name: string,
  hours: number,
  lifetimes: readonly Lifetimes[],
  settings: Settings = {},
): ScenarioCase => ({
  name,
  settings,
  rows: ({ utcNow }) => [
    ...lifetimes.map((fields, index) => application(BigInt(index + 1), fields)),
    entityEvent('fresh', before(utcNow, { minutes: 1 })),
    entityEvent('in-life', before(utcNow, { hours, minutes: -15 })),
    entityEvent('in-grace', before(utcNow, { hours: hours + 24, minutes: -15 })),
    entityEvent('outlived', before(utcNow, { hours: hours + 24, minutes: 15 })),
    entityEvent('long-outlived', before(utcNow, { hours: hours + 9_000 })),
  ],
  survivors: { [events]: ['fresh', 'in-life', 'in-grace'] },
});

const year = 31_536_000n;
const yearHours = 8_760;
const nothing: Lifetimes = Object.fromEntries(lifetimeColumns.map((column) => [column, null]));
const zero: Lifetimes = Object.fromEntries(lifetimeColumns.map((column) => [column, 0n]));

const lifeCases: readonly ScenarioCase[] = [
  lives('keeps an event for thirty days and a day where applications state less', 720, [{}]),
  lives('keeps an event for thirty days and a day where applications state nothing', 720, [nothing, nothing]),
  lives('keeps an event for thirty days and a day where applications leave it to the server', 720, [zero]),
  lives('keeps an event for thirty days and a day where an application states just that', 720, [
    { REFRESH_TOKEN_EXPIRE_TIME: 2_592_000n },
  ]),
  lives('keeps an event for an hour more where an application states an hour more', 721, [
    { REFRESH_TOKEN_EXPIRE_TIME: 2_595_600n },
  ]),
  // The vendor's script reads two of the columns, and those only while it logs.
  ...lifetimeColumns.map((column) =>
    lives(`keeps an event for a year where ${column} alone states one`, yearHours, [
      { ...nothing, [column]: year },
      zero,
    ]),
  ),
  lives('goes by the longest of four lifetimes', 2 * yearHours, [
    {
      USER_ACCESS_TOKEN_EXPIRE_TIME: year / 2n,
      APP_ACCESS_TOKEN_EXPIRE_TIME: 2n * year,
      REFRESH_TOKEN_EXPIRE_TIME: year,
      ID_TOKEN_EXPIRE_TIME: 60n,
    },
  ]),
  lives('goes by the longest lifetime of all applications', 3 * yearHours, [
    { USER_ACCESS_TOKEN_EXPIRE_TIME: year },
    {},
    { REFRESH_TOKEN_EXPIRE_TIME: 3n * year },
    nothing,
    { ID_TOKEN_EXPIRE_TIME: 2n * year },
  ]),
  lives('reads lifetimes as seconds, where milliseconds were meant too', 1_000, [
    { USER_ACCESS_TOKEN_EXPIRE_TIME: 3_600_000n },
  ]),
  lives('keeps an event for an hour and a day when told that no token lives longer', 1, [nothing], {
    longest_lifetime_hours: 1,
  }),
  lives('goes by the applications where the setting says less', yearHours, [{ REFRESH_TOKEN_EXPIRE_TIME: year }], {
    longest_lifetime_hours: 1,
  }),
  lives('goes by the setting where the applications say less', 5 * yearHours, [{ REFRESH_TOKEN_EXPIRE_TIME: year }], {
    longest_lifetime_hours: 5 * yearHours,
  }),
];

const stays = (name: string, lifetimes: readonly Lifetimes[], settings: Settings = {}): ScenarioCase => ({
  name,
  settings,
  rows: ({ utcNow }) => [
    ...lifetimes.map((fields, index) => application(BigInt(index + 1), fields)),
    ...[1, 60, 900, 18_000].map((days) => entityEvent(`e${days}`, before(utcNow, { days }))),
    entityEvent('to-come', after(utcNow, { days: 900 })),
  ],
  survivors: { [events]: ['e1', 'e60', 'e900', 'e18000', 'to-come'] },
});

/** Tokens that live for ever are revoked for ever. */
const foreverSeconds = [-1n, -3_600n, -9_223_372_036_854_775_808n, 3_155_760_001n, 9_223_372_036_854_775_807n];
const foreverCases: readonly ScenarioCase[] = [
  ...foreverSeconds.flatMap((seconds) =>
    lifetimeColumns.map((column) =>
      stays(`keeps every event where an application states ${seconds} s in ${column}`, [{ [column]: seconds }]),
    ),
  ),
  stays('keeps every event where one application of many lives for ever', [
    {},
    nothing,
    zero,
    { ID_TOKEN_EXPIRE_TIME: -1n, REFRESH_TOKEN_EXPIRE_TIME: 3_600n },
    { REFRESH_TOKEN_EXPIRE_TIME: year },
  ]),
  stays('keeps every event of this century and the last where a token lives a hundred years', [
    { REFRESH_TOKEN_EXPIRE_TIME: 3_155_760_000n },
  ]),
  stays('keeps every event of this century and the last when told that a token lives a hundred years', [{}], {
    longest_lifetime_hours: 876_000,
  }),
  {
    name: 'tells a hundred years from for ever',
    // Stamps of two centuries ago.
    needs: { fractions: true },
    rows: ({ utcNow }) => [
      application(1n, { USER_ACCESS_TOKEN_EXPIRE_TIME: 3_155_760_000n }),
      entityEvent('old', before(utcNow, { days: 36_525 })),
      entityEvent('older', before(utcNow, { days: 36_527 })),
    ],
    survivors: { [events]: ['old'] },
  },
  {
    name: 'keeps an event of two centuries ago where a token lives for ever',
    needs: { fractions: true },
    rows: ({ utcNow }) => [
      application(1n, { USER_ACCESS_TOKEN_EXPIRE_TIME: -1n }),
      entityEvent('old', before(utcNow, { days: 73_000 })),
    ],
    survivors: { [events]: ['old'] },
  },
  {
    name: 'deletes the other marks of revoked tokens though events stay for ever',
    rows: ({ utcNow }) => [
      application(1n, { REFRESH_TOKEN_EXPIRE_TIME: -1n }),
      revokedJwt('dead', milliseconds(utcNow) - 90_000_000n),
      revokedJwt('live', milliseconds(utcNow) - 80_000_000n),
      invalidToken('dead', before(utcNow, { hours: 25 })),
      invalidToken('live', before(utcNow, { hours: 23 })),
      revokedToken('dead', before(utcNow, { hours: 25 })),
      revokedToken('live', before(utcNow, { hours: 23 })),
      entityEvent('old', before(utcNow, { days: 900 })),
    ],
    survivors: {
      [jwts]: ['live'],
      IDN_INVALID_TOKENS: ['live'],
      IDN_OAUTH2_REVOKED_TOKENS: ['live'],
      [events]: ['old'],
    },
  },
];

const eventCases: readonly ScenarioCase[] = [
  {
    name: 'judges each event by its own stamp, whatever it revokes',
    rows: ({ utcNow }) =>
      ['CLIENT_ID', 'USER_ID', 'USER_NAME', ''].flatMap((type, index) => [
        entityEvent(`old-${index}`, before(utcNow, { days: 32 }), { ENTITY_ID: 'old', ENTITY_TYPE: type }),
        entityEvent(`young-${index}`, before(utcNow, { days: 30 }), { ENTITY_ID: 'young', ENTITY_TYPE: type }),
      ]),
    survivors: { [events]: ['young-0', 'young-1', 'young-2', 'young-3'] },
  },
  {
    name: 'keeps an event stamped on the zero date',
    needs: { zeroDates: true },
    rows: () => [entityEvent('e', '0000-00-00 00:00:00')],
    survivors: { [events]: ['e'] },
  },
];

/** Of every table the same events; `survivors` of those that are left whole where it is not told. */
const inEachTable = (
  name: string,
  settings: Settings,
  days: readonly number[],
  survivorsOf: (table: string) => readonly string[],
  lifetimes: Lifetimes = {},
): ScenarioCase => ({
  name,
  settings,
  rows: ({ utcNow }) => [
    application(1n, lifetimes),
    ...days.flatMap((day) => anyEvents.map((event) => event(`d${day}`, before(utcNow, { days: day })))),
  ],
  survivors: Object.fromEntries(eventTables.map((table) => [table, survivorsOf(table)])),
});
const isHeard = (table: string): boolean => heard.some((name) => name === table);
/** By the columns that tell rows of these tables apart. */
const named = (table: string, ...ids: readonly string[]): readonly string[] =>
  ids.map((id) => (table === heard[0] ? `${id}/USER_ID/carbon.super` : table === heard[1] ? `${id}/carbon.super` : id));

const tableCases: readonly ScenarioCase[] = [
  inEachTable(
    'keeps what API Manager heard until it is told that it knows how long tokens live',
    {},
    [30, 32, 9_000],
    (table) => (isHeard(table) ? named(table, 'd30', 'd32', 'd9000') : named(table, 'd30')),
  ),
  inEachTable('judges what API Manager heard as every event, once told', withHeard, [30, 32, 9_000], (table) =>
    named(table, 'd30'),
  ),
  inEachTable(
    'goes by the setting, as the tokens of an external key manager ask for it',
    { ...withHeard, longest_lifetime_hours: 8_760 },
    [30, 365, 367],
    (table) => named(table, 'd30', 'd365'),
  ),
  inEachTable(
    'goes by the longest lifetime of all applications in each table',
    withHeard,
    [30, 365, 367],
    (table) => named(table, 'd30', 'd365'),
    { REFRESH_TOKEN_EXPIRE_TIME: year },
  ),
  inEachTable(
    'keeps the events of each table where a token lives for ever',
    withHeard,
    [30, 9_000],
    (table) => named(table, 'd30', 'd9000'),
    { ID_TOKEN_EXPIRE_TIME: -1n },
  ),
  {
    name: 'tells events of one entity apart by its type and its organization',
    settings: withHeard,
    rows: ({ utcNow }) => {
      const [old, young] = [before(utcNow, { days: 32 }), before(utcNow, { days: 30 })];
      return [
        heardEntityEvent('e', old),
        heardEntityEvent('e', young, { ENTITY_TYPE: 'CLIENT_ID' }),
        heardEntityEvent('e', young, { ORGANIZATION: 'other' }),
        heardAppEvent('a', young),
        heardAppEvent('a', old, { ORGANIZATION: 'other' }),
        appEvent('a', old),
      ];
    },
    survivors: {
      [heard[0]]: ['e/CLIENT_ID/carbon.super', 'e/USER_ID/other'],
      [heard[1]]: ['a/carbon.super'],
      IDN_APP_REVOKED_EVENT: [],
    },
  },
];

/** Every rule and edge of `cleanup_revocations`. */
export const revocationCases: readonly ScenarioCase[] = [
  ...expiryCases({ table: jwts, subject: 'a revoked JWT', row: revokedJwt, written: milliseconds }),
  ...jwtCases,
  ...expiryCases({ table: 'IDN_INVALID_TOKENS', subject: 'an invalid token', row: invalidToken }),
  ...expiryCases({ table: 'IDN_OAUTH2_REVOKED_TOKENS', subject: 'a revoked token', row: revokedToken }),
  ...lifeCases,
  ...foreverCases,
  ...eventCases,
  ...tableCases,
];
