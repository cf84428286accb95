-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_vc_nonces.
--   SELECT * FROM public.cleanup_backlog_vc_nonces();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_vc_nonces
CREATE OR REPLACE FUNCTION public.cleanup_backlog_vc_nonces()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_vc_nonces'
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
SELECT 'idn_vc_nonce'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'expired' AS reason, t.expiry_time AS row_time
  FROM public.idn_vc_nonce t, c
  WHERE t.expiry_time < c.grace_cut_off
) x
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
SELECT x.object_name, x.object_kind, x.artifact_sha256, k.stored_sha256
FROM (VALUES
  ('cleanup_backlog_vc_nonces', 'function', 'd04b4cc3a02b2acf69ac5d1d87d6560517227d43ad6ce2a8774eff53f2591ee9')
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
