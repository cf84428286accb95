import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type Deployment, deploy, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
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

  async function clean(): Promise<void> {
    await deployment.query('DELETE FROM IDN_OAUTH2_ACCESS_TOKEN');
    await deployment.query('DELETE FROM IDN_OAUTH_CONSUMER_APPS');
    await fillTokens(deployment, tokens);
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

  test('a run prunes what earlier runs kept longer than the retention, and nothing else', async () => {
    await clean();
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN')).toEqual([[2, dead]]);
    expect(await kept('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')).toEqual([[2, 2 * dead]]);
  });

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
