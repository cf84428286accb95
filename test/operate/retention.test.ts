import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { change, type Deployment, deploy, dryRunOf, lastRun, run } from '../support/deployment.js';
import { describeEngines, needsHints } from '../support/engines/index.js';
import { hold } from '../support/running.js';
import { words } from '../support/words.js';

const tokens = 100;
const dead = tokens * 0.7;

/** How long the rows stay that a run deleted. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  let deployment: Deployment;
  beforeEach(async () => {
    deployment = await deploy(engine);
    await clean();
    // As after a long time: the first run's backups are over their retention.
    const { family, plan } = deployment;
    await deployment.query(`UPDATE ${plan.names.run} SET started_at = ${words[family].stamp('2020-01-01 00:00:00')}`);
  });
  afterEach(() => deployment?.database.drop());

  async function refill(rows: number): Promise<void> {
    await deployment.query('DELETE FROM IDN_OAUTH2_ACCESS_TOKEN');
    await deployment.query('DELETE FROM IDN_OAUTH_CONSUMER_APPS');
    await fillTokens(deployment, rows);
  }

  async function clean(): Promise<void> {
    await refill(tokens);
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
  }

  /** Kept rows of a token or its scopes, by run. */
  async function kept(source: string): Promise<readonly (readonly [number, number])[]> {
    const backup = deployment.plan.backups.find(({ source: { name } }) => name.toUpperCase() === source);
    const rows = await deployment.query(
      `SELECT run_id AS r, COUNT(*) AS n FROM ${backup?.name} GROUP BY run_id ORDER BY run_id`,
    );
    return rows.map(({ r, n }) => [Number(r), Number(n)] as const);
  }

  /** Kept tokens of runs that are over their retention. */
  async function expired(): Promise<number> {
    return (await kept('IDN_OAUTH2_ACCESS_TOKEN')).filter(([id]) => id <= 2).reduce((sum, [, rows]) => sum + rows, 0);
  }

  test('a run prunes what earlier runs kept longer than the retention, and nothing else', async () => {
    await clean();
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN')).toEqual([[2, dead]]);
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')).toEqual([[2, 2 * dead]]);
  });

  test.each(['some', 'all'])('a run of which %s copies are gone is not restored, not even in part', async (which) => {
    const { family, plan, query } = deployment;
    const copies = plan.backups.find(({ source: { name } }) => name.toUpperCase() === 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE');
    const [first] = await query(`SELECT MIN(token_id) AS id FROM ${copies?.name} WHERE run_id = 1`);
    await query(
      `DELETE FROM ${copies?.name} WHERE run_id = 1 ${which === 'some' ? `AND token_id = '${first?.id}'` : ''}`,
    );
    const count = () => query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN');
    const left = await count();
    await expect(query(words[family].call(plan.names.restore, '1'))).rejects.toThrow(
      /did not start: of .*rows are kept/,
    );
    expect(await count()).toEqual(left);
    // Nothing of it is in the way of the next run.
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
  });

  test('a dry run is not restored, since it deleted nothing', async () => {
    const { database, family, plan, query } = deployment;
    await refill(tokens);
    const caller = await database.connect();
    for (const statement of dryRunOf(deployment)) await caller.query(statement);
    await caller.close();
    await expect(query(words[family].call(plan.names.restore, '2'))).rejects.toThrow(
      /no such run .* that deleted rows/,
    );
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
  });

  test('a run that is stopped among live and dead rows has pruned before', async () => {
    const { database, family, plan, query } = deployment;
    await refill(3000);
    await change(deployment, { batch_rows_minimum: 20, batch_rows_maximum: 60, pause_ms: 20 });
    const client = await database.connect();
    const call = client.query(words[family].call(plan.names.procedure));
    const deleted = `SELECT MAX(deleted) AS n FROM ${plan.names.runStep} WHERE run_id = 2`;
    const deadline = Date.now() + 50_000;
    while (Number((await query(deleted))[0]?.n ?? 0) === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await change(deployment, { stop_requested: 'yes', pause_ms: 0 });
    await call;
    await client.close();
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'stop requested' });
    expect((await kept('IDN_OAUTH2_ACCESS_TOKEN')).map(([id]) => id)).toEqual([2]);
    expect((await kept('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')).map(([id]) => id)).toEqual([2]);
  });

  // PostgreSQL prunes 5000 rows at a time, whatever the settings say.
  test.skipIf(engine.dialect === 'postgresql').each([
    ['a stop', { stop_requested: 'yes', pause_ms: 0 }, 'stop requested'],
    ['the end of its budget', { time_budget_seconds: 1 }, 'time budget'],
  ] as const)(
    'pruning heeds %s between two batches, and the next run goes on',
    async (_, told, why) => {
      const { database, family, plan, query } = deployment;
      await refill(6000);
      await run(deployment);
      await query(`UPDATE ${plan.names.run} SET started_at = ${words[family].stamp('2020-01-01 00:00:00')}`);
      const before = await expired();
      await change(deployment, { batch_rows_minimum: 20, batch_rows_maximum: 60, pause_ms: 50 });
      const client = await database.connect();
      const call = client.query(words[family].call(plan.names.procedure));
      await expect.poll(expired, { timeout: 50_000, interval: 10 }).toBeLessThan(before);
      await change(deployment, told);
      await call;
      await client.close();
      expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: why });
      const left = await expired();
      expect(left).toBeGreaterThan(before / 10);
      await change(deployment, {
        stop_requested: 'no',
        time_budget_seconds: 3600,
        batch_rows_maximum: 5000,
        pause_ms: 0,
      });
      await run(deployment);
      expect(await expired()).toBe(0);
    },
    120_000,
  );

  test('a copy that another session holds stays, and does not keep the run from cleaning', async ({ skip }) => {
    needsHints(engine, skip);
    await refill(tokens);
    const backup = deployment.plan.backups.find(({ source: { name } }) =>
      /^idn_oauth2_access_token$/i.test(name),
    )?.name;
    const [first] = await deployment.query(`SELECT MIN(token_id) AS id FROM ${backup}`);
    const release = await hold(deployment, `${backup}`, `run_id = 1 AND token_id = '${first?.id}'`, 'reason');
    await run(deployment);
    await release();
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended' });
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN')).toContainEqual([2, dead]);
    expect((await kept('IDN_OAUTH2_ACCESS_TOKEN'))[0]?.[0]).toBe(1);
  }, 120_000);

  test('a negative retention, whose bounds somebody took away, prunes by the default', async () => {
    const { family, plan } = deployment;
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
    await deployment.query(`UPDATE ${plan.names.run} SET started_at = ${words[family].stamp(yesterday)}`);
    await deployment.query(
      `UPDATE ${plan.names.setting} SET minimum_value = NULL, value = '-7' WHERE name = 'backup_retention_days'`,
    );
    await clean();
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN')).toEqual([
      [1, dead],
      [2, dead],
    ]);
  });

  test('a run without the setting of retention prunes by its default, and keeps younger rows', async () => {
    const { family, plan } = deployment;
    await deployment.query(`DELETE FROM ${plan.names.setting} WHERE name = 'backup_retention_days'`);
    await clean();
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN')).toEqual([[2, dead]]);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
    await deployment.query(`UPDATE ${plan.names.run} SET started_at = ${words[family].stamp(yesterday)}`);
    await clean();
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN')).toEqual([
      [2, dead],
      [3, dead],
    ]);
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')).toEqual([
      [2, 2 * dead],
      [3, 2 * dead],
    ]);
  });
});
