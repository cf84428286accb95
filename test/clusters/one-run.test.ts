import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeClusters } from '../support/clusters/describe-clusters.js';
import { type ClusterSubject, clusterSubjects } from '../support/clusters/subjects.js';
import { nodeOf, noFigures, Trial } from '../support/clusters/trial.js';

const rounds = Number(process.env.DEEPCLEAN_CLUSTER_ROUNDS ?? 2);
const gaps = [0, 100, 250, 400];

describeClusters(['galera', 'group-replication'], (cluster) => {
  describe.each(Object.entries(clusterSubjects))('%s', (_, subject: ClusterSubject) => {
    let trial: Trial;
    beforeAll(async () => {
      trial = await Trial.begin(cluster, subject, { batch_rows_minimum: 20, batch_rows_maximum: 100, pause_ms: 60 });
    });
    beforeEach(() => trial.putBack());
    afterAll(() => trial?.deployment.database.drop());

    test.for(gaps)(
      'two nodes that start it with %i ms in between: one works, and the other says who runs',
      { timeout: rounds * 60_000 },
      async (gap, { task }) => {
        const figures = noFigures(cluster);
        task.meta.cluster = figures;
        for (let round = 0; round < rounds; round += 1) {
          const newest = await trial.newestRun();
          const one = await trial.start(nodeOf(cluster, round));
          if (gap > 0) await sleep(gap);
          const other = await trial.start(nodeOf(cluster, round + 1));
          const answers = await Promise.all([one.outcome, other.outcome]);
          await cluster.settle();

          const runs = await trial.runsSince(newest);
          const worked = runs.filter(({ status }) => status !== 'skipped');
          figures.rounds += 1;
          figures.doubleRuns += worked.length === 1 ? 0 : 1;
          expect(answers).toEqual(['returned', 'returned']);
          expect(worked).toEqual([expect.objectContaining({ status: 'ended', why: 'done' })]);
          expect(runs.filter(({ status }) => status === 'skipped')).toEqual([
            expect.objectContaining({
              why: expect.stringMatching(/^already running on \S+:\d+: \S+@\S+, session \d+/),
            }),
          ]);
          await trial.check(figures);
          // Through the third node: the next round begins with what the first began with.
          await trial.putBack(round + 2);
        }
      },
    );
  });
});
