import { all, before, epochBefore, moreThan } from '../policy/build.js';
import type { Policy } from '../policy/types.js';

/**
 * Subscriptions to the topics of WebSub APIs.
 *
 * EXPIRY_AT is when the lease ends, milliseconds since 1970, or 0: never. After it no gateway is given the subscription, but it
 * still counts for the subscriber's limit, and nothing deletes it. A subscriber that comes back renews its row by an UPDATE;
 * the product looks for the row first, and a row that is deleted between the two loses the renewal. So the grace is long: a
 * subscriber renews before its lease ends.
 *
 * An unsubscription deletes the row and adds one to a table that the product only ever adds to.
 *
 * Sources: WebhooksDAO.getSubscriptionsList, addSubscription, updateSubscription, updateUnSubscription,
 * WebhooksSubscriptionEventHandler.populateProperties and SQLConstants.WebhooksSqlConstants, https://github.com/wso2/carbon-apimgt
 */
export const webhooks: Policy = {
  name: 'webhooks',
  title: 'webhook subscriptions that have expired, and the log of those that ended',
  parameters: [
    {
      kind: 'number',
      name: 'webhook_grace_hours',
      unit: 'hours',
      default: 720,
      minimum: 24,
      maximum: 87_600,
      description: 'How long after its EXPIRY_AT a webhook subscription is kept',
    },
    {
      kind: 'word',
      name: 'unsubscription_pruning',
      default: 'no',
      allowed: ['yes', 'no'],
      description: 'yes: the log of unsubscriptions is pruned too',
    },
    {
      kind: 'number',
      name: 'unsubscription_days',
      unit: 'days',
      default: 90,
      minimum: 2,
      maximum: 36_500,
      description: 'How long the log of unsubscriptions is kept',
    },
  ],
  cutOffs: [
    {
      name: 'lease_cut_off',
      clock: 'utc',
      less: { parameter: 'webhook_grace_hours' },
      meaning: 'UTC now, less the grace after an EXPIRY_AT',
    },
    {
      name: 'log_cut_off',
      clock: 'unknown',
      less: { parameter: 'unsubscription_days' },
      meaning: 'UTC now, less the uncertainty of timestamps and the retention of unsubscriptions',
    },
  ],
  steps: [
    {
      table: 'AM_WEBHOOKS_SUBSCRIPTION',
      stamp: { column: 'EXPIRY_AT', unit: 'milliseconds' },
      reasons: [
        {
          name: 'expired',
          meaning:
            'its lease ended before the grace began; a number too small for milliseconds since 1970 says nothing',
          when: all(moreThan('EXPIRY_AT', 99_999_999_999), epochBefore('EXPIRY_AT', 'milliseconds', 'lease_cut_off')),
        },
      ],
    },
    {
      table: 'AM_WEBHOOKS_UNSUBSCRIPTION',
      stamp: 'ADDED_AT',
      enabledBy: 'unsubscription_pruning',
      reasons: [
        {
          name: 'retention_over',
          meaning: 'it was added before the retention began',
          when: before('ADDED_AT', 'log_cut_off'),
        },
      ],
    },
  ],
};
