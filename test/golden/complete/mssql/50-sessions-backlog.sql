-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_sessions.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_SESSIONS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_SESSIONS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE ELSE '' END), ''),
        '120') AS expiry_grace_minutes,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE ELSE '' END), ''), '14') AS session_age_days,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE ELSE '' END), ''), '12') AS deleted_after_hours,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE ELSE '' END), ''), 'no') AS orphan_sweep
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_sessions'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), m AS (
  SELECT n.*,
    DATEADD(MINUTE, -CAST(n.expiry_grace_minutes AS BIGINT), n.utc_now) AS expiry_cut_off,
    DATEADD(DAY, -CAST(n.session_age_days AS BIGINT), n.utc_now) AS age_cut_off,
    DATEADD(HOUR, -CAST(n.deleted_after_hours AS BIGINT), n.utc_now) AS delete_cut_off,
    DATEADD(HOUR, -24, n.utc_now) AS sighting_cut_off
  FROM n
), c AS (
  SELECT m.*,
    DATEDIFF_BIG(MICROSECOND, '19700101', m.expiry_cut_off) * 1000 AS expiry_cut_off_ns,
    DATEDIFF_BIG(MICROSECOND, '19700101', m.age_cut_off) * 1000 AS age_cut_off_ns,
    DATEDIFF_BIG(MICROSECOND, '19700101', m.delete_cut_off) * 1000 AS delete_cut_off_ns
  FROM m
)
SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < c.expiry_cut_off_ns)
                OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < c.age_cut_off_ns)
           THEN 'expired'
           WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                AND t.TIME_CREATED < c.delete_cut_off_ns
           THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    DATEADD(MILLISECOND,
        (CASE WHEN t.TIME_CREATED / 1000000 < 0 THEN 0 WHEN t.TIME_CREATED / 1000000 < 253402300800000
        THEN t.TIME_CREATED / 1000000 END) % 3600000,
        DATEADD(HOUR,
        (CASE WHEN t.TIME_CREATED / 1000000 < 0 THEN 0 WHEN t.TIME_CREATED / 1000000 < 253402300800000
        THEN t.TIME_CREATED / 1000000 END) / 3600000, CAST('19700101' AS DATETIME2(6)))) AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM dbo.IDN_AUTH_TEMP_SESSION_STORE AS s CROSS JOIN c
    WHERE (s.EXPIRY_TIME > 0 AND s.EXPIRY_TIME < c.expiry_cut_off_ns)
      OR ((s.EXPIRY_TIME IS NULL OR s.EXPIRY_TIME <= 0)
          AND s.TIME_CREATED < c.age_cut_off_ns)
      OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
          AND s.TIME_CREATED < c.delete_cut_off_ns)
    GROUP BY s.SESSION_ID, s.SESSION_TYPE
  ) AS e
  JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS t ON t.SESSION_ID = e.SESSION_ID
    AND t.SESSION_TYPE = e.SESSION_TYPE
    AND t.TIME_CREATED <= e.LAST_END
  CROSS JOIN c
) AS x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_STORE' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < c.expiry_cut_off_ns)
                OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < c.age_cut_off_ns)
           THEN 'expired'
           WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                AND t.TIME_CREATED < c.delete_cut_off_ns
           THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    DATEADD(MILLISECOND,
        (CASE WHEN t.TIME_CREATED / 1000000 < 0 THEN 0 WHEN t.TIME_CREATED / 1000000 < 253402300800000
        THEN t.TIME_CREATED / 1000000 END) % 3600000,
        DATEADD(HOUR,
        (CASE WHEN t.TIME_CREATED / 1000000 < 0 THEN 0 WHEN t.TIME_CREATED / 1000000 < 253402300800000
        THEN t.TIME_CREATED / 1000000 END) / 3600000, CAST('19700101' AS DATETIME2(6)))) AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM dbo.IDN_AUTH_SESSION_STORE AS s CROSS JOIN c
    WHERE (s.EXPIRY_TIME > 0 AND s.EXPIRY_TIME < c.expiry_cut_off_ns)
      OR ((s.EXPIRY_TIME IS NULL OR s.EXPIRY_TIME <= 0)
          AND s.TIME_CREATED < c.age_cut_off_ns)
      OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
          AND s.TIME_CREATED < c.delete_cut_off_ns)
    GROUP BY s.SESSION_ID, s.SESSION_TYPE
  ) AS e
  JOIN dbo.IDN_AUTH_SESSION_STORE AS t ON t.SESSION_ID = e.SESSION_ID
    AND t.SESSION_TYPE = e.SESSION_TYPE
    AND t.TIME_CREATED <= e.LAST_END
  CROSS JOIN c
) AS x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_USER_SESSION_MAPPING' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                        = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.IDN_AUTH_USER_SESSION_MAPPING AS t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_APP_INFO' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                        = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.IDN_AUTH_SESSION_APP_INFO AS t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_AUTH_SESSION_META_DATA' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                        = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.IDN_AUTH_SESSION_META_DATA AS t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_FED_AUTH_SESSION_MAPPING' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID) THEN NULL
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
           THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
                  WHERE n.SESSION_ID = t.SESSION_ID
                    AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                        = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.IDN_FED_AUTH_SESSION_MAPPING AS t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_SESSIONS',
    '419a828525ec9aca91bcdd30d1e573d6df907697582bd1a1dba16cd9567ec4ee';
GO
-- @end
