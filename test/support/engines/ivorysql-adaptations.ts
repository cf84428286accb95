import type { Adaptation } from './adaptation.js';

// What IvorySQL cannot read of Oracle's words, and what it is sent instead.

/** What the imitation lacks and a database of it is given, for its administrator's connection. */
export const standIns: readonly string[] = [
  `CREATE FUNCTION iv_time RETURN NUMBER IS BEGIN RETURN FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 100); END;`,
  `CREATE FUNCTION iv_session RETURN VARCHAR2 IS BEGIN RETURN 'S' || pg_backend_pid(); END;`,
  `CREATE FUNCTION iv_alive(p VARCHAR2) RETURN BOOLEAN IS v NUMBER; BEGIN SELECT COUNT(*) INTO v FROM pg_stat_activity WHERE 'S' || pid = p; RETURN v > 0; END;`,
  `CREATE PROCEDURE iv_raise(p VARCHAR2) IS BEGIN RAISE EXCEPTION '%', p; END;`,
  `CREATE VIEW USER_TAB_COLS AS SELECT UPPER(c.relname) AS TABLE_NAME, UPPER(a.attname) AS COLUMN_NAME,
     format_type(a.atttypid, a.atttypmod) AS DATA_TYPE, a.atttypmod AS DATA_LENGTH, NULL::text AS CHAR_USED,
     NULL::int AS DATA_PRECISION, NULL::int AS DATA_SCALE, 'NO' AS HIDDEN_COLUMN, 'NO' AS VIRTUAL_COLUMN
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
   WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
  `CREATE VIEW USER_CONSTRAINTS AS SELECT 'PUBLIC' AS OWNER, UPPER(c.relname) AS TABLE_NAME, k.conindid::text AS CONSTRAINT_NAME
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype IN ('p', 'u')`,
  `CREATE VIEW ALL_CONSTRAINTS AS SELECT 'PUBLIC' AS OWNER, UPPER(c.relname) AS TABLE_NAME, k.conname AS CONSTRAINT_NAME,
     'PUBLIC' AS R_OWNER, k.conindid::text AS R_CONSTRAINT_NAME,
     CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END AS DELETE_RULE,
     'ENABLED' AS STATUS, 'IMMEDIATE' AS DEFERRED, 'R' AS CONSTRAINT_TYPE
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f'`,
  'CREATE TABLE ALL_POLICIES (OBJECT_OWNER VARCHAR2(128), OBJECT_NAME VARCHAR2(128), ENABLE VARCHAR2(3))',
  'CREATE TABLE NLS_SESSION_PARAMETERS (PARAMETER VARCHAR2(64), VALUE VARCHAR2(64))',
  `INSERT INTO NLS_SESSION_PARAMETERS VALUES ('NLS_COMP', 'BINARY'), ('NLS_SORT', 'BINARY')`,
];

/** Within a procedure: how many rows the last statement touched. */
const countRows = 'GET DIAGNOSTICS v_iv_rows = ROW_COUNT;';

/** In this order: a guarded statement loses its guard first. */
export const adaptations: readonly Adaptation[] = [
  {
    what: 'a guarded EXECUTE IMMEDIATE',
    pattern: /^BEGIN\s+EXECUTE IMMEDIATE (?:q'\{([\s\S]*?)\}'|'((?:[^']|'')*)');\nEXCEPTION[\s\S]*$/,
    replacement: (_, long, short) => (long ?? short ?? '').replaceAll("''", "'").trim(),
  },
  { what: 'DROP of what is not there', pattern: /^DROP TABLE (?!IF EXISTS)/, replacement: 'DROP TABLE IF EXISTS ' },
  {
    what: 'ALL_ERRORS',
    pattern: /^DECLARE\s[\s\S]*FROM ALL_ERRORS e\b[\s\S]*$/,
    replacement: 'SELECT 1 FROM DUAL',
  },
  {
    what: 'hashes of ALL_SOURCE and the like',
    pattern: /\(SELECT CASE WHEN x\.PARTS[\s\S]*?\) y\) x\)/g,
    replacement: "'x'",
  },
  { what: 'GLOBAL TEMPORARY', pattern: /GLOBAL TEMPORARY | ON COMMIT PRESERVE ROWS/g, replacement: '' },
  { what: 'BYTE and CHAR in a length', pattern: /(VARCHAR2\(\d+) (?:BYTE|CHAR)\)/g, replacement: '$1)' },
  { what: 'NOCACHE ORDER', pattern: /AS IDENTITY \(NOCACHE ORDER\)/g, replacement: 'AS IDENTITY' },
  { what: 'AUTHID DEFINER of what commits', pattern: /AUTHID DEFINER/g, replacement: 'AUTHID CURRENT_USER' },
  {
    what: 'numbers of lock errors',
    pattern: /WHEN e_deadlock OR e_busy/g,
    replacement: 'WHEN LOCK_NOT_AVAILABLE OR e_deadlock OR e_busy',
  },
  { what: 'numbers of lock errors', pattern: /WHEN e_busy THEN/g, replacement: 'WHEN LOCK_NOT_AVAILABLE THEN' },
  { what: 'SQL%ROWCOUNT', pattern: /(v_\w+) := SQL%ROWCOUNT;/g, replacement: `${countRows} $1 := v_iv_rows;` },
  { what: 'SQL%ROWCOUNT', pattern: /(v_\w+) := SQL%ROWCOUNT > 0;/g, replacement: `${countRows} $1 := v_iv_rows > 0;` },
  {
    what: 'SQL%ROWCOUNT',
    pattern: /IF SQL%ROWCOUNT <> (\w+) THEN/g,
    replacement: `${countRows}\n        IF v_iv_rows <> $1 THEN`,
  },
  { what: 'FOR UPDATE WAIT', pattern: /FOR UPDATE OF (\w+)\.\w+ WAIT 1/g, replacement: 'FOR UPDATE OF $1 NOWAIT' },
  { what: 'FOR UPDATE WAIT', pattern: /FOR UPDATE WAIT 1/g, replacement: 'FOR UPDATE NOWAIT' },
  {
    what: 'calls without parentheses',
    pattern: /(?<!END {0,3})\b(begin_\d+|batch_\d+|next_\d+|read_settings|check_fit);/g,
    replacement: '$1();',
  },
  {
    what: 'EXECUTE IMMEDIATE with USING',
    pattern: /EXECUTE IMMEDIATE '[^']*' USING [^;]*;/g,
    replacement: 'DBMS_LOCK.SLEEP(p_ms / 1000);',
  },
  { what: 'DBMS_UTILITY.GET_TIME', pattern: /DBMS_UTILITY\.GET_TIME/g, replacement: 'iv_time()' },
  { what: 'DBMS_SESSION', pattern: /DBMS_SESSION\.UNIQUE_SESSION_ID/g, replacement: 'iv_session()' },
  { what: 'DBMS_SESSION', pattern: /DBMS_SESSION\.IS_SESSION_ALIVE\(/g, replacement: 'iv_alive(' },
  { what: 'DBMS_SESSION', pattern: /DBMS_SESSION\.SET_NLS\([^;]*;/g, replacement: 'NULL;' },
  {
    what: 'SYS_CONTEXT',
    pattern: /SYS_CONTEXT\('USERENV', 'CLIENT_INFO'\)/g,
    replacement: "current_setting('deepclean.info', true)",
  },
  { what: 'SYS_CONTEXT', pattern: /SYS_CONTEXT\('USERENV', 'SESSION_USER'\)/g, replacement: "'postgres'" },
  { what: 'SYS_CONTEXT', pattern: /SYS_CONTEXT\('USERENV', 'CURRENT_SCHEMA'\)/g, replacement: "'PUBLIC'" },
  {
    what: 'RAISE_APPLICATION_ERROR',
    pattern: /RAISE_APPLICATION_ERROR\(-\d+, ([\s\S]*?)\);/g,
    replacement: 'iv_raise($1);',
  },
  { what: 'SAVEPOINT', pattern: /SAVEPOINT before_row;|ROLLBACK TO before_row;/g, replacement: 'NULL;' },
  {
    what: 'numbers of key errors',
    pattern: /WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN/g,
    replacement: 'WHEN UNIQUE_VIOLATION OR FOREIGN_KEY_VIOLATION THEN',
  },
  // Collections are missing, so the walk of a table without a key does nothing.
  { what: 'DBMS_SQL.UROWID_TABLE', pattern: /\n\s+v_rows DBMS_SQL\.UROWID_TABLE;/g, replacement: '' },
  {
    what: 'BULK COLLECT and FORALL',
    pattern: /ELSE\n {6}SELECT ROWID BULK COLLECT[\s\S]*?END IF;\n {4}END IF;\n {4}v_seen := v_dead;/g,
    replacement: 'ELSE\n      NULL;\n    END IF;\n    v_seen := v_dead;',
  },
  {
    what: 'SQL%ROWCOUNT',
    pattern: /v_run_id {4,}NUMBER;/,
    replacement: 'v_run_id      NUMBER;\n  v_iv_rows     NUMBER;',
  },
  {
    what: 'DBMS_LOB.SUBSTR',
    pattern: /RAWTOHEX\(DBMS_LOB\.SUBSTR\((\w+), 2000, 1\)\)/g,
    replacement: "encode($1, 'hex')",
  },
  { what: 'HEXTORAW', pattern: /HEXTORAW\('([0-9A-F]*)'\)/g, replacement: "'\\x$1'" },
  {
    what: 'the zone of SYSTIMESTAMP',
    pattern: /EXTRACT\(TIMEZONE_(HOUR|MINUTE) FROM SYSTIMESTAMP\)/g,
    replacement: 'EXTRACT(TIMEZONE_$1 FROM clock_timestamp())',
  },
];
