-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_refresh_tokens.

-- @statement view cleanup_backlog_refresh_tokens
CREATE OR REPLACE VIEW public.cleanup_backlog_refresh_tokens AS
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
    n.utc_now - n.clock_uncertainty_hours::bigint * interval '1 hour' - n.safe_period_minutes::bigint * interval '1 minute' AS cut_off
  FROM n
)
SELECT 'idn_oauth2_refresh_token'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.stamp) AS oldest
FROM (
  SELECT CASE
           WHEN t.token_state = 'INACTIVE' THEN 'inactive'
           WHEN t.token_state = 'REVOKED' THEN 'revoked'
           WHEN t.token_state = 'EXPIRED' THEN 'expired'
           WHEN t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                AND extract(epoch FROM c.cut_off - t.refresh_token_time_created) * 1000 > t.refresh_token_validity_period
           THEN 'period_over'
         END AS reason, t.refresh_token_time_created AS stamp
  FROM public.idn_oauth2_refresh_token t, c
  WHERE t.token_state IN ('INACTIVE', 'REVOKED', 'EXPIRED')
        OR (t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
            AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
            AND extract(epoch FROM c.cut_off - t.refresh_token_time_created) * 1000 > t.refresh_token_validity_period)
) x
GROUP BY x.reason;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_backlog_refresh_tokens', 'view', 'a800ab39306a283b443169c50a78cdf0c61c988593c81e609502c9974d1952f9',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_refresh_tokens' AND c.relkind = 'v'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
