-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_stale_actions.

-- @statement view cleanup_backlog_stale_actions
CREATE OR REPLACE VIEW public.cleanup_backlog_stale_actions AS
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
    n.utc_now - n.clock_uncertainty_hours::bigint * interval '1 hour' - 24 * interval '1 hour' AS grace_cut_off
  FROM n
)
SELECT 'idn_action'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.stamp) AS oldest
FROM (
  SELECT 'stale' AS reason, NULL::timestamp AS stamp
  FROM public.idn_action t, c
  WHERE (t.type = 'AUTHENTICATION'
         AND (t.created_at IS NULL
              OR t.created_at < c.grace_cut_off))
        AND NOT EXISTS (SELECT 1 FROM public.idp_authenticator_property o WHERE o.property_value = t.uuid)
) x
GROUP BY x.reason;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_backlog_stale_actions', 'view', '6365947fd2526cda1a3fa3fb6e32d146b6f293aa9ad7a0f6762fdc9ed8471243',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_stale_actions' AND c.relkind = 'v'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
