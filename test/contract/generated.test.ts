import { expect, test } from 'vitest';
import { applyInstall } from '../../src/install/apply-install.js';
import { applyUninstall } from '../../src/install/apply-uninstall.js';
import { planUninstall } from '../../src/install/plan-uninstall.js';
import { preflight } from '../../src/install/preflight.js';
import { createTables, tokenTables } from '../support/data/create-tables.js';
import {
  acquireEngine,
  describeEngines,
  engineOrSkip,
  missingEngineTitle,
  runNativeClient,
} from '../support/engines/index.js';
import { connected, dialectOf, identityProfile, install, tokensChoice, withTokenTables } from './support.js';

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const dialect = dialectOf(engine);
  const namespace = dialect.capabilities.defaultNamespace;

  test('the vendor’s client makes the same objects from the same files, and removes them', async ({ skip }) => {
    // Whoever gives a server by its URL need not have its client here.
    if (engine.nativeClient === undefined) skip(missingEngineTitle(`the command line client of ${engine.name}`));
    const database = await withTokenTables(engine);
    try {
      await connected(database, dialect, async (connection) => {
        const { deliverables } = await preflight(connection, dialect, { what: { policies: [tokensChoice()] } });
        const [one] = deliverables;
        if (one === undefined) throw new Error('nothing to install');
        for (const { text } of one.files) {
          expect(await runNativeClient(engine, database.url, text)).toMatchObject({ code: 0 });
        }
        const { plan, verified } = await install(connection, dialect);
        expect(plan.objects.filter(({ state }) => state !== 'same')).toEqual([]);
        expect(plan.isNeeded).toBe(false);
        expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);

        const answers = [
          await runNativeClient(engine, database.url, one.verify.text),
          await runNativeClient(engine, database.url, one.verifyShared.text),
        ];
        const told = answers.map(({ stdout }) => stdout).join('\n');
        expect(answers.map(({ code }) => code)).toEqual([0, 0]);
        expect(told.match(/\bok\b/g)).toHaveLength(verified.length);
        expect(told).not.toMatch(/missing|changed|other version/);

        // Its own first, then what all cleanups share.
        for (const file of [one.uninstall, one.uninstallShared]) {
          expect(await runNativeClient(engine, database.url, file?.text ?? '')).toMatchObject({ code: 0 });
        }
        expect(await dialect.catalog.objectsLike(connection, 'cleanup_', namespace)).toEqual([]);
      });
    } finally {
      await database.drop();
    }
  });
});

test('a namespace of any name works, and search_path does not matter', async (context) => {
  const engine = engineOrSkip(await acquireEngine('postgresql'), 'postgresql', context);
  const dialect = dialectOf(engine);
  const database = await engine.createDatabase();
  const namespace = 'Odd Schema';
  await connected(database, dialect, async (connection) => {
    await connection.query(`CREATE SCHEMA "${namespace}"`);
    await connection.query(`SET search_path = "${namespace}"`);
    for (const statement of createTables(identityProfile(dialect), 'postgresql', tokenTables)) {
      await connection.query(statement);
    }
    await connection.query('SET search_path = pg_catalog');
    const look = () => preflight(connection, dialect, { what: { policies: [tokensChoice()] }, namespace });
    const found = await look();
    const verified = await applyInstall(connection, dialect, found.plan);
    expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect((await look()).plan.isNeeded).toBe(false);
    await connection.query(`CALL "${namespace}".cleanup_tokens()`);
    const remove = found.deliverables.map(({ names }) => names);
    await applyUninstall(
      connection,
      dialect,
      await planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove }),
    );
    expect(await dialect.catalog.objectsLike(connection, '', namespace)).toHaveLength(found.schema.tables.length);
  });
  await database.drop();
});

test('a server that folds the names of tables to lower case', async (context) => {
  const engine = engineOrSkip(
    await acquireEngine('mariadb', { private: true, arguments: ['--lower-case-table-names=1'] }),
    'mariadb',
    context,
  );
  const dialect = dialectOf(engine);
  try {
    const database = await withTokenTables(engine);
    await connected(database, dialect, async (connection) => {
      const { found, verified } = await install(connection, dialect);
      expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
      expect((await install(connection, dialect)).plan.isNeeded).toBe(false);
      await connection.query('CALL cleanup_tokens()');
      const remove = found.deliverables.map(({ names }) => names);
      await applyUninstall(
        connection,
        dialect,
        await planUninstall(connection, dialect, { prefix: 'cleanup_', remove }),
      );
      expect(await dialect.catalog.objectsLike(connection, 'cleanup_', undefined)).toEqual([]);
    });
  } finally {
    await engine.stop();
  }
});
