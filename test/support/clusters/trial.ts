import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { fill, read } from '../conformance.js';
import { change, type Deployment, deploy } from '../deployment.js';
import type { Engine, TestSession } from '../engines/index.js';
import type { Database } from '../model/rows.js';
import { words } from '../words.js';
import { type Cluster, seenFrom } from './cluster.js';
import { differences, digestsOf, joined, missing, readKept } from './compare.js';
import type { ClusterFigures } from './figures.js';
import { type ClusterSubject, choicesOf, databaseOfSubject, livingPart } from './subjects.js';

/** A cleanup that is installed in a cluster, with rows of which it is known which live. */
export class Trial {
  readonly cluster: Cluster;
  readonly subject: ClusterSubject;
  readonly deployment: Deployment;
  readonly before: Database;

  private constructor(cluster: Cluster, subject: ClusterSubject, deployment: Deployment, before: Database) {
    this.cluster = cluster;
    this.subject = subject;
    this.deployment = deployment;
    this.before = before;
  }

  static async begin(
    cluster: Cluster,
    subject: ClusterSubject,
    settings: Readonly<Record<string, string | number>> = {},
  ): Promise<Trial> {
    const deployment = await deploy(nodeOf(cluster, 0), choicesOf(subject));
    await fill(deployment, databaseOfSubject(subject));
    await change(deployment, settings);
    await cluster.settle();
    return new Trial(cluster, subject, deployment, await read(deployment));
  }

  /** Everything deepclean deleted is back, and nothing is kept. */
  async putBack(through = 0): Promise<void> {
    await this.cluster.settle();
    const { plan } = this.deployment;
    const seen = seenFrom(this.deployment, nodeOf(this.cluster, through));
    const kept = plan.backups.map(({ name }) => `SELECT RUN_ID AS id FROM ${name}`).join(' UNION ');
    for (const { id } of await seen.query(`SELECT DISTINCT k.id FROM (${kept}) k ORDER BY k.id`))
      await seen.query(words.mysql.call(plan.names.restore, String(id)));
    for (const { name } of plan.backups) await seen.query(`DELETE FROM ${name}`);
    await seen.database.close();
    await this.cluster.settle();
    expect(differences(await read(this.deployment), this.before)).toEqual([]);
  }

  /** Calls the cleanup through a node, as its caller sees it; what settles the promise says how the call ended. */
  async start(node: Engine): Promise<{ readonly outcome: Promise<string> }> {
    const session = await node.openDatabase(this.deployment.database.name).connect();
    const outcome = session.query(words.mysql.call(this.deployment.plan.names.procedure)).then(
      () => session.close().then(() => 'returned'),
      (error: unknown) => String(error),
    );
    return { outcome };
  }

  async newestRun(): Promise<number> {
    const [row] = await this.deployment.query(
      `SELECT COALESCE(MAX(RUN_ID), 0) AS n FROM ${this.deployment.plan.names.run}`,
    );
    return Number(row?.n);
  }

  runsSince(newest: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { run, procedure } = this.deployment.plan.names;
    return this.deployment.query(
      `SELECT RUN_ID AS id, STATUS AS status, WHY_STOPPED AS why FROM ${run} WHERE RUN_ID > ${newest} AND PROCEDURE_NAME = '${procedure}' ORDER BY RUN_ID`,
    );
  }

  /** Waits, on any node, until a run has deleted some rows and has not ended. */
  async untilHalfWay(seen: Pick<Deployment, 'query'> = this.deployment): Promise<void> {
    const { run, runStep, procedure } = this.deployment.plan.names;
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10)) {
      const [row] = await seen.query(
        `SELECT r.STATUS AS status, SUM(s.DELETED) AS deleted FROM ${run} r JOIN ${runStep} s ON s.RUN_ID = r.RUN_ID WHERE r.PROCEDURE_NAME = '${procedure}' GROUP BY r.RUN_ID, r.STATUS ORDER BY r.RUN_ID DESC LIMIT 1`,
      );
      if (row?.status === 'running' && Number(row.deleted) > 0) return;
    }
    throw new Error('the run never came to its middle');
  }

  /** Counts what became of the rows and compares the nodes, then expects that nothing is wrong with either. */
  async check(figures: ClusterFigures, through = 0, nodes: readonly Engine[] = this.cluster.nodes): Promise<void> {
    const seen = seenFrom(this.deployment, nodeOf(this.cluster, through));
    const digests = await digestsOf(this.cluster, this.deployment, nodes);
    const [left, kept] = [await read(seen), await readKept(seen)];
    await seen.database.close();
    const living = livingPart(this.subject, this.before);
    figures.lostRows += missing(living, left) + missing(this.before, joined(left, kept));
    figures.compared += 1;
    figures.equal += digests.every((digest) => JSON.stringify(digest) === JSON.stringify(digests[0])) ? 1 : 0;
    expect(differences(left, living)).toEqual([]);
    expect(differences(joined(left, kept), this.before)).toEqual([]);
    for (const digest of digests) expect(digest).toEqual(digests[0]);
  }
}

export function nodeOf(cluster: Cluster, at: number): Engine {
  const node = cluster.nodes[at % cluster.nodes.length];
  if (node === undefined) throw new Error(`${cluster.name} has no node`);
  return node;
}

export const noFigures = ({ name }: Cluster): ClusterFigures => ({
  cluster: name,
  rounds: 0,
  doubleRuns: 0,
  lostRows: 0,
  compared: 0,
  equal: 0,
});

/** A session of one node, closed whatever happens. */
export async function onNode<T>(node: Engine, database: string, act: (session: TestSession) => Promise<T>): Promise<T> {
  const session = await node.openDatabase(database).connect();
  try {
    return await act(session);
  } finally {
    await session.close();
  }
}
