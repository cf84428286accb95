-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_workflows.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement view CLEANUP_BACKLOG_WORKFLOWS
CREATE OR REPLACE VIEW CLEANUP_BACKLOG_WORKFLOWS AS
WITH s AS (
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'workflow_retention_days' THEN VALUE END), '60') AS workflow_retention_days,
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '12') AS clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_workflows'
), n AS (
  SELECT
    s.*,
    u.UTC_NOW
  FROM s CROSS JOIN (SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_NOW FROM DUAL) u
), c AS (
  SELECT n.*,
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours), 'HOUR')
        - NUMTODSINTERVAL(TO_NUMBER(n.workflow_retention_days), 'DAY') AS retention_cut_off
  FROM n
)
SELECT 'WF_REQUEST' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.ROW_TIME) AS OLDEST
FROM (
  SELECT 'finished' AS REASON,
    t.UPDATED_AT AS ROW_TIME
  FROM WF_REQUEST t CROSS JOIN c
  WHERE t.STATUS IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
    AND t.UPDATED_AT < c.retention_cut_off
) x
GROUP BY x.REASON;
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check CLEANUP_BACKLOG_WORKFLOWS
BEGIN
  CLEANUP_KIT.check_compiled('CLEANUP_BACKLOG_WORKFLOWS');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
MERGE INTO CLEANUP_OBJECT o
USING (
  SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
  FROM (
    SELECT 'CLEANUP_BACKLOG_WORKFLOWS' AS OBJECT_NAME, 'view' AS OBJECT_KIND,
      '225797f6eaad7c1048d041055daada7dfe1a85fb542b8119410e9450ee93a5cd' AS ARTIFACT_SHA256 FROM DUAL
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
