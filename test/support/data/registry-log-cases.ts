import type { Row, Value } from '../model/rows.js';
import type { ScenarioCase, Settings } from '../scenario/scenario.js';
import { elsewhere, home, logEntry } from './registry-rows.js';
import { before, type Span } from './span.js';

interface Entry {
  /** How long ago; ten days where nothing is said. */
  readonly age?: Span;
  readonly fields?: Row;
}

/** Entries of `/a`, numbered from 1; those whose numbers are in `left` stay. */
const entries = (
  name: string,
  left: readonly number[],
  list: readonly Entry[],
  settings: Settings = {},
): ScenarioCase => ({
  name,
  settings,
  rows: (m) =>
    list.map(({ age = { days: 10 }, fields = {} }, index) =>
      logEntry(index + 1, { REG_LOGGED_TIME: before(m.utcNow, age), ...fields }),
    ),
  survivors: {
    REG_LOG: list.flatMap(({ fields = {} }, index) =>
      left.includes(index + 1) ? [`${fields.REG_LOG_ID ?? index + 1}/${fields.REG_TENANT_ID ?? home}`] : [],
    ),
  },
});

const at = (path: Value): Entry => ({ fields: { REG_PATH: path } });
const by = (action: bigint, age?: Span): Entry => ({ fields: { REG_ACTION: action }, ...(age && { age }) });
const numbered = (id: bigint, tenant = home): Entry => ({ fields: { REG_LOG_ID: id, REG_TENANT_ID: tenant } });
const longPath = `/${'p'.repeat(748)}`;

/** Paths that a careless comparison takes for one. */
const alike: readonly (readonly [string, string, string])[] = [
  ['in case', '/repository/Api', '/repository/api'],
  ['in a trailing blank', '/repository/api', '/repository/api '],
  ['in a trailing slash', '/repository/api', '/repository/api/'],
  ['in an accent', '/repository/café', '/repository/cafe'],
  ['in being empty or blank', '', ' '],
  ['in what a pattern would match', '/a_b/%', '/axb/yy'],
  ['in a backslash and quotes', "/a\\'b", "/a'b"],
  ['in the last of 750 characters', `${longPath}a`, `${longPath}b`],
];

const newestCases: readonly ScenarioCase[] = [
  entries('keeps the newest log entry of a path alone', [3], [{}, {}, {}]),
  entries('keeps an old log entry that is the only one of its path', [1], [{ age: { days: 3000 } }]),
  entries(
    'keeps the newest of forty log entries',
    [40],
    Array.from({ length: 40 }, () => ({})),
  ),
  entries(
    'goes by the number of log entries, not by their stamps',
    [3],
    [{ age: { days: 2 } }, { age: { days: 400 } }, { age: { days: 900 } }],
  ),
  entries(
    'deletes log entries that a newer one supersedes, however young that is',
    [2, 3],
    [{}, { age: { hours: 3 } }, { age: {} }],
  ),
  entries('tells log entries of different paths apart', [2, 4], [at('/a'), at('/a'), at('/b'), at('/b')]),
  ...alike.map(([how, one, other]) => ({
    ...entries(`tells paths in the log apart that differ ${how}`, [3, 4], [at(one), at(other), at(one), at(other)]),
    ...(one === '' && { needs: { emptyText: true } as const }),
  })),
  {
    ...entries('keeps log entries without a path', [1, 2, 4], [at(null), at(null), at('/a'), at('/a')]),
    needs: { nullable: ['REG_LOG.REG_PATH'] },
  },
  entries(
    'keeps the newest log entry of a path in each tenant',
    [3, 4],
    [numbered(1n), numbered(2n, elsewhere), numbered(3n), numbered(4n, elsewhere)],
  ),
  entries(
    'keeps a log entry whose number another tenant has for a superseded one',
    [2, 3],
    [numbered(5n), numbered(6n), numbered(5n, elsewhere)],
  ),
  entries(
    'deletes a log entry whose number another tenant has for its newest',
    [1, 3],
    [numbered(5n), numbered(5n, elsewhere), numbered(6n, elsewhere)],
  ),
  entries(
    'orders log entries with numbers from one end to the other',
    [4],
    [numbered(-2_147_483_648n), numbered(-1n), numbered(0n), numbered(2_147_483_647n)],
  ),
];

const ageCases: readonly ScenarioCase[] = [
  entries(
    'keeps a superseded log entry a quarter of an hour short of a day',
    [1, 2],
    [{ age: { hours: 24, minutes: -15 } }, {}],
  ),
  entries(
    'deletes a superseded log entry a quarter of an hour over a day old',
    [2],
    [{ age: { hours: 24, minutes: 15 } }, {}],
  ),
  ...[-14, 12].map((hours) =>
    entries(
      `keeps superseded log entries of this moment on a clock ${hours} h behind UTC`,
      [1, 2, 3],
      [{ age: { hours } }, by(7n, { hours }), { age: { hours } }],
    ),
  ),
  entries('keeps superseded log entries from the future', [1, 2], [{ age: { days: -30 } }, {}]),
  ...[48, 720, 8760].flatMap((hours) => [
    entries(
      `keeps log entries younger than ${hours} h where that is the minimum`,
      [1, 2, 3],
      [{ age: { hours, minutes: -15 } }, by(7n, { hours, minutes: -15 }), { age: { hours: 1 } }],
      { log_minimum_age_hours: hours },
    ),
    entries(
      `deletes log entries older than ${hours} h where that is the minimum`,
      [3],
      [{ age: { hours, minutes: 15 } }, by(7n, { hours, minutes: 15 }), { age: { hours: 1 } }],
      { log_minimum_age_hours: hours },
    ),
  ]),
  {
    ...entries(
      'keeps log entries stamped on the zero date',
      [1, 2],
      [{ fields: { REG_LOGGED_TIME: '0000-00-00 00:00:00' } }, {}],
    ),
    needs: { zeroDates: true },
  },
];

const actionCases: readonly ScenarioCase[] = [
  ...[-1n, 0n, 2n, 6n, 8n, 9n, 17n, 70n, 77n, -7n, 2_147_483_647n].map((action) =>
    entries(`keeps the newest log entry of a path by action ${action}`, [2], [{}, by(action)]),
  ),
  entries('deletes the newest log entry of a path where it says that the resource was deleted', [], [{}, {}, by(7n)]),
  entries('deletes the only log entry of a path where it says that the resource was deleted', [], [by(7n)]),
  entries(
    'keeps a deletion in the log a quarter of an hour short of a day',
    [2],
    [{}, by(7n, { hours: 24, minutes: -15 })],
  ),
  entries(
    'deletes a deletion in the log a quarter of an hour over a day old',
    [],
    [by(7n, { hours: 24, minutes: 15 })],
  ),
  entries('keeps the log entry of a resource that came back after its deletion', [3], [{}, by(7n), by(0n)]),
  entries(
    'keeps a deletion in the log while an older entry of its path is too young',
    [1, 3],
    [by(1n, { hours: 3 }), {}, by(7n)],
  ),
  entries('deletes deletions in the log that a deletion supersedes', [], [by(7n), by(1n), by(7n), by(7n)]),
  entries('keeps a young entry that supersedes a deletion in the log', [2], [by(7n), by(1n, { hours: 3 })]),
  entries(
    'keeps a deletion in the log while a young one supersedes it no more than an entry does',
    [2],
    [by(1n), by(7n, { hours: 3 })],
  ),
  {
    ...entries(
      'keeps deletions in the log without a path, which tell of nothing',
      [1, 2, 3],
      [
        { fields: { REG_PATH: null } },
        { fields: { REG_PATH: null, REG_ACTION: 7n } },
        { fields: { REG_PATH: null, REG_ACTION: 7n }, age: { hours: 20 } },
      ],
    ),
    needs: { nullable: ['REG_LOG.REG_PATH'] },
  },
  entries(
    'judges a deletion in the log of each tenant by itself',
    [2],
    [by(7n), { fields: { REG_LOG_ID: 1n, REG_TENANT_ID: elsewhere } }],
  ),
];

/** The registry's log. */
export const registryLogCases: readonly ScenarioCase[] = [...newestCases, ...ageCases, ...actionCases];
