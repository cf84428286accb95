import type { Connection, ServerFacts } from '../dialect.js';

const query = `
  SELECT CAST(SERVERPROPERTY('ProductVersion') AS VARCHAR(40)) AS version, @@VERSION AS version_text,
    CAST(SERVERPROPERTY('Edition') AS VARCHAR(80)) AS edition, CAST(SERVERPROPERTY('EngineEdition') AS INT) AS engine_edition, SUSER_SNAME() AS user_name, DB_NAME() AS database_name,
    SCHEMA_NAME() AS namespace, CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS VARCHAR(20)) AS updateability,
    DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS minutes_ahead`;

/**
 * Azure SQL Database and Managed Instance: newer than any release, though they call themselves 12.0.2000.8.
 * https://learn.microsoft.com/en-us/sql/t-sql/functions/serverproperty-transact-sql
 */
const evergreen = [5, 8];

/** What the server says of itself. */
export async function readServer(connection: Connection): Promise<ServerFacts> {
  const [row] = await connection.query(query);
  if (row === undefined) throw new Error('the server said nothing of itself');
  const namespace = row.namespace === null ? undefined : String(row.namespace);
  return {
    product: 'SQL Server',
    version: String(row.version),
    ...(evergreen.includes(Number(row.engine_edition)) && { evergreen: true }),
    versionText: `${String(row.version_text).split('\n')[0]} ${row.edition}`.trim(),
    timeZone: offsetOf(Number(row.minutes_ahead)),
    user: String(row.user_name),
    database: String(row.database_name),
    ...(namespace !== undefined && { namespace }),
    ...(row.updateability === 'READ_ONLY' && {
      readOnly: 'the database is read-only; it may be a secondary replica or a snapshot',
    }),
    obstacles: [],
  };
}

/** The server knows its zone by the distance to UTC alone. */
function offsetOf(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
