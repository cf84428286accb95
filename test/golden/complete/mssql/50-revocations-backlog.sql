-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revocations.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_REVOCATIONS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_REVOCATIONS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''),
        '720') AS longest_lifetime_hours,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_revocations'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), m AS (
  SELECT n.*,
    DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off,
    DATEADD(HOUR, -24, n.utc_now) AS epoch_grace_cut_off,
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
      ) x) AS amount) p) AS event_cut_off
  FROM n
), c AS (
  SELECT m.*,
    DATEDIFF_BIG(MILLISECOND, '19700101', m.epoch_grace_cut_off) AS epoch_grace_cut_off_ms
  FROM m
)
SELECT 'AM_REVOKED_JWT' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIMESTAMP > 99999999999
                AND t.EXPIRY_TIMESTAMP < c.epoch_grace_cut_off_ms
           THEN 'expired'
         END AS REASON,
    DATEADD(MILLISECOND,
        (CASE WHEN t.EXPIRY_TIMESTAMP < 0 THEN 0 WHEN t.EXPIRY_TIMESTAMP < 253402300800000
        THEN t.EXPIRY_TIMESTAMP END) % 3600000,
        DATEADD(HOUR,
        (CASE WHEN t.EXPIRY_TIMESTAMP < 0 THEN 0 WHEN t.EXPIRY_TIMESTAMP < 253402300800000
        THEN t.EXPIRY_TIMESTAMP END) / 3600000, CAST('19700101' AS DATETIME2(6)))) AS ROW_TIME
  FROM dbo.AM_REVOKED_JWT AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_INVALID_TOKENS' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIMESTAMP < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXPIRY_TIMESTAMP AS ROW_TIME
  FROM dbo.IDN_INVALID_TOKENS AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_REVOKED_TOKENS' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIMESTAMP < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXPIRY_TIMESTAMP AS ROW_TIME
  FROM dbo.IDN_OAUTH2_REVOKED_TOKENS AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_SUBJECT_ENTITY_REVOKED_EVENT' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TIME_REVOKED < c.event_cut_off THEN 'outlived'
         END AS REASON,
    t.TIME_REVOKED AS ROW_TIME
  FROM dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_REVOCATIONS',
    '2688a5a69f4d4d3003ddf6b26c23b6cde582525dd333a9ac886501521fd4f865';
GO
-- @end
