-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_workflows.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_WORKFLOWS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_WORKFLOWS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'workflow_retention_days' THEN VALUE END), '60') AS workflow_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_workflows'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.workflow_retention_days), 'DAY') AS retention_cut_off
  FROM n
)
SELECT 'WF_REQUEST' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.STATUS IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
                AND t.UPDATED_AT < c.retention_cut_off
           THEN 'finished'
         END AS REASON,
    t.UPDATED_AT AS ROW_TIME
  FROM WF_REQUEST t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_WORKFLOWS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_WORKFLOWS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_WORKFLOWS',
      'ffcf8e56c0b2828801d13af602c07272391f5af99c391cd1eb91482a347c86c6');
  COMMIT;
END;
/
-- @end
