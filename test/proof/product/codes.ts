import { and, atMost, minus, not, or, same, type Term, thereIs } from '../../../src/policy/prove/term.js';
import type { Product } from './product.js';
import { hasNotEnded, isToCome } from './tokens.js';

const codes = 'IDN_OAUTH2_AUTHORIZATION_CODE';
const tokens = 'IDN_OAUTH2_ACCESS_TOKEN';

const requestObjects = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

/**
 * A code that can be exchanged, by which the product finds the token that it was exchanged for, or whose request object is
 * by now that of a token.
 */
export function authorizationCodeIsLive(row: Term, product: Product): Term {
  const { vocabulary, isThere, value, is } = product;
  const token = vocabulary.anyRow(tokens);
  const ledTo = and(
    isThere(tokens, token.name),
    not(vocabulary.isNull(codes, 'TOKEN_ID', row)),
    not(vocabulary.isNull(tokens, 'TOKEN_ID', token.name)),
    same(value(codes, 'TOKEN_ID', row), value(tokens, 'TOKEN_ID', token.name)),
  );
  const object = vocabulary.anyRow(requestObjects);
  const keepsObjectOfToken = and(
    vocabulary.hasTable(requestObjects),
    vocabulary.hasColumn(requestObjects, 'CODE_ID'),
    isThere(requestObjects, object.name),
    not(vocabulary.isNull(codes, 'CODE_ID', row)),
    not(vocabulary.isNull(requestObjects, 'CODE_ID', object.name)),
    same(value(codes, 'CODE_ID', row), value(requestObjects, 'CODE_ID', object.name)),
    not(vocabulary.isNull(requestObjects, 'TOKEN_ID', object.name)),
  );
  return or(
    thereIs(token, ledTo),
    thereIs(object, keepsObjectOfToken),
    and(
      not(is(codes, 'STATE', row, 'INACTIVE')),
      hasNotEnded(codes, 'TIME_CREATED', 'VALIDITY_PERIOD', 'milliseconds', row, product),
    ),
  );
}

const ciba = 'IDN_OAUTH2_CIBA_AUTH_CODE';

export const cibaCodeIsLive = (row: Term, product: Product): Term =>
  and(
    not(product.is(ciba, 'AUTH_REQ_STATUS', row, 'EXPIRED', 'TOKEN_ISSUED', 'FAILED')),
    hasNotEnded(ciba, 'ISSUED_TIME', 'EXPIRES_IN', 'seconds', row, product),
  );

const deviceCodes = 'IDN_OAUTH2_DEVICE_FLOW';

export const deviceCodeIsLive = (row: Term, product: Product): Term =>
  and(not(product.is(deviceCodes, 'STATUS', row, 'EXPIRED')), isToCome(deviceCodes, 'EXPIRY_TIME', row, product));

/** The owner wants it to be kept: it is not older than the retention, or its age cannot be read. */
export const isRetained = (table: string, column: string, setting: string, row: Term, product: Product): Term =>
  or(
    not(product.isKnown(table, column, row)),
    atMost(minus(product.databaseNow, product.settings.length(setting)), product.instant(table, column, row)),
  );

export const auditRowIsLive = (row: Term, product: Product): Term =>
  isRetained('IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'INVALIDATED_TIME', 'audit_retention_days', row, product);
