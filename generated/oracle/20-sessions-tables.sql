-- Settings of cleanup_sessions, the lists that it works by, and the tables that keep the rows it deletes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_sessions
MERGE INTO CLEANUP_SETTING s
USING (
  WITH preset (NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION) AS (
    SELECT 'expiry_grace_minutes', '120', 'minutes', 1, 525600, NULL,
      'How long after its EXPIRY_TIME a session is kept' FROM DUAL UNION ALL
    SELECT 'session_age_days', '14', 'days', 1, 3650, NULL,
      'How long a session without an EXPIRY_TIME is kept after it was last stored' FROM DUAL UNION ALL
    SELECT 'deleted_after_hours', '12', 'hours', 1, 8760, NULL,
      'How long a DELETE row is kept, and with it the rows of the session that it ended' FROM DUAL UNION ALL
    SELECT 'orphan_sweep', 'no', NULL, NULL, NULL, 'yes,no',
      'yes: mappings whose session is gone are deleted when two runs at least 24 h apart found them so'
          FROM DUAL UNION ALL
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
ON (s.PROCEDURE_NAME = 'cleanup_sessions' AND s.NAME = n.NAME)
WHEN NOT MATCHED THEN
  INSERT (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
  VALUES ('cleanup_sessions', n.NAME, n.VALUE, n.UNIT, n.MINIMUM_VALUE, n.MAXIMUM_VALUE, n.ALLOWED, n.DESCRIPTION);
-- @end
-- @statement commit settings
COMMIT;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, and goes by no others; no other session sees them, and
-- a crash leaves none.
-- @statement table CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE GLOBAL TEMPORARY TABLE CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (
      RUN_ID NUMBER(19) NOT NULL,
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      PRIMARY KEY (RUN_ID, SESSION_ID)
    )
    ON COMMIT PRESERVE ROWS
  }';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, and goes by no others; no other session sees them, and
-- a crash leaves none.
-- @statement table CLEANUP_DEAD_IDN_AUTH_SESSION_STORE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE GLOBAL TEMPORARY TABLE CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (
      RUN_ID NUMBER(19) NOT NULL,
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      PRIMARY KEY (RUN_ID, SESSION_ID)
    )
    ON COMMIT PRESERVE ROWS
  }';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (
      SESSION_ID VARCHAR2(255 BYTE) NOT NULL,
      FIRST_SEEN TIMESTAMP(6) NOT NULL,
      PRIMARY KEY (SESSION_ID)
    )
  }';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      FIRST_SEEN TIMESTAMP(6) NOT NULL,
      PRIMARY KEY (SESSION_ID)
    )
  }';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      FIRST_SEEN TIMESTAMP(6) NOT NULL,
      PRIMARY KEY (SESSION_ID)
    )
  }';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00955: the name is in use, ORA-01408: an index has these columns; what is there stays
    IF SQLCODE NOT IN (-955, -1408) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      SESSION_TYPE VARCHAR2(100 BYTE) NOT NULL,
      OPERATION VARCHAR2(10 BYTE) NOT NULL,
      SESSION_OBJECT BLOB NULL,
      TIME_CREATED NUMBER(19) NOT NULL,
      TENANT_ID INTEGER NULL,
      EXPIRY_TIME NUMBER(19) NULL,
      PRIMARY KEY (RUN_ID, SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION)
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

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_STORE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_AUTH_SESSION_STORE (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      SESSION_TYPE VARCHAR2(100 BYTE) NOT NULL,
      OPERATION VARCHAR2(10 BYTE) NOT NULL,
      SESSION_OBJECT BLOB NULL,
      TIME_CREATED NUMBER(19) NOT NULL,
      TENANT_ID INTEGER NULL,
      EXPIRY_TIME NUMBER(19) NULL,
      PRIMARY KEY (RUN_ID, SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION)
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

-- @statement table CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      USER_ID VARCHAR2(255 BYTE) NULL,
      SESSION_ID VARCHAR2(255 BYTE) NULL,
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

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      SUBJECT VARCHAR2(100 BYTE) NOT NULL,
      APP_ID INTEGER NOT NULL,
      INBOUND_AUTH_TYPE VARCHAR2(255 BYTE) NOT NULL,
      PRIMARY KEY (RUN_ID, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
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

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      SESSION_ID VARCHAR2(100 BYTE) NOT NULL,
      PROPERTY_TYPE VARCHAR2(100 BYTE) NOT NULL,
      VALUE VARCHAR2(255 BYTE) NOT NULL,
      PRIMARY KEY (RUN_ID, SESSION_ID, PROPERTY_TYPE, VALUE)
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
-- @statement log cleanup_sessions
DECLARE
  v_now  TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_lost BOOLEAN := FALSE;
BEGIN
  FOR lost IN (
    SELECT k.RUN_ID
    FROM (
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
    ) k
    WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID)
  ) LOOP
    INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (lost.RUN_ID, 'cleanup_sessions', SYS_CONTEXT('USERENV', 'SESSION_USER'), v_now, v_now, 'ended',
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
  CLEANUP_REGISTER('table', 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE',
      '3284ab12595562d22a0b9e0b5e678a1c0209c321150ee999c8a2d91469bf17c6');
  CLEANUP_REGISTER('table', 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE',
      '1a2af6497233615c565ffeddb68957e20bccab6e89e56e3591584d5ff5692a1f');
  CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING',
      '6984a5460af7b7b92ad634da2ccb95c5ec7d57da55eb2912d96ff69079f149f7');
  CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO',
      '2abb0fa3f755b134362c8f1f7287891eb5e726264ed19dd12ad97a5f2439f3aa');
  CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA',
      '6c2f12e69d2f702890dc52a6332c9572b3f5c4566595eaa1e4e0dafd62396d45');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE',
      'd5c402e58a7ed1a8179b210facae75ccacc030392c18ebc69d8230c1831f93af');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE',
      '590dc62ed793d0a798359919c0133d89920a968feca8fdbc5ab9523cc3e947ad');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING',
      '5a3f8a291e194195c5fdc5898f8f5134a4e634fa739203b12c9f574d6f7e8ead');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO',
      'fed55d3b94b81d784fc5099fe94a42fc3e0ab41e059a8b4e17d64be36f6ef76e');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA',
      '61769e9627dc332b96e76b836c74b4900bbae5c0aa64c008528a15e787ff3597');
  COMMIT;
END;
/
-- @end
