import { findTable } from '../../../src/schema/find.js';
import type { Column, Schema, Table } from '../../../src/schema/types.js';
import type { Database, Row, Value } from '../model/rows.js';
import { formatStamp, parseStamp } from '../model/stamps.js';
import { type DialectFamily, emptyText, quotedName } from './dialect-words.js';
import { type Query, type SessionOptions, withSession } from './session.js';

/** Every value as text, so that no driver has a say in what a number or a stamp is. */
function asText(family: DialectFamily, column: Column): string {
  const name = quotedName(family, column.name);
  if (family === 'mysql') return `CAST(${name} AS CHAR)`;
  if (family === 'mssql') return mssqlText(column, name);
  if (family === 'oracle') return oracleText(column, name);
  if (column.family === 'boolean') return `CASE WHEN ${name} THEN '1' WHEN NOT ${name} THEN '0' END`;
  if (column.family !== 'timestamp') return `CAST(${name} AS text)`;
  // to_char does not depend on the session's DateStyle; it has no word for infinity.
  return `CASE WHEN isfinite(${name}) THEN to_char(${name}, 'YYYY-MM-DD HH24:MI:SS.US') ELSE CAST(${name} AS text) END`;
}

function mssqlText({ type, family }: Column, name: string): string {
  // Style 121 is the ISO form with all the digits that the type keeps.
  if (family === 'timestamp') return `CONVERT(VARCHAR(33), ${name}, 121)`;
  if (family === 'binary') return `CONVERT(VARCHAR(MAX), ${name}, 2)`;
  const text = `CAST(${name} AS NVARCHAR(MAX))`;
  // The blanks that fill up a CHAR are not of the row; the other engines leave them out by themselves.
  return /^n?char\(/i.test(type) ? `RTRIM(${text})` : text;
}

function oracleText({ type, family }: Column, name: string): string {
  if (family === 'timestamp') return `TO_CHAR(${name}, 'YYYY-MM-DD HH24:MI:SS.FF6')`;
  if (family === 'binary') return `RAWTOHEX(DBMS_LOB.SUBSTR(${name}, 2000, 1))`;
  const text = `CAST(${name} AS VARCHAR2(4000))`;
  // The blanks that fill up a CHAR are not of the row.
  return /^n?char\(/i.test(type) ? `RTRIM(${text})` : text;
}

function toValue(family: DialectFamily, column: Column, value: unknown): Value {
  if (value === null || value === undefined) return null;
  const written = String(value);
  if (column.family === 'integer') return BigInt(written);
  if (family === 'oracle' && written === emptyText) return '';
  if (column.family !== 'timestamp') return written;
  // DATETIME2 prints a seventh digit.
  const microseconds = parseStamp(written.replace(/(\.\d{6})0$/, '$1'));
  return microseconds === undefined ? written : formatStamp(microseconds);
}

const keyOf = (table: Table, row: Row): string => {
  const key = table.primaryKey.map((column) => String(row[column.toUpperCase()]));
  // Tables without a key are sorted by all that they hold.
  return JSON.stringify([...key, ...Object.values(row).map(String)]);
};

async function readTable(query: Query, family: DialectFamily, table: Table): Promise<readonly Row[]> {
  const columns = table.columns.map((column, index) => `${asText(family, column)} AS c${index}`).join(', ');
  const found = await query(`SELECT ${columns} FROM ${quotedName(family, table.name)}`);
  const rows = found.map(
    (values): Row =>
      Object.fromEntries(
        table.columns.map((column, index) => [column.name.toUpperCase(), toValue(family, column, values[`c${index}`])]),
      ),
  );
  const sortable = rows.map((row) => [keyOf(table, row), row] as const);
  return sortable.sort(([left], [right]) => (left < right ? -1 : Number(left > right))).map(([, row]) => row);
}

/**
 * Reads tables back into the form that rows are written in, sorted by key, stamps as the application's sessions see
 * them; names that the schema lacks are passed over.
 */
export const readRows = (
  query: Query,
  family: DialectFamily,
  schema: Schema,
  names: readonly string[],
  options: SessionOptions = {},
): Promise<Database> =>
  withSession(query, family, options, async () => {
    const database: Record<string, readonly Row[]> = {};
    for (const name of names) {
      const table = findTable(schema, name);
      if (table) database[table.name.toUpperCase()] = await readTable(query, family, table);
    }
    return database;
  });
