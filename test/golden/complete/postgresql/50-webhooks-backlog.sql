-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_webhooks.
--   SELECT * FROM public.cleanup_backlog_webhooks();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_webhooks
CREATE OR REPLACE FUNCTION public.cleanup_backlog_webhooks()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'webhook_grace_hours'), '720') AS webhook_grace_hours,
    coalesce(max(value) FILTER (WHERE name = 'unsubscription_pruning'), 'no') AS unsubscription_pruning,
    coalesce(max(value) FILTER (WHERE name = 'unsubscription_days'), '90') AS unsubscription_days,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_webhooks'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), m AS (
  SELECT n.*,
    n.utc_now
      - n.webhook_grace_hours::bigint * interval '1 hour' AS lease_cut_off,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.unsubscription_days::bigint * interval '1 day' AS log_cut_off
  FROM n
), c AS (
  SELECT m.*,
    floor(extract(epoch FROM m.lease_cut_off) * 1000)::bigint AS lease_cut_off_ms
  FROM m
)
SELECT 'am_webhooks_subscription'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.expiry_at > 99999999999 AND t.expiry_at < c.lease_cut_off_ms THEN 'expired'
         END AS reason,
    to_timestamp(greatest(t.expiry_at, 0) / 1000.0) AT TIME ZONE 'UTC' AS row_time
  FROM public.am_webhooks_subscription t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'am_webhooks_unsubscription'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.added_at < c.log_cut_off THEN 'retention_over'
         END AS reason,
    t.added_at AS row_time
  FROM public.am_webhooks_unsubscription t, c
  WHERE c.unsubscription_pruning = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_webhooks',
    'd35921279f5fa978e01f6d93239f1767cfbc687e5ffa22459657ca8018c68c54');
-- @end
