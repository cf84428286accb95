-- restore_tokens(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, and of a table the highest keys first: of a session, or a path, the newest row must
-- not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a transaction
-- of their own, as one for all would need undo for all; rows of a table without a key are in one. If a restore stops
-- half-way, call it again: it goes on. A row that is there again is left alone and counted; so is a row whose parent is
-- gone. Rows go one by one: in some tables a trigger of the product gives every new row a number, and one that comes
-- back gets its own number again. Each takes a number from the trigger's sequence, so that only a few thousand of them
-- may come back per second.
-- Before a row gets its own number again, these tables are locked until its transaction ends, since no index leads to
-- what refers to the row: IDN_OIDC_REQ_OBJECT_REFERENCE, IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJ_CLAIM_VALUES. If
-- one is not free within a second, the restore stops.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- In each transaction it holds the row of cleanup_tokens in CLEANUP_LOCK locked, so that no run goes on meanwhile.
--
-- The caller needs EXECUTE on restore_tokens and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure restore_tokens
CREATE OR REPLACE PROCEDURE restore_tokens(p_run_id NUMBER)
  AUTHID DEFINER
AS
  -- Made by deepclean; its log is CLEANUP_RUN.
  e_no_parent EXCEPTION;
  PRAGMA EXCEPTION_INIT(e_no_parent, -2291);
  v_run  CLEANUP_KIT.run;
  v_row  UROWID;
  v_rows NUMBER;   -- put back in this transaction
  v_key_1 IDN_OAUTH2_ACCESS_TOKEN.TOKEN_ID%TYPE;
  v_key_2 IDN_OAUTH2_AUTHORIZATION_CODE.CODE_ID%TYPE;
  v_key_3 IDN_OIDC_REQ_OBJECT_REFERENCE.ID%TYPE;
  v_key_4 IDN_OIDC_REQ_OBJECT_CLAIMS.ID%TYPE;
  v_key_5 IDN_OIDC_REQ_OBJ_CLAIM_VALUES.ID%TYPE;
  v_key_6 IDN_OAUTH2_ACCESS_TOKEN_SCOPE.TOKEN_ID%TYPE;
BEGIN
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_ACCESS_TOKEN', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 20);
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE', 17);
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_REQ_OBJECT_REFERENCE', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 5);
  CLEANUP_KIT.expect_key(v_run, 'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE');
  CLEANUP_KIT.expect_key(v_run, 'CODE_ID -> IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_REQ_OBJECT_CLAIMS', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS', 6);
  CLEANUP_KIT.expect_key(v_run, 'REQ_OBJECT_ID -> IDN_OIDC_REQ_OBJECT_REFERENCE (ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 3);
  CLEANUP_KIT.expect_key(v_run, 'REQ_OBJECT_CLAIMS_ID -> IDN_OIDC_REQ_OBJECT_CLAIMS (ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 3);
  CLEANUP_KIT.expect_key(v_run, 'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 21);
  CLEANUP_KIT.begin_restore(v_run, 'restore_tokens', 'cleanup_tokens', p_run_id);
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT v_run.run_id, 'IDN_OAUTH2_ACCESS_TOKEN', COUNT(*) FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', COUNT(*) FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE', COUNT(*) FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', COUNT(*) FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', COUNT(*) FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', COUNT(*) FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
      WHERE RUN_ID = p_run_id UNION ALL
  SELECT v_run.run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', COUNT(*) FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
      WHERE RUN_ID = p_run_id;
  CLEANUP_KIT.check_kept(v_run, p_run_id);

  v_rows := 0;
  FOR gone IN (
    SELECT b.TOKEN_ID, b.ACCESS_TOKEN, b.REFRESH_TOKEN, b.CONSUMER_KEY_ID, b.AUTHZ_USER, b.TENANT_ID, b.USER_DOMAIN,
           b.USER_TYPE, b.GRANT_TYPE, b.TIME_CREATED, b.REFRESH_TOKEN_TIME_CREATED, b.VALIDITY_PERIOD,
           b.REFRESH_TOKEN_VALIDITY_PERIOD, b.TOKEN_SCOPE_HASH, b.TOKEN_STATE, b.TOKEN_STATE_ID, b.SUBJECT_IDENTIFIER,
           b.ACCESS_TOKEN_HASH, b.REFRESH_TOKEN_HASH, b.IDP_ID
    FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN b
    WHERE b.RUN_ID = p_run_id
      AND (b.CONSUMER_KEY_ID IS NULL OR EXISTS (SELECT 1 FROM IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN t
        WHERE t.TOKEN_ID = b.TOKEN_ID)
    ORDER BY b.TOKEN_ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.TOKEN_ID <> v_key_1 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_OAUTH2_ACCESS_TOKEN', v_rows);
    END IF;
    v_key_1 := gone.TOKEN_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OAUTH2_ACCESS_TOKEN
        (TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN, USER_TYPE,
         GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD,
         TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER, ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH,
         IDP_ID)
      VALUES
        (gone.TOKEN_ID, gone.ACCESS_TOKEN, gone.REFRESH_TOKEN, gone.CONSUMER_KEY_ID, gone.AUTHZ_USER, gone.TENANT_ID,
         gone.USER_DOMAIN, gone.USER_TYPE, gone.GRANT_TYPE, gone.TIME_CREATED, gone.REFRESH_TOKEN_TIME_CREATED,
         gone.VALIDITY_PERIOD, gone.REFRESH_TOKEN_VALIDITY_PERIOD, gone.TOKEN_SCOPE_HASH, gone.TOKEN_STATE,
         gone.TOKEN_STATE_ID, gone.SUBJECT_IDENTIFIER, gone.ACCESS_TOKEN_HASH, gone.REFRESH_TOKEN_HASH, gone.IDP_ID)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_OAUTH2_ACCESS_TOKEN t
      SET t.TOKEN_ID = gone.TOKEN_ID
      WHERE t.ROWID = v_row
        AND (t.TOKEN_ID <> gone.TOKEN_ID);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OAUTH2_ACCESS_TOKEN', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.CODE_ID, b.AUTHORIZATION_CODE, b.CONSUMER_KEY_ID, b.CALLBACK_URL, b.SCOPE, b.AUTHZ_USER, b.TENANT_ID,
           b.USER_DOMAIN, b.TIME_CREATED, b.VALIDITY_PERIOD, b.STATE, b.TOKEN_ID, b.SUBJECT_IDENTIFIER,
           b.PKCE_CODE_CHALLENGE, b.PKCE_CODE_CHALLENGE_METHOD, b.AUTHORIZATION_CODE_HASH, b.IDP_ID
    FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE b
    WHERE b.RUN_ID = p_run_id
      AND (b.CONSUMER_KEY_ID IS NULL OR EXISTS (SELECT 1 FROM IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OAUTH2_AUTHORIZATION_CODE t
        WHERE t.CODE_ID = b.CODE_ID)
    ORDER BY b.CODE_ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.CODE_ID <> v_key_2 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_OAUTH2_AUTHORIZATION_CODE', v_rows);
    END IF;
    v_key_2 := gone.CODE_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OAUTH2_AUTHORIZATION_CODE
        (CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER, TENANT_ID, USER_DOMAIN,
         TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER, PKCE_CODE_CHALLENGE,
         PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
      VALUES
        (gone.CODE_ID, gone.AUTHORIZATION_CODE, gone.CONSUMER_KEY_ID, gone.CALLBACK_URL, gone.SCOPE, gone.AUTHZ_USER,
         gone.TENANT_ID, gone.USER_DOMAIN, gone.TIME_CREATED, gone.VALIDITY_PERIOD, gone.STATE, gone.TOKEN_ID,
         gone.SUBJECT_IDENTIFIER, gone.PKCE_CODE_CHALLENGE, gone.PKCE_CODE_CHALLENGE_METHOD,
         gone.AUTHORIZATION_CODE_HASH, gone.IDP_ID)
      RETURNING ROWID INTO v_row;
      FOR renumbered IN (
        SELECT 1 AS ONE FROM IDN_OAUTH2_AUTHORIZATION_CODE t
        WHERE t.ROWID = v_row
          AND (t.CODE_ID <> gone.CODE_ID)
      ) LOOP
        -- No index leads to what refers to it: the server would lock the whole table, and wait for it without limit
        LOCK TABLE IDN_OIDC_REQ_OBJECT_REFERENCE IN SHARE ROW EXCLUSIVE MODE WAIT 1;
        UPDATE IDN_OAUTH2_AUTHORIZATION_CODE t
        SET t.CODE_ID = gone.CODE_ID
        WHERE t.ROWID = v_row;
      END LOOP;
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OAUTH2_AUTHORIZATION_CODE', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.ID, b.CONSUMER_KEY_ID, b.CODE_ID, b.TOKEN_ID, b.SESSION_DATA_KEY
    FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE b
    WHERE b.RUN_ID = p_run_id
      AND (b.CONSUMER_KEY_ID IS NULL OR EXISTS (SELECT 1 FROM IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
      AND (b.TOKEN_ID IS NULL OR EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN p WHERE p.TOKEN_ID = b.TOKEN_ID))
      AND (b.CODE_ID IS NULL OR EXISTS (SELECT 1 FROM IDN_OAUTH2_AUTHORIZATION_CODE p WHERE p.CODE_ID = b.CODE_ID))
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE t
        WHERE t.ID = b.ID)
    ORDER BY b.ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.ID <> v_key_3 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_REQ_OBJECT_REFERENCE', v_rows);
    END IF;
    v_key_3 := gone.ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OIDC_REQ_OBJECT_REFERENCE
        (ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
      VALUES
        (gone.ID, gone.CONSUMER_KEY_ID, gone.CODE_ID, gone.TOKEN_ID, gone.SESSION_DATA_KEY)
      RETURNING ROWID INTO v_row;
      FOR renumbered IN (
        SELECT 1 AS ONE FROM IDN_OIDC_REQ_OBJECT_REFERENCE t
        WHERE t.ROWID = v_row
          AND (t.ID <> gone.ID)
      ) LOOP
        -- No index leads to what refers to it: the server would lock the whole table, and wait for it without limit
        LOCK TABLE IDN_OIDC_REQ_OBJECT_CLAIMS IN SHARE ROW EXCLUSIVE MODE WAIT 1;
        UPDATE IDN_OIDC_REQ_OBJECT_REFERENCE t
        SET t.ID = gone.ID
        WHERE t.ROWID = v_row;
      END LOOP;
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_REQ_OBJECT_REFERENCE', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.ID, b.REQ_OBJECT_ID, b.CLAIM_ATTRIBUTE, b.ESSENTIAL, b.VALUE, b.IS_USERINFO
    FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS b
    WHERE b.RUN_ID = p_run_id
      AND (b.REQ_OBJECT_ID IS NULL
          OR EXISTS (SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE p WHERE p.ID = b.REQ_OBJECT_ID))
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OIDC_REQ_OBJECT_CLAIMS t
        WHERE t.ID = b.ID)
    ORDER BY b.ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.ID <> v_key_4 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_REQ_OBJECT_CLAIMS', v_rows);
    END IF;
    v_key_4 := gone.ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OIDC_REQ_OBJECT_CLAIMS
        (ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
      VALUES
        (gone.ID, gone.REQ_OBJECT_ID, gone.CLAIM_ATTRIBUTE, gone.ESSENTIAL, gone.VALUE, gone.IS_USERINFO)
      RETURNING ROWID INTO v_row;
      FOR renumbered IN (
        SELECT 1 AS ONE FROM IDN_OIDC_REQ_OBJECT_CLAIMS t
        WHERE t.ROWID = v_row
          AND (t.ID <> gone.ID)
      ) LOOP
        -- No index leads to what refers to it: the server would lock the whole table, and wait for it without limit
        LOCK TABLE IDN_OIDC_REQ_OBJ_CLAIM_VALUES IN SHARE ROW EXCLUSIVE MODE WAIT 1;
        UPDATE IDN_OIDC_REQ_OBJECT_CLAIMS t
        SET t.ID = gone.ID
        WHERE t.ROWID = v_row;
      END LOOP;
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_REQ_OBJECT_CLAIMS', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.ID, b.REQ_OBJECT_CLAIMS_ID, b.CLAIM_VALUES
    FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES b
    WHERE b.RUN_ID = p_run_id
      AND (b.REQ_OBJECT_CLAIMS_ID IS NULL
          OR EXISTS (SELECT 1 FROM IDN_OIDC_REQ_OBJECT_CLAIMS p WHERE p.ID = b.REQ_OBJECT_CLAIMS_ID))
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OIDC_REQ_OBJ_CLAIM_VALUES t
        WHERE t.ID = b.ID)
    ORDER BY b.ID DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.ID <> v_key_5 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', v_rows);
    END IF;
    v_key_5 := gone.ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OIDC_REQ_OBJ_CLAIM_VALUES
        (ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
      VALUES
        (gone.ID, gone.REQ_OBJECT_CLAIMS_ID, gone.CLAIM_VALUES)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_OIDC_REQ_OBJ_CLAIM_VALUES t
      SET t.ID = gone.ID
      WHERE t.ROWID = v_row
        AND (t.ID <> gone.ID);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.TOKEN_ID, b.TOKEN_SCOPE, b.TENANT_ID
    FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE b
    WHERE b.RUN_ID = p_run_id
      AND (b.TOKEN_ID IS NULL OR EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN p WHERE p.TOKEN_ID = b.TOKEN_ID))
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN_SCOPE t
        WHERE t.TOKEN_ID = b.TOKEN_ID AND t.TOKEN_SCOPE = b.TOKEN_SCOPE)
    ORDER BY b.TOKEN_ID DESC, b.TOKEN_SCOPE DESC
  ) LOOP
    IF v_rows >= 2000 AND gone.TOKEN_ID <> v_key_6 THEN
      CLEANUP_KIT.put_back(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', v_rows);
    END IF;
    v_key_6 := gone.TOKEN_ID;
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_SCOPE
        (TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
      VALUES
        (gone.TOKEN_ID, gone.TOKEN_SCOPE, gone.TENANT_ID)
      RETURNING ROWID INTO v_row;
      UPDATE IDN_OAUTH2_ACCESS_TOKEN_SCOPE t
      SET t.TOKEN_ID = gone.TOKEN_ID, t.TOKEN_SCOPE = gone.TOKEN_SCOPE
      WHERE t.ROWID = v_row
        AND (t.TOKEN_ID <> gone.TOKEN_ID OR t.TOKEN_SCOPE <> gone.TOKEN_SCOPE);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', v_rows);

  v_rows := 0;
  FOR gone IN (
    SELECT b.TOKEN_ID, b.ACCESS_TOKEN, b.REFRESH_TOKEN, b.CONSUMER_KEY_ID, b.AUTHZ_USER, b.TENANT_ID, b.USER_DOMAIN,
           b.USER_TYPE, b.GRANT_TYPE, b.TIME_CREATED, b.REFRESH_TOKEN_TIME_CREATED, b.VALIDITY_PERIOD,
           b.REFRESH_TOKEN_VALIDITY_PERIOD, b.TOKEN_SCOPE_HASH, b.TOKEN_STATE, b.TOKEN_STATE_ID, b.SUBJECT_IDENTIFIER,
           b.ACCESS_TOKEN_HASH, b.REFRESH_TOKEN_HASH, b.INVALIDATED_TIME, b.IDP_ID
    FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT b
    WHERE b.RUN_ID = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t
        WHERE NVL(t.TOKEN_ID, CHR(0)) = NVL(b.TOKEN_ID, CHR(0))
          AND DECODE(t.TOKEN_ID, b.TOKEN_ID, 1, 0) = 1
          AND DECODE(t.ACCESS_TOKEN, b.ACCESS_TOKEN, 1, 0) = 1
          AND DECODE(t.REFRESH_TOKEN, b.REFRESH_TOKEN, 1, 0) = 1
          AND DECODE(t.CONSUMER_KEY_ID, b.CONSUMER_KEY_ID, 1, 0) = 1
          AND DECODE(t.AUTHZ_USER, b.AUTHZ_USER, 1, 0) = 1
          AND DECODE(t.TENANT_ID, b.TENANT_ID, 1, 0) = 1
          AND DECODE(t.USER_DOMAIN, b.USER_DOMAIN, 1, 0) = 1
          AND DECODE(t.USER_TYPE, b.USER_TYPE, 1, 0) = 1
          AND DECODE(t.GRANT_TYPE, b.GRANT_TYPE, 1, 0) = 1
          AND DECODE(t.TIME_CREATED, b.TIME_CREATED, 1, 0) = 1
          AND DECODE(t.REFRESH_TOKEN_TIME_CREATED, b.REFRESH_TOKEN_TIME_CREATED, 1, 0) = 1
          AND DECODE(t.VALIDITY_PERIOD, b.VALIDITY_PERIOD, 1, 0) = 1
          AND DECODE(t.REFRESH_TOKEN_VALIDITY_PERIOD, b.REFRESH_TOKEN_VALIDITY_PERIOD, 1, 0) = 1
          AND DECODE(t.TOKEN_SCOPE_HASH, b.TOKEN_SCOPE_HASH, 1, 0) = 1
          AND DECODE(t.TOKEN_STATE, b.TOKEN_STATE, 1, 0) = 1
          AND DECODE(t.TOKEN_STATE_ID, b.TOKEN_STATE_ID, 1, 0) = 1
          AND DECODE(t.SUBJECT_IDENTIFIER, b.SUBJECT_IDENTIFIER, 1, 0) = 1
          AND DECODE(t.ACCESS_TOKEN_HASH, b.ACCESS_TOKEN_HASH, 1, 0) = 1
          AND DECODE(t.REFRESH_TOKEN_HASH, b.REFRESH_TOKEN_HASH, 1, 0) = 1
          AND DECODE(t.INVALIDATED_TIME, b.INVALIDATED_TIME, 1, 0) = 1
          AND DECODE(t.IDP_ID, b.IDP_ID, 1, 0) = 1)
  ) LOOP
    BEGIN
      SAVEPOINT before_row;
      INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_AUDIT
        (TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN, USER_TYPE,
         GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD,
         TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER, ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH,
         INVALIDATED_TIME, IDP_ID)
      VALUES
        (gone.TOKEN_ID, gone.ACCESS_TOKEN, gone.REFRESH_TOKEN, gone.CONSUMER_KEY_ID, gone.AUTHZ_USER, gone.TENANT_ID,
         gone.USER_DOMAIN, gone.USER_TYPE, gone.GRANT_TYPE, gone.TIME_CREATED, gone.REFRESH_TOKEN_TIME_CREATED,
         gone.VALIDITY_PERIOD, gone.REFRESH_TOKEN_VALIDITY_PERIOD, gone.TOKEN_SCOPE_HASH, gone.TOKEN_STATE,
         gone.TOKEN_STATE_ID, gone.SUBJECT_IDENTIFIER, gone.ACCESS_TOKEN_HASH, gone.REFRESH_TOKEN_HASH,
         gone.INVALIDATED_TIME, gone.IDP_ID);
      v_rows := v_rows + 1;
    EXCEPTION
      WHEN DUP_VAL_ON_INDEX OR e_no_parent THEN
        ROLLBACK TO before_row;
    END;
  END LOOP;
  CLEANUP_KIT.put_back(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', v_rows);

  CLEANUP_KIT.end_restore(v_run, p_run_id);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END restore_tokens;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check restore_tokens
BEGIN
  CLEANUP_KIT.check_compiled('restore_tokens');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'restore_tokens', '1ff0f998a9fe59da0c090bb3104a9a8dc26756264604532898b6179b01ad75e6');
  COMMIT;
END;
/
-- @end
