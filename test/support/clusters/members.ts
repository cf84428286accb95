import { join } from 'node:path';
import { serverPid } from '../../../src/programs/process.js';
import { adminUrl, type MysqlPrograms, mysqlEngine } from '../engines/mysql.js';
import { runFolder } from '../engines/run-folder.js';
import { crash, discard, type Facts, launch, type Recipe, relaunch } from '../engines/server.js';
import { uniqueName } from '../engines/session.js';
import type { Engine, TestSession } from '../engines/types.js';
import { type Cluster, inTurn } from './cluster.js';

type Brand = 'mariadb' | 'mysql';

interface Members extends Omit<Cluster, 'name' | 'settle'> {
  /** Those that are neither killed nor frozen. */
  living(): readonly Facts[];
}

/** Starts one server after the other: the first founds the cluster, the others find it. */
export async function startMembers(
  brand: Brand,
  programs: MysqlPrograms,
  recipes: readonly Recipe[],
): Promise<Members> {
  const started: Facts[] = [];
  const away = new Set<Facts>();
  const send = async (at: number, signal: NodeJS.Signals): Promise<void> => {
    const facts = started[at];
    const pid = facts === undefined ? undefined : serverPid(facts.folder);
    if (facts === undefined || pid === undefined) throw new Error(`server ${at} does not run`);
    process.kill(pid, signal);
    if (signal === 'SIGSTOP') away.add(facts);
    else away.delete(facts);
  };
  const stop = async (): Promise<void> => started.forEach(discard);
  try {
    const nodes: Engine[] = await inTurn(recipes, async (recipe) => {
      const facts = await launch(recipe, join(runFolder(), 'servers', `${recipe.templateKey}-${uniqueName()}`));
      started.push(facts);
      return mysqlEngine(brand, adminUrl(brand, facts), {
        client: programs.client,
        zonesProgram: undefined,
        life: {
          async kill() {
            away.add(facts);
            await crash(facts);
          },
          async restart() {
            await relaunch(recipe, facts);
            away.delete(facts);
          },
          stop: async () => discard(facts),
        },
      });
    });
    return {
      nodes,
      living: () => started.filter((facts) => !away.has(facts)),
      freeze: (at) => send(at, 'SIGSTOP'),
      thaw: (at) => send(at, 'SIGCONT'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const immortal: Pick<Engine, 'kill' | 'restart' | 'stop'> = {
  kill: async () => undefined,
  restart: async () => undefined,
  stop: async () => undefined,
};

export async function onMember<T>(brand: Brand, facts: Facts, act: (session: TestSession) => Promise<T>): Promise<T> {
  const control = { client: undefined, zonesProgram: undefined, life: immortal };
  const engine = await mysqlEngine(brand, adminUrl(brand, facts), control);
  const session = await engine.openDatabase('mysql').connect();
  try {
    return await act(session);
  } finally {
    await session.close();
  }
}
