-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_uma_tickets.
--   SELECT * FROM public.cleanup_backlog_uma_tickets();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_uma_tickets
CREATE OR REPLACE FUNCTION public.cleanup_backlog_uma_tickets()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'longest_lifetime_hours'), '720') AS longest_lifetime_hours,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_uma_tickets'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour' AS grace_cut_off,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour'
      - (SELECT CASE
        WHEN x.is_for_ever = 1 THEN NULL
        WHEN x.longest > n.longest_lifetime_hours::bigint * 3600 THEN x.longest
        ELSE n.longest_lifetime_hours::bigint * 3600
      END
      FROM (
        SELECT max(p.seconds) AS longest,
          MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
        FROM (
          SELECT a.user_access_token_expire_time AS seconds FROM public.idn_oauth_consumer_apps a UNION ALL
          SELECT a.app_access_token_expire_time AS seconds FROM public.idn_oauth_consumer_apps a UNION ALL
          SELECT a.refresh_token_expire_time AS seconds FROM public.idn_oauth_consumer_apps a UNION ALL
          SELECT a.id_token_expire_time AS seconds FROM public.idn_oauth_consumer_apps a
        ) p
      ) x) * interval '1 second' AS lifetime_cut_off
  FROM n
)
SELECT 'idn_uma_permission_ticket'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN (t.ticket_state IN ('ACTIVE', 'EXPIRED', 'REVOKED')) IS NOT TRUE THEN NULL
           WHEN ((t.token_id IS NULL AND t.expiry_time < c.grace_cut_off)
                 OR (t.expiry_time < c.lifetime_cut_off
                     AND NOT EXISTS (SELECT 1 FROM public.idn_oauth2_access_token o WHERE o.token_id = t.token_id)))
                AND t.id < t.newest
           THEN 'expired'
         END AS reason,
    t.expiry_time AS row_time
  FROM (
    SELECT n.id, n.expiry_time, n.ticket_state, n.token_id,
      max(n.id) OVER (PARTITION BY n.tenant_id) AS newest
    FROM public.idn_uma_permission_ticket n, c
    WHERE n.tenant_id IS NOT NULL
  ) t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_uma_tickets',
    '60d26ca60ec69bed2e07d3ba32258cc5fe276c6054621e770974493302d242cd');
-- @end
