import { expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { deploy, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

const tokens = 2000;

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  test('a run without a single row of settings does what the defaults say', async () => {
    const deployment = await deploy(engine);
    const { query, plan, database } = deployment;
    await fillTokens(deployment, tokens);
    const live = async () =>
      Number((await query("SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_STATE = 'ACTIVE'"))[0]?.n);
    const before = await live();
    await query(`DELETE FROM ${plan.names.setting}`);
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    const [row] = await query(`SELECT SUM(deleted) AS n, MAX(batches) AS b FROM ${plan.names.runStep}`);
    expect(Number(row?.n)).toBeGreaterThan(0);
    // Not one row per batch: the least and the largest batch have their defaults too.
    expect(Number(row?.b)).toBeLessThan(tokens / 10);
    expect(await live()).toBeLessThanOrEqual(before);
    const [left] = await query("SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_STATE = 'REVOKED'");
    expect(Number(left?.n)).toBe(0);
    await database.drop();
  });

  test('a negative safe period, whose bounds somebody took away, makes no living token dead', async () => {
    const deployment = await deploy(engine);
    const { query, plan, database } = deployment;
    await fillTokens(deployment, tokens);
    const kept = async () => {
      await run(deployment);
      return Number((await query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN'))[0]?.n);
    };
    const before = await kept();
    for (const value of ['-100000000', ' -100000000']) {
      await query(
        `UPDATE ${plan.names.setting} SET minimum_value = NULL, value = '${value}' WHERE name = 'safe_period_minutes'`,
      );
      expect(await kept()).toBe(before);
    }
    await database.drop();
  });

  test.each([
    ['enabled', 'yes,no'],
    ['enabled', 'yes,'],
    ['window', 'HH:MM-HH:MM'],
    ['window', 'always,HH:MM-HH:MM'],
  ])('the table refuses %s=%s', async (name, value) => {
    const { query, plan, database } = await deploy(engine);
    const change = query(`UPDATE ${plan.names.setting} SET value = '${value}' WHERE name = '${name}'`);
    await expect(change).rejects.toThrow();
    const [row] = await query(`SELECT COUNT(*) AS n FROM ${plan.names.setting} WHERE value = '${value}'`);
    expect(Number(row?.n)).toBe(0);
    await database.drop();
  });
});
