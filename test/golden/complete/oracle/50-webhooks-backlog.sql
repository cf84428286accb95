-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_webhooks.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_WEBHOOKS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_WEBHOOKS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'webhook_grace_hours' THEN VALUE END), '720') AS webhook_grace_hours,
    COALESCE(MAX(CASE NAME WHEN 'unsubscription_pruning' THEN VALUE END), 'no') AS unsubscription_pruning,
    COALESCE(MAX(CASE NAME WHEN 'unsubscription_days' THEN VALUE END), '90') AS unsubscription_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_webhooks'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), m AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.webhook_grace_hours), 'HOUR') AS lease_cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.unsubscription_days), 'DAY') AS log_cut_off
  FROM n
), c AS (
  SELECT /*+ NO_MERGE */ m.*,
    FLOOR((((TO_NUMBER(TO_CHAR(m.lease_cut_off, 'J')) - 2440588) * 86400
        + TO_NUMBER(TO_CHAR(m.lease_cut_off, 'SSSSS'))) * 1000000
        + TO_NUMBER(TO_CHAR(m.lease_cut_off, 'FF6'))) / 1000) AS lease_cut_off_ms
  FROM m
)
SELECT 'AM_WEBHOOKS_SUBSCRIPTION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.EXPIRY_AT > 99999999999 AND t.EXPIRY_AT < c.lease_cut_off_ms THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00'
        + NUMTODSINTERVAL(LEAST(GREATEST(t.EXPIRY_AT, 0), 253402300799999) / 1000, 'SECOND') AS ROW_TIME
  FROM AM_WEBHOOKS_SUBSCRIPTION t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON
UNION ALL
SELECT 'AM_WEBHOOKS_UNSUBSCRIPTION' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN t.ADDED_AT < c.log_cut_off THEN 'retention_over'
         END AS REASON,
    t.ADDED_AT AS ROW_TIME
  FROM AM_WEBHOOKS_UNSUBSCRIPTION t CROSS JOIN c
  WHERE c.unsubscription_pruning = 'yes'
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_WEBHOOKS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_WEBHOOKS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_WEBHOOKS',
      '3e1f34f1a4cc7e2b73f0bcf8e23b876f58c33c5327bbc870ef99647aee397f20');
  COMMIT;
END;
/
-- @end
