-- Settings of cleanup_webhooks, and the tables that keep the rows it deletes.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_webhooks
MERGE INTO CLEANUP_SETTING s
USING (
  WITH preset (NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION) AS (
    SELECT 'webhook_grace_hours', '720', 'hours', 24, 87600, NULL,
      'How long after its EXPIRY_AT a webhook subscription is kept' FROM DUAL UNION ALL
    SELECT 'unsubscription_pruning', 'no', NULL, NULL, NULL, 'yes,no',
      'yes: the log of unsubscriptions is pruned too' FROM DUAL UNION ALL
    SELECT 'unsubscription_days', '90', 'days', 2, 36500, NULL,
      'How long the log of unsubscriptions is kept' FROM DUAL UNION ALL
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
ON (s.PROCEDURE_NAME = 'cleanup_webhooks' AND s.NAME = n.NAME)
WHEN NOT MATCHED THEN
  INSERT (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
  VALUES ('cleanup_webhooks', n.NAME, n.VALUE, n.UNIT, n.MINIMUM_VALUE, n.MAXIMUM_VALUE, n.ALLOWED, n.DESCRIPTION);
-- @end
-- @statement commit settings
COMMIT;
-- @end

-- @statement table CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      WH_SUBSCRIPTION_ID NUMBER(19) NOT NULL,
      API_UUID VARCHAR2(255 BYTE) NULL,
      APPLICATION_ID VARCHAR2(20 BYTE) NULL,
      TENANT_DOMAIN VARCHAR2(255 BYTE) NULL,
      HUB_CALLBACK_URL VARCHAR2(1024 BYTE) NULL,
      HUB_TOPIC VARCHAR2(255 BYTE) NULL,
      HUB_SECRET VARCHAR2(2048 BYTE) NULL,
      HUB_LEASE_SECONDS NUMBER(19) NULL,
      UPDATED_AT TIMESTAMP(6) NULL,
      EXPIRY_AT NUMBER(19) NULL,
      DELIVERED_AT TIMESTAMP(6) NULL,
      DELIVERY_STATE NUMBER(19) NULL,
      PRIMARY KEY (RUN_ID, WH_SUBSCRIPTION_ID)
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

-- @statement table CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
BEGIN
  EXECUTE IMMEDIATE q'{
    CREATE TABLE CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION (
      RUN_ID NUMBER(19) NOT NULL,
      REASON VARCHAR2(40 BYTE) NOT NULL,
      API_UUID VARCHAR2(255 BYTE) NULL,
      APPLICATION_ID VARCHAR2(20 BYTE) NULL,
      TENANT_DOMAIN VARCHAR2(255 BYTE) NULL,
      HUB_CALLBACK_URL VARCHAR2(1024 BYTE) NULL,
      HUB_TOPIC VARCHAR2(255 BYTE) NULL,
      HUB_SECRET VARCHAR2(2048 BYTE) NULL,
      HUB_LEASE_SECONDS NUMBER(19) NULL,
      ADDED_AT TIMESTAMP(6) NULL,
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
-- @statement log cleanup_webhooks
DECLARE
  v_now  TIMESTAMP(6) := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  v_lost BOOLEAN := FALSE;
BEGIN
  FOR lost IN (
    SELECT k.RUN_ID
    FROM (
      SELECT RUN_ID FROM CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
      UNION
      SELECT RUN_ID FROM CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
    ) k
    WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID)
  ) LOOP
    INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (lost.RUN_ID, 'cleanup_webhooks', SYS_CONTEXT('USERENV', 'SESSION_USER'), v_now, v_now, 'ended',
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
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION',
      'e9780fda5d8db28c4f515f6b54375113501ff49f0147f8a9e8683fd82327cfbd');
  CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION',
      '20bd8d5eddee3c9c24336321011878d6ac277fb3b85057c2d34d7111dd161a5a');
  COMMIT;
END;
/
-- @end
