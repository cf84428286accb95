import { neverExpiresFromMs } from '../evaluate.js';
import type { Predicate } from '../types.js';
import { columnsAreThere, findsRow, matches, sightingOf } from './other-rows.js';
import { somePeriodRuns } from './outlives.js';
import type { Sight } from './sight.js';
import { and, atMost, dividedBy, less, minus, not, number, or, same, type Term, thereIs, times, yes } from './term.js';
import { anyOne, certain, choose, everyOne, ifKnown, type Truth } from './truth.js';

/** A rule about a row of a table as the solver reads it: when it holds, and when it fails. */
export function compile(predicate: Predicate, table: string, row: Term, sight: Sight): Truth {
  const { vocabulary } = sight;
  const within = (part: Predicate): Truth => compile(part, table, row, sight);
  const value = (column: string): Term => vocabulary.value(table, column, row);
  const isKnown = (column: string): Term => vocabulary.isKnown(table, column, row);
  const isNull = (column: string): Term => vocabulary.isNull(table, column, row);
  const meets =
    (of: string, where: Predicate | undefined) =>
    (other: Term): Term =>
      where === undefined ? yes : compile(where, of, other, sight).holds;
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
      return certain(
        not(somePeriodRuns(predicate, table, row, meets(predicate.periods.table, predicate.periods.where), sight)),
      );
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
      // That such rows only leave is about locks.
      const { kind: _, table: theirs, on, where, exactly, ifThere, onlyLeave: __, ...more } = predicate;
      noMore(more);
      const found = findsRow(theirs, on, exactly ? 'exactly' : 'by collation', table, row, meets(theirs, where), sight);
      return certain(not(and(ifThere ? columnsAreThere(theirs, on, sight) : yes, found)));
    }
    case 'someRow': {
      const { kind: _, table: theirs, on, where, byCollation, ...more } = predicate;
      noMore(more);
      const how = byCollation ? 'by collation' : 'exactly';
      return certain(findsRow(theirs, on, how, table, row, meets(theirs, where), sight));
    }
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
    // What a list says of other rows may be old when the row goes: the proof goes by no more than that the thing has a name.
    case 'alone': {
      const other = vocabulary.anyRow(table);
      const on = predicate.by.map((column) => [column, column] as const);
      const isOther = and(sight.isThere(table, other.name), not(same(other.name, row)));
      const found = and(isOther, matches(table, other.name, on, 'exactly', table, row, sight));
      return certain(and(...predicate.by.map((column) => not(isNull(column))), not(thereIs(other, found))));
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

/** Nor does a new word of a rule that looks at other rows. */
function noMore(_words: Record<string, never>): void {}
