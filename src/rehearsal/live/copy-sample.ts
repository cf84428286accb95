import type { Connection, ResultRow } from '../../dialects/dialect.js';
import type { Copying } from '../../dialects/scratch.js';
import { ask, qualified } from '../../operate/place.js';
import type { Plan } from '../../plan/types.js';
import { findTable } from '../../schema/find.js';
import type { Column, ForeignKey, Schema, Table } from '../../schema/types.js';
import { writtenColumns } from '../compare.js';
import type { ReadingPlace } from '../read-table.js';
import type { Sample, SampledTable } from '../types.js';
import { askedWhole, type Edge, edgesOf } from './edges.js';
import { hasIndex, keyOf, LiveReader } from './live-reader.js';
import type { StandIns } from './stand-ins.js';

/** Stretches of a table that are read, each in the order of its key. */
const stretches = 50;

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
  private readonly reader: LiveReader;

  constructor(private readonly request: CopyRequest) {
    this.reader = new LiveReader(request);
  }

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
      const isSmall = whole.has(one.table) || (await this.reader.hasAtMost(one.table, rows));
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

  private async copyWhole(one: Copied): Promise<void> {
    for await (const page of this.reader.whole(one)) {
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
      for (const row of await this.reader.rows(one, { where, key, limit, direction })) {
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
        for (const place of await this.reader.placesIn(one.table, first, places)) {
          await read(this.reader.from(first, place), limit);
        }
      }
    }
    // What is still missing stands at the beginning.
    await read(undefined, found.length < rows ? rows : 0);
    await this.follow(edges, found);
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
        for (const row of await this.reader.lookUp(one, toColumns, tuples.slice(at, at + lookUps), limit)) {
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
          for (const row of await this.reader.lookUp(one, foreignKey.referencedColumns, some))
            await this.take(one, row);
        }
      }
    }
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
      const sql = copying.insert(qualified(place, table.name), columns, rows.length);
      await ask(target, place, sql, rows.flat());
    }
  }

  /** What is kept of a row in memory: that by which it leads to others. */
  private slim({ ties }: Copied, row: ResultRow): ResultRow {
    return Object.fromEntries(ties.map((name) => [name, row[name]]));
  }
}

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
