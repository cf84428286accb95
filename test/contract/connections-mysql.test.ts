import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { readJdbcUrl } from '../../src/dialects/jdbc-url.js';
import { connect } from '../../src/dialects/mysql/connection.js';
import { writePrivate } from '../support/certificates.js';
import { describeEngines, type Engine } from '../support/engines/index.js';
import { address, named, useTlsServers } from '../support/tls-servers.js';

const cases = (plain: Engine): void => {
  const { servers, at, ask, failure } = useTlsServers(plain, {
    connect,
    settings: ({ authority, certificate, key }) => [
      `--ssl-ca=${authority}`,
      `--ssl-cert=${certificate}`,
      `--ssl-key=${key}`,
    ],
  });
  const one = async (url: string, sql: string): Promise<unknown> => (await ask(url, sql)).at(-1);
  const isEncrypted = async (url: string) => (await one(url, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")) !== '';

  test('connections to another host are encrypted and verified unless the URL says otherwise', async () => {
    for (const host of [named, address]) {
      const { message, next } = await failure(at(host));
      expect(message).toMatch(/^The certificate of the server \(TLS\) is not trusted/);
      for (const way of ['ssl-ca=ca.pem', 'ssl-mode=REQUIRED', 'ssl-mode=DISABLED']) expect(next).toContain(way);
      expect(await isEncrypted(at(host, `ssl-ca=${servers.certificates.authority}`))).toBe(true);
      expect(await isEncrypted(at(host, 'ssl-mode=REQUIRED'))).toBe(true);
    }
    expect(await isEncrypted(at(named, 'ssl-mode=DISABLED'))).toBe(false);
  });

  test('connections to another name than that of the certificate are refused, with the way on', async () => {
    const query = `ssl-ca=${servers.certificates.authority}&ssl-mode`;
    const { message, next } = await failure(at('localhost', `${query}=VERIFY_IDENTITY`));
    expect(message).toMatch(/has another name than the host/);
    expect(next).toContain('ssl-mode=VERIFY_CA');
    expect(await isEncrypted(at('localhost', `${query}=VERIFY_CA`))).toBe(true);
  });

  // MySQL makes itself a certificate.
  test.runIf(plain.name === 'mariadb')('connections to a server without TLS are refused, with the way on', async () => {
    const { message, next } = await failure(at(address, '', servers.unencrypted));
    expect(message).toMatch(/^The server offers no encrypted connection \(TLS\)/);
    expect(next).toContain('ssl-mode=DISABLED');
    expect(await isEncrypted(at(address, 'ssl-mode=DISABLED', servers.unencrypted))).toBe(false);
    expect(await isEncrypted(servers.unencrypted.url)).toBe(false);
  });

  test('connections say every minute that they live', async () => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    await one(servers.database.url, 'SELECT 1');
    expect(keepAlive.mock.calls).toContainEqual([true, 60_000]);
    keepAlive.mockRestore();
  });

  test('connections to this machine are encrypted if that is offered', async () => {
    expect(await isEncrypted(servers.database.url)).toBe(true);
  });

  test('connections take a JDBC URL, encrypted as it says', async () => {
    const jdbc = (host: string, options: string) =>
      readJdbcUrl(at(host, options).replace(/^[a-z]+:\/\/([^:]*):([^@]*)@/, `jdbc:${plain.name}://$1:$2@`));
    expect(await isEncrypted(jdbc(named, 'useSSL=false&amp;autoReconnect=true'))).toBe(false);
    expect(await isEncrypted(jdbc(named, 'useSSL=true&verifyServerCertificate=false'))).toBe(true);
    expect(await isEncrypted(jdbc(named, `sslMode=VERIFY_CA&serverSslCert=${servers.certificates.authority}`))).toBe(
      true,
    );
    expect((await failure(jdbc(named, 'useSSL=true'))).message).toMatch(/not trusted/);
  });

  test('connections take user, password and TLS from an option file if the URL does not say them', async () => {
    const nobody = servers.database.url.replace(/\/\/[^@]*@/, '//');
    const options = ['user = tester', 'password = "for-tests-only" # ours', `ssl_ca=${servers.certificates.authority}`];
    const file = writePrivate(servers.folder, '.my.cnf', ['[mysqld]', 'user=x', '[client]', ...options, ''].join('\n'));
    vi.stubEnv('HOME', servers.folder);
    expect(await one(nobody, 'SELECT CURRENT_USER()')).toBe('tester@%');
    expect(await isEncrypted(at(named))).toBe(true);
    vi.stubEnv('HOME', '/nonexistent');
    expect((await failure(nobody)).message).toMatch(/refuses the login/);
    const other = `${nobody}?defaults-file=${encodeURIComponent(file)}`;
    expect(await one(other, 'SELECT CURRENT_USER()')).toBe('tester@%');
  });

  test.runIf(plain.name === 'mariadb')('connections of an account with ed25519 are signed', async () => {
    const password = "pä'ss wörd";
    await servers.database.query("INSTALL SONAME 'auth_ed25519'");
    await servers.database.query('CREATE USER signer IDENTIFIED VIA ed25519 USING PASSWORD(?)', [password]);
    await servers.database.query(`GRANT ALL ON ${servers.database.name}.* TO signer`);
    const as = (secret: string) =>
      servers.database.url.replace(/\/\/[^@]*@/, `//signer:${encodeURIComponent(secret)}@`);
    expect(await one(as(password), 'SELECT CURRENT_USER()')).toBe('signer@%');
    expect((await failure(as('other'))).message).toMatch(/wrong user or password/);
  });

  test.runIf(plain.name === 'mariadb')(
    'connections of an account with a method that is not supported say so',
    async () => {
      await servers.database.query("INSTALL SONAME 'auth_pam'");
      await servers.database.query('CREATE USER asker IDENTIFIED VIA pam');
      const { message, next } = await failure(servers.database.url.replace('tester', 'asker'));
      expect(message).toMatch(/^The account logs in by a method that deepclean does not support/);
      expect(next).toContain('ed25519');
    },
  );
};

// Servers of this machine's own, whatever others the environment names.
describeEngines(['mariadb', 'mysql'], cases, { arguments: [] });
