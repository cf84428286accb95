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
  SELECT 'finished' AS reason, t.updated_at AS row_time
  FROM public.wf_request t, c
  WHERE t.status IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
    AND t.updated_at < c.retention_cut_off
) x
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
SELECT x.object_name, x.object_kind, x.artifact_sha256, k.stored_sha256
FROM (VALUES
  ('cleanup_backlog_workflows', 'function', '09c487949803da650f73e3b2dfb5439ea67770bab53dadf6055c3889f71f9cf8')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN (
  SELECT p.proname AS object_name,
    CASE WHEN bool_or(p.prokind = 'p') THEN 'procedure' ELSE 'function' END AS object_kind,
    encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid),
        'UTF8')), 'hex') AS stored_sha256
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public'
  GROUP BY p.proname
) k ON k.object_name = x.object_name AND k.object_kind = x.object_kind
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
