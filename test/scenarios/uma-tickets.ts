import * as fc from 'fast-check';
import { minutesPast, past } from '../support/data/expiry.js';
import { application, type Lifetimes, lifetimeColumns } from '../support/data/revocations.js';
import { databaseOf, type PlacedRow, token } from '../support/data/row-factories.js';
import { before } from '../support/data/span.js';
import { asked, askedScopeTable, askedTable, resource, ticket, ticketTable, umaToken } from '../support/data/uma.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import { formatStamp, microsecondsPerHour, microsecondsPerSecond, parseStamp } from '../support/model/stamps.js';
import type { Clocks, Scenario, ScenarioCase } from '../support/scenario/scenario.js';
import type { World } from '../support/scenario/world.js';

const apps = 'IDN_OAUTH_CONSUMER_APPS';
const tokens = 'IDN_OAUTH2_ACCESS_TOKEN';

/** The ticket that its tenant keeps, whatever the others are. */
const newest = (clocks: Clocks): PlacedRow => ticket(99, { EXPIRY_TIME: before(clocks.utcNow, { days: 3000 }) });

/** One ticket beside a newer one, with what else is there. */
const single = (
  outcome: 'keeps' | 'deletes',
  words: string,
  fields: (clocks: Clocks) => Row,
  others: readonly PlacedRow[] = [],
  settings: ScenarioCase['settings'] = {},
): ScenarioCase => ({
  name: `${outcome} a ticket ${words}`,
  settings,
  rows: (clocks) => [ticket(1, fields(clocks)), newest(clocks), ...others],
  survivors: { [ticketTable]: outcome === 'keeps' ? ['1', '99'] : ['99'] },
});
const expired =
  (span: Parameters<typeof before>[1], fields: Row = {}) =>
  ({ utcNow }: Clocks): Row => ({ EXPIRY_TIME: before(utcNow, span), ...fields });

const month = 720;
const led: Row = { TOKEN_ID: 't' };

const cases: readonly ScenarioCase[] = [
  single('keeps', 'that can still be exchanged', expired({ minutes: -5 })),
  single('keeps', 'that ended a minute ago', expired({ minutes: 1 })),
  single('keeps', 'that ended a quarter of an hour less than a day ago', expired({ hours: 24, minutes: -15 })),
  single('deletes', 'that ended a quarter of an hour more than a day ago', expired({ hours: 24, minutes: 15 })),
  single('deletes', 'that ended years ago', expired({ days: 1500 })),
  ...['ACTIVE', 'EXPIRED', 'REVOKED'].map((state) =>
    single('deletes', `in the state ${state}`, expired({ days: 9 }, { TICKET_STATE: state })),
  ),
  ...['CLAIMS_NEEDED', 'active', 'ACTIVE ', ''].map((state) =>
    single('keeps', `in the state '${state}', of which nobody knows what it means`, (clocks) =>
      expired({ days: 9 }, { TICKET_STATE: state })(clocks),
    ),
  ),
  single('keeps', 'in no state', expired({ days: 9 }, { TICKET_STATE: null })),
  single('keeps', 'whose token is there, however long ago it ended', expired({ days: 3000 }, led), [umaToken('t')]),
  single('keeps', 'whose token is there, whatever its state', expired({ days: 3000 }, led), [
    token('t', { TIME_CREATED: '2020-01-01 00:00:00', TOKEN_STATE: 'REVOKED' }),
  ]),
  single('deletes', 'whose token is gone and that ended long ago', expired({ days: 3000 }, led), [umaToken('other')]),
  single(
    'keeps',
    'whose token has no row and may live for a quarter of an hour yet',
    expired({ hours: month + 24, minutes: -15 }, led),
  ),
  single(
    'deletes',
    'whose token has no row and cannot live any more',
    expired({ hours: month + 24, minutes: 15 }, led),
  ),
  single('keeps', 'whose token has no row, within a longer setting', expired({ hours: month + 200 }, led), [], {
    longest_lifetime_hours: 2000,
  }),
  single(
    'keeps',
    'whose token has no row, if one application states a longer life',
    expired({ hours: month + 200 }, led),
    [application(1n, { USER_ACCESS_TOKEN_EXPIRE_TIME: 7_200_000n })],
  ),
  single('keeps', 'whose token has no row, if tokens of one application live for ever', expired({ days: 3000 }, led), [
    application(1n, { APP_ACCESS_TOKEN_EXPIRE_TIME: -1n }),
  ]),
  single('deletes', 'that led to no token, though tokens of an application live for ever', expired({ hours: 25 }), [
    application(1n, { APP_ACCESS_TOKEN_EXPIRE_TIME: -1n }),
  ]),
  {
    ...single('keeps', 'that ended on the zero date', () => ({ EXPIRY_TIME: '0000-00-00 00:00:00' })),
    needs: { zeroDates: true },
  },
  {
    name: 'keeps the newest ticket of each tenant, and one of no tenant',
    rows: ({ utcNow }) =>
      (
        [
          [1, -1234n],
          [2, 7n],
          [3, -1234n],
          [4, 7n],
          [5, 8n],
          [6, null],
          [7, null],
        ] as const
      ).map(([id, tenant]) => ticket(id, { TENANT_ID: tenant, EXPIRY_TIME: before(utcNow, { days: 9 }) })),
    survivors: { [ticketTable]: ['3', '4', '5', '6', '7'] },
  },
  {
    name: 'takes along what a dead ticket asked for, and nothing else',
    rows: (clocks) => [
      ticket(1, expired({ days: 9 })(clocks)),
      ticket(2, expired({ minutes: -5 })(clocks)),
      newest(clocks),
      ...resource,
      ...[1, 2, 99].flatMap((id) => [...asked(id, id), ...asked(id + 100, id)]),
    ],
    survivors: {
      [ticketTable]: ['2', '99'],
      [askedTable]: ['2', '99', '102', '199'],
      [askedScopeTable]: ['2', '99', '102', '199'],
    },
  },
];

/** Seconds that tokens live at most, or nothing where they may live for ever. */
function longestSeconds(lifetimes: readonly (bigint | null | undefined)[], floorHours: number): bigint | undefined {
  let longest = BigInt(floorHours) * 3600n;
  for (const seconds of lifetimes) {
    if (seconds === null || seconds === undefined) continue;
    if (seconds < 0n || seconds > 3_155_760_000n) return undefined;
    if (seconds > longest) longest = seconds;
  }
  return longest;
}

const stated = (world: World): readonly (bigint | undefined)[] =>
  world
    .rows(apps)
    .flatMap((app) => lifetimeColumns.map((column) => app[column]))
    .map((value) => (typeof value === 'bigint' ? value : undefined));

const lifetimeOf = (world: World): bigint | undefined =>
  longestSeconds(stated(world), world.number('longest_lifetime_hours', month));

const hasToken = (world: World, { TOKEN_ID: id }: Row): boolean =>
  world.rows(tokens).some((one) => one.TOKEN_ID === id);

function model(world: World): void {
  const lifetime = lifetimeOf(world);
  const limit = world.surelyHoursAgo(24);
  const kept = new Map<unknown, unknown>();
  for (const { TENANT_ID: tenant, ID: id } of world.rows(ticketTable)) {
    const largest = kept.get(tenant);
    if (typeof largest !== 'bigint' || (typeof id === 'bigint' && id > largest)) kept.set(tenant, id);
  }
  world.remove(ticketTable, (row) => {
    if (row.TENANT_ID === null || kept.get(row.TENANT_ID) === row.ID) return undefined;
    if (row.TICKET_STATE !== 'ACTIVE' && row.TICKET_STATE !== 'EXPIRED' && row.TICKET_STATE !== 'REVOKED') {
      return undefined;
    }
    const end = parseStamp(row.EXPIRY_TIME);
    if (end === undefined) return undefined;
    if (row.TOKEN_ID === null) return end < limit ? 'expired' : undefined;
    if (lifetime === undefined || hasToken(world, row)) return undefined;
    return end < limit - lifetime * microsecondsPerSecond ? 'expired' : undefined;
  });
}

const planned = fc.record({
  floorHours: fc.constantFrom(720, 1, 24, 8_760),
  /** Few live for ever: one alone keeps every ticket that led to a token. */
  lifetime: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom<Lifetimes>({}, { APP_ACCESS_TOKEN_EXPIRE_TIME: 31_536_000n }) },
    { weight: 1, arbitrary: fc.constant<Lifetimes>({ APP_ACCESS_TOKEN_EXPIRE_TIME: -1n }) },
  ),
  tickets: fc.array(
    fc.record({
      state: fc.constantFrom('ACTIVE', 'ACTIVE', 'EXPIRED', 'REVOKED', 'CLAIMS_NEEDED', null),
      tenant: fc.constantFrom(-1234n, -1234n, 1n, null),
      ledTo: fc.constantFrom('nothing', 'a token', 'a token that is gone'),
      minutes: minutesPast,
      asks: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 5, maxLength: 50, size: 'max' },
  ),
});

export const scenario: Scenario = {
  policy: 'uma_tickets',
  tables: [apps, tokens, 'IDN_UMA_RESOURCE', 'IDN_UMA_RESOURCE_SCOPE', ticketTable, askedTable, askedScopeTable],
  keys: { [tokens]: ['TOKEN_ID'] },
  settings: { longest_lifetime_hours: month },
  cases,
  random: planned.map((plan) => ({ utcNow }) => {
    const lifetime = longestSeconds(Object.values(plan.lifetime), plan.floorHours) ?? 0n;
    const rows = plan.tickets.flatMap(({ state, tenant, ledTo, minutes, asks }, index): readonly PlacedRow[] => {
      const life = ledTo === 'nothing' ? 0n : lifetime * microsecondsPerSecond;
      const end = past(utcNow - 24n * microsecondsPerHour - life, minutes);
      const id = index + 1;
      return [
        ticket(id, {
          EXPIRY_TIME: formatStamp(end),
          TICKET_STATE: state,
          TENANT_ID: tenant,
          TOKEN_ID: ledTo === 'nothing' ? null : `t${id}`,
        }),
        ...(ledTo === 'a token' ? [umaToken(`t${id}`)] : []),
        ...Array.from({ length: asks }, (_, at) => asked(id * 10 + at, id)).flat(),
      ];
    });
    return {
      database: databaseOf([application(1n, plan.lifetime), ...resource, ...rows]),
      settings: { longest_lifetime_hours: plan.floorHours },
    };
  }),
  lives: (table, row, world) => {
    // What a ticket asked for goes with it; everything else stays.
    if (table !== ticketTable) return table !== askedTable && table !== askedScopeTable;
    const now = world.facts.clocks.utcNow;
    if (isToCome(row.EXPIRY_TIME, now)) return true;
    if (row.TOKEN_ID === null) return false;
    const lifetime = lifetimeOf(world);
    if (lifetime === undefined || hasToken(world, row)) return true;
    return isToCome(row.EXPIRY_TIME, now - lifetime * microsecondsPerSecond);
  },
  model,
};
