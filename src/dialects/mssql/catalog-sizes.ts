import type { Connection, TableSize } from '../dialect.js';
import { toTableSize } from '../table-size.js';
import { expressions } from './expressions.js';

/**
 * Rows and pages that the server counts as it goes; a page has 8 KB. The pages of rows themselves are those of the heap or of
 * the clustered index (index_id 0 or 1), of which the unit of type 1 holds all rows once.
 * https://learn.microsoft.com/en-us/sql/relational-databases/system-catalog-views/sys-allocation-units-transact-sql
 */
const sizesQuery = (list: string) => `
  SELECT s.name, s.row_count, s.bytes, s.data_bytes / NULLIF(s.row_count, 0) AS row_bytes
  FROM (
    SELECT OBJECT_NAME(p.object_id) AS name,
      SUM(CASE WHEN p.index_id IN (0, 1) AND a.type = 1 THEN p.rows ELSE 0 END) AS row_count,
      SUM(CASE WHEN p.index_id IN (0, 1) THEN a.used_pages ELSE 0 END) * 8192 AS data_bytes,
      SUM(a.total_pages) * 8192 AS bytes
    FROM sys.partitions p
    JOIN sys.allocation_units a ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END
    WHERE OBJECT_SCHEMA_NAME(p.object_id) = @p1
      AND OBJECT_NAME(p.object_id) COLLATE Latin1_General_CI_AS IN (${list})
    GROUP BY p.object_id
  ) s
  ORDER BY s.name`;

export async function tableSizes(
  connection: Connection,
  names: readonly string[],
  namespace = 'dbo',
): Promise<readonly TableSize[]> {
  if (names.length === 0) return [];
  const list = names.map((name) => expressions.literal(name)).join(', ');
  return (await connection.query(sizesQuery(list), [namespace])).map((row) => toTableSize(row, { ofPages: true }));
}
