import type { Client, ClientConfig } from 'pg';
import { ConnectionError, UsageError } from '../../errors.js';
import { keepAliveMs, readTimeoutMs } from '../connection-url.js';
import type { Connection, ConnectionTarget, ResultRow } from '../dialect.js';
import { inTransaction } from '../in-transaction.js';
import { type TlsWords, tlsTrouble } from '../tls-trouble.js';
import { type CancelTarget, cancelQuery } from './cancel.js';
import { readSettings, type Settings } from './connection-settings.js';
import { readSslMode, type SslMode, tlsOptions } from './connection-tls.js';
import { passwordInFile } from './password-file.js';

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

/** What `target_session_attrs` may ask of a server. A standby cannot be cleaned. */
const sessionKinds = ['any', 'read-write', 'primary'] as const;

type SessionKind = (typeof sessionKinds)[number];

const askKind = "SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS closed";

/** One host of the URL. */
interface Attempt {
  readonly config: ClientConfig;
  readonly mode: SslMode;
}

/**
 * Opens a session at the first host that can be used. Without an `sslmode` it is encrypted and verified; on this machine
 * it is encrypted if the server offers it.
 *
 * @throws UsageError where the URL is wrong, ConnectionError where no server can be reached, or one refuses the login
 */
export async function connect(target: ConnectionTarget): Promise<Connection> {
  const { attempts, wanted } = await readTarget(target);
  const failures: ConnectionError[] = [];
  for (const attempt of attempts) {
    try {
      return await openWanted(attempt, wanted);
    } catch (error) {
      // A wrong password is not tried everywhere: the account could be locked for it.
      if (!(error instanceof ConnectionError) || codeOf(error.cause).startsWith('28')) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first !== undefined && failures.length === 1) throw first;
  const list = failures.map(({ message }) => `\n- ${message}`).join('');
  throw new ConnectionError(`None of the ${failures.length} hosts can be used:${list}`, {
    cause: first,
    next: first?.next ?? 'Check the hosts in the URL.',
  });
}

async function openWanted({ config, mode }: Attempt, wanted: SessionKind): Promise<Connection> {
  const connection = await openOnce(config, mode);
  if (wanted === 'any') return connection;
  const [row] = await connection.query(askKind).catch((error: unknown) => {
    connection.destroy();
    throw connectionError(error, config);
  });
  if (wanted === 'primary' ? row?.standby === false : row?.closed === false) return connection;
  await connection.close();
  const what = row?.standby === true ? 'a standby' : 'read only';
  throw new ConnectionError(`The server is ${what}, and target_session_attrs=${wanted} (${placeOf(config)})`, {
    next: 'Add the host of the primary to the URL, with a comma before it.',
  });
}

async function openOnce(config: ClientConfig, mode: SslMode): Promise<Connection> {
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

/** The driver's settings, host by host; reads the certificate files. @throws UsageError that names what is wrong and what is allowed */
export async function readTarget(
  target: ConnectionTarget,
): Promise<{ readonly attempts: readonly Attempt[]; readonly wanted: SessionKind }> {
  const settings = await readSettings(target.url);
  const text = settings.get('target_session_attrs') ?? 'any';
  const wanted = sessionKinds.find((one) => one === text);
  if (wanted === undefined) {
    const next = `Allowed are ${sessionKinds.join(', ')}.`;
    throw new UsageError(`target_session_attrs=${text} is not known.`, { next });
  }
  const attempts = placesIn(settings).map(({ host, port }) => {
    const mode = readSslMode(settings, host);
    return { mode, config: driverConfig(target, settings, { host, port, ssl: tlsOptions(mode, settings) }) };
  });
  return { attempts, wanted };
}

function driverConfig(
  target: ConnectionTarget,
  settings: Settings,
  place: { readonly host: string; readonly port: number; readonly ssl: NonNullable<ClientConfig['ssl']> },
): ClientConfig {
  const user = target.user || settings.get('user') || process.env.USER || 'postgres';
  const database = settings.get('dbname') ?? user;
  const options = settings.get('options');
  return {
    ...place,
    user,
    // The driver asks for that of the file only if the server does; contrary to its type, there may be none.
    password:
      target.password ||
      (settings.get('password') ??
        (async () => passwordInFile({ ...place, user, database }, settings.get('passfile')) as string)),
    database,
    ...(options === undefined ? {} : { options }),
    application_name: settings.get('application_name') ?? 'deepclean',
    connectionTimeoutMillis:
      readTimeoutMs('connect_timeout', settings.get('connect_timeout')) ?? target.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    enableChannelBinding: ['prefer', 'require'].includes(settings.get('channel_binding') ?? ''),
  };
}

/** A port for each host, or one for all. @throws UsageError */
function placesIn(settings: Settings): readonly { readonly host: string; readonly port: number }[] {
  const hosts = (settings.get('host') ?? '').split(',');
  const ports = (settings.get('port') ?? '').split(',');
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw new UsageError(`The URL has ${hosts.length} hosts and ${ports.length} ports.`, {
      next: 'Give each host its port, or all of them one.',
    });
  }
  const portAt = (at: number) => readPort((ports.length === 1 ? ports[0] : ports[at]) || '5432');
  return hosts.map((host, at) => ({ host: host || 'localhost', port: portAt(at) }));
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
  const connection: Connection = {
    async query(sql, parameters) {
      if (lost !== undefined) throw lost;
      const answer = parameters === undefined ? client.query(sql) : client.query(sql, [...parameters]);
      running = answer.catch(() => undefined);
      const result = await answer;
      // Several statements in one text answer with a list; a contract of one statement has one.
      const last: { readonly rows?: readonly ResultRow[] } | undefined = Array.isArray(result) ? result.at(-1) : result;
      return last?.rows ?? [];
    },
    transaction: (work) =>
      inTransaction(
        (sql) => connection.query(sql),
        { begin: ['BEGIN ISOLATION LEVEL READ COMMITTED'], commit: 'COMMIT', rollback: 'ROLLBACK' },
        work,
      ),
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
  return connection;
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
    next: 'Check sslmode, sslrootcert, sslcert and sslkey in the URL or the environment.',
  },
  {
    signs:
      /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|ENOENT|EACCES)$|timeout|terminated/,
    what: 'The database server cannot be reached',
    next: 'Check host, port and firewall, and that the server is running.',
  },
];

const tlsWords: TlsWords = {
  authority: 'sslrootcert=ca.pem',
  anyName: 'sslmode=verify-ca',
  unverified: 'sslmode=require',
  off: 'sslmode=disable',
};

const placeOf = ({ host, port, database, user }: ClientConfig): string =>
  `host ${host}, port ${port}, database ${database}, user ${user}`;

/** A driver's error on connecting, in plain words; never with the password. What is wrong with a file passes through. */
export function connectionError(error: unknown, config: ClientConfig): ConnectionError | UsageError {
  if (error instanceof UsageError) return error;
  const code = codeOf(error);
  const cause =
    tlsTrouble(`${code} ${messageOf(error)}`, tlsWords) ??
    causes.find(({ signs }) => signs.test(code)) ??
    causes.find(({ signs }) => signs.test(messageOf(error)));
  const detail = messageOf(error) || code || 'no further details';
  return new ConnectionError(`${cause?.what ?? 'The connection failed'} (${placeOf(config)}): ${detail}`, {
    cause: error,
    next: cause?.next ?? 'Check the connection URL and the log of the server.',
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
