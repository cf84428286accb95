import type { Connection, ServerFacts } from '../dialect.js';
import { holds, readGrants } from './catalog-grants.js';

const query = `
  SELECT VERSION() AS version_text, CURRENT_USER() AS user_name, DATABASE() AS database_name`;

/** Neither server has all of these, and asking for one that is not there by "@@" is an error. */
const variablesQuery = `
  SHOW GLOBAL VARIABLES WHERE Variable_name IN (
    'version_comment', 'time_zone', 'system_time_zone', 'read_only', 'super_read_only', 'innodb_read_only',
    'transaction_read_only', 'tx_read_only', 'log_bin', 'binlog_format', 'foreign_key_checks')`;

/** What the server says of itself. */
export async function readServer(connection: Connection): Promise<ServerFacts> {
  const [row] = await connection.query(query);
  if (row === undefined) throw new Error('the server said nothing of itself');
  const rows = await connection.query(variablesQuery);
  const variables = new Map(rows.map((one) => [String(one.Variable_name).toLowerCase(), String(one.Value)]));
  const mayWrite = await mayWriteAnyway(connection, variables);
  const readOnly = readOnlyReason(variables, mayWrite);
  const zone = variables.get('time_zone') ?? 'SYSTEM';
  const text = String(row.version_text);
  return {
    product: /mariadb/i.test(text) ? 'MariaDB' : 'MySQL',
    version: /^\d+(\.\d+)*/.exec(text)?.[0] ?? text,
    versionText: `${text} ${variables.get('version_comment') ?? ''}`.trim(),
    timeZone: zone === 'SYSTEM' ? (variables.get('system_time_zone') ?? zone) : zone,
    user: String(row.user_name),
    database: String(row.database_name),
    ...(readOnly !== undefined && { readOnly }),
    ...(isOn(variables, 'read_only') && mayWrite && { overriddenReadOnly: 'read_only is on; it may be a replica' }),
    obstacles: obstaclesOf(variables),
  };
}

type Variables = ReadonlyMap<string, string>;

const isOn = (variables: Variables, name: string): boolean => !['OFF', '0', ''].includes(variables.get(name) ?? 'OFF');

function readOnlyReason(variables: Variables, mayWrite: boolean): string | undefined {
  if (isOn(variables, 'innodb_read_only')) return 'innodb_read_only is on';
  if (isOn(variables, 'super_read_only')) return 'super_read_only is on; it may be a replica';
  if (isOn(variables, 'read_only') && !mayWrite) return 'read_only is on; it may be a replica';
  const name = ['transaction_read_only', 'tx_read_only'].find((one) => isOn(variables, one));
  return name && `${name} is on for every new session`;
}

/** A privileged user writes to a server whose read_only is on; what names the privilege differs by server. */
async function mayWriteAnyway(connection: Connection, variables: Variables): Promise<boolean> {
  if (!isOn(variables, 'read_only')) return true;
  const grants = await readGrants(connection);
  return ['SUPER', 'CONNECTION_ADMIN', 'READ_ONLY ADMIN'].some((privilege) => holds(grants, privilege));
}

function obstaclesOf(variables: Variables): readonly string[] {
  return [
    ...(isOn(variables, 'log_bin') && variables.get('binlog_format') === 'STATEMENT'
      ? ['binlog_format is STATEMENT, with which a replica may delete other rows; it must be ROW or MIXED']
      : []),
    ...(variables.has('foreign_key_checks') && !isOn(variables, 'foreign_key_checks')
      ? ['foreign_key_checks is off globally, so child rows of a deleted row would stay behind']
      : []),
  ];
}

/** How far this server is behind the one that it copies, seconds; undefined: it copies none, or has stopped to. */
export async function replicaLagSeconds(connection: Connection): Promise<number | undefined> {
  const [{ version } = {}] = await connection.query('SELECT VERSION() AS version');
  // Each knows one of the two words; MariaDB tells of all its sources only if it is asked for all.
  const isMariadb = /mariadb/i.test(String(version));
  const rows = await connection.query(isMariadb ? 'SHOW ALL SLAVES STATUS' : 'SHOW REPLICA STATUS');
  const lags = rows.map((row) => row[isMariadb ? 'Seconds_Behind_Master' : 'Seconds_Behind_Source'] ?? null);
  return lags.length === 0 || lags.includes(null) ? undefined : Math.max(...lags.map(Number));
}
