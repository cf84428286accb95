-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_confirmation_codes.

-- @statement view cleanup_backlog_confirmation_codes
CREATE OR REPLACE VIEW public.cleanup_backlog_confirmation_codes AS
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'code_retention_hours'), '720') AS code_retention_hours,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_confirmation_codes'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now - n.clock_uncertainty_hours::bigint * interval '1 hour' - n.code_retention_hours::bigint * interval '1 hour' AS retention_cut_off
  FROM n
)
SELECT 'idn_recovery_data'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.stamp) AS oldest
FROM (
  SELECT 'retention_over' AS reason, t.time_created AS stamp
  FROM public.idn_recovery_data t, c
  WHERE t.time_created < c.retention_cut_off
) x
GROUP BY x.reason;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_backlog_confirmation_codes', 'view', '449ae33447bf7238ac411ba492d5277d0615c8c4439f2367b67dd5a07bf59a82',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_confirmation_codes' AND c.relkind = 'v'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
