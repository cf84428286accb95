import type { Expressions } from '../dialects/expressions.js';
import { findColumn } from '../schema/find.js';
import type { Column } from '../schema/types.js';
import { type Binding, columnName } from './binding.js';

/** A column as SQL names it, with what is known of its type. */
export interface Side {
  readonly sql: string;
  readonly live?: Column;
}

/** A column of the row that a rule is about, or the one that stands for it. */
export function sideOf(binding: Binding, name: string): Side {
  const live = binding.columnType === undefined ? findColumn(binding.table, name) : binding.columnType(name);
  return { sql: columnName(binding, name), ...(live && { live }) };
}

/** Two values are the same, by the server's own comparison. */
export function sameValue(one: Side, other: Side, expressions: Expressions): string {
  return `${comparable(one, other, expressions)} = ${comparable(other, one, expressions)}`;
}

const comparable = ({ sql, live }: Side, other: Side, expressions: Expressions): string =>
  live && other.live && expressions.comparable ? expressions.comparable(sql, live, other.live) : sql;

/** Two values that belong together; exact text has its own condition beside the one that an index answers. */
export function pairOf(theirs: Binding, their: string, our: Side, exactly: boolean): readonly string[] {
  const { expressions, table } = theirs;
  const side = sideOf(theirs, their);
  const family = findColumn(table, their)?.family ?? 'other';
  const exact = (value: string) => expressions.exact(value, family);
  const same = sameValue(side, our, expressions);
  return exactly && exact(side.sql) !== side.sql ? [same, `${exact(side.sql)} = ${exact(our.sql)}`] : [same];
}
