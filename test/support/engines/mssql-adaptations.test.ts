import { describe, expect, test } from 'vitest';
import { adapted } from './adaptation.js';
import { adaptations, helpers } from './mssql-adaptations.js';

/** For each adaptation a text as SQL Server is sent it, and as its imitation is. */
const examples: Readonly<Record<string, readonly [sent: string, adapted: string]>> = {
  "SERVERPROPERTY('ProductVersion')": [
    "SELECT CAST(SERVERPROPERTY('ProductVersion') AS VARCHAR(20)) AS v",
    "SELECT CAST(CAST('13.0.5026.0' AS VARCHAR(20)) AS VARCHAR(20)) AS v",
  ],
  '@@VERSION': ['SELECT @@VERSION AS v', "SELECT 'Microsoft SQL Server 2016 - 13.0.5026.0' AS v"],
  'WAITFOR DELAY': ['IF @ms > 0 WAITFOR DELAY @pause;', `IF @ms > 0 EXEC master.dbo.${helpers.wait} @pause;`],
  'EXECUTE AS OWNER': ['CREATE PROCEDURE p WITH EXECUTE AS OWNER AS SELECT 1', 'CREATE PROCEDURE p  AS SELECT 1'],
  'TOP without parentheses': ['SELECT TOP 1 id FROM t', 'SELECT TOP (1) id FROM t'],
  'CONVERT of bytes to hexadecimal digits': [
    "SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', CAST(n AS VARCHAR(9))), 2) AS h",
    "SELECT UPPER(pg_catalog.encode(CAST(HASHBYTES('SHA2_256', CAST(n AS VARCHAR(9))) AS bytea), 'hex')) AS h",
  ],
  'HAS_PERMS_BY_NAME of what is not there': [
    "SELECT HAS_PERMS_BY_NAME('dbo.t', 'OBJECT', 'SELECT') AS held",
    "SELECT CASE WHEN OBJECT_ID('dbo.t') IS NOT NULL THEN HAS_PERMS_BY_NAME('dbo.t', 'OBJECT', 'SELECT') END AS held",
  ],
  'the right to see definitions': [
    "SELECT HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DEFINITION') AS h",
    "SELECT CASE WHEN OBJECT_ID('dbo.deepclean_test_blind') IS NULL THEN 1 ELSE 0 END AS h",
  ],
  'NULL in ALTER COLUMN': [
    'ALTER TABLE dbo.t ALTER COLUMN c varchar(300) NULL',
    'ALTER TABLE dbo.t ALTER COLUMN c varchar(300)',
  ],
  'NOT NULL in ALTER COLUMN': [
    'BEGIN TRANSACTION; ALTER TABLE dbo.t ALTER COLUMN c varchar(300) NOT NULL;',
    'BEGIN TRANSACTION; ALTER TABLE dbo.t ALTER COLUMN c varchar(300);',
  ],
  'the name of sa': ['SELECT SUSER_SNAME(0x01) AS n', 'SELECT SUSER_SNAME() AS n'],
  'LIKE in a CHECK': ["CHECK (VALUE LIKE '[0-9]')", "CHECK (VALUE COLLATE Latin1_General_BIN2 LIKE '[0-9]')"],
  'INDEX inside CREATE TABLE': [
    'CREATE TABLE t (\n  id INT NULL,\n  INDEX t_id CLUSTERED (id)\n)',
    'CREATE TABLE t (\n  id INT NULL\n)',
  ],
  'locks of an application in one database': [
    "DECLARE @lock NVARCHAR(255) = 'deepclean dbo.cleanup_tokens'",
    "DECLARE @lock NVARCHAR(255) = (DB_NAME() + ' dbo.cleanup_tokens')",
  ],
  'sys.dm_exec_requests': [
    'SELECT COUNT(*) FROM sys.dm_exec_requests WHERE session_id = 7',
    "SELECT COUNT(*) FROM (SELECT pid AS session_id, CASE WHEN wait_event_type = 'Lock' THEN 1 ELSE 0 END AS blocking_session_id FROM pg_stat_activity) AS requests WHERE session_id = 7",
  ],
  'row-level security': [
    'SELECT 1 FROM sys.security_predicates AS p',
    'SELECT 1 FROM (SELECT 0 AS target_object_id, 0 AS object_id WHERE 1 = 0) AS p',
  ],
  'UPDLOCK along a key': [
    "INSERT INTO @dead_1 (ID, REASON)\n  SELECT t.ID, CASE WHEN t.A < 1 THEN 'x' END FROM dbo.T AS t WITH (UPDLOCK, ROWLOCK)\n  WHERE t.ID BETWEEN @from_1 AND @upto_1;",
    "UPDATE dbo.T SET A = A WHERE ID BETWEEN @from_1 AND @upto_1;\n  INSERT INTO @dead_1 (ID, REASON)\n  SELECT t.ID, CASE WHEN t.A < 1 THEN 'x' END FROM dbo.T AS t\n  WHERE t.ID BETWEEN @from_1 AND @upto_1;",
  ],
  'UPDLOCK along a list': [
    "INSERT INTO @dead_1 (ID, REASON)\n  SELECT t.ID, CASE WHEN t.A < 1 THEN 'x' END FROM dbo.L AS l\n  INNER LOOP JOIN dbo.T AS t WITH (UPDLOCK, ROWLOCK)\n  ON t.ID = l.ID\n  WHERE l.ID BETWEEN @from_1 AND @upto_1;",
    "UPDATE t SET A = t.A FROM dbo.L AS l\n  INNER LOOP JOIN dbo.T AS t\n  ON t.ID = l.ID\n  WHERE l.ID BETWEEN @from_1 AND @upto_1;\n  INSERT INTO @dead_1 (ID, REASON)\n  SELECT t.ID, CASE WHEN t.A < 1 THEN 'x' END FROM dbo.L AS l\n  INNER LOOP JOIN dbo.T AS t WITH (UPDLOCK, ROWLOCK)\n  ON t.ID = l.ID\n  WHERE l.ID BETWEEN @from_1 AND @upto_1;",
  ],
  'UPDLOCK of noted rows': [
    'DELETE b\nFROM @going_2_3 AS b\nWHERE NOT EXISTS (\n  SELECT 1 FROM dbo.C AS c WITH (UPDLOCK, ROWLOCK)\n  WHERE c.ID = b.ID\n    AND c.A = b.A);',
    'UPDATE c SET A = c.A FROM @going_2_3 AS b JOIN dbo.C AS c ON c.ID = b.ID;\n  DELETE b\nFROM @going_2_3 AS b\nWHERE NOT EXISTS (\n  SELECT 1 FROM dbo.C AS c\n  WHERE c.ID = b.ID\n    AND c.A = b.A);',
  ],
  'OUTPUT of rows deleted by a join': [
    'DELETE c\nOUTPUT @run_id, deleted.ID, deleted.A\nINTO dbo.B\n  (RUN_ID, ID, A)\nFROM @dead_1 AS b\nINNER LOOP JOIN dbo.C AS c WITH (HOLDLOCK, ROWLOCK) ON c.ID = b.ID\nOPTION (FORCE ORDER);',
    'INSERT INTO dbo.B (RUN_ID, ID, A)\n  SELECT @run_id, c.ID, c.A\n  FROM @dead_1 AS b\nINNER LOOP JOIN dbo.C AS c WITH (HOLDLOCK, ROWLOCK) ON c.ID = b.ID\nOPTION (FORCE ORDER);\n  DELETE c FROM @dead_1 AS b\nINNER LOOP JOIN dbo.C AS c WITH (HOLDLOCK, ROWLOCK) ON c.ID = b.ID\nOPTION (FORCE ORDER);',
  ],
  'CONVERT of the time of day': [
    'SET @time = CONVERT(CHAR(5), SYSUTCDATETIME(), 108)',
    'SET @time = CONVERT(CHAR(5), CAST(SYSUTCDATETIME() AS DATETIME), 108)',
  ],
  'UPDATE STATISTICS': ['UPDATE STATISTICS dbo.t', 'SELECT 0 AS updated'],
  'NOCHECK CONSTRAINT': [
    'ALTER TABLE [dbo].[t] NOCHECK CONSTRAINT ALL',
    "SELECT set_config('session_replication_role', 'replica', false) AS foreign_keys",
  ],
  'CHECK CONSTRAINT': [
    'ALTER TABLE [dbo].[t] WITH CHECK CHECK CONSTRAINT ALL',
    "SELECT set_config('session_replication_role', 'origin', false) AS foreign_keys",
  ],
  'CREATE OR ALTER': [
    "-- what it's for\nCREATE OR ALTER VIEW dbo.v AS SELECT 'x' AS x",
    "DROP VIEW IF EXISTS dbo.v;\nEXEC(N'-- what it''s for\nCREATE VIEW dbo.v AS SELECT ''x'' AS x')",
  ],
};

describe('what an imitation of SQL Server is sent', () => {
  test.each(adaptations.map((adaptation) => [adaptation.what, adaptation] as const))('%s', (what, adaptation) => {
    const [sent = '', expected] = examples[what] ?? [];
    expect(adapted(sent, adaptations)).toEqual({ sql: expected, used: [adaptation] });
  });

  test('is the very text where there is nothing to adapt', () => {
    const sql = 'SELECT TOP (1) id FROM t; DELETE TOP (@n) FROM t; ALTER TABLE t ALTER COLUMN c int NOT NULL';
    expect(adapted(sql, adaptations)).toEqual({ sql, used: [] });
  });
});
