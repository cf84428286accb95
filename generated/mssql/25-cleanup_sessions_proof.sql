-- cleanup_sessions_proof: judges once more what a run of cleanup_sessions deleted.
--
-- cleanup_sessions calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_sessions calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_sessions_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_sessions_proof
  @run_id BIGINT, @started DATETIME2(6),
  @expiry_grace_minutes BIGINT,
  @session_age_days BIGINT,
  @deleted_after_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 6183b1569b0b3dcb.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the grace after an EXPIRY_TIME
  DECLARE @expiry_cut_off DATETIME2(6);
  SET @expiry_cut_off = DATEADD(MINUTE, -@expiry_grace_minutes, @started);
  DECLARE @expiry_cut_off_ns BIGINT = DATEDIFF_BIG(MICROSECOND, '19700101', @expiry_cut_off) * 1000;
  -- UTC now, less the age of a session without an EXPIRY_TIME
  DECLARE @age_cut_off DATETIME2(6);
  SET @age_cut_off = DATEADD(DAY, -@session_age_days, @started);
  DECLARE @age_cut_off_ns BIGINT = DATEDIFF_BIG(MICROSECOND, '19700101', @age_cut_off) * 1000;
  -- UTC now, less the time that a DELETE row is kept
  DECLARE @delete_cut_off DATETIME2(6);
  SET @delete_cut_off = DATEADD(HOUR, -@deleted_after_hours, @started);
  DECLARE @delete_cut_off_ns BIGINT = DATEDIFF_BIG(MICROSECOND, '19700101', @delete_cut_off) * 1000;

  -- IDN_AUTH_TEMP_SESSION_STORE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND ((b.EXPIRY_TIME > 0 AND b.EXPIRY_TIME < @expiry_cut_off_ns)
                         OR ((b.EXPIRY_TIME IS NULL OR b.EXPIRY_TIME <= 0)
                             AND b.TIME_CREATED < @age_cut_off_ns))
               THEN 0
               WHEN b.REASON = 'deleted'
                    AND b.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                    AND b.TIME_CREATED < @delete_cut_off_ns
               THEN 0
               WHEN b.REASON = 'superseded'
                    AND MAX(CASE WHEN b.REASON = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.SESSION_ID, b.SESSION_TYPE ORDER BY b.TIME_CREATED DESC) = 1
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_AUTH_TEMP_SESSION_STORE';

  -- IDN_AUTH_SESSION_STORE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND ((b.EXPIRY_TIME > 0 AND b.EXPIRY_TIME < @expiry_cut_off_ns)
                         OR ((b.EXPIRY_TIME IS NULL OR b.EXPIRY_TIME <= 0)
                             AND b.TIME_CREATED < @age_cut_off_ns))
               THEN 0
               WHEN b.REASON = 'deleted'
                    AND b.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                    AND b.TIME_CREATED < @delete_cut_off_ns
               THEN 0
               WHEN b.REASON = 'superseded'
                    AND MAX(CASE WHEN b.REASON = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.SESSION_ID, b.SESSION_TYPE ORDER BY b.TIME_CREATED DESC) = 1
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_STORE';

  -- IDN_AUTH_USER_SESSION_MAPPING
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' THEN 0
               WHEN b.REASON = 'session_gone'
                    AND EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE p
                      WHERE p.RUN_ID = @run_id AND p.SESSION_ID = b.SESSION_ID
                          AND p.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          = b.SESSION_ID + N'.' COLLATE Latin1_General_BIN2)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING';

  -- IDN_AUTH_SESSION_APP_INFO
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' THEN 0
               WHEN b.REASON = 'session_gone'
                    AND EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE p
                      WHERE p.RUN_ID = @run_id AND p.SESSION_ID = b.SESSION_ID
                          AND p.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          = b.SESSION_ID + N'.' COLLATE Latin1_General_BIN2)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO';

  -- IDN_AUTH_SESSION_META_DATA
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' THEN 0
               WHEN b.REASON = 'session_gone'
                    AND EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE p
                      WHERE p.RUN_ID = @run_id AND p.SESSION_ID = b.SESSION_ID
                          AND p.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          = b.SESSION_ID + N'.' COLLATE Latin1_General_BIN2)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_sessions_proof',
    'c70d94a133c4b80538c33d4789bf4f54b548c93d47ad3487508b406814b81b1f', '6183b1569b0b3dcb';
GO
-- @end
