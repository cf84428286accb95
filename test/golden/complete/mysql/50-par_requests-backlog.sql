-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_par_requests.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_PAR_REQUESTS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_PAR_REQUESTS AS
WITH n AS (
  SELECT UTC_TIMESTAMP(6) AS utc_now
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL 24 HOUR AS epoch_grace_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.epoch_grace_cut_off) DIV 1000 AS epoch_grace_cut_off_ms
  FROM m
)
SELECT 'IDN_OAUTH_PAR' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.SCHEDULED_EXPIRY < c.epoch_grace_cut_off_ms THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.SCHEDULED_EXPIRY, 0) * 1000 MICROSECOND AS ROW_TIME
  FROM IDN_OAUTH_PAR t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_PAR_REQUESTS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_PAR_REQUESTS',
    '895f32c7430ffedad589b052bb372639ca11b24ceea500b1be0b588aeb0f9544');
-- @end
