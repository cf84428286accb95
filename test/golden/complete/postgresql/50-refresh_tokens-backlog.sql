-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_refresh_tokens.
--   SELECT * FROM public.cleanup_backlog_refresh_tokens();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_refresh_tokens
CREATE OR REPLACE FUNCTION public.cleanup_backlog_refresh_tokens()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'safe_period_minutes'), '120') AS safe_period_minutes,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_refresh_tokens'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.safe_period_minutes::bigint * interval '1 minute' AS cut_off
  FROM n
)
SELECT 'idn_oauth2_refresh_token'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.token_state = 'INACTIVE' THEN 'inactive'
           WHEN t.token_state = 'REVOKED' THEN 'revoked'
           WHEN (t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                 OR t.token_state = 'EXPIRED')
                AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                AND extract(epoch FROM c.cut_off - t.refresh_token_time_created) * 1000
                    > t.refresh_token_validity_period
           THEN 'period_over'
         END AS reason, t.refresh_token_time_created AS row_time
  FROM public.idn_oauth2_refresh_token t, c
  WHERE t.token_state IN ('INACTIVE', 'REVOKED')
    OR ((t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
         OR t.token_state = 'EXPIRED')
        AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
        AND extract(epoch FROM c.cut_off - t.refresh_token_time_created) * 1000 > t.refresh_token_validity_period)
) x
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
SELECT x.object_name, x.object_kind, x.artifact_sha256, k.stored_sha256
FROM (VALUES
  ('cleanup_backlog_refresh_tokens', 'function', '2f280b5e432ed0be3e27a855090212e6d6115cc057357488485e3a332dc3ba98')
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
