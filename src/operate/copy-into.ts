import type { Connection } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { PreflightError, UsageError } from '../errors.js';
import type { Selection } from '../plan/selection.js';
import type { Plan } from '../plan/types.js';
import { ask, column, numberOf, type Place, qualified } from './place.js';
import { keptRows } from './preview-restore.js';

/** A table that was made, and how many rows it has. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

/**
 * Puts kept rows of a run into tables of another schema (on MySQL and MariaDB, another database), with the names and columns
 * that they had. The product's tables are not touched, and what is kept stays kept.
 *
 * @throws UsageError, PreflightError if a table of that name is there; then none is made
 */
export async function copyInto(
  connection: Connection,
  place: Place,
  plan: Plan,
  runId: number,
  into: string,
  selection?: Selection,
): Promise<readonly CopiedTable[]> {
  const { dialect } = place;
  await requireElsewhere(connection, place, into);
  const { selected } = keptRows(place, plan, Math.trunc(runId), selection);
  const sources = plan.backups.map((backup) => {
    const kept = `FROM ${qualified(place, backup.name)} b WHERE b.${column(place, 'run_id')} = ${Math.trunc(runId)}`;
    return {
      table: backup.source.name,
      from: selected === undefined ? kept : `${kept} AND ${selected(backup, 'b')}`,
      columns: backup.columns.map(({ name }) => `b.${dialect.expressions.identifier(name)}`).join(', '),
      target: sqlName(dialect, backup.source.name, into),
    };
  });
  const counted = [];
  for (const source of sources) {
    const rows = numberOf((await ask(connection, place, `SELECT COUNT(*) AS n ${source.from}`))[0]?.n);
    if (rows > 0) counted.push({ ...source, rows });
  }
  const taken = [];
  for (const { target } of counted) if (await isThere(connection, target)) taken.push(target);
  if (taken.length > 0) {
    throw new PreflightError(
      'Tables of these names are there already; nothing was made.',
      taken.map((target) => ({
        what: `${target} is there`,
        next: 'Drop it if nobody needs it, or give another schema.',
      })),
      { next: 'Give --into a schema that has none of them.' },
    );
  }
  const made: string[] = [];
  try {
    for (const { target, columns, from } of counted) {
      await ask(connection, place, dialect.expressions.tableOf(target, `SELECT ${columns} ${from}`));
      made.push(target);
    }
  } catch (error) {
    for (const target of made) await connection.query(`DROP TABLE ${target}`).catch(() => undefined);
    throw error;
  }
  return counted.map(({ table, rows }) => ({ table, rows }));
}

async function requireElsewhere(connection: Connection, { dialect, namespace }: Place, into: string): Promise<void> {
  const { database, namespace: current } = await dialect.catalog.readServer(connection);
  const own = dialect.capabilities.namespaces ? (namespace ?? current) : database;
  if (own?.toLowerCase() !== into.toLowerCase()) return;
  throw new UsageError(`${into} holds the product's tables.`, { next: 'Give --into another schema, made for this.' });
}

const isThere = (connection: Connection, table: string): Promise<boolean> =>
  connection.query(`SELECT COUNT(*) AS n FROM ${table} WHERE 1 = 0`).then(
    () => true,
    () => false,
  );
