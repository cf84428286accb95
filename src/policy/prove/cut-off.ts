import type { CutOff, LongestPeriod } from '../types.js';
import type { Settings } from './settings.js';
import { microsecondsPer } from './settings.js';
import type { Instant, Sight } from './sight.js';
import {
  and,
  atMost,
  forEach,
  implies,
  less,
  minus,
  not,
  number,
  or,
  same,
  type Term,
  thereIs,
  times,
  yes,
} from './term.js';
import type { Vocabulary } from './vocabulary.js';

/** An instant that rules compare with, and what is known of the names in it. */
export interface CompiledCutOff extends Instant {
  readonly facts: readonly Term[];
}

/** UTC by the database's own clock when a run begins. */
export const databaseNow = (vocabulary: Vocabulary): Term => vocabulary.quantity('UTC now of the database');

export function compileCutOff(
  { name, clock, less: distance, andLongest }: CutOff,
  settings: Settings,
  { vocabulary, isThere }: Pick<Sight, 'vocabulary' | 'isThere'>,
  world = '',
): CompiledCutOff {
  const now = databaseNow(vocabulary);
  const surely = clock === 'unknown' ? minus(now, settings.uncertainty) : now;
  const length =
    'hours' in distance ? number(microsecondsPer.hours * BigInt(distance.hours)) : settings.length(distance.parameter);
  const at = minus(surely, length);
  if (andLongest === undefined) return { isKnown: yes, at, facts: [] };
  const longest = compileLongest(andLongest, `longest period of ${name}${world}`, settings, vocabulary, isThere);
  return {
    isKnown: not(longest.isForEver),
    at: minus(at, times(microsecondsPer.seconds, longest.seconds)),
    facts: longest.facts,
  };
}

/** Three thousand million seconds are about a hundred years: no token is meant to live so long and no longer. */
const foreverSeconds = 3_155_760_000;

/** The longest period that a row states, at least that of the setting; a negative or enormous one means for ever. */
function compileLongest(
  { table, columns, atLeast }: LongestPeriod,
  name: string,
  settings: Settings,
  vocabulary: Vocabulary,
  isThere: Sight['isThere'],
): { readonly seconds: Term; readonly isForEver: Term; readonly facts: readonly Term[] } {
  const seconds = vocabulary.quantity(name);
  const least = times(3600, settings.number(atLeast.parameter));
  const row = vocabulary.anyRow(table);
  const stated = columns.map((column) => ({
    isStated: and(
      isThere(table, row.name),
      vocabulary.hasColumn(table, column),
      vocabulary.isKnown(table, column, row.name),
    ),
    value: vocabulary.value(table, column, row.name),
  }));
  const some = (condition: (value: Term) => Term): Term =>
    thereIs(row, or(...stated.map(({ isStated, value }) => and(isStated, condition(value)))));
  return {
    seconds,
    isForEver: some((value) => or(less(value, number(0)), less(number(foreverSeconds), value))),
    facts: [
      atMost(least, seconds),
      forEach(row, and(...stated.map(({ isStated, value }) => implies(isStated, atMost(value, seconds))))),
      or(
        same(seconds, least),
        some((value) => same(value, seconds)),
      ),
    ],
  };
}
