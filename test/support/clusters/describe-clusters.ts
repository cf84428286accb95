import { afterAll, describe, test } from 'vitest';
import { missingEngineTitle } from '../engines/missing-engine.js';
import { type Cluster, type ClusterName, clusterNames } from './cluster.js';
import { startGalera } from './galera.js';
import { startGroupReplication } from './group-replication.js';
import { startMariadbPair, startPostgresqlPair } from './replicas.js';

type Start = () => Promise<Cluster | undefined>;

const starts: Readonly<Record<ClusterName, Start>> = {
  galera: startGalera,
  'group-replication': startGroupReplication,
  'postgresql-standby': startPostgresqlPair,
  'mariadb-replica': startMariadbPair,
};

/** Those that must be there: a run without them fails. */
export function requiredClusters(): readonly ClusterName[] {
  const names = (process.env.REQUIRE_CLUSTERS ?? '').split(',').map((name) => name.trim());
  return names.filter(Boolean).map((name) => {
    const known = clusterNames.find((cluster) => cluster === name);
    if (known === undefined) throw new Error(`REQUIRE_CLUSTERS: "${name}" is not one of ${clusterNames.join(', ')}.`);
    return known;
  });
}

/** The same tests on each cluster. If a part of one is missing on this machine, the end of the run says so by name. */
export function describeClusters(
  names: readonly ClusterName[],
  define: (cluster: Cluster) => void | Promise<void>,
  start: Partial<Record<ClusterName, Start>> = {},
): void {
  const required = requiredClusters();
  for (const name of names) {
    describe(name, async () => {
      const cluster = await (start[name] ?? starts[name])();
      if (cluster === undefined) {
        if (required.includes(name)) throw new Error(`REQUIRE_CLUSTERS asks for ${name}, which this machine lacks.`);
        describe.skip(missingEngineTitle(name), () => test.skip('everything on this cluster'));
        return;
      }
      afterAll(() => cluster.stop());
      await define(cluster);
    });
  }
}
