import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect, connectionError, driverOptions } from '../../../src/dialects/mysql/connection.js';
import { ConnectionError, UsageError } from '../../../src/errors.js';

const connectTimeoutMs = 2000;

// Nobody's own option file counts here.
const home = mkdtempSync(join(tmpdir(), 'deepclean-home-'));
beforeEach(() => vi.stubEnv('HOME', home));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(join(home, '.my.cnf'), { force: true });
});
afterAll(() => rmSync(home, { recursive: true }));

const optionsOf = (url: string, password?: string) =>
  driverOptions({ url, connectTimeoutMs, ...(password === undefined ? {} : { password }) });

describe('a URL', () => {
  test('is read as the vendors write it, with percent-encoded parts', () => {
    expect(optionsOf('mysql://us%40er:p%2Fw@[::1]:3307/ws%20o2').options).toMatchObject({
      host: '::1',
      port: 3307,
      user: 'us@er',
      password: 'p/w',
      database: 'ws o2',
      connectTimeout: 2000,
    });
  });

  test('yields to a password that was given otherwise', () => {
    expect(optionsOf('mariadb://u:one@h/d', 'two').options).toMatchObject({ password: 'two', port: 3306 });
  });

  test('may have a socket and no host', () => {
    const { options, mode } = optionsOf('mariadb://u:p@/d?socket=/run/x.sock');
    expect(options).toMatchObject({ socketPath: '/run/x.sock', database: 'd' });
    expect(mode).toBe('DISABLED');
  });

  test.each(['ssl-mode', 'sslMode', 'ssl_mode', 'SSLMODE'])('may spell an option %s', (name) => {
    const { options, mode } = optionsOf(`mysql://u@h/d?${name}=verify_identity`);
    expect(mode).toBe('VERIFY_IDENTITY');
    expect(options.ssl).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
  });

  test.each([
    ['db.example.org', '', 'VERIFY_IDENTITY'],
    ['10.0.0.1', '', 'VERIFY_CA'],
    ['localhost', '', 'PREFERRED'],
    ['127.1.2.3', '', 'PREFERRED'],
    ['[::1]', '', 'PREFERRED'],
    ['localhost.example.org', '', 'VERIFY_IDENTITY'],
    ['db', '?ssl-mode=REQUIRED', 'REQUIRED'],
    ['db', '?ssl-mode=PREFERRED', 'PREFERRED'],
    ['db', '?ssl-mode=DISABLED', 'DISABLED'],
  ])('with the host %s and %j has the ssl-mode %s', (host, query, expected) => {
    const { options, mode } = optionsOf(`mysql://u@${host}/d${query}`);
    expect(mode).toBe(expected);
    if (expected === 'DISABLED') expect(options).not.toHaveProperty('ssl');
    else expect(options.ssl).toMatchObject({ rejectUnauthorized: expected.startsWith('VERIFY') });
  });

  test('has the connection say every minute that it lives', () => {
    expect(optionsOf('mysql://u@h/d').options).toMatchObject({ enableKeepAlive: true, keepAliveInitialDelay: 60_000 });
  });

  test('counts connect-timeout in seconds', () => {
    expect(optionsOf('mysql://u@h/d?connect-timeout=7').options.connectTimeout).toBe(7000);
  });

  test.each([
    ['names no database', 'mysql://u:topsecret@h:3306', 'names no database'],
    ['cannot be read', 'mysql://u:top#secret@h:3306/d', 'cannot be read'],
    ['has unknown options', 'mysql://u:topsecret@h/d?charset=latin1', 'not known: charset'],
    ['has an unknown mode', 'mysql://u:topsecret@h/d?ssl-mode=on', 'ssl-mode=on'],
    ['counts in milliseconds', 'mysql://u:topsecret@h/d?connectTimeout=30000', 'connect-timeout=30000'],
    ['names a file that is not there', 'mysql://u:topsecret@h/d?ssl-ca=/none/ca.pem', '/none/ca.pem'],
    ['wants the identity of an address', 'mysql://u:topsecret@10.0.0.1/d?ssl-mode=VERIFY_IDENTITY', '10.0.0.1'],
  ])('that %s is refused without telling the password', async (_, url, words) => {
    const error = await connect({ url, connectTimeoutMs }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(words);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
    expect((error as UsageError).next).toMatch(/^[A-Z].+\.$/s);
  });
});

describe('an option file', () => {
  const write = (...lines: string[]) =>
    writeFileSync(join(home, '.my.cnf'), ['[client]', ...lines].join('\n'), { mode: 0o600 });

  test('says user, password and how to encrypt if the URL does not', () => {
    write('user=filed', "password='a#b'  # ours", 'loose_ssl_mode = REQUIRED', 'quick');
    expect(optionsOf('mysql://h/d')).toMatchObject({ options: { user: 'filed', password: 'a#b' }, mode: 'REQUIRED' });
    expect(optionsOf('mysql://u:p@h/d?ssl-mode=DISABLED')).toMatchObject({
      options: { user: 'u', password: 'p' },
      mode: 'DISABLED',
    });
    expect(optionsOf('mysql://h/d', 'given').options.password).toBe('given');
    expect(optionsOf('mysql://u@/d?socket=/run/x.sock').mode).toBe('DISABLED');
  });

  test.each([
    ['password=plain # comment', 'plain'],
    ['password="with \\"quotes\\" and \\\\"', 'with "quotes" and \\'],
    ["password = it's", "it's"],
    ['password=a\\sb', 'a b'],
    ['password=a=b', 'a=b'],
  ])('has the line %s', (line, password) => {
    write(line);
    expect(optionsOf('mysql://u@h/d').options.password).toBe(password);
  });

  test('that every user may change is refused, and so is a named one that is missing', () => {
    write('user=u');
    chmodSync(join(home, '.my.cnf'), 0o666);
    expect(() => optionsOf('mysql://h/d')).toThrow(/every user may change it/);
    expect(() => optionsOf('mysql://h/d?defaults-file=/none/my.cnf')).toThrow(
      'The option file /none/my.cnf cannot be read',
    );
  });
});

test('a refused port is told with host, port, database and user, and never the password', async () => {
  const target = { url: 'mysql://app:topsecret@127.0.0.1:1/wso2', connectTimeoutMs };
  const error = await connect(target).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConnectionError);
  const { message, next } = error as ConnectionError;
  for (const part of ['cannot be reached', '127.0.0.1', 'port 1', 'wso2', 'app']) expect(message).toContain(part);
  expect(`${message} ${next}`).not.toContain('topsecret');
});

test.each([
  [{ code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 }, /wrong user or password/, /DEEPCLEAN_PASSWORD/],
  [{ code: 'ER_BAD_DB_ERROR', errno: 1049 }, /no such database/, /URL/],
  [{ code: 'ER_DBACCESS_DENIED_ERROR', errno: 1044 }, /may not use this database/, /granted/],
  [{ code: 'ER_CON_COUNT_ERROR', errno: 1040 }, /too many connections/, /max_connections/],
  [{ code: 'HANDSHAKE_SSL_ERROR' }, /TLS/, /ssl-ca/],
  [{ code: 'HANDSHAKE_NO_SSL_SUPPORT', message: 'Server does not support secure connection' }, /TLS/, /DISABLED/],
  [{ code: 'HANDSHAKE_SSL_ERROR', message: 'certificate has expired' }, /expired/, /REQUIRED/],
  [{ code: 'ENOTFOUND', errno: -3008 }, /cannot be reached/, /firewall/],
  [{ code: 'ER_SOMETHING', errno: 9999 }, /connection failed/, /log of the server/],
])('the error %j is told in plain words with what to do next', (details, what, next) => {
  const { options } = optionsOf('mysql://u:topsecret@h/d');
  const error = connectionError(Object.assign(new Error('driver'), details), options);
  expect(error.message).toMatch(what);
  expect(error.next).toMatch(next);
});
