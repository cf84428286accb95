import { findTable } from '../../../src/schema/find.js';
import type { Column, Schema, Table } from '../../../src/schema/types.js';
import type { Database, Row, Value } from '../model/rows.js';
import { restrictedTo } from './create-tables.js';
import { type DialectFamily, quotedName, quotedStamp, quotedText, withOwnNumbers } from './dialect-words.js';
import { type Query, type SessionOptions, withSession } from './session.js';

/** Before version 23 Oracle knows no VALUES of several rows. */
const rowsPerStatement = (family: DialectFamily): number => (family === 'oracle' ? 1 : 500);

/** What a column gets that refuses NULL and that the tests know nothing of. */
function filler(family: DialectFamily, column: Column): string {
  if (column.family === 'integer') return '0';
  if (column.family === 'timestamp') return quotedStamp(family, column, '2020-01-01 00:00:00');
  if (column.family === 'boolean') return `'0'`;
  // SQL Server makes no bytes of text by itself, Oracle only of hexadecimal digits.
  if (column.family === 'binary' && family === 'mssql') return '0x';
  return column.family === 'binary' && family === 'oracle' ? `HEXTORAW('00')` : quotedText(family, '');
}

function literal(family: DialectFamily, table: Table, column: Column, value: Value | undefined): string {
  if (value === undefined && !column.nullable) return filler(family, column);
  if (value === undefined || value === null) return 'NULL';
  if (column.family === 'integer') {
    if (typeof value !== 'bigint') throw new Error(`${table.name}.${column.name} wants a whole number, not '${value}'`);
    return String(value);
  }
  if (typeof value !== 'string') throw new Error(`${table.name}.${column.name} wants text, not ${value}`);
  return column.family === 'timestamp' ? quotedStamp(family, column, value) : quotedText(family, value);
}

/** Columns that some row fills, and those that refuse to be left out; the others are NULL by themselves. */
function usedColumns(table: Table, rows: readonly Row[]): readonly Column[] {
  const filled = new Set(rows.flatMap((row) => Object.keys(row)));
  return table.columns.filter((column) => {
    if (column.generated) return false;
    return filled.has(column.name.toUpperCase()) || !column.nullable;
  });
}

function insertStatements(family: DialectFamily, table: Table, rows: readonly Row[]): readonly string[] {
  const columns = usedColumns(table, rows);
  const names = columns.map(({ name }) => quotedName(family, name)).join(', ');
  const head = `INSERT INTO ${quotedName(family, table.name)} (${names}) VALUES`;
  const tuples = rows.map(
    (row) => `(${columns.map((column) => literal(family, table, column, row[column.name.toUpperCase()])).join(', ')})`,
  );
  const size = rowsPerStatement(family);
  return Array.from({ length: Math.ceil(tuples.length / size) }, (_, part) => {
    const slice = tuples.slice(part * size, (part + 1) * size);
    return numbered(family, table, `${head}\n${slice.join(',\n')}`);
  });
}

function numbered(family: DialectFamily, table: Table, insert: string): string {
  const isNumbered = table.columns.some(({ identityAlways }) => identityAlways);
  return isNumbered ? withOwnNumbers(family, quotedName(family, table.name), insert) : insert;
}

/**
 * Puts rows in, parents first, exactly as they are written: stamps keep their wall clock in the zone of
 * `options.sessionTimeZone`. Tables and columns that the schema lacks are passed over. Needs one session, not a pool.
 */
export const insertRows = (
  query: Query,
  family: DialectFamily,
  schema: Schema,
  database: Database,
  options: SessionOptions = {},
): Promise<void> =>
  withSession(query, family, options, async () => {
    for (const table of restrictedTo(schema, Object.keys(database)).tables) {
      const rows = database[table.name.toUpperCase()] ?? [];
      if (rows.length === 0) continue;
      for (const statement of insertStatements(family, table, rows)) await query(statement);
    }
  });

/** Empties the named tables, children first. */
export async function deleteRows(
  query: Query,
  family: DialectFamily,
  schema: Schema,
  names: readonly string[],
): Promise<void> {
  for (const table of [...restrictedTo(schema, names).tables].reverse()) {
    if (findTable(schema, table.name)) await query(`DELETE FROM ${quotedName(family, table.name)}`);
  }
}
