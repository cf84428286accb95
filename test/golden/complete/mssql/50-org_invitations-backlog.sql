-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_org_invitations.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement view CLEANUP_BACKLOG_ORG_INVITATIONS
CREATE OR ALTER VIEW dbo.CLEANUP_BACKLOG_ORG_INVITATIONS AS
WITH s AS (
  SELECT
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'invitation_pruning' THEN VALUE ELSE '' END), ''), 'no') AS invitation_pruning,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'invitation_retention_days' THEN VALUE ELSE '' END), ''),
        '90') AS invitation_retention_days,
    ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''),
        '12') AS clock_uncertainty_hours
  FROM dbo.CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_org_invitations'
), n AS (
  SELECT s.*, SYSUTCDATETIME() AS utc_now FROM s
), c AS (
  SELECT n.*,
    DATEADD(DAY, -CAST(n.invitation_retention_days AS BIGINT),
        DATEADD(HOUR, -CAST(n.clock_uncertainty_hours AS BIGINT), n.utc_now)) AS invitation_cut_off
  FROM n
)
SELECT 'IDN_ORG_USER_INVITATION' AS TABLE_NAME, x.REASON, COUNT_BIG(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('PENDING.', 'EXPIRED.') THEN 1 ELSE 0 END = 0
           THEN NULL
           WHEN t.EXPIRED_AT < c.invitation_cut_off THEN 'retention_over'
         END AS REASON,
    t.EXPIRED_AT AS ROW_TIME
  FROM dbo.IDN_ORG_USER_INVITATION AS t CROSS JOIN c
  WHERE c.invitation_pruning = 'yes'
) AS x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_BACKLOG_ORG_INVITATIONS',
    '258b66e82d8661d730a867a4f2a68c85719ed80b38eff01055fe4a19a0db9885';
GO
-- @end
