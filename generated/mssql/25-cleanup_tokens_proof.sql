-- cleanup_tokens_proof: judges once more what a run of cleanup_tokens deleted.
--
-- cleanup_tokens calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that run,
-- and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_tokens calls it, and ownership chaining covers what it touches.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_tokens_proof
CREATE OR ALTER PROCEDURE dbo.cleanup_tokens_proof
  @run_id BIGINT, @started DATETIME2(6),
  @safe_period_minutes BIGINT,
  @access_period_grants VARCHAR(255),
  @audit_retention_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text ec36f1d3ff137044.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;

  -- UTC now, less the uncertainty of timestamps and the safe period
  DECLARE @cut_off DATETIME2(6);
  SET @cut_off = DATEADD(MINUTE, -@safe_period_minutes, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  DECLARE @audit_cut_off DATETIME2(6);
  SET @audit_cut_off = DATEADD(DAY, -@audit_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

  -- IDN_OAUTH2_ACCESS_TOKEN
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
               WHEN b.REASON = 'expired'
                    AND b.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND DATEDIFF_BIG(MICROSECOND, b.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                        > b.REFRESH_TOKEN_VALIDITY_PERIOD
               THEN 0
               WHEN b.REASON = 'periods_over'
                    AND b.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND DATEDIFF_BIG(MICROSECOND, b.TIME_CREATED, @cut_off) / 1000.0 > b.VALIDITY_PERIOD
                    AND b.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND b.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND DATEDIFF_BIG(MICROSECOND, b.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                        > b.REFRESH_TOKEN_VALIDITY_PERIOD
               THEN 0
               WHEN b.REASON = 'access_period_over'
                    AND b.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
                    AND @access_period_grants NOT LIKE N'%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
                    AND CHARINDEX(N',,', N',' + @access_period_grants + N',' COLLATE Latin1_General_BIN2) = 0
                    AND CHARINDEX(N',' + b.GRANT_TYPE + N',',
                        N',' + @access_period_grants + N',' COLLATE Latin1_General_BIN2) > 0
                    AND CHARINDEX(N',' COLLATE Latin1_General_BIN2, b.GRANT_TYPE) = 0
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND DATEDIFF_BIG(MICROSECOND, b.TIME_CREATED, @cut_off) / 1000.0 > b.VALIDITY_PERIOD
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN';

  -- IDN_OAUTH2_AUTHORIZATION_CODE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'inactive'
                    AND b.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'
               THEN 0
               WHEN b.REASON = 'period_over'
                    AND b.VALIDITY_PERIOD > 0 AND b.VALIDITY_PERIOD < 99999999999990
                    AND DATEDIFF_BIG(MICROSECOND, b.TIME_CREATED, @cut_off) / 1000.0 > b.VALIDITY_PERIOD
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_AUTHORIZATION_CODE';

  -- IDN_OIDC_REQ_OBJECT_REFERENCE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN p
                      WHERE p.RUN_ID = @run_id AND p.TOKEN_ID = b.TOKEN_ID)
               THEN 0
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE p
                      WHERE p.RUN_ID = @run_id AND p.CODE_ID = b.CODE_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

  -- IDN_OIDC_REQ_OBJECT_CLAIMS
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE p
                      WHERE p.RUN_ID = @run_id AND p.ID = b.REQ_OBJECT_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS';

  -- IDN_OIDC_REQ_OBJ_CLAIM_VALUES
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS p
                      WHERE p.RUN_ID = @run_id AND p.ID = b.REQ_OBJECT_CLAIMS_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';

  -- IDN_OAUTH2_ACCESS_TOKEN_SCOPE
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN p
                      WHERE p.RUN_ID = @run_id AND p.TOKEN_ID = b.TOKEN_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';

  -- IDN_OAUTH2_ACCESS_TOKEN_AUDIT
  INSERT INTO dbo.CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM dbo.CLEANUP_RUN_STEP AS s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over' AND b.INVALIDATED_TIME < @audit_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS b
      WHERE b.RUN_ID = @run_id
    ) AS k
  ) AS c
  WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_tokens_proof',
    '989a2cf77b749a600a036c2866a68f7c9088c54086786335fed681840f9ad454', 'ec36f1d3ff137044';
GO
-- @end
