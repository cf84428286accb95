import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillTokens } from '../bench/fill-tokens.js';
import { change, type Deployment, deploy, dryRunOf, familyOf, lastRun, run } from '../support/deployment.js';
import {
  acquireEngine,
  describeEngines,
  engineOrSkip,
  needsHints,
  type TestSession,
} from '../support/engines/index.js';
import { hold } from '../support/running.js';
import { words } from '../support/words.js';

const tokens = 6000;
const live = tokens * 0.3;
/** Enough if nobody has to meet the run half-way. */
const few = 1000;

/** Small batches, so that there is always a middle to be killed in. */
const smallBatches = { batch_rows_minimum: 20, batch_rows_maximum: 60 };

async function counts({
  query,
  plan,
}: Deployment): Promise<{ tokens: number; scopes: number; kept: number; keptScopes: number }> {
  const count = async (table: string): Promise<number> =>
    Number((await query(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);
  const backupOf = (source: string): string =>
    plan.backups.find((backup) => backup.source.name.toUpperCase() === source)?.name ?? source;
  return {
    tokens: await count('IDN_OAUTH2_ACCESS_TOKEN'),
    scopes: await count('IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
    kept: await count(backupOf('IDN_OAUTH2_ACCESS_TOKEN')),
    keptScopes: await count(backupOf('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')),
  };
}

/** Waits until the run has deleted something and is not yet done. */
async function untilHalfWay({ query, plan }: Deployment): Promise<void> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const [row] = await query(
      `SELECT MAX(deleted) AS n FROM ${plan.names.runStep} WHERE batches > 0 AND run_id = (SELECT MAX(run_id) FROM ${plan.names.run} WHERE status = 'running')`,
    );
    const deleted = Number(row?.n ?? 0);
    if (deleted > 0 && deleted < tokens * 0.7) return;
    if (Date.now() > deadline) throw new Error(`the run never was half-way: ${deleted}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const family = familyOf(engine);
  const { begin, rollback, call: callOf, objects: namesOfAll, sessionState, utcNow, stamp, lockRows } = words[family];
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(engine);
    await fillTokens(deployment, tokens);
    await change(deployment, smallBatches);
  });
  afterAll(() => deployment?.database.drop());

  test('a client that is killed loses nothing; what went is kept, and the next run finishes', async () => {
    await change(deployment, { pause_ms: 5 });
    const client = await deployment.database.connect();
    const call = client.query(callOf(deployment.plan.names.procedure)).catch(() => undefined);
    await untilHalfWay(deployment);
    await killSessions(deployment);
    await call;
    await change(deployment, { pause_ms: 0 });

    const atKill = await counts(deployment);
    expect(atKill.tokens).toBeGreaterThan(live);
    expect(atKill).toEqual({
      tokens: tokens - atKill.kept,
      scopes: 2 * (tokens - atKill.kept),
      kept: atKill.kept,
      keptScopes: 2 * atKill.kept,
    });

    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(await counts(deployment)).toEqual({
      tokens: live,
      scopes: 2 * live,
      kept: tokens - live,
      keptScopes: 2 * (tokens - live),
    });
    const [crashed] = await deployment.query(
      `SELECT COUNT(*) AS n FROM ${deployment.plan.names.run} WHERE status = 'crashed'`,
    );
    expect(Number(crashed?.n)).toBe(1);
  });

  test.runIf(family !== 'mysql')('inside a transaction of its caller it refuses, and holds no lock', async () => {
    const caller = await deployment.database.connect();
    await caller.query(begin);
    // Oracle begins a transaction with its first lock.
    await caller.query(lockRows('IDN_OAUTH_CONSUMER_APPS', 'CONSUMER_KEY', 'ID = 1'));
    await expect(caller.query(callOf(deployment.plan.names.procedure))).rejects.toThrow(/transaction/);
    await caller.query(rollback);
    expect(await locks(caller, deployment)).toBe(0);
    await caller.close();
  });

  test.runIf(family !== 'mysql')(
    'a restore inside a transaction of its caller refuses, and leaves what that has done',
    async () => {
      const caller = await deployment.database.connect();
      await caller.query(begin);
      await caller.query("UPDATE IDN_OAUTH_CONSUMER_APPS SET CONSUMER_KEY = 'changed' WHERE ID = 1");
      await expect(caller.query(callOf(deployment.plan.names.restore, '1'))).rejects.toThrow(/transaction/);
      if (family === 'mssql') expect(await caller.query('SELECT @@TRANCOUNT AS n')).toEqual([{ n: 1 }]);
      await caller.query(rollback);
      await caller.close();
    },
  );

  /** What a session may have been told before it calls, and how it ends what it began. */
  const told = {
    mssql: { before: ['SET ROWCOUNT 7', 'SET IMPLICIT_TRANSACTIONS ON'], after: 'SET IMPLICIT_TRANSACTIONS OFF' },
    mysql: { before: ['SET sql_select_limit = 7', 'SET autocommit = 0'], after: 'ROLLBACK' },
  };
  const toldHere = family === 'mssql' || family === 'mysql' ? told[family] : undefined;
  test.runIf(toldHere)(
    'what its session was told about rows and transactions does not reach a run or a restore',
    async () => {
      await refill(deployment);
      const caller = await deployment.database.connect();
      for (const statement of toldHere?.before ?? []) await caller.query(statement);
      for (const statement of dryRunOf(deployment)) await caller.query(statement);
      expect((await counts(deployment)).tokens).toBe(tokens);
      await caller.query(callOf(deployment.plan.names.procedure));
      const cleaned = await lastRun(deployment);
      expect(cleaned).toMatchObject({ status: 'ended', why_stopped: 'done' });
      expect((await counts(deployment)).tokens).toBe(live);
      await caller.query(callOf(deployment.plan.names.restore, String(cleaned?.run_id)));
      await caller.query(toldHere?.after ?? '');
      await caller.close();
      expect((await counts(deployment)).tokens).toBe(tokens);
    },
  );

  test.runIf(family === 'postgresql')('cancelled while it rests, it says so and holds no lock', async () => {
    await refill(deployment);
    await change(deployment, { pause_ms: 3000 });
    const caller = await deployment.database.connect();
    await caller.query("SET statement_timeout = '2s'");
    await caller.query(callOf(deployment.plan.names.procedure));
    await change(deployment, { pause_ms: 0 });
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'interrupted' });
    expect(await locks(caller, deployment)).toBe(0);
    await caller.close();
  });

  test('a run leaves the session, and the database, as they were', async () => {
    const caller = await deployment.database.connect();
    // As MySQL Workbench has it from the start.
    if (family === 'mysql') await caller.query('SET sql_safe_updates = 1');
    const objects = async (): Promise<unknown> => deployment.query(namesOfAll);
    const before = { state: await caller.query(sessionState), objects: await objects() };
    await caller.query(callOf(deployment.plan.names.procedure));
    expect({ state: await caller.query(sessionState), objects: await objects() }).toEqual(before);
    expect(await locks(caller, deployment)).toBe(0);
    await caller.close();
  });

  test('further runs at the same time are turned away, and say so in the log', async () => {
    await refill(deployment);
    await change(deployment, { ...smallBatches, pause_ms: 5 });
    const first = await deployment.database.connect();
    const call = first.query(callOf(deployment.plan.names.procedure));
    await untilHalfWay(deployment);
    // Each of them may look just between two transactions of the first.
    for (let start = 0; start < 5; start += 1) {
      await run(deployment);
      expect(await lastRun(deployment)).toMatchObject({
        status: 'skipped',
        why_stopped: expect.stringMatching(/^already running/),
      });
    }
    await change(deployment, { pause_ms: 0 });
    await call;
    await first.close();
    expect((await counts(deployment)).tokens).toBe(live);
  });

  test('a stop that is asked for ends the run after its batch, and the next run is not stopped by it', async () => {
    await refill(deployment);
    await change(deployment, { pause_ms: 20 });
    const client = await deployment.database.connect();
    const call = client.query(callOf(deployment.plan.names.procedure));
    await untilHalfWay(deployment);
    await change(deployment, { stop_requested: 'yes', pause_ms: 0 });
    await call;
    await client.close();
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'stop requested' });
    expect((await counts(deployment)).tokens).toBeGreaterThan(live);
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect((await counts(deployment)).tokens).toBe(live);
  });

  test('a dry run that is asked for by setting ends a run that deletes', async () => {
    await refill(deployment);
    await change(deployment, { pause_ms: 20 });
    const client = await deployment.database.connect();
    const call = client.query(callOf(deployment.plan.names.procedure));
    await untilHalfWay(deployment);
    await change(deployment, { dry_run: 'yes', pause_ms: 0 });
    await call;
    await client.close();
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: 'dry run requested' });
    expect((await counts(deployment)).tokens).toBeGreaterThan(live);
    await change(deployment, { dry_run: 'no' });
  });

  test.each([
    ['switched off', { enabled: 'no' }],
    ['time budget', { time_budget_seconds: 1, pause_ms: 600 }],
    ['outside window', { window: `${timeIn(600)}-${timeIn(660)}` }],
  ])('says why it stopped: %s', async (why, settings) => {
    await refill(deployment, few);
    await change(deployment, settings);
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'stopped', why_stopped: why });
    await change(deployment, { enabled: 'yes', time_budget_seconds: 3600, pause_ms: 0, window: 'always' });
  });

  test.each([
    ['begins this minute and ends tomorrow', { from: 0, to: -10 }, 'done'],
    ['begins this minute and ends soon', { from: 0, to: 10 }, 'done'],
    ['ended this minute', { from: -10, to: 0 }, 'outside window'],
    ['ended this minute, begun yesterday', { from: 10, to: 0 }, 'outside window'],
  ])(
    'knows whether it is inside a window that %s',
    async (_, minutes, why) => {
      await refill(deployment, few);
      await untilMinuteIsYoung();
      await change(deployment, { window: `${timeIn(minutes.from)}-${timeIn(minutes.to)}` });
      await run(deployment);
      expect(await lastRun(deployment)).toMatchObject({ why_stopped: why });
      await change(deployment, { window: 'always' });
    },
    60_000,
  );

  test('a dry run counts what is dead and deletes nothing, by its call or by the setting', async () => {
    await refill(deployment, few);
    const caller = await deployment.database.connect();
    for (const statement of dryRunOf(deployment)) await caller.query(statement);
    await caller.close();
    const { run_id: byCall } = await lastRun(deployment);
    await change(deployment, { dry_run: 'yes' });
    await run(deployment);
    const { run_id: bySetting } = await lastRun(deployment);
    expect((await counts(deployment)).tokens).toBe(few);
    for (const dry of [byCall, bySetting]) {
      const [counted] = await deployment.query(
        `SELECT SUM(deleted) AS n FROM ${deployment.plan.names.runReason} WHERE run_id = ${dry}`,
      );
      expect(Number(counted?.n)).toBe(few * 0.7);
    }
    await change(deployment, { dry_run: 'no' });
    await run(deployment);
    expect((await counts(deployment)).tokens).toBe(few * 0.3);
  });

  test('a dead token that another session holds is passed over, and all others go', async ({ skip }) => {
    needsHints(engine, skip);
    await refill(deployment);
    await change(deployment, { ...smallBatches, batch_rows_maximum: 10_000 });
    const [held] = await deployment.query(
      "SELECT MIN(TOKEN_ID) AS id FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_STATE = 'REVOKED'",
    );
    const release = await hold(deployment, 'IDN_OAUTH2_ACCESS_TOKEN', `TOKEN_ID = '${held?.id}'`);
    await run(deployment);
    await release();
    expect(await lastRun(deployment)).toMatchObject({
      status: 'ended',
      why_stopped: 'done, except for rows that another session held',
    });
    const left = (await counts(deployment)).tokens - live;
    expect(left).toBeGreaterThanOrEqual(1);
    expect(left).toBeLessThanOrEqual(100);
    const [still] = await deployment.query(
      `SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_ID = '${held?.id}'`,
    );
    expect(Number(still?.n)).toBe(1);
    await run(deployment);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect((await counts(deployment)).tokens).toBe(live);
  }, 120_000);

  test('a token that comes to life again during the run stays, with its scopes', async () => {
    await refill(deployment);
    await change(deployment, { ...smallBatches, batch_rows_maximum: 500 });
    const ids = (
      await deployment.query("SELECT TOKEN_ID AS id FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_STATE = 'REVOKED'")
    ).map(({ id }) => String(id));
    const application = await deployment.database.connect();
    let running = true;
    const call = run(deployment).finally(() => {
      running = false;
    });
    const revived: string[] = [];
    // Keys in no order, so that some are ahead of the walk, some behind it and some in the batch that is going on.
    for (let at = 0; running && at < ids.length; at += 1) {
      const id = ids[(at * 7919) % ids.length];
      await application.query(
        `UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'ACTIVE', TIME_CREATED = ${utcNow}, USER_TYPE = 'REVIVED' WHERE TOKEN_ID = '${id}'`,
      );
      const [row] = await application.query(
        `SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN WHERE TOKEN_ID = '${id}'`,
      );
      if (Number(row?.n) === 1) revived.push(String(id));
    }
    await call;
    await application.close();
    expect(revived.length).toBeGreaterThan(20);
    const list = [...new Set(revived)].map((id) => `'${id}'`).join();
    const left = async (table: string) =>
      Number((await deployment.query(`SELECT COUNT(*) AS n FROM ${table} WHERE TOKEN_ID IN (${list})`))[0]?.n);
    expect(await left('IDN_OAUTH2_ACCESS_TOKEN')).toBe(new Set(revived).size);
    expect(await left('IDN_OAUTH2_ACCESS_TOKEN_SCOPE')).toBe(2 * new Set(revived).size);
    expect((await counts(deployment)).tokens).toBe(live + new Set(revived).size);
    expect(await lastRun(deployment)).toMatchObject({ status: 'ended', why_stopped: 'done' });
  }, 120_000);

  test.runIf(family === 'postgresql')('fails, undoing its batch, when a trigger keeps dead rows', async () => {
    await refill(deployment, 200);
    await deployment.query(
      'CREATE FUNCTION keep_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER keep BEFORE DELETE ON IDN_OAUTH2_ACCESS_TOKEN FOR EACH ROW EXECUTE FUNCTION keep_row()',
    );
    await expect(run(deployment)).rejects.toThrow(
      /only 0 of \d+ dead rows of idn_oauth2_access_token could be deleted/,
    );
    await deployment.query('DROP FUNCTION keep_row CASCADE');
    expect(await counts(deployment)).toMatchObject({ tokens: 200, scopes: 400, kept: 0, keptScopes: 0 });
    await run(deployment);
    expect((await counts(deployment)).tokens).toBe(60);
  });

  test('a dead row of a table without a key, held by another session, is passed over too', async ({ skip }) => {
    needsHints(engine, skip);
    const keyless = await deploy(engine, { profile: 'identity-5.14' });
    const audit = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';
    await change(keyless, { audit_pruning: 'yes' });
    for (const id of ['first', 'second', 'third']) {
      await keyless.query(
        `INSERT INTO ${audit} (TOKEN_ID, INVALIDATED_TIME) VALUES ('${id}', ${stamp('2020-01-01 00:00:00')})`,
      );
    }
    const release = await hold(keyless, audit, "TOKEN_ID = 'second'");
    await run(keyless);
    await release();
    expect(await lastRun(keyless)).toMatchObject({
      status: 'ended',
      why_stopped: 'done, except for rows that another session held',
    });
    const left = async () => (await keyless.query(`SELECT TOKEN_ID AS id FROM ${audit}`)).map(({ id }) => id);
    expect(await left()).toContain('second');
    await run(keyless);
    expect(await lastRun(keyless)).toMatchObject({ status: 'ended', why_stopped: 'done' });
    expect(await left()).toEqual([]);
    await keyless.database.drop();
  }, 120_000);

  const ofPostgresql: readonly [string, readonly string[]][] = [
    [
      'a table whose rows are hidden from it',
      [
        'ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN ENABLE ROW LEVEL SECURITY',
        'ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN FORCE ROW LEVEL SECURITY',
        'CREATE ROLE hidden_from',
        'GRANT ALL ON ALL TABLES IN SCHEMA public TO hidden_from',
        'SET ROLE hidden_from',
      ],
    ],
    ['foreign keys that are off', ['ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN DISABLE TRIGGER ALL']],
    [
      'children that a delete would not take along',
      [
        'ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN_SCOPE DROP CONSTRAINT idn_oauth2_access_token_scope_token_id_fkey',
        'ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN_SCOPE ADD FOREIGN KEY (TOKEN_ID) REFERENCES IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID)',
      ],
    ],
  ];
  const changesOfSchema: readonly [string, readonly string[]][] = [
    ['a column that its backup lacks', ['ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN ADD NEW_COLUMN INT']],
    [
      'a child table that it does not know',
      [
        'CREATE TABLE NEW_CHILD (TOKEN_ID VARCHAR(255), FOREIGN KEY (TOKEN_ID) REFERENCES IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) ON DELETE CASCADE)',
      ],
    ],
    [
      'codes that would go with their tokens',
      [
        'ALTER TABLE IDN_OAUTH2_AUTHORIZATION_CODE ADD CONSTRAINT NEW_KEY FOREIGN KEY (TOKEN_ID) REFERENCES IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) ON DELETE CASCADE',
      ],
    ],
  ];
  test.each(family === 'postgresql' ? [...changesOfSchema, ...ofPostgresql] : changesOfSchema)(
    'refuses, before the first delete, to work on %s',
    async (_, changes) => {
      const fresh = await deploy(engine);
      await fillTokens(fresh, 1000);
      for (const change of changes) await fresh.query(change);
      await expect(run(fresh)).rejects.toThrow(/did not start, and nothing was deleted/);
      if (family === 'postgresql') await fresh.query('RESET ROLE');
      expect((await counts(fresh)).tokens).toBe(1000);
      expect(await lastRun(fresh)).toMatchObject({ status: 'failed' });
      await fresh.database.drop();
    },
  );
});

describe.each(['postgresql', 'mariadb', 'mysql'] as const)('%s, killed', (name) => {
  test('in the middle of a run, loses nothing; after the restart the next run finishes', async (context) => {
    const engine = engineOrSkip(await acquireEngine(name, { private: true, durable: true }), name, context);
    try {
      const deployment = await deploy(engine);
      await fillTokens(deployment, tokens);
      await change(deployment, { ...smallBatches, pause_ms: 5 });
      const client = await deployment.database.connect();
      const call = client.query(words[deployment.family].call(deployment.plan.names.procedure)).catch(() => undefined);
      await untilHalfWay(deployment);
      await engine.kill();
      await call;
      await engine.restart();

      const atKill = await counts(deployment);
      expect(atKill).toEqual({
        tokens: tokens - atKill.kept,
        scopes: 2 * (tokens - atKill.kept),
        kept: atKill.kept,
        keptScopes: 2 * atKill.kept,
      });
      await change(deployment, { pause_ms: 0 });
      await run(deployment);
      expect(await counts(deployment)).toMatchObject({ tokens: live, scopes: 2 * live, kept: tokens - live });
    } finally {
      await engine.stop();
    }
  }, 120_000);
});

async function refill(deployment: Deployment, rows = tokens): Promise<void> {
  const { query, plan } = deployment;
  await query('DELETE FROM IDN_OAUTH2_ACCESS_TOKEN');
  await query('DELETE FROM IDN_OAUTH_CONSUMER_APPS');
  for (const backup of plan.backups) await query(`DELETE FROM ${backup.name}`);
  await query(`DELETE FROM ${plan.names.runStep}`);
  await fillTokens(deployment, rows);
}

/** The time of day in UTC, so many minutes from now, as `HH:MM`. */
const timeIn = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);

/** A test of the window's edges must not see the minute turn. */
async function untilMinuteIsYoung(): Promise<void> {
  const seconds = new Date().getUTCSeconds();
  if (seconds > 50) await new Promise((resolve) => setTimeout(resolve, (60 - seconds) * 1000));
}

/** Ends the session that runs the cleanup, as a crash of its client does. */
async function killSessions({ query, family }: Deployment): Promise<void> {
  const { otherSessions, killSession } = words[family];
  for (const { id } of await query(otherSessions)) await query(killSession(String(id)));
}

/** Locks that the session still holds after its run. */
async function locks(session: TestSession, { family, plan }: Deployment): Promise<number> {
  // MySQL and MariaDB show the same transactions again to whoever asks within a tenth of a second.
  if (family === 'mysql') await new Promise((resolve) => setTimeout(resolve, 150));
  const [row] = await session.query(words[family].runLocks(plan.names.procedure.split('.').at(-1) ?? ''));
  return Number(row?.n);
}
