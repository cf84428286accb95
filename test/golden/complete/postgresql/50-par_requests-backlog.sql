-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_par_requests.

-- @statement view cleanup_backlog_par_requests
CREATE OR REPLACE VIEW public.cleanup_backlog_par_requests AS
WITH n AS (
  SELECT
    u.utc_now
  FROM (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now - 24 * interval '1 hour' AS epoch_grace_cut_off
  FROM n
)
SELECT 'idn_oauth_par'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.stamp) AS oldest
FROM (
  SELECT 'expired' AS reason, to_timestamp(greatest(t.scheduled_expiry, 0) / 1000.0) AT TIME ZONE 'UTC' AS stamp
  FROM public.idn_oauth_par t, c
  WHERE t.scheduled_expiry < floor(extract(epoch FROM c.epoch_grace_cut_off) * 1000)::bigint
) x
GROUP BY x.reason;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_backlog_par_requests', 'view', '7a55454b279804f0e524ac0bac1f3faf08e16af04127159afaa62bfa0d3e1477',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_par_requests' AND c.relkind = 'v'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
