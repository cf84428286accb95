import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupMode } from '../../../src/plan/types.js';
import { policies } from '../../../src/policies/index.js';
import { batchSizes, read } from '../conformance.js';
import { abilitiesOf, isApplicable } from '../data/cases.js';
import { completeSchema } from '../data/later-tables.js';
import { randomWriters } from '../data/writers.js';
import { type Deployment, deploy, familyOf, lastRun } from '../deployment.js';
import { describeEngines, type Engine, type EngineName } from '../engines/index.js';
import { type Database, idsOf } from '../model/rows.js';
import { words } from '../words.js';
import { scenarios } from './all.js';
import { deadByPolicy } from './by-policy.js';
import { expectSurvivors } from './expect-survivors.js';
import type { RandomFigures } from './figures.js';
import { liveRowsLost, randomStart, uncertainties } from './random-start.js';
import { prepare, readClocks, runAt } from './run-case.js';
import type { Scenario } from './scenario.js';
import { isDecided, isSettled, modelOf } from './start.js';

const databases = Number(process.env.DEEPCLEAN_RANDOM_DATABASES ?? 4);

const ways = [
  ['in the smallest batches', batchSizes.smallest, 'deleted-rows'],
  ['in large batches', batchSizes.large, 'deleted-rows'],
  ['without backups', batchSizes.large, 'none'],
] as const;

/**
 * MySQL and MariaDB run the same bytes, and variants run all cases in large batches on PostgreSQL and MySQL: each engine
 * takes some of the ways, and random databases take all of them everywhere.
 */
const notOn: Partial<Record<EngineName, readonly string[]>> = {
  postgresql: ['in large batches'],
  mysql: ['in large batches', 'without backups'],
  // All but the random databases only in `make test-slow`.
  mariadb: [
    'in the smallest batches',
    'in large batches',
    ...(process.env.DEEPCLEAN_SLOW === '1' ? [] : ['without backups']),
  ],
};

const deployScenario = (engine: Engine, { policy: name, tables }: Scenario, backup: BackupMode) => {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return deploy(engine, { policy, schema: completeSchema(engine.dialect), tables, backup });
};

/** For each deleted row one is kept, and a hash has 64 digits. */
async function expectAudit(
  { plan, query }: Deployment,
  runId: string | null | undefined,
  deleted: Readonly<Record<string, number>>,
): Promise<void> {
  for (const { name, source, columns } of plan.backups) {
    const [row] = await query(`SELECT COUNT(*) AS n FROM ${name} WHERE run_id = ${runId}`);
    const logged = Object.entries(deleted).find(([table]) => table.toLowerCase() === source.name.toLowerCase());
    expect({ [name]: Number(row?.n) }).toEqual({ [name]: logged?.[1] ?? 0 });
    for (const { name: hash, hashOf } of columns) {
      if (hashOf === undefined) continue;
      const [wrong] = await query(
        `SELECT COUNT(*) AS n FROM ${name} WHERE ${hash} IS NOT NULL AND ${hash} NOT LIKE '${'_'.repeat(64)}'`,
      );
      expect({ [hash]: Number(wrong?.n) }).toEqual({ [hash]: 0 });
    }
  }
}

/** Rows in, survivors out: every rule and edge of every policy on an engine, in every way a run can go. */
export const describeScenarios = (name: EngineName): void => describeEngines([name], define);

function define(engine: Engine): void {
  const family = familyOf(engine);
  const schema = completeSchema(engine.dialect);
  const abilities = abilitiesOf(family);

  describe.each(scenarios.map((scenario) => [scenario.policy, scenario] as const))('%s', (_, scenario) => {
    const cases = scenario.cases.filter(
      (aCase) => isApplicable(aCase, schema, abilities) && isDecided(scenario, aCase, schema, abilities),
    );

    describe.each(ways.filter(([way]) => !notOn[engine.name]?.includes(way)))('%s', (_way, batches, backup) => {
      let deployment: Deployment;
      beforeAll(async () => {
        deployment = await deployScenario(engine, scenario, backup);
      });
      afterAll(() => deployment?.database.drop());

      test.each(cases.map((aCase) => [aCase.name, aCase] as const))('%s', async (_name, aCase) => {
        await expectSurvivors(deployment, scenario, aCase, batches);
      });
    });

    describe.each(['deleted-rows', 'audit', 'none'] as const)('backup %s', (backup) => {
      let deployment: Deployment;
      beforeAll(async () => {
        deployment = await deployScenario(engine, scenario, backup);
      });
      afterAll(() => deployment?.database.drop());

      test(
        `leaves the model's survivors in ${databases} random databases, logs what it lost, finds nothing more, and restores it`,
        async ({ task }) => {
          const figures: RandomFigures = { engine: engine.name, databases: 0, rows: 0, deleted: 0, liveRowsLost: 0 };
          task.meta.random = figures;
          const written = fc.tuple(scenario.random, randomWriters, uncertainties);
          await fc.assert(
            fc.asyncProperty(written, batchBounds, async ([make, writerOf, hours], bounds) => {
              const clocks = readClocks();
              const { schema: live } = deployment;
              const { start, truth } = randomStart(scenario, make, writerOf, hours, clocks, abilities, live);
              // Against a running clock the outcome must not depend on the second in which the run begins.
              fc.pre(abilities.stillClock || isSettled(scenario, start, clocks, deployment.schema, 5));
              const model = modelOf(scenario, start, clocks, deployment.schema);
              await prepare(deployment, { ...start, settings: { ...start.settings, ...bounds } });
              const before = await read(deployment);

              await runAt(deployment, clocks);
              const { run_id: firstRun, status, why_stopped: why } = await lastRun(deployment);
              expect({ status, why }).toEqual({ status: 'ended', why: 'done' });
              const after = await read(deployment);
              const lost = liveRowsLost(scenario, truth, after, clocks, live);
              figures.databases += 1;
              figures.rows += rowsIn(before);
              figures.deleted += rowsIn(before) - rowsIn(after);
              figures.liveRowsLost += lost.length;
              expect(lost).toEqual([]);
              expect(deadByPolicy(deployment.plan.policy, start, clocks, live)).toEqual(model.dead);
              expect(idsOf(after, scenario.keys)).toEqual(idsOf({ ...after, ...model.survivors }, scenario.keys));
              expect(await reasons(deployment, firstRun)).toEqual(model.dead);
              const logged = await deletedByTable(deployment, firstRun);
              expect(logged).toEqual(lostByTable(before, after, Object.keys(logged)));

              await runAt(deployment, clocks);
              expect(await read(deployment)).toEqual(after);

              if (backup === 'audit') await expectAudit(deployment, firstRun, logged);
              if (backup !== 'deleted-rows') return;
              await deployment.query(words[family].call(deployment.plan.names.restore, String(firstRun)));
              expect(await read(deployment)).toEqual(before);
            }),
            { numRuns: databases, ...(process.env.DEEPCLEAN_SEED && { seed: Number(process.env.DEEPCLEAN_SEED) }) },
          );
        },
        databases * 6_000,
      );
    });
  });
}

const batchBounds = fc
  .tuple(fc.constantFrom(1, 2, 7, 50, 1000), fc.constantFrom(1, 3, 10, 100, 10_000))
  .map(([minimum, maximum]) => ({
    batch_rows_minimum: Math.min(minimum, maximum),
    batch_rows_maximum: maximum,
  }));

const rowsIn = (database: Database): number => Object.values(database).reduce((sum, rows) => sum + rows.length, 0);

type LoggedRun = string | null | undefined;

/** Deleted rows as the run log has them, of every table that it counts. */
async function deletedByTable({ query, plan }: Deployment, runId: LoggedRun): Promise<Record<string, number>> {
  const rows = await query(`SELECT table_name AS t, deleted AS d FROM ${plan.names.runStep} WHERE run_id = ${runId}`);
  return Object.fromEntries(rows.map(({ t, d }) => [String(t).toUpperCase(), Number(d)]));
}

const lostByTable = (before: Database, after: Database, tables: readonly string[]): Record<string, number> =>
  Object.fromEntries(tables.map((table) => [table, (before[table] ?? []).length - (after[table] ?? []).length]));

/** Deleted rows by table and reason, as the run log has them. */
async function reasons({ query, plan }: Deployment, runId: LoggedRun): Promise<Record<string, Record<string, number>>> {
  const rows = await query(
    `SELECT table_name AS t, reason AS r, deleted AS d FROM ${plan.names.runReason} WHERE run_id = ${runId} AND deleted > 0`,
  );
  const counts: Record<string, Record<string, number>> = {};
  for (const { t, r, d } of rows) {
    const table = String(t).toUpperCase();
    counts[table] = { ...counts[table], [String(r)]: Number(d) };
  }
  return counts;
}
