import { afterAll, beforeAll, expect, test } from 'vitest';
import { installSchedule, removeSchedule, scheduleStatus } from '../../src/schedule/install-schedule.js';
import { parseSchedule } from '../../src/schedule/model.js';
import { preflightSchedule } from '../../src/schedule/preflight-schedule.js';
import { describeEngines, type TestDatabase } from '../support/engines/index.js';
import { agentTables, createAgent, dropAgent } from './agent-stand-in.js';
import { createStandIn, dialectOf, openCleanup } from './support.js';

/** Agent's own procedures are stood in for: what they are told is what counts. A real Agent is left alone. */
describeEngines(['mssql'], (engine) => {
  const dialect = dialectOf(engine);
  const onImitation = engine.imitation !== undefined;
  let database: TestDatabase;
  let msdb: TestDatabase;
  let opened: Awaited<ReturnType<typeof openCleanup>>;
  beforeAll(async () => {
    if (!onImitation) return;
    msdb = engine.openDatabase('msdb');
    await createAgent(msdb);
    database = await engine.createDatabase();
    await createStandIn(database, dialect);
    opened = await openCleanup(database, dialect);
  });
  afterAll(async () => {
    if (!onImitation) return;
    await opened?.connection.close();
    await dropAgent(msdb);
    await msdb?.close();
    await database?.drop();
  });

  const job = async (): Promise<unknown> => (await msdb.query('SELECT name, enabled, category FROM dbo.sysjobs'))[0];
  const left = async (): Promise<readonly number[]> =>
    Promise.all(
      agentTables.map(async (table) => Number((await msdb.query(`SELECT COUNT(*) AS n FROM dbo.${table}`))[0]?.n)),
    );

  test.runIf(onImitation)(
    'a weekly job is made in the right database, switched off, and may be made again',
    async () => {
      const { connection, cleanup } = opened;
      const schedule = parseSchedule({ every: '1w', at: '01:30', on: 'sunday', window: '01:00-05:00' });
      const { problems } = await preflightSchedule(connection, cleanup, schedule);
      expect(problems).toEqual([]);
      for (let times = 1; times <= 2; times += 1) await installSchedule(connection, cleanup, schedule);

      expect(await job()).toEqual({
        name: `${database.name}.dbo.note_the_call_schedule`,
        enabled: 0,
        category: 'Database Maintenance',
      });
      const steps = await msdb.query(
        'SELECT step_id, step_name, database_name, command, on_success_action, on_fail_action FROM dbo.sysjobsteps ORDER BY step_id',
      );
      expect(steps).toEqual([
        expect.objectContaining({ step_id: 1, database_name: 'master', on_success_action: 3, on_fail_action: 1 }),
        {
          step_id: 2,
          step_name: 'cleanup',
          database_name: database.name,
          command: 'EXEC dbo.note_the_call',
          on_success_action: 1,
          on_fail_action: 2,
        },
      ]);
      expect(String(steps[0]?.command)).toContain(`fn_hadr_is_primary_replica(N'${database.name}') = 0`);
      // Weekly, on sunday, in the zone of the server, which is UTC here.
      expect(await msdb.query('SELECT freq_type, freq_interval, active_start_time FROM dbo.sysschedules')).toEqual([
        { freq_type: 8, freq_interval: 1, active_start_time: 13000 },
      ]);
      expect(await left()).toEqual([1, 2, 1, 1, 1]);
      expect(await database.query("SELECT value FROM cleanup_setting WHERE name = 'window'")).toEqual([
        { value: '01:00-05:00' },
      ]);
    },
  );

  test.runIf(onImitation)('its status is read, and it goes without leaving anything', async () => {
    const { connection, cleanup } = opened;
    expect(await scheduleStatus(connection, cleanup)).toMatchObject({
      enabled: false,
      command: 'EXEC dbo.note_the_call',
      schedule: 'weekly on sunday at 01:30 local time',
      obstacle: 'the job is switched off',
    });
    expect(await removeSchedule(connection, cleanup)).toBeDefined();
    expect(await left()).toEqual([0, 0, 0, 0, 0]);
    expect(await removeSchedule(connection, cleanup)).toBeUndefined();
  });

  test.runIf(onImitation)(
    'it is switched on when asked, keeps its state when made again, and goes off when asked',
    async () => {
      const { connection, cleanup } = opened;
      const enabled = async (text: 'yes' | 'no' | undefined) =>
        (await installSchedule(connection, cleanup, parseSchedule({ every: '1d', enabled: text }))).job.enabled;
      expect(await enabled(undefined)).toBe(false);
      expect(await enabled('yes')).toBe(true);
      expect(await enabled(undefined)).toBe(true);
      expect(await enabled('no')).toBe(false);
      expect(await enabled(undefined)).toBe(false);
    },
  );

  test.runIf(onImitation)('an operator is told of failures, and nobody unless asked', async () => {
    const { connection, cleanup } = opened;
    const told = async () => (await msdb.query('SELECT notify_level_email AS level, operator FROM dbo.sysjobs'))[0];
    await installSchedule(connection, cleanup, parseSchedule({ every: '1d', notifyOperator: "the DBA's" }));
    expect(await told()).toEqual({ level: 2, operator: "the DBA's" });
    await installSchedule(connection, cleanup, parseSchedule({ every: '1d' }));
    expect(await told()).toEqual({ level: 0, operator: null });
  });

  test.runIf(onImitation)('a job that Agent refuses leaves the one that is there', async () => {
    const { connection, cleanup } = opened;
    await installSchedule(connection, cleanup, parseSchedule({ every: '1d', at: '02:15' }));
    const before = await left();
    await expect(
      installSchedule(connection, cleanup, parseSchedule({ every: '1w', on: 'monday', notifyOperator: 'nobody' })),
    ).rejects.toThrow(/operator/);
    expect(await left()).toEqual(before);
    expect(await scheduleStatus(connection, cleanup)).toMatchObject({ schedule: 'daily at 02:15 local time' });
  });

  test.runIf(onImitation).each([
    ['1d', '02:15', { freq_type: 4, freq_subday_type: 1, freq_subday_interval: 0, active_start_time: 21500 }],
    ['6h', '01:30', { freq_type: 4, freq_subday_type: 8, freq_subday_interval: 6, active_start_time: 13000 }],
    ['15m', undefined, { freq_type: 4, freq_subday_type: 4, freq_subday_interval: 15, active_start_time: 0 }],
  ])('every %s is told to Agent in its own numbers', async (every, at, numbers) => {
    const { connection, cleanup } = opened;
    await installSchedule(connection, cleanup, parseSchedule({ every, at }));
    expect(
      await msdb.query(
        'SELECT freq_type, freq_subday_type, freq_subday_interval, active_start_time FROM dbo.sysschedules',
      ),
    ).toEqual([numbers]);
  });
});
