import type { Connection, Dialect, ResultRow } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { ObjectNames } from '../plan/types.js';
import type { Policy } from '../policy/types.js';
import { databaseError } from '../server/database-error.js';

/** One installed cleanup: where it stands, and in which words to talk to it. */
export interface Place {
  readonly dialect: Dialect;
  /** Namespace of the installed objects, where the database has such. */
  readonly namespace?: string;
  readonly names: ObjectNames;
  readonly policy: Policy;
}

/** An object's name as it stands in SQL. */
export function qualified({ dialect, namespace }: Pick<Place, 'dialect' | 'namespace'>, name: string): string {
  return sqlName(dialect, name, namespace);
}

/** A support table's column as it stands in SQL, with its alias where one is given. */
export function column({ dialect }: Place, name: string, table?: string): string {
  const sql = supportColumn(dialect, name);
  return table === undefined ? sql : `${table}.${sql}`;
}

/** Columns for a SELECT that come back under the same lower-case names from every database. */
export function columns(place: Place, names: readonly string[], table?: string): string {
  return names
    .map((name) => `${column(place, name, table)} AS ${place.dialect.expressions.identifier(name)}`)
    .join(', ');
}

/** Words as literals, for IN. */
export const literals = ({ dialect }: Place, words: readonly string[]): string =>
  words.map((word) => dialect.expressions.literal(word)).join(', ');

/** Runs a statement; what it compares with may be handed over beside it. @throws ConnectionError, DatabaseError */
export async function ask(
  connection: Connection,
  { dialect }: Pick<Place, 'dialect'>,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<readonly ResultRow[]> {
  try {
    return await (parameters.length === 0 ? connection.query(sql) : connection.query(sql, parameters));
  } catch (error) {
    throw databaseError(error, dialect);
  }
}

/** A counter; the log keeps none beyond 2^53. */
export const numberOf = (value: unknown): number => Number(value ?? 0);

/** A text, or undefined for NULL. */
export const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

/** A stamp of the log, which is in UTC, as ISO 8601. */
export function utcOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : `${text.replace(' ', 'T').replace(/\.0*$/, '')}Z`;
}
