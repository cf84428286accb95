-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_par_requests.
--   SELECT * FROM public.cleanup_backlog_par_requests();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_par_requests
CREATE OR REPLACE FUNCTION public.cleanup_backlog_par_requests()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH n AS (
  SELECT
    u.utc_now
  FROM (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), m AS (
  SELECT n.*,
    n.utc_now
      - 24 * interval '1 hour' AS epoch_grace_cut_off
  FROM n
), c AS (
  SELECT m.*,
    floor(extract(epoch FROM m.epoch_grace_cut_off) * 1000)::bigint AS epoch_grace_cut_off_ms
  FROM m
)
SELECT 'idn_oauth_par'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.scheduled_expiry < c.epoch_grace_cut_off_ms THEN 'expired'
         END AS reason,
    to_timestamp(greatest(t.scheduled_expiry, 0) / 1000.0) AT TIME ZONE 'UTC' AS row_time
  FROM public.idn_oauth_par t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_par_requests',
    'b09ad5c6b8d757d484ad532df45b2725fe3550c40c40c0ab4c2c248758eeb621');
-- @end
