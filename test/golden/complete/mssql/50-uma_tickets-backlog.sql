-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_uma_tickets.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_UMA_TICKETS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_UMA_TICKETS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''),
        '720') AS longest_lifetime_hours,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_uma_tickets'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off,
    (SELECT DATEADD(SECOND, -(p.amount % 3600),
        DATEADD(HOUR, -(p.amount / 3600),
        DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now))))
        FROM (SELECT (SELECT CASE
        WHEN x.is_for_ever = 1 THEN NULL
        WHEN x.longest > CAST(n.longest_lifetime_hours AS BIGINT) * 3600 THEN x.longest
        ELSE CAST(n.longest_lifetime_hours AS BIGINT) * 3600
      END
      FROM (
        SELECT MAX(p.seconds) AS longest,
          MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
        FROM (
          SELECT a.USER_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM dbo.IDN_OAUTH_CONSUMER_APPS a UNION ALL
          SELECT a.APP_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM dbo.IDN_OAUTH_CONSUMER_APPS a UNION ALL
          SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds FROM dbo.IDN_OAUTH_CONSUMER_APPS a UNION ALL
          SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM dbo.IDN_OAUTH_CONSUMER_APPS a
        ) p
      ) x) AS amount) p) AS lifetime_cut_off
  FROM n
)
SELECT 'IDN_UMA_PERMISSION_TICKET' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.TICKET_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.', 'REVOKED.')
               THEN 1 ELSE 0 END = 0
           THEN NULL
           WHEN ((t.TOKEN_ID IS NULL AND t.EXPIRY_TIME < c.grace_cut_off)
                 OR (t.EXPIRY_TIME < c.lifetime_cut_off
                     AND NOT EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
                AND t.ID < t.NEWEST
           THEN 'expired'
         END AS REASON,
    t.EXPIRY_TIME AS ROW_TIME
  FROM (
    SELECT n.ID, n.EXPIRY_TIME, n.TICKET_STATE, n.TOKEN_ID,
      MAX(n.ID) OVER (PARTITION BY n.TENANT_ID) AS NEWEST
    FROM dbo.IDN_UMA_PERMISSION_TICKET AS n CROSS JOIN c
    WHERE n.TENANT_ID IS NOT NULL
  ) AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_UMA_TICKETS',
    '2c26009fd8e19aeb246a2dc1869bc644c193c5e042665d88c54d50130ac6dbf1';
GO
-- @end
