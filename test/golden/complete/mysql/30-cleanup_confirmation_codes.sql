-- cleanup_confirmation_codes: deletes old confirmation codes of account recovery.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   IDN_RECOVERY_DATA when
--     retention_over: it is older than the retention, and than any validity that governs its tenant
--   IDN_RECOVERY_FLOW_DATA when
--     retention_over: it is older than the retention, and than any validity that governs some tenant
--     and only if no row of IDN_RECOVERY_DATA has its RECOVERY_FLOW_ID
--
-- Every deleted row is copied in the same transaction; CALL restore_confirmation_codes(run) puts back what is still
-- kept. Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_confirmation_codes_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes
-- that back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_confirmation_codes
--   EXECUTE on PROCEDURE cleanup_confirmation_codes_dry_run
--   SELECT, DELETE on IDN_RECOVERY_FLOW_DATA, IDN_RECOVERY_DATA
--   SELECT on IDP_METADATA, IDP
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA, CLEANUP_BAK_IDN_RECOVERY_DATA
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

-- @statement drop cleanup_confirmation_codes
DROP PROCEDURE IF EXISTS cleanup_confirmation_codes;
-- @end
-- @statement drop cleanup_confirmation_codes_dry_run
DROP PROCEDURE IF EXISTS cleanup_confirmation_codes_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_confirmation_codes
CREATE PROCEDURE cleanup_confirmation_codes()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_retention_cut_off DATETIME(6);
  DECLARE v_retention_cut_off_s DECIMAL(20, 6);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_code_retention_hours BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(255);
  DECLARE v_from_2, v_upto_2, v_after_2, v_until_2 varchar(255);
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
  CALL CLEANUP_BEGIN('cleanup_confirmation_codes', 4,
    '[["IDN_RECOVERY_FLOW_DATA", "CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA", 5, []],'
    '["IDN_RECOVERY_DATA", "CLEANUP_BAK_IDN_RECOVERY_DATA", 9, ['
    '  "RECOVERY_FLOW_ID -> IDN_RECOVERY_FLOW_DATA (RECOVERY_FLOW_ID) CASCADE"]],'
    '["IDP", "", 0, []],'
    '["IDP_METADATA", "", 0, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'code_retention_hours' THEN VALUE END), '720'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_code_retention_hours, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and the retention of codes
  SET v_retention_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_code_retention_hours HOUR;
  SET v_retention_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_retention_cut_off) * 0.000001;
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_retention_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_RECOVERY_DATA
  CALL CLEANUP_OPEN(v_run_id, 'IDN_RECOVERY_DATA', 'key');
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

      SELECT MIN(k.USER_NAME), MAX(k.USER_NAME), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT t.USER_NAME
        FROM IDN_RECOVERY_DATA t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.USER_NAME > v_after_1) AND (v_until_1 IS NULL OR t.USER_NAME <= v_until_1)
        ORDER BY t.USER_NAME
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM IDN_RECOVERY_DATA t FORCE INDEX (PRIMARY)
      WHERE t.USER_NAME BETWEEN v_from_1 AND v_upto_1
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_IDN_RECOVERY_DATA
        (RUN_ID, REASON, USER_NAME, USER_DOMAIN, TENANT_ID, CODE, SCENARIO, STEP, TIME_CREATED, REMAINING_SETS,
         RECOVERY_FLOW_ID)
      SELECT v_run_id, d.WHY_DEAD, d.USER_NAME, d.USER_DOMAIN, d.TENANT_ID, d.CODE, d.SCENARIO, d.STEP, d.TIME_CREATED,
             d.REMAINING_SETS, d.RECOVERY_FLOW_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) < v_retention_cut_off_s
                 AND NOT EXISTS (
                   SELECT 1 FROM (
                     SELECT DISTINCT o.ID, o.TENANT_ID, o.NAME, o.VALUE FROM IDP_METADATA o
                     WHERE LOCATE('ExpiryTime', CAST(o.NAME AS BINARY)) > 0
                       AND EXISTS (
                         SELECT 1 FROM IDP o2
                         WHERE o2.ID = o.IDP_ID
                           AND CAST(o2.NAME AS BINARY) = 'LOCAL')
                   ) o
                   WHERE ((v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) / 60 >
                         CASE WHEN o.VALUE REGEXP '^[0-9]{1,18}$' AND o.VALUE NOT REGEXP '[^0-9]'
                           THEN CAST(o.VALUE AS SIGNED) END) IS NOT TRUE
                     AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
                       SELECT 1 FROM (
                         SELECT DISTINCT o2.ID, o2.TENANT_ID, o2.NAME, o2.VALUE FROM IDP_METADATA o2
                         WHERE LOCATE('ExpiryTime', CAST(o2.NAME AS BINARY)) > 0
                           AND EXISTS (
                             SELECT 1 FROM IDP o3
                             WHERE o3.ID = o2.IDP_ID
                               AND CAST(o3.NAME AS BINARY) = 'LOCAL')
                       ) o2
                       WHERE o2.TENANT_ID = t.TENANT_ID
                         AND o2.NAME = o.NAME AND CAST(o2.NAME AS BINARY) = CAST(o.NAME AS BINARY))))
            THEN 'retention_over'
          END AS WHY_DEAD
        FROM IDN_RECOVERY_DATA t FORCE INDEX (PRIMARY)
        WHERE t.USER_NAME BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('retention_over', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_RECOVERY_DATA g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_RECOVERY_DATA t FORCE INDEX (PRIMARY) ON t.USER_NAME = g.USER_NAME
          AND t.USER_DOMAIN = g.USER_DOMAIN
          AND t.TENANT_ID = g.TENANT_ID
          AND t.SCENARIO = g.SCENARIO
          AND t.STEP = g.STEP
        WHERE g.RUN_ID = v_run_id AND g.USER_NAME BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- 2. IDN_RECOVERY_FLOW_DATA
  CALL CLEANUP_OPEN(v_run_id, 'IDN_RECOVERY_FLOW_DATA', 'key');
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

      SELECT MIN(k.RECOVERY_FLOW_ID), MAX(k.RECOVERY_FLOW_ID), COUNT(*) INTO v_from_2, v_upto_2, v_seen
      FROM (
        SELECT t.RECOVERY_FLOW_ID
        FROM IDN_RECOVERY_FLOW_DATA t FORCE INDEX (PRIMARY)
        WHERE (v_after_2 IS NULL OR t.RECOVERY_FLOW_ID > v_after_2)
            AND (v_until_2 IS NULL OR t.RECOVERY_FLOW_ID <= v_until_2)
        ORDER BY t.RECOVERY_FLOW_ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM IDN_RECOVERY_FLOW_DATA t FORCE INDEX (PRIMARY)
      WHERE t.RECOVERY_FLOW_ID BETWEEN v_from_2 AND v_upto_2
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA
        (RUN_ID, REASON, RECOVERY_FLOW_ID, CODE, FAILED_ATTEMPTS, RESEND_COUNT, TIME_CREATED)
      SELECT v_run_id, d.WHY_DEAD, d.RECOVERY_FLOW_ID, d.CODE, d.FAILED_ATTEMPTS, d.RESEND_COUNT, d.TIME_CREATED
      FROM (
        SELECT t.*,
          CASE
            WHEN EXISTS (SELECT 1 FROM IDN_RECOVERY_DATA o WHERE o.RECOVERY_FLOW_ID = t.RECOVERY_FLOW_ID) THEN NULL
            WHEN NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) < v_retention_cut_off_s
                 AND NOT EXISTS (
                   SELECT 1 FROM (
                     SELECT DISTINCT o.ID, o.NAME, o.VALUE FROM IDP_METADATA o
                     WHERE LOCATE('ExpiryTime', CAST(o.NAME AS BINARY)) > 0
                       AND EXISTS (
                         SELECT 1 FROM IDP o2
                         WHERE o2.ID = o.IDP_ID
                           AND CAST(o2.NAME AS BINARY) = 'LOCAL')
                   ) o
                   WHERE ((v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) / 60 >
                         CASE WHEN o.VALUE REGEXP '^[0-9]{1,18}$' AND o.VALUE NOT REGEXP '[^0-9]'
                           THEN CAST(o.VALUE AS SIGNED) END) IS NOT TRUE)
            THEN 'retention_over'
          END AS WHY_DEAD
        FROM IDN_RECOVERY_FLOW_DATA t FORCE INDEX (PRIMARY)
        WHERE t.RECOVERY_FLOW_ID BETWEEN v_from_2 AND v_upto_2
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('retention_over', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_RECOVERY_FLOW_DATA t FORCE INDEX (PRIMARY) ON t.RECOVERY_FLOW_ID = g.RECOVERY_FLOW_ID
        WHERE g.RUN_ID = v_run_id AND g.RECOVERY_FLOW_ID BETWEEN v_from_2 AND v_upto_2;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_2);
    END;
  END LOOP table_2;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_confirmation_codes_proof(v_run_id, v_started, v_code_retention_hours, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_confirmation_codes_dry_run
CREATE PROCEDURE cleanup_confirmation_codes_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_confirmation_codes would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_confirmation_codes();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_confirmation_codes
CALL CLEANUP_REGISTER('procedure', 'cleanup_confirmation_codes',
    '766b093b3177736f7a9ef287dccac9ebe54ccff18204aecbb44affd2732cb8fb');
-- @end
-- @statement register cleanup_confirmation_codes_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_confirmation_codes_dry_run',
    '500093a9e0e6b30a92de5df820247947bc706eb7fa71dc6a6c8820c39e512753');
-- @end
