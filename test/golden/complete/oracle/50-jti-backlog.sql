-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_jti.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_JTI
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_JTI AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_jti'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(24, 'HOUR') AS grace_cut_off
  FROM n
)
SELECT 'IDN_OIDC_JTI' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXP_TIME < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXP_TIME AS ROW_TIME
  FROM IDN_OIDC_JTI t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_JTI
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_JTI');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_JTI', 'bddcad9113fc5c092fa5cace1436549fc133de363fa52a99d7f9c45c6b9b1a3a');
  COMMIT;
END;
/
-- @end
