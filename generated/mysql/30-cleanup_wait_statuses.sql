-- cleanup_wait_statuses: deletes marks of logins that waited for another system and never came back.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_WAIT_STATUS when
--     retention_over: its EXPIRE_TIME passed before the retention began, and its login is in neither session store
--     and only if its LONG_WAIT_KEY is not NULL, and no row of IDN_AUTH_SESSION_STORE has its LONG_WAIT_KEY as
--     SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has its LONG_WAIT_KEY as SESSION_ID
--
-- Every deleted row is copied in the same transaction; CALL restore_wait_statuses(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_wait_statuses_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_wait_statuses
--   EXECUTE on PROCEDURE cleanup_wait_statuses_dry_run
--   SELECT, DELETE on IDN_AUTH_WAIT_STATUS
--   SELECT on IDN_AUTH_SESSION_STORE, IDN_AUTH_TEMP_SESSION_STORE
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_AUTH_WAIT_STATUS
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

-- @statement drop cleanup_wait_statuses
DROP PROCEDURE IF EXISTS cleanup_wait_statuses;
-- @end
-- @statement drop cleanup_wait_statuses_dry_run
DROP PROCEDURE IF EXISTS cleanup_wait_statuses_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_wait_statuses
CREATE PROCEDURE cleanup_wait_statuses()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_wait_cut_off DATETIME(6);
  DECLARE v_wait_cut_off_s DECIMAL(20, 6);
  DECLARE v_wait_retention_days BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 int;
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
  CALL CLEANUP_BEGIN('cleanup_wait_statuses', 4,
    '[["IDN_AUTH_WAIT_STATUS", "CLEANUP_BAK_IDN_AUTH_WAIT_STATUS", 6, []],'
    '["IDN_AUTH_SESSION_STORE", "", 0, []],'
    '["IDN_AUTH_TEMP_SESSION_STORE", "", 0, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'wait_retention_days' THEN VALUE END), '14'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_wait_retention_days, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_wait_statuses' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and the retention of marks of waiting logins
  SET v_wait_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_wait_retention_days DAY;
  SET v_wait_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_wait_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_wait_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_AUTH_WAIT_STATUS
  CALL CLEANUP_OPEN(v_run_id, 'IDN_AUTH_WAIT_STATUS', 'key');
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

      SELECT MIN(k.ID), MAX(k.ID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT t.ID
        FROM IDN_AUTH_WAIT_STATUS t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.ID > v_after_1) AND (v_until_1 IS NULL OR t.ID <= v_until_1)
        ORDER BY t.ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM IDN_AUTH_WAIT_STATUS t FORCE INDEX (PRIMARY)
      WHERE t.ID BETWEEN v_from_1 AND v_upto_1
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_IDN_AUTH_WAIT_STATUS
        (RUN_ID, REASON, ID, TENANT_ID, LONG_WAIT_KEY, WAIT_STATUS, TIME_CREATED, EXPIRE_TIME)
      SELECT v_run_id, d.WHY_DEAD, d.ID, d.TENANT_ID, d.LONG_WAIT_KEY, d.WAIT_STATUS, d.TIME_CREATED, d.EXPIRE_TIME
      FROM (
        SELECT t.*,
          CASE
            WHEN t.LONG_WAIT_KEY IS NULL THEN NULL
            WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY) THEN NULL
            WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY) THEN NULL
            WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRE_TIME), 0) < v_wait_cut_off_s THEN 'retention_over'
          END AS WHY_DEAD
        FROM IDN_AUTH_WAIT_STATUS t FORCE INDEX (PRIMARY)
        WHERE t.ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('retention_over', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_AUTH_WAIT_STATUS g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_AUTH_WAIT_STATUS t FORCE INDEX (PRIMARY) ON t.ID = g.ID
        WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_wait_statuses_proof(v_run_id, v_started, v_wait_retention_days, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_wait_statuses_dry_run
CREATE PROCEDURE cleanup_wait_statuses_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_wait_statuses would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_wait_statuses();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_wait_statuses
CALL CLEANUP_REGISTER('procedure', 'cleanup_wait_statuses',
    'fd96678a0e993c9aa779b1ff106eac86eaa753cba94b73f1a3fea8048c58cc74');
-- @end
-- @statement register cleanup_wait_statuses_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_wait_statuses_dry_run',
    '547b88a360e2767e6405849a3306a43fe1e8143bb11865959a2a59c8bd003a3b');
-- @end
