import type { LongestPeriod, NumberParameter } from '../policy/types.js';

/** How long a token of any application may live of which no row says when it ends: one that is not kept in the database. */
export const longestLifetime: { readonly parameter: NumberParameter; readonly period: LongestPeriod } = {
  parameter: {
    kind: 'number',
    name: 'longest_lifetime_hours',
    unit: 'hours',
    default: 720,
    minimum: 1,
    maximum: 876_000,
    description:
      'The longest life of a token that no application states now: a default of deployment.toml, or an earlier statement',
  },
  period: {
    table: 'IDN_OAUTH_CONSUMER_APPS',
    columns: [
      'USER_ACCESS_TOKEN_EXPIRE_TIME',
      'APP_ACCESS_TOKEN_EXPIRE_TIME',
      'REFRESH_TOKEN_EXPIRE_TIME',
      'ID_TOKEN_EXPIRE_TIME',
    ],
    atLeast: { parameter: 'longest_lifetime_hours' },
  },
};
