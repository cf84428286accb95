import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acquireEngine, describeEngines, type Engine, runNativeClient, type TestDatabase } from './engines/index.js';
import { posixZone } from './engines/zone.js';

describeEngines(['postgresql', 'pglite', 'mariadb', 'mysql', 'postgresql-cron'], (engine) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await engine.createDatabase();
  });

  afterAll(async () => {
    await database?.drop();
  });

  test('says its version', () => {
    expect(engine.version).toMatch(/^\d+\./);
  });

  test('gives the largest BIGINT and a time stamp as the server prints them', async () => {
    const stamp = engine.dialect === 'postgresql' ? 'timestamp' : 'datetime(6)';
    await database.script(`CREATE TABLE fact (id bigint, at ${stamp});
      INSERT INTO fact VALUES (9223372036854775807, '2026-03-29 02:30:00.123456');`);
    expect(await database.query('SELECT id, at FROM fact')).toStrictEqual([
      { id: '9223372036854775807', at: '2026-03-29 02:30:00.123456' },
    ]);
  });

  test('takes parameters', async () => {
    const mark = engine.dialect === 'postgresql' ? '$1' : '?';
    expect(await database.query(`SELECT id FROM fact WHERE id > ${mark}`, [5])).toHaveLength(1);
  });

  test('drops a database whole', async () => {
    const other = await engine.createDatabase();
    await other.script('CREATE TABLE kept (id int)');
    await other.drop();
    if (other.url === undefined) return;
    const schemas = "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'dc_test%'";
    const databases = "SELECT datname FROM pg_database WHERE datname LIKE 'dc_test%'";
    const left = await database.query(engine.dialect === 'postgresql' ? databases : schemas);
    expect(left.flatMap((row) => Object.values(row))).not.toContain(other.name);
  });

  test.skipIf(engine.name === 'pglite')('runs a script through the native client', async () => {
    const good = await runNativeClient(engine, database.url, 'CREATE TABLE by_client (id int);\n');
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(await database.query('SELECT * FROM by_client')).toEqual([]);
    const bad = await runNativeClient(engine, database.url, 'SELECT broken FROM nowhere;\n');
    expect(bad.code).not.toBe(0);
    expect(bad.stderr).toContain('nowhere');
  });

  test('does not let one test kill the server of the others', async () => {
    await expect(engine.kill()).rejects.toThrow();
  });
});

describeEngines(
  ['mariadb', 'mysql'],
  (engine) => {
    test('starts in the zones asked for, and has the tables of the zones that tests use', async () => {
      const database = await engine.createDatabase({ characterSet: 'latin1', collation: 'latin1_swedish_ci' });
      const [row] = await database.query(
        `SELECT @@global.time_zone z, @@session.time_zone s, @@system_time_zone o, @@collation_database c,
           CONVERT_TZ('2026-07-01 12:00:00', 'UTC', 'America/New_York') t, @@event_scheduler e`,
      );
      expect(row).toMatchObject({
        z: 'Europe/Berlin',
        s: 'Europe/Berlin',
        o: '+0530',
        c: 'latin1_swedish_ci',
        e: 'ON',
      });
      expect(row?.t).toMatch(/^2026-07-01 08:00:00/);
      await database.drop();
    });
  },
  { timeZone: 'Europe/Berlin', systemTimeZone: '+05:30', eventScheduler: true },
);

describe.each(['postgresql', 'mariadb', 'mysql'] as const)('a private %s', (name) => {
  let engine: Engine | undefined;

  beforeAll(async () => {
    engine = await acquireEngine(name, { private: true, durable: true, timeZone: '-08:00' });
  });

  afterAll(() => engine?.stop());

  test('comes back after a crash with its data, its zone and its port', async (context) => {
    if (engine === undefined) return context.skip(`${name}: not available on this machine`);
    const database = await engine.createDatabase();
    await database.script('CREATE TABLE kept (id int); INSERT INTO kept VALUES (7);');
    await engine.kill();
    await expect(database.query('SELECT 1')).rejects.toThrow();
    await engine.restart();
    expect(await database.query('SELECT id FROM kept')).toEqual([{ id: 7 }]);
    const zone = name === 'postgresql' ? `SELECT extract(timezone FROM now())::int AS z` : 'SELECT @@time_zone AS z';
    expect(await database.query(zone)).toEqual([{ z: name === 'postgresql' ? -28800 : '-08:00' }]);
    await engine.restart();
    expect(await database.query('SELECT id FROM kept')).toEqual([{ id: 7 }]);
  });
});

test('an offset is turned round for those who count west of Greenwich', () => {
  expect([posixZone('+05:30'), posixZone('-08:00'), posixZone('Europe/Berlin')]).toEqual([
    '<+0530>-05:30',
    '<-0800>+08:00',
    'Europe/Berlin',
  ]);
});
