import type { Connection, TableSize } from '../dialect.js';
import { toTableSize } from '../table-size.js';
import { expressions } from './expressions.js';
import { ownerOf, storedName } from './owner.js';

/** By the optimizer's statistics; the blocks are those of the table below its high-water mark, without its indexes. */
const sizesQuery = (owner: string, list: string) => `
  SELECT t.TABLE_NAME AS name, t.NUM_ROWS AS row_count, t.AVG_ROW_LEN AS row_bytes, t.BLOCKS * s.BLOCK_SIZE AS bytes
  FROM ALL_TABLES t
  LEFT JOIN USER_TABLESPACES s ON s.TABLESPACE_NAME = t.TABLESPACE_NAME
  WHERE t.OWNER = ${owner} AND t.TABLE_NAME IN (${list})
  ORDER BY t.TABLE_NAME`;

export async function tableSizes(
  connection: Connection,
  names: readonly string[],
  namespace?: string,
): Promise<readonly TableSize[]> {
  if (names.length === 0) return [];
  const list = names.map((name) => expressions.literal(storedName(name))).join(', ');
  return (await connection.query(sizesQuery(ownerOf(namespace), list))).map((row) => toTableSize(row));
}
