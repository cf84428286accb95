-- cleanup_saml_artifacts: deletes SAML artifacts that were never resolved and have expired.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_SAML2_ARTIFACT_STORE when
--     expired: its EXP_TIMESTAMP is over 24 h ago
--
-- Every deleted row is copied in the same transaction; CALL restore_saml_artifacts(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_saml_artifacts_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_saml_artifacts
--   EXECUTE on PROCEDURE cleanup_saml_artifacts_dry_run
--   SELECT, DELETE on IDN_SAML2_ARTIFACT_STORE
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
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

-- @statement drop cleanup_saml_artifacts
DROP PROCEDURE IF EXISTS cleanup_saml_artifacts;
-- @end
-- @statement drop cleanup_saml_artifacts_dry_run
DROP PROCEDURE IF EXISTS cleanup_saml_artifacts_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_saml_artifacts
CREATE PROCEDURE cleanup_saml_artifacts()
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
  CALL CLEANUP_BEGIN('cleanup_saml_artifacts', 4,
    '[["IDN_SAML2_ARTIFACT_STORE", "CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE", 8, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_SAML2_ARTIFACT_STORE
  CALL CLEANUP_OPEN(v_run_id, 'IDN_SAML2_ARTIFACT_STORE', 'key');
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
        FROM IDN_SAML2_ARTIFACT_STORE t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.ID > v_after_1) AND (v_until_1 IS NULL OR t.ID <= v_until_1)
        ORDER BY t.ID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
        (RUN_ID, REASON, ID, SOURCE_ID, MESSAGE_HANDLER, AUTHN_REQ_DTO, SESSION_ID, EXP_TIMESTAMP, INIT_TIMESTAMP,
         ASSERTION_ID)
      SELECT v_run_id, d.WHY_DEAD, d.ID, d.SOURCE_ID, d.MESSAGE_HANDLER, d.AUTHN_REQ_DTO, d.SESSION_ID,
             d.EXP_TIMESTAMP, d.INIT_TIMESTAMP, d.ASSERTION_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN NULLIF(UNIX_TIMESTAMP(t.EXP_TIMESTAMP), 0) < v_grace_cut_off_s THEN 'expired'
          END AS WHY_DEAD
        FROM IDN_SAML2_ARTIFACT_STORE t FORCE INDEX (PRIMARY)
        WHERE t.ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_SAML2_ARTIFACT_STORE t FORCE INDEX (PRIMARY) ON t.ID = g.ID
        WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_saml_artifacts_proof(v_run_id, v_started, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_saml_artifacts_dry_run
CREATE PROCEDURE cleanup_saml_artifacts_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_saml_artifacts would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_saml_artifacts();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_saml_artifacts
CALL CLEANUP_REGISTER('procedure', 'cleanup_saml_artifacts',
    '86f120a525b499279f69cfe6566964909be85a994ed4dd1ea67b53f679cb2db6');
-- @end
-- @statement register cleanup_saml_artifacts_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_saml_artifacts_dry_run',
    'a8a6746be489b819fefd07c3310b3fd214cddc598125ded92fda09dbd6b944ff');
-- @end
