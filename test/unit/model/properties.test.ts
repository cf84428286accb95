import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { completeSchema } from '../../support/data/later-tables.js';
import { databaseAt } from '../../support/data/random.js';
import { randomPlan } from '../../support/data/random-plan.js';
import { tokenReferences } from '../../support/data/references.js';
import { randomWriters, written } from '../../support/data/writers.js';
import { type Database, idsOf } from '../../support/model/rows.js';
import { parseStamp } from '../../support/model/stamps.js';
import { survivorsOfTokens } from '../../support/model/tokens-model.js';

// Whole databases, hundreds of times, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const utcNow = parseStamp('2026-11-23 15:10:00') ?? 0n;
const anyRun = fc
  .tuple(randomPlan, fc.boolean(), fc.boolean())
  .map(([plan, fractions, stillClock]) => ({ plan, ...databaseAt(plan, { utcNow, fractions, stillClock }) }));
const runs = { numRuns: 150 };

/** The rows of the first that are missing from the second, as `TABLE id`. */
function missing(whole: Database, left: Database): readonly string[] {
  const ids = idsOf(left);
  return Object.entries(idsOf(whole)).flatMap(([table, before]) => {
    const kept = new Set(ids[table]);
    return before.filter((id) => !kept.has(id)).map((id) => `${table} ${id}`);
  });
}

const isWithin = (inner: readonly string[], outer: readonly string[]): boolean => {
  const all = new Set(outer);
  return inner.every((id) => all.has(id));
};

const survivors = (database: Database, options: Parameters<typeof survivorsOfTokens>[2]): Database =>
  survivorsOfTokens(database, tokenReferences, options).survivors;

describe('on random databases', () => {
  test('a second run deletes nothing', () => {
    fc.assert(
      fc.property(anyRun, ({ database, options }) => {
        const left = survivors(database, options);
        expect(survivors(left, options)).toEqual(left);
      }),
      runs,
    );
  });

  test('a longer safe period never deletes more', () => {
    fc.assert(
      fc.property(anyRun, fc.integer({ min: 1, max: 5000 }), ({ database, options }, moreMinutes) => {
        const longer = { ...options, safePeriodMinutes: options.safePeriodMinutes + moreMinutes };
        const [few, many] = [survivors(database, longer), survivors(database, options)];
        return isWithin(missing(database, few), missing(database, many));
      }),
      runs,
    );
  });

  test('a larger uncertainty of stamps never deletes more', () => {
    fc.assert(
      fc.property(anyRun, fc.nat({ max: 26 }), fc.nat({ max: 26 }), ({ database, options }, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((clockUncertaintyHours) =>
          missing(database, survivors(database, { ...options, clockUncertaintyHours })),
        );
        return isWithin(more ?? [], less ?? []);
      }),
      runs,
    );
  });

  test('no zone of the writers, 12 h west to 14 h east, deletes a row whose real age does not allow it', () => {
    fc.assert(
      fc.property(anyRun, randomWriters, ({ database: real, options }, writerOf) => {
        const schema = completeSchema('mysql');
        const known = missing(real, survivors(real, options));
        const guessed = survivors(written(real, schema, writerOf), { ...options, clockUncertaintyHours: 26 });
        return isWithin(missing(real, guessed), known);
      }),
      { numRuns: 400 },
    );
  });

  test('every row that is gone is counted once, by a reason or by its parent', () => {
    fc.assert(
      fc.property(anyRun, ({ database, options }) => {
        const { dead, cascaded, survivors: left } = survivorsOfTokens(database, tokenReferences, options);
        const counts = [
          ...Object.values(dead).flatMap((reasons) => Object.values(reasons)),
          ...Object.values(cascaded),
        ];
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(missing(database, left).length);
      }),
      runs,
    );
  });
});
