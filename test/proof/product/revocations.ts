import { and, atMost, less, not, number, or, plus, type Term, times } from '../../../src/policy/prove/term.js';
import { mayLiveSince } from './lifetimes.js';
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

/**
 * An event revokes all tokens of a subject that were issued before it. It is needed while one of them would be taken: a token
 * of an application, issued no later than the event, with the longest lifetime that the application states, or, if it states
 * none, with a default that the setting says. That of AM_ tables holds for the tokens of other key managers too: who switches
 * their cleaning on says so.
 */
export const revokedEventIsLive =
  (events: string) =>
  (row: Term, product: Product): Term =>
    or(
      not(product.isKnown(events, 'TIME_REVOKED', row)),
      mayLiveSince(product.instant(events, 'TIME_REVOKED', row), product),
    );
