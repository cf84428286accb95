-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_stale_actions.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_STALE_ACTIONS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_STALE_ACTIONS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_stale_actions'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(24, 'HOUR') AS grace_cut_off
  FROM n
)
SELECT 'IDN_ACTION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDP_AUTHENTICATOR_PROPERTY o WHERE o.PROPERTY_VALUE = RTRIM(t.UUID))
           THEN NULL
           WHEN t."TYPE" = 'AUTHENTICATION'
                AND (t.CREATED_AT IS NULL OR t.CREATED_AT < c.grace_cut_off)
           THEN 'stale'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
  FROM IDN_ACTION t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_STALE_ACTIONS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_STALE_ACTIONS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_STALE_ACTIONS',
      'e17d00350c30f8597063390b8d09afdb84c701fbd344e82c072bb712fe69a91e');
  COMMIT;
END;
/
-- @end
