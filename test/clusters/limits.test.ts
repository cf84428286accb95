import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ClusterName, inTurn } from '../support/clusters/cluster.js';
import { readKept } from '../support/clusters/compare.js';
import { describeClusters } from '../support/clusters/describe-clusters.js';
import { clusterSubjects } from '../support/clusters/subjects.js';
import { nodeOf, noFigures, onNode, Trial } from '../support/clusters/trial.js';
import { read } from '../support/conformance.js';
import { change } from '../support/deployment.js';

interface Limit {
  readonly what: string;
  readonly set: string;
  readonly back: string;
}

/** Below what a batch of a thousand tokens, with scopes and copies, needs. */
const limits: Partial<Record<ClusterName, readonly Limit[]>> = {
  galera: [
    {
      what: 'rows in a transaction',
      set: 'SET GLOBAL wsrep_max_ws_rows = 700',
      back: 'SET GLOBAL wsrep_max_ws_rows = DEFAULT',
    },
    {
      what: 'bytes in a transaction',
      set: 'SET GLOBAL wsrep_max_ws_size = 90000',
      back: 'SET GLOBAL wsrep_max_ws_size = DEFAULT',
    },
  ],
  'group-replication': [
    {
      what: 'bytes in a transaction',
      set: 'SET GLOBAL group_replication_transaction_size_limit = 90000',
      back: 'SET GLOBAL group_replication_transaction_size_limit = DEFAULT',
    },
  ],
};

describeClusters(['galera', 'group-replication'], (cluster) => {
  let trial: Trial;
  const subject = clusterSubjects.tokens;
  const onAll = (sql: string) =>
    inTurn(cluster.nodes, (node) => onNode(node, 'mysql', (session) => session.script(sql)));
  const retries = async (): Promise<number> => {
    const { query, plan } = trial.deployment;
    const [row] = await query(
      `SELECT SUM(RETRIES) AS n FROM ${plan.names.runStep} WHERE RUN_ID = (SELECT MAX(RUN_ID) FROM ${plan.names.run} WHERE PROCEDURE_NAME = '${plan.names.procedure}')`,
    );
    return Number(row?.n);
  };
  beforeAll(async () => {
    trial = await Trial.begin(cluster, subject, { batch_rows_minimum: 1000, batch_rows_maximum: 5000 });
  });
  beforeEach(() => trial.putBack());
  afterAll(() => trial?.deployment.database.drop());

  test.for<Limit>(limits[cluster.name] ?? [])(
    'with a limit of $what a run makes its batches smaller, a restore puts back in parts, and copies are pruned',
    async ({ set, back }, { task }) => {
      const figures = noFigures(cluster);
      task.meta.cluster = figures;
      await onAll(set);
      try {
        const newest = await trial.newestRun();
        expect(await (await trial.start(nodeOf(cluster, 1))).outcome).toBe('returned');
        await cluster.settle();
        expect(await trial.runsSince(newest)).toEqual([expect.objectContaining({ status: 'ended', why: 'done' })]);
        expect(await retries()).toBeGreaterThan(0);
        figures.rounds += 1;
        await trial.check(figures);

        const { plan } = trial.deployment;
        const [run] = await trial.runsSince(newest);
        await onNode(nodeOf(cluster, 2), trial.deployment.database.name, (session) =>
          session.query(`CALL ${plan.names.restore}(${run?.id})`),
        );
        await cluster.settle();
        expect((await read(trial.deployment)).IDN_OAUTH2_ACCESS_TOKEN).toHaveLength(2000);

        await trial.deployment.query(`UPDATE ${plan.names.run} SET STARTED_AT = '2020-01-01'`);
        expect(await (await trial.start(nodeOf(cluster, 1))).outcome).toBe('returned');
        await cluster.settle();
        // What the first run kept is gone, and what the second one keeps is all that is missing.
        await trial.check(figures);
        const kept = (await readKept(trial.deployment)).IDN_OAUTH2_ACCESS_TOKEN;
        expect(kept).toHaveLength(1400);
      } finally {
        await onAll(back);
      }
    },
  );

  test('a run gives way to what the product does on another node, and no change of the product is lost', {
    timeout: 300_000,
  }, async ({ task }) => {
    const figures = noFigures(cluster);
    task.meta.cluster = figures;
    const { deployment } = trial;
    const { name } = deployment.database;
    await change(deployment, { batch_rows_minimum: 100, batch_rows_maximum: 300, pause_ms: 20 });
    /** What the product wrote last into the row, by token. */
    const written = new Map<string, string>();
    let over = false;
    let refused = 0;
    /** Changes tokens, dead ones too, until it is over; each writer has its own. */
    const write = (writer: number) =>
      onNode(nodeOf(cluster, writer), name, async (session) => {
        for (let number = writer; !over; number += 2) {
          const at = (number * 74 + writer) % 2000;
          const [row] = await session.query(
            `SELECT TOKEN_ID AS id FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_ID LIKE 't-${String(at).padStart(4, '0')}%'`,
          );
          if (row === undefined) continue;
          const value = `v${number}`;
          try {
            await session.query(
              `UPDATE IDN_OAUTH2_ACCESS_TOKEN SET SUBJECT_IDENTIFIER = '${value}' WHERE TOKEN_ID = '${row.id}'`,
            );
            const [{ n } = {}] = await session.query('SELECT ROW_COUNT() AS n');
            if (Number(n) === 1) written.set(String(row.id), value);
          } catch {
            refused += 1;
          }
        }
      });
    let retried = 0;
    for (let round = 0; round < 6; round += 1) {
      if (round > 0) await trial.putBack();
      const newest = await trial.newestRun();
      written.clear();
      over = false;
      const product = Promise.all([write(0), write(2)]);
      const answer = await (await trial.start(nodeOf(cluster, 1))).outcome;
      over = true;
      await product;
      await cluster.settle();

      expect(answer).toBe('returned');
      expect(await trial.runsSince(newest)).toEqual([
        expect.objectContaining({ status: 'ended', why: expect.stringMatching(/^done/) }),
      ]);
      retried += await retries();
      // Rows that the product kept changing are left to the next run.
      expect(await (await trial.start(nodeOf(cluster, 0))).outcome).toBe('returned');
      const all = [
        ...((await read(deployment)).IDN_OAUTH2_ACCESS_TOKEN ?? []),
        ...((await readKept(deployment)).IDN_OAUTH2_ACCESS_TOKEN ?? []),
      ];
      expect(all).toHaveLength(2000);
      const now = new Map(all.map((row) => [String(row.TOKEN_ID), row.SUBJECT_IDENTIFIER]));
      expect([...written].filter(([id, value]) => now.get(id) !== value)).toEqual([]);
      // As before, for what comes.
      const copies = deployment.plan.backups.find(({ source }) => source.name === 'IDN_OAUTH2_ACCESS_TOKEN');
      for (const table of ['IDN_OAUTH2_ACCESS_TOKEN', copies?.name])
        await deployment.query(`UPDATE ${table} SET SUBJECT_IDENTIFIER = NULL`);
      figures.rounds += 1;
      await trial.check(figures);
    }
    console.info(`${cluster.name}: ${refused} changes of the product refused, ${retried} retries of runs`);
    expect(retried).toBeGreaterThan(0);
  });
});
