import { type Expiring, expiryCases, randomExpiring, removeExpired } from '../support/data/expiry.js';
import type { PlacedRow } from '../support/data/row-factories.js';
import { after, before } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import type { Scenario } from '../support/scenario/scenario.js';

const table = 'IDN_SAML2_ARTIFACT_STORE';

/** An artifact of a login; its message handle is what tells it apart. */
const artifact = (id: string, fields: Row): PlacedRow => [
  table,
  {
    ID: BigInt(id.slice(1)),
    SOURCE_ID: '6d2b63b0a08d8b2a3f4c5b2f1f6f8f7e1d2c3b4a',
    MESSAGE_HANDLER: `handle-of-${id}`,
    SESSION_ID: `session-of-${id}`,
    INIT_TIMESTAMP: '2024-01-01 00:00:00',
    ASSERTION_ID: null,
    ...fields,
  },
];
const expiring: Expiring = {
  table,
  subject: 'an artifact',
  row: (id, end) => artifact(id === 'r' ? 'r1' : id, { EXP_TIMESTAMP: end }),
};

/** Rows are told apart by a number here, in the shared cases by a name. */
const numbered = (id: string): string => (id === 'r' ? '1' : id.slice(1));

export const scenario: Scenario = {
  policy: 'saml_artifacts',
  tables: [table],
  cases: [
    ...expiryCases(expiring).map((aCase) => ({
      ...aCase,
      survivors: { [table]: (aCase.survivors[table] ?? []).map(numbered) },
    })),
    {
      name: 'goes by the end of an artifact, not by when it was made',
      rows: ({ utcNow }) => [
        artifact('a1', { INIT_TIMESTAMP: before(utcNow, { days: 900 }), EXP_TIMESTAMP: after(utcNow, { hours: 1 }) }),
        artifact('a2', { INIT_TIMESTAMP: before(utcNow, { hours: 1 }), EXP_TIMESTAMP: before(utcNow, { days: 2 }) }),
      ],
      survivors: { [table]: ['1'] },
    },
    {
      name: 'deletes an artifact whether an assertion is kept for it or not',
      rows: ({ utcNow }) => [
        artifact('a1', { EXP_TIMESTAMP: before(utcNow, { days: 2 }), ASSERTION_ID: 'assertion-1' }),
        artifact('a2', { EXP_TIMESTAMP: before(utcNow, { days: 2 }), ASSERTION_ID: null }),
        artifact('a3', { EXP_TIMESTAMP: after(utcNow, { minutes: 4 }), ASSERTION_ID: 'assertion-3' }),
      ],
      survivors: { [table]: ['3'] },
    },
  ],
  random: randomExpiring(expiring),
  lives: (_, row, world) => isToCome(row.EXP_TIMESTAMP, world.facts.clocks.utcNow),
  model: (world) => removeExpired(world, table, 'EXP_TIMESTAMP'),
};
