-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_vc_nonces.

-- The server keeps these settings with what it creates, so they are the same whoever runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_VC_NONCES
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_VC_NONCES AS
SELECT 'IDN_VC_NONCE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.STAMP) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    CONVERT_TZ(TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) SECOND, '+00:00', c.zone) AS STAMP
  FROM IDN_VC_NONCE t
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
        WHERE PROCEDURE_NAME = 'cleanup_vc_nonces'
      ) s
    ) n
  ) c
  WHERE CONVERT_TZ(TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) SECOND, '+00:00', c.zone) < c.grace_cut_off
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_VC_NONCES', 'view', '2a827d0020331b5a9e655cc562a020ec5430dbdb3e2075a0b9607959def25b92',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_VC_NONCES'));
-- @end
