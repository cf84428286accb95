-- cleanup_saml_artifacts_proof: judges once more what a run of cleanup_saml_artifacts deleted.
--
-- cleanup_saml_artifacts calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_saml_artifacts calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_saml_artifacts_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_saml_artifacts_proof
  @run_id BIGINT, @started DATETIME2(6),
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 6f43401a87216585.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

  -- IDN_SAML2_ARTIFACT_STORE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND b.EXP_TIMESTAMP < @grace_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_SAML2_ARTIFACT_STORE';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_saml_artifacts_proof',
    '58d40b2d95d59e8fec02c64d84b37dba5507d8ee699f982c56bb9cbdbd73d6d6', '6f43401a87216585';
GO
-- @end
