import type { Adaptation } from './adaptation.js';

// What Babelfish for PostgreSQL cannot read of SQL Server's words, and what it is sent instead.

/** Procedures of the imitation's master database that stand in for statements. */
export const helpers = {
  wait: 'deepclean_test_wait',
} as const;

/** A table by which a test makes its caller one who may not see all definitions. */
export const blindCaller = 'deepclean_test_blind';

const helperTexts: Readonly<Record<string, string>> = {
  [helpers.wait]: `CREATE PROCEDURE dbo.${helpers.wait} @delay DATETIME AS
    BEGIN
      SET NOCOUNT ON;
      DECLARE @done VARCHAR(10);
      SELECT @done = CAST(pg_sleep(DATEDIFF(MILLISECOND, CAST('00:00:00' AS DATETIME), @delay) / 1000.0) AS VARCHAR(10));
    END`,
};

/** Each a batch of its own, for the database master. */
export const helperBatches: readonly string[] = Object.entries(helperTexts).flatMap(([name, text]) => [
  `DROP PROCEDURE IF EXISTS dbo.${name}`,
  text,
  `GRANT EXECUTE ON dbo.${name} TO PUBLIC`,
]);

/** The whole batch as text inside of another one, after what it replaces is gone: both in one round trip. */
const dropAndCreate = (before: string, kind: string, name: string, rest: string): string =>
  `DROP ${kind} IF EXISTS ${name};\nEXEC(N'${`${before}CREATE ${kind} ${name}${rest}`.replaceAll("'", "''")}')`;

/** The oldest that deepclean supports: the imitation calls itself an older one. */
const version = '13.0.5026.0';

/** Without a comma of its own, and with parentheses in parentheses as deep as anybody writes them here. */
const nested = '[^()]|\\((?:[^()]|\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\))*\\)';
const expression = `(?:${nested.replace('[^()]', '[^(),]')})+?`;

/** In this order; the last one hides the text from all others. */
export const adaptations: readonly Adaptation[] = [
  {
    what: "SERVERPROPERTY('ProductVersion')",
    pattern: /SERVERPROPERTY\s*\(\s*N?'ProductVersion'\s*\)/gi,
    replacement: `CAST('${version}' AS VARCHAR(20))`,
  },
  {
    what: '@@VERSION',
    pattern: /@@VERSION\b/gi,
    replacement: `'Microsoft SQL Server 2016 - ${version}'`,
  },
  {
    what: 'WAITFOR DELAY',
    pattern: /\bWAITFOR\s+DELAY\s+(@\w+|N?'[^']*')/gi,
    replacement: `EXEC master.dbo.${helpers.wait} $1`,
  },
  {
    what: 'EXECUTE AS OWNER',
    pattern: /\bWITH\s+EXEC(?:UTE)?\s+AS\s+OWNER\b/gi,
    replacement: '',
  },
  {
    what: 'TOP without parentheses',
    pattern: /\bTOP\s+(\d+|@\w+)\b/gi,
    replacement: 'TOP ($1)',
  },
  {
    what: 'CONVERT of bytes to hexadecimal digits',
    pattern: new RegExp(
      `\\bCONVERT\\s*\\(\\s*(?:VAR)?CHAR\\s*\\((?:\\d+|MAX)\\)\\s*,\\s*(${expression})\\s*,\\s*2\\s*\\)`,
      'gi',
    ),
    replacement: "UPPER(pg_catalog.encode(CAST($1 AS bytea), 'hex'))",
  },
  {
    // It says 0 where SQL Server says NULL.
    what: 'HAS_PERMS_BY_NAME of what is not there',
    pattern: /\bHAS_PERMS_BY_NAME\((N?'[^']*'), 'OBJECT', ('[^']*')\)/g,
    replacement: "CASE WHEN OBJECT_ID($1) IS NOT NULL THEN HAS_PERMS_BY_NAME($1, 'OBJECT', $2) END",
  },
  {
    // It knows no such right: everybody has it, unless a test says otherwise by a table of this name.
    what: 'the right to see definitions',
    pattern: /\bHAS_PERMS_BY_NAME\(DB_NAME\(\), 'DATABASE', 'VIEW DEFINITION'\)/g,
    replacement: `CASE WHEN OBJECT_ID('dbo.${blindCaller}') IS NULL THEN 1 ELSE 0 END`,
  },
  {
    what: 'NULL in ALTER COLUMN',
    pattern: /^(\s*ALTER\s+TABLE\s+\S+\s+ALTER\s+COLUMN\s+.*?)\s+(?<!NOT\s)NULL\s*$/i,
    replacement: '$1',
  },
  {
    // It refuses the words. The column stays as it is: only a statement that has taken the key away before may say this.
    what: 'NOT NULL in ALTER COLUMN',
    pattern: /(\bALTER\s+COLUMN\s+[^;\n]*?)\s+NOT\s+NULL(?=\s*;)/gi,
    replacement: '$1',
  },
  {
    what: 'the name of sa',
    pattern: /\bSUSER_SNAME\(0x01\)/g,
    replacement: 'SUSER_SNAME()',
  },
  {
    what: 'LIKE in a CHECK',
    pattern: /\bVALUE\s+(?=LIKE\b)/g,
    replacement: 'VALUE COLLATE Latin1_General_BIN2 ',
  },
  {
    what: 'INDEX inside CREATE TABLE',
    pattern: /,\s*INDEX\s+\S+\s+(?:NON)?CLUSTERED\s*\([^()]*\)/gi,
    replacement: '',
  },
  {
    what: 'CONVERT of the time of day',
    pattern: /\bCONVERT\((CHAR\(5\)), (SYSUTCDATETIME\(\)), 108\)/gi,
    replacement: 'CONVERT($1, CAST($2 AS DATETIME), 108)',
  },
  {
    what: 'locks of an application in one database',
    pattern: /N?'deepclean ([^']+)'/g,
    replacement: "(DB_NAME() + ' $1')",
  },
  {
    // It has none, so no row is hidden by any.
    what: 'row-level security',
    pattern: /\bsys\.security_(predicates|policies)\b/g,
    replacement: (_, kind = '') =>
      kind === 'predicates'
        ? '(SELECT 0 AS target_object_id, 0 AS object_id WHERE 1 = 0)'
        : "(SELECT 0 AS object_id, 'none' AS name, 0 AS is_enabled WHERE 1 = 0)",
  },
  {
    // An update of nothing holds the rows of a range until its transaction ends, as the hint does: of a column that
    // the rule asks for, as a key that the server numbers cannot be updated.
    what: 'UPDLOCK along a key',
    pattern:
      /(INSERT INTO @dead_\d+ [^;]*?\bCASE\s[^;]*\bt\.((?!\w*_ID\b)\w+|\w*(?:TENANT|SESSION|TOKEN)_ID\b)[^;]*?\bFROM (\S+) AS t) WITH \(UPDLOCK, ROWLOCK\)(\s+WHERE t\.(\S+) BETWEEN (@\w+) AND (@\w+))/g,
    replacement: 'UPDATE $3 SET $2 = $2 WHERE $5 BETWEEN $6 AND $7;\n  $1$4',
  },
  {
    what: 'UPDLOCK along a list',
    pattern:
      /(INSERT INTO @dead_\d+ [^;]*?\bCASE\s[^;]*\bt\.((?!\w*_ID\b)\w+|\w*(?:TENANT|SESSION|TOKEN)_ID\b)[^;]*?\b(FROM \S+ AS l\s+INNER LOOP JOIN \S+ AS t) WITH \(UPDLOCK, ROWLOCK\)(\s+ON [^;]*?WHERE [^;]*? BETWEEN @\w+ AND @\w+))/g,
    replacement: 'UPDATE t SET $2 = t.$2 $3$4;\n  $1',
  },
  {
    what: 'UPDLOCK of noted rows',
    pattern:
      /(DELETE b\s+FROM (@going_\w+) AS b\s+WHERE NOT EXISTS \(\s+SELECT 1 FROM (\S+) AS c) WITH \(UPDLOCK, ROWLOCK\)(\s+WHERE (c\.\S+ = b\.\S+)\s+AND c\.(\w+) =)/g,
    replacement: 'UPDATE c SET $6 = c.$6 FROM $2 AS b JOIN $3 AS c ON $5;\n  $1$4',
  },
  {
    // It asks for each row of the table whether the whole join has it, so that a batch takes minutes.
    what: 'OUTPUT of rows deleted by a join',
    pattern: /\bDELETE c\s+OUTPUT ([^;]*?)\s+INTO (\S+)\s+\(([^()]*)\)\s+(FROM [^;]*?)(\s+OPTION \([^()]*\))?;/g,
    replacement: (_, values = '', backup = '', columns = '', rows = '', option = '') =>
      `INSERT INTO ${backup} (${columns})\n  SELECT ${values.replaceAll('deleted.', 'c.')}\n  ${rows}${option};\n  DELETE c ${rows}${option};`,
  },
  {
    what: 'sys.dm_exec_requests',
    pattern: /\bsys\.dm_exec_requests\b/gi,
    replacement:
      "(SELECT pid AS session_id, CASE WHEN wait_event_type = 'Lock' THEN 1 ELSE 0 END AS blocking_session_id FROM pg_stat_activity) AS requests",
  },
  {
    what: 'UPDATE STATISTICS',
    pattern: /^\s*UPDATE\s+STATISTICS\s+\S+\s*$/i,
    replacement: 'SELECT 0 AS updated',
  },
  {
    what: 'NOCHECK CONSTRAINT',
    pattern: /^\s*ALTER\s+TABLE\s+\S+\s+NOCHECK\s+CONSTRAINT\s+ALL\s*$/gi,
    replacement: "SELECT set_config('session_replication_role', 'replica', false) AS foreign_keys",
  },
  {
    what: 'CHECK CONSTRAINT',
    pattern: /^\s*ALTER\s+TABLE\s+\S+\s+WITH\s+(?:NO)?CHECK\s+CHECK\s+CONSTRAINT\s+ALL\s*$/gi,
    replacement: "SELECT set_config('session_replication_role', 'origin', false) AS foreign_keys",
  },
  {
    what: 'CREATE OR ALTER',
    pattern: /^([\s\S]*?)\bCREATE\s+OR\s+ALTER\s+(PROCEDURE|VIEW|FUNCTION)\s+([^\s(]+)([\s\S]*)$/i,
    replacement: (_, before = '', kind = '', name = '', rest = '') => dropAndCreate(before, kind, name, rest),
  },
];
