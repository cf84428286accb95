import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { change, type Deployment, deploy, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';

/** Enough for the optimizer to have a choice. */
const tokens = 20_000;

/** What only Oracle's own server proves: imitations plan and schedule in their own ways. */
describeEngines(['oracle'], (engine) => {
  const isReal = engine.imitation === undefined;
  let deployment: Deployment;
  beforeAll(async () => {
    if (!isReal) return;
    deployment = await deploy(engine);
    await fillTokens(deployment, tokens);
  });
  afterAll(() => deployment?.database.drop());

  test.runIf(isReal)('no statement of a batch reads a whole table of tokens or of their scopes', async () => {
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    const scans = await deployment.query(
      `SELECT DISTINCT p.OBJECT_NAME AS TABLE_NAME, SUBSTR(s.SQL_TEXT, 1, 200) AS STATEMENT
       FROM V$SQL s
       JOIN V$SQL_PLAN p ON p.SQL_ID = s.SQL_ID AND p.CHILD_NUMBER = s.CHILD_NUMBER
       WHERE s.PROGRAM_ID IN (SELECT o.OBJECT_ID FROM USER_OBJECTS o WHERE o.OBJECT_NAME = 'CLEANUP_TOKENS')
         AND p.OPERATION = 'TABLE ACCESS' AND p.OPTIONS = 'FULL'
         AND p.OBJECT_NAME IN ('IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE')`,
    );
    expect(scans).toEqual([]);
  });

  test.runIf(isReal).each(['TRUE', 'FALSE'])(
    'DBMS_SCHEDULER runs it, with use_current_session => %s',
    async (inThisSession) => {
      const { procedure, run: log } = deployment.plan.names;
      await change(deployment, { enabled: 'yes' });
      const [before] = await deployment.query(`SELECT COUNT(*) AS N FROM ${log}`);
      await deployment.query(
        `BEGIN
           DBMS_SCHEDULER.CREATE_JOB(job_name => 'TRY_${inThisSession}', job_type => 'STORED_PROCEDURE',
             job_action => '${procedure}', enabled => FALSE, auto_drop => FALSE);
           DBMS_SCHEDULER.RUN_JOB('TRY_${inThisSession}', use_current_session => ${inThisSession});
         END;`,
      );
      await expect
        .poll(
          async () => Number((await deployment.query(`SELECT COUNT(*) AS N FROM ${log} WHERE STATUS = 'ended'`))[0]?.N),
          { timeout: 60_000, interval: 500 },
        )
        .toBe(Number(before?.N) + 1);
    },
  );
});
