import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { statementsOf } from '../../src/render/artifact.js';
import { fillTokens } from '../bench/fill-tokens.js';
import type { DialectFamily } from '../support/data/dialect-words.js';
import { change, type Deployment, deploy, dryRunOf, familyOf, lastRun, run } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { blindCaller } from '../support/engines/mssql-adaptations.js';
import { words } from '../support/words.js';

const tokens = 4000;
const live = tokens * 0.3;
const isLive = "token_state = 'ACTIVE' AND validity_period > 3600000";

/** A trigger that raises an error for one row, and the number of that error. */
const raising: Readonly<Record<DialectFamily, (id: string) => readonly string[]>> = {
  postgresql: (id) => [
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF old.token_id = '${id}' THEN RAISE 'this row is sacred'; END IF; RETURN old; END$$`,
    'CREATE TRIGGER refuse BEFORE DELETE ON IDN_OAUTH2_ACCESS_TOKEN FOR EACH ROW EXECUTE FUNCTION refuse()',
  ],
  mysql: (id) => [
    `CREATE TRIGGER refuse BEFORE DELETE ON IDN_OAUTH2_ACCESS_TOKEN FOR EACH ROW BEGIN IF old.token_id = '${id}' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this row is sacred'; END IF; END`,
  ],
  mssql: (id) => [
    `CREATE TRIGGER refuse ON IDN_OAUTH2_ACCESS_TOKEN AFTER DELETE AS BEGIN IF EXISTS (SELECT 1 FROM deleted WHERE token_id = '${id}') THROW 50001, 'this row is sacred', 1; END`,
  ],
  oracle: (id) => [
    `CREATE TRIGGER refuse BEFORE DELETE ON IDN_OAUTH2_ACCESS_TOKEN FOR EACH ROW BEGIN IF :old.token_id = '${id}' THEN RAISE_APPLICATION_ERROR(-20500, 'this row is sacred'); END IF; END;`,
  ],
};
const raised = { postgresql: 'P0001', mysql: '1644', mssql: '50001', oracle: 'ORA-20500' } as const;

/** What the routines promise that all cleanups share, on the engines whose cleanups have them. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const isOracle = family === 'oracle';
  const isPostgresql = family === 'postgresql';
  const isMysql = family === 'mysql';
  const isMssql = family === 'mssql';
  const dialect = findDialect(engine.dialect);
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(engine);
  });
  afterAll(() => deployment?.database.drop());
  beforeEach(async () => {
    const { query, plan } = deployment;
    const copies = plan.backups.map(({ name }) => name);
    if (!isPostgresql)
      for (const table of ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH_CONSUMER_APPS', ...copies])
        await query(`DELETE FROM ${table}`);
    else await query(`TRUNCATE ${['IDN_OAUTH_CONSUMER_APPS', ...copies].join(', ')} CASCADE`);
    await query(`DELETE FROM ${plan.names.position}`);
    await fillTokens(deployment, tokens);
    await change(deployment, {
      batch_rows_minimum: 50,
      batch_rows_maximum: 100,
      pause_ms: 0,
      time_budget_seconds: 3600,
    });
  });

  const number = async (sql: string): Promise<number> => Number((await deployment.query(sql))[0]?.n);
  const left = () => number('SELECT count(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN');
  const kept = () => number('SELECT count(*) AS n FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN');

  /** Every row is either there or copied, and every row that lives is there. */
  async function expectNothingLost(): Promise<void> {
    expect((await left()) + (await kept())).toBe(tokens);
    expect(await number(`SELECT count(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE ${isLive}`)).toBe(live);
  }

  /** An imitation may find the change itself in a deadlock with a batch, and give it up. */
  async function insist(statement: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await deployment.query(statement);
        return;
      } catch (error) {
        if (attempt === 20 || !/deadlock/.test(String(error))) throw error;
      }
    }
  }

  async function whileItRuns(act: () => Promise<unknown>): Promise<string> {
    const client = await deployment.database.connect();
    const outcome = client.query(words[deployment.family].call(deployment.plan.names.procedure)).then(
      () => 'returned',
      (error: unknown) => String(error),
    );
    await expect.poll(kept, { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
    await act();
    const told = await outcome;
    await client.close();
    return told;
  }

  test.each([
    [
      'a column',
      'ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN ADD added_in_mid_run int',
      'ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN DROP COLUMN added_in_mid_run',
    ],
    [
      'a table whose rows cascade',
      'CREATE TABLE added_child (token_id varchar(255), FOREIGN KEY (token_id) REFERENCES IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) ON DELETE CASCADE)',
      'DROP TABLE added_child',
    ],
  ])('stops, and says why, if %s is added in mid-run', async (_, add, remove) => {
    await change(deployment, { pause_ms: 250 });
    const told = await whileItRuns(() => insist(add));
    await deployment.query(remove);
    expect(told).toMatch(/does not fit|other columns|foreign keys/);
    expect(await lastRun(deployment)).toMatchObject({ status: 'failed' });
    expect(await left()).toBeGreaterThan(live);
    await expectNothingLost();
  });

  test.runIf(isMssql)('deletes nothing once a column was added, however lately the schema was checked', async () => {
    await change(deployment, { pause_ms: 20 });
    let atOnce = 0;
    const told = await whileItRuns(async () => {
      await insist('ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN ADD added_in_mid_run int');
      atOnce = await left();
    });
    await deployment.query('ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN DROP COLUMN added_in_mid_run');
    expect(told).toMatch(/does not fit|other columns/);
    expect(await left()).toBe(atOnce);
    expect(atOnce).toBeGreaterThan(live);
    await expectNothingLost();
  });

  test.runIf(isMssql)('no statement touches more rows than the maximum, however many a key has', async () => {
    const { query } = deployment;
    await change(deployment, { batch_rows_minimum: 100, batch_rows_maximum: 1000, batch_target_ms: 900 });
    // Five more scopes for each token, and before all others a stretch of tokens that live.
    await query(
      `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_SCOPE (TOKEN_ID, TOKEN_SCOPE, TENANT_ID) SELECT t.TOKEN_ID, x.s, -1234 FROM IDN_OAUTH2_ACCESS_TOKEN AS t CROSS JOIN (VALUES ('a-1'), ('a-2'), ('a-3'), ('a-4'), ('a-5')) AS x (s)`,
    );
    await query(
      "INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (token_id, access_token, consumer_key_id, tenant_id, user_type, grant_type, validity_period, refresh_token_validity_period, token_scope_hash, token_state, token_state_id, idp_id) SELECT TOP (2500) CONCAT('.', TOKEN_ID), 'a', consumer_key_id, tenant_id, user_type, grant_type, -1, -1, 'live', 'ACTIVE', CONCAT('.', TOKEN_ID), idp_id FROM IDN_OAUTH2_ACCESS_TOKEN",
    );
    await query('CREATE TABLE touched (n int NOT NULL)');
    await query(
      'CREATE TRIGGER note ON IDN_OAUTH2_ACCESS_TOKEN_SCOPE AFTER DELETE AS INSERT INTO touched SELECT COUNT(*) FROM deleted',
    );
    try {
      await run(deployment);
      expect(await left()).toBe(live + 2500);
      expect(await number('SELECT MAX(n) AS n FROM touched')).toBeLessThanOrEqual(1000);
      // It does not crawl either.
      expect(await number('SELECT COUNT(*) AS n FROM touched WHERE n > 300')).toBeGreaterThan(5);
    } finally {
      await query('DROP TRIGGER note');
      await query('DROP TABLE touched');
      await query("DELETE FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_ID LIKE '.%'");
    }
    await expectNothingLost();
  });

  test('passes over a row whose trigger raises, names it with its error, and goes on', async () => {
    const [row] = await deployment.query(
      "SELECT MIN(token_id) AS id FROM IDN_OAUTH2_ACCESS_TOKEN WHERE token_state = 'REVOKED'",
    );
    for (const statement of raising[family](String(row?.id))) await deployment.query(statement);
    try {
      await run(deployment);
    } finally {
      await deployment.query(isPostgresql ? 'DROP FUNCTION refuse() CASCADE' : 'DROP TRIGGER refuse');
    }
    expect(await lastRun(deployment)).toMatchObject({
      status: 'ended',
      why_stopped: 'done, except for rows that raised errors',
    });
    expect(await left()).toBe(live + 1);
    expect(await deployment.query(`SELECT row_key AS k, error AS e FROM ${deployment.plan.names.runError}`)).toEqual([
      // Oracle tells the trigger behind it, and where in it.
      { k: row?.id, e: expect.stringMatching(new RegExp(`^error ${raised[family]}: this row is sacred(\n|$)`)) },
    ]);
    await expectNothingLost();
  });

  test('goes on behind the place where its budget ended, and comes round to what lies before it', async () => {
    const { query, plan } = deployment;
    await change(deployment, { time_budget_seconds: 1, pause_ms: 300 });
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'time budget' });
    const [found] = await query(`SELECT place AS p FROM ${plan.names.position}`);
    const place = String(found?.p);
    const dead = "token_state IN ('REVOKED', 'EXPIRED', 'INACTIVE')";
    const numbers = `(${Array.from({ length: 20 }, (_, at) => `SELECT ${at + 1} AS i${isOracle ? ' FROM DUAL' : ''}`).join(' UNION ALL ')}) x`;
    // Where keys have an order, these are the first; on PostgreSQL the space of the rows that went is used again.
    const before = !isPostgresql
      ? `(TOKEN_ID <= '${place}' AND ${dead})`
      : `(ctid < '(${Math.floor(Number(place) / 2048)},0)' AND ${dead})`;
    if (isPostgresql) await query('VACUUM IDN_OAUTH2_ACCESS_TOKEN');
    await query(
      `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (token_id, access_token, consumer_key_id, tenant_id, user_type, grant_type, validity_period, refresh_token_validity_period, token_scope_hash, token_state, token_state_id, idp_id) SELECT CONCAT('.again-', i), 'a', 1, -1234, 'u', 'g', 1, 1, CONCAT('h', i), 'REVOKED', CONCAT('again-', i), -1 FROM ${numbers}`,
    );
    const early = await number(`SELECT count(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE ${before}`);
    expect(early).toBeGreaterThan(0);

    const atFirst = await left();
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ why_stopped: 'time budget' });
    expect(await left()).toBeLessThan(atFirst);
    expect(await number(`SELECT count(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE ${before}`)).toBe(early);

    await change(deployment, { time_budget_seconds: 3600, pause_ms: 0 });
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(await left()).toBe(live);
    expect(await number(`SELECT count(*) AS n FROM ${plan.names.position}`)).toBe(0);
  });

  test('a dry run leaves nothing in its session: the next call of the same session deletes', async () => {
    const client = await deployment.database.connect();
    const dryRun = async () => {
      for (const statement of dryRunOf(deployment)) await client.query(statement);
    };
    await dryRun();
    expect(await left()).toBe(tokens);
    await client.query(words[deployment.family].call(deployment.plan.names.procedure));
    expect(await left()).toBe(live);
    await dryRun();
    await client.close();
  });

  test.runIf(isPostgresql)(
    'leaves no lock and no open run behind, whenever it is cancelled in a session that lives on',
    async () => {
      const client = await deployment.database.connect();
      const other = await deployment.database.connect();
      let cancelled = 0;
      for (let round = 0; round < 12; round += 1) {
        await client.query(`SET statement_timeout = '${5 + round * 17}ms'`);
        await client.query(words[deployment.family].call(deployment.plan.names.procedure)).catch(() => {
          cancelled += 1;
        });
        await other.query(words[deployment.family].call(deployment.plan.names.procedure, 'true'));
        expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
        await expectNothingLost();
      }
      await client.close();
      await other.close();
      expect(cancelled).toBeGreaterThan(0);
      await run(deployment);
      expect(await left()).toBe(live);
      await expectNothingLost();
    },
  );

  test.runIf(isOracle)('leaves no lock behind, whenever it is cancelled in a session that lives on', async () => {
    const { database, family, plan } = deployment;
    const { call, ownSession } = words[family];
    const client = await database.connect();
    const id = String((await client.query(ownSession))[0]?.id);
    let interrupted = 0;
    for (let round = 0; round < 10; round += 1) {
      const outcome = client.query(call(plan.names.procedure)).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 5 + round * 17));
      await deployment.query(words[family].cancelStatement(id));
      await outcome;
      const [row] = await deployment.query(
        `SELECT COUNT(*) AS n FROM ${plan.names.run} WHERE status IN ('stopped', 'running')`,
      );
      interrupted = Number(row?.n);
      for (const statement of dryRunOf(deployment)) await deployment.query(statement);
      expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
      await expectNothingLost();
    }
    await client.close();
    expect(interrupted).toBeGreaterThan(0);
    await run(deployment);
    expect(await left()).toBe(live);
    expect(await number(`SELECT COUNT(*) AS n FROM ${plan.names.run} WHERE status = 'running'`)).toBe(0);
    await expectNothingLost();
  });

  test.runIf(isMysql)('is recovered by the next start in a session in which its query was killed', async () => {
    const { database, family, plan } = deployment;
    const { call, ownSession, sessionState } = words[family];
    const client = await database.connect();
    const before = await client.query(sessionState);
    const id = String((await client.query(ownSession))[0]?.id);
    let killed = 0;
    // A run that is interrupted while it rests ends by itself.
    for (let round = 0; round < 8 || (killed === 0 && round < 40); round += 1) {
      const outcome = client.query(call(plan.names.procedure)).catch(() => {
        killed += 1;
      });
      await new Promise((resolve) => setTimeout(resolve, 20 + (round % 8) * 40));
      await deployment.query(`KILL QUERY ${id}`);
      await outcome;
    }
    expect(killed).toBeGreaterThan(0);
    await client.query(call(plan.names.procedure));
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended' });
    await client.query(call(plan.names.procedure));
    expect(await left()).toBe(live);
    await expectNothingLost();
    expect(await client.query(sessionState)).toEqual(before);
    expect(await number(`SELECT COUNT(*) AS n FROM ${plan.names.run} WHERE status = 'running'`)).toBe(0);
    await client.close();
  });

  test.runIf(isMysql)(
    'a run on another server of a cluster counts as going on for as long as its batches do',
    async () => {
      const { query, plan } = deployment;
      await run(deployment);
      const elsewhere = (minutes: number) =>
        query(
          `UPDATE ${plan.names.lock} SET host = 'elsewhere:3306', status = 'running', heartbeat = UTC_TIMESTAMP() - INTERVAL ${minutes} MINUTE`,
        );
      await elsewhere(1);
      await run(deployment);
      expect(await lastRun(deployment)).toMatchObject({
        status: 'skipped',
        why_stopped: expect.stringMatching(/^already running/),
      });
      await elsewhere(3);
      await run(deployment);
      expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    },
  );

  test.runIf(!isPostgresql)('a run that another one took over deletes nothing more', async () => {
    const { query, plan } = deployment;
    await change(deployment, { pause_ms: 200 });
    await whileItRuns(async () => {
      await query(`UPDATE ${plan.names.lock} SET run_id = run_id + 1000`);
    });
    const atEnd = await left();
    expect(atEnd).toBeGreaterThan(live);
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'another run took over' });
    await expectNothingLost();
  });

  test('does not start with a kit of another version, and takes no lock', async () => {
    const kit = deployment.rendered.install.find(({ file }) => file.startsWith('15-'));
    if (kit === undefined) throw new Error('there is no kit');
    const install = async (text: string): Promise<void> => {
      for (const { sql } of statementsOf({ file: kit.file, text }, dialect.script)) await deployment.query(sql);
    };
    await install(kit.text.replace(/(kit_version <> )\d+/, '$10'));
    const before = await number(`SELECT count(*) AS n FROM ${deployment.plan.names.run}`);
    await expect(run(deployment)).rejects.toThrow(/was made for version \d+ of the kit/);
    expect(await number(`SELECT count(*) AS n FROM ${deployment.plan.names.run}`)).toBe(before);
    expect(await left()).toBe(tokens);
    await install(kit.text);
    await run(deployment);
    expect(await left()).toBe(live);
  });

  test.runIf(isMssql && engine.imitation !== undefined)(
    'refuses a caller who may not see all definitions: what hangs on a row could be hidden from the check',
    async () => {
      await deployment.query(`CREATE TABLE ${blindCaller} (n int)`);
      await expect(run(deployment)).rejects.toThrow(/did not start.*may not see all definitions/);
      expect(await lastRun(deployment)).toMatchObject({ status: 'failed' });
      expect(await left()).toBe(tokens);
      await deployment.query(`DROP TABLE ${blindCaller}`);
      await run(deployment);
      expect(await left()).toBe(live);
    },
  );

  test.runIf(isMssql)('fails, and says so, if its session loses the lock of the run', async () => {
    await deployment.query(
      `CREATE TRIGGER let_go ON IDN_OAUTH2_ACCESS_TOKEN AFTER DELETE AS
       BEGIN
         DECLARE @lock NVARCHAR(255) = 'deepclean dbo.${deployment.plan.names.procedure}';
         IF APPLOCK_MODE('public', @lock, 'Session') = 'Exclusive'
           EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
       END`,
    );
    try {
      await expect(run(deployment)).rejects.toThrow(/its session lost the lock of the run/);
    } finally {
      await deployment.query('DROP TRIGGER let_go');
    }
    expect(await lastRun(deployment)).toMatchObject({
      status: 'failed',
      why_stopped: 'its session lost the lock of the run',
    });
    expect(await left()).toBeGreaterThan(live);
    await expectNothingLost();
  });

  test.runIf(isMssql)('a run that could not begin is in the log', async () => {
    const { query, plan } = deployment;
    const before = await number(`SELECT count(*) AS n FROM ${plan.names.run}`);
    await query(`CREATE TRIGGER refuse ON ${plan.names.lock} AFTER INSERT AS THROW 50001, 'no run today', 1`);
    try {
      await expect(run(deployment)).rejects.toThrow(/no run today/);
    } finally {
      await query('DROP TRIGGER refuse');
    }
    expect(await number(`SELECT count(*) AS n FROM ${plan.names.run}`)).toBe(before + 1);
    expect(await lastRun(deployment)).toMatchObject({ status: 'failed', why_stopped: 'error 50001: no run today' });
    expect(await left()).toBe(tokens);
    await run(deployment);
    expect(await left()).toBe(live);
  });

  test.runIf(isPostgresql)('a row of a table that inherits from a cleaned one is left alone', async () => {
    await deployment.query('CREATE TABLE heir () INHERITS (IDN_OAUTH2_ACCESS_TOKEN)');
    await deployment.query(
      "INSERT INTO heir (token_id, access_token, consumer_key_id, tenant_id, user_type, grant_type, validity_period, refresh_token_validity_period, token_scope_hash, token_state, idp_id) SELECT 'heir-' || i, 'a', 1, -1234, 'u', 'g', -1, -1, 'x' || i, 'ACTIVE', -1 FROM generate_series(1, 50) i",
    );
    await run(deployment);
    expect(await number('SELECT count(*) AS n FROM heir')).toBe(50);
    await deployment.query('DROP TABLE heir');
    expect(await left()).toBe(live);
  });
});
