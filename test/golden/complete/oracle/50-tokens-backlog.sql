-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_tokens.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_TOKENS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_TOKENS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
    COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)') AS access_period_grants,
    COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no') AS audit_pruning,
    COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90') AS audit_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_tokens'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.safe_period_minutes), 'MINUTE') AS cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(24, 'HOUR') AS grace_cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.audit_retention_days), 'DAY') AS audit_cut_off
  FROM n
)
SELECT 'IDN_OAUTH2_ACCESS_TOKEN' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.TOKEN_STATE = 'INACTIVE'
                AND CASE WHEN t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                    AND c.cut_off - t.REFRESH_TOKEN_TIME_CREATED
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                    'SECOND') THEN 0 ELSE 1 END = 1
                AND EXISTS (SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o WHERE o.TOKEN_ID = t.TOKEN_ID)
           THEN NULL
           WHEN t.TOKEN_STATE = 'INACTIVE' THEN 'inactive'
           WHEN t.TOKEN_STATE = 'REVOKED' THEN 'revoked'
           WHEN t.TOKEN_STATE = 'EXPIRED'
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND c.cut_off - t.REFRESH_TOKEN_TIME_CREATED
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                    'SECOND')
           THEN 'expired'
           WHEN t.TOKEN_STATE IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND c.cut_off - t.TIME_CREATED
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND c.cut_off - t.REFRESH_TOKEN_TIME_CREATED
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                    'SECOND')
           THEN 'periods_over'
           WHEN t.TOKEN_STATE IN ('ACTIVE', 'EXPIRED')
                AND REGEXP_LIKE(c.access_period_grants, '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$')
                AND INSTR(',' || c.access_period_grants || ',', ',' || t.GRANT_TYPE || ',') > 0
                AND INSTR(t.GRANT_TYPE, ',') = 0
                AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND c.cut_off - t.TIME_CREATED
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
           THEN 'access_period_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM IDN_OAUTH2_ACCESS_TOKEN t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_AUTHORIZATION_CODE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o
                  WHERE o.CODE_ID = t.CODE_ID
                    AND o.TOKEN_ID IS NOT NULL)
           THEN NULL
           WHEN t.STATE = 'INACTIVE' THEN 'inactive'
           WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND c.cut_off - t.TIME_CREATED
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
           THEN 'period_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM IDN_OAUTH2_AUTHORIZATION_CODE t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_CIBA_AUTH_CODE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.AUTH_REQ_STATUS IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 'finished'
           WHEN t.EXPIRES_IN > 0
                AND c.grace_cut_off - t.ISSUED_TIME
                    > NUMTODSINTERVAL(LEAST(GREATEST(t.EXPIRES_IN, 0), 999999999999), 'SECOND')
           THEN 'period_over'
         END AS REASON,
    t.ISSUED_TIME AS ROW_TIME
  FROM IDN_OAUTH2_CIBA_AUTH_CODE t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_DEVICE_FLOW' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.STATUS = 'EXPIRED' THEN 'expired'
           WHEN t.EXPIRY_TIME < c.grace_cut_off THEN 'period_over'
         END AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM IDN_OAUTH2_DEVICE_FLOW t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.INVALIDATED_TIME < c.audit_cut_off THEN 'retention_over'
         END AS REASON,
    t.INVALIDATED_TIME AS ROW_TIME
  FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t CROSS JOIN c
  WHERE c.audit_pruning = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_TOKENS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_TOKENS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_TOKENS',
      'd648e90683fd83af66c8b69746c16a855c12033fac58c81b10fa6fb1f686686d');
  COMMIT;
END;
/
-- @end
