import * as fc from 'fast-check';
import { type Expiring, expiringRows, expiryCases, milliseconds } from '../support/data/expiry.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import type { Scenario, ScenarioCase } from '../support/scenario/scenario.js';

const table = 'IDN_OAUTH_PAR';

const request = (id: string, end: string | bigint): PlacedRow => [
  table,
  { REQ_URI_REF: id, CLIENT_ID: 'client', SCHEDULED_EXPIRY: end, PARAMETERS: '{"scope":"openid"}' },
];
const pushed: Expiring = { table, subject: 'a pushed request', row: request, written: milliseconds };

const largest = 9_223_372_036_854_775_807n;

/** The product compares SCHEDULED_EXPIRY with its own milliseconds: what is small is long over, what is huge never is. */
const extremes: readonly (readonly ['keeps' | 'deletes', bigint])[] = [
  ['deletes', 0n],
  ['deletes', -1n],
  ['deletes', -largest - 1n],
  ['deletes', 1n],
  ['deletes', 1_700_000_000n],
  ['keeps', 99_999_999_999_990n],
  ['keeps', largest],
];

const extremeCases = extremes.map(
  ([outcome, end]): ScenarioCase => ({
    name: `${outcome} a pushed request of SCHEDULED_EXPIRY ${end}`,
    rows: () => [request('r', end)],
    survivors: { [table]: outcome === 'keeps' ? ['r'] : [] },
  }),
);

export const scenario: Scenario = {
  policy: 'par_requests',
  tables: [table],
  keys: { [table]: ['REQ_URI_REF'] },
  cases: [...expiryCases(pushed), ...extremeCases],
  random: fc
    .tuple(
      expiringRows(pushed),
      fc.array(fc.constantFrom(...extremes.map(([, end]) => end), largest - 1n, 4_102_444_800_000n), { maxLength: 8 }),
    )
    .map(([rowsAt, odd]) => (clocks) => ({
      database: databaseOf([...rowsAt(clocks), ...odd.map((end, index) => request(`odd${index}`, end))]),
      settings: {},
    })),
  model: (world) => {
    const limit = milliseconds(world.hoursAgo(24));
    world.remove(table, ({ SCHEDULED_EXPIRY: end }) =>
      typeof end === 'bigint' && end < limit ? 'expired' : undefined,
    );
  },
};
