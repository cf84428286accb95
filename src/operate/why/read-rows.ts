import type { Connection, ResultRow } from '../../dialects/dialect.js';
import type { PlannedStep } from '../../plan/types.js';
import { type Asking, type Facts, noMoment, type Row, type Value } from '../../policy/evaluate.js';
import type { Step } from '../../policy/types.js';
import {
  nullName,
  type ReadColumn,
  type RowQuery,
  rowQueries,
  seenColumn,
  thingColumn,
  valueName,
} from '../../render/row-queries.js';
import type { Schema } from '../../schema/types.js';
import { ask, type Place } from '../place.js';

/** The condition on a row `t` that names it, by the alias of its table, and what is handed over beside the statement. */
export interface Naming {
  readonly condition: (alias: string) => string;
  readonly parameters: readonly string[];
}

/** Rows of a step's table, and all that its rules ask of them: found by the server, by its own comparison. */
export interface ReadRows {
  readonly rows: readonly Row[];
  readonly facts: Pick<Facts, 'found' | 'sightings'>;
}

/** Reads the rows that are named, and those that the rules of the step ask about for them. Reads nothing else. */
export async function readRows(
  connection: Connection,
  place: Place,
  step: PlannedStep,
  schema: Schema,
  naming: Naming,
  { sees, earlier }: { readonly sees: boolean; readonly earlier: readonly Step[] },
): Promise<ReadRows> {
  const { dialect, namespace } = place;
  const queries = rowQueries(step, naming.condition, {
    dialect,
    schema,
    earlier,
    ...(namespace !== undefined && { namespace }),
  });
  const query = (one: RowQuery, parameters = naming.parameters): Promise<readonly ResultRow[]> =>
    ask(connection, place, one.sql, parameters);
  const store = new FoundRows();
  const named = (await query(queries.rows)).map((result) => levelOf(result, queries.rows, 0));
  const rows = store.add(named);
  if (rows.length === 0) return { rows, facts: store.facts };

  for (const { chain, ...other } of queries.others) {
    store.asks(chain.at(-1));
    for (const result of await query(other)) {
      const levels = other.levels.map((_, level) => levelOf(result, other, level));
      store.addBelow(levels, chain);
    }
  }
  for (const { asking, ...thing } of queries.things) {
    store.asks(asking);
    const things = new Map<string, Read[]>();
    for (const result of await query(thing)) {
      const number = String(result[thingColumn]);
      things.set(number, [...(things.get(number) ?? []), levelOf(result, thing, 0)]);
    }
    for (const reads of things.values()) store.addThing(reads, asking);
  }
  for (const { asking, ...stated } of queries.stated) {
    const found = (await query(stated, [])).map((result) => levelOf(result, stated, 0).row);
    store.addStated(asking, found);
  }
  if (queries.sightings !== undefined && sees) {
    for (const result of await query(queries.sightings)) {
      store.addSeen(levelOf(result, queries.sightings, 0), BigInt(String(result[seenColumn])));
    }
  }
  return { rows, facts: store.facts };
}

/** A row as it was read, and a text that no row with other values has. */
interface Read {
  readonly row: Row;
  readonly text: string;
}

/** What was found for rows, by the row and by what asked for it. */
class FoundRows {
  private readonly own = new Map<string, Row[]>();
  private readonly below = new Map<Row, Map<Asking, Map<string, Row[]>>>();
  private readonly things = new Map<Asking, Map<Row, readonly Row[]>>();
  private readonly stated = new Map<Asking, readonly Row[]>();
  private readonly seen = new Map<Row, bigint>();
  private readonly asked = new Set<Asking>();

  /** It is read whatever there is for it: from now on nothing found means that there is none. */
  asks(asking: Asking | undefined): void {
    if (asking !== undefined) this.asked.add(asking);
  }

  /** The rows that are judged; two that cannot be told apart are two. */
  add(reads: readonly Read[]): readonly Row[] {
    for (const { row, text } of reads) put(this.own, text, row);
    return reads.map(({ row }) => row);
  }

  /** A row that belongs to one of those, by a chain of rules. A row that has come meanwhile belongs to none. */
  addBelow(levels: readonly Read[], chain: readonly Asking[]): void {
    const [own, ...others] = levels;
    let above = (own && this.own.get(own.text)) ?? [];
    others.forEach(({ row, text }, at) => {
      const asking = chain[at];
      if (asking === undefined) throw new Error('a level that no rule asked for');
      const isLast = at === others.length - 1;
      above = above.flatMap((one) => {
        const found = this.askedOf(one, asking);
        if (isLast) put(found, text, row);
        return found.get(text) ?? [];
      });
    });
  }

  /** All rows of one thing; those that are judged are the same objects. */
  addThing(reads: readonly Read[], asking: Asking): void {
    const taken = new Map<string, number>();
    const rows = reads.map(({ row, text }) => {
      const at = taken.get(text) ?? 0;
      taken.set(text, at + 1);
      return this.own.get(text)?.[at] ?? row;
    });
    const things = this.things.get(asking) ?? new Map<Row, readonly Row[]>();
    for (const row of rows) things.set(row, rows);
    this.things.set(asking, things);
  }

  addStated(asking: Asking, rows: readonly Row[]): void {
    this.stated.set(asking, rows);
  }

  addSeen({ text }: Read, at: bigint): void {
    for (const row of this.own.get(text) ?? []) this.seen.set(row, at);
  }

  readonly facts: Pick<Facts, 'found' | 'sightings'> = {
    found: (asking, row) => this.found(asking, row),
    sightings: (_, row) => this.seen.get(row),
  };

  private found(asking: Asking, row: Row): readonly Row[] {
    if (!('kind' in asking) || asking.kind === 'superseded' || asking.kind === 'alone') {
      return this.thingOf(row, asking);
    }
    if (asking.kind === 'outlives') return this.stated.get(asking) ?? missing(asking);
    if (!this.asked.has(asking)) missing(asking);
    return [...(this.below.get(row)?.get(asking)?.values() ?? [])].flat();
  }

  /** Rows of one thing are the same for every rule that asks for them by the same columns. */
  private thingOf(row: Row, asking: Asking): readonly Row[] {
    const isLike = (other: Asking): boolean =>
      other === asking || ('by' in asking && 'by' in other && String(other.by) === String(asking.by));
    const like = [...this.asked].find(isLike);
    if (like === undefined) return missing(asking);
    return this.things.get(like)?.get(row) ?? [];
  }

  private askedOf(row: Row, asking: Asking): Map<string, Row[]> {
    const all = this.below.get(row) ?? new Map<Asking, Map<string, Row[]>>();
    this.below.set(row, all);
    const found = all.get(asking) ?? new Map<string, Row[]>();
    all.set(asking, found);
    return found;
  }
}

const missing = (asking: Asking): never => {
  throw new Error(`nothing was read for ${JSON.stringify(asking)}`);
};

function put<Key, One>(lists: Map<Key, One[]>, key: Key, one: One): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
}

function levelOf(result: ResultRow, { levels }: RowQuery, level: number): Read {
  const columns = levels[level] ?? [];
  const entries = columns.map((column, at) => [column.name, readValue(column, result, level, at)] as const);
  const text = JSON.stringify(entries.map(([, value]) => (typeof value === 'bigint' ? `${value}` : [value])));
  return { row: asRead(entries), text };
}

/** A row of which nothing can be asked but what was read: otherwise a column that is missing would count as NULL. */
const asRead = (entries: readonly (readonly [string, Value])[]): Row =>
  new Proxy(Object.fromEntries(entries), {
    get: (row, name) => {
      if (typeof name === 'string' && !(name in row)) throw new Error(`${name} of a row was not read`);
      return Reflect.get(row, name);
    },
  });

const somethingElse = 'a value that no rule reads';

function readValue({ live }: ReadColumn, result: ResultRow, level: number, at: number): Value {
  const value = result[valueName(level, at)] ?? null;
  const isNull = Number(result[nullName(level, at)]) === 1;
  switch (live.family) {
    case 'integer':
      return value === null ? null : BigInt(String(value));
    case 'text':
      return value === null ? null : String(value);
    case 'timestamp':
      return isNull ? null : momentOf(value);
    default:
      return isNull ? null : somethingElse;
  }
}

/** Later and earlier than all others. */
const never = 2n ** 62n;

function momentOf(value: unknown): Value {
  if (value === null) return noMoment;
  const text = String(value);
  if (/infinity/i.test(text)) return text.startsWith('-') ? -never : never;
  return BigInt(text.replace(/\.0*$/, ''));
}
