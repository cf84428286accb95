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
-- The caller needs nothing: cleanup_registry calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_registry_proof
CREATE OR REPLACE PROCEDURE cleanup_registry_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_log_minimum_age_hours NUMBER,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_log_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  v_log_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_log_minimum_age_hours, 'HOUR');

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
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'REG_RESOURCE';

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
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'REG_PROPERTY';

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
                      WHERE p.RUN_ID = v_run.run_id AND p.REG_VERSION = b.REG_VERSION
                          AND p.REG_TENANT_ID = b.REG_TENANT_ID)
               THEN 0
               WHEN b.REASON = 'code_gone' THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'REG_RESOURCE_PROPERTY';

  -- REG_LOG
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'superseded' AND b.REG_LOGGED_TIME < v_log_cut_off THEN 0
               WHEN b.REASON = 'deleted' AND b.REG_LOGGED_TIME < v_log_cut_off AND b.REG_ACTION = 7 THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_REG_LOG b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'REG_LOG';

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
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'REG_TAG';

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
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'REG_RESOURCE_TAG';
END cleanup_registry_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_registry_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_registry_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_registry_proof',
      'f94e0cfcc003f6da47e094e8eec443433c12ce5239eeceb3a7e8ed8e8691234f');
  COMMIT;
END;
/
-- @end
