-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_jti.

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_JTI
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_JTI AS
SELECT 'IDN_OIDC_JTI' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.STAMP) AS OLDEST
FROM (
  SELECT 'expired' AS REASON,
    t.EXP_TIME AS STAMP
  FROM dbo.IDN_OIDC_JTI AS t
  CROSS JOIN (
    SELECT n.*,
      DATEADD(HOUR, -24, n.utc_now) AS grace_cut_off
    FROM (
      SELECT SYSUTCDATETIME() AS utc_now
    ) AS n
  ) AS c
  WHERE t.EXP_TIME < c.grace_cut_off
) AS x
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'CLEANUP_BACKLOG_JTI' AND OBJECT_KIND = 'view');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_JTI', 'view', 'c5741af3b6966c949035cafb935b279ceba2ad00176d441174e27e5a55552838',
   (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m WHERE m.object_id = OBJECT_ID('dbo.CLEANUP_BACKLOG_JTI')));
GO
-- @end
