-- Settings of cleanup_revocations, and the tables that keep the rows it deletes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revocations
MERGE INTO CLEANUP_SETTING s
USING (
  WITH preset (NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION) AS (
    SELECT 'longest_lifetime_hours', '720', 'hours', 1, 876000, NULL,
      'The longest life of a token that no application states now: a default of deployment.toml, or an earlier statement' FROM DUAL UNION ALL
    SELECT 'am_event_pruning', 'no', NULL, NULL, NULL, 'yes,no',
      'yes: the AM_ events are deleted too; only if longest_lifetime_hours holds for every key manager, also an external one' FROM DUAL UNION ALL
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
ON (s.PROCEDURE_NAME = 'cleanup_revocations' AND s.NAME = n.NAME)
WHEN NOT MATCHED THEN
  INSERT (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
  VALUES ('cleanup_revocations', n.NAME, n.VALUE, n.UNIT, n.MINIMUM_VALUE, n.MAXIMUM_VALUE, n.ALLOWED, n.DESCRIPTION);
-- @end
-- @statement commit settings
COMMIT;
-- @end

-- @statement table CLEANUP_BAK_AM_REVOKED_JWT
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_AM_REVOKED_JWT (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      UUID VARCHAR2(255 BYTE) NOT NULL,
      SIGNATURE VARCHAR2(2048 BYTE) NULL,
      EXPIRY_TIMESTAMP NUMBER(19) NULL,
      TENANT_ID NUMBER(19) NULL,
      TOKEN_TYPE VARCHAR2(15 BYTE) NULL,
      TIME_CREATED TIMESTAMP(6) NULL,
      PRIMARY KEY (RUN_ID, UUID)
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

-- @statement table CLEANUP_BAK_IDN_INVALID_TOKENS
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_INVALID_TOKENS (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      UUID VARCHAR2(255 BYTE) NOT NULL,
      TOKEN_IDENTIFIER VARCHAR2(2048 BYTE) NULL,
      CONSUMER_KEY VARCHAR2(255 BYTE) NULL,
      TIME_CREATED TIMESTAMP(6) NULL,
      EXPIRY_TIMESTAMP TIMESTAMP(6) NULL,
      PRIMARY KEY (RUN_ID, UUID)
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

-- @statement table CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      UUID VARCHAR2(255 BYTE) NOT NULL,
      TOKEN_IDENTIFIER VARCHAR2(2048 BYTE) NULL,
      CONSUMER_KEY VARCHAR2(255 BYTE) NULL,
      TIME_CREATED TIMESTAMP(6) NULL,
      EXPIRY_TIMESTAMP TIMESTAMP(6) NULL,
      PRIMARY KEY (RUN_ID, UUID)
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

-- @statement table CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      EVENT_ID VARCHAR2(255 BYTE) NOT NULL,
      ENTITY_ID VARCHAR2(255 BYTE) NULL,
      ENTITY_TYPE VARCHAR2(100 BYTE) NULL,
      TIME_REVOKED TIMESTAMP(6) NULL,
      ORGANIZATION VARCHAR2(100 BYTE) NULL,
      PRIMARY KEY (RUN_ID, EVENT_ID)
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

-- @statement table CLEANUP_BAK_IDN_APP_REVOKED_EVENT
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_APP_REVOKED_EVENT (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      EVENT_ID VARCHAR2(255 BYTE) NOT NULL,
      CONSUMER_KEY VARCHAR2(255 BYTE) NULL,
      TIME_REVOKED TIMESTAMP(6) NULL,
      ORGANIZATION VARCHAR2(100 BYTE) NULL,
      PRIMARY KEY (RUN_ID, EVENT_ID)
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

-- @statement table CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      ENTITY_ID VARCHAR2(255 BYTE) NOT NULL,
      ENTITY_TYPE VARCHAR2(100 BYTE) NOT NULL,
      TIME_REVOKED TIMESTAMP(6) NULL,
      ORGANIZATION VARCHAR2(100 BYTE) NOT NULL,
      PRIMARY KEY (RUN_ID, ENTITY_ID, ENTITY_TYPE, ORGANIZATION)
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

-- @statement table CLEANUP_BAK_AM_APP_REVOKED_EVENT
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_AM_APP_REVOKED_EVENT (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      CONSUMER_KEY VARCHAR2(255 BYTE) NOT NULL,
      TIME_REVOKED TIMESTAMP(6) NULL,
      ORGANIZATION VARCHAR2(100 BYTE) NOT NULL,
      PRIMARY KEY (RUN_ID, CONSUMER_KEY, ORGANIZATION)
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
-- @statement log cleanup_revocations
DECLARE
  v_now  TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_lost BOOLEAN := FALSE;
BEGIN
  FOR lost IN (
    SELECT k.RUN_ID
    FROM (
      SELECT RUN_ID FROM CLEANUP_BAK_AM_REVOKED_JWT
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_INVALID_TOKENS
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_APP_REVOKED_EVENT
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_AM_APP_REVOKED_EVENT
    ) k
    WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID)
  ) LOOP
    INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (lost.RUN_ID, 'cleanup_revocations', SYS_CONTEXT('USERENV', 'SESSION_USER'), v_now, v_now, 'ended',
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
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_REVOKED_JWT',
      'e07636b1d06b4a3e228d1078c9f7771fb204d472189fcbf3491257df652b7e83');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_INVALID_TOKENS',
      '8889983a6024ec1e7faf166151b1dd35ffc302a1faa0b22e72c3e8f9a502b0c6');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS',
      '3b81676fb5c367ad1236114eb7830ae4f1637919e7b135da1bfff3744b2961e7');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT',
      '39d0ba62575140e1143d11cb3983153c54d1f31a5e441be593170181dc866966');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_APP_REVOKED_EVENT',
      '2051677cc34cb0ed1d7ee60936484deddddabfeb0de3bdffef12cfb5864b0571');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT',
      '8cbcdcf7148daed0c3bb33246a1f630d38149548e0526db576e08fed7fdb176b');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_APP_REVOKED_EVENT',
      '8dd21310596cc3c0360f1f1a6361eafc914d171992a6c62e0997d7b886de8bed');
  COMMIT;
END;
/
-- @end
