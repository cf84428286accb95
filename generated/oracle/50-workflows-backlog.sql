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
    n.utc_now - NUMTODSINTERVAL(TO_NUMBER(n.clock_uncertainty_hours),
        'HOUR') - NUMTODSINTERVAL(TO_NUMBER(n.workflow_retention_days), 'DAY') AS retention_cut_off
  FROM n
)
SELECT 'WF_REQUEST' AS TABLE_NAME, x.REASON, COUNT(*) AS DEAD_ROWS, MIN(x.STAMP) AS OLDEST
FROM (
  SELECT 'finished' AS REASON,
    t.UPDATED_AT AS STAMP
  FROM WF_REQUEST t CROSS JOIN c
  WHERE t.STATUS IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
        AND t.UPDATED_AT < c.retention_cut_off
) x
GROUP BY x.REASON;
-- @end

-- What does not compile is stored all the same; here it is told.
-- @statement check CLEANUP_BACKLOG_WORKFLOWS
DECLARE
  v_error VARCHAR2(2000);
BEGIN
  SELECT MIN('line ' || e.LINE || ', column ' || e.POSITION || ': ' || SUBSTR(e.TEXT, 1, 1000)) KEEP (DENSE_RANK FIRST
      ORDER BY e.SEQUENCE)
  INTO v_error
  FROM ALL_ERRORS e
  WHERE e.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
    AND e.NAME = UPPER('CLEANUP_BACKLOG_WORKFLOWS') AND e.TYPE = 'VIEW' AND e.ATTRIBUTE = 'ERROR';
  IF v_error IS NOT NULL THEN
    RAISE_APPLICATION_ERROR(-20003, 'CLEANUP_BACKLOG_WORKFLOWS does not compile: ' || v_error);
  END IF;
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
MERGE INTO CLEANUP_OBJECT o
USING (
  SELECT 'CLEANUP_BACKLOG_WORKFLOWS' AS OBJECT_NAME, 'view' AS OBJECT_KIND,
    '37346c52d884d531ba891c4bca2ee7b7b4422e4556d586e78995dc1eeb4a985c' AS ARTIFACT_SHA256,
    (SELECT CASE WHEN x.PARTS > 0 THEN RAWTOHEX(STANDARD_HASH(x.PARTS || ' ' || x.TOTAL, 'SHA256')) END
     FROM (
       SELECT SUM(y.PART) AS PARTS, SUM(TO_NUMBER(SUBSTR(y.HASH, 1, 24), 'XXXXXXXXXXXXXXXXXXXXXXXX')) AS TOTAL
       FROM (
         SELECT v.TEXT_LENGTH AS PART, STANDARD_HASH(v.TEXT_VC, 'SHA256')
         AS HASH FROM ALL_VIEWS v
         WHERE v.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
             AND v.VIEW_NAME = 'CLEANUP_BACKLOG_WORKFLOWS') y) x) AS STORED_SHA256
  FROM DUAL
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
