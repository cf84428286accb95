-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_registry.
--   SELECT * FROM public.cleanup_backlog_registry();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_registry
CREATE OR REPLACE FUNCTION public.cleanup_backlog_registry()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'log_minimum_age_hours'), '24') AS log_minimum_age_hours,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_registry'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), m AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.log_minimum_age_hours::bigint * interval '1 hour' AS log_cut_off,
    n.utc_now
      - 1 * interval '1 hour' AS code_cut_off
  FROM n
), c AS (
  SELECT m.*,
    floor(extract(epoch FROM m.code_cut_off) * 1000)::bigint AS code_cut_off_ms
  FROM m
)
SELECT 'reg_resource'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.reg_name IS NOT NULL
                AND EXISTS (
                  SELECT 1 FROM public.reg_path o
                  WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id
                    AND starts_with(o.reg_path_value || '/',
                        '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/'))
                AND (EXISTS (
                       SELECT 1 FROM public.reg_resource_property o
                       WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                         AND EXISTS (
                           SELECT 1 FROM public.reg_property o2
                           WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                             AND o2.reg_name = 'expireTime'
                             AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                                 THEN o2.reg_value::bigint END < c.code_cut_off_ms))
                     OR EXISTS (
                       SELECT 1 FROM public.reg_resource_property o
                       WHERE o.reg_path_id = t.reg_path_id
                         AND o.reg_resource_name = t.reg_name
                         AND o.reg_tenant_id = t.reg_tenant_id
                         AND o.reg_version IS NULL
                         AND EXISTS (
                           SELECT 1 FROM public.reg_property o2
                           WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                             AND o2.reg_name = 'expireTime'
                             AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                                 THEN o2.reg_value::bigint END < c.code_cut_off_ms)))
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource_property o
                  WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                    AND EXISTS (
                      SELECT 1 FROM public.reg_property o2
                      WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                        AND o2.reg_name = 'expireTime'
                        AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                            THEN o2.reg_value::bigint END < c.code_cut_off_ms) IS NOT TRUE))
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource_property o
                  WHERE o.reg_path_id = t.reg_path_id
                    AND o.reg_resource_name = t.reg_name
                    AND o.reg_tenant_id = t.reg_tenant_id
                    AND o.reg_version IS NULL
                    AND EXISTS (
                      SELECT 1 FROM public.reg_property o2
                      WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                        AND o2.reg_name = 'expireTime'
                        AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                            THEN o2.reg_value::bigint END < c.code_cut_off_ms) IS NOT TRUE))
           THEN 'code_expired'
         END AS reason,
    t.reg_created_time AS row_time
  FROM public.reg_resource t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'reg_log'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN (t.reg_logged_time < c.log_cut_off) IS NOT TRUE THEN NULL
           WHEN t.reg_log_id < t.newest THEN 'superseded'
         END AS reason,
    t.reg_logged_time AS row_time
  FROM (
    SELECT n.reg_log_id, n.reg_tenant_id, n.reg_logged_time,
      max(n.reg_log_id) OVER (PARTITION BY n.reg_path, n.reg_tenant_id) AS newest
    FROM public.reg_log n, c
    WHERE n.reg_path IS NOT NULL
  ) t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'reg_log'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN (t.reg_logged_time < c.log_cut_off) IS NOT TRUE THEN NULL
           WHEN t.reg_action = 7 AND t.reg_log_id = t.newest AND t.staying_rows = 0 THEN 'deleted'
         END AS reason,
    t.reg_logged_time AS row_time
  FROM (
    SELECT n.reg_log_id, n.reg_tenant_id, n.reg_logged_time, n.reg_action,
      max(n.reg_log_id) OVER (PARTITION BY n.reg_path, n.reg_tenant_id) AS newest,
      SUM(CASE WHEN n.reg_logged_time < c.log_cut_off THEN 0 ELSE 1 END)
        OVER (PARTITION BY n.reg_path, n.reg_tenant_id) AS staying_rows
    FROM public.reg_log n, c
    WHERE n.reg_path IS NOT NULL
  ) t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'reg_resource_property'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.reg_tenant_id IS NOT NULL
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource o
                  WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource o
                  WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource_history o
                  WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
           THEN 'resource_gone'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.reg_resource_property t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'reg_property'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN NOT EXISTS (
                  SELECT 1 FROM public.reg_resource_property o
                  WHERE o.reg_property_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id)
           THEN 'unreferenced'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.reg_property t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'reg_resource_tag'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.reg_tenant_id IS NOT NULL
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource o
                  WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource o
                  WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                AND NOT EXISTS (
                  SELECT 1 FROM public.reg_resource_history o
                  WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
           THEN 'resource_gone'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.reg_resource_tag t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'reg_tag'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN NOT EXISTS (
                  SELECT 1 FROM public.reg_resource_tag o
                  WHERE o.reg_tag_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id)
           THEN 'unreferenced'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.reg_tag t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_registry',
    '2377ee92e439c935fee4277e7f314fa36d0357c6242c9d5ac96ea6e0e88c37ed');
-- @end
