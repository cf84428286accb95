-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_refresh_tokens.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_REFRESH_TOKENS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_REFRESH_TOKENS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120') AS safe_period_minutes,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR
        - INTERVAL CAST(n.safe_period_minutes AS SIGNED) MINUTE AS cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.cut_off) * 0.000001 AS cut_off_s
  FROM m
)
SELECT 'IDN_OAUTH2_REFRESH_TOKEN' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
           WHEN CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 'revoked'
           WHEN (CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                 OR CAST(t.TOKEN_STATE AS BINARY) = 'EXPIRED')
                AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                AND (c.cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                    > t.REFRESH_TOKEN_VALIDITY_PERIOD
           THEN 'period_over'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00'
        + INTERVAL NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0) SECOND AS ROW_TIME
  FROM IDN_OAUTH2_REFRESH_TOKEN t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_REFRESH_TOKENS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_REFRESH_TOKENS',
    '219fd33bbafc53da7ced5343903fc35d112448ea0594aad173a22ea64f000b06');
-- @end
