import type { Row } from '../model/rows.js';
import type { PlacedRow } from './row-factories.js';

const epoch = '2020-01-01 00:00:00';

/** A request object, which may hang on a token, on a code, on both or on neither. */
export const requestObject = (id: bigint, parents: { token?: string; code?: string }): PlacedRow => [
  'IDN_OIDC_REQ_OBJECT_REFERENCE',
  {
    ID: id,
    CONSUMER_KEY_ID: 1n,
    CODE_ID: parents.code ?? null,
    TOKEN_ID: parents.token ?? null,
    SESSION_DATA_KEY: `session-${id}`,
  },
];

export const requestClaim = (id: bigint, requestObjectId: bigint | null): PlacedRow => [
  'IDN_OIDC_REQ_OBJECT_CLAIMS',
  { ID: id, REQ_OBJECT_ID: requestObjectId, CLAIM_ATTRIBUTE: 'email', ESSENTIAL: '1', VALUE: null, IS_USERINFO: '0' },
];

export const claimValue = (id: bigint, claimId: bigint | null): PlacedRow => [
  'IDN_OIDC_REQ_OBJ_CLAIM_VALUES',
  { ID: id, REQ_OBJECT_CLAIMS_ID: claimId, CLAIM_VALUES: `value-${id}` },
];

/** The key of a CIBA code fills its CHAR(36), so that no engine pads it. */
export const cibaKey = (id: string): string => id.padEnd(36, '-');

/** A CIBA code that waits for its user, for two minutes. */
export const cibaCode = (id: string, fields: Row): PlacedRow => [
  'IDN_OAUTH2_CIBA_AUTH_CODE',
  {
    AUTH_CODE_KEY: cibaKey(id),
    AUTH_REQ_ID: id,
    ISSUED_TIME: epoch,
    CONSUMER_KEY: 'key-1',
    LAST_POLLED_TIME: fields.ISSUED_TIME ?? epoch,
    POLLING_INTERVAL: 2n,
    EXPIRES_IN: 120n,
    TENANT_ID: -1234n,
    AUTH_REQ_STATUS: 'REQUESTED',
    ...fields,
  },
];

export const cibaScope = (id: bigint, cibaId: string | null): PlacedRow => [
  'IDN_OAUTH2_CIBA_REQUEST_SCOPES',
  { ID: id, AUTH_CODE_KEY: cibaId === null ? null : cibaKey(cibaId), SCOPE: 'openid' },
];

/** A device code that waits for its user; the caller gives the moment of its end. */
export const deviceCode = (id: string, fields: Row): PlacedRow => [
  'IDN_OAUTH2_DEVICE_FLOW',
  {
    CODE_ID: `code-of-${id}`,
    DEVICE_CODE: id,
    USER_CODE: id.slice(0, 25),
    QUANTIFIER: 0n,
    CONSUMER_KEY_ID: 1n,
    LAST_POLL_TIME: fields.EXPIRY_TIME ?? epoch,
    EXPIRY_TIME: epoch,
    TIME_CREATED: fields.EXPIRY_TIME ?? epoch,
    POLL_TIME: 5000n,
    STATUS: 'PENDING',
    ...fields,
  },
];

export const deviceScope = (id: bigint, codeId: string | null): PlacedRow => [
  'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
  { ID: id, SCOPE_ID: codeId, SCOPE: 'openid' },
];

/** A row of the audit trail; `TOKEN_ID` tells the rows apart where the table has no key. */
export const auditRow = (number: number, invalidatedTime: string | null): PlacedRow => [
  'IDN_OAUTH2_ACCESS_TOKEN_AUDIT',
  {
    ID: BigInt(number),
    TOKEN_ID: `audited-${number}`,
    CONSUMER_KEY_ID: 1n,
    TIME_CREATED: epoch,
    REFRESH_TOKEN_TIME_CREATED: epoch,
    VALIDITY_PERIOD: 3_600_000n,
    TOKEN_STATE: 'INACTIVE',
    INVALIDATED_TIME: invalidatedTime,
    IDP_ID: -1n,
  },
];
