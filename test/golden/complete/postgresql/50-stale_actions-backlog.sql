-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_stale_actions.
--   SELECT * FROM public.cleanup_backlog_stale_actions();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_stale_actions
CREATE OR REPLACE FUNCTION public.cleanup_backlog_stale_actions()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
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
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour' AS grace_cut_off
  FROM n
)
SELECT 'idn_action'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM public.idp_authenticator_property o WHERE o.property_value = t.uuid)
           THEN NULL
           WHEN t.type = 'AUTHENTICATION'
                AND (t.created_at IS NULL OR t.created_at < c.grace_cut_off)
           THEN 'stale'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.idn_action t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_stale_actions',
    'b9a95c3886fb4cd86974f3a5bb07eaad22437854c1672460d74bb810e85789ea');
-- @end
