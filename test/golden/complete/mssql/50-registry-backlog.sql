-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_registry.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_REGISTRY
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_REGISTRY AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'log_minimum_age_hours' THEN VALUE ELSE '' END), ''),
        '24') AS log_minimum_age_hours,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_registry'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), m AS (
  SELECT n.*,
    DATEADD(HOUR, -CAST(n.log_minimum_age_hours AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS log_cut_off,
    DATEADD(HOUR, -1, n.utc_now) AS code_cut_off
  FROM n
), c AS (
  SELECT m.*,
    DATEDIFF_BIG(MILLISECOND, '19700101', m.code_cut_off) AS code_cut_off_ms
  FROM m
)
SELECT 'REG_RESOURCE' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REG_NAME IS NOT NULL
                AND EXISTS (
                  SELECT 1 FROM dbo.REG_PATH o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND LEFT(o.REG_PATH_VALUE + N'/', 72)
                        = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/' COLLATE Latin1_General_BIN2)
                AND (EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < c.code_cut_off_ms))
                     OR EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID
                         AND o.REG_RESOURCE_NAME = t.REG_NAME
                         AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                             = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                         AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND o.REG_VERSION IS NULL
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < c.code_cut_off_ms)))
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND EXISTS (
                      SELECT 1 FROM dbo.REG_PROPERTY o2
                      WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                        AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                        AND CASE WHEN CASE
                            WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                            AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                            THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < c.code_cut_off_ms THEN 1 ELSE 0 END = 0))
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID
                    AND o.REG_RESOURCE_NAME = t.REG_NAME
                    AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                        = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                    AND o.REG_TENANT_ID = t.REG_TENANT_ID
                    AND o.REG_VERSION IS NULL
                    AND EXISTS (
                      SELECT 1 FROM dbo.REG_PROPERTY o2
                      WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                        AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                        AND CASE WHEN CASE
                            WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                            AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                            THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < c.code_cut_off_ms THEN 1 ELSE 0 END = 0))
           THEN 'code_expired'
         END AS REASON,
    t.REG_CREATED_TIME AS ROW_TIME
  FROM dbo.REG_RESOURCE AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_LOG' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.REG_LOGGED_TIME < c.log_cut_off THEN 1 ELSE 0 END = 0 THEN NULL
           WHEN t.REG_LOG_ID < t.NEWEST THEN 'superseded'
         END AS REASON,
    t.REG_LOGGED_TIME AS ROW_TIME
  FROM (
    SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME,
      MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID) AS NEWEST
    FROM dbo.REG_LOG AS n CROSS JOIN c
    WHERE n.REG_PATH IS NOT NULL
  ) AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_LOG' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.REG_LOGGED_TIME < c.log_cut_off THEN 1 ELSE 0 END = 0 THEN NULL
           WHEN t.REG_ACTION = 7 AND t.REG_LOG_ID = t.NEWEST AND t.STAYING_ROWS = 0 THEN 'deleted'
         END AS REASON,
    t.REG_LOGGED_TIME AS ROW_TIME
  FROM (
    SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME, n.REG_ACTION,
      MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID) AS NEWEST,
      SUM(CASE WHEN n.REG_LOGGED_TIME < c.log_cut_off THEN 0 ELSE 1 END)
        OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID) AS STAYING_ROWS
    FROM dbo.REG_LOG AS n CROSS JOIN c
    WHERE n.REG_PATH IS NOT NULL
  ) AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_RESOURCE_PROPERTY' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REG_TENANT_ID IS NOT NULL
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'resource_gone'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.REG_RESOURCE_PROPERTY AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_PROPERTY' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                  WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'unreferenced'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.REG_PROPERTY AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_RESOURCE_TAG' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.REG_TENANT_ID IS NOT NULL
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE o
                  WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                  WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'resource_gone'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.REG_RESOURCE_TAG AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'REG_TAG' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE_TAG o
                  WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
           THEN 'unreferenced'
         END AS REASON,
    CAST(NULL AS DATETIME2(6)) AS ROW_TIME
  FROM dbo.REG_TAG AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_REGISTRY',
    '12261768a7501c2cbe9e92bf2ca7d45362709acfbb055b01da5f6b86554748aa';
GO
-- @end
