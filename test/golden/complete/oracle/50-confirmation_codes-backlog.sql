-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_confirmation_codes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_CONFIRMATION_CODES
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_CONFIRMATION_CODES AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'code_retention_hours' THEN VALUE END), '720') AS code_retention_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.code_retention_hours), 'HOUR') AS retention_cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(24, 'HOUR') AS grace_cut_off
  FROM n
)
SELECT 'IDN_RECOVERY_DATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TIME_CREATED < c.retention_cut_off
                AND NOT EXISTS (
                  SELECT 1 FROM IDP_METADATA o
                  WHERE INSTR(o.NAME, 'ExpiryTime') > 0
                    AND EXISTS (
                      SELECT 1 FROM IDP o2
                      WHERE o2.ID = o.IDP_ID
                        AND o2.NAME = 'LOCAL')
                    AND CASE WHEN c.grace_cut_off - t.TIME_CREATED > NUMTODSINTERVAL(LEAST(GREATEST(
                        CASE WHEN REGEXP_LIKE(o.VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o.VALUE, '[^0-9]')
                          THEN TO_NUMBER(o.VALUE) END, 0), 9999999999), 'MINUTE') THEN 0 ELSE 1 END = 1
                    AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
                      SELECT 1 FROM IDP_METADATA o2
                      WHERE INSTR(o2.NAME, 'ExpiryTime') > 0
                        AND EXISTS (
                          SELECT 1 FROM IDP o3
                          WHERE o3.ID = o2.IDP_ID
                            AND o3.NAME = 'LOCAL')
                        AND o2.TENANT_ID = t.TENANT_ID
                        AND o2.NAME = o.NAME)))
           THEN 'retention_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM IDN_RECOVERY_DATA t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_RECOVERY_FLOW_DATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDN_RECOVERY_DATA o WHERE o.RECOVERY_FLOW_ID = t.RECOVERY_FLOW_ID) THEN NULL
           WHEN t.TIME_CREATED < c.retention_cut_off
                AND NOT EXISTS (
                  SELECT 1 FROM IDP_METADATA o
                  WHERE INSTR(o.NAME, 'ExpiryTime') > 0
                    AND EXISTS (
                      SELECT 1 FROM IDP o2
                      WHERE o2.ID = o.IDP_ID
                        AND o2.NAME = 'LOCAL')
                    AND CASE WHEN c.grace_cut_off - t.TIME_CREATED > NUMTODSINTERVAL(LEAST(GREATEST(
                        CASE WHEN REGEXP_LIKE(o.VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o.VALUE, '[^0-9]')
                          THEN TO_NUMBER(o.VALUE) END, 0), 9999999999), 'MINUTE') THEN 0 ELSE 1 END = 1)
           THEN 'retention_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM IDN_RECOVERY_FLOW_DATA t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_CONFIRMATION_CODES
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_CONFIRMATION_CODES');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_CONFIRMATION_CODES',
      'fa601820bd0262681b6332ece852d2e4df43260249b143499008bb1fda033955');
  COMMIT;
END;
/
-- @end
