-- Settings of cleanup_revision_metadata, the lists that it works by, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revision_metadata
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_revision_metadata', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_revision_metadata', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_revision_metadata', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_revision_metadata', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_revision_metadata', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_revision_metadata', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_revision_metadata', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
  ('cleanup_revision_metadata', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_revision_metadata', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_revision_metadata', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_revision_metadata', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_revision_metadata', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_revision_metadata', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
  ('cleanup_revision_metadata', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_revision_metadata', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_revision_metadata', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_revision_metadata', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_revision_metadata', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_AM_API_REVISION_METADATA
CREATE TABLE IF NOT EXISTS CLEANUP_SIGHTING_AM_API_REVISION_METADATA (
  API_UUID varchar(64) NOT NULL,
  REVISION_UUID varchar(64) NOT NULL,
  FIRST_SEEN DATETIME(6) NOT NULL,
  PRIMARY KEY (API_UUID, REVISION_UUID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_AM_API_REVISION_METADATA
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_AM_API_REVISION_METADATA (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  API_UUID varchar(64) NULL,
  REVISION_UUID varchar(64) NULL,
  API_TIER varchar(128) NULL,
  KEPT_ROW BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (KEPT_ROW),
  KEY (RUN_ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_revision_metadata
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_revision_metadata', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM CLEANUP_BAK_AM_API_REVISION_METADATA
) k
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_SIGHTING_AM_API_REVISION_METADATA
CALL CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_AM_API_REVISION_METADATA',
    'bc774909e6300b3522e6ff2fedeafd44899d8c329207318b9203d54cac56d017');
-- @end
-- @statement register CLEANUP_BAK_AM_API_REVISION_METADATA
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_API_REVISION_METADATA',
    'debe5dcbfd06da761ca05b64c35d5fc4ac42bcd5903f131cf189b8bff9b9e5bb');
-- @end
