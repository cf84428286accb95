import { groupBy } from '../../schema/related-tables.js';
import type { Column } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { expressions } from './expressions.js';

const query = (list: string) => `
  SELECT c.TABLE_NAME AS table_name, c.COLUMN_NAME AS name, c.COLUMN_TYPE AS type, c.IS_NULLABLE AS nullable,
    COALESCE(c.GENERATION_EXPRESSION, '') <> '' AS is_generated,
    IF(c.COLLATION_NAME = s.DEFAULT_COLLATION_NAME, NULL, c.COLLATION_NAME) AS collation_name, c.CHARACTER_SET_NAME AS character_set
  FROM information_schema.COLUMNS c
  JOIN information_schema.SCHEMATA s ON s.SCHEMA_NAME = c.TABLE_SCHEMA
  WHERE c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME IN (${list})
  ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`;

/** Columns of the tables in a list of literals, in their order. */
export async function readColumns(
  connection: Connection,
  list: string,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const rows = groupBy(await connection.query(query(list)), (row) => String(row.table_name));
  return new Map([...rows].map(([table, columns]) => [table, columns.map(toColumn)]));
}

function toColumn(row: ResultRow): Column {
  const type = String(row.type);
  return {
    name: String(row.name),
    type,
    family: expressions.family(type),
    nullable: row.nullable === 'YES',
    ...(row.collation_name !== null && {
      collation: { characterSet: String(row.character_set), name: String(row.collation_name) },
    }),
    ...(String(row.is_generated) === '1' && { generated: true }),
  };
}
