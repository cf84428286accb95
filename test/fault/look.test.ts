import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DialectFamily } from '../support/data/dialect-words.js';
import { change, type Deployment, deploy, familyOf, lastRun } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import type { Engine } from '../support/engines/types.js';
import { refillTokens } from '../support/refill-tokens.js';
import { words } from '../support/words.js';

const tokens = 8000;
const dead = tokens * 0.7;

/** Keeps the session at work for so long. */
const works: Readonly<Partial<Record<DialectFamily, (seconds: number) => string>>> = {
  postgresql: (seconds) => `SELECT pg_sleep(${seconds})`,
  mysql: (seconds) => `SELECT SLEEP(${seconds})`,
};

/** A run looks once a second at how the server is: it rests while somebody is to be spared, and not if nobody else works. */
function cases(engine: Engine): void {
  const family = familyOf(engine);
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(engine);
  });
  afterAll(() => deployment?.database.drop());
  beforeEach(async () => {
    await refillTokens(deployment, tokens);
    await change(deployment, {
      batch_rows_minimum: 100,
      batch_rows_maximum: 100,
      duty_percent: 100,
      pause_ms: 0,
      quiet_requests_per_second: 0,
      running_sessions_maximum: 0,
      time_budget_seconds: 3600,
      ...(family === 'mysql' && { purge_backlog_maximum: 0 }),
      ...(family === 'postgresql' && { wal_maximum_mb_per_second: 0, rests_during_vacuum: 'no' }),
    });
  });

  const number = async (sql: string): Promise<number> => Number((await deployment.query(sql))[0]?.n);
  const kept = () => number('SELECT COUNT(*) AS n FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN');
  const call = () => inAnotherSession(words[family].call(deployment.plan.names.procedure));
  const newestRun = () => number(`SELECT COALESCE(MAX(run_id), 0) AS n FROM ${deployment.plan.names.run}`);
  /** Why runs after that one rested, and for how long. */
  const rests = (after: number) =>
    deployment.query(
      `SELECT cause AS why, detail AS words, rest_ms AS ms FROM ${deployment.plan.names.runRest} WHERE run_id > ${after}`,
    );
  async function inAnotherSession(sql: string): Promise<void> {
    const session = await deployment.database.connect();
    try {
      await session.query(sql);
    } finally {
      await session.close();
    }
  }

  /** Starts a run that is held back by what is `there` and goes on after `ended`; gives what the log says of that. */
  async function expectRest(cause: string, ended: () => Promise<unknown>): Promise<string> {
    const earlier = await newestRun();
    const running = call();
    await expect.poll(async () => (await rests(earlier)).length, { timeout: 20_000, interval: 100 }).toBe(1);
    const before = await kept();
    expect(before).toBeLessThan(dead);
    await sleep(1500);
    expect(await kept()).toBe(before);
    await ended();
    await running;
    expect(await kept()).toBe(dead);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    const [row, ...others] = await rests(earlier);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ why: cause });
    expect(Number(row?.ms)).toBeGreaterThanOrEqual(1000);
    return String(row?.words);
  }

  test('it does not rest for its duty if nobody else works', async () => {
    await change(deployment, { duty_percent: 1, quiet_requests_per_second: 1000, time_budget_seconds: 30 });
    const earlier = await newestRun();
    await call();
    expect(await kept()).toBe(dead);
    expect(await rests(earlier)).toEqual([]);
  });

  test('it rests for its duty if others send more requests than a quiet server has', async () => {
    await change(deployment, { duty_percent: 1, quiet_requests_per_second: 20, time_budget_seconds: 6 });
    const product = await deployment.database.connect();
    let isOver = false;
    const traffic = (async () => {
      while (!isOver) {
        await product.query('SELECT APP_NAME FROM IDN_OAUTH_CONSUMER_APPS WHERE ID = 1');
        await sleep(5);
      }
    })();
    await sleep(2000);
    await call();
    isOver = true;
    await traffic;
    await product.close();
    expect(await kept()).toBeLessThan(dead);
    expect(await lastRun(deployment)).toMatchObject({ why_stopped: 'time budget' });
  });

  test('it rests while too many sessions are running, and says so', async () => {
    await change(deployment, { running_sessions_maximum: 2 });
    const working = [5, 5, 5].map((seconds) => inAnotherSession(works[family]?.(seconds) ?? ''));
    await sleep(300);
    expect(await expectRest('running sessions', () => Promise.all(working))).toMatch(/^[3-9] sessions are running$/);
  });

  test.runIf(family === 'mysql')('it rests while too much waits to be purged, and says so', async () => {
    const reader = await deployment.database.connect();
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    await reader.query('SELECT COUNT(*) FROM IDN_OAUTH2_ACCESS_TOKEN');
    for (let round = 0; round < 40; round += 1)
      await deployment.query(`UPDATE IDN_OAUTH_CONSUMER_APPS SET APP_NAME = 'name ${round}'`);
    await change(deployment, { purge_backlog_maximum: 30 });
    const said = await expectRest('purge', async () => {
      await reader.query('ROLLBACK');
      await reader.close();
    });
    expect(said).toMatch(/^[0-9]+ transactions wait to be purged$/);
  });

  test.runIf(family === 'postgresql')('it rests while more WAL is written than it should be, and says so', async () => {
    // From one look to the next takes a second.
    await change(deployment, { wal_maximum_mb_per_second: 1, pause_ms: 50 });
    const writer = await deployment.database.connect();
    let isOver = false;
    // Far more than the bound, whatever else the machine does: a message of this kind costs hardly anything but WAL.
    const writing = (async () => {
      while (!isOver) {
        await writer.query("SELECT pg_logical_emit_message(false, 'busy', repeat('x', 1000000))");
        await sleep(20);
      }
    })();
    const said = await expectRest('WAL', async () => {
      isOver = true;
      await writing;
      await writer.close();
    });
    expect(said).toMatch(/^[0-9]+ MB of WAL were written in [0-9.]+ s$/);
  });

  test.runIf(family === 'postgresql')('it rests while its table is being vacuumed, and says so', async () => {
    await change(deployment, { rests_during_vacuum: 'yes' });
    await deployment.query('UPDATE IDN_OAUTH2_ACCESS_TOKEN SET AUTHZ_USER = AUTHZ_USER');
    const vacuuming = await deployment.database.connect();
    await vacuuming.query("SET vacuum_cost_delay = '100ms'");
    await vacuuming.query('SET vacuum_cost_limit = 20');
    const vacuum = vacuuming.query('VACUUM IDN_OAUTH2_ACCESS_TOKEN').catch(() => undefined);
    await sleep(500);
    const said = await expectRest('vacuum', async () => {
      await deployment.query(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'VACUUM%' AND pid <> pg_backend_pid()",
      );
      await vacuum;
    });
    await vacuuming.close();
    expect(said).toBe('idn_oauth2_access_token is being vacuumed');
  });
}

describeEngines(['postgresql', 'mariadb'], cases, { private: true });
describeEngines(['mysql'], cases, { private: true, arguments: ['--performance-schema=ON'] });
