import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, seenFrom } from '../support/clusters/cluster.js';
import { comparable, digestsOf, joined, missing, readKept } from '../support/clusters/compare.js';
import { describeClusters } from '../support/clusters/describe-clusters.js';
import type { ClusterFigures } from '../support/clusters/figures.js';
import { choicesOf, clusterSubjects, databaseOfSubject, livingPart } from '../support/clusters/subjects.js';
import { fill, read } from '../support/conformance.js';
import { change, type Deployment, deploy } from '../support/deployment.js';
import type { Engine } from '../support/engines/index.js';
import type { Database } from '../support/model/rows.js';
import { words } from '../support/words.js';

const rounds = Number(process.env.DEEPCLEAN_CLUSTER_ROUNDS ?? 3);
const gaps = [0, 100, 250, 400];

describeClusters(['galera', 'group-replication'], (cluster: Cluster) => {
  describe.each(Object.keys(clusterSubjects))('%s', (name) => {
    const subject = clusterSubjects[name];
    if (subject === undefined) throw new Error(name);
    let deployment: Deployment;
    let before: Database;
    const { call } = words.mysql;

    beforeAll(async () => {
      const [node] = cluster.nodes;
      if (node === undefined) throw new Error('no node');
      deployment = await deploy(node, choicesOf(subject));
      await fill(deployment, databaseOfSubject(subject));
      before = await read(deployment);
      await change(deployment, { batch_rows_minimum: 20, batch_rows_maximum: 60, pause_ms: 20 });
      await cluster.settle();
    });
    afterAll(() => deployment?.database.drop());

    /** Calls the cleanup through a node, as its caller sees it. */
    async function callOn(node: Engine): Promise<string> {
      const session = await node.openDatabase(deployment.database.name).connect();
      return session.query(call(deployment.plan.names.procedure)).then(
        () => session.close().then(() => 'returned'),
        (error: unknown) => String(error),
      );
    }

    const runsSince = (newest: number) =>
      deployment.query(
        `SELECT RUN_ID AS id, STATUS AS status, WHY_STOPPED AS why FROM ${deployment.plan.names.run} WHERE RUN_ID > ${newest} AND PROCEDURE_NAME = '${deployment.plan.names.procedure}' ORDER BY RUN_ID`,
      );

    test.for(gaps)(
      'two nodes that start it with %i ms in between: one works, and the other says who runs',
      async (gap, { task }) => {
        const figures: ClusterFigures = { cluster: cluster.name, rounds: 0, doubleRuns: 0, lostRows: 0, compared: 0, equal: 0 };
        task.meta.cluster = figures;
        for (let round = 0; round < rounds; round += 1) {
          const [first, second] = [cluster.nodes[round % 3], cluster.nodes[(round + 1) % 3]] as [Engine, Engine];
          const newest = Number((await deployment.query(`SELECT COALESCE(MAX(RUN_ID), 0) AS n FROM ${deployment.plan.names.run}`))[0]?.n);

          const one = callOn(first);
          if (gap > 0) await sleep(gap);
          const answers = await Promise.all([one, callOn(second)]);
          await cluster.settle();

          const runs = await runsSince(newest);
          const worked = runs.filter(({ status }) => status !== 'skipped');
          const [left, kept] = [await read(deployment), await readKept(deployment)];
          const digests = await digestsOf(cluster, deployment);
          figures.rounds += 1;
          figures.doubleRuns += worked.length === 1 ? 0 : 1;
          figures.lostRows += missing(livingPart(subject, before), left) + missing(before, joined(left, kept));
          figures.compared += 1;
          figures.equal += digests.every((digest) => JSON.stringify(digest) === JSON.stringify(digests[0])) ? 1 : 0;

          expect(answers).toEqual(['returned', 'returned']);
          expect(runs).toHaveLength(2);
          expect(worked).toEqual([expect.objectContaining({ status: 'ended', why: 'done' })]);
          const skipped = runs.find(({ status }) => status === 'skipped');
          expect(skipped?.why).toMatch(/^already running on \S+:\d+: \S+@\S+, session \d+/);
          expect(comparable(left)).toEqual(comparable(livingPart(subject, before)));
          expect(comparable(joined(left, kept))).toEqual(comparable(before));
          for (const digest of digests) expect(digest).toEqual(digests[0]);

          // On the third node, so that the next round begins with what the first began with.
          const third = seenFrom(deployment, cluster.nodes[(round + 2) % 3] as Engine);
          await third.query(call(deployment.plan.names.restore, String(worked[0]?.id)));
          await cluster.settle();
          expect(comparable(await read(deployment))).toEqual(comparable(before));
          for (const { name: copies } of deployment.plan.backups) await deployment.query(`DELETE FROM ${copies}`);
          await third.database.close();
          await cluster.settle();
        }
      },
      rounds * 60_000,
    );
  });
});
