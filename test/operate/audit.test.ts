import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { words } from '../support/words.js';

useBuiltCli();

const tokens = 200;
const dead = tokens * 0.7;
const audit = 'CLEANUP_AUDIT_IDN_OAUTH2_ACCESS_TOKEN';
const whole = 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN';
const code = 'a-code-that-nobody-may-read-again';

const hexDigits = (text: unknown): string => createHash('sha256').update(String(text)).digest('hex');

/** What is kept of deleted rows for an audit: nothing by which anybody could come in. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const sha256 = (text: unknown) => (family === 'mssql' ? hexDigits(text).toUpperCase() : hexDigits(text));
  let product: Awaited<ReturnType<typeof productTables>>;
  let secrets: readonly string[];
  let before: readonly Readonly<Record<string, unknown>>[];
  let runId: string;
  const ask = (...args: string[]): Promise<CliResult> =>
    deepclean([...args, '--json'], { env: { DEEPCLEAN_URL: product.database.url } });
  const install = async (mode: string, ...args: string[]) => {
    const { exitCode, stdout, stderr } = await ask('install-procs', '--policy', 'tokens', '--backup', mode, ...args);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return JSON.parse(stdout);
  };
  const count = async (table: string, where = '1 = 1'): Promise<number> =>
    Number((await product.query(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`))[0]?.n);
  const run = async (): Promise<string> => {
    const { exitCode, stdout, stderr } = await ask('run', 'tokens', '--no-backlog');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return String(JSON.parse(stdout).runId);
  };

  beforeAll(async () => {
    product = await productTables(engine);
    const { query } = product;
    await fillTokens({ query, family }, tokens);
    await query(
      `INSERT INTO IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER, TENANT_ID, USER_DOMAIN, TIME_CREATED, VALIDITY_PERIOD, STATE, SUBJECT_IDENTIFIER, IDP_ID)
       VALUES ('code-1', '${code}', 1, 'https://app/', 'openid', 'alice', -1234, 'PRIMARY', ${words[family].stamp('2020-01-01 00:00:00')}, 1000, 'INACTIVE', 'alice', 1)`,
    );
    before = await query('SELECT TOKEN_ID AS id, ACCESS_TOKEN AS a, REFRESH_TOKEN AS r FROM IDN_OAUTH2_ACCESS_TOKEN');
    secrets = [code, ...before.flatMap(({ a, r }) => [String(a), String(r)])];
    await install('audit', '--yes');
    runId = await run();
  }, 120_000);
  afterAll(() => product?.database.drop());

  test('the same rows go, and no token or code is in any column of what is kept', async () => {
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN')).toBe(tokens - dead);
    expect(await count('IDN_OAUTH2_AUTHORIZATION_CODE')).toBe(0);
    expect(await count(audit)).toBe(dead);
    const objects = (await product.query(words[family].objects)).map(({ n }) => String(n));
    const kept = objects.filter((name) => /^cleanup_(audit|bak|batch)_/i.test(name) && !/_(pkey|seq)$/.test(name));
    expect(kept.filter((name) => /_bak_/i.test(name))).toEqual([]);
    const rows = [];
    for (const name of kept) rows.push(...(await product.query(`SELECT * FROM ${name}`)));
    expect(rows.length).toBe(3 * dead + 1);
    const text = JSON.stringify(rows);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    // Nothing binary either, such as a large object.
    expect(rows.flatMap((row) => Object.values(row)).filter((value) => value instanceof Uint8Array)).toEqual([]);
  });

  test('a hash tells whether a token was deleted, and who had it', async () => {
    const rows = await product.query(
      `SELECT TOKEN_ID AS id, ACCESS_TOKEN_SHA256 AS a, REFRESH_TOKEN_SHA256 AS r, AUTHZ_USER AS u, REASON AS w FROM ${audit}`,
    );
    const hashes = new Map(rows.map((row) => [row.id, row]));
    for (const { id, a, r } of before) {
      const kept = hashes.get(id);
      if (kept === undefined) continue;
      expect([kept.a, kept.r]).toEqual([sha256(a), sha256(r)]);
      expect(String(kept.u)).toMatch(/^user/);
    }
    expect(
      await count('CLEANUP_AUDIT_IDN_OAUTH2_AUTHORIZATION_CODE', `AUTHORIZATION_CODE_SHA256 = '${sha256(code)}'`),
    ).toBe(1);
  });

  test('a run is not restored, and the refusal says why', async () => {
    const { exitCode, stderr } = await ask('restore', runId);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/made with --backup audit.*SHA-256.*no row can be put back/);
    const objects = (await product.query(words[family].objects)).map(({ n }) => String(n).toLowerCase());
    expect(objects).not.toContain('restore_tokens');
  });

  test('another column of the source stops the next run, and is a secret once it is installed again', async () => {
    const { query } = product;
    const column = family === 'postgresql' || family === 'mysql' ? 'ADD COLUMN NEW_SECRET' : 'ADD NEW_SECRET';
    await query(`ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN ${column} VARCHAR(100)`);
    const stopped = await ask('run', 'tokens', '--no-backlog');
    expect(stopped.exitCode).not.toBe(0);
    expect(stopped.stdout + stopped.stderr).toMatch(/has other columns|does not fit/);
    await install('audit', '--yes');
    await query(`UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'REVOKED', NEW_SECRET = 'not to be kept'`);
    await run();
    expect(await count(audit, `NEW_SECRET_SHA256 = '${sha256('not to be kept')}'`)).toBe(tokens - dead);
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN')).toBe(0);
  });

  test('a kept column that has another type than its source stops the next run', async () => {
    await product.query(words[family].retype(audit, 'GRANT_TYPE', 'VARCHAR(77)'));
    const stopped = await ask('run', 'tokens', '--no-backlog');
    expect(stopped.exitCode).not.toBe(0);
    expect(stopped.stdout + stopped.stderr).toMatch(/does not fit .*column grant_type/i);
    await install('audit', '--yes');
    await run();
  });

  test('what one mode kept stays when another is installed, is told, and can be restored if it is whole', async () => {
    const { query } = product;
    const kept = await count(audit);
    const { keptOtherwise } = await install('deleted-rows', '--plan');
    expect(
      keptOtherwise.map(({ table, rows }: { table: string; rows: number }) => [table.toUpperCase(), rows]),
    ).toContainEqual([audit, kept]);
    await install('deleted-rows', '--yes');
    await query('DELETE FROM IDN_OAUTH_CONSUMER_APPS');
    await fillTokens({ query, family }, tokens);
    const wholeRun = await run();
    expect(await count(whole)).toBe(dead);
    await install('audit', '--yes');
    expect(await count(whole)).toBe(dead);
    expect(await count(audit)).toBe(kept);
    expect(await ask('restore', wholeRun)).toMatchObject({ exitCode: 0 });
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN')).toBe(tokens);
    await install('none', '--yes');
    await run();
    expect([await count(whole), await count(audit)]).toEqual([dead, kept]);
  }, 300_000);

  test('an audit is pruned after its retention', async () => {
    await install('audit', '--yes');
    await product.query(`UPDATE CLEANUP_RUN SET STARTED_AT = ${words[family].stamp('2020-01-01 00:00:00')}`);
    await run();
    expect(await count(audit)).toBe(0);
    expect(await ask('uninstall', '--yes')).toMatchObject({ exitCode: 0 });
    const objects = (await product.query(words[family].objects)).map(({ n }) => String(n));
    expect(objects.filter((name) => /cleanup_/i.test(name))).toEqual([]);
  }, 300_000);
});
