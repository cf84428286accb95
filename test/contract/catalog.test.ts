import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSchema } from '../../src/dialects/read-schema.js';
import { parseInspectionFile, toInspectionFile } from '../../src/schema/inspection.js';
import type { Column, Schema, Table } from '../../src/schema/types.js';
import { restrictedTo, tokenTables } from '../support/data/create-tables.js';
import type { DialectFamily } from '../support/data/dialect-words.js';
import { describeEngines, type TestDatabase } from '../support/engines/index.js';
import { accounts, words } from '../support/words.js';
import {
  allEngines,
  connected,
  dialectOf,
  familyOf,
  folded,
  identityProfile,
  inProfileCase,
  withTokenTables,
} from './support.js';

/** What a server adds or prints in its own way: names of keys, widths of whole numbers, an index for each foreign key. */
function comparable({ tables }: Schema, plainTable: (table: Table) => Table) {
  const texts = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort();
  const plain = (type: string) => (/int/.test(type) ? type.replace(/\(\d+\)/, '') : type);
  return tables
    .map(plainTable)
    .map((table: Table) => ({
      name: table.name,
      columns: table.columns.map(({ name, type, family, nullable }) => ({ name, type: plain(type), family, nullable })),
      primaryKey: table.primaryKey,
      foreignKeys: texts(table.foreignKeys),
      indexes: texts(table.indexes.filter(({ unique }) => unique)),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const withoutIndexNames = (table: Table): Table => ({
  ...table,
  indexes: table.indexes.map((index) => ({ ...index, name: '' })),
});

/** What a column of its own collation, and one that the server computes, are in each family. */
const oddColumns: Readonly<Record<Exclude<DialectFamily, 'oracle'>, OddColumns>> = {
  postgresql: {
    collated: 'varchar(20) COLLATE "C"',
    collation: { name: 'C' },
    computed: 'int GENERATED ALWAYS AS (id * 2) STORED',
    plainType: 'character varying(20)',
  },
  mysql: {
    collated: 'varchar(20) CHARACTER SET latin1 COLLATE latin1_bin',
    collation: { characterSet: 'latin1', name: 'latin1_bin' },
    computed: 'int GENERATED ALWAYS AS (id * 2) STORED',
    plainType: 'varchar(20)',
  },
  mssql: {
    collated: 'varchar(20) COLLATE Latin1_General_BIN2',
    collation: { name: 'Latin1_General_BIN2' },
    computed: 'AS (id * 2) PERSISTED',
    plainType: 'varchar(20)',
  },
};

interface OddColumns {
  readonly collated: string;
  readonly collation: Column['collation'];
  readonly computed: string;
  readonly plainType: string;
}

describeEngines(allEngines, (engine) => {
  const dialect = dialectOf(engine);
  const family = familyOf(dialect);
  const kept = (name: string): string => folded(dialect, name);
  const isMysql = family === 'mysql';
  const { catalog, expressions } = dialect;
  const namespace = dialect.capabilities.defaultNamespace;

  describe('a schema made from a profile', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await withTokenTables(engine);
    });
    afterAll(async () => {
      await database?.drop();
    });

    test('is read back as it was made', async () => {
      const schema = await connected(database, dialect, (connection) => readSchema(connection, dialect));
      const made = restrictedTo(identityProfile(dialect), tokenTables);
      // An imitation keeps other names of indexes than those that it was given.
      const plain = engine.imitation === undefined ? (table: Table) => table : withoutIndexNames;
      // RESTRICT and NO ACTION are one to MySQL, which prints either.
      const sameRules = (value: unknown) => JSON.stringify(value).replaceAll('RESTRICT', 'NO ACTION');
      const read = JSON.parse(sameRules(comparable(schema, plain)));
      expect(read).toEqual(JSON.parse(sameRules(comparable(made, plain))));
      expect(schema.tables.every(({ obstacle }) => obstacle === undefined)).toBe(true);
      expect(schema.tables.flatMap(({ columns }) => columns).every(({ collation }) => collation === undefined)).toBe(
        true,
      );
    });

    test('survives the inspection file unchanged, in the same bytes each time', async () => {
      const read = () => connected(database, dialect, (connection) => readSchema(connection, dialect));
      const [one, other] = [await read(), await read()];
      const text = toInspectionFile(one);
      expect(toInspectionFile(other)).toBe(text);
      expect(parseInspectionFile(text)).toEqual(one);
      expect(text).toContain('"formatVersion": 1');
    });

    test('tells about the server', async () => {
      const server = await connected(database, dialect, (connection) => catalog.readServer(connection));
      expect(server.version).toMatch(/^\d+\.\d+/);
      expect(server.product).toBe(dialect.title);
      expect(server.versionText).toContain(server.version);
      expect(server.timeZone).not.toBe('');
      // To Oracle a database of these tests is a schema.
      if (family !== 'oracle') expect(server.database).toBe(database.name);
      expect(server.readOnly).toBeUndefined();
      expect(server.obstacles).toEqual([]);
    });
  });

  describe('odd tables', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await engine.createDatabase();
    });
    afterAll(async () => {
      await database?.drop();
    });
    const read = async (): Promise<ReadonlyMap<string, Table>> => {
      const { tables } = await connected(database, dialect, (connection) => readSchema(connection, dialect));
      return new Map(tables.map((table) => [table.name, table]));
    };

    // Oracle is asked in unquoted names only: a name that needs quotes is an obstacle.
    test.skipIf(family === 'oracle')(
      'keep odd names, and are found through foreign keys without a known prefix',
      async () => {
        const names = ['IDN_Mixed Case', 'ORDER', 'weird`"name', 'tail.of;it'];
        const [parent = '', child = '', grandchild = '', key = ''] = names.map((name) => expressions.identifier(name));
        await database.query(`CREATE TABLE ${parent} (${key} int NOT NULL PRIMARY KEY, ${child} varchar(10))`);
        await database.query(
          `CREATE TABLE ${child} (id int NOT NULL PRIMARY KEY, ${key} int, FOREIGN KEY (${key}) REFERENCES ${parent} (${key}) ON DELETE CASCADE)`,
        );
        await database.query(
          `CREATE TABLE ${grandchild} (${grandchild} int, FOREIGN KEY (${grandchild}) REFERENCES ${child} (id) ON DELETE SET NULL)`,
        );
        await database.query('CREATE TABLE unrelated (id int)');
        await database.query(`CREATE VIEW IDN_VIEW AS SELECT 1 AS one`);
        const tables = await read();
        // A view under a name of the product's is read as well, so that it can be refused.
        const kept = [...tables.values()].filter(({ hidden }) => hidden === undefined).map(({ name }) => name);
        expect(kept.sort()).toEqual(['IDN_Mixed Case', 'ORDER', 'weird`"name']);
        expect(tables.get('ORDER')?.foreignKeys).toEqual([
          {
            columns: ['tail.of;it'],
            references: 'IDN_Mixed Case',
            referencedColumns: ['tail.of;it'],
            onDelete: 'CASCADE',
          },
        ]);
        expect(tables.get('weird`"name')?.foreignKeys[0]?.onDelete).toBe('SET NULL');
        const dropped = [grandchild, child, parent, 'unrelated'];
        for (const table of dropped) await database.query(`DROP TABLE ${table}`);
      },
    );

    test('keep the order of columns in keys of several', async () => {
      await database.query('CREATE TABLE IDN_P (a int NOT NULL, b int NOT NULL, c int, PRIMARY KEY (b, a))');
      await database.query('CREATE TABLE IDN_C (x int, y int, FOREIGN KEY (y, x) REFERENCES IDN_P (b, a))');
      await database.query('CREATE UNIQUE INDEX idn_c_two ON IDN_C (y, x)');
      const tables = await read();
      const [p, c] = ['IDN_P', 'IDN_C'].map((name) => tables.get(name) ?? tables.get(name.toLowerCase()));
      expect(p?.primaryKey).toEqual(['b', 'a'].map(kept));
      const own = ['y', 'x'].map(kept);
      expect(c?.foreignKeys[0]).toMatchObject({ columns: own, referencedColumns: ['b', 'a'].map(kept) });
      // An imitation lengthens the names of indexes.
      const name =
        engine.imitation === undefined ? kept('idn_c_two') : expect.stringMatching(new RegExp(`^${kept('idn_c_two')}`));
      expect(c?.indexes).toContainEqual({ name, unique: true, columns: own });
    });

    test.skipIf(family === 'oracle')('show generated columns and collations of their own', async () => {
      const { collated, collation, computed, plainType } = oddColumns[family as keyof typeof oddColumns];
      await database.query(`CREATE TABLE IDN_COL (id int, plain varchar(20), own ${collated}, twice ${computed})`);
      const table = (await read()).get(inProfileCase(dialect, 'IDN_COL'));
      const [, plain, own, twice] = table?.columns ?? [];
      expect(plain).toEqual({
        name: 'plain',
        type: plainType,
        family: 'text',
        nullable: true,
      });
      // An imitation has collations of its own names; it must show one all the same.
      if (engine.imitation === undefined) expect(own?.collation).toEqual(collation);
      else expect(own?.collation?.name).toMatch(/\S/);
      expect(twice?.generated).toBe(true);
      expect(table?.columns.filter(({ generated }) => generated)).toHaveLength(1);
    });

    test.runIf(isMysql)('name obstacles: another engine, a key from another database', async () => {
      await database.query('CREATE TABLE IDN_OLD (id int) ENGINE = MyISAM');
      await database.query('CREATE TABLE IDN_SHARED (id int PRIMARY KEY) ENGINE = InnoDB');
      const other = await engine.createDatabase();
      await other.query(`CREATE TABLE visitor (id int, FOREIGN KEY (id) REFERENCES ${database.name}.IDN_SHARED (id))`);
      const tables = await read();
      expect(tables.get('IDN_OLD')?.obstacle).toContain('MyISAM');
      expect(tables.get('IDN_SHARED')?.obstacle).toContain(`${other.name}.visitor`);
      await other.drop();
    });

    test.runIf(isMysql)('name a key from another database that the user may not see', async () => {
      await database.query('CREATE TABLE IDN_SEEN (id int PRIMARY KEY) ENGINE = InnoDB');
      const other = await engine.createDatabase();
      await other.query(`CREATE TABLE visitor (id int, FOREIGN KEY (id) REFERENCES ${database.name}.IDN_SEEN (id))`);
      const user = { name: 'seer', password: 'Plain-1-password' };
      const { grantee, create, drop } = accounts.mysql;
      for (const sql of create(user)) await database.query(sql);
      await database.query(`GRANT ALL ON ${database.name}.* TO ${grantee(user)}`);
      const obstacle = () =>
        connected(database, dialect, (connection) => dialect.catalog.readTables(connection, undefined), user).then(
          (tables) => tables.find(({ name }) => name === 'IDN_SEEN')?.obstacle,
        );
      expect(await obstacle()).toBeUndefined();
      await database.query(`GRANT PROCESS ON *.* TO ${grantee(user)}`);
      expect(await obstacle()).toContain(`${other.name}.visitor`);
      for (const sql of drop(user)) await database.query(sql);
      await other.drop();
    });

    test.runIf(family === 'mssql')('name obstacles: a key from another schema', async () => {
      await database.query('CREATE TABLE IDN_SHARED (id int NOT NULL PRIMARY KEY)');
      await database.query("EXEC('CREATE SCHEMA other')");
      await database.query('CREATE TABLE other.visitor (id int, FOREIGN KEY (id) REFERENCES dbo.IDN_SHARED (id))');
      const tables = await read();
      expect(tables.get('IDN_SHARED')?.obstacle).toContain('other.visitor');
    });

    test.runIf(family === 'mssql' && engine.imitation === undefined)('name obstacles: a history', async () => {
      await database.query(
        'CREATE TABLE IDN_KEPT (id int NOT NULL PRIMARY KEY, since datetime2 GENERATED ALWAYS AS ROW START NOT NULL, upto datetime2 GENERATED ALWAYS AS ROW END NOT NULL, PERIOD FOR SYSTEM_TIME (since, upto)) WITH (SYSTEM_VERSIONING = ON)',
      );
      expect((await read()).get('IDN_KEPT')?.obstacle).toContain('system-versioned');
    });

    test.runIf(family === 'postgresql')('name obstacles: partitions, heirs, a key from another schema', async () => {
      await database.query('CREATE TABLE idn_parts (id int) PARTITION BY RANGE (id)');
      await database.query('CREATE TABLE idn_parts_1 PARTITION OF idn_parts FOR VALUES FROM (0) TO (10)');
      await database.query('CREATE TABLE idn_elder (id int)');
      await database.query('CREATE TABLE heir () INHERITS (idn_elder)');
      await database.query('CREATE TABLE idn_shared (id int PRIMARY KEY)');
      await database.query('CREATE SCHEMA other');
      await database.query('CREATE TABLE other.visitor (id int REFERENCES public.idn_shared)');
      await database.query('CREATE TABLE idn_always (id int GENERATED ALWAYS AS IDENTITY)');
      const tables = await read();
      expect(tables.get('idn_parts')?.obstacle).toBe('is partitioned, which deepclean cannot walk');
      expect(tables.has('idn_parts_1')).toBe(false);
      expect(tables.get('idn_elder')?.obstacle).toContain('inherit');
      expect(tables.get('idn_shared')?.obstacle).toContain('other.visitor');
      expect(tables.get('idn_always')?.columns[0]?.identityAlways).toBe(true);
    });

    test('literals come back as they were', async () => {
      for (const text of [
        "it's",
        'back\\slash',
        '\\',
        "\\'",
        'a\nb',
        '"double"',
        '`tick`',
        '%_',
        'ü€𝄞',
        '$$',
        '{{x}}',
        '',
      ]) {
        const from = family === 'oracle' ? ' FROM DUAL' : '';
        const [row] = await connected(database, dialect, (connection) =>
          connection.query(`SELECT ${expressions.literal(text)} AS text_of${from}`),
        );
        expect(row?.text_of).toBe(text === '' && family === 'oracle' ? null : text);
      }
    });

    test('objects are found by name and by prefix, and dropped', async () => {
      const name = 'Odd_Object';
      await connected(database, dialect, async (connection) => {
        await connection.query(`CREATE TABLE ${expressions.identifier(name)} (id int)`);
        // On SQL Server a table and a procedure cannot share a name.
        const procedure = family === 'mssql' ? `${name}_2` : name;
        const sql = expressions.identifier(procedure);
        await connection.query(
          family === 'postgresql'
            ? `CREATE PROCEDURE ${sql}(a int, b text) LANGUAGE sql AS ''`
            : words[family].emptyProcedure(sql),
        );
        const found = await catalog.existing(connection, [name, procedure, 'absent'], namespace);
        expect(found.map(({ kind }) => kind).sort()).toEqual(['procedure', 'table']);
        if (family === 'postgresql')
          expect(found.find(({ kind }) => kind === 'procedure')?.arguments).toBe('IN a integer, IN b text');
        expect(await catalog.objectsLike(connection, 'odd_', namespace)).toHaveLength(2);
        expect(await catalog.objectsLike(connection, 'odd%', namespace)).toEqual([]);
        for (const object of found) await connection.query(catalog.drop(object, namespace));
        expect(await catalog.existing(connection, [name, procedure], namespace)).toEqual([]);
      });
    });
  });
});
