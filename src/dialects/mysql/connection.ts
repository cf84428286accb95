import type { Socket } from 'node:net';
import type { ConnectionOptions, Connection as Driver } from 'mysql2/promise';
import { ConnectionError, UsageError } from '../../errors.js';
import { decode, keepAliveMs, readTimeoutMs, readUrlOptions } from '../connection-url.js';
import type { Connection, ConnectionTarget, ResultRow } from '../dialect.js';
import { inTransaction } from '../in-transaction.js';
import { type TlsWords, tlsTrouble } from '../tls-trouble.js';
import { readClientFile } from './client-file.js';
import { readSslMode, type SslMode, tlsOptions } from './connection-tls.js';
import { signScramble } from './ed25519.js';

/** URL options as the vendors' clients name them; `sslMode` and `ssl_mode` are taken for `ssl-mode`. */
const urlOptions = [
  ...(['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key'] as const),
  ...(['socket', 'connect-timeout', 'defaults-file'] as const),
] as const;

/** How long a graceful goodbye may take, milliseconds. */
const goodbyeMs = 5000;

/**
 * Opens a session. Without an `ssl-mode` it is encrypted and verified; on this machine it is encrypted if the server
 * offers it.
 *
 * @throws UsageError where the URL is wrong, ConnectionError where the server cannot be reached or refuses the login
 */
export async function connect(target: ConnectionTarget): Promise<Connection> {
  const { options, mode } = driverOptions(target);
  const { createConnection } = await import('mysql2/promise');
  try {
    return await open(() => createConnection(options));
  } catch (error) {
    if (mode !== 'PREFERRED' || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw connectionError(error, options);
  }
  const { ssl: _, ...plain } = options;
  try {
    return await open(() => createConnection(plain));
  } catch (error) {
    throw connectionError(error, options);
  }
}

/** The driver's settings; reads the option file and the certificates. @throws UsageError that names what is wrong */
export function driverOptions(target: ConnectionTarget): {
  readonly options: ConnectionOptions;
  readonly mode: SslMode;
  /** Where the certificates are, by the names of the vendors' options. */
  readonly files: Readonly<Record<string, string>>;
} {
  const url = parseUrl(target.url);
  const given = readUrlOptions(url, urlOptions);
  const database = decode(url.pathname.slice(1));
  if (database === '') {
    throw new UsageError('The connection URL names no database.', { next: 'Write it as …host:port/database.' });
  }
  const file = readClientFile(given.get('defaults-file'));
  const host = decode(url.hostname.replace(/^\[|\]$/g, '')) || 'localhost';
  const socketPath = given.get('socket');
  const request = { given, file, host, isSocket: socketPath !== undefined };
  const mode = readSslMode(request);
  const ssl = tlsOptions(mode, request);
  const user = target.user || decode(url.username) || file.get('user') || process.env.USER || '';
  const password = target.password || decode(url.password) || file.get('password') || '';
  const options: ConnectionOptions = {
    host,
    port: url.port === '' ? 3306 : Number(url.port),
    ...(socketPath === undefined ? {} : { socketPath }),
    user,
    ...(password === '' ? {} : { password }),
    database,
    ...(ssl ? { ssl } : {}),
    connectTimeout: readTimeoutMs('connect-timeout', given.get('connect-timeout')) ?? target.connectTimeoutMs,
    authPlugins: { client_ed25519: () => (scramble) => signScramble(password, scramble.subarray(0, 32)) },
    enableKeepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    multipleStatements: false,
    // The server stores IGNORE_SPACE with every procedure, and FOUND_ROWS changes what ROW_COUNT() means in one.
    flags: ['-IGNORE_SPACE', '-FOUND_ROWS', '-LOCAL_FILES'],
  };
  const files = (['ssl-ca', 'ssl-cert', 'ssl-key'] as const).flatMap((name) => {
    const path = given.get(name) ?? (name === 'ssl-ca' ? file.get(name) : undefined);
    return path === undefined ? [] : [[name, path]];
  });
  return { options, mode, files: Object.fromEntries(files) };
}

function parseUrl(text: string): URL {
  // A URL with a user but no host, as one with a socket has, is refused by the parser.
  const hosted = text.split('@').length === 2 ? text.replace('@/', '@localhost/') : text;
  try {
    return new URL(hosted);
  } catch {
    // The parser's own error holds the URL with its password, so it is no cause to pass on.
    const next =
      'Write it as scheme://user@host:port/database, and a special character of the user or password as %XX.';
    throw new UsageError('The connection URL cannot be read.', { next });
  }
}

/** Those that the installed procedures have, too. */
const sqlModes = ['STRICT_TRANS_TABLES', 'NO_AUTO_VALUE_ON_ZERO', 'NO_ENGINE_SUBSTITUTION', 'ALLOW_INVALID_DATES'];

async function open(create: () => Promise<Driver>): Promise<Connection> {
  const connection = session(await create(), create);
  // Whatever the server's defaults: a cleanup ends by its own time budget, and a row with a zero date can be copied. Only
  // MariaDB reads what stands in /*M! … */.
  await connection.query(
    `SET SESSION /*M! max_statement_time = 0, */ autocommit = 1, sql_mode = '${sqlModes.join(',')}'`,
  );
  return connection;
}

function session(driver: Driver, another: () => Promise<Driver>): Connection {
  // An idle session that the server ends must not end the process; the next query reports why.
  let lost: unknown;
  driver.on('error', (error) => {
    lost ??= error;
  });
  // The promise wrapper hides the socket, and its own destroy() leaves a waiting query waiting for ever.
  const { stream } = (driver as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  const destroy = () => void stream.destroy();
  const connection: Connection = {
    async query(sql, parameters) {
      if (lost !== undefined) throw lost;
      const [result] = parameters === undefined ? await driver.query(sql) : await driver.query(sql, [...parameters]);
      return rowsOf(result);
    },
    transaction: (work) =>
      inTransaction(
        (sql) => connection.query(sql),
        {
          begin: ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'],
          commit: 'COMMIT',
          rollback: 'ROLLBACK',
        },
        work,
      ),
    async cancel() {
      const killer = await another();
      await killer.query(`KILL QUERY ${driver.threadId}`).finally(() => killer.end());
    },
    async close() {
      const giveUp = setTimeout(destroy, goodbyeMs);
      await driver.end().catch(destroy);
      clearTimeout(giveUp);
    },
    destroy,
  };
  return connection;
}

/** A CALL answers with one list per result set and a header; a statement without a result with a header alone. */
function rowsOf(result: unknown): readonly ResultRow[] {
  if (!Array.isArray(result)) return [];
  return Array.isArray(result[0]) ? result[0] : result;
}

interface Cause {
  readonly codes: RegExp;
  readonly what: string;
  readonly next: string;
}

const causes: readonly Cause[] = [
  {
    codes:
      /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|ENOENT|EACCES|PROTOCOL_CONNECTION_LOST)$/,
    what: 'The database server cannot be reached',
    next: 'Check host, port and firewall, and that the server is running.',
  },
  {
    codes: /^(1045|1698)$/,
    what: 'The database server refuses the login: wrong user or password',
    next: 'Give the password in a file (--password-file), in DEEPCLEAN_PASSWORD or in the URL, special characters as %XX.',
  },
  {
    codes: /^(1129|1130|1227|1251|1820|1862|2059|3118|4151)$/,
    what: 'The database server refuses this login',
    next: 'Ask the administrator whether the account may log in from this host, is locked, or has an expired password.',
  },
  {
    codes: /^(AUTH_SWITCH_PLUGIN_ERROR|MYSQL_CLEAR_PASSWORD_NOT_ENABLED)$/,
    what: 'The account logs in by a method that deepclean does not support',
    next: 'Have the account altered: to caching_sha2_password on MySQL, to mysql_native_password or ed25519 on MariaDB.',
  },
  {
    codes: /^1044$/,
    what: 'The user may not use this database',
    next: 'Correct the database in the URL, or have the user granted privileges on it.',
  },
  { codes: /^1049$/, what: 'There is no such database', next: 'Correct the database in the URL; case may matter.' },
  {
    codes: /^(1040|1203|1226)$/,
    what: 'The database server has too many connections',
    next: 'Try again later, or have max_connections or the limit of the user raised.',
  },
  {
    codes:
      /^(HANDSHAKE_NO_SSL_SUPPORT|HANDSHAKE_SSL_ERROR|3159|1835|EPROTO|ERR_(SSL|TLS|OSSL)\w*|\w*CERT\w*|UNABLE_TO_\w+)$/,
    what: 'The encrypted connection (TLS) cannot be established',
    next: 'Check ssl-mode, ssl-ca, ssl-cert and ssl-key in the URL.',
  },
];

const tlsWords: TlsWords = {
  authority: 'ssl-ca=ca.pem',
  anyName: 'ssl-mode=VERIFY_CA',
  unverified: 'ssl-mode=REQUIRED',
  off: 'ssl-mode=DISABLED',
};

/** A driver's error on connecting, in plain words; never with the password. */
export function connectionError(error: unknown, options: ConnectionOptions): ConnectionError {
  const code = codeOf(error);
  const number = typeof error === 'object' && error !== null && 'errno' in error ? String(error.errno) : '';
  const message = error instanceof Error ? error.message : '';
  const cause =
    tlsTrouble(`${code} ${message}`, tlsWords) ?? causes.find(({ codes }) => codes.test(code) || codes.test(number));
  const place = options.socketPath ?? `host ${options.host}, port ${options.port}`;
  const where = `${place}, database ${options.database}, user ${options.user}`;
  const detail = message || code || 'no further details';
  return new ConnectionError(`${cause?.what ?? 'The connection failed'} (${where}): ${detail}`, {
    cause: error,
    next: cause?.next ?? 'Check the connection URL and the log of the server.',
  });
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
