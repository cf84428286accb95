-- cleanup_uma_tickets_proof: judges once more what a run of cleanup_uma_tickets deleted.
--
-- cleanup_uma_tickets calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_uma_tickets calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_uma_tickets_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_uma_tickets_proof
  @run_id BIGINT, @started DATETIME2(6),
  @longest_lifetime_hours BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 5969bd4f8ada9b31.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  DECLARE @lifetime_cut_off DATETIME2(6);
  SET @lifetime_cut_off
      = (SELECT DATEADD(SECOND, -(p.amount % 3600),
      DATEADD(HOUR, -(p.amount / 3600), DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started))))
      FROM (SELECT @longest_lifetime_hours * 3600 AS amount) p);

  -- IDN_UMA_PERMISSION_TICKET
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND b.TICKET_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.', 'REVOKED.')
                    AND ((b.TOKEN_ID IS NULL AND b.EXPIRY_TIME < @grace_cut_off)
                         OR b.EXPIRY_TIME < @lifetime_cut_off)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_UMA_PERMISSION_TICKET';

  -- IDN_UMA_PT_RESOURCE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET p
                      WHERE p.RUN_ID = @run_id AND p.ID = b.PT_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_UMA_PT_RESOURCE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_UMA_PT_RESOURCE';

  -- IDN_UMA_PT_RESOURCE_SCOPE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_UMA_PT_RESOURCE p
                      WHERE p.RUN_ID = @run_id AND p.ID = b.PT_RESOURCE_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_UMA_PT_RESOURCE_SCOPE';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_uma_tickets_proof',
    '932e518a2074cb6b2cd68c5026c7a2e2f7d51dfbf0c9fe61afa4780f0cc05603', '5969bd4f8ada9b31';
GO
-- @end
