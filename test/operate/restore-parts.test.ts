import { afterAll, beforeAll, expect, test } from 'vitest';
import { findColumn, findTable } from '../../src/schema/find.js';
import type { Table } from '../../src/schema/types.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
import { withOwnNumbers } from '../support/data/dialect-words.js';
import { type Deployment, familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { words } from '../support/words.js';

useBuiltCli();

const tokens = 200;
const dead = tokens * 0.7;
const kept = 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN';

interface TableOfPlan {
  readonly table: string;
  readonly kept: number;
  readonly selected: number;
  readonly comesBack: number;
  readonly thereAgain: number;
  readonly parentGone: number;
}

interface TableOfRestore {
  readonly table: string;
  readonly restored: number;
  readonly thereAgain?: number;
  readonly parentGone?: number;
}

type Product = Pick<Deployment, 'database' | 'query'>;

/** What is in a table, as one text. */
async function content({ query }: Product, tables: readonly string[]): Promise<string> {
  const lines = [];
  for (const table of tables) lines.push(...(await query(`SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)));
  return lines.sort().join('\n');
}

const asker =
  ({ database }: Product) =>
  (...args: string[]): Promise<CliResult> =>
    deepclean([...args, '--json'], { env: { DEEPCLEAN_URL: database.url } });

const jsonOf = ({ exitCode, stdout, stderr }: CliResult): Record<string, unknown> => ({
  exitCode,
  ...JSON.parse(stdout === '' ? stderr : stdout),
});

/** What a plan counts, and what then happens, by table. */
const counts = (tables: unknown): readonly (readonly unknown[])[] =>
  (tables as readonly (TableOfPlan & TableOfRestore)[])
    .map((one) => [one.table.toUpperCase(), one.comesBack ?? one.restored, one.thereAgain, one.parentGone] as const)
    .filter(([, ...numbers]) => numbers.some((number) => number !== 0))
    .sort();

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const tables = ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'];
  let product: Awaited<ReturnType<typeof productTables>>;
  let ask: ReturnType<typeof asker>;
  let runId: string;
  let before: string;
  let left: string;
  const asked = async (...args: string[]) => jsonOf(await ask(...args));
  const idOf = async (condition: string): Promise<string> =>
    String((await product.query(`SELECT MIN(TOKEN_ID) AS id FROM ${kept} WHERE ${condition}`))[0]?.id);

  beforeAll(async () => {
    product = await productTables(engine);
    ask = asker(product);
    await fillTokens({ query: product.query, family }, tokens);
    before = await content(product, tables);
    expect(await ask('install-procs', '--policy', 'tokens', '--yes')).toMatchObject({ exitCode: 0 });
    runId = String((await asked('run', 'tokens', '--no-backlog')).runId);
    left = await content(product, tables);
  }, 120_000);
  afterAll(() => product?.database.drop());

  test('one token comes back with its scopes as it was, as planned, and nothing else', async () => {
    const id = await idOf('1 = 1');
    const plan = await asked('restore', runId, '--where-key', id, '--plan');
    expect(plan).toMatchObject({ exitCode: 0, comesBack: 3, leftAlone: 0 });
    expect(await content(product, tables)).toBe(left);
    const done = await asked('restore', runId, '--where-key', id);
    expect(done).toMatchObject({ exitCode: 0, restored: 3, leftAlone: 0 });
    expect(counts(done.tables)).toEqual(counts(plan.tables));
    const lines = new Set(left.split('\n'));
    const back = (await content(product, tables)).split('\n').filter((line) => !lines.has(line));
    expect(back).toHaveLength(3);
    expect(back.every((line) => line.includes(id) && before.includes(line))).toBe(true);
    // What each run says that it deleted is what it keeps.
    for (const run of [runId, String(done.partRunId)]) {
      expect(await asked('restore', run, '--plan')).toMatchObject({ wouldRefuse: false });
    }
  });

  test('all rows of a user come back, and a table alone', async () => {
    const [{ name } = {}] = await product.query(`SELECT MAX(AUTHZ_USER) AS name FROM ${kept} WHERE run_id = ${runId}`);
    const plan = await asked('restore', runId, '--of-user', String(name), '--plan');
    const done = await asked('restore', runId, '--of-user', String(name));
    expect(counts(done.tables)).toEqual(counts(plan.tables));
    expect(done).toMatchObject({ exitCode: 0, restored: 3, leftAlone: 0 });
    const [{ n } = {}] = await product.query(
      `SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE AUTHZ_USER = '${name}'`,
    );
    expect(Number(n)).toBe(1);
    // Scopes whose tokens are gone stay with the rest.
    const ofScopes = await asked('restore', runId, '--table', 'idn_oauth2_access_token_scope');
    expect(ofScopes).toMatchObject({ exitCode: 1, restored: 0, thereAgain: 0, parentGone: 2 * (dead - 2) });
  });

  test('a row that is there again and one whose parent is gone are named by kind, as planned', async () => {
    const id = await idOf(`run_id = ${runId}`);
    const [app] = await product.query(`SELECT CONSUMER_KEY_ID AS id FROM ${kept} WHERE TOKEN_ID = '${id}'`);
    await product.query(`UPDATE ${kept} SET CONSUMER_KEY_ID = 4711 WHERE TOKEN_ID = '${id}'`);
    const plan = await asked('restore', runId, '--where-key', id, '--plan');
    const done = await asked('restore', runId, '--where-key', `TOKEN_ID=${id}`);
    expect(done).toMatchObject({ exitCode: 1, restored: 0, thereAgain: 0, parentGone: 3 });
    expect(counts(done.tables)).toEqual(counts(plan.tables));
    await product.query(`UPDATE ${kept} SET CONSUMER_KEY_ID = ${app?.id} WHERE TOKEN_ID = '${id}'`);
  });

  test('what no run keeps, and what is no table or key, is told', async () => {
    const none = await ask('restore', runId, '--where-key', 'no-such-token');
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('keeps no such row') });
    expect(await ask('restore', runId, '--table', 'REG_LOG')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/deletes nothing from a table REG_LOG.*IDN_OAUTH2_ACCESS_TOKEN/is),
    });
  });

  test('a run that is going on blocks it, with a message', async () => {
    const holder = await product.database.connect();
    for (const statement of words[family].takeRunLock('cleanup_tokens')) await holder.query(statement);
    const { exitCode, stderr } = await ask('restore', runId, '--where-key', await idOf(`run_id = ${runId}`));
    await holder.close();
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/cleanup_tokens is running, or a restore.*Nothing was changed/s);
  });

  test('rows are put into another schema to be looked at, once', async () => {
    const { create, name } = otherSchema(family);
    for (const statement of create) await product.query(statement);
    const id = await idOf(`run_id = ${runId}`);
    const now = await content(product, tables);
    expect(await asked('restore', runId, '--where-key', id, '--into', name)).toMatchObject({ exitCode: 0, rows: 3 });
    const copies = await content(
      product,
      tables.map((table) => `${name}.${table}`),
    );
    expect(copies.split('\n').filter((line) => !before.includes(line))).toEqual([]);
    expect(copies).toContain(id);
    expect(await content(product, tables)).toBe(now);
    expect(await ask('restore', runId, '--into', name)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('there already'),
    });
    for (const statement of otherSchema(family).drop) await product.query(statement);
  });

  test.runIf(family === 'mysql')('a row with a zero date is put there too', async () => {
    const { create, drop, name } = otherSchema(family);
    for (const statement of create) await product.query(statement);
    const id = await idOf(`run_id = ${runId}`);
    const [row] = await product.query(`SELECT TIME_CREATED AS at FROM ${kept} WHERE TOKEN_ID = '${id}'`);
    await product.query("SET SESSION sql_mode = ''");
    await product.query(`UPDATE ${kept} SET TIME_CREATED = '0000-00-00 00:00:00' WHERE TOKEN_ID = '${id}'`);
    expect(await asked('restore', runId, '--where-key', id, '--into', name)).toMatchObject({ exitCode: 0, rows: 3 });
    const copies = await product.query(`SELECT CAST(TIME_CREATED AS CHAR) AS at FROM ${name}.IDN_OAUTH2_ACCESS_TOKEN`);
    expect(copies).toEqual([{ at: expect.stringMatching(/^0000-00-00 00:00:00/) }]);
    await product.query(`UPDATE ${kept} SET TIME_CREATED = '${row?.at}' WHERE TOKEN_ID = '${id}'`);
    for (const statement of drop) await product.query(statement);
  });

  test('the rest comes back later, and all is as it was; the status says so', async () => {
    expect(await asked('restore', runId)).toMatchObject({ exitCode: 0, restored: 3 * (dead - 2), leftAlone: 0 });
    expect(await content(product, tables)).toBe(before);
    const { runs } = await asked('status', '--last', '50');
    const marks = (runs as readonly { runId: number; restoredBy?: readonly { whole: boolean }[] }[])
      .find((run) => String(run.runId) === runId)
      ?.restoredBy?.map(({ whole }) => whole);
    expect(marks).toEqual([false, false, true]);
    const again = await asked('restore', runId);
    expect(again).toMatchObject({ exitCode: 1, restored: 0, thereAgain: 3 * (dead - 2), parentGone: 0 });
  });

  test('a part is kept as long as its run would have been, and then pruned', async () => {
    const keptRuns = async () =>
      (await product.query(`SELECT DISTINCT run_id AS r FROM ${kept} ORDER BY 1`)).map(({ r }) => Number(r));
    const before = await keptRuns();
    expect(before.length).toBe(3);
    const [newest] = await product.query('SELECT MAX(run_id) AS n FROM CLEANUP_RUN');
    await asked('run', 'tokens', '--no-backlog');
    // The run is young, and so is its part.
    expect(await keptRuns()).toEqual([...before, Number(newest?.n) + 1]);
    await product.query(
      `UPDATE CLEANUP_RUN SET STARTED_AT = ${words[family].stamp('2020-01-01 00:00:00')} WHERE RUN_ID <= ${newest?.n}`,
    );
    await asked('run', 'tokens', '--no-backlog');
    expect(await keptRuns()).toEqual([Number(newest?.n) + 1]);
    expect(await asked('restore', runId, '--where-key', 'any')).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('copies of run'),
    });
  });
});

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const stores = ['IDN_AUTH_SESSION_STORE', 'IDN_AUTH_TEMP_SESSION_STORE'];
  const mappings = ['IDN_AUTH_USER_SESSION_MAPPING', 'IDN_AUTH_SESSION_META_DATA'];
  const all = [...stores, ...mappings];
  let product: Awaited<ReturnType<typeof productTables>>;
  const asked = async (...args: string[]) => jsonOf(await asker(product)(...args));
  const now = BigInt(Date.now()) * 1_000_000n;
  const hour = 3_600_000_000_000n;
  beforeAll(async () => {
    product = await productTables(engine, { tables: all });
    const { query } = product;
    const isNumbered =
      findColumn(findTable(product.schema, 'IDN_AUTH_USER_SESSION_MAPPING') as Table, 'ID') !== undefined;
    for (const [at, session] of ['one', 'two'].entries()) {
      // Saved three times, and ended a day ago.
      for (const [age, operation] of [
        [30n, 'STORE'],
        [29n, 'STORE'],
        [28n, 'STORE'],
        [24n, 'DELETE'],
      ] as const) {
        for (const store of stores) {
          await query(
            `INSERT INTO ${store} (SESSION_ID, SESSION_TYPE, OPERATION, TIME_CREATED, TENANT_ID, EXPIRY_TIME) VALUES ('${session}', 'Type', '${operation}', ${now - age * hour}, -1234, ${now + hour})`,
          );
        }
      }
      const [column, number] = isNumbered ? ['ID, ', `${at + 1}, `] : ['', ''];
      await query(
        `INSERT INTO IDN_AUTH_USER_SESSION_MAPPING (${column}USER_ID, SESSION_ID) VALUES (${number}'user of ${session}', '${session}')`,
      );
      await query(
        `INSERT INTO IDN_AUTH_SESSION_META_DATA (SESSION_ID, PROPERTY_TYPE, VALUE) VALUES ('${session}', 'IP', '127.0.0.1')`,
      );
    }
    expect(await asked('install-procs', '--policy', 'sessions', '--yes')).toMatchObject({ exitCode: 0 });
  }, 120_000);
  afterAll(() => product?.database.drop());

  test("a user's session comes back whole, with what is kept beside it, and no row of another one", async () => {
    const before = await content(product, all);
    const { runId } = await asked('run', 'sessions', '--no-backlog');
    const left = await content(product, all);
    expect(left).not.toContain('"one"');
    const plan = await asked('restore', String(runId), '--of-user', 'user of one', '--plan');
    const done = await asked('restore', String(runId), '--of-user', 'user of one');
    expect(done).toMatchObject({ exitCode: 0, restored: 10 });
    expect(counts(done.tables)).toEqual(counts(plan.tables));
    const back = await content(product, all);
    expect(back.split('\n').filter((line) => line.includes('one'))).toHaveLength(10);
    expect(back).not.toContain('two');
    // The whole session is dead by the rule as before, not a part of it.
    await asked('run', 'sessions', '--no-backlog');
    expect(await content(product, all)).toBe(left);
    expect(await asked('restore', String(runId), '--where-key', 'two')).toMatchObject({ exitCode: 0, restored: 10 });
    expect(await asked('restore', String(done.partRunId))).toMatchObject({ exitCode: 0, restored: 10 });
    expect(await content(product, all)).toBe(before);
  });
});

/** The registry is in none of the identity server's newer databases. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const all = ['REG_LOG'];
  let product: Awaited<ReturnType<typeof productTables>>;
  const asked = async (...args: string[]) => jsonOf(await asker(product)(...args));
  beforeAll(async () => {
    product = await productTables(engine, { tables: all, profile: family === 'mysql' ? 'apim-4.5' : 'apim-2.1' });
    const { query } = product;
    // Of /gone the last entry says that it was deleted; of /there the newest entry lives.
    const entries = [
      [1, '/gone', 0],
      [2, '/gone', 1],
      [3, '/gone', 7],
      [4, '/there', 0],
      [5, '/there', 1],
    ] as const;
    for (const [id, path, action] of entries) {
      const entry = `INSERT INTO REG_LOG (REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_TENANT_ID) VALUES (${id}, '${path}', 'admin', ${words[family].stamp('2020-01-01 00:00:00')}, ${action}, -1234)`;
      await query(withOwnNumbers(family, 'REG_LOG', entry));
    }
    expect(await asked('install-procs', '--policy', 'registry', '--yes')).toMatchObject({ exitCode: 0 });
  }, 120_000);
  afterAll(() => product?.database.drop());

  test('one log entry brings all of its path along, as an older one alone would be the newest', async () => {
    const before = await content(product, all);
    const { runId } = await asked('run', 'registry', '--no-backlog');
    const ids = async () =>
      (await product.query('SELECT REG_LOG_ID AS id FROM REG_LOG ORDER BY 1')).map(({ id }) => Number(id));
    expect(await ids()).toEqual([5]);
    expect(await asked('restore', String(runId), '--where-key', 'REG_LOG_ID=1')).toMatchObject({
      exitCode: 0,
      restored: 3,
    });
    expect(await ids()).toEqual([1, 2, 3, 5]);
    expect(await asked('restore', String(runId), '--where-key', 'REG_LOG_ID=abc')).toMatchObject({ exitCode: 2 });
    expect(await asked('restore', String(runId))).toMatchObject({ exitCode: 0, restored: 1 });
    expect(await content(product, all)).toBe(before);
  });
});

function otherSchema(family: Deployment['family']) {
  const name = `review_${process.pid}`;
  if (family === 'oracle') return { name, create: [`CREATE SCHEMA ${name}`], drop: [`DROP SCHEMA ${name} CASCADE`] };
  const tables = ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'].map((t) => `DROP TABLE ${name}.${t}`);
  return family === 'mysql'
    ? { name, create: [`CREATE DATABASE ${name}`], drop: [`DROP DATABASE ${name}`] }
    : { name, create: [`CREATE SCHEMA ${name}`], drop: [...tables, `DROP SCHEMA ${name}`] };
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const tables = ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'];
  let product: Awaited<ReturnType<typeof productTables>>;
  let ask: ReturnType<typeof asker>;
  let before: string;
  let left: string;
  let runs: readonly number[];

  beforeAll(async () => {
    product = await productTables(engine);
    ask = asker(product);
    await fillTokens({ query: product.query, family }, tokens);
    before = await content(product, tables);
    expect(await ask('install-procs', '--policy', 'tokens', '--yes')).toMatchObject({ exitCode: 0 });
    const run = async (...more: string[]) => Number(jsonOf(await ask('run', 'tokens', '--no-backlog', ...more)).runId);
    await run('--dry-run');
    const first = await run();
    expect(await ask('restore', String(first))).toMatchObject({ exitCode: 0 });
    const second = await run();
    left = await content(product, tables);
    const [{ id } = {}] = await product.query(`SELECT MIN(TOKEN_ID) AS id FROM ${kept}`);
    expect(await ask('restore', String(second), '--where-key', String(id))).toMatchObject({ exitCode: 0 });
    runs = [first, second, await run(), await run()];
    expect(await content(product, tables)).toBe(left);
    // Each began at an hour of its own.
    for (const [index, id] of runs.entries()) {
      const began = `2026-11-30 0${index + 1}:00:00`;
      await product.query(
        `UPDATE CLEANUP_RUN SET STARTED_AT = ${family === 'oracle' ? `TIMESTAMP '${began}'` : `'${began}'`} WHERE RUN_ID = ${id}`,
      );
    }
  }, 120_000);
  afterAll(() => product?.database.drop());

  test('all runs since a time come back, but no dry run, and none that deleted nothing or is back', async () => {
    const since = ['restore', '--since', '2026-11-30T01:00'];
    expect(jsonOf(await ask(...since, '--plan'))).toMatchObject({
      exitCode: 0,
      runs: [{ runId: runs[2] }, { runId: runs[1] }],
    });
    expect(await content(product, tables)).toBe(left);
    const done = jsonOf(await ask(...since));
    expect(done).toMatchObject({ exitCode: 0, runs: [{ restored: 3 }, { runId: runs[1], leftAlone: 0 }] });
    expect(await content(product, tables)).toBe(before);
    expect(jsonOf(await ask(...since))).toMatchObject({ exitCode: 2, code: 'usage' });
  });

  test.each([
    ['a time after the last run', ['--since', '2026-11-30T04:01']],
    ['a time up to which none began', ['--since', '2026-11-30', '--until', '2026-11-30T01:00Z']],
    ['a day that is none', ['--since', '2026-11-31']],
    ['a run and a time', ['1', '--since', '2026-11-30']],
    ['neither', []],
    ['an end without a beginning', ['--until', '2026-11-30']],
    ['another schema for several runs', ['--since', '2026-11-30', '--into', 'review']],
  ])('%s is refused in words', async (_, flags) => {
    const { exitCode, stderr } = await ask('restore', ...flags);
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain('    at ');
  });
});
