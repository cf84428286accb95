-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
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
-- Every deleted row is copied in the same transaction; CALL restore_tokens(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_tokens_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that back.
-- How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_tokens
--   EXECUTE on PROCEDURE cleanup_tokens_dry_run
--   SELECT, DELETE on IDN_OAUTH2_ACCESS_TOKEN, IDN_OAUTH2_AUTHORIZATION_CODE, IDN_OIDC_REQ_OBJECT_REFERENCE,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OAUTH2_TOKEN_BINDING,
--     IDN_OAUTH2_ACCESS_TOKEN_SCOPE, IDN_OAUTH2_AUTHZ_CODE_SCOPE, IDN_OAUTH2_CIBA_AUTH_CODE,
--     IDN_OAUTH2_CIBA_REQUEST_SCOPES, IDN_OAUTH2_DEVICE_FLOW, IDN_OAUTH2_DEVICE_FLOW_SCOPES,
--     IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN, CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE, CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES, CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE, CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE,
--     CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE, CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES,
--     CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW, CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_LOCK, CLEANUP_RUN_REST, CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON
--   SELECT, INSERT, UPDATE, DELETE on CLEANUP_POSITION
--   INSERT on CLEANUP_RUN_ERROR
--   SELECT, INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_tokens
DROP PROCEDURE IF EXISTS cleanup_tokens;
-- @end
-- @statement drop cleanup_tokens_dry_run
DROP PROCEDURE IF EXISTS cleanup_tokens_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_tokens
CREATE PROCEDURE cleanup_tokens()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted, v_children BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_cut_off DATETIME(6);
  DECLARE v_cut_off_s DECIMAL(20, 6);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_audit_cut_off DATETIME(6);
  DECLARE v_audit_cut_off_s DECIMAL(20, 6);
  DECLARE v_safe_period_minutes BIGINT;
  DECLARE v_access_period_grants VARCHAR(255);
  DECLARE v_audit_pruning VARCHAR(255);
  DECLARE v_audit_retention_days BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(255);
  DECLARE v_from_2, v_upto_2, v_after_2, v_until_2 varchar(255);
  DECLARE v_from_3, v_upto_3, v_after_3, v_until_3 char(36);
  DECLARE v_from_4, v_upto_4, v_after_4, v_until_4 varchar(255);
  DECLARE v_from_5, v_upto_5, v_after_5, v_until_5 int;
  DECLARE v_reasons, v_error TEXT;
  DECLARE v_sqlstate CHAR(5);
  DECLARE v_errno, v_proves INT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
    CALL CLEANUP_END(v_run_id, v_error);
    RESIGNAL;
  END;

  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CALL CLEANUP_BEGIN('cleanup_tokens', 4,
    '[["IDN_OAUTH2_ACCESS_TOKEN", "CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN", 22, []],'
    '["IDN_OAUTH2_AUTHORIZATION_CODE", "CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE", 17, []],'
    '["IDN_OIDC_REQ_OBJECT_REFERENCE", "CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE", 5, ['
    '  "TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE",'
    '  "CODE_ID -> IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID) CASCADE"]],'
    '["IDN_OIDC_REQ_OBJECT_CLAIMS", "CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS", 6, ['
    '  "REQ_OBJECT_ID -> IDN_OIDC_REQ_OBJECT_REFERENCE (ID) CASCADE"]],'
    '["IDN_OIDC_REQ_OBJ_CLAIM_VALUES", "CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES", 3, ['
    '  "REQ_OBJECT_CLAIMS_ID -> IDN_OIDC_REQ_OBJECT_CLAIMS (ID) CASCADE"]],'
    '["IDN_OAUTH2_TOKEN_BINDING", "CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING", 5, ['
    '  "TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE"]],'
    '["IDN_OAUTH2_ACCESS_TOKEN_SCOPE", "CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE", 3, ['
    '  "TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE"]],'
    '["IDN_OAUTH2_AUTHZ_CODE_SCOPE", "CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE", 3, ['
    '  "CODE_ID -> IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID) CASCADE"]],'
    '["IDN_OAUTH2_CIBA_AUTH_CODE", "CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE", 12, []],'
    '["IDN_OAUTH2_CIBA_REQUEST_SCOPES", "CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES", 3, ['
    '  "AUTH_CODE_KEY -> IDN_OAUTH2_CIBA_AUTH_CODE (AUTH_CODE_KEY) CASCADE"]],'
    '["IDN_OAUTH2_DEVICE_FLOW", "CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW", 14, []],'
    '["IDN_OAUTH2_DEVICE_FLOW_SCOPES", "CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES", 3, ['
    '  "SCOPE_ID -> IDN_OAUTH2_DEVICE_FLOW (CODE_ID) CASCADE"]],'
    '["IDN_OAUTH2_ACCESS_TOKEN_AUDIT", "CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT", 22, []]]', v_run_id, v_started,
        v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120'),
    COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)'),
    COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no'),
    COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_safe_period_minutes, v_access_period_grants, v_audit_pruning, v_audit_retention_days,
       v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_tokens' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and the safe period
  SET v_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_safe_period_minutes MINUTE;
  SET v_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_cut_off) * 0.000001;
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  SET v_audit_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_audit_retention_days DAY;
  SET v_audit_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_audit_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_OAUTH2_ACCESS_TOKEN
  CALL CLEANUP_OPEN(v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'key');
  table_1: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
    IF v_rows = 0 THEN
      LEAVE table_1;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_1);
      END;

      SELECT MIN(k.TOKEN_ID), MAX(k.TOKEN_ID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT t.TOKEN_ID
        FROM IDN_OAUTH2_ACCESS_TOKEN t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.TOKEN_ID > v_after_1) AND (v_until_1 IS NULL OR t.TOKEN_ID <= v_until_1)
        ORDER BY t.TOKEN_ID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
        (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN,
         USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
         REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
         ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID, TOKEN_BINDING_REF, CONSENTED_TOKEN)
      SELECT v_run_id, d.WHY_DEAD, d.TOKEN_ID, d.ACCESS_TOKEN, d.REFRESH_TOKEN, d.CONSUMER_KEY_ID, d.AUTHZ_USER,
             d.TENANT_ID, d.USER_DOMAIN, d.USER_TYPE, d.GRANT_TYPE, d.TIME_CREATED, d.REFRESH_TOKEN_TIME_CREATED,
             d.VALIDITY_PERIOD, d.REFRESH_TOKEN_VALIDITY_PERIOD, d.TOKEN_SCOPE_HASH, d.TOKEN_STATE, d.TOKEN_STATE_ID,
             d.SUBJECT_IDENTIFIER, d.ACCESS_TOKEN_HASH, d.REFRESH_TOKEN_HASH, d.IDP_ID, d.TOKEN_BINDING_REF,
             d.CONSENTED_TOKEN
      FROM (
        SELECT t.*,
          CASE
            WHEN CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE'
                 AND (t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                     AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD) IS NOT TRUE
                 AND EXISTS (SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o WHERE o.TOKEN_ID = t.TOKEN_ID)
            THEN NULL
            WHEN CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
            WHEN CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 'revoked'
            WHEN CAST(t.TOKEN_STATE AS BINARY) = 'EXPIRED'
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD
            THEN 'expired'
            WHEN CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                 AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD
            THEN 'periods_over'
            WHEN CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED')
                 AND v_access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                 AND FIND_IN_SET(CAST(t.GRANT_TYPE AS BINARY), CAST(v_access_period_grants AS BINARY)) > 0
                 AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
            THEN 'access_period_over'
          END AS WHY_DEAD
        FROM IDN_OAUTH2_ACCESS_TOKEN t FORCE INDEX (PRIMARY)
        WHERE t.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SELECT JSON_OBJECTAGG(r.REASON, r.N) INTO v_reasons
      FROM (
        SELECT g.REASON, COUNT(*) AS N
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
        WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        GROUP BY g.REASON
      ) r;

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
          (RUN_ID, TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
        SELECT v_run_id, c.TOKEN_ID, c.TOKEN_SCOPE, c.TENANT_ID
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_ACCESS_TOKEN_SCOPE c ON c.TOKEN_ID = g.TOKEN_ID
        WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', '', ROW_COUNT());
        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
          (RUN_ID, TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
        SELECT v_run_id, c.TOKEN_ID, c.TOKEN_BINDING_TYPE, c.TOKEN_BINDING_REF, c.TOKEN_BINDING_VALUE, c.TENANT_ID
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_TOKEN_BINDING c ON c.TOKEN_ID = g.TOKEN_ID
        WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OAUTH2_TOKEN_BINDING', '', ROW_COUNT());
        INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
          (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
        SELECT v_run_id, c.ID, c.CONSUMER_KEY_ID, c.CODE_ID, c.TOKEN_ID, c.SESSION_DATA_KEY
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.TOKEN_ID = g.TOKEN_ID
        WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        SET v_children = ROW_COUNT();
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE', '', v_children);
        IF v_children > 0 THEN
          INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
            (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
          SELECT v_run_id, c.ID, c.REQ_OBJECT_CLAIMS_ID, c.CLAIM_VALUES
          FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
          WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
          FOR UPDATE;
          CALL CLEANUP_COPIED(v_run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', '', ROW_COUNT());
          INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
            (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
          SELECT v_run_id, c.ID, c.REQ_OBJECT_ID, c.CLAIM_ATTRIBUTE, c.ESSENTIAL, c.VALUE, c.IS_USERINFO
          FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
          WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
          FOR UPDATE;
          CALL CLEANUP_COPIED(v_run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', '', ROW_COUNT());
          DELETE c
          FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
          WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
          DELETE c
          FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
          WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
        END IF;
        DELETE t
        FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_ACCESS_TOKEN t FORCE INDEX (PRIMARY) ON t.TOKEN_ID = g.TOKEN_ID
        WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- 2. IDN_OAUTH2_AUTHORIZATION_CODE
  CALL CLEANUP_OPEN(v_run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'key');
  table_2: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_2, v_until_2);
    IF v_rows = 0 THEN
      LEAVE table_2;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_2);
      END;

      SELECT MIN(k.CODE_ID), MAX(k.CODE_ID), COUNT(*) INTO v_from_2, v_upto_2, v_seen
      FROM (
        SELECT t.CODE_ID
        FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
        WHERE (v_after_2 IS NULL OR t.CODE_ID > v_after_2) AND (v_until_2 IS NULL OR t.CODE_ID <= v_until_2)
        ORDER BY t.CODE_ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
      WHERE t.CODE_ID BETWEEN v_from_2 AND v_upto_2
      FOR UPDATE;
      -- A row of this table may keep its parent: it stays as it is until both are gone, or stay
      SELECT COUNT(*) INTO v_copied
      FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
      STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.CODE_ID = t.CODE_ID
      WHERE t.CODE_ID BETWEEN v_from_2 AND v_upto_2
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
        (RUN_ID, REASON, CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER, TENANT_ID,
         USER_DOMAIN, TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER, PKCE_CODE_CHALLENGE,
         PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
      SELECT v_run_id, d.WHY_DEAD, d.CODE_ID, d.AUTHORIZATION_CODE, d.CONSUMER_KEY_ID, d.CALLBACK_URL, d.SCOPE,
             d.AUTHZ_USER, d.TENANT_ID, d.USER_DOMAIN, d.TIME_CREATED, d.VALIDITY_PERIOD, d.STATE, d.TOKEN_ID,
             d.SUBJECT_IDENTIFIER, d.PKCE_CODE_CHALLENGE, d.PKCE_CODE_CHALLENGE_METHOD, d.AUTHORIZATION_CODE_HASH,
             d.IDP_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID) THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o
                   WHERE o.CODE_ID = t.CODE_ID
                     AND o.TOKEN_ID IS NOT NULL)
            THEN NULL
            WHEN CAST(t.STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
            WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
            THEN 'period_over'
          END AS WHY_DEAD
        FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
        WHERE t.CODE_ID BETWEEN v_from_2 AND v_upto_2
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SELECT JSON_OBJECTAGG(r.REASON, r.N) INTO v_reasons
      FROM (
        SELECT g.REASON, COUNT(*) AS N
        FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
        WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2
        GROUP BY g.REASON
      ) r;

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
          (RUN_ID, CODE_ID, SCOPE, TENANT_ID)
        SELECT v_run_id, c.CODE_ID, c.SCOPE, c.TENANT_ID
        FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_AUTHZ_CODE_SCOPE c ON c.CODE_ID = g.CODE_ID
        WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', '', ROW_COUNT());
        INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
          (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
        SELECT v_run_id, c.ID, c.CONSUMER_KEY_ID, c.CODE_ID, c.TOKEN_ID, c.SESSION_DATA_KEY
        FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.CODE_ID = g.CODE_ID
        WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2
        FOR UPDATE;
        SET v_children = ROW_COUNT();
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE', '', v_children);
        IF v_children > 0 THEN
          INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
            (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
          SELECT v_run_id, c.ID, c.REQ_OBJECT_CLAIMS_ID, c.CLAIM_VALUES
          FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
          WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2
          FOR UPDATE;
          CALL CLEANUP_COPIED(v_run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', '', ROW_COUNT());
          INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
            (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
          SELECT v_run_id, c.ID, c.REQ_OBJECT_ID, c.CLAIM_ATTRIBUTE, c.ESSENTIAL, c.VALUE, c.IS_USERINFO
          FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
          WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2
          FOR UPDATE;
          CALL CLEANUP_COPIED(v_run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', '', ROW_COUNT());
          DELETE c
          FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
          WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2;
          DELETE c
          FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
          STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
          WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2;
        END IF;
        DELETE t
        FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY) ON t.CODE_ID = g.CODE_ID
        WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_2);
    END;
  END LOOP table_2;

  -- 3. IDN_OAUTH2_CIBA_AUTH_CODE
  CALL CLEANUP_OPEN(v_run_id, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'key');
  table_3: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_3, v_until_3);
    IF v_rows = 0 THEN
      LEAVE table_3;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_3);
      END;

      SELECT MIN(k.AUTH_CODE_KEY), MAX(k.AUTH_CODE_KEY), COUNT(*) INTO v_from_3, v_upto_3, v_seen
      FROM (
        SELECT t.AUTH_CODE_KEY
        FROM IDN_OAUTH2_CIBA_AUTH_CODE t FORCE INDEX (PRIMARY)
        WHERE (v_after_3 IS NULL OR t.AUTH_CODE_KEY > v_after_3) AND (v_until_3 IS NULL OR t.AUTH_CODE_KEY <= v_until_3)
        ORDER BY t.AUTH_CODE_KEY
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
        (RUN_ID, REASON, AUTH_CODE_KEY, AUTH_REQ_ID, ISSUED_TIME, CONSUMER_KEY, LAST_POLLED_TIME, POLLING_INTERVAL,
         EXPIRES_IN, AUTHENTICATED_USER_NAME, USER_STORE_DOMAIN, TENANT_ID, AUTH_REQ_STATUS, IDP_ID)
      SELECT v_run_id, d.WHY_DEAD, d.AUTH_CODE_KEY, d.AUTH_REQ_ID, d.ISSUED_TIME, d.CONSUMER_KEY, d.LAST_POLLED_TIME,
             d.POLLING_INTERVAL, d.EXPIRES_IN, d.AUTHENTICATED_USER_NAME, d.USER_STORE_DOMAIN, d.TENANT_ID,
             d.AUTH_REQ_STATUS, d.IDP_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN CAST(t.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 'finished'
            WHEN t.EXPIRES_IN > 0
                 AND v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) > t.EXPIRES_IN
            THEN 'period_over'
          END AS WHY_DEAD
        FROM IDN_OAUTH2_CIBA_AUTH_CODE t FORCE INDEX (PRIMARY)
        WHERE t.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SELECT JSON_OBJECTAGG(r.REASON, r.N) INTO v_reasons
      FROM (
        SELECT g.REASON, COUNT(*) AS N
        FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE g FORCE INDEX (PRIMARY)
        WHERE g.RUN_ID = v_run_id AND g.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3
        GROUP BY g.REASON
      ) r;

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
          (RUN_ID, ID, AUTH_CODE_KEY, SCOPE)
        SELECT v_run_id, c.ID, c.AUTH_CODE_KEY, c.SCOPE
        FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_CIBA_REQUEST_SCOPES c ON c.AUTH_CODE_KEY = g.AUTH_CODE_KEY
        WHERE g.RUN_ID = v_run_id AND g.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OAUTH2_CIBA_REQUEST_SCOPES', '', ROW_COUNT());
        DELETE t
        FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_CIBA_AUTH_CODE t FORCE INDEX (PRIMARY) ON t.AUTH_CODE_KEY = g.AUTH_CODE_KEY
        WHERE g.RUN_ID = v_run_id AND g.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_3);
    END;
  END LOOP table_3;

  -- 4. IDN_OAUTH2_DEVICE_FLOW
  CALL CLEANUP_OPEN(v_run_id, 'IDN_OAUTH2_DEVICE_FLOW', 'key');
  table_4: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_4, v_until_4);
    IF v_rows = 0 THEN
      LEAVE table_4;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_4);
      END;

      SELECT MIN(k.DEVICE_CODE), MAX(k.DEVICE_CODE), COUNT(*) INTO v_from_4, v_upto_4, v_seen
      FROM (
        SELECT t.DEVICE_CODE
        FROM IDN_OAUTH2_DEVICE_FLOW t FORCE INDEX (PRIMARY)
        WHERE (v_after_4 IS NULL OR t.DEVICE_CODE > v_after_4) AND (v_until_4 IS NULL OR t.DEVICE_CODE <= v_until_4)
        ORDER BY t.DEVICE_CODE
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
        (RUN_ID, REASON, CODE_ID, DEVICE_CODE, USER_CODE, QUANTIFIER, CONSUMER_KEY_ID, LAST_POLL_TIME, EXPIRY_TIME,
         TIME_CREATED, POLL_TIME, STATUS, AUTHZ_USER, TENANT_ID, USER_DOMAIN, IDP_ID)
      SELECT v_run_id, d.WHY_DEAD, d.CODE_ID, d.DEVICE_CODE, d.USER_CODE, d.QUANTIFIER, d.CONSUMER_KEY_ID,
             d.LAST_POLL_TIME, d.EXPIRY_TIME, d.TIME_CREATED, d.POLL_TIME, d.STATUS, d.AUTHZ_USER, d.TENANT_ID,
             d.USER_DOMAIN, d.IDP_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN CAST(t.STATUS AS BINARY) = 'EXPIRED' THEN 'expired'
            WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s THEN 'period_over'
          END AS WHY_DEAD
        FROM IDN_OAUTH2_DEVICE_FLOW t FORCE INDEX (PRIMARY)
        WHERE t.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SELECT JSON_OBJECTAGG(r.REASON, r.N) INTO v_reasons
      FROM (
        SELECT g.REASON, COUNT(*) AS N
        FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW g FORCE INDEX (PRIMARY)
        WHERE g.RUN_ID = v_run_id AND g.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4
        GROUP BY g.REASON
      ) r;

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
          (RUN_ID, ID, SCOPE_ID, SCOPE)
        SELECT v_run_id, c.ID, c.SCOPE_ID, c.SCOPE
        FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_DEVICE_FLOW_SCOPES c ON c.SCOPE_ID = g.CODE_ID
        WHERE g.RUN_ID = v_run_id AND g.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OAUTH2_DEVICE_FLOW_SCOPES', '', ROW_COUNT());
        DELETE t
        FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_DEVICE_FLOW t FORCE INDEX (PRIMARY) ON t.DEVICE_CODE = g.DEVICE_CODE
        WHERE g.RUN_ID = v_run_id AND g.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_4);
    END;
  END LOOP table_4;

  -- 5. IDN_OAUTH2_ACCESS_TOKEN_AUDIT, only while setting audit_pruning is yes
  IF v_audit_pruning = 'yes' THEN
    CALL CLEANUP_OPEN(v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'key');
    table_5: LOOP
      CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_5, v_until_5);
      IF v_rows = 0 THEN
        LEAVE table_5;
      END IF;
      BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
          GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
          CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_5);
        END;

        SELECT MIN(k.ID), MAX(k.ID), COUNT(*) INTO v_from_5, v_upto_5, v_seen
        FROM (
          SELECT t.ID
          FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t FORCE INDEX (PRIMARY)
          WHERE (v_after_5 IS NULL OR t.ID > v_after_5) AND (v_until_5 IS NULL OR t.ID <= v_until_5)
          ORDER BY t.ID
          LIMIT v_rows
        ) k;

        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
          (RUN_ID, REASON, ID, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
           USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
           REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
           ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, INVALIDATED_TIME, IDP_ID)
        SELECT v_run_id, d.WHY_DEAD, d.ID, d.TOKEN_ID, d.ACCESS_TOKEN, d.REFRESH_TOKEN, d.CONSUMER_KEY_ID,
               d.AUTHZ_USER, d.TENANT_ID, d.USER_DOMAIN, d.USER_TYPE, d.GRANT_TYPE, d.TIME_CREATED,
               d.REFRESH_TOKEN_TIME_CREATED, d.VALIDITY_PERIOD, d.REFRESH_TOKEN_VALIDITY_PERIOD, d.TOKEN_SCOPE_HASH,
               d.TOKEN_STATE, d.TOKEN_STATE_ID, d.SUBJECT_IDENTIFIER, d.ACCESS_TOKEN_HASH, d.REFRESH_TOKEN_HASH,
               d.INVALIDATED_TIME, d.IDP_ID
        FROM (
          SELECT t.*,
            CASE
              WHEN NULLIF(UNIX_TIMESTAMP(t.INVALIDATED_TIME), 0) < v_audit_cut_off_s THEN 'retention_over'
            END AS WHY_DEAD
          FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t FORCE INDEX (PRIMARY)
          WHERE t.ID BETWEEN v_from_5 AND v_upto_5
          FOR UPDATE
        ) d
        WHERE d.WHY_DEAD IS NOT NULL;
        SET v_copied = ROW_COUNT(), v_deleted = 0;
        SET v_reasons = JSON_OBJECT('retention_over', v_copied);

        IF v_copied > 0 AND v_dry_run = 'no' THEN
          DELETE t
          FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_OAUTH2_ACCESS_TOKEN_AUDIT t FORCE INDEX (PRIMARY) ON t.ID = g.ID
          WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_5 AND v_upto_5;
          SET v_deleted = ROW_COUNT();
        END IF;
        CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_5);
      END;
    END LOOP table_5;
  END IF;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_tokens_proof(v_run_id, v_started, v_safe_period_minutes, v_access_period_grants,
                                                   v_audit_retention_days, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_tokens_dry_run
CREATE PROCEDURE cleanup_tokens_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_tokens would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_tokens();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_tokens
CALL CLEANUP_REGISTER('procedure', 'cleanup_tokens',
    '99cf324409a4de2613e838bc1de65f1df5c40e85385c401b39e55804e23051dd');
-- @end
-- @statement register cleanup_tokens_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_tokens_dry_run',
    '277f339bb8fc785e348f45f4fcfdf12427c03dbbaa096a4c78b2cfbb4e599a9a');
-- @end
