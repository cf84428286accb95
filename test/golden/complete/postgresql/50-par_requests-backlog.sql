-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_par_requests.
--   SELECT * FROM public.cleanup_backlog_par_requests();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_par_requests
CREATE OR REPLACE FUNCTION public.cleanup_backlog_par_requests()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH n AS (
  SELECT
    u.utc_now
  FROM (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - 24 * interval '1 hour' AS epoch_grace_cut_off
  FROM n
)
SELECT 'idn_oauth_par'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'expired' AS reason, to_timestamp(greatest(t.scheduled_expiry, 0) / 1000.0) AT TIME ZONE 'UTC' AS row_time
  FROM public.idn_oauth_par t, c
  WHERE t.scheduled_expiry < floor(extract(epoch FROM c.epoch_grace_cut_off) * 1000)::bigint
) x
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
SELECT x.object_name, x.object_kind, x.artifact_sha256, k.stored_sha256
FROM (VALUES
  ('cleanup_backlog_par_requests', 'function', 'a1610fb67fdf7a6f9db6cd5695073dd21daf23a89e0ea0d7adb43bfbe4a40fc0')
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
