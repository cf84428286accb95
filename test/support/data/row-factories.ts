import type { Database, Row } from '../model/rows.js';
import { formatStamp } from '../model/stamps.js';

/** A row with the table it belongs to. */
export type PlacedRow = readonly [table: string, row: Row];

/** An hour in the unit of validity periods. */
export const hourMilliseconds = 3_600_000n;
export const neverMilliseconds = 9_223_372_036_854_775_807n;

const epoch = '2020-01-01 00:00:00';

/** A consumer application: the parent of everything else. */
export const app = (id: bigint): PlacedRow => [
  'IDN_OAUTH_CONSUMER_APPS',
  { ID: id, CONSUMER_KEY: `key-${id}`, CONSUMER_SECRET: `secret-${id}`, USERNAME: 'admin', TENANT_ID: -1234n },
];

/** An ACTIVE token with a refresh token, of one hour and one day; the caller gives the stamps. */
export const token = (id: string, fields: Row): PlacedRow => [
  'IDN_OAUTH2_ACCESS_TOKEN',
  {
    TOKEN_ID: id,
    ACCESS_TOKEN: `access-${id}`,
    REFRESH_TOKEN: `refresh-${id}`,
    CONSUMER_KEY_ID: 1n,
    AUTHZ_USER: 'someone',
    TENANT_ID: -1234n,
    USER_DOMAIN: 'PRIMARY',
    USER_TYPE: 'APPLICATION_USER',
    GRANT_TYPE: 'password',
    TIME_CREATED: epoch,
    REFRESH_TOKEN_TIME_CREATED: fields.TIME_CREATED ?? epoch,
    VALIDITY_PERIOD: hourMilliseconds,
    REFRESH_TOKEN_VALIDITY_PERIOD: 24n * hourMilliseconds,
    TOKEN_SCOPE_HASH: 'hash',
    TOKEN_STATE: 'ACTIVE',
    // The schemas allow an application one token per state; this column tells them apart.
    TOKEN_STATE_ID: id,
    ACCESS_TOKEN_HASH: `access-hash-${id}`,
    REFRESH_TOKEN_HASH: fields.REFRESH_TOKEN === null ? null : `refresh-hash-${id}`,
    IDP_ID: -1n,
    TOKEN_BINDING_REF: 'NONE',
    CONSENTED_TOKEN: 'false',
    ...fields,
  },
];

/** A token that lives beside those that a case is about; it never expires. */
export const newestToken = (newest: bigint, fields: Row = {}): PlacedRow =>
  token('newest', {
    TIME_CREATED: formatStamp(newest),
    VALIDITY_PERIOD: neverMilliseconds,
    REFRESH_TOKEN_VALIDITY_PERIOD: neverMilliseconds,
    ...fields,
  });

export const tokenScope = (tokenId: string, scope: string): PlacedRow => [
  'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
  { TOKEN_ID: tokenId, TOKEN_SCOPE: scope, TENANT_ID: -1234n },
];

export const tokenBinding = (tokenId: string | null, value: string): PlacedRow => [
  'IDN_OAUTH2_TOKEN_BINDING',
  {
    TOKEN_ID: tokenId,
    TOKEN_BINDING_TYPE: 'cookie',
    TOKEN_BINDING_REF: 'ref',
    TOKEN_BINDING_VALUE: value,
    TENANT_ID: -1234n,
  },
];

/** An ACTIVE authorization code of five minutes. */
export const code = (id: string, fields: Row): PlacedRow => [
  'IDN_OAUTH2_AUTHORIZATION_CODE',
  {
    CODE_ID: id,
    AUTHORIZATION_CODE: `code-${id}`,
    CONSUMER_KEY_ID: 1n,
    AUTHZ_USER: 'someone',
    TENANT_ID: -1234n,
    TIME_CREATED: epoch,
    VALIDITY_PERIOD: 300_000n,
    STATE: 'ACTIVE',
    TOKEN_ID: null,
    IDP_ID: -1n,
    ...fields,
  },
];

export const codeScope = (codeId: string, scope: string): PlacedRow => [
  'IDN_OAUTH2_AUTHZ_CODE_SCOPE',
  { CODE_ID: codeId, SCOPE: scope, TENANT_ID: -1234n },
];

/** Rows as a database; the application that they all refer to is added. */
export function databaseOf(rows: readonly PlacedRow[]): Database {
  const database: Record<string, Row[]> = {};
  const hasApp = rows.some(([table]) => table === 'IDN_OAUTH_CONSUMER_APPS');
  for (const [table, row] of hasApp ? rows : [app(1n), ...rows]) {
    database[table] = [...(database[table] ?? []), row];
  }
  return database;
}
