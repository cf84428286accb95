import type { Connection, TableSize } from '../dialect.js';
import { toTableSize } from '../table-size.js';
import { expressions } from './expressions.js';

/** The server's estimates: MySQL keeps them for a day (information_schema_stats_expiry). */
const sizesQuery = (list: string) => `
  SELECT TABLE_NAME AS name, TABLE_ROWS AS row_count, AVG_ROW_LENGTH AS row_bytes, DATA_LENGTH + INDEX_LENGTH AS bytes
  FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND LOWER(TABLE_NAME) IN (${list})
  ORDER BY TABLE_NAME`;

export async function tableSizes(connection: Connection, names: readonly string[]): Promise<readonly TableSize[]> {
  if (names.length === 0) return [];
  const list = names.map((name) => expressions.literal(name.toLowerCase())).join(', ');
  return (await connection.query(sizesQuery(list))).map((row) => toTableSize(row, { ofPages: true }));
}
