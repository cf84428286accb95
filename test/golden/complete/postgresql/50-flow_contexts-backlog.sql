-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_flow_contexts.

-- @statement view cleanup_backlog_flow_contexts
CREATE OR REPLACE VIEW public.cleanup_backlog_flow_contexts AS
WITH n AS (
  SELECT
    u.utc_now
  FROM (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now - 24 * interval '1 hour' AS grace_cut_off
  FROM n
)
SELECT 'idn_flow_context_store'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.stamp) AS oldest
FROM (
  SELECT 'expired' AS reason, t.expires_at AS stamp
  FROM public.idn_flow_context_store t, c
  WHERE t.expires_at < c.grace_cut_off
) x
GROUP BY x.reason;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_backlog_flow_contexts', 'view', '2b987ee8cb5aac052390ce222fe2c92f621b6d5bb678123fc6c50d29f43eba0f',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_flow_contexts' AND c.relkind = 'v'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
