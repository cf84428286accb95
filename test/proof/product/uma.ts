import { and, less, not, or, same, type Term, thereIs } from '../../../src/policy/prove/term.js';
import { mayLiveSince } from './lifetimes.js';
import type { Product } from './product.js';
import { isToCome } from './tokens.js';

const tickets = 'IDN_UMA_PERMISSION_TICKET';
const tokens = 'IDN_OAUTH2_ACCESS_TOKEN';

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
  const { vocabulary, value, isThere } = product;
  const token = vocabulary.anyRow(tokens);
  const isKept = and(
    isThere(tokens, token.name),
    not(vocabulary.isNull(tokens, 'TOKEN_ID', token.name)),
    same(value(tickets, 'TOKEN_ID', row), value(tokens, 'TOKEN_ID', token.name)),
  );
  return and(
    vocabulary.hasColumn(tickets, 'TOKEN_ID'),
    not(vocabulary.isNull(tickets, 'TOKEN_ID', row)),
    or(thereIs(token, isKept), mayLiveSince(product.instant(tickets, 'EXPIRY_TIME', row), product)),
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
