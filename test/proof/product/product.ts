import { databaseNow } from '../../../src/policy/prove/cut-off.js';
import type { Settings } from '../../../src/policy/prove/settings.js';
import {
  and,
  atMost,
  between,
  minus,
  not,
  number,
  or,
  plus,
  same,
  type Term,
  times,
} from '../../../src/policy/prove/term.js';
import type { Vocabulary } from '../../../src/policy/prove/vocabulary.js';

/**
 * What becomes of a timestamp on its way into the database. "as written": the server keeps the wall clock that it was sent.
 * "converted": it takes the wall clock for one of the session's zone and keeps the instant, as MySQL does with TIMESTAMP.
 * "no further behind than is set": whatever became of it, the owner knows by how much it may lie behind, which may be nothing.
 */
export type Keeping = 'as written' | 'converted' | 'no further behind than is set';

export const minute = 60_000_000n;

/** No zone is further west than 12 h, none further east than 14 h. MySQL takes a session zone from -13:59 on. */
const zone = { west: -12 * 60, east: 14 * 60 };
const session = { west: -839, east: 14 * 60 };

/** The uncertainty that is the default, hours. */
export const uncertaintyHours: Record<Keeping, bigint> = {
  'as written': 12n,
  converted: 26n,
  'no further behind than is set': 0n,
};

/** The product as it looks at its own rows. Nothing here is taken from the policies. */
export interface Product {
  readonly vocabulary: Vocabulary;
  /** The settings of the cleanup, of which some say how long the owner wants rows to be kept. */
  readonly settings: Settings;
  /** UTC by the clock of whatever server looks at the row, now or at any later time. */
  readonly now: Term;
  /** UTC by the database's clock. */
  readonly databaseNow: Term;
  /** How long after its end a token is still taken, and to what a timestamp is rounded, microseconds. */
  readonly tolerance: Term;
  /** By how much the clocks of two servers may differ, microseconds. */
  readonly skew: Term;
  /** The instant that a timestamp stands for: to the server that wrote it, or to one in any other zone that reads it. */
  instant(table: string, column: string, row: Term): Term;
  is(table: string, column: string, row: Term, ...words: readonly string[]): Term;
  isKnown(table: string, column: string, row: Term): Term;
  value(table: string, column: string, row: Term): Term;
  isThere(table: string, row: Term): Term;
}

export interface ProductWithAssumptions extends Product {
  readonly assumptions: readonly Term[];
  /** What makes a counterexample easier to read. */
  readonly legible: readonly Term[];
}

export function makeProduct(vocabulary: Vocabulary, settings: Settings, keeping: Keeping): ProductWithAssumptions {
  const [now, skew, tolerance] = [
    vocabulary.quantity('UTC now of the server that looks'),
    vocabulary.quantity('minutes by which two servers differ'),
    vocabulary.quantity('microseconds for which the product takes an ended token'),
  ];
  const database = databaseNow(vocabulary);
  const zones = new Set<string>();
  const instants: Term[] = [];
  const assumptions: Term[] = [
    between(number(0), skew, number(60)),
    atMost(minus(database, times(minute, skew)), now),
    between(number(0), tolerance, number(5n * minute)),
    atMost(number(uncertaintyHours[keeping] * 3_600_000_000n), settings.uncertainty),
  ];
  const minutes = (what: string, { west, east }: typeof zone): Term => {
    const offset = vocabulary.quantity(what);
    if (!zones.has(what)) assumptions.push(between(number(west), offset, number(east)));
    zones.add(what);
    return times(minute, offset);
  };
  const { value, isKnown } = vocabulary;
  return {
    vocabulary,
    settings,
    now,
    databaseNow: database,
    tolerance,
    skew: times(minute, skew),
    value,
    isKnown,
    isThere: vocabulary.isThere,
    instant: (table, column, row) => {
      const kept = value(table, column, row);
      instants.push(kept);
      if (keeping === 'no further behind than is set') {
        const meant = vocabulary.quantity(`when ${table}.${column} is meant to be`);
        assumptions.push(atMost(meant, plus(kept, settings.uncertainty)));
        return meant;
      }
      const here = minutes(`zone of the server that reads ${table}.${column}, minutes`, zone);
      if (keeping === 'as written') return minus(kept, here);
      return minus(plus(kept, minutes(`zone of the session that reads ${table}.${column}, minutes`, session)), here);
    },
    is: (table, column, row, ...words) =>
      and(
        not(vocabulary.isNull(table, column, row)),
        or(...words.map((word) => same(value(table, column, row), vocabulary.text(word)))),
      ),
    assumptions,
    get legible() {
      const [from, upto] = [number(Date.UTC(2026, 0) * 1000), number(Date.UTC(2027, 0) * 1000)];
      return [database, now, ...instants].map((instant) => between(from, instant, upto));
    },
  };
}
