-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_org_invitations.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_ORG_INVITATIONS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_ORG_INVITATIONS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'invitation_pruning' THEN VALUE END), 'no') AS invitation_pruning,
    COALESCE(MAX(CASE NAME WHEN 'invitation_retention_days' THEN VALUE END), '90') AS invitation_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_org_invitations'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
        - INTERVAL CAST(n.invitation_retention_days AS SIGNED) DAY AS invitation_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.invitation_cut_off) * 0.000001 AS invitation_cut_off_s
  FROM m
)
SELECT 'IDN_ORG_USER_INVITATION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN (CAST(t.STATUS AS BINARY) IN ('PENDING', 'EXPIRED')) IS NOT TRUE THEN NULL
           WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRED_AT), 0) < c.invitation_cut_off_s THEN 'retention_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXPIRED_AT), 0) SECOND AS ROW_TIME
  FROM IDN_ORG_USER_INVITATION t CROSS JOIN c
  WHERE c.invitation_pruning = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_ORG_INVITATIONS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_ORG_INVITATIONS',
    'fd0d34fb23ffef5b7eefc5c1eec478a232448beb36325aba5f7bfd2562e4d790');
-- @end
