-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_wait_statuses.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_WAIT_STATUSES
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_WAIT_STATUSES AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'wait_retention_days' THEN VALUE END), '14') AS wait_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_wait_statuses'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.wait_retention_days), 'DAY') AS wait_cut_off
  FROM n
)
SELECT 'IDN_AUTH_WAIT_STATUS' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.LONG_WAIT_KEY IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY) THEN NULL
           WHEN EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY) THEN NULL
           WHEN t.EXPIRE_TIME < c.wait_cut_off THEN 'retention_over'
         END AS REASON,
    t.EXPIRE_TIME AS ROW_TIME
  FROM IDN_AUTH_WAIT_STATUS t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_WAIT_STATUSES
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_WAIT_STATUSES');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_WAIT_STATUSES',
      '96bc43be1adc93182707642c300f4a7a126f164f28dc59ccf270cbf405c7b8c0');
  COMMIT;
END;
/
-- @end
