-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_vc_nonces.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_VC_NONCES
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_VC_NONCES AS
SELECT 'IDN_VC_NONCE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) SECOND AS ROW_TIME
  FROM IDN_VC_NONCE t
  CROSS JOIN (
    SELECT m.*,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_vc_nonces'
        ) s
      ) n
    ) m
  ) c
  WHERE NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < c.grace_cut_off_s
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_VC_NONCES', 'view', '019b6c294e519b33689b86e87939585cd39e2905651aa240a2b7d1209b6c8966',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_VC_NONCES'));
-- @end
