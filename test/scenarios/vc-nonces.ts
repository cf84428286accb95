import { type Expiring, expiryCases, randomExpiring, removeExpired } from '../support/data/expiry.js';
import type { PlacedRow } from '../support/data/row-factories.js';
import { after, before } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Scenario } from '../support/scenario/scenario.js';

const table = 'IDN_VC_NONCE';

const nonceOf = (tenant: bigint, id: string, end: string | bigint): PlacedRow => [
  table,
  { TENANT_ID: tenant, NONCE: id, EXPIRY_TIME: end },
];
const nonce: Expiring = { table, subject: 'a nonce', row: (id, end) => nonceOf(-1234n, id, end) };

/** Tenants share nonces: only the two columns together tell rows apart. */
const shared: Pick<Expiring, 'row'> = {
  row: (id, end) => {
    const number = BigInt(id.slice(1));
    return nonceOf(number % 3n, `n${number / 3n}`, end);
  },
};

export const scenario: Scenario = {
  policy: 'vc_nonces',
  tables: [table],
  keys: { [table]: ['NONCE', 'TENANT_ID'] },
  cases: [
    ...expiryCases(nonce).map((aCase) => ({
      ...aCase,
      survivors: { [table]: (aCase.survivors[table] ?? []).map((id) => `${id}/-1234`) },
    })),
    {
      name: 'keeps the nonce of one tenant where the same nonce of another expired',
      rows: ({ utcNow }) => [
        nonceOf(-1234n, 'n', before(utcNow, { days: 2 })),
        nonceOf(1n, 'n', after(utcNow, { minutes: 5 })),
        nonceOf(2n, 'n', before(utcNow, { hours: 23 })),
        nonceOf(3n, 'n', before(utcNow, { hours: 25 })),
      ],
      survivors: { [table]: ['n/1', 'n/2'] },
    },
  ],
  random: randomExpiring(shared),
  lives: (_, row, world) => isToCome(row.EXPIRY_TIME, world.facts.clocks.utcNow),
  model: (world) => removeExpired(world, table, 'EXPIRY_TIME'),
};
