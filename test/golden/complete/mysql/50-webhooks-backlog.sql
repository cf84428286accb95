-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_webhooks.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_WEBHOOKS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_WEBHOOKS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'webhook_grace_hours' THEN VALUE END), '720') AS webhook_grace_hours,
    COALESCE(MAX(CASE NAME WHEN 'unsubscription_pruning' THEN VALUE END), 'no') AS unsubscription_pruning,
    COALESCE(MAX(CASE NAME WHEN 'unsubscription_days' THEN VALUE END), '90') AS unsubscription_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_webhooks'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.webhook_grace_hours AS SIGNED) HOUR AS lease_cut_off,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
        - INTERVAL CAST(n.unsubscription_days AS SIGNED) DAY AS log_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.lease_cut_off) DIV 1000 AS lease_cut_off_ms,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.log_cut_off) * 0.000001 AS log_cut_off_s
  FROM m
)
SELECT 'AM_WEBHOOKS_SUBSCRIPTION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_AT > 99999999999 AND t.EXPIRY_AT < c.lease_cut_off_ms THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.EXPIRY_AT, 0) * 1000 MICROSECOND AS ROW_TIME
  FROM AM_WEBHOOKS_SUBSCRIPTION t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'AM_WEBHOOKS_UNSUBSCRIPTION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NULLIF(UNIX_TIMESTAMP(t.ADDED_AT), 0) < c.log_cut_off_s THEN 'retention_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.ADDED_AT), 0) SECOND AS ROW_TIME
  FROM AM_WEBHOOKS_UNSUBSCRIPTION t CROSS JOIN c
  WHERE c.unsubscription_pruning = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_WEBHOOKS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_WEBHOOKS',
    'ae7bd13c9b2f2ea410db939a914d7b1c1c29f1d3aef79d547255ab02545c4600');
-- @end
