import type { Row, Value } from '../../model/rows.js';
import { type ConformanceCase, type Moment, tokensLeft } from '../case-types.js';
import { hourMilliseconds, neverMilliseconds, newestToken, token } from '../row-factories.js';
import { before } from '../span.js';

/** Both periods of an hour, over for years. */
const over = (moment: Moment): Row => ({
  TIME_CREATED: before(moment.utcNow, { days: 1000 }),
  VALIDITY_PERIOD: hourMilliseconds,
  REFRESH_TOKEN_VALIDITY_PERIOD: hourMilliseconds,
});

const one = (name: string, survivors: readonly string[], fields: (moment: Moment) => Row): ConformanceCase => ({
  name,
  rows: (moment) => [newestToken(moment.utcNow), token('t', fields(moment))],
  survivors: tokensLeft(...survivors),
});
const kept = ['newest', 't'];
const gone = ['newest'];

const expired = (name: string, survivors: readonly string[], fields: (moment: Moment) => Row): ConformanceCase =>
  one(name, survivors, (m) => ({ ...fields(m), TOKEN_STATE: 'EXPIRED' }));

/** A login after the access period leaves the old row EXPIRED, and its refresh token is taken until its own period is over. */
const expiredCases = [
  expired('keeps an EXPIRED token whose refresh period runs on', kept, (m) => ({
    TIME_CREATED: before(m.utcNow, { hours: 5 }),
    VALIDITY_PERIOD: hourMilliseconds,
    REFRESH_TOKEN_VALIDITY_PERIOD: 5n * hourMilliseconds,
  })),
  expired('keeps an EXPIRED token whose refresh token never expires', kept, (m) => ({
    ...over(m),
    REFRESH_TOKEN_VALIDITY_PERIOD: neverMilliseconds,
  })),
  expired('keeps an EXPIRED token of which no refresh period is known', kept, (m) => ({
    ...over(m),
    REFRESH_TOKEN_VALIDITY_PERIOD: null,
  })),
  expired('deletes an EXPIRED token whose refresh period is over, whatever its access period says', gone, (m) => ({
    ...over(m),
    VALIDITY_PERIOD: neverMilliseconds,
  })),
  expired('deletes an EXPIRED token whose periods are over', gone, over),
];

const deadStates = ['INACTIVE', 'REVOKED'].flatMap((state) => [
  one(`deletes an ${state} token issued that second`, gone, (m) => ({
    TOKEN_STATE: state,
    TIME_CREATED: before(m.utcNow, {}),
  })),
  one(`deletes an ${state} token that never expires`, gone, (m) => ({
    TOKEN_STATE: state,
    TIME_CREATED: before(m.utcNow, { days: 1 }),
    VALIDITY_PERIOD: neverMilliseconds,
    REFRESH_TOKEN_VALIDITY_PERIOD: null,
  })),
  one(`deletes an ${state} token whose periods are over`, gone, (m) => ({ ...over(m), TOKEN_STATE: state })),
]);

const otherStates: readonly (readonly [string, Value])[] = [
  ['inactive', 'inactive'],
  ['Revoked', 'Revoked'],
  ['expired', 'expired'],
  ['active', 'active'],
  ['REVOKED with a trailing blank', 'REVOKED '],
  ['ACTIVE with a trailing blank', 'ACTIVE '],
  ['INACTIVE with a leading blank', ' INACTIVE'],
  ['BLOCKED', 'BLOCKED'],
  ['empty', ''],
  ['NULL', null],
  ['REVOKED with an accent', 'RÉVOKED'],
];
const stateCases = otherStates.map(([word, state]) =>
  one(`keeps a token in state ${word} though its periods are over`, kept, (m) => ({ ...over(m), TOKEN_STATE: state })),
);

/** Which states are dead, at any age. */
export const tokenStateCases: readonly ConformanceCase[] = [...expiredCases, ...deadStates, ...stateCases];
