-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revision_metadata.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_REVISION_METADATA
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_REVISION_METADATA AS
WITH n AS (
  SELECT UTC_TIMESTAMP(6) AS utc_now
), c AS (
  SELECT n.*,
    n.utc_now - INTERVAL 24 HOUR AS sighting_cut_off
  FROM n
)
SELECT 'AM_API_REVISION_METADATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REVISION_UUID IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                  WHERE n.API_UUID = t.API_UUID
                    AND CAST(n.API_UUID AS BINARY) = CAST(t.API_UUID AS BINARY)
                    AND n.REVISION_UUID = t.REVISION_UUID
                    AND CAST(n.REVISION_UUID AS BINARY) = CAST(t.REVISION_UUID AS BINARY)
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM AM_API_REVISION_METADATA t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_REVISION_METADATA
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REVISION_METADATA',
    '0a734b61c95ad274f33c9354c1651a79ecace2a3b29e5a83d5419387fccf26dd');
-- @end
