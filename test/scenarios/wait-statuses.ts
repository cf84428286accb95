import * as fc from 'fast-check';
import { sessionKeys, sessionStore, temporaryStore } from '../support/data/auth-session-rows.js';
import { minutesPast, past } from '../support/data/expiry.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { after, before } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import { formatStamp, microsecondsPerDay, parseStamp } from '../support/model/stamps.js';
import type { Clocks, Scenario, ScenarioCase } from '../support/scenario/scenario.js';
import type { World } from '../support/scenario/world.js';

const table = 'IDN_AUTH_WAIT_STATUS';
const retentionDays = 14;

const wait = (id: number, fields: Row): PlacedRow => [
  table,
  {
    ID: BigInt(id),
    TENANT_ID: -1234n,
    LONG_WAIT_KEY: `login-${id}`,
    WAIT_STATUS: '1',
    TIME_CREATED: '2024-01-01 00:00:00',
    ...fields,
  },
];

/** A login that is kept in a store of sessions, under its own id. */
const login = (store: string, key: string, fields: Row = {}): PlacedRow => [
  store,
  {
    SESSION_ID: key,
    SESSION_TYPE: 'AuthenticationContextCache',
    OPERATION: 'STORE',
    TIME_CREATED: 1_700_000_000_000_000_000n,
    EXPIRY_TIME: 1_700_000_900_000_000_000n,
    TENANT_ID: 1n,
    ...fields,
  },
];

const single = (
  outcome: 'keeps' | 'deletes',
  words: string,
  fields: (clocks: Clocks) => Row,
  others: readonly PlacedRow[] = [],
  settings: ScenarioCase['settings'] = {},
): ScenarioCase => ({
  name: `${outcome} the mark of a login ${words}`,
  settings,
  rows: (clocks) => [wait(1, fields(clocks)), ...others],
  survivors: { [table]: outcome === 'keeps' ? ['1'] : [] },
});
const ended =
  (span: Parameters<typeof before>[1], fields: Row = {}) =>
  ({ utcNow }: Clocks): Row => ({ EXPIRE_TIME: before(utcNow, span), ...fields });

const cases: readonly ScenarioCase[] = [
  single('keeps', 'that waits', ({ utcNow }) => ({ EXPIRE_TIME: after(utcNow, { seconds: 5 }) })),
  single('keeps', 'that ended a minute ago', ended({ minutes: 1 })),
  single('keeps', 'that ended a quarter of an hour less than 14 days ago', ended({ days: 14, minutes: -15 })),
  single('deletes', 'that ended a quarter of an hour more than 14 days ago', ended({ days: 14, minutes: 15 })),
  single('deletes', 'that ended years ago', ended({ days: 1500 })),
  ...['0', '1', '9'].map((status) =>
    single('deletes', `whose status is ${status}, long after its end`, ended({ days: 20 }, { WAIT_STATUS: status })),
  ),
  single('keeps', 'within a longer setting', ended({ days: 29 }), [], { wait_retention_days: 30 }),
  single('deletes', 'beyond a shorter setting', ended({ days: 3 }), [], { wait_retention_days: 2 }),
  ...[sessionStore, temporaryStore].flatMap((store) => [
    single('keeps', `that is in ${store}, however long ago it ended`, ended({ days: 900 }), [login(store, 'login-1')]),
    single('keeps', `of which ${store} says that it was deleted`, ended({ days: 900 }), [
      login(store, 'login-1', { OPERATION: 'DELETE' }),
    ]),
    single('deletes', `where only another login is in ${store}`, ended({ days: 900 }), [login(store, 'login-10')]),
  ]),
  {
    ...single('keeps', 'that ended on the zero date', () => ({ EXPIRE_TIME: '0000-00-00 00:00:00' })),
    needs: { zeroDates: true },
  },
  {
    name: 'goes by the end of a wait, not by when it began',
    rows: ({ utcNow }) => [
      wait(1, { TIME_CREATED: before(utcNow, { days: 900 }), EXPIRE_TIME: after(utcNow, { hours: 1 }) }),
      wait(2, { TIME_CREATED: before(utcNow, { hours: 1 }), EXPIRE_TIME: before(utcNow, { days: 20 }) }),
    ],
    survivors: { [table]: ['1'] },
  },
];

const isKept = (world: World, { LONG_WAIT_KEY: key }: Row): boolean =>
  [sessionStore, temporaryStore].some((store) => world.rows(store).some(({ SESSION_ID: id }) => id === key));

const planned = fc.record({
  days: fc.constantFrom(14, 1, 60),
  waits: fc.array(
    fc.record({
      minutes: minutesPast,
      status: fc.constantFrom('0', '1'),
      kept: fc.constantFrom('nowhere', 'nowhere', sessionStore, temporaryStore),
    }),
    { minLength: 5, maxLength: 50, size: 'max' },
  ),
});

export const scenario: Scenario = {
  policy: 'wait_statuses',
  tables: [table, sessionStore, temporaryStore],
  keys: sessionKeys,
  settings: { wait_retention_days: retentionDays },
  cases,
  random: planned.map((plan) => ({ utcNow }) => ({
    database: databaseOf(
      plan.waits.flatMap(({ minutes, status, kept }, index) => [
        wait(index, {
          EXPIRE_TIME: formatStamp(past(utcNow - BigInt(plan.days) * microsecondsPerDay, minutes)),
          WAIT_STATUS: status,
        }),
        ...(kept === 'nowhere' ? [] : [login(kept, `login-${index}`)]),
      ]),
    ),
    settings: { wait_retention_days: plan.days },
  })),
  lives: (of, row, world) => {
    if (of !== table || isKept(world, row)) return true;
    const days = BigInt(world.number('wait_retention_days', retentionDays));
    return isToCome(row.EXPIRE_TIME, world.facts.clocks.utcNow - days * microsecondsPerDay);
  },
  model: (world) => {
    const limit = world.surelyHoursAgo(24 * world.number('wait_retention_days', retentionDays));
    world.remove(table, (row) => {
      if (isKept(world, row)) return undefined;
      const end = parseStamp(row.EXPIRE_TIME);
      return end !== undefined && end < limit ? 'retention_over' : undefined;
    });
  },
};
