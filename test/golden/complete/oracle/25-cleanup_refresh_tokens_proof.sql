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
-- The caller needs nothing: cleanup_refresh_tokens calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_refresh_tokens_proof
CREATE OR REPLACE PROCEDURE cleanup_refresh_tokens_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_safe_period_minutes NUMBER,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_safe_period_minutes, 'MINUTE');

  -- IDN_OAUTH2_REFRESH_TOKEN
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive' AND b.TOKEN_STATE = 'INACTIVE' THEN 0
               WHEN b.REASON = 'revoked' AND b.TOKEN_STATE = 'REVOKED' THEN 0
               WHEN b.REASON = 'period_over'
                    AND (b.TOKEN_STATE IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                     OR b.TOKEN_STATE = 'EXPIRED')
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND v_cut_off - b.REFRESH_TOKEN_TIME_CREATED
                        > NUMTODSINTERVAL(LEAST(GREATEST(b.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                        'SECOND')
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_BINDING';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE';
END cleanup_refresh_tokens_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_refresh_tokens_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_refresh_tokens_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_refresh_tokens_proof',
      'ddd3390c645e9da91345d014d31fe04b12debf5a891c4af1e7b6ea64148849ba');
  COMMIT;
END;
/
-- @end
