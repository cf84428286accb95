-- restore_confirmation_codes(run): puts the rows that a run deleted back where they were.
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
-- In each transaction it holds the row of cleanup_confirmation_codes in CLEANUP_LOCK locked, so that no run goes on
-- meanwhile.
--
-- The caller needs EXECUTE on restore_confirmation_codes and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_confirmation_codes
CREATE OR REPLACE PROCEDURE restore_confirmation_codes(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run  CLEANUP_KIT.run;
  v_row  UROWID;
  v_rows NUMBER;   -- put back in this transaction
  v_key_1 IDN_RECOVERY_DATA.USER_NAME%TYPE;
BEGIN
  CLEANUP_KIT.expect(v_run, 'IDN_RECOVERY_DATA', 'CLEANUP_BAK_IDN_RECOVERY_DATA', 8);
  CLEANUP_KIT.expect(v_run, 'IDP');
  CLEANUP_KIT.expect(v_run, 'IDP_METADATA');
  CLEANUP_KIT.begin_restore(v_run, 'restore_confirmation_codes', 'cleanup_confirmation_codes', p_run_id);
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT v_run.run_id, 'IDN_RECOVERY_DATA', COUNT(*) FROM CLEANUP_BAK_IDN_RECOVERY_DATA WHERE RUN_ID = p_run_id;
  CLEANUP_KIT.check_kept(v_run, p_run_id);

  v_rows := 0;
  FOR gone IN (
    SELECT b.USER_NAME, b.USER_DOMAIN, b.TENANT_ID, b.CODE, b.SCENARIO, b.STEP, b.TIME_CREATED, b.REMAINING_SETS
    FROM CLEANUP_BAK_IDN_RECOVERY_DATA b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_RECOVERY_DATA t
        WHERE t.USER_NAME = b.USER_NAME AND t.USER_DOMAIN = b.USER_DOMAIN AND t.TENANT_ID = b.TENANT_ID
            AND t.SCENARIO = b.SCENARIO AND t.STEP = b.STEP)
    ORDER BY b.USER_NAME DESC, b.USER_DOMAIN DESC, b.TENANT_ID DESC, b.SCENARIO DESC, b.STEP DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.USER_NAME <> v_key_1 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_RECOVERY_DATA', v_rows);
    END IF;
    v_key_1 := gone.USER_NAME;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_RECOVERY_DATA
        (USER_NAME, USER_DOMAIN, TENANT_ID, CODE, SCENARIO, STEP, TIME_CREATED, REMAINING_SETS)
      VALUES
        (gone.USER_NAME, gone.USER_DOMAIN, gone.TENANT_ID, gone.CODE, gone.SCENARIO, gone.STEP, gone.TIME_CREATED,
         gone.REMAINING_SETS)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_RECOVERY_DATA t
      SET t.USER_NAME = gone.USER_NAME, t.USER_DOMAIN = gone.USER_DOMAIN, t.TENANT_ID = gone.TENANT_ID,
          t.SCENARIO = gone.SCENARIO, t.STEP = gone.STEP
      WHERE t.ROWID = v_row
        AND (t.USER_NAME <> gone.USER_NAME OR t.USER_DOMAIN <> gone.USER_DOMAIN OR t.TENANT_ID <> gone.TENANT_ID
            OR t.SCENARIO <> gone.SCENARIO OR t.STEP <> gone.STEP);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_RECOVERY_DATA', v_rows);

  CLEANUP_KIT.end_restore(v_run, p_run_id);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END restore_confirmation_codes;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check restore_confirmation_codes
BEGIN
  CLEANUP_KIT.check_compiled('restore_confirmation_codes');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'restore_confirmation_codes',
      '0a54242503b1634cc97e1e149d256880bdd933545116717169bd6505b540e738');
  COMMIT;
END;
/
-- @end
