-- Settings of cleanup_uma_tickets, the lists that it works by, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_uma_tickets
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_uma_tickets', 'longest_lifetime_hours', '720', 'hours', 1, 876000, NULL,
   'The longest life of a token that no application states now: a default of deployment.toml, or an earlier statement'),
  ('cleanup_uma_tickets', 'clock_uncertainty_hours', '26', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_uma_tickets', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_uma_tickets', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_uma_tickets', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_uma_tickets', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_uma_tickets', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_uma_tickets', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_uma_tickets', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
  ('cleanup_uma_tickets', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_uma_tickets', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_uma_tickets', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_uma_tickets', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_uma_tickets', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_uma_tickets', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
  ('cleanup_uma_tickets', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_uma_tickets', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_uma_tickets', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_uma_tickets', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_uma_tickets', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end.
-- @statement table CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET
CREATE TABLE IF NOT EXISTS CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  NEWEST int NOT NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  PT varchar(255) NULL,
  TIME_CREATED timestamp NULL,
  EXPIRY_TIME timestamp NULL,
  TICKET_STATE varchar(25) NULL,
  TENANT_ID int NULL,
  TOKEN_ID varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_UMA_PT_RESOURCE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_UMA_PT_RESOURCE (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  PT_RESOURCE_ID int NULL,
  PT_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  PT_RESOURCE_ID int NULL,
  PT_SCOPE_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_uma_tickets
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_uma_tickets', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_UMA_PT_RESOURCE
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
) k
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET
CALL CLEANUP_REGISTER('table', 'CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET',
    'ff02f4f8f06d37212fcb9b9039808bde3aab6d97674057a9d090e90da977f29d');
-- @end
-- @statement register CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET',
    '3f4040fa22edfe269961358b4ba5ec211ce3e9d83ecb71fc752315c0955c44d7');
-- @end
-- @statement register CLEANUP_BAK_IDN_UMA_PT_RESOURCE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_UMA_PT_RESOURCE',
    'fd269acdc59a0222f24a59aadbce62c63d7ce8811d598df52c030a734981d181');
-- @end
-- @statement register CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE',
    'f49cbd335340948e938b89c82c7852de805147aac5b900a60f32dc6e97a279b0');
-- @end
