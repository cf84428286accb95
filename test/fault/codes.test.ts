import { afterAll, beforeAll, expect, test } from 'vitest';
import { empty, fill } from '../support/conformance.js';
import { code, databaseOf, newestToken, token } from '../support/data/row-factories.js';
import { requestObject } from '../support/data/sibling-factories.js';
import { before } from '../support/data/span.js';
import { change, type Deployment, deploy, familyOf } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { startRun } from '../support/running.js';
import { words } from '../support/words.js';

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const { begin } = words[family];
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(engine);
  });
  afterAll(() => deployment?.database.drop());

  test('a code whose request object is given to a living token while its batch waits stays, with the object', async () => {
    const { query, database } = deployment;
    const now = BigInt(Date.now()) * 1000n;
    await empty(deployment);
    // A pause would count as a wait.
    await change(deployment, { pause_ms: 0 });
    await fill(
      deployment,
      databaseOf([
        newestToken(now),
        token('live', { TIME_CREATED: before(now, { minutes: 5 }) }),
        code('dead', { TIME_CREATED: before(now, { hours: 50 }), STATE: 'INACTIVE' }),
        requestObject(1n, { code: 'dead' }),
        requestObject(2n, {}),
      ]),
    );
    const product = await database.connect();
    await product.query(begin);
    // Oracle's run waits for the whole table, the others for the rows that they ask.
    const held = family === 'oracle' ? 'ID = 2' : "CODE_ID = 'dead'";
    await product.query(`UPDATE IDN_OIDC_REQ_OBJECT_REFERENCE SET SESSION_DATA_KEY = 'a' WHERE ${held}`);
    const { waiting, outcome } = await startRun(deployment);
    await waiting();
    await product.query("UPDATE IDN_OIDC_REQ_OBJECT_REFERENCE SET TOKEN_ID = 'live' WHERE CODE_ID = 'dead'");
    await product.query('COMMIT');
    await product.close();

    expect(await outcome).toBe('returned');
    const rows = await query("SELECT COUNT(*) AS n FROM IDN_OIDC_REQ_OBJECT_REFERENCE WHERE TOKEN_ID = 'live'");
    expect(Number(rows[0]?.n)).toBe(1);
    const codes = await query("SELECT COUNT(*) AS n FROM IDN_OAUTH2_AUTHORIZATION_CODE WHERE CODE_ID = 'dead'");
    expect(Number(codes[0]?.n)).toBe(1);
  });
});
