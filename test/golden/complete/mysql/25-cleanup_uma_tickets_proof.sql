-- cleanup_uma_tickets_proof: judges once more what a run of cleanup_uma_tickets deleted.
--
-- cleanup_uma_tickets calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   EXECUTE on PROCEDURE cleanup_uma_tickets_proof
--   SELECT on CLEANUP_RUN_STEP, CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET, CLEANUP_BAK_IDN_UMA_PT_RESOURCE,
--     CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
--   INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_uma_tickets_proof
DROP PROCEDURE IF EXISTS cleanup_uma_tickets_proof;
-- @end

DELIMITER $$

-- @statement procedure cleanup_uma_tickets_proof
CREATE PROCEDURE cleanup_uma_tickets_proof(
  IN v_run_id BIGINT, IN v_started DATETIME(6),
  IN v_longest_lifetime_hours BIGINT,
  IN v_clock_uncertainty_hours BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Judges once more what cleanup_uma_tickets deleted. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_lifetime_cut_off DATETIME(6);
  DECLARE v_lifetime_cut_off_s DECIMAL(20, 6);

  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  SET v_lifetime_cut_off
      = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR
      - INTERVAL v_longest_lifetime_hours * 3600 SECOND;
  SET v_lifetime_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_lifetime_cut_off) * 0.000001;

  -- IDN_UMA_PERMISSION_TICKET
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND CAST(b.TICKET_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED', 'REVOKED')
                    AND ((b.TOKEN_ID IS NULL
                          AND NULLIF(UNIX_TIMESTAMP(b.EXPIRY_TIME), 0) < v_grace_cut_off_s)
                         OR NULLIF(UNIX_TIMESTAMP(b.EXPIRY_TIME), 0) < v_lifetime_cut_off_s)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_UMA_PERMISSION_TICKET';

  -- IDN_UMA_PT_RESOURCE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET p
                      WHERE p.RUN_ID = v_run_id AND p.ID = b.PT_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_UMA_PT_RESOURCE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_UMA_PT_RESOURCE';

  -- IDN_UMA_PT_RESOURCE_SCOPE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_UMA_PT_RESOURCE p
                      WHERE p.RUN_ID = v_run_id AND p.ID = b.PT_RESOURCE_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_UMA_PT_RESOURCE_SCOPE';
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_uma_tickets_proof
CALL CLEANUP_REGISTER('procedure', 'cleanup_uma_tickets_proof',
    '2cd95bee7190b7f79d15f099f0c5ef4f77d61133fd216edffee8034524465a86');
-- @end
