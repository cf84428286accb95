-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_workflows.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_WORKFLOWS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_WORKFLOWS AS
SELECT 'WF_REQUEST' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'finished' AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.UPDATED_AT), 0) SECOND AS ROW_TIME
  FROM WF_REQUEST t
  CROSS JOIN (
    SELECT m.*,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.retention_cut_off) * 0.000001 AS retention_cut_off_s
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.workflow_retention_days AS SIGNED) DAY AS retention_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'workflow_retention_days' THEN VALUE END), '60') AS workflow_retention_days,
            COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_workflows'
        ) s
      ) n
    ) m
  ) c
  WHERE CAST(t.STATUS AS BINARY) IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
    AND NULLIF(UNIX_TIMESTAMP(t.UPDATED_AT), 0) < c.retention_cut_off_s
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_WORKFLOWS', 'view', 'f143f0c92ab075c600d18650258f14e696ff5e51855f9a62925b2b7dab5793ce',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_WORKFLOWS'));
-- @end
