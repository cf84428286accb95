-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_confirmation_codes.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_CONFIRMATION_CODES
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_CONFIRMATION_CODES AS
SELECT 'IDN_RECOVERY_DATA' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'retention_over' AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_RECOVERY_DATA AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(HOUR, -CAST(n.code_retention_hours AS BIGINT),
          DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS retention_cut_off,
      DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off
    FROM (
      SELECT s.*, SYSUTCDATETIME() AS utc_now
      FROM (
        SELECT
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'code_retention_hours' THEN VALUE ELSE '' END), ''),
              '720') AS code_retention_hours,
          ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
              '12') AS clock_uncertainty_hours
        FROM dbo.CLEANUP_SETTING
        WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes'
      ) AS s
    ) AS n
  ) AS c
  WHERE t.TIME_CREATED < c.retention_cut_off
    AND NOT EXISTS (
      SELECT 1 FROM dbo.IDP_METADATA o
      WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o.NAME) > 0
        AND EXISTS (
          SELECT 1 FROM dbo.IDP o2
          WHERE o2.ID = o.IDP_ID
            AND o2.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
        AND CASE WHEN DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.grace_cut_off) / 60000000.0 >
            CASE WHEN o.VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2 AND LEN(o.VALUE) BETWEEN 1 AND 18
              THEN TRY_CAST(o.VALUE AS BIGINT) END THEN 1 ELSE 0 END = 0
        AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
          SELECT 1 FROM dbo.IDP_METADATA o2
          WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o2.NAME) > 0
            AND EXISTS (
              SELECT 1 FROM dbo.IDP o3
              WHERE o3.ID = o2.IDP_ID
                AND o3.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
            AND o2.TENANT_ID = t.TENANT_ID
            AND o2.NAME = o.NAME
                AND o2.NAME + N'.' COLLATE Latin1_General_BIN2 = o.NAME + N'.' COLLATE Latin1_General_BIN2)))
) AS x
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'CLEANUP_BACKLOG_CONFIRMATION_CODES' AND OBJECT_KIND = 'view');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('CLEANUP_BACKLOG_CONFIRMATION_CODES', 'view', '9665d79fe0d2b9ba4452cfb7ea7b3c0e7e3ec4a37aa2f4f5ebc619bb0f17da2c')
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
