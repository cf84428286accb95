-- cleanup_par_requests: deletes pushed authorization requests that have expired.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   IDN_OAUTH_PAR when
--     expired: its SCHEDULED_EXPIRY is over 24 h ago
--
-- Every deleted row is copied in the same transaction; CALL restore_par_requests(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_par_requests_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_par_requests
--   EXECUTE on PROCEDURE cleanup_par_requests_dry_run
--   SELECT, DELETE on IDN_OAUTH_PAR
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_OAUTH_PAR
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

-- @statement drop cleanup_par_requests
DROP PROCEDURE IF EXISTS cleanup_par_requests;
-- @end
-- @statement drop cleanup_par_requests_dry_run
DROP PROCEDURE IF EXISTS cleanup_par_requests_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_par_requests
CREATE PROCEDURE cleanup_par_requests()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_epoch_grace_cut_off DATETIME(6);
  DECLARE v_epoch_grace_cut_off_ms BIGINT;
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
  CALL CLEANUP_BEGIN('cleanup_par_requests', 4,
    '[["IDN_OAUTH_PAR", "CLEANUP_BAK_IDN_OAUTH_PAR", 4, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- UTC now, less 24 h
  SET v_epoch_grace_cut_off = v_started - INTERVAL 24 HOUR;
  SET v_epoch_grace_cut_off_ms = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_epoch_grace_cut_off) DIV 1000;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_epoch_grace_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_OAUTH_PAR
  CALL CLEANUP_OPEN(v_run_id, 'IDN_OAUTH_PAR', 'key');
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

      SELECT MIN(k.REQ_URI_REF), MAX(k.REQ_URI_REF), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT t.REQ_URI_REF
        FROM IDN_OAUTH_PAR t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.REQ_URI_REF > v_after_1) AND (v_until_1 IS NULL OR t.REQ_URI_REF <= v_until_1)
        ORDER BY t.REQ_URI_REF
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_OAUTH_PAR
        (RUN_ID, REASON, REQ_URI_REF, CLIENT_ID, SCHEDULED_EXPIRY, PARAMETERS)
      SELECT v_run_id, d.WHY_DEAD, d.REQ_URI_REF, d.CLIENT_ID, d.SCHEDULED_EXPIRY, d.PARAMETERS
      FROM (
        SELECT t.*,
          CASE
            WHEN t.SCHEDULED_EXPIRY < v_epoch_grace_cut_off_ms THEN 'expired'
          END AS WHY_DEAD
        FROM IDN_OAUTH_PAR t FORCE INDEX (PRIMARY)
        WHERE t.REQ_URI_REF BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_OAUTH_PAR g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH_PAR t FORCE INDEX (PRIMARY) ON t.REQ_URI_REF = g.REQ_URI_REF
        WHERE g.RUN_ID = v_run_id AND g.REQ_URI_REF BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_par_requests_proof(v_run_id, v_started);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_par_requests_dry_run
CREATE PROCEDURE cleanup_par_requests_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_par_requests would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_par_requests();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_par_requests
CALL CLEANUP_REGISTER('procedure', 'cleanup_par_requests',
    'e3d662008d253622ef834c8c853e97fe3d7cf2a315868fc0c6b29cd31d63b0a2');
-- @end
-- @statement register cleanup_par_requests_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_par_requests_dry_run',
    'a937c3142112b4b87f4ece24f54fef8311e4821f114cfc49bc40f1726cde84de');
-- @end
