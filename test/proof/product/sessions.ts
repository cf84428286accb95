import {
  and,
  atMost,
  forEach,
  implies,
  less,
  minus,
  not,
  number,
  or,
  same,
  type Term,
  thereIs,
  times,
  yes,
} from '../../../src/policy/prove/term.js';
import { bornAt } from './born-at.js';
import type { Product } from './product.js';

export const stores = ['IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE'] as const;
export const mappings = [
  'IDN_AUTH_USER_SESSION_MAPPING',
  'IDN_AUTH_SESSION_APP_INFO',
  'IDN_AUTH_SESSION_META_DATA',
  'IDN_FED_AUTH_SESSION_MAPPING',
] as const;

/** Two rows are of the same session, as the product's own query with "=" finds them. */
function areOfOneSession(table: string, one: Term, other: Term, { vocabulary, value }: Product): Term {
  const collated = (column: string, row: Term) =>
    vocabulary.image('as the collation sees it', value(table, column, row));
  return and(
    ...['SESSION_ID', 'SESSION_TYPE'].flatMap((column) => [
      not(vocabulary.isNull(table, column, one)),
      not(vocabulary.isNull(table, column, other)),
      same(collated(column, one), collated(column, other)),
    ]),
  );
}

/** The product reads the newest row of a session; a DELETE of the same nanosecond ended it. */
export function isNewest(table: string, row: Term, product: Product, isThere = product.isThere): Term {
  const { vocabulary, value, is } = product;
  const other = vocabulary.anyRow(table);
  const [ours, theirs] = [value(table, 'TIME_CREATED', row), value(table, 'TIME_CREATED', other.name)];
  const comesAfter = or(less(ours, theirs), and(same(ours, theirs), is(table, 'OPERATION', other.name, 'DELETE')));
  return forEach(
    other,
    implies(
      and(isThere(table, other.name), not(same(other.name, row)), areOfOneSession(table, row, other.name, product)),
      not(comesAfter),
    ),
  );
}

/**
 * A session of which the newest row was stored and has not expired. Where a row says no end, it counts as long as the owner
 * has set.
 */
export const sessionRowIsLive =
  (table: string) =>
  (row: Term, product: Product): Term => {
    const { vocabulary, value, is, now, databaseNow, settings } = product;
    const [created, expiry] = [value(table, 'TIME_CREATED', row), value(table, 'EXPIRY_TIME', row)];
    const saysAnEnd = and(
      vocabulary.hasColumn(table, 'EXPIRY_TIME'),
      product.isKnown(table, 'EXPIRY_TIME', row),
      less(number(0), expiry),
    );
    const age = settings.length('session_age_days');
    return and(
      isNewest(table, row, product),
      not(is(table, 'OPERATION', row, 'DELETE')),
      or(
        and(saysAnEnd, atMost(times(1_000, now), expiry)),
        and(not(saysAnEnd), atMost(times(1_000, minus(databaseNow, age)), created)),
      ),
    );
  };

/** Rows of a store have a key, so of two that were made in the same nanosecond one is a DELETE. */
export function keysOf(table: string, { vocabulary, value, isThere, isKnown, is }: Product): Term {
  const [one, other] = [vocabulary.anyRow(table), vocabulary.anyRow(table)];
  const product = { vocabulary, value } as Product;
  const [ours, theirs] = [value(table, 'TIME_CREATED', one.name), value(table, 'TIME_CREATED', other.name)];
  const alike = and(
    isThere(table, one.name),
    isThere(table, other.name),
    areOfOneSession(table, one.name, other.name, product),
    same(ours, theirs),
    not(same(one.name, other.name)),
  );
  const isDelete = (row: Term): Term => is(table, 'OPERATION', row, 'DELETE');
  return and(
    forEach(one, implies(isThere(table, one.name), isKnown(table, 'TIME_CREATED', one.name))),
    forEach(one, forEach(other, implies(alike, or(isDelete(one.name), isDelete(other.name))))),
  );
}

/** Some versions lack the temporary store; the other is always there. */
export const isInSchema = (store: string, { vocabulary }: Product): Term =>
  store === 'IDN_AUTH_SESSION_STORE' ? yes : and(vocabulary.hasTable(store), vocabulary.hasColumn(store, 'SESSION_ID'));

/** A mapping of a session that lives in either store. */
export const mappingIsLive =
  (table: string) =>
  (row: Term, product: Product): Term => {
    const { vocabulary, value, isThere } = product;
    return or(
      ...stores.map((store) => {
        const session = vocabulary.anyRow(store);
        return and(
          isInSchema(store, product),
          thereIs(
            session,
            and(
              isThere(store, session.name),
              not(vocabulary.isNull(store, 'SESSION_ID', session.name)),
              not(vocabulary.isNull(table, 'SESSION_ID', row)),
              same(value(store, 'SESSION_ID', session.name), value(table, 'SESSION_ID', row)),
              sessionRowIsLive(store)(session.name, product),
            ),
          ),
        );
      }),
    );
  };

/** Made within this time, so that its session may still be on its way to the store. */
const newbornHours = 23n;

/** A mapping that is newborn: when it was made is in no column, but not after it was first seen. */
export const orphanIsLive =
  (table: string) =>
  (row: Term, product: Product): Term =>
    or(
      mappingIsLive(table)(row, product),
      less(
        minus(product.databaseNow, number(newbornHours * 3_600_000_000n)),
        bornAt(table, [product.value(table, 'SESSION_ID', row)], product),
      ),
    );
