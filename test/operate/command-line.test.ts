import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
import { type Deployment, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { words } from '../support/words.js';

const tokens = 3000;
const live = tokens * 0.3;

useBuiltCli();

/** What a user does, through the program as it is built, against a real database. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const out = mkdtempSync(join(tmpdir(), 'deepclean-review-'));
  let product: Pick<Deployment, 'database' | 'family' | 'query'>;
  let before: readonly unknown[];
  const count = async (table: string): Promise<number> =>
    Number((await product.query(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);
  const ask = (...args: string[]): Promise<CliResult> =>
    deepclean([...args, '--json'], { env: { DEEPCLEAN_URL: product.database.url } });
  const report = async (...args: string[]): Promise<Record<string, never>> => {
    const { exitCode, stdout, stderr } = await ask(...args);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    product = await productTables(engine);
    before = await product.query(words[product.family].objects);
    await fillTokens(product, tokens);
  });
  afterAll(async () => {
    await product?.database.drop();
    rmSync(out, { recursive: true });
  });

  test('says which tables grew, who cleans each, and what to run', async () => {
    const { tables } = await report('inspect', '--explain');
    const grown = tables as unknown as { table: string; bytes?: number; cleaning: string; procedure?: string }[];
    expect(grown.find(({ table }) => table.toUpperCase() === 'IDN_OAUTH2_ACCESS_TOKEN')).toMatchObject({
      cleaning: 'cleanup_tokens',
      procedure: 'cleanup_tokens',
    });
    const sizes = grown.map(({ bytes = -1 }) => bytes);
    expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
    const { exitCode, stdout } = await deepclean(['inspect', '--explain'], {
      env: { DEEPCLEAN_URL: product.database.url },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Tables by size, as the server last counted them');
    expect(stdout).toContain('deepclean regular-cleaning check deployment.toml');
  });

  test('generates for the live schema, and installs exactly those files', async () => {
    await report('generate', '--out', out);
    await report('install-procs', '--from', out, '--yes');
    await report('verify', '--from', out);
    expect((await ask('generate', '--out', out, '--check')).exitCode).toBe(0);
  });

  test('installs a second time without a change', async () => {
    expect(JSON.stringify(await report('install-procs', '--yes'))).not.toMatch(/"state": "(new|changed)"/);
  });

  test('shows the backlog', async () => {
    expect(await report('backlog')).toMatchObject({
      deadRows: tokens - live,
      cleanups: [{ procedure: 'cleanup_tokens', deadRows: tokens - live }],
    });
  });

  test('counts in a dry run and deletes nothing', async () => {
    const { exitCode, stdout } = await ask('run', 'cleanup_tokens', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"dryRun": true');
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN')).toBe(tokens);
  });

  test('changes a setting, and refuses a value out of bounds with what is allowed', async () => {
    await report('settings', '--cleanup', 'tokens', 'pause_ms=1');
    const refused = await ask('settings', '--cleanup', 'all', 'batch_target_ms=5000');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('900');
  });

  test('does nothing while switched off, and says so by its exit code', async () => {
    const silent = await ask('settings', 'enabled=no');
    expect(silent.exitCode).toBe(2);
    expect(silent.stderr).toContain('Nothing says which cleanup enabled is for.');
    const { stdout: changed } = await ask('settings', '--cleanup', 'all', 'enabled=no');
    expect(changed).toMatch(/"changed": \[\s*"enabled"/);
    const { exitCode, stdout } = await ask('run', 'tokens');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('switched off');
    await report('settings', '--cleanup', 'all', 'enabled=yes');
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN')).toBe(tokens);
  });

  test('cleans, tells about it, and gives everything back', async () => {
    await report('run', 'cleanup_tokens');
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN')).toBe(live);
    const { stdout, stderr } = await ask('status');
    // A driver that was asked several things at once over one connection says so here.
    expect(stderr).not.toContain('DeprecationWarning');
    expect(stdout).toContain('"whyStopped": "done"');
    const runs = [...stdout.matchAll(/"runId": (\d+)/g)].map(([, id]) => Number(id));
    await report('restore', String(Math.max(...runs)));
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN')).toBe(tokens);
    expect(await count('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')).toBe(2 * tokens);
  });

  test('says that nothing runs when asked to stop it', async () => {
    const { exitCode, stdout } = await ask('stop', 'cleanup_tokens');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/not running|"running": false/);
  });

  test.runIf(engine.name === 'mariadb' || engine.name === 'mysql')(
    'goes by the server that answers, whichever scheme of its family the URL has',
    async () => {
      const scheme = engine.name === 'mysql' ? 'mariadb:' : 'mysql:';
      const url = product.database.url.replace(/^[a-z]+:/, scheme);
      const { stdout } = await deepclean(['inspect', '--url', url]);
      expect(JSON.parse(stdout)).toMatchObject({ dialect: engine.name });
    },
  );

  test('refuses a wrong password, and never prints it', async () => {
    const url = product.database.url.replace(/:[^:@/]+@/, ':not-the-password@');
    const { exitCode, stdout, stderr } = await deepclean(['status', '--url', url]);
    expect(exitCode).toBe(3);
    expect(`${stdout}${stderr}`).not.toContain('not-the-password');
    expect(stderr).toMatch(/next: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('leaves nothing behind', async () => {
    await report('uninstall', '--yes');
    expect(await product.query(words[product.family].objects)).toEqual(before);
    const { exitCode, stderr } = await ask('status');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('install-procs');
  });
});
