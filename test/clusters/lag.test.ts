import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { deepclean, deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { describeClusters, requiredClusters } from '../support/clusters/describe-clusters.js';
import { startMariadbPair, startPostgresqlPair } from '../support/clusters/replicas.js';
import { change, type Deployment, deploy, familyOf, lastRun, productTables } from '../support/deployment.js';
import { missingEngineTitle } from '../support/engines/index.js';
import { words } from '../support/words.js';

useBuiltCli();

const tokens = 4000;
const dead = tokens * 0.7;
const copies = 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN';

async function deployFilled(source: Parameters<typeof deploy>[0]): Promise<Deployment> {
  const deployment = await deploy(source);
  await fillTokens(deployment, tokens);
  await change(deployment, { batch_rows_minimum: 100, batch_rows_maximum: 100, duty_percent: 100, pause_ms: 100 });
  return deployment;
}

/** Starts a run that rests once `trouble` is there, and goes on after `relief`; gives what the log says of the rest. */
async function expectRest(
  { database, query, plan, family }: Deployment,
  cause: string,
  trouble: () => Promise<void>,
  relief: () => Promise<void>,
): Promise<string> {
  const number = async (sql: string): Promise<number> => Number((await query(sql))[0]?.n);
  const kept = () => number(`SELECT COUNT(*) AS n FROM ${copies}`);
  const rests = () => number(`SELECT COUNT(*) AS n FROM ${plan.names.runRest} WHERE cause = '${cause}'`);
  const session = await database.connect();
  const running = session.query(words[family].call(plan.names.procedure));
  await trouble();
  await expect.poll(rests, { timeout: 40_000, interval: 100 }).toBe(1);
  const before = await kept();
  expect(before).toBeLessThan(dead);
  await sleep(2500);
  expect(await kept()).toBe(before);
  await relief();
  await running;
  await session.close();
  expect(await kept()).toBe(dead);
  const [row] = await query(`SELECT detail AS words FROM ${plan.names.runRest} WHERE cause = '${cause}'`);
  return String(row?.words);
}

describe('postgresql-standby', () => {
  test('a run rests while the standby lags, says so, and goes on when it has caught up', async ({ skip }) => {
    const pair = await startPostgresqlPair({ synchronous: false });
    if (pair === undefined) {
      expect(requiredClusters()).not.toContain('postgresql-standby');
      return skip(missingEngineTitle('postgresql-standby'));
    }
    try {
      const deployment = await deployFilled(pair.source);
      await pair.settle();
      await change(deployment, { replica_lag_maximum_seconds: 1 });
      const said = await expectRest(deployment, 'replica lag', pair.pause, pair.resume);
      expect(said).toMatch(/^replica standby is [1-9][0-9]* s behind$/);
      expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
      await deployment.database.close();
    } finally {
      await pair.stop();
    }
  }, 120_000);
});

/** A run of the command line that watches the replica of a pair, which is paused before and resumed after a while. */
async function expectWatched(pair: NonNullable<Awaited<ReturnType<typeof startPostgresqlPair>>>): Promise<void> {
  const product = await productTables(pair.source);
  const replica = pair.replica.openDatabase(product.database.name).url;
  const env = { DEEPCLEAN_URL: product.database.url };
  const installed = await deepclean(['install-procs', '--policy', 'tokens', '--yes'], { env });
  expect(installed).toMatchObject({ exitCode: 0 });
  await fillTokens({ query: product.query, family: familyOf(pair.source) }, tokens);
  await pair.settle();
  await pair.pause();
  await product.query("UPDATE CLEANUP_SETTING SET VALUE = '0' WHERE NAME = 'replica_lag_maximum_seconds'");
  await product.query('UPDATE IDN_OAUTH_CONSUMER_APPS SET USERNAME = USERNAME');
  await sleep(2500);
  const outcome = deepcleanProcess(
    ['run', 'tokens', '--no-backlog', '--watch-replica', replica, '--replica-lag-below', '2'],
    { env },
  );
  const held = async () =>
    Number(
      (await product.query("SELECT VALUE AS n FROM CLEANUP_SETTING WHERE NAME = 'hold_until_epoch_seconds'"))[0]?.n,
    );
  await expect.poll(held, { timeout: 20_000 }).toBeGreaterThan(Date.now() / 1000);
  await sleep(1500);
  expect(await product.query(`SELECT 1 FROM ${copies}`)).toEqual([]);
  await pair.resume();
  const { exitCode, stderr } = await outcome;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(await product.query(`SELECT 1 FROM ${copies}`)).toHaveLength(dead);
  expect(stderr).toMatch(/The run rests: asked \S+, it (is \d+ s behind|copies no other server, or has stopped to)/);
  expect(stderr).toContain('The run goes on');
  expect(await held()).toBe(0);
  await product.database.close();
}

describe('a replica that the command line watches', () => {
  test.each([
    ['postgresql-standby', () => startPostgresqlPair({ synchronous: false })],
    ['mariadb-replica', () => startMariadbPair()],
  ] as const)(
    '%s: the run rests while it lags, and goes on when it has caught up',
    { timeout: 120_000 },
    async (name, start) => {
      const pair = await start();
      if (pair === undefined) {
        expect(requiredClusters()).not.toContain(name);
        return;
      }
      try {
        await expectWatched(pair);
      } finally {
        await pair.stop();
      }
    },
  );
});

describeClusters(['galera'], (cluster) => {
  test('a run rests while a node holds up the others, says so, and goes on when it has caught up', async () => {
    const [first, , slow] = cluster.nodes;
    if (first === undefined || slow === undefined) throw new Error('a cluster of one');
    const deployment = await deployFilled(first);
    await cluster.settle();
    const onSlow = await slow.openDatabase(deployment.database.name).connect();
    // A trigger on this node alone lets it take long for each copy that it gets.
    await onSlow.query('SET SESSION wsrep_on = OFF');
    await onSlow.query(`CREATE TRIGGER slow AFTER INSERT ON ${copies} FOR EACH ROW DO SLEEP(0.05)`);
    await onSlow.query('SET SESSION wsrep_on = ON');
    await onSlow.query('SET GLOBAL wsrep_provider_options = "gcs.fc_limit=1"');
    const runTriggers = (word: 'YES' | 'NO') => onSlow.query(`SET GLOBAL slave_run_triggers_for_rbr = '${word}'`);
    const said = await expectRest(
      deployment,
      'flow control',
      async () => void (await runTriggers('YES')),
      async () => void (await runTriggers('NO')),
    );
    expect(said).toBe('a node of the cluster cannot keep up');
    await onSlow.query('SET GLOBAL wsrep_provider_options = "gcs.fc_limit=16"');
    await onSlow.close();
    await cluster.settle();
    await deployment.database.drop();
  }, 120_000);
});
