import type { ColumnChange, Connection, ObjectKind, ResultRow, StoredObject } from '../dialect.js';
import { expressions } from './expressions.js';
import { ownerOf, storedName } from './owner.js';

/** Procedures share one space of names with tables and views, and so do functions and packages. */
const objectsQuery = (owner: string, where: string) => `
  SELECT o.OBJECT_NAME AS name,
    CASE o.OBJECT_TYPE WHEN 'TABLE' THEN 'table' WHEN 'VIEW' THEN 'view' WHEN 'MATERIALIZED VIEW' THEN 'view' ELSE 'procedure' END AS kind
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
    WHERE s.OWNER = ${ownerOf(namespace)} AND s.TYPE = 'PROCEDURE' AND INSTR(s.TEXT, ${expressions.literal(words)}) > 0`;
  return (await connection.query(query)).map((row) => String(row.name));
}

/**
 * A run that is going on is in the log, under the session that does it; whether that session lives, only PL/SQL can ask.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/arpls/DBMS_SESSION.html
 */
const runningQuery = (logs: readonly string[], list: string) => `
  WITH
    FUNCTION IS_ALIVE(p_session VARCHAR2) RETURN NUMBER IS
    BEGIN
      RETURN CASE WHEN DBMS_SESSION.IS_SESSION_ALIVE(p_session) THEN 1 ELSE 0 END;
    END IS_ALIVE;
  SELECT DISTINCT r.PROCEDURE_NAME AS name
  FROM (${logs.map((log) => `SELECT PROCEDURE_NAME, SESSION_ID, STATUS FROM ${log}`).join(' UNION ALL ')}) r
  WHERE r.STATUS = 'running' AND r.PROCEDURE_NAME IN (${list}) AND IS_ALIVE(r.SESSION_ID) = 1`;

/** Tables with the columns of the run log, whatever prefix they were installed with. */
const logsQuery = (owner: string) => `
  SELECT c.TABLE_NAME AS name
  FROM ALL_TAB_COLUMNS c
  WHERE c.OWNER = ${owner} AND c.COLUMN_NAME IN ('RUN_ID', 'PROCEDURE_NAME', 'SESSION_ID', 'STATUS', 'WHY_STOPPED')
  GROUP BY c.TABLE_NAME
  HAVING COUNT(*) = 5`;

/** Those of the procedures that run in a session that lives. */
export async function running(
  connection: Connection,
  procedures: readonly string[],
  namespace: string | undefined,
): Promise<readonly string[]> {
  if (procedures.length === 0) return [];
  const found = await connection.query(logsQuery(ownerOf(namespace)));
  const logs = found.map(({ name }) => qualify(String(name), namespace));
  if (logs.length === 0) return [];
  const rows = await connection.query(runningQuery(logs, procedures.map(expressions.literal).join(', ')));
  return rows.map((row) => String(row.name));
}

const qualify = (name: string, namespace: string | undefined): string =>
  namespace === undefined
    ? expressions.identifier(name)
    : `${expressions.identifier(namespace)}.${expressions.identifier(name)}`;

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
