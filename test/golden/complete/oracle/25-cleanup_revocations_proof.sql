-- cleanup_revocations_proof: judges once more what a run of cleanup_revocations deleted.
--
-- cleanup_revocations calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_revocations calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_revocations_proof
CREATE OR REPLACE PROCEDURE cleanup_revocations_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_longest_lifetime_hours NUMBER,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_grace_cut_off TIMESTAMP(6);
  v_epoch_grace_cut_off TIMESTAMP(6);
  v_epoch_grace_cut_off_ms NUMBER;
  v_event_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  -- UTC now, less 24 h
  v_epoch_grace_cut_off := v_run.started - NUMTODSINTERVAL(24, 'HOUR');
  v_epoch_grace_cut_off_ms := FLOOR((((TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'SSSSS'))) * 1000000
      + TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'FF6'))) / 1000);
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  v_event_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR')
      - NUMTODSINTERVAL(v_longest_lifetime_hours * 3600, 'SECOND');

  -- AM_REVOKED_JWT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND b.EXPIRY_TIMESTAMP > 99999999999
                    AND b.EXPIRY_TIMESTAMP < v_epoch_grace_cut_off_ms
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_REVOKED_JWT b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'AM_REVOKED_JWT';

  -- IDN_INVALID_TOKENS
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND b.EXPIRY_TIMESTAMP < v_grace_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_INVALID_TOKENS b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_INVALID_TOKENS';

  -- IDN_OAUTH2_REVOKED_TOKENS
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND b.EXPIRY_TIMESTAMP < v_grace_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REVOKED_TOKENS';

  -- IDN_SUBJECT_ENTITY_REVOKED_EVENT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < v_event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_SUBJECT_ENTITY_REVOKED_EVENT';

  -- IDN_APP_REVOKED_EVENT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < v_event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_APP_REVOKED_EVENT b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_APP_REVOKED_EVENT';

  -- AM_SUBJECT_ENTITY_REVOKED_EVENT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < v_event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'AM_SUBJECT_ENTITY_REVOKED_EVENT';

  -- AM_APP_REVOKED_EVENT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < v_event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_APP_REVOKED_EVENT b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'AM_APP_REVOKED_EVENT';
END cleanup_revocations_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_revocations_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_revocations_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_revocations_proof',
      'c61a25645f7dec4684b118ed45e05374316d549c39fe229c217de3a2a49c6173');
  COMMIT;
END;
/
-- @end
