import { all, finite, oneOf, periodOver } from '../policy/build.js';
import type { NumberParameter, Predicate, Reason } from '../policy/types.js';

/** The period is finite and ended before the cut-off. */
export const ended = (stamp: string, period: string): Predicate =>
  all(finite(period), periodOver(stamp, period, 'milliseconds', 'cut_off'));

/** States in which the product uses neither a token nor its refresh token again. */
export const finishedStates: readonly Reason[] = [
  { name: 'inactive', meaning: 'its state is INACTIVE', when: oneOf('TOKEN_STATE', 'INACTIVE') },
  { name: 'revoked', meaning: 'its state is REVOKED', when: oneOf('TOKEN_STATE', 'REVOKED') },
];

/**
 * States of a token that lives until its periods are over. Since Identity Server 7.4 a refresh leaves the old row
 * GRACEFULLY_ROTATED until the new refresh token is used, and for ever where the client never comes back.
 */
export const unfinishedStates: Predicate = oneOf('TOKEN_STATE', 'ACTIVE', 'GRACEFULLY_ROTATED');

/**
 * A login while the access token is over leaves the old row EXPIRED. Its refresh token is taken as long as its own period
 * runs, unless the product's own cleaning deleted the row.
 * Source: RefreshGrantHandler.validateRefreshTokenStatus, https://github.com/wso2-extensions/identity-inbound-auth-oauth
 */
export const expiredState: Predicate = oneOf('TOKEN_STATE', 'EXPIRED');

export const safePeriod: NumberParameter = {
  kind: 'number',
  name: 'safe_period_minutes',
  unit: 'minutes',
  default: 120,
  minimum: 1,
  maximum: 525_600,
  description: 'How long after its end a token or code is kept, because gateways cache tokens',
};
