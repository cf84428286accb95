import { type Expiring, expiryCases, randomExpiring, removeExpired } from '../support/data/expiry.js';
import type { PlacedRow } from '../support/data/row-factories.js';
import { after, before } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Scenario } from '../support/scenario/scenario.js';

const table = 'IDN_OIDC_JTI';

const used = (id: string, end: string | bigint): PlacedRow => [
  table,
  { JWT_ID: id, EXP_TIME: end, TIME_CREATED: '2024-01-01 00:00:00' },
];
const jwtId: Expiring = { table, subject: 'the id of a JWT', row: used };

export const scenario: Scenario = {
  policy: 'jti',
  tables: [table],
  keys: { [table]: ['JWT_ID'] },
  cases: [
    ...expiryCases(jwtId),
    {
      name: 'goes by the end of a JWT, not by when its id was written',
      rows: ({ utcNow }) => [
        [table, { JWT_ID: 'old', EXP_TIME: after(utcNow, { days: 1 }), TIME_CREATED: before(utcNow, { days: 900 }) }],
        [table, { JWT_ID: 'young', EXP_TIME: before(utcNow, { days: 2 }), TIME_CREATED: before(utcNow, { hours: 1 }) }],
      ],
      survivors: { [table]: ['old'] },
    },
    {
      name: 'keeps every id that a replay could still use, however many have expired',
      rows: ({ utcNow }) => [
        ...Array.from({ length: 30 }, (_, index) => used(`dead-${index}`, before(utcNow, { days: index + 2 }))),
        used('live-1', after(utcNow, { minutes: 5 })),
        used('live-2', before(utcNow, { minutes: 5 })),
      ],
      survivors: { [table]: ['live-1', 'live-2'] },
    },
  ],
  random: randomExpiring(jwtId),
  lives: (_, row, world) => isToCome(row.EXP_TIME, world.facts.clocks.utcNow),
  model: (world) => removeExpired(world, table, 'EXP_TIME'),
};
