-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_TEMP_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   IDN_AUTH_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   and then from IDN_AUTH_USER_SESSION_MAPPING when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_APP_INFO when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_META_DATA when
--     session_gone: this run removed the last row of its session, and none is in either store
--   IDN_AUTH_USER_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_APP_INFO (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_META_DATA (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
-- Not in this schema, skipped: IDN_FED_AUTH_SESSION_MAPPING
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_sessions(run) brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on cleanup_sessions
-- and nothing else: it works with the privileges of its owner, who owns the tables or was granted, not by a role,
--   SELECT, DELETE on IDN_AUTH_TEMP_SESSION_STORE, IDN_AUTH_SESSION_STORE, IDN_AUTH_USER_SESSION_MAPPING,
--     IDN_AUTH_SESSION_APP_INFO, IDN_AUTH_SESSION_META_DATA
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_DEAD_IDN_AUTH_SESSION_STORE,
--     CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING,
--     CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO, CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_sessions
CREATE OR REPLACE PROCEDURE cleanup_sessions
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Another session is in the way: the batch is undone, and tried again
  e_deadlock     EXCEPTION;
  e_busy         EXCEPTION;
  e_waited       EXCEPTION;
  e_serial       EXCEPTION;
  e_child        EXCEPTION;
  e_changed      EXCEPTION;
  -- Whoever called has given up; a package that is not there, or not granted
  e_cancelled    EXCEPTION;
  e_not_compiled EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_deadlock, -60);
  PRAGMA EXCEPTION_INIT(e_busy, -54);
  PRAGMA EXCEPTION_INIT(e_waited, -30006);
  PRAGMA EXCEPTION_INIT(e_serial, -8177);
  PRAGMA EXCEPTION_INIT(e_child, -2292);
  PRAGMA EXCEPTION_INIT(e_cancelled, -1013);
  PRAGMA EXCEPTION_INIT(e_not_compiled, -6550);

  c_session      CONSTANT VARCHAR2(24) := DBMS_SESSION.UNIQUE_SESSION_ID;
  c_caller       CONSTANT VARCHAR2(255) := SYS_CONTEXT('USERENV', 'SESSION_USER');
  v_registered   BOOLEAN := FALSE;
  v_run_id       NUMBER;
  v_started      TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_work_began   TIMESTAMP(6); -- the checks do not count against the time budget
  v_status       VARCHAR2(20) := 'ended';
  v_why          VARCHAR2(2000) := 'done';
  v_problem      VARCHAR2(2000);
  v_dry_run      VARCHAR2(4);            -- by the setting, or by the session
  v_old_comp     VARCHAR2(64);
  v_old_sort     VARCHAR2(64);
  v_retention    NUMBER;                 -- days that backups are kept
  v_oldest_kept  NUMBER;
  v_target_ms    NUMBER;
  v_pause_ms     NUMBER := 0;
  v_rows_min     NUMBER;
  v_rows_max     NUMBER;
  v_step         NUMBER := 0;
  v_table        VARCHAR2(128);
  v_more         BOOLEAN;
  v_lost         BOOLEAN;                -- another session was in the way of this batch
  v_span         NUMBER;                 -- rows of the table or of the list that a batch goes through
  v_factor       NUMBER;                 -- how much larger the next batch is
  v_batch_began  NUMBER;                 -- hundredths of seconds
  v_batch_ms     NUMBER;
  v_seen         NUMBER := 0;
  v_dead         NUMBER := 0;
  v_copied       NUMBER;                 -- rows of another table that go with those of the batch
  v_found        NUMBER;
  v_kept         NUMBER;                 -- rows that keep followers, before the first and after the last of them goes
  v_kept_now     NUMBER;
  v_failures     NUMBER := 0;            -- tries of one batch that lost against another session
  v_careful      NUMBER := 0;            -- batches that do not grow, after one that lost
  v_passed_over  BOOLEAN := FALSE;
  v_reason_1     NUMBER := 0;
  v_reason_2     NUMBER := 0;
  v_reason_3     NUMBER := 0;

  -- What the rules are measured by
  v_expiry_cut_off TIMESTAMP(6); -- UTC now, less the grace after an EXPIRY_TIME
  v_expiry_cut_off_ns NUMBER;
  v_age_cut_off TIMESTAMP(6); -- UTC now, less the age of a session without an EXPIRY_TIME
  v_age_cut_off_ns NUMBER;
  v_delete_cut_off TIMESTAMP(6); -- UTC now, less the time that a DELETE row is kept
  v_delete_cut_off_ns NUMBER;
  v_sighting_cut_off TIMESTAMP(6); -- UTC now, less 24 h: an earlier sighting counts
  v_expiry_grace_minutes NUMBER;
  v_session_age_days NUMBER;
  v_deleted_after_hours NUMBER;
  v_orphan_sweep VARCHAR2(255);
  v_from_1 IDN_AUTH_TEMP_SESSION_STORE.SESSION_ID%TYPE;
  v_upto_1 IDN_AUTH_TEMP_SESSION_STORE.SESSION_ID%TYPE;
  v_from_2 IDN_AUTH_SESSION_STORE.SESSION_ID%TYPE;
  v_upto_2 IDN_AUTH_SESSION_STORE.SESSION_ID%TYPE;
  v_from_3 IDN_AUTH_USER_SESSION_MAPPING.SESSION_ID%TYPE;
  v_upto_3 IDN_AUTH_USER_SESSION_MAPPING.SESSION_ID%TYPE;
  v_from_4 IDN_AUTH_SESSION_APP_INFO.SESSION_ID%TYPE;
  v_upto_4 IDN_AUTH_SESSION_APP_INFO.SESSION_ID%TYPE;
  v_from_5 IDN_AUTH_SESSION_META_DATA.SESSION_ID%TYPE;
  v_upto_5 IDN_AUTH_SESSION_META_DATA.SESSION_ID%TYPE;

  -- Whether tables, backups and foreign keys are still those that this procedure was made for
  PROCEDURE check_fit IS
    v_keys NUMBER := 0;
  BEGIN
    FOR misfit IN (
      SELECT x.SOURCE, x.BACKUP, s.COLUMN_NAME
      FROM (
        SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE' AS BACKUP
            FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_SESSION_STORE' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE' AS BACKUP FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_USER_SESSION_MAPPING' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING' AS BACKUP
            FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_SESSION_APP_INFO' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO' AS BACKUP
            FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_SESSION_META_DATA' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA' AS BACKUP FROM DUAL
      ) x
      JOIN USER_TAB_COLS s ON s.TABLE_NAME = x.SOURCE AND s.HIDDEN_COLUMN = 'NO' AND s.VIRTUAL_COLUMN = 'NO'
      LEFT JOIN USER_TAB_COLS b ON b.TABLE_NAME = x.BACKUP AND b.COLUMN_NAME = s.COLUMN_NAME
        AND b.DATA_TYPE = s.DATA_TYPE AND (b.DATA_LENGTH = s.DATA_LENGTH OR s.DATA_TYPE IN ('BLOB', 'CLOB', 'NCLOB'))
        AND DECODE(b.CHAR_USED, s.CHAR_USED, 1, 0) = 1
        AND DECODE(b.DATA_PRECISION, s.DATA_PRECISION, 1, 0) = 1
        AND DECODE(b.DATA_SCALE, s.DATA_SCALE, 1, 0) = 1
      WHERE b.COLUMN_NAME IS NULL
    ) LOOP
      v_problem := misfit.BACKUP || ' does not fit ' || misfit.SOURCE || ' any more: column ' || misfit.COLUMN_NAME;
    END LOOP;

    FOR changed IN (
      SELECT x.SOURCE
      FROM (
        SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS SOURCE, 7 AS COLUMN_COUNT FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_SESSION_STORE' AS SOURCE, 7 AS COLUMN_COUNT FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_USER_SESSION_MAPPING' AS SOURCE, 2 AS COLUMN_COUNT FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_SESSION_APP_INFO' AS SOURCE, 4 AS COLUMN_COUNT FROM DUAL UNION ALL
        SELECT 'IDN_AUTH_SESSION_META_DATA' AS SOURCE, 3 AS COLUMN_COUNT FROM DUAL
      ) x
      WHERE x.COLUMN_COUNT <> (
        SELECT COUNT(*) FROM USER_TAB_COLS s
        WHERE s.TABLE_NAME = x.SOURCE
          -- Invisible columns as well, but not what the server hides
          AND (s.HIDDEN_COLUMN = 'NO' OR s.USER_GENERATED = 'YES' AND SUBSTR(s.COLUMN_NAME, 1, 5) <> 'SYS_C'))
    ) LOOP
      v_problem := changed.SOURCE || ' has other columns than when this procedure was made';
    END LOOP;

    FOR tie IN (
      SELECT DISTINCT k.OWNER, k.TABLE_NAME AS CHILD, p.TABLE_NAME AS PARENT, k.DELETE_RULE, k.STATUS, k.DEFERRED,
        k.TABLE_NAME || '.' || c.COLUMN_NAME || ' ' || p.TABLE_NAME || '.' || r.COLUMN_NAME || ' '
          || (SELECT COUNT(*) FROM ALL_CONS_COLUMNS w WHERE w.OWNER = k.OWNER AND w.CONSTRAINT_NAME = k.CONSTRAINT_NAME)
          || ' ' || k.DELETE_RULE AS RULE
      FROM USER_CONSTRAINTS p
      JOIN ALL_CONSTRAINTS k ON k.R_OWNER = p.OWNER AND k.R_CONSTRAINT_NAME = p.CONSTRAINT_NAME
      JOIN ALL_CONS_COLUMNS c ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
      JOIN USER_CONS_COLUMNS r ON r.CONSTRAINT_NAME = p.CONSTRAINT_NAME AND r.POSITION = c.POSITION
      WHERE k.CONSTRAINT_TYPE = 'R'
        AND p.TABLE_NAME IN (
          'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
          'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA')
    ) LOOP
      v_problem := 'the foreign key from ' || tie.OWNER || '.' || tie.CHILD || ' to ' || tie.PARENT
        || ' is none that this procedure was made for';
    END LOOP;
    IF v_problem IS NULL AND v_keys <> 0 THEN
      v_problem := 'foreign keys are missing that this procedure was made for';
    END IF;

    FOR replaced IN (
      SELECT o.OBJECT_NAME
      FROM ALL_OBJECTS o
      WHERE o.OBJECT_TYPE IN ('VIEW', 'SYNONYM')
        AND o.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
        AND o.OBJECT_NAME IN (
          'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
          'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA')
    ) LOOP
      v_problem := replaced.OBJECT_NAME || ' is no table any more, so rows may be hidden';
    END LOOP;

    FOR hidden IN (
      SELECT p.OBJECT_NAME
      FROM ALL_POLICIES p
      WHERE p.ENABLE = 'YES'
        AND p.OBJECT_OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
        AND p.OBJECT_NAME IN (
          'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
          'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA')
    ) LOOP
      v_problem := 'a policy may hide rows of ' || hidden.OBJECT_NAME;
    END LOOP;
  END check_fit;

  -- Every tunable anew, and whether to go on: "done", or why not
  PROCEDURE read_settings IS
    v_now    TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
    v_time   VARCHAR2(5) := TO_CHAR(v_now, 'HH24:MI');
    v_opens  VARCHAR2(5);
    v_closes VARCHAR2(5);
    v_budget NUMBER;
  BEGIN
    v_why := 'done';
    -- What counts for a row that is missing
    v_target_ms := 250;
    v_pause_ms := 0;
    v_rows_min := 50;
    v_rows_max := 200000;
    v_budget := 3600;
    FOR s IN (
      SELECT NAME, VALUE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_sessions'
    ) LOOP
      IF s.NAME = 'batch_target_ms' THEN
        v_target_ms := TO_NUMBER(s.VALUE);
      ELSIF s.NAME = 'pause_ms' THEN
        v_pause_ms := TO_NUMBER(s.VALUE);
      ELSIF s.NAME = 'batch_rows_minimum' THEN
        v_rows_min := TO_NUMBER(s.VALUE);
      ELSIF s.NAME = 'batch_rows_maximum' THEN
        v_rows_max := TO_NUMBER(s.VALUE);
      ELSIF s.NAME = 'time_budget_seconds' THEN
        v_budget := TO_NUMBER(s.VALUE);
      ELSIF s.NAME = 'window' AND s.VALUE <> 'always' THEN
        v_opens := SUBSTR(s.VALUE, 1, 5);
        v_closes := SUBSTR(s.VALUE, 7, 5);
      ELSIF s.NAME = 'enabled' AND s.VALUE = 'no' THEN
        v_why := 'switched off';
      ELSIF s.NAME = 'stop_requested' AND s.VALUE = 'yes' AND v_why = 'done' THEN
        v_why := 'stop requested';
      END IF;
    END LOOP;
    IF v_why = 'done' AND v_now - v_work_began >= NUMTODSINTERVAL(v_budget, 'SECOND') THEN
      v_why := 'time budget';
    END IF;
    IF v_why = 'done' AND v_opens < v_closes AND (v_time < v_opens OR v_time >= v_closes) THEN
      v_why := 'outside window';
    END IF;
    IF v_why = 'done' AND v_opens > v_closes AND v_time >= v_closes AND v_time < v_opens THEN
      v_why := 'outside window';
    END IF;
  END read_settings;

  -- Rest; by a package that only 18c and later have, or by one that has to be granted
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

  PROCEDURE end_log IS
  BEGIN
    UPDATE CLEANUP_RUN
    SET ENDED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP), STATUS = v_status, WHY_STOPPED = SUBSTR(v_why, 1, 400)
    WHERE RUN_ID = v_run_id;
  END end_log;

  -- Hints name the index to go along. A statement is planned when it first runs, for a table that may be small then,
  -- and without knowing how few rows v_span lets through: each batch could read the table whole.

  -- IDN_AUTH_TEMP_SESSION_STORE
  PROCEDURE begin_1 IS
  BEGIN
    v_table := 'IDN_AUTH_TEMP_SESSION_STORE';
    -- What is dead, found once a run; the rule is asked again when a row is deleted
    DELETE FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE;
    INSERT INTO CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (RUN_ID, SESSION_ID)
    SELECT DISTINCT v_run_id, t.SESSION_ID
    FROM IDN_AUTH_TEMP_SESSION_STORE t
    WHERE (t.EXPIRY_TIME > 0
           AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
          OR ((t.EXPIRY_TIME IS NULL
               OR t.EXPIRY_TIME <= 0)
              AND t.TIME_CREATED < v_age_cut_off_ns)
          OR (t.OPERATION = 'DELETE'
              AND t.TIME_CREATED < v_delete_cut_off_ns);
    SELECT MIN(l.SESSION_ID) INTO v_from_1 FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l WHERE l.RUN_ID = v_run_id;
    v_more := v_from_1 IS NOT NULL;
  END begin_1;

  PROCEDURE batch_1 IS
  BEGIN
    v_dead := 0;
    v_reason_1 := 0;
    v_reason_2 := 0;
    v_reason_3 := 0;
    -- The next range, closed by value
    SELECT MAX(d.K) INTO v_upto_1
    FROM (
      SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID AS K
      FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE k
      WHERE k.RUN_ID = v_run_id AND k.SESSION_ID >= v_from_1
      ORDER BY k.SESSION_ID
    ) d
    WHERE ROWNUM <= v_span;

    IF v_dry_run = 'yes' OR v_failures >= 10 THEN
      SELECT COUNT(*),
        COUNT(CASE d.REASON WHEN 1 THEN 1 END),
        COUNT(CASE d.REASON WHEN 2 THEN 1 END),
        COUNT(CASE d.REASON WHEN 3 THEN 1 END)
      INTO v_dead, v_reason_1, v_reason_2, v_reason_3
      FROM (
        SELECT /*+ INDEX(t (SESSION_ID)) */ CASE
            WHEN (t.EXPIRY_TIME > 0
                  AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL
                      OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < v_age_cut_off_ns)
            THEN 1
            WHEN t.OPERATION = 'DELETE'
                 AND t.TIME_CREATED < v_delete_cut_off_ns
            THEN 2
            ELSE 3
          END AS REASON
        FROM IDN_AUTH_TEMP_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_1 AND v_upto_1
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)))
      ) d;
    ELSE
      -- The dead rows, by reason; from here to the end of the batch nobody else can change them
      FOR r IN (
        SELECT /*+ INDEX(t (SESSION_ID)) */ CASE
            WHEN (t.EXPIRY_TIME > 0
                  AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL
                      OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < v_age_cut_off_ns)
            THEN 1
            WHEN t.OPERATION = 'DELETE'
                 AND t.TIME_CREATED < v_delete_cut_off_ns
            THEN 2
            ELSE 3
          END AS REASON
        FROM IDN_AUTH_TEMP_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_1 AND v_upto_1
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)))
        FOR UPDATE OF t.SESSION_ID WAIT 1
      ) LOOP
        v_dead := v_dead + 1;
        CASE r.REASON
          WHEN 1 THEN v_reason_1 := v_reason_1 + 1;
          WHEN 2 THEN v_reason_2 := v_reason_2 + 1;
          WHEN 3 THEN v_reason_3 := v_reason_3 + 1;
        END CASE;
      END LOOP;
      IF v_dead > 0 THEN
        INSERT INTO CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
          (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
        SELECT /*+ INDEX(t (SESSION_ID)) */ v_run_id, CASE
            WHEN (t.EXPIRY_TIME > 0
                  AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL
                      OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < v_age_cut_off_ns)
            THEN 'expired'
            WHEN t.OPERATION = 'DELETE'
                 AND t.TIME_CREATED < v_delete_cut_off_ns
            THEN 'deleted'
            ELSE 'superseded'
          END,
          t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
        FROM IDN_AUTH_TEMP_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_1 AND v_upto_1
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;

        DELETE /*+ INDEX(t (SESSION_ID)) */ FROM IDN_AUTH_TEMP_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_1 AND v_upto_1
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;
      END IF;
    END IF;
    v_seen := v_dead;

    IF v_failures >= 10 THEN
      v_passed_over := v_passed_over OR v_dead > 0;
      v_dead := 0;
    ELSIF v_dead > 0 THEN
      UPDATE CLEANUP_RUN_REASON
      SET DELETED = DELETED + CASE REASON
          WHEN 'expired' THEN v_reason_1
          WHEN 'deleted' THEN v_reason_2
          WHEN 'superseded' THEN v_reason_3
          ELSE 0
        END
      WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
    END IF;
  END batch_1;

  PROCEDURE next_1 IS
  BEGIN
    SELECT MIN(l.SESSION_ID) INTO v_from_1 FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID > v_upto_1;
    v_more := v_from_1 IS NOT NULL;
  END next_1;

  -- IDN_AUTH_SESSION_STORE
  PROCEDURE begin_2 IS
  BEGIN
    v_table := 'IDN_AUTH_SESSION_STORE';
    -- What is dead, found once a run; the rule is asked again when a row is deleted
    DELETE FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE;
    INSERT INTO CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (RUN_ID, SESSION_ID)
    SELECT DISTINCT v_run_id, t.SESSION_ID
    FROM IDN_AUTH_SESSION_STORE t
    WHERE (t.EXPIRY_TIME > 0
           AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
          OR ((t.EXPIRY_TIME IS NULL
               OR t.EXPIRY_TIME <= 0)
              AND t.TIME_CREATED < v_age_cut_off_ns)
          OR (t.OPERATION = 'DELETE'
              AND t.TIME_CREATED < v_delete_cut_off_ns);
    SELECT MIN(l.SESSION_ID) INTO v_from_2 FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l WHERE l.RUN_ID = v_run_id;
    v_more := v_from_2 IS NOT NULL;
  END begin_2;

  PROCEDURE batch_2 IS
  BEGIN
    v_dead := 0;
    v_reason_1 := 0;
    v_reason_2 := 0;
    v_reason_3 := 0;
    -- The next range, closed by value
    SELECT MAX(d.K) INTO v_upto_2
    FROM (
      SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID AS K
      FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE k
      WHERE k.RUN_ID = v_run_id AND k.SESSION_ID >= v_from_2
      ORDER BY k.SESSION_ID
    ) d
    WHERE ROWNUM <= v_span;

    IF v_dry_run = 'yes' OR v_failures >= 10 THEN
      SELECT COUNT(*),
        COUNT(CASE d.REASON WHEN 1 THEN 1 END),
        COUNT(CASE d.REASON WHEN 2 THEN 1 END),
        COUNT(CASE d.REASON WHEN 3 THEN 1 END)
      INTO v_dead, v_reason_1, v_reason_2, v_reason_3
      FROM (
        SELECT /*+ INDEX(t (SESSION_ID)) */ CASE
            WHEN (t.EXPIRY_TIME > 0
                  AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL
                      OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < v_age_cut_off_ns)
            THEN 1
            WHEN t.OPERATION = 'DELETE'
                 AND t.TIME_CREATED < v_delete_cut_off_ns
            THEN 2
            ELSE 3
          END AS REASON
        FROM IDN_AUTH_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)))
      ) d;
    ELSE
      -- What another session removed since is not this run's, nor is what refers to it
      DELETE FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
      WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
        AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE t WHERE t.SESSION_ID = l.SESSION_ID);
      -- The dead rows, by reason; from here to the end of the batch nobody else can change them
      FOR r IN (
        SELECT /*+ INDEX(t (SESSION_ID)) */ CASE
            WHEN (t.EXPIRY_TIME > 0
                  AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL
                      OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < v_age_cut_off_ns)
            THEN 1
            WHEN t.OPERATION = 'DELETE'
                 AND t.TIME_CREATED < v_delete_cut_off_ns
            THEN 2
            ELSE 3
          END AS REASON
        FROM IDN_AUTH_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)))
        FOR UPDATE OF t.SESSION_ID WAIT 1
      ) LOOP
        v_dead := v_dead + 1;
        CASE r.REASON
          WHEN 1 THEN v_reason_1 := v_reason_1 + 1;
          WHEN 2 THEN v_reason_2 := v_reason_2 + 1;
          WHEN 3 THEN v_reason_3 := v_reason_3 + 1;
        END CASE;
      END LOOP;
      IF v_dead > 0 THEN
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_STORE
          (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
        SELECT /*+ INDEX(t (SESSION_ID)) */ v_run_id, CASE
            WHEN (t.EXPIRY_TIME > 0
                  AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL
                      OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < v_age_cut_off_ns)
            THEN 'expired'
            WHEN t.OPERATION = 'DELETE'
                 AND t.TIME_CREATED < v_delete_cut_off_ns
            THEN 'deleted'
            ELSE 'superseded'
          END,
          t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
        FROM IDN_AUTH_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;

        DELETE /*+ INDEX(t (SESSION_ID)) */ FROM IDN_AUTH_SESSION_STORE t
        WHERE t.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND EXISTS (
            SELECT 1 FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND t.SESSION_ID = l.SESSION_ID)
          AND EXISTS (
            SELECT 1 FROM IDN_AUTH_SESSION_STORE s
            WHERE s.SESSION_ID = t.SESSION_ID
              AND s.SESSION_TYPE = t.SESSION_TYPE
              AND s.TIME_CREATED >= t.TIME_CREATED
              AND ((s.EXPIRY_TIME > 0
                    AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((s.EXPIRY_TIME IS NULL
                        OR s.EXPIRY_TIME <= 0)
                       AND s.TIME_CREATED < v_age_cut_off_ns)
                   OR (s.OPERATION = 'DELETE'
                       AND s.TIME_CREATED < v_delete_cut_off_ns)));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;

        SELECT (
          SELECT COUNT(*)
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2) + (
          SELECT COUNT(*)
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2)
        INTO v_kept
        FROM DUAL;

        -- Follow: this run removed the last row of its session, and none is in either store
        v_copied := 0;
        FOR r IN (
          SELECT 1 AS ONE FROM IDN_AUTH_USER_SESSION_MAPPING x
          WHERE x.ROWID IN (
            SELECT c.ROWID
            FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            JOIN IDN_AUTH_USER_SESSION_MAPPING c ON c.SESSION_ID = l.SESSION_ID
            WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
              AND NOT EXISTS (
                SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                WHERE o.SESSION_ID = l.SESSION_ID)
              AND NOT EXISTS (
                SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                WHERE o.SESSION_ID = l.SESSION_ID))
          FOR UPDATE WAIT 1
        ) LOOP
          v_copied := v_copied + 1;
        END LOOP;
        INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          (RUN_ID, REASON, USER_ID, SESSION_ID)
        SELECT v_run_id, 'session_gone', c.USER_ID, c.SESSION_ID
        FROM IDN_AUTH_USER_SESSION_MAPPING c
        WHERE c.ROWID IN (
          SELECT c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_USER_SESSION_MAPPING c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID));
        IF SQL%ROWCOUNT <> v_copied THEN
          RAISE e_changed;
        END IF;
        DELETE FROM IDN_AUTH_USER_SESSION_MAPPING
        WHERE ROWID IN (
          SELECT c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_USER_SESSION_MAPPING c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID));
        IF SQL%ROWCOUNT <> v_copied THEN
          RAISE e_changed;
        END IF;
        UPDATE CLEANUP_RUN_STEP
        SET DELETED = DELETED + v_copied
        WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING';
        UPDATE CLEANUP_RUN_REASON
        SET DELETED = DELETED + v_copied
        WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING' AND REASON = 'session_gone';

        -- Follow: this run removed the last row of its session, and none is in either store
        v_copied := 0;
        FOR r IN (
          SELECT 1 AS ONE FROM IDN_AUTH_SESSION_APP_INFO x
          WHERE x.ROWID IN (
            SELECT c.ROWID
            FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            JOIN IDN_AUTH_SESSION_APP_INFO c ON c.SESSION_ID = l.SESSION_ID
            WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
              AND NOT EXISTS (
                SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                WHERE o.SESSION_ID = l.SESSION_ID)
              AND NOT EXISTS (
                SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                WHERE o.SESSION_ID = l.SESSION_ID))
          FOR UPDATE WAIT 1
        ) LOOP
          v_copied := v_copied + 1;
        END LOOP;
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
        SELECT v_run_id, 'session_gone', c.SESSION_ID, c.SUBJECT, c.APP_ID, c.INBOUND_AUTH_TYPE
        FROM IDN_AUTH_SESSION_APP_INFO c
        WHERE c.ROWID IN (
          SELECT c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_APP_INFO c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID));
        IF SQL%ROWCOUNT <> v_copied THEN
          RAISE e_changed;
        END IF;
        DELETE FROM IDN_AUTH_SESSION_APP_INFO
        WHERE ROWID IN (
          SELECT c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_APP_INFO c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID));
        IF SQL%ROWCOUNT <> v_copied THEN
          RAISE e_changed;
        END IF;
        UPDATE CLEANUP_RUN_STEP
        SET DELETED = DELETED + v_copied
        WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO';
        UPDATE CLEANUP_RUN_REASON
        SET DELETED = DELETED + v_copied
        WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO' AND REASON = 'session_gone';

        -- Follow: this run removed the last row of its session, and none is in either store
        v_copied := 0;
        FOR r IN (
          SELECT 1 AS ONE FROM IDN_AUTH_SESSION_META_DATA x
          WHERE x.ROWID IN (
            SELECT c.ROWID
            FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            JOIN IDN_AUTH_SESSION_META_DATA c ON c.SESSION_ID = l.SESSION_ID
            WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
              AND NOT EXISTS (
                SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                WHERE o.SESSION_ID = l.SESSION_ID)
              AND NOT EXISTS (
                SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                WHERE o.SESSION_ID = l.SESSION_ID))
          FOR UPDATE WAIT 1
        ) LOOP
          v_copied := v_copied + 1;
        END LOOP;
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
        SELECT v_run_id, 'session_gone', c.SESSION_ID, c.PROPERTY_TYPE, c.VALUE
        FROM IDN_AUTH_SESSION_META_DATA c
        WHERE c.ROWID IN (
          SELECT c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_META_DATA c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID));
        IF SQL%ROWCOUNT <> v_copied THEN
          RAISE e_changed;
        END IF;
        DELETE FROM IDN_AUTH_SESSION_META_DATA
        WHERE ROWID IN (
          SELECT c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_META_DATA c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = l.SESSION_ID));
        IF SQL%ROWCOUNT <> v_copied THEN
          RAISE e_changed;
        END IF;
        UPDATE CLEANUP_RUN_STEP
        SET DELETED = DELETED + v_copied
        WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA';
        UPDATE CLEANUP_RUN_REASON
        SET DELETED = DELETED + v_copied
        WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA' AND REASON = 'session_gone';

        SELECT (
          SELECT COUNT(*)
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2) + (
          SELECT COUNT(*)
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2)
        INTO v_kept_now
        FROM DUAL;
        IF v_kept_now <> v_kept THEN
          RAISE e_changed;
        END IF;
      END IF;
    END IF;
    v_seen := v_dead;

    IF v_failures >= 10 THEN
      v_passed_over := v_passed_over OR v_dead > 0;
      v_dead := 0;
    ELSIF v_dead > 0 THEN
      UPDATE CLEANUP_RUN_REASON
      SET DELETED = DELETED + CASE REASON
          WHEN 'expired' THEN v_reason_1
          WHEN 'deleted' THEN v_reason_2
          WHEN 'superseded' THEN v_reason_3
          ELSE 0
        END
      WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
    END IF;
  END batch_2;

  PROCEDURE next_2 IS
  BEGIN
    SELECT MIN(l.SESSION_ID) INTO v_from_2 FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID > v_upto_2;
    v_more := v_from_2 IS NOT NULL;
  END next_2;

  -- IDN_AUTH_USER_SESSION_MAPPING
  PROCEDURE begin_3 IS
  BEGIN
    v_table := 'IDN_AUTH_USER_SESSION_MAPPING';
    -- Forget what is kept again, and note what is seen for the first time
    DELETE FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
    WHERE NOT EXISTS (
      SELECT 1 FROM IDN_AUTH_USER_SESSION_MAPPING t
      WHERE t.SESSION_ID = l.SESSION_ID
        AND NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_SESSION_STORE o
          WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
          WHERE o.SESSION_ID = t.SESSION_ID));
    INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
    SELECT DISTINCT t.SESSION_ID, v_started
    FROM IDN_AUTH_USER_SESSION_MAPPING t
    WHERE NOT EXISTS (
            SELECT 1 FROM IDN_AUTH_SESSION_STORE o
            WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
            WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (
        SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
        WHERE t.SESSION_ID = l.SESSION_ID);
    SELECT MIN(l.SESSION_ID) INTO v_from_3 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
        WHERE l.FIRST_SEEN < v_sighting_cut_off;
    v_more := v_from_3 IS NOT NULL;
  END begin_3;

  PROCEDURE batch_3 IS
  BEGIN
    v_dead := 0;
    v_reason_1 := 0;
    -- The next range, closed by value
    SELECT MAX(d.K) INTO v_upto_3
    FROM (
      SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID AS K
      FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING k
      WHERE k.SESSION_ID >= v_from_3
      ORDER BY k.SESSION_ID
    ) d
    WHERE ROWNUM <= v_span;

    IF v_dry_run = 'yes' OR v_failures >= 10 THEN
      SELECT COUNT(*),
        COUNT(CASE d.REASON WHEN 1 THEN 1 END)
      INTO v_dead, v_reason_1
      FROM (
        SELECT /*+ INDEX(t (SESSION_ID)) */ 1 AS REASON
        FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE t.SESSION_ID BETWEEN v_from_3 AND v_upto_3
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID))
      ) d;
    ELSE
      -- The dead rows, by reason; from here to the end of the batch nobody else can change them
      FOR r IN (
        SELECT /*+ INDEX(t (SESSION_ID)) */ 1 AS REASON
        FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE t.SESSION_ID BETWEEN v_from_3 AND v_upto_3
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID))
        FOR UPDATE OF t.SESSION_ID WAIT 1
      ) LOOP
        v_dead := v_dead + 1;
        CASE r.REASON
          WHEN 1 THEN v_reason_1 := v_reason_1 + 1;
        END CASE;
      END LOOP;
      IF v_dead > 0 THEN
        INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          (RUN_ID, REASON, USER_ID, SESSION_ID)
        SELECT /*+ INDEX(t (SESSION_ID)) */ v_run_id, 'orphaned',
          t.USER_ID, t.SESSION_ID
        FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE t.SESSION_ID BETWEEN v_from_3 AND v_upto_3
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;

        DELETE /*+ INDEX(t (SESSION_ID)) */ FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE t.SESSION_ID BETWEEN v_from_3 AND v_upto_3
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;
      END IF;
    END IF;
    v_seen := v_dead;

    IF v_failures >= 10 THEN
      v_passed_over := v_passed_over OR v_dead > 0;
      v_dead := 0;
    ELSIF v_dead > 0 THEN
      UPDATE CLEANUP_RUN_REASON
      SET DELETED = DELETED + CASE REASON
          WHEN 'orphaned' THEN v_reason_1
          ELSE 0
        END
      WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
    END IF;
  END batch_3;

  PROCEDURE next_3 IS
  BEGIN
    SELECT MIN(l.SESSION_ID) INTO v_from_3 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
        WHERE l.SESSION_ID > v_upto_3;
    v_more := v_from_3 IS NOT NULL;
  END next_3;

  -- IDN_AUTH_SESSION_APP_INFO
  PROCEDURE begin_4 IS
  BEGIN
    v_table := 'IDN_AUTH_SESSION_APP_INFO';
    -- Forget what is kept again, and note what is seen for the first time
    DELETE FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
    WHERE NOT EXISTS (
      SELECT 1 FROM IDN_AUTH_SESSION_APP_INFO t
      WHERE t.SESSION_ID = l.SESSION_ID
        AND NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_SESSION_STORE o
          WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
          WHERE o.SESSION_ID = t.SESSION_ID));
    INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (SESSION_ID, FIRST_SEEN)
    SELECT DISTINCT t.SESSION_ID, v_started
    FROM IDN_AUTH_SESSION_APP_INFO t
    WHERE NOT EXISTS (
            SELECT 1 FROM IDN_AUTH_SESSION_STORE o
            WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
            WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (
        SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
        WHERE t.SESSION_ID = l.SESSION_ID);
    SELECT MIN(l.SESSION_ID) INTO v_from_4 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
        WHERE l.FIRST_SEEN < v_sighting_cut_off;
    v_more := v_from_4 IS NOT NULL;
  END begin_4;

  PROCEDURE batch_4 IS
  BEGIN
    v_dead := 0;
    v_reason_1 := 0;
    -- The next range, closed by value
    SELECT MAX(d.K) INTO v_upto_4
    FROM (
      SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID AS K
      FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO k
      WHERE k.SESSION_ID >= v_from_4
      ORDER BY k.SESSION_ID
    ) d
    WHERE ROWNUM <= v_span;

    IF v_dry_run = 'yes' OR v_failures >= 10 THEN
      SELECT COUNT(*),
        COUNT(CASE d.REASON WHEN 1 THEN 1 END)
      INTO v_dead, v_reason_1
      FROM (
        SELECT /*+ INDEX(t (SESSION_ID)) */ 1 AS REASON
        FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE t.SESSION_ID BETWEEN v_from_4 AND v_upto_4
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID))
      ) d;
    ELSE
      -- The dead rows, by reason; from here to the end of the batch nobody else can change them
      FOR r IN (
        SELECT /*+ INDEX(t (SESSION_ID)) */ 1 AS REASON
        FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE t.SESSION_ID BETWEEN v_from_4 AND v_upto_4
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID))
        FOR UPDATE OF t.SESSION_ID WAIT 1
      ) LOOP
        v_dead := v_dead + 1;
        CASE r.REASON
          WHEN 1 THEN v_reason_1 := v_reason_1 + 1;
        END CASE;
      END LOOP;
      IF v_dead > 0 THEN
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
        SELECT /*+ INDEX(t (SESSION_ID)) */ v_run_id, 'orphaned',
          t.SESSION_ID, t.SUBJECT, t.APP_ID, t.INBOUND_AUTH_TYPE
        FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE t.SESSION_ID BETWEEN v_from_4 AND v_upto_4
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;

        DELETE /*+ INDEX(t (SESSION_ID)) */ FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE t.SESSION_ID BETWEEN v_from_4 AND v_upto_4
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;
      END IF;
    END IF;
    v_seen := v_dead;

    IF v_failures >= 10 THEN
      v_passed_over := v_passed_over OR v_dead > 0;
      v_dead := 0;
    ELSIF v_dead > 0 THEN
      UPDATE CLEANUP_RUN_REASON
      SET DELETED = DELETED + CASE REASON
          WHEN 'orphaned' THEN v_reason_1
          ELSE 0
        END
      WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
    END IF;
  END batch_4;

  PROCEDURE next_4 IS
  BEGIN
    SELECT MIN(l.SESSION_ID) INTO v_from_4 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
        WHERE l.SESSION_ID > v_upto_4;
    v_more := v_from_4 IS NOT NULL;
  END next_4;

  -- IDN_AUTH_SESSION_META_DATA
  PROCEDURE begin_5 IS
  BEGIN
    v_table := 'IDN_AUTH_SESSION_META_DATA';
    -- Forget what is kept again, and note what is seen for the first time
    DELETE FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
    WHERE NOT EXISTS (
      SELECT 1 FROM IDN_AUTH_SESSION_META_DATA t
      WHERE t.SESSION_ID = l.SESSION_ID
        AND NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_SESSION_STORE o
          WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
          WHERE o.SESSION_ID = t.SESSION_ID));
    INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (SESSION_ID, FIRST_SEEN)
    SELECT DISTINCT t.SESSION_ID, v_started
    FROM IDN_AUTH_SESSION_META_DATA t
    WHERE NOT EXISTS (
            SELECT 1 FROM IDN_AUTH_SESSION_STORE o
            WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
            WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (
        SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
        WHERE t.SESSION_ID = l.SESSION_ID);
    SELECT MIN(l.SESSION_ID) INTO v_from_5 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
        WHERE l.FIRST_SEEN < v_sighting_cut_off;
    v_more := v_from_5 IS NOT NULL;
  END begin_5;

  PROCEDURE batch_5 IS
  BEGIN
    v_dead := 0;
    v_reason_1 := 0;
    -- The next range, closed by value
    SELECT MAX(d.K) INTO v_upto_5
    FROM (
      SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID AS K
      FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA k
      WHERE k.SESSION_ID >= v_from_5
      ORDER BY k.SESSION_ID
    ) d
    WHERE ROWNUM <= v_span;

    IF v_dry_run = 'yes' OR v_failures >= 10 THEN
      SELECT COUNT(*),
        COUNT(CASE d.REASON WHEN 1 THEN 1 END)
      INTO v_dead, v_reason_1
      FROM (
        SELECT /*+ INDEX(t (SESSION_ID)) */ 1 AS REASON
        FROM IDN_AUTH_SESSION_META_DATA t
        WHERE t.SESSION_ID BETWEEN v_from_5 AND v_upto_5
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID))
      ) d;
    ELSE
      -- The dead rows, by reason; from here to the end of the batch nobody else can change them
      FOR r IN (
        SELECT /*+ INDEX(t (SESSION_ID)) */ 1 AS REASON
        FROM IDN_AUTH_SESSION_META_DATA t
        WHERE t.SESSION_ID BETWEEN v_from_5 AND v_upto_5
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID))
        FOR UPDATE OF t.SESSION_ID WAIT 1
      ) LOOP
        v_dead := v_dead + 1;
        CASE r.REASON
          WHEN 1 THEN v_reason_1 := v_reason_1 + 1;
        END CASE;
      END LOOP;
      IF v_dead > 0 THEN
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
        SELECT /*+ INDEX(t (SESSION_ID)) */ v_run_id, 'orphaned',
          t.SESSION_ID, t.PROPERTY_TYPE, t.VALUE
        FROM IDN_AUTH_SESSION_META_DATA t
        WHERE t.SESSION_ID BETWEEN v_from_5 AND v_upto_5
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;

        DELETE /*+ INDEX(t (SESSION_ID)) */ FROM IDN_AUTH_SESSION_META_DATA t
        WHERE t.SESSION_ID BETWEEN v_from_5 AND v_upto_5
          AND EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
            WHERE t.SESSION_ID = l.SESSION_ID)
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
                 WHERE o.SESSION_ID = t.SESSION_ID));
        IF SQL%ROWCOUNT <> v_dead THEN
          RAISE e_changed;
        END IF;
      END IF;
    END IF;
    v_seen := v_dead;

    IF v_failures >= 10 THEN
      v_passed_over := v_passed_over OR v_dead > 0;
      v_dead := 0;
    ELSIF v_dead > 0 THEN
      UPDATE CLEANUP_RUN_REASON
      SET DELETED = DELETED + CASE REASON
          WHEN 'orphaned' THEN v_reason_1
          ELSE 0
        END
      WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
    END IF;
  END batch_5;

  PROCEDURE next_5 IS
  BEGIN
    SELECT MIN(l.SESSION_ID) INTO v_from_5 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
        WHERE l.SESSION_ID > v_upto_5;
    v_more := v_from_5 IS NOT NULL;
  END next_5;

BEGIN
  -- Check: one run at a time, and nothing that would make a delete unsafe or a restore impossible

  -- A COMMIT would end what the caller has begun; a job of the scheduler has no caller
  IF DBMS_TRANSACTION.LOCAL_TRANSACTION_ID IS NOT NULL AND SYS_CONTEXT('USERENV', 'BG_JOB_ID') IS NULL THEN
    RAISE_APPLICATION_ERROR(-20001,
        'cleanup_sessions commits by itself, so it cannot run inside a transaction; nothing was deleted');
  END IF;

  BEGIN
    FOR o IN (
      SELECT 1 AS ONE FROM CLEANUP_OBJECT
      WHERE OBJECT_NAME = 'cleanup_sessions' AND OBJECT_KIND = 'procedure'
      FOR UPDATE NOWAIT
    ) LOOP
      v_registered := TRUE;
    END LOOP;
    IF v_registered THEN
      FOR r IN (
        SELECT RUN_ID, SESSION_ID FROM CLEANUP_RUN
        WHERE PROCEDURE_NAME IN ('cleanup_sessions', 'restore_sessions') AND STATUS = 'running'
      ) LOOP
        IF r.SESSION_ID <> c_session AND DBMS_SESSION.IS_SESSION_ALIVE(r.SESSION_ID) THEN
          v_status := 'skipped';
        ELSE
          UPDATE CLEANUP_RUN
          SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = v_started
          WHERE RUN_ID = r.RUN_ID;
        END IF;
      END LOOP;
    ELSE
      v_problem := 'it is not in CLEANUP_OBJECT, the register of what is installed';
    END IF;
  EXCEPTION
    WHEN e_busy THEN
      v_status := 'skipped';
  END;
  IF v_status = 'skipped' THEN
    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES ('cleanup_sessions', c_caller, v_started, v_started, 'skipped', 'already running');
    COMMIT;
    RETURN;
  END IF;
  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, SESSION_ID, STARTED_AT, STATUS)
  VALUES ('cleanup_sessions', c_caller, c_session, v_started, 'running')
  RETURNING RUN_ID INTO v_run_id;
  COMMIT;

  BEGIN
    -- Words are compared and keys are put in order by their bytes, whatever language the session speaks
    SELECT VALUE INTO v_old_comp FROM NLS_SESSION_PARAMETERS WHERE PARAMETER = 'NLS_COMP';
    SELECT VALUE INTO v_old_sort FROM NLS_SESSION_PARAMETERS WHERE PARAMETER = 'NLS_SORT';
    DBMS_SESSION.SET_NLS('NLS_COMP', 'BINARY');
    DBMS_SESSION.SET_NLS('NLS_SORT', 'BINARY');

    IF v_problem IS NULL THEN
      check_fit;
    END IF;

    -- Rows that are kept under this number or a later one could not be told from those of this run
    FOR k IN (
      SELECT 1 AS ONE FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE WHERE RUN_ID >= v_run_id AND ROWNUM = 1 UNION ALL
      SELECT 1 AS ONE FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE WHERE RUN_ID >= v_run_id AND ROWNUM = 1 UNION ALL
      SELECT 1 AS ONE FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING WHERE RUN_ID >= v_run_id AND ROWNUM = 1 UNION ALL
      SELECT 1 AS ONE FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO WHERE RUN_ID >= v_run_id AND ROWNUM = 1 UNION ALL
      SELECT 1 AS ONE FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA WHERE RUN_ID >= v_run_id AND ROWNUM = 1
    ) LOOP
      v_problem := 'kept rows have run number ' || v_run_id || ' or a later one, since the log was lost';
    END LOOP;

    SELECT
      COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120'),
      COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14'),
      COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12'),
      COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no'),
      COALESCE(MAX(CASE NAME WHEN 'backup_retention_days' THEN VALUE END), '30'),
      CASE
        WHEN SYS_CONTEXT('USERENV', 'CLIENT_INFO') = 'deepclean_dry_run=yes' THEN 'yes'
        ELSE COALESCE(MAX(CASE NAME WHEN 'dry_run' THEN VALUE END), 'no')
      END
    INTO
      v_expiry_grace_minutes, v_session_age_days, v_deleted_after_hours, v_orphan_sweep, v_retention, v_dry_run
    FROM CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_sessions';

    -- Backups of runs before this one are over their retention
    SELECT MIN(RUN_ID) INTO v_oldest_kept
    FROM CLEANUP_RUN
    WHERE STARTED_AT >= v_started - NUMTODSINTERVAL(v_retention, 'DAY');

    -- A stop that was asked of an earlier run is used up here
    UPDATE CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_sessions' AND NAME = 'stop_requested' AND VALUE = 'yes';

    SELECT v_started - NUMTODSINTERVAL(v_expiry_grace_minutes, 'MINUTE')
    INTO v_expiry_cut_off FROM DUAL;
    v_expiry_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_expiry_cut_off,
        'J')) - 2440588) * 86400 + TO_NUMBER(TO_CHAR(v_expiry_cut_off,
        'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_expiry_cut_off, 'FF6'))) * 1000;
    SELECT v_started - NUMTODSINTERVAL(v_session_age_days, 'DAY')
    INTO v_age_cut_off FROM DUAL;
    v_age_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_age_cut_off, 'J')) - 2440588) * 86400 + TO_NUMBER(TO_CHAR(v_age_cut_off,
        'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_age_cut_off, 'FF6'))) * 1000;
    SELECT v_started - NUMTODSINTERVAL(v_deleted_after_hours, 'HOUR')
    INTO v_delete_cut_off FROM DUAL;
    v_delete_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_delete_cut_off,
        'J')) - 2440588) * 86400 + TO_NUMBER(TO_CHAR(v_delete_cut_off,
        'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_delete_cut_off, 'FF6'))) * 1000;
    SELECT v_started - NUMTODSINTERVAL(24, 'HOUR')
    INTO v_sighting_cut_off FROM DUAL;

    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME) VALUES (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE');
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME) VALUES (v_run_id, 'IDN_AUTH_SESSION_STORE');
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME) VALUES (v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING');
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME) VALUES (v_run_id, 'IDN_AUTH_SESSION_APP_INFO');
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME) VALUES (v_run_id, 'IDN_AUTH_SESSION_META_DATA');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE',
        'expired');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE',
        'deleted');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE',
        'superseded');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_SESSION_STORE', 'expired');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_SESSION_STORE', 'deleted');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_SESSION_STORE',
        'superseded');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING',
        'session_gone');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_SESSION_APP_INFO',
        'session_gone');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_SESSION_META_DATA',
        'session_gone');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING',
        'orphaned');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_SESSION_APP_INFO',
        'orphaned');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON) VALUES (v_run_id, 'IDN_AUTH_SESSION_META_DATA',
        'orphaned');
    UPDATE CLEANUP_RUN
    SET CUT_OFF = v_expiry_cut_off, DRY_RUN = v_dry_run
    WHERE RUN_ID = v_run_id;
  EXCEPTION
    WHEN e_cancelled THEN
      v_status := 'stopped';
      v_why := 'interrupted';
    WHEN OTHERS THEN
      v_problem := SUBSTR('error: ' || SQLERRM, 1, 300);
  END;
  IF v_problem IS NOT NULL THEN
    v_status := 'failed';
    v_why := v_problem;
  END IF;
  COMMIT;
  v_work_began := SYS_EXTRACT_UTC(SYSTIMESTAMP);

  -- Purge: table by table, forward along the key or the list, in short transactions

  <<tables>>
  WHILE v_step < 5 AND v_status = 'ended' LOOP
    v_step := v_step + 1;
    v_more := FALSE;
    v_failures := 0;
    v_careful := 0;
    v_span := 1000;
    BEGIN
      read_settings;
      IF v_why <> 'done' THEN
        v_status := 'stopped';
      ELSE
        CASE v_step
          WHEN 1 THEN
            begin_1;
          WHEN 2 THEN
            begin_2;
          WHEN 3 THEN
            IF v_orphan_sweep = 'yes' THEN
              begin_3;
            END IF;
          WHEN 4 THEN
            IF v_orphan_sweep = 'yes' THEN
              begin_4;
            END IF;
          WHEN 5 THEN
            IF v_orphan_sweep = 'yes' THEN
              begin_5;
            END IF;
        END CASE;
      END IF;
    EXCEPTION
      WHEN e_cancelled THEN
        v_status := 'stopped';
        v_why := 'interrupted';
      WHEN OTHERS THEN
        v_status := 'failed';
        v_why := SUBSTR('error: ' || SQLERRM, 1, 300);
    END;
    IF v_status <> 'ended' THEN
      ROLLBACK;
      EXIT tables;
    END IF;
    COMMIT;

    WHILE v_more LOOP
      v_lost := FALSE;
      BEGIN
        pause(v_pause_ms);
        read_settings;
        IF v_why <> 'done' THEN
          v_status := 'stopped';
        ELSE
          IF v_failures = 0 THEN
            v_span := GREATEST(v_span, v_rows_min);
          END IF;
          v_span := LEAST(v_span, v_rows_max);
          v_batch_began := DBMS_UTILITY.GET_TIME;
          CASE v_step
            WHEN 1 THEN batch_1;
            WHEN 2 THEN batch_2;
            WHEN 3 THEN batch_3;
            WHEN 4 THEN batch_4;
            WHEN 5 THEN batch_5;
          END CASE;
          v_batch_ms := (DBMS_UTILITY.GET_TIME - v_batch_began) * 10;
          IF v_batch_ms < 0 THEN
            -- The counter has begun anew
            v_batch_ms := v_target_ms;
          END IF;
          UPDATE CLEANUP_RUN_STEP
          SET SEEN = SEEN + v_seen, DELETED = DELETED + v_dead,
              BATCHES = BATCHES + 1, LONGEST_BATCH_MS = GREATEST(LONGEST_BATCH_MS, v_batch_ms)
          WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
          CASE v_step
            WHEN 1 THEN next_1;
            WHEN 2 THEN next_2;
            WHEN 3 THEN next_3;
            WHEN 4 THEN next_4;
            WHEN 5 THEN next_5;
          END CASE;
        END IF;
      EXCEPTION
        WHEN e_deadlock OR e_busy OR e_waited OR e_serial OR e_child OR e_changed THEN
          v_lost := TRUE;
        WHEN e_cancelled THEN
          v_status := 'stopped';
          v_why := 'interrupted';
        WHEN OTHERS THEN
          v_status := 'failed';
          v_why := SUBSTR('error: ' || SQLERRM, 1, 300);
      END;

      IF v_status <> 'ended' THEN
        ROLLBACK;
        EXIT tables;
      ELSIF v_lost THEN
        -- The whole batch is undone; half the range is tried next, and left to the next run after ten tries
        ROLLBACK;
        v_failures := v_failures + 1;
        v_careful := 10;
        v_span := GREATEST(TRUNC(v_span / 2), 1);
        UPDATE CLEANUP_RUN_STEP SET RETRIES = RETRIES + 1 WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
        COMMIT;
      ELSE
        COMMIT;
        v_failures := 0;
        v_careful := GREATEST(v_careful - 1, 0);
        -- Rows that live cost little: a range of them must not make the next batch, of dead ones, too large
        IF v_batch_ms > v_target_ms OR v_careful = 0 AND (v_dead * 2 >= v_span OR v_span < 5000) THEN
          v_factor := v_target_ms / GREATEST(v_batch_ms, 1);
          v_factor := LEAST(GREATEST(v_factor, 0.5), 4);
          v_span := GREATEST(TRUNC(v_span * v_factor), 1);
        END IF;
      END IF;
    END LOOP;
  END LOOP tables;
  IF v_why = 'done' AND v_passed_over THEN
    v_why := 'done, except for rows that another session held';
  END IF;

  -- The lists are needed no more. Until a session truncates them or ends they are in use by it, and cannot be dropped

  BEGIN
    EXECUTE IMMEDIATE 'TRUNCATE TABLE CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE';
    EXECUTE IMMEDIATE 'TRUNCATE TABLE CLEANUP_DEAD_IDN_AUTH_SESSION_STORE';
  EXCEPTION
    WHEN e_cancelled THEN
      IF v_status = 'ended' THEN
        v_status := 'stopped';
        v_why := 'interrupted';
      END IF;
    WHEN OTHERS THEN
      -- Where DDL is refused the rows stay, seen by this session alone, and its next run deletes them
      v_why := v_why || '; a list stays in use until this session ends: ' || SUBSTR(SQLERRM, 1, 200);
  END;

  -- Prune: backups whose retention is over, in short transactions

  v_step := 0;
  WHILE v_step < 5 AND v_oldest_kept IS NOT NULL AND v_status = 'ended' AND v_dry_run = 'no' LOOP
    BEGIN
      CASE v_step
        WHEN 0 THEN DELETE FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
          WHERE RUN_ID < v_oldest_kept AND ROWNUM <= 5000
            AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r);
        WHEN 1 THEN DELETE FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE
          WHERE RUN_ID < v_oldest_kept AND ROWNUM <= 5000
            AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r);
        WHEN 2 THEN DELETE FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          WHERE RUN_ID < v_oldest_kept AND ROWNUM <= 5000
            AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r);
        WHEN 3 THEN DELETE FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          WHERE RUN_ID < v_oldest_kept AND ROWNUM <= 5000
            AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r);
        WHEN 4 THEN DELETE FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          WHERE RUN_ID < v_oldest_kept AND ROWNUM <= 5000
            AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r);
      END CASE;
      v_more := SQL%ROWCOUNT > 0;
      IF NOT v_more THEN
        v_step := v_step + 1;
      END IF;
    EXCEPTION
      WHEN e_cancelled THEN
        v_status := 'stopped';
        v_why := 'interrupted';
      WHEN OTHERS THEN
        v_status := 'failed';
        v_why := SUBSTR('error: ' || SQLERRM, 1, 300);
    END;
    COMMIT;
  END LOOP;

  -- End the log

  BEGIN
    end_log;
  EXCEPTION
    WHEN e_cancelled THEN
      -- There is nothing left to stop
      end_log;
  END;
  COMMIT;
  IF v_old_comp IS NOT NULL AND v_old_sort IS NOT NULL THEN
    DBMS_SESSION.SET_NLS('NLS_COMP', v_old_comp);
    DBMS_SESSION.SET_NLS('NLS_SORT', v_old_sort);
  END IF;

  IF v_problem IS NOT NULL THEN
    RAISE_APPLICATION_ERROR(-20001, 'cleanup_sessions did not start, and nothing was deleted: ' || v_problem);
  ELSIF v_status = 'failed' THEN
    RAISE_APPLICATION_ERROR(-20002, 'cleanup_sessions stopped in run ' || v_run_id || ': ' || v_why);
  END IF;
END cleanup_sessions;
/
-- @end

-- What does not compile is stored all the same; here it is told.
-- @statement check cleanup_sessions
DECLARE
  v_error VARCHAR2(2000);
BEGIN
  SELECT MIN('line ' || e.LINE || ', column ' || e.POSITION || ': ' || SUBSTR(e.TEXT, 1, 1000))
      KEEP (DENSE_RANK FIRST ORDER BY e.SEQUENCE)
  INTO v_error
  FROM ALL_ERRORS e
  WHERE e.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
    AND e.NAME = UPPER('cleanup_sessions') AND e.TYPE = 'PROCEDURE' AND e.ATTRIBUTE = 'ERROR';
  IF v_error IS NOT NULL THEN
    RAISE_APPLICATION_ERROR(-20003, 'cleanup_sessions does not compile: ' || v_error);
  END IF;
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
MERGE INTO CLEANUP_OBJECT o
USING (
  SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
  FROM (
  SELECT 'cleanup_sessions' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    '5649ccec7c5464309ca1afd327a2b8adaffb01bf2b754b76192794a9fe322893' AS ARTIFACT_SHA256 FROM DUAL
) x
LEFT JOIN (
  SELECT z.OBJECT_NAME, z.OBJECT_KIND,
    RAWTOHEX(STANDARD_HASH(z.PARTS || ' ' || z.TOTAL, 'SHA256')) AS STORED_SHA256
  FROM (
    SELECT y.OBJECT_NAME, y.OBJECT_KIND, SUM(y.PART) AS PARTS,
      SUM(TO_NUMBER(SUBSTR(y.HASH, 1, 24), 'XXXXXXXXXXXXXXXXXXXXXXXX')) AS TOTAL
    FROM (
      SELECT s.NAME AS OBJECT_NAME, 'procedure' AS OBJECT_KIND, 1 AS PART,
        STANDARD_HASH(s.LINE || ' ' || SUBSTR(s.TEXT, 1, 900), 'SHA256') AS HASH
      FROM ALL_SOURCE s
      WHERE s.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AND s.TYPE = 'PROCEDURE'
    ) y
    GROUP BY y.OBJECT_NAME, y.OBJECT_KIND
  ) z
) k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
) n
ON (o.OBJECT_NAME = n.OBJECT_NAME AND o.OBJECT_KIND = n.OBJECT_KIND)
WHEN MATCHED THEN UPDATE
  SET o.ARTIFACT_SHA256 = n.ARTIFACT_SHA256, o.STORED_SHA256 = n.STORED_SHA256
WHEN NOT MATCHED THEN
  INSERT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
  VALUES (n.OBJECT_NAME, n.OBJECT_KIND, n.ARTIFACT_SHA256, n.STORED_SHA256);
-- @end
-- @statement commit register
COMMIT;
-- @end
