-- cleanup_refresh_tokens_proof: judges once more what a run of cleanup_refresh_tokens deleted.
--
-- cleanup_refresh_tokens calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_refresh_tokens calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_refresh_tokens_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_refresh_tokens_proof
  @run_id BIGINT, @started DATETIME2(6),
  @safe_period_minutes BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text f08a6d4773fcf9f9.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and the safe period
  DECLARE @cut_off DATETIME2(6);
  SET @cut_off = DATEADD(MINUTE, -@safe_period_minutes, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

  -- IDN_OAUTH2_REFRESH_TOKEN
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive'
                    AND b.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'
               THEN 0
               WHEN b.REASON = 'revoked'
                    AND b.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.'
               THEN 0
               WHEN b.REASON = 'period_over'
                    AND (b.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                     OR b.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND DATEDIFF_BIG(MICROSECOND, b.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                        > b.REFRESH_TOKEN_VALIDITY_PERIOD
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN';

  -- IDN_OAUTH2_REFRESH_TOKEN_BINDING
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN p
                      WHERE p.RUN_ID = @run_id AND p.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_BINDING';

  -- IDN_OAUTH2_REFRESH_TOKEN_SCOPE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN p
                      WHERE p.RUN_ID = @run_id AND p.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_refresh_tokens_proof',
    'a0f459d275f5c6951818855d4d27e196717d48ed5624af2d958e0841f3a9c6dc', 'f08a6d4773fcf9f9';
GO
-- @end
