-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_workflows.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_WORKFLOWS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_WORKFLOWS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'workflow_retention_days' THEN VALUE ELSE '' END), ''),
        '60') AS workflow_retention_days,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_workflows'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(DAY, -CAST(n.workflow_retention_days AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS retention_cut_off
  FROM n
)
SELECT 'WF_REQUEST' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('APPROVED.', 'REJECTED.', 'FAILED.', 'DELETED.',
               'ABORTED.')
                AND t.UPDATED_AT < c.retention_cut_off
           THEN 'finished'
         END AS REASON,
    t.UPDATED_AT AS ROW_TIME
  FROM dbo.WF_REQUEST AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_WORKFLOWS',
    'b97915363c1d4dfaa021870c00cee3aaa0aa130b36ab9f753492825eada5889c';
GO
-- @end
