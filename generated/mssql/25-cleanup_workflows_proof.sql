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
-- The caller needs nothing: cleanup_workflows calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_workflows_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_workflows_proof
  @run_id BIGINT, @started DATETIME2(6),
  @workflow_retention_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 7bc4823232b3ef06.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and the retention of workflow requests
  DECLARE @retention_cut_off DATETIME2(6);
  SET @retention_cut_off = DATEADD(DAY, -@workflow_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

  -- WF_REQUEST
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'finished'
                    AND b.STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('APPROVED.', 'REJECTED.', 'FAILED.', 'DELETED.',
                        'ABORTED.')
                    AND b.UPDATED_AT < @retention_cut_off
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_WF_REQUEST AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'WF_REQUEST';

  -- WF_WORKFLOW_REQUEST_RELATION
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_WF_REQUEST p
                      WHERE p.RUN_ID = @run_id AND p.UUID = b.REQUEST_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'WF_WORKFLOW_REQUEST_RELATION';

  -- WF_REQUEST_ENTITY_RELATIONSHIP
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_WF_REQUEST p
                      WHERE p.RUN_ID = @run_id AND p.UUID = b.REQUEST_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'WF_REQUEST_ENTITY_RELATIONSHIP';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_workflows_proof',
    '1faac16248075d14df20cd7dfcde9eb187eb794bc686782f1d7cfe622d58089e', '7bc4823232b3ef06';
GO
-- @end
