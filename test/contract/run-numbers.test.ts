import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../src/dialects/dialect.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { describeEngines, type TestDatabase } from '../support/engines/index.js';
import { words } from '../support/words.js';
import { connectTo, dialectOf, familyOf, install, withTokenTables } from './support.js';

const tokens = 100;

/** The log of runs is lost while the rows that they deleted are kept. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const dialect = dialectOf(engine);
  const family = familyOf(dialect);
  const { call } = words[family];
  let database: TestDatabase;
  let connection: Connection;
  /** How many of the tokens a run deletes: that depends on how long an uncertain clock lets them linger. */
  let dead: number;

  beforeEach(async () => {
    database = await withTokenTables(engine);
    connection = await connectTo(database, dialect);
    await install(connection, dialect);
    await clean();
    dead = (await keptByRun())[0]?.[1] ?? 0;
    expect(dead).toBeGreaterThan(0);
  });
  afterEach(async () => {
    await connection?.close();
    await database?.drop();
  });

  const query = (sql: string) => database.query(sql);
  async function clean(): Promise<void> {
    await query('DELETE FROM IDN_OAUTH2_ACCESS_TOKEN');
    await query('DELETE FROM IDN_OAUTH_CONSUMER_APPS');
    await fillTokens({ family, query }, tokens);
    await query(call('cleanup_tokens'));
  }
  async function loseLog(): Promise<void> {
    for (const table of ['CLEANUP_RUN', 'CLEANUP_RUN_STEP', 'CLEANUP_RUN_REASON'])
      await query(`TRUNCATE TABLE ${table}${family === 'postgresql' ? ' RESTART IDENTITY' : ''}`);
  }
  async function keptByRun(): Promise<readonly (readonly [number, number])[]> {
    const rows = await query(
      'SELECT run_id AS r, COUNT(*) AS n FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN GROUP BY run_id ORDER BY run_id',
    );
    return rows.map(({ r, n }) => [Number(r), Number(n)] as const);
  }

  test('no run begins with a number that kept rows have', async () => {
    await loseLog();
    const before = await keptByRun();
    await expect(clean()).rejects.toThrow(/run number|numbers/);
    expect(await keptByRun()).toEqual(before);
    expect(await query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN').then(([row]) => Number(row?.n))).toBe(
      tokens,
    );
  });

  test('an installation enters runs that the log lost, goes on above them, and each is restored by itself', async () => {
    await loseLog();
    const { plan } = await install(connection, dialect);
    expect(plan.lostRuns).toEqual([{ procedure: 'cleanup_tokens', runs: 1 }]);
    expect((await install(connection, dialect)).plan.isNeeded).toBe(false);
    await clean();
    const runs = await keptByRun();
    expect(runs.map(([, rows]) => rows)).toEqual([dead, dead]);
    const [first, second] = runs.map(([run]) => run);
    expect(second).toBeGreaterThan(first ?? 0);
    await query('DELETE FROM IDN_OAUTH2_ACCESS_TOKEN');
    await query(call('restore_tokens', String(first)));
    expect(await query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN').then(([row]) => Number(row?.n))).toBe(dead);
  });

  test('a log that is dropped and installed again begins above the kept rows', async () => {
    await connection.query(
      dialect.catalog.drop(
        { name: dialect.capabilities.nameCase === 'upper' ? 'CLEANUP_RUN' : 'cleanup_run', kind: 'table' },
        dialect.capabilities.defaultNamespace,
      ),
    );
    await install(connection, dialect);
    await clean();
    expect((await keptByRun()).map(([, rows]) => rows)).toEqual([dead, dead]);
  });

  test('rows whose run the log does not know are not pruned', async () => {
    await query('DELETE FROM CLEANUP_RUN');
    await clean();
    expect((await keptByRun()).map(([, rows]) => rows)).toEqual([dead, dead]);
  });
});
