-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_jti.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_JTI
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_JTI AS
SELECT 'IDN_OIDC_JTI' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    t.EXP_TIME AS ROW_TIME
  FROM dbo.IDN_OIDC_JTI AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_jti'
      ) AS s
    ) AS n
  ) AS c
  WHERE t.EXP_TIME < c.grace_cut_off
) AS x
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'CLEANUP_BACKLOG_JTI' AND OBJECT_KIND = 'view');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('CLEANUP_BACKLOG_JTI', 'view', '15d184740677fe97300a11d53320779cb642f6b3284c3b18f223898da47d78fb')
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
