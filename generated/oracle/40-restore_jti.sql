-- restore_jti(run): puts the rows that a run deleted back where they were.
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
-- In each transaction it holds the row of cleanup_jti in CLEANUP_LOCK locked, so that no run goes on meanwhile.
--
-- The caller needs EXECUTE on restore_jti and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_jti
CREATE OR REPLACE PROCEDURE restore_jti(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run  CLEANUP_KIT.run;
  v_row  UROWID;
  v_rows NUMBER;   -- put back in this transaction
  v_key_1 IDN_OIDC_JTI.JWT_ID%TYPE;
BEGIN
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_JTI', 'CLEANUP_BAK_IDN_OIDC_JTI', 3);
  CLEANUP_KIT.begin_restore(v_run, 'restore_jti', 'cleanup_jti', p_run_id);
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT v_run.run_id, 'IDN_OIDC_JTI', COUNT(*) FROM CLEANUP_BAK_IDN_OIDC_JTI WHERE RUN_ID = p_run_id;
  CLEANUP_KIT.check_kept(v_run, p_run_id);

  v_rows := 0;
  FOR gone IN (
    SELECT b.JWT_ID, b.EXP_TIME, b.TIME_CREATED
    FROM CLEANUP_BAK_IDN_OIDC_JTI b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OIDC_JTI t
        WHERE t.JWT_ID = b.JWT_ID)
    ORDER BY b.JWT_ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.JWT_ID <> v_key_1 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_JTI', v_rows);
    END IF;
    v_key_1 := gone.JWT_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OIDC_JTI
        (JWT_ID, EXP_TIME, TIME_CREATED)
      VALUES
        (gone.JWT_ID, gone.EXP_TIME, gone.TIME_CREATED)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_OIDC_JTI t
      SET t.JWT_ID = gone.JWT_ID
      WHERE t.ROWID = v_row
        AND (t.JWT_ID <> gone.JWT_ID);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_JTI', v_rows);

  CLEANUP_KIT.end_restore(v_run, p_run_id);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END restore_jti;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check restore_jti
BEGIN
  CLEANUP_KIT.check_compiled('restore_jti');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'restore_jti', '054546666ed8725022b6ef47b34567e984c78cf21b3d4a66c50cfee59c35b932');
  COMMIT;
END;
/
-- @end
