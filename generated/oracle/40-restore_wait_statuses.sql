-- restore_wait_statuses(run): puts the rows that a run deleted back where they were.
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
-- In each transaction it holds the row of cleanup_wait_statuses in CLEANUP_LOCK locked, so that no run goes on
-- meanwhile.
--
-- The caller needs EXECUTE on restore_wait_statuses and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_wait_statuses
CREATE OR REPLACE PROCEDURE restore_wait_statuses(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run  CLEANUP_KIT.run;
  v_row  UROWID;
  v_rows NUMBER;   -- put back in this transaction
  v_key_1 IDN_AUTH_WAIT_STATUS.ID%TYPE;
BEGIN
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_WAIT_STATUS', 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS', 6);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_STORE');
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_TEMP_SESSION_STORE');
  CLEANUP_KIT.begin_restore(v_run, 'restore_wait_statuses', 'cleanup_wait_statuses', p_run_id);
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT v_run.run_id, 'IDN_AUTH_WAIT_STATUS', COUNT(*) FROM CLEANUP_BAK_IDN_AUTH_WAIT_STATUS WHERE RUN_ID = p_run_id;
  CLEANUP_KIT.check_kept(v_run, p_run_id);

  v_rows := 0;
  FOR gone IN (
    SELECT b.ID, b.TENANT_ID, b.LONG_WAIT_KEY, b.WAIT_STATUS, b.TIME_CREATED, b.EXPIRE_TIME
    FROM CLEANUP_BAK_IDN_AUTH_WAIT_STATUS b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_AUTH_WAIT_STATUS t
        WHERE t.ID = b.ID)
    ORDER BY b.ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.ID <> v_key_1 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_WAIT_STATUS', v_rows);
    END IF;
    v_key_1 := gone.ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_AUTH_WAIT_STATUS
        (ID, TENANT_ID, LONG_WAIT_KEY, WAIT_STATUS, TIME_CREATED, EXPIRE_TIME)
      VALUES
        (gone.ID, gone.TENANT_ID, gone.LONG_WAIT_KEY, gone.WAIT_STATUS, gone.TIME_CREATED, gone.EXPIRE_TIME)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_AUTH_WAIT_STATUS t
      SET t.ID = gone.ID
      WHERE t.ROWID = v_row
        AND (t.ID <> gone.ID);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_WAIT_STATUS', v_rows);

  CLEANUP_KIT.end_restore(v_run, p_run_id);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END restore_wait_statuses;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check restore_wait_statuses
BEGIN
  CLEANUP_KIT.check_compiled('restore_wait_statuses');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'restore_wait_statuses',
      '819e496cfde729979fdbfda4041ede3353848fbad5d38d1ebd5d0be52e80539e');
  COMMIT;
END;
/
-- @end
