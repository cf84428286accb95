import { all, before, epochBefore, moreThan } from '../policy/build.js';
import type { Policy, Step } from '../policy/types.js';
import { epochGrace, grace } from './grace.js';
import { longestLifetime } from './longest-lifetime.js';

const expiredStamp = (table: string): Step => ({
  table,
  stamp: 'EXPIRY_TIMESTAMP',
  reasons: [
    { name: 'expired', meaning: 'its token expired over 24 h ago', when: before('EXPIRY_TIMESTAMP', 'grace_cut_off') },
  ],
});

/**
 * An event revokes every token of an application or a subject that was issued before it: it is found by TIME_REVOKED >= the
 * issue time, or is loaded whole by each gateway, and a newer event takes the place of the old one by an UPDATE. The product
 * never deletes one. It is dead once no token can live that is as old as it.
 *
 * Sources: RevokedTokenDAOImpl.isTokenRevokedForSubjectEntity, https://github.com/wso2-extensions/identity-inbound-auth-oauth;
 * SQLQueries of org.wso2.is.key.manager.tokenpersistence (IS_APP_REVOKED_EVENT, UPDATE_APP_REVOKED_EVENT) of the key manager's
 * extension; BlockConditionDBUtil.getRevokedJWTEvents, https://github.com/wso2/carbon-apimgt, which reads the AM_ tables
 */
const event = (table: string): Step => ({
  table,
  stamp: 'TIME_REVOKED',
  reasons: [
    {
      name: 'outlived',
      meaning: 'every token that it revokes expired over 24 h ago',
      when: before('TIME_REVOKED', 'event_cut_off'),
    },
  ],
});

/**
 * What API Manager heard from its key managers. An external one keeps its tokens elsewhere, and no table here says how long
 * they live: nothing goes until somebody has said so.
 */
const eventOfKeyManagers = (table: string): Step => ({ ...event(table), enabledBy: 'am_event_pruning' });

/** Marks of revoked tokens. One that is removed before its token has expired makes the token work again. */
export const revocations: Policy = {
  name: 'revocations',
  title: 'marks of revoked tokens that have expired since',
  parameters: [
    longestLifetime.parameter,
    {
      kind: 'word',
      name: 'am_event_pruning',
      default: 'no',
      allowed: ['yes', 'no'],
      description:
        'yes: the AM_ events are deleted too; only if longest_lifetime_hours holds for every key manager, also an external one',
    },
  ],
  cutOffs: [
    grace,
    epochGrace,
    {
      name: 'event_cut_off',
      clock: 'unknown',
      less: { hours: 24 },
      andLongest: longestLifetime.period,
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
    event('IDN_SUBJECT_ENTITY_REVOKED_EVENT'),
    event('IDN_APP_REVOKED_EVENT'),
    eventOfKeyManagers('AM_SUBJECT_ENTITY_REVOKED_EVENT'),
    eventOfKeyManagers('AM_APP_REVOKED_EVENT'),
  ],
};
