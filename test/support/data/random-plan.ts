import * as fc from 'fast-check';
import { neverMilliseconds } from './row-factories.js';

/** Plain data from which a random database is built at a moment: prints well, shrinks well, knows no clock. */

/** How far past its cut-off a period ended, microseconds; negative: not yet. */
const edgeMicroseconds = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(-1_000_000n, -1_000n, -1n, 0n, 1n, 1_000n, 1_000_000n) },
  { weight: 2, arbitrary: fc.constantFrom(-3_600_000_000n, -60_000_000n, 60_000_000n, 3_600_000_000n) },
  { weight: 2, arbitrary: fc.bigInt({ min: -200_000_000_000n, max: 5_000_000_000_000n }) },
);

const period = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1n, 90_000n, 300_000n, 3_600_000n, 86_400_000n, 2_592_000_000n) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[0n, -1n, -neverMilliseconds - 1n, neverMilliseconds, null],
      ...[99_999_999_999_989n, 99_999_999_999_990n, 99_999_999_999_991n],
    ),
  },
  { weight: 1, arbitrary: fc.bigInt({ min: -10_000_000n, max: 3_000_000_000n }) },
);

const tokenState = fc.oneof(
  { weight: 12, arbitrary: fc.constant('ACTIVE') },
  { weight: 3, arbitrary: fc.constant('GRACEFULLY_ROTATED') },
  { weight: 6, arbitrary: fc.constantFrom('INACTIVE', 'REVOKED', 'EXPIRED') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('active', 'revoked', 'Expired', 'REVOKED ', 'BLOCKED', 'Gracefully_Rotated', '', null),
  },
);

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const grants = [
  ...['client_credentials', 'client_credentials', 'password', 'password', 'refresh_token', jwtBearer, null],
  ...['PASSWORD', 'password ', 'client_credentials,password', 'client', '', '(none)', 'credentials,password'],
];

const token = fc.record({
  state: tokenState,
  accessPeriod: period,
  refreshPeriod: period,
  accessEdge: edgeMicroseconds,
  refreshEdge: edgeMicroseconds,
  hasRefreshToken: fc.boolean(),
  grant: fc.constantFrom(...grants),
  scopes: fc.nat({ max: 3 }),
  bindings: fc.nat({ max: 1 }),
  app: fc.nat({ max: 2 }),
});
export type TokenPlan = typeof token extends fc.Arbitrary<infer T> ? T : never;

/** Which of the tokens or codes before it a row hangs on; beyond the last one it means none at all. */
const parent = fc.nat({ max: 150 });

const code = fc.record({
  state: fc.oneof(
    { weight: 3, arbitrary: fc.constant('ACTIVE') },
    fc.constantFrom('INACTIVE', 'EXPIRED', 'inactive', null),
  ),
  period,
  edge: edgeMicroseconds,
  token: fc.oneof({ weight: 4, arbitrary: parent }, fc.constant(null)),
  scopes: fc.nat({ max: 2 }),
});
const requestObject = fc.record({
  token: fc.option(parent),
  code: fc.option(parent),
  /** The number of values of each claim. */
  claims: fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
});

/** Against the server's own clock, whole minutes: within ten of an edge no test could know the outcome. */
const farEdgeMinutes = fc.oneof(
  fc.constantFrom(-15, 15, -60, 60),
  fc.integer({ min: 15, max: 100_000 }),
  fc.integer({ min: -3_000, max: -15 }),
);
const ciba = fc.record({
  status: fc.constantFrom('REQUESTED', 'AUTHENTICATED', 'EXPIRED', 'TOKEN_ISSUED', 'FAILED', 'failed', null),
  expiresInSeconds: fc.constantFrom(120n, 1n, 172_800n, 0n, -1n, null, 2_147_483_647n),
  edgeMinutes: farEdgeMinutes,
  scopes: fc.nat({ max: 2 }),
});
const device = fc.record({
  status: fc.constantFrom('PENDING', 'AUTHORIZED', 'USED', 'EXPIRED', 'expired', null),
  edgeMinutes: farEdgeMinutes,
  hasCodeId: fc.boolean(),
  scopes: fc.nat({ max: 2 }),
});

const settings = fc.record({
  safePeriodMinutes: fc.constantFrom(120, 30, 60, 1440),
  accessPeriodGrants: fc.oneof(
    { weight: 2, arbitrary: fc.constant('(none)') },
    fc.constantFrom('client_credentials', jwtBearer, `client_credentials,password,${jwtBearer}`),
    // No lists, or lists of other words.
    fc.constantFrom('client_credentials, password', 'client_credentials,', ',password', '%', 'Password', 'pass_ord'),
  ),
  auditPruning: fc.boolean(),
  auditRetentionDays: fc.constantFrom(90, 1, 30, 365),
});

const batch = fc
  .tuple(fc.constantFrom(1, 2, 7, 50, 1000), fc.constantFrom(1, 3, 10, 100, 10_000))
  .map(([minimum, maximum]) => ({ rowsMinimum: Math.min(minimum, maximum), rowsMaximum: maximum }));

/** Whole random databases with the settings of a run: 5 to 120 tokens and all that goes with them. */
export const randomPlan = fc.record({
  settings,
  batch,
  /** How long ago the last token was issued; below zero a clock that is fast. */
  newestAgeMinutes: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 90 }) },
    fc.constantFrom(-4000, -60, 500, 1000, 9000),
  ),
  newestState: tokenState,
  tokens: fc.array(token, { minLength: 4, maxLength: 119, size: 'max' }),
  codes: fc.array(code, { maxLength: 40 }),
  requestObjects: fc.array(requestObject, { maxLength: 20 }),
  ciba: fc.array(ciba, { maxLength: 12 }),
  devices: fc.array(device, { maxLength: 12 }),
  audit: fc.array(fc.option(farEdgeMinutes), { maxLength: 12 }),
});
export type RandomPlan = typeof randomPlan extends fc.Arbitrary<infer T> ? T : never;
