import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seenFrom, waitUntil } from '../support/clusters/cluster.js';
import { describeClusters } from '../support/clusters/describe-clusters.js';
import { clusterSubjects } from '../support/clusters/subjects.js';
import { nodeOf, noFigures, onNode, Trial } from '../support/clusters/trial.js';
import type { Deployment } from '../support/deployment.js';

const tokens = clusterSubjects.tokens;

/** A run holds its cleanup for two minutes after its last batch; tests do not wait for that. */
const asAfterTwoMinutes = ({ plan }: Deployment): string =>
  `UPDATE ${plan.names.lock} SET HEARTBEAT = HEARTBEAT - INTERVAL 3 MINUTE WHERE PROCEDURE_NAME = '${plan.names.procedure}'`;

describeClusters(['galera', 'group-replication'], (cluster) => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await Trial.begin(cluster, tokens, { batch_rows_minimum: 20, batch_rows_maximum: 60, pause_ms: 100 });
  });
  beforeEach(() => trial.putBack());
  afterAll(() => trial?.deployment.database.drop());

  const deletedBy = async (id: unknown): Promise<number> => {
    const { query, plan } = trial.deployment;
    const [row] = await query(`SELECT SUM(DELETED) AS n FROM ${plan.names.runStep} WHERE RUN_ID = ${id}`);
    return Number(row?.n);
  };
  const skippedBecauseOfAnother = expect.objectContaining({
    status: 'skipped',
    why: expect.stringMatching(/^already running on .*; if that server is gone, another run may begin two minutes/),
  });
  const done = expect.objectContaining({ status: 'ended', why: 'done' });
  const crashed = expect.objectContaining({ status: 'crashed' });

  test('a run whose node was killed holds the cleanup until its lease is over; then another node finishes it', async ({
    task,
  }) => {
    const figures = noFigures(cluster);
    task.meta.cluster = figures;
    const newest = await trial.newestRun();
    const { outcome } = await trial.start(nodeOf(cluster, 2));
    await trial.untilHalfWay();
    await nodeOf(cluster, 2).kill();
    expect(await outcome).not.toBe('returned');
    await cluster.settle();

    await (await trial.start(nodeOf(cluster, 1))).outcome;
    await cluster.settle();
    expect(await trial.runsSince(newest)).toEqual([
      expect.objectContaining({ status: 'running' }),
      skippedBecauseOfAnother,
    ]);

    await trial.deployment.query(asAfterTwoMinutes(trial.deployment));
    await cluster.settle();
    expect(await (await trial.start(nodeOf(cluster, 1))).outcome).toBe('returned');
    await cluster.settle();
    expect(await trial.runsSince(newest)).toEqual([crashed, skippedBecauseOfAnother, done]);

    await nodeOf(cluster, 2).restart();
    figures.rounds += 1;
    await trial.check(figures);
  });

  test('a run whose node stood still beyond its lease commits nothing once it goes on', async ({ task }) => {
    const figures = noFigures(cluster);
    task.meta.cluster = figures;
    const newest = await trial.newestRun();
    const { outcome } = await trial.start(nodeOf(cluster, 2));
    await trial.untilHalfWay();
    await cluster.freeze(2);
    await cluster.settle();

    await trial.deployment.query(asAfterTwoMinutes(trial.deployment));
    await cluster.settle();
    expect(await (await trial.start(nodeOf(cluster, 1))).outcome).toBe('returned');
    await cluster.settle();
    const [first] = await trial.runsSince(newest);
    const before = await deletedBy(first?.id);

    await cluster.thaw(2);
    expect(await outcome).not.toBe('');
    await cluster.settle();
    expect(await trial.runsSince(newest)).toEqual([crashed, done]);
    expect(await deletedBy(first?.id)).toBe(before);
    figures.rounds += 1;
    await trial.check(figures);
  });

  test.for([1, 2, 3])(
    'a run that another node took over stops before its next commit, and says so (%i)',
    async (_, { task }) => {
      const figures = noFigures(cluster);
      task.meta.cluster = figures;
      const newest = await trial.newestRun();
      const { outcome } = await trial.start(nodeOf(cluster, 2));
      await trial.untilHalfWay();
      const { run, lock, procedure } = trial.deployment.plan.names;
      // What a start does when it finds the lease over, in one transaction; between two it could be renewed.
      await onNode(nodeOf(cluster, 1), trial.deployment.database.name, async (session) => {
        for (let tries = 1; ; tries += 1) {
          try {
            await session.script('START TRANSACTION');
            await session.query(
              `INSERT INTO ${run} (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS) VALUES ('${procedure}', 'another', UTC_TIMESTAMP(3), 'running')`,
            );
            await session.query(
              `UPDATE ${lock} SET RUN_ID = LAST_INSERT_ID(), HOST = CONCAT(@@hostname, ':', @@port), HEARTBEAT = UTC_TIMESTAMP(6) WHERE PROCEDURE_NAME = '${procedure}'`,
            );
            await session.script('COMMIT');
            return;
          } catch (error) {
            await session.script('ROLLBACK');
            if (tries === 50) throw error;
          }
        }
      });
      const told = await outcome;
      expect([told, ...(await trial.runsSince(newest))]).toContainEqual(
        expect.stringMatching(/returned|another run took over/),
      );
      await cluster.settle();
      expect(await trial.runsSince(newest)).toEqual([
        expect.objectContaining({ status: 'stopped', why: 'another run took over' }),
        expect.objectContaining({ status: 'running' }),
      ]);

      // That one crashed, on a node that still lives: another node waits for the lease to be over, and then finishes it.
      await (await trial.start(nodeOf(cluster, 0))).outcome;
      await trial.deployment.query(asAfterTwoMinutes(trial.deployment));
      await (await trial.start(nodeOf(cluster, 0))).outcome;
      await cluster.settle();
      expect((await trial.runsSince(newest)).slice(1)).toEqual([crashed, skippedBecauseOfAnother, done]);
      figures.rounds += 1;
      await trial.check(figures);
    },
  );

  test('of events on all nodes that begin at the same time one works', async ({ task }) => {
    const figures = noFigures(cluster);
    task.meta.cluster = figures;
    const newest = await trial.newestRun();
    const { procedure } = trial.deployment.plan.names;
    const [{ at } = {}] = await trial.deployment.query('SELECT CAST(NOW() + INTERVAL 4 SECOND AS CHAR) AS at');
    for (const [number, node] of cluster.nodes.entries()) {
      await onNode(node, trial.deployment.database.name, (session) =>
        session.script(`CREATE EVENT nightly_${number} ON SCHEDULE AT '${at}' DO CALL ${procedure}()`),
      );
    }
    await waitUntil('each node began', async () => (await trial.runsSince(newest)).length === 3);
    await waitUntil('one has finished', async () =>
      (await trial.runsSince(newest)).every(({ status }) => status !== 'running'),
    );
    await sleep(500);
    const runs = await trial.runsSince(newest);
    figures.rounds += 1;
    figures.doubleRuns += runs.filter(({ status }) => status !== 'skipped').length === 1 ? 0 : 1;
    expect(runs.map(({ status }) => status).sort()).toEqual(['ended', 'skipped', 'skipped']);
    await trial.check(figures);
    await seenFrom(trial.deployment, nodeOf(cluster, 0)).database.close();
  });
});
