import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessions } from '../../src/policies/sessions.js';
import { empty, fill, read } from '../support/conformance.js';
import {
  mapping,
  mappings,
  mappingTables,
  type SessionRow,
  session,
  sessionIn,
  sessionKeys,
  sessionStore,
  temporaryStore,
} from '../support/data/auth-session-rows.js';
import { insertRows } from '../support/data/insert.js';
import { completeSchema } from '../support/data/later-tables.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import type { Query } from '../support/data/session.js';
import { change, type Deployment, deploy, familyOf, lastRun, run } from '../support/deployment.js';
import { describeEngines, needsHints } from '../support/engines/index.js';
import { idsOf } from '../support/model/rows.js';
import { hold, startRun } from '../support/running.js';
import type { Clocks } from '../support/scenario/scenario.js';
import { words } from '../support/words.js';

const stores = [sessionStore, temporaryStore] as const;
type SessionStore = (typeof stores)[number];
const heldByAnother = 'done, except for rows that another session held';

/** What an ended session left: rows 1 to 3, of which the last ends it. */
const ended: readonly SessionRow[] = [
  { created: { hours: 50 } },
  { created: { hours: 45 } },
  { created: { hours: 40 }, operation: 'DELETE' },
];
const alive: SessionRow = { created: { hours: 1 }, number: 4 };

/** Four kinds of sessions in turn: two that live, of which one had ended before, and two that are to go. */
const rowsOf = (clocks: Clocks, id: string, at: number): readonly PlacedRow[] =>
  [
    () => session(clocks, id, ...ended),
    () => session(clocks, id, ...ended, alive),
    () => [...session(clocks, id, ...ended), ...sessionIn(temporaryStore, clocks, id, ...ended)],
    () => session(clocks, id, alive),
  ][at % 4]?.() ?? [];

const idsOfSessions = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `s-${String(at).padStart(4, '0')}`);

const manySessions = (clocks: Clocks, ids: readonly string[]): readonly PlacedRow[] => [
  ...ids.flatMap((id, at) => rowsOf(clocks, id, at)),
  ...mappings(...ids.map((id) => `${id}/alice`)),
];

/** All four mappings of a session that is not among the others. */
const mappingsOf = (id: string, number: number): readonly PlacedRow[] =>
  mappingTables.map((table) => mapping(table, number, id, 'alice'));

function clocksNow(): Clocks {
  return { utcNow: BigInt(Date.now()) * 1000n };
}

/** What no snapshot may show of sessions named `s-…`: a part of what goes in one transaction. */
async function tornSessions(query: Query): Promise<readonly string[]> {
  const looks = [
    ...stores.map((store) => [
      `some of the older rows of ${store}`,
      `SELECT SESSION_ID AS id FROM ${store} WHERE SESSION_ID LIKE 's-%' AND TENANT_ID <= 3 GROUP BY SESSION_ID HAVING COUNT(*) <> 3`,
    ]),
    ...mappingTables.flatMap((table) => [
      [
        `${table} without its session`,
        `SELECT m.SESSION_ID AS id FROM ${table} m WHERE m.SESSION_ID LIKE 's-%' AND ${stores.map((store) => `NOT EXISTS (SELECT 1 FROM ${store} o WHERE o.SESSION_ID = m.SESSION_ID)`).join(' AND ')}`,
      ],
      [
        `a session without its ${table}`,
        `SELECT o.SESSION_ID AS id FROM ${sessionStore} o WHERE o.SESSION_ID LIKE 's-%' AND o.TENANT_ID <= 4 AND NOT EXISTS (SELECT 1 FROM ${table} m WHERE m.SESSION_ID = o.SESSION_ID)`,
      ],
    ]),
  ];
  const found: string[] = [];
  for (const [what, sql] of looks) for (const { id } of await query(sql ?? '')) found.push(`${what}: ${id}`);
  return found;
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  describe.each(['deleted-rows', 'none'] as const)('backup %s', (backup) => {
    let deployment: Deployment;
    beforeAll(async () => {
      const tables = [...stores, ...mappingTables];
      deployment = await deploy(engine, { policy: sessions, schema: completeSchema(engine.dialect), tables, backup });
    });
    afterAll(() => deployment?.database.drop());

    /** Puts exactly these rows into the database, and takes back what earlier tests left. */
    async function begin(rows: readonly PlacedRow[], batchRowsMaximum: number, pauseMs = 0): Promise<void> {
      const { plan, query } = deployment;
      await empty(deployment);
      await fill(deployment, databaseOf(rows));
      const backups = backup === 'none' ? [] : plan.backups.map(({ name }) => name);
      for (const table of [...backups, plan.names.run, plan.names.runStep]) await query(`DELETE FROM ${table}`);
      await change(deployment, { batch_rows_minimum: 1, batch_rows_maximum: batchRowsMaximum, pause_ms: pauseMs });
    }

    const number = async (sql: string): Promise<number> => Number((await deployment.query(sql))[0]?.n);
    const count = (table: string): Promise<number> => number(`SELECT COUNT(*) AS n FROM ${table}`);
    const left = async () => idsOf(await read(deployment), sessionKeys);

    test.each(mappingTables.flatMap((table) => stores.map((store) => ({ table, store }))))(
      'a session stored again in $store while its batch waits at $table keeps its new row and all mappings',
      async ({ table, store }) => {
        await begin([...session(clocksNow(), 'back', ...ended), ...mappingsOf('back', 1)], 1000);
        const release = await hold(deployment, table, "SESSION_ID = 'back'");
        const { waiting, outcome } = await startRun(deployment);
        await waiting();
        await fill(deployment, databaseOf(sessionIn(store, clocksNow(), 'back', { created: {}, number: 9 })));
        await release();

        expect(await outcome).toBe('returned');
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        expect(await left()).toEqual({
          ...Object.fromEntries(mappingTables.map((one) => [one, ['back/alice']])),
          [sessionStore]: store === sessionStore ? ['back/9'] : [],
          [temporaryStore]: store === temporaryStore ? ['back/9'] : [],
        });
        expect(await number(`SELECT SUM(retries) AS n FROM ${deployment.plan.names.runStep}`)).toBeGreaterThan(0);
      },
    );

    /** While a batch waits at a mapping of `back`, that session comes back, and the last row of `stay` goes. */
    async function oneComesWhileOneGoes(store: SessionStore, mappings: readonly PlacedRow[]): Promise<void> {
      const rows = [...session(clocksNow(), 'back', ...ended), ...session(clocksNow(), 'stay', ...ended)];
      await begin([...rows, ...sessionIn(store, clocksNow(), 'stay', alive), ...mappings], 1000);
      // By its whole key: MySQL and MariaDB would look at the rows that the batch has deleted, too, and wait.
      const [row] = await deployment.query(
        `SELECT SESSION_TYPE AS type, TIME_CREATED AS created, OPERATION AS operation FROM ${store} WHERE SESSION_ID = 'stay' AND TENANT_ID = 4`,
      );
      const last = `SESSION_ID = 'stay' AND SESSION_TYPE = '${row?.type}' AND TIME_CREATED = ${row?.created} AND OPERATION = '${row?.operation}'`;
      const release = await hold(deployment, mappingTables[0], "SESSION_ID = 'back'");
      const { waiting, outcome } = await startRun(deployment);
      // On MySQL and MariaDB it waits for a second, which would be over by the time that anybody sees it wait.
      await (family === 'mysql' ? sleep(500) : waiting());
      await deployment.query(`DELETE FROM ${store} WHERE ${last}`);
      await fill(deployment, databaseOf(sessionIn(sessionStore, clocksNow(), 'back', { created: {}, number: 9 })));
      await release();
      expect(await outcome).toBe('returned');
    }

    // On SQL Server nobody may change the rows that keep others until the batch ends.
    const mayGo = family === 'mssql' ? [] : stores;
    test.each(mayGo)('it does so even if the last row of another session of the batch goes from %s', async (store) => {
      await oneComesWhileOneGoes(store, mappingsOf('back', 1));
      expect(await left()).toMatchObject({
        ...Object.fromEntries(mappingTables.map((one) => [one, ['back/alice']])),
        [sessionStore]: ['back/9'],
      });
    });

    test.each(backup === 'none' ? [] : mayGo)(
      'a mapping goes with a copy, and only then, if one session comes back while another one goes from %s',
      async (store) => {
        const { plan, query } = deployment;
        await oneComesWhileOneGoes(store, [...mappingsOf('back', 1), ...mappingsOf('stay', 2)]);
        for (const table of mappingTables) {
          const copies = plan.backups.find(({ source }) => source.name.toUpperCase() === table)?.name;
          const there = await query(`SELECT SESSION_ID AS id FROM ${table} UNION ALL SELECT SESSION_ID FROM ${copies}`);
          expect({ table, ids: there.map(({ id }) => id).sort() }).toEqual({ table, ids: ['back', 'stay'] });
        }
        expect(await left()).toMatchObject(
          Object.fromEntries(mappingTables.map((one) => [one, expect.arrayContaining(['back/alice'])])),
        );
      },
    );

    test.for(stores)('a row of %s whose end is put off while its batch waits for it stays', async (store, { skip }) => {
      needsHints(engine, skip);
      await begin(sessionIn(store, clocksNow(), 'late', { created: { hours: 9 }, expired: { hours: 5 } }), 1000);
      const holder = await deployment.database.connect();
      await holder.query(words[family].begin);
      await holder.query(`UPDATE ${store} SET EXPIRY_TIME = 9000000000000000000 WHERE SESSION_ID = 'late'`);
      const { waiting, outcome } = await startRun(deployment);
      await waiting();
      await holder.query('COMMIT');
      await holder.close();

      expect(await outcome).toBe('returned');
      expect((await left())[store]).toEqual(['late/1']);
      expect(await number(`SELECT SUM(deleted) AS n FROM ${deployment.plan.names.runStep}`)).toBe(0);
    });

    test.runIf(backup === 'deleted-rows')(
      'a client killed in the middle of a batch, at each mapping table, leaves no session half gone',
      async () => {
        const ids = idsOfSessions(2000);
        await begin(manySessions(clocksNow(), ids), 100);
        const before = await left();

        for (const [at, table] of mappingTables.entries()) {
          const release = await hold(deployment, table, `SESSION_ID = '${ids[(at + 1) * 400]}'`);
          const { waiting, kill } = await startRun(deployment);
          await waiting();
          await kill();
          await release();

          expect(await tornSessions(deployment.query)).toEqual([]);
          let kept = 0;
          for (const { name, source } of deployment.plan.backups) {
            kept += await count(name);
            expect((await count(source.name)) + (await count(name))).toBe(before[source.name.toUpperCase()]?.length);
          }
          // It got somewhere, and not to the end.
          expect(kept).toBeGreaterThan(at * 100);
          expect(await count(`${sessionStore} WHERE TENANT_ID <= 3`)).toBeGreaterThan(0);
        }

        await run(deployment);
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        const living = ids.filter((_, at) => at % 2 === 1);
        expect(await left()).toEqual({
          ...Object.fromEntries(mappingTables.map((table) => [table, living.map((id) => `${id}/alice`)])),
          [sessionStore]: living.map((id) => `${id}/4`),
          [temporaryStore]: [],
        });
        expect(await count(`${deployment.plan.names.run} WHERE status = 'crashed'`)).toBe(4);
      },
    );

    test.runIf(backup === 'deleted-rows')(
      'a session of which another one holds a row is left whole, and only that one',
      async ({ skip }) => {
        needsHints(engine, skip);
        const ids = idsOfSessions(20);
        const rows = (clocks: Clocks) => ids.flatMap((id) => session(clocks, id, ...ended));
        await begin([...rows(clocksNow()), ...mappings(...ids.map((id) => `${id}/alice`))], 1000);
        // The oldest row, which does not end the session by itself.
        const release = await hold(deployment, sessionStore, "SESSION_ID = 's-0010' AND TENANT_ID = 1");
        const began = Date.now();
        await run(deployment);
        expect(Date.now() - began).toBeLessThan(60_000);
        await release();

        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: heldByAnother });
        expect(await left()).toEqual({
          ...Object.fromEntries(mappingTables.map((table) => [table, ['s-0010/alice']])),
          [sessionStore]: ['s-0010/1', 's-0010/2', 's-0010/3'],
          [temporaryStore]: [],
        });
        await run(deployment);
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        expect(Object.values(await left()).flat()).toEqual([]);
      },
      120_000,
    );

    test.runIf(family === 'oracle' && backup === 'deleted-rows')(
      'a session stored again while a run pauses keeps its mappings, also if the session of the run is SERIALIZABLE',
      async () => {
        const old = (id: string) => session(clocksNow(), id, ...ended);
        await begin([...old('a'), ...old('b'), ...mappingsOf('a', 1), ...mappingsOf('b', 2)], 1, 800);
        const client = await deployment.database.connect();
        await client.query('ALTER SESSION SET ISOLATION_LEVEL = SERIALIZABLE');
        const call = () => client.query(words[family].call(deployment.plan.names.procedure));
        const outcome = call();
        await expect
          .poll(() => count(`${sessionStore} WHERE SESSION_ID = 'a'`), { timeout: 20_000, interval: 20 })
          .toBe(0);
        // The transaction of b's batch has begun.
        await new Promise((resolve) => setTimeout(resolve, 200));
        await fill(deployment, databaseOf(sessionIn(sessionStore, clocksNow(), 'b', { created: {}, number: 9 })));
        await outcome;

        const kept = {
          ...Object.fromEntries(mappingTables.map((one) => [one, ['b/alice']])),
          [sessionStore]: ['b/9'],
          [temporaryStore]: [],
        };
        expect(await left()).toEqual(kept);
        // Nor does a run leave a transaction open: another one begins in the same session.
        await change(deployment, { batch_rows_minimum: 1, batch_rows_maximum: 100, pause_ms: 0 });
        await call();
        await client.close();
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        expect(await left()).toEqual(kept);
      },
    );

    test.runIf(family === 'mssql')(
      'sessions of many rows do not make batches of more rows than the maximum, once that is seen',
      async () => {
        const older = Array.from({ length: 17 }, (_, at): SessionRow => ({ created: { hours: 60 + at } }));
        await begin(
          idsOfSessions(200).flatMap((id) => session(clocksNow(), id, ...older, ...ended)),
          100,
        );
        await run(deployment);
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        const { runStep } = deployment.plan.names;
        // 100 sessions of 20 rows in the first batch, and about 5 in each of the others.
        expect(
          await number(`SELECT batches AS n FROM ${runStep} WHERE table_name = '${sessionStore}'`),
        ).toBeGreaterThan(15);
        expect(await count(sessionStore)).toBe(0);
      },
    );

    test('writers that store sessions all the time lose nothing, and nobody sees a session half gone', async () => {
      const ids = idsOfSessions(400);
      await begin(manySessions(clocksNow(), ids), 10, 10);
      const { schema } = deployment;
      const { outcome } = await startRun(deployment);
      let running = true;
      const call = outcome.finally(() => {
        running = false;
      });
      const whileItRuns = async (work: (query: Query, at: number) => Promise<void>): Promise<void> => {
        const client = await deployment.database.connect();
        for (let at = 0; running; at += 1) await work((sql) => client.query(sql), at);
        await client.close();
      };

      const stored: string[] = [];
      const born: string[] = [];
      const mapped = new Set<string>();
      const torn: string[] = [];
      const storeAgain = async (query: Query, at: number): Promise<void> => {
        // Sessions in no order, so that some are ahead of the walk, some behind it and some in the batch that is going on.
        const id = ids[(at * 7919) % ids.length] ?? '';
        const rows = sessionIn(stores[at % 2] ?? sessionStore, clocksNow(), id, { created: {}, number: 10 + at });
        await insertRows(query, family, schema, databaseOf(rows));
        stored.push(`${id}/${10 + at}`);
        // A locking read waits for the batch that goes on: from here on no run may take the mappings.
        const there = await query(words[family].lockRows(mappingTables[0] ?? '', 'SESSION_ID', `SESSION_ID = '${id}'`));
        if (there.length > 0) mapped.add(id);
      };
      const bear = async (query: Query, at: number): Promise<void> => {
        // Names all over the walk; the mappings come first, as the worst case is.
        const id = `${(ids[(at * 7919) % ids.length] ?? '').replace('s-', 't-')}-${at}`;
        await insertRows(query, family, schema, databaseOf(mappingsOf(id, 100_000 + at)));
        await insertRows(query, family, schema, databaseOf(session(clocksNow(), id, { created: {}, number: 1 })));
        born.push(id);
      };
      await Promise.all([
        whileItRuns(storeAgain),
        whileItRuns(bear),
        whileItRuns(async (query) => void torn.push(...(await tornSessions(query)))),
        call,
      ]);
      expect(await call).toBe('returned');
      await run(deployment);
      expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });

      const after = await left();
      const rows = [...(after[sessionStore] ?? []), ...(after[temporaryStore] ?? [])];
      expect(torn).toEqual([]);
      expect([...stored, ...born.map((id) => `${id}/1`)].filter((row) => !rows.includes(row))).toEqual([]);
      expect(rows.filter((row) => /^s-.*\/[123]$/.test(row))).toEqual([]);
      for (const table of mappingTables) {
        const there = new Set(after[table]);
        expect([...mapped, ...born].filter((id) => !there.has(`${id}/alice`))).toEqual([]);
      }
      expect([stored.length, born.length, mapped.size].filter((count) => count < 20)).toEqual([]);
    });
  });

  test.runIf(family === 'postgresql')('without EXPIRY_TIME sessions are judged by age, and go whole', async () => {
    const oldest = await deploy(engine, { policy: sessions, profile: 'apim-2.1', tables: [sessionStore] });
    const clocks = clocksNow();
    const rows = [
      ...session(clocks, 'aged', { created: { days: 20 } }, { created: { days: 15 } }),
      ...session(clocks, 'stored-lately', { created: { days: 20 } }, { created: { days: 15 } }, alive),
      ...session(clocks, 'young', { created: { days: 13 } }, { created: { days: 12 } }),
      ...session(clocks, 'ended', { created: { days: 3 } }, { created: { hours: 13 }, operation: 'DELETE' }),
      ...session(clocks, 'just-ended', { created: { days: 3 } }, { created: { hours: 11 }, operation: 'DELETE' }),
    ];
    await fill(oldest, databaseOf(rows));
    expect(oldest.plan.steps.map(({ table }) => table.name.toUpperCase())).toEqual([sessionStore]);
    await run(oldest);
    expect(await lastRun(oldest)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(idsOf(await read(oldest), sessionKeys)[sessionStore]).toEqual([
      'just-ended/1',
      'just-ended/2',
      'stored-lately/4',
      'young/1',
      'young/2',
    ]);
    await oldest.database.drop();
  });
});
