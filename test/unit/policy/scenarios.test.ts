import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { randomWriters } from '../../support/data/writers.js';
import { idsOf } from '../../support/model/rows.js';
import { microsecondsPerDay, parseStamp } from '../../support/model/stamps.js';
import { scenarios } from '../../support/scenario/all.js';
import { deadByPolicy } from '../../support/scenario/by-policy.js';
import { liveRowsLost, randomStart, uncertainties, unlimited } from '../../support/scenario/random-start.js';
import { modelOf, startOf } from '../../support/scenario/start.js';

// Whole databases, hundreds of times, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const schema = completeSchema('mysql');
const utcNow = parseStamp('2026-11-23 15:10:00') ?? 0n;
const clocks = { utcNow };

test('every policy has a scenario', () => {
  expect(scenarios.map(({ policy }) => policy).sort()).toEqual(policies.map(({ name }) => name).sort());
});

describe.each(scenarios.map((scenario) => [scenario.policy, scenario] as const))('%s', (name, scenario) => {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  const cases = scenario.cases.map((aCase) => [aCase.name, aCase] as const);

  test.each(cases)('by its model and by the policy as data, %s', (_, aCase) => {
    const start = startOf(scenario, aCase, clocks, schema);
    const { survivors, dead } = modelOf(scenario, start, clocks, schema);
    const left = idsOf(survivors, scenario.keys);
    for (const [table, ids] of Object.entries(aCase.survivors)) {
      expect({ [table]: left[table] ?? [] }).toEqual({ [table]: [...ids].sort() });
    }
    for (const table of Object.keys(start.database)) {
      if (!(table in aCase.survivors)) expect(survivors[table]).toEqual(start.database[table]);
    }
    expect(deadByPolicy(policy, start, clocks, schema)).toEqual(dead);
  });

  test('means the same on any day', () => {
    for (const days of [-400n, 400n, 9000n]) {
      const then = { utcNow: utcNow + days * microsecondsPerDay };
      for (const aCase of scenario.cases) {
        const { survivors } = modelOf(scenario, startOf(scenario, aCase, then, schema), then, schema);
        const left = idsOf(survivors, scenario.keys);
        for (const [table, ids] of Object.entries(aCase.survivors)) {
          expect({ case: aCase.name, [table]: left[table] ?? [] }).toEqual({
            case: aCase.name,
            [table]: [...ids].sort(),
          });
        }
      }
    }
  });

  test('cases have names of their own', () => {
    const names = scenario.cases.map((aCase) => aCase.name);
    expect(names.filter((one, index) => names.indexOf(one) !== index)).toEqual([]);
  });

  test('random databases: the policy as data finds the dead rows that the model finds', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(scenario.random, randomWriters, uncertainties, (make, writerOf, hours) => {
        const { start, truth } = randomStart(scenario, make, writerOf, hours, clocks, unlimited, schema);
        const { dead, survivors } = modelOf(scenario, start, clocks, schema);
        expect(deadByPolicy(policy, start, clocks, schema)).toEqual(dead);
        expect(liveRowsLost(scenario, truth, survivors, clocks, schema)).toEqual([]);
        for (const [table, reasons] of Object.entries(dead)) {
          for (const reason of Object.keys(reasons)) reached.add(`${table} ${reason}`);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
    const all = policy.steps.flatMap(({ table, reasons, history, followers = [] }) => [
      ...reasons.map((reason) => `${table} ${reason.name}`),
      ...(history ? [`${table} superseded`] : []),
      ...followers.map((follower) => `${follower.table} ${follower.name}`),
    ]);
    // A generator that never makes some kind of dead row proves nothing of it.
    expect([...reached].sort()).toEqual([...new Set(all)].sort());
  });
});
