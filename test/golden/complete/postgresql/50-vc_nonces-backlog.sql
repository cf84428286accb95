-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_vc_nonces.

-- @statement view cleanup_backlog_vc_nonces
CREATE OR REPLACE VIEW public.cleanup_backlog_vc_nonces AS
WITH n AS (
  SELECT
    u.utc_now
  FROM (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now - 24 * interval '1 hour' AS grace_cut_off
  FROM n
)
SELECT 'idn_vc_nonce'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.stamp) AS oldest
FROM (
  SELECT 'expired' AS reason, t.expiry_time AS stamp
  FROM public.idn_vc_nonce t, c
  WHERE t.expiry_time < c.grace_cut_off
) x
GROUP BY x.reason;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_backlog_vc_nonces', 'view', '3c3c1574f42bd9ca3a4e68b5281e6797fcba0d083bdca292eda10f8114b5e870',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_vc_nonces' AND c.relkind = 'v'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
