import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { deepclean, deepcleanProcess, useBuiltCli } from './run-cli.js';

useBuiltCli();

const folder = mkdtempSync(join(tmpdir(), 'deepclean-generate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const profiles = [
  ['postgresql', 'identity-5.14', 200_000],
  ['mysql', 'apim-4.5', 200_000],
  ['mariadb', 'apim-4.5', 200_000],
  // Below the 5000 locks at which a statement would lock the whole table.
  ['mssql', 'identity-5.14', 2000],
  ['oracle', 'identity-5.14', 200_000],
] as const;

/** Every file below a folder, with its bytes. */
function contents(path: string): Readonly<Record<string, string>> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => [
      join(entry.parentPath, entry.name).slice(path.length),
      readFileSync(join(entry.parentPath, entry.name), 'utf8'),
    ]),
  );
}

describe.each(profiles)('generate for %s', (dialect, profile, batchRowsMaximum) => {
  const args = ['generate', '--dialect', dialect, '--profile', profile];

  test(`lets a batch grow to ${batchRowsMaximum} rows, or to what the configuration says`, async () => {
    const first = async (out: string, ...more: string[]): Promise<string | undefined> => {
      expect((await deepclean([...args, '--out', join(folder, out), ...more])).exitCode).toBe(0);
      const tables = readFileSync(join(folder, out, dialect, '20-tokens-tables.sql'), 'utf8');
      return /'batch_rows_maximum'(?: AS NAME)?, '(\d+)'/.exec(tables)?.[1];
    };
    expect(await first(`${dialect}-usual`)).toBe(String(batchRowsMaximum));
    expect(await first(`${dialect}-told`, '--set', 'settings.batch_rows_maximum=123456')).toBe('123456');
  });

  test('the same bytes twice, wherever they are written', async () => {
    const [one, other] = [join(folder, `${dialect}-1`), join(folder, `${dialect}-2`)];
    expect((await deepclean([...args, '--out', one])).exitCode).toBe(0);
    expect(
      (await deepcleanProcess([...args, '--out', other], { env: { TZ: 'Asia/Colombo', LC_ALL: 'C' } })).exitCode,
    ).toBe(0);
    expect(contents(other)).toEqual(contents(one));
    expect(Object.keys(contents(one))).toContain('/manifest.json');
    expect(Object.keys(contents(one))).toContain('/SHA256SUMS');
  });

  test('--check says yes to what was written, and names what was edited', async () => {
    const out = join(folder, `${dialect}-check`);
    const missing = await deepclean([...args, '--out', out, '--check']);
    expect(missing.exitCode).toBe(1);
    await deepclean([...args, '--out', out]);
    expect((await deepclean([...args, '--out', out, '--check'])).exitCode).toBe(0);

    appendFileSync(join(out, dialect, '30-cleanup_tokens.sql'), '-- edited\n');
    const before = contents(out);
    const edited = await deepclean([...args, '--out', out, '--check', '--json']);
    expect(edited.exitCode).toBe(1);
    expect(JSON.parse(edited.stdout)).toMatchObject({
      different: [{ file: `${dialect}/30-cleanup_tokens.sql`, state: 'different' }],
    });
    expect(contents(out)).toEqual(before);
  });
});

test('settings, prefix and names of the user stand in the SQL', async () => {
  const out = join(folder, 'named');
  const { exitCode } = await deepclean([
    ...['generate', '--dialect', 'postgresql', '--profile', 'identity-5.14', '--out', out, '--prefix', 'DC_'],
    ...['--set', 'safe_period_minutes=240', '--set', 'procedures.tokens.procedure=WSO2_TOKEN_CLEANUP_SP'],
  ]);
  expect(exitCode).toBe(0);
  const files = contents(out);
  expect(Object.keys(files)).toContain('/postgresql/30-WSO2_TOKEN_CLEANUP_SP.sql');
  expect(files['/postgresql/20-tokens-tables.sql']).toContain("'safe_period_minutes', '240'");
  expect(files['/postgresql/10-support-tables.sql']).toContain('dc_setting');
});

test('a folder holds several dialects side by side', async () => {
  const out = join(folder, 'several');
  for (const [dialect, profile] of profiles) {
    await deepclean(['generate', '--dialect', dialect, '--profile', profile, '--out', out]);
  }
  for (const [dialect, profile] of profiles) {
    const check = await deepclean(['generate', '--dialect', dialect, '--profile', profile, '--out', out, '--check']);
    expect(check.exitCode).toBe(0);
  }
});

test('colours only on a terminal, and never with NO_COLOR', async () => {
  const args = ['generate', '--dialect', 'mysql', '--profile', 'apim-4.5', '--out', join(folder, 'plain')];
  const escapeCode = String.fromCharCode(27);
  expect((await deepclean(args)).stdout).not.toContain(escapeCode);
  expect((await deepcleanProcess(args, { env: { FORCE_COLOR: '1' } })).stdout).toContain(escapeCode);
  expect((await deepcleanProcess(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain(escapeCode);
});
