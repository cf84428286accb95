import type { Adaptation } from './adaptation.js';

// What IvorySQL cannot read of Oracle's words, and what it is sent instead.

/** Within a procedure: how many rows the last statement touched. */
const countRows = 'GET DIAGNOSTICS v_iv_rows = ROW_COUNT;';

/** In this order: a guarded statement loses its guard first. */
export const adaptations: readonly Adaptation[] = [
  {
    what: 'a guarded EXECUTE IMMEDIATE',
    pattern: /^BEGIN\s+EXECUTE IMMEDIATE (?:q'\{([\s\S]*?)\}'|'((?:[^']|'')*)');\nEXCEPTION[\s\S]*$/,
    // The guard is for what is there already.
    replacement: (_, long, short) =>
      (long ?? short ?? '')
        .replaceAll("''", "'")
        .trim()
        .replace(/^CREATE ((?:GLOBAL TEMPORARY )?TABLE|INDEX) /, 'CREATE $1 IF NOT EXISTS '),
  },
  {
    what: 'DROP of what is not there',
    pattern: /^DROP (TABLE|VIEW|PROCEDURE) (?!IF EXISTS)/,
    replacement: 'DROP $1 IF EXISTS ',
  },
  {
    what: 'ALL_ERRORS',
    pattern: /^DECLARE\s[\s\S]*FROM ALL_ERRORS e\b[\s\S]*$/,
    replacement: 'SELECT 1 FROM DUAL',
  },
  {
    what: 'numbers of hexadecimal digits',
    pattern: /TO_NUMBER\((SUBSTR\(y\.HASH, 1, 24\)), 'X+'\)/g,
    replacement: 'iv_hex($1)',
  },
  { what: 'hashes as bytes', pattern: /RAWTOHEX\((STANDARD_HASH\([^()]*\))\)/g, replacement: '$1' },
  { what: 'a function inside of WITH', pattern: /^\s*WITH\s+FUNCTION IS_ALIVE[\s\S]*?END IS_ALIVE;/, replacement: '' },
  {
    what: 'a function inside of WITH',
    pattern: /\bIS_ALIVE\((r\.SESSION_ID)\) = 1/g,
    replacement: 'iv_alive($1)',
  },
  { what: 'the zone of SYSTIMESTAMP', pattern: /TO_CHAR\(SYSTIMESTAMP, 'TZR'\)/g, replacement: "'+00:00'" },
  {
    what: 'a schema before the name of an index',
    pattern: /^CREATE INDEX (IF NOT EXISTS )?\w+\.(\w+) ON/,
    replacement: 'CREATE INDEX $1$2 ON',
  },
  {
    what: 'MODIFY',
    pattern: /^ALTER TABLE (\S+) MODIFY \((\w+) ([^\n]+)\)$/,
    replacement: 'ALTER TABLE $1 ALTER COLUMN $2 TYPE $3',
  },
  { what: 'CASCADE CONSTRAINTS PURGE', pattern: / CASCADE CONSTRAINTS(?: PURGE)?$/, replacement: ' CASCADE' },
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
