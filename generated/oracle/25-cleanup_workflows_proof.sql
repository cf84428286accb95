-- cleanup_workflows_proof: judges once more what a run of cleanup_workflows deleted.
--
-- cleanup_workflows calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_workflows calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_workflows_proof
CREATE OR REPLACE PROCEDURE cleanup_workflows_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_workflow_retention_days NUMBER,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_retention_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the uncertainty of timestamps and the retention of workflow requests
  v_retention_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_workflow_retention_days, 'DAY');

  -- WF_REQUEST
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'finished'
                    AND b.STATUS IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
                    AND b.UPDATED_AT < v_retention_cut_off
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_WF_REQUEST b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'WF_REQUEST';

  -- WF_WORKFLOW_REQUEST_RELATION
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_WF_REQUEST p
                      WHERE p.RUN_ID = v_run.run_id AND p.UUID = b.REQUEST_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'WF_WORKFLOW_REQUEST_RELATION';

  -- WF_REQUEST_ENTITY_RELATIONSHIP
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_WF_REQUEST p
                      WHERE p.RUN_ID = v_run.run_id AND p.UUID = b.REQUEST_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'WF_REQUEST_ENTITY_RELATIONSHIP';
END cleanup_workflows_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_workflows_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_workflows_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_workflows_proof',
      'b8cfbf73b0ce8505e27777f5623d4cbdc16211fe66407225f0e2c383b033293a');
  COMMIT;
END;
/
-- @end
