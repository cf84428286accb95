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
-- The caller needs nothing: cleanup_registry calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_registry_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_registry_proof
  @run_id BIGINT, @started DATETIME2(6),
  @log_minimum_age_hours BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text ebd2c9a9c7bff584.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  DECLARE @log_cut_off DATETIME2(6);
  SET @log_cut_off = DATEADD(HOUR, -@log_minimum_age_hours, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

  -- REG_RESOURCE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'code_expired' AND b.REG_NAME IS NOT NULL THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_REG_RESOURCE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'REG_RESOURCE';

  -- REG_PROPERTY
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'unreferenced' THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_REG_PROPERTY AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'REG_PROPERTY';

  -- REG_RESOURCE_PROPERTY
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'resource_gone' AND b.REG_TENANT_ID IS NOT NULL THEN 0
               WHEN b.REASON = 'code_gone'
                    AND EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_REG_RESOURCE p
                      WHERE p.RUN_ID = @run_id AND p.REG_VERSION = b.REG_VERSION AND p.REG_TENANT_ID = b.REG_TENANT_ID)
               THEN 0
               WHEN b.REASON = 'code_gone' THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'REG_RESOURCE_PROPERTY';

  -- REG_LOG
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'superseded' AND b.REG_LOGGED_TIME < @log_cut_off THEN 0
               WHEN b.REASON = 'deleted' AND b.REG_LOGGED_TIME < @log_cut_off AND b.REG_ACTION = 7 THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_REG_LOG AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'REG_LOG';

  -- REG_TAG
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'unreferenced' THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_REG_TAG AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'REG_TAG';

  -- REG_RESOURCE_TAG
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'resource_gone' AND b.REG_TENANT_ID IS NOT NULL THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_REG_RESOURCE_TAG AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'REG_RESOURCE_TAG';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_registry_proof',
    '0a7af67576cfb1e9381ad2b958f79a3706ba1a7264ac7ce35e63e3b39f3e9bf2', 'ebd2c9a9c7bff584';
GO
-- @end
