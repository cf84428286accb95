import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { familyOf } from './deployment.js';
import {
  acquireEngine,
  describeEngines,
  type Engine,
  engineOrSkip,
  runNativeClient,
  type TestDatabase,
} from './engines/index.js';
import { posixZone } from './engines/zone.js';

/** What the tests of the engines themselves need to say to each. */
const words = {
  postgresql: {
    stamp: 'timestamp',
    parameter: '$1',
    databases: "SELECT datname FROM pg_database WHERE datname LIKE 'dc_test%'",
  },
  mysql: {
    stamp: 'datetime(6)',
    parameter: '?',
    databases: "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'dc_test%'",
  },
  mssql: {
    stamp: 'datetime2(6)',
    parameter: '@p1',
    databases: "SELECT name FROM sys.databases WHERE name LIKE 'dc_test%'",
  },
} as const;

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'postgresql-cron'], (engine) => {
  const { stamp, parameter, databases } = words[familyOf(engine) as keyof typeof words];
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
    await database.script(`CREATE TABLE fact (id bigint, at ${stamp});
      INSERT INTO fact VALUES (9223372036854775807, '2026-03-29T02:30:00.123456');`);
    expect(await database.query('SELECT id, at FROM fact')).toStrictEqual([
      { id: '9223372036854775807', at: '2026-03-29 02:30:00.123456' },
    ]);
  });

  test('takes parameters', async () => {
    expect(await database.query(`SELECT id FROM fact WHERE id > ${parameter}`, [5])).toHaveLength(1);
  });

  test('drops a database whole', async () => {
    const other = await engine.createDatabase();
    await other.script('CREATE TABLE kept (id int)');
    await other.drop();
    const left = await database.query(databases);
    expect(left.flatMap((row) => Object.values(row))).not.toContain(other.name);
  });

  test('gives each session settings and temporary tables of its own', async () => {
    const [one, other] = [await database.connect(), await database.connect()];
    const table = engine.dialect === 'mssql' ? '#own' : 'own';
    await one.query(engine.dialect === 'mssql' ? 'CREATE TABLE #own (id int)' : 'CREATE TEMPORARY TABLE own (id int)');
    expect(await one.query(`SELECT id FROM ${table}`)).toEqual([]);
    await expect(other.query(`SELECT id FROM ${table}`)).rejects.toThrow();
    await one.close();
    await other.close();
  });

  // Whoever gives a server by its URL need not have the vendor's client.
  test.skipIf(engine.name === 'mssql')('runs a script through the native client', async () => {
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
  let found: Engine | undefined;

  beforeAll(async () => {
    found = await acquireEngine(name, { private: true, durable: true, timeZone: '-08:00' });
  });

  afterAll(() => found?.stop());

  test('comes back after a crash with its data, its zone and its port', async (context) => {
    const engine = engineOrSkip(found, name, context);
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
