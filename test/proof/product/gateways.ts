import { and, atMost, not, number, or, same, type Term, thereIs } from '../../../src/policy/prove/term.js';
import { isRetained } from './codes.js';
import type { Product } from './product.js';
import { numberIsToCome } from './revocations.js';

const subscriptions = 'AM_WEBHOOKS_SUBSCRIPTION';

/** A subscription that a gateway is given: its lease runs, or has no end. A small number may be in another unit. */
export const webhookIsLive = (row: Term, product: Product): Term =>
  or(
    numberIsToCome(subscriptions, 'EXPIRY_AT', 1_000n, row, product),
    atMost(product.value(subscriptions, 'EXPIRY_AT', row), number(99_999_999_999n)),
  );

/** An entry of a log that nobody reads lives for as long as its owner wants it. */
export const unsubscriptionIsLive = (row: Term, product: Product): Term =>
  isRetained('AM_WEBHOOKS_UNSUBSCRIPTION', 'ADDED_AT', 'unsubscription_days', row, product);

const metadata = 'AM_API_REVISION_METADATA';
const revisions = 'AM_REVISION';

/** What is kept beside a revision that is there, and what names none. */
export function revisionMetadataIsLive(row: Term, product: Product): Term {
  const { vocabulary, isThere, value } = product;
  const revision = vocabulary.anyRow(revisions);
  const isOfIt = and(
    isThere(revisions, revision.name),
    not(vocabulary.isNull(revisions, 'REVISION_UUID', revision.name)),
    same(value(revisions, 'REVISION_UUID', revision.name), value(metadata, 'REVISION_UUID', row)),
  );
  return or(vocabulary.isNull(metadata, 'REVISION_UUID', row), thereIs(revision, isOfIt));
}
