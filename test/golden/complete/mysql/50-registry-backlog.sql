-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_registry.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_REGISTRY
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_REGISTRY AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'log_minimum_age_hours' THEN VALUE END), '24') AS log_minimum_age_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_registry'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
        - INTERVAL CAST(n.log_minimum_age_hours AS SIGNED) HOUR AS log_cut_off,
    n.utc_now - INTERVAL 1 HOUR AS code_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.log_cut_off) * 0.000001 AS log_cut_off_s,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.code_cut_off) DIV 1000 AS code_cut_off_ms
  FROM m
)
SELECT 'REG_RESOURCE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REG_NAME IS NOT NULL
                AND EXISTS (
                  SELECT 1 FROM REG_PATH o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND LEFT(CAST(CONCAT(o.REG_PATH_VALUE, '/') AS BINARY), 72)
                        = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
                AND (EXISTS (
                       SELECT 1 FROM REG_RESOURCE_PROPERTY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND EXISTS (
                           SELECT 1 FROM REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                             AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                                 THEN CAST(o2.REG_VALUE AS SIGNED) END < c.code_cut_off_ms))
                     OR EXISTS (
                       SELECT 1 FROM REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID
                         AND o.REG_RESOURCE_NAME = t.REG_NAME
                         AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY)
                         AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND o.REG_VERSION IS NULL
                         AND EXISTS (
                           SELECT 1 FROM REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                             AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                                 THEN CAST(o2.REG_VALUE AS SIGNED) END < c.code_cut_off_ms)))
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_PROPERTY o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND EXISTS (
                      SELECT 1 FROM REG_PROPERTY o2
                      WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                        AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                        AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                            THEN CAST(o2.REG_VALUE AS SIGNED) END < c.code_cut_off_ms) IS NOT TRUE))
                AND NOT EXISTS (
                  SELECT 1 FROM REG_RESOURCE_PROPERTY o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID
                    AND o.REG_RESOURCE_NAME = t.REG_NAME
                    AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY)
                    AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND o.REG_VERSION IS NULL
                    AND EXISTS (
                      SELECT 1 FROM REG_PROPERTY o2
                      WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                        AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                        AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                            THEN CAST(o2.REG_VALUE AS SIGNED) END < c.code_cut_off_ms) IS NOT TRUE))
           THEN 'code_expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.REG_CREATED_TIME), 0) SECOND AS ROW_TIME
  FROM REG_RESOURCE t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_LOG' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < c.log_cut_off_s) IS NOT TRUE THEN NULL
           WHEN t.REG_LOG_ID < t.NEWEST THEN 'superseded'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) SECOND AS ROW_TIME
  FROM (
    SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME,
      MAX(n.REG_LOG_ID) OVER (PARTITION BY UNHEX(SHA2(n.REG_PATH, 256)), n.REG_TENANT_ID) AS NEWEST
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
           WHEN (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < c.log_cut_off_s) IS NOT TRUE THEN NULL
           WHEN t.REG_ACTION = 7 AND t.REG_LOG_ID = t.NEWEST AND t.STAYING_ROWS = 0 THEN 'deleted'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) SECOND AS ROW_TIME
  FROM (
    SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME, n.REG_ACTION,
      MAX(n.REG_LOG_ID) OVER (PARTITION BY UNHEX(SHA2(n.REG_PATH, 256)), n.REG_TENANT_ID) AS NEWEST,
      SUM(CASE WHEN NULLIF(UNIX_TIMESTAMP(n.REG_LOGGED_TIME), 0) < c.log_cut_off_s THEN 0 ELSE 1 END)
        OVER (PARTITION BY UNHEX(SHA2(n.REG_PATH, 256)), n.REG_TENANT_ID) AS STAYING_ROWS
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
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
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
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
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
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
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
    CAST(NULL AS DATETIME(6)) AS ROW_TIME
  FROM REG_TAG t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_REGISTRY
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REGISTRY',
    '81ac627b8a03f0d0f2e191fc9ee440ff00539c104276419ab54b4928fd5b9e49');
-- @end
