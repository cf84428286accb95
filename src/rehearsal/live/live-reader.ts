import type { Connection, ResultRow } from '../../dialects/dialect.js';
import type { Copying } from '../../dialects/scratch.js';
import { ask, qualified } from '../../operate/place.js';
import { findColumn } from '../../schema/find.js';
import type { Column, Table } from '../../schema/types.js';
import { pageKey, type ReadingPlace, readRows } from '../read-table.js';
import { spread } from './spread.js';

/** Rows at the beginning of a key that show of which letters it is made. */
const shown = 50;

/** A table, and those of its columns that are read. */
export interface Source {
  readonly table: Table;
  readonly columns: readonly Column[];
}

/** Which of its rows, and in which order. */
interface Part {
  readonly where?: string | undefined;
  readonly key?: readonly Column[];
  readonly direction?: string;
  readonly limit?: number | undefined;
}

/** Asks the live database for rows; it writes nothing, and each statement reads by a key or has a limit. */
export class LiveReader {
  constructor(
    private readonly live: {
      readonly source: Connection;
      readonly place: ReadingPlace;
      readonly copying: Copying;
    },
  ) {}

  async hasAtMost(table: Table, rows: number): Promise<boolean> {
    const { expressions } = this.live.place.dialect;
    const some = expressions.firstRows(`SELECT 1 AS ${this.name('n')} FROM ${this.sqlName(table)}`, rows + 1);
    const [row] = await this.ask(`SELECT COUNT(*) AS ${this.name('n')} FROM (${some}) x`);
    return Number(row?.n) <= rows;
  }

  /** All rows, in pages. */
  whole({ table, columns }: Source): ReturnType<typeof readRows> {
    const { source, place, copying } = this.live;
    return readRows(source, place, { from: this.sqlName(table), columns, read: copying.read, key: pageKey(table) });
  }

  async rows({ table, columns }: Source, part: Part): Promise<readonly ResultRow[]> {
    const { where, key = [], direction = '', limit } = part;
    const order = key.map(({ name }) => `t.${this.name(name)}${direction}`).join(', ');
    const sql = [
      `SELECT ${columns.map((column) => this.read(column)).join(', ')} FROM ${this.sqlName(table)} t`,
      ...(where === undefined ? [] : [`WHERE ${where}`]),
      ...(order === '' ? [] : [`ORDER BY ${order}`]),
    ].join(' ');
    return this.ask(limit === undefined ? sql : this.live.place.dialect.expressions.firstRows(sql, limit));
  }

  /** Rows that have one of these values in some columns. */
  async lookUp(
    source: Source,
    names: readonly string[],
    tuples: readonly (readonly string[])[],
    limit?: number,
  ): Promise<readonly ResultRow[]> {
    const columns = names.flatMap((name) => findColumn(source.table, name) ?? []);
    const values = (tuple: readonly string[]): readonly string[] =>
      columns.map((column, at) => this.literal(tuple[at] ?? '', column));
    const [only] = columns;
    const where =
      columns.length === 1 && only !== undefined
        ? `t.${this.name(only.name)} IN (${tuples.map((tuple) => values(tuple)[0]).join(', ')})`
        : tuples
            .map((tuple) => {
              const same = values(tuple).map((value, at) => `t.${this.name(columns[at]?.name ?? '')} = ${value}`);
              return `(${same.join(' AND ')})`;
            })
            .join(' OR ');
    return this.rows(source, { where, limit });
  }

  /** Values of a column, spread between its least and its greatest, from which reading may begin. */
  async placesIn(table: Table, column: Column, places: number): Promise<readonly string[]> {
    const { expressions } = this.live.place.dialect;
    const from = `SELECT ${this.read(column)} FROM ${this.sqlName(table)} t`;
    const ordered = (direction: string) =>
      this.ask(expressions.firstRows(`${from} ORDER BY t.${this.name(column.name)}${direction}`, shown));
    const [low, high] = [await ordered(''), await ordered(' DESC')].map((rows) =>
      rows.flatMap((row) => (row[column.name] === null ? [] : [String(row[column.name])])),
    );
    const [least, greatest] = [low?.[0], high?.[0]];
    if (least === undefined || greatest === undefined) return [];
    return spread(column, { least, greatest, some: [...(low ?? []), ...(high ?? [])], places });
  }

  /** The condition that a row stands at a place of its key, or behind it. */
  from(column: Column, place: string): string {
    return `t.${this.name(column.name)} >= ${this.literal(place, column)}`;
  }

  private read(column: Column): string {
    const name = this.name(column.name);
    return `${this.live.copying.read(`t.${name}`, column)} AS ${name}`;
  }

  private literal(text: string, { family }: Column): string {
    return family === 'integer' && /^-?\d+$/.test(text) ? text : this.live.place.dialect.expressions.literal(text);
  }

  private name(column: string): string {
    return this.live.place.dialect.expressions.identifier(column);
  }

  private sqlName(table: Table): string {
    return qualified(this.live.place, table.name);
  }

  private ask(sql: string): Promise<readonly ResultRow[]> {
    return ask(this.live.source, this.live.place, sql);
  }
}

/** By what a table is read in some order: its key, or the first index of which that can be said. */
export function keyOf(table: Table): readonly Column[] {
  const usable = (names: readonly string[]): readonly Column[] => {
    const columns = names.flatMap((name) => findColumn(table, name) ?? []);
    return columns.length === names.length ? columns : [];
  };
  const own = table.unorderedKey ? [] : usable(table.primaryKey);
  if (own.length > 0) return own;
  const index = table.indexes.find(({ columns, unordered }) => unordered !== true && usable(columns).length > 0);
  return index === undefined ? [] : usable(index.columns);
}

/** Some index leads to rows by one of these columns. */
export const hasIndex = (table: Table, names: readonly string[]): boolean =>
  [table.primaryKey, ...table.indexes.map(({ columns }) => columns)].some(([first]) =>
    names.some((name) => name === first),
  );
