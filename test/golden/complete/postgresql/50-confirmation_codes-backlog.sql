-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_confirmation_codes.
--   SELECT * FROM public.cleanup_backlog_confirmation_codes();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_confirmation_codes
CREATE OR REPLACE FUNCTION public.cleanup_backlog_confirmation_codes()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
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
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.code_retention_hours::bigint * interval '1 hour' AS retention_cut_off,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour' AS grace_cut_off
  FROM n
)
SELECT 'idn_recovery_data'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.time_created < c.retention_cut_off
                AND NOT EXISTS (
                  SELECT 1 FROM public.idp_metadata o
                  WHERE strpos(o.name, 'ExpiryTime') > 0
                    AND EXISTS (
                      SELECT 1 FROM public.idp o2
                      WHERE o2.id = o.idp_id
                        AND o2.name = 'LOCAL')
                    AND (extract(epoch FROM c.grace_cut_off - t.time_created) / 60 >
                        CASE WHEN o.value ~ '^[0-9]{1,18}$'
                          THEN o.value::bigint END) IS NOT TRUE
                    AND (o.tenant_id = t.tenant_id OR NOT EXISTS (
                      SELECT 1 FROM public.idp_metadata o2
                      WHERE strpos(o2.name, 'ExpiryTime') > 0
                        AND EXISTS (
                          SELECT 1 FROM public.idp o3
                          WHERE o3.id = o2.idp_id
                            AND o3.name = 'LOCAL')
                        AND o2.tenant_id = t.tenant_id
                        AND o2.name = o.name)))
           THEN 'retention_over'
         END AS reason,
    t.time_created AS row_time
  FROM public.idn_recovery_data t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_recovery_flow_data'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM public.idn_recovery_data o WHERE o.recovery_flow_id = t.recovery_flow_id)
           THEN NULL
           WHEN t.time_created < c.retention_cut_off
                AND NOT EXISTS (
                  SELECT 1 FROM public.idp_metadata o
                  WHERE strpos(o.name, 'ExpiryTime') > 0
                    AND EXISTS (
                      SELECT 1 FROM public.idp o2
                      WHERE o2.id = o.idp_id
                        AND o2.name = 'LOCAL')
                    AND (extract(epoch FROM c.grace_cut_off - t.time_created) / 60 >
                        CASE WHEN o.value ~ '^[0-9]{1,18}$'
                          THEN o.value::bigint END) IS NOT TRUE)
           THEN 'retention_over'
         END AS reason,
    t.time_created AS row_time
  FROM public.idn_recovery_flow_data t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_confirmation_codes',
    '5955b54e6642e3f7e7521012128d53c0887873a05653bb1452dac92a6a44ef51');
-- @end
