import { expect, test } from 'vitest';
import { applyInstall } from '../../src/install/apply-install.js';
import { preflight } from '../../src/install/preflight.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { createTables, tokenTables } from '../support/data/create-tables.js';
import { describeEngines, missingEngineTitle, runNativeClient } from '../support/engines/index.js';
import { connected, dialectOf, familyOf, identityProfile, tokensChoice, withTokenTables } from './support.js';

/** Names that try to leave their quotes, by deepclean and by the vendor's own client. */
describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const dialect = dialectOf(engine);
  const family = familyOf(dialect);

  test('a column of any name is cleaned, kept and restored, by the vendor’s client as well', async ({ skip }) => {
    if (engine.nativeClient === undefined) skip(missingEngineTitle(`the command line client of ${engine.name}`));
    const hostile = family === 'postgresql' ? `a"$procedure$; --'/*` : 'a`$$; --\'"/*';
    const quoted =
      family === 'postgresql' ? `"${hostile.replaceAll('"', '""')}"` : `\`${hostile.replaceAll('`', '``')}\``;
    const database = await withTokenTables(engine);
    try {
      await database.query('CREATE TABLE precious (id int PRIMARY KEY)');
      await fillTokens({ family, query: (sql) => database.query(sql) }, 10);
      await database.query(`ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN ADD ${quoted} varchar(20) DEFAULT 'kept'`);
      await connected(database, dialect, async (connection) => {
        const { deliverables } = await preflight(connection, dialect, { what: { policies: [tokensChoice()] } });
        const [one] = deliverables;
        if (one === undefined) throw new Error('nothing to install');
        for (const { text } of [...one.files, one.verify, one.verifyShared]) {
          const { code, stderr } = await runNativeClient(engine, database.url, text);
          expect({ code, stderr: /error/i.test(stderr) ? stderr : '' }).toEqual({ code: 0, stderr: '' });
        }
        const before = await connection.query(`SELECT COUNT(${quoted}) AS n FROM IDN_OAUTH2_ACCESS_TOKEN`);
        await connection.query('CALL cleanup_tokens()');
        const [run] = await connection.query('SELECT MAX(RUN_ID) AS n FROM CLEANUP_RUN');
        await connection.query(`CALL restore_tokens(${run?.n})`);
        expect(await connection.query(`SELECT COUNT(${quoted}) AS n FROM IDN_OAUTH2_ACCESS_TOKEN`)).toEqual(before);
        for (const text of [one.uninstall.text, one.uninstallShared?.text ?? '']) {
          expect((await runNativeClient(engine, database.url, text)).code).toBe(0);
        }
        expect(await database.query('SELECT COUNT(*) AS n FROM precious')).toHaveLength(1);
      });
    } finally {
      await database.drop();
    }
  });

  test.runIf(family === 'postgresql')('a schema that holds the end of a body drops nothing', async ({ skip }) => {
    if (engine.nativeClient === undefined) skip(missingEngineTitle(`the command line client of ${engine.name}`));
    const namespace = 'a$procedure$; DROP TABLE public.precious; --';
    const database = await engine.createDatabase();
    try {
      await connected(database, dialect, async (connection) => {
        await connection.query('CREATE TABLE public.precious (id int PRIMARY KEY)');
        await connection.query(`CREATE SCHEMA "${namespace}"`);
        await connection.query(`SET search_path = "${namespace}"`);
        for (const statement of createTables(identityProfile(dialect), 'postgresql', tokenTables))
          await connection.query(statement);
        await connection.query('SET search_path = public');
        const found = await preflight(connection, dialect, { what: { policies: [tokensChoice()] }, namespace });
        for (const { files, uninstall, uninstallShared } of found.deliverables) {
          for (const text of [...files.map((file) => file.text), uninstall.text, uninstallShared?.text ?? '']) {
            const { code, stderr } = await runNativeClient(engine, database.url, text);
            expect({ code, stderr: /ERROR/.test(stderr) ? stderr : '' }).toEqual({ code: 0, stderr: '' });
          }
        }
        const verified = await applyInstall(connection, dialect, found.plan);
        expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
        await connection.query(`CALL "${namespace}".cleanup_tokens()`);
        expect(await connection.query('SELECT count(*) AS n FROM public.precious')).toHaveLength(1);
      });
    } finally {
      await database.drop();
    }
  });
});
