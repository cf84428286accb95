-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_sessions.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_SESSIONS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_SESSIONS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120') AS expiry_grace_minutes,
    COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14') AS session_age_days,
    COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12') AS deleted_after_hours,
    COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no') AS orphan_sweep
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_sessions'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), m AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.expiry_grace_minutes), 'MINUTE') AS expiry_cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.session_age_days), 'DAY') AS age_cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.deleted_after_hours), 'HOUR') AS delete_cut_off,
    n.utc_now - NUMTODSINTERVAL(24, 'HOUR') AS sighting_cut_off
  FROM n
), c AS (
  SELECT /*+ NO_MERGE */ m.*,
    (((TO_NUMBER(TO_CHAR(m.expiry_cut_off, 'J')) - 2440588) * 86400
        + TO_NUMBER(TO_CHAR(m.expiry_cut_off, 'SSSSS'))) * 1000000
        + TO_NUMBER(TO_CHAR(m.expiry_cut_off, 'FF6'))) * 1000 AS expiry_cut_off_ns,
    (((TO_NUMBER(TO_CHAR(m.age_cut_off, 'J')) - 2440588) * 86400 + TO_NUMBER(TO_CHAR(m.age_cut_off, 'SSSSS'))) * 1000000
        + TO_NUMBER(TO_CHAR(m.age_cut_off, 'FF6'))) * 1000 AS age_cut_off_ns,
    (((TO_NUMBER(TO_CHAR(m.delete_cut_off, 'J')) - 2440588) * 86400
        + TO_NUMBER(TO_CHAR(m.delete_cut_off, 'SSSSS'))) * 1000000
        + TO_NUMBER(TO_CHAR(m.delete_cut_off, 'FF6'))) * 1000 AS delete_cut_off_ns
  FROM m
)
SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < c.expiry_cut_off_ns)
                OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < c.age_cut_off_ns)
           THEN 'expired'
           WHEN t.OPERATION = 'DELETE' AND t.TIME_CREATED < c.delete_cut_off_ns THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00'
        + NUMTODSINTERVAL(LEAST(GREATEST(t.TIME_CREATED / 1000000, 0), 253402300799999) / 1000, 'SECOND') AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM IDN_AUTH_TEMP_SESSION_STORE s CROSS JOIN c
    WHERE (s.EXPIRY_TIME > 0 AND s.EXPIRY_TIME < c.expiry_cut_off_ns)
      OR ((s.EXPIRY_TIME IS NULL OR s.EXPIRY_TIME <= 0)
          AND s.TIME_CREATED < c.age_cut_off_ns)
      OR (s.OPERATION = 'DELETE' AND s.TIME_CREATED < c.delete_cut_off_ns)
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
           WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < c.expiry_cut_off_ns)
                OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                    AND t.TIME_CREATED < c.age_cut_off_ns)
           THEN 'expired'
           WHEN t.OPERATION = 'DELETE' AND t.TIME_CREATED < c.delete_cut_off_ns THEN 'deleted'
           ELSE 'superseded'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00'
        + NUMTODSINTERVAL(LEAST(GREATEST(t.TIME_CREATED / 1000000, 0), 253402300799999) / 1000, 'SECOND') AS ROW_TIME
  FROM (
    SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
    FROM IDN_AUTH_SESSION_STORE s CROSS JOIN c
    WHERE (s.EXPIRY_TIME > 0 AND s.EXPIRY_TIME < c.expiry_cut_off_ns)
      OR ((s.EXPIRY_TIME IS NULL OR s.EXPIRY_TIME <= 0)
          AND s.TIME_CREATED < c.age_cut_off_ns)
      OR (s.OPERATION = 'DELETE' AND s.TIME_CREATED < c.delete_cut_off_ns)
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
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
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
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
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
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
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
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
  FROM IDN_FED_AUTH_SESSION_MAPPING t CROSS JOIN c
  WHERE c.orphan_sweep = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_SESSIONS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_SESSIONS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_SESSIONS',
      '9fd606234ac51e8577ffa88f1272b3a07ab00e746a5b83a673b2659dc4c8462b');
  COMMIT;
END;
/
-- @end
