import { refreshTokenCases } from '../support/data/refresh-token-cases.js';
import { randomRefreshTokens } from '../support/data/refresh-tokens.js';
import { microsecondsPerHour, microsecondsPerMinute, parseStamp } from '../support/model/stamps.js';
import type { Scenario } from '../support/scenario/scenario.js';
import type { World } from '../support/scenario/world.js';

const tokens = 'IDN_OAUTH2_REFRESH_TOKEN';

/** The clock of the run: the newest stamp of any refresh token, held between 14 h ago and now, unless told otherwise. */
function clockOf(world: World): bigint {
  const { utcNow, serverNow } = world.facts.clocks;
  const mode = world.facts.settings.clock ?? 'data';
  if (mode === 'utc') return utcNow;
  if (mode === 'server') return serverNow;
  let clock = utcNow - 14n * microsecondsPerHour;
  for (const row of world.rows(tokens)) {
    const stamp = parseStamp(row.REFRESH_TOKEN_TIME_CREATED);
    if (stamp === undefined) continue;
    if (stamp > utcNow) return utcNow;
    if (stamp > clock) clock = stamp;
  }
  return clock;
}

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
  model: (world) => {
    const cutOff = clockOf(world) - BigInt(world.number('safe_period_minutes', 120)) * microsecondsPerMinute;
    world.remove(tokens, (row) => {
      if (row.TOKEN_STATE === 'INACTIVE') return 'inactive';
      if (row.TOKEN_STATE === 'REVOKED') return 'revoked';
      if (row.TOKEN_STATE === 'EXPIRED') return 'expired';
      if (row.TOKEN_STATE !== 'ACTIVE' && row.TOKEN_STATE !== 'GRACEFULLY_ROTATED') return undefined;
      const since = parseStamp(row.REFRESH_TOKEN_TIME_CREATED);
      const milliseconds = row.REFRESH_TOKEN_VALIDITY_PERIOD;
      if (since === undefined || typeof milliseconds !== 'bigint') return undefined;
      if (milliseconds <= 0n || milliseconds >= 99_999_999_999_990n) return undefined;
      return cutOff - since > milliseconds * 1000n ? 'period_over' : undefined;
    });
  },
};
