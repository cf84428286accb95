import { chmodSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readJdbcUrl } from '../../src/dialects/jdbc-url.js';
import { connect } from '../../src/dialects/postgresql/connection.js';
import { UsageError } from '../../src/errors.js';
import { writePrivate } from '../support/certificates.js';
import { describeEngines, type Engine, type TestDatabase } from '../support/engines/index.js';
import { address, named, useTlsServers } from '../support/tls-servers.js';

const cases = (plain: Engine): void => {
  const { servers, at, ask, failure } = useTlsServers(plain, {
    connect,
    settings: ({ folder, certificate, key }) => {
      const access = join(folder, 'pg_hba.conf');
      writeFileSync(access, 'local all all trust\nhost all all all scram-sha-256\n');
      const all = [`hba_file=${access}`, 'ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`];
      return all.flatMap((setting) => ['-c', setting]);
    },
  });
  const portOf = (from: TestDatabase): number => Number(new URL(from.url).port);
  const one = async (url: string, sql: string): Promise<unknown> => (await ask(url, sql))[0];
  const isEncrypted = (url: string) => one(url, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');

  test('connections to another host are encrypted and verified unless the URL says otherwise', async () => {
    const { message, next } = await failure(at(named));
    expect(message).toMatch(/^The certificate of the server \(TLS\) is not trusted/);
    for (const way of ['sslrootcert=ca.pem', 'sslmode=require', 'sslmode=disable']) expect(next).toContain(way);
    expect(await isEncrypted(at(named, `sslrootcert=${servers.certificates.authority}`))).toBe(true);
    expect(await isEncrypted(at(named, 'sslmode=require'))).toBe(true);
    expect(await isEncrypted(at(named, 'sslmode=disable'))).toBe(false);
  });

  test('connections to another name than that of the certificate are refused, with the way on', async () => {
    const { message, next } = await failure(at(address, `sslrootcert=${servers.certificates.authority}`));
    expect(message).toMatch(/has another name than the host/);
    expect(next).toContain('sslmode=verify-ca');
    const query = `sslrootcert=${servers.certificates.authority}&sslmode=verify-ca`;
    expect(await isEncrypted(at(address, query))).toBe(true);
  });

  test('connections to a server without TLS are refused, with the way on', async () => {
    const { message, next } = await failure(at(address, '', servers.unencrypted));
    expect(message).toMatch(/^The server offers no encrypted connection \(TLS\)/);
    expect(next).toContain('sslmode=disable');
    expect(await isEncrypted(at(address, 'sslmode=disable', servers.unencrypted))).toBe(false);
  });

  test('connections say every minute that they live', async () => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    await one(servers.database.url, 'SELECT 1');
    expect(keepAlive.mock.calls).toContainEqual([true, 60_000]);
    keepAlive.mockRestore();
  });

  test('connections to this machine are encrypted if that is offered', async () => {
    expect(await isEncrypted(servers.database.url)).toBe(true);
    expect(await isEncrypted(servers.unencrypted.url)).toBe(false);
  });

  test('connections follow PGSSLMODE and PGSSLROOTCERT if the URL says nothing', async () => {
    vi.stubEnv('PGSSLROOTCERT', servers.certificates.authority);
    expect(await isEncrypted(at(named))).toBe(true);
    expect((await failure(at(address))).message).toMatch(/another name/);
    vi.stubEnv('PGSSLMODE', 'disable');
    expect(await isEncrypted(at(named))).toBe(false);
    expect(await isEncrypted(at(named, 'sslmode=verify-full'))).toBe(true);
  });

  test.each([
    ['left out', ''],
    ['empty', ':'],
  ])('connections with a password that is %s take that of .pgpass', async (_, password) => {
    const url = servers.database.url.replace(/:[^:@]*@/, `${password}@`);
    const line = `127.0.0.1:${portOf(servers.database)}:*:tester:for-tests-only`;
    const file = writePrivate(servers.folder, 'pgpass', `# ours\nother:*:*:*:wrong\n${line}\n`);
    vi.stubEnv('PGPASSFILE', file);
    vi.stubEnv('PGPASSWORD', '');
    expect(await one(url, 'SELECT 1')).toBe(1);
    vi.stubEnv('PGPASSFILE', join(servers.folder, 'none'));
    expect((await failure(url)).message).toMatch(/refuses the login/);
    expect(await one(`${url}?passfile=${encodeURIComponent(file)}`, 'SELECT 1')).toBe(1);
    chmodSync(file, 0o644);
    const refused = await failure(`${url}?passfile=${encodeURIComponent(file)}`);
    expect(refused).toBeInstanceOf(UsageError);
    expect(refused.next).toContain(`chmod 600 ${file}`);
  });

  test('connections take a JDBC URL, with the schemas that it names', async () => {
    await servers.database.query('CREATE SCHEMA "wso2 is"');
    const url = readJdbcUrl(
      `jdbc:postgresql://127.0.0.1:${portOf(servers.database)}/${servers.database.name}?currentSchema="wso2 is",public&amp;ssl=false`,
    );
    const login = { user: 'tester', password: 'for-tests-only', connectTimeoutMs: 5000 };
    const connection = await connect({ url, ...login });
    expect(await connection.query('SELECT current_schema() AS schema')).toEqual([{ schema: 'wso2 is' }]);
    await connection.close();
  });

  test('connections take what a service of pg_service.conf says', async () => {
    const lines = [
      '[other]',
      'host=nowhere',
      '',
      '[wso2]',
      'host = 127.0.0.1',
      `port=${portOf(servers.database)}`,
      '# x',
    ];
    const login = ['user=tester', 'password=for-tests-only', `dbname=${servers.database.name}`, 'keepalives_idle=5'];
    vi.stubEnv('PGSERVICEFILE', writePrivate(servers.folder, 'services', [...lines, ...login].join('\n')));
    expect(await one('postgresql:///?service=wso2', 'SELECT current_database()')).toBe(servers.database.name);
    expect(await one('postgresql:///postgres?service=wso2', 'SELECT current_database()')).toBe('postgres');
    vi.stubEnv('PGSERVICE', 'wso2');
    expect(await one('postgresql://', 'SELECT current_database()')).toBe(servers.database.name);
    expect((await failure('postgresql:///?service=nosuch')).message).toContain('There is no service "nosuch"');
  });

  test('connections try several hosts one after the other, and tell of all of them', async () => {
    const hosts = (...ports: number[]) =>
      servers.database.url.replace(/@[^/]*/, `@${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);
    expect(await one(hosts(1, portOf(servers.database)), 'SHOW port')).toBe(`${portOf(servers.database)}`);
    const { message } = await failure(hosts(1, 2));
    expect(message).toMatch(/^None of the 2 hosts can be used:\n- .*port 1,.*\n- .*port 2,/);
    const refused = await failure(hosts(portOf(servers.database), 1).replace('for-tests-only', 'wrong'));
    expect(refused.message).toMatch(/^The database server refuses the login/);
  });

  test('connections ask for the server that target_session_attrs describes', async () => {
    const both = servers.database.url.replace(
      /@[^/]*/,
      `@127.0.0.1:${portOf(servers.unencrypted)},127.0.0.1:${portOf(servers.database)}`,
    );
    const [first, second] = [`${portOf(servers.unencrypted)}`, `${portOf(servers.database)}`];
    await servers.unencrypted.query(`ALTER DATABASE ${servers.database.name} SET default_transaction_read_only = on`);
    expect(await one(both, 'SHOW port')).toBe(first);
    expect(await one(`${both}?target_session_attrs=primary`, 'SHOW port')).toBe(first);
    expect(await one(`${both}?target_session_attrs=read-write`, 'SHOW port')).toBe(second);
    expect((await failure(`${servers.unencrypted.url}?target_session_attrs=read-write`)).message).toMatch(/read only/);
  });

  // The last one: it leaves a standby behind.
  test('connections do not take a standby for a primary', async () => {
    const [row] = await servers.database.query('SHOW data_directory');
    await servers.database.close();
    writeFileSync(join(String(row?.data_directory), 'standby.signal'), '');
    await servers.encrypted.restart();
    expect(await one(servers.database.url, 'SELECT pg_is_in_recovery()')).toBe(true);
    for (const kind of ['primary', 'read-write']) {
      const { message } = await failure(`${servers.database.url}?target_session_attrs=${kind}`);
      expect(message).toMatch(/^The server is a standby/);
    }
  });
};

// Servers of this machine's own, without TLS, whatever others the environment names.
describeEngines(['postgresql'], cases, { arguments: ['-c', 'ssl=off'] });
