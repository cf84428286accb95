-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
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
--   and then from IDN_FED_AUTH_SESSION_MAPPING when
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
--   IDN_FED_AUTH_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--
-- Every deleted row is copied in the same transaction; CALL restore_sessions(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_sessions_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that back.
-- How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_sessions
--   EXECUTE on PROCEDURE cleanup_sessions_dry_run
--   SELECT, DELETE on IDN_AUTH_TEMP_SESSION_STORE, IDN_AUTH_SESSION_STORE, IDN_AUTH_USER_SESSION_MAPPING,
--     IDN_AUTH_SESSION_APP_INFO, IDN_AUTH_SESSION_META_DATA, IDN_FED_AUTH_SESSION_MAPPING
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE,
--     CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA, CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING,
--     CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
--   SELECT, INSERT, DELETE, UPDATE on CLEANUP_DEAD_IDN_AUTH_SESSION_STORE
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_LOCK, CLEANUP_RUN_REST, CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON
--   SELECT, INSERT, UPDATE, DELETE on CLEANUP_POSITION
--   INSERT on CLEANUP_RUN_ERROR
--   SELECT, INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_sessions
DROP PROCEDURE IF EXISTS cleanup_sessions;
-- @end
-- @statement drop cleanup_sessions_dry_run
DROP PROCEDURE IF EXISTS cleanup_sessions_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_sessions
CREATE PROCEDURE cleanup_sessions()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted, v_kept, v_kept_now BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_expiry_cut_off DATETIME(6);
  DECLARE v_expiry_cut_off_ns BIGINT;
  DECLARE v_age_cut_off DATETIME(6);
  DECLARE v_age_cut_off_ns BIGINT;
  DECLARE v_delete_cut_off DATETIME(6);
  DECLARE v_delete_cut_off_ns BIGINT;
  DECLARE v_sighting_cut_off DATETIME(6);
  DECLARE v_expiry_grace_minutes BIGINT;
  DECLARE v_session_age_days BIGINT;
  DECLARE v_deleted_after_hours BIGINT;
  DECLARE v_orphan_sweep VARCHAR(255);
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(100);
  DECLARE v_from_2, v_upto_2, v_after_2, v_until_2 varchar(100);
  DECLARE v_from_3, v_upto_3, v_after_3, v_until_3 varchar(255);
  DECLARE v_from_4, v_upto_4, v_after_4, v_until_4 varchar(100);
  DECLARE v_from_5, v_upto_5, v_after_5, v_until_5 varchar(100);
  DECLARE v_from_6, v_upto_6, v_after_6, v_until_6 varchar(255);
  DECLARE v_reasons, v_error TEXT;
  DECLARE v_sqlstate CHAR(5);
  DECLARE v_errno, v_proves INT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
    CALL CLEANUP_END(v_run_id, v_error);
    RESIGNAL;
  END;

  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CALL CLEANUP_BEGIN('cleanup_sessions', 4,
    '[["IDN_AUTH_TEMP_SESSION_STORE", "CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE", 7, []],'
    '["IDN_AUTH_SESSION_STORE", "CLEANUP_BAK_IDN_AUTH_SESSION_STORE", 7, []],'
    '["IDN_AUTH_USER_SESSION_MAPPING", "CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING", 3, []],'
    '["IDN_AUTH_SESSION_APP_INFO", "CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO", 4, []],'
    '["IDN_AUTH_SESSION_META_DATA", "CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA", 3, []],'
    '["IDN_FED_AUTH_SESSION_MAPPING", "CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING", 8, []]]', v_run_id, v_started,
        v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120'),
    COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14'),
    COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12'),
    COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no')
  INTO v_expiry_grace_minutes, v_session_age_days, v_deleted_after_hours, v_orphan_sweep
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_sessions' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the grace after an EXPIRY_TIME
  SET v_expiry_cut_off = v_started - INTERVAL v_expiry_grace_minutes MINUTE;
  SET v_expiry_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_expiry_cut_off) * 1000;
  -- UTC now, less the age of a session without an EXPIRY_TIME
  SET v_age_cut_off = v_started - INTERVAL v_session_age_days DAY;
  SET v_age_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_age_cut_off) * 1000;
  -- UTC now, less the time that a DELETE row is kept
  SET v_delete_cut_off = v_started - INTERVAL v_deleted_after_hours HOUR;
  SET v_delete_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_delete_cut_off) * 1000;
  -- UTC now, less 24 h: an earlier sighting counts
  SET v_sighting_cut_off = v_started - INTERVAL 24 HOUR;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_expiry_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_AUTH_TEMP_SESSION_STORE
  CALL CLEANUP_OPEN(v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'list');
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
  IF v_rows > 0 THEN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    INSERT INTO CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (RUN_ID, SESSION_ID)
    SELECT DISTINCT v_run_id, t.SESSION_ID
    FROM IDN_AUTH_TEMP_SESSION_STORE t
    WHERE (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
      OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
          AND t.TIME_CREATED < v_age_cut_off_ns)
      OR (CAST(t.OPERATION AS BINARY) = 'DELETE'
          AND t.TIME_CREATED < v_delete_cut_off_ns);
  END IF;
  table_1: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
    IF v_rows = 0 THEN
      LEAVE table_1;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_1);
      END;

      SELECT MIN(k.SESSION_ID), MAX(k.SESSION_ID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT l.SESSION_ID
        FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
        WHERE l.RUN_ID = v_run_id AND (v_after_1 IS NULL OR l.SESSION_ID > v_after_1)
        ORDER BY l.SESSION_ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
      STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
      WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_1 AND v_upto_1
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
        (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT v_run_id, d.WHY_DEAD, t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED,
             t.TENANT_ID, t.EXPIRY_TIME
      FROM (
        -- A row dies with the newest end of its history that is not older than the row. In the order of the key, or
        -- MariaDB would copy the rows of a history in any order, and split the pages of the copies
        SELECT e.SESSION_ID, e.SESSION_TYPE, e.TIME_CREATED, e.OPERATION,
          CASE WHEN e.TIME_CREATED <= MAX(IF(e.WHY_DEAD IS NULL, NULL, e.TIME_CREATED)) OVER (
            PARTITION BY e.SESSION_ID, e.SESSION_TYPE ORDER BY e.TIME_CREATED
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) THEN COALESCE(e.WHY_DEAD, 'superseded') END AS WHY_DEAD
        FROM (
          SELECT t.SESSION_ID, t.SESSION_TYPE, t.TIME_CREATED, t.OPERATION,
            CASE
              WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                       AND t.TIME_CREATED < v_age_cut_off_ns)
              THEN 'expired'
              WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                   AND t.TIME_CREATED < v_delete_cut_off_ns
              THEN 'deleted'
            END AS WHY_DEAD
          FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
          STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_1 AND v_upto_1
        ) e
      ) d
      STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = d.SESSION_ID
        AND t.SESSION_TYPE = d.SESSION_TYPE
        AND t.TIME_CREATED = d.TIME_CREATED
        AND t.OPERATION = d.OPERATION
      WHERE d.WHY_DEAD IS NOT NULL
      FOR UPDATE;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SELECT JSON_OBJECTAGG(r.REASON, r.N) INTO v_reasons
      FROM (
        SELECT g.REASON, COUNT(*) AS N
        FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE g FORCE INDEX (PRIMARY)
        WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_1 AND v_upto_1
        GROUP BY g.REASON
      ) r;

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = g.SESSION_ID
          AND t.SESSION_TYPE = g.SESSION_TYPE
          AND t.TIME_CREATED = g.TIME_CREATED
          AND t.OPERATION = g.OPERATION
        WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE');

  -- 2. IDN_AUTH_SESSION_STORE
  CALL CLEANUP_OPEN(v_run_id, 'IDN_AUTH_SESSION_STORE', 'list');
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_2, v_until_2);
  IF v_rows > 0 THEN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    INSERT INTO CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (RUN_ID, SESSION_ID)
    SELECT DISTINCT v_run_id, t.SESSION_ID
    FROM IDN_AUTH_SESSION_STORE t FORCE INDEX (IDX_IDN_AUTH_SSTR_ET_ID)
    WHERE (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
      OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
          AND t.TIME_CREATED < v_age_cut_off_ns)
      OR (CAST(t.OPERATION AS BINARY) = 'DELETE'
          AND t.TIME_CREATED < v_delete_cut_off_ns);
  END IF;
  table_2: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_2, v_until_2);
    IF v_rows = 0 THEN
      LEAVE table_2;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_2);
      END;

      SELECT MIN(k.SESSION_ID), MAX(k.SESSION_ID), COUNT(*) INTO v_from_2, v_upto_2, v_seen
      FROM (
        SELECT l.SESSION_ID
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        WHERE l.RUN_ID = v_run_id AND (v_after_2 IS NULL OR l.SESSION_ID > v_after_2)
        ORDER BY l.SESSION_ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
      STRAIGHT_JOIN IDN_AUTH_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
      WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
      FOR UPDATE;
      DELETE l FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
      WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
        AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE t WHERE t.SESSION_ID = l.SESSION_ID);
      INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_STORE
        (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT v_run_id, d.WHY_DEAD, t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED,
             t.TENANT_ID, t.EXPIRY_TIME
      FROM (
        -- A row dies with the newest end of its history that is not older than the row. In the order of the key, or
        -- MariaDB would copy the rows of a history in any order, and split the pages of the copies
        SELECT e.SESSION_ID, e.SESSION_TYPE, e.TIME_CREATED, e.OPERATION,
          CASE WHEN e.TIME_CREATED <= MAX(IF(e.WHY_DEAD IS NULL, NULL, e.TIME_CREATED)) OVER (
            PARTITION BY e.SESSION_ID, e.SESSION_TYPE ORDER BY e.TIME_CREATED
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) THEN COALESCE(e.WHY_DEAD, 'superseded') END AS WHY_DEAD
        FROM (
          SELECT t.SESSION_ID, t.SESSION_TYPE, t.TIME_CREATED, t.OPERATION,
            CASE
              WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                   OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                       AND t.TIME_CREATED < v_age_cut_off_ns)
              THEN 'expired'
              WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                   AND t.TIME_CREATED < v_delete_cut_off_ns
              THEN 'deleted'
            END AS WHY_DEAD
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          STRAIGHT_JOIN IDN_AUTH_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
        ) e
      ) d
      STRAIGHT_JOIN IDN_AUTH_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = d.SESSION_ID
        AND t.SESSION_TYPE = d.SESSION_TYPE
        AND t.TIME_CREATED = d.TIME_CREATED
        AND t.OPERATION = d.OPERATION
      WHERE d.WHY_DEAD IS NOT NULL
      FOR UPDATE;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SELECT JSON_OBJECTAGG(r.REASON, r.N) INTO v_reasons
      FROM (
        SELECT g.REASON, COUNT(*) AS N
        FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE g FORCE INDEX (PRIMARY)
        WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_2 AND v_upto_2
        GROUP BY g.REASON
      ) r;

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_AUTH_SESSION_STORE t FORCE INDEX (PRIMARY) ON t.SESSION_ID = g.SESSION_ID
          AND t.SESSION_TYPE = g.SESSION_TYPE
          AND t.TIME_CREATED = g.TIME_CREATED
          AND t.OPERATION = g.OPERATION
        WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_2 AND v_upto_2;
        SET v_deleted = ROW_COUNT();
        -- Which rows keep them, and not only how many: one may go while another one comes
        SELECT
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.SESSION_ID, o.SESSION_ID, o.SESSION_TYPE, o.TIME_CREATED,
                                                 o.OPERATION))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           STRAIGHT_JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2) +
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.SESSION_ID, o.SESSION_ID, o.SESSION_TYPE, o.TIME_CREATED,
                                                 o.OPERATION))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2)
        INTO v_kept;
        -- this run removed the last row of its session, and none is in either store
        INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          (RUN_ID, REASON, ID, USER_ID, SESSION_ID)
        SELECT v_run_id, 'session_gone', c.ID, c.USER_ID, c.SESSION_ID
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING c FORCE INDEX (IDX_SESSION_ID) ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
        FOR UPDATE;
        SET v_rows = ROW_COUNT();
        DELETE c
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING c FORCE INDEX (IDX_SESSION_ID) ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
        IF ROW_COUNT() <> v_rows THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
        END IF;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'session_gone', v_rows);
        -- this run removed the last row of its session, and none is in either store
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
        SELECT v_run_id, 'session_gone', c.SESSION_ID, c.SUBJECT, c.APP_ID, c.INBOUND_AUTH_TYPE
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO c FORCE INDEX (PRIMARY) ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
        FOR UPDATE;
        SET v_rows = ROW_COUNT();
        DELETE c
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO c FORCE INDEX (PRIMARY) ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
        IF ROW_COUNT() <> v_rows THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
        END IF;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_AUTH_SESSION_APP_INFO', 'session_gone', v_rows);
        -- this run removed the last row of its session, and none is in either store
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
        SELECT v_run_id, 'session_gone', c.SESSION_ID, c.PROPERTY_TYPE, c.VALUE
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA c FORCE INDEX (PRIMARY) ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
        FOR UPDATE;
        SET v_rows = ROW_COUNT();
        DELETE c
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA c FORCE INDEX (PRIMARY) ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
        IF ROW_COUNT() <> v_rows THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
        END IF;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_AUTH_SESSION_META_DATA', 'session_gone', v_rows);
        -- this run removed the last row of its session, and none is in either store
        INSERT INTO CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
          (RUN_ID, REASON, ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE, TIME_CREATED,
           TENANT_ID)
        SELECT v_run_id, 'session_gone', c.ID, c.IDP_SESSION_ID, c.SESSION_ID, c.IDP_NAME, c.AUTHENTICATOR_ID,
               c.PROTOCOL_TYPE, c.TIME_CREATED, c.TENANT_ID
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING c FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
            ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
        FOR UPDATE;
        SET v_rows = ROW_COUNT();
        DELETE c
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING c FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
            ON c.SESSION_ID = l.SESSION_ID
          AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
        WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
        IF ROW_COUNT() <> v_rows THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
        END IF;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'session_gone', v_rows);
        SELECT
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.SESSION_ID, o.SESSION_ID, o.SESSION_TYPE, o.TIME_CREATED,
                                                 o.OPERATION))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           STRAIGHT_JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2) +
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.SESSION_ID, o.SESSION_ID, o.SESSION_TYPE, o.TIME_CREATED,
                                                 o.OPERATION))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2)
        INTO v_kept_now;
        IF v_kept_now <> v_kept THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session brought back what was to be gone';
        END IF;
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_2);
    END;
  END LOOP table_2;
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE');

  -- 3. IDN_AUTH_USER_SESSION_MAPPING, only while setting orphan_sweep is yes
  IF v_orphan_sweep = 'yes' THEN
    CALL CLEANUP_OPEN(v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'list');
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_3, v_until_3);
    IF v_rows > 0 THEN
      -- Drop sightings of rows that are no longer orphans; record new ones
      DELETE l FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
      WHERE NOT EXISTS (
        SELECT 1
        FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE t.SESSION_ID = l.SESSION_ID
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
      INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
      SELECT DISTINCT t.SESSION_ID, v_started
      FROM IDN_AUTH_USER_SESSION_MAPPING t
      WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID);
    END IF;
    table_3: LOOP
      CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_3, v_until_3);
      IF v_rows = 0 THEN
        LEAVE table_3;
      END IF;
      BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
          GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
          CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_3);
        END;

        SELECT MIN(k.SESSION_ID), MAX(k.SESSION_ID), COUNT(*) INTO v_from_3, v_upto_3, v_seen
        FROM (
          SELECT l.SESSION_ID
          FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
          WHERE l.FIRST_SEEN < v_sighting_cut_off AND (v_after_3 IS NULL OR l.SESSION_ID > v_after_3)
          ORDER BY l.SESSION_ID
          LIMIT v_rows
        ) k;

        -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
        SELECT COUNT(*) INTO v_seen
        FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
        STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING t FORCE INDEX (IDX_SESSION_ID) ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN v_from_3 AND v_upto_3
        FOR UPDATE;
        INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          (RUN_ID, REASON, ID, USER_ID, SESSION_ID)
        SELECT v_run_id, d.WHY_DEAD, d.ID, d.USER_ID, d.SESSION_ID
        FROM (
          SELECT t.*,
            CASE
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (
                     SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                     WHERE n.SESSION_ID = t.SESSION_ID
                       AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                       AND n.FIRST_SEEN < v_sighting_cut_off)
              THEN 'orphaned'
            END AS WHY_DEAD
          FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
          STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING t FORCE INDEX (IDX_SESSION_ID) ON t.SESSION_ID = l.SESSION_ID
          WHERE l.SESSION_ID BETWEEN v_from_3 AND v_upto_3
          FOR UPDATE
        ) d
        WHERE d.WHY_DEAD IS NOT NULL;
        SET v_copied = ROW_COUNT(), v_deleted = 0;
        SET v_reasons = JSON_OBJECT('orphaned', v_copied);

        IF v_copied > 0 AND v_dry_run = 'no' THEN
          DELETE t
          FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING g
          STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING t FORCE INDEX (PRIMARY) ON t.ID = g.ID
          WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_3 AND v_upto_3;
          SET v_deleted = ROW_COUNT();
        END IF;
        CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_3);
      END;
    END LOOP table_3;
  END IF;

  -- 4. IDN_AUTH_SESSION_APP_INFO, only while setting orphan_sweep is yes
  IF v_orphan_sweep = 'yes' THEN
    CALL CLEANUP_OPEN(v_run_id, 'IDN_AUTH_SESSION_APP_INFO', 'list');
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_4, v_until_4);
    IF v_rows > 0 THEN
      -- Drop sightings of rows that are no longer orphans; record new ones
      DELETE l FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
      WHERE NOT EXISTS (
        SELECT 1
        FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE t.SESSION_ID = l.SESSION_ID
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
      INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (SESSION_ID, FIRST_SEEN)
      SELECT DISTINCT t.SESSION_ID, v_started
      FROM IDN_AUTH_SESSION_APP_INFO t
      WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l WHERE t.SESSION_ID = l.SESSION_ID);
    END IF;
    table_4: LOOP
      CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_4, v_until_4);
      IF v_rows = 0 THEN
        LEAVE table_4;
      END IF;
      BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
          GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
          CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_4);
        END;

        SELECT MIN(k.SESSION_ID), MAX(k.SESSION_ID), COUNT(*) INTO v_from_4, v_upto_4, v_seen
        FROM (
          SELECT l.SESSION_ID
          FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
          WHERE l.FIRST_SEEN < v_sighting_cut_off AND (v_after_4 IS NULL OR l.SESSION_ID > v_after_4)
          ORDER BY l.SESSION_ID
          LIMIT v_rows
        ) k;

        -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
        SELECT COUNT(*) INTO v_seen
        FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
        STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN v_from_4 AND v_upto_4
        FOR UPDATE;
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
        SELECT v_run_id, d.WHY_DEAD, d.SESSION_ID, d.SUBJECT, d.APP_ID, d.INBOUND_AUTH_TYPE
        FROM (
          SELECT t.*,
            CASE
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (
                     SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                     WHERE n.SESSION_ID = t.SESSION_ID
                       AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                       AND n.FIRST_SEEN < v_sighting_cut_off)
              THEN 'orphaned'
            END AS WHY_DEAD
          FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
          STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
          WHERE l.SESSION_ID BETWEEN v_from_4 AND v_upto_4
          FOR UPDATE
        ) d
        WHERE d.WHY_DEAD IS NOT NULL;
        SET v_copied = ROW_COUNT(), v_deleted = 0;
        SET v_reasons = JSON_OBJECT('orphaned', v_copied);

        IF v_copied > 0 AND v_dry_run = 'no' THEN
          DELETE t
          FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO t FORCE INDEX (PRIMARY) ON t.SESSION_ID = g.SESSION_ID
            AND t.SUBJECT = g.SUBJECT
            AND t.APP_ID = g.APP_ID
            AND t.INBOUND_AUTH_TYPE = g.INBOUND_AUTH_TYPE
          WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_4 AND v_upto_4;
          SET v_deleted = ROW_COUNT();
        END IF;
        CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_4);
      END;
    END LOOP table_4;
  END IF;

  -- 5. IDN_AUTH_SESSION_META_DATA, only while setting orphan_sweep is yes
  IF v_orphan_sweep = 'yes' THEN
    CALL CLEANUP_OPEN(v_run_id, 'IDN_AUTH_SESSION_META_DATA', 'list');
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_5, v_until_5);
    IF v_rows > 0 THEN
      -- Drop sightings of rows that are no longer orphans; record new ones
      DELETE l FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
      WHERE NOT EXISTS (
        SELECT 1
        FROM IDN_AUTH_SESSION_META_DATA t
        WHERE t.SESSION_ID = l.SESSION_ID
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
      INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (SESSION_ID, FIRST_SEEN)
      SELECT DISTINCT t.SESSION_ID, v_started
      FROM IDN_AUTH_SESSION_META_DATA t
      WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l WHERE t.SESSION_ID = l.SESSION_ID);
    END IF;
    table_5: LOOP
      CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_5, v_until_5);
      IF v_rows = 0 THEN
        LEAVE table_5;
      END IF;
      BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
          GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
          CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_5);
        END;

        SELECT MIN(k.SESSION_ID), MAX(k.SESSION_ID), COUNT(*) INTO v_from_5, v_upto_5, v_seen
        FROM (
          SELECT l.SESSION_ID
          FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
          WHERE l.FIRST_SEEN < v_sighting_cut_off AND (v_after_5 IS NULL OR l.SESSION_ID > v_after_5)
          ORDER BY l.SESSION_ID
          LIMIT v_rows
        ) k;

        -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
        SELECT COUNT(*) INTO v_seen
        FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
        STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN v_from_5 AND v_upto_5
        FOR UPDATE;
        INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
        SELECT v_run_id, d.WHY_DEAD, d.SESSION_ID, d.PROPERTY_TYPE, d.VALUE
        FROM (
          SELECT t.*,
            CASE
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (
                     SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                     WHERE n.SESSION_ID = t.SESSION_ID
                       AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                       AND n.FIRST_SEEN < v_sighting_cut_off)
              THEN 'orphaned'
            END AS WHY_DEAD
          FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
          STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA t FORCE INDEX (PRIMARY) ON t.SESSION_ID = l.SESSION_ID
          WHERE l.SESSION_ID BETWEEN v_from_5 AND v_upto_5
          FOR UPDATE
        ) d
        WHERE d.WHY_DEAD IS NOT NULL;
        SET v_copied = ROW_COUNT(), v_deleted = 0;
        SET v_reasons = JSON_OBJECT('orphaned', v_copied);

        IF v_copied > 0 AND v_dry_run = 'no' THEN
          DELETE t
          FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA t FORCE INDEX (PRIMARY) ON t.SESSION_ID = g.SESSION_ID
            AND t.PROPERTY_TYPE = g.PROPERTY_TYPE
            AND t.VALUE = g.VALUE
          WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_5 AND v_upto_5;
          SET v_deleted = ROW_COUNT();
        END IF;
        CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_5);
      END;
    END LOOP table_5;
  END IF;

  -- 6. IDN_FED_AUTH_SESSION_MAPPING, only while setting orphan_sweep is yes
  IF v_orphan_sweep = 'yes' THEN
    CALL CLEANUP_OPEN(v_run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'list');
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_6, v_until_6);
    IF v_rows > 0 THEN
      -- Drop sightings of rows that are no longer orphans; record new ones
      DELETE l FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
      WHERE NOT EXISTS (
        SELECT 1
        FROM IDN_FED_AUTH_SESSION_MAPPING t
        WHERE t.SESSION_ID = l.SESSION_ID
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
      INSERT INTO CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
      SELECT DISTINCT t.SESSION_ID, v_started
      FROM IDN_FED_AUTH_SESSION_MAPPING t
      WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID);
    END IF;
    table_6: LOOP
      CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_6, v_until_6);
      IF v_rows = 0 THEN
        LEAVE table_6;
      END IF;
      BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
          GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
          CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_6);
        END;

        SELECT MIN(k.SESSION_ID), MAX(k.SESSION_ID), COUNT(*) INTO v_from_6, v_upto_6, v_seen
        FROM (
          SELECT l.SESSION_ID
          FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
          WHERE l.FIRST_SEEN < v_sighting_cut_off AND (v_after_6 IS NULL OR l.SESSION_ID > v_after_6)
          ORDER BY l.SESSION_ID
          LIMIT v_rows
        ) k;

        -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
        SELECT COUNT(*) INTO v_seen
        FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
        STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING t FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
            ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN v_from_6 AND v_upto_6
        FOR UPDATE;
        INSERT INTO CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
          (RUN_ID, REASON, ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE, TIME_CREATED,
           TENANT_ID)
        SELECT v_run_id, d.WHY_DEAD, d.ID, d.IDP_SESSION_ID, d.SESSION_ID, d.IDP_NAME, d.AUTHENTICATOR_ID,
               d.PROTOCOL_TYPE, d.TIME_CREATED, d.TENANT_ID
        FROM (
          SELECT t.*,
            CASE
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
              WHEN EXISTS (
                     SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
                     WHERE n.SESSION_ID = t.SESSION_ID
                       AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                       AND n.FIRST_SEEN < v_sighting_cut_off)
              THEN 'orphaned'
            END AS WHY_DEAD
          FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
          STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING t FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
              ON t.SESSION_ID = l.SESSION_ID
          WHERE l.SESSION_ID BETWEEN v_from_6 AND v_upto_6
          FOR UPDATE
        ) d
        WHERE d.WHY_DEAD IS NOT NULL;
        SET v_copied = ROW_COUNT(), v_deleted = 0;
        SET v_reasons = JSON_OBJECT('orphaned', v_copied);

        IF v_copied > 0 AND v_dry_run = 'no' THEN
          DELETE t
          FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING g
          STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING t FORCE INDEX (PRIMARY) ON t.ID = g.ID
          WHERE g.RUN_ID = v_run_id AND g.SESSION_ID BETWEEN v_from_6 AND v_upto_6;
          SET v_deleted = ROW_COUNT();
        END IF;
        CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_6);
      END;
    END LOOP table_6;
  END IF;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_sessions_proof(v_run_id, v_started, v_expiry_grace_minutes, v_session_age_days, v_deleted_after_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_sessions_dry_run
CREATE PROCEDURE cleanup_sessions_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_sessions would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_sessions();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_sessions
CALL CLEANUP_REGISTER('procedure', 'cleanup_sessions',
    'f60c1360d8888b833e5b2ba1a26225d6ea071c0ce3702faab13c06e949186336');
-- @end
-- @statement register cleanup_sessions_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_sessions_dry_run',
    '381a7abc171a2cc617d93dcb07c6d3c84b6f1307a48f856e4b3698636653a77c');
-- @end
