import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installSchedule, removeSchedule, scheduleStatus } from '../../src/schedule/install-schedule.js';
import { parseSchedule } from '../../src/schedule/model.js';
import { preflightSchedule } from '../../src/schedule/preflight-schedule.js';
import { renderSchedule } from '../../src/schedule/render-schedule.js';
import {
  acquireEngine,
  describeEngines,
  engineOrSkip,
  runNativeClient,
  type TestDatabase,
} from '../support/engines/index.js';
import { createStandIn, dialectOf, openCleanup, standIn, waitForCalls } from './support.js';

const twoMinutesMs = 125_000;
const everyMinute = parseSchedule({ every: '1m', window: '00:00-23:59' });

describeEngines(['postgresql-cron'], (engine) => {
  const dialect = dialectOf(engine);
  // The one that holds the extension, and one whose jobs are kept there.
  let home: TestDatabase;
  let other: TestDatabase;
  const left = async () => [
    ...(await home.query('SELECT jobname FROM cron.job')),
    ...(await home.query('SELECT jobid, database, status FROM cron.job_run_details')),
  ];
  beforeAll(async () => {
    home = await engine.createDatabase({ name: engine.cronDatabase ?? '' });
    other = await engine.createDatabase();
    for (const database of [home, other]) await createStandIn(database, dialect);
  });
  afterAll(async () => {
    await other?.drop();
    await home?.drop();
  });

  test('fires within two minutes in both kinds of databases, and is removed without a trace', async () => {
    const opened = await Promise.all([openCleanup(home, dialect), openCleanup(other, dialect)]);
    try {
      for (const { connection, cleanup } of opened) {
        expect((await preflightSchedule(connection, cleanup, everyMinute)).problems).toEqual([]);
        const { job, notes } = await installSchedule(connection, cleanup, everyMinute);
        expect(job).toMatchObject({
          enabled: true,
          schedule: '* * * * * (UTC)',
          command: 'CALL public.note_the_call()',
        });
        expect(notes.join()).toContain('without a password');
        expect(notes.join()).not.toContain('statement_timeout');
        // Once more changes nothing.
        await installSchedule(connection, cleanup, everyMinute);
      }
      expect(await home.query('SELECT jobname, database FROM cron.job ORDER BY jobid')).toEqual(
        [home, other].map(({ name }) => ({ jobname: `${name}.public.${standIn.scheduleName}`, database: name })),
      );
      for (const database of [home, other]) {
        await waitForCalls(database, 1, twoMinutesMs);
        expect(await database.query("SELECT value FROM cleanup_setting WHERE name = 'window'")).toEqual([
          { value: '00:00-23:59' },
        ]);
      }
      for (const { connection, cleanup } of opened) {
        await expect
          .poll(async () => (await scheduleStatus(connection, cleanup))?.lastOutcome, { timeout: 10_000 })
          .toMatch(/^succeeded/);
        const status = await scheduleStatus(connection, cleanup);
        expect(Math.abs(Date.now() - Date.parse(status?.lastRun ?? ''))).toBeLessThan(twoMinutesMs);
      }
      for (const { connection, cleanup } of opened) {
        expect((await removeSchedule(connection, cleanup))?.enabled).toBe(true);
        expect(await scheduleStatus(connection, cleanup)).toBeUndefined();
        expect(await removeSchedule(connection, cleanup)).toBeUndefined();
      }
      expect(await left()).toEqual([]);
    } finally {
      await Promise.all(opened.map(({ connection }) => connection.close()));
    }
  }, 150_000);

  test('the files run in psql, a second time too, and a job that was switched off is on again', async () => {
    const schedule = parseSchedule({ every: '1w', on: 'sunday', at: '02:30', window: '02:00-06:00' });
    const { files } = renderSchedule({ dialect, schedule, ...standIn });
    const [install, remove] = files;
    const run = async (text = '') =>
      expect(await runNativeClient(engine, home.url, text)).toMatchObject({ code: 0, stderr: '' });
    await run(install?.text);
    await home.query('UPDATE cron.job SET active = false');
    await run(install?.text);
    expect(await home.query('SELECT jobname, schedule, command, active FROM cron.job')).toEqual([
      {
        jobname: `${home.name}.public.${standIn.scheduleName}`,
        schedule: '30 2 * * 0',
        command: 'CALL public.note_the_call()',
        active: true,
      },
    ]);
    await run(remove?.text);
    expect(await left()).toEqual([]);
    await run(remove?.text);
  });

  test('a job that is not to be switched on is there, and off', async () => {
    const { connection, cleanup } = await openCleanup(home, dialect);
    try {
      const { job } = await installSchedule(connection, cleanup, parseSchedule({ every: '1d', enabled: 'no' }));
      expect(job).toMatchObject({ enabled: false });
      expect((await installSchedule(connection, cleanup, parseSchedule({ every: '1d' }))).job.enabled).toBe(true);
      await removeSchedule(connection, cleanup);
      expect(await left()).toEqual([]);
    } finally {
      await connection.close();
    }
  });

  test('the files for a database without the extension run in psql where the jobs are kept', async () => {
    const schedule = parseSchedule({ every: '6h', at: '01:30', window: '07:00-08:00' });
    const request = { dialect, schedule, ...standIn, jobsDatabase: home.name, database: other.name, outside: false };
    const { files } = renderSchedule(request);
    expect(files.map(({ name }) => name)).toEqual(['schedule.sql', 'schedule-remove.sql', 'schedule-window.sql']);
    const [install, remove, window] = files;
    for (const text of [install?.text, install?.text]) {
      expect(await runNativeClient(engine, home.url, text ?? '')).toMatchObject({ code: 0, stderr: '' });
    }
    expect(await home.query('SELECT schedule, database FROM cron.job')).toEqual([
      { schedule: '30 1,7,13,19 * * *', database: other.name },
    ]);
    expect(await runNativeClient(engine, other.url, window?.text ?? '')).toMatchObject({ code: 0, stderr: '' });
    expect(await other.query("SELECT value FROM cleanup_setting WHERE name = 'window'")).toEqual([
      { value: '07:00-08:00' },
    ]);
    expect(await runNativeClient(engine, home.url, remove?.text ?? '')).toMatchObject({ code: 0, stderr: '' });
    expect(await left()).toEqual([]);
  });

  test('an ordinary user is told the grants, and needs no more', async () => {
    const user = { name: 'scheduling_user', password: 'for-tests-only' };
    await home.query(`DROP ROLE IF EXISTS ${user.name}`);
    await home.query(`CREATE ROLE ${user.name} LOGIN PASSWORD '${user.password}'`);
    await home.query(`GRANT SELECT, UPDATE ON cleanup_setting TO ${user.name}`);
    await home.query(`ALTER ROLE ${user.name} SET statement_timeout = '30s'`);
    const { connection, cleanup } = await openCleanup(home, dialect, user);
    try {
      const schedule = parseSchedule({ every: '1d' });
      expect((await preflightSchedule(connection, cleanup, schedule)).problems).toEqual([
        {
          what: `User ${user.name} lacks USAGE ON SCHEMA cron in database ${home.name}`,
          next: `Have an administrator run in database ${home.name}: GRANT USAGE ON SCHEMA cron TO ${user.name};`,
        },
      ]);
      await home.query(`GRANT USAGE ON SCHEMA cron TO ${user.name}`);
      const { job, notes } = await installSchedule(connection, cleanup, schedule);
      expect(job.owner).toBe(user.name);
      expect(notes.join()).toContain('may not see the settings');
      expect(notes.join()).toContain('statement_timeout is 30000 ms here for scheduling_user');
      const admin = await openCleanup(home, dialect);
      const seen = await preflightSchedule(admin.connection, admin.cleanup, schedule);
      await admin.connection.close();
      expect(seen.problems.map(({ what }) => what).join()).toContain(`belongs to user ${user.name}`);
      await removeSchedule(connection, cleanup);
      expect(await left()).toEqual([]);
    } finally {
      await connection.close();
      await home.query(`DROP OWNED BY ${user.name}`);
      await home.query(`DROP ROLE ${user.name}`);
    }
  });
});

describe('without pg_cron', () => {
  test('the problem points to the schedulers outside the database', async (context) => {
    const engine = engineOrSkip(await acquireEngine('postgresql'), 'postgresql', context);
    const dialect = dialectOf(engine);
    const database = await engine.createDatabase();
    await createStandIn(database, dialect);
    const { connection, cleanup } = await openCleanup(database, dialect);
    try {
      const { problems } = await preflightSchedule(connection, cleanup, parseSchedule({ every: '1d' }));
      expect(problems).toEqual([
        { what: 'This server has no pg_cron', next: expect.stringMatching(/systemd timer and a Kubernetes CronJob/) },
      ]);
      await expect(installSchedule(connection, cleanup, parseSchedule({ every: '1d' }))).rejects.toThrow(
        'nothing was changed',
      );
      expect(await scheduleStatus(connection, cleanup)).toBeUndefined();
      expect(await removeSchedule(connection, cleanup)).toBeUndefined();
    } finally {
      await connection.close();
      await database.drop();
    }
  });
});
