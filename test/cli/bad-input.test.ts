import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { deepclean, useBuiltCli } from './run-cli.js';

useBuiltCli();

const folder = mkdtempSync(join(tmpdir(), 'deepclean-bad-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const password = 'S3cret-in-the-url';

describe('the command line is wrong: exit 2, what it is, what to do', () => {
  test.each([
    [[], 'No command is given', '--help'],
    [['generat'], 'There is no command "generat"', 'Did you mean generate?'],
    [['frobnicate'], 'There is no command "frobnicate"', '--help'],
    [['generate', '--profil', 'x'], 'There is no option --profil.', 'Did you mean --profile?'],
    [['run', '--dryrun', 'tokens'], 'There is no option --dryrun.', 'Did you mean --dry-run?'],
    [['run', 'tokens', 'sessions'], '"sessions" is one argument too many.', 'run --help'],
    [['run'], 'Something is missing: deepclean run <cleanup>', 'run --help'],
    [['status', '--url'], '--url needs a value.', 'status --help'],
    [['status', '--url', 'a', '--url', 'b'], '--url is given 2 times.', 'Give it once.'],
    [['status'], 'No database is given.', '--url'],
    [['status', '--url', 'http://host/db'], 'cannot begin with "http"', 'postgresql://'],
    [['status', '--last', 'x'], 'x is not a whole number', 'Give a number'],
    [['run', 'toknes', '--url', 'postgresql://u@127.0.0.1:1/d'], 'no cleanup "toknes"', 'Did you mean tokens?'],
    [['settings', 'pause_ms', '--url', 'postgresql://u@127.0.0.1:1/d'], 'pause_ms is no change', 'name=value'],
    [['why', '--url', 'postgresql://u@127.0.0.1:1/d'], 'No identifier is given.', '--token-from-stdin'],
    [['why', 'x', '--token-from-stdin'], 'Both an identifier and stdin are given.', 'Give an id'],
    [['why', 'eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0.'], 'This is a token', 'deepclean why --token-from-stdin < file'],
    [['explain', 'expird'], 'There is no reason "expird"', 'Did you mean expired?'],
    [['explain', '--cleanup', 'x'], 'no policy "x"', 'tokens'],
    [['generate'], 'Nothing says which schema', '--profile'],
    [['generate', '--profile', 'apim-4.5'], 'which database the profile apim-4.5 is for', '--dialect'],
    [['generate', '--profile', 'apim-9', '--dialect', 'mysql'], 'no profile "apim-9" for MySQL', 'apim-4.5'],
    [['generate', '--profile', 'a', '--inspection', 'b'], 'more than one schema', 'Give one of'],
    [['generate', '--profile', 'apim-4.5', '--dialect', 'mysql', '--policy', 'x'], 'no policy "x"', 'tokens'],
    [['generate', '--inspection', 'absent.json'], 'absent.json cannot be used: ENOENT', 'Check the path'],
    [['generate', '--inspection', '.'], 'cannot be used: EISDIR', 'Check the path'],
    [
      ['generate', '--dialect', 'mysql', '--profile', 'apim-4.5', '--out', '/dev/null/x'],
      'cannot be used: ENOTDIR',
      'Check the path',
    ],
    [['generate', '--dialect', 'dbase', '--profile', 'x'], 'There is no dialect "dbase"', 'postgresql'],
    [['status', '--set', 'x'], '--set x is no pair', 'name=value'],
    [
      ['verify', '--dialect', 'mysql', '--url', 'postgresql://u@h/d'],
      'The URL (flag --url) leads to PostgreSQL',
      'Leave',
    ],
  ])('deepclean %j', async (args, what, next) => {
    const { exitCode, stdout, stderr } = await deepclean(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    const [first = '', last = ''] = stderr.trimEnd().split(/\n(?=next: )/);
    expect(first.startsWith('error: ')).toBe(true);
    expect(first).toContain(what);
    expect(last).toContain(next);
  });

  // Node's own recursive mkdir tries for ever there.
  test.runIf(existsSync('/proc/self'))('a folder in which none can be made is said to be so', async () => {
    const { exitCode, stderr } = await deepclean([
      ...['generate', '--dialect', 'mysql', '--profile', 'apim-4.5', '--out', '/proc/self/x'],
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('cannot be used: ENOENT') });
  });

  test('all problems of file, environment and flags at once, each with its origin', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'prefix: 9\nsettings:\n  pause_ms: -1\n  paus_ms: 5\n');
    const { exitCode, stderr } = await deepclean(
      ['generate', '--config', join(folder, 'bad.yaml'), '--backup', 'some', '--set', 'audit_retention_days=0'],
      { env: { DEEPCLEAN_SETTINGS_WINDOW: 'moon' } },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The configuration has 6 problems');
    for (const origin of ['bad.yaml', 'DEEPCLEAN_SETTINGS_WINDOW', '--backup', 'did you mean pause_ms?']) {
      expect(stderr).toContain(origin);
    }
    expect(stderr).toContain('policies.tokens.audit_retention_days');
  });

  test('an unknown variable is told, with what was meant', async () => {
    const { stderr } = await deepclean(['status'], { env: { DEEPCLEAN_PREFX: 'x' } });
    expect(stderr).toContain('warning: environment DEEPCLEAN_PREFX is not known and was ignored');
  });
});

describe('the server cannot be reached: exit 3', () => {
  const remote = ['inspect', 'status', 'backlog', 'verify', 'uninstall', 'install-procs', 'settings'];
  const named = [...remote.map((name) => [name]), ['run', 'tokens'], ['stop', 'tokens'], ['restore', '1']];

  test.each(named)('%s %s', async (...args) => {
    const port = await closedPort();
    for (const scheme of ['postgresql', 'mysql', 'mariadb']) {
      const url = `${scheme}://wso2:${password}@127.0.0.1:${port}/identity`;
      const { exitCode, stdout, stderr } = await deepclean([...args.filter(Boolean), '--url', url]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toMatch(/^error: The database server cannot be reached .*\nnext: Check host, port/);
      expect(stderr).not.toContain(password);
    }
  });

  test('a JDBC URL as the product has it, with the user beside it', async () => {
    const url = `jdbc:mysql://127.0.0.1:${await closedPort()}/identity?useSSL=false&amp;password=${password}`;
    const { exitCode, stderr } = await deepclean(['status', '--url', url, '--user', 'wso2carbon']);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^error: The database server cannot be reached .*database identity, user wso2carbon\)/);
    expect(stderr).not.toContain(password);
    const other = await deepclean(['status', '--url', url], { env: { DEEPCLEAN_USER: 'by-variable' } });
    expect(other.stderr).toContain('user by-variable)');
    const grants = ['grants', '--role', 'reader', '--user', 'grantee', '--url', url];
    expect((await deepclean(grants, { env: { DEEPCLEAN_USER: 'admin' } })).stderr).toContain('user admin)');
  });

  test('a user whose name is also the password is told by name', async () => {
    const url = `mysql://wso2carbon:wso2carbon@127.0.0.1:${await closedPort()}/identity`;
    expect((await deepclean(['status', '--url', url])).stderr).toContain('user wso2carbon)');
  });

  test('with --json the error is JSON on stderr, and nothing is on stdout', async () => {
    const url = `postgresql://wso2:${password}@127.0.0.1:${await closedPort()}/identity`;
    const { exitCode, stdout, stderr } = await deepclean(['status', '--json', '--url', url]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ code: 'connection', exitCode: 3, problems: [] });
    expect(stderr).not.toContain(password);
  });

  test('a password never shows, whoever asks for details', async () => {
    const url = `postgresql://wso2:${password}@127.0.0.1:${await closedPort()}/identity`;
    const { stderr } = await deepclean(['status', '--url', url], { env: { DEEPCLEAN_DEBUG: '1' } });
    expect(stderr).toContain('at ');
    expect(stderr).not.toContain(password);
    const odd = await deepclean(['status', '--url', `nosuch://wso2:${password}@host/db`]);
    expect(odd.stderr).not.toContain(password);
  });
});

test('with --json a wrong command line is JSON too, with its problems', async () => {
  const { exitCode, stderr } = await deepclean(['generate', '--json', '--backup', 'x', '--prefix', '9']);
  expect(exitCode).toBe(2);
  const error = JSON.parse(stderr) as { readonly code: string; readonly problems: readonly unknown[] };
  expect(error.code).toBe('usage');
  expect(error.problems).toHaveLength(2);
});

/** A port that nobody listens on. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 1));
    });
  });
}
