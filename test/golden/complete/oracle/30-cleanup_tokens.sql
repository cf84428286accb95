-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH2_ACCESS_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     expired: its state is EXPIRED, and its refresh period ended before the cut-off
--     periods_over: it is ACTIVE or GRACEFULLY_ROTATED, and its access and refresh periods ended before the cut-off
--     access_period_over: it is ACTIVE or EXPIRED, its grant is in access_period_grants, and its access period is over
--     (opt-in)
--     and only if its TOKEN_STATE is not INACTIVE, or (its REFRESH_TOKEN_VALIDITY_PERIOD is finite, and its
--     REFRESH_TOKEN_VALIDITY_PERIOD, counted from its REFRESH_TOKEN_TIME_CREATED, ended before the cut-off), or no row
--     of IDN_OIDC_REQ_OBJECT_REFERENCE has its TOKEN_ID
--     together with its child rows in IDN_OAUTH2_ACCESS_TOKEN_SCOPE, IDN_OAUTH2_TOKEN_BINDING,
--     IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_AUTHORIZATION_CODE when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and only if no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID, and no row of IDN_OIDC_REQ_OBJECT_REFERENCE has
--     its CODE_ID (counting only rows for which IDN_OIDC_REQ_OBJECT_REFERENCE.TOKEN_ID is not NULL)
--     together with its child rows in IDN_OAUTH2_AUTHZ_CODE_SCOPE, IDN_OIDC_REQ_OBJ_CLAIM_VALUES,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--     until such a batch ends nobody else can change IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_CIBA_AUTH_CODE when
--     finished: its request is EXPIRED, TOKEN_ISSUED or FAILED
--     period_over: its validity ended over 24 h ago
--     together with its child rows in IDN_OAUTH2_CIBA_REQUEST_SCOPES
--   IDN_OAUTH2_DEVICE_FLOW when
--     expired: its status is EXPIRED
--     period_over: it ended over 24 h ago
--     together with its child rows in IDN_OAUTH2_DEVICE_FLOW_SCOPES
--   IDN_OAUTH2_ACCESS_TOKEN_AUDIT (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_tokens(run) puts back what is still kept.
-- A child row that another session adds after the others were copied goes by the cascade, and is not copied.
-- EXECUTE cleanup_tokens('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_tokens and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_tokens
CREATE OR REPLACE PROCEDURE cleanup_tokens(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_found CLEANUP_KIT.rowids;    -- rows that go with them
  v_below CLEANUP_KIT.rowids;    -- and those that go with these
  v_cut_off TIMESTAMP(6);
  v_grace_cut_off TIMESTAMP(6);
  v_audit_cut_off TIMESTAMP(6);
  v_safe_period_minutes NUMBER;
  v_access_period_grants VARCHAR2(255);
  v_audit_retention_days NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 IDN_OAUTH2_ACCESS_TOKEN.TOKEN_ID%TYPE;
  v_upto_1 IDN_OAUTH2_ACCESS_TOKEN.TOKEN_ID%TYPE;
  v_until_1 IDN_OAUTH2_ACCESS_TOKEN.TOKEN_ID%TYPE;
  v_after_2 IDN_OAUTH2_AUTHORIZATION_CODE.CODE_ID%TYPE;
  v_upto_2 IDN_OAUTH2_AUTHORIZATION_CODE.CODE_ID%TYPE;
  v_until_2 IDN_OAUTH2_AUTHORIZATION_CODE.CODE_ID%TYPE;
  v_after_3 IDN_OAUTH2_CIBA_AUTH_CODE.AUTH_CODE_KEY%TYPE;
  v_upto_3 IDN_OAUTH2_CIBA_AUTH_CODE.AUTH_CODE_KEY%TYPE;
  v_until_3 IDN_OAUTH2_CIBA_AUTH_CODE.AUTH_CODE_KEY%TYPE;
  v_after_4 IDN_OAUTH2_DEVICE_FLOW.DEVICE_CODE%TYPE;
  v_upto_4 IDN_OAUTH2_DEVICE_FLOW.DEVICE_CODE%TYPE;
  v_until_4 IDN_OAUTH2_DEVICE_FLOW.DEVICE_CODE%TYPE;
  v_after_5 NUMBER;
  v_upto_5 IDN_OAUTH2_ACCESS_TOKEN_AUDIT.ID%TYPE;
  v_until_5 IDN_OAUTH2_ACCESS_TOKEN_AUDIT.ID%TYPE;

  -- Copies and deletes rows of IDN_OIDC_REQ_OBJECT_REFERENCE, which are locked
  PROCEDURE take_3(p_run_id NUMBER, p_rows CLEANUP_KIT.rowids) IS
  BEGIN
    IF p_rows.COUNT > 0 THEN
      FORALL i IN 1 .. p_rows.COUNT
        INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
          (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
        SELECT p_run_id, t.ID, t.CONSUMER_KEY_ID, t.CODE_ID, t.TOKEN_ID, t.SESSION_DATA_KEY
        FROM IDN_OIDC_REQ_OBJECT_REFERENCE t
        WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
      FORALL i IN 1 .. p_rows.COUNT
        DELETE FROM IDN_OIDC_REQ_OBJECT_REFERENCE t WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
    END IF;
  END take_3;

  -- Copies and deletes rows of IDN_OIDC_REQ_OBJECT_CLAIMS, which are locked
  PROCEDURE take_4(p_run_id NUMBER, p_rows CLEANUP_KIT.rowids) IS
  BEGIN
    IF p_rows.COUNT > 0 THEN
      FORALL i IN 1 .. p_rows.COUNT
        INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
          (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
        SELECT p_run_id, t.ID, t.REQ_OBJECT_ID, t.CLAIM_ATTRIBUTE, t.ESSENTIAL, t.VALUE, t.IS_USERINFO
        FROM IDN_OIDC_REQ_OBJECT_CLAIMS t
        WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
      FORALL i IN 1 .. p_rows.COUNT
        DELETE FROM IDN_OIDC_REQ_OBJECT_CLAIMS t WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
    END IF;
  END take_4;

  -- Copies and deletes rows of IDN_OIDC_REQ_OBJ_CLAIM_VALUES, which are locked
  PROCEDURE take_5(p_run_id NUMBER, p_rows CLEANUP_KIT.rowids) IS
  BEGIN
    IF p_rows.COUNT > 0 THEN
      FORALL i IN 1 .. p_rows.COUNT
        INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
          (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
        SELECT p_run_id, t.ID, t.REQ_OBJECT_CLAIMS_ID, t.CLAIM_VALUES
        FROM IDN_OIDC_REQ_OBJ_CLAIM_VALUES t
        WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
      FORALL i IN 1 .. p_rows.COUNT
        DELETE FROM IDN_OIDC_REQ_OBJ_CLAIM_VALUES t WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
    END IF;
  END take_5;

BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_ACCESS_TOKEN', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 22);
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE', 17);
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_REQ_OBJECT_REFERENCE', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 5);
  CLEANUP_KIT.expect_key(v_run, 'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE');
  CLEANUP_KIT.expect_key(v_run, 'CODE_ID -> IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_REQ_OBJECT_CLAIMS', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS', 6);
  CLEANUP_KIT.expect_key(v_run, 'REQ_OBJECT_ID -> IDN_OIDC_REQ_OBJECT_REFERENCE (ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 3);
  CLEANUP_KIT.expect_key(v_run, 'REQ_OBJECT_CLAIMS_ID -> IDN_OIDC_REQ_OBJECT_CLAIMS (ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_TOKEN_BINDING', 'CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING', 5);
  CLEANUP_KIT.expect_key(v_run, 'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 3);
  CLEANUP_KIT.expect_key(v_run, 'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE', 3);
  CLEANUP_KIT.expect_key(v_run, 'CODE_ID -> IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE', 12);
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES', 3);
  CLEANUP_KIT.expect_key(v_run, 'AUTH_CODE_KEY -> IDN_OAUTH2_CIBA_AUTH_CODE (AUTH_CODE_KEY) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_DEVICE_FLOW', 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW', 14);
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_DEVICE_FLOW_SCOPES', 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES', 3);
  CLEANUP_KIT.expect_key(v_run, 'SCOPE_ID -> IDN_OAUTH2_DEVICE_FLOW (CODE_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 22);
  CLEANUP_KIT.begin_run(v_run, 'cleanup_tokens', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_safe_period_minutes := CLEANUP_KIT.number_of(v_run, 'safe_period_minutes', 120);
  v_access_period_grants := CLEANUP_KIT.word_of(v_run, 'access_period_grants', '(none)');
  v_audit_retention_days := CLEANUP_KIT.number_of(v_run, 'audit_retention_days', 90);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_safe_period_minutes, 'MINUTE');
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  v_audit_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_audit_retention_days, 'DAY');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_OAUTH2_ACCESS_TOKEN
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH2_ACCESS_TOKEN', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (TOKEN_ID)) */ MAX(t.TOKEN_ID) INTO v_until_1 FROM IDN_OAUTH2_ACCESS_TOKEN t;
      END IF;
      SELECT MAX(d.TOKEN_ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (TOKEN_ID)) */ k.TOKEN_ID
        FROM IDN_OAUTH2_ACCESS_TOKEN k
        WHERE k.TOKEN_ID > v_after_1 AND k.TOKEN_ID <= v_until_1
        ORDER BY k.TOKEN_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT d.ROW_ID, d.REASON BULK COLLECT INTO v_rows, v_reasons
      FROM (
        SELECT /*+ INDEX(t (TOKEN_ID)) */ t.ROWID AS ROW_ID,
          CASE
            WHEN t.TOKEN_STATE = 'INACTIVE' THEN 'inactive'
            WHEN t.TOKEN_STATE = 'REVOKED' THEN 'revoked'
            WHEN t.TOKEN_STATE = 'EXPIRED'
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND v_cut_off - t.REFRESH_TOKEN_TIME_CREATED
                     > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                     'SECOND')
            THEN 'expired'
            WHEN t.TOKEN_STATE IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                 AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND v_cut_off - t.TIME_CREATED
                     > NUMTODSINTERVAL(LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND v_cut_off - t.REFRESH_TOKEN_TIME_CREATED
                     > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                     'SECOND')
            THEN 'periods_over'
            WHEN t.TOKEN_STATE IN ('ACTIVE', 'EXPIRED')
                 AND REGEXP_LIKE(v_access_period_grants, '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$')
                 AND INSTR(',' || v_access_period_grants || ',', ',' || t.GRANT_TYPE || ',') > 0
                 AND INSTR(t.GRANT_TYPE, ',') = 0
                 AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND v_cut_off - t.TIME_CREATED
                     > NUMTODSINTERVAL(LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
            THEN 'access_period_over'
          END AS REASON
        FROM IDN_OAUTH2_ACCESS_TOKEN t
        WHERE t.TOKEN_ID > v_after_1 AND t.TOKEN_ID <= v_upto_1
          AND (CASE WHEN t.TOKEN_STATE = 'INACTIVE' THEN 0 ELSE 1 END = 1
               OR (t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                   AND v_cut_off - t.REFRESH_TOKEN_TIME_CREATED
                       > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                       'SECOND'))
               OR NOT EXISTS (SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o WHERE o.TOKEN_ID = t.TOKEN_ID))
      ) d
      WHERE d.REASON IS NOT NULL
      FOR UPDATE WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
            (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
             USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
             REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
             ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID, TOKEN_BINDING_REF, CONSENTED_TOKEN)
          SELECT v_run.run_id, v_reasons(i), t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID,
                 t.AUTHZ_USER, t.TENANT_ID, t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED,
                 t.REFRESH_TOKEN_TIME_CREATED, t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH,
                 t.TOKEN_STATE, t.TOKEN_STATE_ID, t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH,
                 t.IDP_ID, t.TOKEN_BINDING_REF, t.CONSENTED_TOKEN
          FROM IDN_OAUTH2_ACCESS_TOKEN t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_OAUTH2_ACCESS_TOKEN_SCOPE
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g
        JOIN IDN_OAUTH2_ACCESS_TOKEN_SCOPE c ON c.TOKEN_ID = g.TOKEN_ID
        WHERE g.RUN_ID = v_run.run_id AND g.TOKEN_ID > v_after_1 AND g.TOKEN_ID <= v_upto_1
        FOR UPDATE OF c.TOKEN_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
              (RUN_ID, TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
            SELECT v_run.run_id, c.TOKEN_ID, c.TOKEN_SCOPE, c.TENANT_ID
            FROM IDN_OAUTH2_ACCESS_TOKEN_SCOPE c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_OAUTH2_ACCESS_TOKEN_SCOPE c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', NULL, v_found.COUNT);
        -- IDN_OAUTH2_TOKEN_BINDING
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g
        JOIN IDN_OAUTH2_TOKEN_BINDING c ON c.TOKEN_ID = g.TOKEN_ID
        WHERE g.RUN_ID = v_run.run_id AND g.TOKEN_ID > v_after_1 AND g.TOKEN_ID <= v_upto_1
        FOR UPDATE OF c.TOKEN_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
              (RUN_ID, TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
            SELECT v_run.run_id, c.TOKEN_ID, c.TOKEN_BINDING_TYPE, c.TOKEN_BINDING_REF, c.TOKEN_BINDING_VALUE,
                   c.TENANT_ID
            FROM IDN_OAUTH2_TOKEN_BINDING c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_OAUTH2_TOKEN_BINDING c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_OAUTH2_TOKEN_BINDING', NULL, v_found.COUNT);
        -- IDN_OIDC_REQ_OBJECT_REFERENCE
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g
        JOIN IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.TOKEN_ID = g.TOKEN_ID
        WHERE g.RUN_ID = v_run.run_id AND g.TOKEN_ID > v_after_1 AND g.TOKEN_ID <= v_upto_1
        FOR UPDATE OF c.TOKEN_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          SELECT /*+ LEADING(g p1 p2 c) USE_NL(p1 p2 c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_below
          FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g
          JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
          JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
          JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
          WHERE g.RUN_ID = v_run.run_id AND g.TOKEN_ID > v_after_1 AND g.TOKEN_ID <= v_upto_1
          FOR UPDATE OF c.REQ_OBJECT_CLAIMS_ID WAIT 1;
          take_5(v_run.run_id, v_below);
          CLEANUP_KIT.followed(v_run, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', NULL, v_below.COUNT);
          SELECT /*+ LEADING(g p1 c) USE_NL(p1 c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_below
          FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g
          JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
          JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
          WHERE g.RUN_ID = v_run.run_id AND g.TOKEN_ID > v_after_1 AND g.TOKEN_ID <= v_upto_1
          FOR UPDATE OF c.REQ_OBJECT_ID WAIT 1;
          take_4(v_run.run_id, v_below);
          CLEANUP_KIT.followed(v_run, 'IDN_OIDC_REQ_OBJECT_CLAIMS', NULL, v_below.COUNT);
        END IF;
        take_3(v_run.run_id, v_found);
        CLEANUP_KIT.followed(v_run, 'IDN_OIDC_REQ_OBJECT_REFERENCE', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH2_ACCESS_TOKEN t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_1);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_1);
    END;
  END LOOP;

  -- 2. IDN_OAUTH2_AUTHORIZATION_CODE
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_2 := NVL(v_run.after_key, CHR(0));
      v_until_2 := v_run.until_key;
      IF v_until_2 IS NULL THEN
        SELECT /*+ INDEX(t (CODE_ID)) */ MAX(t.CODE_ID) INTO v_until_2 FROM IDN_OAUTH2_AUTHORIZATION_CODE t;
      END IF;
      SELECT MAX(d.CODE_ID), COUNT(*) INTO v_upto_2, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (CODE_ID)) */ k.CODE_ID
        FROM IDN_OAUTH2_AUTHORIZATION_CODE k
        WHERE k.CODE_ID > v_after_2 AND k.CODE_ID <= v_until_2
        ORDER BY k.CODE_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- What refers to one of these rows, or comes to, stays as it is until the batch ends
      IF v_run.dry_run = 'no' THEN
        LOCK TABLE IDN_OIDC_REQ_OBJECT_REFERENCE IN SHARE ROW EXCLUSIVE MODE WAIT 1;
      END IF;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT d.ROW_ID, d.REASON BULK COLLECT INTO v_rows, v_reasons
      FROM (
        SELECT /*+ INDEX(t (CODE_ID)) */ t.ROWID AS ROW_ID,
          CASE
            WHEN t.STATE = 'INACTIVE' THEN 'inactive'
            WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND v_cut_off - t.TIME_CREATED
                     > NUMTODSINTERVAL(LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')
            THEN 'period_over'
          END AS REASON
        FROM IDN_OAUTH2_AUTHORIZATION_CODE t
        WHERE t.CODE_ID > v_after_2 AND t.CODE_ID <= v_upto_2
          AND (NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)
               AND NOT EXISTS (
                 SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o
                 WHERE o.CODE_ID = t.CODE_ID
                   AND o.TOKEN_ID IS NOT NULL))
      ) d
      WHERE d.REASON IS NOT NULL
      FOR UPDATE WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
            (RUN_ID, REASON, CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER, TENANT_ID,
             USER_DOMAIN, TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER, PKCE_CODE_CHALLENGE,
             PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
          SELECT v_run.run_id, v_reasons(i), t.CODE_ID, t.AUTHORIZATION_CODE, t.CONSUMER_KEY_ID, t.CALLBACK_URL,
                 t.SCOPE, t.AUTHZ_USER, t.TENANT_ID, t.USER_DOMAIN, t.TIME_CREATED, t.VALIDITY_PERIOD, t.STATE,
                 t.TOKEN_ID, t.SUBJECT_IDENTIFIER, t.PKCE_CODE_CHALLENGE, t.PKCE_CODE_CHALLENGE_METHOD,
                 t.AUTHORIZATION_CODE_HASH, t.IDP_ID
          FROM IDN_OAUTH2_AUTHORIZATION_CODE t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_OAUTH2_AUTHZ_CODE_SCOPE
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g
        JOIN IDN_OAUTH2_AUTHZ_CODE_SCOPE c ON c.CODE_ID = g.CODE_ID
        WHERE g.RUN_ID = v_run.run_id AND g.CODE_ID > v_after_2 AND g.CODE_ID <= v_upto_2
        FOR UPDATE OF c.CODE_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
              (RUN_ID, CODE_ID, SCOPE, TENANT_ID)
            SELECT v_run.run_id, c.CODE_ID, c.SCOPE, c.TENANT_ID
            FROM IDN_OAUTH2_AUTHZ_CODE_SCOPE c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_OAUTH2_AUTHZ_CODE_SCOPE c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', NULL, v_found.COUNT);
        -- IDN_OIDC_REQ_OBJECT_REFERENCE
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g
        JOIN IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.CODE_ID = g.CODE_ID
        WHERE g.RUN_ID = v_run.run_id AND g.CODE_ID > v_after_2 AND g.CODE_ID <= v_upto_2
        FOR UPDATE OF c.CODE_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          SELECT /*+ LEADING(g p1 p2 c) USE_NL(p1 p2 c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_below
          FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g
          JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
          JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
          JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
          WHERE g.RUN_ID = v_run.run_id AND g.CODE_ID > v_after_2 AND g.CODE_ID <= v_upto_2
          FOR UPDATE OF c.REQ_OBJECT_CLAIMS_ID WAIT 1;
          take_5(v_run.run_id, v_below);
          CLEANUP_KIT.followed(v_run, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', NULL, v_below.COUNT);
          SELECT /*+ LEADING(g p1 c) USE_NL(p1 c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_below
          FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g
          JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
          JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
          WHERE g.RUN_ID = v_run.run_id AND g.CODE_ID > v_after_2 AND g.CODE_ID <= v_upto_2
          FOR UPDATE OF c.REQ_OBJECT_ID WAIT 1;
          take_4(v_run.run_id, v_below);
          CLEANUP_KIT.followed(v_run, 'IDN_OIDC_REQ_OBJECT_CLAIMS', NULL, v_below.COUNT);
        END IF;
        take_3(v_run.run_id, v_found);
        CLEANUP_KIT.followed(v_run, 'IDN_OIDC_REQ_OBJECT_REFERENCE', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH2_AUTHORIZATION_CODE t
          WHERE t.ROWID = v_rows(i)
            AND ((t.STATE = 'INACTIVE'
                  OR (t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                      AND v_cut_off - t.TIME_CREATED
                          > NUMTODSINTERVAL(LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999) / 1000, 'SECOND')))
                 AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o
                   WHERE o.CODE_ID = t.CODE_ID
                     AND o.TOKEN_ID IS NOT NULL));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_2);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_2);
    END;
  END LOOP;

  -- 3. IDN_OAUTH2_CIBA_AUTH_CODE
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_3 := NVL(v_run.after_key, CHR(0));
      v_until_3 := v_run.until_key;
      IF v_until_3 IS NULL THEN
        SELECT /*+ INDEX(t (AUTH_CODE_KEY)) */ MAX(t.AUTH_CODE_KEY) INTO v_until_3 FROM IDN_OAUTH2_CIBA_AUTH_CODE t;
      END IF;
      SELECT MAX(d.AUTH_CODE_KEY), COUNT(*) INTO v_upto_3, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (AUTH_CODE_KEY)) */ k.AUTH_CODE_KEY
        FROM IDN_OAUTH2_CIBA_AUTH_CODE k
        WHERE k.AUTH_CODE_KEY > v_after_3 AND k.AUTH_CODE_KEY <= v_until_3
        ORDER BY k.AUTH_CODE_KEY
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT d.ROW_ID, d.REASON BULK COLLECT INTO v_rows, v_reasons
      FROM (
        SELECT /*+ INDEX(t (AUTH_CODE_KEY)) */ t.ROWID AS ROW_ID,
          CASE
            WHEN t.AUTH_REQ_STATUS IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 'finished'
            WHEN t.EXPIRES_IN > 0
                 AND v_grace_cut_off - t.ISSUED_TIME
                     > NUMTODSINTERVAL(LEAST(GREATEST(t.EXPIRES_IN, 0), 999999999999), 'SECOND')
            THEN 'period_over'
          END AS REASON
        FROM IDN_OAUTH2_CIBA_AUTH_CODE t
        WHERE t.AUTH_CODE_KEY > v_after_3 AND t.AUTH_CODE_KEY <= v_upto_3
      ) d
      WHERE d.REASON IS NOT NULL
      FOR UPDATE WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
            (RUN_ID, REASON, AUTH_CODE_KEY, AUTH_REQ_ID, ISSUED_TIME, CONSUMER_KEY, LAST_POLLED_TIME, POLLING_INTERVAL,
             EXPIRES_IN, AUTHENTICATED_USER_NAME, USER_STORE_DOMAIN, TENANT_ID, AUTH_REQ_STATUS, IDP_ID)
          SELECT v_run.run_id, v_reasons(i), t.AUTH_CODE_KEY, t.AUTH_REQ_ID, t.ISSUED_TIME, t.CONSUMER_KEY,
                 t.LAST_POLLED_TIME, t.POLLING_INTERVAL, t.EXPIRES_IN, t.AUTHENTICATED_USER_NAME, t.USER_STORE_DOMAIN,
                 t.TENANT_ID, t.AUTH_REQ_STATUS, t.IDP_ID
          FROM IDN_OAUTH2_CIBA_AUTH_CODE t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_OAUTH2_CIBA_REQUEST_SCOPES
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE g
        JOIN IDN_OAUTH2_CIBA_REQUEST_SCOPES c ON c.AUTH_CODE_KEY = g.AUTH_CODE_KEY
        WHERE g.RUN_ID = v_run.run_id AND g.AUTH_CODE_KEY > v_after_3 AND g.AUTH_CODE_KEY <= v_upto_3
        FOR UPDATE OF c.AUTH_CODE_KEY WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
              (RUN_ID, ID, AUTH_CODE_KEY, SCOPE)
            SELECT v_run.run_id, c.ID, c.AUTH_CODE_KEY, c.SCOPE
            FROM IDN_OAUTH2_CIBA_REQUEST_SCOPES c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_OAUTH2_CIBA_REQUEST_SCOPES c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_OAUTH2_CIBA_REQUEST_SCOPES', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH2_CIBA_AUTH_CODE t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_3);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_3);
    END;
  END LOOP;

  -- 4. IDN_OAUTH2_DEVICE_FLOW
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH2_DEVICE_FLOW', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_4 := NVL(v_run.after_key, CHR(0));
      v_until_4 := v_run.until_key;
      IF v_until_4 IS NULL THEN
        SELECT /*+ INDEX(t (DEVICE_CODE)) */ MAX(t.DEVICE_CODE) INTO v_until_4 FROM IDN_OAUTH2_DEVICE_FLOW t;
      END IF;
      SELECT MAX(d.DEVICE_CODE), COUNT(*) INTO v_upto_4, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (DEVICE_CODE)) */ k.DEVICE_CODE
        FROM IDN_OAUTH2_DEVICE_FLOW k
        WHERE k.DEVICE_CODE > v_after_4 AND k.DEVICE_CODE <= v_until_4
        ORDER BY k.DEVICE_CODE
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT d.ROW_ID, d.REASON BULK COLLECT INTO v_rows, v_reasons
      FROM (
        SELECT /*+ INDEX(t (DEVICE_CODE)) */ t.ROWID AS ROW_ID,
          CASE
            WHEN t.STATUS = 'EXPIRED' THEN 'expired'
            WHEN t.EXPIRY_TIME < v_grace_cut_off THEN 'period_over'
          END AS REASON
        FROM IDN_OAUTH2_DEVICE_FLOW t
        WHERE t.DEVICE_CODE > v_after_4 AND t.DEVICE_CODE <= v_upto_4
      ) d
      WHERE d.REASON IS NOT NULL
      FOR UPDATE WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
            (RUN_ID, REASON, CODE_ID, DEVICE_CODE, USER_CODE, QUANTIFIER, CONSUMER_KEY_ID, LAST_POLL_TIME, EXPIRY_TIME,
             TIME_CREATED, POLL_TIME, STATUS, AUTHZ_USER, TENANT_ID, USER_DOMAIN, IDP_ID)
          SELECT v_run.run_id, v_reasons(i), t.CODE_ID, t.DEVICE_CODE, t.USER_CODE, t.QUANTIFIER, t.CONSUMER_KEY_ID,
                 t.LAST_POLL_TIME, t.EXPIRY_TIME, t.TIME_CREATED, t.POLL_TIME, t.STATUS, t.AUTHZ_USER, t.TENANT_ID,
                 t.USER_DOMAIN, t.IDP_ID
          FROM IDN_OAUTH2_DEVICE_FLOW t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_OAUTH2_DEVICE_FLOW_SCOPES
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW g
        JOIN IDN_OAUTH2_DEVICE_FLOW_SCOPES c ON c.SCOPE_ID = g.CODE_ID
        WHERE g.RUN_ID = v_run.run_id AND g.DEVICE_CODE > v_after_4 AND g.DEVICE_CODE <= v_upto_4
        FOR UPDATE OF c.SCOPE_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
              (RUN_ID, ID, SCOPE_ID, SCOPE)
            SELECT v_run.run_id, c.ID, c.SCOPE_ID, c.SCOPE
            FROM IDN_OAUTH2_DEVICE_FLOW_SCOPES c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_OAUTH2_DEVICE_FLOW_SCOPES c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_OAUTH2_DEVICE_FLOW_SCOPES', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH2_DEVICE_FLOW t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_4);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_4);
    END;
  END LOOP;

  -- 5. IDN_OAUTH2_ACCESS_TOKEN_AUDIT, only while setting audit_pruning is yes
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'key', 'audit_pruning');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_5 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_5 := TO_NUMBER(v_run.until_key);
      IF v_until_5 IS NULL THEN
        SELECT /*+ INDEX(t (ID)) */ MAX(t.ID) INTO v_until_5 FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t;
      END IF;
      SELECT MAX(d.ID), COUNT(*) INTO v_upto_5, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (ID)) */ k.ID
        FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT k
        WHERE k.ID > v_after_5 AND k.ID <= v_until_5
        ORDER BY k.ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (ID)) */ t.ROWID, 'retention_over'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t
      WHERE t.ID > v_after_5 AND t.ID <= v_upto_5
        AND (t.INVALIDATED_TIME < v_audit_cut_off)
      FOR UPDATE OF t.ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
            (RUN_ID, REASON, ID, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
             USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
             REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
             ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, INVALIDATED_TIME, IDP_ID)
          SELECT v_run.run_id, v_reasons(i), t.ID, t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID,
                 t.AUTHZ_USER, t.TENANT_ID, t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED,
                 t.REFRESH_TOKEN_TIME_CREATED, t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH,
                 t.TOKEN_STATE, t.TOKEN_STATE_ID, t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH,
                 t.INVALIDATED_TIME, t.IDP_ID
          FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_5));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_5));
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_tokens_proof(v_run.run_id, v_run.started, v_safe_period_minutes, v_access_period_grants,
                         v_audit_retention_days, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_tokens;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_tokens
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_tokens');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_tokens', 'c5bfcd30851cb7b9acfc50e2ecccf6f38f99796c139c7366d205d203fcd3938d');
  COMMIT;
END;
/
-- @end
