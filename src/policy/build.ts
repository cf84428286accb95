import type { EpochUnit, On, Predicate, StatedPeriods } from './types.js';

/** Words that make a policy file read like the rule it states. */

export const all = (...of: Predicate[]): Predicate => ({ kind: 'all', of });
export const any = (...of: Predicate[]): Predicate => ({ kind: 'any', of });
export const oneOf = (column: string, ...words: string[]): Predicate => ({ kind: 'oneOf', column, words });
export const beneath = (column: string, folder: string): Predicate => ({ kind: 'beneath', column, folder });
export const contains = (column: string, text: string): Predicate => ({ kind: 'contains', column, text });
export const listed = (column: string, parameter: string): Predicate => ({ kind: 'listed', column, parameter });
export const equals = (column: string, value: number): Predicate => ({ kind: 'equals', column, value });
export const isNull = (column: string): Predicate => ({ kind: 'isNull', column });
export const isNotNull = (column: string): Predicate => ({ kind: 'isNotNull', column });
export const moreThan = (column: string, value: number): Predicate => ({ kind: 'moreThan', column, value });
export const atMost = (column: string, value: number): Predicate => ({ kind: 'atMost', column, value });
export const finite = (column: string): Predicate => ({ kind: 'finite', column });
export const enabled = (parameter: string): Predicate => ({ kind: 'enabled', parameter });
export const outlives = (stamp: string, periods: StatedPeriods, cutOff: string): Predicate => ({
  kind: 'outlives',
  stamp,
  periods,
  cutOff,
});
export const before = (column: string, cutOff: string): Predicate => ({ kind: 'before', column, cutOff });
export const epochBefore = (column: string, unit: EpochUnit, cutOff: string): Predicate => ({
  kind: 'epochBefore',
  column,
  unit,
  cutOff,
});
/** Pairs of `{ theirs: ours }`. */
export const on = (pairs: Record<string, string>): On => Object.entries(pairs);
export const noRow = (table: string, pairs: Record<string, string>, where?: Predicate): Predicate => ({
  kind: 'noRow',
  table,
  on: on(pairs),
  ...(where && { where }),
});
/** As `noRow`, for values that name one and the same thing: text must be the same to the last character. */
export const noRowExactly = (table: string, pairs: Record<string, string>, where?: Predicate): Predicate => ({
  kind: 'noRow',
  table,
  on: on(pairs),
  exactly: true,
  ...(where && { where }),
});
/** As `noRow`, of a table or of columns that some versions lack; no such row is there then. */
export const noRowIfThere = (table: string, pairs: Record<string, string>, where?: Predicate): Predicate => ({
  kind: 'noRow',
  table,
  on: on(pairs),
  ...(where && { where }),
  ifThere: true,
});
/** As `noRowIfThere`, of rows that only leave: once none is there, none comes. */
export const noRowLeft = (table: string, pairs: Record<string, string>): Predicate => ({
  kind: 'noRow',
  table,
  on: on(pairs),
  ifThere: true,
  onlyLeave: true,
});
export const someRow = (table: string, pairs: Record<string, string>, where?: Predicate): Predicate => ({
  kind: 'someRow',
  table,
  on: on(pairs),
  ...(where && { where }),
});
export const unless = (rule: Predicate): Predicate => ({ kind: 'unless', rule });
export const superseded = (by: readonly string[], order: string): Predicate => ({ kind: 'superseded', by, order });
export const alone = (by: readonly string[]): Predicate => ({ kind: 'alone', by });
export const sighted = (columns: readonly string[], cutOff: string): Predicate => ({
  kind: 'sighted',
  columns,
  cutOff,
});
export const ifColumn = (column: string, then: Predicate, otherwise: Predicate): Predicate => ({
  kind: 'hasColumn',
  column,
  then,
  otherwise,
});
export const periodOver = (
  stamp: string,
  period: string,
  unit: 'milliseconds' | 'seconds',
  cutOff: string,
): Predicate => ({ kind: 'periodOver', stamp, period, unit, cutOff });
