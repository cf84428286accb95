import type { Row, Value } from '../../model/rows.js';
import { type CaseSettings, type ConformanceCase, type Moment, tokensLeft } from '../case-types.js';
import { hourMilliseconds, neverMilliseconds, newestToken, token } from '../row-factories.js';
import { after, before, type Span } from '../span.js';

/** Both periods of an hour, over for years. */
const over = (moment: Moment): Row => ({
  TIME_CREATED: before(moment.utcNow, { days: 1000 }),
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
  rows: (moment) => [newestToken(moment.utcNow), token('t', fields(moment))],
  survivors: tokensLeft(...survivors),
});
const kept = ['newest', 't'];
const gone = ['newest'];

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const chosen = { accessPeriodGrants: `client_credentials,${jwtBearer}` };
/** As the product writes it: it keeps a refresh token also for grants that are handed none. */
const finished = (m: Moment, access: Span, fields: Row = {}): Row => ({
  GRANT_TYPE: 'client_credentials',
  TIME_CREATED: before(m.utcNow, access),
  VALIDITY_PERIOD: hourMilliseconds,
  REFRESH_TOKEN_VALIDITY_PERIOD: neverMilliseconds,
  ...fields,
});
const nineDays: Span = { days: 9 };

/** A token of a grant, its access period over for days, under a setting. */
const listedAs = (name: string, survivors: readonly string[], grant: Value, accessPeriodGrants: string) =>
  one(name, survivors, (m) => finished(m, nineDays, { GRANT_TYPE: grant }), { accessPeriodGrants });

const byAccessPeriod: readonly ConformanceCase[] = [
  one('keeps a client_credentials token, its access period over, unless asked', kept, (m) => finished(m, nineDays)),
  one(
    'deletes a client_credentials token, its access period over, when asked',
    gone,
    (m) => finished(m, nineDays),
    chosen,
  ),
  one('keeps a token of a listed grant exactly at the cut-off', kept, (m) => finished(m, { hours: 3 }), chosen),
  one(
    'deletes a token of a listed grant a second past the cut-off',
    gone,
    (m) => finished(m, { hours: 3, seconds: 1 }),
    chosen,
  ),
  one(
    'keeps a token of a listed grant that never expires',
    kept,
    (m) => finished(m, nineDays, { VALIDITY_PERIOD: -1n }),
    chosen,
  ),
  one(
    'keeps a token of a listed grant whose access period is NULL',
    kept,
    (m) => finished(m, nineDays, { VALIDITY_PERIOD: null }),
    chosen,
  ),
  one(
    'keeps a token of a listed grant in an unknown state',
    kept,
    (m) => finished(m, nineDays, { TOKEN_STATE: 'active' }),
    chosen,
  ),
  one(
    'keeps a token of a listed grant that was gracefully rotated, while its refresh period runs on',
    kept,
    (m) => finished(m, nineDays, { TOKEN_STATE: 'GRACEFULLY_ROTATED' }),
    chosen,
  ),
  one(
    'deletes a token of a grant that is not listed, its periods both over',
    gone,
    (m) => ({ ...over(m), GRANT_TYPE: 'password' }),
    chosen,
  ),
  listedAs('deletes a token of a grant that is named by a URN', gone, jwtBearer, chosen.accessPeriodGrants),
  listedAs('deletes a token of the only grant that is listed', gone, 'password', 'password'),
  listedAs('keeps a token of a grant that is not listed', kept, 'password', chosen.accessPeriodGrants),
  listedAs('keeps a token of a grant whose name differs in case', kept, 'Client_Credentials', 'client_credentials'),
  listedAs('keeps a token of a grant whose name begins a listed one', kept, 'client', 'client_credentials'),
  listedAs('keeps a token of a grant whose name ends a listed one', kept, 'credentials', 'client_credentials'),
  listedAs('keeps a token of a grant whose name is two of the list with their comma', kept, 'a,b', 'a,b'),
  listedAs('keeps a token of a grant with a trailing blank', kept, 'password ', 'password'),
  listedAs('keeps a token without a grant', kept, null, 'password'),
  listedAs('takes no sign of a list for a wildcard', kept, 'password', 'p_ssword,pass.ord'),
  listedAs('keeps all where the list is none: a blank', kept, 'password', 'client_credentials, password'),
  listedAs('keeps all where the list is none: a comma too many', kept, 'password', 'password,'),
  listedAs('keeps all where the list is none: a percent sign', kept, 'password', '%'),
  listedAs('keeps all where the list is none: a quote', kept, 'password', "password,'"),
  {
    ...listedAs('keeps a token of an empty grant where the list is none', kept, '', 'password,,x'),
    needs: { emptyText: true },
  },
  one(
    'keeps a token whose refresh period runs on, when other grants are judged by access alone',
    kept,
    (m) => ({
      ...over(m),
      REFRESH_TOKEN_TIME_CREATED: before(m.utcNow, { hours: 2 }),
    }),
    chosen,
  ),
  one(
    'keeps a token without refresh token of a grant that is not listed',
    kept,
    (m) => finished(m, nineDays, { GRANT_TYPE: 'password', REFRESH_TOKEN: null }),
    chosen,
  ),
];

/** A refresh leaves the old row in this state until the new refresh token is used. */
const rotated = (m: Moment, fields: Row = {}): Row => ({ ...over(m), TOKEN_STATE: 'GRACEFULLY_ROTATED', ...fields });

const gracefullyRotated: readonly ConformanceCase[] = [
  one('deletes a gracefully rotated token whose periods are both over', gone, (m) => rotated(m)),
  one('keeps a gracefully rotated token that was issued ten seconds ago', kept, (m) =>
    rotated(m, { TIME_CREATED: before(m.utcNow, { seconds: 10 }) }),
  ),
  one('keeps a gracefully rotated token whose refresh period runs on', kept, (m) =>
    rotated(m, { REFRESH_TOKEN_TIME_CREATED: before(m.utcNow, { hours: 2 }) }),
  ),
  one('keeps a gracefully rotated token whose access period runs on', kept, (m) =>
    rotated(m, { VALIDITY_PERIOD: 365n * 24n * 10n * hourMilliseconds }),
  ),
  one('keeps a gracefully rotated token that never expires', kept, (m) =>
    rotated(m, { VALIDITY_PERIOD: neverMilliseconds }),
  ),
  one('keeps a gracefully rotated token whose refresh period is NULL', kept, (m) =>
    rotated(m, { REFRESH_TOKEN_VALIDITY_PERIOD: null }),
  ),
  one('keeps a token in a state that only looks like gracefully rotated', kept, (m) =>
    rotated(m, { TOKEN_STATE: 'GRACEFULLYXROTATED' }),
  ),
];

const safePeriods: readonly ConformanceCase[] = [
  one(
    'keeps a token within a safe period of a day',
    kept,
    (m) => ({
      ...over(m),
      TIME_CREATED: before(m.utcNow, { hours: 25 }),
    }),
    { safePeriodMinutes: 1440 },
  ),
  one(
    'deletes a token a second past a safe period of a day',
    gone,
    (m) => ({
      ...over(m),
      TIME_CREATED: before(m.utcNow, { hours: 25, seconds: 1 }),
    }),
    { safePeriodMinutes: 1440 },
  ),
  one('keeps a token that was stamped long after the newest clock can reach', kept, (m) => ({
    ...over(m),
    TIME_CREATED: before(m.utcNow, { hours: 2 }),
    REFRESH_TOKEN_TIME_CREATED: after(m.utcNow, { days: 9 }),
  })),
];

/** The options that change how an ACTIVE token is judged. */
export const judgementCases: readonly ConformanceCase[] = [...byAccessPeriod, ...gracefullyRotated, ...safePeriods];
