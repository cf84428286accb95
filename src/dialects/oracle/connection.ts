import { readFileSync } from 'node:fs';
import type oracledb from 'oracledb';
import { ConnectionError, UsageError } from '../../errors.js';
import { decode, readTimeoutMs, readUrlOptions } from '../connection-url.js';
import type { Connection, ConnectionTarget, ResultRow } from '../dialect.js';
import { inTransaction } from '../in-transaction.js';

/** What may stand behind the `?` of the URL. */
const urlOptions = [
  'connect-string',
  'wallet',
  'wallet-password-file',
  'protocol',
  'config-dir',
  'server-dn-match',
  'connect-timeout',
] as const;

const protocols = ['tcp', 'tcps'] as const;

/** How long a graceful goodbye may take, milliseconds. */
const goodbyeMs = 5000;

/** A run is one call without a byte on the wire; what stands between would drop the connection as idle. */
const keepAliveMinutes = 1;

/** The driver in its thin mode, which needs no client libraries. https://node-oracledb.readthedocs.io/ */
type Driver = typeof oracledb;
type Session = oracledb.Connection;
export type Attributes = oracledb.ConnectionAttributes & { readonly connectString: string; readonly user: string };

/**
 * Opens a session.
 *
 * @throws UsageError where the URL is wrong, ConnectionError where the server cannot be reached or refuses the login
 */
export async function connect(target: ConnectionTarget): Promise<Connection> {
  const attributes = driverAttributes(target);
  const { default: driver } = await import('oracledb');
  try {
    return session(driver, await driver.getConnection(attributes));
  } catch (error) {
    throw connectionError(error, attributes);
  }
}

/** The driver's settings. @throws UsageError that names what is wrong and what is allowed */
export function driverAttributes(target: ConnectionTarget): Attributes {
  const url = parseUrl(target.url);
  const given = readUrlOptions(url, urlOptions);
  const service = decode(url.pathname.slice(1));
  const whole = given.get('connect-string');
  if (service === '' && whole === undefined) {
    throw new UsageError('The connection URL names no service.', {
      next: 'Write it as …host:port/service, or give a descriptor as connect-string.',
    });
  }
  const wallet = given.get('wallet');
  const protocol = readProtocol(given.get('protocol') ?? (wallet === undefined ? 'tcp' : 'tcps'));
  const host = decode(url.hostname);
  const timeoutMs = readTimeoutMs('connect-timeout', given.get('connect-timeout')) ?? target.connectTimeoutMs;
  const user = target.user ?? decode(url.username);
  const password = target.password ?? decode(url.password);
  const walletPassword = readSecret(given.get('wallet-password-file'));
  const configDir = given.get('config-dir');
  const match = given.get('server-dn-match');
  if (match !== undefined && match !== 'yes' && match !== 'no') {
    throw new UsageError(`server-dn-match=${match} is not known.`, { next: 'Allowed are yes, no.' });
  }
  const port = url.port === '' ? (protocol === 'tcps' ? '2484' : '1521') : url.port;
  // A name of tnsnames.ora stands alone; without that file the URL says where to go (EZConnect).
  const place = configDir === undefined ? `${protocol}://${host || 'localhost'}:${port}/${service}` : service;
  return {
    user,
    ...(password === '' ? {} : { password }),
    connectString: whole ?? place,
    ...(configDir === undefined ? {} : { configDir }),
    ...(wallet === undefined ? {} : { walletLocation: wallet }),
    ...(walletPassword === undefined ? {} : { walletPassword }),
    ...(match === undefined ? {} : { sslServerDNMatch: match === 'yes' }),
    connectTimeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    transportConnectTimeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    expireTime: keepAliveMinutes,
  };
}

function parseUrl(text: string): URL {
  const hosted = text.replace('@/', '@localhost/');
  try {
    return new URL(hosted);
  } catch {
    // The parser's own error holds the URL with its password, so it is no cause to pass on.
    const next = 'Write it as scheme://user@host:port/service, and a special character of the user or password as %XX.';
    throw new UsageError('The connection URL cannot be read.', { next });
  }
}

function readProtocol(text: string): string {
  const protocol = protocols.find((one) => one === text.toLowerCase());
  if (protocol !== undefined) return protocol;
  throw new UsageError(`protocol=${text} is not known.`, { next: `Allowed are ${protocols.join(', ')}.` });
}

function readSecret(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new UsageError(`The file of wallet-password-file, ${file}, cannot be read.`, {
      cause,
      next: 'Check the path and its permissions.',
    });
  }
}

function session(driver: Driver, connection: Session): Connection {
  const { STRING } = driver;
  const stamps = [driver.DB_TYPE_DATE, driver.DB_TYPE_TIMESTAMP];
  let ended: Promise<void> | undefined;
  // Procedures commit by themselves.
  let autoCommit = true;
  const options: oracledb.ExecuteOptions = {
    outFormat: driver.OUT_FORMAT_OBJECT,
    maxRows: 0,
    fetchTypeHandler: ({ dbType }) => {
      if (dbType === driver.DB_TYPE_NUMBER) return { type: STRING };
      if (dbType === driver.DB_TYPE_CLOB || dbType === driver.DB_TYPE_NCLOB) return { type: STRING };
      return stamps.some((one) => one === dbType) ? { converter: stampText } : undefined;
    },
  };
  const query = async (sql: string, parameters: readonly unknown[] = []): Promise<readonly ResultRow[]> => {
    const result = await connection.execute<Record<string, unknown>>(sql, [...parameters] as never, {
      ...options,
      autoCommit,
    });
    return (result.rows ?? []).map(lowerCased);
  };
  return {
    query,
    async transaction(work) {
      const words = {
        begin: ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED'],
        commit: 'COMMIT',
        rollback: 'ROLLBACK',
      };
      autoCommit = false;
      try {
        return await inTransaction(query, words, work);
      } finally {
        autoCommit = true;
      }
    },
    cancel: () => connection.break(),
    async close() {
      ended ??= connection.close({ drop: true }).catch(() => undefined);
      const giveUp = new Promise<void>((resolve) => setTimeout(resolve, goodbyeMs).unref());
      await Promise.race([ended, giveUp]);
    },
    destroy() {
      // The driver shows no socket; a break ends what is running, and the session goes after it.
      void connection.break().catch(() => undefined);
      ended ??= connection.close({ drop: true }).catch(() => undefined);
    },
  };
}

/** Names that were not quoted come back in upper case. */
const lowerCased = (row: Record<string, unknown>): ResultRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));

/** The driver puts the fields of a stamp into a Date of this machine's zone; they are read back in the same. */
function stampText(value: unknown): unknown {
  if (!(value instanceof Date)) return value;
  const two = (number: number) => String(number).padStart(2, '0');
  const date = `${String(value.getFullYear()).padStart(4, '0')}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
  const time = `${two(value.getHours())}:${two(value.getMinutes())}:${two(value.getSeconds())}`;
  return `${date} ${time}.${String(value.getMilliseconds()).padStart(3, '0')}`;
}

interface Cause {
  readonly signs: RegExp;
  readonly what: string;
  readonly next: string;
}

const causes: readonly Cause[] = [
  {
    signs: /ORA-01017|ORA-01005|NJS-101\b/,
    what: 'The database server refuses the login: wrong user or password',
    next: 'Give the password in a file (--password-file), in DEEPCLEAN_PASSWORD or in the URL, special characters as %XX.',
  },
  {
    signs: /ORA-28000|ORA-28001|ORA-28002|ORA-01045/,
    what: 'The database server refuses this login',
    next: 'Ask the administrator whether the account is locked, has an expired password, or lacks CREATE SESSION.',
  },
  {
    signs: /ORA-1251[46]|ORA-12505|NJS-51[78]\b|ORA-12528/,
    what: 'The listener knows no such service',
    next: 'Correct the service in the URL; `lsnrctl services` lists them. A SID is no service.',
  },
  {
    signs: /ORA-00018|ORA-00020|ORA-12519|ORA-12520|ORA-02391/,
    what: 'The database server has too many sessions',
    next: 'Try again later, or have processes, sessions or the limit of the profile raised.',
  },
  {
    signs: /ORA-01033|ORA-01034|ORA-01109|ORA-27101/,
    what: 'The database is not open',
    next: 'Try again in a moment, or have it opened.',
  },
  {
    signs: /NJS-(116|138|531|532|533)\b|ORA-28040|ORA-12660|DPY-/,
    what: 'The server asks for something that the driver’s thin mode does not speak',
    next: 'Have the account given a password verifier of 11G or later, and native network encryption replaced by TLS (protocol=tcps).',
  },
  {
    signs: /NJS-(505|506|507|508|529)\b|ORA-28759|ORA-29024|\bTLS\b|\bSSL\b|CERT|wallet/i,
    what: 'The encrypted connection (TLS) cannot be established',
    next: 'Check wallet, wallet-password-file, protocol and server-dn-match in the URL; thin mode reads ewallet.pem.',
  },
  {
    signs:
      /NJS-(500|501|503|510|511|512|521|530)\b|ORA-12(170|541|545|560)|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH/,
    what: 'The database server cannot be reached',
    next: 'Check host (its name and its address), port and firewall, and that the listener is running.',
  },
];

/** A driver's error on connecting, in plain words; never with the password. */
export function connectionError(error: unknown, { connectString, user }: Attributes): ConnectionError {
  const message = error instanceof Error ? error.message : '';
  const cause = causes.find(({ signs }) => signs.test(message));
  const detail = message.split('\n')[0] || 'no further details';
  return new ConnectionError(`${cause?.what ?? 'The connection failed'} (${connectString}, user ${user}): ${detail}`, {
    cause: error,
    next: cause?.next ?? 'Check the connection URL and the alert log of the server.',
  });
}
