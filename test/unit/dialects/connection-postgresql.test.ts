import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect, connectionError, readTarget } from '../../../src/dialects/postgresql/connection.js';
import { passwordInFile } from '../../../src/dialects/postgresql/password-file.js';
import { ConnectionError, UsageError } from '../../../src/errors.js';

const connectTimeoutMs = 2000;
const attemptsOf = async (url: string, password?: string) =>
  (await readTarget({ url, connectTimeoutMs, ...(password === undefined ? {} : { password }) })).attempts;
const configOf = async (url: string, password?: string) => {
  const [first] = await attemptsOf(url, password);
  if (first === undefined) throw new Error('no host');
  return first;
};

// Nobody's own settings count here.
const home = mkdtempSync(join(tmpdir(), 'deepclean-home-'));
beforeEach(() => {
  vi.stubEnv('HOME', home);
  for (const name of Object.keys(process.env).filter((one) => /^PG[A-Z]/.test(one))) vi.stubEnv(name, '');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(home, { recursive: true }));

describe('a URL', () => {
  test('is read as libpq reads it, with percent-encoded parts', async () => {
    const url = 'postgresql://us%40er:p%2Fw@db.example.org:5433/wso2?options=-c%20search_path%3Did&connect_timeout=7';
    expect((await configOf(url)).config).toMatchObject({
      host: 'db.example.org',
      port: 5433,
      user: 'us@er',
      password: 'p/w',
      database: 'wso2',
      options: '-c search_path=id',
      application_name: 'deepclean',
      connectionTimeoutMillis: 7000,
    });
  });

  test('yields to a password that was given otherwise', async () => {
    expect((await configOf('postgres://u:one@h/d', 'two')).config.password).toBe('two');
  });

  test.each(['postgresql://u:p@/d?host=/run/pg&port=5433', 'postgresql://u:p@%2Frun%2Fpg:5433/d'])(
    'may lead to the folder of a socket: %s',
    async (url) => {
      const { config, mode } = await configOf(url);
      expect(config).toMatchObject({ host: '/run/pg', port: 5433, user: 'u', database: 'd', ssl: false });
      expect(mode).toBe('disable');
    },
  );

  test('without a database means that of the same name as the user', async () => {
    expect((await configOf('postgresql://someone@h')).config.database).toBe('someone');
  });

  test.each([
    ['db.example.org', '', 'verify-full', true],
    ['10.0.0.1', '', 'verify-full', true],
    ['[fd00::1]', '', 'verify-full', true],
    ['localhost.example.org', '', 'verify-full', true],
    ['localhost', '', 'prefer', false],
    ['127.1.2.3', '', 'prefer', false],
    ['[::1]', '', 'prefer', false],
    ['db', '?sslmode=', 'verify-full', true],
    ['db', '?sslmode=prefer', 'prefer', false],
    ['db', '?sslmode=require', 'require', false],
    ['db', '?sslmode=verify-ca', 'verify-ca', true],
    ['db', '?sslmode=verify-full&sslrootcert=system', 'verify-full', true],
    ['localhost', '?sslrootcert=system', 'verify-ca', true],
  ])('with the host %s and %j has the sslmode %s', async (host, query, expected, rejectUnauthorized) => {
    const { config, mode } = await configOf(`postgresql://u@${host}/d${query}`);
    expect(mode).toBe(expected);
    expect(config.ssl).toMatchObject({ rejectUnauthorized });
  });

  test('yields to no variable, and a variable counts if the URL says nothing', async () => {
    vi.stubEnv('PGSSLMODE', 'require');
    vi.stubEnv('PGHOST', 'elsewhere');
    vi.stubEnv('PGPORT', '5439');
    expect(await configOf('postgresql:///d')).toMatchObject({
      config: { host: 'elsewhere', port: 5439 },
      mode: 'require',
    });
    expect(await configOf('postgresql://h:1/d?sslmode=disable')).toMatchObject({
      config: { host: 'h', port: 1, ssl: false },
    });
  });

  test.each([
    ['postgresql://u@a:1,b:2/d', ['a:1', 'b:2']],
    ['postgresql://u@a,b:2,[::1]/d', ['a:5432', 'b:2', '::1:5432']],
    ['postgresql://u@/d?host=a,/run/pg&port=5433', ['a:5433', '/run/pg:5433']],
  ])('may have several hosts: %s', async (url, places) => {
    const attempts = await attemptsOf(url);
    expect(attempts.map(({ config }) => `${config.host}:${config.port}`)).toEqual(places);
    for (const { config } of attempts) expect(config).toMatchObject({ user: 'u', database: 'd' });
  });

  test('has each of several hosts encrypted as that host is', async () => {
    const attempts = await attemptsOf('postgresql://u@localhost,db,%2Frun%2Fpg/d');
    expect(attempts.map(({ mode }) => mode)).toEqual(['prefer', 'verify-full', 'disable']);
  });

  test('has the connection say every minute that it lives', async () => {
    expect((await configOf('postgresql://u@h/d')).config).toMatchObject({
      keepAlive: true,
      keepAliveInitialDelayMillis: 60_000,
    });
  });

  test.each([
    ['cannot be read', 'postgresql://u:top#secret@h:5432/d', 'cannot be read'],
    ['has unknown options', 'postgresql://u:topsecret@h/d?sslmod=require', 'not known: sslmod'],
    ['has an unknown mode', 'postgresql://u:topsecret@h/d?sslmode=on', 'sslmode=on'],
    ['has a # in the user', 'postgresql://u#x:topsecret@h:5432/d', 'cannot be read'],
    ['asks for a standby', 'postgresql://u:topsecret@h/d?target_session_attrs=standby', 'target_session_attrs=standby'],
    ['has two ports for three hosts', 'postgresql://u:topsecret@/d?host=a,b,c&port=1,2', '3 hosts and 2 ports'],
    ['has a wrong port', 'postgresql://u:topsecret@/d?host=/run&port=x', 'port x'],
    ['counts in milliseconds', 'postgresql://u:topsecret@h/d?connect_timeout=30000', 'connect_timeout=30000'],
    ['names a file that is not there', 'postgresql://u:topsecret@h/d?sslrootcert=/none/ca.pem', '/none/ca.pem'],
  ])('that %s is refused without telling the password', async (_, url, words) => {
    const error = await connect({ url, connectTimeoutMs }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(words);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
    expect((error as UsageError).next).toMatch(/^[A-Z].+\.$/s);
  });
});

describe('a password file', () => {
  const login = { host: 'db', port: 5432, database: 'd', user: 'u' };
  const passwordOf = (text: string, more: Partial<typeof login> = {}) => {
    const file = join(home, 'pgpass');
    writeFileSync(file, text, { mode: 0o600 });
    return passwordInFile({ ...login, ...more }, file);
  };

  test.each([
    ['db:5432:d:u:one', 'one'],
    ['*:*:*:*:all', 'all'],
    ['# db:5432:d:u:old\nother:5432:d:u:x\n\ndb:5432:d:u:two\r\n*:*:*:*:all', 'two'],
    ['db:5432:d:u:a\\:b\\\\c', 'a:b\\c'],
    ['db:5433:d:u:one', undefined],
    ['db:5432:d::one', undefined],
    [':db:5432:d:u', undefined],
  ])('has the lines %j', (text, password) => expect(passwordOf(text)).toBe(password));

  test('knows a socket as localhost', () => {
    expect(passwordOf('localhost:*:*:u:here', { host: '/run/postgresql' })).toBe('here');
  });

  test('that is not there has no password', () => {
    expect(passwordInFile(login, '/none/pgpass')).toBeUndefined();
  });
});

test('a refused port is told with host, port, database and user, and never the password', async () => {
  const target = { url: 'postgresql://app:topsecret@127.0.0.1:1/wso2', connectTimeoutMs };
  const error = await connect(target).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConnectionError);
  const { message, next } = error as ConnectionError;
  for (const part of ['cannot be reached', '127.0.0.1', 'port 1', 'wso2', 'app']) expect(message).toContain(part);
  expect(`${message} ${next}`).not.toContain('topsecret');
});

test.each([
  ['28P01', 'driver', /wrong user or password/, /DEEPCLEAN_PASSWORD/],
  ['', 'SASL: client password must be a string', /wrong user or password/, /DEEPCLEAN_PASSWORD/],
  ['3D000', 'driver', /no such database/, /URL/],
  ['53300', 'driver', /too many connections/, /max_connections/],
  ['57P03', 'driver', /starting up/, /moment/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'driver', /TLS/, /sslrootcert/],
  ['CERT_HAS_EXPIRED', 'driver', /expired/, /sslmode=require/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'driver', /TLS/, /sslrootcert/],
  ['', 'The server does not support SSL connections', /TLS/, /sslmode/],
  ['', 'timeout expired', /cannot be reached/, /firewall/],
  ['XX000', 'driver', /connection failed/, /log of the server/],
])('the error %j %j is told in plain words with what to do next', async (code, message, what, next) => {
  const { config } = await configOf('postgresql://u:topsecret@h/d');
  const error = connectionError(Object.assign(new Error(message), code ? { code } : {}), config);
  expect(error.message).toMatch(what);
  expect(error.next).toMatch(next);
});
