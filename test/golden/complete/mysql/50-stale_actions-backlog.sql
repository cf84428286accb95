-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_stale_actions.

-- The server keeps these settings with what it creates, so they are the same whoever runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_STALE_ACTIONS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_STALE_ACTIONS AS
SELECT 'IDN_ACTION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.STAMP) AS OLDEST
FROM (
  SELECT 'stale' AS REASON,
    CAST(NULL AS DATETIME(6)) AS STAMP
  FROM IDN_ACTION t
  CROSS JOIN (
    SELECT n.*,
      n.utc_now - INTERVAL 24 HOUR AS grace_cut_off
    FROM (
      SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
      FROM (
        SELECT
          COALESCE(
            NULLIF(MAX(CASE NAME WHEN 'time_zone' THEN VALUE END), 'server'),
            MAX(CASE NAME WHEN 'server_time_zone' THEN VALUE END)) AS zone
        FROM CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_stale_actions'
      ) s
    ) n
  ) c
  WHERE (CAST(t.TYPE AS BINARY) = 'AUTHENTICATION'
         AND (t.CREATED_AT IS NULL
              OR CONVERT_TZ(TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.CREATED_AT), 0) SECOND, '+00:00', c.zone) < c.grace_cut_off))
        AND NOT EXISTS (SELECT 1 FROM IDP_AUTHENTICATOR_PROPERTY o WHERE o.PROPERTY_VALUE = t.UUID)
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_STALE_ACTIONS', 'view', 'b0e9e91bb7f1ec4bbefae955a0777dda8032a3cf50f5c0565c2f30b36998899c',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_STALE_ACTIONS'));
-- @end
