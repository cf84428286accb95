import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { change, type Deployment, deploy, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { hold, startRun } from '../support/running.js';
import { words } from '../support/words.js';

const { stamp, sessionState, ownSession, cancelStatement, call } = words.oracle;

describeEngines(['oracle'], (engine) => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(engine);
  });
  afterAll(() => deployment?.database.drop());
  beforeEach(async () => {
    await deployment.query('DELETE FROM IDN_OAUTH2_ACCESS_TOKEN');
    await deployment.query('DELETE FROM IDN_OAUTH_CONSUMER_APPS');
    await fillTokens(deployment, 1000);
    await change(deployment, { batch_rows_minimum: 100, batch_rows_maximum: 100, pause_ms: 0, stop_requested: 'no' });
  });

  const untilItRuns = () =>
    expect
      // It writes its cut-off a moment after it has begun, and would wait for whoever holds its row then.
      .poll(() =>
        deployment.query(
          `SELECT RUN_ID FROM ${deployment.plan.names.run} WHERE STATUS = 'running' AND CUT_OFF IS NOT NULL`,
        ),
      )
      .toHaveLength(1);

  const interrupted = { status: 'stopped', why_stopped: 'interrupted' };

  test('a run that is cancelled while it waits for its settings says so, and has deleted nothing', async () => {
    await change(deployment, { stop_requested: 'yes' });
    const release = await hold(deployment, deployment.plan.names.setting, "NAME = 'stop_requested'", 'VALUE');
    const { id, outcome, waiting } = await startRun(deployment);
    await waiting();
    await deployment.query(cancelStatement(id));
    expect(await outcome).toBe('returned');
    await release();

    expect(await lastRun(deployment)).toMatchObject(interrupted);
    const [row] = await deployment.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN');
    expect(Number(row?.n)).toBe(1000);
  });

  test('a run that is cancelled while it rests says so, and leaves the session as it was', async () => {
    await change(deployment, { pause_ms: 3000 });
    const client = await deployment.database.connect();
    const before = await client.query(sessionState);
    const id = String((await client.query(ownSession))[0]?.id);
    const outcome = client.query(call(deployment.plan.names.procedure));
    await untilItRuns();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await deployment.query(cancelStatement(id));
    await outcome;

    expect(await lastRun(deployment)).toMatchObject(interrupted);
    expect(await client.query(sessionState)).toEqual(before);
    await client.close();
  });

  test('a run that is cancelled while it prunes says so, and the next one prunes', async () => {
    const { plan, query } = deployment;
    await run(deployment);
    await query(`UPDATE ${plan.names.run} SET STARTED_AT = ${stamp('2020-01-01 00:00:00')}`);
    const [backup] = plan.backups;
    const kept = () => query(`SELECT RUN_ID FROM ${backup?.name}`);
    const release = await hold(deployment, backup?.name ?? '', 'ROWNUM = 1', 'RUN_ID');
    const { id, outcome, waiting } = await startRun(deployment);
    await waiting();
    await query(cancelStatement(id));
    expect(await outcome).toBe('returned');
    await release();

    expect(await lastRun(deployment)).toMatchObject(interrupted);
    expect(await kept()).not.toHaveLength(0);
    await run(deployment);
    expect(await kept()).toHaveLength(0);
  });

  test('a run that is cancelled while it writes the end of its log has it there all the same', async () => {
    const { plan, query } = deployment;
    await change(deployment, { pause_ms: 200 });
    const { id, outcome, waiting } = await startRun(deployment);
    await untilItRuns();
    const release = await hold(deployment, plan.names.run, "STATUS = 'running'", 'RUN_ID');
    await waiting();
    await query(cancelStatement(id));
    await waiting();
    await release();

    expect(await outcome).toBe('returned');
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
  });
});
