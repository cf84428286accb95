import type { Connection, ResultRow } from '../../dialects/dialect.js';
import type { Copying } from '../../dialects/scratch.js';
import { ask, qualified } from '../../operate/place.js';
import type { Plan } from '../../plan/types.js';
import { findColumn, findTable } from '../../schema/find.js';
import type { Column, ForeignKey, Schema, Table } from '../../schema/types.js';
import { writtenColumns } from '../compare.js';
import { pageKey, type Reading, type ReadingPlace, readRows } from '../read-table.js';
import type { Sample, SampledTable } from '../types.js';
import { askedWhole, type Edge, edgesOf } from './edges.js';
import { spread } from './spread.js';
import type { StandIns } from './stand-ins.js';

/** Stretches of a table that are read, each in the order of its key. */
const stretches = 50;

/** Rows at the beginning of a key that show of which letters it is made. */
const shown = 50;

/** Values that are looked up at once, and rows that are written at once. */
const lookUps = 200;
const written = 100;

/** Rows that a table gets by being asked: so many times the sample at most. */
const askedTimes = 4;

export interface CopyRequest {
  readonly source: Connection;
  /** Where it stands in the live database. */
  readonly place: ReadingPlace;
  readonly target: Connection;
  readonly copying: Copying;
  readonly schema: Schema;
  readonly plans: readonly Plan[];
  /** Rows of a table; one that has no more is copied whole. */
  readonly rows: number;
  /** Undefined: secrets are copied. */
  readonly standIns: StandIns | undefined;
  readonly onProgress: (words: string) => void;
}

/**
 * Copies rows of the tables that cleanups look at: a table that is small, as a whole; of a larger one some, spread over its
 * key. With these come the rows that their rules ask about, and whatever any copied row refers to.
 */
export async function copySample(request: CopyRequest): Promise<Sample> {
  return new Copier(request).copy();
}

/** What is known of a table's rows that were copied. */
interface Copied {
  readonly table: Table;
  readonly columns: readonly Column[];
  /** Columns by which rows lead to others. */
  readonly ties: readonly string[];
  readonly seen: Set<string>;
  readonly waiting: unknown[][];
  how: SampledTable['how'];
  rows: number;
}

interface Wanted {
  readonly parent: Table;
  readonly foreignKey: ForeignKey;
  readonly asked: Set<string>;
  waiting: (readonly string[])[];
}

class Copier {
  private readonly copied = new Map<Table, Copied>();
  private readonly wanted = new Map<ForeignKey, Wanted>();
  private readonly cut = new Set<string>();

  constructor(private readonly request: CopyRequest) {}

  async copy(): Promise<Sample> {
    const { source, place, schema, plans, rows, standIns } = this.request;
    const steps = plans.flatMap((plan) => plan.steps);
    const edges = new Map<Table, readonly Edge[]>();
    for (const step of steps) {
      edges.set(step.table, [...(edges.get(step.table) ?? []), ...edgesOf(step, schema)]);
    }
    const whole = new Set(plans.flatMap(askedWhole));
    for (const table of this.concerned([...edges.values()].flat())) {
      this.copied.set(table, this.nothingOf(table, [...edges.values()].flat()));
    }
    for (const one of this.copied.values()) {
      const isSmall = whole.has(one.table) || (await this.hasAtMost(one.table, rows));
      if (isSmall) one.how = 'whole';
    }
    for (const one of this.copied.values()) {
      this.request.onProgress(`Copying ${one.table.name} …`);
      if (one.how === 'whole') await this.copyWhole(one);
      else if (edges.has(one.table)) await this.copySome(one, edges.get(one.table) ?? []);
    }
    await this.copyParents();
    for (const one of this.copied.values()) await this.write(one, 0);
    const sizes = await place.dialect.catalog.tableSizes(
      source,
      [...this.copied.keys()].map(({ name }) => name),
      schema.namespace,
    );
    const sizeOf = new Map(sizes.map((size) => [size.table.toLowerCase(), size]));
    return {
      rowsAsked: rows,
      source: schema.source,
      tables: [...this.copied.values()].map(({ table: { name }, how, rows: copied }) => {
        const size = sizeOf.get(name.toLowerCase());
        const liveRows = how === 'whole' ? copied : size?.rows;
        return { table: name, how, rows: copied, ...(liveRows !== undefined && { liveRows }) };
      }),
      empty: schema.tables.filter((table) => !this.copied.has(table)).map(({ name }) => name),
      secrets: standIns === undefined ? 'copied' : 'stand-ins',
      withoutStandIn: (standIns?.without ?? [])
        .filter(({ table }) => this.copied.has(table))
        .map(({ table, column }) => `${table.name}.${column.name}`),
      cut: [...this.cut],
    };
  }

  /** Tables that a cleanup looks at, what refers to them, and what all of these refer to. */
  private concerned(edges: readonly Edge[]): ReadonlySet<Table> {
    const { plans, schema } = this.request;
    const all = new Set(
      plans.flatMap((plan) => [
        ...plan.steps.map(({ table }) => table),
        ...plan.backups.map(({ source }) => source),
        ...plan.lookedAt,
      ]),
    );
    const led = (some: readonly Edge[]): void => {
      for (const { to, next } of some) {
        all.add(to);
        led(next);
      }
    };
    led(edges);
    // A set that grows while it is walked is walked to its end.
    for (const { foreignKeys } of all) {
      for (const { references } of foreignKeys) {
        const parent = findTable(schema, references);
        if (parent) all.add(parent);
      }
    }
    return all;
  }

  private nothingOf(table: Table, edges: readonly Edge[]): Copied {
    const ties = new Set([...table.primaryKey, ...table.foreignKeys.flatMap(({ columns }) => columns)]);
    const tie = (some: readonly Edge[]): void => {
      for (const edge of some) {
        if (edge.from === table) for (const name of edge.columns) ties.add(name);
        tie(edge.next);
      }
    };
    tie(edges);
    return {
      table,
      columns: writtenColumns(table),
      ties: [...ties],
      seen: new Set(),
      waiting: [],
      how: 'asked',
      rows: 0,
    };
  }

  private async hasAtMost(table: Table, rows: number): Promise<boolean> {
    const { expressions } = this.request.place.dialect;
    const some = expressions.firstRows(`SELECT 1 AS ${this.name('n')} FROM ${this.sqlName(table)}`, rows + 1);
    const [row] = await this.ask(`SELECT COUNT(*) AS ${this.name('n')} FROM (${some}) x`);
    return Number(row?.n) <= rows;
  }

  private async copyWhole(one: Copied): Promise<void> {
    const { source, place } = this.request;
    for await (const page of readRows(source, place, { ...this.reading(one), key: pageKey(one.table) })) {
      for (const row of page) await this.take(one, row, true);
    }
  }

  private async copySome(one: Copied, edges: readonly Edge[]): Promise<void> {
    const { rows } = this.request;
    one.how = 'spread';
    const found: ResultRow[] = [];
    const ids = new Set<string>();
    const key = keyOf(one.table);
    const each = Math.ceil(rows / stretches);
    const read = async (where: string | undefined, limit: number, direction = ''): Promise<void> => {
      if (found.length >= rows || limit <= 0) return;
      for (const row of await this.rowsOf(one, where, { key, limit, direction })) {
        const id = idOf(one, row);
        if (found.length >= rows || ids.has(id)) continue;
        ids.add(id);
        await this.take(one, row);
        found.push(this.slim(one, row));
      }
    };
    await read(undefined, each);
    const [first] = key;
    if (first !== undefined) {
      await read(undefined, each, ' DESC');
      // The second time further on, if the places were not where the rows are.
      for (const [places, limit] of [
        [stretches - 1, each],
        [stretches * 3 + 1, each],
      ] as const) {
        for (const place of await this.placesIn(one.table, first, places)) {
          await read(`t.${this.name(first.name)} >= ${this.literal(place, first)}`, limit);
        }
      }
    }
    // What is still missing stands at the beginning.
    await read(undefined, found.length < rows ? rows : 0);
    await this.follow(edges, found);
  }

  private async placesIn(table: Table, column: Column, places: number): Promise<readonly string[]> {
    const { expressions } = this.request.place.dialect;
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

  /** Copies what rows lead to, by one edge after another. */
  private async follow(edges: readonly Edge[], rows: readonly ResultRow[]): Promise<void> {
    const { rows: wanted } = this.request;
    for (const { columns, to, toColumns, next } of edges) {
      const one = this.copied.get(to);
      if (one === undefined || (one.how === 'whole' && next.length === 0)) continue;
      if (!hasIndex(to, toColumns)) {
        if (one.how !== 'whole') this.cut.add(`${to.name} (no index on ${toColumns.join(', ')})`);
        continue;
      }
      const found: ResultRow[] = [];
      const tuples = distinct(
        rows.flatMap((row) => {
          const tuple = tupleOf(row, columns);
          return tuple === undefined ? [] : [tuple];
        }),
      );
      for (let at = 0; at < tuples.length; at += lookUps) {
        if (found.length >= wanted * askedTimes) {
          this.cut.add(`${to.name} (over ${wanted * askedTimes} rows by ${toColumns.join(', ')})`);
          break;
        }
        const limit = wanted * askedTimes - found.length;
        for (const row of await this.lookUp(one, toColumns, tuples.slice(at, at + lookUps), limit)) {
          await this.take(one, row);
          found.push(this.slim(one, row));
        }
      }
      await this.follow(next, found);
    }
  }

  /** Whatever copied rows refer to by foreign keys, and what that refers to. */
  private async copyParents(): Promise<void> {
    for (let isDone = false; !isDone; ) {
      isDone = true;
      for (const { parent, foreignKey, waiting } of this.wanted.values()) {
        const one = this.copied.get(parent);
        if (one === undefined || waiting.length === 0) continue;
        isDone = false;
        for (const tuples = waiting.splice(0); tuples.length > 0; ) {
          const some = tuples.splice(0, lookUps);
          for (const row of await this.lookUp(one, foreignKey.referencedColumns, some)) await this.take(one, row);
        }
      }
    }
  }

  private async lookUp(
    one: Copied,
    names: readonly string[],
    tuples: readonly (readonly string[])[],
    limit?: number,
  ): Promise<readonly ResultRow[]> {
    const columns = names.flatMap((name) => findColumn(one.table, name) ?? []);
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
    return this.rowsOf(one, where, { key: [], ...(limit !== undefined && { limit }) });
  }

  private async rowsOf(
    one: Copied,
    where: string | undefined,
    { key, limit, direction = '' }: { key: readonly Column[]; limit?: number; direction?: string },
  ): Promise<readonly ResultRow[]> {
    const { expressions } = this.request.place.dialect;
    const order = key.map(({ name }) => `t.${this.name(name)}${direction}`).join(', ');
    const sql = [
      `SELECT ${one.columns.map((column) => this.read(column)).join(', ')} FROM ${this.sqlName(one.table)} t`,
      ...(where === undefined ? [] : [`WHERE ${where}`]),
      ...(order === '' ? [] : [`ORDER BY ${order}`]),
    ].join(' ');
    return this.ask(limit === undefined ? sql : expressions.firstRows(sql, limit));
  }

  /** Copies a row, unless it was; and notes what it refers to. */
  private async take(one: Copied, row: ResultRow, isNew = false): Promise<void> {
    if (!isNew) {
      const id = idOf(one, row);
      if (one.how === 'whole' || one.seen.has(id)) return;
      one.seen.add(id);
    }
    one.rows += 1;
    const { standIns } = this.request;
    one.waiting.push(
      one.columns.map((column) => {
        const value = row[column.name] ?? null;
        const standIn = standIns?.of(one.table, column);
        return standIn === undefined ? value : standIn(value);
      }),
    );
    this.noteParents(one.table, row);
    await this.write(one, written);
  }

  private noteParents({ foreignKeys }: Table, row: ResultRow): void {
    for (const foreignKey of foreignKeys) {
      const parent = findTable(this.request.schema, foreignKey.references);
      const tuple = tupleOf(row, foreignKey.columns);
      if (parent === undefined || tuple === undefined || this.copied.get(parent)?.how === 'whole') continue;
      const wanted = this.wanted.get(foreignKey) ?? { parent, foreignKey, asked: new Set(), waiting: [] };
      this.wanted.set(foreignKey, wanted);
      const id = JSON.stringify(tuple);
      if (wanted.asked.has(id)) continue;
      wanted.asked.add(id);
      wanted.waiting.push(tuple);
    }
  }

  /** Writes what waits, once it is so much. */
  private async write({ table, columns, waiting }: Copied, atLeast: number): Promise<void> {
    const { target, copying, place } = this.request;
    while (waiting.length > 0 && waiting.length >= atLeast) {
      const rows = waiting.splice(0, written);
      const sql = copying.insert(this.sqlName(table), columns, rows.length);
      await ask(target, place, sql, rows.flat());
    }
  }

  /** What is kept of a row in memory: that by which it leads to others. */
  private slim({ ties }: Copied, row: ResultRow): ResultRow {
    return Object.fromEntries(ties.map((name) => [name, row[name]]));
  }

  private reading(one: Copied): Omit<Reading, 'key'> {
    const { copying } = this.request;
    return { from: this.sqlName(one.table), columns: one.columns, read: copying.read };
  }

  private read(column: Column): string {
    const name = this.name(column.name);
    return `${this.request.copying.read(`t.${name}`, column)} AS ${name}`;
  }

  private literal(text: string, { family }: Column): string {
    return family === 'integer' && /^-?\d+$/.test(text) ? text : this.request.place.dialect.expressions.literal(text);
  }

  private name(column: string): string {
    return this.request.place.dialect.expressions.identifier(column);
  }

  private sqlName(table: Table): string {
    return qualified(this.request.place, table.name);
  }

  private ask(sql: string): Promise<readonly ResultRow[]> {
    return ask(this.request.source, this.request.place, sql);
  }
}

/** By what a table is read in some order: its key, or the first index of which that can be said. */
function keyOf(table: Table): readonly Column[] {
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
const hasIndex = (table: Table, names: readonly string[]): boolean =>
  [table.primaryKey, ...table.indexes.map(({ columns }) => columns)].some(([first]) =>
    names.some((name) => name === first),
  );

/** What tells a row from others: rows without a key that are the same in all are one. */
function idOf({ table, columns }: Copied, row: ResultRow): string {
  const names = table.primaryKey.length > 0 ? table.primaryKey : columns.map(({ name }) => name);
  return JSON.stringify(names.map((name) => row[name]));
}

/** Values that are all there, as text. */
function tupleOf(row: ResultRow, names: readonly string[]): readonly string[] | undefined {
  const values = names.map((name) => row[name]);
  return values.some((value) => value === null || value === undefined || Buffer.isBuffer(value))
    ? undefined
    : values.map(String);
}

const distinct = (tuples: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(tuples.map((tuple) => [JSON.stringify(tuple), tuple])).values(),
];
