-- Settings of cleanup_revocations, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revocations
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_revocations', 'longest_lifetime_hours', '720', 'hours', 1, 876000, NULL,
   'The longest life of a token that no application states now: a default of deployment.toml, or an earlier statement'),
  ('cleanup_revocations', 'clock_uncertainty_hours', '26', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_revocations', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_revocations', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_revocations', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_revocations', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_revocations', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_revocations', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_revocations', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
  ('cleanup_revocations', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_revocations', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_revocations', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_revocations', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_revocations', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_revocations', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
  ('cleanup_revocations', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_revocations', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_revocations', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_revocations', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_revocations', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- @statement table CLEANUP_BAK_AM_REVOKED_JWT
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_AM_REVOKED_JWT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  UUID varchar(255) NOT NULL,
  SIGNATURE varchar(2048) NULL,
  EXPIRY_TIMESTAMP bigint NULL,
  TENANT_ID int NULL,
  TOKEN_TYPE varchar(15) NULL,
  TIME_CREATED timestamp NULL,
  PRIMARY KEY (RUN_ID, UUID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_INVALID_TOKENS
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_INVALID_TOKENS (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  UUID varchar(255) NOT NULL,
  TOKEN_IDENTIFIER varchar(2048) NULL,
  CONSUMER_KEY varchar(255) NULL,
  TIME_CREATED timestamp NULL,
  EXPIRY_TIMESTAMP timestamp NULL,
  PRIMARY KEY (RUN_ID, UUID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  EVENT_ID varchar(255) NOT NULL,
  ENTITY_ID varchar(255) NULL,
  ENTITY_TYPE varchar(100) NULL,
  TIME_REVOKED timestamp NULL,
  ORGANIZATION varchar(100) NULL,
  PRIMARY KEY (RUN_ID, EVENT_ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_revocations
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_revocations', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM CLEANUP_BAK_AM_REVOKED_JWT
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_INVALID_TOKENS
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
) k
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BAK_AM_REVOKED_JWT
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_REVOKED_JWT',
    '7caa8214974d0008e30f00e5c60564614fc04e4e8e6df393d01c82650d0739ea');
-- @end
-- @statement register CLEANUP_BAK_IDN_INVALID_TOKENS
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_INVALID_TOKENS',
    '261a0a934e514c0712c04ecaf402dbf0a43cfdee9dc377297f143339e52dbc12');
-- @end
-- @statement register CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT',
    '94c32957ebf3d7ce63d796991da1e514a45f8e39f042ce0eae6999d8a0730081');
-- @end
