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

const deadStates = ['INACTIVE', 'REVOKED', 'EXPIRED'].flatMap((state) => [
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
export const tokenStateCases: readonly ConformanceCase[] = [...deadStates, ...stateCases];
