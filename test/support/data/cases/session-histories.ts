import type { Clocks, ScenarioCase } from '../../scenario/scenario.js';
import { type SessionRow, session, sessionIn, sessionStore, temporaryStore } from '../auth-session-rows.js';

/** A session s of several rows, by their numbers. */
const history = (name: string, left: readonly number[], rows: readonly SessionRow[]): readonly ScenarioCase[] =>
  [
    [sessionStore, ''],
    [temporaryStore, ', in the temporary store'],
  ].map(([store = '', where = '']) => ({
    name: `${name}${where}`,
    rows: (m) => sessionIn(store, m, 's', ...rows),
    survivors: { [store]: left.map((number) => `s/${number}`) },
  }));

const expired = { minutes: 135 };
const grace = { minutes: 90 };
const operation = 'DELETE';

/** The vendor's scripts delete by SESSION_ID: each of these lost a living session (their issues 9929, 10912). */
const victims: readonly ScenarioCase[] = [
  ...history(
    'keeps the live row of a session that also has an expired one',
    [2],
    [{ created: { hours: 5 }, expired }, { created: { minutes: 30 } }],
  ),
  ...history(
    'keeps a session that was stored again after an old DELETE row',
    [3],
    [{ created: { days: 2 } }, { created: { days: 1 }, operation }, { created: { minutes: 30 } }],
  ),
  ...history(
    'keeps a session that was stored again right after an old DELETE row',
    [2],
    [{ created: { hours: 13 }, operation }, { created: { hours: 12, minutes: 59, seconds: 59, milliseconds: 999 } }],
  ),
  ...history(
    'keeps a session stored a nanosecond after its ending row',
    [2],
    [{ created: 1_700_000_000_000_000_000n, expired }, { created: 1_700_000_000_000_000_001n }],
  ),
];

const together: readonly ScenarioCase[] = [
  ...history(
    'deletes the older rows of an old DELETE row with it, though none has expired',
    [],
    [
      { created: { days: 4 } },
      { created: { days: 3 }, expiresIn: { days: 9 } },
      { created: { days: 2 } },
      { created: { days: 1 }, operation },
    ],
  ),
  ...history(
    'deletes the older rows of an expired row with it, though they have not expired',
    [],
    [
      { created: { days: 4 }, expiresIn: { days: 9 } },
      { created: { hours: 5 }, expired },
    ],
  ),
  ...history(
    'deletes the older rows of an old row without EXPIRY_TIME with it',
    [],
    [{ created: { days: 20 } }, { created: { days: 15 }, expiry: null }],
  ),
  ...history(
    'deletes a young and a lower-case delete row that an expired row superseded',
    [],
    [
      { created: { hours: 4 }, operation: 'delete' },
      { created: { hours: 3 }, operation },
      { created: { hours: 2 }, expired },
    ],
  ),
  ...history(
    'keeps a session that a young DELETE row ended, with that row',
    [1, 2],
    [{ created: { days: 2 } }, { created: { hours: 11, minutes: 30 }, operation }],
  ),
  ...history(
    'keeps a session whose rows expired within the grace',
    [1, 2],
    [
      { created: { hours: 4 }, expired: grace },
      { created: { hours: 3 }, expired: grace },
    ],
  ),
  ...history(
    'deletes what expired past the grace and keeps what expired within it, when that is newer',
    [2],
    [
      { created: { hours: 4 }, expired },
      { created: { hours: 3 }, expired: grace },
    ],
  ),
  ...history(
    'deletes what expired within the grace, when what expired past it is newer',
    [],
    [
      { created: { hours: 4 }, expired: grace },
      { created: { hours: 3 }, expired },
    ],
  ),
  ...history(
    'goes by the newest of several ending rows, and keeps what is newer than that',
    [5, 6],
    [
      { created: { days: 4 }, operation },
      { created: { days: 3 } },
      { created: { days: 2 }, expired },
      { created: { days: 1 }, operation },
      { created: { hours: 2 } },
      { created: { hours: 1 }, operation },
    ],
  ),
  ...history(
    'keeps rows written in the future, and deletes what ended before them',
    [3],
    [{ created: { days: 3 } }, { created: { days: 2 }, operation }, { created: 2n ** 62n }],
  ),
  ...history(
    'deletes older rows whatever their order in the table',
    [1],
    [
      { created: { minutes: 30 } },
      { created: { days: 1 }, operation },
      { created: { days: 3 } },
      { created: { days: 2 } },
    ],
  ),
];

/** Not newer: what was written in the very moment of an ending row is ended by it. */
const sameMoment: readonly ScenarioCase[] = [
  ...history(
    'deletes a STORE row of the same moment as an old DELETE row',
    [],
    [{ created: 1_700_000_000_123_456_789n }, { created: 1_700_000_000_123_456_789n, operation }],
  ),
  ...history(
    'deletes a live DELETE row of the same moment as an expired STORE row',
    [],
    [
      { created: 4_000_000_000_000_000_000n, expired },
      { created: 4_000_000_000_000_000_000n, operation },
    ],
  ),
  ...history(
    'keeps two rows of the same moment of which neither ends the session',
    [1, 2],
    [{ created: 4_000_000_000_000_000_000n }, { created: 4_000_000_000_000_000_000n, operation }],
  ),
  ...history(
    'keeps both rows of a moment that is newer than the ending row',
    [2, 3],
    [
      { created: { days: 1 }, operation },
      { created: 4_000_000_000_000_000_000n },
      { created: 4_000_000_000_000_000_000n, operation },
    ],
  ),
];

const appType = 'AppAuthFrameworkSessionContextCache';
const typeA = (row: SessionRow): SessionRow => ({ ...row, type: appType });
const typeB = (row: SessionRow): SessionRow => ({ ...row, type: 'AuthenticationResultCache' });
const typeC = (row: SessionRow): SessionRow => ({ ...row, type: 'SAMLSSOSessionIndexCache' });

const types: readonly ScenarioCase[] = [
  ...history(
    'judges the types of a session apart',
    [2, 5, 6],
    [
      typeA({ created: { days: 1 }, operation }),
      typeB({ created: { days: 2 } }),
      typeC({ created: { days: 3 } }),
      typeC({ created: { hours: 5 }, expired }),
      typeC({ created: { hours: 1 } }),
      typeB({ created: { hours: 6 }, operation }),
    ],
  ),
  ...history(
    'keeps an older row of one type when a newer row of another type ended',
    [1],
    [typeA({ created: { days: 5 } }), typeB({ created: { days: 1 }, operation })],
  ),
];

const numbers = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => from + i);
const saved = (count: number, from: number): readonly SessionRow[] =>
  numbers(from, count).map((number) => ({ created: { days: 40, seconds: -number }, number }));

const long: readonly ScenarioCase[] = [
  ...history(
    'deletes a session of four hundred rows with its DELETE row',
    [],
    [...saved(400, 1), { created: { days: 1 }, operation, number: 401 }],
  ),
  ...history('keeps four hundred rows of a session that lives', numbers(1, 400), saved(400, 1)),
  ...history('keeps the newer half of six hundred rows, when the middle one ended', numbers(302, 300), [
    ...saved(300, 1),
    { created: { days: 40, seconds: -301 }, operation, number: 301 },
    ...saved(300, 302),
  ]),
];

const oneOfMany = (m: Clocks, index: number) =>
  index % 2 === 0
    ? session(m, `even-${index}`, { created: { days: 1 }, operation })
    : session(m, `odd-${index}`, { created: { days: 1 }, operation }, { created: { hours: 1 } });

const many: readonly ScenarioCase[] = [
  {
    name: 'deletes every second of three hundred sessions, and of the others what is superseded',
    rows: (m) => numbers(0, 300).flatMap((index) => oneOfMany(m, index)),
    survivors: { [sessionStore]: numbers(0, 150).map((half) => `odd-${half * 2 + 1}/2`) },
  },
  {
    name: 'deletes nothing where there is no row at all',
    rows: () => [],
    survivors: { [sessionStore]: [], [temporaryStore]: [] },
  },
  {
    name: 'deletes sessions whose ids sort oddly, and keeps those whose ids begin alike',
    rows: (m) => [
      ...['', ' lead', "it's", '%', '_', '~tilde', 'z'.repeat(100), '0', '10', '9', '-', 'B', 'a'].flatMap((id) =>
        session(m, id, { created: { days: 2 } }, { created: { days: 1 }, operation }),
      ),
      ...session(m, 'a1', { created: { days: 2 } }),
      ...session(m, 'z'.repeat(99), { created: { days: 2 } }),
    ],
    survivors: { [sessionStore]: ['a1/1', `${'z'.repeat(99)}/1`] },
  },
  {
    name: 'judges the same session in the two stores apart',
    rows: (m) => [
      ...session(m, 'a', { created: { days: 1 }, operation }),
      ...sessionIn(temporaryStore, m, 'a', { created: { days: 2 } }),
      ...session(m, 'b', { created: { days: 2 } }),
      ...sessionIn(temporaryStore, m, 'b', { created: { days: 1 }, operation }),
    ],
    survivors: { [sessionStore]: ['b/1'], [temporaryStore]: ['a/1'] },
  },
];

/** Sessions of several rows: what an ending row takes along, and what it leaves. */
export const sessionHistoryCases: readonly ScenarioCase[] = [
  ...victims,
  ...together,
  ...sameMoment,
  ...types,
  ...long,
  ...many,
];
