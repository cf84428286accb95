import { type DialectFamily, quotedText } from './data/dialect-words.js';

/** What tests say to a server besides the generated SQL, in the words of each family. */
export interface Words {
  call(procedure: string, ...parameters: readonly string[]): string;
  readonly begin: string;
  /** Whether or not an error has ended the transaction already. */
  readonly rollback: string;
  readonly utcNow: string;
  /** A time, `YYYY-MM-DD HH:MM:SS`, as a literal. */
  stamp(time: string): string;
  /** Stops the session's clock at SECONDS since 1970, where that can be done without a change of what is installed. */
  readonly holdClock?: readonly string[];
  /** Locks rows until the transaction ends, and answers with one row for each; `column` is any of the table's. */
  lockRows(table: string, column: string, condition: string): string;
  /** Number of the session that asks, as `id`. */
  readonly ownSession: string;
  /** Numbers of all other sessions of the database, as `id`. */
  readonly otherSessions: string;
  killSession(id: string): string;
  /** Ends the statement that a session executes, as Ctrl-C in a client does; the session goes on. */
  cancelStatement(id: string): string;
  /** How many of the sessions with this number there are, as `n`. */
  livingSessions(id: string): string;
  /** How many of the sessions with this number wait for a lock, as `n`. */
  waitingSessions(id: string): string;
  /** How many locks of a run of this procedure the session that asks holds, as `n`. */
  runLocks(procedure: string): string;
  /** What a run could leave changed in a session. */
  readonly sessionState: string;
  /** Names of everything in the database, as `n`. */
  readonly objects: string;
  /** A procedure that does nothing; `argument` is the type of what it takes, if anything. */
  emptyProcedure(name: string, argument?: string): string;
  /** Gives a column another type. */
  retype(table: string, column: string, type: string): string;
  /** Holds the lock of a run, as the procedure itself does, until the session ends. */
  takeRunLock(procedure: string): readonly string[];
}

const plainCall = (procedure: string, ...parameters: readonly string[]): string =>
  `CALL ${procedure}(${parameters.join(', ')})`;
const plainStamp = (time: string): string => `TIMESTAMP '${time}'`;
const forUpdate = (table: string, column: string, condition: string): string =>
  `SELECT ${column} FROM ${table} WHERE ${condition} FOR UPDATE`;

export const words: Readonly<Record<DialectFamily, Words>> = {
  postgresql: {
    // A function of that name that is found before the server's own.
    holdClock: [
      'CREATE SCHEMA IF NOT EXISTS held_clock',
      "CREATE OR REPLACE FUNCTION held_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT to_timestamp(SECONDS)'",
      "CREATE OR REPLACE FUNCTION held_clock.statement_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT to_timestamp(SECONDS)'",
      "SELECT set_config('search_path', 'held_clock, pg_catalog, ' || replace(current_setting('search_path'), 'held_clock, pg_catalog, ', ''), false)",
    ],
    call: plainCall,
    begin: 'BEGIN',
    rollback: 'ROLLBACK',
    utcNow: "timezone('UTC', now())",
    stamp: plainStamp,
    lockRows: forUpdate,
    ownSession: 'SELECT pg_backend_pid() AS id',
    otherSessions:
      'SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    killSession: (id) => `SELECT pg_terminate_backend(${id})`,
    cancelStatement: (id) => `SELECT pg_cancel_backend(${id})`,
    livingSessions: (id) => `SELECT COUNT(*) AS n FROM pg_stat_activity WHERE pid = ${id}`,
    waitingSessions: (id) =>
      `SELECT COUNT(*) AS n FROM pg_stat_activity WHERE pid = ${id} AND wait_event_type = 'Lock'`,
    runLocks: () =>
      "SELECT COUNT(*) AS n FROM pg_locks WHERE (locktype = 'advisory' OR mode = 'RowShareLock') AND pid = pg_backend_pid()",
    sessionState:
      "SELECT string_agg(name || '=' || setting, ',' ORDER BY name) AS a FROM pg_settings WHERE name IN ('TimeZone','lock_timeout','enable_seqscan','plan_cache_mode','default_transaction_isolation','transaction_isolation','search_path')",
    emptyProcedure: (name, argument = '') =>
      `CREATE PROCEDURE ${name}(${argument && `given ${argument}`}) LANGUAGE plpgsql AS $$BEGIN END$$`,
    retype: (table, column, type) => `ALTER TABLE ${table} ALTER ${column} TYPE ${type}`,
    takeRunLock: (procedure) => [
      `INSERT INTO cleanup_lock (procedure_name) VALUES ('${procedure}') ON CONFLICT DO NOTHING`,
      'BEGIN',
      `SELECT 1 FROM cleanup_lock WHERE procedure_name = '${procedure}' FOR UPDATE`,
    ],
    objects:
      "SELECT relname::text AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY n",
  },
  mysql: {
    holdClock: ['SET SESSION timestamp = SECONDS'],
    call: plainCall,
    begin: 'START TRANSACTION',
    rollback: 'ROLLBACK',
    utcNow: 'UTC_TIMESTAMP()',
    stamp: plainStamp,
    lockRows: forUpdate,
    ownSession: 'SELECT CONNECTION_ID() AS id',
    otherSessions:
      'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
    killSession: (id) => `KILL ${id}`,
    cancelStatement: (id) => `KILL QUERY ${id}`,
    livingSessions: (id) => `SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE ID = ${id}`,
    waitingSessions: (id) =>
      `SELECT COUNT(*) AS n FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = ${id} AND trx_state = 'LOCK WAIT'`,
    runLocks: () =>
      'SELECT COUNT(*) AS n FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = CONNECTION_ID()',
    sessionState:
      'SELECT @@session.time_zone AS a, @@session.autocommit AS b, @@session.foreign_key_checks AS c, @@session.innodb_lock_wait_timeout AS d, @@session.sql_mode AS e, @@session.unique_checks AS f, @@session.sql_safe_updates AS g, @@session.lock_wait_timeout AS h, @@session.optimizer_switch AS i, @deepclean_session AS j, @deepclean_dry_run AS k',
    emptyProcedure: (name, argument = '') => `CREATE PROCEDURE ${name}(${argument && `given ${argument}`}) BEGIN END`,
    retype: (table, column, type) => `ALTER TABLE ${table} MODIFY ${column} ${type}`,
    takeRunLock: (procedure) => [
      `INSERT IGNORE INTO CLEANUP_LOCK (PROCEDURE_NAME) VALUES ('${procedure}')`,
      'START TRANSACTION',
      `SELECT 1 FROM CLEANUP_LOCK WHERE PROCEDURE_NAME = '${procedure}' FOR UPDATE`,
    ],
    objects:
      'SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() UNION ALL SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() UNION ALL SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY n',
  },
  mssql: {
    call: (procedure, ...parameters) => `EXEC ${procedure} ${parameters.join(', ')}`.trimEnd(),
    begin: 'BEGIN TRANSACTION',
    rollback: 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION',
    utcNow: 'SYSUTCDATETIME()',
    // Only with the T it is read alike in every language of a login.
    stamp: (time) => `'${time.replace(' ', 'T')}'`,
    // An update locks a row under every isolation, and in an imitation that overlooks hints; it changes nothing.
    lockRows: (table, column, condition) =>
      `UPDATE ${table} SET ${column} = ${column} WHERE ${condition}; SELECT ${column} FROM ${table} WHERE ${condition}`,
    ownSession: 'SELECT @@SPID AS id',
    otherSessions:
      'SELECT session_id AS id FROM sys.dm_exec_sessions WHERE database_id = DB_ID() AND session_id <> @@SPID',
    killSession: (id) => `KILL ${id}`,
    cancelStatement: (id) => {
      throw new Error(`on SQL Server only the client of session ${id} can cancel its statement`);
    },
    livingSessions: (id) => `SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE session_id = ${id}`,
    waitingSessions: (id) =>
      `SELECT COUNT(*) AS n FROM sys.dm_exec_requests WHERE session_id = ${id} AND blocking_session_id <> 0`,
    runLocks: (procedure) =>
      `SELECT CASE APPLOCK_MODE('public', 'deepclean dbo.${procedure}', 'Session') WHEN 'NoLock' THEN 0 ELSE 1 END AS n`,
    sessionState:
      'SELECT @@OPTIONS AS a, @@LOCK_TIMEOUT AS b, @@TRANCOUNT AS c, @@DATEFIRST AS d, (SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID) AS e',
    emptyProcedure: (name, argument) =>
      `CREATE PROCEDURE ${name}${argument === undefined ? '' : ` @given ${argument}`} AS BEGIN RETURN END`,
    retype: (table, column, type) => `ALTER TABLE ${table} ALTER COLUMN ${column} ${type}`,
    takeRunLock: (procedure) => [
      `DECLARE @lock NVARCHAR(255) = 'deepclean dbo.${procedure}'; EXEC sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0`,
    ],
    objects:
      "SELECT name AS n FROM sys.objects WHERE schema_id = SCHEMA_ID('dbo') AND type IN ('U', 'V', 'P', 'FN', 'TR') ORDER BY n",
  },
  oracle: {
    call: plainCall,
    begin: 'SET TRANSACTION READ WRITE',
    rollback: 'ROLLBACK',
    utcNow: 'SYS_EXTRACT_UTC(SYSTIMESTAMP)',
    stamp: plainStamp,
    lockRows: forUpdate,
    ownSession: "SELECT SYS_CONTEXT('USERENV', 'SID') AS id FROM DUAL",
    otherSessions:
      "SELECT SID AS id FROM V$SESSION WHERE USERNAME = USER AND SID <> TO_NUMBER(SYS_CONTEXT('USERENV', 'SID'))",
    killSession: (id) =>
      `BEGIN FOR s IN (SELECT SID, SERIAL# AS SERIAL FROM V$SESSION WHERE SID = ${id}) LOOP EXECUTE IMMEDIATE 'ALTER SYSTEM KILL SESSION ''' || s.SID || ',' || s.SERIAL || ''' IMMEDIATE'; END LOOP; END;`,
    // The session gets ORA-01013, which WHEN OTHERS does not catch.
    cancelStatement: (id) =>
      `BEGIN FOR s IN (SELECT SID, SERIAL# AS SERIAL FROM V$SESSION WHERE SID = ${id}) LOOP EXECUTE IMMEDIATE 'ALTER SYSTEM CANCEL SQL ''' || s.SID || ',' || s.SERIAL || ''''; END LOOP; END;`,
    livingSessions: (id) => `SELECT COUNT(*) AS n FROM V$SESSION WHERE SID = ${id} AND STATUS <> 'KILLED'`,
    waitingSessions: (id) => `SELECT COUNT(*) AS n FROM V$SESSION WHERE SID = ${id} AND BLOCKING_SESSION IS NOT NULL`,
    // A run holds no lock: its row in the log names its session.
    runLocks: (procedure) =>
      `SELECT COUNT(*) AS n FROM CLEANUP_RUN WHERE PROCEDURE_NAME = '${procedure}' AND STATUS = 'running'`,
    sessionState:
      "SELECT LISTAGG(PARAMETER || '=' || VALUE, ',') WITHIN GROUP (ORDER BY PARAMETER) AS a FROM NLS_SESSION_PARAMETERS",
    emptyProcedure: (name, argument) =>
      `CREATE PROCEDURE ${name}${argument === undefined ? '' : `(given ${argument})`} AS BEGIN NULL; END;`,
    retype: (table, column, type) => `ALTER TABLE ${table} MODIFY (${column} ${type})`,
    takeRunLock: (procedure) => [
      `MERGE INTO CLEANUP_LOCK l USING (SELECT '${procedure}' AS n FROM DUAL) x ON (l.PROCEDURE_NAME = x.n) WHEN NOT MATCHED THEN INSERT (PROCEDURE_NAME) VALUES (x.n)`,
      'SET TRANSACTION READ WRITE',
      `SELECT 1 FROM CLEANUP_LOCK WHERE PROCEDURE_NAME = '${procedure}' FOR UPDATE`,
    ],
    objects:
      "SELECT OBJECT_NAME AS n FROM USER_OBJECTS WHERE OBJECT_TYPE IN ('TABLE', 'VIEW', 'PROCEDURE', 'PACKAGE') ORDER BY 1",
  },
};

/** What a login is, and how it comes and goes, where a test needs one that may do little. */
export interface Account {
  readonly name: string;
  readonly password: string;
}

interface AccountWords {
  /** As it stands in GRANT. */
  grantee(account: Account): string;
  create(account: Account): readonly string[];
  drop(account: Account): readonly string[];
}

export const accounts: Readonly<Record<DialectFamily, AccountWords>> = {
  postgresql: {
    grantee: ({ name }) => name,
    create: ({ name, password }) => [`CREATE ROLE ${name} LOGIN PASSWORD ${quotedText('postgresql', password)}`],
    drop: ({ name }) => [`DROP OWNED BY ${name}`, `DROP ROLE ${name}`],
  },
  mysql: {
    grantee: ({ name }) => `'${name}'@'%'`,
    create: ({ name, password }) => [`CREATE USER '${name}'@'%' IDENTIFIED BY ${quotedText('mysql', password)}`],
    drop: ({ name }) => [`DROP USER '${name}'@'%'`],
  },
  mssql: {
    grantee: ({ name }) => name,
    // Who may log in is a matter of the server, who may do what is one of the database.
    create: ({ name, password }) => [
      `CREATE LOGIN ${name} WITH PASSWORD = ${quotedText('mssql', password)}`,
      `CREATE USER ${name} FOR LOGIN ${name}`,
    ],
    drop: ({ name }) => [`DROP USER ${name}`, `DROP LOGIN ${name}`],
  },
  oracle: {
    grantee: ({ name }) => name,
    create: ({ name, password }) => [
      `CREATE USER ${name} IDENTIFIED BY "${password}"`,
      `GRANT CREATE SESSION TO ${name}`,
    ],
    drop: ({ name }) => [`DROP USER ${name} CASCADE`],
  },
};
