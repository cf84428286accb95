import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/dialects/dialect.js';
import { readSchema } from '../../src/dialects/read-schema.js';
import { preflight } from '../../src/install/preflight.js';
import { explain } from '../../src/plan/explain.js';
import { reportInstall } from '../../src/report/report-install.js';
import { insertRows } from '../support/data/insert.js';
import { app, databaseOf, type PlacedRow, token, tokenScope } from '../support/data/row-factories.js';
import { describeEngines, type TestDatabase } from '../support/engines/index.js';
import { words } from '../support/words.js';
import {
  allEngines,
  connected,
  connectTo,
  dialectOf,
  familyOf,
  install,
  tokensChoice,
  withTokenTables,
} from './support.js';

const tokens = 'IDN_OAUTH2_ACCESS_TOKEN';
const scopes = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';

describeEngines(allEngines, (engine) => {
  const dialect = dialectOf(engine);
  const family = familyOf(dialect);
  const { call } = words[family];
  const schemaOf = (connection: Connection) => readSchema(connection, dialect);
  const choice = (foreignTables: readonly string[] = ['billing_named']) => tokensChoice({ foreignTables });
  const refuses = family === 'mssql' || family === 'oracle' ? 'NO ACTION' : 'RESTRICT';
  const onDelete = (rule: string) => (family === 'oracle' && rule === 'NO ACTION' ? '' : `ON DELETE ${rule}`);

  /** A customer's table that refers to a table of the product's, or to another of his own. */
  const billing = (name: string, rule: string, parent = tokens, theirs = 'TOKEN_ID', ours = 'TOKEN_ID varchar(255)') =>
    `CREATE TABLE ${name} (ID int NOT NULL PRIMARY KEY, ${ours}, FOREIGN KEY (${ours
      .split(', ')
      .map((column) => column.split(' ')[0])
      .join(', ')}) REFERENCES ${parent} (${theirs}) ${onDelete(rule)})`;
  const key = (name: string, rule: string) => ({ create: billing(name, rule), name });

  const direct = [
    key('billing_restrict', refuses),
    key('billing_no_action', 'NO ACTION'),
    key('billing_set_null', 'SET NULL'),
    ...(family === 'postgresql' || family === 'mssql' ? [key('billing_set_default', 'SET DEFAULT')] : []),
    key('billing_cascade', 'CASCADE'),
    key('billing_named', refuses),
  ];
  const dead = [...direct.map(({ name }) => name), 'scoped', 'deep', 'other_column', 'free'];
  // Those of the middle of a run die when their turn comes.
  const living = ['live', 'late_billing_restrict', 'late_billing_set_null'];
  const rows: readonly PlacedRow[] = [
    app(1n),
    ...dead.map((id) => token(id, { TOKEN_STATE: 'INACTIVE' })),
    ...living.map((id) => token(id, { VALIDITY_PERIOD: -1n, REFRESH_TOKEN_VALIDITY_PERIOD: -1n })),
    tokenScope('scoped', 'a'),
    tokenScope('free', 'a'),
  ];

  let database: TestDatabase;
  beforeAll(async () => {
    database = await withTokenTables(engine);
    await database.query(`CREATE UNIQUE INDEX ANOTHER_WAY ON ${tokens} (TOKEN_STATE_ID)`);
    for (const { create } of direct) await database.query(create);
    await database.query(
      billing(
        'billing_scope',
        refuses,
        scopes,
        'TOKEN_ID, TOKEN_SCOPE',
        'TOKEN_ID varchar(255), TOKEN_SCOPE varchar(100)',
      ),
    );
    await database.query(billing('billing_deep', refuses, 'billing_cascade', 'ID', 'BILLING_ID int'));
    await database.query(billing('billing_other', refuses, tokens, 'TOKEN_STATE_ID', 'STATE_ID varchar(128)'));
    await connected(database, dialect, async (connection) => {
      const schema = await schemaOf(connection);
      await insertRows((sql) => connection.query(sql), family, schema, databaseOf(rows));
      for (const { name } of direct) {
        await connection.query(`INSERT INTO ${name} (ID, TOKEN_ID) VALUES (1, '${name}')`);
        await connection.query(`INSERT INTO ${name} (ID, TOKEN_ID) VALUES (2, NULL)`);
      }
      await connection.query("INSERT INTO billing_cascade (ID, TOKEN_ID) VALUES (3, 'deep')");
      await connection.query('INSERT INTO billing_deep (ID, BILLING_ID) VALUES (1, 3)');
      await connection.query("INSERT INTO billing_scope (ID, TOKEN_ID, TOKEN_SCOPE) VALUES (1, 'scoped', 'a')");
      await connection.query("INSERT INTO billing_other (ID, STATE_ID) VALUES (1, 'other_column')");
      await install(connection, dialect, choice());
    });
  });
  afterAll(() => database?.drop());

  const left = async (table: string, column: string): Promise<readonly string[]> => {
    const found = await database.query(`SELECT ${column} AS v FROM ${table} ORDER BY 1`);
    return found.map((row) => String(Object.values(row)[0])).sort();
  };
  const own = (name: string) => (family === 'mysql' ? name.toUpperCase() : name);
  const references = ['billing_cascade', 'billing_named'];
  const keeping = direct.map(({ name }) => name).filter((name) => !references.includes(name));

  test('a token stays while a row refers to it by a key that does not cascade', async () => {
    await database.query(call('cleanup_tokens'));
    expect(await left(tokens, 'TOKEN_ID')).toEqual([...keeping, 'scoped', 'deep', 'other_column', ...living].sort());
    expect(await left(scopes, 'TOKEN_ID')).toEqual(['scoped']);
    for (const name of keeping) expect([name, await left(name, 'TOKEN_ID')]).toEqual([name, [name, 'null'].sort()]);
    expect(await left('billing_scope', 'TOKEN_ID')).toEqual(['scoped']);
    expect(await left('billing_deep', 'BILLING_ID')).toEqual(['3']);
    expect(await left('billing_other', 'STATE_ID')).toEqual(['other_column']);
  });

  test('rows of a cascading key and of a table that the configuration names go with a copy, and come back', async () => {
    expect(await left('billing_cascade', 'TOKEN_ID')).toEqual(['deep', 'null']);
    expect(await left('billing_named', 'TOKEN_ID')).toEqual(['null']);
    for (const name of references) expect(await left(own(`cleanup_bak_${name}`), 'TOKEN_ID')).toEqual([name]);
    const [run] = await left(own('cleanup_run'), 'RUN_ID');
    await database.query(call('restore_tokens', String(run)));
    expect(await left('billing_cascade', 'TOKEN_ID')).toEqual(['billing_cascade', 'deep', 'null']);
    expect(await left('billing_named', 'TOKEN_ID')).toEqual(['billing_named', 'null']);
    expect(await left(tokens, 'TOKEN_ID')).toEqual([...dead, ...living].sort());
  });

  test('each such table is named with what becomes of it: in the plan, by inspect and in the file', async () => {
    await connected(database, dialect, async (connection) => {
      const found = await preflight(connection, dialect, { what: { policies: [choice()] } });
      const { plan } = found;
      const report = reportInstall({ plan, source: '', absent: [] });
      const said = JSON.stringify(report).toLowerCase();
      const explained = JSON.stringify(
        explain(choice().policy, await schemaOf(connection), dialect, choice().choices),
      ).toLowerCase();
      const file = found.deliverables[0]?.files.find(({ file }) => file === '30-cleanup_tokens.sql')?.text ?? '';
      const header = file
        .slice(0, file.indexOf('@statement'))
        .toLowerCase()
        .replaceAll(/\s*\n--\s*/g, ' ');
      const sentences = [
        ...keeping.map((name) => `rows of ${name} (token_id, on delete `),
        'rows of billing_scope (token_id, token_scope, on delete ',
        ') keep the rows of billing_cascade that they refer to, and with them those of idn_oauth2_access_token',
        'rows of billing_cascade (token_id, on delete cascade) go with the rows of idn_oauth2_access_token',
        'rows of billing_named (token_id, on delete ',
      ];
      for (const sentence of sentences) {
        expect(said).toContain(sentence);
        expect(explained).toContain(sentence);
        expect(header).toContain(sentence);
      }
      // InnoDB makes the index of a foreign key itself.
      if (family !== 'mysql') expect(explained).toContain('create index');
    });
  });

  test.each(['billing_restrict', 'billing_set_null'])(
    'a row of %s that comes in the middle of a run keeps its token',
    async (name) => {
      await connected(database, dialect, async (connection) => {
        await connection.query(`UPDATE ${tokens} SET TOKEN_STATE = 'INACTIVE' WHERE TOKEN_ID = 'late_${name}'`);
        const other = await connectTo(database, dialect);
        try {
          await other.query(words[family].begin);
          await other.query(`INSERT INTO ${name} (ID, TOKEN_ID) VALUES (9, 'late_${name}')`);
          const run = connection.query(call('cleanup_tokens'));
          await new Promise((resolve) => setTimeout(resolve, 300));
          await other.query('COMMIT');
          await run;
        } finally {
          await other.close();
        }
      });
      expect(await left(tokens, 'TOKEN_ID')).toContain(`late_${name}`);
      expect(await left(name, 'TOKEN_ID')).toContain(`late_${name}`);
      expect(new Set(await left(own('cleanup_run'), 'STATUS'))).toEqual(new Set(['ended']));
    },
  );

  test('a key that moves to another column, and another key between the same tables, stop a run at its start', async () => {
    const refused = async () =>
      (await database.query(call('cleanup_tokens')).catch((error: unknown) => error)) as { message?: string };
    await database.query('ALTER TABLE billing_set_null ADD LATER varchar(255)');
    const add = `ALTER TABLE billing_set_null ADD CONSTRAINT MOVED FOREIGN KEY (LATER) REFERENCES ${tokens} (TOKEN_ID) ON DELETE SET NULL`;
    await database.query(add);
    expect((await refused()).message).toMatch(/foreign key/i);
    await connected(database, dialect, (connection) => install(connection, dialect, choice()));
    await database.query(call('cleanup_tokens'));
    const drop = family === 'mysql' ? 'DROP FOREIGN KEY' : 'DROP CONSTRAINT';
    await database.query(`ALTER TABLE billing_set_null ${drop} MOVED`);
    await database.query(add.replace('(LATER)', '(TOKEN_ID)').replace('MOVED', 'MOVED_AGAIN'));
    expect((await refused()).message).toMatch(/foreign key/i);
  });

  test.runIf(family === 'oracle')('a run stops if somebody may refer to its tables unseen', async () => {
    await connected(database, dialect, (connection) => install(connection, dialect, choice()));
    const [grant, revoke] =
      engine.imitation === undefined
        ? [`GRANT REFERENCES ON ${tokens} TO SYSTEM`, `REVOKE REFERENCES ON ${tokens} FROM SYSTEM`]
        : [
            `INSERT INTO all_tab_privs (table_name, grantee, privilege) VALUES ('${tokens}', 'SYSTEM', 'REFERENCES')`,
            'DELETE FROM all_tab_privs',
          ];
    await database.query(grant);
    await expect(database.query(call('cleanup_tokens'))).rejects.toThrow('may refer to it unseen');
    await database.query(revoke);
    await database.query(call('cleanup_tokens'));
  });

  test('once nothing refers to them any more, the tokens go', async () => {
    for (const name of [...keeping, 'billing_deep', 'billing_scope', 'billing_other', 'billing_cascade']) {
      await database.query(`DELETE FROM ${name}`);
    }
    await connected(database, dialect, (connection) => install(connection, dialect, choice()));
    await database.query(call('cleanup_tokens'));
    expect(await left(tokens, 'TOKEN_ID')).toEqual(['live']);
  });
});
