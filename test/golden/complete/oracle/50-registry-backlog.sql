-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_registry.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_REGISTRY
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_REGISTRY AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'log_minimum_age_hours' THEN VALUE END), '24') AS log_minimum_age_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_registry'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), m AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.log_minimum_age_hours), 'HOUR') AS log_cut_off,
    n.utc_now - NUMTODSINTERVAL(1, 'HOUR') AS code_cut_off
  FROM n
), c AS (
  SELECT /*+ NO_MERGE */ m.*,
    FLOOR((((TO_NUMBER(TO_CHAR(m.code_cut_off, 'J')) - 2440588) * 86400
        + TO_NUMBER(TO_CHAR(m.code_cut_off, 'SSSSS'))) * 1000000
        + TO_NUMBER(TO_CHAR(m.code_cut_off, 'FF6'))) / 1000) AS code_cut_off_ms
  FROM m
)
SELECT 'REG_RESOURCE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REG_NAME IS NOT NULL
                AND EXISTS (
                  SELECT 1 FROM REG_PATH o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND SUBSTR(o.REG_PATH_VALUE || '/', 1, 72)
                        = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
                AND (EXISTS (
                       SELECT 1 FROM REG_RESOURCE_PROPERTY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND EXISTS (
                           SELECT 1 FROM REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME = 'expireTime'
                             AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                                 AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                                 THEN TO_NUMBER(o2.REG_VALUE) END < c.code_cut_off_ms))
                     OR EXISTS (
                       SELECT 1 FROM REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID
                         AND o.REG_RESOURCE_NAME = t.REG_NAME
                         AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND o.REG_VERSION IS NULL
                         AND EXISTS (
                           SELECT 1 FROM REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME = 'expireTime'
                             AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                                 AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                                 THEN TO_NUMBER(o2.REG_VALUE) END < c.code_cut_off_ms)))
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_PROPERTY o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND EXISTS (
                      SELECT 1 FROM REG_PROPERTY o2
                      WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                        AND o2.REG_NAME = 'expireTime'
                        AND CASE WHEN CASE
                            WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                            THEN TO_NUMBER(o2.REG_VALUE) END < c.code_cut_off_ms THEN 0 ELSE 1 END = 1))
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_PROPERTY o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID
                    AND o.REG_RESOURCE_NAME = t.REG_NAME
                    AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND o.REG_VERSION IS NULL
                    AND EXISTS (
                      SELECT 1 FROM REG_PROPERTY o2
                      WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                        AND o2.REG_NAME = 'expireTime'
                        AND CASE WHEN CASE
                            WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                            THEN TO_NUMBER(o2.REG_VALUE) END < c.code_cut_off_ms THEN 0 ELSE 1 END = 1))
           THEN 'code_expired'
         END AS REASON,
    t.REG_CREATED_TIME AS ROW_TIME
  FROM REG_RESOURCE t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_LOG' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.REG_LOGGED_TIME < c.log_cut_off THEN 0 ELSE 1 END = 1 THEN NULL
           WHEN t.REG_LOG_ID < t.NEWEST THEN 'superseded'
         END AS REASON,
    t.REG_LOGGED_TIME AS ROW_TIME
  FROM (
    SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME,
      MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH, n.REG_TENANT_ID) AS NEWEST
    FROM REG_LOG n CROSS JOIN c
    WHERE n.REG_PATH IS NOT NULL
  ) t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_LOG' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.REG_LOGGED_TIME < c.log_cut_off THEN 0 ELSE 1 END = 1 THEN NULL
           WHEN t.REG_ACTION = 7 AND t.REG_LOG_ID = t.NEWEST AND t.STAYING_ROWS = 0 THEN 'deleted'
         END AS REASON,
    t.REG_LOGGED_TIME AS ROW_TIME
  FROM (
    SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME, n.REG_ACTION,
      MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH, n.REG_TENANT_ID) AS NEWEST,
      SUM(CASE WHEN n.REG_LOGGED_TIME < c.log_cut_off THEN 0 ELSE 1 END)
        OVER (PARTITION BY n.REG_PATH, n.REG_TENANT_ID) AS STAYING_ROWS
    FROM REG_LOG n CROSS JOIN c
    WHERE n.REG_PATH IS NOT NULL
  ) t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_RESOURCE_PROPERTY' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REG_TENANT_ID IS NOT NULL
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_HISTORY o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'resource_gone'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
  FROM REG_RESOURCE_PROPERTY t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_PROPERTY' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_PROPERTY o
                  WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'unreferenced'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
  FROM REG_PROPERTY t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_RESOURCE_TAG' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REG_TENANT_ID IS NOT NULL
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_HISTORY o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'resource_gone'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
  FROM REG_RESOURCE_TAG t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_TAG' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_TAG o
                  WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'unreferenced'
         END AS REASON,
    CAST(NULL AS TIMESTAMP) AS ROW_TIME
  FROM REG_TAG t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_REGISTRY
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_REGISTRY');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REGISTRY',
      '3bcd2ade2b8ec00f77bf61faf8c06a20797738e11ed30cb27cdd4869677eae21');
  COMMIT;
END;
/
-- @end
