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
-- The caller needs nothing: cleanup_tokens calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_tokens_proof
CREATE OR REPLACE PROCEDURE cleanup_tokens_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_safe_period_minutes NUMBER,
  v_access_period_grants VARCHAR2,
  v_audit_retention_days NUMBER,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_cut_off TIMESTAMP(6);
  v_audit_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_safe_period_minutes, 'MINUTE');
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  v_audit_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_audit_retention_days, 'DAY');

  -- IDN_OAUTH2_ACCESS_TOKEN
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive' AND b.TOKEN_STATE = 'INACTIVE' THEN 0
               WHEN b.REASON = 'revoked' AND b.TOKEN_STATE = 'REVOKED' THEN 0
               WHEN b.REASON = 'expired'
                    AND b.TOKEN_STATE = 'EXPIRED'
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND v_cut_off - b.REFRESH_TOKEN_TIME_CREATED
                        > NUMTODSINTERVAL(LEAST(GREATEST(b.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                        'SECOND')
               THEN 0
               WHEN b.REASON = 'periods_over'
                    AND b.TOKEN_STATE IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND v_cut_off - b.TIME_CREATED
                        > NUMTODSINTERVAL(LEAST(GREATEST(b.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND v_cut_off - b.REFRESH_TOKEN_TIME_CREATED
                        > NUMTODSINTERVAL(LEAST(GREATEST(b.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                        'SECOND')
               THEN 0
               WHEN b.REASON = 'access_period_over'
                    AND b.TOKEN_STATE IN ('ACTIVE', 'EXPIRED')
                    AND REGEXP_LIKE(v_access_period_grants, '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$')
                    AND INSTR(',' || v_access_period_grants || ',', ',' || b.GRANT_TYPE || ',') > 0
                    AND INSTR(b.GRANT_TYPE, ',') = 0
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND v_cut_off - b.TIME_CREATED
                        > NUMTODSINTERVAL(LEAST(GREATEST(b.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN';

  -- IDN_OAUTH2_AUTHORIZATION_CODE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive' AND b.STATE = 'INACTIVE' THEN 0
               WHEN b.REASON = 'period_over'
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND v_cut_off - b.TIME_CREATED
                        > NUMTODSINTERVAL(LEAST(GREATEST(b.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_AUTHORIZATION_CODE';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.TOKEN_ID = b.TOKEN_ID)
               THEN 0
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE p
                      WHERE p.RUN_ID = v_run.run_id AND p.CODE_ID = b.CODE_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.ID = b.REQ_OBJECT_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.ID = b.REQ_OBJECT_CLAIMS_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.TOKEN_ID = b.TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';

  -- IDN_OAUTH2_ACCESS_TOKEN_AUDIT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over' AND b.INVALIDATED_TIME < v_audit_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';
END cleanup_tokens_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_tokens_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_tokens_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_tokens_proof',
      '7f203140b2db613f3bfc2a9d14ba4a6e287f0645f7ca9e546f173e2e0e4acf55');
  COMMIT;
END;
/
-- @end
