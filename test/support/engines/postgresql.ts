import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { newestPostgresqlFolders } from '../../../src/dialects/postgresql/programs.js';
import { isReadable, unprivilegedUser } from '../../../src/programs/find.js';
import { type Command, runOrThrow, succeeds } from '../../../src/programs/process.js';
import { findPsql } from './programs.js';
import { buildOnce, runFolder } from './run-folder.js';
import type { Facts, Recipe } from './server.js';
import { LazySession, type OpenSession, once, uniqueName, urlForDatabase } from './session.js';
import type { DatabaseOptions, Engine, EngineOptions, NativeClient, Row, TestDatabase } from './types.js';
import { posixZone } from './zone.js';

// The npm package's PostgreSQL and Debian's with pg_cron.

export const cronDatabase = 'deepclean_cron';

export function findPostgresqlWithCron(): string | undefined {
  return newestPostgresqlFolders().find(
    (folder) => isReadable(join(folder, 'lib/pg_cron.so')) && isReadable(join(folder, 'bin/postgres')),
  );
}

export function postgresqlRecipe(home: string, options: EngineOptions & { cron: boolean }): Recipe {
  const { durable = false, timeZone = 'UTC', cron } = options;
  return {
    templateKey: cron ? 'postgresql-cron' : 'postgresql',
    // "Fast": ends the sessions, then shuts down cleanly.
    cleanShutdown: 'SIGINT',

    async prepare(folder) {
      const data = join(folder, 'data');
      const passwordFile = join(folder, 'password');
      const user = unprivilegedUser();
      await mkdir(data, { mode: 0o700 });
      await writeFile(passwordFile, 'for-tests-only', { mode: 0o600 });
      for (const path of user === undefined ? [] : [data, passwordFile])
        await chown(path, user?.uid ?? 0, user?.gid ?? 0);
      await runOrThrow({
        program: join(await usableHome(home, user), 'bin/initdb'),
        args: [
          `--pgdata=${data}`,
          '--username=tester',
          `--pwfile=${passwordFile}`,
          '--auth-host=scram-sha-256',
          // pg_cron connects as the job's owner over the socket, and has no password to offer.
          '--auth-local=trust',
          '--encoding=UTF8',
          '--locale=C',
          '--no-sync',
        ],
        ...(user === undefined ? {} : { user }),
      });
    },

    async command(folder, facts) {
      const user = unprivilegedUser();
      if (user !== undefined) await chown(folder, user.uid, user.gid);
      const settings = [
        `port=${facts.port}`,
        'listen_addresses=127.0.0.1',
        `unix_socket_directories=${folder}`,
        // Files in the data folder instead of /dev/shm, where a killed server would leave them behind.
        'dynamic_shared_memory_type=mmap',
        `fsync=${durable ? 'on' : 'off'}`,
        `shared_buffers=${durable ? '512MB' : '128MB'}`,
        `timezone=${posixZone(timeZone)}`,
        ...(cron
          ? [
              'shared_preload_libraries=pg_cron',
              `cron.database_name=${cronDatabase}`,
              `cron.host=${folder}`,
              `cron.timezone=${posixZone(timeZone)}`,
            ]
          : []),
      ];
      return {
        program: join(await usableHome(home, user), 'bin/postgres'),
        args: [
          '-D',
          join(folder, 'data'),
          ...settings.flatMap((setting) => ['-c', setting]),
          ...(options.arguments ?? []),
        ],
        ...(user === undefined ? {} : { user }),
      };
    },

    async probe(facts) {
      await once(
        () => openPostgresql(adminUrl(facts)),
        (session) => session.query('SELECT 1'),
      );
    },

    async setUp(facts) {
      if (cron) await createCronDatabase(adminUrl(facts));
    },

    async afterStart() {},
  };
}

export function adminUrl(facts: Facts): string {
  return `postgresql://${facts.user}:${facts.password}@127.0.0.1:${facts.port}/postgres`;
}

export async function postgresqlEngine(
  name: 'postgresql' | 'postgresql-cron',
  admin: string,
  life: Pick<Engine, 'kill' | 'restart' | 'stop'>,
): Promise<Engine> {
  const onServer = <T>(use: (session: OpenSession) => Promise<T>): Promise<T> => once(() => openPostgresql(admin), use);
  const [row] = await onServer((session) => session.query('SHOW server_version'));
  const psql = findPsql();

  function openDatabase(database: string): TestDatabase {
    const url = urlForDatabase(admin, database);
    const session = new LazySession(() => openPostgresql(url));
    return {
      name: database,
      url,
      query: (sql, parameters) => session.query(sql, parameters),
      script: (sql) => session.script(sql),
      connect: () => openPostgresql(url),
      close: () => session.close(),
      async drop() {
        await session.close();
        if (database === cronDatabase) await emptyCronDatabase(admin);
        else await onServer((server) => dropDatabase(server, database));
      },
    };
  }

  return {
    name,
    dialect: 'postgresql',
    version: String(row?.server_version),
    ...(psql === undefined ? {} : { nativeClient: nativeClient(psql) }),
    ...(name === 'postgresql-cron' ? { cronDatabase } : {}),
    openDatabase,
    async createDatabase({ name: database = uniqueName(), characterSet, collation }: DatabaseOptions = {}) {
      if (name === 'postgresql-cron' && database === cronDatabase) {
        await emptyCronDatabase(admin);
        return openDatabase(database);
      }
      const quote = pg.escapeLiteral;
      const clauses = [
        'TEMPLATE template0',
        ...(characterSet === undefined ? [] : [`ENCODING ${quote(characterSet)}`]),
        ...(collation === undefined ? [] : [`LC_COLLATE ${quote(collation)} LC_CTYPE ${quote(collation)}`]),
      ];
      await onServer(async (server) => {
        await dropDatabase(server, database);
        await server.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} ${clauses.join(' ')}`);
      });
      return openDatabase(database);
    },
    // PostgreSQL brings its own zones.
    async loadTimeZones() {},
    ...life,
  };
}

// Kept as text: date, time, timestamp, timestamptz, interval, timetz, and arrays of the stamps; json and jsonb.
const typesAsText = new Set([1082, 1083, 1114, 1184, 1186, 1266, 1115, 1182, 1185, 114, 3802]);

async function openPostgresql(url: string): Promise<OpenSession> {
  const client = new pg.Client({
    connectionString: url,
    types: {
      // pg's own signature is generic over text and binary; only text arrives here.
      getTypeParser: ((oid: number) =>
        typesAsText.has(oid) ? (text: string) => text : pg.types.getTypeParser(oid)) as typeof pg.types.getTypeParser,
    },
  });
  let lost = false;
  client.on('error', () => {
    lost = true;
  });
  client.on('end', () => {
    lost = true;
  });
  await client.connect();
  return {
    lost: () => lost,
    async query(sql, parameters) {
      // Without parameters by the simple protocol, in which a text may hold several statements.
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql, parameters && [...parameters]);
      const last = Array.isArray(result) ? result.at(-1) : result;
      return (last?.rows ?? []).map((row: Row) => ({ ...row }));
    },
    async script(sql) {
      await client.query(sql);
    },
    async close() {
      await client.end().catch(() => undefined);
    },
  };
}

async function dropDatabase(server: OpenSession, name: string): Promise<void> {
  // FORCE ends the sessions that a failed test left behind.
  await server.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
}

/** Made once per server: a worker whose database is dropped ends for good, and the server does not start it again. */
async function createCronDatabase(admin: string): Promise<void> {
  await once(
    () => openPostgresql(admin),
    (server) => server.query(`CREATE DATABASE ${cronDatabase} TEMPLATE template0`),
  );
  await once(
    () => openPostgresql(urlForDatabase(admin, cronDatabase)),
    (session) => session.query('CREATE EXTENSION pg_cron'),
  );
}

/** As it was made, instead of a new one. */
async function emptyCronDatabase(admin: string): Promise<void> {
  await once(
    () => openPostgresql(urlForDatabase(admin, cronDatabase)),
    async (session) => {
      const others = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()';
      await session.query(`${others} AND backend_type = 'client backend' AND pid <> pg_backend_pid()`);
      await session.query('DROP EXTENSION IF EXISTS pg_cron CASCADE');
      await session.query('DROP SCHEMA IF EXISTS public CASCADE');
      await session.query('CREATE SCHEMA public');
      await session.query('CREATE EXTENSION pg_cron');
    },
  );
}

// Another user cannot execute what lies below a private home folder: then the programs are copied into the run's folder.
async function usableHome(home: string, user: Command['user']): Promise<string> {
  const initdb = { program: join(home, 'bin/initdb'), args: ['--version'], ...(user === undefined ? {} : { user }) };
  if (user === undefined || (await succeeds(initdb))) return home;
  return buildOnce(join(runFolder(), 'programs'), async () => {
    const copy = join(runFolder(), 'programs', 'postgresql');
    await runOrThrow({ program: 'cp', args: ['-a', home, copy] });
    await runOrThrow({ program: 'chmod', args: ['-R', 'a+rX', copy] });
    return copy;
  });
}

function nativeClient(command: string): NativeClient {
  return {
    command,
    args(text) {
      const url = new URL(text);
      url.password = '';
      return ['--no-psqlrc', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1', url.href];
    },
    env: (url) => ({ PGPASSWORD: decodeURIComponent(new URL(url).password) }),
  };
}
