import type { ScenarioCase } from '../../scenario/scenario.js';
import {
  mapping,
  mappings,
  mappingsLeft,
  type SessionRow,
  session,
  sessionIn,
  sessionStore,
  temporaryStore,
} from '../auth-session-rows.js';

const ended: SessionRow = { created: { days: 1 }, operation: 'DELETE' };
const live: SessionRow = { created: { minutes: 30 } };
const other = 'AuthenticationResultCache';

/** Mappings go with the last row of their session, in whichever type and store that is. */
export const sessionMappingCases: readonly ScenarioCase[] = [
  {
    name: 'deletes all mappings of a session that is gone, and keeps those of one that lives',
    rows: (m) => [
      ...session(m, 'dead', { created: { days: 2 } }, ended),
      ...session(m, 'live', live),
      ...mappings('dead/alice', 'dead/bob', 'live/alice', 'live/bob'),
    ],
    survivors: { [sessionStore]: ['live/1'], ...mappingsLeft('live/alice', 'live/bob') },
  },
  {
    name: 'keeps the mappings of a session that has one expired and one live row',
    rows: (m) => [...session(m, 's', { created: { hours: 5 }, expired: { hours: 3 } }, live), ...mappings('s/alice')],
    survivors: { [sessionStore]: ['s/2'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps the mappings of a session that was stored again after an old DELETE row',
    rows: (m) => [...session(m, 's', { created: { days: 2 } }, ended, live), ...mappings('s/alice')],
    survivors: { [sessionStore]: ['s/3'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps the mappings of a session that a young DELETE row ended',
    rows: (m) => [
      ...session(m, 's', { created: { days: 2 } }, { created: { hours: 11 }, operation: 'DELETE' }),
      ...mappings('s/alice'),
    ],
    survivors: { [sessionStore]: ['s/1', 's/2'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps the mappings of a session of which another type lives',
    rows: (m) => [...session(m, 's', ended, { ...live, type: other }), ...mappings('s/alice')],
    survivors: { [sessionStore]: ['s/2'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'deletes the mappings of a session of which the last row of all types goes',
    rows: (m) => [
      ...session(
        m,
        's',
        ended,
        { ...ended, type: other },
        { created: { hours: 5 }, type: 'third', expired: { hours: 3 } },
      ),
      ...mappings('s/alice'),
    ],
    survivors: { [sessionStore]: [], ...mappingsLeft() },
  },
  {
    name: 'keeps the mappings of a session that lives in the temporary store',
    rows: (m) => [...session(m, 's', ended), ...sessionIn(temporaryStore, m, 's', live), ...mappings('s/alice')],
    survivors: { [sessionStore]: [], [temporaryStore]: ['s/1'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps the mappings of a session that lives in the temporary store under another type',
    rows: (m) => [
      ...session(m, 's', ended),
      ...sessionIn(temporaryStore, m, 's', ended, { ...live, type: other }),
      ...mappings('s/alice'),
    ],
    survivors: { [sessionStore]: [], [temporaryStore]: ['s/2'], ...mappingsLeft('s/alice') },
  },
  {
    name: 'deletes the mappings of a session that ends in both stores in one run',
    rows: (m) => [
      ...session(m, 's', ended),
      ...sessionIn(temporaryStore, m, 's', { created: { days: 2 } }, ended),
      ...mappings('s/alice'),
    ],
    survivors: { [sessionStore]: [], [temporaryStore]: [], ...mappingsLeft() },
  },
  {
    name: 'keeps the mappings of a session that ended in the temporary store and lives in the other',
    rows: (m) => [...session(m, 's', live), ...sessionIn(temporaryStore, m, 's', ended), ...mappings('s/alice')],
    survivors: { [sessionStore]: ['s/1'], [temporaryStore]: [], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps the mappings of a session that only the temporary store had',
    rows: (m) => [...sessionIn(temporaryStore, m, 's', ended), ...mappings('s/alice')],
    survivors: { [temporaryStore]: [], ...mappingsLeft('s/alice') },
  },
  {
    name: 'keeps the mappings of a session that is being saved, and orphans of earlier days',
    rows: (m) => [
      ...session(m, 'n', ended),
      ...mappings('n/alice', 'newborn/alice', 'newborn/bob', 'n1/alice', '/alice'),
    ],
    survivors: {
      [sessionStore]: [],
      ...mappingsLeft('newborn/alice', 'newborn/bob', 'n1/alice', '/alice'),
    },
  },
  {
    name: 'deletes whichever mappings a session has, when it has not one in each table',
    rows: (m) => [
      ...session(m, 'a', ended),
      ...session(m, 'b', ended),
      ...session(m, 'c', ended),
      ...session(m, 'd', ended),
      mapping('IDN_AUTH_USER_SESSION_MAPPING', 1, 'a', 'alice'),
      mapping('IDN_AUTH_SESSION_APP_INFO', 1, 'b', 'alice'),
      mapping('IDN_AUTH_SESSION_META_DATA', 1, 'c', 'alice'),
      mapping('IDN_FED_AUTH_SESSION_MAPPING', 1, 'd', 'alice'),
    ],
    survivors: { [sessionStore]: [], ...mappingsLeft() },
  },
  {
    name: 'keeps the mappings of ids that only begin or end like one that is gone',
    rows: (m) => [
      ...session(m, 'abc', ended),
      ...mappings('abc/alice', 'ab/alice', 'abcd/alice', 'xabc/alice', '%/alice', 'a_c/alice'),
    ],
    survivors: {
      [sessionStore]: [],
      ...mappingsLeft('ab/alice', 'abcd/alice', 'xabc/alice', '%/alice', 'a_c/alice'),
    },
  },
  {
    name: 'keeps a mapping whose id is longer than a session id can be',
    rows: (m) => [
      ...session(m, 'l'.repeat(100), ended),
      mapping('IDN_AUTH_USER_SESSION_MAPPING', 1, 'l'.repeat(100), 'alice'),
      mapping('IDN_AUTH_USER_SESSION_MAPPING', 2, 'l'.repeat(101), 'alice'),
      mapping('IDN_FED_AUTH_SESSION_MAPPING', 1, 'l'.repeat(255), 'alice'),
    ],
    survivors: {
      [sessionStore]: [],
      IDN_AUTH_USER_SESSION_MAPPING: [`${'l'.repeat(101)}/alice`],
      IDN_FED_AUTH_SESSION_MAPPING: [`${'l'.repeat(255)}/alice`],
    },
  },
  {
    name: 'deletes three hundred mappings of one session',
    rows: (m) => [
      ...session(m, 's', ended),
      ...session(m, 't', live),
      ...mappings('t/alice', ...Array.from({ length: 300 }, (_, index) => `s/user-${index}`)),
    ],
    survivors: { [sessionStore]: ['t/1'], ...mappingsLeft('t/alice') },
  },
];
