-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_uma_tickets.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_UMA_TICKETS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_UMA_TICKETS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE END), '720') AS longest_lifetime_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_uma_tickets'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off,
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
      ) x) SECOND AS lifetime_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.lifetime_cut_off) * 0.000001 AS lifetime_cut_off_s
  FROM m
)
SELECT 'IDN_UMA_PERMISSION_TICKET' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (CAST(t.TICKET_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED', 'REVOKED')) IS NOT TRUE THEN NULL
           WHEN ((t.TOKEN_ID IS NULL
                  AND NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < c.grace_cut_off_s)
                 OR (NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < c.lifetime_cut_off_s
                     AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
                AND t.ID < t.NEWEST
           THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) SECOND AS ROW_TIME
  FROM (
    SELECT n.ID, n.EXPIRY_TIME, n.TICKET_STATE, n.TOKEN_ID,
      MAX(n.ID) OVER (PARTITION BY n.TENANT_ID) AS NEWEST
    FROM IDN_UMA_PERMISSION_TICKET n CROSS JOIN c
    WHERE n.TENANT_ID IS NOT NULL
  ) t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_UMA_TICKETS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_UMA_TICKETS',
    '7f6bd67e3cb400bce53a21d0d7148d36fe3863a7907cafa999a5fc04636416d5');
-- @end
