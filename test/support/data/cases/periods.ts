import type { Row } from '../../model/rows.js';
import { type ConformanceCase, type Moment, type Needs, tokensLeft } from '../case-types.js';
import { hourMilliseconds, neverMilliseconds, newestToken, token } from '../row-factories.js';
import { before, type Span } from '../span.js';

/** The safe period of two hours before the newest stamp. */
const cutOff = (moment: Moment): bigint => moment.utcNow - 7_200_000_000n;

/** Stamps of a token of which both periods, an hour unless told, began so long before the cut-off. */
const began = (moment: Moment, access: Span, refresh: Span = access, fields: Row = {}): Row => ({
  TIME_CREATED: before(cutOff(moment), access),
  REFRESH_TOKEN_TIME_CREATED: before(cutOff(moment), refresh),
  VALIDITY_PERIOD: hourMilliseconds,
  REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds,
  ...fields,
});

const kept = (name: string, fields: (moment: Moment) => Row, needs?: Needs): ConformanceCase => ({
  name: `keeps a token ${name}`,
  ...(needs ? { needs } : {}),
  rows: (moment) => [newestToken(moment.utcNow), token('t', fields(moment))],
  survivors: tokensLeft('newest', 't'),
});

const deleted = (name: string, fields: (moment: Moment) => Row, needs?: Needs): ConformanceCase => ({
  name: `deletes a token ${name}`,
  ...(needs ? { needs } : {}),
  rows: (moment) => [newestToken(moment.utcNow), token('t', fields(moment))],
  survivors: tokensLeft('newest'),
});

const hour: Span = { hours: 1 };
const ages: readonly ConformanceCase[] = [
  kept('whose periods end exactly at the cut-off', (m) => began(m, hour)),
  deleted('whose periods ended a second before the cut-off', (m) => began(m, { seconds: 3601 })),
  kept('whose periods end a second after the cut-off', (m) => began(m, { seconds: 3599 })),
  deleted('whose periods ended a millisecond before the cut-off', (m) =>
    began(m, hour, hour, { VALIDITY_PERIOD: 3_599_999n, REFRESH_TOKEN_VALIDITY_PERIOD: 3_599_999n }),
  ),
  kept('whose periods end a millisecond after the cut-off', (m) =>
    began(m, hour, hour, { VALIDITY_PERIOD: 3_600_001n, REFRESH_TOKEN_VALIDITY_PERIOD: 3_600_001n }),
  ),
  kept('whose access period alone ends a millisecond after the cut-off', (m) =>
    began(m, hour, hour, { VALIDITY_PERIOD: 3_600_001n, REFRESH_TOKEN_VALIDITY_PERIOD: 1n }),
  ),
  kept('whose refresh period alone ends a millisecond after the cut-off', (m) =>
    began(m, hour, hour, { VALIDITY_PERIOD: 1n, REFRESH_TOKEN_VALIDITY_PERIOD: 3_600_001n }),
  ),
  deleted('stamped a millisecond earlier than at the cut-off', (m) => began(m, { hours: 1, milliseconds: 1 }), {
    fractions: true,
  }),
  kept('stamped a millisecond later than at the cut-off', (m) => began(m, { hours: 1, milliseconds: -1 }), {
    fractions: true,
  }),
  deleted('stamped a microsecond earlier than at the cut-off', (m) => began(m, { hours: 1, microseconds: 1 }), {
    fractions: true,
  }),
  kept('stamped a microsecond later than at the cut-off', (m) => began(m, { hours: 1, microseconds: -1 }), {
    fractions: true,
  }),
  // Half a minute is what the vendor's scripts get wrong by counting in rounded minutes.
  kept('whose periods of 90 seconds end 29 seconds after the cut-off', (m) =>
    began(m, { seconds: 61 }, { seconds: 61 }, { VALIDITY_PERIOD: 90_000n, REFRESH_TOKEN_VALIDITY_PERIOD: 90_000n }),
  ),
  deleted('whose periods of 90 seconds ended a second before the cut-off', (m) =>
    began(m, { seconds: 91 }, { seconds: 91 }, { VALIDITY_PERIOD: 90_000n, REFRESH_TOKEN_VALIDITY_PERIOD: 90_000n }),
  ),
  deleted('whose periods of one millisecond ended a second before the cut-off', (m) =>
    began(m, { seconds: 1 }, { seconds: 1 }, { VALIDITY_PERIOD: 1n, REFRESH_TOKEN_VALIDITY_PERIOD: 1n }),
  ),
  kept('whose access period is over and refresh period is not', (m) => began(m, { days: 30 }, { minutes: 59 })),
  kept('whose refresh period is over and access period is not', (m) => began(m, { minutes: 59 }, { days: 30 })),
  kept('whose periods ended an hour ago, within the safe period', (m) => began(m, { hours: 0 })),
  kept('issued that second', (m) => began(m, { hours: -2 })),
  deleted('whose periods ended years ago', (m) => began(m, { days: 1500 })),
  // Beyond 32 bits, and far below what means never.
  ...(
    [
      [1095, 94_608_000_000n],
      [18_000, 1_555_200_000_000n],
    ] as const
  ).flatMap(([days, period]) => [
    kept(`whose periods of ${days} days end exactly at the cut-off`, (m) =>
      began(m, { days }, { days }, { VALIDITY_PERIOD: period, REFRESH_TOKEN_VALIDITY_PERIOD: period }),
    ),
    deleted(`whose periods of ${days} days ended a second before the cut-off`, (m) =>
      began(
        m,
        { days, seconds: 1 },
        { days, seconds: 1 },
        { VALIDITY_PERIOD: period, REFRESH_TOKEN_VALIDITY_PERIOD: period },
      ),
    ),
  ]),
  kept('refreshed lately though issued long ago', (m) =>
    began(m, { days: 400 }, { hours: 1 }, { REFRESH_TOKEN_VALIDITY_PERIOD: 86_400_000n }),
  ),
];

/** Periods that mean never, each in either column while the other period is over. */
const never: readonly (bigint | null)[] = [
  ...[0n, -1n, -3_600_000n, -9_223_372_036_854_775_808n, null],
  ...[99_999_999_999_990n, 99_999_999_999_991n, neverMilliseconds],
  // Finite by the rule, yet three thousand years long.
  99_999_999_999_989n,
];

const long: Span = { days: 1500 };
const neverCases = never.flatMap((period) => [
  kept(`whose access period is ${period}`, (m) => began(m, long, long, { VALIDITY_PERIOD: period })),
  kept(`whose refresh period is ${period}`, (m) => began(m, long, long, { REFRESH_TOKEN_VALIDITY_PERIOD: period })),
  kept(`whose periods are both ${period}`, (m) =>
    began(m, long, long, { VALIDITY_PERIOD: period, REFRESH_TOKEN_VALIDITY_PERIOD: period }),
  ),
]);

const nullable = (column: string): Needs => ({ nullable: [`IDN_OAUTH2_ACCESS_TOKEN.${column}`] });
const unreadable: readonly ConformanceCase[] = [
  kept('without TIME_CREATED', (m) => began(m, long, long, { TIME_CREATED: null }), nullable('TIME_CREATED')),
  kept(
    'without REFRESH_TOKEN_TIME_CREATED',
    (m) => began(m, long, long, { REFRESH_TOKEN_TIME_CREATED: null }),
    nullable('REFRESH_TOKEN_TIME_CREATED'),
  ),
  kept('created on the zero date', (m) => began(m, long, long, { TIME_CREATED: '0000-00-00 00:00:00' }), {
    zeroDates: true,
  }),
  kept(
    'refreshed on the zero date',
    (m) => began(m, long, long, { REFRESH_TOKEN_TIME_CREATED: '0000-00-00 00:00:00' }),
    {
      zeroDates: true,
    },
  ),
  deleted(
    'that is REVOKED and has no stamps',
    () => ({
      TOKEN_STATE: 'REVOKED',
      TIME_CREATED: null,
      REFRESH_TOKEN_TIME_CREATED: null,
    }),
    { nullable: ['IDN_OAUTH2_ACCESS_TOKEN.TIME_CREATED', 'IDN_OAUTH2_ACCESS_TOKEN.REFRESH_TOKEN_TIME_CREATED'] },
  ),
];

/** When the periods of an ACTIVE token are over, to the microsecond. */
export const periodCases: readonly ConformanceCase[] = [...ages, ...neverCases, ...unreadable];
