import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clocksOf, empty, fill, read, settingsFor } from '../support/conformance.js';
import { fitted } from '../support/data/cases.js';
import { databaseAt } from '../support/data/random.js';
import { randomPlan } from '../support/data/random-plan.js';
import { change, type Deployment, deploy, familyOf, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { type Database, idsOf, referencesOf } from '../support/model/rows.js';
import { isSettled, survivorsOfTokens } from '../support/model/tokens-model.js';

const databases = Number(process.env.DEEPCLEAN_RANDOM_DATABASES ?? 30);

/**
 * Random databases: the engine leaves what the independent model leaves and logs what it lost, a
 * second run deletes nothing, a restore undoes it.
 */
describeEngines(['postgresql', 'pglite', 'mariadb', 'mysql'], (engine) => {
  describe.each(['deleted-rows', 'none'] as const)('backup %s', (backup) => {
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy(engine, { backup });
    });
    afterAll(() => deployment?.database.drop());

    test(
      `leaves the model's survivors in ${databases} random databases`,
      async () => {
        const { schema, plan } = deployment;
        await fc.assert(
          fc.asyncProperty(randomPlan, async (random) => {
            const { utcMicroseconds, offsetMinutes } = await clocksOf(deployment);
            const { database, options } = databaseAt(random, {
              // TIMESTAMP columns of MySQL keep whole seconds, so the moment must be one.
              utcNow: utcMicroseconds - (utcMicroseconds % 1_000_000n),
              serverOffsetMinutes: offsetMinutes,
              fractions: familyOf(engine) === 'postgresql',
            });
            const rows = fitted(database, schema);
            // Against the server's own clock the outcome must not hang on the second in which the run begins.
            fc.pre(isSettled(rows, referencesOf(schema), options, 5));
            const model = survivorsOfTokens(rows, referencesOf(schema), options);
            await empty(deployment);
            await fill(deployment, rows);
            const before = await read(deployment);
            await change(deployment, {
              ...settingsFor(options),
              batch_rows_minimum: random.batch.rowsMinimum,
              batch_rows_maximum: random.batch.rowsMaximum,
            });

            await run(deployment);
            const { run_id: firstRun, status, why_stopped: why } = await lastRun(deployment);
            expect({ status, why }).toEqual({ status: 'ended', why: 'done' });
            const after = await read(deployment);
            expect(idsOf(after)).toEqual(idsOf({ ...after, ...model.survivors }));
            expect(await reasons(deployment, firstRun)).toEqual(model.dead);
            const logged = await deletedByTable(deployment, firstRun);
            expect(logged).toEqual(lostByTable(before, after, Object.keys(logged)));

            await run(deployment);
            expect(await read(deployment)).toEqual(after);

            if (backup === 'none') return;
            await deployment.query(`CALL ${plan.names.restore}(${firstRun})`);
            expect(await read(deployment)).toEqual(before);
          }),
          { numRuns: databases, ...(process.env.DEEPCLEAN_SEED && { seed: Number(process.env.DEEPCLEAN_SEED) }) },
        );
      },
      databases * 6_000,
    );
  });
});

/** Deleted rows as the run log has them, of every table that it counts. */
async function deletedByTable(
  { query, plan }: Deployment,
  runId: string | null | undefined,
): Promise<Record<string, number>> {
  const rows = await query(`SELECT table_name AS t, deleted AS d FROM ${plan.names.runStep} WHERE run_id = ${runId}`);
  return Object.fromEntries(rows.map(({ t, d }) => [String(t).toUpperCase(), Number(d)]));
}

const lostByTable = (before: Database, after: Database, tables: readonly string[]): Record<string, number> =>
  Object.fromEntries(tables.map((table) => [table, (before[table] ?? []).length - (after[table] ?? []).length]));

/** Deleted rows by table and reason, as the run log has them. */
async function reasons(
  { query, plan }: Deployment,
  runId: string | null | undefined,
): Promise<Record<string, Record<string, number>>> {
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
