import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeepcleanError, exitCodes } from '../../errors.js';
import { findProgram, firstExecutable, isReadable } from '../../programs/find.js';
import { runOrThrow } from '../../programs/process.js';
import type { Dump, LiveSource, Loaded, SchemaText, Scratch, ScratchServer } from '../scratch.js';
import { feed, readWithProgram, startScratchServer } from '../scratch-server.js';
import { driverOptions } from './connection.js';
import type { SslMode } from './connection-tls.js';
import { expressions } from './expressions.js';

const user = 'rehearsal';
const database = 'rehearsal';
const password = 'for-a-rehearsal-only';

/** One of the two servers that this dialect's files speak to, and its programs. */
interface Brand {
  readonly title: string;
  readonly scheme: string;
  readonly server: string;
  readonly client: readonly string[];
  readonly dumpProgram: string;
  /** Options that only its dump program knows. */
  readonly dumpOptions: readonly string[];
  /** How its programs are told to encrypt. */
  readonly encrypted: (mode: SslMode) => readonly string[];
  /** A statement of the session may take a minute; and what else is set for it. */
  readonly aMinute: string;
  /** By what `--version` says. */
  readonly isOurs: (text: string) => boolean;
  /** Makes the data. */
  readonly install: (server: string, programs: string | undefined, args: readonly string[]) => Promise<void>;
  readonly more: readonly string[];
}

/** Both name each other in comments, but only MariaDB names itself. */
const saysMariadb = (text: string): boolean => /mariadb/i.test(text);

const brands: Readonly<Record<'mysql' | 'mariadb', Brand>> = {
  mysql: {
    title: 'MySQL',
    scheme: 'mysql',
    server: 'mysqld',
    client: ['mysql'],
    dumpProgram: 'mysqldump',
    dumpOptions: ['--set-gtid-purged=OFF', '--column-statistics=0'],
    encrypted: (mode) => [`--ssl-mode=${mode}`],
    // The numbers of rows are those of now, and not of up to a day ago.
    aMinute: 'max_execution_time = 60000, information_schema_stats_expiry = 0',
    isOurs: (text) => !saysMariadb(text),
    install: async (server, _, args) => {
      await runOrThrow({ program: server, args: ['--no-defaults', '--initialize-insecure', ...args] });
    },
    more: ['--mysqlx=OFF'],
  },
  mariadb: {
    title: 'MariaDB',
    scheme: 'mariadb',
    server: 'mariadbd',
    client: ['mariadb', 'mysql'],
    dumpProgram: 'mariadb-dump',
    dumpOptions: [],
    encrypted: (mode) => [
      mode === 'DISABLED' ? '--skip-ssl' : '--ssl',
      mode.startsWith('VERIFY') ? '--ssl-verify-server-cert' : '--skip-ssl-verify-server-cert',
    ],
    aMinute: 'max_statement_time = 60',
    isOurs: saysMariadb,
    install: async (_, programs, args) => {
      const names = ['mariadb-install-db', 'mysql_install_db'];
      const program = find(names, programs);
      if (program === undefined) throw notThere('MariaDB', 'mariadb-install-db');
      await runOrThrow({
        program,
        args: [
          '--no-defaults',
          ...args,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          '--skip-name-resolve',
        ],
      });
    },
    more: [],
  },
};

export const mysqlScratch = scratchOf(brands.mysql);
export const mariadbScratch = scratchOf(brands.mariadb);

function scratchOf(brand: Brand): Scratch {
  return {
    dumpProgram: brand.dumpProgram,
    readsDump: (beginning) => /^-- (MySQL|MariaDB) dump/m.test(beginning) && brand.isOurs(beginning),
    start: (programs) => start(brand, programs),
    load: (server, dump, programs) => load(brand, server, dump, programs),
    readSchema: (source, programs) => readSchema(brand, source, programs),
    copying: {
      beginReading: [
        `SET SESSION time_zone = '+00:00', ${brand.aMinute}`,
        'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
        'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
      ],
      beginWriting: ["SET SESSION time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 0"],
      read: (reference) => reference,
      insert(table, columns, rows) {
        const names = columns.map(({ name }) => expressions.identifier(name)).join(', ');
        const values = Array.from({ length: rows }, () => `(${columns.map(() => '?').join(', ')})`).join(', ');
        return `INSERT INTO ${table} (${names}) VALUES ${values}`;
      },
    },
  };
}

const asRoot = (): readonly string[] => (process.getuid?.() === 0 ? ['--user=root'] : []);

async function start(brand: Brand, programs: string | undefined): Promise<ScratchServer> {
  const server = find([brand.server], programs);
  // Many systems install MariaDB under MySQL's names.
  const version =
    server === undefined
      ? undefined
      : await runOrThrow({ program: server, args: ['--no-defaults', '--version'] }).catch(() => undefined);
  if (server === undefined || version === undefined || !brand.isOurs(version))
    throw notThere(brand.title, brand.server);
  return startScratchServer({
    async prepare(folder) {
      if (brand === brands.mariadb) await mkdir(join(folder, 'data'));
      // Both empty their temporary folder when they start: in a shared one they delete each other's tables.
      await brand.install(server, programs, [...asRoot(), `--datadir=${join(folder, 'data')}`, `--tmpdir=${folder}`]);
    },
    async command(folder, port) {
      const account = `'${user}'@'%'`;
      const firstStatements = join(folder, 'init.sql');
      await writeFile(
        firstStatements,
        `CREATE USER ${account} IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`,
        { mode: 0o600 },
      );
      return {
        program: server,
        args: [
          ...['--no-defaults', ...asRoot(), `--datadir=${join(folder, 'data')}`, `--socket=${join(folder, 'socket')}`],
          ...[`--pid-file=${join(folder, 'server.pid')}`, `--tmpdir=${folder}`, `--init-file=${firstStatements}`],
          ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve', '--secure-file-priv='],
          ...['--max-allowed-packet=1G', '--innodb-buffer-pool-size=512M', '--log-bin-trust-function-creators=ON'],
          ...brand.more,
        ],
      };
    },
    target: (port) => targetOf(brand, port, database),
    connect: async (port) => (await import('./connection.js')).connect(targetOf(brand, port, 'mysql')),
    async setUp(connection) {
      await connection.query(`CREATE DATABASE ${database}`);
    },
  });
}

const targetOf = (
  { scheme }: Brand,
  port: number,
  name: string,
): Pick<ScratchServer, 'url' | 'password'> & { connectTimeoutMs: number } => ({
  url: `${scheme}://${user}@127.0.0.1:${port}/${name}`,
  password,
  connectTimeoutMs: 5000,
});

/** Loads a dump; one that names its database itself goes there. */
async function load(brand: Brand, server: ScratchServer, dump: Dump, programs: string | undefined): Promise<Loaded> {
  const program = find(brand.client, programs);
  if (program === undefined) throw notThere(brand.title, brand.client[0] ?? '');
  const url = new URL(server.url);
  const args = [
    ...['--no-defaults', '--protocol=tcp', `--host=${url.hostname}`, `--port=${url.port}`, `--user=${user}`],
    ...['--default-character-set=utf8mb4', '--max-allowed-packet=1G', database],
  ];
  const { code, stderr } = await feed({ program, args, env: { MYSQL_PWD: password } }, dump);
  if (code === 0) return { passedOver: [] };
  throw new DeepcleanError(
    'rehearsal',
    exitCodes.preflight,
    `${dump.name} could not be loaded: ${stderr.trim().slice(0, 1500)}`,
    { next: 'Give a complete dump of the one database, made by the dump program of this server or of an older one.' },
  );
}

/** Reads the tables, and their triggers by themselves: those would fire when rows are written. */
async function readSchema(brand: Brand, source: LiveSource, programs: string | undefined): Promise<SchemaText> {
  const program = find([brand.dumpProgram, 'mysqldump'], programs);
  const version = program && (await runOrThrow({ program, args: ['--no-defaults', '--version'] }).catch(() => ''));
  if (program === undefined || !brand.isOurs(version ?? '')) throw notThere(brand.title, brand.dumpProgram);
  const { options, mode, files } = driverOptions(source.target);
  const { host, port, socketPath, user, password, database: live } = options;
  const ca = files['ssl-ca'] ?? (mode.startsWith('VERIFY') ? systemAuthorities.find(isReadable) : undefined);
  const args = [
    '--no-defaults',
    ...(socketPath === undefined ? ['--protocol=tcp', `--host=${host}`, `--port=${port}`] : [`--socket=${socketPath}`]),
    `--user=${user}`,
    ...brand.encrypted(mode),
    ...Object.entries({ ...files, ...(ca !== undefined && { 'ssl-ca': ca }) }).map(
      ([name, path]) => `--${name}=${path}`,
    ),
    ...['--default-character-set=utf8mb4', '--no-data', '--skip-lock-tables', '--no-tablespaces', ...brand.dumpOptions],
  ];
  const env = { MYSQL_PWD: String(password ?? '') };
  const named = [String(live), ...source.schema.tables.map(({ name }) => name)];
  const dump = (...more: readonly string[]): Promise<string> =>
    readWithProgram({ program, args: [...args, ...more, ...named], env });
  const [row] = await source.connection.query('SELECT @@character_set_database AS one, @@collation_database AS other');
  const triggers = await dump('--no-create-info', '--triggers');
  return {
    // What tables of ours get is what the database says.
    before: `ALTER DATABASE CHARACTER SET ${row?.one} COLLATE ${row?.other};\n${await dump('--skip-triggers')}`,
    // The account that made a trigger is not on the new server.
    after: triggers.replaceAll(/\/\*!\d+ DEFINER=(?:[^*]|\*(?!\/))*\*\/ ?/g, ''),
  };
}

/** Where systems keep the certificates that they trust. */
const systemAuthorities = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

function find(names: readonly string[], programs: string | undefined): string | undefined {
  if (programs === undefined) return findProgram(...names);
  const folders = [programs, join(programs, 'bin'), join(programs, 'sbin'), join(programs, 'scripts')];
  return firstExecutable(names.flatMap((name) => folders.map((folder) => join(folder, name))));
}

const notThere = (title: string, program: string): DeepcleanError =>
  new DeepcleanError(
    'rehearsal',
    exitCodes.preflight,
    `There is no ${program} of ${title} on this machine to rehearse on.`,
    {
      next: `Install ${title}; or say with --programs in which folder its programs are; or give the URL of a copy with --copy.`,
    },
  );
