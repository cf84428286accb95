-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_refresh_tokens.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_REFRESH_TOKENS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_REFRESH_TOKENS AS
SELECT 'IDN_OAUTH2_REFRESH_TOKEN' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
           WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 'revoked'
           WHEN (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                 OR t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
                    > t.REFRESH_TOKEN_VALIDITY_PERIOD
           THEN 'period_over'
         END AS REASON,
    t.REFRESH_TOKEN_TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(MINUTE, -CAST(n.safe_period_minutes AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS cut_off
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''),
              '120') AS safe_period_minutes,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens'
      ) AS s
    ) AS n
  ) AS c
  WHERE t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('INACTIVE.', 'REVOKED.')
    OR ((t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
         OR t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
        AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
        AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, c.cut_off) / 1000.0
            > t.REFRESH_TOKEN_VALIDITY_PERIOD)
) AS x
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'CLEANUP_BACKLOG_REFRESH_TOKENS' AND OBJECT_KIND = 'view');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('CLEANUP_BACKLOG_REFRESH_TOKENS', 'view', '0b983967f2fa77f695ca94c898ce18347c0132e1c10e013923ec2be672048a26')
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
