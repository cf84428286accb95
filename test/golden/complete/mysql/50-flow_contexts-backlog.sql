-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_flow_contexts.

-- The server keeps these settings with what it creates, so they are the same whoever runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_FLOW_CONTEXTS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_FLOW_CONTEXTS AS
SELECT 'IDN_FLOW_CONTEXT_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.STAMP) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    CONVERT_TZ(TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRES_AT), 0) SECOND, '+00:00', c.zone) AS STAMP
  FROM IDN_FLOW_CONTEXT_STORE t
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
        WHERE PROCEDURE_NAME = 'cleanup_flow_contexts'
      ) s
    ) n
  ) c
  WHERE CONVERT_TZ(TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRES_AT), 0) SECOND, '+00:00', c.zone) < c.grace_cut_off
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_FLOW_CONTEXTS', 'view', '920679bc1683c9a40107e030351f54d378fa07b9740aca58bf7aff495f258df0',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_FLOW_CONTEXTS'));
-- @end
