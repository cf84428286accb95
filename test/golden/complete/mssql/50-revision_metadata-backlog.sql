-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revision_metadata.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_REVISION_METADATA
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_REVISION_METADATA AS
WITH n AS (
  SELECT SYSUTCDATETIME() AS utc_now
), c AS (
  SELECT n.*,
    DATEADD(HOUR, -24, n.utc_now) AS sighting_cut_off
  FROM n
)
SELECT 'AM_API_REVISION_METADATA' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REVISION_UUID IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM dbo.AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                  WHERE n.API_UUID = t.API_UUID
                    AND n.API_UUID + N'.' COLLATE Latin1_General_BIN2 = t.API_UUID + N'.' COLLATE Latin1_General_BIN2
                    AND n.REVISION_UUID = t.REVISION_UUID
                    AND n.REVISION_UUID + N'.' COLLATE Latin1_General_BIN2
                        = t.REVISION_UUID + N'.' COLLATE Latin1_General_BIN2
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.AM_API_REVISION_METADATA AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_REVISION_METADATA',
    'd3db6af595b633e399435dab2465eec8d9a0497b421e4aafa2a4d2de6b97c97e';
GO
-- @end
