-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_par_requests.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_PAR_REQUESTS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_PAR_REQUESTS AS
WITH n AS (
  SELECT SYSUTCDATETIME() AS utc_now
), m AS (
  SELECT n.*,
    DATEADD(HOUR, -24, n.utc_now) AS epoch_grace_cut_off
  FROM n
), c AS (
  SELECT m.*,
    DATEDIFF_BIG(MILLISECOND, '19700101', m.epoch_grace_cut_off) AS epoch_grace_cut_off_ms
  FROM m
)
SELECT 'IDN_OAUTH_PAR' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.SCHEDULED_EXPIRY < c.epoch_grace_cut_off_ms THEN 'expired'
         END AS REASON,
    DATEADD(MILLISECOND,
        (CASE WHEN t.SCHEDULED_EXPIRY < 0 THEN 0 WHEN t.SCHEDULED_EXPIRY < 253402300800000
        THEN t.SCHEDULED_EXPIRY END) % 3600000,
        DATEADD(HOUR,
        (CASE WHEN t.SCHEDULED_EXPIRY < 0 THEN 0 WHEN t.SCHEDULED_EXPIRY < 253402300800000
        THEN t.SCHEDULED_EXPIRY END) / 3600000, CAST('19700101' AS DATETIME2(6)))) AS ROW_TIME
  FROM dbo.IDN_OAUTH_PAR AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_PAR_REQUESTS',
    '8e978d8c86aae5252a6b34db4db165ff17041913b0eb6f6e74e066b679678e53';
GO
-- @end
