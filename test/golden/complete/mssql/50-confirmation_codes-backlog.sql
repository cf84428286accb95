-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_confirmation_codes.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_CONFIRMATION_CODES
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_CONFIRMATION_CODES AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'code_retention_hours' THEN VALUE ELSE '' END), ''),
        '720') AS code_retention_hours,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(HOUR, -CAST(n.code_retention_hours AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS retention_cut_off,
    DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off
  FROM n
)
SELECT 'IDN_RECOVERY_DATA' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TIME_CREATED < c.retention_cut_off
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDP_METADATA o
                  WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o.NAME) > 0
                    AND EXISTS (
                      SELECT 1 FROM dbo.IDP o2
                      WHERE o2.ID = o.IDP_ID
                        AND o2.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
                    AND CASE WHEN DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.grace_cut_off) / 60000000.0 >
                        CASE WHEN o.VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                            AND LEN(o.VALUE) BETWEEN 1 AND 18
                          THEN TRY_CAST(o.VALUE AS BIGINT) END THEN 1 ELSE 0 END = 0
                    AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
                      SELECT 1 FROM dbo.IDP_METADATA o2
                      WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o2.NAME) > 0
                        AND EXISTS (
                          SELECT 1 FROM dbo.IDP o3
                          WHERE o3.ID = o2.IDP_ID
                            AND o3.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
                        AND o2.TENANT_ID = t.TENANT_ID
                        AND o2.NAME = o.NAME
                            AND o2.NAME + N'.' COLLATE Latin1_General_BIN2
                            = o.NAME + N'.' COLLATE Latin1_General_BIN2)))
           THEN 'retention_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_RECOVERY_DATA AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_RECOVERY_FLOW_DATA' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM dbo.IDN_RECOVERY_DATA o WHERE o.RECOVERY_FLOW_ID = t.RECOVERY_FLOW_ID)
           THEN NULL
           WHEN t.TIME_CREATED < c.retention_cut_off
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDP_METADATA o
                  WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o.NAME) > 0
                    AND EXISTS (
                      SELECT 1 FROM dbo.IDP o2
                      WHERE o2.ID = o.IDP_ID
                        AND o2.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
                    AND CASE WHEN DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, c.grace_cut_off) / 60000000.0 >
                        CASE WHEN o.VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                            AND LEN(o.VALUE) BETWEEN 1 AND 18
                          THEN TRY_CAST(o.VALUE AS BIGINT) END THEN 1 ELSE 0 END = 0)
           THEN 'retention_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM dbo.IDN_RECOVERY_FLOW_DATA AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_CONFIRMATION_CODES',
    '16ec8e0ece7034f31727773f2601eff3e8501d11ea195e1a7b529e6c5117b0e0';
GO
-- @end
