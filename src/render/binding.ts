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
  /** The step's list as FROM names it; none in a view, and where the step has none. */
  readonly list?: string;
  /** The column of a list of sightings that says when. */
  readonly firstSeen: string;
  /** The largest `order` that the list of newest rows knows of. */
  readonly newestUpto?: string;
  /** The largest `order` of the row's own thing, where the table is read together with it. */
  readonly newestOfThing?: string;
  /** The keys that the statement is limited to, where it goes along one. */
  readonly range?: { readonly column: string; readonly from: string; readonly upto: string };
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
