import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/dialects/dialect.js';
import { findDialect } from '../../src/dialects/registry.js';
import type { Place } from '../../src/operate/place.js';
import { readBacklog } from '../../src/operate/read-backlog.js';
import { readSettings } from '../../src/operate/settings.js';
import { judgeRows } from '../../src/operate/why/judge-rows.js';
import { readMoment } from '../../src/operate/why/read-facts.js';
import type { Plan } from '../../src/plan/types.js';
import { policies } from '../../src/policies/index.js';
import { tablesLookedAtBy } from '../../src/policy/columns.js';
import { findTable } from '../../src/schema/find.js';
import { read } from '../support/conformance.js';
import { abilitiesOf } from '../support/data/cases.js';
import { completeSchema } from '../support/data/later-tables.js';
import { randomWriters } from '../support/data/writers.js';
import { type Deployment, deploy, familyOf, lastRun } from '../support/deployment.js';
import { describeEngines, type Engine } from '../support/engines/index.js';
import { type Database, idOf, type Row } from '../support/model/rows.js';
import { scenarios } from '../support/scenario/all.js';
import { randomStart, uncertainties } from '../support/scenario/random-start.js';
import { prepare, readClocks, runAt } from '../support/scenario/run-case.js';
import type { Clocks, Scenario } from '../support/scenario/scenario.js';
import { isSettled } from '../support/scenario/start.js';
import { words } from '../support/words.js';

/** Rows that are judged in memory and by SQL, on each engine and for each cleanup. */
const wanted = Number(process.env.DEEPCLEAN_WHY_ROWS ?? 60);

const everyRow = { condition: () => '1 = 1', parameters: [] };

/** Of the session that asks, which has no say in what is dead. */
const zones = fc.constantFrom('+00:00', '-08:00', '+13:00');
const inZone = {
  postgresql: (zone: string) => `SET TimeZone = '${zone}'`,
  mysql: (zone: string) => `SET SESSION time_zone = '${zone}'`,
};

interface Verdict {
  readonly table: string;
  readonly key: string;
  readonly reason: string | undefined;
}

/** What `why` says of every row of every table that a cleanup judges, in the order of its steps. */
async function verdicts({ plan, query }: Deployment, place: Place): Promise<readonly Verdict[]> {
  const connection = connectionOf(query);
  const settings = await readSettings(connection, place);
  const values = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  const moment = await readMoment(connection, place, plan, values);
  const all: Verdict[] = [];
  for (const step of plan.steps) {
    const judged = await judgeRows(connection, place, plan, step, moment, everyRow, { sees: true });
    for (const { row, reason } of judged) {
      const key = JSON.stringify(step.table.primaryKey.map((name) => String(row[name])));
      all.push({ table: step.table.name, key, reason });
    }
  }
  return all;
}

const connectionOf = (query: (sql: string) => Promise<readonly Row[] | readonly Readonly<Record<string, unknown>>[]>) =>
  ({ query: (sql: string) => query(sql) }) as Connection;

const placeOf = ({ plan }: Deployment, engine: Engine): Place => ({
  dialect: findDialect(engine.dialect),
  names: plan.names,
  policy: plan.policy,
  ...(plan.schema.namespace !== undefined && { namespace: plan.schema.namespace }),
});

async function holdClock({ query, family }: Deployment, { utcNow }: Clocks): Promise<void> {
  for (const statement of words[family].holdClock ?? []) {
    await query(statement.replace('SECONDS', `${utcNow / 1_000_000n}`));
  }
}

/** `TABLE reason`, and how many rows. */
function counted(
  all: readonly { readonly table: string; readonly reason: string | undefined; readonly rows?: number }[],
) {
  const counts: Record<string, number> = {};
  for (const { table, reason, rows = 1 } of all) {
    if (reason === undefined) continue;
    const name = `${table.toUpperCase()} ${reason}`;
    counts[name] = (counts[name] ?? 0) + rows;
  }
  return counts;
}

const idsIn = (database: Database, { keys }: Scenario): ReadonlySet<string> =>
  new Set(Object.entries(database).flatMap(([table, rows]) => rows.map((row) => `${table} ${idOf(table, row, keys)}`)));

/** Each row that was called dead is gone; and no other, but where a run itself makes more rows dead as it goes on. */
function compare(plan: Plan, said: readonly Verdict[], before: Database, after: Database, scenario: Scenario): void {
  const left = idsIn(after, scenario);
  const dead = new Set(
    said.filter(({ reason }) => reason !== undefined).map(({ table, key }) => `${table.toUpperCase()} ${key}`),
  );
  for (const [table, rows] of Object.entries(before)) {
    const live = plan.steps.find((step) => step.table.name.toUpperCase() === table)?.table;
    // Rows of a table without a key cannot be told apart.
    if (live === undefined || live.primaryKey.length === 0) continue;
    for (const row of rows) {
      const key = JSON.stringify(live.primaryKey.map((column) => String(row[column.toUpperCase()])));
      const isGone = !left.has(`${table} ${idOf(table, row, scenario.keys)}`);
      const isDead = dead.has(`${table} ${key}`);
      if (isDead || !dependsOnRun(plan, table)) expect({ table, key, isGone }).toEqual({ table, key, isGone: isDead });
    }
  }
}

/** Rows go with rows of another table, or look at one of which the same run takes rows first. */
function dependsOnRun({ steps, schema }: Plan, table: string): boolean {
  const isTable = (name: string): boolean => findTable(schema, name)?.name.toUpperCase() === table;
  const goes = steps.some(({ children, followers }) =>
    [...children, ...followers].some((one) => isTable(one.table.name)),
  );
  const looksBack = steps.some((step, at) => {
    const taken = steps
      .slice(0, at)
      .flatMap((one) => [one.table, ...one.children.map((child) => child.table), ...one.followers.map((f) => f.table)]);
    return (
      isTable(step.table.name) &&
      tablesLookedAtBy(step.rule).some((name) => taken.some((one) => one === findTable(schema, name)))
    );
  });
  return goes || looksBack;
}

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const family = familyOf(engine) as keyof typeof inZone;
  const abilities = abilitiesOf(family);

  describe.each(scenarios.map((scenario) => [scenario.policy, scenario] as const))('%s', (name, scenario) => {
    const policy = policies.find((one) => one.name === name);
    if (policy === undefined) throw new Error(`no policy ${name}`);
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy(engine, { policy, schema: completeSchema(engine.dialect), tables: scenario.tables });
    });
    afterAll(() => deployment?.database.drop());

    test(
      `says of ${wanted} random rows what the backlog says, and the next run takes what it calls dead`,
      async () => {
        const place = placeOf(deployment, engine);
        let judged = 0;
        let round = 0;
        while (judged < wanted) {
          round += 1;
          await fc.assert(
            fc.asyncProperty(
              fc.tuple(scenario.random, randomWriters, uncertainties, zones),
              async ([make, writerOf, hours, zone]) => {
                const clocks = readClocks();
                const { start } = randomStart(scenario, make, writerOf, hours, clocks, abilities, deployment.schema);
                fc.pre(abilities.stillClock || isSettled(scenario, start, clocks, deployment.schema, 5));
                await prepare(deployment, start);
                await deployment.query(inZone[family](zone));
                await holdClock(deployment, clocks);
                const said = await verdicts(deployment, place);
                judged += said.length;
                const backlog = await readBacklog(connectionOf(deployment.query), place);
                expect(counted(said)).toEqual(counted(backlog));

                const before = await read(deployment);
                await runAt(deployment, clocks);
                expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
                const left = await read(deployment);
                compare(deployment.plan, said, before, left, scenario);
              },
            ),
            { numRuns: 4, seed: Number(process.env.DEEPCLEAN_SEED ?? Date.now()) + round },
          );
        }
        expect(judged).toBeGreaterThanOrEqual(wanted);
      },
      60_000 + wanted * 300,
    );
  });
});
