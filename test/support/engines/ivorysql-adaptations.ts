import type { Adaptation } from './adaptation.js';

// What IvorySQL cannot read of Oracle's words, and what it is sent instead.

/** Within a procedure: how many rows the last statement touched. */
const countRows = 'GET DIAGNOSTICS v_iv_rows = ROW_COUNT;';

/** In this order: a guarded statement loses its guard first. */
export const adaptations: readonly Adaptation[] = [
  {
    what: 'a guarded EXECUTE IMMEDIATE',
    pattern:
      /^BEGIN\s+(?:EXECUTE IMMEDIATE 'TRUNCATE [^']*';\s+)?EXECUTE IMMEDIATE (?:q'\{([\s\S]*?)\}'|'((?:[^']|'')*)');\nEXCEPTION[\s\S]*$/,
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
    what: 'KEEP (DENSE_RANK FIRST)',
    pattern: /MIN\(([^\n]+)\)\s+KEEP \(DENSE_RANK FIRST (ORDER BY [\w.]+)\)/g,
    replacement: '(ARRAY_AGG($1 $2))[1]',
  },
  {
    what: 'ALTER SYSTEM CANCEL SQL',
    pattern:
      /^BEGIN FOR s IN \(SELECT SID, SERIAL# AS SERIAL FROM V\$SESSION WHERE SID = (\d+)\)[^;]*CANCEL SQL[\s\S]*$/,
    replacement: 'SELECT pg_cancel_backend($1)',
  },
  {
    what: 'ALTER SYSTEM KILL SESSION',
    pattern: /^BEGIN FOR s IN \(SELECT SID, SERIAL# AS SERIAL FROM V\$SESSION WHERE SID = (\d+)\)[\s\S]*$/,
    replacement: 'SELECT pg_terminate_backend($1)',
  },
  {
    what: 'DBMS_STATS',
    pattern: /^BEGIN DBMS_STATS\.GATHER_TABLE_STATS\(USER, '(\w+)'\); END;$/,
    replacement: 'ANALYZE $1',
  },
  {
    what: 'DBMS_APPLICATION_INFO',
    pattern: /^BEGIN DBMS_APPLICATION_INFO\.SET_CLIENT_INFO\(('[^']*')\); END;$/,
    replacement: "SELECT set_config('deepclean.info', $1, false) FROM DUAL",
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
    pattern: /^\s*WITH\s+FUNCTION COMPATIBLE_VERSION[\s\S]*?END COMPATIBLE_VERSION;/,
    replacement: '',
  },
  {
    what: 'a function inside of WITH',
    pattern: /\bCOMPATIBLE_VERSION AS/g,
    replacement: 'iv_compatible() AS',
  },
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
  {
    what: 'NOCACHE',
    pattern: /^CREATE TABLE [\s\S]*NOCACHE ORDER[\s\S]*$/,
    replacement: '$&;\nUPDATE pg_catalog.pg_sequence SET seqcache = 1',
  },
  { what: 'AUTHID DEFINER of what commits', pattern: /AUTHID DEFINER/g, replacement: 'AUTHID CURRENT_USER' },
  {
    what: 'numbers of lock errors',
    pattern: /WHEN e_deadlock OR e_busy/g,
    replacement: 'WHEN LOCK_NOT_AVAILABLE OR e_deadlock OR e_busy',
  },
  { what: 'the number of a cancel', pattern: /WHEN e_cancelled THEN/g, replacement: 'WHEN QUERY_CANCELED THEN' },
  { what: 'numbers of lock errors', pattern: /WHEN e_busy THEN/g, replacement: 'WHEN LOCK_NOT_AVAILABLE THEN' },
  { what: 'SQL%ROWCOUNT', pattern: /(v_\w+) := SQL%ROWCOUNT;/g, replacement: `${countRows} $1 := v_iv_rows;` },
  { what: 'SQL%ROWCOUNT', pattern: /(v_\w+) := SQL%ROWCOUNT > 0;/g, replacement: `${countRows} $1 := v_iv_rows > 0;` },
  {
    what: 'SQL%ROWCOUNT',
    pattern: /IF SQL%ROWCOUNT <> (\w+) THEN/g,
    replacement: `${countRows}\n        IF v_iv_rows <> $1 THEN`,
  },
  {
    // It counts rows before they are in order.
    what: 'ROWNUM of rows in order',
    pattern: /(ORDER BY k\.\w+)\n\s+\) d\n\s+WHERE ROWNUM <= v_span;/g,
    replacement: '$1 LIMIT v_span) d;',
  },
  { what: 'FOR UPDATE WAIT', pattern: /FOR UPDATE OF (\w+)\.\w+ WAIT 1/g, replacement: 'FOR UPDATE OF $1' },
  { what: 'FOR UPDATE WAIT', pattern: /FOR UPDATE WAIT 1/g, replacement: 'FOR UPDATE' },
  // A limit for the whole transaction instead, which cuts off more than Oracle would.
  {
    what: 'FOR UPDATE WAIT',
    pattern: /v_batch_began := DBMS_UTILITY\.GET_TIME;/g,
    replacement: "SET LOCAL lock_timeout = '1s';\n          v_batch_began := iv_time();",
  },
  {
    what: 'calls without parentheses',
    pattern: /(?<!END {0,3})\b(begin_\d+|batch_\d+|next_\d+|read_settings|check_fit|end_log);/g,
    replacement: '$1();',
  },
  { what: 'a block that is a call', pattern: /^BEGIN (["\w.]+); END;$/, replacement: 'CALL $1()' },
  { what: 'a block that is a call', pattern: /^BEGIN (["\w.]+\([^;]*\)); END;$/, replacement: 'CALL $1' },
  {
    what: 'EXECUTE IMMEDIATE in a procedure',
    pattern: /EXECUTE IMMEDIATE '(TRUNCATE TABLE [^']*)';/g,
    replacement: '$1;',
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
  { what: 'DBMS_TRANSACTION', pattern: /DBMS_TRANSACTION\.LOCAL_TRANSACTION_ID/g, replacement: 'iv_transaction()' },
  { what: 'SAVEPOINT', pattern: /SAVEPOINT before_row;|ROLLBACK TO before_row;/g, replacement: 'NULL;' },
  {
    what: 'numbers of key errors',
    pattern: /WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN/g,
    replacement: 'WHEN UNIQUE_VIOLATION OR FOREIGN_KEY_VIOLATION THEN',
  },
  {
    what: 'collections',
    pattern: /TYPE rows_of_batch IS TABLE OF UROWID;\n\s+v_rows rows_of_batch;/g,
    replacement: 'v_rows UROWID[];',
  },
  { what: 'collections', pattern: /v_rows\.COUNT/g, replacement: 'COALESCE(CARDINALITY(v_rows), 0)' },
  {
    what: 'BULK COLLECT',
    pattern: /SELECT ROWID BULK COLLECT INTO v_rows\s([\s\S]*?FOR UPDATE);/g,
    replacement: 'SELECT ARRAY(SELECT ROWID\n      $1) INTO v_rows FROM DUAL;',
  },
  {
    what: 'keys that are off',
    pattern: /^ALTER TABLE \S+ MODIFY CONSTRAINT \S+ DISABLE$/,
    replacement: "SET session_replication_role = 'replica'",
  },
  {
    what: 'keys that are off',
    pattern: /^ALTER TABLE \S+ MODIFY CONSTRAINT \S+ ENABLE$/,
    replacement: 'RESET session_replication_role',
  },
  { what: 'FORALL', pattern: /FORALL i IN [^\n]*\n/g, replacement: '' },
  { what: 'FORALL', pattern: /ROWID = v_rows\(i\)/g, replacement: 'ROWID = ANY (v_rows)' },
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
