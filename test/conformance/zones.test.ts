import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProfile } from '../../src/dialects/profiles.js';
import { findDialect } from '../../src/dialects/registry.js';
import { scenario } from '../scenarios/tokens.js';
import { batchSizes, empty, read } from '../support/conformance.js';
import { clockCases } from '../support/data/cases/clock.js';
import { zoneCases } from '../support/data/cases/zones.js';
import { abilitiesOf, expectedFor, isApplicable } from '../support/data/cases.js';
import { type Deployment, defaultProfile, deploy, familyOf, lastRun, run } from '../support/deployment.js';
import { describeEngines, type TestSession } from '../support/engines/index.js';
import { idsOf } from '../support/model/rows.js';
import { formatStamp } from '../support/model/stamps.js';
import { prepare, readClocks, readFilled, runAt } from '../support/scenario/run-case.js';
import { startOf } from '../support/scenario/start.js';

/** Whatever the server's zone and the calling session's zone, the same rows are left. */
describe.each([
  ['+05:30', '-08:00'],
  ['-08:00', '+13:00'],
  ['Europe/Berlin', 'America/New_York'],
])('a server in %s, called from a session in %s', (serverZone, sessionZone) => {
  describeEngines(
    ['postgresql', 'mariadb', 'mysql'],
    (engine) => {
      const family = familyOf(engine);
      const schema = loadProfile(defaultProfile(engine), findDialect(engine.dialect));
      const abilities = abilitiesOf(family);
      let deployment: Deployment;
      let caller: TestSession;
      beforeAll(async () => {
        deployment = await deploy(engine);
        caller = await deployment.database.connect();
        await caller.query(
          family === 'mysql' ? `SET SESSION time_zone = '${sessionZone}'` : `SET TimeZone = '${sessionZone}'`,
        );
      });
      afterAll(async () => {
        await caller?.close();
        await deployment?.database.drop();
      });

      const names = new Set([...zoneCases, ...clockCases].map(({ name }) => name));
      const cases = scenario.cases.filter((aCase) => names.has(aCase.name) && isApplicable(aCase, schema, abilities));
      test.each(cases.map((aCase) => [aCase.name, aCase] as const))('%s', async (_name, aCase) => {
        const clocks = readClocks();
        const start = startOf(scenario, aCase, clocks, deployment.schema);
        await prepare(deployment, { ...start, settings: { ...start.settings, ...batchSizes.large } });
        await runAt({ ...deployment, query: (sql) => caller.query(sql) }, clocks);
        const left = idsOf(await readFilled(deployment), scenario.keys);
        for (const [table, ids] of Object.entries(expectedFor(aCase, schema))) {
          expect({ [table]: left[table] ?? [] }).toEqual({ [table]: ids });
        }
      });

      test('leaves the calling session in its zone', async () => {
        const sql =
          family === 'mysql' ? 'SELECT @@session.time_zone AS zone' : "SELECT current_setting('TimeZone') AS zone";
        const [before] = await caller.query(sql);
        await caller.query(`CALL ${deployment.plan.names.procedure}()`);
        expect(await caller.query(sql)).toEqual([before]);
      });
    },
    { timeZone: serverZone },
  );
});

describeEngines(
  ['mariadb', 'mysql'],
  (engine) => {
    test('keeps of a TIMESTAMP the wall clock of its writer less the offset of the session', async () => {
      const database = await engine.createDatabase();
      await database.query('CREATE TABLE written (zone INT, session_zone INT, stamp TIMESTAMP NULL)');
      const issued = Date.UTC(2026, 4, 1, 12) / 1000;
      const offsets = [-720, -480, 0, 330, 780];
      const sign = (minutes: number) => (minutes < 0 ? '-' : '+');
      const pad = (number: number) => String(Math.abs(Math.trunc(number))).padStart(2, '0');
      for (const session of offsets) {
        await database.query(`SET time_zone = '${sign(session)}${pad(session / 60)}:${pad(session % 60)}'`);
        for (const zone of offsets) {
          const wall = formatStamp(BigInt(issued + zone * 60) * 1_000_000n);
          await database.query(`INSERT INTO written VALUES (${zone}, ${session}, '${wall}')`);
        }
      }
      // What every other test puts in for writers of other zones is what the server would have made of it.
      const rows = await database.query('SELECT zone, session_zone, UNIX_TIMESTAMP(stamp) AS kept FROM written');
      expect(
        rows.map(
          ({ zone, session_zone: session, kept }) => Number(kept) - issued - (Number(zone) - Number(session)) * 60,
        ),
      ).toEqual(rows.map(() => 0));
      await database.drop();
    });

    test('tells the hours apart that the end of daylight saving time makes one, whoever asks', async () => {
      const deployment = await deploy(engine);
      const { query, plan, database } = deployment;
      await query("SET SESSION time_zone = '+00:00'");
      await query("INSERT INTO IDN_OAUTH_CONSUMER_APPS (ID, CONSUMER_KEY) VALUES (1, 'app')");
      for (const [id, stamp] of [
        ['first', '2025-10-26 00:30:00'],
        ['second', '2025-10-26 01:30:00'],
      ]) {
        await query(
          `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, CONSUMER_KEY_ID, IDP_ID, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_STATE) VALUES ('${id}', 1, 1, '${stamp}', '${stamp}', 3600000, 3600000, 'ACTIVE')`,
        );
      }
      // Between the two lies the cut-off: an hour of validity, two of safe period and 26 of uncertainty after one o'clock.
      const seconds = Date.UTC(2025, 9, 26, 1 + 1 + 2 + 26) / 1000;
      await query("SET SESSION time_zone = 'Europe/Berlin'");
      await query(`SET SESSION timestamp = ${seconds}`);
      const backlog = await query(`SELECT DEAD_ROWS AS n, OLDEST AS oldest FROM ${plan.names.backlog}`);
      expect(backlog.map(({ n, oldest }) => `${n} ${String(oldest).slice(0, 19)}`)).toEqual(['1 2025-10-26 00:30:00']);
      await run(deployment);
      expect((await read(deployment)).IDN_OAUTH2_ACCESS_TOKEN?.map((row) => row.TOKEN_ID)).toEqual(['second']);
      await database.drop();
    });

    test('gives back both hours that the end of daylight saving time makes one', async () => {
      const deployment = await deploy(engine);
      const { query, plan, database } = deployment;
      await query("SET SESSION time_zone = '+00:00'");
      await query("INSERT INTO IDN_OAUTH_CONSUMER_APPS (ID, CONSUMER_KEY) VALUES (1, 'app')");
      for (const [id, stamp] of [
        ['first', '2025-10-26 00:30:00'],
        ['second', '2025-10-26 01:30:00'],
      ]) {
        await query(
          `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, CONSUMER_KEY_ID, IDP_ID, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, TOKEN_STATE) VALUES ('${id}', 1, 1, '${stamp}', '${stamp}', 'REVOKED')`,
        );
      }
      const stamps =
        'SELECT TOKEN_ID, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED FROM IDN_OAUTH2_ACCESS_TOKEN ORDER BY TOKEN_ID';
      const before = await query(stamps);
      await query("SET SESSION time_zone = 'Europe/Berlin'");
      await run(deployment);
      expect((await read(deployment)).IDN_OAUTH2_ACCESS_TOKEN).toEqual([]);
      await query(`CALL ${plan.names.restore}(${(await lastRun(deployment)).run_id})`);
      await query("SET SESSION time_zone = '+00:00'");
      expect(await query(stamps)).toEqual(before);
      await empty(deployment);
      await database.drop();
    });
  },
  { timeZone: 'Europe/Berlin' },
);
