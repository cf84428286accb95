-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revocations.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_REVOCATIONS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_REVOCATIONS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE END), '720') AS longest_lifetime_hours,
    COALESCE(MAX(CASE NAME WHEN 'am_event_pruning' THEN VALUE END), 'no') AS am_event_pruning,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_revocations'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), m AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(24, 'HOUR') AS grace_cut_off,
    n.utc_now - NUMTODSINTERVAL(24, 'HOUR') AS epoch_grace_cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR') - NUMTODSINTERVAL(24, 'HOUR')
        - NUMTODSINTERVAL((SELECT CASE
        WHEN x.is_for_ever = 1 THEN NULL
        WHEN x.longest > TO_NUMBER(n.longest_lifetime_hours) * 3600 THEN x.longest
        ELSE TO_NUMBER(n.longest_lifetime_hours) * 3600
      END
      FROM (
        SELECT MAX(p.seconds) AS longest,
          MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
        FROM (
          SELECT a.USER_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
          SELECT a.APP_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
          SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
          SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a
        ) p
      ) x), 'SECOND') AS event_cut_off
  FROM n
), c AS (
  SELECT /*+ NO_MERGE */ m.*,
    FLOOR((((TO_NUMBER(TO_CHAR(m.epoch_grace_cut_off, 'J')) - 2440588) * 86400
        + TO_NUMBER(TO_CHAR(m.epoch_grace_cut_off, 'SSSSS'))) * 1000000
        + TO_NUMBER(TO_CHAR(m.epoch_grace_cut_off, 'FF6'))) / 1000) AS epoch_grace_cut_off_ms
  FROM m
)
SELECT 'AM_REVOKED_JWT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIMESTAMP > 99999999999
                AND t.EXPIRY_TIMESTAMP < c.epoch_grace_cut_off_ms
           THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00'
        + NUMTODSINTERVAL(LEAST(GREATEST(t.EXPIRY_TIMESTAMP, 0), 253402300799999) / 1000, 'SECOND') AS ROW_TIME
  FROM AM_REVOKED_JWT t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_INVALID_TOKENS' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIMESTAMP < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXPIRY_TIMESTAMP AS ROW_TIME
  FROM IDN_INVALID_TOKENS t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_REVOKED_TOKENS' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIMESTAMP < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXPIRY_TIMESTAMP AS ROW_TIME
  FROM IDN_OAUTH2_REVOKED_TOKENS t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_SUBJECT_ENTITY_REVOKED_EVENT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TIME_REVOKED < c.event_cut_off THEN 'outlived'
         END AS REASON,
    t.TIME_REVOKED AS ROW_TIME
  FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_APP_REVOKED_EVENT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TIME_REVOKED < c.event_cut_off THEN 'outlived'
         END AS REASON,
    t.TIME_REVOKED AS ROW_TIME
  FROM IDN_APP_REVOKED_EVENT t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'AM_SUBJECT_ENTITY_REVOKED_EVENT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TIME_REVOKED < c.event_cut_off THEN 'outlived'
         END AS REASON,
    t.TIME_REVOKED AS ROW_TIME
  FROM AM_SUBJECT_ENTITY_REVOKED_EVENT t CROSS JOIN c
  WHERE c.am_event_pruning = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'AM_APP_REVOKED_EVENT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TIME_REVOKED < c.event_cut_off THEN 'outlived'
         END AS REASON,
    t.TIME_REVOKED AS ROW_TIME
  FROM AM_APP_REVOKED_EVENT t CROSS JOIN c
  WHERE c.am_event_pruning = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_REVOCATIONS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_REVOCATIONS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REVOCATIONS',
      '6cbb21936714371636a1579dd978daac871033caa6a8b1520c79f76bddeb77e0');
  COMMIT;
END;
/
-- @end
