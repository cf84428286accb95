import type { Connection, ResultRow } from '../dialects/dialect.js';
import { ask, type Place } from '../operate/place.js';
import { findColumn } from '../schema/find.js';
import type { Column, Table } from '../schema/types.js';

/** Rows that are asked for at once. */
const pageRows = 5000;

/** What is read of which rows. */
export interface Reading {
  /** As it stands in SQL; its alias is `t`. */
  readonly from: string;
  readonly columns: readonly Column[];
  /** Columns by which it is read in pages; none: all rows at once. */
  readonly key: readonly Column[];
  /** A condition on `t`. */
  readonly where?: string;
  /** How a column is read, if not by its name alone. */
  readonly read?: (reference: string, column: Column) => string;
}

/** As much of a place as reading takes. */
export type ReadingPlace = Pick<Place, 'dialect' | 'namespace'>;

/** The columns that name a row of a table, if it can be read in pages by them. */
export function pageKey(table: Table): readonly Column[] {
  const key = table.primaryKey.flatMap((name) => findColumn(table, name) ?? []);
  return key.every(({ family }) => family === 'integer' || family === 'text') ? key : [];
}

/** Reads all rows, page by page, in the order of their key. */
export async function* readRows(
  connection: Connection,
  place: ReadingPlace,
  { from, columns, key, where, read = (reference) => reference }: Reading,
): AsyncGenerator<readonly ResultRow[]> {
  const { expressions } = place.dialect;
  const named = (column: Column): string => `t.${expressions.identifier(column.name)}`;
  // What a page ends with is where the next one begins.
  const all = [...columns, ...key.filter((one) => !columns.some(({ name }) => name === one.name))];
  const select = `SELECT ${all.map((column) => `${read(named(column), column)} AS ${expressions.identifier(column.name)}`).join(', ')}`;
  const always = where === undefined ? [] : [where];
  if (key.length === 0) {
    yield await ask(connection, place, [select, `FROM ${from} t`, ...whereOf(always)].join(' '));
    return;
  }
  let last: ResultRow | undefined;
  for (;;) {
    const after = last === undefined ? [] : [isAfter(last, key, named, expressions.literal)];
    const sql = [select, `FROM ${from} t`, ...whereOf([...always, ...after]), `ORDER BY ${key.map(named).join(', ')}`];
    const page = await ask(connection, place, expressions.firstRows(sql.join(' '), pageRows));
    if (page.length > 0) yield page;
    if (page.length < pageRows) return;
    last = page.at(-1);
  }
}

const whereOf = (conditions: readonly string[]): readonly string[] =>
  conditions.length === 0 ? [] : [`WHERE ${conditions.join(' AND ')}`];

/** `(a > 1 OR (a = 1 AND b > 2))`, with `a >= 1` before it, by which the server finds the place. */
function isAfter(
  row: ResultRow,
  key: readonly Column[],
  named: (column: Column) => string,
  literal: (text: string) => string,
): string {
  const value = (column: Column): string => {
    const text = String(row[column.name]);
    return column.family === 'integer' ? text : literal(text);
  };
  const [first, ...others] = key;
  if (first === undefined) throw new Error('a key without columns');
  const own = `${named(first)} > ${value(first)}`;
  if (others.length === 0) return own;
  const same = `${named(first)} = ${value(first)} AND ${isAfter(row, others, named, literal)}`;
  return `${named(first)} >= ${value(first)} AND (${own} OR (${same}))`;
}
