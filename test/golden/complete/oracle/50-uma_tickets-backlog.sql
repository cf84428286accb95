-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_uma_tickets.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_UMA_TICKETS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_UMA_TICKETS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE END), '720') AS longest_lifetime_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_uma_tickets'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(24, 'HOUR') AS grace_cut_off,
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
      ) x), 'SECOND') AS lifetime_cut_off
  FROM n
)
SELECT 'IDN_UMA_PERMISSION_TICKET' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.TICKET_STATE IN ('ACTIVE', 'EXPIRED', 'REVOKED') THEN 0 ELSE 1 END = 1 THEN NULL
           WHEN ((t.TOKEN_ID IS NULL AND t.EXPIRY_TIME < c.grace_cut_off)
                 OR (t.EXPIRY_TIME < c.lifetime_cut_off
                     AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
                AND t.ID < t.NEWEST
           THEN 'expired'
         END AS REASON,
    t.EXPIRY_TIME AS ROW_TIME
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

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_UMA_TICKETS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_UMA_TICKETS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_UMA_TICKETS',
      '0279093a04d04f2a4ea1f550310b6ee9a9729b31321f4b1fdaa2d5a2fa1ce10e');
  COMMIT;
END;
/
-- @end
