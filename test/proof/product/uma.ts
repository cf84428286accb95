import { and, atMost, less, not, or, plus, same, type Term, thereIs, times } from '../../../src/policy/prove/term.js';
import type { Product } from './product.js';
import { lifetimes, livesForEver } from './revocations.js';
import { isToCome } from './tokens.js';

const tickets = 'IDN_UMA_PERMISSION_TICKET';
const tokens = 'IDN_OAUTH2_ACCESS_TOKEN';
const applications = 'IDN_OAUTH_CONSUMER_APPS';

/** A ticket that can be exchanged, or that is in a state of which nobody knows what it means. */
const isExchangeable = (row: Term, product: Product): Term =>
  or(
    not(product.is(tickets, 'TICKET_STATE', row, 'ACTIVE', 'EXPIRED', 'REVOKED')),
    isToCome(tickets, 'EXPIRY_TIME', row, product),
  );

/**
 * Introspection takes the token that it led to: one in a row, or one that is kept in none. That was issued before the
 * ticket's end and lives as long as some application states, or as long as the setting says.
 */
function isReadByToken(row: Term, product: Product): Term {
  const { vocabulary, value, isThere, isKnown, settings, now, tolerance } = product;
  const token = vocabulary.anyRow(tokens);
  const isKept = and(
    isThere(tokens, token.name),
    not(vocabulary.isNull(tokens, 'TOKEN_ID', token.name)),
    same(value(tickets, 'TOKEN_ID', row), value(tokens, 'TOKEN_ID', token.name)),
  );
  const end = product.instant(tickets, 'EXPIRY_TIME', row);
  const lives = (microseconds: Term): Term => atMost(now, plus(end, microseconds, tolerance));
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
  return and(
    vocabulary.hasColumn(tickets, 'TOKEN_ID'),
    not(vocabulary.isNull(tickets, 'TOKEN_ID', row)),
    or(thereIs(token, isKept), lives(settings.length('longest_lifetime_hours')), thereIs(application, or(...states))),
  );
}

/** The product takes an empty table for one without TOKEN_ID, and this may be the last row. */
function mayBeTheLast(row: Term, { vocabulary, value, isThere }: Product): Term {
  const other = vocabulary.anyRow(tickets);
  const isNewer = and(isThere(tickets, other.name), less(value(tickets, 'ID', row), value(tickets, 'ID', other.name)));
  return not(thereIs(other, isNewer));
}

export const permissionTicketIsLive = (row: Term, product: Product): Term =>
  or(isExchangeable(row, product), isReadByToken(row, product), mayBeTheLast(row, product));
