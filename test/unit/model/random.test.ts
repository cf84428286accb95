import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { databaseAt } from '../../support/data/random.js';
import { randomPlan } from '../../support/data/random-plan.js';
import { tokenReferences } from '../../support/data/references.js';
import { idsOf } from '../../support/model/rows.js';
import { parseStamp } from '../../support/model/stamps.js';
import { isSettled, survivorsOfTokens } from '../../support/model/tokens-model.js';

const utcNow = parseStamp('2026-11-23 15:10:00') ?? 0n;
const anyRun = randomPlan.map((plan) => databaseAt(plan, { utcNow, fractions: true, stillClock: true }));

describe('the generator', () => {
  const sample = fc.sample(anyRun, { numRuns: 200, seed: 7 });

  test('makes databases that are settled for ten minutes, nearly always, where no clock can be held', () => {
    const running = randomPlan.map((plan) => databaseAt(plan, { utcNow, fractions: true, stillClock: false }));
    const sample = fc.sample(running, { numRuns: 200, seed: 7 });
    const settled = sample.filter(({ database, options }) => isSettled(database, tokenReferences, options, 10));
    expect(settled.length).toBeGreaterThan(180);
  });

  test('reaches every reason and every table', () => {
    const reasons = new Set<string>();
    const tables = new Set<string>();
    for (const { database, options } of sample) {
      const { dead } = survivorsOfTokens(database, tokenReferences, options);
      for (const [table, counts] of Object.entries(dead))
        for (const name of Object.keys(counts)) reasons.add(`${table} ${name}`);
      for (const table of Object.keys(database)) tables.add(table);
    }
    expect(reasons.size).toBe(12);
    expect(tables.size).toBe(14);
  });

  test('respects the unique keys of the schemas', () => {
    for (const { database } of sample) {
      for (const [table, ids] of Object.entries(idsOf(database))) expect(new Set(ids).size, table).toBe(ids.length);
    }
  });

  test('makes living and dead tokens in like numbers', () => {
    const all = sample.reduce((sum, { database }) => sum + (database.IDN_OAUTH2_ACCESS_TOKEN?.length ?? 0), 0);
    const left = sample.reduce(
      (sum, { database, options }) =>
        sum + (survivorsOfTokens(database, tokenReferences, options).survivors.IDN_OAUTH2_ACCESS_TOKEN?.length ?? 0),
      0,
    );
    expect(left / all).toBeGreaterThan(0.25);
    expect(left / all).toBeLessThan(0.75);
    expect(all / sample.length).toBeGreaterThan(20);
  });
});
