-- Settings of cleanup_workflows, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_workflows
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_workflows', 'workflow_retention_days', '60', 'days', 2, 36500, NULL,
   'How long a finished workflow request is kept'),
  ('cleanup_workflows', 'clock_uncertainty_hours', '26', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_workflows', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_workflows', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_workflows', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_workflows', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_workflows', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_workflows', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_workflows', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
  ('cleanup_workflows', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_workflows', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_workflows', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_workflows', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_workflows', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_workflows', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
  ('cleanup_workflows', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_workflows', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_workflows', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_workflows', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_workflows', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- @statement table CLEANUP_BAK_WF_REQUEST
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_WF_REQUEST (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  UUID varchar(45) NOT NULL,
  CREATED_BY varchar(255) NULL,
  TENANT_ID int NULL,
  OPERATION_TYPE varchar(50) NULL,
  CREATED_AT timestamp NULL,
  UPDATED_AT timestamp NULL,
  STATUS varchar(30) NULL,
  REQUEST blob NULL,
  PRIMARY KEY (RUN_ID, UUID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION (
  RUN_ID BIGINT NOT NULL,
  RELATIONSHIP_ID varchar(45) NOT NULL,
  WORKFLOW_ID varchar(45) NULL,
  REQUEST_ID varchar(45) NULL,
  UPDATED_AT timestamp NULL,
  STATUS varchar(30) NULL,
  TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, RELATIONSHIP_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP (
  RUN_ID BIGINT NOT NULL,
  REQUEST_ID varchar(45) NOT NULL,
  ENTITY_NAME varchar(255) NOT NULL,
  ENTITY_TYPE varchar(50) NOT NULL,
  TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_workflows
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_workflows', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM CLEANUP_BAK_WF_REQUEST
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
) k
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BAK_WF_REQUEST
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_WF_REQUEST',
    '24724e7054da1c16da05881e9a92349b55f4a4e3dc9c75d899cf2b01bf78ec03');
-- @end
-- @statement register CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION',
    'b72320a4ca931f2026965a61a9d90af914b2fa6da041344910e5e5bc60ccee7e');
-- @end
-- @statement register CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP',
    'a7aa0973e4592806679f006338b82178ab40faa2274694c78de47e7b0b7f18ca');
-- @end
