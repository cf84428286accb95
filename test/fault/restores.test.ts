import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { sessions } from '../bench/sessions.js';
import { type Deployment, deploy, familyOf, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { startRestore } from '../support/running.js';
import { words } from '../support/words.js';

/** More than one transaction of a restore. */
const tokens = 5000;

/** What is in the tables that lose rows, as one text. */
async function content({ query }: Deployment): Promise<string> {
  const lines = await Promise.all(
    ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'].map((table) => query(`SELECT * FROM ${table}`)),
  );
  return lines
    .flat()
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');
}

/** Adds the kept rows of the lowest key again as another session does; returns what takes them back. The restore comes to them late. */
async function addLate(
  { database, query, plan, family }: Deployment,
  table: string,
  key: string,
): Promise<() => Promise<void>> {
  const backup = plan.backups.find(({ source }) => source.name.toUpperCase() === table);
  if (backup === undefined) throw new Error(`no copies of ${table}`);
  const columns = backup.columns.map(({ name }) => name).join(', ');
  const [last] = await query(`SELECT MIN(${key}) AS id FROM ${backup.name}`);
  const session = await database.connect();
  await session.query(words[family].begin);
  await session.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${backup.name} WHERE ${key} = '${last?.id}'`,
  );
  return async () => {
    await session.query(words[family].rollback);
    await session.close();
  };
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const { call } = words[familyOf(engine)];
  let deployment: Deployment;
  let before: string;
  let left: string;
  beforeAll(async () => {
    deployment = await deploy(engine);
    await fillTokens(deployment, tokens);
    before = await content(deployment);
    await run(deployment);
    left = await content(deployment);
    expect(left).not.toBe(before);
  });
  afterAll(() => deployment?.database.drop());

  test('a restore that is killed leaves a database in which the next one puts everything back', async () => {
    const { query, plan } = deployment;
    const takeBack = await addLate(deployment, 'IDN_OAUTH2_ACCESS_TOKEN', 'TOKEN_ID');
    const restore = await startRestore(deployment, '1');
    // It tries again and again on MySQL, and what it counts to a minute must outlast a try that is undone.
    if (familyOf(engine) !== 'mysql') await restore.waiting();
    else
      await expect
        .poll(async () => Number((await query('SELECT MAX(FAILURES) AS n FROM CLEANUP_LOCK'))[0]?.n), {
          timeout: 40_000,
        })
        .toBeGreaterThan(1);
    // No run begins meanwhile, between two transactions of the restore either, and no other restore.
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({
      status: 'skipped',
      why_stopped: expect.stringMatching(new RegExp(`^already running.*\\b${restore.id}\\b`)),
    });
    await expect(query(call(plan.names.restore, '1'))).rejects.toThrow(/did not start: .*running/);
    await restore.kill();
    await takeBack();
    const atKill = await content(deployment);
    expect(atKill).not.toBe(before);
    expect(atKill.length).toBeGreaterThan(left.length);

    await query(call(plan.names.restore, '1'));
    expect(await content(deployment)).toBe(before);
    const log = await query(
      `SELECT status FROM ${plan.names.run} WHERE procedure_name = '${plan.names.restore}' ORDER BY run_id`,
    );
    expect(log.map((row) => Object.values(row)[0])).toEqual(['crashed', 'ended']);
  });

  test.runIf(familyOf(engine) === 'postgresql')(
    'a restore gives up on a row that another session holds for long, and goes on when it is called again',
    async () => {
      const { query, plan } = deployment;
      await run(deployment);
      const deletedBy = String((await lastRun(deployment)).run_id);
      for (const { name } of plan.backups) await query(`DELETE FROM ${name} WHERE run_id <> ${deletedBy}`);
      const takeBack = await addLate(deployment, 'IDN_OAUTH2_ACCESS_TOKEN', 'TOKEN_ID');
      await expect(query(call(plan.names.restore, deletedBy))).rejects.toThrow(/error 55P03: .*lock timeout/);
      expect((await content(deployment)).length).toBeGreaterThan(left.length);
      await takeBack();
      await query(call(plan.names.restore, deletedBy));
      expect(await content(deployment)).toBe(before);
    },
  );
});

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const { call } = words[familyOf(engine)];
  const store = 'IDN_AUTH_SESSION_STORE';
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(engine, { policy: sessions.policy, tables: sessions.tables });
    await sessions.fill(deployment, 4000);
    // Two thousand rows are to end in the middle of a session, not between two.
    const [last] = await deployment.query(
      `SELECT MAX(SESSION_ID) AS id FROM ${store} WHERE EXPIRY_TIME > TIME_CREATED + 10800000000000`,
    );
    await deployment.query(
      `DELETE FROM ${store} WHERE SESSION_ID = '${last?.id}' AND TIME_CREATED = (SELECT n FROM (SELECT MIN(TIME_CREATED) AS n FROM ${store} WHERE SESSION_ID = '${last?.id}') x)`,
    );
    await run(deployment);
  });
  afterAll(() => deployment?.database.drop());

  /** How many sessions have how many rows. */
  async function sizes(): Promise<readonly string[]> {
    const found = await deployment.query(
      `SELECT n, COUNT(*) AS times FROM (SELECT COUNT(*) AS n FROM ${store} GROUP BY SESSION_ID) x GROUP BY n ORDER BY n`,
    );
    return found.map(({ n, times }) => `${times} of ${n}`);
  }

  test('a restore that is killed leaves no session in part', async () => {
    expect(await sizes()).toEqual(['100 of 4']);
    const takeBack = await addLate(deployment, store, 'SESSION_ID');
    const restore = await startRestore(deployment, '1');
    await restore.waiting();
    await restore.kill();
    await takeBack();
    expect(await sizes()).toEqual(['1 of 3', '600 of 4']);
    // The next run looks for what is going on under any name, and finds that it is over.
    await run(deployment);
    const log = await deployment.query(`SELECT status FROM ${deployment.plan.names.run} ORDER BY run_id`);
    expect(log.map((row) => Object.values(row)[0])).toEqual(['ended', 'crashed', 'ended']);
    expect(await sizes()).toEqual(['100 of 4']);
    await deployment.query(call(deployment.plan.names.restore, '1'));
    expect(await sizes()).toEqual(['1 of 3', '999 of 4']);
  });
});
