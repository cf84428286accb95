-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_stale_actions.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_STALE_ACTIONS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_STALE_ACTIONS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_stale_actions'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off
  FROM n
)
SELECT 'IDN_ACTION' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM dbo.IDP_AUTHENTICATOR_PROPERTY o WHERE o.PROPERTY_VALUE = t.UUID) THEN NULL
           WHEN t.TYPE + N'.' COLLATE Latin1_General_BIN2 = 'AUTHENTICATION.'
                AND (t.CREATED_AT IS NULL OR t.CREATED_AT < c.grace_cut_off)
           THEN 'stale'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.IDN_ACTION AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_STALE_ACTIONS',
    '304a534f49ac5ffc38be946d05973f4d56d22a8259e198e1af5594ebc9977cd4';
GO
-- @end
