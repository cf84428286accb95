import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigSources, loadConfig } from '../../../src/config/load.js';
import { UsageError } from '../../../src/errors.js';
import { policies } from '../../../src/policies/index.js';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'deepclean-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
const load = (sources: Partial<ConfigSources> = {}) => loadConfig({ flags: {}, env: {}, cwd, ...sources });

function problemsOf(sources: Partial<ConfigSources> = {}): string {
  try {
    load(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error('no problem was found');
}

describe('a value', () => {
  test('is taken from a flag before the environment before the file, and knows its origin', () => {
    write('deepclean.config.yaml', 'prefix: f_\nbackup: none\nsettings:\n  # quieter\n  pause_ms: 5\n');
    const env = { DEEPCLEAN_PREFIX: 'e_', DEEPCLEAN_SETTINGS_PAUSE_MS: '7' };
    const { config, origins } = load({ env, flags: { prefix: 'a_', url: undefined } });
    expect(config).toMatchObject({ prefix: 'a_', backup: 'none', settings: { pause_ms: 7 } });
    expect(origins).toMatchObject({
      prefix: 'flag --prefix',
      backup: 'file deepclean.config.yaml line 2',
      'settings.pause_ms': 'environment DEEPCLEAN_SETTINGS_PAUSE_MS',
      'settings.window': 'default',
    });
  });

  test('can be given by flag, by key, by dotted key and nested', () => {
    const flags = {
      'password-file': 'p',
      every: '1d',
      'schedule.window': '01:00-02:00',
      settings: { pause_ms: '3' },
    };
    const { config, origins } = load({ flags });
    expect(config).toMatchObject({
      passwordFile: 'p',
      schedule: { every: '1d', window: '01:00-02:00' },
      settings: { pause_ms: 3 },
    });
    expect(origins['schedule.every']).toBe('flag --every');
    expect(origins.passwordFile).toBe('flag --password-file');
  });

  test('that is empty in the environment counts as not given', () => {
    expect(load({ env: { DEEPCLEAN_PREFIX: '' } }).config.prefix).toBe('cleanup_');
  });
});

describe('the file', () => {
  test('can be JSON with tabs, and may name its JSON Schema', () => {
    write('deepclean.config.json', '{\n\t"$schema": "./x.json",\n\t"prefix": "j_"\n}');
    const { config, origins } = load();
    expect(config.prefix).toBe('j_');
    expect(origins.prefix).toBe('file deepclean.config.json line 3');
  });

  test('can be named, and relative paths in it count from its folder', () => {
    mkdirSync(join(cwd, 'etc'));
    write('etc/my.yaml', 'passwordFile: secret.txt\n');
    expect(load({ file: 'etc/my.yaml' }).config.passwordFile).toBe(join('etc', 'secret.txt'));
    expect(load({ env: { DEEPCLEAN_CONFIG: 'etc/my.yaml' } }).config.passwordFile).toBe(join('etc', 'secret.txt'));
  });

  test('may be empty, and so may a group', () => {
    write('deepclean.config.yaml', '# nothing yet\n');
    expect(load().config.prefix).toBe('cleanup_');
    write('deepclean.config.yaml', 'settings:\n  # pause_ms: 5\n');
    expect(load().config.settings.pause_ms).toBe(0);
  });

  test('must exist when it is named', () => {
    expect(problemsOf({ file: 'none.yaml' })).toContain('file none.yaml cannot be read');
  });

  test('must be the only one', () => {
    write('deepclean.config.yaml', '');
    write('deepclean.config.json', '{}');
    expect(problemsOf()).toContain('stand side by side');
  });

  test('with a syntax error is refused by line, without quoting a password that stands there', () => {
    write('deepclean.config.yaml', 'prefix: a_\nurl: "mysql://u:topsecret@h/d\n');
    const problems = problemsOf();
    expect(problems).toMatch(/file deepclean\.config\.yaml line \d/);
    expect(problems).not.toContain('topsecret');
  });

  test('with a key given twice is refused', () => {
    write('deepclean.config.yaml', 'prefix: a_\nprefix: b_\n');
    expect(problemsOf()).toContain('file deepclean.config.yaml line 2');
  });
});

test('all problems of all sources are told together, with their origin and what is allowed', () => {
  write('deepclean.config.yaml', 'prefx: a_\nsettings:\n  batchTargetMs: 5\n  batch_target_ms: 5\npolicies: 7\n');
  const problems = problemsOf({ env: { DEEPCLEAN_BACKUP: 'all' }, flags: { at: '25:00' } });
  expect(problems.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^- prefx \(file deepclean\.config\.yaml line 1\): unknown key; did you mean prefix\?/),
    expect.stringMatching(/^- settings\.batchTargetMs \(.* line 3\): unknown key; did you mean batch_target_ms\?/),
    '- settings.batch_target_ms (file deepclean.config.yaml line 4): 5 is not allowed; it must be a whole number of milliseconds from 10 to 900',
    `- policies (file deepclean.config.yaml line 5): this is a group, its keys are ${policies.map(({ name }) => name).join(', ')}`,
    '- backup (environment DEEPCLEAN_BACKUP): "all" is not allowed; it must be deleted-rows, audit or none',
    '- schedule.at (flag --at): "25:00" is not allowed; it must be a time of day in UTC such as 01:00',
  ]);
});

test('a wrong URL is told without its password, even when it was given twice', () => {
  const problems = problemsOf({ flags: { url: ['mysql://u:topsecret@h/d', 'mysql://u:topsecret@h/e'] } });
  expect(problems).toContain('mysql://u:***@h/d');
  expect(problems).not.toContain('topsecret');
});

test('values that contradict each other are a problem', () => {
  const flags = {
    'settings.batch_rows_minimum': 500,
    'settings.batch_rows_maximum': 100,
    window: '01:00-01:00',
    procedures: { tokens: { procedure: 'same', restore: 'SAME' } },
  };
  const problems = problemsOf({ flags });
  expect(problems).toContain('the minimum 500 exceeds the maximum 100');
  expect(problems).toContain('schedule.window (flag --window): 01:00-01:00 begins and ends at once');
  expect(problems).toContain('two procedures cannot both be named SAME');
});

test('an unknown variable is a warning, unless it belongs to the tests or the password', () => {
  const env = {
    DEEPCLEAN_PREFX: 'a',
    DEEPCLEAN_PASSWORD: 'x',
    DEEPCLEAN_TEST_MYSQL_URL: 'x',
    DEEPCLEAN_ENGINES_DIR: 'x',
    PATH: 'x',
  };
  expect(load({ env }).warnings).toEqual([
    'environment DEEPCLEAN_PREFX is not known and was ignored; did you mean DEEPCLEAN_PREFIX?',
  ]);
});
