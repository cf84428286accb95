import type { Predicate } from './types.js';

/** Words that make a policy file read like the rule it states. */

export const all = (...of: Predicate[]): Predicate => ({ kind: 'all', of });
export const any = (...of: Predicate[]): Predicate => ({ kind: 'any', of });
export const oneOf = (column: string, ...words: string[]): Predicate => ({ kind: 'oneOf', column, words });
export const isNull = (column: string): Predicate => ({ kind: 'isNull', column });
export const moreThan = (column: string, value: number): Predicate => ({ kind: 'moreThan', column, value });
export const finite = (column: string): Predicate => ({ kind: 'finite', column });
export const enabled = (parameter: string): Predicate => ({ kind: 'enabled', parameter });
export const before = (column: string, cutOff: string): Predicate => ({ kind: 'before', column, cutOff });
export const noRow = (table: string, on: Record<string, string>): Predicate => ({
  kind: 'noRow',
  table,
  on: Object.entries(on),
});
export const periodOver = (
  stamp: string,
  period: string,
  unit: 'milliseconds' | 'seconds',
  cutOff: string,
): Predicate => ({ kind: 'periodOver', stamp, period, unit, cutOff });
