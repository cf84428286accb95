import { all, any, before, ifColumn, isNull, noRow, oneOf } from '../policy/build.js';
import type { Policy, Predicate } from '../policy/types.js';
import { grace } from './grace.js';

const isAuthentication = oneOf('TYPE', 'AUTHENTICATION');

/** An action is made before the authenticator that refers to it; where the product notes when, a young one stays. */
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
          when: ifColumn('CREATED_AT', all(isAuthentication, isOfAge), isAuthentication),
        },
      ],
    },
  ],
};
