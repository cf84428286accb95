import { groupBy } from '../../schema/related-tables.js';
import type { Column } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { expressions } from './expressions.js';

const query = (owner: string, list: string) => `
  SELECT c.TABLE_NAME AS table_name, c.COLUMN_NAME AS name, c.DATA_TYPE AS data_type, c.DATA_LENGTH AS data_length,
    c.CHAR_LENGTH AS char_length, c.CHAR_USED AS char_used, c.DATA_PRECISION AS data_precision, c.DATA_SCALE AS data_scale,
    c.NULLABLE AS nullable, c.VIRTUAL_COLUMN AS is_virtual, c.COLLATION AS collation_name,
    (SELECT MAX(i.GENERATION_TYPE) FROM ALL_TAB_IDENTITY_COLS i
     WHERE i.OWNER = c.OWNER AND i.TABLE_NAME = c.TABLE_NAME AND i.COLUMN_NAME = c.COLUMN_NAME) AS generation
  FROM ALL_TAB_COLS c
  WHERE c.OWNER = ${owner} AND c.HIDDEN_COLUMN = 'NO' AND c.TABLE_NAME IN (${list})
  ORDER BY c.TABLE_NAME, c.COLUMN_ID`;

/** Columns that SELECT * leaves out though somebody made them; the server hides its own, and those that are set unused. */
export const invisibleQuery = (owner: string, list: string) => `
  SELECT c.TABLE_NAME AS table_name, MIN(c.COLUMN_NAME) AS name
  FROM ALL_TAB_COLS c
  WHERE c.OWNER = ${owner} AND c.HIDDEN_COLUMN = 'YES' AND c.USER_GENERATED = 'YES'
    AND SUBSTR(c.COLUMN_NAME, 1, 5) <> 'SYS_C' AND c.TABLE_NAME IN (${list})
  GROUP BY c.TABLE_NAME`;

/** Columns of the tables in a list of literals, in their order. */
export async function readColumns(
  connection: Connection,
  owner: string,
  list: string,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const rows = groupBy(await connection.query(query(owner, list)), (row) => String(row.table_name));
  return new Map([...rows].map(([table, columns]) => [table, columns.map(toColumn)]));
}

function toColumn(row: ResultRow): Column {
  const type = typeOf(row);
  const collation = row.collation_name === null ? '' : String(row.collation_name);
  const isPlain = ['', 'USING_NLS_COMP', 'BINARY'].includes(collation);
  return {
    name: String(row.name),
    type,
    // A collation that calls different texts equal cannot be read by a rule.
    family: isPlain ? expressions.family(type) : 'other',
    nullable: row.nullable === 'Y',
    ...(!isPlain && { collation: { name: collation } }),
    ...(row.is_virtual === 'YES' && { generated: true }),
    ...(row.generation === 'ALWAYS' && { identityAlways: true }),
  };
}

/** The type as CREATE TABLE takes it; a length in bytes goes without saying, as in the vendor's scripts. */
export function typeOf(row: ResultRow): string {
  const type = String(row.data_type);
  const [precision, scale] = [numberOr(row.data_precision), numberOr(row.data_scale)];
  switch (type) {
    case 'VARCHAR2':
    case 'CHAR':
      return row.char_used === 'C' ? `${type}(${row.char_length} CHAR)` : `${type}(${row.data_length})`;
    case 'NVARCHAR2':
    case 'NCHAR':
      return `${type}(${row.char_length})`;
    case 'RAW':
      return `RAW(${row.data_length})`;
    case 'NUMBER':
      if (precision === undefined)
        return scale === undefined ? 'NUMBER' : scale === 0 ? 'INTEGER' : `NUMBER(*,${scale})`;
      return scale === undefined || scale === 0 ? `NUMBER(${precision})` : `NUMBER(${precision},${scale})`;
    case 'FLOAT':
      return precision === undefined ? type : `FLOAT(${precision})`;
    default:
      // TIMESTAMP(6), INTERVAL …, BLOB, CLOB, DATE: the dictionary's word is complete.
      return type;
  }
}

const numberOr = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
