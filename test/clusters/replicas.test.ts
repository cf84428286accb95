import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { seenFrom, waitUntil } from '../support/clusters/cluster.js';
import { differences, joined, missing, readKept } from '../support/clusters/compare.js';
import { describeClusters, requiredClusters } from '../support/clusters/describe-clusters.js';
import { startPostgresqlPair } from '../support/clusters/replicas.js';
import {
  type ClusterSubject,
  choicesOf,
  clusterSubjects,
  databaseOfSubject,
  livingPart,
} from '../support/clusters/subjects.js';
import { noFigures } from '../support/clusters/trial.js';
import { fill, read } from '../support/conformance.js';
import { change, deploy, run } from '../support/deployment.js';
import { missingEngineTitle } from '../support/engines/index.js';
import { words } from '../support/words.js';

describe('postgresql-standby', () => {
  test.for(Object.entries(clusterSubjects) as [string, ClusterSubject][])(
    '%s: a primary that is killed in mid-run loses nothing; the standby takes over, and the next run finishes there',
    async ([, subject], { task, skip }) => {
      const pair = await startPostgresqlPair();
      if (pair === undefined) {
        expect(requiredClusters()).not.toContain('postgresql-standby');
        return skip(missingEngineTitle('postgresql-standby'));
      }
      const figures = noFigures(pair);
      task.meta.cluster = figures;
      try {
        const deployment = await deploy(pair.source, choicesOf(subject, 'postgresql'));
        await fill(deployment, databaseOfSubject(subject));
        const before = await read(deployment);
        await change(deployment, { batch_rows_minimum: 20, batch_rows_maximum: 60, pause_ms: 50 });
        const { names, backups } = deployment.plan;
        const { call } = words.postgresql;
        const session = await deployment.database.connect();
        const outcome = session.query(call(names.procedure)).catch((error: unknown) => String(error));
        const after = seenFrom(deployment, pair.replica);
        // A run does not wait for the standby, so its last batches may be undone, copies and all.
        await waitUntil('the standby knows of deleted rows', async () => {
          const [row] = await after.query(`SELECT sum(deleted) AS n FROM ${names.runStep}`);
          return Number(row?.n) > 0;
        });
        await pair.source.kill();
        expect(await outcome).toBeTypeOf('string');
        await pair.promote();

        const halfWay = await read(after);
        expect(missing(before, halfWay)).toBeGreaterThan(0);
        expect(differences(joined(halfWay, await readKept(after)), before)).toEqual([]);
        expect(missing(livingPart(subject, before), halfWay)).toBe(0);

        await change(after, { pause_ms: 0 });
        await run(after);
        const log = await after.query(`SELECT status, why_stopped FROM ${names.run} ORDER BY run_id`);
        expect(log).toEqual([expect.objectContaining({ status: 'crashed' }), { status: 'ended', why_stopped: 'done' }]);
        const [left, kept] = [await read(after), await readKept(after)];
        figures.rounds += 1;
        figures.lostRows += missing(livingPart(subject, before), left) + missing(before, joined(left, kept));
        expect(differences(left, livingPart(subject, before))).toEqual([]);
        expect(differences(joined(left, kept), before)).toEqual([]);

        const ids = backups.map(({ name }) => `SELECT run_id FROM ${name}`).join(' UNION ');
        for (const row of await after.query(`SELECT DISTINCT run_id FROM (${ids}) k ORDER BY run_id`))
          await after.query(call(names.restore, String(row.run_id)));
        expect(differences(await read(after), before)).toEqual([]);
        await after.database.close();
      } finally {
        await pair.stop();
      }
    },
  );

  test('a standby that is paused lags behind, and catches up', async ({ skip }) => {
    const pair = await startPostgresqlPair({ synchronous: false });
    if (pair === undefined) return skip(missingEngineTitle('postgresql-standby'));
    try {
      const database = await pair.source.createDatabase();
      await database.query('CREATE TABLE t (a int PRIMARY KEY)');
      await pair.settle();
      const seen = pair.replica.openDatabase(database.name);
      await pair.pause();
      await database.query('INSERT INTO t VALUES (1)');
      const lag = async () =>
        (
          await database.query(
            'SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) > 0 AS lags FROM pg_stat_replication',
          )
        )[0]?.lags;
      await waitUntil('the primary sees the lag', async () => (await lag()) === true);
      expect(await seen.query('SELECT a FROM t')).toEqual([]);
      await pair.resume();
      await pair.settle();
      expect(await seen.query('SELECT a FROM t')).toEqual([{ a: 1 }]);
      await seen.close();
      await database.close();
    } finally {
      await pair.stop();
    }
  });
});

describeClusters(['mariadb-replica'], (cluster) => {
  test('a run on the source reaches the replica, which lags behind while it is paused', async ({ task }) => {
    const figures = noFigures(cluster);
    task.meta.cluster = figures;
    const [source, replica] = cluster.nodes;
    if (source === undefined || replica === undefined) throw new Error('a pair of one');
    const subject = clusterSubjects.tokens;
    const deployment = await deploy(source, choicesOf(subject));
    await fill(deployment, databaseOfSubject(subject));
    const before = await read(deployment);
    const seen = seenFrom(deployment, replica);
    await cluster.settle();
    expect(differences(await read(seen), before)).toEqual([]);

    await seen.query('STOP SLAVE SQL_THREAD');
    await run(deployment);
    await sleep(200);
    expect(differences(await read(seen), before)).toEqual([]);
    await seen.query('START SLAVE SQL_THREAD');
    await cluster.settle();
    const [left, kept] = [await read(seen), await readKept(seen)];
    figures.rounds += 1;
    figures.lostRows += missing(livingPart(subject, before), left) + missing(before, joined(left, kept));
    figures.compared += 1;
    figures.equal += differences(left, await read(deployment)).length === 0 ? 1 : 0;
    expect(differences(left, livingPart(subject, before))).toEqual([]);
    expect(differences(joined(left, kept), before)).toEqual([]);
    await seen.database.close();
  }, 120_000);
});
