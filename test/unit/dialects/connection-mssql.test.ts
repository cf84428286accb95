import { type ConnectionConfiguration, Connection as Driver } from 'tedious';
import { describe, expect, test } from 'vitest';
import { connect, connectionError, driverConfig } from '../../../src/dialects/mssql/connection.js';
import { ConnectionError, UsageError } from '../../../src/errors.js';

const connectTimeoutMs = 2000;
const configOf = (url: string, password?: string) =>
  driverConfig({ url, connectTimeoutMs, ...(password === undefined ? {} : { password }) });

describe('a URL', () => {
  test('is read with percent-encoded parts, encrypted and with the certificate checked unless it says otherwise', () => {
    expect(configOf('mssql://us%40er:p%2Fw@[::1]:1444/ws%20o2')).toMatchObject({
      server: '::1',
      port: 1444,
      user: 'us@er',
      password: 'p/w',
      database: 'ws o2',
      connectionTimeout: 2000,
      requestTimeout: 0,
      options: { encrypt: true, trustServerCertificate: false },
    });
  });

  test('yields to a password that was given otherwise', () => {
    expect(configOf('sqlserver://u:one@h/d', 'two')).toMatchObject({ password: 'two', port: 1433 });
  });

  test('may name an instance instead of a port', () => {
    const config = configOf('mssql://u:p@h/d?instanceName=WSO2');
    expect(config.options).toMatchObject({ instanceName: 'WSO2' });
    expect(config).not.toHaveProperty('port');
  });

  test.each(['mssql://CORP%5Cu:p@h/d', 'mssql://u:p@h/d?domain=CORP'])('may name a Windows account: %s', (url) => {
    expect(configOf(url)).toMatchObject({ user: 'u', domain: 'CORP' });
  });

  test.each(['trustServerCertificate', 'TrustServerCertificate', 'trust_server_certificate'])(
    'may spell an option %s',
    (name) => {
      expect(configOf(`mssql://u:p@h/d?${name}=yes&encrypt=false`).options).toMatchObject({
        encrypt: false,
        trustServerCertificate: true,
      });
    },
  );

  test('may demand TDS 8, and all addresses of a listener at once', () => {
    expect(configOf('mssql://u:p@h/d?encrypt=strict&multiSubnetFailover=true').options).toMatchObject({
      encrypt: 'strict',
      multiSubnetFailover: true,
    });
    expect(configOf('mssql://u:p@h/d').options).toMatchObject({ multiSubnetFailover: false });
  });

  test.each([
    ['mssql://h/d?authentication=azure-active-directory-default', {}],
    ['mssql://app@h/d?authentication=Active%20Directory%20Default', { clientId: 'app' }],
    ['mssql://h/d?authentication=ActiveDirectoryManagedIdentity', {}],
    [
      'mssql://app:secret@h/d?authentication=ActiveDirectoryServicePrincipal&tenantId=t',
      { clientId: 'app', clientSecret: 'secret', tenantId: 't' },
    ],
    ['mssql://:token@h/d?authentication=azure-active-directory-access-token', { token: 'token' }],
  ])('may ask for a login at Entra that the driver knows: %s', (url, options) => {
    const { server, authentication } = configOf(url);
    expect(authentication?.options).toEqual(options);
    // The driver checks what it is given, and connects only later.
    expect(() => new Driver({ server, authentication } as ConnectionConfiguration)).not.toThrow();
  });

  test('may say that the login is one of the server', () => {
    expect(configOf('mssql://u:p@h/d?authentication=SqlPassword')).not.toHaveProperty('authentication');
  });

  test('counts connectTimeout in seconds', () => {
    expect(configOf('mssql://u:p@h/d?connectTimeout=7').connectionTimeout).toBe(7000);
  });

  test.each([
    ['names no database', 'mssql://u:topsecret@h:1433', 'names no database'],
    ['names no user', 'mssql://h/d', 'names no user'],
    ['cannot be read', 'mssql://u:top#secret@h:1433/d', 'cannot be read'],
    ['has unknown options', 'mssql://u:topsecret@h/d?charset=x', 'not known: charset'],
    ['has an unknown switch', 'mssql://u:topsecret@h/d?encrypt=perhaps', 'encrypt=perhaps'],
    ['has a port and an instance', 'mssql://u:topsecret@h:1433/d?instanceName=x', 'both a port and an instanceName'],
    ['has an unknown login', 'mssql://u:topsecret@h/d?authentication=Kerberos', 'authentication=Kerberos'],
    [
      'has a principal without a tenant',
      'mssql://u:topsecret@h/d?authentication=ActiveDirectoryServicePrincipal',
      'needs a user, a password and a tenantId',
    ],
    ['has no token', 'mssql://h/d?authentication=azure-active-directory-access-token', 'needs the token'],
    ['counts in milliseconds', 'mssql://u:topsecret@h/d?connectTimeout=30000', 'connectTimeout=30000'],
  ])('that %s is refused without telling the password', async (_, url, words) => {
    const error = await connect({ url, connectTimeoutMs }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(words);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/top#?secret/);
    expect((error as UsageError).next).toMatch(/^[A-Z].+\.$/s);
  });
});

test('a refused port is told with host, port, database and user, and never the password', async () => {
  const target = { url: 'mssql://app:topsecret@127.0.0.1:1/wso2', connectTimeoutMs };
  const error = await connect(target).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConnectionError);
  const { message, next } = error as ConnectionError;
  for (const part of ['cannot be reached', '127.0.0.1', 'port 1', 'wso2', 'app']) expect(message).toContain(part);
  expect(message).not.toContain('secret');
  expect(next).toMatch(/^[A-Z].+\.$/s);
});

test.each([
  [
    Object.assign(new Error('Login failed'), {
      code: 'ELOGIN',
      originalError: Object.assign(new Error(), { number: 18456 }),
    }),
    'refuses the login',
  ],
  [Object.assign(new Error('Cannot open database'), { code: 'ELOGIN', number: 4060 }), 'may not use this database'],
  [Object.assign(new Error('self-signed certificate'), { code: 'ESOCKET' }), 'TLS'],
  [Object.assign(new Error('no such instance'), { code: 'EINSTLOOKUP' }), 'named instance'],
  [
    Object.assign(new Error(''), {
      originalError: new AggregateError([
        Object.assign(new Error('not authorized'), { code: 'EFEDAUTH' }),
        new Error('no managed identity'),
      ]),
    }),
    'Entra gives no token',
  ],
  ['no error at all', 'The connection failed'],
])('the driver saying %s means: %s', (error, words) => {
  const { message, next } = connectionError(error, configOf('mssql://u:p@h/d'));
  expect(message).toContain(words);
  expect(next).toMatch(/^[A-Z].+\.$/s);
});
