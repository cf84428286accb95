-- restore_saml_artifacts(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, and of a table the highest keys first: of a session, or a path, the newest row must
-- not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a transaction
-- of their own, as one for all would need undo for all; rows of a table without a key are in one. If a restore stops
-- half-way, call it again: it goes on. A row that is there again is left alone and counted; so is a row whose parent is
-- gone. Rows go one by one: in some tables a trigger of the product gives every new row a number, and one that comes
-- back gets its own number again. Each takes a number from the trigger's sequence, so that only a few thousand of them
-- may come back per second.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- In each transaction it holds the row of cleanup_saml_artifacts in CLEANUP_LOCK locked, so that no run goes on
-- meanwhile.
--
-- The caller needs EXECUTE on restore_saml_artifacts and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_saml_artifacts
CREATE OR REPLACE PROCEDURE restore_saml_artifacts(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run  CLEANUP_KIT.run;
  v_row  UROWID;
  v_rows NUMBER;   -- put back in this transaction
  v_key_1 IDN_SAML2_ARTIFACT_STORE.ID%TYPE;
BEGIN
  CLEANUP_KIT.expect(v_run, 'IDN_SAML2_ARTIFACT_STORE', 'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE', 8);
  CLEANUP_KIT.begin_restore(v_run, 'restore_saml_artifacts', 'cleanup_saml_artifacts', p_run_id);
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT v_run.run_id, 'IDN_SAML2_ARTIFACT_STORE', COUNT(*) FROM CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
      WHERE RUN_ID = p_run_id;
  CLEANUP_KIT.check_kept(v_run, p_run_id);

  v_rows := 0;
  FOR gone IN (
    SELECT b.ID, b.SOURCE_ID, b.MESSAGE_HANDLER, b.AUTHN_REQ_DTO, b.SESSION_ID, b.INIT_TIMESTAMP, b.EXP_TIMESTAMP,
           b.ASSERTION_ID
    FROM CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_SAML2_ARTIFACT_STORE t
        WHERE t.ID = b.ID)
    ORDER BY b.ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.ID <> v_key_1 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_SAML2_ARTIFACT_STORE', v_rows);
    END IF;
    v_key_1 := gone.ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_SAML2_ARTIFACT_STORE
        (ID, SOURCE_ID, MESSAGE_HANDLER, AUTHN_REQ_DTO, SESSION_ID, INIT_TIMESTAMP, EXP_TIMESTAMP, ASSERTION_ID)
      VALUES
        (gone.ID, gone.SOURCE_ID, gone.MESSAGE_HANDLER, gone.AUTHN_REQ_DTO, gone.SESSION_ID, gone.INIT_TIMESTAMP,
         gone.EXP_TIMESTAMP, gone.ASSERTION_ID)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_SAML2_ARTIFACT_STORE t
      SET t.ID = gone.ID
      WHERE t.ROWID = v_row
        AND (t.ID <> gone.ID);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_SAML2_ARTIFACT_STORE', v_rows);

  CLEANUP_KIT.end_restore(v_run, p_run_id);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END restore_saml_artifacts;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check restore_saml_artifacts
BEGIN
  CLEANUP_KIT.check_compiled('restore_saml_artifacts');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'restore_saml_artifacts',
      '0244d0a3f537da668e8ed52dcb770205e8769945bee8a37f3299011e987de59d');
  COMMIT;
END;
/
-- @end
