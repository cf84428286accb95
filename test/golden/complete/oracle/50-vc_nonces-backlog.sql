-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_vc_nonces.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_VC_NONCES
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_VC_NONCES AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_vc_nonces'
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
SELECT 'IDN_VC_NONCE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_TIME < c.grace_cut_off THEN 'expired'
         END AS REASON,
    t.EXPIRY_TIME AS ROW_TIME
  FROM IDN_VC_NONCE t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_VC_NONCES
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_VC_NONCES');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_VC_NONCES',
      '1a4adf252beb17b11e043eef25ce46aeb5c969ad44330f5af91cf1f1cad4c46c');
  COMMIT;
END;
/
-- @end
