-- cleanup_webhooks_proof: judges once more what a run of cleanup_webhooks deleted.
--
-- cleanup_webhooks calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   EXECUTE on PROCEDURE cleanup_webhooks_proof
--   SELECT on CLEANUP_RUN_STEP, CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION, CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
--   INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_webhooks_proof
DROP PROCEDURE IF EXISTS cleanup_webhooks_proof;
-- @end

DELIMITER $$

-- @statement procedure cleanup_webhooks_proof
CREATE PROCEDURE cleanup_webhooks_proof(
  IN v_run_id BIGINT, IN v_started DATETIME(6),
  IN v_webhook_grace_hours BIGINT,
  IN v_unsubscription_days BIGINT,
  IN v_clock_uncertainty_hours BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Judges once more what cleanup_webhooks deleted. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_lease_cut_off DATETIME(6);
  DECLARE v_lease_cut_off_ms BIGINT;
  DECLARE v_log_cut_off DATETIME(6);
  DECLARE v_log_cut_off_s DECIMAL(20, 6);

  -- UTC now, less the grace after an EXPIRY_AT
  SET v_lease_cut_off = v_started - INTERVAL v_webhook_grace_hours HOUR;
  SET v_lease_cut_off_ms = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_lease_cut_off) DIV 1000;
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  SET v_log_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_unsubscription_days DAY;
  SET v_log_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_log_cut_off) * 0.000001;

  -- AM_WEBHOOKS_SUBSCRIPTION
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND b.EXPIRY_AT > 99999999999 AND b.EXPIRY_AT < v_lease_cut_off_ms
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'AM_WEBHOOKS_SUBSCRIPTION';

  -- AM_WEBHOOKS_UNSUBSCRIPTION
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over'
                    AND NULLIF(UNIX_TIMESTAMP(b.ADDED_AT), 0) < v_log_cut_off_s
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'AM_WEBHOOKS_UNSUBSCRIPTION';
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_webhooks_proof
CALL CLEANUP_REGISTER('procedure', 'cleanup_webhooks_proof',
    'e6e5704d36378321ccbbe7f97be8abd42ff1b400229f819d8e464f53e3897ff9');
-- @end
