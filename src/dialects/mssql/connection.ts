import type { config as DriverConfig } from 'mssql';
import { ConnectionError, UsageError } from '../../errors.js';
import { decode, readTimeoutMs, readUrlOptions } from '../connection-url.js';
import type { Connection, ConnectionTarget, ResultRow } from '../dialect.js';
import { inTransaction } from '../in-transaction.js';
import { readAuthentication } from './connection-login.js';

/** URL options as the vendor's connection strings name them, without blanks. */
const urlOptions = [
  'encrypt',
  'trustServerCertificate',
  'instanceName',
  'domain',
  'connectTimeout',
  'hostNameInCertificate',
  'multiSubnetFailover',
  'authentication',
  'tenantId',
] as const;

type UrlOption = (typeof urlOptions)[number];

const defaultPort = 1433;

/**
 * Opens a session: encrypted, and with the server's certificate checked, unless the URL says otherwise.
 *
 * @throws UsageError where the URL is wrong, ConnectionError where the server cannot be reached or refuses the login
 */
export async function connect(target: ConnectionTarget): Promise<Connection> {
  const config = driverConfig(target);
  const { default: mssql } = await import('mssql');
  // One connection is one session: a pool that replaced a lost one in silence would lose its locks and settings.
  const opened: { readonly socket?: { destroy(): void } }[] = [];
  const pool = new mssql.ConnectionPool({
    ...config,
    pool: { min: 0, max: 1, idleTimeoutMillis: 2 ** 31 - 1 },
    beforeConnect: (driver) => void opened.push(driver as (typeof opened)[number]),
  });
  pool.on('error', () => undefined);
  const destroy = () => {
    for (const { socket } of opened) socket?.destroy();
    void pool.close().catch(() => undefined);
  };
  try {
    await pool.connect();
    // Only now is there the session that stays: the pool tries the login with one that it throws away.
    await pool.request().batch('SET NOCOUNT ON');
    const first = opened.length;
    let running: { cancel(): void } | undefined;
    const query = async (sql: string, parameters: readonly unknown[] = []): Promise<readonly ResultRow[]> => {
      const request = pool.request();
      running = request;
      for (const [at, value] of parameters.entries()) request.input(`p${at + 1}`, value);
      // A batch runs in the session itself; a query with parameters in a scope of its own, which forgets what is SET.
      const result = await (parameters.length === 0 ? request.batch(sql) : request.query(sql));
      if (opened.length > first) throw new Error('the connection was lost, and with it the session');
      return rowsOf(result);
    };
    // The driver sends an attention signal on the same connection.
    const cancel = async (): Promise<void> => running?.cancel();
    const transaction = <T>(work: () => Promise<T>): Promise<T> =>
      inTransaction(
        query,
        {
          begin: ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'BEGIN TRANSACTION'],
          commit: 'COMMIT TRANSACTION',
          rollback: 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION',
        },
        work,
      );
    return { query, transaction, cancel, close: () => pool.close().catch(() => undefined), destroy };
  } catch (error) {
    destroy();
    throw connectionError(error, config);
  }
}

/** The driver's settings. @throws UsageError that names what is wrong and what is allowed */
export function driverConfig(target: ConnectionTarget): DriverConfig {
  const url = parseUrl(target.url);
  const given = readUrlOptions(url, urlOptions);
  const database = decode(url.pathname.slice(1));
  if (database === '') {
    throw new UsageError('The connection URL names no database.', { next: 'Write it as …host:port/database.' });
  }
  const [user, domain] = splitUser(target.user ?? decode(url.username), given.get('domain'));
  const password = target.password ?? decode(url.password);
  const tenantId = given.get('tenantId');
  const authentication = readAuthentication(given.get('authentication'), { user, password, tenantId });
  if (user === '' && authentication === undefined) {
    throw new UsageError('The connection URL names no user.', {
      next: 'Write it as mssql://user@host/database, with a Windows account as mssql://DOMAIN%5Cuser@host/database, or give --user.',
    });
  }
  const instanceName = given.get('instanceName');
  if (instanceName !== undefined && url.port !== '') {
    throw new UsageError('The connection URL has both a port and an instanceName.', {
      next: 'Give one of them: the SQL Server Browser service tells the port of a named instance.',
    });
  }
  const server = decode(url.hostname.replace(/^\[|\]$/g, '')) || 'localhost';
  const certificateHost = given.get('hostNameInCertificate');
  return {
    server,
    ...(instanceName === undefined && { port: url.port === '' ? defaultPort : Number(url.port) }),
    user,
    password,
    database,
    ...(domain !== undefined && { domain }),
    ...(authentication !== undefined && { authentication }),
    connectionTimeout: readTimeoutMs('connectTimeout', given.get('connectTimeout')) ?? target.connectTimeoutMs,
    // A run ends by its own time budget.
    requestTimeout: 0,
    options: {
      // Strict is TDS 8, which a server can demand.
      encrypt: /^strict$/i.test(given.get('encrypt') ?? '') ? 'strict' : readSwitch(given, 'encrypt', true),
      trustServerCertificate: readSwitch(given, 'trustServerCertificate', false),
      // The listener of an availability group over several subnets: all its addresses are tried at once.
      multiSubnetFailover: readSwitch(given, 'multiSubnetFailover', false),
      ...(instanceName !== undefined && { instanceName }),
      ...(certificateHost !== undefined && { serverName: certificateHost }),
      appName: 'deepclean',
      useUTC: true,
      abortTransactionOnError: true,
    },
  };
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // The parser's own error holds the URL with its password, so it is no cause to pass on.
    throw new UsageError('The connection URL cannot be read.', {
      next: 'Write it as mssql://user@host:port/database, and a special character of the user or password as %XX.',
    });
  }
}

/** A Windows account is written `DOMAIN\user`, as everywhere. */
function splitUser(user: string, domain: string | undefined): readonly [string, string | undefined] {
  const at = user.indexOf('\\');
  return at < 0 ? [user, domain] : [user.slice(at + 1), domain ?? user.slice(0, at)];
}

function readSwitch(given: ReadonlyMap<UrlOption, string>, name: UrlOption, usual: boolean): boolean {
  const text = given.get(name);
  if (text === undefined) return usual;
  if (/^(true|yes|mandatory)$/i.test(text)) return true;
  if (/^(false|no|optional)$/i.test(text)) return false;
  throw new UsageError(`${name}=${text} is not known.`, {
    next: name === 'encrypt' ? 'Allowed are true, false and strict.' : 'Allowed are true and false.',
  });
}

/** Rows of the last result set. */
function rowsOf({ recordsets }: { readonly recordsets: unknown }): readonly ResultRow[] {
  const rows: readonly ResultRow[] = (Array.isArray(recordsets) ? recordsets.at(-1) : undefined) ?? [];
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value instanceof Date ? stampOf(value) : value]),
    ),
  );
}

/** `2024-01-02 03:04:05.678` as the server prints it; what is beyond milliseconds stands in a property of the driver's. */
function stampOf(value: Date & { readonly nanosecondsDelta?: number }): string {
  const finer = Math.round((value.nanosecondsDelta ?? 0) * 1e7);
  const text = value.toISOString().replace('T', ' ').replace('Z', '');
  return finer === 0 ? text : `${text}${String(finer).padStart(4, '0').replace(/0+$/, '')}`;
}

interface Cause {
  readonly codes: RegExp;
  readonly what: string;
  readonly next: string;
}

const causes: readonly Cause[] = [
  {
    codes: /^(18456|18470|18486|18487|18488|18452)$/,
    what: 'The database server refuses the login',
    next: 'Check user and password (--password-file, DEEPCLEAN_PASSWORD or the URL, special characters as %XX), and that the server allows this kind of login.',
  },
  {
    codes: /^EFEDAUTH$/,
    what: 'Entra gives no token for this login',
    next: 'Check authentication, user, password and tenantId, and that the machine or the application may log in.',
  },
  {
    codes: /^(4060|916)$/,
    what: 'The user may not use this database, or there is none of that name',
    next: 'Correct the database in the URL, or have the login mapped to a user of it.',
  },
  {
    codes: /^(EINSTLOOKUP)$/,
    what: 'The named instance cannot be found',
    next: 'Check instanceName, and that the SQL Server Browser service runs and its UDP port 1434 is reachable; or give the port.',
  },
  {
    codes: /^(ESOCKET|ETIMEOUT|ECONNCLOSED|ENOTFOUND|ECONNREFUSED|ECONNRESET)$/,
    what: 'The database server cannot be reached',
    next: 'Check host, port and firewall, that the server is running with TCP enabled, and encrypt and trustServerCertificate in the URL.',
  },
];

const certificate: Cause = {
  codes: /^$/,
  what: 'The encrypted connection (TLS) cannot be established',
  next: 'Have the server use a certificate that this machine trusts (NODE_EXTRA_CA_CERTS names further authorities); trustServerCertificate=true gives up that check.',
};

/** A driver's error on connecting, in plain words; never with the password. */
export function connectionError(error: unknown, config: DriverConfig): ConnectionError {
  const { message, code, number } = factsOf(error);
  const isTls = /certificate|self.signed|SSL|TLS/i.test(message);
  const cause = isTls ? certificate : causes.find(({ codes }) => codes.test(String(number)) || codes.test(code));
  const place = config.options?.instanceName ?? `port ${config.port}`;
  const where = `host ${config.server}, ${place}, database ${config.database}, user ${config.user}`;
  return new ConnectionError(`${cause?.what ?? 'The connection failed'} (${where}): ${message}`, {
    cause: error,
    next: cause?.next ?? 'Check the connection URL and the log of the server.',
  });
}

function factsOf(error: unknown): { readonly message: string; readonly code: string; readonly number: unknown } {
  if (!(error instanceof Error)) return { message: String(error), code: '', number: undefined };
  const inner = 'originalError' in error && error.originalError instanceof Error ? error.originalError : error;
  // What happens at Entra comes as a list, whose first element has the code.
  const [first] = inner instanceof AggregateError ? inner.errors : [error];
  const code = 'code' in first ? String(first.code) : '';
  const message = inner instanceof AggregateError ? inner.errors.map(String).join(' ') : error.message;
  return { message, code, number: 'number' in inner ? inner.number : undefined };
}
