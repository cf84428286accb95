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
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.log_minimum_age_hours::bigint * interval '1 hour' AS log_cut_off,
    n.utc_now
      - 1 * interval '1 hour' AS code_cut_off
  FROM n
)
SELECT 'reg_resource'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'code_expired' AS reason, t.reg_created_time AS row_time
  FROM public.reg_resource t, c
  WHERE t.reg_name IS NOT NULL
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
                     THEN o2.reg_value::bigint END < floor(extract(epoch FROM c.code_cut_off) * 1000)::bigint))
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
                     THEN o2.reg_value::bigint END < floor(extract(epoch FROM c.code_cut_off) * 1000)::bigint)))
    AND NOT EXISTS (
      SELECT 1 FROM public.reg_resource_property o
      WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
        AND EXISTS (
          SELECT 1 FROM public.reg_property o2
          WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
            AND o2.reg_name = 'expireTime'
            AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                THEN o2.reg_value::bigint END < floor(extract(epoch FROM c.code_cut_off) * 1000)::bigint) IS NOT TRUE))
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
                THEN o2.reg_value::bigint END < floor(extract(epoch FROM c.code_cut_off) * 1000)::bigint) IS NOT TRUE))
) x
GROUP BY x.reason
UNION ALL
SELECT 'reg_log'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'superseded' AS reason, t.reg_logged_time AS row_time
  FROM (
    SELECT n.reg_log_id, n.reg_tenant_id, n.reg_logged_time,
      max(n.reg_log_id) OVER (PARTITION BY n.reg_path, n.reg_tenant_id) AS newest
    FROM public.reg_log n, c
    WHERE n.reg_path IS NOT NULL
  ) t, c
  WHERE t.reg_logged_time < c.log_cut_off
    AND t.reg_log_id < t.newest
) x
GROUP BY x.reason
UNION ALL
SELECT 'reg_log'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'deleted' AS reason, t.reg_logged_time AS row_time
  FROM (
    SELECT n.reg_log_id, n.reg_tenant_id, n.reg_logged_time, n.reg_action,
      max(n.reg_log_id) OVER (PARTITION BY n.reg_path, n.reg_tenant_id) AS newest,
      SUM(CASE WHEN n.reg_logged_time < c.log_cut_off THEN 0 ELSE 1 END)
        OVER (PARTITION BY n.reg_path, n.reg_tenant_id) AS staying_rows
    FROM public.reg_log n, c
    WHERE n.reg_path IS NOT NULL
  ) t, c
  WHERE t.reg_logged_time < c.log_cut_off
    AND (t.reg_action = 7
         AND t.reg_log_id = t.newest AND t.staying_rows = 0)
) x
GROUP BY x.reason
UNION ALL
SELECT 'reg_resource_property'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'resource_gone' AS reason, NULL::timestamp AS row_time
  FROM public.reg_resource_property t, c
  WHERE t.reg_tenant_id IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM public.reg_resource o
      WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
    AND NOT EXISTS (
      SELECT 1 FROM public.reg_resource o
      WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
    AND NOT EXISTS (
      SELECT 1 FROM public.reg_resource_history o
      WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
) x
GROUP BY x.reason
UNION ALL
SELECT 'reg_property'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'unreferenced' AS reason, NULL::timestamp AS row_time
  FROM public.reg_property t, c
  WHERE NOT EXISTS (
          SELECT 1 FROM public.reg_resource_property o
          WHERE o.reg_property_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id)
) x
GROUP BY x.reason
UNION ALL
SELECT 'reg_resource_tag'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'resource_gone' AS reason, NULL::timestamp AS row_time
  FROM public.reg_resource_tag t, c
  WHERE t.reg_tenant_id IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM public.reg_resource o
      WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
    AND NOT EXISTS (
      SELECT 1 FROM public.reg_resource o
      WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
    AND NOT EXISTS (
      SELECT 1 FROM public.reg_resource_history o
      WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
) x
GROUP BY x.reason
UNION ALL
SELECT 'reg_tag'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'unreferenced' AS reason, NULL::timestamp AS row_time
  FROM public.reg_tag t, c
  WHERE NOT EXISTS (
          SELECT 1 FROM public.reg_resource_tag o
          WHERE o.reg_tag_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id)
) x
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
SELECT x.object_name, x.object_kind, x.artifact_sha256, k.stored_sha256
FROM (VALUES
  ('cleanup_backlog_registry', 'function', 'c7eda119da494473a4a2115006ac08028ce5bc911034c9133b2f7be6c106eaf3')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN (
  SELECT p.proname AS object_name,
    CASE WHEN bool_or(p.prokind = 'p') THEN 'procedure' ELSE 'function' END AS object_kind,
    encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid),
        'UTF8')), 'hex') AS stored_sha256
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public'
  GROUP BY p.proname
) k ON k.object_name = x.object_name AND k.object_kind = x.object_kind
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
