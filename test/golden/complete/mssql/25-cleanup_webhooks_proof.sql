-- cleanup_webhooks_proof: judges once more what a run of cleanup_webhooks deleted.
--
-- cleanup_webhooks calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_webhooks calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_webhooks_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_webhooks_proof
  @run_id BIGINT, @started DATETIME2(6),
  @webhook_grace_hours BIGINT,
  @unsubscription_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text bcdd03a9128ff6fe.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the grace after an EXPIRY_AT
  DECLARE @lease_cut_off DATETIME2(6);
  SET @lease_cut_off = DATEADD(HOUR, -@webhook_grace_hours, @started);
  DECLARE @lease_cut_off_ms BIGINT = DATEDIFF_BIG(MILLISECOND, '19700101', @lease_cut_off);
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  DECLARE @log_cut_off DATETIME2(6);
  SET @log_cut_off = DATEADD(DAY, -@unsubscription_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

  -- AM_WEBHOOKS_SUBSCRIPTION
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND b.EXPIRY_AT > 99999999999 AND b.EXPIRY_AT < @lease_cut_off_ms
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'AM_WEBHOOKS_SUBSCRIPTION';

  -- AM_WEBHOOKS_UNSUBSCRIPTION
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over' AND b.ADDED_AT < @log_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'AM_WEBHOOKS_UNSUBSCRIPTION';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_webhooks_proof',
    'f6034d90a52cbb80b73ac91d41d980d85e6dd3e466b313c51abc403bf5a0b2f3', 'bcdd03a9128ff6fe';
GO
-- @end
