-- Settings of cleanup_tokens, and the tables that keep the rows it deletes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_tokens
MERGE INTO CLEANUP_SETTING s
USING (
  WITH preset (NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION) AS (
    SELECT 'safe_period_minutes', '120', 'minutes', 1, 525600, NULL,
      'How long after its end a token or code is kept, because gateways cache tokens' FROM DUAL UNION ALL
    SELECT 'access_period_grants', '(none)', NULL, NULL, NULL, NULL,
      'Grants that hand out no refresh token: their ACTIVE or EXPIRED tokens die with the access period'
          FROM DUAL UNION ALL
    SELECT 'audit_pruning', 'no', NULL, NULL, NULL, 'yes,no',
      'yes: rows of the token audit table are deleted after audit_retention_days' FROM DUAL UNION ALL
    SELECT 'audit_retention_days', '90', 'days', 1, 36500, NULL,
      'How long a row of the token audit table is kept when audit_pruning is on' FROM DUAL UNION ALL
    SELECT 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
      'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it' FROM DUAL UNION ALL
    SELECT 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
      'How long one transaction should take; the batch size adapts itself to it' FROM DUAL UNION ALL
    SELECT 'duty_percent', '25', 'percent', 1, 100, NULL,
      'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never' FROM DUAL UNION ALL
    SELECT 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
      'Shortest rest between two batches, to spare a busy server or a lagging replica' FROM DUAL UNION ALL
    SELECT 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
      'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does' FROM DUAL UNION ALL
    SELECT 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
      'A run rests while more other sessions than this are at work; 0: however many' FROM DUAL UNION ALL
    SELECT 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
      'A batch never adapts to fewer rows than this' FROM DUAL UNION ALL
    SELECT 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
      'A batch never adapts to more rows than this' FROM DUAL UNION ALL
    SELECT 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
      'A run stops after the batch in which this much time has passed, rests included; the next run goes on'
          FROM DUAL UNION ALL
    SELECT 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
      'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time' FROM DUAL UNION ALL
    SELECT 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
      'no: a run ends at once without touching a row' FROM DUAL UNION ALL
    SELECT 'backup_retention_days', '30', 'days', 1, 3650, NULL,
      'How long deleted rows are kept in the backup tables, and so how long a run can be restored' FROM DUAL UNION ALL
    SELECT 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
      'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead' FROM DUAL UNION ALL
    SELECT 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
      'yes: the run that is going on stops after its current batch' FROM DUAL UNION ALL
    SELECT 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
      'yes: runs count dead rows and delete nothing' FROM DUAL UNION ALL
    SELECT 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
      'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble' FROM DUAL
  )
  SELECT * FROM preset
) n
ON (s.PROCEDURE_NAME = 'cleanup_tokens' AND s.NAME = n.NAME)
WHEN NOT MATCHED THEN
  INSERT (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
  VALUES ('cleanup_tokens', n.NAME, n.VALUE, n.UNIT, n.MINIMUM_VALUE, n.MAXIMUM_VALUE, n.ALLOWED, n.DESCRIPTION);
-- @end
-- @statement commit settings
COMMIT;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      TOKEN_ID VARCHAR2(255 BYTE) NOT NULL,
      ACCESS_TOKEN VARCHAR2(2048 BYTE) NULL,
      REFRESH_TOKEN VARCHAR2(2048 BYTE) NULL,
      CONSUMER_KEY_ID INTEGER NULL,
      AUTHZ_USER VARCHAR2(100 BYTE) NULL,
      TENANT_ID INTEGER NULL,
      USER_DOMAIN VARCHAR2(50 BYTE) NULL,
      USER_TYPE VARCHAR2(25 BYTE) NULL,
      GRANT_TYPE VARCHAR2(50 BYTE) NULL,
      TIME_CREATED TIMESTAMP(6) NULL,
      REFRESH_TOKEN_TIME_CREATED TIMESTAMP(6) NULL,
      VALIDITY_PERIOD NUMBER(19) NULL,
      REFRESH_TOKEN_VALIDITY_PERIOD NUMBER(19) NULL,
      TOKEN_SCOPE_HASH VARCHAR2(32 BYTE) NULL,
      TOKEN_STATE VARCHAR2(25 BYTE) NULL,
      TOKEN_STATE_ID VARCHAR2(128 BYTE) NULL,
      SUBJECT_IDENTIFIER VARCHAR2(255 BYTE) NULL,
      ACCESS_TOKEN_HASH VARCHAR2(512 BYTE) NULL,
      REFRESH_TOKEN_HASH VARCHAR2(512 BYTE) NULL,
      IDP_ID INTEGER NULL,
      PRIMARY KEY (RUN_ID, TOKEN_ID)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      CODE_ID VARCHAR2(255 BYTE) NOT NULL,
      AUTHORIZATION_CODE VARCHAR2(2048 BYTE) NULL,
      CONSUMER_KEY_ID INTEGER NULL,
      CALLBACK_URL VARCHAR2(2048 BYTE) NULL,
      SCOPE VARCHAR2(2048 BYTE) NULL,
      AUTHZ_USER VARCHAR2(100 BYTE) NULL,
      TENANT_ID INTEGER NULL,
      USER_DOMAIN VARCHAR2(50 BYTE) NULL,
      TIME_CREATED TIMESTAMP(6) NULL,
      VALIDITY_PERIOD NUMBER(19) NULL,
      STATE VARCHAR2(25 BYTE) NULL,
      TOKEN_ID VARCHAR2(255 BYTE) NULL,
      SUBJECT_IDENTIFIER VARCHAR2(255 BYTE) NULL,
      PKCE_CODE_CHALLENGE VARCHAR2(255 BYTE) NULL,
      PKCE_CODE_CHALLENGE_METHOD VARCHAR2(128 BYTE) NULL,
      AUTHORIZATION_CODE_HASH VARCHAR2(512 BYTE) NULL,
      IDP_ID INTEGER NULL,
      PRIMARY KEY (RUN_ID, CODE_ID)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE (
      RUN_ID NUMBER(19) NOT NULL,
      ID INTEGER NOT NULL,
      CONSUMER_KEY_ID INTEGER NULL,
      CODE_ID VARCHAR2(255 BYTE) NULL,
      TOKEN_ID VARCHAR2(255 BYTE) NULL,
      SESSION_DATA_KEY VARCHAR2(255 BYTE) NULL,
      PRIMARY KEY (RUN_ID, ID)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS (
      RUN_ID NUMBER(19) NOT NULL,
      ID INTEGER NOT NULL,
      REQ_OBJECT_ID INTEGER NULL,
      CLAIM_ATTRIBUTE VARCHAR2(255 BYTE) NULL,
      ESSENTIAL CHAR(1 BYTE) NULL,
      VALUE VARCHAR2(255 BYTE) NULL,
      IS_USERINFO CHAR(1 BYTE) NULL,
      PRIMARY KEY (RUN_ID, ID)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES (
      RUN_ID NUMBER(19) NOT NULL,
      ID INTEGER NOT NULL,
      REQ_OBJECT_CLAIMS_ID INTEGER NULL,
      CLAIM_VALUES VARCHAR2(255 BYTE) NULL,
      PRIMARY KEY (RUN_ID, ID)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE (
      RUN_ID NUMBER(19) NOT NULL,
      TOKEN_ID VARCHAR2(255 BYTE) NOT NULL,
      TOKEN_SCOPE VARCHAR2(60 BYTE) NOT NULL,
      TENANT_ID INTEGER NULL,
      PRIMARY KEY (RUN_ID, TOKEN_ID, TOKEN_SCOPE)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      TOKEN_ID VARCHAR2(255 BYTE) NULL,
      ACCESS_TOKEN VARCHAR2(2048 BYTE) NULL,
      REFRESH_TOKEN VARCHAR2(2048 BYTE) NULL,
      CONSUMER_KEY_ID INTEGER NULL,
      AUTHZ_USER VARCHAR2(100 BYTE) NULL,
      TENANT_ID INTEGER NULL,
      USER_DOMAIN VARCHAR2(50 BYTE) NULL,
      USER_TYPE VARCHAR2(25 BYTE) NULL,
      GRANT_TYPE VARCHAR2(50 BYTE) NULL,
      TIME_CREATED TIMESTAMP(6) NULL,
      REFRESH_TOKEN_TIME_CREATED TIMESTAMP(6) NULL,
      VALIDITY_PERIOD NUMBER(19) NULL,
      REFRESH_TOKEN_VALIDITY_PERIOD NUMBER(19) NULL,
      TOKEN_SCOPE_HASH VARCHAR2(32 BYTE) NULL,
      TOKEN_STATE VARCHAR2(25 BYTE) NULL,
      TOKEN_STATE_ID VARCHAR2(128 BYTE) NULL,
      SUBJECT_IDENTIFIER VARCHAR2(255 BYTE) NULL,
      ACCESS_TOKEN_HASH VARCHAR2(512 BYTE) NULL,
      REFRESH_TOKEN_HASH VARCHAR2(512 BYTE) NULL,
      INVALIDATED_TIME TIMESTAMP(6) NULL,
      IDP_ID INTEGER NULL,
      KEPT_ROW NUMBER(19) GENERATED ALWAYS AS IDENTITY,
      PRIMARY KEY (RUN_ID, KEPT_ROW)
    )}';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_tokens
DECLARE
  v_now  TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_lost BOOLEAN := FALSE;
BEGIN
  FOR lost IN (
    SELECT k.RUN_ID
    FROM (
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
    ) k
    WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID)
  ) LOOP
    INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (lost.RUN_ID, 'cleanup_tokens', SYS_CONTEXT('USERENV', 'SESSION_USER'), v_now, v_now, 'ended',
      'the log of this run was lost');
    v_lost := TRUE;
  END LOOP;
  IF v_lost THEN
    EXECUTE IMMEDIATE
      'ALTER TABLE CLEANUP_RUN MODIFY (RUN_ID GENERATED BY DEFAULT AS IDENTITY (START WITH LIMIT VALUE NOCACHE ORDER))';
  END IF;
  COMMIT;
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN',
      '24c554cb15792ea5cf30a86454d6362bf18c5e1c1c8688cbbcdd4016e525f8c3');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE',
      '4fc757aaa7756eaad8bbb5c949ab454c564c30d628620a385df6d8210ed8a7b6');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE',
      'eb8a5c9efc722113e3bb72736a409e3ad3a3f4f08eb989b32570030a0c62c57e');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS',
      '65c6a483081653fea42bfe03c16070b19eba5a544ca9d6638ccb0befcb7acdbb');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES',
      '75bdd6524eb8d325ad37198c1c12accdfbf21981d91cd72fea516925646491aa');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
      '5c1bf3a4a8695cb834f9c7f3b4f787b8702f89d8655b415ca8cf9c8df2747350');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT',
      '7ad84aede4980c02851f8c31490fc0deebfe91a79fc126b725ff5c30774f6ec3');
  COMMIT;
END;
/
-- @end
