import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DialectFamily } from '../support/data/dialect-words.js';
import { change, type Deployment, deploy, familyOf, lastRun } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import type { TestSession } from '../support/engines/types.js';
import { refillTokens } from '../support/refill-tokens.js';
import { words } from '../support/words.js';

const tokens = 8000;

/** Whether the session with this number sleeps, as `n`: 1 or 0. */
const sleeps: Readonly<Record<DialectFamily, (id: string) => string>> = {
  postgresql: (id) => `SELECT COUNT(*) AS n FROM pg_stat_activity WHERE pid = ${id} AND wait_event = 'PgSleep'`,
  mysql: (id) => `SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE ID = ${id} AND STATE = 'User sleep'`,
  mssql: (id) => `SELECT COUNT(*) AS n FROM sys.dm_exec_requests WHERE session_id = ${id} AND wait_type = 'WAITFOR'`,
  oracle: (id) => `SELECT COUNT(*) AS n FROM V$SESSION WHERE SID = ${id} AND EVENT = 'PL/SQL lock timer'`,
};

/** From then on a statement of the session fails if it waits longer for a row. */
const waitsASecond: Readonly<Partial<Record<DialectFamily, string>>> = {
  postgresql: "SET lock_timeout = '1s'",
  mysql: 'SET SESSION innodb_lock_wait_timeout = 1',
  mssql: 'SET LOCK_TIMEOUT 1000',
};

/** A window of an hour that is not now. */
function inTwoHours(): string {
  const hour = new Date().getUTCHours();
  const clock = (after: number): string => `${String((hour + after) % 24).padStart(2, '0')}:00`;
  return `${clock(2)}-${clock(3)}`;
}

/** A run rests after each batch: in proportion to it, without locks on rows, and ready to stop. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  let deployment: Deployment;
  let runner: TestSession;
  let id: string;
  beforeAll(async () => {
    deployment = await deploy(engine);
    runner = await deployment.database.connect();
    id = String((await runner.query(words[family].ownSession))[0]?.id);
  });
  afterAll(async () => {
    await runner?.close();
    await deployment?.database.drop();
  });
  beforeEach(async () => {
    await refillTokens(deployment, tokens);
    await change(deployment, {
      batch_rows_minimum: 400,
      batch_rows_maximum: 400,
      duty_percent: 100,
      pause_ms: 0,
      quiet_requests_per_second: 0,
      time_budget_seconds: 3600,
      window: 'always',
    });
  });

  const number = async (sql: string): Promise<number> => Number((await deployment.query(sql))[0]?.n);
  const kept = () => number('SELECT COUNT(*) AS n FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN');
  const isResting = async () => (await number(sleeps[family](id))) > 0;
  const call = () => runner.query(words[family].call(deployment.plan.names.procedure));

  /** Begins a run, lets it delete something, and puts it to rest for a minute. */
  async function runThatRests(): Promise<{ readonly ended: Promise<unknown> }> {
    await change(deployment, { pause_ms: 100 });
    const ended = call();
    await expect.poll(kept, { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
    await change(deployment, { pause_ms: 60_000 });
    await sleep(500);
    return { ended };
  }

  // What imitates a server tells nothing of the kind.
  const real = describe.runIf(engine.imitation === undefined);
  real('which can be watched', () => {
    test.each([20, 50, 100])('with a duty_percent of %i it works for that share of the time', async (duty) => {
      const share = 1 - duty / 100;
      await change(deployment, { duty_percent: duty });
      let seen = 0;
      let resting = 0;
      let ended = false;
      const run = call().finally(() => {
        ended = true;
      });
      await expect.poll(kept, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
      while (!ended) {
        seen += 1;
        resting += (await isResting()) ? 1 : 0;
        await sleep(2);
      }
      await run;
      expect(seen).toBeGreaterThan(duty === 100 ? 0 : 50);
      expect(resting / seen).toBeGreaterThanOrEqual(share - 0.15);
      expect(resting / seen).toBeLessThanOrEqual(share + 0.15);
    });

    test.runIf(family in waitsASecond)('no row is locked while it rests', async () => {
      await change(deployment, { pause_ms: 3000 });
      const product = await deployment.database.connect();
      await product.query(waitsASecond[family] ?? '');
      const ended = call();
      for (let round = 0; round < 4; round += 1) {
        await expect.poll(isResting, { timeout: 20_000, interval: 20 }).toBe(true);
        await product.query("UPDATE IDN_OAUTH2_ACCESS_TOKEN SET AUTHZ_USER = 'changed' WHERE TOKEN_STATE = 'REVOKED'");
        await sleep(1500);
      }
      await change(deployment, { stop_requested: 'yes' });
      await ended;
      await product.close();
    });
  });

  test('it begins no batch while somebody holds it, and goes on by itself', async () => {
    const until = Math.floor(Date.now() / 1000) + 4;
    await change(deployment, { hold_until_epoch_seconds: until });
    const ended = call();
    while (Date.now() / 1000 < until - 1) {
      expect(await kept()).toBe(0);
      await sleep(200);
    }
    await ended;
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(until);
    expect(await kept()).toBeGreaterThan(0);
    expect(await lastRun(deployment)).toMatchObject({ why_stopped: 'done' });
  });

  test('whoever holds it may let it go', async () => {
    await change(deployment, { hold_until_epoch_seconds: Math.floor(Date.now() / 1000) + 3600 });
    const ended = call();
    await sleep(500);
    expect(await kept()).toBe(0);
    await change(deployment, { hold_until_epoch_seconds: 0 });
    await ended;
    expect(await kept()).toBeGreaterThan(0);
  });

  test.each([
    ['a request to stop', { stop_requested: 'yes' }, 'stop requested'],
    ['its budget', { time_budget_seconds: 1 }, 'time budget'],
    ['its window', { window: inTwoHours() }, 'outside window'],
    ['a shorter rest, and then goes on,', { pause_ms: 0 }, 'done'],
  ])('%s ends a rest of a minute', async (_, changed, why) => {
    const { ended } = await runThatRests();
    const began = performance.now();
    await change(deployment, changed);
    await ended;
    // What imitates a server takes its time for the rest of the run.
    expect(performance.now() - began).toBeLessThan(engine.imitation === undefined ? 10_000 : 50_000);
    expect(await lastRun(deployment)).toMatchObject({ why_stopped: why });
  });
});
