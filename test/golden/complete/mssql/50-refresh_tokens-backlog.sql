-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_refresh_tokens.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_REFRESH_TOKENS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_REFRESH_TOKENS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''), '120') AS safe_period_minutes,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(MINUTE, -CAST(n.safe_period_minutes AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS cut_off
  FROM n
)
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
  FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_REFRESH_TOKENS',
    'd72a9e3075ce70337fe02a3f25238380d61167a933e4fb16d90ab6fc3de600d9';
GO
-- @end
