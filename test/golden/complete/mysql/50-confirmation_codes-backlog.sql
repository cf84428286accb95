-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_confirmation_codes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_CONFIRMATION_CODES
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_CONFIRMATION_CODES AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'code_retention_hours' THEN VALUE END), '720') AS code_retention_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
        - INTERVAL CAST(n.code_retention_hours AS SIGNED) HOUR AS retention_cut_off,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.retention_cut_off) * 0.000001 AS retention_cut_off_s,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s
  FROM m
)
SELECT 'IDN_RECOVERY_DATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) < c.retention_cut_off_s
                AND NOT EXISTS (
                  SELECT 1 FROM (
                    SELECT DISTINCT o.ID, o.TENANT_ID, o.NAME, o.VALUE FROM IDP_METADATA o
                    WHERE LOCATE('ExpiryTime', CAST(o.NAME AS BINARY)) > 0
                      AND EXISTS (
                        SELECT 1 FROM IDP o2
                        WHERE o2.ID = o.IDP_ID
                          AND CAST(o2.NAME AS BINARY) = 'LOCAL')
                  ) o
                  WHERE ((c.grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) / 60 >
                        CASE WHEN o.VALUE REGEXP '^[0-9]{1,18}$' AND o.VALUE NOT REGEXP '[^0-9]'
                          THEN CAST(o.VALUE AS SIGNED) END) IS NOT TRUE
                    AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
                      SELECT 1 FROM (
                        SELECT DISTINCT o2.ID, o2.TENANT_ID, o2.NAME, o2.VALUE FROM IDP_METADATA o2
                        WHERE LOCATE('ExpiryTime', CAST(o2.NAME AS BINARY)) > 0
                          AND EXISTS (
                            SELECT 1 FROM IDP o3
                            WHERE o3.ID = o2.IDP_ID
                              AND CAST(o3.NAME AS BINARY) = 'LOCAL')
                      ) o2
                      WHERE o2.TENANT_ID = t.TENANT_ID
                        AND o2.NAME = o.NAME AND CAST(o2.NAME AS BINARY) = CAST(o.NAME AS BINARY))))
           THEN 'retention_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) SECOND AS ROW_TIME
  FROM IDN_RECOVERY_DATA t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_RECOVERY_FLOW_DATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDN_RECOVERY_DATA o WHERE o.RECOVERY_FLOW_ID = t.RECOVERY_FLOW_ID) THEN NULL
           WHEN NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) < c.retention_cut_off_s
                AND NOT EXISTS (
                  SELECT 1 FROM (
                    SELECT DISTINCT o.ID, o.NAME, o.VALUE FROM IDP_METADATA o
                    WHERE LOCATE('ExpiryTime', CAST(o.NAME AS BINARY)) > 0
                      AND EXISTS (
                        SELECT 1 FROM IDP o2
                        WHERE o2.ID = o.IDP_ID
                          AND CAST(o2.NAME AS BINARY) = 'LOCAL')
                  ) o
                  WHERE ((c.grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) / 60 >
                        CASE WHEN o.VALUE REGEXP '^[0-9]{1,18}$' AND o.VALUE NOT REGEXP '[^0-9]'
                          THEN CAST(o.VALUE AS SIGNED) END) IS NOT TRUE)
           THEN 'retention_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) SECOND AS ROW_TIME
  FROM IDN_RECOVERY_FLOW_DATA t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_CONFIRMATION_CODES
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_CONFIRMATION_CODES',
    'af69ad592fc12f7acd97142e1bcaa83d9daa9d03550b3be1e4afd8ed9a1a87d2');
-- @end
