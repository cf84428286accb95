-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_refresh_tokens.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_REFRESH_TOKENS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_REFRESH_TOKENS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.safe_period_minutes), 'MINUTE') AS cut_off
  FROM n
)
SELECT 'IDN_OAUTH2_REFRESH_TOKEN' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TOKEN_STATE = 'INACTIVE' THEN 'inactive'
           WHEN t.TOKEN_STATE = 'REVOKED' THEN 'revoked'
           WHEN (t.TOKEN_STATE IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                 OR t.TOKEN_STATE = 'EXPIRED')
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND c.cut_off - t.REFRESH_TOKEN_TIME_CREATED
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                    'SECOND')
           THEN 'period_over'
         END AS REASON,
    t.REFRESH_TOKEN_TIME_CREATED AS ROW_TIME
  FROM IDN_OAUTH2_REFRESH_TOKEN t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_REFRESH_TOKENS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_REFRESH_TOKENS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REFRESH_TOKENS',
      '65645ea2fcbee28588864a0f4948a57349ba751a6c397f53a0f873a9136431c9');
  COMMIT;
END;
/
-- @end
