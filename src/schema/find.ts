import type { Column, Schema, Table } from './types.js';

const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** The table of that name, whatever its case; an exact match wins. */
export function findTable(schema: Schema, name: string): Table | undefined {
  return (
    schema.tables.find((table) => table.name === name) ?? schema.tables.find((table) => sameName(table.name, name))
  );
}

/** The column of that name, whatever its case. */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name) ?? table.columns.find((c) => sameName(c.name, name));
}
