import { chown, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedPostgresqlFolder } from '../../../src/dialects/postgresql/programs.js';
import { unprivilegedUser } from '../../../src/programs/find.js';
import { runOrThrow } from '../../../src/programs/process.js';
import { findMysqlPrograms, adminUrl as mysqlAdminUrl, mysqlEngine, mysqlRecipe } from '../engines/mysql.js';
import { adminUrl, postgresqlEngine, postgresqlRecipe } from '../engines/postgresql.js';
import { runFolder } from '../engines/run-folder.js';
import { crash, discard, type Facts, launch, type Recipe, relaunch } from '../engines/server.js';
import { uniqueName } from '../engines/session.js';
import type { Engine, TestSession } from '../engines/types.js';
import { type Cluster, waitUntil } from './cluster.js';
import { startMembers } from './members.js';

/** A server and another one that follows it. */
export interface ReplicaPair extends Cluster {
  readonly source: Engine;
  readonly replica: Engine;
  /** The replica stops to apply what it gets, and so lags behind; `resume` lets it go on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** PostgreSQL: the replica becomes a server that takes writes. */
  promote(): Promise<void>;
}

export interface PairOptions {
  /** PostgreSQL: whether a commit waits until the standby has it, so that a failover loses nothing. Default: yes. */
  readonly synchronous?: boolean;
  /** More arguments for both servers. */
  readonly arguments?: readonly string[];
}

const servers = () => join(runFolder(), 'servers');

/** A PostgreSQL primary with a standby that streams from it. */
export async function startPostgresqlPair(options: PairOptions = {}): Promise<ReplicaPair | undefined> {
  const home = await embeddedPostgresqlFolder();
  if (home === undefined) return undefined;
  const key = uniqueName();
  const started: Facts[] = [];
  const nodeOf = (recipe: Recipe, facts: Facts): Promise<Engine> =>
    postgresqlEngine('postgresql', adminUrl(facts), {
      kill: () => crash(facts),
      restart: () => relaunch(recipe, facts),
      stop: async () => discard(facts),
    });

  const given = { cron: false, arguments: ['-c', 'wal_keep_size=512MB', ...(options.arguments ?? [])] };
  const stop = async (): Promise<void> => started.forEach(discard);
  try {
    const recipe = postgresqlRecipe(home, given);
    const primary = await launch(recipe, join(servers(), `primary-${key}`));
    started.push(primary);
    const source = await nodeOf(recipe, primary);

    const standby = postgresqlRecipe(home, {
      ...given,
      arguments: [
        ...given.arguments,
        '-c',
        `primary_conninfo=host=127.0.0.1 port=${primary.port} user=${primary.user} password=${primary.password} application_name=standby`,
      ],
    });
    const standbyRecipe: Recipe = {
      ...standby,
      templateKey: `standby-${key}`,
      prepare: (folder) => copyOfPrimary(source, primary.folder, folder),
      async setUp() {},
    };
    const following = await launch(standbyRecipe, join(servers(), `standby-${key}`));
    started.push(following);
    const replica = await nodeOf(standbyRecipe, following);

    const onSource = (sql: string) => onServer(source, (session) => session.query(sql));
    const onReplica = (sql: string) => onServer(replica, (session) => session.query(sql));
    await waitUntil(
      'the standby streams',
      async () => (await onSource('SELECT 1 FROM pg_stat_replication')).length === 1,
    );
    if (options.synchronous ?? true) {
      await onSource("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
      await onSource('SELECT pg_reload_conf()');
      await waitUntil(
        'a commit waits for the standby',
        async () => (await onSource("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")).length === 1,
      );
    }
    return {
      name: 'postgresql-standby',
      nodes: [source, replica],
      source,
      replica,
      async settle() {
        const [{ at } = {}] = await onSource('SELECT pg_current_wal_lsn() AS at');
        await waitUntil('the standby has it all', async () => {
          const [row] = await onReplica(`SELECT pg_last_wal_replay_lsn() >= '${at}' AS all`);
          return row?.all === true;
        });
      },
      pause: async () => void (await onReplica('SELECT pg_wal_replay_pause()')),
      resume: async () => void (await onReplica('SELECT pg_wal_replay_resume()')),
      promote: async () => void (await onReplica('SELECT pg_promote(true, 60)')),
      freeze: notHere,
      thaw: notHere,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const notHere = async (): Promise<never> => {
  throw new Error('no test needs this of a pair');
};

/** A base backup, without the program for it: the npm package does not bring it. */
async function copyOfPrimary(source: Engine, from: string, to: string): Promise<void> {
  const data = join(to, 'data');
  await onServer(source, async (session) => {
    await session.query("SELECT pg_backup_start('standby', true)");
    await runOrThrow({ program: 'cp', args: ['-a', join(from, 'data'), data] });
    const [row] = await session.query('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(data, 'backup_label'), String(row?.labelfile));
  });
  await writeFile(join(data, 'standby.signal'), '');
  for (const name of ['postmaster.pid', 'postmaster.opts']) await rm(join(data, name), { force: true });
  const user = unprivilegedUser();
  for (const name of user === undefined ? [] : ['backup_label', 'standby.signal'])
    await chown(join(data, name), user?.uid ?? 0, user?.gid ?? 0);
}

/** A MariaDB source with a replica that is read only. */
export async function startMariadbPair(options: PairOptions = {}): Promise<ReplicaPair | undefined> {
  const programs = await findMysqlPrograms('mariadb');
  if (programs === undefined) return undefined;
  const base = mysqlRecipe('mariadb', programs, { eventScheduler: true });
  let source: Facts | undefined;
  const recipeOf = (number: number): Recipe => ({
    ...base,
    templateKey: 'mariadb-replica',
    async command(folder, facts) {
      const command = await base.command(folder, facts);
      // What a server does by itself at its start is not for the other one.
      const init = join(folder, 'init.sql');
      await writeFile(init, `SET SQL_LOG_BIN = 0;\n${await readFile(init, 'utf8')}`, { mode: 0o600 });
      return {
        ...command,
        args: [
          ...command.args,
          `--server-id=${number}`,
          '--log-bin=binlog',
          '--binlog-format=ROW',
          '--gtid-strict-mode=ON',
          ...(number > 1 ? ['--read-only=ON', '--log-slave-updates=ON'] : []),
          ...(options.arguments ?? []),
        ],
      };
    },
    async setUp(facts) {
      if (number === 1) source = facts;
      else await follow(facts);
    },
  });

  async function follow(facts: Facts): Promise<void> {
    const control = { client: undefined, zonesProgram: undefined, life: immortal };
    const engine = await mysqlEngine('mariadb', mysqlAdminUrl('mariadb', facts), control);
    await onServer(engine, (session) =>
      session.script(
        `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${source?.port}, MASTER_USER = '${source?.user}', MASTER_PASSWORD = '${source?.password}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1; START SLAVE`,
      ),
    );
  }

  const members = await startMembers('mariadb', programs, [recipeOf(1), recipeOf(2)]);
  const [first, second] = members.nodes;
  if (first === undefined || second === undefined) throw new Error('a pair of one');
  const onReplica = (sql: string) => onServer(second, (session) => session.query(sql));
  return {
    ...members,
    name: 'mariadb-replica',
    source: first,
    replica: second,
    async settle() {
      const [{ at } = {}] = await onServer(first, (session) => session.query('SELECT @@gtid_binlog_pos AS at'));
      const [row] = await onReplica(`SELECT MASTER_GTID_WAIT('${at}', 60) AS answer`);
      if (Number(row?.answer) !== 0) throw new Error('after 60 s the replica has not all that its source has');
    },
    pause: async () => void (await onReplica('STOP SLAVE SQL_THREAD')),
    resume: async () => void (await onReplica('START SLAVE SQL_THREAD')),
    promote: notHere,
  };
}

const immortal: Pick<Engine, 'kill' | 'restart' | 'stop'> = {
  kill: async () => undefined,
  restart: async () => undefined,
  stop: async () => undefined,
};

/** A session in the database that every server has. */
async function onServer<T>(engine: Engine, act: (session: TestSession) => Promise<T>): Promise<T> {
  const session = await engine.openDatabase(engine.dialect === 'postgresql' ? 'postgres' : 'mysql').connect();
  try {
    return await act(session);
  } finally {
    await session.close();
  }
}
