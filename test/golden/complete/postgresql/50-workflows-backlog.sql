-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_workflows.
--   SELECT * FROM public.cleanup_backlog_workflows();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_workflows
CREATE OR REPLACE FUNCTION public.cleanup_backlog_workflows()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'workflow_retention_days'), '60') AS workflow_retention_days,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_workflows'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.workflow_retention_days::bigint * interval '1 day' AS retention_cut_off
  FROM n
)
SELECT 'wf_request'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.status IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
                AND t.updated_at < c.retention_cut_off
           THEN 'finished'
         END AS reason,
    t.updated_at AS row_time
  FROM public.wf_request t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_workflows',
    'fe34429d97674adaa68057045c157a07b125ac24bba06517b26d53cbc41e72aa');
-- @end
