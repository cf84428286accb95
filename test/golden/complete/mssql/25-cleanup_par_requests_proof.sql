-- cleanup_par_requests_proof: judges once more what a run of cleanup_par_requests deleted.
--
-- cleanup_par_requests calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_par_requests calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_par_requests_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_par_requests_proof
  @run_id BIGINT, @started DATETIME2(6)
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 8be6312097fc30e1.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less 24 h
  DECLARE @epoch_grace_cut_off DATETIME2(6);
  SET @epoch_grace_cut_off = DATEADD(HOUR, -24, @started);
  DECLARE @epoch_grace_cut_off_ms BIGINT = DATEDIFF_BIG(MILLISECOND, '19700101', @epoch_grace_cut_off);

  -- IDN_OAUTH_PAR
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND b.SCHEDULED_EXPIRY < @epoch_grace_cut_off_ms THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH_PAR AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH_PAR';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_par_requests_proof',
    'c4735f49ec39978955af8b1e88cf2bdfa7ffbe7139747958c458b30d42b8b3ef', '8be6312097fc30e1';
GO
-- @end
