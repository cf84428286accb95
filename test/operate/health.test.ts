import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepclean, deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

useBuiltCli();

const tokens = 600;

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  let product: Awaited<ReturnType<typeof productTables>>;
  let server: Server;
  let url: string;
  let status: number;
  /** What the page does before it answers. */
  let waits: () => Promise<void> = async () => undefined;
  const env = (): Record<string, string> => ({ DEEPCLEAN_URL: product.database.url });
  const left = async () => Number((await product.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN'))[0]?.n);
  const heldUntil = async () =>
    Number(
      (await product.query("SELECT VALUE AS n FROM CLEANUP_SETTING WHERE NAME = 'hold_until_epoch_seconds'"))[0]?.n,
    );
  const setHold = (until: number) =>
    product.query(`UPDATE CLEANUP_SETTING SET VALUE = '${until}' WHERE NAME = 'hold_until_epoch_seconds'`);
  beforeAll(async () => {
    server = createServer((_, response) => void waits().then(() => response.writeHead(status).end()));
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

  /** Starts a run, which goes on meanwhile; `interrupt` is Ctrl-C. */
  function start(): { readonly outcome: Promise<CliResult>; readonly interrupt: () => void } {
    let interrupt = (): void => undefined;
    const outcome = deepcleanProcess(['run', 'tokens', '--no-backlog', '--health-url', url], {
      env: env(),
      started: (child) => {
        interrupt = () => void child.kill('SIGINT');
      },
    });
    return { outcome, interrupt: () => interrupt() };
  }
  const running = async () =>
    Number((await product.query("SELECT COUNT(*) AS n FROM CLEANUP_RUN WHERE STATUS = 'running'"))[0]?.n);

  test('a longer hold of somebody else is neither shortened nor ended', async () => {
    const theirs = Math.floor(Date.now() / 1000) + 3600;
    await setHold(theirs);
    status = 503;
    const { outcome, interrupt } = start();
    await expect.poll(running, { timeout: 20_000 }).toBe(1);
    interrupt();
    expect((await outcome).stderr).toContain('Stopping after the current batch');
    expect(await heldUntil()).toBe(theirs);
    await setHold(0);
  });

  test('a shorter hold of somebody else goes on when the page is well again', async () => {
    const theirs = Math.floor(Date.now() / 1000) + 45;
    await setHold(theirs);
    status = 503;
    const { outcome } = start();
    await expect.poll(heldUntil, { timeout: 20_000 }).toBeGreaterThan(theirs);
    status = 200;
    await expect.poll(heldUntil, { timeout: 20_000 }).toBe(theirs);
    await setHold(0);
    expect(await outcome).toMatchObject({ exitCode: 0 });
  });

  test('Ctrl-C while the page is asked for the first time ends it before it begins', async () => {
    const runs = async () => (await product.query('SELECT RUN_ID FROM CLEANUP_RUN')).length;
    const before = await runs();
    let answer = (): void => undefined;
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const asked = new Promise<void>((resolve) => {
      waits = () => {
        resolve();
        return mayAnswer;
      };
    });
    status = 200;
    const { outcome, interrupt } = start();
    await asked;
    interrupt();
    await new Promise((resolve) => setTimeout(resolve, 300));
    answer();
    expect(await outcome).toMatchObject({ exitCode: 130 });
    expect(await runs()).toBe(before);
    waits = async () => undefined;
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
