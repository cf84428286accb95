-- The kit: what the cleanups of this schema have in common. Version 4. Installed once, after 10-support-tables.sql.
--
-- A cleanup calls, in this order
--   expect       for each table: the schema that it was made for
--   begin_run    one run at a time; a crashed predecessor; does the schema fit?; settings; the run's row in the log
--   prune        copies whose retention is over
--   for each table
--     open_table   where the walk begins: before the first key, or behind the last one that an earlier run finished
--     next_batch   ends the last transaction and begins the next: lock, settings, window, budget, stop, rest, fit
--     followed     after rows of another table went with the batch: counts them
--     done         after a batch: the log, and where the walk stands
--     failed       after an error: next_batch undoes the batch and tries a smaller one, passes a row over, or stops
--   prove        whether what was deleted is judged once more
--   end_run      the run's last word; abort_run says it after an error outside of a batch
-- and a restore
--   expect, begin_restore; check_kept, once it has counted; for each table put_back to end a transaction; end_restore
--
-- Only one run of a cleanup works at a time. It locks the row of that cleanup in CLEANUP_LOCK in each of its
-- transactions, and the row names the run. If the session ends, the row is free. Between two transactions, until a
-- commit is on disk, nobody holds the row: a start that finds it free while a session that runs is alive looks again
-- for half a second before it takes the run for crashed. If that was wrong, the older run finds the other's number in
-- the row, and stops. Two of them never delete at the same time. Row locks hold on all instances of a cluster.
--
-- All that a run knows is in one variable of the cleanup, which is handed on from call to call: the package has no
-- state, and but for NLS_COMP and NLS_SORT, which are put back, nothing is left in the session.
--
-- Only cleanups and restores call this package, with the rights of its owner. Nobody else needs a right on it.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- The run that may delete.
-- @statement table CLEANUP_LOCK
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_LOCK (
      PROCEDURE_NAME VARCHAR2(128 BYTE) NOT NULL,
      RUN_ID         NUMBER(19),
      CONSTRAINT CLEANUP_LOCK_PK PRIMARY KEY (PROCEDURE_NAME)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- Where a run stopped before it reached the end of a table. The next run goes on there.
-- @statement table CLEANUP_POSITION
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_POSITION (
      PROCEDURE_NAME VARCHAR2(128 BYTE)  NOT NULL,
      TABLE_NAME     VARCHAR2(128 BYTE)  NOT NULL,
      PLACE          VARCHAR2(4000 BYTE) NOT NULL,
      CONSTRAINT CLEANUP_POSITION_PK PRIMARY KEY (PROCEDURE_NAME, TABLE_NAME)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- Rows that a run passed over, and why.
-- @statement table CLEANUP_RUN_ERROR
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_RUN_ERROR (
      RUN_ID     NUMBER(19)         NOT NULL,
      TABLE_NAME VARCHAR2(128 BYTE) NOT NULL,
      ROW_KEY    VARCHAR2(400 CHAR) NOT NULL,
      ERROR      VARCHAR2(400 CHAR) NOT NULL,
      CONSTRAINT CLEANUP_RUN_ERROR_PK PRIMARY KEY (RUN_ID, TABLE_NAME, ROW_KEY)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- Who made a run rest, and for how long, beside what its duty asks for.
-- @statement table CLEANUP_RUN_REST
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_RUN_REST (
      RUN_ID  NUMBER(19)         NOT NULL,
      CAUSE   VARCHAR2(40 BYTE)  NOT NULL,
      REST_MS NUMBER(19)         NOT NULL,
      DETAIL  VARCHAR2(400 CHAR) NOT NULL,      -- as it was last
      CONSTRAINT CLEANUP_RUN_REST_PK PRIMARY KEY (RUN_ID, CAUSE)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- What became of the copies of a run that were judged once more. All is well if COPIES = LOGGED and WRONG = 0.
-- @statement table CLEANUP_RUN_PROOF
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_RUN_PROOF (
      RUN_ID     NUMBER(19)         NOT NULL,
      TABLE_NAME VARCHAR2(128 BYTE) NOT NULL,
      LOGGED     NUMBER(19)         NOT NULL,   -- rows that the log says were deleted
      COPIES     NUMBER(19)         NOT NULL,   -- rows that are kept of this run
      WRONG      NUMBER(19)         NOT NULL,   -- those of them that cannot have been dead
      CONSTRAINT CLEANUP_RUN_PROOF_PK PRIMARY KEY (RUN_ID, TABLE_NAME)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement package CLEANUP_KIT
CREATE OR REPLACE PACKAGE CLEANUP_KIT
  AUTHID DEFINER
AS
  TYPE run IS RECORD (
    procedure_name VARCHAR2(128),
    cleanup        VARCHAR2(128),     -- the same, or whose rows a restore puts back
    facts          VARCHAR2(32767),   -- the schema that the cleanup was made for, by lines: see expect
    is_ours        BOOLEAN,           -- the transaction is this run's: there is none of the caller's
    old_comp       VARCHAR2(64),      -- NLS_COMP and NLS_SORT of the session
    old_sort       VARCHAR2(64),
    run_id         NUMBER,            -- NULL: another run is going on
    started        TIMESTAMP(6),      -- UTC, as all times here
    budget_began   TIMESTAMP(6),      -- checks at the start do not count
    dry_run        VARCHAR2(3),
    status         VARCHAR2(20),      -- 'running' as long as the run may go on
    why            VARCHAR2(400 CHAR),
    fit_due        TIMESTAMP(6),      -- when the schema is looked at again
    looked         NUMBER,            -- when the server was last looked at, hundredths of seconds; NULL: not yet
    requests       NUMBER,            -- that clients had sent by then; NULL: this schema may not know
    is_quiet       BOOLEAN,           -- hardly anybody else works: no need to rest
    rests_for      VARCHAR2(40),      -- why it rests in spite of that; NULL: it need not
    rests_detail   VARCHAR2(400),
    passed_over    NUMBER,            -- rows that another session held
    errors         NUMBER,            -- rows that raised an error
    table_name     VARCHAR2(128),
    walk           VARCHAR2(10),      -- along a 'key' or a 'list'; or by 'limit', the first dead rows again and again
    enabled_by     VARCHAR2(64),      -- the setting without which the table is left alone
    is_listing     BOOLEAN,           -- the batch is the one that makes the list
    is_over        BOOLEAN,           -- the table is done
    more           BOOLEAN,           -- there is a batch
    after_key      VARCHAR2(4000),    -- the last key that is done
    until_key      VARCHAR2(4000),    -- where the walk ends; NULL: at the last key
    first_key      VARCHAR2(4000),    -- behind which the walk began; it goes round once
    seen           NUMBER,            -- keys of the batch
    dead           NUMBER,            -- rows of the batch that are dead
    span           NUMBER,            -- keys per batch, steered toward the time target
    target_ms      NUMBER,
    began          NUMBER,            -- hundredths of seconds; NULL: no batch to measure
    works_since    NUMBER,            -- the same, also for a batch that made a list; NULL: the first is still to come
    failures       NUMBER,            -- tries of this batch that were undone
    careful        NUMBER,            -- batches that do not grow, after a failure
    error_number   NUMBER,            -- of the batch that failed; NULL: it did not
    error_text     VARCHAR2(400 CHAR),
    error_key      VARCHAR2(4000)
  );

  TYPE rowids IS TABLE OF UROWID;
  TYPE words IS TABLE OF VARCHAR2(40);

  -- The caller gave up. WHEN OTHERS does not catch it
  e_cancelled EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_cancelled, -1013);

  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN.
  PROCEDURE expect(
    p_run IN OUT NOCOPY run, p_table VARCHAR2, p_backup VARCHAR2 DEFAULT NULL, p_columns NUMBER DEFAULT NULL);
  PROCEDURE expect_key(p_run IN OUT NOCOPY run, p_key VARCHAR2);
  FUNCTION misfit(p_facts VARCHAR2) RETURN VARCHAR2;
  FUNCTION word_of(p_run run, p_name VARCHAR2, p_default VARCHAR2) RETURN VARCHAR2;
  FUNCTION number_of(p_run run, p_name VARCHAR2, p_default NUMBER) RETURN NUMBER;
  PROCEDURE set_nls(p_run IN OUT NOCOPY run);
  PROCEDURE put_nls_back(p_run run);

  PROCEDURE begin_run(p_run IN OUT NOCOPY run, p_procedure VARCHAR2, p_kit_version NUMBER, p_dry_run VARCHAR2);
  PROCEDURE open_table(
    p_run IN OUT NOCOPY run, p_table VARCHAR2, p_walk VARCHAR2, p_enabled_by VARCHAR2 DEFAULT NULL);
  PROCEDURE listed(p_run IN OUT NOCOPY run);
  PROCEDURE next_batch(p_run IN OUT NOCOPY run);
  PROCEDURE check_rows(p_rows NUMBER, p_expected NUMBER);
  PROCEDURE followed(p_run IN OUT NOCOPY run, p_table VARCHAR2, p_reason VARCHAR2, p_rows NUMBER);
  PROCEDURE done(p_run IN OUT NOCOPY run, p_reasons words, p_upto VARCHAR2 DEFAULT NULL);
  PROCEDURE failed(p_run IN OUT NOCOPY run, p_code NUMBER, p_message VARCHAR2, p_upto VARCHAR2 DEFAULT NULL);
  PROCEDURE emptied(p_run IN OUT NOCOPY run, p_list VARCHAR2);
  PROCEDURE prune(p_run IN OUT NOCOPY run);
  PROCEDURE prove(p_run IN OUT NOCOPY run);
  PROCEDURE end_run(p_run IN OUT NOCOPY run);
  PROCEDURE abort_run(p_run IN OUT NOCOPY run, p_code NUMBER, p_message VARCHAR2);
  PROCEDURE begin_restore(
    p_run IN OUT NOCOPY run, p_procedure VARCHAR2, p_cleanup VARCHAR2, p_deleted_by NUMBER);
  PROCEDURE check_kept(p_run run, p_deleted_by NUMBER);
  PROCEDURE put_back(p_run run, p_table VARCHAR2, p_rows IN OUT NUMBER);
  PROCEDURE end_restore(p_run IN OUT NOCOPY run, p_deleted_by NUMBER);
  PROCEDURE check_compiled(p_name VARCHAR2);
END CLEANUP_KIT;
/
-- @end

-- @statement package CLEANUP_KIT
CREATE OR REPLACE PACKAGE BODY CLEANUP_KIT
AS
  e_busy         EXCEPTION;
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN.
  e_waited       EXCEPTION;
  e_not_compiled EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_busy, -54);
  PRAGMA EXCEPTION_INIT(e_waited, -30006);
  PRAGMA EXCEPTION_INIT(e_not_compiled, -6550);

  -- A fact has a line: "-table|its backup|number of columns", or "=table" if no row is deleted from it
  PROCEDURE expect(
    p_run IN OUT NOCOPY run, p_table VARCHAR2, p_backup VARCHAR2 DEFAULT NULL, p_columns NUMBER DEFAULT NULL)
  IS
  BEGIN
    IF p_columns IS NULL THEN
      p_run.facts := p_run.facts || '=' || p_table || '||' || CHR(10);
    ELSE
      p_run.facts := p_run.facts || '-' || p_table || '|' || p_backup || '|' || TO_CHAR(p_columns) || CHR(10);
    END IF;
    p_run.table_name := p_table;
  END expect;

  -- A foreign key of the table before: "+table: column -> parent (column) rule"
  PROCEDURE expect_key(p_run IN OUT NOCOPY run, p_key VARCHAR2) IS
  BEGIN
    p_run.facts := p_run.facts || '+' || p_run.table_name || ': ' || p_key || CHR(10);
  END expect_key;

  -- The line of that number, and its part: 1 with its sign; NULL behind the last line
  FUNCTION fact(p_facts VARCHAR2, p_line NUMBER, p_part NUMBER) RETURN VARCHAR2 IS
    v_begin NUMBER := 1;
    v_line  VARCHAR2(4000);
  BEGIN
    IF p_line > 1 THEN
      v_begin := INSTR(p_facts, CHR(10), 1, p_line - 1) + 1;
    END IF;
    IF v_begin > LENGTH(p_facts) OR v_begin = 1 AND p_line > 1 THEN
      RETURN NULL;
    END IF;
    v_line := '|' || SUBSTR(p_facts, v_begin, INSTR(p_facts, CHR(10), v_begin) - v_begin) || '|';
    v_begin := INSTR(v_line, '|', 1, p_part) + 1;
    RETURN SUBSTR(v_line, v_begin, INSTR(v_line, '|', v_begin) - v_begin);
  END fact;

  -- How the live schema differs from the one that a cleanup was made for; NULL if it does not. Without this a row could
  -- be deleted that is not copied as a whole, or that takes uncopied rows with it
  FUNCTION misfit(p_facts VARCHAR2) RETURN VARCHAR2 IS
    c_schema  CONSTANT VARCHAR2(128) := SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA');
    v_number  NUMBER := 0;
    v_fact    VARCHAR2(4000);
    v_table   VARCHAR2(128);
    v_backup  VARCHAR2(128);
    v_key     VARCHAR2(4000);
    v_live    VARCHAR2(32767) := CHR(10);   -- keys that are there, each once
    v_columns NUMBER;
    v_wanted  NUMBER := 0;
    v_found   NUMBER := 0;
  BEGIN
    LOOP
      v_number := v_number + 1;
      v_fact := fact(p_facts, v_number, 1);
      EXIT WHEN v_fact IS NULL;
      IF SUBSTR(v_fact, 1, 1) = '+' THEN
        v_wanted := v_wanted + 1;
        CONTINUE;
      END IF;
      v_table := SUBSTR(v_fact, 2);
      v_columns := TO_NUMBER(fact(p_facts, v_number, 3));
      v_backup := fact(p_facts, v_number, 2);
      FOR x IN (
        -- A hidden row would count as gone, and what refers to it as dead
        SELECT v_table || ' is no table any more, so rows may be hidden' AS PROBLEM
        FROM ALL_OBJECTS o
        WHERE o.OWNER = c_schema AND o.OBJECT_NAME = v_table AND o.OBJECT_TYPE IN ('VIEW', 'SYNONYM')
        UNION ALL
        SELECT 'a policy may hide rows of ' || v_table
        FROM ALL_POLICIES p
        WHERE p.OBJECT_OWNER = c_schema AND p.OBJECT_NAME = v_table AND p.ENABLE = 'YES'
        UNION ALL
        -- A key from another schema cannot be seen, and its cascade would take rows that nobody copies
        SELECT 'tables of ' || g.GRANTEE || ', who holds REFERENCES on ' || v_table
          || ', may refer to it unseen: REVOKE REFERENCES ON ' || v_table || ' FROM ' || g.GRANTEE
        FROM (
          SELECT GRANTEE, TABLE_NAME, PRIVILEGE FROM USER_TAB_PRIVS_MADE UNION ALL
          SELECT GRANTEE, TABLE_NAME, PRIVILEGE FROM USER_COL_PRIVS_MADE
        ) g
        WHERE g.TABLE_NAME = v_table AND g.PRIVILEGE = 'REFERENCES' AND v_columns IS NOT NULL
        UNION ALL
        SELECT v_backup || ' does not fit ' || v_table || ' any more: column ' || s.COLUMN_NAME
        FROM USER_TAB_COLS s
        LEFT JOIN USER_TAB_COLS b ON b.TABLE_NAME = v_backup AND b.COLUMN_NAME = s.COLUMN_NAME
        -- An audit has not all columns
        WHERE v_backup IS NOT NULL AND s.TABLE_NAME = v_table AND 1 = CASE
            WHEN b.COLUMN_NAME IS NULL AND INSTR(v_backup, 'CLEANUP_AUDIT_') = 1 THEN 0
            WHEN b.DATA_TYPE = s.DATA_TYPE
                AND (b.DATA_LENGTH = s.DATA_LENGTH OR s.DATA_TYPE IN ('BLOB', 'CLOB', 'NCLOB'))
              AND DECODE(b.CHAR_USED, s.CHAR_USED, 1, 0) = 1
              AND DECODE(b.DATA_PRECISION, s.DATA_PRECISION, 1, 0) = 1
              AND DECODE(b.DATA_SCALE, s.DATA_SCALE, 1, 0) = 1 THEN 0
            ELSE 1
          END
          AND s.HIDDEN_COLUMN = 'NO' AND s.VIRTUAL_COLUMN = 'NO'
        UNION ALL
        SELECT v_table || ' has other columns than when this procedure was made'
        FROM USER_TAB_COLS s
        WHERE s.TABLE_NAME = v_table
          -- Invisible columns as well, but not what the server hides
          AND (s.HIDDEN_COLUMN = 'NO' OR s.USER_GENERATED = 'YES' AND SUBSTR(s.COLUMN_NAME, 1, 5) <> 'SYS_C')
        HAVING COUNT(*) <> v_columns
      ) LOOP
        RETURN x.PROBLEM;
      END LOOP;
      CONTINUE WHEN v_columns IS NULL;

      -- The keys that refer to it. One that is off, deferred or of another schema is none that a cleanup was made for
      FOR k IN (
        SELECT c.OWNER, c.TABLE_NAME, c.STATUS, c.DEFERRED, c.DELETE_RULE,
          (SELECT LISTAGG(o.COLUMN_NAME, ', ') WITHIN GROUP (ORDER BY o.POSITION)
           FROM ALL_CONS_COLUMNS o
           WHERE o.OWNER = c.OWNER AND o.CONSTRAINT_NAME = c.CONSTRAINT_NAME) AS OWN_COLUMNS,
          (SELECT LISTAGG(o.COLUMN_NAME, ', ') WITHIN GROUP (ORDER BY o.POSITION)
           FROM ALL_CONS_COLUMNS o
           WHERE o.OWNER = p.OWNER AND o.CONSTRAINT_NAME = p.CONSTRAINT_NAME) AS THEIR_COLUMNS
        FROM USER_CONSTRAINTS p
        JOIN ALL_CONSTRAINTS c
          ON c.R_OWNER = p.OWNER AND c.R_CONSTRAINT_NAME = p.CONSTRAINT_NAME AND c.CONSTRAINT_TYPE = 'R'
        WHERE p.TABLE_NAME = v_table
      ) LOOP
        v_key := '+' || k.TABLE_NAME || ': ' || k.OWN_COLUMNS || ' -> ' || v_table || ' (' || k.THEIR_COLUMNS || ') '
          || k.DELETE_RULE;
        IF k.OWNER <> c_schema OR k.STATUS <> 'ENABLED' OR k.DEFERRED <> 'IMMEDIATE'
          OR INSTR(CHR(10) || p_facts, CHR(10) || v_key || CHR(10)) = 0
        THEN
          RETURN 'the foreign keys from ' || k.OWNER || '.' || k.TABLE_NAME || ' to ' || v_table
            || ' are not those that this procedure was made for';
        END IF;
        IF INSTR(v_live, CHR(10) || v_key || CHR(10)) = 0 THEN
          v_live := v_live || v_key || CHR(10);
          v_found := v_found + 1;
        END IF;
      END LOOP;
    END LOOP;
    IF v_found <> v_wanted THEN
      RETURN 'foreign keys are missing that this procedure was made for';
    END IF;
    RETURN NULL;
  END misfit;

  -- A setting as it is now; its default if there is no such row
  FUNCTION word_of(p_run run, p_name VARCHAR2, p_default VARCHAR2) RETURN VARCHAR2 IS
    v_value VARCHAR2(255);
  BEGIN
    SELECT MAX(s.VALUE) INTO v_value
    FROM CLEANUP_SETTING s
    WHERE s.PROCEDURE_NAME = p_run.procedure_name AND s.NAME = p_name;
    RETURN NVL(v_value, p_default);
  END word_of;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  FUNCTION number_of(p_run run, p_name VARCHAR2, p_default NUMBER) RETURN NUMBER IS
    v_value VARCHAR2(255) := word_of(p_run, p_name, TO_CHAR(p_default));
  BEGIN
    RETURN CASE WHEN SUBSTR(LTRIM(v_value), 1, 1) = '-' THEN p_default ELSE TO_NUMBER(v_value) END;
  END number_of;

  -- Words are compared and keys are put in order by their bytes, whatever the language of the session
  PROCEDURE set_nls(p_run IN OUT NOCOPY run) IS
    v_comp VARCHAR2(64);
    v_sort VARCHAR2(64);
  BEGIN
    SELECT MAX(CASE n.PARAMETER WHEN 'NLS_COMP' THEN n.VALUE END),
        MAX(CASE n.PARAMETER WHEN 'NLS_SORT' THEN n.VALUE END)
    INTO v_comp, v_sort
    FROM NLS_SESSION_PARAMETERS n;
    p_run.old_comp := v_comp;
    p_run.old_sort := v_sort;
    DBMS_SESSION.SET_NLS('NLS_COMP', 'BINARY');
    DBMS_SESSION.SET_NLS('NLS_SORT', 'BINARY');
  END set_nls;

  PROCEDURE put_nls_back(p_run run) IS
  BEGIN
    IF p_run.old_comp IS NOT NULL AND p_run.old_sort IS NOT NULL THEN
      DBMS_SESSION.SET_NLS('NLS_COMP', p_run.old_comp);
      DBMS_SESSION.SET_NLS('NLS_SORT', p_run.old_sort);
    END IF;
  END put_nls_back;

  -- By a package that only 18c and later have, or by one that has to be granted: called by name, it compiles everywhere
  PROCEDURE pause(p_ms NUMBER) IS
  BEGIN
    IF p_ms > 0 THEN
      BEGIN
        EXECUTE IMMEDIATE 'BEGIN DBMS_SESSION.SLEEP(:seconds); END;' USING p_ms / 1000;
      EXCEPTION
        WHEN e_not_compiled THEN
          EXECUTE IMMEDIATE 'BEGIN DBMS_LOCK.SLEEP(:seconds); END;' USING p_ms / 1000;
      END;
    END IF;
  END pause;

  -- A few hundredths of a second, also if no such package may be called
  PROCEDURE wait_a_moment IS
    v_began NUMBER := DBMS_UTILITY.GET_TIME;
  BEGIN
    pause(20);
  EXCEPTION
    WHEN e_not_compiled THEN
      WHILE DBMS_UTILITY.GET_TIME - v_began BETWEEN 0 AND 2 LOOP
        NULL;
      END LOOP;
  END wait_a_moment;

  -- Locks the cleanup's row; whether that succeeded
  FUNCTION has_lock(p_procedure VARCHAR2) RETURN BOOLEAN IS
    v_run_id NUMBER;
  BEGIN
    SELECT l.RUN_ID INTO v_run_id FROM CLEANUP_LOCK l WHERE l.PROCEDURE_NAME = p_procedure FOR UPDATE NOWAIT;
    RETURN TRUE;
  EXCEPTION
    WHEN e_busy THEN
      RETURN FALSE;
  END has_lock;

  -- Locks the row, unless another run is going on
  PROCEDURE take_lock(p_procedure VARCHAR2, p_taken OUT BOOLEAN) IS
    v_free  NUMBER := 0;
    v_held  NUMBER := 0;
    v_looks NUMBER;
  BEGIN
    LOOP
      IF has_lock(p_procedure) THEN
        v_free := v_free + 1;
      ELSE
        v_free := 0;
        v_held := v_held + 1;
      END IF;
      v_looks := 1;
      FOR x IN (
        SELECT r.SESSION_ID
        FROM CLEANUP_RUN r
        WHERE r.STATUS = 'running' AND (r.PROCEDURE_NAME = p_procedure
          -- A restore holds the row as well
          OR r.RUN_ID = (SELECT l.RUN_ID FROM CLEANUP_LOCK l WHERE l.PROCEDURE_NAME = p_procedure))
      ) LOOP
        IF x.SESSION_ID <> DBMS_SESSION.UNIQUE_SESSION_ID AND DBMS_SESSION.IS_SESSION_ALIVE(x.SESSION_ID) THEN
          v_looks := 25;
        END IF;
      END LOOP;
      p_taken := v_free >= v_looks;
      EXIT WHEN p_taken OR v_held = 5;
      -- Held, but perhaps by a session that is just ending; or free while a run is not over, which may have crashed or
      -- be just between two transactions: look again
      COMMIT;
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      wait_a_moment;
    END LOOP;
  END take_lock;

  -- What a run does before its first batch, of which it is logged. p_problem: why it must not go on
  PROCEDURE prepare(p_run IN OUT NOCOPY run, p_problem OUT VARCHAR2) IS
    v_table  VARCHAR2(128);
    v_backup VARCHAR2(128);
    v_number NUMBER := 0;
    v_taken  NUMBER;
  BEGIN
    SELECT l.RUN_ID INTO v_taken
    FROM CLEANUP_LOCK l
    WHERE l.PROCEDURE_NAME = p_run.procedure_name
    FOR UPDATE WAIT 1;
    -- A stop that was requested of an earlier run is used up
    UPDATE CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = p_run.procedure_name AND NAME = 'stop_requested' AND VALUE = 'yes';
    IF p_run.dry_run = 'no' THEN
      p_run.dry_run := word_of(p_run, 'dry_run', 'no');
    END IF;
    UPDATE CLEANUP_RUN SET DRY_RUN = p_run.dry_run WHERE RUN_ID = p_run.run_id;
    p_problem := SUBSTR(misfit(p_run.facts), 1, 400);
    LOOP
      v_number := v_number + 1;
      v_table := fact(p_run.facts, v_number, 1);
      EXIT WHEN v_table IS NULL;
      CONTINUE WHEN SUBSTR(v_table, 1, 1) <> '-';
      INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME) VALUES (p_run.run_id, SUBSTR(v_table, 2));
      v_backup := fact(p_run.facts, v_number, 2);
      CONTINUE WHEN p_problem IS NOT NULL OR v_backup IS NULL;
      -- Rows that are kept under this number or a later one could not be told from those of this run
      EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM "' || v_backup || '" WHERE RUN_ID >= :run_id AND ROWNUM = 1'
      INTO v_taken USING p_run.run_id;
      IF v_taken > 0 THEN
        p_problem := 'kept rows have run number ' || TO_CHAR(p_run.run_id) || ' or a later one, since the log was lost';
      END IF;
    END LOOP;
  END prepare;

  -- Locks the row of a cleanup for a run of it, or for a restore of its rows; whether neither is going on
  PROCEDURE begin_alone(
    p_run IN OUT NOCOPY run, p_procedure VARCHAR2, p_cleanup VARCHAR2, p_undone VARCHAR2, p_taken OUT BOOLEAN)
  IS
  BEGIN
    -- A COMMIT would end what the caller has begun; a job of the scheduler has no caller
    IF DBMS_TRANSACTION.LOCAL_TRANSACTION_ID IS NOT NULL AND SYS_CONTEXT('USERENV', 'BG_JOB_ID') IS NULL THEN
      RAISE_APPLICATION_ERROR(-20001,
        p_procedure || ' commits its batches, so it cannot run inside a transaction; ' || p_undone);
    END IF;
    p_run.is_ours := TRUE;
    -- Ends at most the transaction that a SELECT of a SERIALIZABLE session began
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    p_run.procedure_name := p_procedure;
    p_run.cleanup := p_cleanup;
    p_run.started := SYS_EXTRACT_UTC(SYSTIMESTAMP);
    set_nls(p_run);
    BEGIN
      INSERT INTO CLEANUP_LOCK (PROCEDURE_NAME)
      SELECT p_cleanup FROM DUAL
      WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_LOCK l WHERE l.PROCEDURE_NAME = p_cleanup);
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX THEN
        NULL;
    END;
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    take_lock(p_cleanup, p_taken);
  END begin_alone;

  -- Who a run is of, and in which session
  FUNCTION caller RETURN VARCHAR2 IS
  BEGIN
    RETURN SYS_CONTEXT('USERENV', 'SESSION_USER') || ', session ' || SYS_CONTEXT('USERENV', 'SID');
  END caller;

  -- The run's row in the log, and its number in the row that it holds
  PROCEDURE begin_log(p_run IN OUT NOCOPY run) IS
    v_caller VARCHAR2(255) := caller;
    v_run_id NUMBER;
  BEGIN
    UPDATE CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended, or was cancelled, before the run was over',
        ENDED_AT = p_run.started
    WHERE STATUS = 'running' AND (PROCEDURE_NAME IN (p_run.cleanup, p_run.procedure_name)
      OR RUN_ID = (SELECT l.RUN_ID FROM CLEANUP_LOCK l WHERE l.PROCEDURE_NAME = p_run.cleanup));
    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, SESSION_ID, STARTED_AT, STATUS)
    VALUES (p_run.procedure_name, v_caller, DBMS_SESSION.UNIQUE_SESSION_ID, p_run.started, 'running')
    RETURNING RUN_ID INTO v_run_id;
    UPDATE CLEANUP_LOCK SET RUN_ID = v_run_id WHERE PROCEDURE_NAME = p_run.cleanup;
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    p_run.run_id := v_run_id;
    p_run.status := 'running';
  END begin_log;

  PROCEDURE begin_run(p_run IN OUT NOCOPY run, p_procedure VARCHAR2, p_kit_version NUMBER, p_dry_run VARCHAR2) IS
    v_problem  VARCHAR2(400 CHAR);
    v_is_taken BOOLEAN;
    v_caller   VARCHAR2(255) := caller;
    v_holder   VARCHAR2(300);
  BEGIN
    IF p_kit_version <> 4 THEN
      RAISE_APPLICATION_ERROR(-20001,
        p_procedure || ' did not start: it was made for version ' || TO_CHAR(p_kit_version)
        || ' of the kit, and this is version 4; run "deepclean install-procs" again for all cleanups');
    END IF;
    IF p_dry_run IS NULL OR p_dry_run NOT IN ('yes', 'no') THEN
      RAISE_APPLICATION_ERROR(-20001, p_procedure || ' did not start: p_dry_run is yes or no');
    END IF;
    begin_alone(p_run, p_procedure, p_procedure, 'nothing was deleted', v_is_taken);
    IF NOT v_is_taken THEN
      SELECT MAX(': ' || r.STARTED_BY) INTO v_holder
      FROM CLEANUP_LOCK l
      JOIN CLEANUP_RUN r ON r.RUN_ID = l.RUN_ID
      WHERE l.PROCEDURE_NAME = p_procedure AND r.STATUS = 'running';
      INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
      VALUES (p_procedure, v_caller, p_run.started, p_run.started, 'skipped', 'already running' || v_holder);
      COMMIT;
      put_nls_back(p_run);
      RETURN;
    END IF;
    begin_log(p_run);
    p_run.why := 'done';
    p_run.passed_over := 0;
    p_run.errors := 0;
    p_run.dry_run := p_dry_run;
    BEGIN
      prepare(p_run, v_problem);
    EXCEPTION
      WHEN e_cancelled THEN
        p_run.status := 'stopped';
        p_run.why := 'interrupted';
    END;
    IF v_problem IS NOT NULL THEN
      UPDATE CLEANUP_RUN
      SET ENDED_AT = p_run.started, STATUS = 'failed', WHY_STOPPED = v_problem
      WHERE RUN_ID = p_run.run_id;
    END IF;
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    p_run.budget_began := SYS_EXTRACT_UTC(SYSTIMESTAMP);
    p_run.fit_due := p_run.budget_began + NUMTODSINTERVAL(2, 'SECOND');
    IF v_problem IS NOT NULL THEN
      RAISE_APPLICATION_ERROR(-20001, p_procedure || ' did not start, and nothing was deleted: ' || v_problem);
    END IF;
  END begin_run;

  -- Turns to a table. If the walk is along a list, its first batch makes the list; a walk by key begins behind the last
  -- key that an earlier run finished
  PROCEDURE open_table(
    p_run IN OUT NOCOPY run, p_table VARCHAR2, p_walk VARCHAR2, p_enabled_by VARCHAR2 DEFAULT NULL)
  IS
    v_place VARCHAR2(4000);
  BEGIN
    SELECT MAX(p.PLACE) INTO v_place
    FROM CLEANUP_POSITION p
    WHERE p.PROCEDURE_NAME = p_run.procedure_name AND p.TABLE_NAME = p_table AND p_walk = 'key';
    p_run.table_name := p_table;
    p_run.walk := p_walk;
    p_run.enabled_by := p_enabled_by;
    p_run.is_listing := p_walk = 'list';
    p_run.is_over := FALSE;
    p_run.after_key := v_place;
    p_run.first_key := v_place;
    p_run.until_key := NULL;
    p_run.span := 1000;
    p_run.failures := 0;
    p_run.careful := 0;
    p_run.began := NULL;
  END open_table;

  PROCEDURE listed(p_run IN OUT NOCOPY run) IS
  BEGIN
    p_run.is_listing := FALSE;
    p_run.failures := 0;
    p_run.began := NULL;
  END listed;

  -- After a batch that was rolled back. If another session was in the way, or a row raised an error: the same again
  -- with a quarter of the keys, down to a single one, which is then passed over. Anything else ends the run
  PROCEDURE after_failure(p_run IN OUT NOCOPY run) IS
    v_error VARCHAR2(400 CHAR) := SUBSTR('error ' || p_run.error_text, 1, 400);
    -- Deadlock, busy, waited, serialization, a child that came in between, changed counts
    v_busy  BOOLEAN := p_run.error_number IN (-60, -54, -30006, -8177, -2292, -20010);
    -- No row is to blame: killed, cut off; no space, quota or undo; the kit was replaced
    v_fatal BOOLEAN := p_run.error_number IN (-28, -1012, -1013, -1536, -1552, -1650, -1652, -1653, -1654, -1655,
      -1658, -1659, -1683, -1688, -1691, -1692, -1950, -4030, -4031, -4061, -4065, -4068, -30036, -60025);
  BEGIN
    UPDATE CLEANUP_RUN_STEP
    SET RETRIES = RETRIES + 1
    WHERE RUN_ID = p_run.run_id AND TABLE_NAME = p_run.table_name;
    IF p_run.error_number = -1013 THEN
      p_run.status := 'stopped';
      p_run.why := 'interrupted';
    ELSIF v_fatal OR p_run.failures >= 100 OR p_run.is_listing AND NOT v_busy THEN
      p_run.status := 'failed';
      p_run.why := v_error;
    ELSIF p_run.span > 1 OR p_run.is_listing OR p_run.walk <> 'limit'
      AND (p_run.error_key IS NULL OR p_run.error_key = p_run.after_key)
    THEN
      p_run.failures := p_run.failures + 1;
      p_run.careful := 10;
      p_run.span := GREATEST(TRUNC(p_run.span / 4), 1);
    ELSE
      IF v_busy THEN
        p_run.passed_over := p_run.passed_over + 1;
      ELSE
        p_run.errors := p_run.errors + 1;
        INSERT INTO CLEANUP_RUN_ERROR (RUN_ID, TABLE_NAME, ROW_KEY, ERROR)
        SELECT p_run.run_id, p_run.table_name, SUBSTR(NVL(p_run.error_key, '?'), 1, 400), v_error FROM DUAL
        WHERE NOT EXISTS (
          SELECT 1 FROM CLEANUP_RUN_ERROR e
          WHERE e.RUN_ID = p_run.run_id AND e.TABLE_NAME = p_run.table_name
            AND e.ROW_KEY = SUBSTR(NVL(p_run.error_key, '?'), 1, 400));
      END IF;
      IF p_run.errors > 100 THEN
        p_run.status := 'failed';
        p_run.why := SUBSTR('too many rows raise errors, such as ' || v_error, 1, 400);
      END IF;
      p_run.after_key := p_run.error_key;
      p_run.is_over := p_run.walk = 'limit';
      p_run.span := 50;
      p_run.failures := 0;
    END IF;
    p_run.error_number := NULL;
  END after_failure;

  -- Rows that live cost little: a range of them must not make the next batch, of dead ones, too large
  PROCEDURE steer(p_run IN OUT NOCOPY run) IS
    v_ms NUMBER := (DBMS_UTILITY.GET_TIME - p_run.began) * 10;
  BEGIN
    IF v_ms < 0 THEN                  -- the counter began again
      v_ms := p_run.target_ms;
    END IF;
    IF v_ms > p_run.target_ms OR p_run.careful = 0 AND (p_run.dead * 2 >= p_run.span OR p_run.span < 5000) THEN
      p_run.span := GREATEST(
        TRUNC(p_run.span * LEAST(GREATEST(p_run.target_ms / GREATEST(v_ms, 1), 0.5), 4)), 1);
    END IF;
  END steer;

  -- Why the run must stop; NULL if it may go on
  FUNCTION why_stop(p_run run) RETURN VARCHAR2 IS
    v_now    TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
    v_time   VARCHAR2(5) := TO_CHAR(v_now, 'HH24:MI');
    v_window VARCHAR2(255) := word_of(p_run, 'window', 'always');
    v_opens  VARCHAR2(5) := SUBSTR(v_window, 1, 5);
    v_closes VARCHAR2(5) := SUBSTR(v_window, 7, 5);
  BEGIN
    IF word_of(p_run, 'enabled', 'yes') = 'no' THEN
      RETURN 'switched off';
    ELSIF word_of(p_run, 'stop_requested', 'no') = 'yes' THEN
      RETURN 'stop requested';
    ELSIF p_run.dry_run = 'no' AND word_of(p_run, 'dry_run', 'no') = 'yes' THEN
      RETURN 'dry run requested';
    ELSIF v_now - p_run.budget_began
      >= NUMTODSINTERVAL(number_of(p_run, 'time_budget_seconds', 3600), 'SECOND')
    THEN
      RETURN 'time budget';
    ELSIF v_window <> 'always' AND (v_opens < v_closes AND (v_time < v_opens OR v_time >= v_closes)
      OR v_opens > v_closes AND v_time >= v_closes AND v_time < v_opens)
    THEN
      RETURN 'outside window';
    END IF;
    RETURN NULL;
  END why_stop;

  -- How the server is, at most once a second: whether somebody is to be spared, or hardly anybody else works. Views of
  -- the server are asked by name, so that this compiles without a grant on them. If they may not be seen they are not
  -- asked again, since the server notes statements that fail
  PROCEDURE look(p_run IN OUT NOCOPY run) IS
    v_now      NUMBER := DBMS_UTILITY.GET_TIME;
    v_sessions NUMBER;
    v_most     NUMBER := number_of(p_run, 'running_sessions_maximum', 0);
    v_requests NUMBER;
  BEGIN
    IF v_now - p_run.looked BETWEEN 0 AND 99 OR p_run.looked IS NOT NULL AND p_run.requests IS NULL THEN
      RETURN;
    END IF;
    BEGIN
      EXECUTE IMMEDIATE 'SELECT MAX(VALUE) FROM V$SYSSTAT WHERE NAME = ''user calls''' INTO v_requests;
      EXECUTE IMMEDIATE 'SELECT COUNT(*) - 1 FROM V$SESSION WHERE STATUS = ''ACTIVE'' AND TYPE = ''USER'''
      INTO v_sessions;
    EXCEPTION
      WHEN OTHERS THEN
        v_requests := NULL;
    END;
    p_run.is_quiet := (v_requests - p_run.requests) * 100 / GREATEST(v_now - p_run.looked, 1)
      < number_of(p_run, 'quiet_requests_per_second', 10);
    p_run.rests_for := CASE WHEN v_most > 0 AND v_sessions > v_most THEN 'running sessions' END;
    p_run.rests_detail := TO_CHAR(v_sessions) || ' sessions are running';
    p_run.looked := v_now;
    p_run.requests := v_requests;
  END look;

  -- Writes a rest into the log, and whom it spares
  PROCEDURE rested(p_run run, p_cause VARCHAR2, p_ms NUMBER) IS
    v_detail VARCHAR2(400) := p_run.rests_detail;
  BEGIN
    IF p_cause = 'hold' THEN
      v_detail := 'hold_until_epoch_seconds is not over';
    END IF;
    UPDATE CLEANUP_RUN_REST
    SET REST_MS = REST_MS + p_ms, DETAIL = v_detail
    WHERE RUN_ID = p_run.run_id AND CAUSE = p_cause;
    IF SQL%ROWCOUNT = 0 THEN
      INSERT INTO CLEANUP_RUN_REST (RUN_ID, CAUSE, REST_MS, DETAIL) VALUES (p_run.run_id, p_cause, p_ms, v_detail);
    END IF;
  END rested;

  -- Rests in proportion to the last batch and its commit, or for a moment after one that failed; and as long as
  -- somebody is to be spared, or holds it. It does so a second at a time, and looks in between whether it is to stop.
  -- Only the cleanup's own row is locked meanwhile
  PROCEDURE rest(p_run IN OUT NOCOPY run, p_worked_ms NUMBER) IS
    v_duty_percent NUMBER;
    v_pause_ms     NUMBER;
    v_rest_ms      NUMBER;
    v_rested_ms    NUMBER := 0;
    v_cause        VARCHAR2(40);
    v_now          TIMESTAMP(6);
  BEGIN
    IF p_run.failures > 0 THEN
      wait_a_moment;
    END IF;
    LOOP
      p_run.why := NVL(why_stop(p_run), 'done');
      v_duty_percent := GREATEST(1, number_of(p_run, 'duty_percent', 25));
      v_pause_ms := number_of(p_run, 'pause_ms', 0);
      look(p_run);
      v_rest_ms := CASE WHEN p_run.is_quiet THEN 0 ELSE p_worked_ms * (100 - v_duty_percent) / v_duty_percent END;
      v_rest_ms := GREATEST(v_rest_ms, v_pause_ms);
      IF p_run.failures > 0 THEN
        v_rest_ms := 0;
      END IF;
      v_now := SYS_EXTRACT_UTC(SYSTIMESTAMP);
      v_cause := p_run.rests_for;
      IF number_of(p_run, 'hold_until_epoch_seconds', 0)
        > (TO_NUMBER(TO_CHAR(v_now, 'J')) - 2440588) * 86400 + TO_NUMBER(TO_CHAR(v_now, 'SSSSS'))
      THEN
        v_cause := 'hold';
      END IF;
      v_rest_ms := LEAST(v_rest_ms, 60000) - v_rested_ms;
      EXIT WHEN p_run.why <> 'done' OR v_rest_ms <= 0 AND v_cause IS NULL;
      v_rest_ms := CASE WHEN v_cause IS NULL THEN LEAST(v_rest_ms, 1000) ELSE 1000 END;
      v_rested_ms := v_rested_ms + v_rest_ms;
      IF v_cause IS NOT NULL THEN
        rested(p_run, v_cause, v_rest_ms);
      END IF;
      pause(v_rest_ms);
    END LOOP;
  EXCEPTION
    WHEN e_not_compiled THEN
      -- 12.2, without the grant that it takes there. Only a rest that somebody set is worth a failure
      IF v_pause_ms > 0 OR v_cause IS NOT NULL THEN
        RAISE;
      END IF;
  END rest;

  -- Begins the transaction of the next batch, if there is one
  PROCEDURE go_on(p_run IN OUT NOCOPY run, p_worked_ms NUMBER) IS
    v_owner   NUMBER;
    v_began   NUMBER;
    v_problem VARCHAR2(4000);
  BEGIN
    IF p_run.is_over OR p_run.enabled_by IS NOT NULL AND word_of(p_run, p_run.enabled_by, 'no') <> 'yes' THEN
      RETURN;
    END IF;
    SELECT l.RUN_ID INTO v_owner
    FROM CLEANUP_LOCK l
    WHERE l.PROCEDURE_NAME = p_run.procedure_name
    FOR UPDATE WAIT 1;
    IF v_owner <> p_run.run_id THEN
      p_run.status := 'stopped';
      p_run.why := 'another run took over';
      RETURN;
    END IF;

    rest(p_run, p_worked_ms);
    IF p_run.why <> 'done' THEN
      p_run.status := 'stopped';
      RETURN;
    END IF;
    -- The schema may change under a long run. To look takes at most a twentieth of the time
    IF p_run.failures > 0 OR SYS_EXTRACT_UTC(SYSTIMESTAMP) > p_run.fit_due THEN
      v_began := DBMS_UTILITY.GET_TIME;
      v_problem := misfit(p_run.facts);
      p_run.fit_due := SYS_EXTRACT_UTC(SYSTIMESTAMP)
        + NUMTODSINTERVAL(GREATEST(2, (DBMS_UTILITY.GET_TIME - v_began) * 20 / 100), 'SECOND');
      IF v_problem IS NOT NULL THEN
        p_run.status := 'failed';
        p_run.why := SUBSTR(v_problem, 1, 400);
        RETURN;
      END IF;
    END IF;

    p_run.target_ms := number_of(p_run, 'batch_target_ms', 50);
    IF p_run.failures = 0 AND p_run.careful = 0 THEN
      p_run.span := GREATEST(p_run.span, number_of(p_run, 'batch_rows_minimum', 50));
    END IF;
    p_run.span := LEAST(p_run.span, number_of(p_run, 'batch_rows_maximum', 200000));
    p_run.seen := 0;
    p_run.dead := 0;
    p_run.began := DBMS_UTILITY.GET_TIME;
    p_run.works_since := p_run.began;
    p_run.more := TRUE;
  END go_on;

  -- Ends the last transaction, and begins the next one if the run may go on; otherwise p_run.more is false.
  -- In a SERIALIZABLE session a transaction would see what was there when it began, so each is made READ COMMITTED
  PROCEDURE next_batch(p_run IN OUT NOCOPY run) IS
    v_worked_ms NUMBER;
  BEGIN
    p_run.more := FALSE;
    IF p_run.error_number IS NULL THEN
      -- A batch ends when its commit is on disk, so that the size of the next one takes account of that as well
      COMMIT WRITE IMMEDIATE WAIT;
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      IF p_run.began IS NOT NULL THEN
        steer(p_run);
      END IF;
    ELSE
      ROLLBACK;
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      after_failure(p_run);
      COMMIT;
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END IF;
    p_run.began := NULL;
    v_worked_ms := GREATEST(NVL(DBMS_UTILITY.GET_TIME - p_run.works_since, 0) * 10, 0);
    IF p_run.status <> 'running' THEN
      RETURN;
    END IF;
    BEGIN
      go_on(p_run, v_worked_ms);
    EXCEPTION
      WHEN e_cancelled THEN
        p_run.status := 'stopped';
        p_run.why := 'interrupted';
      WHEN e_waited OR NO_DATA_FOUND THEN
        p_run.status := 'stopped';
        p_run.why := 'another run took over';
    END;
  END next_batch;

  -- Raises an error, which undoes the batch, unless a statement touched all rows that it was to touch, and no others
  PROCEDURE check_rows(p_rows NUMBER, p_expected NUMBER) IS
  BEGIN
    IF p_rows <> p_expected THEN
      RAISE_APPLICATION_ERROR(-20010, 'another session changed rows of this batch');
    END IF;
  END check_rows;

  -- Counts deleted rows; p_reason: why they were dead, unless they went with others
  PROCEDURE followed(p_run IN OUT NOCOPY run, p_table VARCHAR2, p_reason VARCHAR2, p_rows NUMBER) IS
  BEGIN
    IF p_rows > 0 THEN
      UPDATE CLEANUP_RUN_STEP
      SET DELETED = DELETED + p_rows
      WHERE RUN_ID = p_run.run_id AND TABLE_NAME = p_table;
      IF p_reason IS NOT NULL THEN
        UPDATE CLEANUP_RUN_REASON
        SET DELETED = DELETED + p_rows
        WHERE RUN_ID = p_run.run_id AND TABLE_NAME = p_table AND REASON = p_reason;
        IF SQL%ROWCOUNT = 0 THEN
          INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON, DELETED)
          VALUES (p_run.run_id, p_table, p_reason, p_rows);
        END IF;
      END IF;
    END IF;
  END followed;

  -- After a batch: the log, and where the walk stands. p_reasons: why each row was dead; p_upto: the batch's last key
  PROCEDURE done(p_run IN OUT NOCOPY run, p_reasons words, p_upto VARCHAR2 DEFAULT NULL) IS
    v_ms NUMBER := GREATEST((DBMS_UTILITY.GET_TIME - p_run.began) * 10, 0);
  BEGIN
    p_run.dead := p_reasons.COUNT;
    FOR x IN (SELECT COLUMN_VALUE AS REASON, COUNT(*) AS N FROM TABLE(p_reasons) GROUP BY COLUMN_VALUE) LOOP
      followed(p_run, p_run.table_name, x.REASON, x.N);
    END LOOP;
    UPDATE CLEANUP_RUN_STEP
    SET SEEN = SEEN + p_run.seen, BATCHES = BATCHES + CASE WHEN p_run.seen > 0 THEN 1 ELSE 0 END,
        LONGEST_BATCH_MS = GREATEST(LONGEST_BATCH_MS, v_ms)
    WHERE RUN_ID = p_run.run_id AND TABLE_NAME = p_run.table_name;
    p_run.failures := 0;
    p_run.careful := GREATEST(p_run.careful - 1, 0);

    IF p_run.walk = 'limit' THEN
      p_run.is_over := p_run.dry_run = 'yes' OR p_run.dead < p_run.span;
    ELSIF p_run.seen > 0 THEN
      p_run.after_key := p_upto;
    ELSIF p_run.first_key IS NOT NULL THEN
      -- The walk began behind the first key: it goes on before it, once round
      p_run.after_key := NULL;
      p_run.until_key := p_run.first_key;
      p_run.first_key := NULL;
    ELSE
      p_run.is_over := TRUE;
    END IF;
    IF p_run.walk = 'key' AND p_run.dry_run = 'no' THEN
      IF p_run.is_over THEN
        DELETE FROM CLEANUP_POSITION WHERE PROCEDURE_NAME = p_run.procedure_name AND TABLE_NAME = p_run.table_name;
      ELSIF p_run.seen > 0 THEN
        UPDATE CLEANUP_POSITION
        SET PLACE = p_upto
        WHERE PROCEDURE_NAME = p_run.procedure_name AND TABLE_NAME = p_run.table_name;
        IF SQL%ROWCOUNT = 0 THEN
          INSERT INTO CLEANUP_POSITION (PROCEDURE_NAME, TABLE_NAME, PLACE)
          VALUES (p_run.procedure_name, p_run.table_name, p_upto);
        END IF;
      END IF;
    END IF;
  END done;

  -- After an error in a batch. next_batch sees to it: nothing is undone in a handler
  PROCEDURE failed(p_run IN OUT NOCOPY run, p_code NUMBER, p_message VARCHAR2, p_upto VARCHAR2 DEFAULT NULL) IS
  BEGIN
    p_run.error_number := p_code;
    p_run.error_text := SUBSTR(p_message, 1, 300);
    p_run.error_key := p_upto;
  END failed;

  -- A list is no longer needed. As long as a session that filled it neither truncates it nor ends, nobody can drop it
  PROCEDURE emptied(p_run IN OUT NOCOPY run, p_list VARCHAR2) IS
  BEGIN
    EXECUTE IMMEDIATE 'TRUNCATE TABLE "' || p_list || '"';
  EXCEPTION
    WHEN OTHERS THEN
      -- If DDL is refused the rows stay, seen by this session alone, and its next run deletes them
      p_run.why := SUBSTR(p_run.why || '; a list stays in use until this session ends: ' || SQLERRM, 1, 400);
  END emptied;

  -- Deletes copies whose retention is over. They go first: a run that its budget or window ends early, night after
  -- night, would never come to them. The tables differ from cleanup to cleanup, so the statements are put together
  -- here. The batches of a table share one open cursor, so that none reads again the blocks that those before it
  -- emptied
  PROCEDURE prune(p_run IN OUT NOCOPY run) IS
    v_number  NUMBER := 0;
    v_backup  VARCHAR2(128);
    v_oldest  NUMBER;
    v_kept    NUMBER;
    v_days    NUMBER := number_of(p_run, 'backup_retention_days', 30);
    v_most    NUMBER;
    v_expired SYS_REFCURSOR;
    v_rows    rowids;
  BEGIN
    IF p_run.dry_run = 'yes' THEN
      RETURN;
    END IF;
    -- Rows of a run that the log does not know have no age
    SELECT MIN(r.RUN_ID),
        MIN(CASE WHEN r.STARTED_AT >= p_run.started - NUMTODSINTERVAL(v_days, 'DAY') THEN r.RUN_ID END)
    INTO v_oldest, v_kept
    FROM CLEANUP_RUN r;
    LOOP
      v_number := v_number + 1;
      EXIT WHEN v_oldest >= v_kept OR fact(p_run.facts, v_number, 1) IS NULL;
      v_backup := fact(p_run.facts, v_number, 2);
      CONTINUE WHEN v_backup IS NULL;
      open_table(p_run, v_backup, 'limit');
      LOOP
        next_batch(p_run);
        EXIT WHEN NOT p_run.more;
        BEGIN
          IF NOT v_expired%ISOPEN THEN
            OPEN v_expired FOR 'SELECT ROWID FROM "' || v_backup || '" WHERE RUN_ID >= :oldest AND RUN_ID < :kept'
            USING v_oldest, v_kept;
          END IF;
          v_most := p_run.span;
          FETCH v_expired BULK COLLECT INTO v_rows LIMIT v_most;
          FOR i IN 1 .. v_rows.COUNT LOOP
            -- A plain DELETE would wait for a row as long as another session holds it
            EXECUTE IMMEDIATE 'BEGIN
              FOR r IN (SELECT ROWID AS PLACE FROM "' || v_backup || '" WHERE ROWID = :place FOR UPDATE WAIT 1) LOOP
                DELETE FROM "' || v_backup || '" WHERE ROWID = r.PLACE;
              END LOOP;
            END;' USING v_rows(i);
          END LOOP;
          p_run.dead := v_rows.COUNT;
          p_run.is_over := p_run.dead = 0;
          p_run.failures := 0;
          p_run.careful := GREATEST(p_run.careful - 1, 0);
        EXCEPTION
          WHEN e_cancelled THEN
            failed(p_run, SQLCODE, SQLERRM);
          WHEN OTHERS THEN
            failed(p_run, SQLCODE, SQLERRM);
        END;
        IF v_expired%ISOPEN AND p_run.error_number IS NOT NULL THEN
          CLOSE v_expired;
        END IF;
      END LOOP;
      IF v_expired%ISOPEN THEN
        CLOSE v_expired;
      END IF;
    END LOOP;
  END prune;

  -- Behind the last table: p_run.more says whether the copies of the run are to be judged once more. If so, a
  -- transaction has begun in which no restore and no other run begins. A run that was interrupted or failed has its
  -- last word
  PROCEDURE prove(p_run IN OUT NOCOPY run) IS
    v_owner NUMBER;
  BEGIN
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    p_run.more := p_run.dry_run = 'no' AND p_run.status IN ('running', 'stopped') AND p_run.why <> 'interrupted'
      AND word_of(p_run, 'prove_after', 'no') = 'yes';
    IF p_run.more THEN
      BEGIN
        SELECT l.RUN_ID INTO v_owner
        FROM CLEANUP_LOCK l
        WHERE l.PROCEDURE_NAME = p_run.procedure_name
        FOR UPDATE WAIT 1;
        p_run.more := v_owner = p_run.run_id;
      EXCEPTION
        WHEN e_waited OR NO_DATA_FOUND THEN
          p_run.more := FALSE;                   -- another run took over
      END;
    END IF;
  END prove;

  -- What the proof of a run found; NULL: nothing, or there is none
  FUNCTION wrong_of(p_run run) RETURN VARCHAR2 IS
    v_wrong VARCHAR2(400);
  BEGIN
    SELECT MIN(CASE
      WHEN p.WRONG > 0
      THEN TO_CHAR(p.WRONG) || ' of ' || TO_CHAR(p.COPIES) || ' rows that it deleted from ' || p.TABLE_NAME
        || ' cannot have been dead'
      ELSE 'it deleted ' || TO_CHAR(p.LOGGED) || ' rows from ' || p.TABLE_NAME || ' and kept ' || TO_CHAR(p.COPIES)
        || ' of them'
    END) INTO v_wrong
    FROM CLEANUP_RUN_PROOF p
    WHERE p.RUN_ID = p_run.run_id AND (p.WRONG > 0 OR p.COPIES <> p.LOGGED);
    RETURN v_wrong;
  END wrong_of;

  -- It was to be proven, and was not
  FUNCTION is_unproven(p_run run) RETURN BOOLEAN IS
    v_tables NUMBER;
  BEGIN
    SELECT COUNT(*) INTO v_tables FROM CLEANUP_RUN_PROOF p WHERE p.RUN_ID = p_run.run_id;
    RETURN v_tables = 0 AND p_run.dry_run = 'no' AND p_run.status IN ('running', 'stopped')
      AND word_of(p_run, 'prove_after', 'no') = 'yes';
  END is_unproven;

  PROCEDURE end_log(p_run run, p_status VARCHAR2) IS
  BEGIN
    UPDATE CLEANUP_RUN
    SET ENDED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP), STATUS = p_status, WHY_STOPPED = p_run.why
    WHERE RUN_ID = p_run.run_id AND STATUS = 'running';
  END end_log;

  -- The run's last word
  PROCEDURE end_run(p_run IN OUT NOCOPY run) IS
    v_status VARCHAR2(20) := p_run.status;
    v_except VARCHAR2(400);
    v_wrong  VARCHAR2(400) := wrong_of(p_run);
  BEGIN
    IF p_run.passed_over > 0 THEN
      v_except := ' for rows that another session held';
    END IF;
    IF p_run.errors > 0 THEN
      v_except := v_except || CASE WHEN v_except IS NOT NULL THEN ' and' END || ' for rows that raised errors';
    END IF;
    IF v_status = 'running' THEN
      v_status := 'ended';
    END IF;
    IF v_except IS NOT NULL AND SUBSTR(p_run.why, 1, 4) = 'done' THEN
      p_run.why := SUBSTR('done, except' || v_except || SUBSTR(p_run.why, 5), 1, 400);
    END IF;
    IF v_wrong IS NOT NULL THEN
      v_status := 'failed';
      p_run.why := 'proof: ' || v_wrong || '; switched off until somebody looks: restore run ' || TO_CHAR(p_run.run_id);
    ELSIF is_unproven(p_run) THEN
      p_run.why := SUBSTR(p_run.why || ', but not proven', 1, 400);
    END IF;
    BEGIN
      end_log(p_run, v_status);
    EXCEPTION
      WHEN e_cancelled THEN
        -- There is nothing left to stop
        end_log(p_run, v_status);
    END;
    IF v_wrong IS NOT NULL THEN
      UPDATE CLEANUP_SETTING SET VALUE = 'no' WHERE PROCEDURE_NAME = p_run.procedure_name AND NAME = 'enabled';
    END IF;
    COMMIT;
    put_nls_back(p_run);
    IF v_status = 'failed' THEN
      RAISE_APPLICATION_ERROR(-20002,
        p_run.procedure_name || ' stopped in run ' || TO_CHAR(p_run.run_id) || ': ' || p_run.why);
    END IF;
  END end_run;

  -- After an error outside of a batch. Batches that were committed stay deleted, and the next run goes on behind them
  PROCEDURE abort_run(p_run IN OUT NOCOPY run, p_code NUMBER, p_message VARCHAR2) IS
  BEGIN
    IF p_run.is_ours THEN
      ROLLBACK;
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      p_run.why := 'interrupted';
      p_run.status := 'stopped';
      IF p_code <> -1013 THEN
        p_run.why := SUBSTR('error ' || p_message, 1, 400);
        p_run.status := 'failed';
      END IF;
      end_log(p_run, p_run.status);
      COMMIT;
      put_nls_back(p_run);
    END IF;
  END abort_run;

  -- In each transaction of a restore, so that no cleanup runs meanwhile
  PROCEDURE lock_again(p_run run) IS
    v_owner NUMBER;
  BEGIN
    SELECT l.RUN_ID INTO v_owner
    FROM CLEANUP_LOCK l
    WHERE l.PROCEDURE_NAME = p_run.cleanup
    FOR UPDATE WAIT 1;
    IF v_owner <> p_run.run_id THEN
      RAISE_APPLICATION_ERROR(-20001,
        p_run.cleanup || ' took over; call ' || p_run.procedure_name || ' again: it goes on');
    END IF;
  END lock_again;

  -- A restore puts back the rows that a run deleted, many in a transaction: what it did stays if it stops half-way
  PROCEDURE begin_restore(
    p_run IN OUT NOCOPY run, p_procedure VARCHAR2, p_cleanup VARCHAR2, p_deleted_by NUMBER)
  IS
    v_is_taken BOOLEAN;
    v_found    NUMBER;
    v_problem  VARCHAR2(4000);
  BEGIN
    begin_alone(p_run, p_procedure, p_cleanup, 'nothing was restored', v_is_taken);
    SELECT COUNT(*) INTO v_found
    FROM CLEANUP_RUN r
    WHERE r.RUN_ID = p_deleted_by AND r.PROCEDURE_NAME = p_cleanup AND r.DRY_RUN = 'no';
    IF NOT v_is_taken THEN
      v_problem := p_cleanup || ' is running, or a restore of its rows';
    ELSIF v_found = 0 THEN
      v_problem := 'CLEANUP_RUN has no such run of ' || p_cleanup || ' that deleted rows';
    ELSE
      v_problem := misfit(p_run.facts);
    END IF;
    IF v_problem IS NOT NULL THEN
      RAISE_APPLICATION_ERROR(-20001, p_procedure || ' did not start: ' || SUBSTR(v_problem, 1, 400));
    END IF;
    begin_log(p_run);
    lock_again(p_run);
  END begin_restore;

  -- Raises an error if fewer rows are kept than the run deleted: its copies were pruned, at least in part. What is left
  -- could be the older rows of a session whose newer ones are gone
  PROCEDURE check_kept(p_run run, p_deleted_by NUMBER) IS
    v_problem VARCHAR2(4000);
  BEGIN
    SELECT MIN('of ' || s.TABLE_NAME || ', ' || TO_CHAR(s.SEEN) || ' rows are kept of ' || TO_CHAR(d.DELETED)
        || ' that run ' || TO_CHAR(p_deleted_by) || ' deleted')
    INTO v_problem
    FROM CLEANUP_RUN_STEP s
    JOIN CLEANUP_RUN_STEP d ON d.RUN_ID = p_deleted_by AND d.TABLE_NAME = s.TABLE_NAME
    WHERE s.RUN_ID = p_run.run_id AND s.SEEN < d.DELETED;
    IF v_problem IS NOT NULL THEN
      RAISE_APPLICATION_ERROR(-20001, p_run.procedure_name || ' did not start: ' || v_problem);
    END IF;
  END check_kept;

  -- Ends a transaction of a restore, which put back so many rows, and begins the next
  PROCEDURE put_back(p_run run, p_table VARCHAR2, p_rows IN OUT NUMBER) IS
  BEGIN
    UPDATE CLEANUP_RUN_STEP
    SET RESTORED = RESTORED + p_rows
    WHERE RUN_ID = p_run.run_id AND TABLE_NAME = p_table;
    p_rows := 0;
    COMMIT WRITE IMMEDIATE WAIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    lock_again(p_run);
  END put_back;

  PROCEDURE end_restore(p_run IN OUT NOCOPY run, p_deleted_by NUMBER) IS
    v_seen     NUMBER;
    v_restored NUMBER;
  BEGIN
    SELECT NVL(SUM(s.SEEN), 0), NVL(SUM(s.RESTORED), 0) INTO v_seen, v_restored
    FROM CLEANUP_RUN_STEP s
    WHERE s.RUN_ID = p_run.run_id;
    p_run.why := 'run ' || TO_CHAR(p_deleted_by) || ': ' || TO_CHAR(v_restored) || ' rows restored, '
      || TO_CHAR(v_seen - v_restored) || ' left alone';
    end_log(p_run, 'ended');
    COMMIT;
    put_nls_back(p_run);
  END end_restore;

  -- Raises the first error that the server noted of a procedure or a view when it was made
  PROCEDURE check_compiled(p_name VARCHAR2) IS
  BEGIN
    FOR e IN (
      SELECT x.LINE, x.POSITION, x.TEXT
      FROM USER_ERRORS x
      WHERE x.NAME = UPPER(p_name) AND x.ATTRIBUTE = 'ERROR'
      ORDER BY x.SEQUENCE
    ) LOOP
      RAISE_APPLICATION_ERROR(-20003, SUBSTRB(p_name || ' does not compile: line ' || TO_CHAR(e.LINE) || ', column '
        || TO_CHAR(e.POSITION) || ': ' || e.TEXT, 1, 1900));
    END LOOP;
  END check_compiled;
END CLEANUP_KIT;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_KIT
DECLARE
  v_error VARCHAR2(2000);
BEGIN
  SELECT MIN(e.TYPE || ', line ' || e.LINE || ', column ' || e.POSITION || ': ' || SUBSTRB(e.TEXT, 1, 1500))
    KEEP (DENSE_RANK FIRST ORDER BY e.SEQUENCE)
  INTO v_error
  FROM ALL_ERRORS e
  WHERE e.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
    AND e.NAME = UPPER('CLEANUP_KIT') AND e.ATTRIBUTE = 'ERROR';
  IF v_error IS NOT NULL THEN
    RAISE_APPLICATION_ERROR(-20003, 'CLEANUP_KIT does not compile: ' || v_error);
  END IF;
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('table', 'CLEANUP_LOCK', 'd482cd6bbdc6e396409636246d0f4a5eedbc82f61149d9d4e5f3c1d6689eb685');
  CLEANUP_REGISTER('table', 'CLEANUP_POSITION', '65defb773561bfda332c23548bbb8787b4ce08e52a1196ce1e9ce892ccf4252f');
  CLEANUP_REGISTER('table', 'CLEANUP_RUN_ERROR', 'c026f324b275a83147009cc094dccc3aee0cc30aefca9a8a584a1b4bd5080c18');
  CLEANUP_REGISTER('table', 'CLEANUP_RUN_REST', 'a723399423f11333e761369b9e20e3640709cb0df7e70cced489ce6130582d75');
  CLEANUP_REGISTER('table', 'CLEANUP_RUN_PROOF', '0909ad2dc6e84a3c7d0cb17cfd3b92c9f232918cd9e1d417531f2824afda7ebd');
  CLEANUP_REGISTER('package', 'CLEANUP_KIT', '3d0b919c34e0aec7920af3323afae62fb500ff35da3251c06cde159e594c4fa2');
  COMMIT;
END;
/
-- @end
