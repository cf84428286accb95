import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import { batchSizes, read } from '../conformance.js';
import { abilitiesOf, isApplicable } from '../data/cases.js';
import { completeSchema } from '../data/later-tables.js';
import { type Deployment, deploy, familyOf, lastRun, run } from '../deployment.js';
import { describeEngines, type Engine, type EngineName } from '../engines/index.js';
import { type Database, idsOf } from '../model/rows.js';
import { words } from '../words.js';
import { scenarios } from './all.js';
import { prepare, readClocks } from './run-case.js';
import type { Scenario } from './scenario.js';
import { fittedStart, isSettled, modelOf, startOf } from './start.js';

const databases = Number(process.env.DEEPCLEAN_RANDOM_DATABASES ?? 30);

const ways = [
  ['in the smallest batches', batchSizes.smallest, 'deleted-rows'],
  ['in large batches', batchSizes.large, 'deleted-rows'],
  ['without backups', batchSizes.large, 'none'],
] as const;

const deployScenario = (engine: Engine, { policy: name, tables }: Scenario, backup: 'deleted-rows' | 'none') => {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return deploy(engine, { policy, schema: completeSchema(engine.dialect), tables, backup });
};

/** Rows in, survivors out: every rule and edge of every policy on an engine, in every way a run can go. */
export const describeScenarios = (name: EngineName): void => describeEngines([name], define);

function define(engine: Engine): void {
  const family = familyOf(engine);
  const schema = completeSchema(engine.dialect);
  const abilities = abilitiesOf(family);

  describe.each(scenarios.map((scenario) => [scenario.policy, scenario] as const))('%s', (_, scenario) => {
    const cases = scenario.cases.filter((aCase) => isApplicable(aCase, schema, abilities));

    describe.each(ways)('%s', (_way, batches, backup) => {
      let deployment: Deployment;
      beforeAll(async () => {
        deployment = await deployScenario(engine, scenario, backup);
      });
      afterAll(() => deployment?.database.drop());

      test.each(cases.map((aCase) => [aCase.name, aCase] as const))('%s', async (_name, aCase) => {
        const start = startOf(scenario, aCase, await readClocks(deployment), deployment.schema);
        const before = await prepare(
          deployment,
          { ...start, settings: { ...start.settings, ...batches } },
          { withoutForeignKeys: aCase.needs?.orphans === true },
        );
        await run(deployment);
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        const left = idsOf(await read(deployment), scenario.keys);
        const whole = idsOf(before, scenario.keys);
        for (const table of Object.keys(whole)) {
          const spoken = aCase.survivors[table];
          // A case that deletes a parent need not speak of what hangs on it.
          if (spoken !== undefined) expect({ [table]: left[table] ?? [] }).toEqual({ [table]: [...spoken].sort() });
        }
      });
    });

    describe.each(['deleted-rows', 'none'] as const)('backup %s', (backup) => {
      let deployment: Deployment;
      beforeAll(async () => {
        deployment = await deployScenario(engine, scenario, backup);
      });
      afterAll(() => deployment?.database.drop());

      test(
        `leaves the model's survivors in ${databases} random databases, logs what it lost, finds nothing more, and restores it`,
        async () => {
          await fc.assert(
            fc.asyncProperty(scenario.random, batchBounds, async (make, bounds) => {
              const clocks = await readClocks(deployment);
              const start = fittedStart(make(clocks, { fractions: abilities.fractions }), deployment.schema);
              // Against the server's own clock the outcome must not hang on the second in which the run begins.
              fc.pre(isSettled(scenario, start, clocks, deployment.schema, 5));
              const model = modelOf(scenario, start, clocks, deployment.schema);
              const before = await prepare(deployment, { ...start, settings: { ...start.settings, ...bounds } });

              await run(deployment);
              const { run_id: firstRun, status, why_stopped: why } = await lastRun(deployment);
              expect({ status, why }).toEqual({ status: 'ended', why: 'done' });
              const after = await read(deployment);
              expect(idsOf(after, scenario.keys)).toEqual(idsOf({ ...after, ...model.survivors }, scenario.keys));
              expect(await reasons(deployment, firstRun)).toEqual(model.dead);
              const logged = await deletedByTable(deployment, firstRun);
              expect(logged).toEqual(lostByTable(before, after, Object.keys(logged)));

              await run(deployment);
              expect(await read(deployment)).toEqual(after);

              if (backup === 'none') return;
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
