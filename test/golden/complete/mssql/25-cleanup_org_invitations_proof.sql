-- cleanup_org_invitations_proof: judges once more what a run of cleanup_org_invitations deleted.
--
-- cleanup_org_invitations calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_org_invitations calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_org_invitations_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_org_invitations_proof
  @run_id BIGINT, @started DATETIME2(6),
  @invitation_retention_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 5f29c39ecc1bf1c2.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and the retention of invitations
  DECLARE @invitation_cut_off DATETIME2(6);
  SET @invitation_cut_off
      = DATEADD(DAY, -@invitation_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

  -- IDN_ORG_USER_INVITATION
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over'
                    AND b.STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('PENDING.', 'EXPIRED.')
                    AND b.EXPIRED_AT < @invitation_cut_off
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_ORG_USER_INVITATION AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_ORG_USER_INVITATION';

  -- IDN_ORG_USER_INVITE_ASSIGNMENT
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_ORG_USER_INVITATION p
                      WHERE p.RUN_ID = @run_id AND p.INVITATION_ID = b.INVITATION_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_ORG_USER_INVITE_ASSIGNMENT';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_org_invitations_proof',
    '25831ba7e527ead4980b070bfacf2a4a8da4b5455a3cab6e1c295d42701a3d7e', '5f29c39ecc1bf1c2';
GO
-- @end
