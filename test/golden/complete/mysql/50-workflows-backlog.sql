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
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'workflow_retention_days' THEN VALUE END), '60') AS workflow_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_workflows'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
        - INTERVAL CAST(n.workflow_retention_days AS SIGNED) DAY AS retention_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.retention_cut_off) * 0.000001 AS retention_cut_off_s
  FROM m
)
SELECT 'WF_REQUEST' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CAST(t.STATUS AS BINARY) IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
                AND NULLIF(UNIX_TIMESTAMP(t.UPDATED_AT), 0) < c.retention_cut_off_s
           THEN 'finished'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.UPDATED_AT), 0) SECOND AS ROW_TIME
  FROM WF_REQUEST t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_WORKFLOWS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_WORKFLOWS',
    '0c47f2b6dae26808a4247bf1a591fe42d093b88b5ac7ad044437166ada713280');
-- @end
