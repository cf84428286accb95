-- cleanup_tokens_proof: judges once more what a run of cleanup_tokens deleted.
--
-- cleanup_tokens calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that run,
-- and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_tokens_proof
--   SELECT on CLEANUP_RUN_STEP, CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN, CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE, CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES, CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE, CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE,
--     CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE, CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES,
--     CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW, CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_tokens_proof
DROP PROCEDURE IF EXISTS cleanup_tokens_proof;
-- @end

DELIMITER $$

-- @statement procedure cleanup_tokens_proof
CREATE PROCEDURE cleanup_tokens_proof(
  IN v_run_id BIGINT, IN v_started DATETIME(6),
  IN v_safe_period_minutes BIGINT,
  IN v_access_period_grants VARCHAR(255),
  IN v_audit_retention_days BIGINT,
  IN v_clock_uncertainty_hours BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Judges once more what cleanup_tokens deleted. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_cut_off DATETIME(6);
  DECLARE v_cut_off_s DECIMAL(20, 6);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_audit_cut_off DATETIME(6);
  DECLARE v_audit_cut_off_s DECIMAL(20, 6);

  -- UTC now, less the uncertainty of timestamps and the safe period
  SET v_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_safe_period_minutes MINUTE;
  SET v_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_cut_off) * 0.000001;
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  SET v_audit_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_audit_retention_days DAY;
  SET v_audit_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_audit_cut_off) * 0.000001;

  -- IDN_OAUTH2_ACCESS_TOKEN
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive' AND CAST(b.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 0
               WHEN b.REASON = 'revoked' AND CAST(b.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 0
               WHEN b.REASON = 'expired'
                    AND CAST(b.TOKEN_STATE AS BINARY) = 'EXPIRED'
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(b.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                        > b.REFRESH_TOKEN_VALIDITY_PERIOD
               THEN 0
               WHEN b.REASON = 'periods_over'
                    AND CAST(b.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(b.TIME_CREATED), 0)) * 1000 > b.VALIDITY_PERIOD
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(b.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                        > b.REFRESH_TOKEN_VALIDITY_PERIOD
               THEN 0
               WHEN b.REASON = 'access_period_over'
                    AND CAST(b.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED')
                    AND v_access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                    AND FIND_IN_SET(CAST(b.GRANT_TYPE AS BINARY), CAST(v_access_period_grants AS BINARY)) > 0
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(b.TIME_CREATED), 0)) * 1000 > b.VALIDITY_PERIOD
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN';

  -- IDN_OAUTH2_AUTHORIZATION_CODE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive' AND CAST(b.STATE AS BINARY) = 'INACTIVE' THEN 0
               WHEN b.REASON = 'period_over'
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(b.TIME_CREATED), 0)) * 1000 > b.VALIDITY_PERIOD
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_AUTHORIZATION_CODE';

  -- IDN_OIDC_REQ_OBJECT_REFERENCE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN p
                      WHERE p.RUN_ID = v_run_id AND p.TOKEN_ID = b.TOKEN_ID)
               THEN 0
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE p
                      WHERE p.RUN_ID = v_run_id AND p.CODE_ID = b.CODE_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

  -- IDN_OIDC_REQ_OBJECT_CLAIMS
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE p
                      WHERE p.RUN_ID = v_run_id AND p.ID = b.REQ_OBJECT_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS';

  -- IDN_OIDC_REQ_OBJ_CLAIM_VALUES
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS p
                      WHERE p.RUN_ID = v_run_id AND p.ID = b.REQ_OBJECT_CLAIMS_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';

  -- IDN_OAUTH2_TOKEN_BINDING
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN p
                      WHERE p.RUN_ID = v_run_id AND p.TOKEN_ID = b.TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_TOKEN_BINDING';

  -- IDN_OAUTH2_ACCESS_TOKEN_SCOPE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN p
                      WHERE p.RUN_ID = v_run_id AND p.TOKEN_ID = b.TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';

  -- IDN_OAUTH2_AUTHZ_CODE_SCOPE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE p
                      WHERE p.RUN_ID = v_run_id AND p.CODE_ID = b.CODE_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_AUTHZ_CODE_SCOPE';

  -- IDN_OAUTH2_CIBA_AUTH_CODE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'finished'
                    AND CAST(b.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED')
               THEN 0
               WHEN b.REASON = 'period_over'
                    AND b.EXPIRES_IN > 0
                    AND v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(b.ISSUED_TIME), 0) > b.EXPIRES_IN
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_CIBA_AUTH_CODE';

  -- IDN_OAUTH2_CIBA_REQUEST_SCOPES
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE p
                      WHERE p.RUN_ID = v_run_id AND p.AUTH_CODE_KEY = b.AUTH_CODE_KEY)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_CIBA_REQUEST_SCOPES';

  -- IDN_OAUTH2_DEVICE_FLOW
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND CAST(b.STATUS AS BINARY) = 'EXPIRED' THEN 0
               WHEN b.REASON = 'period_over'
                    AND NULLIF(UNIX_TIMESTAMP(b.EXPIRY_TIME), 0) < v_grace_cut_off_s
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_DEVICE_FLOW';

  -- IDN_OAUTH2_DEVICE_FLOW_SCOPES
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT 0 AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_DEVICE_FLOW_SCOPES';

  -- IDN_OAUTH2_ACCESS_TOKEN_AUDIT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over'
                    AND NULLIF(UNIX_TIMESTAMP(b.INVALIDATED_TIME), 0) < v_audit_cut_off_s
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_tokens_proof
CALL CLEANUP_REGISTER('procedure', 'cleanup_tokens_proof',
    '7966cb031943f682865394aa558d71e0197238c2a290f5c346fca27b40dae4e1');
-- @end
