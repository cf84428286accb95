import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect, connectionError, driverAttributes } from '../../../../src/dialects/oracle/connection.js';
import { ConnectionError, UsageError } from '../../../../src/errors.js';

const target = (url: string, password?: string) => ({
  url,
  connectTimeoutMs: 2000,
  ...(password !== undefined && { password }),
});

describe('the URL', () => {
  test('says host, port, service, user and password', () => {
    expect(driverAttributes(target('oracle://wso2:p%40ss@db.example:1522/XEPDB1'))).toEqual({
      user: 'wso2',
      password: 'p@ss',
      connectString: 'tcp://db.example:1522/XEPDB1',
      connectTimeout: 2,
      transportConnectTimeout: 2,
      expireTime: 1,
    });
  });

  test('has the connection say every minute that it lives: a run is one call, and may be silent for an hour', () => {
    for (const url of ['oracle://u@db/s', 'oracle://u@db/s?protocol=tcps', 'oracle://u@/prod?config-dir=/etc/oracle'])
      expect(driverAttributes(target(url))).toMatchObject({ expireTime: 1 });
  });

  test('a password of its own counts more than that of the URL', () => {
    expect(driverAttributes(target('oracle://wso2:one@db/s', 'two'))).toMatchObject({ password: 'two' });
  });

  test('the usual port is that of the protocol', () => {
    expect(driverAttributes(target('oracle://wso2@db/s')).connectString).toBe('tcp://db:1521/s');
    expect(driverAttributes(target('oracle://wso2@db/s?protocol=tcps')).connectString).toBe('tcps://db:2484/s');
  });

  test('a wallet means TLS, and its password stands in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deepclean-wallet-'));
    writeFileSync(join(folder, 'secret'), 'open sesame\n');
    const url = `oracle://wso2@db:1522/s?wallet=${folder}&wallet-password-file=${folder}/secret&server-dn-match=no`;
    expect(driverAttributes(target(url))).toMatchObject({
      connectString: 'tcps://db:1522/s',
      walletLocation: folder,
      walletPassword: 'open sesame',
      sslServerDNMatch: false,
    });
    rmSync(folder, { recursive: true });
  });

  test('with a folder of tnsnames.ora the service is a name in it', () => {
    expect(driverAttributes(target('oracle://wso2@/prod?config-dir=/etc/oracle'))).toMatchObject({
      connectString: 'prod',
      configDir: '/etc/oracle',
    });
  });

  test('may hold a whole descriptor', () => {
    const descriptor = '(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=a)(PORT=1))(CONNECT_DATA=(SID=ORCL)))';
    const url = `oracle://wso2@/?connect-string=${encodeURIComponent(descriptor)}`;
    expect(driverAttributes(target(url))).toMatchObject({ connectString: descriptor, user: 'wso2', expireTime: 1 });
  });

  test.each([
    ['oracle://wso2@db/s?walet=x', /not known: walet/],
    ['oracle://wso2@db/s?protocol=udp', /protocol=udp is not known/],
    ['oracle://wso2@db/s?server-dn-match=maybe', /server-dn-match=maybe/],
    ['oracle://wso2@db/s?connect-timeout=0', /connect-timeout=0/],
    ['oracle://wso2@db/s?wallet-password-file=/nowhere/x', /cannot be read/],
    ['oracle://wso2@db', /names no service/],
    ['oracle://wso2:se:cret@db:x/s', /cannot be read/],
  ])('%s is refused', (url, message) => {
    expect(() => driverAttributes(target(url))).toThrow(UsageError);
    expect(() => driverAttributes(target(url))).toThrow(message);
  });
});

describe('errors', () => {
  const attributes = driverAttributes(target('oracle://wso2:hidden-word@db/s'));

  test.each([
    ['ORA-01017: invalid username/password; logon denied', /wrong user or password/],
    ['NJS-518: cannot connect to Oracle Database. Service "x" is not registered', /no such service/],
    ['ORA-28000: The account is locked.', /refuses this login/],
    ['NJS-116: password verifier type 0x939 is not supported', /thin mode/],
    ['NJS-503: connection to host db port 1521 could not be established', /cannot be reached/],
    [
      'NJS-530: The host addresses or URLs provided by the connect string are incorrect or unresolvable',
      /cannot be reached/,
    ],
    ['NJS-533: Advanced Networking Option service negotiation failed', /thin mode/],
    ['NJS-507: TLS detected an invalid certificate', /\(TLS\)/],
    ['NJS-529: Invalid wallet content format', /\(TLS\)/],
    ['something else', /The connection failed/],
  ])('%s', (message, said) => {
    const error = connectionError(new Error(message), attributes);
    expect(error.message).toMatch(said);
    expect(error.message).toContain('user wso2');
    expect(`${error.message} ${error.next}`).not.toContain('hidden-word');
  });

  test('a refused port is told in plain words, without the password', async () => {
    const refused = connect(target('oracle://wso2:hidden-word@127.0.0.1:1/XEPDB1'));
    await expect(refused).rejects.toThrow(ConnectionError);
    await expect(refused).rejects.toThrow(/cannot be reached .*127\.0\.0\.1:1\/XEPDB1, user wso2/);
    await expect(refused).rejects.not.toThrow(/hidden-word/);
  });
});
