-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revocations.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_REVOCATIONS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_REVOCATIONS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE END), '720') AS longest_lifetime_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_revocations'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off,
    n.utc_now - INTERVAL 24 HOUR AS epoch_grace_cut_off,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR - INTERVAL (SELECT CASE
        WHEN x.is_for_ever = 1 THEN NULL
        WHEN x.longest > CAST(n.longest_lifetime_hours AS SIGNED) * 3600 THEN x.longest
        ELSE CAST(n.longest_lifetime_hours AS SIGNED) * 3600
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
      ) x) SECOND AS event_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.epoch_grace_cut_off) DIV 1000 AS epoch_grace_cut_off_ms,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.event_cut_off) * 0.000001 AS event_cut_off_s
  FROM m
)
SELECT 'AM_REVOKED_JWT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIMESTAMP > 99999999999
                AND t.EXPIRY_TIMESTAMP < c.epoch_grace_cut_off_ms
           THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL GREATEST(t.EXPIRY_TIMESTAMP, 0) * 1000 MICROSECOND AS ROW_TIME
  FROM AM_REVOKED_JWT t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_INVALID_TOKENS' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIMESTAMP), 0) < c.grace_cut_off_s THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIMESTAMP), 0) SECOND AS ROW_TIME
  FROM IDN_INVALID_TOKENS t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_SUBJECT_ENTITY_REVOKED_EVENT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NULLIF(UNIX_TIMESTAMP(t.TIME_REVOKED), 0) < c.event_cut_off_s THEN 'outlived'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.TIME_REVOKED), 0) SECOND AS ROW_TIME
  FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_REVOCATIONS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REVOCATIONS',
    '1951d2c1e557a28dd9aa73828f8c7835e8c3bbef76c86c58af5ec6c67a04d740');
-- @end
