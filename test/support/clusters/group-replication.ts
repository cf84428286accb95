import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isReadable } from '../../../src/programs/find.js';
import { freePort } from '../../../src/programs/process.js';
import { findMysqlPrograms, mysqlRecipe } from '../engines/mysql.js';
import { enginesFolder } from '../engines/programs.js';
import type { Facts, Recipe } from '../engines/server.js';
import { type Cluster, inTurn, waitUntil } from './cluster.js';
import { onMember, startMembers } from './members.js';

export interface GroupOptions {
  readonly size?: number;
  readonly singlePrimary?: boolean;
  /** More arguments for each server. */
  readonly arguments?: readonly string[];
}

/** Three MySQL servers of one group, each of which takes writes; undefined where the plugin is missing. */
export async function startGroupReplication(options: GroupOptions = {}): Promise<Cluster | undefined> {
  const { size = 3, singlePrimary = false } = options;
  const programs = await findMysqlPrograms('mysql');
  const plugins = [
    join(enginesFolder, 'mysql/root/usr/lib/mysql/plugin'),
    '/usr/lib/mysql/plugin',
    '/usr/lib64/mysql/plugin',
  ];
  if (programs === undefined || !plugins.some((folder) => isReadable(join(folder, 'group_replication.so'))))
    return undefined;

  const base = mysqlRecipe('mysql', programs, { eventScheduler: true });
  const ports = await inTurn([...Array(size).keys()], () => freePort());
  const seeds = ports.map((port) => `127.0.0.1:${port}`).join(',');
  let founded = false;

  const recipeOf = (port: number, number: number): Recipe => ({
    ...base,
    templateKey: 'group-replication',
    async prepare(folder) {
      await base.prepare(folder);
      // Each server gives itself a name of its own when it starts without one.
      await rm(join(folder, 'data', 'auto.cnf'), { force: true });
    },
    async command(folder, facts) {
      const command = await base.command(folder, facts);
      // What a server does by itself at its start must not count as a transaction that the group lacks.
      const init = join(folder, 'init.sql');
      await writeFile(init, `SET SQL_LOG_BIN = 0;\n${await readFile(init, 'utf8')}`, { mode: 0o600 });
      return {
        ...command,
        args: [
          ...command.args.filter((one) => one !== '--skip-log-bin' && !one.startsWith('--performance-schema')),
          '--performance-schema=ON',
          '--log-bin=binlog',
          '--sync-binlog=0',
          // What was committed outlives the process.
          '--innodb-flush-log-at-trx-commit=2',
          `--server-id=${number}`,
          '--gtid-mode=ON',
          '--enforce-gtid-consistency=ON',
          '--report-host=127.0.0.1',
          '--plugin-load-add=group_replication.so',
          '--loose-group-replication-group-name=5a1f9b52-6c8e-4d2e-9a5b-0d9f3c1e7a10',
          '--loose-group-replication-start-on-boot=OFF',
          `--loose-group-replication-local-address=127.0.0.1:${port}`,
          `--loose-group-replication-group-seeds=${seeds}`,
          '--loose-group-replication-ip-allowlist=127.0.0.1',
          '--loose-group-replication-recovery-get-public-key=ON',
          `--loose-group-replication-single-primary-mode=${singlePrimary ? 'ON' : 'OFF'}`,
          '--loose-group-replication-member-expel-timeout=0',
          ...(options.arguments ?? []),
        ],
      };
    },
    // The zones are not asked for here.
    async setUp() {},
    async afterStart(facts) {
      await onMember('mysql', facts, async (session) => {
        if (!founded) await session.query('SET GLOBAL group_replication_bootstrap_group = ON');
        await session.query(`START GROUP_REPLICATION USER = '${facts.user}', PASSWORD = '${facts.password}'`);
        await session.query('SET GLOBAL group_replication_bootstrap_group = OFF');
      });
      founded = true;
      await waitUntil('the server is a member of the group', async () => (await membersSeenBy(facts)).own === 'ONLINE');
    },
  });

  const membersSeenBy = (facts: Facts) =>
    onMember('mysql', facts, async (session) => {
      const rows = await session.query(
        'SELECT MEMBER_PORT AS port, MEMBER_STATE AS state FROM performance_schema.replication_group_members',
      );
      return {
        own: rows.find(({ port }) => Number(port) === facts.port)?.state,
        online: rows.filter(({ state }) => state === 'ONLINE').length,
      };
    });

  const members = await startMembers(
    'mysql',
    programs,
    ports.map((port, at) => recipeOf(port, at + 1)),
  );
  return {
    ...members,
    name: 'group-replication',
    async settle() {
      await waitUntil('the living servers of the group have found each other', async () => {
        const views = await inTurn(members.living(), membersSeenBy);
        return views.every(({ own, online }) => own === 'ONLINE' && online === members.living().length);
      });
      for (const facts of members.living()) {
        await onMember('mysql', facts, async (session) => {
          // A transaction then waits until the server has all that the group has ordered before.
          await session.query("SET SESSION group_replication_consistency = 'BEFORE'");
          await session.query('SELECT COUNT(*) FROM mysql.user');
        });
      }
    },
  };
}
