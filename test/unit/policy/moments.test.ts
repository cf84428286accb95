import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import * as rule from '../../../src/policy/build.js';
import { type Facts, type Row, reasonOfDeath } from '../../../src/policy/evaluate.js';
import { factsLater, outlook, unmetParts } from '../../../src/policy/moments.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { randomWriters } from '../../support/data/writers.js';
import { microsecondsPerDay, parseStamp } from '../../support/model/stamps.js';
import { scenarios } from '../../support/scenario/all.js';
import { factsAtStart, stepsIn } from '../../support/scenario/by-policy.js';
import { randomStart, uncertainties, unlimited } from '../../support/scenario/random-start.js';

vi.setConfig({ testTimeout: 120_000 });

const schema = completeSchema('mysql');
const clocks = { utcNow: parseStamp('2026-11-23 15:10:00') ?? 0n };

const hour = 3_600_000_000n;
const facts: Facts = { cutOffs: { cut_off: 100n * hour }, enabled: {}, tables: {} };
const step = (when: Parameters<typeof rule.all>[0]) => ({
  table: 'NOTE',
  reasons: [{ name: 'over', meaning: 'it is over', when }],
});

describe('the moment at which a verdict changes', () => {
  test('a timestamp is before the cut-off one microsecond after they are equal', () => {
    const over = step(rule.before('MADE_AT', 'cut_off'));
    expect(outlook(over, { MADE_AT: 130n * hour }, facts)).toEqual({
      reason: undefined,
      dies: { at: 30n * hour + 1n, reason: 'over' },
    });
    expect(outlook(over, { MADE_AT: 70n * hour }, facts)).toEqual({ reason: 'over', since: -30n * hour + 1n });
  });

  test('a period is counted from its timestamp', () => {
    const over = step(rule.periodOver('MADE_AT', 'PERIOD', 'milliseconds', 'cut_off'));
    const row = { MADE_AT: 100n * hour, PERIOD: 3_600_000n };
    expect(outlook(over, row, facts)).toEqual({ reason: undefined, dies: { at: hour + 1n, reason: 'over' } });
  });

  test('what no time decides has neither a since nor an until', () => {
    const over = step(rule.oneOf('STATE', 'CLOSED'));
    expect(outlook(over, { STATE: 'CLOSED' }, facts)).toEqual({ reason: 'over' });
    expect(outlook(over, { STATE: 'OPEN', MADE_AT: 0n }, facts)).toEqual({ reason: undefined });
  });

  test('the later of two times decides, and a number that is not reached keeps the row for ever', () => {
    const both = rule.all(rule.before('A', 'cut_off'), rule.before('B', 'cut_off'));
    expect(outlook(step(both), { A: 90n * hour, B: 95n * hour }, facts).since).toBe(-5n * hour + 1n);
    const never = rule.all(rule.before('A', 'cut_off'), rule.moreThan('N', 3));
    expect(outlook(step(never), { A: 190n * hour, N: 2n }, facts)).toEqual({ reason: undefined });
  });
});

test('the parts that keep a rule from holding are named, each with the moment at which it will', () => {
  const time = rule.before('MADE_AT', 'cut_off');
  const [state, newest] = [rule.oneOf('STATE', 'CLOSED'), rule.superseded(['PATH'], 'ID')];
  const row: Row = { STATE: 'OPEN', MADE_AT: 101n * hour, PATH: null, ID: 1n };
  expect(unmetParts(rule.all(time, rule.all(state, newest), rule.moreThan('ID', 0)), 'NOTE', row, facts)).toEqual([
    { part: time, from: hour + 1n },
    { part: state },
    { part: newest },
  ]);
});

describe.each(scenarios.map((scenario) => [scenario.policy, scenario] as const))('%s', (name, scenario) => {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);

  test('at any moment a row of a random database is what was foretold', () => {
    const foretold = { dies: 0, since: 0 };
    const moments = fc.array(fc.bigInt({ min: -40n * microsecondsPerDay, max: 40n * microsecondsPerDay }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(scenario.random, randomWriters, uncertainties, moments, (make, writerOf, hours, offsets) => {
        const { start } = randomStart(scenario, make, writerOf, hours, clocks, unlimited, schema);
        const factsOf = factsAtStart(policy, start, clocks, schema);
        for (const one of stepsIn(policy, schema)) {
          const now = factsOf(one);
          const deadAt = (row: Row, at: bigint) => reasonOfDeath(one, row, factsLater(now, at));
          for (const row of (now.tables[one.table] ?? []).slice(0, 12)) {
            const { reason, since, dies } = outlook(one, row, now);
            expect(reason).toBe(deadAt(row, 0n));
            if (dies !== undefined) {
              foretold.dies += 1;
              expect([deadAt(row, dies.at - 1n), deadAt(row, dies.at)]).toEqual([undefined, dies.reason]);
            }
            if (since !== undefined) {
              foretold.since += 1;
              expect(deadAt(row, since - 1n)).toBeUndefined();
              expect(deadAt(row, since)).toBeDefined();
            }
            for (const at of offsets) {
              const isDead = deadAt(row, at) !== undefined;
              if (reason === undefined && at > 0n && (dies === undefined || at < dies.at)) expect(isDead).toBe(false);
              if (reason !== undefined && at < 0n && (since === undefined || at >= since)) expect(isDead).toBe(true);
            }
          }
        }
      }),
      { numRuns: 40, seed: 11 },
    );
    // A generator without a time to come would prove nothing.
    expect(foretold.dies).toBeGreaterThan(10);
    expect(foretold.since).toBeGreaterThan(10);
  });
});
