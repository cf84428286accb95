import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dialect } from '../../src/dialects/dialect.js';
import { PartialError, PreflightError } from '../../src/errors.js';
import { applyInstall } from '../../src/install/apply-install.js';
import { applyUninstall } from '../../src/install/apply-uninstall.js';
import { planUninstall } from '../../src/install/plan-uninstall.js';
import { preflight } from '../../src/install/preflight.js';
import { verifyInstall } from '../../src/install/verify-install.js';
import { statementsOf } from '../../src/render/artifact.js';
import { describeEngines, type TestDatabase } from '../support/engines/index.js';
import { words } from '../support/words.js';
import { allEngines, connected, dialectOf, familyOf, install, tokensChoice, withTokenTables } from './support.js';

/** Everything in the database by name, for proving that nothing came or went. */
async function everything(database: TestDatabase, dialect: Dialect): Promise<readonly string[]> {
  return connected(database, dialect, async (connection) =>
    (await dialect.catalog.objectsLike(connection, '', dialect.capabilities.defaultNamespace)).map(
      ({ kind, name }) => `${kind} ${name}`,
    ),
  );
}

describeEngines(allEngines, (engine) => {
  const dialect = dialectOf(engine);
  const namespace = dialect.capabilities.defaultNamespace;
  const { call, emptyProcedure, retype } = words[familyOf(dialect)];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await withTokenTables(engine);
  });
  afterAll(async () => {
    await database?.drop();
  });

  test('installs, verifies, and a second time changes nothing', async () => {
    await connected(database, dialect, async (connection) => {
      const first = await install(connection, dialect);
      expect(new Set(first.plan.objects.map(({ state }) => state))).toEqual(new Set(['new']));
      expect(first.verified.filter(({ state }) => state !== 'ok')).toEqual([]);
      const sent: string[] = [];
      const watched = {
        ...connection,
        query: (sql: string, parameters?: readonly unknown[]) => {
          sent.push(sql);
          return connection.query(sql, parameters);
        },
      };
      const second = await install(watched, dialect);
      expect(second.plan.objects.filter(({ state }) => state !== 'same')).toEqual([]);
      expect(second.plan).toMatchObject({ isNeeded: false, files: [], extras: [], missingSettings: [] });
      expect(sent.filter((sql) => !/^\s*(SELECT|SHOW|WITH)\b/i.test(sql))).toEqual([]);
    });
  });

  test('takes the clock settings of an older installation away, says so, and seeds what replaces them', async () => {
    await connected(database, dialect, async (connection) => {
      const ask = (sql: string) => connection.query(sql.replace(...named(dialect)));
      const settings = async () =>
        (await ask('SELECT name AS n, value AS v FROM cleanup_setting')).map(
          (row) => `${row.n ?? row.N}=${row.v ?? row.V}`,
        );
      await ask("DELETE FROM cleanup_setting WHERE name = 'clock_uncertainty_hours'");
      for (const [name, value] of [
        ['clock', 'data'],
        ['time_zone', 'server'],
      ]) {
        await ask(
          `INSERT INTO cleanup_setting (procedure_name, name, value, description) VALUES ('cleanup_tokens', '${name}', '${value}', 'of an older release')`,
        );
      }
      const { plan } = await install(connection, dialect);
      expect(plan.extras.map(({ title }) => title)).toEqual([
        expect.stringMatching(/^remove setting cleanup_tokens\.clock: clock_uncertainty_hours replaces it/),
        expect.stringMatching(/^remove setting cleanup_tokens\.time_zone: clock_uncertainty_hours replaces it/),
      ]);
      expect(plan.missingSettings).toEqual(['cleanup_tokens.clock_uncertainty_hours']);
      const after = await settings();
      expect(after.filter((one) => /^(clock|time_zone|server_time_zone)=/.test(one))).toEqual([]);
      expect(after).toContain(`clock_uncertainty_hours=${familyOf(dialect) === 'mysql' ? 26 : 12}`);
    });
  });

  test('puts back a setting that was deleted, and keeps the others', async () => {
    await connected(database, dialect, async (connection) => {
      await connection.query(
        "UPDATE cleanup_setting SET value = '77' WHERE name = 'pause_ms'".replace(...named(dialect)),
      );
      await connection.query("DELETE FROM cleanup_setting WHERE name = 'window'".replace(...named(dialect)));
      const { plan } = await install(connection, dialect);
      expect(plan.missingSettings).toEqual(['cleanup_tokens.window']);
      expect(plan.files).toHaveLength(1);
      const rows = await connection.query(
        "SELECT value AS v FROM cleanup_setting WHERE name IN ('window', 'pause_ms') ORDER BY name".replace(
          ...named(dialect),
        ),
      );
      expect(rows.map(({ v }) => v)).toEqual(['77', 'always']);
    });
  });

  test('sees a changed body, and makes it good again', async () => {
    await connected(database, dialect, async (connection) => {
      const { deliverables } = await preflight(connection, dialect, { what: { policies: [tokensChoice()] } });
      await connection.query(dialect.catalog.drop({ kind: 'procedure', name: 'cleanup_tokens' }, namespace));
      expect((await verifyInstall(connection, dialect, deliverables)).filter(({ state }) => state !== 'ok')).toEqual([
        { name: 'cleanup_tokens', kind: 'procedure', state: 'missing' },
      ]);
      await connection.query(emptyProcedure('cleanup_tokens'));
      expect((await verifyInstall(connection, dialect, deliverables)).filter(({ state }) => state !== 'ok')).toEqual([
        { name: 'cleanup_tokens', kind: 'procedure', state: 'changed' },
      ]);
      const { plan, verified } = await install(connection, dialect);
      expect(plan.objects.filter(({ state }) => state !== 'same').map(({ object }) => object.name)).toEqual([
        'cleanup_tokens',
      ]);
      expect(verified.every(({ state }) => state === 'ok')).toBe(true);
    });
  });

  test.runIf(engine.dialect === 'postgresql')(
    'puts its kit in the place of one of another version, of which nothing is left',
    async () => {
      const own = await withTokenTables(engine);
      await connected(own, dialect, async (connection) => {
        const product = await everything(own, dialect);
        const { deliverables } = await preflight(connection, dialect, { what: { policies: [tokensChoice()] } });
        for (const file of deliverables.flatMap(({ files }) => files)) {
          const text = file.text
            .replace(/\b(cleanup_(?:state|source))_v\d+/g, '$1_v0')
            .replace(/'[0-9a-f]{64}'/g, `'${'0'.repeat(64)}'`);
          for (const { sql } of statementsOf({ ...file, text }, dialect.script)) await connection.query(sql);
        }
        expect(await everything(own, dialect)).toContain('type cleanup_state_v0');

        const { verified } = await install(connection, dialect);
        expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
        expect((await everything(own, dialect)).filter((name) => name.endsWith('_v0'))).toEqual([]);
        await connection.query(call('cleanup_tokens'));
        const remove = deliverables.map(({ names }) => names);
        await applyUninstall(
          connection,
          dialect,
          await planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove }),
        );
        expect(await everything(own, dialect)).toEqual(product);
      });
      await own.drop();
    },
  );

  test('tells another version', async () => {
    await connected(database, dialect, async (connection) => {
      const other = await preflight(connection, dialect, { what: { policies: [tokensChoice({ backup: 'none' })] } });
      const states = await verifyInstall(connection, dialect, other.deliverables);
      expect(states.find(({ name }) => name === 'cleanup_tokens')?.state).toBe('other version');
    });
  });

  test('makes a backup table fit after an upgrade of the product', async () => {
    await connected(database, dialect, async (connection) => {
      await connection.query('ALTER TABLE IDN_OAUTH2_ACCESS_TOKEN ADD added_later varchar(20)');
      await connection.query(retype('IDN_OAUTH2_ACCESS_TOKEN', 'SUBJECT_IDENTIFIER', 'varchar(300)'));
      const { plan, verified } = await install(connection, dialect);
      const backup = plan.objects.find(
        ({ object }) => object.name.toLowerCase() === 'cleanup_bak_idn_oauth2_access_token',
      );
      expect(backup).toMatchObject({ state: 'changed' });
      expect(backup?.notes).toHaveLength(2);
      expect(plan.extras).toHaveLength(2);
      expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
      expect((await install(connection, dialect)).plan.isNeeded).toBe(false);
      await connection.query(call('cleanup_tokens'));
    });
  });

  test.runIf(engine.dialect === 'mssql')(
    'makes a backup table fit whose key has a column that became wider',
    async () => {
      await connected(database, dialect, async (connection) => {
        // As the product's upgrade does it, which has the same key.
        const type = { name: 'TOKEN_SCOPE', type: 'varchar(255)', family: 'text', nullable: false } as const;
        const key = ['TOKEN_ID', 'TOKEN_SCOPE'];
        const wider = {
          table: 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
          column: type,
          change: 'retype',
          nullable: false,
          key,
        } as const;
        await connection.query(dialect.catalog.changeColumn(wider, namespace));
        const { plan, verified } = await install(connection, dialect);
        expect(plan.extras).toHaveLength(1);
        expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
        expect((await install(connection, dialect)).plan.isNeeded).toBe(false);
        const [kept] = await dialect.catalog.readTables(connection, namespace, [
          'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
        ]);
        expect(kept?.primaryKey.map((name) => name.toUpperCase())).toEqual(['RUN_ID', ...key]);
        await connection.query(call('cleanup_tokens'));
      });
    },
  );

  test('keeps the backups on demand, takes them over again, and leaves nothing in the end', async () => {
    await connected(database, dialect, async (connection) => {
      const { found } = await install(connection, dialect);
      const remove = found.deliverables.map(({ names }) => names);
      const keeping = await planUninstall(connection, dialect, {
        prefix: 'cleanup_',
        namespace,
        remove,
        keepBackups: true,
      });
      await applyUninstall(connection, dialect, keeping);
      const left = await dialect.catalog.objectsLike(connection, 'cleanup_', namespace);
      expect(left.every(({ name }) => /^cleanup_(bak_|run)/i.test(name))).toBe(true);
      expect(left).toHaveLength(keeping.kept.length);

      const again = await install(connection, dialect);
      expect(again.verified.filter(({ state }) => state !== 'ok')).toEqual([]);

      const whole = await planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove });
      expect(whole.backupRows.length).toBeGreaterThan(5);
      await applyUninstall(connection, dialect, whole);
      expect(await dialect.catalog.objectsLike(connection, 'cleanup_', namespace)).toEqual([]);
      expect(await dialect.catalog.existing(connection, ['restore_tokens'], namespace)).toEqual([]);
    });
  });

  test.runIf(familyOf(dialect) === 'postgresql')(
    'never drops a stranger that shares the name of a procedure',
    async () => {
      await connected(database, dialect, async (connection) => {
        const { found } = await install(connection, dialect);
        const remove = found.deliverables.map(({ names }) => names);
        await connection.query("CREATE PROCEDURE cleanup_tokens(days int) LANGUAGE sql AS ''");
        const plan = () => planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove });
        await expect(plan()).rejects.toThrow(PreflightError);
        await expect(install(connection, dialect)).rejects.toThrow(PreflightError);
        await connection.query('DROP PROCEDURE cleanup_tokens(int)');
        await applyUninstall(connection, dialect, await plan());
      });
    },
  );

  test('uninstalls all but what another cleanup shares', async () => {
    await connected(database, dialect, async (connection) => {
      const one = await install(connection, dialect);
      const other = await install(
        connection,
        dialect,
        tokensChoice({ procedure: 'second_cleanup', restore: 'second_restore' }),
      );
      const remove = one.found.deliverables.map(({ names }) => names);
      const others = other.found.deliverables.map(({ names, backups }) => ({
        names,
        backups: backups.map(({ name }) => name),
      }));
      const plan = await planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove, others });
      expect(plan.drops.filter(({ kind }) => kind === 'table')).toEqual([]);
      await applyUninstall(connection, dialect, plan);
      expect(
        (await dialect.catalog.existing(connection, ['cleanup_tokens', 'second_cleanup'], namespace)).map(
          (o) => o.name,
        ),
      ).toEqual(['second_cleanup']);
      const rest = await planUninstall(connection, dialect, {
        prefix: 'cleanup_',
        namespace,
        remove: others.map(({ names }) => names),
      });
      await applyUninstall(connection, dialect, rest);
      expect(await dialect.catalog.objectsLike(connection, 'cleanup_', namespace)).toEqual([]);
    });
  });

  // A view does not share its name with the function that a backlog is there.
  test.each(
    dialect.capabilities.backlog === 'view'
      ? (['procedure', 'view', 'table'] as const)
      : (['procedure', 'table'] as const),
  )('refuses a foreign %s, unless it may be replaced', async (kind) => {
    const name = {
      procedure: 'cleanup_tokens',
      view: supportName('cleanup_backlog_tokens'),
      table: supportName('cleanup_setting'),
    }[kind];
    await connected(database, dialect, async (connection) => {
      await connection.query(
        {
          // On PostgreSQL a function is in the way as well.
          procedure:
            familyOf(dialect) === 'postgresql'
              ? `CREATE FUNCTION ${name}(p_days integer) RETURNS void LANGUAGE sql AS 'SELECT'`
              : emptyProcedure(name, 'INT'),
          view: `CREATE VIEW ${name} AS SELECT 1 AS one`,
          table: `CREATE TABLE ${name} (id int)`,
        }[kind],
      );
      const before = await everything(database, dialect);
      const error = await install(connection, dialect).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(PreflightError);
      const { problems } = error as PreflightError;
      expect(problems).toHaveLength(1);
      const found = kind === 'procedure' && familyOf(dialect) === 'postgresql' ? 'function' : kind;
      expect(problems[0]?.what).toContain(`${found} ${name}`);
      expect(problems[0]?.next).toContain(`--replace ${name}`);
      expect(await everything(database, dialect)).toEqual(before);

      const looked = await preflight(connection, dialect, { what: { policies: [tokensChoice()] }, replace: [name] });
      const verified = await applyInstall(connection, dialect, looked.plan);
      expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
      const remove = looked.deliverables.map(({ names }) => names);
      await applyUninstall(
        connection,
        dialect,
        await planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove }),
      );
    });
  });

  test('says what was applied when it fails half-way, and goes on from there', async () => {
    const before = await everything(database, dialect);
    await connected(database, dialect, async (connection) => {
      const found = await preflight(connection, dialect, { what: { policies: [tokensChoice()] } });
      const failing = {
        ...connection,
        query: async (sql: string, parameters?: readonly unknown[]) => {
          if (/cleanup_register\b.*'procedure', 'restore_tokens'/i.test(sql)) throw new Error('the disk is full');
          return connection.query(sql, parameters);
        },
      };
      const error = await applyInstall(failing, dialect, found.plan).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(PartialError);
      const { message, applied } = error as PartialError;
      expect(message).toMatch(
        /^40-restore_tokens\.sql, line \d+ \(register( restore_tokens)?\) failed, .*the disk is full/,
      );
      if (dialect.capabilities.transactionalDdl) {
        expect(applied).toEqual([]);
        expect(await everything(database, dialect)).toEqual(before);
      } else {
        expect(applied).toContain('procedure restore_tokens');
      }
      const { plan, verified } = await install(connection, dialect);
      expect(plan.isNeeded).toBe(true);
      expect(verified.filter(({ state }) => state !== 'ok')).toEqual([]);
      const remove = found.deliverables.map(({ names }) => names);
      await applyUninstall(
        connection,
        dialect,
        await planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove }),
      );
    });
    expect(await everything(database, dialect)).toEqual(before);
  });

  test('tells in which line of its file a procedure cannot be read', async () => {
    const before = await everything(database, dialect);
    await connected(database, dialect, async (connection) => {
      const found = await preflight(connection, dialect, { what: { policies: [tokensChoice()] } });
      // The first INSERT of the procedure's body, in its file.
      const text = found.deliverables[0]?.files.find(({ file }) => file === '40-restore_tokens.sql')?.text ?? '';
      const create = text.search(/CREATE[^\n]*PROCEDURE/);
      const insert = /INSERT (?:IGNORE )?INTO/;
      const brokenAt = text.slice(0, create + text.slice(create).search(insert)).split('\n').length;
      const breaking = {
        ...connection,
        query: async (sql: string, parameters?: readonly unknown[]) => {
          const body = /CREATE[^\n]*PROCEDURE[^\n]*restore_tokens/i.test(sql) ? sql.search(insert) : -1;
          if (body < 0) return connection.query(sql, parameters);
          return connection.query(sql.replace(insert, 'INSERT INTU'), parameters);
        },
      };
      const error = await applyInstall(breaking, dialect, found.plan).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(PartialError);
      const { message } = error as PartialError;
      expect(message).toMatch(/40-restore_tokens\.sql, line \d+/);
      const told = Number(/40-restore_tokens\.sql, line (\d+)/.exec(message)?.[1]);
      // An imitation may not know more than where the statement begins.
      if (engine.imitation === undefined) expect(told).toBe(brokenAt);
      const remove = found.deliverables.map(({ names }) => names);
      await applyUninstall(
        connection,
        dialect,
        await planUninstall(connection, dialect, { prefix: 'cleanup_', namespace, remove }),
      );
    });
    expect(await everything(database, dialect)).toEqual(before);
  });

  const supportName = (name: string) => (dialect.capabilities.nameCase === 'upper' ? name.toUpperCase() : name);
});

const named = (dialect: Dialect): [RegExp, string] => [
  /cleanup_setting/,
  dialect.capabilities.nameCase === 'upper' ? 'CLEANUP_SETTING' : 'cleanup_setting',
];
