-- cleanup_revision_metadata_proof: judges once more what a run of cleanup_revision_metadata deleted.
--
-- cleanup_revision_metadata calls it at its end, while setting prove_after is yes. Of each table it counts the copies
-- of that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_revision_metadata calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_revision_metadata_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_revision_metadata_proof
  @run_id BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 45cbc17effa45e09.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- AM_API_REVISION_METADATA
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' AND b.REVISION_UUID IS NOT NULL THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_AM_API_REVISION_METADATA AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'AM_API_REVISION_METADATA';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_revision_metadata_proof',
    '32314648f1050fdf18e41634d627fe05e6fb902d3b2b843e99893881fa441859', '45cbc17effa45e09';
GO
-- @end
