import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { databaseAt } from '../../support/data/random.js';
import { randomPlan } from '../../support/data/random-plan.js';
import { tokenReferences } from '../../support/data/references.js';
import { type Database, idsOf, type Row, type Value } from '../../support/model/rows.js';
import { formatStamp, microsecondsPerMinute, parseStamp } from '../../support/model/stamps.js';
import { survivorsOfTokens } from '../../support/model/tokens-model.js';

// Whole databases, hundreds of times, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const utcNow = parseStamp('2026-11-23 15:10:00') ?? 0n;
const anyRun = fc
  .tuple(randomPlan, fc.constantFrom(0, -480, 330), fc.boolean())
  .map(([plan, serverOffsetMinutes, fractions]) => ({
    plan,
    ...databaseAt(plan, { utcNow, serverOffsetMinutes, fractions }),
  }));
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

/** The same rows written by a clock that shows so many minutes more. */
function shifted(database: Database, minutes: number): Database {
  const shift = (value: Value): Value => {
    const microseconds = parseStamp(value);
    return microseconds === undefined ? value : formatStamp(microseconds + BigInt(minutes) * microsecondsPerMinute);
  };
  const shiftRow = (row: Row): Row =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shift(value)]));
  return Object.fromEntries(Object.entries(database).map(([table, rows]) => [table, rows.map(shiftRow)]));
}

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

  test('no zone of the stamps, 13 h west to 13 h east, deletes a row whose real age does not allow it', () => {
    const zone = fc.integer({ min: -780, max: 780 });
    fc.assert(
      fc.property(anyRun, zone, ({ plan, database: written, options }, minutes) => {
        // Undo the plan's own zone and leave out fast clocks: what is left are real moments, none after now.
        fc.pre(plan.newestAgeMinutes > 0);
        const real = shifted(written, -plan.zoneMinutes);
        const known = survivors(real, { ...options, clock: 'utc' });
        const guessed = survivors(shifted(real, minutes), { ...options, clock: 'data' });
        // The other tables have a day of grace to cover every zone; the next property is theirs.
        const judged = /^IDN_OAUTH2_(ACCESS_TOKEN|AUTHORIZATION_CODE) /;
        const gone = (left: Database) => missing(real, left).filter((id) => judged.test(id));
        return isWithin(gone(guessed), gone(known));
      }),
      { numRuns: 400 },
    );
  });

  test('no zone deletes a CIBA or device code before its end', () => {
    const zone = fc.integer({ min: -780, max: 780 });
    fc.assert(
      fc.property(anyRun, zone, ({ database, options }, minutes) => {
        const guessed = survivors(shifted(database, minutes), { ...options, auditPruning: false });
        const gone = new Set(missing(database, guessed));
        for (const row of database.IDN_OAUTH2_CIBA_AUTH_CODE ?? []) {
          const finished = ['EXPIRED', 'TOKEN_ISSUED', 'FAILED'].includes(String(row.AUTH_REQ_STATUS));
          const end = (parseStamp(row.ISSUED_TIME) ?? 0n) + BigInt(row.EXPIRES_IN ?? 0n) * 1_000_000n;
          if (!finished && end > utcNow) expect(gone).not.toContain(`IDN_OAUTH2_CIBA_AUTH_CODE ${row.AUTH_REQ_ID}`);
        }
        for (const row of database.IDN_OAUTH2_DEVICE_FLOW ?? []) {
          const lives = row.STATUS !== 'EXPIRED' && (parseStamp(row.EXPIRY_TIME) ?? 0n) > utcNow;
          if (lives) expect(gone).not.toContain(`IDN_OAUTH2_DEVICE_FLOW ${row.DEVICE_CODE}`);
        }
      }),
      runs,
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
