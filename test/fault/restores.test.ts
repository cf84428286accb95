import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { type Deployment, deploy, familyOf, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { startRestore } from '../support/running.js';
import { words } from '../support/words.js';

/** More than one step of a restore, where it has steps. */
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

/** Adds a kept token again as another session does; returns what takes it back. The restore comes to it late. */
async function addLate({ database, query, plan, family }: Deployment): Promise<() => Promise<void>> {
  const backup = plan.backups.find(({ source }) => source.name.toUpperCase() === 'IDN_OAUTH2_ACCESS_TOKEN');
  if (backup === undefined) throw new Error('no copies of tokens');
  const columns = backup.columns.map(({ name }) => name).join(', ');
  const [last] = await query(`SELECT MIN(TOKEN_ID) AS id FROM ${backup.name}`);
  const session = await database.connect();
  await session.query(words[family].begin);
  await session.query(
    `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (${columns}) SELECT ${columns} FROM ${backup.name} WHERE TOKEN_ID = '${last?.id}'`,
  );
  return async () => {
    await session.query(words[family].rollback);
    await session.close();
  };
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const { call } = words[familyOf(engine)];
  // Where it commits in between, and logs its beginning; elsewhere nothing of it is left.
  const hasParts = ['mssql', 'oracle'].includes(familyOf(engine));
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
    const takeBack = await addLate(deployment);
    const restore = await startRestore(deployment, '1');
    await restore.waiting();
    // No run begins meanwhile, between two transactions of the restore either.
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({
      status: 'skipped',
      why_stopped: expect.stringMatching(/^already running/),
    });
    await restore.kill();
    await takeBack();
    const atKill = await content(deployment);
    expect(atKill).not.toBe(before);
    expect(atKill.length > left.length).toBe(hasParts);

    await query(call(plan.names.restore, '1'));
    expect(await content(deployment)).toBe(before);
    const log = await query(
      `SELECT status FROM ${plan.names.run} WHERE procedure_name = '${plan.names.restore}' ORDER BY run_id`,
    );
    expect(log.map((row) => Object.values(row)[0])).toEqual(hasParts ? ['crashed', 'ended'] : ['ended']);
  });
});
