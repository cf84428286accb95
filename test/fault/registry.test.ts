import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSchema } from '../../src/dialects/read-schema.js';
import { findDialect } from '../../src/dialects/registry.js';
import { registry } from '../../src/policies/registry.js';
import type { Table } from '../../src/schema/types.js';
import { connected } from '../contract/support.js';
import { scenario } from '../scenarios/registry.js';
import { empty, fill, read } from '../support/conformance.js';
import { insertRows } from '../support/data/insert.js';
import { completeSchema } from '../support/data/later-tables.js';
import {
  codesFolder,
  home,
  logEntry,
  pathRow,
  property,
  propertyLink,
  resource,
  tag,
  tagLink,
} from '../support/data/registry-rows.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { before } from '../support/data/span.js';
import { change, type Deployment, deploy, familyOf, lastRun, productTables, run } from '../support/deployment.js';
import { describeEngines, type TestDatabase } from '../support/engines/index.js';
import { idsOf } from '../support/model/rows.js';
import { hold, startRun } from '../support/running.js';

const paths = 800;
const logEntries = 4000;
const newestOriginals = Array.from({ length: paths }, (_, at) => logEntries - at);
const longAgo = '1577836800000';
const yearsAhead = '9999999999999';

const many = (count: number, rows: (at: number) => readonly PlacedRow[]): readonly PlacedRow[] =>
  Array.from({ length: count }, (_, at) => rows(at)).flat();

/** Five entries of each path, codes of which every second has expired, what resources that are gone left, and some that live. */
const rows: readonly PlacedRow[] = [
  pathRow(1, codesFolder),
  pathRow(2, '/_system/config/apis'),
  ...many(logEntries, (at) => [logEntry(at + 1, { REG_PATH: `/p/${at % paths}` })]),
  ...many(200, (at) => [
    resource(10 + at, { path: 1, name: `code-${at}` }),
    property(1 + at, 'expireTime', at % 2 === 0 ? longAgo : yearsAhead),
    propertyLink(1 + at, 1 + at, { version: 10 + at }),
  ]),
  ...many(300, (at) => [
    property(1000 + at, 'left', 'over'),
    propertyLink(1000 + at, 1000 + at, { version: 5000 + at }),
    tag(1000 + at),
    tagLink(1000 + at, 1000 + at, { version: 5000 + at }),
  ]),
  ...many(50, (at) => [
    resource(9000 + at, { path: 2, name: `api-${at}` }),
    property(9000 + at, 'in', 'use'),
    propertyLink(9000 + at, 9000 + at, { version: 9000 + at }),
    tag(9000 + at),
    tagLink(9000 + at, 9000 + at, { version: 9000 + at }),
  ]),
];

const livingCodes = Array.from({ length: 100 }, (_, at) => 2 * at + 1);
const inUse = Array.from({ length: 50 }, (_, at) => 9000 + at);
const ofTenant = (numbers: readonly number[]): readonly string[] => numbers.map((one) => `${one}/${home}`).sort();

/** What a run leaves, whatever came between. */
const survivors = {
  REG_LOG: ofTenant(newestOriginals),
  REG_RESOURCE: ofTenant([...livingCodes.map((at) => 10 + at), ...inUse]),
  REG_PROPERTY: ofTenant([...livingCodes.map((at) => 1 + at), ...inUse]),
  REG_RESOURCE_PROPERTY: [...livingCodes.map((at) => 1 + at), ...inUse].map(String).sort(),
  REG_TAG: ofTenant(inUse),
  REG_RESOURCE_TAG: inUse.map(String).sort(),
};

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const choices = { policy: registry, schema: completeSchema(engine.dialect), tables: scenario.tables };
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(engine, choices);
  });
  afterAll(() => deployment?.database.drop());

  async function begin(pauseMs = 0): Promise<void> {
    const { plan, query } = deployment;
    await empty(deployment);
    await fill(deployment, databaseOf(rows));
    for (const table of [...plan.backups.map(({ name }) => name), plan.names.run, plan.names.runStep]) {
      await query(`DELETE FROM ${table}`);
    }
    await change(deployment, { batch_rows_minimum: 1, batch_rows_maximum: 100, pause_ms: pauseMs });
  }

  const number = async (sql: string): Promise<number> => Number((await deployment.query(sql))[0]?.n);
  const count = (table: string): Promise<number> => number(`SELECT COUNT(*) AS n FROM ${table}`);
  const left = async () => idsOf(await read(deployment), scenario.keys);

  /** How many rows lack a row that they refer to by a foreign key. */
  async function dangling(): Promise<number> {
    let found = 0;
    for (const { name, foreignKeys } of deployment.schema.tables) {
      for (const { columns, references, referencedColumns } of foreignKeys) {
        const isSet = columns.map((column) => `c.${column} IS NOT NULL`).join(' AND ');
        const pairs = columns.map((column, at) => `p.${referencedColumns[at]} = c.${column}`).join(' AND ');
        found += await number(
          `SELECT COUNT(*) AS n FROM ${name} c WHERE ${isSet} AND NOT EXISTS (SELECT 1 FROM ${references} p WHERE ${pairs})`,
        );
      }
    }
    return found;
  }

  /** How many rows the lists hold that a run makes for itself. */
  async function listed(): Promise<number> {
    let found = 0;
    for (const { list } of deployment.plan.steps) if (list) found += await count(list.name);
    return found;
  }

  test('a client killed in the middle of a batch loses nothing, and the next run finishes', async () => {
    await begin();
    const { backups, names } = deployment.plan;
    const before = await left();
    // How many rows are gone by then: those of the steps before it.
    const places = [
      ['REG_RESOURCE_PROPERTY', 'ID = 101', 0],
      ['REG_LOG', 'REG_LOG_ID = 2000', 200],
      ['REG_RESOURCE_PROPERTY', 'ID = 1150', 3400],
      ['REG_PROPERTY', 'REG_ID = 1150', 3700],
    ] as const;
    for (const [table, condition, leastKept] of places) {
      const release = await hold(deployment, table, condition);
      const { waiting, kill } = await startRun(deployment);
      await waiting();
      await kill();
      await release();

      expect(await dangling()).toBe(0);
      let kept = 0;
      for (const { name, source } of backups) {
        kept += await count(name);
        expect((await count(source.name)) + (await count(name))).toBe(before[source.name.toUpperCase()]?.length);
      }
      expect(kept).toBeGreaterThanOrEqual(leastKept);
      expect(await count(`${table} WHERE ${condition}`)).toBe(1);
    }

    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(await left()).toMatchObject(survivors);
    expect(await dangling()).toBe(0);
    expect(await listed()).toBe(0);
    expect(await count(`${names.run} WHERE status = 'crashed'`)).toBe(places.length);
  });

  test('log entries added during a run stay, and so does the newest of each path', async () => {
    await begin(10);
    const { schema } = deployment;
    const application = await deployment.database.connect();
    const { outcome } = await startRun(deployment);
    let running = true;
    const call = outcome.finally(() => {
      running = false;
    });
    const added: number[] = [];
    for (let at = 0; running; at += 1) {
      // Paths in no order, some of them new.
      const path = at % 5 === 0 ? `/new/${at % 50}` : `/p/${(at * 7919) % paths}`;
      const stamp = before(BigInt(Date.now()) * 1000n, {});
      const entry = logEntry(logEntries + 1 + at, { REG_PATH: path, REG_LOGGED_TIME: stamp });
      await insertRows((sql) => application.query(sql), family, schema, databaseOf([entry]));
      added.push(logEntries + 1 + at);
    }
    await application.close();
    expect(await call).toBe('returned');
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(added.length).toBeGreaterThan(50);

    const log = (await read(deployment)).REG_LOG ?? [];
    const there = new Set(log.map((row) => Number(row.REG_LOG_ID)));
    expect(added.filter((id) => !there.has(id))).toEqual([]);
    const pathsLeft = new Set(log.map((row) => String(row.REG_PATH)));
    expect(Array.from({ length: paths }, (_, at) => `/p/${at}`).filter((path) => !pathsLeft.has(path))).toEqual([]);
    // Of the old entries only the newest may be left, and none of them is missing where nothing newer came.
    expect([...there].filter((id) => id <= logEntries - paths)).toEqual([]);
    const superseded = new Set(log.filter((row) => Number(row.REG_LOG_ID) > logEntries).map((row) => row.REG_PATH));
    const alone = newestOriginals.filter((id) => !superseded.has(`/p/${(id - 1) % paths}`));
    expect(alone.filter((id) => !there.has(id))).toEqual([]);
  });

  test('a run empties its lists, also when it was asked to stop', async () => {
    await begin();
    const release = await hold(deployment, 'REG_LOG', 'REG_LOG_ID = 2000');
    const { waiting, outcome } = await startRun(deployment);
    await waiting();
    expect(await listed()).toBeGreaterThan(0);
    await change(deployment, { stop_requested: 'yes' });
    await release();
    expect(await outcome).toBe('returned');
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'stop requested' });
    expect(await count('REG_LOG')).toBeGreaterThan(paths);
    expect(await listed()).toBe(0);

    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(await left()).toMatchObject(survivors);
    expect(await listed()).toBe(0);
  });

  test('no foreign key, index, key or column of the product is changed by installing and running', async () => {
    const dialect = findDialect(engine.dialect);
    const untouched = await productTables(engine, choices);
    await begin();
    await run(deployment);
    const tablesOf = (database: TestDatabase): Promise<readonly Table[]> =>
      connected(database, dialect, async (connection) => (await readSchema(connection, dialect)).tables);
    const here = (await tablesOf(deployment.database)).filter(({ name }) => !/^cleanup_/i.test(name));
    expect(here.some(({ foreignKeys }) => foreignKeys.length > 0)).toBe(true);
    expect(here).toEqual(await tablesOf(untouched.database));
    await untouched.database.drop();
  });
});
