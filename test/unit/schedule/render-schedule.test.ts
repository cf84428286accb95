import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { statementsOf } from '../../../src/render/artifact.js';
import { parseSchedule, type ScheduleText } from '../../../src/schedule/model.js';
import { renderRemoval, renderSchedule } from '../../../src/schedule/render-schedule.js';
import type { ScheduleRequest } from '../../../src/schedule/schedule-file.js';

const names = { procedure: 'cleanup_tokens', settingTable: 'cleanup_setting', scheduleName: 'cleanup_tokens_schedule' };

function render(dialectName: string, text: ScheduleText, changes: Partial<ScheduleRequest> = {}) {
  const dialect = findDialect(dialectName);
  const { files } = renderSchedule({ dialect, schedule: parseSchedule(text), ...names, ...changes });
  return new Map(files.map(({ name, text: content }) => [name, content]));
}

const statements = (dialectName: string, text = '') =>
  statementsOf({ file: 'x.sql', text }, findDialect(dialectName).script).map(({ sql }) => sql);

const weekly = { every: '1w', on: 'sunday', at: '02:30' };

describe.each(['mysql', 'mariadb'])('%s', (name) => {
  test('an event in UTC that starts in the past, and its removal', () => {
    const files = render(name, { ...weekly, window: '02:00-06:00' });
    expect([...files.keys()]).toEqual(['schedule.sql', 'schedule-remove.sql']);
    expect(statements(name, files.get('schedule.sql'))).toEqual([
      'SET NAMES utf8mb4 COLLATE utf8mb4_general_ci',
      expect.stringMatching(/^SET SESSION sql_mode = /),
      "SET @deepclean_time_zone = @@session.time_zone, SESSION time_zone = '+00:00'",
      "UPDATE cleanup_setting\nSET VALUE = '02:00-06:00'\nWHERE PROCEDURE_NAME = 'cleanup_tokens' AND NAME = 'window'",
      'DROP EVENT IF EXISTS cleanup_tokens_schedule',
      `CREATE EVENT cleanup_tokens_schedule
  ON SCHEDULE EVERY 1 WEEK STARTS '2024-01-07 02:30:00'
  ON COMPLETION PRESERVE
  ENABLE
  COMMENT 'deepclean: every week on sunday at 02:30 UTC, within 02:00-06:00 UTC'
  DO CALL cleanup_tokens()`,
      'SET SESSION time_zone = @deepclean_time_zone, @deepclean_time_zone = NULL',
    ]);
    expect(statements(name, files.get('schedule-remove.sql'))).toEqual([
      'DROP EVENT IF EXISTS cleanup_tokens_schedule',
    ]);
  });

  test('without a window the setting stays as it is', () => {
    expect(render(name, { every: '5s' }).get('schedule.sql')).not.toMatch(/UPDATE|window/);
  });

  test('names that need it are quoted', () => {
    const text = render(name, { every: '1d' }, { procedure: 'a$b', scheduleName: 'select' }).get('schedule.sql');
    expect(text).toContain('CREATE EVENT `select`');
    expect(text).toContain('DO CALL `a$b`();');
  });

  test('schedulers outside the database are rendered on request', () => {
    expect([...render(name, { every: '1d', window: '00:30-05:00' }, { outside: true }).keys()]).toEqual([
      'schedule.sql',
      'schedule-remove.sql',
      'schedule-window.sql',
      'deepclean-cleanup-tokens.service',
      'deepclean-cleanup-tokens.timer',
      'deepclean-cleanup-tokens.cronjob.yaml',
    ]);
  });
});

describe('postgresql', () => {
  test('a job in the database that is cleaned', () => {
    const files = render('postgresql', weekly);
    const name = "current_database() || '.public.cleanup_tokens_schedule'";
    expect(statements('postgresql', files.get('schedule.sql')).at(-1)).toBe(
      `SELECT cron.schedule(${name}, '30 2 * * 0',\n  'CALL public.cleanup_tokens()')`,
    );
    const [removal] = statements('postgresql', files.get('schedule-remove.sql'));
    expect(removal).toContain(`WHERE j.jobname = ${name}\n  LOOP`);
  });

  test('a job of another database, with the window apart', () => {
    const files = render(
      'postgresql',
      { every: '15m', window: '22:00-04:00' },
      { namespace: 'Wso2', jobsDatabase: 'postgres', database: "o'db", outside: false },
    );
    const name = "'o''db.Wso2.cleanup_tokens_schedule'";
    expect(statements('postgresql', files.get('schedule.sql')).at(-1)).toBe(
      `SELECT cron.schedule_in_database(${name}, '*/15 * * * *',\n  'CALL "Wso2".cleanup_tokens()', 'o''db')`,
    );
    expect(files.get('schedule.sql')).not.toContain('UPDATE');
    expect(files.get('schedule-remove.sql')).toContain(`WHERE j.jobname = ${name}\n  LOOP`);
    expect(statements('postgresql', files.get('schedule-window.sql'))).toEqual([
      `UPDATE "Wso2".cleanup_setting\nSET value = '22:00-04:00'\nWHERE procedure_name = 'cleanup_tokens' AND name = 'window'`,
    ]);
  });

  test('the removal is the same whatever the schedule was', () => {
    const dialect = findDialect('postgresql');
    const removal = renderRemoval({ dialect, ...names });
    expect(removal.text).toBe(render('postgresql', { every: '30m' }).get('schedule-remove.sql'));
  });
});

describe('outside the database', () => {
  const files = render(
    'postgresql',
    { every: '6h', at: '01:30' },
    { procedure: 'Clean$Tokens', runArguments: ['--namespace', 'wso2 50%'] },
  );
  const content = (suffix: string) => [...files].find(([name]) => name.endsWith(suffix)) ?? ['', ''];

  test('names are what units and objects may have, and tell procedures apart', () => {
    const [name] = content('.timer');
    expect(name).toMatch(/^deepclean-clean-tokens-[0-9a-f]{8}\.timer$/);
    const long = render('postgresql', { every: '1d' }, { procedure: 'a'.repeat(63) });
    expect([...long.keys()].map((one) => one.split('.')[0]?.length).filter((length) => (length ?? 0) > 52)).toEqual([]);
  });

  test('the timer goes by UTC and makes up for nothing', () => {
    expect(content('.timer')[1]).toMatch(/^OnCalendar=\*-\*-\* 01,07,13,19:30:00 UTC$/m);
    expect(content('.timer')[1]).toMatch(/^Persistent=false$/m);
  });

  test('the service takes the password as a credential, and its words stay whole', () => {
    expect(content('.service')[1]).toMatch(/^LoadCredential=password:\/etc\/deepclean\/password$/m);
    expect(content('.service')[1]).toContain(
      'ExecStart=/usr/bin/env deepclean run Clean$$Tokens --no-backlog --namespace "wso2 50%%" ' +
        '--password-file $' +
        '{CREDENTIALS_DIRECTORY}/password\n',
    );
  });

  test('the CronJob forbids overlaps, names its zone and takes the password from a secret', () => {
    const text = content('.cronjob.yaml')[1];
    expect(text).toContain('  schedule: "30 1,7,13,19 * * *"\n  timeZone: Etc/UTC\n  concurrencyPolicy: Forbid\n');
    expect(text).toContain('                - "run"\n                - "Clean$Tokens"\n');
    expect(text).toContain('secretName: deepclean');
  });
});

test.each(['mysql', 'mariadb', 'postgresql'])('%s: the same schedule gives the same bytes', (name) => {
  expect(render(name, weekly, { outside: true })).toEqual(render(name, weekly, { outside: true }));
});

describe('mssql', () => {
  test('a new job is switched off and one that is there keeps its state, unless that is said', () => {
    const job = (enabled?: 'yes' | 'no') => render('mssql', { every: '1d', enabled }).get('schedule.sql');
    expect(job()).toContain(
      '@enabled = COALESCE((SELECT j.enabled FROM msdb.dbo.sysjobs_view AS j WHERE j.name = @job), 0);',
    );
    expect(job()).toContain('@job_name = @job,\n    @enabled = @enabled,');
    expect(job('yes')).toContain('@job_name = @job,\n    @enabled = 1,');
    expect(job('no')).toContain('@job_name = @job,\n    @enabled = 0,');
    for (const enabled of ['yes', 'no'] as const) expect(job(enabled)).not.toContain('COALESCE');
  });

  test('only an administrator names the owner of a job: to all others the server refuses to', () => {
    const job = render('mssql', { every: '1d' }).get('schedule.sql');
    expect(job).toMatch(/@owner sysname = CASE IS_SRVROLEMEMBER\('sysadmin'\) WHEN 1 THEN SUSER_SNAME\(0x01\) END,/);
    expect(job).toContain('@owner_login_name = @owner,');
  });

  test('an operator is told only where one is named', () => {
    expect(render('mssql', { every: '1d', notifyOperator: "O'Hara" }).get('schedule.sql')).toContain(
      "@notify_level_email = 2,\n    @notify_email_operator_name = 'O''Hara',",
    );
    expect(render('mssql', { every: '1d' }).get('schedule.sql')).not.toContain('email');
  });
});

describe('oracle', () => {
  test('a new job is switched off and one that is there keeps its state, unless that is said', () => {
    const job = (enabled?: 'yes' | 'no') => render('oracle', { every: '1d', enabled }).get('schedule.sql');
    expect(job()).toContain('  IF v_on > 0 THEN\n    DBMS_SCHEDULER.ENABLE(c_job);\n  END IF;\nEND;');
    expect(job('yes')).toContain("'max_runs');\n  DBMS_SCHEDULER.ENABLE(c_job);\nEND;");
    expect(job('no')).toContain("'max_runs');\nEND;");
  });

  test('says how the job is tried by hand: in the session of the scheduler, where no transaction of the caller is open', () => {
    expect(render('oracle', { every: '1d' }).get('schedule.sql')).toContain(
      "--   EXEC DBMS_SCHEDULER.RUN_JOB('cleanup_tokens_schedule', use_current_session => FALSE);",
    );
  });

  test('a job ends after so many runs where that is said, and never else', () => {
    expect(render('oracle', { every: '1d', maxRuns: 7 }).get('schedule.sql')).toContain("(c_job, 'max_runs', 7);");
    expect(render('oracle', { every: '1d' }).get('schedule.sql')).toContain("SET_ATTRIBUTE_NULL(c_job, 'max_runs');");
  });
});

test.each([
  ['mysql', { notifyOperator: 'x' }, '--notify-operator'],
  ['postgresql', { maxRuns: 3 }, '--max-runs'],
  ['mssql', { maxRuns: 3 }, '--max-runs'],
  ['oracle', { notifyOperator: 'x' }, '--notify-operator'],
])('%s refuses what its scheduler cannot be told: %j', (name, text, flag) => {
  expect(() => render(name, { every: '1d', ...text })).toThrow(
    expect.objectContaining({ code: 'usage', next: `Leave ${flag} out.` }),
  );
});
