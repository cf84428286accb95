-- cleanup_vc_nonces: deletes nonces of verifiable credentials that have expired.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   IDN_VC_NONCE when
--     expired: its EXPIRY_TIME is over 24 h ago
--
-- Every deleted row is copied in the same transaction; CALL restore_vc_nonces(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_vc_nonces_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that back.
-- How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_vc_nonces
--   EXECUTE on PROCEDURE cleanup_vc_nonces_dry_run
--   SELECT, DELETE on IDN_VC_NONCE
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_IDN_VC_NONCE, CLEANUP_BAK_IDN_VC_NONCE
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

-- @statement drop cleanup_vc_nonces
DROP PROCEDURE IF EXISTS cleanup_vc_nonces;
-- @end
-- @statement drop cleanup_vc_nonces_dry_run
DROP PROCEDURE IF EXISTS cleanup_vc_nonces_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_vc_nonces
CREATE PROCEDURE cleanup_vc_nonces()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(255);
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
  CALL CLEANUP_BEGIN('cleanup_vc_nonces', 4,
    '[["IDN_VC_NONCE", "CLEANUP_BAK_IDN_VC_NONCE", 3, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_vc_nonces' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_VC_NONCE
  CALL CLEANUP_OPEN(v_run_id, 'IDN_VC_NONCE', 'list');
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_VC_NONCE');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
  IF v_rows > 0 THEN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    INSERT INTO CLEANUP_DEAD_IDN_VC_NONCE (RUN_ID, NONCE, TENANT_ID)
    SELECT DISTINCT v_run_id, t.NONCE, t.TENANT_ID
    FROM IDN_VC_NONCE t FORCE INDEX (IDX_IDN_VC_NONCE_EXPIRY_TIME)
    WHERE NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s;
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

      SELECT MIN(k.NONCE), MAX(k.NONCE), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT l.NONCE
        FROM CLEANUP_DEAD_IDN_VC_NONCE l
        WHERE l.RUN_ID = v_run_id AND (v_after_1 IS NULL OR l.NONCE > v_after_1)
        ORDER BY l.NONCE
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_VC_NONCE
        (RUN_ID, REASON, TENANT_ID, NONCE, EXPIRY_TIME)
      SELECT v_run_id, d.WHY_DEAD, d.TENANT_ID, d.NONCE, d.EXPIRY_TIME
      FROM (
        SELECT t.*,
          CASE
            WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s THEN 'expired'
          END AS WHY_DEAD
        FROM CLEANUP_DEAD_IDN_VC_NONCE l
        STRAIGHT_JOIN IDN_VC_NONCE t FORCE INDEX (PRIMARY) ON t.NONCE = l.NONCE
          AND t.TENANT_ID = l.TENANT_ID
        WHERE l.RUN_ID = v_run_id AND l.NONCE BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_VC_NONCE g
        STRAIGHT_JOIN IDN_VC_NONCE t FORCE INDEX (PRIMARY) ON t.TENANT_ID = g.TENANT_ID
          AND t.NONCE = g.NONCE
        WHERE g.RUN_ID = v_run_id AND g.NONCE BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_VC_NONCE');

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_vc_nonces_proof(v_run_id, v_started, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_vc_nonces_dry_run
CREATE PROCEDURE cleanup_vc_nonces_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_vc_nonces would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_vc_nonces();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_vc_nonces
CALL CLEANUP_REGISTER('procedure', 'cleanup_vc_nonces',
    'b89d95a7086a8c8f4a2d111f54c4c561b53ea9df82182722a858348a8fd05def');
-- @end
-- @statement register cleanup_vc_nonces_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_vc_nonces_dry_run',
    '2de919cadde54b8c222466e47d8d1d2a7feb04cdf8208c5e4034dff5f55eef10');
-- @end
