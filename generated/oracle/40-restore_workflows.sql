-- restore_workflows(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, and of a table the highest keys first: of a session, or a path, the newest row must
-- not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a transaction
-- of their own, as one for all would need undo for all; rows of a table without a key are in one. If a restore stops
-- half-way, call it again: it goes on. A row that is there again is left alone and counted; so is a row whose parent is
-- gone. Rows go one by one: in some tables a trigger of the product gives every new row a number, and one that comes
-- back gets its own number again. Each takes a number from the trigger's sequence, so that only a few thousand of them
-- may come back per second.
-- Before a row gets its own number again, these tables are locked until its transaction ends, since no index leads to
-- what refers to the row: WF_WORKFLOW_REQUEST_RELATION. If one is not free within a second, the restore stops.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- In each transaction it holds the row of cleanup_workflows in CLEANUP_LOCK locked, so that no run goes on meanwhile.
--
-- The caller needs EXECUTE on restore_workflows and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_workflows
CREATE OR REPLACE PROCEDURE restore_workflows(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run  CLEANUP_KIT.run;
  v_row  UROWID;
  v_rows NUMBER;   -- put back in this transaction
  v_key_1 WF_REQUEST.UUID%TYPE;
  v_key_2 WF_WORKFLOW_REQUEST_RELATION.RELATIONSHIP_ID%TYPE;
  v_key_3 WF_REQUEST_ENTITY_RELATIONSHIP.REQUEST_ID%TYPE;
BEGIN
  CLEANUP_KIT.expect(v_run, 'WF_REQUEST', 'CLEANUP_BAK_WF_REQUEST', 8);
  CLEANUP_KIT.expect(v_run, 'WF_WORKFLOW_REQUEST_RELATION', 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 6);
  CLEANUP_KIT.expect_key(v_run, 'REQUEST_ID -> WF_REQUEST (UUID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'WF_REQUEST_ENTITY_RELATIONSHIP', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 4);
  CLEANUP_KIT.expect_key(v_run, 'REQUEST_ID -> WF_REQUEST (UUID) CASCADE');
  CLEANUP_KIT.begin_restore(v_run, 'restore_workflows', 'cleanup_workflows', p_run_id);
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT v_run.run_id, 'WF_REQUEST', COUNT(*) FROM CLEANUP_BAK_WF_REQUEST WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'WF_WORKFLOW_REQUEST_RELATION', COUNT(*) FROM CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'WF_REQUEST_ENTITY_RELATIONSHIP', COUNT(*) FROM CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
      WHERE RUN_ID = p_run_id;
  CLEANUP_KIT.check_kept(v_run, p_run_id);

  v_rows := 0;
  FOR gone IN (
    SELECT b.UUID, b.CREATED_BY, b.TENANT_ID, b.OPERATION_TYPE, b.CREATED_AT, b.UPDATED_AT, b.STATUS, b.REQUEST
    FROM CLEANUP_BAK_WF_REQUEST b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM WF_REQUEST t
        WHERE t.UUID = b.UUID)
    ORDER BY b.UUID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.UUID <> v_key_1 THEN
      CLEANUP_KIT.put_back(v_run, 'WF_REQUEST', v_rows);
    END IF;
    v_key_1 := gone.UUID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO WF_REQUEST
        (UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
      VALUES
        (gone.UUID, gone.CREATED_BY, gone.TENANT_ID, gone.OPERATION_TYPE, gone.CREATED_AT, gone.UPDATED_AT,
         gone.STATUS, gone.REQUEST)
      RETURNING ROWID INTO v_row;
      FOR renumbered IN (
        SELECT 1 AS ONE FROM WF_REQUEST t
        WHERE t.ROWID = v_row
          AND (t.UUID <> gone.UUID)
      ) LOOP
        -- No index leads to what refers to it: the server would lock the whole table, and wait for it without limit
        LOCK TABLE WF_WORKFLOW_REQUEST_RELATION IN SHARE ROW EXCLUSIVE MODE WAIT 1;
        UPDATE WF_REQUEST t
        SET t.UUID = gone.UUID
        WHERE t.ROWID = v_row;
      END LOOP;
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'WF_REQUEST', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.RELATIONSHIP_ID, b.WORKFLOW_ID, b.REQUEST_ID, b.UPDATED_AT, b.STATUS, b.TENANT_ID
    FROM CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION b
    WHERE b.RUN_ID = p_run_id
      AND (b.WORKFLOW_ID IS NULL OR EXISTS (SELECT 1 FROM WF_WORKFLOW p WHERE p.ID = b.WORKFLOW_ID))
      AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
      AND NOT EXISTS (
        SELECT 1 FROM WF_WORKFLOW_REQUEST_RELATION t
        WHERE t.RELATIONSHIP_ID = b.RELATIONSHIP_ID)
    ORDER BY b.RELATIONSHIP_ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.RELATIONSHIP_ID <> v_key_2 THEN
      CLEANUP_KIT.put_back(v_run, 'WF_WORKFLOW_REQUEST_RELATION', v_rows);
    END IF;
    v_key_2 := gone.RELATIONSHIP_ID;
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
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'WF_WORKFLOW_REQUEST_RELATION', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.REQUEST_ID, b.ENTITY_NAME, b.ENTITY_TYPE, b.TENANT_ID
    FROM CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP b
    WHERE b.RUN_ID = p_run_id
      AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
      AND NOT EXISTS (
        SELECT 1 FROM WF_REQUEST_ENTITY_RELATIONSHIP t
        WHERE t.REQUEST_ID = b.REQUEST_ID AND t.ENTITY_NAME = b.ENTITY_NAME AND t.ENTITY_TYPE = b.ENTITY_TYPE
            AND t.TENANT_ID = b.TENANT_ID)
    ORDER BY b.REQUEST_ID DESC, b.ENTITY_NAME DESC, b.ENTITY_TYPE DESC, b.TENANT_ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.REQUEST_ID <> v_key_3 THEN
      CLEANUP_KIT.put_back(v_run, 'WF_REQUEST_ENTITY_RELATIONSHIP', v_rows);
    END IF;
    v_key_3 := gone.REQUEST_ID;
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
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'WF_REQUEST_ENTITY_RELATIONSHIP', v_rows);

  CLEANUP_KIT.end_restore(v_run, p_run_id);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END restore_workflows;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check restore_workflows
BEGIN
  CLEANUP_KIT.check_compiled('restore_workflows');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'restore_workflows',
      '42c5c20385e451eece2bca04a7a41c83074e1dfa6d937074a305d0efcdf01bc1');
  COMMIT;
END;
/
-- @end
