import { neverExpiresFromMs } from '../evaluate.js';
import type { On, Predicate } from '../types.js';
import { type Comparison, matches, sightingOf } from './other-rows.js';
import type { Sight } from './sight.js';
import { and, atMost, dividedBy, less, minus, not, number, or, same, type Term, thereIs, times, yes } from './term.js';
import { always, anyOne, certain, choose, everyOne, ifKnown, type Truth } from './truth.js';

/** A rule about a row of a table as the solver reads it: when it holds, and when it fails. */
export function compile(predicate: Predicate, table: string, row: Term, sight: Sight): Truth {
  const { vocabulary } = sight;
  const within = (part: Predicate): Truth => compile(part, table, row, sight);
  const value = (column: string): Term => vocabulary.value(table, column, row);
  const isKnown = (column: string): Term => vocabulary.isKnown(table, column, row);
  const isNull = (column: string): Term => vocabulary.isNull(table, column, row);
  switch (predicate.kind) {
    case 'all':
      return everyOne(predicate.of.map(within));
    case 'any':
      return anyOne(predicate.of.map(within));
    case 'hasColumn':
      return choose(vocabulary.hasColumn(table, predicate.column), within(predicate.then), within(predicate.otherwise));
    case 'oneOf': {
      const is = predicate.words.map((word) => same(value(predicate.column), vocabulary.text(word)));
      return ifKnown(not(isNull(predicate.column)), or(...is));
    }
    case 'beneath': {
      const isBeneath = vocabulary.property(`is beneath '${predicate.folder}'`, value(predicate.column));
      return ifKnown(not(isNull(predicate.column)), isBeneath);
    }
    case 'contains': {
      const hasIt = vocabulary.property(`contains '${predicate.text}'`, value(predicate.column));
      return ifKnown(not(isNull(predicate.column)), hasIt);
    }
    case 'listed':
      return ifKnown(not(isNull(predicate.column)), sight.isListed(predicate.parameter, value(predicate.column)));
    case 'equals':
      return ifKnown(isKnown(predicate.column), same(value(predicate.column), number(predicate.value)));
    case 'isNull':
      return certain(isNull(predicate.column));
    case 'isNotNull':
      return certain(not(isNull(predicate.column)));
    case 'moreThan':
      return ifKnown(isKnown(predicate.column), less(number(predicate.value), value(predicate.column)));
    case 'atMost':
      return ifKnown(isKnown(predicate.column), atMost(value(predicate.column), number(predicate.value)));
    case 'finite': {
      const isAboveZero = less(number(0), value(predicate.column));
      const ends = and(isAboveZero, less(value(predicate.column), number(neverExpiresFromMs)));
      return ifKnown(isKnown(predicate.column), ends);
    }
    case 'periodOver': {
      const cutOff = sight.cutOff(predicate.cutOff);
      const age = minus(cutOff.at, value(predicate.stamp));
      const period = times(predicate.unit === 'seconds' ? 1_000_000 : 1_000, value(predicate.period));
      const known = and(isKnown(predicate.stamp), isKnown(predicate.period), cutOff.isKnown);
      return ifKnown(known, less(period, age));
    }
    case 'outlives':
      return certain(not(somePeriodRuns(predicate, table, row, sight)));
    case 'before': {
      const cutOff = sight.cutOff(predicate.cutOff);
      return ifKnown(and(isKnown(predicate.column), cutOff.isKnown), less(value(predicate.column), cutOff.at));
    }
    case 'epochBefore': {
      const cutOff = sight.cutOff(predicate.cutOff);
      const limit = predicate.unit === 'nanoseconds' ? times(1_000, cutOff.at) : dividedBy(cutOff.at, 1_000);
      return ifKnown(and(isKnown(predicate.column), cutOff.isKnown), less(value(predicate.column), limit));
    }
    case 'unless':
      return certain(not(within(predicate.rule).holds));
    case 'noRow': {
      const { on, where, exactly, ifThere } = predicate;
      const found = findsRow(predicate.table, on, exactly ? 'exactly' : 'by collation', where, table, row, sight);
      const isThere = ifThere ? theirColumnsAreThere(predicate.table, on, sight) : yes;
      return certain(not(and(isThere, found)));
    }
    case 'someRow':
      return certain(findsRow(predicate.table, predicate.on, 'exactly', predicate.where, table, row, sight));
    case 'superseded': {
      const other = vocabulary.anyRow(table);
      const on = predicate.by.map((column) => [column, column] as const);
      const isNewer = and(
        vocabulary.isKnown(table, predicate.order, other.name),
        less(value(predicate.order), vocabulary.value(table, predicate.order, other.name)),
      );
      const found = and(
        sight.isThere(table, other.name),
        matches(table, other.name, on, 'exactly', table, row, sight),
        isNewer,
      );
      return certain(and(isKnown(predicate.order), thereIs(other, found)));
    }
    case 'sighted': {
      const cutOff = sight.cutOff(predicate.cutOff);
      const values = predicate.columns.map(value);
      const { wasSeen, firstSeen } = sightingOf(table, predicate.columns, values, sight);
      const isBefore = and(cutOff.isKnown, less(firstSeen, cutOff.at));
      return certain(and(...predicate.columns.map((column) => not(isNull(column))), wasSeen, isBefore));
    }
    case 'enabled':
      return certain(sight.isOn(predicate.parameter));
    default:
      return hasNoMeaning(predicate);
  }
}

/** A new kind of rule does not compile until it has a meaning here. */
function hasNoMeaning(predicate: never): never {
  throw new Error(`no meaning for the solver: ${JSON.stringify(predicate)}`);
}

function findsRow(
  theirTable: string,
  on: On,
  how: Comparison,
  where: Predicate | undefined,
  table: string,
  row: Term,
  sight: Sight,
): Term {
  const other = sight.vocabulary.anyRow(theirTable);
  const condition = where === undefined ? always : compile(where, theirTable, other.name, sight);
  const found = and(
    sight.isThere(theirTable, other.name),
    matches(theirTable, other.name, on, how, table, row, sight),
    condition.holds,
  );
  return thereIs(other, found);
}

const theirColumnsAreThere = (table: string, on: On, { vocabulary }: Sight): Term =>
  and(vocabulary.hasTable(table), ...on.map(([theirs]) => vocabulary.hasColumn(table, theirs)));

/** A period that counts for the row has not ended before the cut-off, means for ever, or cannot be read. */
function somePeriodRuns(
  { stamp, periods, cutOff: name }: Predicate & { readonly kind: 'outlives' },
  table: string,
  row: Term,
  sight: Sight,
): Term {
  const { vocabulary } = sight;
  const cutOff = sight.cutOff(name);
  const period = vocabulary.anyRow(periods.table);
  const states = (of: Term): Term =>
    and(sight.isThere(periods.table, of), compile(periods.where, periods.table, of, sight).holds);
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
