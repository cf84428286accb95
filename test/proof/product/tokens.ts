import {
  and,
  atMost,
  no,
  not,
  number,
  or,
  plus,
  same,
  type Term,
  thereIs,
  times,
} from '../../../src/policy/prove/term.js';
import type { Product } from './product.js';

/** A period in milliseconds from which on it never ends. */
const never = 99_999_999_999_990n;

/**
 * The product takes it still: it never ends, its end has not come, or its beginning or length cannot be read. In seconds
 * the product has no mark for ever.
 */
export function hasNotEnded(
  table: string,
  began: string,
  period: string,
  unit: 'milliseconds' | 'seconds',
  row: Term,
  { instant, value, isKnown, now, tolerance }: Product,
): Term {
  const length = value(table, period, row);
  const end = plus(instant(table, began, row), times(unit === 'seconds' ? 1_000_000 : 1_000, length));
  return or(
    not(isKnown(table, began, row)),
    not(isKnown(table, period, row)),
    atMost(length, number(0)),
    unit === 'milliseconds' ? atMost(number(never), length) : no,
    atMost(now, plus(end, tolerance)),
  );
}

/** The instant in a column has not come, or cannot be read. */
export const isToCome = (table: string, column: string, row: Term, product: Product): Term =>
  or(
    not(product.isKnown(table, column, row)),
    atMost(product.now, plus(product.instant(table, column, row), product.tolerance)),
  );

/** States in which neither a token nor its refresh token is taken again. */
const isFinished = (table: string, row: Term, { is }: Product): Term =>
  is(table, 'TOKEN_STATE', row, 'INACTIVE', 'REVOKED');

const accessTokens = 'IDN_OAUTH2_ACCESS_TOKEN';

/** A grant for which the product keeps a refresh token, as it does for every grant, but does not hand it out. */
export const handsOutNoRefreshToken = (row: Term, { vocabulary, value }: Product): Term =>
  and(
    vocabulary.hasColumn(accessTokens, 'GRANT_TYPE'),
    not(vocabulary.isNull(accessTokens, 'GRANT_TYPE', row)),
    vocabulary.property('is a grant without a refresh token', value(accessTokens, 'GRANT_TYPE', row)),
  );

const refreshPeriodRuns = (row: Term, product: Product): Term =>
  hasNotEnded(
    accessTokens,
    'REFRESH_TOKEN_TIME_CREATED',
    'REFRESH_TOKEN_VALIDITY_PERIOD',
    'milliseconds',
    row,
    product,
  );

const requestObjects = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

/** A refresh has made the next token, and the request object is still to move to it: it does so in another transaction. */
function mayPassItsObjectOn(row: Term, product: Product): Term {
  const { vocabulary, isThere, value, is } = product;
  const object = vocabulary.anyRow(requestObjects);
  const hasObject = and(
    vocabulary.hasTable(requestObjects),
    vocabulary.hasColumn(requestObjects, 'TOKEN_ID'),
    isThere(requestObjects, object.name),
    not(vocabulary.isNull(accessTokens, 'TOKEN_ID', row)),
    not(vocabulary.isNull(requestObjects, 'TOKEN_ID', object.name)),
    same(value(accessTokens, 'TOKEN_ID', row), value(requestObjects, 'TOKEN_ID', object.name)),
  );
  return and(
    is(accessTokens, 'TOKEN_STATE', row, 'INACTIVE'),
    refreshPeriodRuns(row, product),
    thereIs(object, hasObject),
  );
}

/**
 * A token that answers a call, whose refresh token brings a new one, or which holds what the next one needs. A state that
 * is not listed here may mean anything.
 */
export function accessTokenIsLive(row: Term, product: Product): Term {
  const canBeRefreshed = and(not(handsOutNoRefreshToken(row, product)), refreshPeriodRuns(row, product));
  const isInUse = and(
    not(isFinished(accessTokens, row, product)),
    or(
      not(product.is(accessTokens, 'TOKEN_STATE', row, 'ACTIVE', 'EXPIRED', 'GRACEFULLY_ROTATED')),
      and(
        not(product.is(accessTokens, 'TOKEN_STATE', row, 'EXPIRED')),
        hasNotEnded(accessTokens, 'TIME_CREATED', 'VALIDITY_PERIOD', 'milliseconds', row, product),
      ),
      canBeRefreshed,
    ),
  );
  return or(isInUse, mayPassItsObjectOn(row, product));
}

const refreshTokens = 'IDN_OAUTH2_REFRESH_TOKEN';

export const refreshTokenIsLive = (row: Term, product: Product): Term =>
  and(
    not(isFinished(refreshTokens, row, product)),
    or(
      not(product.is(refreshTokens, 'TOKEN_STATE', row, 'ACTIVE', 'EXPIRED', 'GRACEFULLY_ROTATED')),
      hasNotEnded(
        refreshTokens,
        'REFRESH_TOKEN_TIME_CREATED',
        'REFRESH_TOKEN_VALIDITY_PERIOD',
        'milliseconds',
        row,
        product,
      ),
    ),
  );
