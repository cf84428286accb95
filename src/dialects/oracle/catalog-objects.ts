import type { Catalog, ColumnChange, Connection, ObjectKind, ResultRow, StoredObject } from '../dialect.js';
import { lockRow } from '../lock-row.js';
import { expressions } from './expressions.js';
import { ownerOf, storedName } from './owner.js';

/** Procedures share one space of names with tables and views, and so do functions and packages. */
const objectsQuery = (owner: string, where: string) => `
  SELECT o.OBJECT_NAME AS name,
    CASE o.OBJECT_TYPE WHEN 'TABLE' THEN 'table' WHEN 'VIEW' THEN 'view' WHEN 'MATERIALIZED VIEW' THEN 'view' WHEN 'PACKAGE' THEN 'package'
      ELSE 'procedure' END AS kind
  FROM ALL_OBJECTS o
  WHERE o.OWNER = ${owner} AND o.OBJECT_TYPE IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'PROCEDURE', 'FUNCTION', 'PACKAGE')
    AND ${where}
  ORDER BY 2, 1`;

/** Those of the named objects that exist, named as they were asked for. */
export async function existing(
  connection: Connection,
  names: readonly string[],
  namespace: string | undefined,
): Promise<readonly StoredObject[]> {
  if (names.length === 0) return [];
  const list = names.map((name) => expressions.literal(storedName(name))).join(', ');
  const rows = await connection.query(objectsQuery(ownerOf(namespace), `o.OBJECT_NAME IN (${list})`));
  return rows.map((row) => {
    const found = toObject(row);
    return { ...found, name: names.find((name) => storedName(name) === found.name) ?? found.name };
  });
}

/** Objects whose names begin with the prefix, in any case. */
export async function objectsLike(
  connection: Connection,
  prefix: string,
  namespace: string | undefined,
): Promise<readonly StoredObject[]> {
  const literal = expressions.literal(storedName(prefix));
  // '' is NULL, and nothing equals it.
  const where = prefix === '' ? '1 = 1' : `SUBSTR(UPPER(o.OBJECT_NAME), 1, ${prefix.length}) = ${literal}`;
  return (await connection.query(objectsQuery(ownerOf(namespace), where))).map(toObject);
}

const toObject = (row: ResultRow): StoredObject => ({ name: String(row.name), kind: String(row.kind) as ObjectKind });

/** Procedures and functions whose text or comment, as the server keeps it, holds these words. */
export async function routinesMentioning(
  connection: Connection,
  words: string,
  namespace: string | undefined,
): Promise<readonly string[]> {
  const query = `
    SELECT DISTINCT s.NAME AS name
    FROM ALL_SOURCE s
    WHERE s.OWNER = ${ownerOf(namespace)} AND s.TYPE IN ('PROCEDURE', 'PACKAGE', 'PACKAGE BODY') AND INSTR(s.TEXT, ${expressions.literal(words)}) > 0`;
  return (await connection.query(query)).map((row) => String(row.name));
}

/** Between two transactions nobody holds the row, for as long as a commit takes to reach the disk. */
const looks = 3;

/** Those of the procedures of which a run is going on: it holds its row of the lock table in each of its transactions. */
export async function running(
  connection: Connection,
  procedures: readonly string[],
  namespace: string | undefined,
  lockTable: string,
): Promise<readonly string[]> {
  if (procedures.length === 0 || (await existing(connection, [lockTable], namespace)).length === 0) return [];
  const lock = (name: string) =>
    `SELECT l.PROCEDURE_NAME AS name FROM ${qualify(lockTable, namespace)} l WHERE l.PROCEDURE_NAME = ${expressions.literal(name)}`;
  const names = new Set<string>();
  for (const name of procedures) {
    if ((await connection.query(lock(name))).length === 0) continue;
    for (let look = 0; look < looks && !names.has(name); look += 1) {
      // One row at a time: the driver may commit before it has fetched several.
      if ((await connection.query(`${lock(name)} FOR UPDATE SKIP LOCKED`)).length === 0) names.add(name);
      await connection.query('COMMIT');
    }
  }
  return procedures.filter((name) => names.has(name));
}

const qualify = (name: string, namespace: string | undefined): string =>
  namespace === undefined
    ? expressions.identifier(name)
    : `${expressions.identifier(namespace)}.${expressions.identifier(name)}`;

/** Takes the lock of a run until the transaction ends, as the run itself does; false if another session holds it. */
export const lockRun: Catalog['lockRun'] = (connection, procedure, namespace, lockTable) =>
  lockRow(connection, qualify(lockTable, namespace), procedure, expressions);

/** Before 23ai no DROP passes over what is not there; PURGE leaves nothing of a table in the recycle bin. */
export function drop({ name, kind, isList = false }: StoredObject, namespace: string | undefined): string {
  const tail = kind === 'table' ? ' CASCADE CONSTRAINTS PURGE' : '';
  const statement = `DROP ${kind.toUpperCase()} ${qualify(name, namespace)}${tail}`;
  return [
    'BEGIN',
    `  EXECUTE IMMEDIATE ${expressions.literal(statement)};`,
    'EXCEPTION',
    '  WHEN OTHERS THEN',
    ...(isList ? listInUse(name) : []),
    '    -- ORA-00942, ORA-04043: it is not there',
    `    ${isList ? 'ELSIF' : 'IF'} SQLCODE NOT IN (-942, -4043) THEN`,
    '      RAISE;',
    '    END IF;',
    'END;',
  ].join('\n');
}

/** Lists are temporary tables: one is in use by a session whose run has not come to its end, or was refused DDL there. */
const listInUse = (name: string): readonly string[] => [
  '    -- ORA-14452: another session has rows in it',
  '    IF SQLCODE = -14452 THEN',
  `      RAISE_APPLICATION_ERROR(-20004, '${name} is in use: close the sessions that ran its procedure, and try again');`,
];

/** Numbers the rows of a backup table, and makes that its key. */
export const addKey = (table: string, column: string, namespace: string | undefined): readonly string[] => [
  `ALTER TABLE ${qualify(table, namespace)} ADD (${column} NUMBER(19) GENERATED ALWAYS AS IDENTITY)`,
  `ALTER TABLE ${qualify(table, namespace)} ADD PRIMARY KEY (RUN_ID, ${column})`,
];

/** Adds or retypes a column of a backup table. */
export function changeColumn({ table, column, change }: ColumnChange, namespace: string | undefined): string {
  const definition = `${expressions.identifier(column.name)} ${expressions.columnType(column)}`;
  return `ALTER TABLE ${qualify(table, namespace)} ${change === 'add' ? 'ADD' : 'MODIFY'} (${definition})`;
}
