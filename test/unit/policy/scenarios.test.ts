import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { idsOf } from '../../support/model/rows.js';
import { microsecondsPerDay, microsecondsPerMinute, parseStamp } from '../../support/model/stamps.js';
import { scenarios } from '../../support/scenario/all.js';
import { deadByPolicy } from '../../support/scenario/by-policy.js';
import { fittedStart, isSettled, modelOf, startOf } from '../../support/scenario/start.js';

// Whole databases, hundreds of times, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const schema = completeSchema('mysql');
const utcNow = parseStamp('2026-11-23 15:10:00') ?? 0n;
const clocks = { utcNow, serverNow: utcNow + 330n * microsecondsPerMinute };

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

  test.each(cases)('leaves a run ten minutes to begin: %s', (_, aCase) => {
    expect(isSettled(scenario, startOf(scenario, aCase, clocks, schema), clocks, schema, 10)).toBe(true);
  });

  test('means the same on any day and by any clock of the server', () => {
    for (const [days, minutes] of [
      [-400n, 330n],
      [400n, -480n],
      [9000n, 780n],
    ] as const) {
      const other = utcNow + days * microsecondsPerDay;
      const then = { utcNow: other, serverNow: other + minutes * microsecondsPerMinute };
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
      fc.property(scenario.random, (make) => {
        const start = fittedStart(make(clocks, { fractions: true }), schema);
        const { dead } = modelOf(scenario, start, clocks, schema);
        expect(deadByPolicy(policy, start, clocks, schema)).toEqual(dead);
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
