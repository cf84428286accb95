import { describe, expect, test } from 'vitest';
import { connect, connectionError, driverConfig } from '../../../src/dialects/postgresql/connection.js';
import { ConnectionError, UsageError } from '../../../src/errors.js';

const connectTimeoutMs = 2000;
const configOf = (url: string, password?: string) =>
  driverConfig({ url, connectTimeoutMs, ...(password === undefined ? {} : { password }) });

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
    expect((await configOf('postgresql://someone@h')).config.database).toBe(process.env.PGDATABASE ?? 'someone');
  });

  test.each([
    ['', 'prefer', false],
    ['?sslmode=require', 'require', false],
    ['?sslmode=verify-ca', 'verify-ca', true],
    ['?sslmode=verify-full&sslrootcert=system', 'verify-full', true],
  ])('ending in %j has the mode %s', async (query, expected, rejectUnauthorized) => {
    const { config, mode } = await configOf(`postgresql://u@h/d${query}`);
    expect(mode).toBe(expected);
    expect(config.ssl).toMatchObject({ rejectUnauthorized });
  });

  test.each([
    ['cannot be read', 'postgresql://u:top#secret@h:5432/d', 'cannot be read'],
    ['has unknown options', 'postgresql://u:topsecret@h/d?sslmod=require', 'not known: sslmod'],
    ['has an unknown mode', 'postgresql://u:topsecret@h/d?sslmode=on', 'sslmode=on'],
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
  ['', 'The server does not support SSL connections', /TLS/, /sslmode/],
  ['', 'timeout expired', /cannot be reached/, /firewall/],
  ['XX000', 'driver', /connection failed/, /log of the server/],
])('the error %j %j is told in plain words with what to do next', async (code, message, what, next) => {
  const { config } = await configOf('postgresql://u:topsecret@h/d');
  const error = connectionError(Object.assign(new Error(message), code ? { code } : {}), config);
  expect(error.message).toMatch(what);
  expect(error.next).toMatch(next);
});
