import { afterAll, beforeAll, expect, test } from 'vitest';
import { installSchedule, removeSchedule } from '../../src/schedule/install-schedule.js';
import { parseSchedule } from '../../src/schedule/model.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { dialectOf } from '../schedule/support.js';
import { type Deployment, deploy, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { urlForDatabase } from '../support/engines/session.js';

/** Enough for several batches of the largest size. */
const tokens = 20_000;

/** What only Microsoft's own server proves: imitations lock, plan and schedule in their own ways. */
describeEngines(['mssql'], (engine) => {
  const isReal = engine.imitation === undefined;
  let deployment: Deployment;
  beforeAll(async () => {
    if (!isReal) return;
    deployment = await deploy(engine);
    await fillTokens(deployment, tokens);
  });
  afterAll(() => deployment?.database.drop());

  /** How often the server has locked a whole table instead of its rows since the table was first used. */
  async function escalations(table: string): Promise<number> {
    const [row] = await deployment.query(
      `SELECT SUM(index_lock_promotion_count) AS n
       FROM sys.dm_db_index_operational_stats(DB_ID(), OBJECT_ID('dbo.${table}'), NULL, NULL)`,
    );
    return Number(row?.n);
  }
  const all = async () =>
    Promise.all(['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'].map((table) => escalations(table)));

  test.runIf(isReal)('neither a run nor a restore locks a whole table of the product', async () => {
    const before = await all();
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    await deployment.query('EXEC restore_tokens 1');
    expect(await all()).toEqual(before);
  });

  test.runIf(isReal)('the Agent runs the job that the schedule makes', async () => {
    const dialect = dialectOf(engine);
    const connection = await dialect.connect({ url: deployment.database.url, connectTimeoutMs: 10_000 });
    const { procedure, setting } = deployment.plan.names;
    const scheduled = {
      dialect,
      procedure,
      settingTable: setting,
      scheduleName: `${procedure}_schedule`,
      connectTo: (name: string) =>
        dialect.connect({ url: urlForDatabase(deployment.database.url, name), connectTimeoutMs: 10_000 }),
    };
    try {
      await installSchedule(connection, scheduled, parseSchedule({ every: '1d', at: '01:00' }));
      const job = `${deployment.database.name}.dbo.${procedure}_schedule`;
      await connection.query(`EXEC msdb.dbo.sp_start_job @job_name = '${job}'`);
      await expect
        .poll(
          async () =>
            (
              await connection.query(
                `SELECT MAX(h.run_status) AS n FROM msdb.dbo.sysjobhistory AS h
                 JOIN msdb.dbo.sysjobs AS j ON j.job_id = h.job_id WHERE j.name = '${job}' AND h.step_id = 0`,
              )
            )[0]?.n,
          { timeout: 60_000, interval: 500 },
        )
        // 1: succeeded
        .toBe(1);
      expect(await lastRun(deployment)).toMatchObject({ run_id: '3', status: 'ended' });
    } finally {
      await removeSchedule(connection, scheduled);
      await connection.close();
    }
  });
});
