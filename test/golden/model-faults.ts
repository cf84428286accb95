import type { Sources, Text } from '../support/mssql-model.js';

// A world in small, and faults in it: each must be noticed, under its kind and no other.

export interface Planted {
  readonly kind: string;
  readonly what: string;
  /** A whole script, or the body of a procedure. */
  readonly sql: string;
  readonly says: RegExp;
}

const guarded = "IF @@TRANCOUNT = 0 OR 1 = 0 THROW 50000, 'only a batch', 1;";
const limited = `${guarded} SET LOCK_TIMEOUT 1000;`;

export const planted: readonly Planted[] = [
  { kind: 'bind', what: 'a column', sql: 'SELECT t.NAMES FROM dbo.P AS t;', says: /NAMES/ },
  { kind: 'bind', what: 'a column in another case', sql: 'SELECT t.name FROM dbo.P AS t;', says: /name/ },
  { kind: 'bind', what: 'a table', sql: 'SELECT t.ID FROM dbo.PP AS t;', says: /\[PP\]/ },
  { kind: 'bind', what: 'a variable', sql: 'DECLARE @a INT = 1; SELECT @aa, @a;', says: /@aa is not declared/ },
  {
    kind: 'bind',
    what: 'a variable of the same DECLARE',
    sql: 'DECLARE @a INT = 1, @b INT = @a; SELECT @a, @b;',
    says: /@a is not declared/,
  },
  { kind: 'bind', what: 'a name for a table', sql: 'SELECT o.ID FROM dbo.OWN AS oo;', says: /\[o\]|\bo\b/ },
  {
    kind: 'bind',
    what: 'a column of a table variable',
    sql: 'DECLARE @t TABLE (KEY_1 INT NOT NULL); SELECT b.KEY_2 FROM @t AS b;',
    says: /KEY_2/,
  },
  {
    kind: 'bind',
    what: 'a column that a statement puts out',
    sql: 'DELETE o OUTPUT deleted.IDD FROM dbo.OWN AS o WHERE o.ID = 1;',
    says: /IDD/,
  },
  { kind: 'bind', what: 'a procedure', sql: 'EXEC dbo.ASKED 1;', says: /ASKED/ },
  {
    kind: 'bind',
    what: "an argument of Agent's",
    sql: "EXEC msdb.dbo.sp_delete_job @job_nam = 'x';",
    says: /@job_nam\b/,
  },
  {
    kind: 'bind',
    what: 'a column of a text that is put together',
    sql: "DECLARE @sql NVARCHAR(400) = N'SELECT k.RUN FROM dbo.' + QUOTENAME('K') + N' AS k'; EXEC sys.sp_executesql @sql;",
    says: /RUN/,
  },
  { kind: 'bind', what: 'two of a name', sql: 'DECLARE @a INT; DECLARE @a INT; SELECT @a;', says: /@a/ },
  {
    kind: 'call',
    what: 'an argument too few',
    sql: 'DECLARE @c INT; EXEC dbo.ASK @c = @c OUTPUT;',
    says: /without @a/,
  },
  {
    kind: 'call',
    what: 'an argument too many',
    sql: "DECLARE @c INT; EXEC dbo.ASK 1, 'x', @c OUTPUT, 4;",
    says: /takes 3 arguments, not 4/,
  },
  {
    kind: 'call',
    what: 'an answer that is not taken',
    sql: "DECLARE @c INT; EXEC dbo.ASK 1, 'x', @c;",
    says: /OUTPUT/,
  },
  {
    kind: 'call',
    what: 'a text that is too long',
    sql: "DECLARE @c INT; EXEC dbo.ASK 1, 'longer', @c OUTPUT;",
    says: /room for 5 characters, not for 6/,
  },
  {
    kind: 'call',
    what: 'an argument too few of a text',
    sql: "EXEC sys.sp_executesql N'SELECT @a + @b', N'@a INT, @b INT', 1;",
    says: /without @b/,
  },
  { kind: 'call', what: 'a text that is executed', sql: "EXEC (N'SELECT 1');", says: /a text, and no procedure/ },
  {
    kind: 'count',
    what: 'a value too few',
    sql: 'INSERT INTO dbo.OWN (ID, VALUE) VALUES (1);',
    says: /1 values for 2/,
  },
  {
    kind: 'count',
    what: 'a column too many',
    sql: 'INSERT INTO dbo.OWN (ID, VALUE) SELECT p.ID, p.NAME, 3 FROM dbo.P AS p;',
    says: /3 values for 2/,
  },
  { kind: 'count', what: 'no columns', sql: "INSERT INTO dbo.OWN VALUES (1, 'x');", says: /names no columns/ },
  {
    kind: 'count',
    what: 'a value too few in what is put out',
    sql: 'DELETE o OUTPUT deleted.ID INTO dbo.OWN_TOO (ID, VALUE) FROM dbo.OWN AS o WHERE o.ID = 1;',
    says: /1 values for 2/,
  },
  {
    kind: 'count',
    what: 'two halves of a UNION',
    sql: 'SELECT o.ID FROM dbo.OWN AS o UNION ALL SELECT o.ID, o.VALUE FROM dbo.OWN AS o;',
    says: /2 values for 1/,
  },
  { kind: 'function', what: 'a function', sql: 'SELECT LENGHT(p.NAME) FROM dbo.P AS p;', says: /LENGHT/ },
  { kind: 'function', what: 'a newer function', sql: 'SELECT TRIM(p.NAME) FROM dbo.P AS p;', says: /TRIM/ },
  {
    kind: 'function',
    what: 'LOWER, which is another one in a Turkish collation',
    sql: "SELECT p.ID FROM dbo.P AS p WHERE LOWER(p.NAME) = 'i';",
    says: /LOWER/,
  },
  { kind: 'function', what: 'its arguments', sql: "SELECT REPLACE('a', 'b');", says: /3 to 3 arguments, not 2/ },
  { kind: 'function', what: 'a datepart', sql: "SELECT DATEADD(HOURS, 1, '20260101');", says: /HOURS/ },
  { kind: 'function', what: 'a property', sql: "SELECT SERVERPROPERTY('Versoin');", says: /Versoin/ },
  { kind: 'function', what: 'a variable of the server', sql: 'SELECT @@IDENTITY;', says: /@@IDENTITY/ },
  {
    kind: 'caught',
    what: 'RECOMPILE beside a TRY',
    sql: 'BEGIN TRY EXEC dbo.NOTHING; END TRY BEGIN CATCH THROW; END CATCH; SELECT o.ID FROM dbo.OWN AS o OPTION (RECOMPILE);',
    says: /RECOMPILE/,
  },
  {
    kind: 'caught',
    what: "a table of the product's in a TRY",
    sql: 'BEGIN TRY SELECT p.ID FROM dbo.P AS p; END TRY BEGIN CATCH THROW; END CATCH;',
    says: /product/,
  },
  {
    kind: 'order',
    what: 'assignments of one SELECT',
    sql: 'DECLARE @a INT, @b INT; SELECT @a = 1, @b = @a + 1; SELECT @b;',
    says: /@b is made of @a/,
  },
  {
    kind: 'order',
    what: 'a sum over rows',
    sql: 'DECLARE @a INT = 0; SELECT @a = @a + o.ID FROM dbo.OWN AS o; SELECT @a;',
    says: /@a is made of @a/,
  },
  {
    kind: 'order',
    what: 'assignments of one UPDATE',
    sql: 'DECLARE @a INT, @b INT; UPDATE dbo.OWN SET @a = ID, @b = @a WHERE ID = 1; SELECT @b;',
    says: /@b is made of @a/,
  },
  {
    kind: 'key columns',
    what: 'columns that are none of the key',
    sql: 'SELECT c.column_id FROM sys.indexes AS i JOIN sys.index_columns AS c ON c.index_id = i.index_id;',
    says: /key_ordinal/,
  },
  {
    kind: 'waiting',
    what: 'no limit',
    sql: `${guarded} DELETE p FROM dbo.P AS p WHERE p.ID = 1;`,
    says: /LOCK_TIMEOUT/,
  },
  { kind: 'waiting', what: 'a limit that is none', sql: 'SET LOCK_TIMEOUT -1;', says: /longer than a minute/ },
  {
    kind: 'waiting',
    what: 'no limit for a text that is put together',
    sql: "DECLARE @sql NVARCHAR(400) = N'DELETE FROM dbo.' + QUOTENAME('K') + N' WHERE ID = 1'; EXEC sys.sp_executesql @sql;",
    says: /LOCK_TIMEOUT/,
  },
  {
    kind: 'reading',
    what: 'NOLOCK where rows are chosen',
    sql: 'DECLARE @t TABLE (ID INT NOT NULL); INSERT INTO @t (ID) SELECT p.ID FROM dbo.P AS p WITH (NOLOCK);',
    says: /NOLOCK/,
  },
  {
    kind: 'reading',
    what: 'READPAST',
    sql: 'DECLARE @t TABLE (ID INT NOT NULL); INSERT INTO @t (ID) SELECT p.ID FROM dbo.P AS p WITH (READPAST);',
    says: /READPAST/,
  },
  {
    kind: 'reading',
    what: 'a rule that looks at a snapshot',
    sql: 'DECLARE @t TABLE (ID INT NOT NULL); INSERT INTO @t (ID) SELECT 1 WHERE EXISTS (SELECT 1 FROM dbo.P AS p);',
    says: /READCOMMITTEDLOCK/,
  },
  {
    kind: 'reading',
    what: 'an isolation level',
    sql: 'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;',
    says: /READ COMMITTED/,
  },
  { kind: 'names', what: 'a table without a schema', sql: 'SELECT o.ID FROM OWN AS o;', says: /OWN has no schema/ },
  { kind: 'rows', what: 'a TOP', sql: 'SELECT TOP (2001) o.ID FROM dbo.OWN AS o;', says: /2000 rows in one/ },
  {
    kind: 'rows',
    what: 'a TOP by a variable',
    sql: 'DECLARE @n BIGINT; SET @n = 5000; SELECT TOP (@n) o.ID FROM dbo.OWN AS o;',
    says: /2000 rows in one/,
  },
  {
    kind: 'rows',
    what: 'the default of a setting',
    sql: "SELECT s.VALUE FROM (VALUES ('batch_rows_maximum', '4000')) AS s (NAME, VALUE);",
    says: /2000 rows by default/,
  },
  {
    kind: 'row count',
    what: 'a statement between',
    sql: 'DECLARE @n INT; DELETE o FROM dbo.OWN AS o WHERE o.ID = 1; SET @n = 0; SET @n = @@ROWCOUNT; SELECT @n;',
    says: /@@ROWCOUNT/,
  },
  { kind: 'whole table', what: 'a DELETE', sql: 'DELETE FROM dbo.OWN;', says: /every row/ },
  { kind: 'whole table', what: 'an UPDATE', sql: "UPDATE dbo.OWN SET VALUE = 'x';", says: /every row/ },
  {
    kind: 'guard',
    what: 'a change without a look at the transaction',
    sql: 'SET LOCK_TIMEOUT 1000; DELETE p FROM dbo.P AS p WHERE p.ID = 1;',
    says: /transaction/,
  },
  {
    kind: 'guard',
    what: 'a change outside of a transaction',
    sql: `${limited.replace('= 0 OR', '> 0 OR')} DELETE p FROM dbo.P AS p WHERE p.ID = 1;`,
    says: /transaction/,
  },
  { kind: 'unused', what: 'a variable', sql: 'DECLARE @a INT;', says: /@a is declared/ },
  { kind: 'dropped', what: 'a name', sql: 'DROP TABLE IF EXISTS dbo.OWNED;', says: /nothing makes/ },
  { kind: 'dropped', what: "a table of the product's", sql: 'DROP TABLE IF EXISTS dbo.P;', says: /product/ },
  {
    kind: 'put together',
    what: 'a text that nobody can tell',
    sql: 'DECLARE @sql NVARCHAR(400) = (SELECT MAX(o.VALUE) FROM dbo.OWN AS o); EXEC sys.sp_executesql @sql;',
    says: /nobody can tell/,
  },
];

/** Nothing is said against this. */
const sound = [
  `${limited}
  DECLARE @t TABLE (ID INT NOT NULL);
  DECLARE @n BIGINT = 100, @from INT;
  SELECT @from = MIN(p.ID) FROM dbo.P AS p WITH (NOLOCK);
  INSERT INTO @t (ID) SELECT TOP (@n) p.ID FROM dbo.P AS p WITH (UPDLOCK)
  WHERE p.ID >= @from AND NOT EXISTS (SELECT 1 FROM dbo.P AS o WITH (READCOMMITTEDLOCK) WHERE o.NAME = p.NAME);
  DELETE p OUTPUT 1, deleted.ID INTO dbo.K (RUN_ID, ID) FROM @t AS b JOIN dbo.P AS p ON p.ID = b.ID;
  IF @@ROWCOUNT > 0 EXEC dbo.NOTHING;`,
  'DECLARE @c INT; BEGIN TRY EXEC dbo.ASK 1, @c = @c OUTPUT; END TRY BEGIN CATCH THROW; END CATCH; SELECT @c;',
  `SET LOCK_TIMEOUT 1000; DECLARE @sql NVARCHAR(400);
  SET @sql = N'DELETE TOP (@n) FROM dbo.' + QUOTENAME('K') + N' WHERE RUN_ID = 1';
  EXEC sys.sp_executesql @sql, N'@n BIGINT', 10;`,
  'DELETE FROM dbo.OWN; INSERT INTO dbo.OWN (ID, VALUE) SELECT p.ID, p.NAME FROM dbo.P AS p;',
];

const procedure = (name: string, body: string): string => `CREATE PROCEDURE dbo.${name} AS\nBEGIN\n${body}\nEND;`;

const texts: readonly Text[] = [
  {
    name: 'own',
    sql: [
      'CREATE TABLE dbo.K (RUN_ID BIGINT NOT NULL, ID INT NOT NULL);',
      'CREATE TABLE dbo.OWN (ID INT NOT NULL, VALUE NVARCHAR(10) NULL);',
      'CREATE TABLE dbo.OWN_TOO (ID INT NOT NULL, VALUE NVARCHAR(10) NULL);',
      "CREATE PROCEDURE dbo.ASK @a INT, @b VARCHAR(5) = 'x', @c INT OUTPUT AS SET @c = @a + LEN(@b);",
      'CREATE PROCEDURE dbo.NOTHING AS RETURN;',
    ].join('\nGO\n'),
  },
  ...sound.map((body, at) => ({ name: `sound ${at}`, sql: procedure(`SOUND_${at}`, body) })),
  ...planted.map(({ sql }, at) => ({ name: `fault ${at}`, sql: procedure(`FAULT_${at}`, sql) })),
];

export const world: Sources = {
  tables: {
    name: 'tables.sql',
    sql: 'CREATE TABLE dbo.P (ID INT NOT NULL, NAME VARCHAR(10) NULL, PRIMARY KEY (ID));',
  },
  files: texts,
  kept: ['K'],
};
