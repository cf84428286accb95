import { groupBy } from '../../schema/related-tables.js';
import type { Column } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { expressions } from './expressions.js';

const query = `
  SELECT c.relname::text AS table_name, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
    NOT a.attnotnull AS nullable, a.attgenerated <> '' AS is_generated, a.attidentity = 'a' AS identity_always,
    (SELECT l.collname::text FROM pg_collation l WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation) AS collation,
    EXISTS (SELECT 1 FROM pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic) AS is_lenient
  FROM pg_attribute a
  JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = ANY ($2) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY table_name, a.attnum`;

/** Columns of the named tables, in their order. */
export async function readColumns(
  connection: Connection,
  namespace: string,
  tables: readonly string[],
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const rows = groupBy(await connection.query(query, [namespace, tables]), (row) => String(row.table_name));
  return new Map([...rows].map(([table, columns]) => [table, columns.map(toColumn)]));
}

function toColumn(row: ResultRow): Column {
  const type = String(row.type);
  return {
    name: String(row.name),
    type,
    // A type of an extension is printed with its namespace when that is not in search_path; a collation that calls
    // different texts equal cannot be read by a rule.
    family: row.is_lenient === true ? 'other' : expressions.family(type.replace(/^\w+\./, '')),
    nullable: row.nullable === true,
    ...(row.collation !== null && { collation: { name: String(row.collation) } }),
    ...(row.is_generated === true && { generated: true }),
    ...(row.identity_always === true && { identityAlways: true }),
  };
}
