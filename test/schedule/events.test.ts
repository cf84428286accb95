import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PreflightError } from '../../src/errors.js';
import { installSchedule, removeSchedule, scheduleStatus } from '../../src/schedule/install-schedule.js';
import { parseSchedule } from '../../src/schedule/model.js';
import { preflightSchedule } from '../../src/schedule/preflight-schedule.js';
import { renderSchedule } from '../../src/schedule/render-schedule.js';
import {
  acquireEngine,
  describeEngines,
  type Engine,
  type EngineName,
  engineOrSkip,
  runNativeClient,
  type TestDatabase,
} from '../support/engines/index.js';
import { createStandIn, dialectOf, openCleanup, standIn, waitForCalls } from './support.js';

const servers: readonly EngineName[] = ['mariadb', 'mysql'];
const events = 'SELECT COUNT(*) AS n FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()';

describeEngines(
  servers,
  (engine) => {
    const dialect = dialectOf(engine);
    let database: TestDatabase;
    let opened: Awaited<ReturnType<typeof openCleanup>>;
    beforeAll(async () => {
      database = await engine.createDatabase();
      await createStandIn(database, dialect);
      opened = await openCleanup(database, dialect);
    });
    afterAll(async () => {
      await opened?.connection.close();
      await database?.drop();
    });

    test('fires within seconds, in UTC, can be replaced, and is removed without a trace', async () => {
      const { connection, cleanup } = opened;
      const zoneBefore = await connection.query('SELECT @@session.time_zone AS zone');
      const { job } = await installSchedule(connection, cleanup, parseSchedule({ every: '1s', window: '00:00-23:59' }));
      expect(job).toMatchObject({
        enabled: true,
        command: 'CALL note_the_call()',
        schedule: 'EVERY 1 SECOND STARTS 2024-01-01 00:00:00 UTC',
      });
      expect(await connection.query('SELECT @@session.time_zone AS zone')).toEqual(zoneBefore);
      const calls = await waitForCalls(database, 3, 15_000);
      // A call's session has the event's zone.
      expect(new Set(calls.map(({ zone }) => zone))).toEqual(new Set(['+00:00']));
      expect(await database.query("SELECT value FROM cleanup_setting WHERE name = 'window'")).toEqual([
        { value: '00:00-23:59' },
      ]);
      expect(await database.query("SELECT value FROM cleanup_setting WHERE name = 'enabled'")).toEqual([
        { value: 'yes' },
      ]);
      const running = await scheduleStatus(connection, cleanup);
      const ageMs = Date.now() - Date.parse(running?.lastRun ?? '');
      expect(ageMs).toBeGreaterThan(-2_000);
      expect(ageMs).toBeLessThan(60_000);

      await installSchedule(connection, cleanup, parseSchedule({ every: '5s' }));
      expect(await database.query(events)).toEqual([{ n: '1' }]);
      const seen = (await waitForCalls(database, 0, 0)).length;
      await waitForCalls(database, seen + 1, 15_000);

      expect((await removeSchedule(connection, cleanup))?.name).toBe(standIn.scheduleName);
      expect(await database.query(events)).toEqual([{ n: '0' }]);
      expect(await scheduleStatus(connection, cleanup)).toBeUndefined();
      expect(await removeSchedule(connection, cleanup)).toBeUndefined();
      const after = (await waitForCalls(database, 0, 0)).length;
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      expect((await waitForCalls(database, 0, 0)).length - after).toBeLessThanOrEqual(1);
    });

    test('an event that is not to be switched on is there, and off', async () => {
      const { connection, cleanup } = opened;
      const { job } = await installSchedule(connection, cleanup, parseSchedule({ every: '1d', enabled: 'no' }));
      expect(job).toMatchObject({ enabled: false });
      await removeSchedule(connection, cleanup);
    });

    test('the files run in the native client and make the same event', async () => {
      const { connection, cleanup } = opened;
      const schedule = parseSchedule({ every: '1w', on: 'sunday', at: '02:30', window: '02:00-06:00' });
      const definition = () => connection.query(`SHOW CREATE EVENT ${standIn.scheduleName}`);
      await installSchedule(connection, cleanup, schedule);
      const ours = await definition();
      const { files } = renderSchedule({ dialect, schedule, ...standIn });
      const [install, remove] = files;
      expect(await runNativeClient(engine, database.url, install?.text ?? '')).toMatchObject({ code: 0, stderr: '' });
      expect(await definition()).toEqual(ours);
      const status = await scheduleStatus(connection, cleanup);
      expect(status?.schedule).toBe('EVERY 1 WEEK STARTS 2024-01-07 02:30:00 UTC');
      const next = new Date(status?.nextRun ?? '');
      expect([next.getUTCDay(), next.getUTCHours(), next.getUTCMinutes()]).toEqual([0, 2, 30]);
      expect(next.getTime() - Date.now()).toBeGreaterThan(0);
      expect(next.getTime() - Date.now()).toBeLessThanOrEqual(7 * 86_400_000);
      expect(await runNativeClient(engine, database.url, remove?.text ?? '')).toMatchObject({ code: 0, stderr: '' });
      expect(await database.query(events)).toEqual([{ n: '0' }]);
    });

    test('all that is missing is told at once, and an event of somebody else stays', async () => {
      const { connection, cleanup } = opened;
      const { problems } = await preflightSchedule(
        connection,
        { ...cleanup, procedure: 'no_such', settingTable: 'no_table' },
        parseSchedule({ every: '1d', window: '00:00-02:00' }),
      );
      expect(problems.map(({ what }) => what)).toEqual([
        'There is no procedure no_such to schedule',
        'There is no table no_table to write the window to',
      ]);
      await database.query(`CREATE EVENT ${standIn.scheduleName} ON SCHEDULE EVERY 1 YEAR DO SET @x = 1`);
      const refused = installSchedule(connection, cleanup, parseSchedule({ every: '1d' }));
      await expect(refused).rejects.toBeInstanceOf(PreflightError);
      await expect(refused).rejects.toMatchObject({ problems: [{ what: expect.stringContaining('SET @x = 1') }] });
      expect(await database.query(events)).toEqual([{ n: '1' }]);
      await database.query(`DROP EVENT ${standIn.scheduleName}`);
    });

    test('a user without the privilege EVENT is told the grant', async () => {
      const user = { name: `u${database.name.slice(-20)}`, password: 'for-tests-only' };
      await database.query(`CREATE USER '${user.name}'@'%' IDENTIFIED BY '${user.password}'`);
      await database.query(`GRANT SELECT, INSERT, EXECUTE ON ${database.name}.* TO '${user.name}'@'%'`);
      const grant = `EVENT ON ${database.name}.*`;
      const first = await openCleanup(database, dialect, user);
      const { problems } = await preflightSchedule(first.connection, first.cleanup, parseSchedule({ every: '1d' }));
      await first.connection.close();
      expect(problems).toEqual([
        {
          what: `User ${user.name}@% lacks ${grant}`,
          next: `Have an administrator run: GRANT ${grant} TO '${user.name}'@'%';`,
        },
      ]);
      await database.query(`GRANT ${grant} TO '${user.name}'@'%'`);
      // A session keeps the privileges on its database that it began with.
      const { connection, cleanup } = await openCleanup(database, dialect, user);
      try {
        const called = (await waitForCalls(database, 0, 0)).length;
        await installSchedule(connection, cleanup, parseSchedule({ every: '1s' }));
        await waitForCalls(database, called + 1, 15_000);
        await removeSchedule(connection, cleanup);
      } finally {
        await connection.close();
        await database.query(`DROP USER '${user.name}'@'%'`);
      }
    });
  },
  { eventScheduler: true, timeZone: '+05:30' },
);

describe.each(servers)('%s with its event scheduler', (name) => {
  const examined = async (engine: Engine) => {
    const dialect = dialectOf(engine);
    const database = await engine.createDatabase();
    await createStandIn(database, dialect);
    const { connection, cleanup } = await openCleanup(database, dialect);
    try {
      return (await preflightSchedule(connection, cleanup, parseSchedule({ every: '1d' }))).problems;
    } finally {
      await connection.close();
      await database.drop();
    }
  };

  test('off: says how to switch it on, and how to keep it on', async (context) => {
    const engine = engineOrSkip(await acquireEngine(name), name, context);
    expect(await examined(engine)).toEqual([
      {
        what: 'The event scheduler is off (event_scheduler = OFF), so no event ever runs',
        next: expect.stringContaining(
          name === 'mysql' ? 'SET PERSIST event_scheduler = ON' : 'event_scheduler = ON below [mariadb] in my.cnf',
        ),
      },
    ]);
  });

  test('disabled: says that only a restart helps', async (context) => {
    const engine = engineOrSkip(
      await acquireEngine(name, { private: true, arguments: ['--event-scheduler=DISABLED'] }),
      name,
      context,
    );
    try {
      expect(await examined(engine)).toEqual([
        {
          what: 'The event scheduler is disabled (event_scheduler = DISABLED), so no event ever runs',
          next: expect.stringContaining('restart'),
        },
      ]);
    } finally {
      await engine.stop();
    }
  });
});
