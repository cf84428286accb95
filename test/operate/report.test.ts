import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { supportName } from '../../src/plan/names.js';
import type { History } from '../../src/report/history.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { type CliResult, deepclean, useBuiltCli } from '../cli/run-cli.js';
import { type Deployment, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

const tokens = 6000;
const dead = tokens * 0.7;

useBuiltCli();

/** The report of real runs, of which some are made to have begun days ago. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const folder = mkdtempSync(join(tmpdir(), 'deepclean-report-'));
  const file = join(folder, 'report.html');
  let product: Pick<Deployment, 'database' | 'family' | 'query'>;
  const ask = (...args: string[]): Promise<CliResult> =>
    deepclean(args, { env: { DEEPCLEAN_URL: product.database.url } });
  const done = async (...args: string[]): Promise<CliResult> => {
    const result = await ask(...args);
    expect({ exitCode: result.exitCode, stderr: result.exitCode === 0 ? '' : result.stderr }).toEqual({
      exitCode: 0,
      stderr: '',
    });
    return result;
  };
  const report = async (...args: string[]): Promise<History> =>
    JSON.parse((await done('report', '--out', file, '--json', ...args)).stdout);
  const page = () => parseHTML(readFileSync(file, 'utf8')).document;
  /** Moves all runs so far into the past. */
  async function age(days: number): Promise<void> {
    const dialect = findDialect(engine.dialect);
    const { before } = dialect.expressions;
    const earlier = ['started_at', 'ended_at'].map((name) => `${name} = ${before(name, String(days), 'days')}`);
    await product.query(`UPDATE ${supportName(dialect, 'cleanup_', 'run')} SET ${earlier.join(', ')}`);
  }

  beforeAll(async () => {
    product = await productTables(engine);
    await fillTokens(product, tokens);
  });
  afterAll(async () => {
    await product?.database.drop();
    rmSync(folder, { recursive: true });
  });

  test('writes nothing where nothing is installed, and says what is missing', async () => {
    const { exitCode, stderr } = await ask('report', '--out', file);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('install-procs');
    expect(existsSync(file)).toBe(false);
  });

  test('needs two runs a day apart for a forecast, and says so', async () => {
    await done('install-procs', '--yes');
    expect(await report()).toMatchObject({ cleanups: [{ procedure: 'cleanup_tokens', runs: [], restored: 0 }] });
    expect(page().body.textContent).toContain('There was no run in the last 90 days.');
    await done('settings', '--cleanup', 'all', 'duty_percent=100');
    await done('run', 'cleanup_tokens');
    const { stdout } = await done('report', '--out', file, '--disk-free-gb', '100');
    expect(stdout).toContain('a forecast needs two complete runs that began a day or more apart, and there is one.');
    expect(stdout).toContain(`written to ${file}`);
    expect(page().body.textContent).not.toContain('would fill');
  });

  test('shows what runs did, how fast rows die, and when the disk would be full', async () => {
    await age(10);
    for (const table of ['IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH_CONSUMER_APPS']) {
      await product.query(`DELETE FROM ${table}`);
    }
    await fillTokens(product, tokens);
    const counted = await report('--count-backlog');
    expect(counted.cleanups[0]?.backlog?.reduce((sum, { rows }) => sum + rows, 0)).toBe(dead);
    await done('run', 'cleanup_tokens', '--dry-run', '--no-backlog');
    await done('run', 'cleanup_tokens', '--no-backlog');
    const history = await report('--count-backlog', '--disk-free-gb', '1');
    const [cleanup] = history.cleanups;
    expect(cleanup?.runs).toMatchObject([
      { complete: true, dryRun: false, dead },
      { dryRun: true, dead },
      { complete: true, dryRun: false, dead },
    ]);
    expect(cleanup?.backlog).toEqual([]);
    expect(Math.abs(Date.parse(history.now) - Date.now())).toBeLessThan(600_000);
    const growth = cleanup?.growth;
    expect(growth?.days).toBeCloseTo(10, 1);
    const perDay = Object.fromEntries(
      (growth?.tables ?? []).map(({ table, rowsPerDay }) => [table.toUpperCase(), Math.round(rowsPerDay)]),
    );
    expect(perDay.IDN_OAUTH2_ACCESS_TOKEN).toBe(dead / 10);
    expect(history.reasons.reduce((sum, { rows }) => sum + rows, 0)).toBe(2 * dead);
    expect(history.space.cleaned.map(({ table }) => table.toUpperCase())).toContain('IDN_OAUTH2_ACCESS_TOKEN');
    // An imitation keeps no statistics.
    if (engine.imitation === undefined) {
      const token = history.space.cleaned.find(({ table }) => table.toUpperCase() === 'IDN_OAUTH2_ACCESS_TOKEN');
      expect(token?.bytes).toBeGreaterThan(100_000);
      // What the server says by half empty pages is several times too much; what is made of it is not.
      const grows = growth?.tables.find(({ table }) => table.toUpperCase() === 'IDN_OAUTH2_ACCESS_TOKEN');
      const rowBytes = Number(grows?.bytesPerDay) / Number(grows?.rowsPerDay);
      expect(rowBytes).toBeGreaterThan(300);
      expect(rowBytes).toBeLessThan(1200);
      expect(history.forecast.daysUntilFull).toBeCloseTo(1e9 / Number(history.forecast.bytesPerDay), 3);
      expect(page().body.textContent).toMatch(/dead rows alone would (not )?fill the 1 GB that are free (within|by)/);
    }
    const titles = [...page().querySelectorAll('figcaption strong')].map((title) => title.textContent);
    expect(titles).toEqual(
      expect.arrayContaining([
        'cleanup_tokens: dead rows that each run found',
        'cleanup_tokens: how fast rows die',
        'Why rows were dead',
      ]),
    );
    // The run by its tables' words, as the log has it.
    expect(page().body.textContent).toContain('(dry run)');
  });

  test('looks no further back than it is asked to', async () => {
    const { cleanups } = await report('--since', '5d');
    expect(cleanups[0]?.runs.map(({ dryRun }) => dryRun)).toEqual([true, false]);
    expect((await ask('report', '--since', 'yesterday')).exitCode).toBe(2);
    expect((await ask('report', '--disk-free-gb', '-3')).exitCode).toBe(2);
  });

  test('does not count as growth twice what was put back and deleted again', async () => {
    const { cleanups } = await report();
    const last = cleanups[0]?.runs.at(-1)?.runId;
    await done('restore', String(last));
    await done('run', 'cleanup_tokens', '--no-backlog');
    const again = await report();
    expect(again.cleanups[0]?.restored).toBeGreaterThanOrEqual(dead);
    const rows = again.cleanups[0]?.growth?.tables.find(
      ({ table }) => table.toUpperCase() === 'IDN_OAUTH2_ACCESS_TOKEN',
    );
    expect(Math.round(Number(rows?.rowsPerDay))).toBe(dead / 10);
  });

  test('leaves nothing of a file that cannot be written', async () => {
    const { exitCode, stderr } = await ask('report', '--out', join(folder, 'none', 'report.html'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('cannot be used: ENOENT');
  });
});
