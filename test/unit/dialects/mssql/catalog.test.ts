import { expect, test } from 'vitest';
import { mssql } from '../../../../src/dialects/mssql/index.js';
import { isTooOld } from '../../../../src/server/check-server.js';
import { asked } from '../../../support/asked.js';

test('names are compared without LOWER, which makes no i of an I in a Turkish collation', async () => {
  const { connection, queries } = asked();
  await mssql.catalog.existing(connection, ['CLEANUP_SETTING'], 'dbo');
  await mssql.catalog.objectsLike(connection, 'cleanup_', 'dbo');
  await mssql.catalog.readTables(connection, 'dbo');
  await mssql.catalog.missingGrants(connection, [{ privilege: 'SELECT', on: 'T' }], 'dbo');
  expect(queries.join('\n')).not.toMatch(/\b(LOWER|UPPER)\(/);
  expect(
    queries
      .slice(0, 2)
      .join('\n')
      .match(/ COLLATE Latin1_General_CI_AS (IN|=)/g),
  ).toHaveLength(4);
});

test('only an index that leads to every row by its key is read as one', async () => {
  const { connection, queries } = asked();
  await mssql.catalog.readTables(connection, 'dbo');
  const indexes = queries.find((sql) => sql.includes('sys.index_columns')) ?? '';
  for (const condition of [
    'key_ordinal > 0',
    'is_hypothetical = 0',
    'is_disabled = 0',
    'has_filter = 0',
    'type IN (1, 2)',
  ])
    expect(indexes).toContain(condition);
});

test.each([
  [2, true],
  [5, false],
  [8, false],
])('a server of engine edition %i that calls itself 12.0.2000.8 is too old: %s', async (engine_edition, expected) => {
  const { connection } = asked([[/SERVERPROPERTY/, [{ version: '12.0.2000.8', engine_edition, minutes_ahead: 0 }]]]);
  expect(isTooOld(await mssql.catalog.readServer(connection), mssql)).toBe(expected);
});

test('a column of a key is altered while there is no key, in one transaction', () => {
  const column = { name: 'TOKEN_SCOPE', type: 'varchar(100)', family: 'text', nullable: false } as const;
  const change = { table: 'CLEANUP_BAK_T', column, change: 'retype', nullable: false } as const;
  expect(mssql.catalog.changeColumn(change, 'dbo')).toBe(
    'ALTER TABLE dbo.CLEANUP_BAK_T ALTER COLUMN TOKEN_SCOPE varchar(100) NOT NULL',
  );
  const text = mssql.catalog.changeColumn({ ...change, key: ['RUN_ID', 'TOKEN_SCOPE'] }, 'dbo');
  expect(text).toMatch(
    /^SET XACT_ABORT ON;\nBEGIN TRANSACTION;[\s\S]*DROP CONSTRAINT[\s\S]*ALTER COLUMN TOKEN_SCOPE varchar\(100\) NOT NULL;[\s\S]*ADD PRIMARY KEY \(RUN_ID, TOKEN_SCOPE\);\nCOMMIT TRANSACTION;$/,
  );
});
