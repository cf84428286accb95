import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { registry } from '../../src/policies/registry.js';
import { statementsOf } from '../../src/render/artifact.js';
import { scenario } from '../scenarios/registry.js';
import { empty, fill } from '../support/conformance.js';
import { quotedName } from '../support/data/dialect-words.js';
import { completeSchema } from '../support/data/later-tables.js';
import { logEntry } from '../support/data/registry-rows.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { before } from '../support/data/span.js';
import { change, type Deployment, deploy, familyOf, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { hold, startRun } from '../support/running.js';

const many = (count: number, row: (at: number) => PlacedRow): readonly PlacedRow[] =>
  Array.from({ length: count }, (_, at) => row(at));

/** Paths with one entry each, all live, among paths with ten, of which nine are dead. */
const alive = 1500;
const busy = 300;
const manyPaths: readonly PlacedRow[] = [
  ...many(alive, (at) => logEntry(3 * at + 1, { REG_PATH: `/one/${at}` })),
  ...many(busy * 10, (at) => logEntry(3 * Math.floor(at / 2) + 2 + (at % 2), { REG_PATH: `/ten/${at % busy}` })),
];

/** The newest entry of a path says that its resource is gone, and stands far from the older one. */
const gone = { newest: 100_000, oldest: 5, path: '/gone' };
const goneAndOthers: readonly PlacedRow[] = [
  logEntry(gone.newest, { REG_PATH: gone.path, REG_ACTION: 7n }),
  ...many(3000, (at) => logEntry(1000 + at, { REG_PATH: `/kept/${at % 1000}` })),
  logEntry(gone.oldest, { REG_PATH: gone.path }),
];
const keptNewest = Array.from({ length: 1000 }, (_, at) => 3000 + at);

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const dialect = findDialect(engine.dialect);
  let deployment: Deployment;
  beforeAll(async () => {
    const schema = completeSchema(engine.dialect);
    deployment = await deploy(engine, { policy: registry, schema, tables: scenario.tables });
  });
  afterAll(() => deployment?.database.drop());

  async function begin(rows: readonly PlacedRow[], settings: Readonly<Record<string, number>> = {}): Promise<void> {
    await empty(deployment);
    await fill(deployment, databaseOf(rows));
    const { plan, query } = deployment;
    for (const { name } of plan.backups) await query(`DELETE FROM ${quotedName(family, name)}`);
    await change(deployment, { batch_rows_minimum: 1, batch_rows_maximum: 100, pause_ms: 0, ...settings });
  }

  const numbers = async (sql: string): Promise<readonly number[]> =>
    (await deployment.query(sql)).map((row) => Number(row.n)).sort((one, other) => one - other);
  const log = (condition = '1 = 1') => numbers(`SELECT REG_LOG_ID AS n FROM REG_LOG WHERE ${condition}`);
  const count = async (table: string): Promise<number> => (await numbers(`SELECT COUNT(*) AS n FROM ${table}`))[0] ?? 0;

  /** Waits until the run that goes on has deleted rows of the log, and some are left. */
  async function untilMidRun(): Promise<void> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const left = await count('REG_LOG');
      if (left < alive + busy * 10) return;
      if (Date.now() > deadline) throw new Error('the run never began with the log');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  const lists = (): readonly string[] =>
    deployment.plan.steps.flatMap(({ table, list }) =>
      table.name.toUpperCase() === 'REG_LOG' && list ? [quotedName(family, list.name)] : [],
    );

  const key = family === 'postgresql' ? 'reg_log_id' : 'REG_LOG_ID';
  const tampering: readonly (readonly [string, () => Promise<void>])[] = [
    [
      'the reviewed file of its tables is run again',
      async () => {
        const file = deployment.rendered.install.find((one) => one.file === '20-registry-tables.sql');
        if (file === undefined) throw new Error('no such file');
        for (const { sql } of statementsOf(file, dialect.script)) await deployment.query(sql);
      },
    ],
    [
      'its lists are emptied by hand',
      async () => {
        for (const list of lists()) await deployment.query(`DELETE FROM ${list}`);
      },
    ],
    [
      'its lists lose every second row',
      async () => {
        for (const list of lists()) await deployment.query(`DELETE FROM ${list} WHERE MOD(${key}, 2) = 0`);
      },
    ],
    [
      'its lists name every entry, with a newer one of another path, for this run and for another',
      async () => {
        const witness = (await log()).at(-1);
        for (const run of ['MAX(run_id)', 'MAX(run_id) + 1']) {
          const others = `SELECT x.run, t.REG_LOG_ID, t.REG_TENANT_ID FROM REG_LOG t, (SELECT ${run} AS run FROM ${deployment.plan.names.run}) x`;
          for (const [at, list] of lists().entries()) {
            const line = family === 'postgresql';
            const columns = `run_id, reg_log_id, reg_tenant_id${at === 0 ? ', newest' : ''}${line ? ', line' : ''}`;
            const lines = line ? ', row_number() OVER (ORDER BY t.REG_LOG_ID)' : '';
            await deployment.query(
              `DELETE FROM ${list} WHERE run_id = (SELECT ${run} FROM ${deployment.plan.names.run})`,
            );
            await deployment.query(
              `INSERT INTO ${list} (${columns}) ${others.replace(' FROM', `${at === 0 ? `, ${witness}` : ''}${lines} FROM`)}`,
            );
          }
        }
      },
    ],
  ];

  // Oracle's lists are seen by the session of the run alone; SQL Server has no MOD.
  describe.runIf(family === 'postgresql' || family === 'mysql')('in mid-run', () => {
    test.each(tampering)('no live log entry goes when %s', async (_, tamper) => {
      await begin(manyPaths, { pause_ms: 20 });
      const { outcome } = await startRun(deployment);
      await untilMidRun();
      await tamper();
      await outcome;
      expect(await count("REG_LOG WHERE REG_PATH LIKE '/one/%'")).toBe(alive);
      expect(await count("REG_LOG WHERE REG_PATH LIKE '/ten/%'")).toBeGreaterThanOrEqual(busy);

      await change(deployment, { pause_ms: 0 });
      await run(deployment);
      expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
      expect(await count("REG_LOG WHERE REG_PATH LIKE '/one/%'")).toBe(alive);
      expect(await count("REG_LOG WHERE REG_PATH LIKE '/ten/%'")).toBe(busy);
    });
  });

  /** After a run to the end nothing is left of the path, and every other path has its newest entry. */
  async function expectClean(): Promise<void> {
    await change(deployment, { pause_ms: 0, time_budget_seconds: 3600 });
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(await log()).toEqual(keptNewest);
  }

  test('an entry of a deleted resource does not come back to life when a run stops between two batches', async () => {
    for (const batches of [1, 2, 5, 9]) {
      await begin(goneAndOthers, { pause_ms: 30 });
      const { outcome } = await startRun(deployment);
      while ((await count('REG_LOG')) > goneAndOthers.length - 1 - 100 * (batches - 1)) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await change(deployment, { stop_requested: 'yes' });
      expect(await outcome).toBe('returned');
      await expectClean();
    }
  });

  test('nor when its budget ends before the deletion is reached', async () => {
    await begin(goneAndOthers, { pause_ms: 300, time_budget_seconds: 1 });
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'time budget' });
    expect((await log()).length).toBeGreaterThan(keptNewest.length);
    await expectClean();
  });

  test('nor when its session is killed before the deletion goes', async () => {
    await begin(goneAndOthers);
    const release = await hold(deployment, 'REG_LOG', `REG_LOG_ID = ${gone.newest}`);
    const { waiting, kill } = await startRun(deployment);
    await waiting();
    await kill();
    await release();
    expect(await log(`REG_PATH = '${gone.path}'`)).toContain(gone.newest);
    await expectClean();
  });

  test('a deletion stays while an older entry of its path is held by another session', async () => {
    await begin(goneAndOthers);
    const release = await hold(deployment, 'REG_LOG', `REG_LOG_ID = ${gone.oldest}`);
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ why_stopped: 'done, except for rows that another session held' });
    await release();
    expect(await log(`REG_PATH = '${gone.path}'`)).toEqual([gone.oldest, gone.newest]);
    await expectClean();
  });

  test('a deletion stays while an older entry of its path is too young', async () => {
    const young = before(BigInt(Date.now()) * 1000n, { hours: 3 });
    const rows = goneAndOthers.slice(0, -1);
    await begin([...rows, logEntry(gone.oldest, { REG_PATH: gone.path, REG_LOGGED_TIME: young })]);
    await run(deployment);
    expect(await log(`REG_PATH = '${gone.path}'`)).toEqual([gone.oldest, gone.newest]);
  });
});
