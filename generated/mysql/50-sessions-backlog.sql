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
SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (t.EXPIRY_TIME > 0
                 AND t.EXPIRY_TIME < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.expiry_cut_off) * 1000)
                OR ((t.EXPIRY_TIME IS NULL
                     OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.age_cut_off) * 1000)
           THEN 'expired'
           WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                AND t.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.delete_cut_off) * 1000
           THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.TIME_CREATED, 0) DIV 1000 MICROSECOND AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM IDN_AUTH_TEMP_SESSION_STORE s
    CROSS JOIN (
      SELECT m.*
      FROM (
        SELECT n.*,
          n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
          n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
          n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
          n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
        FROM (
          SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
          FROM (
            SELECT
              COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
              COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
              COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
              COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
            FROM CLEANUP_SETTING
            WHERE PROCEDURE_NAME = 'cleanup_sessions'
          ) s
        ) n
      ) m
    ) c
    WHERE (s.EXPIRY_TIME > 0
           AND s.EXPIRY_TIME < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.expiry_cut_off) * 1000)
          OR ((s.EXPIRY_TIME IS NULL
               OR s.EXPIRY_TIME <= 0)
              AND s.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.age_cut_off) * 1000)
          OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
              AND s.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.delete_cut_off) * 1000)
    GROUP BY s.SESSION_ID, s.SESSION_TYPE
  ) e
  JOIN IDN_AUTH_TEMP_SESSION_STORE t ON t.SESSION_ID = e.SESSION_ID
    AND t.SESSION_TYPE = e.SESSION_TYPE
    AND t.TIME_CREATED <= e.LAST_END
  CROSS JOIN (
    SELECT m.*
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
        n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
        n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
        n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
            COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
            COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
            COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_sessions'
        ) s
      ) n
    ) m
  ) c
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (t.EXPIRY_TIME > 0
                 AND t.EXPIRY_TIME < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.expiry_cut_off) * 1000)
                OR ((t.EXPIRY_TIME IS NULL
                     OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.age_cut_off) * 1000)
           THEN 'expired'
           WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                AND t.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.delete_cut_off) * 1000
           THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.TIME_CREATED, 0) DIV 1000 MICROSECOND AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM IDN_AUTH_SESSION_STORE s
    CROSS JOIN (
      SELECT m.*
      FROM (
        SELECT n.*,
          n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
          n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
          n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
          n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
        FROM (
          SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
          FROM (
            SELECT
              COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
              COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
              COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
              COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
            FROM CLEANUP_SETTING
            WHERE PROCEDURE_NAME = 'cleanup_sessions'
          ) s
        ) n
      ) m
    ) c
    WHERE (s.EXPIRY_TIME > 0
           AND s.EXPIRY_TIME < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.expiry_cut_off) * 1000)
          OR ((s.EXPIRY_TIME IS NULL
               OR s.EXPIRY_TIME <= 0)
              AND s.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.age_cut_off) * 1000)
          OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
              AND s.TIME_CREATED < TIMESTAMPDIFF(MICROSECOND, '1970-01-01', c.delete_cut_off) * 1000)
    GROUP BY s.SESSION_ID, s.SESSION_TYPE
  ) e
  JOIN IDN_AUTH_SESSION_STORE t ON t.SESSION_ID = e.SESSION_ID
    AND t.SESSION_TYPE = e.SESSION_TYPE
    AND t.TIME_CREATED <= e.LAST_END
  CROSS JOIN (
    SELECT m.*
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
        n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
        n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
        n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
            COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
            COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
            COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_sessions'
        ) s
      ) n
    ) m
  ) c
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_USER_SESSION_MAPPING' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'orphaned' AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_AUTH_USER_SESSION_MAPPING t
  CROSS JOIN (
    SELECT m.*
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
        n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
        n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
        n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
            COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
            COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
            COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_sessions'
        ) s
      ) n
    ) m
  ) c
  WHERE c.orphan_sweep = 'yes'
    AND ((EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
            WHERE n.SESSION_ID = t.SESSION_ID
              AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
              AND n.FIRST_SEEN < c.sighting_cut_off))
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID)
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID))
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_APP_INFO' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'orphaned' AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_AUTH_SESSION_APP_INFO t
  CROSS JOIN (
    SELECT m.*
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
        n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
        n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
        n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
            COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
            COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
            COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_sessions'
        ) s
      ) n
    ) m
  ) c
  WHERE c.orphan_sweep = 'yes'
    AND ((EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
            WHERE n.SESSION_ID = t.SESSION_ID
              AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
              AND n.FIRST_SEEN < c.sighting_cut_off))
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID)
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID))
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_META_DATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'orphaned' AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_AUTH_SESSION_META_DATA t
  CROSS JOIN (
    SELECT m.*
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
        n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
        n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
        n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
            COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
            COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
            COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_sessions'
        ) s
      ) n
    ) m
  ) c
  WHERE c.orphan_sweep = 'yes'
    AND ((EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
            WHERE n.SESSION_ID = t.SESSION_ID
              AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
              AND n.FIRST_SEEN < c.sighting_cut_off))
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID)
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID))
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_FED_AUTH_SESSION_MAPPING' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'orphaned' AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM IDN_FED_AUTH_SESSION_MAPPING t
  CROSS JOIN (
    SELECT m.*
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.expiry_grace_minutes AS SIGNED) MINUTE AS expiry_cut_off,
        n.utc_now - INTERVAL CAST(n.session_age_days AS SIGNED) DAY AS age_cut_off,
        n.utc_now - INTERVAL CAST(n.deleted_after_hours AS SIGNED) HOUR AS delete_cut_off,
        n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
            COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
            COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
            COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_sessions'
        ) s
      ) n
    ) m
  ) c
  WHERE c.orphan_sweep = 'yes'
    AND ((EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
            WHERE n.SESSION_ID = t.SESSION_ID
              AND CAST(n.SESSION_ID AS BINARY) = CAST(t.SESSION_ID AS BINARY)
              AND n.FIRST_SEEN < c.sighting_cut_off))
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID)
         AND NOT EXISTS (
           SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o
           WHERE o.SESSION_ID = t.SESSION_ID))
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_SESSIONS', 'view', 'c154bbb1626fc8df2dd1a0a344515a7a274fadaf621180679a9fb2a6beb9aae8',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_SESSIONS'));
-- @end
