import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { copyProductFile, productText } from '../support/product-files/index.js';
import { deepclean, useBuiltCli } from './run-cli.js';

useBuiltCli();

const root = mkdtempSync(join(tmpdir(), 'deepclean-regular-cli-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
let xml = '';
let toml = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'conf-'));
  xml = join(folder, 'identity.xml');
  toml = join(folder, 'deployment.toml');
  copyProductFile('xml', xml);
  copyProductFile('toml', toml);
});

const run = (...args: readonly string[]) => deepclean(['regular-cleaning', ...args]);

describe('show', () => {
  test('prints the fragment and nothing else on stdout', async () => {
    const { exitCode, stdout } = await run('show', '--product-version', '4.3.0', '--audit', 'off');
    expect(exitCode).toBe(0);
    expect(stdout).toBe('[oauth.token_cleanup]\nenable = true\nretain_access_tokens_for_auditing = false\n');
  });

  test('--json says the file, its path, the settings and the fragment', async () => {
    const { stdout } = await run('show', '--product', 'is', '--product-version', '5.7.0', '--json');
    expect(JSON.parse(stdout)).toEqual({
      file: 'identity.xml',
      path: 'repository/conf/identity/identity.xml',
      settings: { EnableTokenCleanup: true, RetainOldAccessToken: true },
      fragment: expect.stringContaining('<RetainOldAccessToken>true</RetainOldAccessToken>'),
    });
  });
});

describe('check', () => {
  test('exits with 1 where something clashes, and says what and what to do', async () => {
    const { exitCode, stdout, stderr } = await run('check', xml);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toContain('Token cleaning is on');
    expect(stdout).toContain('IDN_OAUTH2_ACCESS_TOKEN_AUDIT');
    expect(stdout).toContain('<SessionDataPersist><SessionDataCleanUp><Enable> to false');
    expect(stdout).toMatch(/session tasks run every +1440 min/);
    expect(stdout).not.toContain('S3cret');
  });

  test('exits with 0 where nothing does', async () => {
    const { exitCode, stdout } = await run('check', toml, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: toml,
      ok: true,
      settings: { cleaning: { state: 'on', value: 'true', line: 40 }, sessions: { state: 'off' } },
    });
  });
});

describe('apply', () => {
  test('--plan shows old and new, and changes nothing', async () => {
    const { exitCode, stdout } = await run('apply', toml, '--cleaning', 'off', '--plan');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('line 40: - enable = true\n  line 40: + enable = false');
    expect(readFileSync(toml, 'latin1')).toBe(productText('toml'));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('without anybody to ask it changes nothing', async () => {
    const { exitCode, stderr } = await run('apply', toml, '--cleaning', 'off');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nobody can be asked for confirmation');
    expect(readFileSync(toml, 'latin1')).toBe(productText('toml'));
  });

  test('--yes changes the file and keeps the old one; a second time there is nothing to do', async () => {
    const { exitCode, stdout } = await run('apply', toml, '--audit', 'off', '--yes', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: toml,
      wanted: { audit: false },
      applied: true,
      backup: `${toml}.backup-1`,
      changes: [{ line: 41, before: 'retain_access_tokens_for_auditing = true' }],
    });
    expect(readFileSync(`${toml}.backup-1`, 'latin1')).toBe(productText('toml'));
    const again = await run('apply', toml, '--audit', 'off');
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing to do') });
    expect(readdirSync(folder)).toHaveLength(3);
  });
});

describe('what is refused: exit 2, what it is, what to do, and no trace of the program', () => {
  test.each<[readonly string[], string, string]>([
    [[], 'Something is missing: deepclean regular-cleaning <action>', 'regular-cleaning --help'],
    [['sho'], '"sho" is not allowed', 'Did you mean show?'],
    [['show'], 'for which version', '--product-version'],
    [['show', '--product-version', '2.5.0'], 'API Manager 2.5.0 has no regular cleaning', 'deep cleaning'],
    [['show', '--product-version', 'new'], '--product-version new is no version', '2.6.0'],
    [['show', '--product-version', '4.0', '--product', 'ei'], 'product: "ei" is not allowed', '--help'],
    [['show', '--product-version', '4.0', '--audit', 'maybe'], '--audit=maybe is refused', 'Give one of them'],
    [['show', 'x.toml', '--product-version', '4.0'], 'show looks at no file', 'Leave the file out'],
    [['check'], 'No file is given', 'deployment.toml'],
    [['check', 'absent.toml'], 'absent.toml cannot be used: ENOENT', 'Check the path'],
    [['check', '/tmp'], '/tmp is no file', 'deployment.toml'],
    [['apply', 'FILE'], 'Nothing says what to change', '--cleaning on|off'],
    [['apply', 'FILE', '--cleaning', 'off', '--cleaning', 'on'], '--cleaning is given 2 times', 'Give it once'],
    [['apply', 'BAD', '--cleaning', 'off'], 'line 2, column 5: this is no TOML', 'Put the file right'],
    [['apply', 'DOTS', '--cleaning', 'off'], 'line 1: oauth is no section here', 'enable = false'],
  ])('%j', async (args, what, next) => {
    const paths: Readonly<Record<string, string>> = {
      FILE: toml,
      BAD: written('bad.toml', '[server]\nx = $env{X}\n'),
      DOTS: written('dots.toml', 'oauth.x = 1\n[server]\n'),
    };
    const { exitCode, stdout, stderr } = await run(...args.map((word) => paths[word] ?? word));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(what);
    expect(stderr.slice(stderr.indexOf('\nnext: '))).toContain(next);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('an identity.xml that is made from a deployment.toml', async () => {
    const inner = join(mkdtempSync(join(folder, 'identity-')), 'identity.xml');
    copyProductFile('xml', inner);
    const { exitCode, stderr } = await run('apply', inner, '--cleaning', 'off', '--yes', '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', next: 'Give that file instead.' });
    expect((await run('check', inner)).stdout).toContain(`recreates this file from ${toml}`);
  });
});

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
