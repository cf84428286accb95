-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_tokens.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_TOKENS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_TOKENS AS
SELECT 'IDN_OAUTH2_ACCESS_TOKEN' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 'revoked'
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
                    > t.REFRESH_TOKEN_VALIDITY_PERIOD
           THEN 'expired'
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.cut_off) / 1000.0 > t.VALIDITY_PERIOD
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
                    > t.REFRESH_TOKEN_VALIDITY_PERIOD
           THEN 'periods_over'
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
                AND c.access_period_grants NOT LIKE N'%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
                AND CHARINDEX(N',,', N',' + c.access_period_grants + N',' COLLATE Latin1_General_BIN2) = 0
                AND CHARINDEX(N',' + t.GRANT_TYPE + N',',
                    N',' + c.access_period_grants + N',' COLLATE Latin1_General_BIN2) > 0
                AND CHARINDEX(N',' COLLATE Latin1_General_BIN2, t.GRANT_TYPE) = 0
                AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.cut_off) / 1000.0 > t.VALIDITY_PERIOD
           THEN 'access_period_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(MINUTE, -CAST(n.safe_period_minutes AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS cut_off,
      DATEADD(DAY, -CAST(n.audit_retention_days AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS audit_cut_off
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''),
              '120') AS safe_period_minutes,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE ELSE '' END), ''),
              '(none)') AS access_period_grants,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE ELSE '' END), ''), 'no') AS audit_pruning,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE ELSE '' END), ''),
              '90') AS audit_retention_days,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_tokens'
      ) AS s
    ) AS n
  ) AS c
  WHERE (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('INACTIVE.', 'REVOKED.')
         OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
             AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
             AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
                 > t.REFRESH_TOKEN_VALIDITY_PERIOD)
         OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
             AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
             AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.cut_off) / 1000.0 > t.VALIDITY_PERIOD
             AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
             AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
                 > t.REFRESH_TOKEN_VALIDITY_PERIOD)
         OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
             AND c.access_period_grants NOT LIKE N'%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
             AND CHARINDEX(N',,', N',' + c.access_period_grants + N',' COLLATE Latin1_General_BIN2) = 0
             AND CHARINDEX(N',' + t.GRANT_TYPE + N',', N',' + c.access_period_grants + N',' COLLATE Latin1_General_BIN2)
                 > 0
             AND CHARINDEX(N',' COLLATE Latin1_General_BIN2, t.GRANT_TYPE) = 0
             AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
             AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.cut_off) / 1000.0 > t.VALIDITY_PERIOD))
        AND (CASE WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 1 ELSE 0 END = 0
             OR (t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD)
             OR NOT EXISTS (
               SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o
               WHERE o.TOKEN_ID = t.TOKEN_ID))
) AS x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_AUTHORIZATION_CODE' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
           WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.cut_off) / 1000.0 > t.VALIDITY_PERIOD
           THEN 'period_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(MINUTE, -CAST(n.safe_period_minutes AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS cut_off,
      DATEADD(DAY, -CAST(n.audit_retention_days AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS audit_cut_off
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''),
              '120') AS safe_period_minutes,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE ELSE '' END), ''),
              '(none)') AS access_period_grants,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE ELSE '' END), ''), 'no') AS audit_pruning,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE ELSE '' END), ''),
              '90') AS audit_retention_days,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_tokens'
      ) AS s
    ) AS n
  ) AS c
  WHERE (t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'
         OR (t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
             AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.cut_off) / 1000.0 > t.VALIDITY_PERIOD))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o
          WHERE o.TOKEN_ID = t.TOKEN_ID)
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o
          WHERE o.CODE_ID = t.CODE_ID
            AND o.TOKEN_ID IS NOT NULL)
) AS x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'retention_over' AS REASON,
    t.INVALIDATED_TIME AS ROW_TIME
  FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(MINUTE, -CAST(n.safe_period_minutes AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS cut_off,
      DATEADD(DAY, -CAST(n.audit_retention_days AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS audit_cut_off
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''),
              '120') AS safe_period_minutes,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE ELSE '' END), ''),
              '(none)') AS access_period_grants,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE ELSE '' END), ''), 'no') AS audit_pruning,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE ELSE '' END), ''),
              '90') AS audit_retention_days,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_tokens'
      ) AS s
    ) AS n
  ) AS c
  WHERE c.audit_pruning = 'yes'
    AND (t.INVALIDATED_TIME < c.audit_cut_off)
) AS x
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'CLEANUP_BACKLOG_TOKENS' AND OBJECT_KIND = 'view');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('CLEANUP_BACKLOG_TOKENS', 'view', '6139e8e703a6e12a712019c80cf886b806df6fd1c884d9c4594be47814298cd3')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
