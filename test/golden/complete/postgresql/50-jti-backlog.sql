-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_jti.
--   SELECT * FROM public.cleanup_backlog_jti();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_jti
CREATE OR REPLACE FUNCTION public.cleanup_backlog_jti()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_jti'
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
SELECT 'idn_oidc_jti'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.exp_time < c.grace_cut_off THEN 'expired'
         END AS reason,
    t.exp_time AS row_time
  FROM public.idn_oidc_jti t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_jti',
    'e60c6e18fe53ef20c7b7eff5833a77329ba1ab06baef0819dea98d885565b32f');
-- @end
