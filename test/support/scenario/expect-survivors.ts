import { expect } from 'vitest';
import { type Deployment, lastRun } from '../deployment.js';
import { idsOf } from '../model/rows.js';
import { prepare, readClocks, readFilled, runAt } from './run-case.js';
import type { Scenario, ScenarioCase, Settings } from './scenario.js';
import { startOf } from './start.js';

/** Runs a case, and expects the rows that it names; every other table comes through whole. */
export async function expectSurvivors(
  deployment: Deployment,
  scenario: Scenario,
  aCase: ScenarioCase,
  batches: Settings,
): Promise<void> {
  const what = aCase.name;
  const clocks = readClocks();
  const start = startOf(scenario, aCase, clocks, deployment.schema);
  await prepare(
    deployment,
    { ...start, settings: { ...start.settings, ...batches } },
    { withoutForeignKeys: aCase.needs?.orphans === true },
  );
  const whole = idsOf(await readFilled(deployment), scenario.keys);
  await runAt(deployment, clocks);
  expect({ what, ...(await lastRun(deployment)) }).toMatchObject({ what, status: 'ended', why_stopped: 'done' });
  const left = idsOf(await readFilled(deployment), scenario.keys);
  const dependent = dependentsOf(Object.keys(aCase.survivors), deployment);
  for (const table of Object.keys(whole)) {
    const spoken = aCase.survivors[table];
    // A case that deletes a parent need not speak of what goes with it.
    if (spoken === undefined && dependent.has(table)) continue;
    expect({ what, [table]: left[table] ?? [] }).toEqual({ what, [table]: spoken ? [...spoken].sort() : whole[table] });
  }
}

/** Tables whose rows go with those of some tables: by their foreign keys, or because nothing keeps them any more. */
function dependentsOf(tables: readonly string[], { plan }: Deployment): ReadonlySet<string> {
  const steps = plan.steps.filter(({ table }) => tables.includes(table.name.toUpperCase()));
  const others = steps.flatMap(({ children, followers }) => [...children, ...followers]);
  return new Set(others.map(({ table }) => table.name.toUpperCase()));
}
