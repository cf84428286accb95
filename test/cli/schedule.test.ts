import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { deepclean, deepcleanProcess, useBuiltCli } from './run-cli.js';

useBuiltCli();

const folder = mkdtempSync(join(tmpdir(), 'deepclean-schedule-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const daily = ['--cleanup', 'tokens', '--every', '1d', '--at', '01:00'];

describe.each(['postgresql', 'mysql', 'mariadb'])('schedule for %s', (dialect) => {
  test('is one script on stdout, the same at any time', async () => {
    const one = await deepclean(['schedule', '--dialect', dialect, ...daily]);
    const other = await deepcleanProcess(['schedule', '--dialect', dialect, ...daily], { env: { TZ: 'Asia/Kolkata' } });
    expect(one.exitCode).toBe(0);
    expect(one.stdout).toContain('cleanup_tokens');
    expect(other.stdout).toBe(one.stdout);
  });

  test('is a folder of files with --out', async () => {
    const { exitCode, stdout } = await deepclean([
      'schedule',
      '--dialect',
      dialect,
      ...daily,
      '--out',
      folder,
      '--json',
    ]);
    expect(exitCode).toBe(0);
    const { files } = JSON.parse(stdout) as { readonly files: readonly { readonly file: string }[] };
    expect(readdirSync(join(folder, dialect)).sort()).toEqual(files.map(({ file }) => file).sort());
  });
});

test('a scheduler outside the database is told the names that are not the usual ones', async () => {
  const names = ['--prefix', 'dc_', '--namespace', 'wso2', '--set', 'procedures.tokens.procedure=old_job'];
  const { stdout } = await deepclean(['schedule', '--dialect', 'postgresql', ...daily, ...names, '--json']);
  const { files } = JSON.parse(stdout) as {
    readonly files: readonly { readonly file: string; readonly text: string }[];
  };
  const service = files.find(({ file }) => file.endsWith('.service'))?.text ?? '';
  expect(service).toContain('--namespace wso2 --prefix dc_ --set procedures.tokens.procedure=old_job');
});

test.each([
  [['schedule'], 'for which database'],
  [['schedule', 'instal'], '"instal" is not allowed'],
  [['schedule', '--dialect', 'mysql', '--cleanup', 'tokens'], 'how often'],
  [['schedule', '--dialect', 'mysql', '--every', '1d'], 'Nothing says which cleanup the schedule is for'],
  [['schedule', 'install', '--every', '1d', '--url', 'mysql://h/d'], 'Nothing says which cleanup the schedule is for'],
  [['schedule', 'remove', '--url', 'mysql://h/d'], 'Nothing says which cleanup the schedule is for'],
  [['schedule', 'install', '--cleanup', 'tokens,sesions', '--url', 'mysql://h/d'], 'There is no cleanup "sesions"'],
  [['schedule', '--dialect', 'mysql', '--every', '1x', '--at', '25:00'], 'The configuration has 2 problems'],
  [['schedule', 'install', ...daily], 'No database is given'],
])('deepclean %j is refused', async (args, what) => {
  const { exitCode, stdout, stderr } = await deepclean(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(what);
});
