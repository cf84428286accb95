-- restore_workflows(run): puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again is left alone and counted; so
-- is a row whose parent is gone. Rows go one by one: the product's triggers number every new row of some tables anew,
-- and one that comes back gets its own number again.
--
-- The caller needs
--   EXECUTE on restore_workflows
-- and nothing else: it works with the privileges of its owner, who owns the tables or was granted, not by a role,
--   SELECT, INSERT on WF_REQUEST, WF_WORKFLOW_REQUEST_RELATION, WF_REQUEST_ENTITY_RELATIONSHIP, CLEANUP_RUN_STEP
--   SELECT on WF_WORKFLOW, CLEANUP_BAK_WF_REQUEST, CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION,
--     CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
--   SELECT, INSERT, UPDATE on CLEANUP_RUN

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_workflows
CREATE OR REPLACE PROCEDURE restore_workflows(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_busy      EXCEPTION;
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_busy, -54);
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run_id    NUMBER;
  v_started   TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_problem   VARCHAR2(2000);
  v_row       UROWID;
  v_found     NUMBER := 0;
  v_seen      NUMBER;
  v_restored  NUMBER;
  v_total     NUMBER := 0;
  v_left      NUMBER := 0;

  -- Whether tables, backups and foreign keys are still those that this procedure was made for
  PROCEDURE check_fit IS
    v_keys NUMBER := 0;
  BEGIN
    FOR misfit IN (
      SELECT x.SOURCE, x.BACKUP, s.COLUMN_NAME
      FROM (
        SELECT 'WF_REQUEST' AS SOURCE, 'CLEANUP_BAK_WF_REQUEST' AS BACKUP FROM DUAL UNION ALL
        SELECT 'WF_WORKFLOW_REQUEST_RELATION' AS SOURCE, 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION' AS BACKUP
            FROM DUAL UNION ALL
        SELECT 'WF_REQUEST_ENTITY_RELATIONSHIP' AS SOURCE, 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP' AS BACKUP
            FROM DUAL
      ) x
      JOIN USER_TAB_COLS s ON s.TABLE_NAME = x.SOURCE AND s.HIDDEN_COLUMN = 'NO' AND s.VIRTUAL_COLUMN = 'NO'
      LEFT JOIN USER_TAB_COLS b ON b.TABLE_NAME = x.BACKUP AND b.COLUMN_NAME = s.COLUMN_NAME
        AND b.DATA_TYPE = s.DATA_TYPE AND (b.DATA_LENGTH = s.DATA_LENGTH OR s.DATA_TYPE IN ('BLOB', 'CLOB', 'NCLOB'))
        AND DECODE(b.CHAR_USED, s.CHAR_USED, 1, 0) = 1
        AND DECODE(b.DATA_PRECISION, s.DATA_PRECISION, 1, 0) = 1
        AND DECODE(b.DATA_SCALE, s.DATA_SCALE, 1, 0) = 1
      WHERE b.COLUMN_NAME IS NULL
    ) LOOP
      v_problem := misfit.BACKUP || ' does not fit ' || misfit.SOURCE || ' any more: column ' || misfit.COLUMN_NAME;
    END LOOP;

    FOR changed IN (
      SELECT x.SOURCE
      FROM (
        SELECT 'WF_REQUEST' AS SOURCE, 8 AS COLUMN_COUNT FROM DUAL UNION ALL
        SELECT 'WF_WORKFLOW_REQUEST_RELATION' AS SOURCE, 6 AS COLUMN_COUNT FROM DUAL UNION ALL
        SELECT 'WF_REQUEST_ENTITY_RELATIONSHIP' AS SOURCE, 4 AS COLUMN_COUNT FROM DUAL
      ) x
      WHERE x.COLUMN_COUNT <> (
        SELECT COUNT(*) FROM USER_TAB_COLS s
        WHERE s.TABLE_NAME = x.SOURCE
          -- Invisible columns as well, but not what the server hides
          AND (s.HIDDEN_COLUMN = 'NO' OR s.USER_GENERATED = 'YES' AND SUBSTR(s.COLUMN_NAME, 1, 5) <> 'SYS_C'))
    ) LOOP
      v_problem := changed.SOURCE || ' has other columns than when this procedure was made';
    END LOOP;

    FOR tie IN (
      SELECT DISTINCT k.OWNER, k.TABLE_NAME AS CHILD, p.TABLE_NAME AS PARENT, k.DELETE_RULE, k.STATUS, k.DEFERRED,
        k.TABLE_NAME || '.' || c.COLUMN_NAME || ' ' || p.TABLE_NAME || '.' || r.COLUMN_NAME || ' '
          || (SELECT COUNT(*) FROM ALL_CONS_COLUMNS w WHERE w.OWNER = k.OWNER AND w.CONSTRAINT_NAME = k.CONSTRAINT_NAME)
          || ' ' || k.DELETE_RULE AS RULE
      FROM USER_CONSTRAINTS p
      JOIN ALL_CONSTRAINTS k ON k.R_OWNER = p.OWNER AND k.R_CONSTRAINT_NAME = p.CONSTRAINT_NAME
      JOIN ALL_CONS_COLUMNS c ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
      JOIN USER_CONS_COLUMNS r ON r.CONSTRAINT_NAME = p.CONSTRAINT_NAME AND r.POSITION = c.POSITION
      WHERE k.CONSTRAINT_TYPE = 'R'
        AND p.TABLE_NAME IN (
          'WF_REQUEST', 'WF_WORKFLOW_REQUEST_RELATION', 'WF_REQUEST_ENTITY_RELATIONSHIP')
    ) LOOP
      IF tie.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AND tie.STATUS = 'ENABLED' AND tie.DEFERRED = 'IMMEDIATE'
        AND tie.RULE IN (
          'WF_WORKFLOW_REQUEST_RELATION.REQUEST_ID WF_REQUEST.UUID 1 CASCADE',
          'WF_REQUEST_ENTITY_RELATIONSHIP.REQUEST_ID WF_REQUEST.UUID 1 CASCADE'
        )
      THEN
        v_keys := v_keys + 1;
      ELSE
        v_problem := 'the foreign key from ' || tie.OWNER || '.' || tie.CHILD || ' to ' || tie.PARENT
          || ' is none that this procedure was made for';
      END IF;
    END LOOP;
    IF v_problem IS NULL AND v_keys <> 2 THEN
      v_problem := 'foreign keys are missing that this procedure was made for';
    END IF;

    FOR replaced IN (
      SELECT o.OBJECT_NAME
      FROM ALL_OBJECTS o
      WHERE o.OBJECT_TYPE IN ('VIEW', 'SYNONYM')
        AND o.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
        AND o.OBJECT_NAME IN (
          'WF_REQUEST', 'WF_WORKFLOW_REQUEST_RELATION', 'WF_REQUEST_ENTITY_RELATIONSHIP')
    ) LOOP
      v_problem := replaced.OBJECT_NAME || ' is no table any more, so rows may be hidden';
    END LOOP;

    FOR hidden IN (
      SELECT p.OBJECT_NAME
      FROM ALL_POLICIES p
      WHERE p.ENABLE = 'YES'
        AND p.OBJECT_OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
        AND p.OBJECT_NAME IN (
          'WF_REQUEST', 'WF_WORKFLOW_REQUEST_RELATION', 'WF_REQUEST_ENTITY_RELATIONSHIP')
    ) LOOP
      v_problem := 'a policy may hide rows of ' || hidden.OBJECT_NAME;
    END LOOP;
  END check_fit;

  -- Undoes what was begun, and says why
  PROCEDURE refuse(p_why VARCHAR2) IS
  BEGIN
    ROLLBACK;
    RAISE_APPLICATION_ERROR(-20001, 'restore_workflows did not start: ' || p_why);
  END refuse;
BEGIN
  -- A COMMIT would end what the caller has begun; a job of the scheduler has no caller
  IF DBMS_TRANSACTION.LOCAL_TRANSACTION_ID IS NOT NULL AND SYS_CONTEXT('USERENV', 'BG_JOB_ID') IS NULL THEN
    RAISE_APPLICATION_ERROR(-20001,
        'restore_workflows commits by itself, so it cannot run inside a transaction; nothing was restored');
  END IF;

  -- No cleanup may begin meanwhile: each locks this row to do so
  BEGIN
    FOR o IN (
      SELECT 1 AS ONE FROM CLEANUP_OBJECT
      WHERE OBJECT_NAME = 'cleanup_workflows' AND OBJECT_KIND = 'procedure'
      FOR UPDATE NOWAIT
    ) LOOP
      v_found := v_found + 1;
    END LOOP;
    FOR r IN (
      SELECT SESSION_ID FROM CLEANUP_RUN WHERE PROCEDURE_NAME = 'cleanup_workflows' AND STATUS = 'running'
    ) LOOP
      IF DBMS_SESSION.IS_SESSION_ALIVE(r.SESSION_ID) THEN
        v_problem := 'cleanup_workflows is running';
      END IF;
    END LOOP;
  EXCEPTION
    WHEN e_busy THEN
      v_problem := 'cleanup_workflows is running';
  END;
  IF v_problem IS NOT NULL THEN
    refuse(v_problem);
  END IF;
  IF v_found = 0 THEN
    refuse('cleanup_workflows is not in CLEANUP_OBJECT, the register of what is installed');
  END IF;
  SELECT COUNT(*) INTO v_found
  FROM CLEANUP_RUN WHERE RUN_ID = p_run_id AND PROCEDURE_NAME = 'cleanup_workflows';
  IF v_found = 0 THEN
    refuse('CLEANUP_RUN has no such run of cleanup_workflows');
  END IF;
  check_fit;
  IF v_problem IS NOT NULL THEN
    refuse(v_problem);
  END IF;

  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES ('restore_workflows', SYS_CONTEXT('USERENV', 'SESSION_USER'), v_started, 'running')
  RETURNING RUN_ID INTO v_run_id;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_WF_REQUEST b WHERE b.RUN_ID = p_run_id;
  v_restored := 0;
  FOR gone IN (
    SELECT b.UUID, b.CREATED_BY, b.TENANT_ID, b.OPERATION_TYPE, b.CREATED_AT, b.UPDATED_AT, b.STATUS, b.REQUEST
    FROM CLEANUP_BAK_WF_REQUEST b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM WF_REQUEST t
        WHERE t.UUID = b.UUID)
  ) LOOP
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO WF_REQUEST
        (UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
      VALUES
        (gone.UUID, gone.CREATED_BY, gone.TENANT_ID, gone.OPERATION_TYPE, gone.CREATED_AT, gone.UPDATED_AT, gone.STATUS,
         gone.REQUEST)
      RETURNING ROWID INTO v_row;
      UPDATE WF_REQUEST t
      SET t.UUID = gone.UUID
      WHERE t.ROWID = v_row
        AND (t.UUID <> gone.UUID);
      v_restored := v_restored + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'WF_REQUEST', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION b WHERE b.RUN_ID = p_run_id;
  v_restored := 0;
  FOR gone IN (
    SELECT b.RELATIONSHIP_ID, b.WORKFLOW_ID, b.REQUEST_ID, b.UPDATED_AT, b.STATUS, b.TENANT_ID
    FROM CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION b
    WHERE b.RUN_ID = p_run_id
      AND (b.WORKFLOW_ID IS NULL OR EXISTS (SELECT 1 FROM WF_WORKFLOW p WHERE p.ID = b.WORKFLOW_ID))
      AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
      AND NOT EXISTS (
        SELECT 1 FROM WF_WORKFLOW_REQUEST_RELATION t
        WHERE t.RELATIONSHIP_ID = b.RELATIONSHIP_ID)
  ) LOOP
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO WF_WORKFLOW_REQUEST_RELATION
        (RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
      VALUES
        (gone.RELATIONSHIP_ID, gone.WORKFLOW_ID, gone.REQUEST_ID, gone.UPDATED_AT, gone.STATUS, gone.TENANT_ID)
      RETURNING ROWID INTO v_row;
      UPDATE WF_WORKFLOW_REQUEST_RELATION t
      SET t.RELATIONSHIP_ID = gone.RELATIONSHIP_ID
      WHERE t.ROWID = v_row
        AND (t.RELATIONSHIP_ID <> gone.RELATIONSHIP_ID);
      v_restored := v_restored + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'WF_WORKFLOW_REQUEST_RELATION', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP b WHERE b.RUN_ID = p_run_id;
  v_restored := 0;
  FOR gone IN (
    SELECT b.REQUEST_ID, b.ENTITY_NAME, b.ENTITY_TYPE, b.TENANT_ID
    FROM CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP b
    WHERE b.RUN_ID = p_run_id
      AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
      AND NOT EXISTS (
        SELECT 1 FROM WF_REQUEST_ENTITY_RELATIONSHIP t
        WHERE t.REQUEST_ID = b.REQUEST_ID AND t.ENTITY_NAME = b.ENTITY_NAME AND t.ENTITY_TYPE = b.ENTITY_TYPE
            AND t.TENANT_ID = b.TENANT_ID)
  ) LOOP
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO WF_REQUEST_ENTITY_RELATIONSHIP
        (REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
      VALUES
        (gone.REQUEST_ID, gone.ENTITY_NAME, gone.ENTITY_TYPE, gone.TENANT_ID)
      RETURNING ROWID INTO v_row;
      UPDATE WF_REQUEST_ENTITY_RELATIONSHIP t
      SET t.REQUEST_ID = gone.REQUEST_ID, t.ENTITY_NAME = gone.ENTITY_NAME, t.ENTITY_TYPE = gone.ENTITY_TYPE,
          t.TENANT_ID = gone.TENANT_ID
      WHERE t.ROWID = v_row
        AND (t.REQUEST_ID <> gone.REQUEST_ID OR t.ENTITY_NAME <> gone.ENTITY_NAME OR t.ENTITY_TYPE <> gone.ENTITY_TYPE
            OR t.TENANT_ID <> gone.TENANT_ID);
      v_restored := v_restored + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'WF_REQUEST_ENTITY_RELATIONSHIP', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  UPDATE CLEANUP_RUN
  SET ENDED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP), STATUS = 'ended',
      WHY_STOPPED = 'run ' || p_run_id || ': ' || v_total || ' rows restored, ' || v_left || ' left alone'
  WHERE RUN_ID = v_run_id;
  COMMIT;
END restore_workflows;
/
-- @end

-- What does not compile is stored all the same; here it is told.
-- @statement check restore_workflows
DECLARE
  v_error VARCHAR2(2000);
BEGIN
  SELECT MIN('line ' || e.LINE || ', column ' || e.POSITION || ': ' || SUBSTR(e.TEXT, 1, 1000))
      KEEP (DENSE_RANK FIRST ORDER BY e.SEQUENCE)
  INTO v_error
  FROM ALL_ERRORS e
  WHERE e.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
    AND e.NAME = UPPER('restore_workflows') AND e.TYPE = 'PROCEDURE' AND e.ATTRIBUTE = 'ERROR';
  IF v_error IS NOT NULL THEN
    RAISE_APPLICATION_ERROR(-20003, 'restore_workflows does not compile: ' || v_error);
  END IF;
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
MERGE INTO CLEANUP_OBJECT o
USING (
  SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
  FROM (
  SELECT 'restore_workflows' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    '27f6808da9a053a0fe7f2ab6e674dee2dfcdf076b083d64b38e134ecf0819287' AS ARTIFACT_SHA256 FROM DUAL
) x
LEFT JOIN (
  SELECT z.OBJECT_NAME, z.OBJECT_KIND,
    RAWTOHEX(STANDARD_HASH(z.PARTS || ' ' || z.TOTAL, 'SHA256')) AS STORED_SHA256
  FROM (
    SELECT y.OBJECT_NAME, y.OBJECT_KIND, SUM(y.PART) AS PARTS,
      SUM(TO_NUMBER(SUBSTR(y.HASH, 1, 24), 'XXXXXXXXXXXXXXXXXXXXXXXX')) AS TOTAL
    FROM (
      SELECT s.NAME AS OBJECT_NAME, 'procedure' AS OBJECT_KIND, 1 AS PART,
        STANDARD_HASH(s.LINE || ' ' || SUBSTR(s.TEXT, 1, 900), 'SHA256') AS HASH
      FROM ALL_SOURCE s
      WHERE s.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AND s.TYPE = 'PROCEDURE'
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
