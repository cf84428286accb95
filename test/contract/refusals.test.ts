import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/dialects/dialect.js';
import { readSchema } from '../../src/dialects/read-schema.js';
import { ChecksumError, PreflightError } from '../../src/errors.js';
import { applyInstall } from '../../src/install/apply-install.js';
import { planUninstall } from '../../src/install/plan-uninstall.js';
import { preflight } from '../../src/install/preflight.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { deliver } from '../../src/render/deliverable.js';
import { readGenerated, writeGenerated } from '../../src/render/manifest-folder.js';
import {
  acquireEngine,
  describeEngines,
  type EngineName,
  engineOrSkip,
  needsOriginal,
  type TestDatabase,
} from '../support/engines/index.js';
import { accounts, words } from '../support/words.js';
import {
  allEngines,
  connected,
  connectTo,
  dialectOf,
  familyOf,
  folded,
  identityProfile,
  install,
  tokensChoice,
  type User,
  withTokenTables,
} from './support.js';

const refusal = async (work: Promise<unknown>): Promise<PreflightError> => {
  const error = await work.then(() => undefined).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PreflightError);
  return error as PreflightError;
};

describeEngines(allEngines, (engine) => {
  const dialect = dialectOf(engine);
  const family = familyOf(dialect);
  const { retype, takeRunLock } = words[family];
  const namespace = dialect.capabilities.defaultNamespace;
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await withTokenTables(engine);
    folder = mkdtempSync(join(tmpdir(), 'deepclean-generated-'));
  });
  afterAll(async () => {
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const objects = () =>
    connected(database, dialect, (connection) => dialect.catalog.objectsLike(connection, 'cleanup_', namespace));

  test('reviewed files are installed as they are, and edited ones are refused', async () => {
    await connected(database, dialect, async (connection) => {
      const { policy, choices } = tokensChoice();
      const { plan } = makePlan(policy, await readSchema(connection, dialect), dialect, choices);
      if (plan === undefined) throw new Error('no plan');
      writeGenerated(folder, dialect, { deliverables: [deliver(plan, dialect, {})], version: '1.2.3' });
      const deliverables = readGenerated(folder, dialect);
      const found = await preflight(connection, dialect, { what: { deliverables } });
      const verified = await applyInstall(connection, dialect, found.plan);
      expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
      // Rendered from the live schema, it is the very same.
      expect((await install(connection, dialect)).plan.isNeeded).toBe(false);
    });
    appendFileSync(join(folder, dialect.name, '30-cleanup_tokens.sql'), '-- a little more\n');
    expect(() => readGenerated(folder, dialect)).toThrow(ChecksumError);
    expect(() => readGenerated(folder, dialect)).toThrow(`${dialect.name}/30-cleanup_tokens.sql was edited`);
  });

  test('files made for another schema are refused with every difference', async () => {
    const { policy, choices } = tokensChoice();
    const { plan } = makePlan(policy, identityProfile(dialect), dialect, choices);
    if (plan === undefined) throw new Error('no plan');
    const other = await engine.createDatabase();
    try {
      await other.query('CREATE TABLE IDN_OAUTH2_ACCESS_TOKEN (TOKEN_STATE int, extra int)');
      await connected(other, dialect, async (connection) => {
        const { problems } = await refusal(
          preflight(connection, dialect, { what: { deliverables: [deliver(plan, dialect, {})] } }),
        );
        const whats = problems.map(({ what }) => what);
        expect(whats).toContainEqual(expect.stringContaining('has no table'));
        expect(whats).toContainEqual(expect.stringMatching(/token_state is of type int/i));
        expect(whats).toContainEqual(expect.stringMatching(/has no column token_id/i));
        expect(whats).toContainEqual(expect.stringContaining(`has a column ${folded(dialect, 'extra')}`));
        expect(await dialect.catalog.objectsLike(connection, 'cleanup_', namespace)).toEqual([]);
      });
    } finally {
      await other.drop();
    }
  });

  test('a column of an unexpected type is named, and nothing is changed', async () => {
    const other = await withTokenTables(engine);
    try {
      await other.query(retype('IDN_OAUTH2_ACCESS_TOKEN', 'VALIDITY_PERIOD', 'varchar(20)'));
      await connected(other, dialect, async (connection) => {
        const { problems } = await refusal(install(connection, dialect));
        expect(problems.map(({ what }) => what.toLowerCase())).toEqual([
          expect.stringMatching(/idn_oauth2_access_token\.validity_period is of type .*20\), expected a whole number/),
        ]);
        expect(await dialect.catalog.objectsLike(connection, 'cleanup_', namespace)).toEqual([]);
      });
    } finally {
      await other.drop();
    }
  });

  test('a running cleanup is not replaced and not removed', async () => {
    await connected(database, dialect, async (connection) => {
      await install(connection, dialect);
      // SQL Server does not tell a session of a lock of its own.
      // Oracle's product connection commits each statement.
      const holder = family === 'oracle' ? await database.connect() : await connectTo(database, dialect);
      for (const statement of takeRunLock('cleanup_tokens')) await holder.query(statement);
      const { names } =
        (await preflight(connection, dialect, { what: { policies: [tokensChoice()] } })).deliverables[0] ?? {};
      if (names === undefined) throw new Error('nothing to remove');
      const { problems } = await refusal(
        planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove: [names] }),
      );
      expect(problems[0]?.what).toBe('cleanup_tokens is running');
      const changed = install(connection, dialect, tokensChoice({ backup: 'none' }));
      expect((await refusal(changed)).problems[0]?.what).toBe('cleanup_tokens is running');
      await holder.close();
    });
  });

  test('missing grants are named, and nothing is changed', async ({ skip }) => {
    needsOriginal(engine, skip);
    const user: User = { name: `poor_${database.name.slice(-8)}`, password: 'Poor-1-password' };
    const other = await withTokenTables(engine);
    const { grantee, create, drop } = accounts[family];
    for (const statement of create(user)) await other.query(statement);
    try {
      await other.query(`GRANT SELECT ON IDN_OAUTH2_ACCESS_TOKEN TO ${grantee(user)}`);
      const first = await refusal(connected(other, dialect, (connection) => install(connection, dialect), user));
      const whats = first.problems.map(({ what }) => what);
      expect(whats.join('\n')).toContain(`${user.name}`);
      expect(whats).toContainEqual(expect.stringMatching(/lacks .*CREATE/));
      // SQL Server gives the right to create on the database, which its GRANT does not name.
      const grant = family === 'mssql' ? /GRANT .*CREATE.* TO / : /GRANT .*CREATE.* ON .* TO /;
      expect(first.problems.map(({ next }) => next)).toContainEqual(expect.stringMatching(grant));

      for (const { next } of first.problems) await other.query(grantIn(next));
      const second = await connected(other, dialect, (connection) => install(connection, dialect), user).catch(
        (error: unknown) => error,
      );
      if (second instanceof PreflightError) throw new Error(second.problems.map(({ what }) => what).join('; '));
      expect(second).toMatchObject({ plan: { isNeeded: true } });
      const verified = (second as Awaited<ReturnType<typeof install>>).verified;
      expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
    } finally {
      for (const statement of drop(user)) await other.query(statement);
      await other.drop();
    }
  });

  test.runIf(family === 'postgresql')('a session that cannot write is refused', async () => {
    await connected(database, dialect, async (connection) => {
      const before = await objects();
      await connection.query('SET default_transaction_read_only = on');
      const { problems } = await refusal(install(connection, dialect, tokensChoice({ backup: 'none' })));
      expect(problems[0]?.what).toContain('refuses writes: default_transaction_read_only');
      await connection.query('SET default_transaction_read_only = off');
      expect(await objects()).toEqual(before);
    });
  });
});

const grantIn = (text: string): string => /GRANT .*(?=;)/.exec(text)?.[0] ?? '';

const mysqlEngines: readonly EngineName[] = ['mariadb', 'mysql'];
test.for(mysqlEngines)(
  'a server that only reads, or that is set up unsafely, is refused: %s',
  async (name, context) => {
    const found = await acquireEngine(name, { private: true, arguments: ['--log-bin=binlog', '--server-id=1'] });
    const engine = engineOrSkip(found, name, context);
    const dialect = dialectOf(engine);
    try {
      const database = await withTokenTables(engine);
      await database.query("CREATE USER 'plain'@'%' IDENTIFIED BY 'Plain-1-password'");
      await database.query(`GRANT ALL ON ${database.name}.* TO 'plain'@'%'`);
      const attempt = (connection: Connection) => install(connection, dialect);
      await database.query('SET GLOBAL foreign_key_checks = 0');
      await database.query("SET GLOBAL binlog_format = 'STATEMENT'");
      const unsafe = await refusal(connected(database, dialect, attempt));
      expect(unsafe.problems.map(({ what }) => what)).toEqual([
        expect.stringContaining('binlog_format is STATEMENT'),
        expect.stringContaining('foreign_key_checks is off'),
      ]);
      await database.query('SET GLOBAL foreign_key_checks = 1');
      await database.query("SET GLOBAL binlog_format = 'ROW'");
      await database.query('SET GLOBAL read_only = 1');
      const user = { name: 'plain', password: 'Plain-1-password' };
      const { problems } = await refusal(connected(database, dialect, attempt, user));
      expect(problems.map(({ what }) => what)).toEqual([expect.stringContaining('read_only is on')]);
      // Somebody whom read_only does not bind must say that he means it, unless nobody may write.
      const unasked = await refusal(connected(database, dialect, attempt));
      expect(unasked.problems.map(({ what }) => what)).toEqual([expect.stringContaining('is set to read only')]);
      const choice = { ...tokensChoice(), settings: { allow_read_only: 'no' } };
      const meant = (connection: Connection) =>
        preflight(connection, dialect, { what: { policies: [choice] }, allowReadOnly: true }).then((found) =>
          applyInstall(connection, dialect, found.plan),
        );
      expect((await connected(database, dialect, meant)).filter(({ state }) => state !== 'ok')).toEqual([]);
      const log = () => database.query('SELECT * FROM CLEANUP_RUN');
      await expect(database.query('CALL cleanup_tokens()')).rejects.toThrow('read_only is on');
      await expect(database.query('CALL restore_tokens(1)')).rejects.toThrow('read_only is on');
      // A row of the log would be one that the primary does not have.
      expect(await log()).toEqual([]);
      await database.query("UPDATE CLEANUP_SETTING SET VALUE = 'yes' WHERE NAME = 'allow_read_only'");
      await database.query('CALL cleanup_tokens()');
      expect(await log()).toMatchObject([{ STATUS: 'ended' }]);
      if (name === 'mysql') {
        await database.query('SET GLOBAL super_read_only = 1');
        const refused = await refusal(connected(database, dialect, attempt));
        expect(refused.problems[0]?.what).toContain('super_read_only is on');
      }
    } finally {
      await engine.stop();
    }
  },
);
