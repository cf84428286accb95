import { refreshTokenCases } from '../support/data/refresh-token-cases.js';
import { randomRefreshTokens } from '../support/data/refresh-tokens.js';
import { runsOn } from '../support/model/lives.js';
import { microsecondsPerMinute, parseStamp } from '../support/model/stamps.js';
import type { Scenario } from '../support/scenario/scenario.js';

const tokens = 'IDN_OAUTH2_REFRESH_TOKEN';

/** A refresh token is taken in these states as long as its period runs. */
const isUnfinished = (state: unknown): boolean =>
  state === 'ACTIVE' || state === 'EXPIRED' || state === 'GRACEFULLY_ROTATED';

export const scenario: Scenario = {
  policy: 'refresh_tokens',
  tables: ['IDN_OAUTH_CONSUMER_APPS', tokens, 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 'IDN_OAUTH2_REFRESH_TOKEN_BINDING'],
  keys: {
    [tokens]: ['REFRESH_TOKEN_ID'],
    IDN_OAUTH2_REFRESH_TOKEN_SCOPE: ['REFRESH_TOKEN_ID', 'TOKEN_SCOPE'],
    IDN_OAUTH2_REFRESH_TOKEN_BINDING: ['REFRESH_TOKEN_ID', 'TOKEN_BINDING_TYPE'],
  },
  cases: refreshTokenCases,
  random: randomRefreshTokens,
  lives: (table, row, world) => {
    if (table !== tokens) return table === 'IDN_OAUTH_CONSUMER_APPS';
    if (['INACTIVE', 'REVOKED'].includes(String(row.TOKEN_STATE))) return false;
    const { REFRESH_TOKEN_TIME_CREATED: since, REFRESH_TOKEN_VALIDITY_PERIOD: period } = row;
    return !isUnfinished(row.TOKEN_STATE) || runsOn(since, period, world.facts.clocks.utcNow);
  },
  model: (world) => {
    const cutOff = world.surelyHoursAgo(0) - BigInt(world.number('safe_period_minutes', 120)) * microsecondsPerMinute;
    world.remove(tokens, (row) => {
      if (row.TOKEN_STATE === 'INACTIVE') return 'inactive';
      if (row.TOKEN_STATE === 'REVOKED') return 'revoked';
      if (!isUnfinished(row.TOKEN_STATE)) return undefined;
      const since = parseStamp(row.REFRESH_TOKEN_TIME_CREATED);
      const milliseconds = row.REFRESH_TOKEN_VALIDITY_PERIOD;
      if (since === undefined || typeof milliseconds !== 'bigint') return undefined;
      if (milliseconds <= 0n || milliseconds >= 99_999_999_999_990n) return undefined;
      return cutOff - since > milliseconds * 1000n ? 'period_over' : undefined;
    });
  },
};
