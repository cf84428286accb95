import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PreflightError } from '../../src/errors.js';
import { preflight } from '../../src/install/preflight.js';
import { policies } from '../../src/policies/index.js';
import { createTables } from '../support/data/create-tables.js';
import { insertRows } from '../support/data/insert.js';
import { databaseOf, token } from '../support/data/row-factories.js';
import { describeEngines, type TestDatabase } from '../support/engines/index.js';
import { accounts, words } from '../support/words.js';
import {
  connected,
  dialectOf,
  familyOf,
  identityProfile,
  install,
  tokensChoice,
  type User,
  withTokenTables,
} from './support.js';

const tokens = 'IDN_OAUTH2_ACCESS_TOKEN';
const codes = 'IDN_OAUTH2_AUTHORIZATION_CODE';

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  const dialect = dialectOf(engine);
  const family = familyOf(dialect);
  let database: TestDatabase;
  beforeAll(async () => {
    database = await withTokenTables(engine);
  });
  afterAll(() => database?.drop());

  const problems = (policy = 'tokens', user?: User): Promise<readonly string[]> =>
    connected(
      database,
      dialect,
      async (connection) => {
        const chosen = policies.find(({ name }) => name === policy);
        if (chosen === undefined) throw new Error(`no policy ${policy}`);
        const error = await preflight(connection, dialect, {
          what: { policies: [{ ...tokensChoice(), policy: chosen }] },
        }).catch((caught: unknown) => caught);
        return error instanceof PreflightError ? error.problems.map(({ what }) => what) : [];
      },
      user,
    );
  const run = async (): Promise<string> =>
    database.query(words[family].call('cleanup_tokens')).then(
      () => 'ran',
      (error: unknown) => String(error),
    );
  const left = async (): Promise<number> => (await database.query(`SELECT TOKEN_ID FROM ${tokens}`)).length;
  const fillDead = () =>
    connected(database, dialect, async (connection) => {
      const rows = databaseOf([token('dead', { TOKEN_STATE: 'INACTIVE' })]);
      await insertRows((sql) => connection.query(sql), family, identityProfile(dialect), rows);
    });

  test('a view under the name of a session store is not taken for a store that is not there', async () => {
    for (const statement of createTables(identityProfile(dialect), family, ['IDN_AUTH_SESSION_STORE']))
      await database.query(statement);
    expect(await problems('sessions')).toEqual([]);
    await database.query('CREATE VIEW IDN_AUTH_TEMP_SESSION_STORE AS SELECT * FROM IDN_AUTH_SESSION_STORE');
    expect(await problems('sessions')).toContainEqual(expect.stringContaining('is a view'));
  });

  test('a table that became a view stops a run before it deletes anything', async () => {
    expect(await problems()).toEqual([]);
    await connected(database, dialect, (connection) => install(connection, dialect));
    await fillDead();
    const audit = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';
    await database.query(`ALTER TABLE ${audit} RENAME TO AUDIT_ELSEWHERE`);
    await database.query(`CREATE VIEW ${audit} AS SELECT * FROM AUDIT_ELSEWHERE`);
    expect(await run()).toMatch(/no (plain InnoDB )?table any more/);
    expect(await left()).toBe(1);
    await database.query(`DROP VIEW ${audit}`);
    await database.query(`ALTER TABLE AUDIT_ELSEWHERE RENAME TO ${audit}`);
  });

  describe.runIf(family === 'postgresql')('on PostgreSQL', () => {
    test.each([
      ['a table that is cleaned', tokens],
      ['a table that a rule looks at', 'IDN_AUTH_SESSION_STORE'],
    ])('row-level security that hides rows of %s from the user is named by the preflight', async (_, table) => {
      const user: User = { name: `secured_${database.name.slice(-8)}`, password: 'Secured-1-password' };
      const { create, drop, grantee } = accounts[family];
      for (const statement of create(user)) await database.query(statement);
      await database.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${grantee(user)}`);
      await database.query('DROP VIEW IF EXISTS idn_auth_temp_session_store');
      await database.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      try {
        const policy = table === tokens ? 'tokens' : 'sessions';
        expect(await problems(policy, user)).toContainEqual(
          expect.stringContaining(`${table.toLowerCase()} has row-level security`),
        );
        // From its owner, and from a superuser, nothing is hidden.
        expect(await problems(policy)).toEqual([]);
      } finally {
        await database.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
        await database.query(`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${grantee(user)}`);
        for (const statement of drop(user)) await database.query(statement);
      }
    });

    test('a table without identity whose deletes are published is named, and stops a run before it deletes anything', async () => {
      await database.query(`ALTER TABLE ${codes} REPLICA IDENTITY NOTHING`);
      expect(await problems()).toEqual([]);
      await database.query('CREATE PUBLICATION everything FOR ALL TABLES');
      try {
        const wanted = /has no replica identity, and publication everything publishes its deletes/;
        expect(await problems()).toContainEqual(
          expect.stringMatching(new RegExp(`${codes.toLowerCase()} ${wanted.source}`)),
        );
        expect(await run()).toMatch(wanted);
        expect(await left()).toBe(1);
        await database.query("ALTER PUBLICATION everything SET (publish = 'insert, update')");
        expect(await problems()).toEqual([]);
      } finally {
        await database.query('DROP PUBLICATION everything');
      }
      expect(await run()).toBe('ran');
      expect(await left()).toBe(0);
    });
  });
});
