-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_wait_statuses.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_WAIT_STATUSES
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_WAIT_STATUSES AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'wait_retention_days' THEN VALUE ELSE '' END), ''), '14') AS wait_retention_days,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_wait_statuses'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(DAY, -CAST(n.wait_retention_days AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS wait_cut_off
  FROM n
)
SELECT 'IDN_AUTH_WAIT_STATUS' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.LONG_WAIT_KEY IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY) THEN NULL
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY)
           THEN NULL
           WHEN t.EXPIRE_TIME < c.wait_cut_off THEN 'retention_over'
         END AS REASON,
    t.EXPIRE_TIME AS ROW_TIME
  FROM dbo.IDN_AUTH_WAIT_STATUS AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_WAIT_STATUSES',
    'bf7d593f25165310ada09954bd5dd6f9ccd9499ade296005dee23c2a99e16d82';
GO
-- @end
