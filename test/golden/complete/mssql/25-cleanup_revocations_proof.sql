-- cleanup_revocations_proof: judges once more what a run of cleanup_revocations deleted.
--
-- cleanup_revocations calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_revocations calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_revocations_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_revocations_proof
  @run_id BIGINT, @started DATETIME2(6),
  @longest_lifetime_hours BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 0f78d5d1c0db6bf4.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less 24 h
  DECLARE @epoch_grace_cut_off DATETIME2(6);
  SET @epoch_grace_cut_off = DATEADD(HOUR, -24, @started);
  DECLARE @epoch_grace_cut_off_ms BIGINT = DATEDIFF_BIG(MILLISECOND, '19700101', @epoch_grace_cut_off);
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  DECLARE @event_cut_off DATETIME2(6);
  SET @event_cut_off
      = (SELECT DATEADD(SECOND, -(p.amount % 3600),
      DATEADD(HOUR, -(p.amount / 3600), DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started))))
      FROM (SELECT @longest_lifetime_hours * 3600 AS amount) p);

  -- AM_REVOKED_JWT
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND b.EXPIRY_TIMESTAMP > 99999999999
                    AND b.EXPIRY_TIMESTAMP < @epoch_grace_cut_off_ms
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_AM_REVOKED_JWT AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'AM_REVOKED_JWT';

  -- IDN_INVALID_TOKENS
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND b.EXPIRY_TIMESTAMP < @grace_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_INVALID_TOKENS AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_INVALID_TOKENS';

  -- IDN_OAUTH2_REVOKED_TOKENS
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND b.EXPIRY_TIMESTAMP < @grace_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REVOKED_TOKENS';

  -- IDN_SUBJECT_ENTITY_REVOKED_EVENT
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < @event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_SUBJECT_ENTITY_REVOKED_EVENT';

  -- IDN_APP_REVOKED_EVENT
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < @event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_APP_REVOKED_EVENT AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_APP_REVOKED_EVENT';

  -- AM_SUBJECT_ENTITY_REVOKED_EVENT
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < @event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'AM_SUBJECT_ENTITY_REVOKED_EVENT';

  -- AM_APP_REVOKED_EVENT
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'outlived' AND b.TIME_REVOKED < @event_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_AM_APP_REVOKED_EVENT AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'AM_APP_REVOKED_EVENT';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_revocations_proof',
    '13f440d9e00baacb585f67ade25e2addb996e0b6bc7e503e5e64b9e8b4735c52', '0f78d5d1c0db6bf4';
GO
-- @end
