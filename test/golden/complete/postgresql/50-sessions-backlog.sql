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
), m AS (
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
), c AS (
  SELECT m.*,
    floor(extract(epoch FROM m.expiry_cut_off) * 1000000000)::bigint AS expiry_cut_off_ns,
    floor(extract(epoch FROM m.age_cut_off) * 1000000000)::bigint AS age_cut_off_ns,
    floor(extract(epoch FROM m.delete_cut_off) * 1000000000)::bigint AS delete_cut_off_ns
  FROM m
)
SELECT 'idn_auth_temp_session_store'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN (t.expiry_time > 0 AND t.expiry_time < c.expiry_cut_off_ns)
                OR ((t.expiry_time IS NULL OR t.expiry_time <= 0)
                    AND t.time_created < c.age_cut_off_ns)
           THEN 'expired'
           WHEN t.operation = 'DELETE' AND t.time_created < c.delete_cut_off_ns THEN 'deleted'
           ELSE 'superseded'
         END AS reason,
    to_timestamp(greatest(t.time_created, 0) / 1000000000.0) AT TIME ZONE 'UTC' AS row_time
  FROM c, (
    SELECT s.session_id, s.session_type, max(s.time_created) AS last_end
    FROM public.idn_auth_temp_session_store s, c
    WHERE (s.expiry_time > 0 AND s.expiry_time < c.expiry_cut_off_ns)
      OR ((s.expiry_time IS NULL OR s.expiry_time <= 0)
          AND s.time_created < c.age_cut_off_ns)
      OR (s.operation = 'DELETE' AND s.time_created < c.delete_cut_off_ns)
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
           WHEN (t.expiry_time > 0 AND t.expiry_time < c.expiry_cut_off_ns)
                OR ((t.expiry_time IS NULL OR t.expiry_time <= 0)
                    AND t.time_created < c.age_cut_off_ns)
           THEN 'expired'
           WHEN t.operation = 'DELETE' AND t.time_created < c.delete_cut_off_ns THEN 'deleted'
           ELSE 'superseded'
         END AS reason,
    to_timestamp(greatest(t.time_created, 0) / 1000000000.0) AT TIME ZONE 'UTC' AS row_time
  FROM c, (
    SELECT s.session_id, s.session_type, max(s.time_created) AS last_end
    FROM public.idn_auth_session_store s, c
    WHERE (s.expiry_time > 0 AND s.expiry_time < c.expiry_cut_off_ns)
      OR ((s.expiry_time IS NULL OR s.expiry_time <= 0)
          AND s.time_created < c.age_cut_off_ns)
      OR (s.operation = 'DELETE' AND s.time_created < c.delete_cut_off_ns)
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
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM public.cleanup_sighting_idn_auth_user_session_mapping n
                  WHERE n.session_id = t.session_id
                    AND n.first_seen < c.sighting_cut_off)
           THEN 'orphaned'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.idn_auth_user_session_mapping t, c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_auth_session_app_info'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM public.cleanup_sighting_idn_auth_session_app_info n
                  WHERE n.session_id = t.session_id
                    AND n.first_seen < c.sighting_cut_off)
           THEN 'orphaned'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.idn_auth_session_app_info t, c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_auth_session_meta_data'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM public.cleanup_sighting_idn_auth_session_meta_data n
                  WHERE n.session_id = t.session_id
                    AND n.first_seen < c.sighting_cut_off)
           THEN 'orphaned'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.idn_auth_session_meta_data t, c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_fed_auth_session_mapping'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
           WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM public.cleanup_sighting_idn_fed_auth_session_mapping n
                  WHERE n.session_id = t.session_id
                    AND n.first_seen < c.sighting_cut_off)
           THEN 'orphaned'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.idn_fed_auth_session_mapping t, c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_sessions',
    'bd63a30820087934e830e721a46cb318eee0dc226be453dd0732d1c19d2f1635');
-- @end
