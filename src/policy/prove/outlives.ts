import type { Predicate } from '../types.js';
import { matches } from './other-rows.js';
import type { Sight } from './sight.js';
import { and, atMost, less, minus, not, number, or, type Term, thereIs, times, yes } from './term.js';

/** A period that counts for the row has not ended before the cut-off, means for ever, or cannot be read. */
export function somePeriodRuns(
  { stamp, periods, cutOff: name }: Predicate & { readonly kind: 'outlives' },
  table: string,
  row: Term,
  meets: (other: Term) => Term,
  sight: Sight,
): Term {
  const { vocabulary } = sight;
  const cutOff = sight.cutOff(name);
  const period = vocabulary.anyRow(periods.table);
  const states = (of: Term): Term => and(sight.isThere(periods.table, of), meets(of));
  const minutes = vocabulary.value(periods.table, periods.period, period.name);
  // Digits alone are a period, so it is not negative.
  const isDigits = and(vocabulary.isKnown(periods.table, periods.period, period.name), atMost(number(0), minutes));
  const age = minus(cutOff.at, vocabulary.value(table, stamp, row));
  const hasEnded = and(
    vocabulary.isKnown(table, stamp, row),
    cutOff.isKnown,
    isDigits,
    less(times(60_000_000, minutes), age),
  );
  return thereIs(period, and(states(period.name), counts(), not(hasEnded)));

  function counts(): Term {
    if (periods.group === undefined) return yes;
    const on = [periods.group] as const;
    const own = vocabulary.anyRow(periods.table);
    const names = [[periods.name, periods.name]] as const;
    const isOwn = matches(periods.table, period.name, on, 'by collation', table, row, sight);
    const ownSaysTheSame = and(
      states(own.name),
      matches(periods.table, own.name, on, 'by collation', table, row, sight),
      matches(periods.table, own.name, names, 'exactly', periods.table, period.name, sight),
    );
    return or(isOwn, not(thereIs(own, ownSaysTheSame)));
  }
}
