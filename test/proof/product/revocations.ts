import { and, atMost, less, not, number, or, plus, type Term, thereIs, times } from '../../../src/policy/prove/term.js';
import type { Product } from './product.js';
import { isToCome } from './tokens.js';

/** Whole numbers of some unit since 1970 that have not come, or that cannot be read. */
export const numberIsToCome = (
  table: string,
  column: string,
  microseconds: bigint,
  row: Term,
  product: Product,
): Term =>
  or(
    not(product.isKnown(table, column, row)),
    atMost(product.now, plus(times(microseconds, product.value(table, column, row)), product.tolerance)),
  );

const revoked = 'AM_REVOKED_JWT';

/** A mark of a token that would be taken without it. A number too small for milliseconds since 1970 may be in seconds. */
export const revokedJwtIsLive = (row: Term, product: Product): Term =>
  or(
    numberIsToCome(revoked, 'EXPIRY_TIMESTAMP', 1_000n, row, product),
    and(
      less(product.value(revoked, 'EXPIRY_TIMESTAMP', row), number(100_000_000_000n)),
      numberIsToCome(revoked, 'EXPIRY_TIMESTAMP', 1_000_000n, row, product),
    ),
  );

export const invalidTokenIsLive =
  (table: string) =>
  (row: Term, product: Product): Term =>
    isToCome(table, 'EXPIRY_TIMESTAMP', row, product);

const applications = 'IDN_OAUTH_CONSUMER_APPS';
/** Columns of an application that state how long its tokens live, seconds. */
export const lifetimes = [
  'USER_ACCESS_TOKEN_EXPIRE_TIME',
  'APP_ACCESS_TOKEN_EXPIRE_TIME',
  'REFRESH_TOKEN_EXPIRE_TIME',
  'ID_TOKEN_EXPIRE_TIME',
];

/** Three thousand million seconds, a hundred years: who sets more means for ever. */
const hundredYears = 100n * 31_557_600n;
export const livesForEver = (seconds: Term): Term => or(less(seconds, number(0)), less(number(hundredYears), seconds));

/**
 * An event revokes all tokens of a subject that were issued before it. It is needed while one of them would be taken: a token
 * of an application, issued no later than the event, with the longest lifetime that the application states, or, if it states
 * none, with a default that the setting says. That of AM_ tables holds for the tokens of other key managers too: who switches
 * their cleaning on says so.
 */
export const revokedEventIsLive =
  (events: string) =>
  (row: Term, product: Product): Term => {
    const { vocabulary, isThere, value, isKnown, settings, now, tolerance } = product;
    const revokedAt = product.instant(events, 'TIME_REVOKED', row);
    const lives = (microseconds: Term): Term => atMost(now, plus(revokedAt, microseconds, tolerance));
    const application = vocabulary.anyRow(applications);
    const states = lifetimes.map((column) => {
      const seconds = value(applications, column, application.name);
      return and(
        isThere(applications, application.name),
        vocabulary.hasColumn(applications, column),
        isKnown(applications, column, application.name),
        or(livesForEver(seconds), lives(times(1_000_000, seconds))),
      );
    });
    return or(
      not(isKnown(events, 'TIME_REVOKED', row)),
      lives(settings.length('longest_lifetime_hours')),
      thereIs(application, or(...states)),
    );
  };
