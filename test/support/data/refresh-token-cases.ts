import type { Row } from '../model/rows.js';
import { formatStamp, microsecondsPerMinute } from '../model/stamps.js';
import type { Clocks, ScenarioCase } from '../scenario/scenario.js';
import type { Needs } from './case-types.js';
import { newestRefreshToken, refreshBinding, refreshScope, refreshToken } from './refresh-tokens.js';
import { app, hourMilliseconds, neverMilliseconds } from './row-factories.js';
import { before, type Span } from './span.js';

const tokens = 'IDN_OAUTH2_REFRESH_TOKEN';
const scopes = 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE';
const bindings = 'IDN_OAUTH2_REFRESH_TOKEN_BINDING';

/** Two hours of safe period before now. */
const cutOffAt = ({ utcNow }: Clocks): bigint => utcNow - 120n * microsecondsPerMinute;

/** A token of an hour that began so long before the cut-off. */
const began =
  (span: Span, fields: Row = {}) =>
  (clocks: Clocks): Row => ({
    REFRESH_TOKEN_TIME_CREATED: before(cutOffAt(clocks), span),
    REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds,
    ...fields,
  });

const single = (
  outcome: 'keeps' | 'deletes',
  words: string,
  fields: (clocks: Clocks) => Row,
  needs: Needs = {},
): ScenarioCase => ({
  name: `${outcome} a refresh token ${words}`,
  needs,
  rows: (clocks) => [newestRefreshToken(clocks.utcNow), refreshToken('t', fields(clocks))],
  survivors: { [tokens]: outcome === 'keeps' ? ['newest', 't'] : ['newest'] },
});

const long: Span = { days: 1500 };
const fractions = { fractions: true } as const;

const ageCases: readonly ScenarioCase[] = [
  single('keeps', 'whose period ends exactly at the cut-off', began({ hours: 1 })),
  single('deletes', 'whose period ended a second before the cut-off', began({ seconds: 3601 })),
  single('keeps', 'whose period ends a second after the cut-off', began({ seconds: 3599 })),
  single(
    'deletes',
    'whose period ended a millisecond before the cut-off',
    began({ hours: 1 }, { REFRESH_TOKEN_VALIDITY_PERIOD: 3_599_999n }),
  ),
  single(
    'keeps',
    'whose period ends a millisecond after the cut-off',
    began({ hours: 1 }, { REFRESH_TOKEN_VALIDITY_PERIOD: 3_600_001n }),
  ),
  single(
    'deletes',
    'stamped a microsecond earlier than at the cut-off',
    began({ hours: 1, microseconds: 1 }),
    fractions,
  ),
  single('keeps', 'stamped a microsecond later than at the cut-off', began({ hours: 1, microseconds: -1 }), fractions),
  // The vendor's rounded minutes take it.
  single(
    'keeps',
    'whose period of 90 seconds ends 29 seconds after the cut-off',
    began({ seconds: 61 }, { REFRESH_TOKEN_VALIDITY_PERIOD: 90_000n }),
  ),
  single('keeps', 'whose period ended an hour ago, within the safe period', began({ hours: 0 })),
  single('keeps', 'issued that second', began({ hours: -2 })),
  single('deletes', 'whose period ended years ago', began(long)),
  // Beyond 32 bits of milliseconds.
  single(
    'keeps',
    'of three years that ends exactly at the cut-off',
    began({ days: 1095 }, { REFRESH_TOKEN_VALIDITY_PERIOD: 94_608_000_000n }),
  ),
  single(
    'deletes',
    'of three years that ended a second before the cut-off',
    began({ days: 1095, seconds: 1 }, { REFRESH_TOKEN_VALIDITY_PERIOD: 94_608_000_000n }),
  ),
  single('keeps', 'created on the zero date', () => ({ REFRESH_TOKEN_TIME_CREATED: '0000-00-00 00:00:00' }), {
    zeroDates: true,
  }),
];

const never = [
  ...[0n, -1n, -3_600_000n, -neverMilliseconds - 1n, null],
  ...[99_999_999_999_990n, 99_999_999_999_991n, neverMilliseconds],
  // Finite by the rule, yet three thousand years long.
  99_999_999_999_989n,
];
const neverCases = never.flatMap((period) => [
  single('keeps', `of a period of ${period}`, began(long, { REFRESH_TOKEN_VALIDITY_PERIOD: period })),
  single(
    'deletes',
    `of a period of ${period} that is REVOKED`,
    began(long, { REFRESH_TOKEN_VALIDITY_PERIOD: period, TOKEN_STATE: 'REVOKED' }),
  ),
]);

const rotated = { TOKEN_STATE: 'GRACEFULLY_ROTATED' };

const stateCases: readonly ScenarioCase[] = [
  single('deletes', 'that was gracefully rotated, its period over', began(long, rotated)),
  single('keeps', 'that was gracefully rotated, its period running on', began({ hours: -2 }, rotated)),
  single(
    'keeps',
    'that was gracefully rotated and never expires',
    began(long, { ...rotated, REFRESH_TOKEN_VALIDITY_PERIOD: -1n }),
  ),
  single('keeps', 'that is EXPIRED, its period running on', began({ hours: -2 }, { TOKEN_STATE: 'EXPIRED' })),
  single('deletes', 'that is EXPIRED, its period over', began(long, { TOKEN_STATE: 'EXPIRED' })),
  ...['INACTIVE', 'REVOKED'].flatMap((state) => [
    single('deletes', `that is ${state}, however young`, began({ hours: -2 }, { TOKEN_STATE: state })),
    single('deletes', `that is ${state} and old`, began(long, { TOKEN_STATE: state })),
  ]),
  ...['active', 'Revoked', 'inactive', 'REVOKED ', 'ACTIVE ', ' EXPIRED', 'BLOCKED', '', null].map((state) =>
    single('keeps', `in state '${state}', however old`, began(long, { TOKEN_STATE: state })),
  ),
];

/** Two refresh tokens of an hour, one before and one after its end by the safe period. */
const safePeriod = (minutes: number): ScenarioCase => ({
  name: `keeps a safe period of ${minutes} minutes`,
  settings: { safe_period_minutes: minutes },
  rows: ({ utcNow }) => {
    const at = (id: string, span: Span) =>
      refreshToken(id, {
        REFRESH_TOKEN_TIME_CREATED: before(utcNow - BigInt(minutes) * microsecondsPerMinute, span),
        REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds,
      });
    return [newestRefreshToken(utcNow), at('live', { minutes: 45 }), at('dead', { minutes: 75 })];
  },
  survivors: { [tokens]: ['newest', 'live'] },
});

const clockCases: readonly ScenarioCase[] = [
  ...[1, 30, 1440, 525_600].map(safePeriod),
  // With a server at +05:30 and a driver that writes UTC, the vendor's NOW() deleted 200 tokens issued that second.
  {
    name: 'keeps two hundred refresh tokens issued that second, whatever zone the server is in',
    rows: ({ utcNow }) =>
      Array.from({ length: 200 }, (_, index) =>
        refreshToken(`t${index}`, {
          REFRESH_TOKEN_TIME_CREATED: formatStamp(utcNow),
          REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds,
        }),
      ),
    survivors: { [tokens]: Array.from({ length: 200 }, (_, index) => `t${index}`) },
  },
];

const childCases: readonly ScenarioCase[] = [
  {
    name: 'takes along the scopes and bindings of a dead refresh token only',
    rows: (clocks) => [
      app(1n),
      app(2n),
      newestRefreshToken(clocks.utcNow, { CONSUMER_KEY_ID: 2n }),
      refreshToken('live', began({ minutes: 30 })(clocks)),
      refreshToken('over', began(long)(clocks)),
      refreshToken('revoked', began({ minutes: 30 }, { TOKEN_STATE: 'REVOKED', CONSUMER_KEY_ID: null })(clocks)),
      ...['newest', 'live', 'over', 'revoked'].flatMap((id) => [
        refreshScope(id, 'openid'),
        refreshScope(id, 'profile'),
        refreshBinding(id, 'cookie'),
        refreshBinding(id, 'certificate'),
      ]),
    ],
    survivors: {
      [tokens]: ['newest', 'live'],
      [scopes]: ['newest/openid', 'newest/profile', 'live/openid', 'live/profile'],
      [bindings]: ['newest/cookie', 'newest/certificate', 'live/cookie', 'live/certificate'],
      IDN_OAUTH_CONSUMER_APPS: ['1', '2'],
    },
  },
  {
    name: 'deletes the last refresh token of an application and leaves the application',
    rows: (clocks) => [refreshToken('t', began(long)(clocks))],
    survivors: { [tokens]: [], IDN_OAUTH_CONSUMER_APPS: ['1'] },
  },
];

/** Every rule and edge of `cleanup_refresh_tokens`. */
export const refreshTokenCases: readonly ScenarioCase[] = [
  ...ageCases,
  ...neverCases,
  ...stateCases,
  ...clockCases,
  ...childCases,
];
