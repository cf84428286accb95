import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessions } from '../../src/policies/sessions.js';
import type { Schema } from '../../src/schema/types.js';
import { fill, read } from '../support/conformance.js';
import { mapping, mappingTables, sessionStore, temporaryStore } from '../support/data/auth-session-rows.js';
import { completeSchema } from '../support/data/later-tables.js';
import { databaseOf } from '../support/data/row-factories.js';
import { change, type Deployment, deploy, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

const table = 'IDN_FED_AUTH_SESSION_MAPPING';
const tables = [sessionStore, temporaryStore, ...mappingTables];

/** The product asks for a session id in every mapping; a database of one's own making may not. */
const withNullableIds = (schema: Schema): Schema => ({
  ...schema,
  tables: schema.tables.map((one) =>
    one.name.toUpperCase() !== table
      ? one
      : {
          ...one,
          columns: one.columns.map((column) =>
            column.name.toUpperCase() === 'SESSION_ID' ? { ...column, nullable: true } : column,
          ),
        },
  ),
});

describeEngines(['postgresql', 'mysql', 'mariadb', 'mssql', 'oracle'], (engine) => {
  let deployment: Deployment;
  beforeAll(async () => {
    const schema = withNullableIds(completeSchema(engine.dialect));
    deployment = await deploy(engine, { policy: sessions, schema, tables });
  });
  afterAll(() => deployment?.database.drop());

  test('keeps a mapping without a session id, and sweeps the others all the same', async () => {
    const [, nameless] = mapping(table, 1, '', 'alice');
    await change(deployment, { orphan_sweep: 'yes' });
    await fill(deployment, databaseOf([[table, { ...nameless, SESSION_ID: null }], mapping(table, 2, 's', 'alice')]));
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });

    const { plan, query } = deployment;
    const list = plan.steps.find(({ table: { name } }) => name.toUpperCase() === table)?.list?.name;
    expect((await query(`SELECT SESSION_ID AS id FROM ${list}`)).map(({ id }) => id)).toEqual(['s']);
    expect((await read(deployment))[table]).toHaveLength(2);
  });
});
