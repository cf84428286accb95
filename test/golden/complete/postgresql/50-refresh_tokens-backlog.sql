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
         END AS reason,
    t.refresh_token_time_created AS row_time
  FROM public.idn_oauth2_refresh_token t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_refresh_tokens',
    'de4a329b36b584f42412619b8a5a22174495c78ba542939dd37093155b6b88c1');
-- @end
