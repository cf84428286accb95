-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_wait_statuses.
--   SELECT * FROM public.cleanup_backlog_wait_statuses();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_wait_statuses
CREATE OR REPLACE FUNCTION public.cleanup_backlog_wait_statuses()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'wait_retention_days'), '14') AS wait_retention_days,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_wait_statuses'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.wait_retention_days::bigint * interval '1 day' AS wait_cut_off
  FROM n
)
SELECT 'idn_auth_wait_status'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.long_wait_key IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.long_wait_key)
           THEN NULL
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.long_wait_key)
           THEN NULL
           WHEN t.expire_time < c.wait_cut_off THEN 'retention_over'
         END AS reason,
    t.expire_time AS row_time
  FROM public.idn_auth_wait_status t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_wait_statuses',
    '145d40e8282de9a991ee7372a84e46ba4e81c6be39ac71b465eba8f75beb914c');
-- @end
