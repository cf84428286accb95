-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_saml_artifacts.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement view CLEANUP_BACKLOG_SAML_ARTIFACTS
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_BACKLOG_SAML_ARTIFACTS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts'
), n AS (
  SELECT s.*, UTC_TIMESTAMP(6) AS utc_now FROM s
), m AS (
  SELECT n.*,
    n.utc_now - INTERVAL CAST(n.clock_uncertainty_hours AS SIGNED) HOUR - INTERVAL 24 HOUR AS grace_cut_off
  FROM n
), c AS (
  SELECT m.*,
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', m.grace_cut_off) * 0.000001 AS grace_cut_off_s
  FROM m
)
SELECT 'IDN_SAML2_ARTIFACT_STORE' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT CASE
           WHEN NULLIF(UNIX_TIMESTAMP(t.EXP_TIMESTAMP), 0) < c.grace_cut_off_s THEN 'expired'
         END AS REASON,
    TIMESTAMP '1970-01-01 00:00:00' + INTERVAL NULLIF(UNIX_TIMESTAMP(t.EXP_TIMESTAMP), 0) SECOND AS ROW_TIME
  FROM IDN_SAML2_ARTIFACT_STORE t CROSS JOIN c
) x
WHERE x.REASON IS NOT NULL
GROUP BY x.REASON;
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BACKLOG_SAML_ARTIFACTS
CALL CLEANUP_REGISTER('view', 'CLEANUP_BACKLOG_SAML_ARTIFACTS',
    '75b2d0e4076845ce445fe8ad98e764da7d21a775da5e12ff044bfd2d4ead5be4');
-- @end
