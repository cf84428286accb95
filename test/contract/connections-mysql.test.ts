import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { readJdbcUrl } from '../../src/dialects/jdbc-url.js';
import { connect } from '../../src/dialects/mysql/connection.js';
import type { ConnectionError } from '../../src/errors.js';
import { type Certificates, makeCertificates, writePrivate } from '../support/certificates.js';
import { acquireEngine, describeEngines, type Engine, type TestDatabase } from '../support/engines/index.js';
import { resolveHere } from '../support/resolve-here.js';

// A host is not local by its name alone: both of these lead to this machine.
const named = 'db.deepclean.test';
const address = '0.0.0.0';

let resolveAsBefore: () => void;
beforeAll(() => {
  resolveAsBefore = resolveHere(named);
});
afterAll(() => resolveAsBefore());
afterEach(() => vi.unstubAllEnvs());

const cases = (plain: Engine): void => {
  let certificates: Certificates;
  let encrypted: Engine;
  let database: TestDatabase;
  let unencrypted: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deepclean-connections-'));
    certificates = makeCertificates(named);
    const { authority, certificate, key } = certificates;
    const settings = [`--ssl-ca=${authority}`, `--ssl-cert=${certificate}`, `--ssl-key=${key}`];
    encrypted = (await acquireEngine(plain.name, { private: true, arguments: settings })) as Engine;
    database = await encrypted.createDatabase();
    unencrypted = await plain.createDatabase();
  });
  afterAll(async () => {
    await unencrypted?.drop();
    await encrypted?.stop();
    certificates?.remove();
    rmSync(folder, { recursive: true });
  });

  /** The same database with another host, and options of the URL. */
  const at = (host: string, query = '', from = database): string =>
    `${from.url.replace('127.0.0.1', host)}${query === '' ? '' : `?${query}`}`;

  async function ask(url: string, sql: string): Promise<unknown> {
    const connection = await connect({ url, connectTimeoutMs: 5000 });
    try {
      return Object.values((await connection.query(sql))[0] ?? {}).at(-1);
    } finally {
      await connection.close();
    }
  }
  const isEncrypted = async (url: string) => (await ask(url, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")) !== '';
  const failure = (url: string): Promise<ConnectionError> =>
    connect({ url, connectTimeoutMs: 5000 }).then(
      () => expect.unreachable('it connected'),
      (error: ConnectionError) => error,
    );

  test('connections to another host are encrypted and verified unless the URL says otherwise', async () => {
    for (const host of [named, address]) {
      const { message, next } = await failure(at(host));
      expect(message).toMatch(/^The certificate of the server \(TLS\) is not trusted/);
      for (const way of ['ssl-ca=ca.pem', 'ssl-mode=REQUIRED', 'ssl-mode=DISABLED']) expect(next).toContain(way);
      expect(await isEncrypted(at(host, `ssl-ca=${certificates.authority}`))).toBe(true);
      expect(await isEncrypted(at(host, 'ssl-mode=REQUIRED'))).toBe(true);
    }
    expect(await isEncrypted(at(named, 'ssl-mode=DISABLED'))).toBe(false);
  });

  test('connections to another name than that of the certificate are refused, with the way on', async () => {
    const query = `ssl-ca=${certificates.authority}&ssl-mode`;
    const { message, next } = await failure(at('localhost', `${query}=VERIFY_IDENTITY`));
    expect(message).toMatch(/has another name than the host/);
    expect(next).toContain('ssl-mode=VERIFY_CA');
    expect(await isEncrypted(at('localhost', `${query}=VERIFY_CA`))).toBe(true);
  });

  // MySQL makes itself a certificate.
  test.runIf(plain.name === 'mariadb')('connections to a server without TLS are refused, with the way on', async () => {
    const { message, next } = await failure(at(address, '', unencrypted));
    expect(message).toMatch(/^The server offers no encrypted connection \(TLS\)/);
    expect(next).toContain('ssl-mode=DISABLED');
    expect(await isEncrypted(at(address, 'ssl-mode=DISABLED', unencrypted))).toBe(false);
    expect(await isEncrypted(unencrypted.url)).toBe(false);
  });

  test('connections say every minute that they live', async () => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    await ask(database.url, 'SELECT 1');
    expect(keepAlive.mock.calls).toContainEqual([true, 60_000]);
    keepAlive.mockRestore();
  });

  test('connections to this machine are encrypted if that is offered', async () => {
    expect(await isEncrypted(database.url)).toBe(true);
  });

  test('connections take a JDBC URL, encrypted as it says', async () => {
    const jdbc = (host: string, options: string) =>
      readJdbcUrl(at(host, options).replace(/^[a-z]+:\/\/([^:]*):([^@]*)@/, `jdbc:${plain.name}://$1:$2@`));
    expect(await isEncrypted(jdbc(named, 'useSSL=false&amp;autoReconnect=true'))).toBe(false);
    expect(await isEncrypted(jdbc(named, 'useSSL=true&verifyServerCertificate=false'))).toBe(true);
    expect(await isEncrypted(jdbc(named, `sslMode=VERIFY_CA&serverSslCert=${certificates.authority}`))).toBe(true);
    expect((await failure(jdbc(named, 'useSSL=true'))).message).toMatch(/not trusted/);
  });

  test('connections take user, password and TLS from an option file if the URL does not say them', async () => {
    const nobody = database.url.replace(/\/\/[^@]*@/, '//');
    const options = ['user = tester', 'password = "for-tests-only" # ours', `ssl_ca=${certificates.authority}`];
    const file = writePrivate(folder, '.my.cnf', ['[mysqld]', 'user=x', '[client]', ...options, ''].join('\n'));
    vi.stubEnv('HOME', folder);
    expect(await ask(nobody, 'SELECT CURRENT_USER()')).toBe('tester@%');
    expect(await isEncrypted(at(named))).toBe(true);
    vi.stubEnv('HOME', '/nonexistent');
    expect((await failure(nobody)).message).toMatch(/refuses the login/);
    const other = `${nobody}?defaults-file=${encodeURIComponent(file)}`;
    expect(await ask(other, 'SELECT CURRENT_USER()')).toBe('tester@%');
  });

  test.runIf(plain.name === 'mariadb')('connections of an account with ed25519 are signed', async () => {
    const password = "pä'ss wörd";
    await database.query("INSTALL SONAME 'auth_ed25519'");
    await database.query('CREATE USER signer IDENTIFIED VIA ed25519 USING PASSWORD(?)', [password]);
    await database.query(`GRANT ALL ON ${database.name}.* TO signer`);
    const as = (secret: string) => database.url.replace(/\/\/[^@]*@/, `//signer:${encodeURIComponent(secret)}@`);
    expect(await ask(as(password), 'SELECT CURRENT_USER()')).toBe('signer@%');
    expect((await failure(as('other'))).message).toMatch(/wrong user or password/);
  });

  test.runIf(plain.name === 'mariadb')(
    'connections of an account with a method that is not supported say so',
    async () => {
      await database.query("INSTALL SONAME 'auth_pam'");
      await database.query('CREATE USER asker IDENTIFIED VIA pam');
      const { message, next } = await failure(database.url.replace('tester', 'asker'));
      expect(message).toMatch(/^The account logs in by a method that deepclean does not support/);
      expect(next).toContain('ed25519');
    },
  );
};

// Servers of this machine's own, whatever others the environment names.
describeEngines(['mariadb', 'mysql'], cases, { arguments: [] });
