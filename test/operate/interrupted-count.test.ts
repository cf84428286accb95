import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliResult, deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

useBuiltCli();

const table = 'IDN_OAUTH2_ACCESS_TOKEN';

/** Another session's lock on the whole table, behind which a count waits; and queries that count on the server, as `n`. */
const inTheWay = {
  postgresql: {
    lock: ['BEGIN', `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`],
    unlock: 'ROLLBACK',
    counting:
      "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%dead_rows%cleanup_backlog_tokens%'",
    endIdle: (seconds: number) =>
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_session_timeout = ''${seconds}s''', current_database()); END $$`,
  },
  mysql: {
    lock: [`LOCK TABLES ${table} WRITE`],
    unlock: 'UNLOCK TABLES',
    counting:
      "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND DB = DATABASE() AND INFO LIKE '%DEAD_ROWS%BACKLOG_TOKENS%'",
    endIdle: (seconds: number) => `SET GLOBAL wait_timeout = ${seconds}`,
  },
} as const;

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const family = familyOf(engine) === 'postgresql' ? 'postgresql' : 'mysql';
  const { lock, unlock, counting, endIdle } = inTheWay[family];
  let product: Awaited<ReturnType<typeof productTables>>;
  const env = (): Record<string, string> => ({ DEEPCLEAN_URL: product.database.url });
  beforeAll(async () => {
    product = await productTables(engine);
    const { exitCode, stderr } = await deepcleanProcess(['install-procs', '--policy', 'tokens', '--yes'], {
      env: env(),
    });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    if (family === 'mysql') await product?.query('SET GLOBAL wait_timeout = DEFAULT');
    await product?.database.drop();
  });

  const countingNow = async (): Promise<number> => Number((await product.query(counting))[0]?.n);
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error('it never came to this');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Runs a command against the locked table, and sends it a signal once the server counts. */
  async function interrupted(args: readonly string[], signal: NodeJS.Signals): Promise<CliResult> {
    const holder = await product.database.connect();
    for (const statement of lock) await holder.query(statement);
    try {
      let send = (): void => undefined;
      const outcome = deepcleanProcess(args, {
        env: env(),
        started: (child) => {
          send = () => void child.kill(signal);
        },
      });
      await until(async () => (await countingNow()) > 0);
      send();
      const result = await outcome;
      // The table is still locked: what had only lost its client would wait on.
      expect(await countingNow()).toBe(0);
      return result;
    } finally {
      await holder.query(unlock);
      await holder.close();
    }
  }

  test.each([
    ['backlog', 'SIGINT'],
    ['backlog', 'SIGTERM'],
    ['run', 'SIGINT'],
    ['run', 'SIGTERM'],
  ] as const)(
    '%s, counting, ends its query on the server on %s, says so and exits with 130',
    async (command, signal) => {
      const { exitCode, stderr } = await interrupted([command, 'tokens'], signal);
      expect(exitCode).toBe(130);
      expect(stderr).toContain('Ending the count on the server');
      expect(stderr).toContain('nothing was changed');
      const runs = family === 'postgresql' ? 'cleanup_run' : 'CLEANUP_RUN';
      expect(Number((await product.query(`SELECT COUNT(*) AS n FROM ${runs}`))[0]?.n)).toBe(0);
    },
  );

  test('a run begins after a count that took longer than the server lets a session lie idle', async () => {
    // Sessions that were there before are not ended.
    const holder = await product.database.connect();
    await product.query(endIdle(2));
    for (const statement of lock) await holder.query(statement);
    const outcome: Promise<CliResult> = deepcleanProcess(['run', 'tokens', '--json'], { env: env() });
    await until(async () => (await countingNow()) > 0);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await holder.query(unlock);
    await holder.close();
    expect(await outcome).toMatchObject({ exitCode: 0 });
  });
});
