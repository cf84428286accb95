-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_workflows.

-- @statement view cleanup_backlog_workflows
CREATE OR REPLACE VIEW public.cleanup_backlog_workflows AS
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
    n.utc_now - n.clock_uncertainty_hours::bigint * interval '1 hour' - n.workflow_retention_days::bigint * interval '1 day' AS retention_cut_off
  FROM n
)
SELECT 'wf_request'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.stamp) AS oldest
FROM (
  SELECT 'finished' AS reason, t.updated_at AS stamp
  FROM public.wf_request t, c
  WHERE t.status IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
        AND t.updated_at < c.retention_cut_off
) x
GROUP BY x.reason;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_backlog_workflows', 'view', '9d17449bde168ad587ce3ea4010f1b344fb43ead861ad1f40b3aa3d59ff443db',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_workflows' AND c.relkind = 'v'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
