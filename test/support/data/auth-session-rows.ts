import { microsecondsPerSecond } from '../model/stamps.js';
import type { Clocks } from '../scenario/scenario.js';
import type { PlacedRow } from './row-factories.js';
import { type Span, spanMicroseconds } from './span.js';

export const sessionStore = 'IDN_AUTH_SESSION_STORE';
export const temporaryStore = 'IDN_AUTH_TEMP_SESSION_STORE';

/** What refers to a session by its id, without a foreign key. */
export const mappingTables = [
  'IDN_AUTH_USER_SESSION_MAPPING',
  'IDN_AUTH_SESSION_APP_INFO',
  'IDN_AUTH_SESSION_META_DATA',
  'IDN_FED_AUTH_SESSION_MAPPING',
] as const;
export type MappingTable = (typeof mappingTables)[number];

/**
 * Short names: `s/1` for the first row of session s, `s/alice` for a mapping of it. No rule looks at a tenant, so its
 * number tells the rows of a session apart.
 */
export const sessionKeys: Readonly<Record<string, readonly string[]>> = {
  [sessionStore]: ['SESSION_ID', 'TENANT_ID'],
  [temporaryStore]: ['SESSION_ID', 'TENANT_ID'],
  IDN_AUTH_USER_SESSION_MAPPING: ['SESSION_ID', 'USER_ID'],
  IDN_AUTH_SESSION_APP_INFO: ['SESSION_ID', 'SUBJECT'],
  IDN_AUTH_SESSION_META_DATA: ['SESSION_ID', 'PROPERTY_TYPE'],
  IDN_FED_AUTH_SESSION_MAPPING: ['SESSION_ID', 'IDP_NAME'],
};

/** The type that the product gives its long-lived sessions. */
export const usualType = 'AppAuthFrameworkSessionContextCache';

/** The largest and the smallest number that a BIGINT holds. */
export const largest = 9_223_372_036_854_775_807n;
export const smallest = -9_223_372_036_854_775_808n;

/** Nanoseconds since 1970, a span before a moment in microseconds. */
export const nanosecondsBefore = (moment: bigint, span: Span): bigint => (moment - spanMicroseconds(span)) * 1_000n;

/** One saved state of a session, told by how long ago. */
export interface SessionRow {
  /** How long ago it was written, or the number itself. */
  readonly created: Span | bigint;
  /** How long ago it expired; without any of the three: it expires in twelve hours. */
  readonly expired?: Span;
  readonly expiresIn?: Span;
  readonly expiry?: bigint | null;
  /** Default: STORE. */
  readonly operation?: string;
  readonly type?: string;
  /** Default: its place among the rows of the session, from 1. */
  readonly number?: number;
}

function expiryOf({ utcNow }: Clocks, { expired, expiresIn, expiry }: SessionRow): bigint | null {
  if (expiry !== undefined) return expiry;
  if (expired !== undefined) return nanosecondsBefore(utcNow, expired);
  const remaining = spanMicroseconds(expiresIn ?? { hours: 12 });
  return nanosecondsBefore(utcNow + remaining, {});
}

/** The rows of one session in one store. */
export const sessionIn = (
  store: string,
  clocks: Clocks,
  id: string,
  ...rows: readonly SessionRow[]
): readonly PlacedRow[] =>
  rows.map((row, index) => [
    store,
    {
      SESSION_ID: id,
      SESSION_TYPE: row.type ?? usualType,
      OPERATION: row.operation ?? 'STORE',
      TIME_CREATED: typeof row.created === 'bigint' ? row.created : nanosecondsBefore(clocks.utcNow, row.created),
      TENANT_ID: BigInt(row.number ?? index + 1),
      EXPIRY_TIME: expiryOf(clocks, row),
    },
  ]);

export const session = (clocks: Clocks, id: string, ...rows: readonly SessionRow[]): readonly PlacedRow[] =>
  sessionIn(sessionStore, clocks, id, ...rows);

/** One mapping; the number must be new in its table, the pair of session and owner too. */
export function mapping(table: MappingTable, number: number, id: string, owner: string): PlacedRow {
  const ID = BigInt(number);
  switch (table) {
    case 'IDN_AUTH_USER_SESSION_MAPPING':
      return [table, { ID, USER_ID: owner, SESSION_ID: id }];
    case 'IDN_AUTH_SESSION_APP_INFO':
      return [table, { SESSION_ID: id, SUBJECT: owner, APP_ID: ID, INBOUND_AUTH_TYPE: 'oidc' }];
    case 'IDN_AUTH_SESSION_META_DATA':
      return [table, { SESSION_ID: id, PROPERTY_TYPE: owner, VALUE: '1' }];
    case 'IDN_FED_AUTH_SESSION_MAPPING':
      return [
        table,
        {
          ID,
          IDP_SESSION_ID: `idp-${number}`,
          SESSION_ID: id,
          IDP_NAME: owner,
          TIME_CREATED: '2026-01-02 03:04:05',
          TENANT_ID: -1234n,
        },
      ];
  }
}

/** Mappings in all four tables, by their short names. */
export const mappings = (...names: readonly string[]): readonly PlacedRow[] =>
  mappingTables.flatMap((table) =>
    names.map((name, index) => {
      const at = name.lastIndexOf('/');
      return mapping(table, index + 1, name.slice(0, at), name.slice(at + 1));
    }),
  );

/** The expectation that exactly these are left in each of the four tables. */
export const mappingsLeft = (...names: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(mappingTables.map((table) => [table, names]));

/** Whole seconds, as sightings are kept on every engine. */
export const secondsBefore = (moment: bigint, span: Span): bigint => {
  const exact = moment - spanMicroseconds(span);
  return exact - (exact % microsecondsPerSecond);
};
