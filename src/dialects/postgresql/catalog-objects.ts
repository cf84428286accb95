import type { ColumnChange, Connection, ObjectKind, ResultRow, StoredObject } from '../dialect.js';
import { expressions } from './expressions.js';

/** Everything that shares the name space of tables counts; sequences and indexes go with their table. */
const objectsQuery = (where: (name: string) => string) => `
  SELECT c.relname::text AS name, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind, NULL AS arguments
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${where('c.relname')}
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

/** The run lock is an advisory one; its 64-bit key shows in two halves. */
const runningQuery = `
  SELECT p.name FROM unnest($1::text[], $2::text[]) p (name, lock_name)
  WHERE EXISTS (
    SELECT 1 FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      AND l.classid::bigint << 32 | l.objid::bigint = hashtextextended(p.lock_name, 0))`;

/** Those of the procedures that hold their run lock. */
export async function running(
  connection: Connection,
  procedures: readonly string[],
  namespace = 'public',
): Promise<readonly string[]> {
  const locks = procedures.map((name) => qualify(name, namespace));
  return (await connection.query(runningQuery, [procedures, locks])).map((row) => String(row.name));
}

const qualify = (name: string, namespace = 'public'): string =>
  `${expressions.identifier(namespace)}.${expressions.identifier(name)}`;

/** Procedures and functions share their names, so both are dropped as a routine. */
export function drop(object: StoredObject, namespace: string | undefined): string {
  const name = qualify(object.name, namespace);
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
