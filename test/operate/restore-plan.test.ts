import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

useBuiltCli();

const tokens = 600;
const columns = [
  ...['TOKEN_ID', 'ACCESS_TOKEN', 'CONSUMER_KEY_ID', 'AUTHZ_USER', 'TENANT_ID', 'USER_DOMAIN', 'USER_TYPE'],
  ...['GRANT_TYPE', 'TIME_CREATED', 'REFRESH_TOKEN_TIME_CREATED', 'VALIDITY_PERIOD', 'REFRESH_TOKEN_VALIDITY_PERIOD'],
  ...['TOKEN_SCOPE_HASH', 'TOKEN_STATE', 'TOKEN_STATE_ID', 'IDP_ID'],
].join(', ');
const kept = 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN';

interface TableOfPlan {
  readonly table: string;
  readonly deleted: number;
  readonly kept: number;
  readonly comesBack: number;
  readonly thereAgain: number;
  readonly parentGone: number;
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  let product: Awaited<ReturnType<typeof productTables>>;
  let runId: string;
  const ask = (...args: string[]): Promise<CliResult> =>
    deepclean([...args, '--json'], { env: { DEEPCLEAN_URL: product.database.url } });
  beforeAll(async () => {
    product = await productTables(engine);
    await fillTokens({ query: product.query, family: familyOf(engine) }, tokens);
    expect(await ask('install-procs', '--policy', 'tokens', '--yes')).toMatchObject({ exitCode: 0 });
    const { stdout } = await ask('run', 'tokens', '--no-backlog');
    runId = String(JSON.parse(stdout).runId);
  });
  afterAll(() => product?.database.drop());

  async function planned(): Promise<{ exitCode: number; wouldRefuse: boolean; tables: readonly TableOfPlan[] }> {
    const { exitCode, stdout } = await ask('restore', runId, '--plan');
    return { exitCode, ...JSON.parse(stdout) };
  }

  test('all that a run deleted would come back, and the plan changes nothing', async () => {
    const before = await planned();
    expect(before).toMatchObject({ exitCode: 0, wouldRefuse: false });
    expect(before.tables.map(({ table }) => table.toUpperCase())).toEqual([
      'IDN_OAUTH2_ACCESS_TOKEN',
      'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
    ]);
    for (const { deleted, kept: copies, comesBack } of before.tables)
      expect([copies, comesBack]).toEqual([deleted, deleted]);
    expect(await planned()).toEqual(before);
  });

  test('rows that are there again, or whose parent is gone, would stay away, and the restore does as planned', async () => {
    const { query } = product;
    const [again] = await query(`SELECT MIN(TOKEN_ID) AS id FROM ${kept}`);
    await query(
      `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (${columns}) SELECT ${columns} FROM ${kept} WHERE TOKEN_ID = '${again?.id}'`,
    );
    // Another token has the place of one of these, as after a login.
    const [taken] = await query(`SELECT MAX(TOKEN_ID) AS id FROM ${kept}`);
    await query(
      `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (${columns}) SELECT ${columns.replace('TOKEN_ID', "'new-token'")} FROM ${kept} WHERE TOKEN_ID = '${taken?.id}'`,
    );
    const [app] = await query(
      `SELECT MAX(CONSUMER_KEY_ID) AS id FROM ${kept} WHERE TOKEN_ID NOT IN ('${again?.id}', '${taken?.id}')`,
    );
    await query(`DELETE FROM IDN_OAUTH_CONSUMER_APPS WHERE ID = ${app?.id}`);

    const { exitCode, tables } = await planned();
    expect(exitCode).toBe(1);
    const [ofTokens, ofScopes] = tables;
    expect(ofTokens?.thereAgain).toBeGreaterThanOrEqual(1);
    expect(ofTokens?.parentGone).toBeGreaterThan(0);
    expect(ofTokens?.comesBack).toBeGreaterThan(0);
    // A scope hangs on a token that hangs on the application.
    expect(ofScopes?.parentGone).toBeGreaterThan(0);

    const restored = JSON.parse((await ask('restore', runId)).stdout);
    const done = new Map<string, { restored: number; leftAlone: number }>(
      restored.tables.map((one: { table: string; restored: number; leftAlone: number }) => [
        one.table.toUpperCase(),
        one,
      ]),
    );
    for (const { table, comesBack, thereAgain, parentGone } of tables)
      expect(done.get(table.toUpperCase())).toMatchObject({ restored: comesBack, leftAlone: thereAgain + parentGone });
  });

  test('a run whose copies are gone in part would be refused, and is', async () => {
    await product.query(
      `DELETE FROM ${kept} WHERE TOKEN_ID = (SELECT n FROM (SELECT MAX(TOKEN_ID) AS n FROM ${kept}) x)`,
    );
    expect(await planned()).toMatchObject({ exitCode: 1, wouldRefuse: true });
    expect(await ask('restore', runId)).not.toMatchObject({ exitCode: 0 });
  });
});
