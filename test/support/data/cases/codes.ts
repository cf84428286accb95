import type { Row } from '../../model/rows.js';
import type { ConformanceCase, Moment, Needs } from '../case-types.js';
import { code, hourMilliseconds, neverMilliseconds, newestToken, type PlacedRow, token } from '../row-factories.js';
import { before } from '../span.js';

const table = 'IDN_OAUTH2_AUTHORIZATION_CODE';

/** Stamped an hour, its period, and so many seconds more before the cut-off. */
const ended = (m: Moment, secondsBeforeCutOff: number, fields: Row = {}): Row => ({
  TIME_CREATED: before(m.utcNow, { hours: 3, seconds: secondsBeforeCutOff }),
  VALIDITY_PERIOD: hourMilliseconds,
  ...fields,
});
const long = 1000 * 86_400;

const one = (
  name: string,
  left: readonly string[],
  fields: (m: Moment) => Row,
  others: (m: Moment) => readonly PlacedRow[] = () => [],
  tokens: readonly string[] = [],
  needs?: Needs,
): ConformanceCase => ({
  name,
  ...(needs ? { needs } : {}),
  rows: (m) => [newestToken(m.utcNow), ...others(m), code('c', fields(m))],
  survivors: { IDN_OAUTH2_ACCESS_TOKEN: ['newest', ...tokens], [table]: left },
});
const kept = ['c'];
const gone: readonly string[] = [];

const living = (m: Moment): readonly PlacedRow[] => [token('t', { TIME_CREATED: before(m.utcNow, { minutes: 5 }) })];
const dying = (m: Moment): readonly PlacedRow[] => [
  token('t', { TIME_CREATED: before(m.utcNow, { minutes: 5 }), TOKEN_STATE: 'REVOKED' }),
];
const unknown = (m: Moment): readonly PlacedRow[] => [
  token('t', { TIME_CREATED: before(m.utcNow, { days: 900 }), TOKEN_STATE: 'revoked' }),
];
const fresh = (m: Moment, fields: Row = {}): Row => ({ TIME_CREATED: before(m.utcNow, {}), ...fields });

const guard: readonly ConformanceCase[] = [
  one('keeps an INACTIVE code whose token lives', kept, (m) => fresh(m, { STATE: 'INACTIVE', TOKEN_ID: 't' }), living, [
    't',
  ]),
  one('keeps an expired code whose token lives', kept, (m) => ended(m, long, { TOKEN_ID: 't' }), living, ['t']),
  one(
    'keeps an expired code whose token is in an unknown state',
    kept,
    (m) => ended(m, long, { TOKEN_ID: 't' }),
    unknown,
    ['t'],
  ),
  one(
    'keeps a code whose token lives exactly at the cut-off',
    kept,
    (m) => ended(m, long, { TOKEN_ID: 't', STATE: 'INACTIVE' }),
    (m) => [
      token('t', {
        TIME_CREATED: before(m.utcNow, { hours: 3 }),
        VALIDITY_PERIOD: hourMilliseconds,
        REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds,
      }),
    ],
    ['t'],
  ),
  one(
    'deletes an INACTIVE code whose token dies in the same run',
    gone,
    (m) => fresh(m, { STATE: 'INACTIVE', TOKEN_ID: 't' }),
    dying,
  ),
  one('deletes an expired code whose token dies in the same run', gone, (m) => ended(m, 1, { TOKEN_ID: 't' }), dying),
  one(
    'keeps an ACTIVE code in its time whose token dies in the same run',
    kept,
    (m) => fresh(m, { TOKEN_ID: 't' }),
    dying,
  ),
  one('deletes an INACTIVE code whose token is long gone', gone, (m) =>
    fresh(m, { STATE: 'INACTIVE', TOKEN_ID: 'none' }),
  ),
  one('deletes an expired code whose token is long gone', gone, (m) => ended(m, long, { TOKEN_ID: 'none' })),
  one('deletes an INACTIVE code that never had a token', gone, (m) => fresh(m, { STATE: 'INACTIVE' })),
  one('deletes an expired code that never had a token', gone, (m) => ended(m, long)),
  one('keeps an ACTIVE code in its time that has no token yet', kept, (m) => fresh(m)),
  {
    name: 'judges several codes of one token each by itself',
    rows: (m) => [
      newestToken(m.utcNow),
      ...dying(m),
      code('used', fresh(m, { STATE: 'INACTIVE', TOKEN_ID: 't' })),
      code('open', fresh(m, { TOKEN_ID: 't' })),
      code('other', fresh(m, { STATE: 'INACTIVE', TOKEN_ID: 'newest' })),
    ],
    survivors: { IDN_OAUTH2_ACCESS_TOKEN: ['newest'], [table]: ['open', 'other'] },
  },
];

const ages: readonly ConformanceCase[] = [
  one('keeps a code whose period ends exactly at the cut-off', kept, (m) => ended(m, 0)),
  one('deletes a code whose period ended a second before the cut-off', gone, (m) => ended(m, 1)),
  one('keeps a code whose period ends a second after the cut-off', kept, (m) => ended(m, -1)),
  one('deletes a code whose period ended a millisecond before the cut-off', gone, (m) =>
    ended(m, 0, { VALIDITY_PERIOD: 3_599_999n }),
  ),
  one('keeps a code whose period ends a millisecond after the cut-off', kept, (m) =>
    ended(m, 0, { VALIDITY_PERIOD: 3_600_001n }),
  ),
  one('deletes a code whose period of 1095 days is over', gone, (m) =>
    ended(m, 1096 * 86_400, { VALIDITY_PERIOD: 94_608_000_000n }),
  ),
  one('keeps a code within the safe period', kept, (m) => ended(m, -3600)),
  one('keeps a code that has no stamp', kept, (m) => ended(m, 0, { TIME_CREATED: null }), undefined, [], {
    nullable: [`${table}.TIME_CREATED`],
  }),
  one(
    'keeps a code stamped on the zero date',
    kept,
    (m) => ended(m, 0, { TIME_CREATED: '0000-00-00 00:00:00' }),
    undefined,
    [],
    {
      zeroDates: true,
    },
  ),
  one('deletes an INACTIVE code that never expires', gone, (m) =>
    ended(m, long, { STATE: 'INACTIVE', VALIDITY_PERIOD: -1n }),
  ),
];

const periods = [0n, -1n, null, 99_999_999_999_990n, 99_999_999_999_989n, neverMilliseconds].map((period) =>
  one(`keeps an old code whose period is ${period}`, kept, (m) => ended(m, long, { VALIDITY_PERIOD: period })),
);

const states = ['EXPIRED', 'REVOKED', 'inactive', 'INACTIVE ', 'USED', '', null].flatMap((state) => [
  one(`keeps a code in its time in state '${state}'`, kept, (m) => fresh(m, { STATE: state })),
  one(`deletes an expired code in state '${state}'`, gone, (m) => ended(m, 1, { STATE: state })),
]);

/** Authorization codes: the token's life, the period, the state. */
export const codeCases: readonly ConformanceCase[] = [...guard, ...ages, ...periods, ...states];
