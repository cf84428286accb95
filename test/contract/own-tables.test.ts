import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/dialects/dialect.js';
import { readBacklog } from '../../src/operate/read-backlog.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { acquireEngine, describeEngines, missingEngineTitle, type TestDatabase } from '../support/engines/index.js';
import { words } from '../support/words.js';
import { connectTo, dialectOf, familyOf, install, tokensChoice, withTokenTables } from './support.js';

/** deepclean's own tables and functions as guests in somebody else's database. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const dialect = dialectOf(engine);
  const family = familyOf(dialect);
  const namespace = dialect.capabilities.defaultNamespace;
  const { call } = words[family];
  let database: TestDatabase;
  let connection: Connection;
  const query = (sql: string) => database.query(sql);

  beforeEach(async () => {
    database = await withTokenTables(engine);
    connection = await connectTo(database, dialect);
  });
  afterEach(async () => {
    await connection?.close();
    await database?.drop();
  });

  test('every table has a primary key', async () => {
    const { found } = await install(connection, dialect);
    const names = found.deliverables.flatMap(({ files }) =>
      files.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'table').map(({ name }) => name)),
    );
    const tables = await dialect.catalog.readTables(connection, namespace, names);
    expect(tables).toHaveLength(names.length);
    expect(tables.filter(({ primaryKey }) => primaryKey.length === 0).map(({ name }) => name)).toEqual([]);
  });

  test('a backup table without a key, of an older version, gets one and loses no row', async () => {
    await install(connection, dialect);
    await fillTokens({ family, query }, 100);
    await query(call('cleanup_tokens'));
    const kept = async () =>
      Number((await query('SELECT COUNT(*) AS n FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT'))[0]?.n);
    await query(
      "INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT (RUN_ID, REASON, TOKEN_ID) VALUES (1, 'old', 'a')",
    );
    await query(
      "INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT (RUN_ID, REASON, TOKEN_ID) VALUES (1, 'old', 'b')",
    );
    await query(
      'ALTER TABLE CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT DROP COLUMN KEPT_ROW'.concat(
        family === 'oracle' ? ' CASCADE CONSTRAINTS' : '',
      ),
    );
    const { plan, verified } = await install(connection, dialect);
    expect(plan.objects.find(({ notes }) => notes.includes('gets a key'))?.object.name).toMatch(/_audit$/i);
    expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(await kept()).toBe(2);
    expect((await install(connection, dialect)).plan.isNeeded).toBe(false);
  });

  test.runIf(family === 'postgresql')('a publication of all tables stops neither a run nor its pruning', async () => {
    await install(connection, dialect);
    await query('CREATE PUBLICATION everything FOR ALL TABLES');
    await query('ALTER TABLE idn_oauth2_access_token_audit REPLICA IDENTITY FULL');
    await fillTokens({ family, query }, 100);
    await query(call('cleanup_tokens'));
    await query("UPDATE cleanup_run SET started_at = timestamp '2020-01-01'");
    await query(call('cleanup_tokens'));
    expect(Number((await query('SELECT count(*) AS n FROM cleanup_bak_idn_oauth2_access_token'))[0]?.n)).toBe(0);
    expect((await query('SELECT DISTINCT status AS s FROM cleanup_run')).map(({ s }) => s)).toEqual(['ended']);
  });

  test.runIf(family === 'postgresql')('nobody reads a kept row who may not read the table it is from', async () => {
    await query('CREATE ROLE own_tables_reader');
    try {
      await query('ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO own_tables_reader');
      await install(connection, dialect);
      const may = async () =>
        (
          await query(
            "SELECT has_table_privilege('own_tables_reader', 'cleanup_bak_idn_oauth2_access_token', 'SELECT') AS m",
          )
        )[0]?.m;
      expect(await may()).toBe(false);
      await query('GRANT SELECT ON idn_oauth2_access_token TO own_tables_reader');
      await query('GRANT SELECT ON cleanup_bak_idn_oauth2_access_token TO own_tables_reader');
      await install(connection, dialect, tokensChoice({ restore: 'restore_again' }));
      expect(await may()).toBe(true);
    } finally {
      await query('DROP OWNED BY own_tables_reader');
      await query('DROP ROLE own_tables_reader');
    }
  });

  test.runIf(family === 'postgresql')(
    'an upgrade of the product may change and drop what a backlog reads',
    async () => {
      await install(connection, dialect);
      await query('ALTER TABLE idn_oauth2_access_token ALTER COLUMN token_state TYPE varchar(4096)');
      await query('ALTER TABLE idn_oauth2_access_token DROP COLUMN refresh_token CASCADE');
      await query('DROP TABLE idn_oauth2_access_token CASCADE');
    },
  );

  test.runIf(family === 'postgresql')('a backlog that an older version made as a view becomes a function', async () => {
    const { found } = await install(connection, dialect);
    const [one] = found.deliverables;
    if (one === undefined) throw new Error('nothing is installed');
    await query('DROP FUNCTION cleanup_backlog_tokens()');
    await query(
      "CREATE VIEW cleanup_backlog_tokens AS SELECT token_state::text AS table_name, ''::text AS reason, 1 AS dead_rows, time_created AS oldest FROM idn_oauth2_access_token",
    );
    await query("UPDATE cleanup_object SET object_kind = 'view' WHERE object_name = 'cleanup_backlog_tokens'");
    const { plan, verified } = await install(connection, dialect);
    expect(plan.extras.map(({ title }) => title)).toEqual([
      expect.stringContaining('drop view cleanup_backlog_tokens'),
      'forget view cleanup_backlog_tokens',
    ]);
    expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
    await fillTokens({ family, query }, 100);
    const place = { dialect, names: one.names, policy: tokensChoice().policy, namespace: 'public' };
    expect((await readBacklog(connection, place)).reduce((sum, { rows }) => sum + rows, 0)).toBe(70);
    await query('ALTER TABLE idn_oauth2_access_token ALTER COLUMN token_state TYPE varchar(4096)');
  });
});

describe.each(['mysql', 'mariadb'] as const)('%s with a server that wants keys', (name) => {
  const settings = ['sql_require_primary_key=ON', 'sql_generate_invisible_primary_key=ON'];
  test.each(name === 'mysql' ? settings : ['innodb_force_primary_key=ON'])(
    'installs, runs, and changes nothing the second time with %s',
    async (setting) => {
      const engine = await acquireEngine(name, { private: true });
      if (engine === undefined) throw new Error(missingEngineTitle(name));
      const dialect = dialectOf(engine);
      const database = await withTokenTables(engine);
      try {
        await database.query(`SET GLOBAL ${setting}`);
        const connection = await connectTo(database, dialect);
        const { verified } = await install(connection, dialect);
        expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
        expect((await install(connection, dialect)).plan.isNeeded).toBe(false);
        await connection.query('CALL cleanup_tokens()');
        await connection.close();
      } finally {
        await engine.stop();
      }
    },
  );
});
