import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
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

function jsonOf({ exitCode, stdout, stderr }: CliResult): Record<string, unknown> {
  expect(stderr.replace(/^{[^]*$/m, '')).toBe(stderr.includes('{') ? '' : stderr);
  return { exitCode, ...(stdout === '' ? JSON.parse(stderr) : JSON.parse(stdout)) };
}

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
    expect(copies.split('\n').every((line) => before.includes(line))).toBe(true);
    expect(copies).toContain(id);
    expect(await content(product, tables)).toBe(now);
    expect(await ask('restore', runId, '--into', name)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('there already'),
    });
    for (const statement of otherSchema(family).drop) await product.query(statement);
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
});

function otherSchema(family: Deployment['family']) {
  const name = `review_${process.pid}`;
  if (family === 'oracle') return { name, create: [`CREATE SCHEMA ${name}`], drop: [`DROP SCHEMA ${name} CASCADE`] };
  const tables = ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'].map((t) => `DROP TABLE ${name}.${t}`);
  return family === 'mysql'
    ? { name, create: [`CREATE DATABASE ${name}`], drop: [`DROP DATABASE ${name}`] }
    : { name, create: [`CREATE SCHEMA ${name}`], drop: [...tables, `DROP SCHEMA ${name}`] };
}
