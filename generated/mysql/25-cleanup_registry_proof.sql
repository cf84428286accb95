-- cleanup_registry_proof: judges once more what a run of cleanup_registry deleted.
--
-- cleanup_registry calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_registry_proof
--   SELECT on CLEANUP_RUN_STEP, CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY,
--     CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG, CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG
--   INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_registry_proof
DROP PROCEDURE IF EXISTS cleanup_registry_proof;
-- @end

DELIMITER $$

-- @statement procedure cleanup_registry_proof
CREATE PROCEDURE cleanup_registry_proof(
  IN v_run_id BIGINT, IN v_started DATETIME(6),
  IN v_log_minimum_age_hours BIGINT,
  IN v_clock_uncertainty_hours BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Judges once more what cleanup_registry deleted. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_log_cut_off DATETIME(6);
  DECLARE v_log_cut_off_s DECIMAL(20, 6);

  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  SET v_log_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_log_minimum_age_hours HOUR;
  SET v_log_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_log_cut_off) * 0.000001;

  -- REG_RESOURCE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'code_expired' AND b.REG_NAME IS NOT NULL THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_RESOURCE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'REG_RESOURCE';

  -- REG_PROPERTY
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'unreferenced' THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_PROPERTY b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'REG_PROPERTY';

  -- REG_RESOURCE_PROPERTY
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'resource_gone' AND b.REG_TENANT_ID IS NOT NULL THEN 0
               WHEN b.REASON = 'code_gone'
                    AND EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_REG_RESOURCE p
                      WHERE p.RUN_ID = v_run_id AND p.REG_VERSION = b.REG_VERSION AND p.REG_TENANT_ID = b.REG_TENANT_ID)
               THEN 0
               WHEN b.REASON = 'code_gone' THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'REG_RESOURCE_PROPERTY';

  -- REG_LOG
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'superseded'
                    AND NULLIF(UNIX_TIMESTAMP(b.REG_LOGGED_TIME), 0) < v_log_cut_off_s
               THEN 0
               WHEN b.REASON = 'deleted'
                    AND NULLIF(UNIX_TIMESTAMP(b.REG_LOGGED_TIME), 0) < v_log_cut_off_s
                    AND b.REG_ACTION = 7
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_LOG b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'REG_LOG';

  -- REG_TAG
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'unreferenced' THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_TAG b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'REG_TAG';

  -- REG_RESOURCE_TAG
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'resource_gone' AND b.REG_TENANT_ID IS NOT NULL THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_RESOURCE_TAG b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'REG_RESOURCE_TAG';
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_registry_proof
CALL CLEANUP_REGISTER('procedure', 'cleanup_registry_proof',
    'acfaeadc17671e78e8b29f262dfb0701758de613625bcaf0fe66382dc6d31eb4');
-- @end
