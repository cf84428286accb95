-- Settings of cleanup_vc_nonces, and the tables that keep the rows it deletes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_vc_nonces
MERGE INTO CLEANUP_SETTING s
USING (
  SELECT 'clock_uncertainty_hours' AS NAME, '12' AS VALUE, 'hours' AS UNIT, 0 AS MINIMUM_VALUE, 26 AS MAXIMUM_VALUE,
    NULL AS ALLOWED,
    'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'batch_target_ms' AS NAME, '250' AS VALUE, 'milliseconds' AS UNIT, 10 AS MINIMUM_VALUE, 900 AS MAXIMUM_VALUE,
    NULL AS ALLOWED,
    'How long one transaction should take; the batch size adapts itself to it' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'pause_ms' AS NAME, '0' AS VALUE, 'milliseconds' AS UNIT, 0 AS MINIMUM_VALUE, 60000 AS MAXIMUM_VALUE,
    NULL AS ALLOWED,
    'Rest between two batches, to spare a busy server or a lagging replica' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'batch_rows_minimum' AS NAME, '50' AS VALUE, 'rows' AS UNIT, 1 AS MINIMUM_VALUE, 1000000 AS MAXIMUM_VALUE,
    NULL AS ALLOWED,
    'A batch never adapts to fewer rows than this' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'batch_rows_maximum' AS NAME, '200000' AS VALUE, 'rows' AS UNIT, 1 AS MINIMUM_VALUE, 1000000 AS MAXIMUM_VALUE,
    NULL AS ALLOWED,
    'A batch never adapts to more rows than this' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'time_budget_seconds' AS NAME, '3600' AS VALUE, 'seconds' AS UNIT, 1 AS MINIMUM_VALUE, 604800 AS MAXIMUM_VALUE,
    NULL AS ALLOWED,
    'A run stops after the batch in which this much time has passed; the next run goes on' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'window' AS NAME, 'always' AS VALUE, NULL AS UNIT, NULL AS MINIMUM_VALUE, NULL AS MAXIMUM_VALUE,
    'always,HH:MM-HH:MM' AS ALLOWED,
    'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'enabled' AS NAME, 'yes' AS VALUE, NULL AS UNIT, NULL AS MINIMUM_VALUE, NULL AS MAXIMUM_VALUE,
    'yes,no' AS ALLOWED,
    'no: a run ends at once without touching a row' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'backup_retention_days' AS NAME, '30' AS VALUE, 'days' AS UNIT, 1 AS MINIMUM_VALUE, 3650 AS MAXIMUM_VALUE,
    NULL AS ALLOWED,
    'How long deleted rows are kept in the backup tables, and so how long a run can be restored' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'stop_requested' AS NAME, 'no' AS VALUE, NULL AS UNIT, NULL AS MINIMUM_VALUE, NULL AS MAXIMUM_VALUE,
    'no,yes' AS ALLOWED,
    'yes: the run that is going on stops after its current batch' AS DESCRIPTION
  FROM DUAL UNION ALL
  SELECT 'dry_run' AS NAME, 'no' AS VALUE, NULL AS UNIT, NULL AS MINIMUM_VALUE, NULL AS MAXIMUM_VALUE,
    'no,yes' AS ALLOWED,
    'yes: runs count dead rows and delete nothing' AS DESCRIPTION
  FROM DUAL
) n
ON (s.PROCEDURE_NAME = 'cleanup_vc_nonces' AND s.NAME = n.NAME)
WHEN NOT MATCHED THEN
  INSERT (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
  VALUES ('cleanup_vc_nonces', n.NAME, n.VALUE, n.UNIT, n.MINIMUM_VALUE, n.MAXIMUM_VALUE, n.ALLOWED, n.DESCRIPTION);
-- @end
-- @statement commit settings
COMMIT;
-- @end

-- @statement table CLEANUP_BAK_IDN_VC_NONCE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_VC_NONCE (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      TENANT_ID NUMBER(19) NOT NULL,
      NONCE VARCHAR2(255 BYTE) NOT NULL,
      EXPIRY_TIME TIMESTAMP(6) NULL,
      PRIMARY KEY (RUN_ID, TENANT_ID, NONCE)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_vc_nonces
DECLARE
  v_now  TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_lost BOOLEAN := FALSE;
BEGIN
  FOR lost IN (
    SELECT k.RUN_ID
    FROM (
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_VC_NONCE
    ) k
    WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID)
  ) LOOP
    INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (lost.RUN_ID, 'cleanup_vc_nonces', SYS_CONTEXT('USERENV', 'SESSION_USER'), v_now, v_now, 'ended',
      'the log of this run was lost');
    v_lost := TRUE;
  END LOOP;
  IF v_lost THEN
    EXECUTE IMMEDIATE
      'ALTER TABLE CLEANUP_RUN MODIFY (RUN_ID GENERATED BY DEFAULT AS IDENTITY (START WITH LIMIT VALUE NOCACHE ORDER))';
  END IF;
  COMMIT;
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
MERGE INTO CLEANUP_OBJECT o
USING (
  SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
  FROM (
    SELECT 'CLEANUP_BAK_IDN_VC_NONCE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
      'f93b901bf290b4238f09b2dbd4411d26143d16a023cc1840ab9cb72a23d3b06a' AS ARTIFACT_SHA256 FROM DUAL
  ) x
  LEFT JOIN (
    SELECT z.OBJECT_NAME, z.OBJECT_KIND,
      RAWTOHEX(STANDARD_HASH(z.PARTS || ' ' || z.TOTAL, 'SHA256')) AS STORED_SHA256
    FROM (
      SELECT y.OBJECT_NAME, y.OBJECT_KIND, SUM(y.PART) AS PARTS,
        SUM(TO_NUMBER(SUBSTR(y.HASH, 1, 24), 'XXXXXXXXXXXXXXXXXXXXXXXX')) AS TOTAL
      FROM (
        SELECT c.TABLE_NAME AS OBJECT_NAME, 'table' AS OBJECT_KIND, 1 AS PART,
          STANDARD_HASH(c.COLUMN_ID || ' ' || c.COLUMN_NAME || ' ' || c.DATA_TYPE || ' ' || c.DATA_LENGTH
            || ' ' || c.CHAR_USED || ' ' || c.DATA_PRECISION || ' ' || c.DATA_SCALE, 'SHA256') AS HASH
        FROM ALL_TAB_COLUMNS c
        WHERE c.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
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
