import * as fc from 'fast-check';
import type { Row } from '../model/rows.js';
import { formatStamp, microsecondsPerMinute, microsecondsPerSecond } from '../model/stamps.js';
import type { Scenario } from '../scenario/scenario.js';
import { app, databaseOf, hourMilliseconds, neverMilliseconds, type PlacedRow } from './row-factories.js';

/** An ACTIVE refresh token of a day, of tables of its own; the caller gives the stamp. */
export const refreshToken = (id: string, fields: Row): PlacedRow => [
  'IDN_OAUTH2_REFRESH_TOKEN',
  {
    REFRESH_TOKEN_ID: id,
    REFRESH_TOKEN: `refresh-${id}`,
    CONSUMER_KEY_ID: 1n,
    AUTHZ_USER: 'someone',
    TENANT_ID: -1234n,
    REFRESH_TOKEN_TIME_CREATED: '2020-01-01 00:00:00',
    REFRESH_TOKEN_VALIDITY_PERIOD: 24n * hourMilliseconds,
    TOKEN_STATE: 'ACTIVE',
    IDP_ID: -1n,
    ...fields,
  },
];

/** A refresh token that lives beside those that a case is about; it never expires. */
export const newestRefreshToken = (newest: bigint, fields: Row = {}): PlacedRow =>
  refreshToken('newest', {
    REFRESH_TOKEN_TIME_CREATED: formatStamp(newest),
    REFRESH_TOKEN_VALIDITY_PERIOD: neverMilliseconds,
    ...fields,
  });

export const refreshScope = (tokenId: string, scope: string): PlacedRow => [
  'IDN_OAUTH2_REFRESH_TOKEN_SCOPE',
  { REFRESH_TOKEN_ID: tokenId, TOKEN_SCOPE: scope, TENANT_ID: -1234n },
];

export const refreshBinding = (tokenId: string, type: string): PlacedRow => [
  'IDN_OAUTH2_REFRESH_TOKEN_BINDING',
  {
    REFRESH_TOKEN_ID: tokenId,
    TOKEN_BINDING_TYPE: type,
    TOKEN_BINDING_REF: 'ref',
    TOKEN_BINDING_VALUE: `value-${tokenId}`,
    TENANT_ID: -1234n,
  },
];

const states = fc.oneof(
  { weight: 12, arbitrary: fc.constant('ACTIVE') },
  { weight: 3, arbitrary: fc.constant('GRACEFULLY_ROTATED') },
  { weight: 4, arbitrary: fc.constantFrom('INACTIVE', 'REVOKED', 'EXPIRED') },
  { weight: 2, arbitrary: fc.constantFrom('active', 'revoked', 'Expired', 'REVOKED ', 'BLOCKED', '', null) },
);
const periods = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1n, 90_000n, 3_600_000n, 86_400_000n, 2_592_000_000n, 94_608_000_000n) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[0n, -1n, -neverMilliseconds - 1n, neverMilliseconds, null],
      ...[99_999_999_999_989n, 99_999_999_999_990n],
    ),
  },
);
/** How far past the cut-off the period ended, microseconds; negative: not yet. */
const edges = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(-1_000_000n, -1_000n, -1n, 0n, 1n, 1_000n, 1_000_000n) },
  { weight: 2, arbitrary: fc.constantFrom(-3_600_000_000n, -60_000_000n, 60_000_000n, 3_600_000_000n) },
  { weight: 2, arbitrary: fc.bigInt({ min: -200_000_000_000n, max: 5_000_000_000_000n }) },
);

const plan = fc.record({
  safePeriodMinutes: fc.constantFrom(120, 30, 1440),
  /** From now to the newest stamp, minutes: clocks that are fast, systems that have long been idle. */
  newestMinutes: fc.constantFrom(-1, -1, -90, -481, -691, 329, 4000, -1000, -9000),
  newestState: states,
  tokens: fc.array(
    fc.record({
      state: states,
      period: periods,
      edge: edges,
      app: fc.constantFrom(1n, 2n, null),
      scopes: fc.nat({ max: 3 }),
      bindings: fc.nat({ max: 2 }),
    }),
    { minLength: 5, maxLength: 60, size: 'max' },
  ),
});

/** Random refresh tokens near the end of their periods, with what hangs on them. */
export const randomRefreshTokens: Scenario['random'] = plan.map(
  (planned) =>
    ({ utcNow }, { fractions, stillClock }) => {
      const newest = utcNow + BigInt(planned.newestMinutes) * microsecondsPerMinute;
      const cutOff = utcNow - BigInt(planned.safePeriodMinutes) * microsecondsPerMinute;
      const stampAt = (period: bigint | null, edge: bigint): string => {
        // Beside a clock that runs on, an edge within a quarter of an hour would be a matter of luck.
        const beyond = stillClock ? edge : edge + (edge < 0n ? -900_000_000n : 900_000_000n);
        const finite = period !== null && period > 0n && period < 99_999_999_999n;
        const exact = cutOff - (finite ? period * 1000n : 3_600_000_000n) - beyond;
        const stamp = fractions ? exact : exact - (exact % microsecondsPerSecond);
        return formatStamp(stamp > newest ? newest : stamp);
      };
      const rows = planned.tokens.flatMap(({ state, period, edge, app: of, scopes, bindings }, index) => {
        const id = `t${index}`;
        return [
          refreshToken(id, {
            TOKEN_STATE: state,
            REFRESH_TOKEN_VALIDITY_PERIOD: period,
            REFRESH_TOKEN_TIME_CREATED: stampAt(period, edge),
            CONSUMER_KEY_ID: of,
          }),
          ...Array.from({ length: scopes }, (_, nth) => refreshScope(id, `scope-${nth}`)),
          ...Array.from({ length: bindings }, (_, nth) => refreshBinding(id, `type-${nth}`)),
        ];
      });
      return {
        database: databaseOf([
          app(1n),
          app(2n),
          newestRefreshToken(newest, { TOKEN_STATE: planned.newestState }),
          ...rows,
        ]),
        settings: { safe_period_minutes: planned.safePeriodMinutes },
      };
    },
);
