import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { change, type Deployment, deploy, familyOf } from '../support/deployment.js';
import { describeEngines, type TestSession } from '../support/engines/index.js';
import { words } from '../support/words.js';

const tokens = 600;
const live = tokens * 0.3;
const points = Number(process.env.DEEPCLEAN_KILL_POINTS ?? 10);

/** How somebody ends a call: its statement alone, after which the session goes on, or the whole session. */
const ends = ['statement', 'session'] as const;

/** When, as a share of the time that an undisturbed run takes, by whom the next run is called, and how this one is ended. */
const point = fc.record({
  at: fc.noBias(fc.integer({ min: 0, max: 1050 })).map((thousandths) => thousandths / 1000),
  end: fc.constantFrom(...ends),
  sameSession: fc.boolean(),
});

/** The rows of a table by the columns that tell them apart, as texts in order. */
async function keys({ query }: Deployment, table: string, columns: string, rest = ''): Promise<readonly string[]> {
  const rows = await query(`SELECT ${columns} FROM ${table} ${rest}`);
  return rows.map((row) => Object.values(row).join(' ')).sort();
}

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const family = familyOf(engine);
  const { call, ownSession, killSession, cancelStatement, sessionState } = words[family];
  let deployment: Deployment;
  let undisturbedMs: number;
  /** How the runs that were ended stand in the log. */
  const outcomes = new Map<string, number>();
  let halfWay = 0;
  const kept = (table: string) =>
    deployment.plan.backups.find(({ source }) => source.name.toUpperCase() === table)?.name ?? '';
  const tables = [
    ['IDN_OAUTH2_ACCESS_TOKEN', 'TOKEN_ID, TOKEN_STATE, VALIDITY_PERIOD'],
    ['IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'TOKEN_ID, TOKEN_SCOPE'],
  ] as const;
  const inSource = () => Promise.all(tables.map(([table, columns]) => keys(deployment, table, columns)));
  const inBackup = () => Promise.all(tables.map(([table, columns]) => keys(deployment, kept(table), columns)));
  const runs = () =>
    deployment.query(
      `SELECT run_id, status, why_stopped FROM ${deployment.plan.names.run} WHERE procedure_name = '${deployment.plan.names.procedure}' ORDER BY run_id`,
    );
  const deletingRuns = () => keys(deployment, kept('IDN_OAUTH2_ACCESS_TOKEN'), 'DISTINCT RUN_ID');

  /** Each row is where it was or in the copies, and not in both, or twice. */
  async function expectNothingLost(): Promise<void> {
    const [left, gone] = [await inSource(), await inBackup()];
    for (const [number] of tables.entries())
      expect([...(left[number] ?? []), ...(gone[number] ?? [])].sort()).toEqual(before[number]);
  }

  /** All is as it was at first, and nothing is kept. */
  async function putBack(): Promise<void> {
    for (const runId of await deletingRuns()) await deployment.query(call(deployment.plan.names.restore, runId));
    for (const { name } of deployment.plan.backups) await deployment.query(`DELETE FROM ${name}`);
  }

  let before: readonly (readonly string[])[];
  beforeAll(async () => {
    deployment = await deploy(engine);
    await fillTokens(deployment, tokens);
    await change(deployment, { batch_rows_minimum: 20, batch_rows_maximum: 40, pause_ms: 3 });
    before = await inSource();
    // The first run takes longer than all others.
    for (let round = 0; round < 3; round += 1) {
      const began = performance.now();
      await deployment.query(call(deployment.plan.names.procedure));
      undisturbedMs = performance.now() - began;
      expect((await inSource())[0]).toHaveLength(live);
      await putBack();
    }
    expect(await inSource()).toEqual(before);
  });
  afterAll(() => deployment?.database.drop());

  /** Whether the last run was turned away by the killed one, and names the session that must be ended, or where to find it. */
  async function saysWhoHolds(id: string): Promise<boolean> {
    const why = String((await runs()).at(-1)?.why_stopped);
    return why.startsWith('already running') && new RegExp(`session ${id}; if it does nothing|INNODB_TRX`).test(why);
  }

  async function numberOf(session: TestSession): Promise<string> {
    return String((await session.query(ownSession))[0]?.id);
  }

  test(
    `ended at ${points} random moments a run loses nothing, leaves nothing behind, and the next one finishes`,
    async () => {
      await fc.assert(
        fc.asyncProperty(point, async ({ at, end, sameSession }) => {
          const client = await deployment.database.connect();
          const id = await numberOf(client);
          const stateBefore = await client.query(sessionState);
          const newest = (await runs()).length;
          const called = client.query(call(deployment.plan.names.procedure)).catch(() => undefined);
          await sleep(at * undisturbedMs);
          await deployment.query(end === 'session' ? killSession(id) : cancelStatement(id)).catch(() => undefined);
          await called;

          await expectNothingLost();
          const [left, gone] = [await inSource(), await inBackup()];
          if ((gone[0]?.length ?? 0) > 0 && (left[0]?.length ?? 0) > live) halfWay += 1;

          const other = await deployment.database.connect();
          const next = end === 'statement' && sameSession ? client : other;
          await next.query(call(deployment.plan.names.procedure));
          if (await saysWhoHolds(id)) {
            // No handler of MySQL and MariaDB runs when a query is killed, so its last transaction stays open.
            expect([family, end, sameSession]).toEqual(['mysql', 'statement', false]);
            await deployment.query(killSession(id));
            await next.query(call(deployment.plan.names.procedure));
          } else if (end === 'statement') {
            // What no handler could put back, the next call in that session does.
            if (family === 'mysql' && !sameSession) await client.query(call(deployment.plan.names.procedure));
            expect(await client.query(sessionState)).toEqual(stateBefore);
          }
          const log = (await runs()).slice(newest).map(({ status, why_stopped: why }) => `${status}: ${why}`);
          expect(log.at(-1)).toBe('ended: done');
          for (const line of log)
            expect(line).toMatch(/^(ended: done|crashed: |failed: |stopped: |skipped: already running)/);
          const outcome = `${end}: ${log[0]}`;
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          expect((await inSource())[0]).toHaveLength(live);
          await expectNothingLost();
          await putBack();
          expect(await inSource()).toEqual(before);
          await other.close();
          await client.close().catch(() => undefined);
        }),
        { numRuns: points, ...(process.env.DEEPCLEAN_SEED && { seed: Number(process.env.DEEPCLEAN_SEED) }) },
      );
    },
    points * 20_000,
  );

  test('some of these moments were in the middle', () => {
    console.info(`${engine.name}: ${points} points, ${halfWay} half-way;`, Object.fromEntries(outcomes));
    expect(halfWay).toBeGreaterThan(0);
  });
});
