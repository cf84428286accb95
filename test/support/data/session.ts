import { type DialectFamily, quotedText } from './dialect-words.js';

/** Runs one statement in one session, as a connection of the product does. */
export type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

export interface SessionOptions {
  /**
   * MySQL only: the zone of the application's sessions, `SYSTEM`, `+05:30` or a name that the server knows; UTC
   * unless told. A TIMESTAMP shows the wall clock that was written only in that zone.
   */
  readonly sessionTimeZone?: string;
  /** Lets children in without their parents; on PostgreSQL only a superuser may. */
  readonly withoutForeignKeys?: boolean;
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** Runs the work in a session that reads and writes values as they are, and leaves the session as it was. */
export async function withSession<T>(
  query: Query,
  family: DialectFamily,
  options: SessionOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (family === 'mssql' || family === 'oracle') {
    return options.withoutForeignKeys ? withoutForeignKeys(query, switches[family], work) : work();
  }
  if (family === 'postgresql') {
    if (!options.withoutForeignKeys) return work();
    await query("SET session_replication_role = 'replica'");
    try {
      return await work();
    } finally {
      await query('RESET session_replication_role');
    }
  }
  const [before] = await query(
    'SELECT @@session.time_zone AS zone, @@session.sql_mode AS mode, @@session.foreign_key_checks AS checks',
  );
  const zone = options.sessionTimeZone === undefined ? "'+00:00'" : quotedText(family, options.sessionTimeZone);
  const checks = options.withoutForeignKeys ? ', foreign_key_checks = 0' : '';
  // Strict, so that nothing is cut off unseen, but with zero dates, which old data has.
  await query(`SET SESSION time_zone = ${zone}, sql_mode = 'STRICT_ALL_TABLES'${checks}`);
  try {
    return await work();
  } finally {
    const [back, mode] = [before?.zone, before?.mode].map((value) => quotedText(family, text(value)));
    await query(`SET SESSION time_zone = ${back}, sql_mode = ${mode}, foreign_key_checks = ${text(before?.checks)}`);
  }
}

/** How the foreign keys of all tables are switched off and on where no session can be without them. */
interface Switches {
  /** The beginning of a statement for each, as `keys`. */
  readonly list: string;
  readonly off: string;
  readonly on: string;
  /** With orphans they can be switched on again, but not be called true. */
  readonly onUnchecked: string;
}

const switches: Readonly<Record<'mssql' | 'oracle', Switches>> = {
  mssql: {
    list: "SELECT DISTINCT 'ALTER TABLE ' + QUOTENAME(OBJECT_SCHEMA_NAME(parent_object_id)) + '.' + QUOTENAME(OBJECT_NAME(parent_object_id)) AS keys FROM sys.foreign_keys",
    off: 'NOCHECK CONSTRAINT ALL',
    on: 'WITH CHECK CHECK CONSTRAINT ALL',
    onUnchecked: 'WITH NOCHECK CHECK CONSTRAINT ALL',
  },
  oracle: {
    list: `SELECT 'ALTER TABLE ' || TABLE_NAME || ' MODIFY CONSTRAINT "' || CONSTRAINT_NAME || '"' AS keys FROM USER_CONSTRAINTS WHERE CONSTRAINT_TYPE = 'R'`,
    off: 'DISABLE',
    on: 'ENABLE',
    onUnchecked: 'ENABLE NOVALIDATE',
  },
};

async function withoutForeignKeys<T>(
  query: Query,
  { list, off, on, onUnchecked }: Switches,
  work: () => Promise<T>,
): Promise<T> {
  const all = await query(list);
  for (const { keys } of all) await query(`${keys} ${off}`);
  try {
    return await work();
  } finally {
    for (const { keys } of all) await query(`${keys} ${on}`).catch(() => query(`${keys} ${onUnchecked}`));
  }
}
