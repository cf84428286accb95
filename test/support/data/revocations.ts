import type { Row, Value } from '../model/rows.js';
import { app, type PlacedRow } from './row-factories.js';

/** A revoked JWT of the gateway; its end is in epoch milliseconds. */
export const revokedJwt = (id: string, end: Value): PlacedRow => [
  'AM_REVOKED_JWT',
  {
    UUID: id,
    SIGNATURE: `signature-of-${id}`,
    EXPIRY_TIMESTAMP: end,
    TENANT_ID: -1234n,
    TOKEN_TYPE: 'DEFAULT',
    TIME_CREATED: '2024-01-01 00:00:00',
  },
];

const revoked =
  (table: string) =>
  (id: string, end: Value): PlacedRow => [
    table,
    {
      UUID: id,
      TOKEN_IDENTIFIER: `token-${id}`,
      CONSUMER_KEY: 'key-1',
      TIME_CREATED: '2024-01-01 00:00:00',
      EXPIRY_TIMESTAMP: end,
    },
  ];
export const invalidToken = revoked('IDN_INVALID_TOKENS');
export const revokedToken = revoked('IDN_OAUTH2_REVOKED_TOKENS');

/** All tokens of an entity that were issued before it are revoked. */
export const entityEvent = (id: string, revokedAt: string, fields: Row = {}): PlacedRow => [
  'IDN_SUBJECT_ENTITY_REVOKED_EVENT',
  { EVENT_ID: id, ENTITY_ID: `entity-${id}`, ENTITY_TYPE: 'USER_ID', TIME_REVOKED: revokedAt, ...fields },
];

/** The same of an application. */
export const appEvent = (id: string, revokedAt: string): PlacedRow => [
  'IDN_APP_REVOKED_EVENT',
  { EVENT_ID: id, CONSUMER_KEY: `key-${id}`, TIME_REVOKED: revokedAt, ORGANIZATION: 'carbon.super' },
];

/** What API Manager heard from a key manager: the same, and known by what it revokes. */
export const heardEntityEvent = (id: string, revokedAt: string, fields: Row = {}): PlacedRow => [
  'AM_SUBJECT_ENTITY_REVOKED_EVENT',
  { ENTITY_ID: id, ENTITY_TYPE: 'USER_ID', TIME_REVOKED: revokedAt, ORGANIZATION: 'carbon.super', ...fields },
];
export const heardAppEvent = (id: string, revokedAt: string, fields: Row = {}): PlacedRow => [
  'AM_APP_REVOKED_EVENT',
  { CONSUMER_KEY: id, TIME_REVOKED: revokedAt, ORGANIZATION: 'carbon.super', ...fields },
];

/** One of each table. */
export const anyEvents = [entityEvent, appEvent, heardEntityEvent, heardAppEvent] as const;

/** Columns that say how long tokens of an application live, seconds. */
export const lifetimeColumns = [
  'USER_ACCESS_TOKEN_EXPIRE_TIME',
  'APP_ACCESS_TOKEN_EXPIRE_TIME',
  'REFRESH_TOKEN_EXPIRE_TIME',
  'ID_TOKEN_EXPIRE_TIME',
] as const;
export type Lifetimes = Readonly<Partial<Record<(typeof lifetimeColumns)[number], bigint | null>>>;

/** An application; lifetimes that are not told are the product's defaults. */
export const application = (id: bigint, lifetimes: Lifetimes = {}): PlacedRow => {
  const [table, row] = app(id);
  return [
    table,
    {
      ...row,
      USER_ACCESS_TOKEN_EXPIRE_TIME: 3_600n,
      APP_ACCESS_TOKEN_EXPIRE_TIME: 3_600n,
      REFRESH_TOKEN_EXPIRE_TIME: 84_600n,
      ID_TOKEN_EXPIRE_TIME: 3_600n,
      ...lifetimes,
    },
  ];
};

/** Ends of a JWT that are no epoch milliseconds of a past year: too small, or beyond any year. */
export const unreadableEnds: readonly bigint[] = [
  ...[0n, -1n, 1n, -1_700_000_000_000n, -9_223_372_036_854_775_808n],
  // Seconds of 2023, and the largest number that is still read as none.
  ...[1_700_000_000n, 99_999_999_999n],
  ...[99_999_999_999_990n, 9_223_372_036_854_775_807n],
];
