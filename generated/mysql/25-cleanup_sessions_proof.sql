-- cleanup_sessions_proof: judges once more what a run of cleanup_sessions deleted.
--
-- cleanup_sessions calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   EXECUTE on PROCEDURE cleanup_sessions_proof
--   SELECT on CLEANUP_RUN_STEP, CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
--   INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_sessions_proof
DROP PROCEDURE IF EXISTS cleanup_sessions_proof;
-- @end

DELIMITER $$

-- @statement procedure cleanup_sessions_proof
CREATE PROCEDURE cleanup_sessions_proof(
  IN v_run_id BIGINT, IN v_started DATETIME(6),
  IN v_expiry_grace_minutes BIGINT,
  IN v_session_age_days BIGINT,
  IN v_deleted_after_hours BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Judges once more what cleanup_sessions deleted. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_expiry_cut_off DATETIME(6);
  DECLARE v_expiry_cut_off_ns BIGINT;
  DECLARE v_age_cut_off DATETIME(6);
  DECLARE v_age_cut_off_ns BIGINT;
  DECLARE v_delete_cut_off DATETIME(6);
  DECLARE v_delete_cut_off_ns BIGINT;

  -- UTC now, less the grace after an EXPIRY_TIME
  SET v_expiry_cut_off = v_started - INTERVAL v_expiry_grace_minutes MINUTE;
  SET v_expiry_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_expiry_cut_off) * 1000;
  -- UTC now, less the age of a session without an EXPIRY_TIME
  SET v_age_cut_off = v_started - INTERVAL v_session_age_days DAY;
  SET v_age_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_age_cut_off) * 1000;
  -- UTC now, less the time that a DELETE row is kept
  SET v_delete_cut_off = v_started - INTERVAL v_deleted_after_hours HOUR;
  SET v_delete_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_delete_cut_off) * 1000;

  -- IDN_AUTH_TEMP_SESSION_STORE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND ((b.EXPIRY_TIME > 0 AND b.EXPIRY_TIME < v_expiry_cut_off_ns)
                         OR ((b.EXPIRY_TIME IS NULL OR b.EXPIRY_TIME <= 0)
                             AND b.TIME_CREATED < v_age_cut_off_ns))
               THEN 0
               WHEN b.REASON = 'deleted'
                    AND CAST(b.OPERATION AS BINARY) = 'DELETE'
                    AND b.TIME_CREATED < v_delete_cut_off_ns
               THEN 0
               WHEN b.REASON = 'superseded'
                    AND MAX(CASE WHEN b.REASON = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.SESSION_ID, b.SESSION_TYPE ORDER BY b.TIME_CREATED DESC) = 1
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_AUTH_TEMP_SESSION_STORE';

  -- IDN_AUTH_SESSION_STORE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND ((b.EXPIRY_TIME > 0 AND b.EXPIRY_TIME < v_expiry_cut_off_ns)
                         OR ((b.EXPIRY_TIME IS NULL OR b.EXPIRY_TIME <= 0)
                             AND b.TIME_CREATED < v_age_cut_off_ns))
               THEN 0
               WHEN b.REASON = 'deleted'
                    AND CAST(b.OPERATION AS BINARY) = 'DELETE'
                    AND b.TIME_CREATED < v_delete_cut_off_ns
               THEN 0
               WHEN b.REASON = 'superseded'
                    AND MAX(CASE WHEN b.REASON = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.SESSION_ID, b.SESSION_TYPE ORDER BY b.TIME_CREATED DESC) = 1
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_STORE';

  -- IDN_AUTH_USER_SESSION_MAPPING
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' THEN 0
               WHEN b.REASON = 'session_gone'
                    AND EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE p
                      WHERE p.RUN_ID = v_run_id AND p.SESSION_ID = b.SESSION_ID
                          AND CAST(p.SESSION_ID AS BINARY) = CAST(b.SESSION_ID AS BINARY))
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING';

  -- IDN_AUTH_SESSION_APP_INFO
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' THEN 0
               WHEN b.REASON = 'session_gone'
                    AND EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE p
                      WHERE p.RUN_ID = v_run_id AND p.SESSION_ID = b.SESSION_ID
                          AND CAST(p.SESSION_ID AS BINARY) = CAST(b.SESSION_ID AS BINARY))
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO';

  -- IDN_AUTH_SESSION_META_DATA
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' THEN 0
               WHEN b.REASON = 'session_gone'
                    AND EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE p
                      WHERE p.RUN_ID = v_run_id AND p.SESSION_ID = b.SESSION_ID
                          AND CAST(p.SESSION_ID AS BINARY) = CAST(b.SESSION_ID AS BINARY))
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA';

  -- IDN_FED_AUTH_SESSION_MAPPING
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' THEN 0
               WHEN b.REASON = 'session_gone'
                    AND EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE p
                      WHERE p.RUN_ID = v_run_id AND p.SESSION_ID = b.SESSION_ID
                          AND CAST(p.SESSION_ID AS BINARY) = CAST(b.SESSION_ID AS BINARY))
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_FED_AUTH_SESSION_MAPPING';
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_sessions_proof
CALL CLEANUP_REGISTER('procedure', 'cleanup_sessions_proof',
    'c4389ea53b7308f111c8519d7b32fbd1de60ee3be1d41b4fb01a8f5e0bf4d010');
-- @end
