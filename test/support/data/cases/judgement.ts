import type { Row } from '../../model/rows.js';
import { type CaseSettings, type ConformanceCase, type Moment, tokensLeft } from '../case-types.js';
import { hourMilliseconds, neverMilliseconds, newestToken, token } from '../row-factories.js';
import { after, before, type Span } from '../span.js';

/** Both periods of an hour, over for years. */
const over = (moment: Moment): Row => ({
  TIME_CREATED: before(moment.newest, { days: 1000 }),
  VALIDITY_PERIOD: hourMilliseconds,
  REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds,
});

const one = (
  name: string,
  survivors: readonly string[],
  fields: (moment: Moment) => Row,
  settings: Partial<CaseSettings> = {},
): ConformanceCase => ({
  name,
  settings,
  rows: (moment) => [newestToken(moment.newest), token('t', fields(moment))],
  survivors: tokensLeft(...survivors),
});
const kept = ['newest', 't'];
const gone = ['newest'];

const option = { judgeByAccessPeriod: true };
const none = { REFRESH_TOKEN: null };
const finished = (m: Moment, access: Span): Row => ({
  ...none,
  TIME_CREATED: before(m.newest, access),
  VALIDITY_PERIOD: hourMilliseconds,
  REFRESH_TOKEN_VALIDITY_PERIOD: neverMilliseconds,
});

const withoutRefreshToken: readonly ConformanceCase[] = [
  one('keeps a token without refresh token, its access period over, unless asked', kept, (m) =>
    finished(m, { days: 9 }),
  ),
  one(
    'deletes a token without refresh token, its access period over, when asked',
    gone,
    (m) => finished(m, { days: 9 }),
    option,
  ),
  one('keeps a token without refresh token exactly at the cut-off', kept, (m) => finished(m, { hours: 3 }), option),
  one(
    'deletes a token without refresh token a second past the cut-off',
    gone,
    (m) => finished(m, { hours: 3, seconds: 1 }),
    option,
  ),
  one(
    'keeps a token without refresh token that never expires',
    kept,
    (m) => ({
      ...finished(m, { days: 9 }),
      VALIDITY_PERIOD: -1n,
    }),
    option,
  ),
  one(
    'keeps a token without refresh token whose access period is NULL',
    kept,
    (m) => ({
      ...finished(m, { days: 9 }),
      VALIDITY_PERIOD: null,
    }),
    option,
  ),
  one(
    'keeps a token without refresh token in an unknown state',
    kept,
    (m) => ({
      ...finished(m, { days: 9 }),
      TOKEN_STATE: 'active',
    }),
    option,
  ),
  one('deletes a token without refresh token whose periods are both over, unasked', gone, (m) => ({
    ...over(m),
    ...none,
  })),
  one(
    'keeps a token with a refresh token that never expires, when the others are judged by access alone',
    kept,
    (m) => ({
      ...finished(m, { days: 9 }),
      REFRESH_TOKEN: 'refresh',
    }),
    option,
  ),
  one(
    'keeps a token whose refresh period runs on, when the others are judged by access alone',
    kept,
    (m) => ({
      ...over(m),
      REFRESH_TOKEN_TIME_CREATED: before(m.newest, { hours: 2 }),
    }),
    option,
  ),
];

const safePeriods: readonly ConformanceCase[] = [
  one(
    'keeps a token within a safe period of a day',
    kept,
    (m) => ({
      ...over(m),
      TIME_CREATED: before(m.newest, { hours: 25 }),
    }),
    { safePeriodMinutes: 1440 },
  ),
  one(
    'deletes a token a second past a safe period of a day',
    gone,
    (m) => ({
      ...over(m),
      TIME_CREATED: before(m.newest, { hours: 25, seconds: 1 }),
    }),
    { safePeriodMinutes: 1440 },
  ),
  one('keeps a token that was stamped long after the newest clock can reach', kept, (m) => ({
    ...over(m),
    TIME_CREATED: before(m.newest, { hours: 2 }),
    REFRESH_TOKEN_TIME_CREATED: after(m.newest, { days: 9 }),
  })),
];

/** The options that change how an ACTIVE token is judged. */
export const judgementCases: readonly ConformanceCase[] = [...withoutRefreshToken, ...safePeriods];
