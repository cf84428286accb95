import type { Deployment } from '../deployment.js';
import type { Engine } from '../engines/index.js';

export const clusterNames = ['galera', 'group-replication', 'postgresql-standby', 'mariadb-replica'] as const;
export type ClusterName = (typeof clusterNames)[number];

/** Servers on this machine that keep the same data. */
export interface Cluster {
  readonly name: ClusterName;
  /** Each of them takes writes in a cluster; of a source and its replica only the first. */
  readonly nodes: readonly Engine[];
  /** Waits until each node that lives has all that any of them has committed. */
  settle(): Promise<void>;
  /** The process of a node stands still, as a machine that is suspended; `thaw` lets it go on. */
  freeze(at: number): Promise<void>;
  thaw(at: number): Promise<void>;
  stop(): Promise<void>;
}

/** What was deployed through one node, as another one sees it. */
export function seenFrom(deployment: Deployment, node: Engine): Deployment {
  const database = node.openDatabase(deployment.database.name);
  return { ...deployment, database, query: (sql) => database.query(sql) };
}

export async function inTurn<T, R>(items: readonly T[], act: (item: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [at, item] of items.entries()) results.push(await act(item, at));
  return results;
}

export async function waitUntil(what: string, isSo: () => Promise<boolean>, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`after ${seconds} s it has not come to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
