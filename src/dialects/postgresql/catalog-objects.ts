import type { Catalog, ColumnChange, Connection, ObjectKind, ResultRow, StoredObject } from '../dialect.js';
import { lockRow } from '../lock-row.js';
import { expressions } from './expressions.js';

/** Everything that shares the name space of tables counts; sequences and indexes go with their table. */
const objectsQuery = (where: (name: string) => string) => `
  SELECT c.relname::text AS name, 
    CASE WHEN c.relkind IN ('v', 'm') THEN 'view' WHEN c.relkind = 'c' THEN 'type' ELSE 'table' END AS kind, NULL AS arguments
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND ${where('c.relname')}
  UNION ALL
  SELECT p.proname::text, CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, pg_get_function_identity_arguments(p.oid)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = $1 AND ${where('p.proname')}
  ORDER BY 2, 1, 3`;

const byName = objectsQuery((name) => `${name} = ANY ($2)`);
const byPrefix = objectsQuery((name) => `lower(left(${name}::text, length($2::text))) = lower($2::text)`);

/** Those of the named objects that exist; every procedure or function of a name. */
export async function existing(
  connection: Connection,
  names: readonly string[],
  namespace = 'public',
): Promise<readonly StoredObject[]> {
  return (await connection.query(byName, [namespace, names])).map(toObject);
}

/** Objects whose names begin with the prefix, in any case. */
export async function objectsLike(
  connection: Connection,
  prefix: string,
  namespace = 'public',
): Promise<readonly StoredObject[]> {
  return (await connection.query(byPrefix, [namespace, prefix])).map(toObject);
}

const toObject = (row: ResultRow): StoredObject => ({
  name: String(row.name),
  kind: row.kind as ObjectKind,
  ...(row.arguments !== null && { arguments: String(row.arguments) }),
});

/** Procedures and functions whose text or comment, as the server keeps it, holds these words. */
export async function routinesMentioning(
  connection: Connection,
  words: string,
  namespace = 'public',
): Promise<readonly string[]> {
  const query = `
    SELECT DISTINCT p.proname::text AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = $1 AND position($2::text IN p.prosrc) > 0`;
  return (await connection.query(query, [namespace, words])).map((row) => String(row.name));
}

/** A run holds its row of the lock table in each of its transactions; earlier versions held an advisory lock. */
const runningQuery = (lockTable: string) => `
  SELECT l.procedure_name AS name
  FROM ${lockTable} l
  WHERE l.procedure_name = ANY ($1) AND l.procedure_name NOT IN (
    SELECT f.procedure_name FROM ${lockTable} f WHERE f.procedure_name = ANY ($1) FOR UPDATE SKIP LOCKED)`;

/** Between two transactions nobody holds the row, for some microseconds. */
const looks = 3;

/** Those of the procedures of which a run is going on. A session that may not write cannot ask. */
export async function running(
  connection: Connection,
  procedures: readonly string[],
  namespace: string | undefined,
  lockTable: string,
): Promise<readonly string[]> {
  const lock = qualify(lockTable, namespace);
  const [found] = await connection.query(
    "SELECT to_regclass($1) IS NOT NULL AND current_setting('transaction_read_only') = 'off' AS is_there",
    [lock],
  );
  const names = new Set<string>();
  for (let look = 0; look < looks && found?.is_there === true; look += 1) {
    for (const { name } of await connection.query(runningQuery(lock), [procedures])) names.add(String(name));
  }
  return procedures.filter((name) => names.has(name));
}

const qualify = (name: string, namespace = 'public'): string =>
  `${expressions.identifier(namespace)}.${expressions.identifier(name)}`;

/** Takes the lock of a run until the transaction ends, as the run itself does; false if another session holds it. */
export const lockRun: Catalog['lockRun'] = (connection, procedure, namespace, lockTable) =>
  lockRow(connection, qualify(lockTable, namespace), procedure, expressions);

/** Procedures and functions share their names, so both are dropped as a routine. */
export function drop(object: StoredObject, namespace: string | undefined): string {
  const name = qualify(object.name, namespace);
  if (object.kind === 'type') return `DROP TYPE IF EXISTS ${name} CASCADE`;
  if (object.kind === 'table' || object.kind === 'view') return `DROP ${object.kind.toUpperCase()} IF EXISTS ${name}`;
  return `DROP ROUTINE IF EXISTS ${name}${object.arguments === undefined ? '' : `(${object.arguments})`}`;
}

/** Numbers the rows of a backup table, and makes that its key. */
export function addKey(table: string, column: string, namespace: string | undefined): readonly string[] {
  return [
    `ALTER TABLE ${qualify(table, namespace)} ADD COLUMN ${column} bigint GENERATED ALWAYS AS IDENTITY, ADD PRIMARY KEY (run_id, ${column})`,
  ];
}

/** Adds or retypes a column of a backup table. */
export function changeColumn({ table, column, change }: ColumnChange, namespace: string | undefined): string {
  const name = expressions.identifier(column.name);
  const type = expressions.columnType(column);
  const action = change === 'add' ? `ADD COLUMN ${name} ${type}` : `ALTER COLUMN ${name} TYPE ${type}`;
  return `ALTER TABLE ${qualify(table, namespace)} ${action}`;
}
