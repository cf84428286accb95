-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_saml_artifacts.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_SAML_ARTIFACTS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_SAML_ARTIFACTS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts'
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
SELECT 'IDN_SAML2_ARTIFACT_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXP_TIMESTAMP < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXP_TIMESTAMP AS ROW_TIME
  FROM IDN_SAML2_ARTIFACT_STORE t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_SAML_ARTIFACTS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_SAML_ARTIFACTS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_SAML_ARTIFACTS',
      '00d8c3451e150ec50b0433b0f2893dc0e63747b6c1b7ab14fe3a80e008956d84');
  COMMIT;
END;
/
-- @end
