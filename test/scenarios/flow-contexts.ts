import { type Expiring, expiryCases, randomExpiring, removeExpired } from '../support/data/expiry.js';
import type { PlacedRow } from '../support/data/row-factories.js';
import { after, before } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import type { Scenario } from '../support/scenario/scenario.js';

const table = 'IDN_FLOW_CONTEXT_STORE';

const context = (id: string, fields: Row): PlacedRow => [
  table,
  {
    ID: id,
    TENANT_ID: -1234n,
    FLOW_TYPE: 'REGISTRATION',
    FLOW_STATE_JSON: `{"flow":"${id}"}`,
    CREATED_AT: '2024-01-01 00:00:00',
    ...fields,
  },
];
const flowContext: Expiring = {
  table,
  subject: 'the context of a flow',
  row: (id, end) => context(id, { EXPIRES_AT: end }),
};

export const scenario: Scenario = {
  policy: 'flow_contexts',
  tables: [table],
  cases: [
    ...expiryCases(flowContext),
    {
      name: 'goes by the end of a context, not by when it was created',
      rows: ({ utcNow }) => [
        context('old', { CREATED_AT: before(utcNow, { days: 900 }), EXPIRES_AT: after(utcNow, { hours: 1 }) }),
        context('young', { CREATED_AT: before(utcNow, { hours: 1 }), EXPIRES_AT: before(utcNow, { days: 2 }) }),
      ],
      survivors: { [table]: ['old'] },
    },
    {
      name: 'deletes expired contexts of every kind of flow and every tenant, and no other',
      rows: ({ utcNow }) =>
        ['REGISTRATION', 'PASSWORD_RECOVERY', 'INVITED_USER_REGISTRATION', ''].flatMap((type, index) =>
          [-1234n, 7n].flatMap((tenant) => [
            context(`dead-${index}-${tenant}`, {
              FLOW_TYPE: type,
              TENANT_ID: tenant,
              EXPIRES_AT: before(utcNow, { hours: 25 }),
            }),
            context(`live-${index}-${tenant}`, {
              FLOW_TYPE: type,
              TENANT_ID: tenant,
              EXPIRES_AT: before(utcNow, { hours: 23 }),
            }),
          ]),
        ),
      survivors: { [table]: [0, 1, 2, 3].flatMap((index) => [`live-${index}--1234`, `live-${index}-7`]) },
    },
  ],
  random: randomExpiring(flowContext),
  lives: (_, row, world) => isToCome(row.EXPIRES_AT, world.facts.clocks.utcNow),
  model: (world) => removeExpired(world, table, 'EXPIRES_AT'),
};
