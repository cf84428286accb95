import { expect, test } from 'vitest';
import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import type { Column, Schema, Table } from '../../../src/schema/types.js';
import { asMssql } from '../../support/data/as-mssql.js';
import { asPostgresql } from '../../support/data/as-postgresql.js';
import { createTables, dropTables, restrictedTo, tokenTables } from '../../support/data/create-tables.js';
import { quotedText } from '../../support/data/dialect-words.js';
import { insertRows } from '../../support/data/insert.js';
import { completeSchema } from '../../support/data/later-tables.js';

const column = (name: string, type: string, nullable = true): Column => {
  const family = type.startsWith('varchar') ? 'text' : type === 'timestamp' ? 'timestamp' : 'integer';
  return { name, type, family, nullable };
};
const table = (name: string, columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  ...{ name, columns, primaryKey: [], foreignKeys: [], indexes: [] },
  ...more,
});
const child = (references: string, from: string, to: string) => ({
  ...{ columns: [from], references, referencedColumns: [to] },
  onDelete: 'CASCADE' as const,
});

const schema: Schema = {
  source: 'test',
  dialect: 'mysql',
  tables: [
    table('SCOPE', [column('TOKEN_ID', 'varchar(9)', false), column('NOTE', 'varchar(9)', false)], {
      foreignKeys: [child('TOKEN', 'TOKEN_ID', 'ID'), child('ELSEWHERE', 'NOTE', 'ID')],
    }),
    table('UNASKED', [column('ID', 'int', false)]),
    table(
      'TOKEN',
      [column('ID', 'varchar(9)', false), column('MADE', 'timestamp', false), column('SEEN', 'timestamp')],
      {
        primaryKey: ['ID'],
        foreignKeys: [child('APP', 'ID', 'ID')],
        indexes: [{ name: 'IDX', unique: true, columns: ['MADE', 'SEEN'] }],
      },
    ),
    table('APP', [column('ID', 'varchar(9)', false), column('SIZE', 'bigint')], { primaryKey: ['ID'] }),
  ],
};

test('a restricted schema has what its foreign keys need, parents first, and no key that leads out of it', () => {
  const { tables } = restrictedTo(schema, ['SCOPE', 'MISSING']);
  expect(tables.map(({ name }) => name)).toEqual(['APP', 'TOKEN', 'SCOPE']);
  expect(tables.flatMap(({ foreignKeys }) => foreignKeys.map((key) => key.references))).toEqual(['APP', 'TOKEN']);
});

test('on MySQL no TIMESTAMP gets a default that nobody asked for', () => {
  const [, token] = createTables(schema, 'mysql', ['TOKEN']);
  expect(token).toContain('`MADE` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,');
  expect(token).toContain('`SEEN` timestamp NULL DEFAULT NULL,');
  expect(dropTables(schema, 'mysql', ['TOKEN'])).toEqual([
    'DROP TABLE IF EXISTS `TOKEN`',
    'DROP TABLE IF EXISTS `APP`',
  ]);
});

test("a MySQL schema can be had in PostgreSQL's words", () => {
  const statements = createTables(asPostgresql(schema), 'postgresql', ['SCOPE']);
  expect(statements.join(';\n')).toContain('"made" timestamp without time zone NOT NULL,');
  expect(statements.join(';\n')).toContain('CREATE UNIQUE INDEX "token_idx" ON "token" ("made", "seen")');
  expect(statements.at(-1)).toBe(
    'ALTER TABLE "scope" ADD FOREIGN KEY ("token_id") REFERENCES "token" ("id") ON DELETE CASCADE',
  );
});

test('rows go in parents first, quoted and exact, without what the schema lacks and with what it insists on', async () => {
  const statements: string[] = [];
  const query = async (sql: string) => {
    statements.push(sql);
    return [];
  };
  await insertRows(query, 'postgresql', asPostgresql(schema), {
    SCOPE: [{ TOKEN_ID: 't', LACKED: 'x' }],
    LACKED: [{ ID: 1n }],
    TOKEN: [{ ID: 't', MADE: '2026-01-02 03:04:05.000006', SEEN: null }],
    APP: [{ ID: "it's \\", SIZE: 9_223_372_036_854_775_807n }],
  });
  expect(statements).toEqual([
    `INSERT INTO "app" ("id", "size") VALUES\n('it''s \\', 9223372036854775807)`,
    `INSERT INTO "token" ("id", "made", "seen") VALUES\n('t', '2026-01-02 03:04:05.000006', NULL)`,
    `INSERT INTO "scope" ("token_id", "note") VALUES\n('t', '')`,
  ]);
});

test('on MySQL the session gets back the zone and the mode that it had, after a failure too', async () => {
  const statements: string[] = [];
  const query = async (sql: string) => {
    statements.push(sql);
    if (sql.startsWith('INSERT')) throw new Error('disk full');
    return sql.startsWith('SELECT') ? [{ zone: 'SYSTEM', mode: 'ANSI', checks: 1 }] : [];
  };
  const work = insertRows(query, 'mysql', schema, { APP: [{ ID: '\\' }] }, { sessionTimeZone: '+05:30' });
  await expect(work).rejects.toThrow('disk full');
  expect(statements).toContain("SET SESSION time_zone = '+05:30', sql_mode = 'STRICT_ALL_TABLES'");
  expect(statements).toContain("INSERT INTO `APP` (`ID`) VALUES\n('\\\\')");
  expect(statements.at(-1)).toBe("SET SESSION time_zone = 'SYSTEM', sql_mode = 'ANSI', foreign_key_checks = 1");
});

test("a MySQL schema can be had in SQL Server's words, with the columns that the server numbers", async () => {
  const numbered = asMssql(schema, new Set(['UNASKED.ID']));
  const statements = createTables(numbered, 'mssql', ['UNASKED', 'TOKEN']).join(';\n');
  expect(statements).toContain('CREATE TABLE [UNASKED] (\n  [ID] int IDENTITY NOT NULL\n)');
  expect(statements).toContain('[MADE] datetime NOT NULL,');
  expect(statements).toContain('CREATE UNIQUE INDEX [IDX] ON [TOKEN] ([MADE], [SEEN])');

  const sent: string[] = [];
  const query = async (sql: string) => {
    sent.push(sql);
    return [];
  };
  await insertRows(query, 'mssql', numbered, {
    UNASKED: [{ ID: 7n }],
    TOKEN: [{ ID: "it's ü", MADE: '2026-01-02 03:04:05.123456', SEEN: null }],
  });
  expect(sent).toEqual([
    'SET IDENTITY_INSERT [UNASKED] ON;\nINSERT INTO [UNASKED] ([ID]) VALUES\n(7);\nSET IDENTITY_INSERT [UNASKED] OFF',
    "INSERT INTO [TOKEN] ([ID], [MADE], [SEEN]) VALUES\n(N'it''s ü', '2026-01-02T03:04:05.123', NULL)",
  ]);
});

test('on SQL Server a backslash at the end of a line stays in the text', () => {
  expect(quotedText('mssql', 'a\\\nb')).toBe("'a\\' + '\nb'");
});

test('on SQL Server a table that a delete could reach in two ways is reached in one', () => {
  const both = table('BOTH', [column('APP', 'varchar(9)'), column('TOKEN', 'varchar(9)')], {
    foreignKeys: [child('APP', 'APP', 'ID'), child('TOKEN', 'TOKEN', 'ID')],
  });
  const tables = [...schema.tables.filter(({ name }) => name === 'APP' || name === 'TOKEN').reverse(), both];
  const { foreignKeys = [] } = asMssql({ ...schema, tables }).tables.at(-1) ?? {};
  expect(foreignKeys.map(({ references, onDelete }) => [references, onDelete])).toEqual([
    ['APP', 'CASCADE'],
    ['TOKEN', 'NO ACTION'],
  ]);
});

test("the vendor's own keys of SQL Server are those that are made of MySQL's", () => {
  const rules = ({ tables }: Schema) =>
    tables.flatMap(({ name, foreignKeys }) =>
      foreignKeys.map((key) => `${name} (${key.columns}) ${key.references} ${key.onDelete}`),
    );
  const made = rules(completeSchema('mssql'));
  const vendors = rules(restrictedTo(loadProfile('identity-5.14', findDialect('mssql')), tokenTables));
  expect(vendors.filter((key) => !made.includes(key))).toEqual([]);
});
