import { all, any } from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { ended, expiredState, finishedStates, safePeriod, unfinishedStates } from './token-rules.js';

/** Refresh tokens of products that keep them in a table of their own. */
export const refreshTokens: Policy = {
  name: 'refresh_tokens',
  title: 'dead refresh tokens',
  parameters: [safePeriod],
  cutOffs: [
    {
      name: 'cut_off',
      clock: 'unknown',
      less: { parameter: 'safe_period_minutes' },
      meaning: 'UTC now, less the uncertainty of timestamps and the safe period',
    },
  ],
  steps: [
    {
      table: 'IDN_OAUTH2_REFRESH_TOKEN',
      stamp: 'REFRESH_TOKEN_TIME_CREATED',
      children: ['IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 'IDN_OAUTH2_REFRESH_TOKEN_BINDING'],
      reasons: [
        ...finishedStates,
        {
          name: 'period_over',
          meaning: 'it is ACTIVE, EXPIRED or GRACEFULLY_ROTATED, and its period ended before the cut-off',
          when: all(
            any(unfinishedStates, expiredState),
            ended('REFRESH_TOKEN_TIME_CREATED', 'REFRESH_TOKEN_VALIDITY_PERIOD'),
          ),
        },
      ],
    },
  ],
};
