-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_tokens.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_TOKENS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_TOKENS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''), '120') AS safe_period_minutes,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE ELSE '' END), ''),
        '(none)') AS access_period_grants,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE ELSE '' END), ''), 'no') AS audit_pruning,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE ELSE '' END), ''), '90') AS audit_retention_days,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_tokens'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(MINUTE, -CAST(n.safe_period_minutes AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS cut_off,
    DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off,
    DATEADD(DAY, -CAST(n.audit_retention_days AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS audit_cut_off
  FROM n
)
SELECT 'IDN_OAUTH2_ACCESS_TOKEN' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'
                AND CASE WHEN t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
                    > t.REFRESH_TOKEN_VALIDITY_PERIOD THEN 1 ELSE 0 END = 0
                AND EXISTS (SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o WHERE o.TOKEN_ID = t.TOKEN_ID)
           THEN NULL
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
  FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_AUTHORIZATION_CODE' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o
                  WHERE o.CODE_ID = t.CODE_ID
                    AND o.TOKEN_ID IS NOT NULL)
           THEN NULL
           WHEN t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
           WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.cut_off) / 1000.0 > t.VALIDITY_PERIOD
           THEN 'period_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_CIBA_AUTH_CODE' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.AUTH_REQ_STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('EXPIRED.', 'TOKEN_ISSUED.', 'FAILED.')
           THEN 'finished'
           WHEN t.EXPIRES_IN > 0
                AND DATEDIFF_BIG(MICROSECOND, t.ISSUED_TIME, c.grace_cut_off) / 1000000.0 > t.EXPIRES_IN
           THEN 'period_over'
         END AS REASON,
    t.ISSUED_TIME AS ROW_TIME
  FROM dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_DEVICE_FLOW' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.STATUS + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.' THEN 'expired'
           WHEN t.EXPIRY_TIME < c.grace_cut_off THEN 'period_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_OAUTH2_DEVICE_FLOW AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.INVALIDATED_TIME < c.audit_cut_off THEN 'retention_over'
         END AS REASON,
    t.INVALIDATED_TIME AS ROW_TIME
  FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t CROSS JOIN c
  WHERE c.audit_pruning = 'yes'
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_TOKENS',
    '7c107e8ba60b1274be959a94e79e1c4dfd4118cf639ad49e61c4125010776d3b';
GO
-- @end
