-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_tokens.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_TOKENS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_TOKENS AS
SELECT 'IDN_OAUTH2_ACCESS_TOKEN' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
           WHEN CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 'revoked'
           WHEN CAST(t.TOKEN_STATE AS BINARY) = 'EXPIRED'
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                    > t.REFRESH_TOKEN_VALIDITY_PERIOD
           THEN 'expired'
           WHEN CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                    > t.REFRESH_TOKEN_VALIDITY_PERIOD
           THEN 'periods_over'
           WHEN CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED')
                AND c.access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                AND FIND_IN_SET(CAST(t.GRANT_TYPE AS BINARY), CAST(c.access_period_grants AS BINARY)) > 0
                AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
           THEN 'access_period_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) SECOND AS ROW_TIME
  FROM IDN_OAUTH2_ACCESS_TOKEN t
  CROSS JOIN (
    SELECT m.*,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.cut_off) * 0.000001 AS cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.audit_cut_off) * 0.000001 AS audit_cut_off_s
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.safe_period_minutes AS SIGNED) MINUTE AS cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.audit_retention_days AS SIGNED) DAY AS audit_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
            COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)') AS access_period_grants,
            COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no') AS audit_pruning,
            COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90') AS audit_retention_days,
            COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_tokens'
        ) s
      ) n
    ) m
  ) c
  WHERE (CAST(t.TOKEN_STATE AS BINARY) IN ('INACTIVE', 'REVOKED')
         OR (CAST(t.TOKEN_STATE AS BINARY) = 'EXPIRED'
             AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
             AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                 > t.REFRESH_TOKEN_VALIDITY_PERIOD)
         OR (CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
             AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
             AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
             AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
             AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                 > t.REFRESH_TOKEN_VALIDITY_PERIOD)
         OR (CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED')
             AND c.access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
             AND FIND_IN_SET(CAST(t.GRANT_TYPE AS BINARY), CAST(c.access_period_grants AS BINARY)) > 0
             AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
             AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD))
        AND ((CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE') IS NOT TRUE
             OR (t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD)
             OR NOT EXISTS (
               SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o
               WHERE o.TOKEN_ID = t.TOKEN_ID))
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_AUTHORIZATION_CODE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CAST(t.STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
           WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
           THEN 'period_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) SECOND AS ROW_TIME
  FROM IDN_OAUTH2_AUTHORIZATION_CODE t
  CROSS JOIN (
    SELECT m.*,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.cut_off) * 0.000001 AS cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.audit_cut_off) * 0.000001 AS audit_cut_off_s
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.safe_period_minutes AS SIGNED) MINUTE AS cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.audit_retention_days AS SIGNED) DAY AS audit_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
            COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)') AS access_period_grants,
            COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no') AS audit_pruning,
            COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90') AS audit_retention_days,
            COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_tokens'
        ) s
      ) n
    ) m
  ) c
  WHERE (CAST(t.STATE AS BINARY) = 'INACTIVE'
         OR (t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
             AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD))
        AND NOT EXISTS (
          SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o
          WHERE o.TOKEN_ID = t.TOKEN_ID)
        AND NOT EXISTS (
          SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o
          WHERE o.CODE_ID = t.CODE_ID
            AND o.TOKEN_ID IS NOT NULL)
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_CIBA_AUTH_CODE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CAST(t.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 'finished'
           WHEN t.EXPIRES_IN > 0
                AND c.grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) > t.EXPIRES_IN
           THEN 'period_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) SECOND AS ROW_TIME
  FROM IDN_OAUTH2_CIBA_AUTH_CODE t
  CROSS JOIN (
    SELECT m.*,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.cut_off) * 0.000001 AS cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.audit_cut_off) * 0.000001 AS audit_cut_off_s
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.safe_period_minutes AS SIGNED) MINUTE AS cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.audit_retention_days AS SIGNED) DAY AS audit_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
            COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)') AS access_period_grants,
            COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no') AS audit_pruning,
            COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90') AS audit_retention_days,
            COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_tokens'
        ) s
      ) n
    ) m
  ) c
  WHERE CAST(t.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED')
    OR (t.EXPIRES_IN > 0
        AND c.grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) > t.EXPIRES_IN)
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_DEVICE_FLOW' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CAST(t.STATUS AS BINARY) = 'EXPIRED' THEN 'expired'
           WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < c.grace_cut_off_s THEN 'period_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) SECOND AS ROW_TIME
  FROM IDN_OAUTH2_DEVICE_FLOW t
  CROSS JOIN (
    SELECT m.*,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.cut_off) * 0.000001 AS cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.audit_cut_off) * 0.000001 AS audit_cut_off_s
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.safe_period_minutes AS SIGNED) MINUTE AS cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.audit_retention_days AS SIGNED) DAY AS audit_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
            COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)') AS access_period_grants,
            COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no') AS audit_pruning,
            COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90') AS audit_retention_days,
            COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_tokens'
        ) s
      ) n
    ) m
  ) c
  WHERE CAST(t.STATUS AS BINARY) = 'EXPIRED'
    OR NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < c.grace_cut_off_s
) x
GROUP BY x.REASON
UNION ALL
SELECT 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'retention_over' AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.INVALIDATED_TIME), 0) SECOND AS ROW_TIME
  FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t
  CROSS JOIN (
    SELECT m.*,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.cut_off) * 0.000001 AS cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s,
      TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.audit_cut_off) * 0.000001 AS audit_cut_off_s
    FROM (
      SELECT n.*,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.safe_period_minutes AS SIGNED) MINUTE AS cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off,
        n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
            - INTERVAL CAST(n.audit_retention_days AS SIGNED) DAY AS audit_cut_off
      FROM (
        SELECT s.*, UTC_TIMESTAMP(6) AS utc_now
        FROM (
          SELECT
            COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
            COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)') AS access_period_grants,
            COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no') AS audit_pruning,
            COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90') AS audit_retention_days,
            COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
          FROM CLEANUP_SETTING
          WHERE PROCEDURE_NAME = 'cleanup_tokens'
        ) s
      ) n
    ) m
  ) c
  WHERE c.audit_pruning = 'yes'
    AND (NULLIF(UNIX_TIMESTAMP(t.INVALIDATED_TIME), 0) < c.audit_cut_off_s)
) x
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('CLEANUP_BACKLOG_TOKENS', 'view', '3ab626417641948a18333e31e3aae35d705ee797cd948da8fd6efdd1953366c9',
   (SELECT SHA2(v.VIEW_DEFINITION, 256)
    FROM information_schema.VIEWS v
    WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME = 'CLEANUP_BACKLOG_TOKENS'));
-- @end
