import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokens } from '../../src/policies/tokens.js';
import type { Schema } from '../../src/schema/types.js';
import { batchSizes, empty, fill, read } from '../support/conformance.js';
import { completeSchema } from '../support/data/later-tables.js';
import { code, databaseOf, hourMilliseconds, neverMilliseconds } from '../support/data/row-factories.js';
import { change, type Deployment, deploy, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { words } from '../support/words.js';

const table = 'IDN_OAUTH2_AUTHORIZATION_CODE';
const isCodes = (name: string): boolean => name.toUpperCase() === table;

/** A schema in which nothing leads to a code: no key, no index, and so no table that refers to one. */
const withoutKey = (schema: Schema): Schema => ({
  ...schema,
  tables: schema.tables.map((one) => ({
    ...one,
    ...(isCodes(one.name) && { primaryKey: [], indexes: [] }),
    foreignKeys: one.foreignKeys.filter(({ references }) => !isCodes(references)),
  })),
});

const ended = { TIME_CREATED: '2020-01-01 00:00:00', VALIDITY_PERIOD: hourMilliseconds };
const endless = { TIME_CREATED: '2020-01-01 00:00:00', VALIDITY_PERIOD: neverMilliseconds };
const rows = databaseOf([
  code('a', { ...endless, STATE: 'INACTIVE' }),
  code('b', { ...ended, STATE: 'ACTIVE' }),
  code('c', { ...ended, STATE: 'INACTIVE' }),
  code('d', { ...endless, STATE: 'ACTIVE' }),
  code('e', { ...endless, STATE: null }),
]);

const rowsOf = (...ids: readonly string[]) => ids.map((id) => code(id, { ...ended, STATE: 'INACTIVE' }));

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  let deployment: Deployment;
  beforeAll(async () => {
    const schema = withoutKey(completeSchema(engine.dialect));
    deployment = await deploy(engine, { policy: tokens, schema, tables: ['IDN_OAUTH2_ACCESS_TOKEN', table] });
  });
  afterAll(() => deployment?.database.drop());

  test.each(Object.entries(batchSizes))(
    'codes without key and index lose each dead row once, %s batches',
    async (_, sizes) => {
      const { plan, query, family } = deployment;
      await empty(deployment);
      await fill(deployment, rows);
      await change(deployment, sizes);
      const before = await read(deployment);
      const counts = async (from: string, count: string) => {
        const found = await query(
          `SELECT reason AS r, ${count} AS n FROM ${from} WHERE UPPER(table_name) = '${table}' AND ${count} > 0 ORDER BY reason`,
        );
        return found.map(({ r, n }) => [String(r), Number(n)]);
      };
      const expected = [
        ['inactive', 2],
        ['period_over', 1],
      ];
      expect(
        await counts(family === 'postgresql' ? `${plan.names.backlog}()` : plan.names.backlog, 'dead_rows'),
      ).toEqual(expected);
      await run(deployment);
      const { run_id: runId, status, why_stopped: why } = await lastRun(deployment);
      expect({ status, why }).toEqual({ status: 'ended', why: 'done' });
      expect((await read(deployment))[table]?.map(({ CODE_ID: id }) => id).sort()).toEqual(['d', 'e']);
      expect(await counts(`(SELECT * FROM ${plan.names.runReason} WHERE run_id = ${runId}) x`, 'deleted')).toEqual(
        expected,
      );
      await query(words[family].call(plan.names.restore, String(runId)));
      expect(await read(deployment)).toEqual(before);
    },
  );

  // On SQL Server and Oracle rows that are there are found in the same way, and equal ones counted in the same statement.
  test('equal rows come back as often as they were deleted, and no row twice', async () => {
    const { query, plan, family } = deployment;
    await empty(deployment);
    await fill(deployment, databaseOf([...rowsOf('a', 'a', 'a', 'b'), code('d', { ...endless, STATE: 'ACTIVE' })]));
    const before = await read(deployment);
    await run(deployment);
    expect(await read(deployment)).not.toEqual(before);
    const { run_id: runId } = await lastRun(deployment);
    for (const _ of ['to put them back', 'to find them there'])
      await query(words[family].call(plan.names.restore, String(runId)));
    expect(await read(deployment)).toEqual(before);
  });

  test('a row comes back beside one that differs in upper case, or in a NULL', async () => {
    const { query, plan, family } = deployment;
    await empty(deployment);
    await fill(deployment, databaseOf(rowsOf('a')));
    await run(deployment);
    const { run_id: runId } = await lastRun(deployment);
    const backup = plan.backups.find(({ source }) => isCodes(source.name));
    const columns = backup?.columns.map(({ name }) => name).join(', ');
    for (const change of ["CALLBACK_URL = 'here'", "CODE_ID = 'A'"]) {
      await query(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${backup?.name} WHERE RUN_ID = ${runId}`);
      await query(`UPDATE ${table} SET ${change} WHERE CALLBACK_URL IS NULL`);
    }
    await query(words[family].call(plan.names.restore, String(runId)));
    expect((await read(deployment))[table]?.map(({ CODE_ID: id }) => id).sort()).toEqual(['A', 'a', 'a']);
  });
});
