import { mkdir, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { findProgram, isReadable } from '../../../src/programs/find.js';
import { runOrThrow } from '../../../src/programs/process.js';
import { provisioned } from './programs.js';
import type { Facts, Recipe } from './server.js';
import { LazySession, type OpenSession, once, uniqueName, urlForDatabase } from './session.js';
import type { DatabaseOptions, Engine, EngineOptions, NativeClient, Row, TestDatabase } from './types.js';
import { posixZone } from './zone.js';

// MySQL and MariaDB: two servers that one driver and one set of options can talk to.

type Brand = 'mysql' | 'mariadb';

const zoneFolder = '/usr/share/zoneinfo';
const zonesOfTests = ['UTC', 'Europe/Berlin', 'America/New_York'];

export interface MysqlPrograms {
  readonly server: string;
  readonly client: string | undefined;
  readonly zones: string | undefined;
}

export async function findMysqlPrograms(brand: Brand): Promise<MysqlPrograms | undefined> {
  if (brand === 'mariadb') {
    const server = findProgram('mariadbd');
    const zones = findProgram('mariadb-tzinfo-to-sql', 'mysql_tzinfo_to_sql');
    return server === undefined ? undefined : { server, client: findMysqlClient(brand), zones };
  }
  const server = provisioned('mysqld') ?? (await realMysqld());
  const zones = provisioned('mysql_tzinfo_to_sql') ?? findProgram('mysql_tzinfo_to_sql');
  return server === undefined ? undefined : { server, client: findMysqlClient(brand), zones };
}

export function findMysqlClient(brand: Brand): string | undefined {
  return brand === 'mariadb' ? findProgram('mariadb', 'mysql') : (provisioned('mysql') ?? findProgram('mysql'));
}

// Many systems install MariaDB under MySQL's names.
async function realMysqld(): Promise<string | undefined> {
  const server = findProgram('mysqld');
  if (server === undefined) return undefined;
  const version = await runOrThrow({ program: server, args: ['--no-defaults', '--version'] }).catch(() => 'MariaDB');
  return version.includes('MariaDB') ? undefined : server;
}

export function mysqlRecipe(brand: Brand, programs: MysqlPrograms, options: EngineOptions): Recipe {
  const { durable = false, eventScheduler = false, timeZone, systemTimeZone = 'UTC' } = options;
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  return {
    templateKey: brand,
    cleanShutdown: 'SIGTERM',

    async prepare(folder) {
      const data = `--datadir=${join(folder, 'data')}`;
      // Both servers empty their temporary folder when they start: in a shared one they delete each other's tables.
      const temporary = `--tmpdir=${folder}`;
      if (brand === 'mysql') {
        const args = ['--no-defaults', '--initialize-insecure', ...asRoot, data, temporary, '--secure-file-priv=NULL'];
        await runOrThrow({ program: programs.server, args });
        return;
      }
      const program = findProgram('mariadb-install-db', 'mysql_install_db');
      if (program === undefined) throw new Error('mariadbd is here, but mariadb-install-db is not.');
      const plainPassword = '--auth-root-authentication-method=normal';
      await mkdir(join(folder, 'data'));
      await runOrThrow({
        program,
        args: ['--no-defaults', ...asRoot, data, temporary, plainPassword, '--skip-test-db', '--skip-name-resolve'],
      });
    },

    async command(folder, facts) {
      const firstStatements = join(folder, 'init.sql');
      await writeFile(firstStatements, adminUserSql(facts), { mode: 0o600 });
      return {
        program: programs.server,
        env: { TZ: posixZone(systemTimeZone) },
        args: [
          '--no-defaults',
          ...asRoot,
          `--datadir=${join(folder, 'data')}`,
          `--socket=${join(folder, 'socket')}`,
          `--pid-file=${join(folder, 'server.pid')}`,
          `--tmpdir=${folder}`,
          `--port=${facts.port}`,
          '--bind-address=127.0.0.1',
          '--skip-name-resolve',
          `--init-file=${firstStatements}`,
          '--secure-file-priv=',
          `--innodb-buffer-pool-size=${durable ? '512M' : '128M'}`,
          ...(durable ? ['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1'] : fast[brand]),
          `--event-scheduler=${eventScheduler ? 'ON' : 'OFF'}`,
          ...(brand === 'mysql' ? ['--mysqlx=OFF'] : []),
          ...(options.arguments ?? []),
        ],
      };
    },

    async probe(facts) {
      await once(
        () => openMysql(adminUrl(brand, facts)),
        (session) => session.query('SELECT 1'),
      );
    },

    async setUp(facts) {
      const named = timeZone?.includes('/') === true ? [timeZone] : [];
      await loadZones(adminUrl(brand, facts), programs.zones, [...new Set([...zonesOfTests, ...named])]);
    },

    async afterStart(facts) {
      // Not --default-time-zone: a named zone is unknown until its table is filled, and then the server would not start.
      if (timeZone === undefined) return;
      await once(
        () => openMysql(adminUrl(brand, facts)),
        (session) => session.query('SET GLOBAL time_zone = ?', [timeZone]),
      );
    },
  };
}

/** Nothing has to outlive the server, and no test asks who reads or waits through its instruments. */
const inHaste = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=OFF', '--performance-schema=OFF'];
const fast: Readonly<Record<Brand, readonly string[]>> = {
  mariadb: inHaste,
  mysql: [...inHaste, '--skip-log-bin'],
};

export function adminUrl(brand: Brand, facts: Facts): string {
  return `${brand}://${facts.user}:${facts.password}@127.0.0.1:${facts.port}/`;
}

export interface MysqlControl {
  readonly zonesProgram: string | undefined;
  readonly client: string | undefined;
  readonly life: Pick<Engine, 'kill' | 'restart' | 'stop'>;
}

export async function mysqlEngine(brand: Brand, admin: string, control: MysqlControl): Promise<Engine> {
  const onServer = <T>(use: (session: OpenSession) => Promise<T>): Promise<T> => once(() => openMysql(admin), use);
  const [row] = await onServer((session) => session.query('SELECT VERSION() AS version'));

  function openDatabase(name: string): TestDatabase {
    const url = urlForDatabase(admin, name);
    const session = new LazySession(() => openMysql(url));
    return {
      name,
      url,
      query: (sql, parameters) => session.query(sql, parameters),
      script: (sql) => session.script(sql),
      connect: () => openMysql(url),
      close: () => session.close(),
      async drop() {
        await session.close();
        await onServer((server) => dropDatabase(server, name));
      },
    };
  }

  return {
    name: brand,
    dialect: brand,
    version: String(row?.version),
    ...(control.client === undefined ? {} : { nativeClient: nativeClient(control.client) }),
    openDatabase,
    async createDatabase({ name = uniqueName(), characterSet, collation }: DatabaseOptions = {}) {
      const clauses = [
        ...(characterSet === undefined ? [] : [`CHARACTER SET ${characterSet}`]),
        ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
      ];
      await onServer(async (server) => {
        await dropDatabase(server, name);
        await server.query(`CREATE DATABASE ${mysql.escapeId(name, true)} ${clauses.join(' ')}`);
      });
      return openDatabase(name);
    },
    loadTimeZones: () => loadZones(admin, control.zonesProgram),
    ...control.life,
  };
}

async function openMysql(url: string): Promise<OpenSession> {
  const connection = await mysql.createConnection({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    multipleStatements: true,
    charset: 'utf8mb4',
  });
  let lost = false;
  // An idle connection's end is not always an event of the driver; the socket's is. Without a listener an error would
  // end the process.
  connection.on('error', () => undefined);
  socketOf(connection).once('close', () => {
    lost = true;
  });
  return {
    lost: () => lost,
    async query(sql, parameters = []) {
      const [result] = await connection.query(sql, [...parameters]);
      return rowsOf(result);
    },
    async script(sql) {
      await connection.query(sql);
    },
    async close() {
      if (lost) connection.destroy();
      else await connection.end().catch(() => connection.destroy());
    },
  };
}

function socketOf(connection: mysql.Connection): Socket {
  // Not in the driver's types.
  return (connection as unknown as { connection: { stream: Socket } }).connection.stream;
}

// One SELECT gives rows; a CALL or several statements give a list in which each result set is a list of its own.
function rowsOf(result: unknown): Row[] {
  if (!Array.isArray(result)) return [];
  const sets = result.filter((entry): entry is Row[] => Array.isArray(entry));
  const rows: unknown[] = sets.at(-1) ?? result;
  return rows.flatMap((row) => (isHeader(row) ? [] : [{ ...(row as Row) }]));
}

function isHeader(row: unknown): boolean {
  return row === undefined || (row as object).constructor?.name === 'ResultSetHeader';
}

// A session that a failed test left behind may hold a lock that DROP would wait for.
async function dropDatabase(server: OpenSession, name: string): Promise<void> {
  const left = await server.query('SELECT id AS id FROM information_schema.processlist WHERE db = ?', [name]);
  for (const { id } of left) await server.query(`KILL ${Number(id)}`).catch(() => undefined);
  await server.query(`DROP DATABASE IF EXISTS ${mysql.escapeId(name, true)}`);
}

function adminUserSql({ user, password }: Facts): string {
  const account = `'${user}'@'%'`;
  return `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`;
}

async function loadZones(admin: string, program: string | undefined, zones?: readonly string[]): Promise<void> {
  if (program === undefined || !isReadable(zoneFolder)) {
    // The few that are loaded always are a convenience; asking for all of them is a demand.
    if (zones !== undefined) return;
    throw new Error(`The time zone tables need ${zoneFolder} and the server's own tzinfo-to-sql program.`);
  }
  const sources = zones?.map((zone) => [join(zoneFolder, zone), zone]) ?? [[zoneFolder]];
  for (const args of sources) {
    const sql = await runOrThrow({ program, args });
    await once(
      () => openMysql(urlForDatabase(admin, 'mysql')),
      (session) => session.script(sql),
    );
  }
}

function nativeClient(command: string): NativeClient {
  return {
    command,
    args(text) {
      const url = new URL(text);
      return [
        '--protocol=tcp',
        `--host=${url.hostname}`,
        `--port=${url.port || 3306}`,
        `--user=${decodeURIComponent(url.username)}`,
        '--default-character-set=utf8mb4',
        decodeURIComponent(url.pathname.slice(1)),
      ];
    },
    env: (url) => ({ MYSQL_PWD: decodeURIComponent(new URL(url).password) }),
  };
}
