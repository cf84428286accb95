-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_saml_artifacts.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_SAML_ARTIFACTS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_SAML_ARTIFACTS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(HOUR, -24, DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS grace_cut_off
  FROM n
)
SELECT 'IDN_SAML2_ARTIFACT_STORE' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXP_TIMESTAMP < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXP_TIMESTAMP AS ROW_TIME
  FROM dbo.IDN_SAML2_ARTIFACT_STORE AS t CROSS JOIN c
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_SAML_ARTIFACTS',
    'c12243f0ffbb35f3a75267bb4dff8e8f583334d903ce224d2fecb617725e9be9';
GO
-- @end
