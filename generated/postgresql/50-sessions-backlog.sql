-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_sessions.
--   SELECT * FROM public.cleanup_backlog_sessions();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_sessions
CREATE OR REPLACE FUNCTION public.cleanup_backlog_sessions()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'expiry_grace_minutes'), '120') AS expiry_grace_minutes,
    coalesce(max(value) FILTER (WHERE name = 'session_age_days'), '14') AS session_age_days,
    coalesce(max(value) FILTER (WHERE name = 'deleted_after_hours'), '12') AS deleted_after_hours,
    coalesce(max(value) FILTER (WHERE name = 'orphan_sweep'), 'no') AS orphan_sweep
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_sessions'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.expiry_grace_minutes::bigint * interval '1 minute' AS expiry_cut_off,
    n.utc_now
      - n.session_age_days::bigint * interval '1 day' AS age_cut_off,
    n.utc_now
      - n.deleted_after_hours::bigint * interval '1 hour' AS delete_cut_off,
    n.utc_now
      - 24 * interval '1 hour' AS sighting_cut_off
  FROM n
)
SELECT 'idn_auth_temp_session_store'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN (t.expiry_time > 0
                 AND t.expiry_time < floor(extract(epoch FROM c.expiry_cut_off) * 1000000000)::bigint)
                OR ((t.expiry_time IS NULL
                     OR t.expiry_time <= 0)
                    AND t.time_created < floor(extract(epoch FROM c.age_cut_off) * 1000000000)::bigint)
           THEN 'expired'
           WHEN t.operation = 'DELETE'
                AND t.time_created < floor(extract(epoch FROM c.delete_cut_off) * 1000000000)::bigint
           THEN 'deleted'
           ELSE 'superseded'
         END AS reason, to_timestamp(greatest(t.time_created, 0) / 1000000000.0) AT TIME ZONE 'UTC' AS row_time
  FROM c, (
    SELECT s.session_id, s.session_type, max(s.time_created) AS last_end
    FROM public.idn_auth_temp_session_store s, c
    WHERE (s.expiry_time > 0
           AND s.expiry_time < floor(extract(epoch FROM c.expiry_cut_off) * 1000000000)::bigint)
          OR ((s.expiry_time IS NULL
               OR s.expiry_time <= 0)
              AND s.time_created < floor(extract(epoch FROM c.age_cut_off) * 1000000000)::bigint)
          OR (s.operation = 'DELETE'
              AND s.time_created < floor(extract(epoch FROM c.delete_cut_off) * 1000000000)::bigint)
    GROUP BY s.session_id, s.session_type
  ) e
  JOIN public.idn_auth_temp_session_store t ON t.session_id = e.session_id
    AND t.session_type = e.session_type
    AND t.time_created <= e.last_end
) x
GROUP BY x.reason
UNION ALL
SELECT 'idn_auth_session_store'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN (t.expiry_time > 0
                 AND t.expiry_time < floor(extract(epoch FROM c.expiry_cut_off) * 1000000000)::bigint)
                OR ((t.expiry_time IS NULL
                     OR t.expiry_time <= 0)
                    AND t.time_created < floor(extract(epoch FROM c.age_cut_off) * 1000000000)::bigint)
           THEN 'expired'
           WHEN t.operation = 'DELETE'
                AND t.time_created < floor(extract(epoch FROM c.delete_cut_off) * 1000000000)::bigint
           THEN 'deleted'
           ELSE 'superseded'
         END AS reason, to_timestamp(greatest(t.time_created, 0) / 1000000000.0) AT TIME ZONE 'UTC' AS row_time
  FROM c, (
    SELECT s.session_id, s.session_type, max(s.time_created) AS last_end
    FROM public.idn_auth_session_store s, c
    WHERE (s.expiry_time > 0
           AND s.expiry_time < floor(extract(epoch FROM c.expiry_cut_off) * 1000000000)::bigint)
          OR ((s.expiry_time IS NULL
               OR s.expiry_time <= 0)
              AND s.time_created < floor(extract(epoch FROM c.age_cut_off) * 1000000000)::bigint)
          OR (s.operation = 'DELETE'
              AND s.time_created < floor(extract(epoch FROM c.delete_cut_off) * 1000000000)::bigint)
    GROUP BY s.session_id, s.session_type
  ) e
  JOIN public.idn_auth_session_store t ON t.session_id = e.session_id
    AND t.session_type = e.session_type
    AND t.time_created <= e.last_end
) x
GROUP BY x.reason
UNION ALL
SELECT 'idn_auth_user_session_mapping'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'orphaned' AS reason, NULL::timestamp AS row_time
  FROM public.idn_auth_user_session_mapping t, c
  WHERE c.orphan_sweep = 'yes'
    AND ((EXISTS (
            SELECT 1 FROM public.cleanup_sighting_idn_auth_user_session_mapping n
            WHERE n.session_id = t.session_id
              AND n.first_seen < c.sighting_cut_off))
         AND NOT EXISTS (
           SELECT 1 FROM public.idn_auth_session_store o
           WHERE o.session_id = t.session_id)
         AND NOT EXISTS (
           SELECT 1 FROM public.idn_auth_temp_session_store o
           WHERE o.session_id = t.session_id))
) x
GROUP BY x.reason
UNION ALL
SELECT 'idn_auth_session_app_info'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'orphaned' AS reason, NULL::timestamp AS row_time
  FROM public.idn_auth_session_app_info t, c
  WHERE c.orphan_sweep = 'yes'
    AND ((EXISTS (
            SELECT 1 FROM public.cleanup_sighting_idn_auth_session_app_info n
            WHERE n.session_id = t.session_id
              AND n.first_seen < c.sighting_cut_off))
         AND NOT EXISTS (
           SELECT 1 FROM public.idn_auth_session_store o
           WHERE o.session_id = t.session_id)
         AND NOT EXISTS (
           SELECT 1 FROM public.idn_auth_temp_session_store o
           WHERE o.session_id = t.session_id))
) x
GROUP BY x.reason
UNION ALL
SELECT 'idn_auth_session_meta_data'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT 'orphaned' AS reason, NULL::timestamp AS row_time
  FROM public.idn_auth_session_meta_data t, c
  WHERE c.orphan_sweep = 'yes'
    AND ((EXISTS (
            SELECT 1 FROM public.cleanup_sighting_idn_auth_session_meta_data n
            WHERE n.session_id = t.session_id
              AND n.first_seen < c.sighting_cut_off))
         AND NOT EXISTS (
           SELECT 1 FROM public.idn_auth_session_store o
           WHERE o.session_id = t.session_id)
         AND NOT EXISTS (
           SELECT 1 FROM public.idn_auth_temp_session_store o
           WHERE o.session_id = t.session_id))
) x
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
SELECT x.object_name, x.object_kind, x.artifact_sha256, k.stored_sha256
FROM (VALUES
  ('cleanup_backlog_sessions', 'function', 'cbfe687e3fcdc38c9e90752f78e7c90ed9a7f95c41e52e96e41b06645150a203')
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
