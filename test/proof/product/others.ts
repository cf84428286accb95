import { and, less, minus, not, number, or, same, type Term, thereIs } from '../../../src/policy/prove/term.js';
import { isRetained } from './codes.js';
import type { Product } from './product.js';
import { isInSchema, stores } from './sessions.js';

const requests = 'WF_REQUEST';

/** A request that somebody may still decide, or that the owner wants to be kept. */
export const workflowIsLive = (row: Term, product: Product): Term =>
  or(
    not(product.is(requests, 'STATUS', row, 'APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')),
    isRetained(requests, 'UPDATED_AT', 'workflow_retention_days', row, product),
  );

const actions = 'IDN_ACTION';
const properties = 'IDP_AUTHENTICATOR_PROPERTY';

/** An action of another type, one that an authenticator names, and one so young that its authenticator is yet to come. */
export function actionIsLive(row: Term, product: Product): Term {
  const { vocabulary, isThere, value, is } = product;
  const property = vocabulary.anyRow(properties);
  const named = and(
    isThere(properties, property.name),
    not(vocabulary.isNull(properties, 'PROPERTY_VALUE', property.name)),
    not(vocabulary.isNull(actions, 'UUID', row)),
    same(value(properties, 'PROPERTY_VALUE', property.name), value(actions, 'UUID', row)),
  );
  const hour = number(3_600_000_000n);
  const born = product.instant(actions, 'CREATED_AT', row);
  return or(
    not(is(actions, 'TYPE', row, 'AUTHENTICATION')),
    thereIs(property, named),
    and(
      vocabulary.hasColumn(actions, 'CREATED_AT'),
      product.isKnown(actions, 'CREATED_AT', row),
      less(minus(product.databaseNow, hour), born),
    ),
  );
}

const waits = 'IDN_AUTH_WAIT_STATUS';

/** A login that may come back, since a store of sessions has it, or that the owner wants to be kept. */
export function waitIsLive(row: Term, product: Product): Term {
  const { vocabulary, isThere, value } = product;
  const isStored = stores.map((store) => {
    const login = vocabulary.anyRow(store);
    return and(
      isInSchema(store, product),
      thereIs(
        login,
        and(
          isThere(store, login.name),
          not(vocabulary.isNull(store, 'SESSION_ID', login.name)),
          not(vocabulary.isNull(waits, 'LONG_WAIT_KEY', row)),
          same(value(store, 'SESSION_ID', login.name), value(waits, 'LONG_WAIT_KEY', row)),
        ),
      ),
    );
  });
  return or(...isStored, isRetained(waits, 'EXPIRE_TIME', 'wait_retention_days', row, product));
}

const invitations = 'IDN_ORG_USER_INVITATION';

/** An invitation that can be accepted, that the owner wants to be listed, or of a status that nobody knows. */
export const invitationIsLive = (row: Term, product: Product): Term =>
  or(
    not(product.is(invitations, 'STATUS', row, 'PENDING', 'EXPIRED')),
    isRetained(invitations, 'EXPIRED_AT', 'invitation_retention_days', row, product),
  );
