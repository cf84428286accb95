import { all, any, before, isNull, noRow, oneOf } from '../policy/build.js';
import type { Policy, Predicate } from '../policy/types.js';
import { grace } from './grace.js';

const isAuthentication = oneOf('TYPE', 'AUTHENTICATION');

/**
 * An action is made before the authenticator that refers to it, so a young one stays. A version that does not note when it
 * was made has no such rule; a row without a time is older than the version that began to note it.
 */
const isOfAge: Predicate = any(isNull('CREATED_AT'), before('CREATED_AT', 'grace_cut_off'));

/** Authentication actions that no authenticator refers to any more. */
export const staleActions: Policy = {
  name: 'stale_actions',
  title: 'authentication actions that no authenticator refers to',
  parameters: [],
  cutOffs: [grace],
  steps: [
    {
      table: 'IDN_ACTION',
      children: ['IDN_ACTION_PROPERTIES', 'IDN_ACTION_ENDPOINT', 'IDN_ACTION_RULE'],
      guard: noRow('IDP_AUTHENTICATOR_PROPERTY', { PROPERTY_VALUE: 'UUID' }),
      reasons: [
        {
          name: 'stale',
          meaning: 'its type is AUTHENTICATION, and it was not created within 24 h',
          ifColumn: 'CREATED_AT',
          when: all(isAuthentication, isOfAge),
        },
      ],
    },
  ],
};
