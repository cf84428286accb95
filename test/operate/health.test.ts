import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { deepclean, deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

useBuiltCli();

const tokens = 600;

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  let product: Awaited<ReturnType<typeof productTables>>;
  let server: Server;
  let url: string;
  let status: number;
  const env = (): Record<string, string> => ({ DEEPCLEAN_URL: product.database.url });
  const left = async () => Number((await product.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN'))[0]?.n);
  const heldUntil = async () =>
    Number(
      (await product.query("SELECT VALUE AS n FROM CLEANUP_SETTING WHERE NAME = 'hold_until_epoch_seconds'"))[0]?.n,
    );
  const setHold = (until: number) =>
    product.query(`UPDATE CLEANUP_SETTING SET VALUE = '${until}' WHERE NAME = 'hold_until_epoch_seconds'`);
  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/replicas?token=secret`;
    product = await productTables(engine);
    const installed = await deepclean(['install-procs', '--policy', 'tokens', '--yes'], { env: env() });
    expect(installed).toMatchObject({ exitCode: 0 });
    await fillTokens({ query: product.query, family: familyOf(engine) }, tokens);
  });
  afterAll(async () => {
    await product?.database.drop();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a run rests from its start while the page says so, and goes on when it does', async () => {
    status = 503;
    const outcome = deepcleanProcess(['run', 'tokens', '--no-backlog', '--health-url', url], { env: env() });
    await expect.poll(heldUntil, { timeout: 20_000 }).toBeGreaterThan(Date.now() / 1000);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await left()).toBe(tokens);
    status = 200;
    const { exitCode, stderr } = await outcome;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await left()).toBe(tokens * 0.3);
    expect(stderr).toContain('The run rests');
    expect(stderr).toContain('it answers 503');
    expect(stderr).toContain('The run goes on');
    expect(stderr).not.toContain('secret');
    expect(await heldUntil()).toBe(0);
  });

  test('a hold of somebody else is neither shortened nor ended', async () => {
    const theirs = Math.floor(Date.now() / 1000) + 3600;
    await setHold(theirs);
    status = 503;
    const outcome = deepcleanProcess(['run', 'tokens', '--no-backlog', '--health-url', url], {
      env: env(),
      started: (child) => {
        setTimeout(() => child.kill('SIGINT'), 4000);
      },
    });
    const { stderr } = await outcome;
    expect(stderr).toContain('Stopping after the current batch');
    expect(await heldUntil()).toBe(theirs);
    await setHold(0);
  });
});

test.each([
  [['--health-below', '5'], 'says nothing without --health-url'],
  [['--health-url', 'replicas'], 'no URL of http or https'],
  [['--health-url', 'http://127.0.0.1/', '--health-below', 'much'], 'is no number'],
])('%s is refused with a message', async (args, words) => {
  const { exitCode, stderr } = await deepclean(['run', 'tokens', '--url', 'postgresql://127.0.0.1/x', ...args]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(words);
});
