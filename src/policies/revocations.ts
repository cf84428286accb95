import { all, before, epochBefore, moreThan } from '../policy/build.js';
import type { Policy, Step } from '../policy/types.js';
import { epochGrace, grace } from './grace.js';

const expiredStamp = (table: string): Step => ({
  table,
  stamp: 'EXPIRY_TIMESTAMP',
  reasons: [
    { name: 'expired', meaning: 'its token expired over 24 h ago', when: before('EXPIRY_TIMESTAMP', 'grace_cut_off') },
  ],
});

/** Marks of revoked tokens. One that is removed before its token has expired makes the token work again. */
export const revocations: Policy = {
  name: 'revocations',
  title: 'marks of revoked tokens that have expired since',
  parameters: [
    {
      kind: 'number',
      name: 'longest_lifetime_hours',
      unit: 'hours',
      default: 720,
      minimum: 1,
      maximum: 876_000,
      description: "The longest life of a token: the product's longest default, or what an application once stated",
    },
  ],
  cutOffs: [
    grace,
    epochGrace,
    {
      name: 'event_cut_off',
      clock: 'unknown',
      less: { hours: 24 },
      andLongest: {
        table: 'IDN_OAUTH_CONSUMER_APPS',
        columns: [
          'USER_ACCESS_TOKEN_EXPIRE_TIME',
          'APP_ACCESS_TOKEN_EXPIRE_TIME',
          'REFRESH_TOKEN_EXPIRE_TIME',
          'ID_TOKEN_EXPIRE_TIME',
        ],
        atLeast: { parameter: 'longest_lifetime_hours' },
      },
      meaning: 'UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application',
    },
  ],
  steps: [
    {
      table: 'AM_REVOKED_JWT',
      stamp: { column: 'EXPIRY_TIMESTAMP', unit: 'milliseconds' },
      reasons: [
        {
          name: 'expired',
          meaning: 'its token expired over 24 h ago; a number too small for milliseconds since 1970 says nothing',
          when: all(
            moreThan('EXPIRY_TIMESTAMP', 99_999_999_999),
            epochBefore('EXPIRY_TIMESTAMP', 'milliseconds', 'epoch_grace_cut_off'),
          ),
        },
      ],
    },
    expiredStamp('IDN_INVALID_TOKENS'),
    expiredStamp('IDN_OAUTH2_REVOKED_TOKENS'),
    {
      table: 'IDN_SUBJECT_ENTITY_REVOKED_EVENT',
      stamp: 'TIME_REVOKED',
      reasons: [
        {
          name: 'outlived',
          meaning: 'every token that it revokes expired over 24 h ago',
          when: before('TIME_REVOKED', 'event_cut_off'),
        },
      ],
    },
  ],
};
