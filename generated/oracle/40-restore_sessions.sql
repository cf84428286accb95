-- restore_sessions(run): puts the rows that a run deleted back where they were.
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
-- In each transaction it holds the row of cleanup_sessions in CLEANUP_LOCK locked, so that no run goes on meanwhile.
--
-- The caller needs EXECUTE on restore_sessions and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_sessions
CREATE OR REPLACE PROCEDURE restore_sessions(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run  CLEANUP_KIT.run;
  v_row  UROWID;
  v_rows NUMBER;   -- put back in this transaction
  v_key_1 IDN_AUTH_TEMP_SESSION_STORE.SESSION_ID%TYPE;
  v_key_2 IDN_AUTH_SESSION_STORE.SESSION_ID%TYPE;
  v_key_4 IDN_AUTH_SESSION_APP_INFO.SESSION_ID%TYPE;
  v_key_5 IDN_AUTH_SESSION_META_DATA.SESSION_ID%TYPE;
BEGIN
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_TEMP_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 7);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE', 7);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_USER_SESSION_MAPPING', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 2);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_APP_INFO', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO', 4);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_META_DATA', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 3);
  CLEANUP_KIT.begin_restore(v_run, 'restore_sessions', 'cleanup_sessions', p_run_id);
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT v_run.run_id, 'IDN_AUTH_TEMP_SESSION_STORE', COUNT(*) FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_AUTH_SESSION_STORE', COUNT(*) FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_AUTH_USER_SESSION_MAPPING', COUNT(*) FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_AUTH_SESSION_APP_INFO', COUNT(*) FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_AUTH_SESSION_META_DATA', COUNT(*) FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
      WHERE RUN_ID = p_run_id;
  CLEANUP_KIT.check_kept(v_run, p_run_id);

  v_rows := 0;
  FOR gone IN (
    SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
    FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE t
        WHERE t.SESSION_ID = b.SESSION_ID AND t.SESSION_TYPE = b.SESSION_TYPE AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION)
    ORDER BY b.SESSION_ID DESC, b.SESSION_TYPE DESC, b.TIME_CREATED DESC, b.OPERATION DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.SESSION_ID <> v_key_1 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_TEMP_SESSION_STORE', v_rows);
    END IF;
    v_key_1 := gone.SESSION_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_AUTH_TEMP_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      VALUES
        (gone.SESSION_ID, gone.SESSION_TYPE, gone.OPERATION, gone.SESSION_OBJECT, gone.TIME_CREATED, gone.TENANT_ID,
         gone.EXPIRY_TIME)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_AUTH_TEMP_SESSION_STORE t
      SET t.SESSION_ID = gone.SESSION_ID, t.SESSION_TYPE = gone.SESSION_TYPE, t.TIME_CREATED = gone.TIME_CREATED,
          t.OPERATION = gone.OPERATION
      WHERE t.ROWID = v_row
        AND (t.SESSION_ID <> gone.SESSION_ID OR t.SESSION_TYPE <> gone.SESSION_TYPE
            OR t.TIME_CREATED <> gone.TIME_CREATED OR t.OPERATION <> gone.OPERATION);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_TEMP_SESSION_STORE', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
    FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_AUTH_SESSION_STORE t
        WHERE t.SESSION_ID = b.SESSION_ID AND t.SESSION_TYPE = b.SESSION_TYPE AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION)
    ORDER BY b.SESSION_ID DESC, b.SESSION_TYPE DESC, b.TIME_CREATED DESC, b.OPERATION DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.SESSION_ID <> v_key_2 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_SESSION_STORE', v_rows);
    END IF;
    v_key_2 := gone.SESSION_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_AUTH_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      VALUES
        (gone.SESSION_ID, gone.SESSION_TYPE, gone.OPERATION, gone.SESSION_OBJECT, gone.TIME_CREATED, gone.TENANT_ID,
         gone.EXPIRY_TIME)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_AUTH_SESSION_STORE t
      SET t.SESSION_ID = gone.SESSION_ID, t.SESSION_TYPE = gone.SESSION_TYPE, t.TIME_CREATED = gone.TIME_CREATED,
          t.OPERATION = gone.OPERATION
      WHERE t.ROWID = v_row
        AND (t.SESSION_ID <> gone.SESSION_ID OR t.SESSION_TYPE <> gone.SESSION_TYPE
            OR t.TIME_CREATED <> gone.TIME_CREATED OR t.OPERATION <> gone.OPERATION);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_SESSION_STORE', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.USER_ID, b.SESSION_ID
    FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE t.USER_ID = b.USER_ID
          AND t.SESSION_ID = b.SESSION_ID)
  ) LOOP
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_AUTH_USER_SESSION_MAPPING
        (USER_ID, SESSION_ID)
      VALUES
        (gone.USER_ID, gone.SESSION_ID);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_USER_SESSION_MAPPING', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.SESSION_ID, b.SUBJECT, b.APP_ID, b.INBOUND_AUTH_TYPE
    FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE t.SESSION_ID = b.SESSION_ID AND t.SUBJECT = b.SUBJECT AND t.APP_ID = b.APP_ID
            AND t.INBOUND_AUTH_TYPE = b.INBOUND_AUTH_TYPE)
    ORDER BY b.SESSION_ID DESC, b.SUBJECT DESC, b.APP_ID DESC, b.INBOUND_AUTH_TYPE DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.SESSION_ID <> v_key_4 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_SESSION_APP_INFO', v_rows);
    END IF;
    v_key_4 := gone.SESSION_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_AUTH_SESSION_APP_INFO
        (SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
      VALUES
        (gone.SESSION_ID, gone.SUBJECT, gone.APP_ID, gone.INBOUND_AUTH_TYPE)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_AUTH_SESSION_APP_INFO t
      SET t.SESSION_ID = gone.SESSION_ID, t.SUBJECT = gone.SUBJECT, t.APP_ID = gone.APP_ID,
          t.INBOUND_AUTH_TYPE = gone.INBOUND_AUTH_TYPE
      WHERE t.ROWID = v_row
        AND (t.SESSION_ID <> gone.SESSION_ID OR t.SUBJECT <> gone.SUBJECT OR t.APP_ID <> gone.APP_ID
            OR t.INBOUND_AUTH_TYPE <> gone.INBOUND_AUTH_TYPE);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_SESSION_APP_INFO', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.SESSION_ID, b.PROPERTY_TYPE, b.VALUE
    FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_AUTH_SESSION_META_DATA t
        WHERE t.SESSION_ID = b.SESSION_ID AND t.PROPERTY_TYPE = b.PROPERTY_TYPE AND t.VALUE = b.VALUE)
    ORDER BY b.SESSION_ID DESC, b.PROPERTY_TYPE DESC, b.VALUE DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.SESSION_ID <> v_key_5 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_SESSION_META_DATA', v_rows);
    END IF;
    v_key_5 := gone.SESSION_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_AUTH_SESSION_META_DATA
        (SESSION_ID, PROPERTY_TYPE, VALUE)
      VALUES
        (gone.SESSION_ID, gone.PROPERTY_TYPE, gone.VALUE)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_AUTH_SESSION_META_DATA t
      SET t.SESSION_ID = gone.SESSION_ID, t.PROPERTY_TYPE = gone.PROPERTY_TYPE, t.VALUE = gone.VALUE
      WHERE t.ROWID = v_row
        AND (t.SESSION_ID <> gone.SESSION_ID OR t.PROPERTY_TYPE <> gone.PROPERTY_TYPE OR t.VALUE <> gone.VALUE);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_AUTH_SESSION_META_DATA', v_rows);

  CLEANUP_KIT.end_restore(v_run, p_run_id);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END restore_sessions;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check restore_sessions
BEGIN
  CLEANUP_KIT.check_compiled('restore_sessions');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'restore_sessions', '59c3cc9c7c75fae3d21aaf8785da8c1e44346dbe61b0cb4aeb0506214724602d');
  COMMIT;
END;
/
-- @end
