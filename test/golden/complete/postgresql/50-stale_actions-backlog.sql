-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_stale_actions.
--   SELECT * FROM public.cleanup_backlog_stale_actions();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_stale_actions
CREATE OR REPLACE FUNCTION public.cleanup_backlog_stale_actions()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_stale_actions'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour' AS grace_cut_off
  FROM n
)
SELECT 'idn_action'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'stale' AS reason, NULL::timestamp AS row_time
  FROM public.idn_action t, c
  WHERE (t.type = 'AUTHENTICATION'
         AND (t.created_at IS NULL
              OR t.created_at < c.grace_cut_off))
        AND NOT EXISTS (
          SELECT 1 FROM public.idp_authenticator_property o
          WHERE o.property_value = t.uuid)
) x
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
SELECT x.object_name, x.object_kind, x.artifact_sha256, k.stored_sha256
FROM (VALUES
  ('cleanup_backlog_stale_actions', 'function', '296c7afc47723f8e7ce5b65ddcc5eb8b755aae75d41b8b1b09d95dd4b3ae0c97')
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
