-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_par_requests.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_PAR_REQUESTS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_PAR_REQUESTS AS
WITH n AS (
  SELECT
    u.UTC_NOW
  FROM (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), m AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(24, 'HOUR') AS epoch_grace_cut_off
  FROM n
), c AS (
  SELECT /*+ NO_MERGE */ m.*,
    FLOOR((((TO_NUMBER(TO_CHAR(m.epoch_grace_cut_off, 'J')) - 2440588) * 86400
        + TO_NUMBER(TO_CHAR(m.epoch_grace_cut_off, 'SSSSS'))) * 1000000
        + TO_NUMBER(TO_CHAR(m.epoch_grace_cut_off, 'FF6'))) / 1000) AS epoch_grace_cut_off_ms
  FROM m
)
SELECT 'IDN_OAUTH_PAR' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.SCHEDULED_EXPIRY < c.epoch_grace_cut_off_ms THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00'
        + NUMTODSINTERVAL(LEAST(GREATEST(t.SCHEDULED_EXPIRY, 0), 253402300799999) / 1000, 'SECOND') AS ROW_TIME
  FROM IDN_OAUTH_PAR t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_PAR_REQUESTS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_PAR_REQUESTS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_PAR_REQUESTS',
      'c711569d3bb305dfacc85e6d4c910e9d8fbe86bbcc8debc908fc03145e4fed1a');
  COMMIT;
END;
/
-- @end
