-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_webhooks.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_WEBHOOKS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_WEBHOOKS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'webhook_grace_hours' THEN VALUE ELSE '' END), ''), '720') AS webhook_grace_hours,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'unsubscription_pruning' THEN VALUE ELSE '' END), ''),
        'no') AS unsubscription_pruning,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'unsubscription_days' THEN VALUE ELSE '' END), ''), '90') AS unsubscription_days,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_webhooks'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), m AS (
  SELECT n.*,
    DATEADD(HOUR, -CAST(n.webhook_grace_hours AS BIGINT), n.utc_now) AS lease_cut_off,
    DATEADD(DAY, -CAST(n.unsubscription_days AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS log_cut_off
  FROM n
), c AS (
  SELECT m.*,
    DATEDIFF_BIG(MILLISECOND, '19700101', m.lease_cut_off) AS lease_cut_off_ms
  FROM m
)
SELECT 'AM_WEBHOOKS_SUBSCRIPTION' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_AT > 99999999999 AND t.EXPIRY_AT < c.lease_cut_off_ms THEN 'expired'
         END AS REASON,
    DATEADD(MILLISECOND,
        (CASE WHEN t.EXPIRY_AT < 0 THEN 0 WHEN t.EXPIRY_AT < 253402300800000 THEN t.EXPIRY_AT END) % 3600000,
        DATEADD(HOUR,
        (CASE WHEN t.EXPIRY_AT < 0 THEN 0 WHEN t.EXPIRY_AT < 253402300800000 THEN t.EXPIRY_AT END) / 3600000,
        CAST('19700101' AS DATETIME2(6)))) AS ROW_TIME
  FROM dbo.AM_WEBHOOKS_SUBSCRIPTION AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'AM_WEBHOOKS_UNSUBSCRIPTION' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.ADDED_AT < c.log_cut_off THEN 'retention_over'
         END AS REASON,
    t.ADDED_AT AS ROW_TIME
  FROM dbo.AM_WEBHOOKS_UNSUBSCRIPTION AS t CROSS JOIN c
  WHERE c.unsubscription_pruning = 'yes'
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_WEBHOOKS',
    'bcf97929065f84e7d2411ba6b6608619161583b99371116576a2783c0efe75ed';
GO
-- @end
