-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_org_invitations.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_ORG_INVITATIONS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_ORG_INVITATIONS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'invitation_pruning' THEN VALUE END), 'no') AS invitation_pruning,
    COALESCE(MAX(CASE NAME WHEN 'invitation_retention_days' THEN VALUE END), '90') AS invitation_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_org_invitations'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.invitation_retention_days), 'DAY') AS invitation_cut_off
  FROM n
)
SELECT 'IDN_ORG_USER_INVITATION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CASE WHEN t.STATUS IN ('PENDING', 'EXPIRED') THEN 0 ELSE 1 END = 1 THEN NULL
           WHEN t.EXPIRED_AT < c.invitation_cut_off THEN 'retention_over'
         END AS REASON,
    t.EXPIRED_AT AS ROW_TIME
  FROM IDN_ORG_USER_INVITATION t CROSS JOIN c
  WHERE c.invitation_pruning = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_ORG_INVITATIONS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_ORG_INVITATIONS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_ORG_INVITATIONS',
      '0b3dfb16adc4dd2d210e3d96fc4e4f6939021278c225d75c70b4a27556ed5c40');
  COMMIT;
END;
/
-- @end
