-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revision_metadata.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_REVISION_METADATA
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_REVISION_METADATA AS
WITH n AS (
  SELECT
    u.UTC_NOW
  FROM (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(24, 'HOUR') AS sighting_cut_off
  FROM n
)
SELECT 'AM_API_REVISION_METADATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REVISION_UUID IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                  WHERE n.API_UUID = t.API_UUID AND n.REVISION_UUID = t.REVISION_UUID
                    AND n.FIRST_SEEN < c.sighting_cut_off)
           THEN 'orphaned'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
  FROM AM_API_REVISION_METADATA t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_REVISION_METADATA
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_REVISION_METADATA');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REVISION_METADATA',
      '0cb007ce90b702d56b123712c8382827aec2b94dc107b62c4f2a6158100511ec');
  COMMIT;
END;
/
-- @end
