import type { Connection } from '../dialects/dialect.js';
import { supportColumn } from '../dialects/support-column.js';
import { ask, numberOf, type Place, qualified } from '../operate/place.js';
import { keptRowName } from '../plan/kept-row.js';
import type { BackupTable } from '../plan/types.js';
import { findColumn } from '../schema/find.js';
import type { Column, Table } from '../schema/types.js';
import { type Digest, digestOf, hashesOf, isSame, plus } from './digest.js';
import { pageKey, type Reading } from './read-table.js';
import type { Twin } from './twin.js';

/** How many rows are named, if some are wrong. */
const examples = 5;

/** What a run did to a table, against what it had to do. */
export interface CheckedTable {
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly rowsKept: number;
  readonly bytesKept: number;
  /** Rows that the rule calls live, and that are gone. */
  readonly liveRowsLost: number;
  /** The keys of some of them. */
  readonly lost: readonly string[];
  /** Rows that the rule calls dead, and that are still there: passed over, or dead only since the run. */
  readonly deadRowsLeft: number;
  /** What is left and what is kept are together what was there, each row as it was. Undefined: nothing is kept to compare with. */
  readonly isConserved: boolean | undefined;
}

/** All rows of a table. */
export const wholeTable = (place: Place, table: Table): Reading => ({
  from: qualified(place, table.name),
  columns: writtenColumns(table),
  key: pageKey(table),
});

export const writtenColumns = (table: Table): readonly Column[] =>
  table.columns.filter(({ generated }) => generated !== true);

/** What a run kept of a table, in pages by the number of the kept row; by the source's key if there is no such number. */
async function digestOfKept(connection: Connection, place: Place, backup: BackupTable, runId: number): Promise<Digest> {
  const { dialect, namespace } = place;
  const [table] = await dialect.catalog.readTables(connection, namespace, [backup.name]);
  const number = table && findColumn(table, keptRowName(backup, dialect));
  return digestOf(connection, place, {
    from: qualified(place, backup.name),
    columns: backup.columns,
    key: number === undefined ? pageKey(backup.source) : [number],
    where: `t.${supportColumn(dialect, 'run_id')} = ${runId}`,
  });
}

/** Compares a table after a run with its twin, and what is left and kept with what was there. */
export async function checkTable(
  connection: Connection,
  place: Place,
  backup: BackupTable,
  { twin, before, runId, keepsRows }: CheckRequest,
): Promise<CheckedTable> {
  const { source } = backup;
  const after = await digestOf(connection, place, wholeTable(place, source));
  const kept = keepsRows ? await digestOfKept(connection, place, backup, runId) : undefined;
  const found =
    source.primaryKey.length > 0
      ? await compareByKey(connection, place, source, twin)
      : await compareByHash(connection, place, source, twin);
  return {
    table: source.name,
    rowsBefore: before.rows,
    rowsAfter: after.rows,
    rowsKept: kept?.rows ?? 0,
    bytesKept: kept?.bytes ?? 0,
    ...found,
    isConserved: kept === undefined ? undefined : isSame(plus(after, kept), before),
  };
}

export interface CheckRequest {
  readonly twin: Twin;
  readonly before: Digest;
  readonly runId: number;
  /** Deleted rows are kept as they were. */
  readonly keepsRows: boolean;
}

type Difference = Pick<CheckedTable, 'liveRowsLost' | 'lost' | 'deadRowsLeft'>;

async function compareByKey(connection: Connection, place: Place, table: Table, twin: Twin): Promise<Difference> {
  const { expressions } = place.dialect;
  const name = (column: string): string => expressions.identifier(column);
  const pairs = table.primaryKey.map((column) => `x.${name(column)} = t.${name(column)}`).join(' AND ');
  const lacks = (one: string, other: string): string =>
    `FROM ${one} t WHERE NOT EXISTS (SELECT 1 FROM ${other} x WHERE ${pairs})`;
  const [own, copy] = [qualified(place, table.name), twin.table(table.name)];
  const count = async (from: string): Promise<number> => {
    const [row] = await ask(connection, place, `SELECT COUNT(*) AS ${name('n')} ${from}`);
    return numberOf(row?.n);
  };
  const liveRowsLost = await count(lacks(copy, own));
  const keys = table.primaryKey.map((column) => `t.${name(column)} AS ${name(column)}`).join(', ');
  const rows =
    liveRowsLost === 0
      ? []
      : await ask(connection, place, expressions.firstRows(`SELECT ${keys} ${lacks(copy, own)} ORDER BY 1`, examples));
  const lost = rows.map((row) => table.primaryKey.map((column) => `${column} ${row[column]}`).join(', '));
  return { liveRowsLost, lost, deadRowsLeft: await count(lacks(own, copy)) };
}

/** Rows that no key tells apart are compared by what they hold. */
async function compareByHash(connection: Connection, place: Place, table: Table, twin: Twin): Promise<Difference> {
  const columns = writtenColumns(table);
  const own = await hashesOf(connection, place, { from: qualified(place, table.name), columns, key: [] });
  const copy = await hashesOf(connection, place, { from: twin.table(table.name), columns, key: [] });
  const lacking = (of: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number =>
    [...of].reduce((sum, [hash, rows]) => sum + Math.max(0, rows - (other.get(hash) ?? 0)), 0);
  return { liveRowsLost: lacking(copy, own), lost: [], deadRowsLeft: lacking(own, copy) };
}
