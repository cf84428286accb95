-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revocations.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_REVOCATIONS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_REVOCATIONS AS
SELECT 'AM_REVOKED_JWT' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    DATEADD(MILLISECOND,
        (CASE WHEN t.EXPIRY_TIMESTAMP < 0 THEN 0 WHEN t.EXPIRY_TIMESTAMP < 253402300800000
        THEN t.EXPIRY_TIMESTAMP END) % 3600000,
        DATEADD(HOUR,
        (CASE WHEN t.EXPIRY_TIMESTAMP < 0 THEN 0 WHEN t.EXPIRY_TIMESTAMP < 253402300800000
        THEN t.EXPIRY_TIMESTAMP END) / 3600000, CAST('19700101' AS DATETIME2(6)))) AS ROW_TIME
  FROM dbo.AM_REVOKED_JWT AS t
  CROSS JOIN (
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
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''),
              '720') AS longest_lifetime_hours,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_revocations'
      ) AS s
    ) AS n
  ) AS c
  WHERE t.EXPIRY_TIMESTAMP > 99999999999
    AND t.EXPIRY_TIMESTAMP < DATEDIFF_BIG(MILLISECOND, '19700101', c.epoch_grace_cut_off)
) AS x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_INVALID_TOKENS' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    t.EXPIRY_TIMESTAMP AS ROW_TIME
  FROM dbo.IDN_INVALID_TOKENS AS t
  CROSS JOIN (
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
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''),
              '720') AS longest_lifetime_hours,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_revocations'
      ) AS s
    ) AS n
  ) AS c
  WHERE t.EXPIRY_TIMESTAMP < c.grace_cut_off
) AS x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_REVOKED_TOKENS' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    t.EXPIRY_TIMESTAMP AS ROW_TIME
  FROM dbo.IDN_OAUTH2_REVOKED_TOKENS AS t
  CROSS JOIN (
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
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''),
              '720') AS longest_lifetime_hours,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_revocations'
      ) AS s
    ) AS n
  ) AS c
  WHERE t.EXPIRY_TIMESTAMP < c.grace_cut_off
) AS x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_SUBJECT_ENTITY_REVOKED_EVENT' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'outlived' AS REASON,
    t.TIME_REVOKED AS ROW_TIME
  FROM dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t
  CROSS JOIN (
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
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''),
              '720') AS longest_lifetime_hours,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_revocations'
      ) AS s
    ) AS n
  ) AS c
  WHERE t.TIME_REVOKED < c.event_cut_off
) AS x
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'CLEANUP_BACKLOG_REVOCATIONS' AND OBJECT_KIND = 'view');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('CLEANUP_BACKLOG_REVOCATIONS', 'view', '6055fb317847aa07d1f1625ebd510796ca09fb1c837b6578f5ce7357dd303df2')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
