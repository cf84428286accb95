import type { Connection, ServerFacts } from '../dialect.js';

/** The zone is the server's own: this session's may have been set by its client. */
const query = `
  SELECT current_setting('server_version') AS server_version, version() AS version_text,
    (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone') AS time_zone,
    current_user::text AS user_name, current_database()::text AS database_name, current_schema()::text AS namespace,
    pg_is_in_recovery() AS in_recovery, current_setting('transaction_read_only') AS read_only,
    current_setting('session_replication_role') AS replication_role`;

/** What the server says of itself. */
export async function readServer(connection: Connection): Promise<ServerFacts> {
  const [row] = await connection.query(query);
  if (row === undefined) throw new Error('the server said nothing of itself');
  const namespace = row.namespace === null ? undefined : String(row.namespace);
  const readOnly =
    row.in_recovery === true
      ? 'it is a standby in recovery, which takes no writes'
      : row.read_only === 'on'
        ? 'default_transaction_read_only is on for this user, database or server'
        : undefined;
  return {
    product: 'PostgreSQL',
    version: /^\d+(\.\d+)*/.exec(String(row.server_version))?.[0] ?? String(row.server_version),
    versionText: String(row.version_text),
    timeZone: String(row.time_zone),
    user: String(row.user_name),
    database: String(row.database_name),
    ...(namespace !== undefined && { namespace }),
    ...(readOnly !== undefined && { readOnly }),
    obstacles:
      row.replication_role === 'replica'
        ? ['session_replication_role is replica, so foreign keys do nothing in sessions of this user']
        : [],
  };
}

/** What was received and not yet replayed counts from the last transaction that was; a standby that receives nothing has stopped. */
const lagQuery = `
  SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END AS seconds
  WHERE pg_is_in_recovery() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver)`;

/** How far this server is behind the one that it copies, seconds; undefined: it copies none, or has stopped to. */
export async function replicaLagSeconds(connection: Connection): Promise<number | undefined> {
  const [row] = await connection.query(lagQuery);
  return row === undefined || row.seconds === null ? undefined : Number(row.seconds);
}
