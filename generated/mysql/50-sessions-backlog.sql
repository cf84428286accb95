-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_sessions.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_SESSIONS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_SESSIONS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
    COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
    COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
    COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_sessions'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
    n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
    n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
    n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.expiry_cut_off) * 1000 AS expiry_cut_off_ns,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.age_cut_off) * 1000 AS age_cut_off_ns,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.delete_cut_off) * 1000 AS delete_cut_off_ns
  FROM m
)
SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (t.EXPIRY_TIME > 0
                 AND t.EXPIRY_TIME < c.expiry_cut_off_ns)
                OR ((t.EXPIRY_TIME IS NULL
                     OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < c.age_cut_off_ns)
           THEN 'expired'
           WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                AND t.TIME_CREATED < c.delete_cut_off_ns
           THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.TIME_CREATED, 0) DIV 1000 MICROSECOND AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM IDN_AUTH_TEMP_SESSION_STORE s CROSS JOIN c
    WHERE (s.EXPIRY_TIME > 0
           AND s.EXPIRY_TIME < c.expiry_cut_off_ns)
          OR ((s.EXPIRY_TIME IS NULL
               OR s.EXPIRY_TIME <= 0)
              AND s.TIME_CREATED < c.age_cut_off_ns)
          OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
              AND s.TIME_CREATED < c.delete_cut_off_ns)
    GROUP BY s.SESSION_ID, s.SESSION_TYPE
  ) e
  JOIN IDN_AUTH_TEMP_SESSION_STORE t ON t.SESSION_ID = e.SESSION_ID
    AND t.SESSION_TYPE = e.SESSION_TYPE
    AND t.TIME_CREATED <= e.LAST_END
  CROSS JOIN c
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (t.EXPIRY_TIME > 0
                 AND t.EXPIRY_TIME < c.expiry_cut_off_ns)
                OR ((t.EXPIRY_TIME IS NULL
                     OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < c.age_cut_off_ns)
           THEN 'expired'
           WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                AND t.TIME_CREATED < c.delete_cut_off_ns
           THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.TIME_CREATED, 0) DIV 1000 MICROSECOND AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM IDN_AUTH_SESSION_STORE s CROSS JOIN c
    WHERE (s.EXPIRY_TIME > 0
           AND s.EXPIRY_TIME < c.expiry_cut_off_ns)
          OR ((s.EXPIRY_TIME IS NULL
               OR s.EXPIRY_TIME <= 0)
              AND s.TIME_CREATED < c.age_cut_off_ns)
          OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
              AND s.TIME_CREATED < c.delete_cut_off_ns)
    GROUP BY s.SESSION_ID, s.SESSION_TYPE
  ) e
  JOIN IDN_AUTH_SESSION_STORE t ON t.SESSION_ID = e.SESSION_ID
    AND t.SESSION_TYPE = e.SESSION_TYPE
    AND t.TIME_CREATED <= e.LAST_END
  CROSS JOIN c
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_USER_SESSION_MAPPING' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_AUTH_USER_SESSION_MAPPING t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_APP_INFO' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_AUTH_SESSION_APP_INFO t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_META_DATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_AUTH_SESSION_META_DATA t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_FED_AUTH_SESSION_MAPPING' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_FED_AUTH_SESSION_MAPPING t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_SESSIONS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_SESSIONS',
    'f0fdd19ab937a0202b04fcdb87f57724cd8d802a6682fd810abfb918bd1c1192');
-- @end
