import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, isReadable, unprivilegedUser } from '../../../src/programs/find.js';
import { freePort, runOrThrow } from '../../../src/programs/process.js';
import { findMysqlPrograms, mysqlRecipe } from '../engines/mysql.js';
import type { Facts, Recipe } from '../engines/server.js';
import { type Cluster, inTurn, waitUntil } from './cluster.js';
import { onMember, startMembers } from './members.js';

const providers = [
  '/usr/lib/galera/libgalera_smm.so',
  '/usr/lib64/galera-4/libgalera_smm.so',
  '/usr/lib/libgalera_smm.so',
];

interface Ports {
  readonly group: number;
  readonly increment: number;
  readonly state: number;
}

/** Three MariaDB servers that Galera keeps equal; undefined where a part of it is missing. */
export async function startGalera(size = 3): Promise<Cluster | undefined> {
  const programs = await findMysqlPrograms('mariadb');
  const provider = providers.find(isReadable);
  // By rsync a node that joins gets the data of another one.
  if (programs === undefined || provider === undefined || findProgram('rsync') === undefined) return undefined;

  const base = mysqlRecipe('mariadb', programs, { eventScheduler: true });
  const user = unprivilegedUser();
  const ports: readonly Ports[] = await inTurn([...Array(size).keys()], async () => ({
    group: await freePort(),
    increment: await freePort(),
    state: await freePort(),
  }));
  const address = `gcomm://${ports.map(({ group }) => `127.0.0.1:${group}`).join(',')}`;
  let founded = false;

  const recipeOf = ({ group, increment, state }: Ports, number: number): Recipe => ({
    ...base,
    templateKey: 'galera',
    async prepare(folder) {
      await base.prepare(folder);
      // As root, rsync would write as nobody, who may not.
      if (user !== undefined)
        await runOrThrow({ program: 'chown', args: ['-R', `${user.uid}:${user.gid}`, join(folder, 'data')] });
    },
    async command(folder, facts) {
      const command = await base.command(folder, facts);
      for (const name of user === undefined ? [] : ['', ...(await readdir(folder)).filter((one) => one !== 'data')])
        await chown(join(folder, name), user?.uid ?? 0, user?.gid ?? 0);
      const first = founded ? [] : ['--wsrep-new-cluster'];
      return {
        ...command,
        ...(user === undefined ? {} : { user }),
        args: [
          ...command.args.filter((argument) => argument !== '--user=root'),
          '--wsrep-on=ON',
          `--wsrep-provider=${provider}`,
          `--wsrep-cluster-address=${address}`,
          '--wsrep-cluster-name=deepclean',
          `--wsrep-node-name=node-${number}`,
          '--wsrep-node-address=127.0.0.1',
          `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${group};base_port=${group};ist.recv_addr=127.0.0.1:${increment};gcache.size=64M;pc.recovery=false`,
          '--wsrep-sst-method=rsync',
          `--wsrep-sst-receive-address=127.0.0.1:${state}`,
          '--binlog-format=ROW',
          '--innodb-autoinc-lock-mode=2',
          // What was committed outlives the process.
          '--innodb-flush-log-at-trx-commit=2',
          ...first,
        ],
      };
    },
    async probe(facts) {
      await base.probe(facts);
      if ((await statusOf(facts, 'wsrep_local_state_comment')) !== 'Synced')
        throw new Error('it is not in the cluster yet');
      founded = true;
    },
    // The zones are not asked for here.
    async setUp() {},
  });

  const statusOf = (facts: Facts, name: string): Promise<string> =>
    onMember('mariadb', facts, async (session) =>
      String((await session.query(`SHOW GLOBAL STATUS LIKE '${name}'`))[0]?.Value),
    );

  const members = await startMembers(
    'mariadb',
    programs,
    ports.map((own, at) => recipeOf(own, at + 1)),
  );
  return {
    ...members,
    name: 'galera',
    async settle() {
      await waitUntil('the living nodes of Galera have found each other', async () => {
        const living = members.living();
        const sizes = await inTurn(living, (facts) => statusOf(facts, 'wsrep_cluster_size'));
        const states = await inTurn(living, (facts) => statusOf(facts, 'wsrep_local_state_comment'));
        return sizes.every((one) => Number(one) === living.length) && states.every((one) => one === 'Synced');
      });
      // A statement then waits until the node has all that the group has ordered before.
      for (const facts of members.living())
        await onMember('mariadb', facts, (session) => session.script('SET SESSION wsrep_sync_wait = 15; SELECT 1'));
    },
  };
}
