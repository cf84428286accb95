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
SELECT 'IDN_OAUTH_PAR' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.SCHEDULED_EXPIRY, 0) * 1000 MICROSECOND AS ROW_TIME
  FROM IDN_OAUTH_PAR t
  CROSS JOIN (
    SELECT m.*
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL 24 HOUR AS epoch_grace_cut_off
      FROM (
        SELECT UTC_TIMESTAMP(6) AS utc_now
      ) n
    ) m
  ) c
  WHERE t.SCHEDULED_EXPIRY < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.epoch_grace_cut_off) DIV 1000
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_PAR_REQUESTS', 'view', 'd7c8ce189bb36be52b171684d5af36cb19dc69179b41e144a1dff4691169a84e',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_PAR_REQUESTS'));
-- @end
