import type { Connection, TableSize } from '../dialect.js';
import { toTableSize } from '../table-size.js';

/**
 * Rows and widths are those of the last ANALYZE; a row has a header of 24 bytes, and 4 more that lead to it.
 * https://www.postgresql.org/docs/current/storage-page-layout.html
 */
const sizesQuery = `
  SELECT c.relname::text AS name, c.reltuples AS row_count, pg_total_relation_size(c.oid) AS bytes,
    (SELECT 28 + sum(s.avg_width * (1 - s.null_frac)) FROM pg_stats s
     WHERE s.schemaname = n.nspname AND s.tablename = c.relname) AS row_bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND lower(c.relname) = ANY ($2) AND c.relkind = 'r'
  ORDER BY c.relname COLLATE "C"`;

export async function tableSizes(
  connection: Connection,
  names: readonly string[],
  namespace = 'public',
): Promise<readonly TableSize[]> {
  const wanted = names.map((name) => name.toLowerCase());
  return (await connection.query(sizesQuery, [namespace, wanted])).map((row) => toTableSize(row));
}
