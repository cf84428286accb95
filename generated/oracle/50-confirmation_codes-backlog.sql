-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_confirmation_codes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_CONFIRMATION_CODES
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_CONFIRMATION_CODES AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'code_retention_hours' THEN VALUE END), '720') AS code_retention_hours,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.code_retention_hours), 'HOUR') AS retention_cut_off,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(24, 'HOUR') AS grace_cut_off
  FROM n
)
SELECT 'IDN_RECOVERY_DATA' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'retention_over' AS REASON,
    t.TIME_CREATED AS ROW_TIME
  FROM IDN_RECOVERY_DATA t CROSS JOIN c
  WHERE t.TIME_CREATED < c.retention_cut_off
    AND NOT EXISTS (
      SELECT 1 FROM IDP_METADATA o
      WHERE INSTR(o.NAME, 'ExpiryTime') > 0
        AND EXISTS (
          SELECT 1 FROM IDP o2
          WHERE o2.ID = o.IDP_ID
            AND o2.NAME = 'LOCAL')
        AND CASE WHEN c.grace_cut_off - t.TIME_CREATED > NUMTODSINTERVAL(LEAST(GREATEST(
            CASE WHEN REGEXP_LIKE(o.VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o.VALUE, '[^0-9]')
              THEN TO_NUMBER(o.VALUE) END, 0), 9999999999), 'MINUTE') THEN 0 ELSE 1 END = 1
        AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
          SELECT 1 FROM IDP_METADATA o2
          WHERE INSTR(o2.NAME, 'ExpiryTime') > 0
            AND EXISTS (
              SELECT 1 FROM IDP o3
              WHERE o3.ID = o2.IDP_ID
                AND o3.NAME = 'LOCAL')
            AND o2.TENANT_ID = t.TENANT_ID
            AND o2.NAME = o.NAME)))
) x
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_CONFIRMATION_CODES
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_CONFIRMATION_CODES');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
MERGE INTO CLEANUP_OBJECT o
USING (
  SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
  FROM (
    SELECT 'CLEANUP_BACKLOG_CONFIRMATION_CODES' AS OBJECT_NAME, 'view' AS OBJECT_KIND,
      '5cd65428854095e71ba66d5e899ef28fcfccef259a1fdcf9e7ede7de8be25329' AS ARTIFACT_SHA256 FROM DUAL
  ) x
  LEFT JOIN (
    SELECT z.OBJECT_NAME, z.OBJECT_KIND,
      RAWTOHEX(STANDARD_HASH(z.PARTS || ' ' || z.TOTAL, 'SHA256')) AS STORED_SHA256
    FROM (
      SELECT y.OBJECT_NAME, y.OBJECT_KIND, SUM(y.PART) AS PARTS,
        SUM(TO_NUMBER(SUBSTR(y.HASH, 1, 24), 'XXXXXXXXXXXXXXXXXXXXXXXX')) AS TOTAL
      FROM (
        SELECT v.VIEW_NAME AS OBJECT_NAME, 'view' AS OBJECT_KIND, v.TEXT_LENGTH AS PART,
          STANDARD_HASH(v.TEXT_VC, 'SHA256') AS HASH
        FROM ALL_VIEWS v
        WHERE v.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
      ) y
      GROUP BY y.OBJECT_NAME, y.OBJECT_KIND
    ) z
  ) k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
) n
ON (o.OBJECT_NAME = n.OBJECT_NAME AND o.OBJECT_KIND = n.OBJECT_KIND)
WHEN MATCHED THEN UPDATE
  SET o.ARTIFACT_SHA256 = n.ARTIFACT_SHA256, o.STORED_SHA256 = n.STORED_SHA256
WHEN NOT MATCHED THEN
  INSERT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
  VALUES (n.OBJECT_NAME, n.OBJECT_KIND, n.ARTIFACT_SHA256, n.STORED_SHA256);
-- @end
-- @statement commit register
COMMIT;
-- @end
