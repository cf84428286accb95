-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_par_requests.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_PAR_REQUESTS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_PAR_REQUESTS AS
SELECT 'IDN_OAUTH_PAR' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    DATEADD(MILLISECOND,
        (CASE WHEN t.SCHEDULED_EXPIRY < 0 THEN 0 WHEN t.SCHEDULED_EXPIRY < 253402300800000
        THEN t.SCHEDULED_EXPIRY END) % 3600000,
        DATEADD(HOUR,
        (CASE WHEN t.SCHEDULED_EXPIRY < 0 THEN 0 WHEN t.SCHEDULED_EXPIRY < 253402300800000
        THEN t.SCHEDULED_EXPIRY END) / 3600000, CAST('19700101' AS DATETIME2(6)))) AS ROW_TIME
  FROM dbo.IDN_OAUTH_PAR AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(HOUR, -24, n.utc_now) AS epoch_grace_cut_off
    FROM (
      SELECT SYSUTCDATETIME() AS utc_now
    ) AS n
  ) AS c
  WHERE t.SCHEDULED_EXPIRY < DATEDIFF_BIG(MILLISECOND, '19700101', c.epoch_grace_cut_off)
) AS x
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'CLEANUP_BACKLOG_PAR_REQUESTS' AND OBJECT_KIND = 'view');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('CLEANUP_BACKLOG_PAR_REQUESTS', 'view', '06ad2858a4e6899d7ae5bf6b9353f19e2d023d291cab352da6286a5767d3ddcf')
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
