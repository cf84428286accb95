-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revocations.
--   SELECT * FROM public.cleanup_backlog_revocations();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_revocations
CREATE OR REPLACE FUNCTION public.cleanup_backlog_revocations()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'longest_lifetime_hours'), '720') AS longest_lifetime_hours,
    coalesce(max(value) FILTER (WHERE name = 'am_event_pruning'), 'no') AS am_event_pruning,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_revocations'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), m AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour' AS grace_cut_off,
    n.utc_now
      - 24 * interval '1 hour' AS epoch_grace_cut_off,
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
      ) x) * interval '1 second' AS event_cut_off
  FROM n
), c AS (
  SELECT m.*,
    floor(extract(epoch FROM m.epoch_grace_cut_off) * 1000)::bigint AS epoch_grace_cut_off_ms
  FROM m
)
SELECT 'am_revoked_jwt'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.expiry_timestamp > 99999999999
                AND t.expiry_timestamp < c.epoch_grace_cut_off_ms
           THEN 'expired'
         END AS reason,
    to_timestamp(greatest(t.expiry_timestamp, 0) / 1000.0) AT TIME ZONE 'UTC' AS row_time
  FROM public.am_revoked_jwt t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_invalid_tokens'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.expiry_timestamp < c.grace_cut_off THEN 'expired'
         END AS reason,
    t.expiry_timestamp AS row_time
  FROM public.idn_invalid_tokens t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_oauth2_revoked_tokens'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.expiry_timestamp < c.grace_cut_off THEN 'expired'
         END AS reason,
    t.expiry_timestamp AS row_time
  FROM public.idn_oauth2_revoked_tokens t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_subject_entity_revoked_event'::text AS table_name, x.reason, count(*) AS dead_rows,
    min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.time_revoked < c.event_cut_off THEN 'outlived'
         END AS reason,
    t.time_revoked AS row_time
  FROM public.idn_subject_entity_revoked_event t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_app_revoked_event'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.time_revoked < c.event_cut_off THEN 'outlived'
         END AS reason,
    t.time_revoked AS row_time
  FROM public.idn_app_revoked_event t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'am_subject_entity_revoked_event'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.time_revoked < c.event_cut_off THEN 'outlived'
         END AS reason,
    t.time_revoked AS row_time
  FROM public.am_subject_entity_revoked_event t, c
  WHERE c.am_event_pruning = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'am_app_revoked_event'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.time_revoked < c.event_cut_off THEN 'outlived'
         END AS reason,
    t.time_revoked AS row_time
  FROM public.am_app_revoked_event t, c
  WHERE c.am_event_pruning = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_revocations',
    'e815eb13f0794e75d81534a52a4517dfbd9898c81ffbad2e17022dbf163f2837');
-- @end
