-- Settings of cleanup_registry, the lists that it works by, and the tables that keep the rows it deletes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_registry
MERGE INTO CLEANUP_SETTING s
USING (
  WITH preset (NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION) AS (
    SELECT 'log_minimum_age_hours', '24', 'hours', 24, 87600, NULL,
      'How old a log entry must be, because the indexer reads recent ones' FROM DUAL UNION ALL
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
ON (s.PROCEDURE_NAME = 'cleanup_registry' AND s.NAME = n.NAME)
WHEN NOT MATCHED THEN
  INSERT (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
  VALUES ('cleanup_registry', n.NAME, n.VALUE, n.UNIT, n.MINIMUM_VALUE, n.MAXIMUM_VALUE, n.ALLOWED, n.DESCRIPTION);
-- @end
-- @statement commit settings
COMMIT;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, and goes by no others; no other session sees them, and
-- a crash leaves none.
-- @statement table CLEANUP_DEAD_REG_RESOURCE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE GLOBAL TEMPORARY TABLE CLEANUP_DEAD_REG_RESOURCE (
      RUN_ID NUMBER(19) NOT NULL,
      REG_VERSION NUMBER(19) NOT NULL,
      REG_TENANT_ID NUMBER(19) NOT NULL,
      REG_PATH_ID NUMBER(19) NULL,
      REG_NAME VARCHAR2(256 BYTE) NULL,
      PRIMARY KEY (RUN_ID, REG_VERSION, REG_TENANT_ID)
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
-- @statement table CLEANUP_DEAD_REG_LOG_SUPERSEDED
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE GLOBAL TEMPORARY TABLE CLEANUP_DEAD_REG_LOG_SUPERSEDED (
      RUN_ID NUMBER(19) NOT NULL,
      REG_LOG_ID NUMBER(19) NOT NULL,
      REG_TENANT_ID NUMBER(19) NOT NULL,
      NEWEST NUMBER(19) NOT NULL,
      PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
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
-- @statement table CLEANUP_DEAD_REG_LOG_DELETED
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE GLOBAL TEMPORARY TABLE CLEANUP_DEAD_REG_LOG_DELETED (
      RUN_ID NUMBER(19) NOT NULL,
      REG_LOG_ID NUMBER(19) NOT NULL,
      REG_TENANT_ID NUMBER(19) NOT NULL,
      PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
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

-- @statement table CLEANUP_BAK_REG_RESOURCE
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_REG_RESOURCE (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      REG_PATH_ID NUMBER(19) NULL,
      REG_NAME VARCHAR2(256 BYTE) NULL,
      REG_VERSION NUMBER(19) NOT NULL,
      REG_MEDIA_TYPE VARCHAR2(500 BYTE) NULL,
      REG_CREATOR VARCHAR2(255 BYTE) NULL,
      REG_CREATED_TIME TIMESTAMP(6) NULL,
      REG_LAST_UPDATOR VARCHAR2(255 BYTE) NULL,
      REG_LAST_UPDATED_TIME TIMESTAMP(6) NULL,
      REG_DESCRIPTION VARCHAR2(1000 BYTE) NULL,
      REG_CONTENT_ID NUMBER(19) NULL,
      REG_TENANT_ID NUMBER(19) NOT NULL,
      REG_UUID VARCHAR2(100 BYTE) NULL,
      PRIMARY KEY (RUN_ID, REG_VERSION, REG_TENANT_ID)
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

-- @statement table CLEANUP_BAK_REG_PROPERTY
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_REG_PROPERTY (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      REG_ID NUMBER(19) NOT NULL,
      REG_NAME VARCHAR2(100 BYTE) NULL,
      REG_VALUE VARCHAR2(1000 BYTE) NULL,
      REG_TENANT_ID NUMBER(19) NOT NULL,
      PRIMARY KEY (RUN_ID, REG_ID, REG_TENANT_ID)
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

-- @statement table CLEANUP_BAK_REG_RESOURCE_PROPERTY
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_REG_RESOURCE_PROPERTY (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      ID NUMBER(19) NOT NULL,
      REG_PROPERTY_ID NUMBER(19) NULL,
      REG_VERSION NUMBER(19) NULL,
      REG_PATH_ID NUMBER(19) NULL,
      REG_RESOURCE_NAME VARCHAR2(256 BYTE) NULL,
      REG_TENANT_ID NUMBER(19) NULL,
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

-- @statement table CLEANUP_BAK_REG_LOG
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_REG_LOG (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      REG_LOG_ID NUMBER(19) NOT NULL,
      REG_PATH VARCHAR2(750 BYTE) NULL,
      REG_USER_ID VARCHAR2(255 BYTE) NULL,
      REG_LOGGED_TIME TIMESTAMP(6) NULL,
      REG_ACTION NUMBER(19) NULL,
      REG_ACTION_DATA VARCHAR2(500 BYTE) NULL,
      REG_TENANT_ID NUMBER(19) NOT NULL,
      PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
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

-- @statement table CLEANUP_BAK_REG_TAG
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_REG_TAG (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      REG_ID NUMBER(19) NOT NULL,
      REG_TAG_NAME VARCHAR2(500 BYTE) NULL,
      REG_USER_ID VARCHAR2(255 BYTE) NULL,
      REG_TAGGED_TIME TIMESTAMP(6) NULL,
      REG_TENANT_ID NUMBER(19) NOT NULL,
      PRIMARY KEY (RUN_ID, REG_ID, REG_TENANT_ID)
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

-- @statement table CLEANUP_BAK_REG_RESOURCE_TAG
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_REG_RESOURCE_TAG (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      ID NUMBER(19) NOT NULL,
      REG_TAG_ID NUMBER(19) NULL,
      REG_VERSION NUMBER(19) NULL,
      REG_PATH_ID NUMBER(19) NULL,
      REG_RESOURCE_NAME VARCHAR2(256 BYTE) NULL,
      REG_TENANT_ID NUMBER(19) NULL,
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

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_registry
DECLARE
  v_now  TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_lost BOOLEAN := FALSE;
BEGIN
  FOR lost IN (
    SELECT k.RUN_ID
    FROM (
      SELECT RUN_ID FROM CLEANUP_BAK_REG_RESOURCE
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_REG_PROPERTY
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_REG_LOG
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_REG_TAG
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_REG_RESOURCE_TAG
    ) k
    WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID)
  ) LOOP
    INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (lost.RUN_ID, 'cleanup_registry', SYS_CONTEXT('USERENV', 'SESSION_USER'), v_now, v_now, 'ended',
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
  CLEANUP_REGISTER('table', 'CLEANUP_DEAD_REG_RESOURCE',
      '4b06cee60c19679a9ee6ec21eb4ee234cd7b8ca3316d55dde3b05e871a98ccbb');
  CLEANUP_REGISTER('table', 'CLEANUP_DEAD_REG_LOG_SUPERSEDED',
      '37e2aaec565799afbe59db5d5d6609085875702083ecca7a6b97e34985c3a24a');
  CLEANUP_REGISTER('table', 'CLEANUP_DEAD_REG_LOG_DELETED',
      'a42f1210a72c87642623dee91a02ed687206841e1a78545738efe611417b16a6');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_RESOURCE',
      '071de4d409dcde34152df8a4044f68e8f8586027f76eeb106fb2e4991993154a');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_PROPERTY',
      'f69ae4594e2c7c1ec2e58dfc381385f8789c3823914c96be89f50231c66bd913');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_RESOURCE_PROPERTY',
      '023d6bc7b02a8169be5ca23120f32f690bb104ea34626eb1e42a3bc6e777d642');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_LOG', '0f53b96853b5fb6dfda942632256c783bd623eff31b7f549feff131b70b95685');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_TAG', 'aea294dbb9b39408fab65975db3c83fc3cb84c9aef3a542c89a3d836daf14da6');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_RESOURCE_TAG',
      'd6c85855025c9c567648f8b4d76d73a2c28769388e2607e2cd4a2cbae67b1da2');
  COMMIT;
END;
/
-- @end
