import type { PlannedStep } from '../../plan/types.js';
import type { Context } from './context.js';

/**
 * Where a batch writes which rows `d` are dead, and why, before it deletes what it wrote there: the table that keeps them, or
 * one for the keys of a batch.
 */
export interface CopiesView {
  readonly table: string;
  readonly plainTable: string;
  readonly columns: readonly string[];
  /** Out of the judgement `d`; out of the row `t`, if the judgement hands on no more than its key. */
  readonly values: readonly string[];
  /** A row `t` of the step's table is the one of the copy `g`. */
  readonly pairs: readonly string[];
  /** The key of the step's table, with the aliases `t` and `e`. */
  readonly key: readonly string[];
  readonly keyOfEach: readonly string[];
  readonly sameKey: readonly string[];
  /** What leads to the copies of a range. */
  readonly hint: string;
  /** `name type` of each column, and the key, for CREATE TABLE; false if the table keeps its rows. */
  readonly definitions: readonly string[] | false;
  readonly primaryKey: readonly string[];
}

/** False if the table has no key by which a row could be told from another. */
export function viewCopies(step: PlannedStep, { dialect, qualify }: Context): CopiesView | false {
  const { table, rule, batchKeys, backup, walk } = step;
  if (table.primaryKey.length === 0) return false;
  const { identifier, columnType } = dialect.expressions;
  const { name, columns } = batchKeys ?? backup;
  const pair = (one: string, other: string) =>
    table.primaryKey.map(
      (key, at) => `${at === 0 ? '' : 'AND '}${one}.${identifier(key)} = ${other}.${identifier(key)}`,
    );
  const isLed = 'column' in walk && table.primaryKey[0] === walk.column.name;
  return {
    table: qualify(name),
    plainTable: name,
    columns: columns.map((column) => identifier(column.name)),
    values: columns.map((column) => `${rule.history ? 't' : 'd'}.${identifier(column.name)}`),
    pairs: pair('t', 'g'),
    key: table.primaryKey.map((key) => `t.${identifier(key)}`),
    keyOfEach: table.primaryKey.map((key) => `e.${identifier(key)}`),
    sameKey: pair('t', 'd'),
    hint: isLed ? ' FORCE INDEX (PRIMARY)' : '',
    definitions: batchKeys !== undefined && columns.map((column) => `${identifier(column.name)} ${columnType(column)}`),
    primaryKey: table.primaryKey.map(identifier),
  };
}
