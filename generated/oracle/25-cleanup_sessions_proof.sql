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
-- The caller needs nothing: cleanup_sessions calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_sessions_proof
CREATE OR REPLACE PROCEDURE cleanup_sessions_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_expiry_grace_minutes NUMBER,
  v_session_age_days NUMBER,
  v_deleted_after_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_expiry_cut_off TIMESTAMP(6);
  v_expiry_cut_off_ns NUMBER;
  v_age_cut_off TIMESTAMP(6);
  v_age_cut_off_ns NUMBER;
  v_delete_cut_off TIMESTAMP(6);
  v_delete_cut_off_ns NUMBER;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the grace after an EXPIRY_TIME
  v_expiry_cut_off := v_run.started - NUMTODSINTERVAL(v_expiry_grace_minutes, 'MINUTE');
  v_expiry_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_expiry_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_expiry_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_expiry_cut_off, 'FF6'))) * 1000;
  -- UTC now, less the age of a session without an EXPIRY_TIME
  v_age_cut_off := v_run.started - NUMTODSINTERVAL(v_session_age_days, 'DAY');
  v_age_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_age_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_age_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_age_cut_off, 'FF6'))) * 1000;
  -- UTC now, less the time that a DELETE row is kept
  v_delete_cut_off := v_run.started - NUMTODSINTERVAL(v_deleted_after_hours, 'HOUR');
  v_delete_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_delete_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_delete_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_delete_cut_off, 'FF6'))) * 1000;

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
                    AND b.OPERATION = 'DELETE' AND b.TIME_CREATED < v_delete_cut_off_ns
               THEN 0
               WHEN b.REASON = 'superseded'
                    AND MAX(CASE WHEN b.REASON = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.SESSION_ID, b.SESSION_TYPE ORDER BY b.TIME_CREATED DESC) = 1
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_AUTH_TEMP_SESSION_STORE';

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
                    AND b.OPERATION = 'DELETE' AND b.TIME_CREATED < v_delete_cut_off_ns
               THEN 0
               WHEN b.REASON = 'superseded'
                    AND MAX(CASE WHEN b.REASON = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.SESSION_ID, b.SESSION_TYPE ORDER BY b.TIME_CREATED DESC) = 1
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_STORE';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.SESSION_ID = b.SESSION_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.SESSION_ID = b.SESSION_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.SESSION_ID = b.SESSION_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA';
END cleanup_sessions_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_sessions_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_sessions_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_sessions_proof',
      '29297c07ce361a12554a1dba9889e8c20a25bdc985344fa2a75bdeddd6fbad8a');
  COMMIT;
END;
/
-- @end
