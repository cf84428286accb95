import { groupBy } from '../../schema/related-tables.js';
import type { Column } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { expressions } from './expressions.js';

const query = `
  SELECT c.TABLE_NAME AS table_name, c.COLUMN_NAME AS name, c.DATA_TYPE AS type, c.IS_NULLABLE AS nullable,
    c.CHARACTER_MAXIMUM_LENGTH AS length, c.NUMERIC_PRECISION AS precision, c.NUMERIC_SCALE AS scale,
    c.DATETIME_PRECISION AS fraction,
    NULLIF(c.COLLATION_NAME, CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS VARCHAR(128))) AS collation_name,
    COLUMNPROPERTY(OBJECT_ID(QUOTENAME(c.TABLE_SCHEMA) + '.' + QUOTENAME(c.TABLE_NAME)), c.COLUMN_NAME, 'IsIdentity') AS is_identity,
    COLUMNPROPERTY(OBJECT_ID(QUOTENAME(c.TABLE_SCHEMA) + '.' + QUOTENAME(c.TABLE_NAME)), c.COLUMN_NAME, 'IsComputed') AS is_computed
  FROM INFORMATION_SCHEMA.COLUMNS c
  WHERE c.TABLE_SCHEMA = @p1
  ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`;

/** Columns of all tables of a schema, in their order, by the table's name. */
export async function readColumns(
  connection: Connection,
  namespace: string,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const rows = groupBy(await connection.query(query, [namespace]), (row) => String(row.table_name));
  return new Map([...rows].map(([table, columns]) => [table, columns.map(toColumn)]));
}

function toColumn(row: ResultRow): Column {
  const type = typeOf(row);
  return {
    name: String(row.name),
    type,
    family: expressions.family(type),
    nullable: row.nullable === 'YES',
    ...(row.collation_name !== null && { collation: { name: String(row.collation_name) } }),
    // The server itself fills in a row version.
    ...((Number(row.is_computed) === 1 || type === 'timestamp') && { generated: true }),
    ...(Number(row.is_identity) === 1 && { identityAlways: true }),
  };
}

/** The type as CREATE TABLE has it. */
function typeOf({ type, length, precision, scale, fraction }: ResultRow): string {
  const name = String(type).toLowerCase();
  switch (name) {
    case 'varchar':
    case 'nvarchar':
    case 'char':
    case 'nchar':
    case 'varbinary':
    case 'binary':
      return `${name}(${Number(length) < 0 ? 'max' : length})`;
    case 'decimal':
    case 'numeric':
      return `${name}(${precision},${scale})`;
    case 'datetime2':
    case 'time':
    case 'datetimeoffset':
      return `${name}(${fraction})`;
    default:
      return name;
  }
}
