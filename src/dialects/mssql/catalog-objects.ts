import type { ColumnChange, Connection, ObjectKind, ResultRow, StoredObject } from '../dialect.js';
import { expressions } from './expressions.js';

/** Alike in any case, whatever the database's collation: LOWER of a Turkish one makes no i of an I. */
const alike = (name: string): string => `${name} COLLATE Latin1_General_CI_AS`;

const objectsQuery = (where: (name: string) => string) => `
  SELECT TABLE_NAME AS name, CASE TABLE_TYPE WHEN 'VIEW' THEN 'view' ELSE 'table' END AS kind
  FROM INFORMATION_SCHEMA.TABLES
  WHERE TABLE_SCHEMA = @p1 AND ${where('TABLE_NAME')}
  UNION ALL
  SELECT ROUTINE_NAME, 'procedure'
  FROM INFORMATION_SCHEMA.ROUTINES
  WHERE ROUTINE_SCHEMA = @p1 AND ROUTINE_TYPE = 'PROCEDURE' AND ${where('ROUTINE_NAME')}
  ORDER BY 2, 1`;

/** Those of the named objects that exist, named as they were asked for: the server may ignore the case of names. */
export async function existing(
  connection: Connection,
  names: readonly string[],
  namespace = 'dbo',
): Promise<readonly StoredObject[]> {
  if (names.length === 0) return [];
  const list = names.map((name) => expressions.literal(name)).join(', ');
  const rows = await connection.query(
    objectsQuery((name) => `${alike(name)} IN (${list})`),
    [namespace],
  );
  return rows.map((row) => {
    const found = toObject(row);
    const same = (name: string) => name.toLowerCase() === found.name.toLowerCase();
    return { ...found, name: names.find((name) => name === found.name) ?? names.find(same) ?? found.name };
  });
}

/** Objects whose names begin with the prefix, in any case. */
export async function objectsLike(
  connection: Connection,
  prefix: string,
  namespace = 'dbo',
): Promise<readonly StoredObject[]> {
  const literal = expressions.literal(prefix);
  const rows = await connection.query(
    objectsQuery((name) => (prefix === '' ? '1 = 1' : `${alike(`LEFT(${name}, ${prefix.length})`)} = ${literal}`)),
    [namespace],
  );
  return rows.map(toObject);
}

const toObject = (row: ResultRow): StoredObject => ({
  name: String(row.name),
  kind: String(row.kind) as ObjectKind,
});

/** Procedures and functions whose text or comment, as the server keeps it, holds these words. */
export async function routinesMentioning(
  connection: Connection,
  words: string,
  namespace = 'dbo',
): Promise<readonly string[]> {
  const query = `
    SELECT OBJECT_NAME(m.object_id) AS name
    FROM sys.sql_modules m
    JOIN sys.objects o ON o.object_id = m.object_id AND o.type = 'P'
    WHERE OBJECT_SCHEMA_NAME(m.object_id) = @p1 AND CHARINDEX(${expressions.literal(words)}, m.definition) > 0`;
  return (await connection.query(query, [namespace])).map((row) => String(row.name));
}

/** Those of the procedures whose run lock somebody holds. */
export async function running(
  connection: Connection,
  procedures: readonly string[],
  namespace = 'dbo',
): Promise<readonly string[]> {
  if (procedures.length === 0) return [];
  const locks = procedures.map((name) => {
    const resource = lockOf(name, namespace);
    return `SELECT ${expressions.literal(name)} AS name, APPLOCK_TEST('public', ${resource}, 'Exclusive', 'Session') AS free`;
  });
  const rows = await connection.query(locks.join(' UNION ALL '));
  return rows.filter((row) => Number(row.free) === 0).map((row) => String(row.name));
}

/** The application lock that a run holds. */
const lockOf = (procedure: string, namespace: string | undefined): string =>
  expressions.literal(`deepclean ${qualify(procedure, namespace)}`);

/** Takes it until the transaction ends; false if another session holds it. */
export async function lockRun(
  connection: Connection,
  procedure: string,
  namespace: string | undefined,
): Promise<boolean> {
  const [row] = await connection.query(
    `DECLARE @lock NVARCHAR(255) = ${lockOf(procedure, namespace)}, @granted INT;
    EXEC @granted = sys.sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 0;
    SELECT @granted AS granted;`,
  );
  return Number(row?.granted) >= 0;
}

const qualify = (name: string, namespace = 'dbo'): string =>
  `${expressions.identifier(namespace)}.${expressions.identifier(name)}`;

/** The statement that removes an object. */
export function drop({ name, kind }: StoredObject, namespace: string | undefined): string {
  return `DROP ${kind.toUpperCase()} IF EXISTS ${qualify(name, namespace)}`;
}

/** Numbers the rows of a backup table, and makes that its key. */
export const addKey = (table: string, column: string, namespace: string | undefined): readonly string[] => [
  `ALTER TABLE ${qualify(table, namespace)} ADD ${column} BIGINT NOT NULL IDENTITY(1, 1)`,
  // Clustered it is already, by the run.
  `ALTER TABLE ${qualify(table, namespace)} ADD PRIMARY KEY NONCLUSTERED (RUN_ID, ${column})`,
];

/**
 * Adds or retypes a column of a backup table. One of its key can be altered only while there is no key: both is done in one
 * transaction. https://learn.microsoft.com/en-us/sql/t-sql/statements/alter-table-transact-sql#alter-column
 */
export function changeColumn(
  { table, column, change, nullable, key }: ColumnChange,
  namespace: string | undefined,
): string {
  const name = qualify(table, namespace);
  const definition = `${expressions.identifier(column.name)} ${expressions.columnType(column)} ${nullable ? 'NULL' : 'NOT NULL'}`;
  const statement = `ALTER TABLE ${name} ${change === 'add' ? 'ADD' : 'ALTER COLUMN'} ${definition}`;
  if (key === undefined) return statement;
  const object = expressions.literal(name);
  return [
    'SET XACT_ABORT ON;',
    'BEGIN TRANSACTION;',
    `DECLARE @drop NVARCHAR(600) = (SELECT N${expressions.literal(`ALTER TABLE ${name} DROP CONSTRAINT `)} + QUOTENAME(k.name)`,
    `  FROM sys.key_constraints AS k WHERE k.parent_object_id = OBJECT_ID(${object}) AND k.type = 'PK');`,
    'EXEC sys.sp_executesql @drop;',
    `${statement};`,
    `ALTER TABLE ${name} ADD PRIMARY KEY (${key.map((one) => expressions.identifier(one)).join(', ')});`,
    'COMMIT TRANSACTION;',
  ].join('\n');
}
