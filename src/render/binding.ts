import type { Expressions } from '../dialects/expressions.js';
import type { EpochUnit } from '../policy/types.js';
import { findColumn } from '../schema/find.js';
import type { Column, Schema, Table } from '../schema/types.js';

/** Where a rule is printed: what its names stand for there. */
export interface Binding {
  readonly schema: Schema;
  readonly table: Table;
  readonly alias: string;
  readonly expressions: Expressions;
  /** The expression of a cut-off: a variable in a procedure, a column in a view. */
  cutOff(name: string): string;
  /** The expression of a parameter's text. */
  parameter(name: string): string;
  /** An instant in numbers since 1970. */
  epoch(cutOff: string, unit: EpochUnit | 'seconds'): string;
  /** A table as FROM names it. */
  tableName(table: Table): string;
  /** Behind the alias of a table that the rule looks at; nothing in a view. */
  readonly asOfNow?: string;
  /** The step's list as FROM names it; none in a view, and where the step has none. */
  readonly list?: string;
  /** The column of a list of sightings that says when. */
  readonly firstSeen: string;
  /** Columns beside those of a table that is read whole: what the other rows of the same thing say. */
  readonly beside: { readonly newest: string; readonly rows: string; readonly staying: string };
  /** The alias of these columns where they are not beside the row, but those of a group whose newest row it is. */
  readonly group?: string;
  /** What a row of the step's list says of its witness; without it the table is read with columns beside its own. */
  readonly witness?: string;
  /** That a row of the step's list is of this run. */
  readonly listedByRun?: string;
  /** No run goes on: what an earlier step would delete counts as gone. */
  readonly forecast?: true;
  /** The step before this one that deletes what is superseded in the same table. */
  readonly earlier?: { readonly order: string };
  /** Stands for a column of the row, where another row of the same values is the better one to ask. */
  column?(name: string): string | undefined;
  /** The type of what then stands for it. */
  columnType?(name: string): Column | undefined;
  /** How many rows of other tables the rule is inside of. */
  readonly depth?: number;
}

/** A column of the row that a rule is about, as SQL names it. */
export function columnName(binding: Pick<Binding, 'table' | 'alias' | 'expressions' | 'column'>, name: string): string {
  const other = binding.column?.(name);
  if (other !== undefined) return other;
  const live = findColumn(binding.table, name)?.name ?? name;
  return `${binding.alias}.${binding.expressions.identifier(live)}`;
}

/** A timestamp column, as SQL names it, with its type. */
export function timestampOf(binding: Pick<Binding, 'table' | 'alias' | 'expressions' | 'column'>, name: string) {
  const live = findColumn(binding.table, name);
  if (live === undefined) throw new Error(`${binding.table.name} has no column ${name}`);
  return [columnName(binding, name), live] as const;
}

/** A cut-off as it is compared with a timestamp. */
export const cutOffFor = (binding: Binding, column: Column, name: string): string =>
  isInSeconds(binding.expressions, column) ? binding.epoch(name, 'seconds') : binding.cutOff(name);

/** The timestamp is read, and compared with a cut-off, in seconds since 1970. */
export const isInSeconds = (expressions: Expressions, column: Column): boolean =>
  expressions.instantsInSeconds && expressions.convertsBySession(column);
