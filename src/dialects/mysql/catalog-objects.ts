import type { Catalog, ColumnChange, Connection, ObjectKind, ResultRow, StoredObject } from '../dialect.js';
import { lockRow } from '../lock-row.js';
import { expressions } from './expressions.js';

const objectsQuery = (where: (name: string) => string) => `
  SELECT TABLE_NAME AS object_name, IF(TABLE_TYPE LIKE '%VIEW', 'view', 'table') AS object_kind
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ${where('TABLE_NAME')}
  UNION ALL
  SELECT ROUTINE_NAME, 'procedure'
  FROM information_schema.ROUTINES
  WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE' AND ${where('ROUTINE_NAME')}
  ORDER BY 2, 1`;

/** Those of the named objects that exist, named as they were asked for: a server may fold the case of tables. */
export async function existing(connection: Connection, names: readonly string[]): Promise<readonly StoredObject[]> {
  if (names.length === 0) return [];
  const list = names.map(expressions.literal).join(', ');
  const rows = await connection.query(objectsQuery((name) => `${name} IN (${list})`));
  return rows.map((row) => {
    const found = toObject(row);
    const same = (name: string) => name.toLowerCase() === found.name.toLowerCase();
    return names.includes(found.name) ? found : { ...found, name: names.find(same) ?? found.name };
  });
}

/** Objects whose names begin with the prefix, in any case. */
export async function objectsLike(connection: Connection, prefix: string): Promise<readonly StoredObject[]> {
  const literal = expressions.literal(prefix);
  const rows = await connection.query(
    objectsQuery((name) => `LOWER(LEFT(${name}, CHAR_LENGTH(${literal}))) = LOWER(${literal})`),
  );
  return rows.map(toObject);
}

const toObject = (row: ResultRow): StoredObject => ({
  name: String(row.object_name),
  kind: String(row.object_kind) as ObjectKind,
});

/**
 * Procedures and functions whose text or comment, as the server keeps it, holds these words. The text
 * itself is shown to few users, the comment to all who may call it.
 */
export async function routinesMentioning(connection: Connection, words: string): Promise<readonly string[]> {
  const query = `
    SELECT ROUTINE_NAME AS routine_name
    FROM information_schema.ROUTINES
    WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE'
      AND LOCATE(${expressions.literal(words)}, CONCAT_WS(' ', ROUTINE_COMMENT, ROUTINE_DEFINITION)) > 0`;
  return (await connection.query(query)).map((row) => String(row.routine_name));
}

/** Between two transactions nobody holds the row, for some microseconds. */
const looks = 3;

/**
 * Those of the procedures of which a run is going on. A run holds its row of the lock table in each of its transactions; of
 * a run on another server of a cluster, which shares no locks, its last batch tells.
 */
export async function running(
  connection: Connection,
  procedures: readonly string[],
  _namespace: string | undefined,
  lockTable: string,
): Promise<readonly string[]> {
  if (procedures.length === 0 || (await existing(connection, [lockTable])).length === 0) return [];
  const list = procedures.map(expressions.literal).join(', ');
  const locks = `${expressions.identifier(lockTable)} WHERE PROCEDURE_NAME IN (${list})`;
  const namesOf = async (query: string) => (await connection.query(query)).map((row) => String(row.name));
  const names = new Set(
    await namesOf(
      `SELECT PROCEDURE_NAME AS name FROM ${locks} AND STATUS = 'running' AND HOST <> CONCAT(@@hostname, ':', @@port) AND HEARTBEAT > UTC_TIMESTAMP(6) - INTERVAL 2 MINUTE`,
    ),
  );
  const known = await namesOf(`SELECT PROCEDURE_NAME AS name FROM ${locks}`);
  for (let look = 0; look < looks; look += 1) {
    const free = new Set(await namesOf(`SELECT PROCEDURE_NAME AS name FROM ${locks} FOR UPDATE SKIP LOCKED`));
    for (const name of known) if (!free.has(name)) names.add(name);
  }
  return procedures.filter((name) => names.has(name));
}

/** Takes the lock of a run until the transaction ends, as the run itself does; false if another session holds it. */
export const lockRun: Catalog['lockRun'] = (connection, procedure, _namespace, lockTable) =>
  lockRow(connection, expressions.identifier(lockTable), procedure, expressions);

/** The statement that removes an object. */
export function drop({ name, kind }: StoredObject): string {
  return `DROP ${kind.toUpperCase()} IF EXISTS ${expressions.identifier(name)}`;
}

/** Numbers the rows of a backup table, and makes that its key. */
export const addKey = (table: string, column: string): readonly string[] => [
  `ALTER TABLE ${expressions.identifier(table)} ADD COLUMN ${column} BIGINT NOT NULL AUTO_INCREMENT, ADD PRIMARY KEY (${column})`,
];

/** Adds or retypes a column of a backup table. */
export function changeColumn({ table, column, change, nullable }: ColumnChange): string {
  const definition = `${expressions.identifier(column.name)} ${expressions.columnType(column)} ${nullable ? 'NULL' : 'NOT NULL'}`;
  return `ALTER TABLE ${expressions.identifier(table)} ${change === 'add' ? 'ADD' : 'MODIFY'} COLUMN ${definition}`;
}
