-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_wait_statuses.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_WAIT_STATUSES
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_WAIT_STATUSES AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'wait_retention_days' THEN VALUE END), '14') AS wait_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_wait_statuses'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
        - INTERVAL CAST(n.wait_retention_days AS SIGNED) DAY AS wait_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.wait_cut_off) * 0.000001 AS wait_cut_off_s
  FROM m
)
SELECT 'IDN_AUTH_WAIT_STATUS' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.LONG_WAIT_KEY IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY) THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY) THEN NULL
           WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRE_TIME), 0) < c.wait_cut_off_s THEN 'retention_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRE_TIME), 0) SECOND AS ROW_TIME
  FROM IDN_AUTH_WAIT_STATUS t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_WAIT_STATUSES
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_WAIT_STATUSES',
    'f4772e048fb5ba65423fe9ad57a2bf1fc76dbf8f72abf87702a24d1c857e487c');
-- @end
