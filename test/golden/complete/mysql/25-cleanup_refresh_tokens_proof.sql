-- cleanup_refresh_tokens_proof: judges once more what a run of cleanup_refresh_tokens deleted.
--
-- cleanup_refresh_tokens calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_refresh_tokens_proof
--   SELECT on CLEANUP_RUN_STEP, CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN, CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
--   INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_refresh_tokens_proof
DROP PROCEDURE IF EXISTS cleanup_refresh_tokens_proof;
-- @end

DELIMITER $$

-- @statement procedure cleanup_refresh_tokens_proof
CREATE PROCEDURE cleanup_refresh_tokens_proof(
  IN v_run_id BIGINT, IN v_started DATETIME(6),
  IN v_safe_period_minutes BIGINT,
  IN v_clock_uncertainty_hours BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Judges once more what cleanup_refresh_tokens deleted. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_cut_off DATETIME(6);
  DECLARE v_cut_off_s DECIMAL(20, 6);

  -- UTC now, less the uncertainty of timestamps and the safe period
  SET v_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_safe_period_minutes MINUTE;
  SET v_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_cut_off) * 0.000001;

  -- IDN_OAUTH2_REFRESH_TOKEN
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive' AND CAST(b.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 0
               WHEN b.REASON = 'revoked' AND CAST(b.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 0
               WHEN b.REASON = 'period_over'
                    AND (CAST(b.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                     OR CAST(b.TOKEN_STATE AS BINARY) = 'EXPIRED')
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(b.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                        > b.REFRESH_TOKEN_VALIDITY_PERIOD
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN';

  -- IDN_OAUTH2_REFRESH_TOKEN_BINDING
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN p
                      WHERE p.RUN_ID = v_run_id AND p.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_BINDING';

  -- IDN_OAUTH2_REFRESH_TOKEN_SCOPE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN p
                      WHERE p.RUN_ID = v_run_id AND p.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE';
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_refresh_tokens_proof
CALL CLEANUP_REGISTER('procedure', 'cleanup_refresh_tokens_proof',
    '5f2a7f3ea57592cdaf3601b1061a4b7bf6e91dbbac6fbb170f24d04a7ef0736c');
-- @end
