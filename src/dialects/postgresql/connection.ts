import { readFileSync } from 'node:fs';
import type { Client, ClientConfig } from 'pg';
import { ConnectionError, UsageError } from '../../errors.js';
import { readTimeoutMs } from '../connection-url.js';
import type { Connection, ConnectionTarget, ResultRow } from '../dialect.js';
import { type CancelTarget, cancelQuery } from './cancel.js';

/** URL options as libpq names them. */
const urlOptions = [
  ...[
    'host',
    'port',
    'user',
    'password',
    'dbname',
    'connect_timeout',
    'options',
    'application_name',
    'channel_binding',
  ],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey'],
];
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

type SslMode = (typeof sslModes)[number];

/** How long a graceful goodbye may take, milliseconds. */
const goodbyeMs = 5000;

/** Types that the driver would turn into Date, or into objects: their text is exact. */
const textTypes = new Set([
  ...[20, 1700], // int8, numeric
  ...[1082, 1083, 1114, 1184, 1186, 1266], // date, time, timestamp, timestamptz, interval, timetz
  ...[1016, 1231, 1115, 1182, 1185, 1187], // arrays of these
]);

const nameArray = 1003;
const textArray = 1009;

/**
 * Opens a session. Without an `sslmode` it is encrypted where the server offers it, as libpq does.
 *
 * @throws UsageError where the URL is wrong, ConnectionError where the server cannot be reached or refuses the login
 */
export async function connect(target: ConnectionTarget): Promise<Connection> {
  const { config, mode } = await driverConfig(target);
  try {
    return await open(config);
  } catch (error) {
    if (mode !== 'prefer' || !/does not support SSL/.test(messageOf(error))) throw connectionError(error, config);
  }
  try {
    return await open({ ...config, ssl: false });
  } catch (error) {
    throw connectionError(error, config);
  }
}

/** What the driver is told; reads the certificate files. @throws UsageError that names what is wrong and what is allowed */
export async function driverConfig(
  target: ConnectionTarget,
): Promise<{ readonly config: ClientConfig; readonly mode: SslMode }> {
  const [base = '', query = ''] = target.url.split(/\?(.*)/s);
  const given = new URLSearchParams(query);
  const unknown = [...given.keys()].filter((name) => !urlOptions.includes(name));
  if (unknown.length > 0) {
    const next = `Allowed are ${urlOptions.join(', ')}.`;
    throw new UsageError(`The connection URL has options that are not known: ${unknown.join(', ')}.`, { next });
  }
  const address = await parseAddress(base, given);
  const host = address.host || process.env.PGHOST || 'localhost';
  const user = target.user || address.user || process.env.PGUSER || process.env.USER || 'postgres';
  const mode = readMode(given, host.startsWith('/'));
  const password = target.password ?? (given.get('password') || address.password);
  const options = given.get('options');
  const config: ClientConfig = {
    host,
    port: readPort(given.get('port') || address.port || process.env.PGPORT || '5432'),
    user,
    ...(password ? { password } : {}),
    database: given.get('dbname') || address.database || process.env.PGDATABASE || user,
    ...(options === null ? {} : { options }),
    application_name: given.get('application_name') || 'deepclean',
    connectionTimeoutMillis: readTimeoutMs('connect_timeout', given.get('connect_timeout')) ?? target.connectTimeoutMs,
    keepAlive: true,
    enableChannelBinding: ['prefer', 'require'].includes(given.get('channel_binding') ?? ''),
    ssl: mode === 'disable' || mode === 'allow' ? false : tlsOptions(mode, given),
  };
  return { config, mode };
}

/** Host, port, user and database; the rest is read here, since the parser follows sslmode in a way of its own. */
async function parseAddress(base: string, given: URLSearchParams) {
  const { parse } = await import('pg-connection-string');
  const kept = new URLSearchParams([...given].filter(([name]) => name === 'host' || name === 'user'));
  try {
    return parse(`${base}?${kept}`);
  } catch {
    // The parser's own error may hold the URL with its password, so it is no cause to pass on.
    const next =
      'Write it as scheme://user@host:port/database, and a special character of the user or password as %XX.';
    throw new UsageError('The connection URL cannot be read.', { next });
  }
}

function readMode(given: URLSearchParams, local: boolean): SslMode {
  const text = given.get('sslmode');
  // A certificate authority is given in order to be checked; a socket never leaves the machine.
  if (local) return 'disable';
  if (text === null) return given.has('sslrootcert') ? 'verify-ca' : 'prefer';
  const mode = sslModes.find((one) => one === text);
  if (mode === undefined)
    throw new UsageError(`sslmode=${text} is not known.`, { next: `Allowed are ${sslModes.join(', ')}.` });
  return mode === 'require' && given.has('sslrootcert') ? 'verify-ca' : mode;
}

function tlsOptions(mode: SslMode, given: URLSearchParams): Exclude<ClientConfig['ssl'], boolean | undefined> {
  const files = { ca: given.get('sslrootcert'), cert: given.get('sslcert'), key: given.get('sslkey') };
  const read = Object.entries(files).flatMap(([name, file]) =>
    // libpq's word for the certificates that come with the system.
    file === null || (name === 'ca' && file === 'system') ? [] : [[name, readPem(file)]],
  );
  return {
    ...Object.fromEntries(read),
    rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const next = 'Check sslrootcert, sslcert and sslkey in the URL, and the permissions of the file.';
    throw new UsageError(`The certificate or key file ${file} cannot be read.`, { cause, next });
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError(`The port ${text} is not allowed.`, { next: 'It is a whole number from 1 to 65535.' });
}

async function open(config: ClientConfig): Promise<Connection> {
  const { default: pg } = await import('pg');
  const asText = (text: unknown): unknown => text;
  // For this client alone: the driver's own table of types is shared by the whole process.
  const getTypeParser = ((oid: number, format?: 'text') =>
    // The driver knows lists of text, but not the lists of names that catalogs are made of.
    textTypes.has(oid)
      ? asText
      : pg.types.getTypeParser(oid === nameArray ? textArray : oid, format)) as typeof pg.types.getTypeParser;
  const client = new pg.Client({ ...config, types: { getTypeParser } });
  const connection = session(client);
  try {
    await client.connect();
    // Whatever the defaults of the role or the database: a cleanup ends by its own time budget.
    await client.query('SET statement_timeout = 0');
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return connection;
}

function session(client: Client): Connection {
  const destroy = () => void socketOf(client).destroy();
  // An idle session that the server ends must not end the process; the next query reports why.
  let lost: unknown;
  client.on('error', (error) => {
    lost ??= error;
  });
  let running: Promise<unknown> = Promise.resolve();
  return {
    async query(sql, parameters) {
      if (lost !== undefined) throw lost;
      const answer = parameters === undefined ? client.query(sql) : client.query(sql, [...parameters]);
      running = answer.catch(() => undefined);
      const result = await answer;
      // Several statements in one text answer with a list; a contract of one statement has one.
      const last: { readonly rows?: readonly ResultRow[] } | undefined = Array.isArray(result) ? result.at(-1) : result;
      return last?.rows ?? [];
    },
    // The driver keeps the session's number and key, which its types do not show.
    cancel: () => cancelQuery(client as unknown as CancelTarget),
    async close() {
      const giveUp = setTimeout(destroy, goodbyeMs);
      // The driver's goodbye would cut a running query off.
      await running;
      await client.end().catch(destroy);
      clearTimeout(giveUp);
    },
    destroy,
  };
}

/** The driver's end() waits for the server; the socket does not. It is replaced when TLS begins. */
const socketOf = (client: Client): { destroy(): unknown } =>
  (client as unknown as { readonly connection: { readonly stream: { destroy(): unknown } } }).connection.stream;

interface Cause {
  /** Codes of the server or of Node, or words of the driver where it gives no code. */
  readonly signs: RegExp;
  readonly what: string;
  readonly next: string;
}

const causes: readonly Cause[] = [
  {
    signs: /^(28P01|28000)$|client password must be/,
    what: 'The database server refuses the login: wrong user or password, or not allowed from this host',
    next: 'Give the password in a file (--password-file), in DEEPCLEAN_PASSWORD or in the URL, special characters as %XX; else check pg_hba.conf.',
  },
  { signs: /^3D000$/, what: 'There is no such database', next: 'Correct the database in the URL; case matters.' },
  {
    signs: /^42501$/,
    what: 'The user may not use this database',
    next: 'Correct the database in the URL, or have the user granted CONNECT on it.',
  },
  {
    signs: /^53300$/,
    what: 'The database server has too many connections',
    next: 'Try again later, or have max_connections or the limit of the user or database raised.',
  },
  {
    signs: /^57P0[123]$/,
    what: 'The database server is starting up or shutting down',
    next: 'Try again in a moment.',
  },
  {
    signs: /^(EPROTO|ERR_(SSL|TLS|OSSL)\w*|\w*CERT\w*|UNABLE_TO_\w+)$|\bSSL\b/,
    what: 'The encrypted connection (TLS) cannot be established',
    next: 'Check sslmode, sslrootcert, sslcert and sslkey in the URL.',
  },
  {
    signs:
      /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|ENOENT|EACCES)$|timeout|terminated/,
    what: 'The database server cannot be reached',
    next: 'Check host, port and firewall, and that the server is running.',
  },
];

/** A driver's error on connecting, in plain words; never with the password. */
export function connectionError(error: unknown, config: ClientConfig): ConnectionError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const cause =
    causes.find(({ signs }) => signs.test(code)) ?? causes.find(({ signs }) => signs.test(messageOf(error)));
  const where = `host ${config.host}, port ${config.port}, database ${config.database}, user ${config.user}`;
  const detail = messageOf(error) || code || 'no further details';
  return new ConnectionError(`${cause?.what ?? 'The connection failed'} (${where}): ${detail}`, {
    cause: error,
    next: cause?.next ?? 'Check the connection URL and the log of the server.',
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');
