import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { connected, dialectOf } from '../contract/support.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { accounts, words } from '../support/words.js';

useBuiltCli();

const tokens = 400;
const roles = ['installer', 'runner', 'reader', 'restorer'] as const;
type Role = (typeof roles)[number];

/** Each works with the grants that `deepclean grants` writes for its role, and no others. */
describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const family = familyOf(engine);
  const { create, drop } = accounts[family];
  let product: Awaited<ReturnType<typeof productTables>>;
  let users: Readonly<Record<Role, { readonly name: string; readonly password: string }>>;

  const urlOf = (role: Role): string => {
    const url = new URL(product.database.url);
    url.username = users[role].name;
    url.password = users[role].password;
    return url.href;
  };
  const as = (role: Role, ...args: readonly string[]): Promise<CliResult> =>
    deepcleanProcess(args, { env: { DEEPCLEAN_URL: urlOf(role) } });
  const succeeds = async (role: Role, ...args: readonly string[]): Promise<string> => {
    const { exitCode, stderr, stdout } = await as(role, ...args);
    expect({ args, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ args, exitCode: 0, stderr: '' });
    return stdout;
  };
  const fails = async (role: Role, ...args: readonly string[]): Promise<string> => {
    const { exitCode, stderr } = await as(role, ...args);
    expect(exitCode).not.toBe(0);
    return stderr;
  };
  async function grant(role: Role): Promise<void> {
    const args = ['grants', '--role', role === 'restorer' ? 'runner' : role, '--user', users[role].name];
    const { stdout } = await deepcleanProcess(
      [...args, ...(role === 'restorer' ? ['--restores'] : []), '--policy', 'tokens', '--json'],
      { env: { DEEPCLEAN_URL: product.database.url } },
    );
    for (const statement of JSON.parse(stdout).statements) await product.query(statement.replace(/;$/, ''));
  }
  const count = async (): Promise<number> =>
    Number((await product.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN'))[0]?.n);

  beforeAll(async () => {
    product = await productTables(engine);
    await fillTokens({ family, query: product.query }, tokens);
    const suffix = product.database.name.slice(-8);
    users = Object.fromEntries(
      roles.map((role) => [role, { name: `${role}_${suffix}`, password: 'Some-1-password' }]),
    ) as typeof users;
    for (const role of roles) for (const statement of create(users[role])) await product.query(statement);
  });
  afterAll(async () => {
    for (const role of roles) for (const statement of drop(users[role])) await product.query(statement);
    await product?.database.drop();
  });

  test('an installer installs, a runner cleans, a restorer puts back, a reader only looks', async () => {
    await grant('installer');
    await succeeds('installer', 'install-procs', '--policy', 'tokens', '--yes');
    await succeeds('installer', 'verify', '--policy', 'tokens');

    await grant('reader');
    expect(await succeeds('reader', 'backlog', '--cleanup', 'tokens')).toContain('revoked');
    const [revoked] = await product.query(
      "SELECT TOKEN_ID AS id FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_STATE = 'REVOKED' ORDER BY TOKEN_ID",
    );
    const why = await succeeds('reader', 'why', String(revoked?.id));
    expect(why).toContain('dead: revoked (its state is REVOKED)');
    expect(why).toMatch(/since this account may not read it: .*cleanup_bak_idn_oauth2_access_token/i);
    expect(await fails('reader', 'run', 'tokens')).toMatch(/lacks|the server may hide it/);
    expect(await fails('reader', 'stop', 'tokens')).toMatch(/denied|the server may hide it/);

    await grant('runner');
    await succeeds('runner', 'settings', '--cleanup', 'tokens', 'pause_ms=1');
    await succeeds('runner', 'run', 'tokens', '--dry-run');
    expect(await count()).toBe(tokens);
    await succeeds('runner', 'run', 'tokens');
    expect(await count()).toBe(tokens * 0.3);
    expect(await succeeds('reader', 'status')).toContain('ended');
    const taken = await as('reader', 'why', String(revoked?.id));
    expect(taken).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('since this account may not read it') });
    // No other row of the product's, and nothing of what is installed.
    await connected(
      product.database,
      dialectOf(engine),
      async (caller) => {
        for (const statement of [
          "UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'REVOKED'",
          'DELETE FROM IDN_OAUTH_CONSUMER_APPS',
          'DROP PROCEDURE cleanup_tokens',
          words[family].call('restore_tokens', '2'),
        ])
          await expect(caller.query(statement), statement).rejects.toThrow(/denied|must be owner/);
      },
      users.runner,
    );

    await grant('restorer');
    const [one] = await product.query('SELECT MIN(TOKEN_ID) AS id FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN');
    expect(await fails('runner', 'restore', '2', '--where-key', String(one?.id))).toMatch(
      /grants --role runner --restores|the server may hide it/,
    );
    await succeeds('restorer', 'restore', '2', '--where-key', String(one?.id), '--plan');
    await succeeds('restorer', 'restore', '2', '--where-key', String(one?.id));
    expect(await count()).toBe(tokens * 0.3 + 1);
    await succeeds('restorer', 'restore', '2');
    expect(await count()).toBe(tokens);
    await succeeds('installer', 'uninstall', '--yes');
  }, 180_000);
});
