import { UsageError } from '../errors.js';
import { decode, isLocalHost } from './connection-url.js';

/**
 * JDBC URLs, as WSO2's `deployment.toml` and `master-datasources.xml` hold them. What says where the server is, who
 * connects and how it is encrypted is taken over; options that concern Java alone, such as its pools and trust stores,
 * are left out.
 */

/** What a JDBC URL says, in the words of our own URLs. */
interface Said {
  readonly scheme: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** `host:port`; on PostgreSQL several of them with commas between. */
  readonly hosts: string;
  readonly database: string;
  readonly options: Readonly<Record<string, string | undefined>>;
}

/** A JDBC option by its name, in any case. */
type Options = (name: string) => string | undefined;

const readers: readonly { readonly begins: RegExp; readonly read: (rest: string, scheme: string) => Said }[] = [
  { begins: /^jdbc:(mysql|mariadb):\/\//i, read: readMysql },
  { begins: /^jdbc:(postgresql):/i, read: readPostgresql },
  { begins: /^jdbc:(?:jtds:)?(sqlserver):\/\//i, read: readSqlServer },
  { begins: /^jdbc:(oracle):(?:thin|oci):/i, read: readOracle },
];

/** A JDBC URL as a URL of our own; any other text comes back as it is. @throws UsageError where it cannot be read */
export function readJdbcUrl(url: string): string {
  if (!/^jdbc:/i.test(url)) return url;
  // In an XML file, and in the TOML file that it is made from, an & is written so.
  const text = url.replaceAll('&amp;', '&');
  for (const { begins, read } of readers) {
    const [beginning, scheme = ''] = begins.exec(text) ?? [];
    if (beginning !== undefined) return ownUrl(read(text.slice(beginning.length), scheme.toLowerCase()));
  }
  const name = /^jdbc:([a-z0-9+-]{1,20})(?=:)/i.exec(text)?.[1];
  throw new UsageError(`A JDBC URL${name === undefined ? '' : ` for "${name}"`} of this form is not supported.`, {
    next: 'Give a JDBC URL of MySQL, MariaDB, PostgreSQL, SQL Server or Oracle (thin) with one host, or a URL such as scheme://user@host:port/database.',
  });
}

function ownUrl({ scheme, user, password, hosts, database, options }: Said): string {
  const login = `${encodeURIComponent(user ?? '')}${password ? `:${encodeURIComponent(password)}` : ''}`;
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  const query = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `${scheme}://${login === '' ? '' : `${login}@`}${hosts}/${encodeURIComponent(database)}${query}`;
}

/** `user:password@hosts/database?name=value&…`, of which only the database must be there. */
function readUsual(rest: string) {
  const [, login, hosts = '', path = '', query = ''] =
    /^(?:([^/?]*)@)?([^/?@]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? refuse('host:port/database');
  const options = optionsOf([...new URLSearchParams(query)]);
  const [, user, password] = /^([^:]*)(?::(.*))?$/s.exec(login ?? '') ?? [];
  return {
    hosts,
    database: decode(path),
    user: decode(user ?? '') || options('user'),
    password: decode(password ?? '') || options('password'),
    options,
  };
}

function readMysql(rest: string, scheme: string): Said {
  const { options, ...said } = readUsual(rest);
  if (/[,(]/.test(said.hosts)) return refuse('host:port/database, with one host');
  return {
    scheme,
    ...said,
    options: { 'ssl-mode': mysqlMode(options, hostOf(said.hosts) || 'localhost'), 'ssl-ca': options('serverSslCert') },
  };
}

/** The two Java drivers' words for an ssl-mode; others are checked where all are. */
const mysqlModes: Readonly<Record<string, string>> = {
  disable: 'DISABLED',
  trust: 'REQUIRED',
  verifyfull: 'VERIFY_IDENTITY',
};

function mysqlMode(options: Options, host: string): string | undefined {
  const mode = options('sslMode');
  if (mode !== undefined) return mysqlModes[mode.toLowerCase().replace(/[-_]/g, '')] ?? mode;
  const [useSsl, requireSsl] = [options('useSSL'), options('requireSSL')];
  if (isOff(useSsl) && !isOn(requireSsl)) return 'DISABLED';
  if (isOn(options('verifyServerCertificate'))) return 'VERIFY_CA';
  if (isOff(options('verifyServerCertificate')) || isOn(options('trustServerCertificate'))) return 'REQUIRED';
  if (isOn(options('disableSslHostnameVerification'))) return 'VERIFY_CA';
  // That it is to be encrypted does not say that it is not to be verified: what is usual for the host does that.
  return (isOn(useSsl) || isOn(requireSsl)) && isLocalHost(host) ? 'REQUIRED' : undefined;
}

function readPostgresql(rest: string, scheme: string): Said {
  // Without slashes, all that is written is the database.
  const { options, ...said } = readUsual(rest.startsWith('//') ? rest.slice(2) : rest.replace(/^\/?/, '/'));
  const schemas = options('currentSchema');
  return {
    scheme,
    ...said,
    options: {
      sslmode: postgresqlMode(options),
      sslrootcert: options('sslrootcert'),
      sslcert: options('sslcert'),
      sslkey: options('sslkey'),
      application_name: options('ApplicationName'),
      // The server splits these words at blanks that have no backslash.
      options: schemas === undefined ? options('options') : `-c search_path=${schemas.replace(/[\\ ]/g, '\\$&')}`,
      target_session_attrs: { master: 'primary', primary: 'primary', any: 'any' }[
        (options('targetServerType') ?? '').toLowerCase()
      ],
    },
  };
}

function postgresqlMode(options: Options): string | undefined {
  const mode = options('sslmode');
  if (mode !== undefined) return mode;
  const ssl = options('ssl');
  if (isOff(ssl)) return 'disable';
  if (ssl === undefined) return undefined;
  return options('sslfactory')?.endsWith('NonValidatingFactory') ? 'require' : 'verify-full';
}

function readSqlServer(rest: string): Said {
  const [, address = '', properties = ''] = /^([^;]*)(.*)$/s.exec(rest) ?? [];
  const options = optionsOf(
    [...properties.matchAll(/;\s*([^=;]+)=(\{(?:[^}]|\}\})*\}|[^;]*)/g)].map(([, name = '', value = '']) => [
      name.trim(),
      value.startsWith('{') ? value.slice(1, -1).replaceAll('}}', '}') : value,
    ]),
  );
  const [, server = '', instance, port = options('portNumber') ?? options('port'), path] =
    /^([^\\:/]*|\[[^\]]*\])(?:\\([^:/]*))?(?::(\d+))?(?:\/(.*))?$/s.exec(address) ??
    refuse('//host:port;databaseName=…');
  const host = server || options('serverName') || options('server') || '';
  return {
    scheme: 'mssql',
    user: options('user') ?? options('userName') ?? options('msiClientId'),
    password: options('password'),
    hosts: port === undefined ? host : `${host || 'localhost'}:${port}`,
    database: options('databaseName') ?? options('database') ?? decode(path ?? ''),
    options: {
      // With a port the Java driver does not ask for the instance either.
      instanceName: port === undefined ? (instance ?? options('instanceName') ?? options('instance')) : undefined,
      encrypt: options('encrypt'),
      trustServerCertificate: options('trustServerCertificate'),
      hostNameInCertificate: options('hostNameInCertificate'),
      multiSubnetFailover: options('multiSubnetFailover'),
      domain: options('domain'),
      authentication: options('authentication'),
      tenantId: options('tenantId'),
    },
  };
}

function readOracle(rest: string): Said {
  const [, user = '', password = '', place = ''] =
    /^([^/]*?)(?:\/(.*))?@([^@]*)$/s.exec(rest) ?? refuse('@//host:port/service');
  const login = { user: unquoted(user), password: unquoted(password) };
  const none = { scheme: 'oracle', ...login, hosts: '', database: '', options: {} };
  if (place.startsWith('(')) return { ...none, options: { 'connect-string': place } };
  const [, protocol, host = '', port, sid, service, query = ''] =
    /^(?:(?:(tcps?):)?\/\/)?([^/:?,]+|\[[^\]]*\])(?::(\d+))?(?::([^/:?]+)|\/([^/:?]+))?(?:\?(.*))?$/is.exec(place) ??
    refuse('@//host:port/service');
  const options = optionsOf([...new URLSearchParams(query)]);
  if (sid !== undefined) return { ...none, options: { 'connect-string': descriptorOfSid(host, port, sid) } };
  if (service === undefined) {
    const folder = options('TNS_ADMIN');
    if (folder === undefined) return refuse('@//host:port/service, or @name?TNS_ADMIN=folder');
    return { ...none, database: host, options: { 'config-dir': folder } };
  }
  return {
    ...none,
    hosts: port === undefined ? host : `${host}:${port}`,
    database: service,
    options: { protocol: protocol?.toLowerCase(), wallet: options('wallet_location') },
  };
}

/** A database that is known by a SID alone has no service to ask for. */
const descriptorOfSid = (host: string, port = '1521', sid: string): string =>
  `(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=${host})(PORT=${port}))(CONNECT_DATA=(SID=${sid})))`;

const unquoted = (text: string): string => /^"(.*)"$/s.exec(text)?.[1] ?? text;

function optionsOf(pairs: readonly (readonly [string, string])[]): Options {
  const known = new Map(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => known.get(name.toLowerCase());
}

/** The host without its port. */
const hostOf = (address: string): string => address.replace(/:\d*$/, '').replace(/^\[|\]$/g, '');

/** An option that has no value is on. */
const isOn = (value: string | undefined): boolean => value !== undefined && /^(true|yes|1|)$/i.test(value);
const isOff = (value: string | undefined): boolean => value !== undefined && /^(false|no|0)$/i.test(value);

/** Never with the URL in it, which may hold a password. */
function refuse(form: string): never {
  throw new UsageError('The JDBC URL cannot be read.', {
    next: `Write it as jdbc:…${form}, or as a URL such as scheme://user@host:port/database.`,
  });
}
