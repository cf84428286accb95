import type { Connection, Dialect, ResultRow, TableSize } from './dialect.js';

/** Below this a page that is hardly filled would count as the length of a row. */
const fewRows = 1000;

/** A row of name, row_count, row_bytes and bytes, of which NULL and what is below zero mean that the server does not know. */
export function toTableSize(
  { name, row_count, row_bytes, bytes }: ResultRow,
  { ofPages = false }: { readonly ofPages?: boolean } = {},
): TableSize {
  const [rows, length = 0, all] = [row_count, row_bytes, bytes].map(known);
  const isKnown = length > 0 && !(ofPages && (rows ?? 0) < fewRows);
  return {
    table: String(name),
    ...(rows !== undefined && { rows }),
    ...(isKnown && { rowBytes: length, ...(ofPages && { rowBytesOfPages: true as const }) }),
    ...(all !== undefined && { bytes: all }),
  };
}

const known = (value: unknown): number | undefined => {
  const number = value === null || value === undefined ? Number.NaN : Math.round(Number(value));
  return number >= 0 ? number : undefined;
};

/** Sizes of tables; or why they are not known, in a sentence, where what else is told must not depend on them. */
export async function sizesIfKnown(
  connection: Connection,
  { catalog }: Dialect,
  names: readonly string[],
  namespace: string | undefined,
): Promise<readonly TableSize[] | string> {
  try {
    return await catalog.tableSizes(connection, names, namespace);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `The server does not say how large the tables are: ${error.message}`;
  }
}
