import type { ScenarioCase } from '../../scenario/scenario.js';
import { largest, type SessionRow, sessionIn, sessionStore, smallest, temporaryStore } from '../auth-session-rows.js';

/** A session of one row, in either store. */
const one = (what: string, left: boolean, row: SessionRow): readonly ScenarioCase[] =>
  [
    [sessionStore, ''],
    [temporaryStore, ' in the temporary store'],
  ].map(([store = '', where = '']) => ({
    name: `${left ? 'keeps' : 'deletes'} ${what}${where}`,
    rows: (m) => sessionIn(store, m, 's', row),
    survivors: { [store]: left ? ['s/1'] : [] },
  }));
const keeps = (what: string, row: SessionRow) => one(what, true, row);
const deletes = (what: string, row: SessionRow) => one(what, false, row);

const monthAgo = { days: 30 };

/** EXPIRY_TIME decides alone where there is one. */
const expiry: readonly ScenarioCase[] = [
  ...deletes('a session that expired two hours and a quarter ago', {
    created: { hours: 3 },
    expired: { minutes: 135 },
  }),
  ...keeps('a session that expired an hour and a half ago', { created: { hours: 3 }, expired: { minutes: 90 } }),
  ...keeps('a session that expired this moment', { created: { hours: 3 }, expired: {} }),
  ...keeps('a session that expires in a minute', { created: { hours: 3 }, expiresIn: { minutes: 1 } }),
  ...deletes('a session that expired years ago', { created: { days: 1500 }, expired: { days: 1499 } }),
  ...keeps('a session stored years ago that has not expired', { created: { days: 1500 }, expiresIn: { days: 1 } }),
  ...deletes('a session that expired before it was stored', { created: { minutes: 1 }, expired: { hours: 3 } }),
  ...keeps('a session whose EXPIRY_TIME is the largest number', { created: monthAgo, expiry: largest }),
  ...keeps('a session whose EXPIRY_TIME is one below the largest number', { created: monthAgo, expiry: largest - 1n }),
  ...deletes('a session whose EXPIRY_TIME is a nanosecond after 1970', { created: { hours: 3 }, expiry: 1n }),
  ...keeps('a session stamped in the future that has not expired', {
    created: -1n + 2n ** 62n,
    expiresIn: { hours: 1 },
  }),
  ...deletes('a session stamped in the future that expired long ago', {
    created: 2n ** 62n,
    expired: { hours: 3 },
  }),
];

/** Without an EXPIRY_TIME its age decides. */
const age: readonly ScenarioCase[] = ([null, 0n, -1n, -1_000_000_000_000_000_000n, smallest] as const).flatMap(
  (value) => [
    ...deletes(`a session of fourteen days and a quarter of an hour whose EXPIRY_TIME is ${value}`, {
      created: { days: 14, minutes: 15 },
      expiry: value,
    }),
    ...keeps(`a session half an hour short of fourteen days whose EXPIRY_TIME is ${value}`, {
      created: { days: 13, hours: 23, minutes: 30 },
      expiry: value,
    }),
    ...keeps(`a session stored this moment whose EXPIRY_TIME is ${value}`, { created: {}, expiry: value }),
  ],
);

const stamps: readonly ScenarioCase[] = [
  ...deletes('a session stamped on the first day of 1970 that has no EXPIRY_TIME', { created: 0n, expiry: null }),
  ...deletes('a session with the smallest stamp that has no EXPIRY_TIME', { created: smallest, expiry: null }),
  ...keeps('a session with the largest stamp that has no EXPIRY_TIME', { created: largest, expiry: null }),
  ...keeps('a DELETE row with the largest stamp', { created: largest, operation: 'DELETE' }),
  ...deletes('a DELETE row with the smallest stamp', { created: smallest, operation: 'DELETE' }),
  ...keeps('a session with the smallest stamp that has not expired', { created: smallest, expiresIn: { hours: 1 } }),
];

/** A DELETE row goes after twelve hours, though it has not expired, and before that if it has. */
const deleted: readonly ScenarioCase[] = [
  ...deletes('a DELETE row of twelve hours and a quarter', {
    created: { hours: 12, minutes: 15 },
    operation: 'DELETE',
  }),
  ...keeps('a DELETE row of eleven hours and a half', { created: { hours: 11, minutes: 30 }, operation: 'DELETE' }),
  ...keeps('a DELETE row written this moment', { created: {}, operation: 'DELETE' }),
  ...keeps('a DELETE row from the future', { created: 2n ** 62n, operation: 'DELETE' }),
  ...keeps('a young DELETE row that expired within the grace', {
    created: { hours: 3 },
    operation: 'DELETE',
    expired: { minutes: 90 },
  }),
  ...deletes('a young DELETE row that expired past the grace', {
    created: { hours: 3 },
    operation: 'DELETE',
    expired: { minutes: 135 },
  }),
  ...deletes('an old DELETE row that never expires', { created: { hours: 13 }, operation: 'DELETE', expiry: largest }),
  ...deletes('an old DELETE row without an EXPIRY_TIME', { created: { hours: 13 }, operation: 'DELETE', expiry: null }),
  ...keeps('a young DELETE row without an EXPIRY_TIME', { created: { hours: 11 }, operation: 'DELETE', expiry: null }),
];

/** The word is compared exactly: what is no DELETE row is judged by its expiry alone. */
const words: readonly ScenarioCase[] = ['delete', 'Delete', 'DELETE ', ' DELETE', 'DELETED', 'REMOVE', ''].flatMap(
  (operation) => [
    ...keeps(`an old row of the operation '${operation}' that has not expired`, { created: { hours: 13 }, operation }),
    ...deletes(`a row of the operation '${operation}' that expired`, {
      created: { hours: 3 },
      operation,
      expired: { minutes: 135 },
    }),
  ],
);

/** Which single row ends its session. */
export const sessionEndingCases: readonly ScenarioCase[] = [...expiry, ...age, ...stamps, ...deleted, ...words];
