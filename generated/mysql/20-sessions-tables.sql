-- Settings of cleanup_sessions, the lists that it works by, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_sessions
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_sessions', 'expiry_grace_minutes', '120', 'minutes', 1, 525600, NULL,
   'How long after its EXPIRY_TIME a session is kept'),
  ('cleanup_sessions', 'session_age_days', '14', 'days', 1, 3650, NULL,
   'How long a session without an EXPIRY_TIME is kept after it was last stored'),
  ('cleanup_sessions', 'deleted_after_hours', '12', 'hours', 1, 8760, NULL,
   'How long a DELETE row is kept, and with it the rows of the session that it ended'),
  ('cleanup_sessions', 'orphan_sweep', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: mappings whose session is gone are deleted when two runs at least 24 h apart found them so'),
  ('cleanup_sessions', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_sessions', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_sessions', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_sessions', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_sessions', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_sessions', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_sessions', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
  ('cleanup_sessions', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_sessions', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_sessions', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_sessions', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_sessions', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_sessions', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
  ('cleanup_sessions', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_sessions', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_sessions', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_sessions', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_sessions', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end.
-- @statement table CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE
CREATE TABLE IF NOT EXISTS CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID)
) ENGINE = InnoDB;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end.
-- @statement table CLEANUP_DEAD_IDN_AUTH_SESSION_STORE
CREATE TABLE IF NOT EXISTS CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID)
) ENGINE = InnoDB;
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING
CREATE TABLE IF NOT EXISTS CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (
  SESSION_ID varchar(255) NOT NULL,
  FIRST_SEEN DATETIME(6) NOT NULL,
  PRIMARY KEY (SESSION_ID)
) ENGINE = InnoDB;
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO
CREATE TABLE IF NOT EXISTS CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (
  SESSION_ID varchar(100) NOT NULL,
  FIRST_SEEN DATETIME(6) NOT NULL,
  PRIMARY KEY (SESSION_ID)
) ENGINE = InnoDB;
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA
CREATE TABLE IF NOT EXISTS CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (
  SESSION_ID varchar(100) NOT NULL,
  FIRST_SEEN DATETIME(6) NOT NULL,
  PRIMARY KEY (SESSION_ID)
) ENGINE = InnoDB;
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING
CREATE TABLE IF NOT EXISTS CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING (
  SESSION_ID varchar(255) NOT NULL,
  FIRST_SEEN DATETIME(6) NOT NULL,
  PRIMARY KEY (SESSION_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  SESSION_TYPE varchar(100) NOT NULL,
  OPERATION varchar(10) NOT NULL,
  SESSION_OBJECT blob NULL,
  TIME_CREATED bigint NOT NULL,
  TENANT_ID int NULL,
  EXPIRY_TIME bigint NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_STORE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_AUTH_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  SESSION_TYPE varchar(100) NOT NULL,
  OPERATION varchar(10) NOT NULL,
  SESSION_OBJECT blob NULL,
  TIME_CREATED bigint NOT NULL,
  TENANT_ID int NULL,
  EXPIRY_TIME bigint NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  USER_ID varchar(255) NULL,
  SESSION_ID varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  SUBJECT varchar(100) NOT NULL,
  APP_ID int NOT NULL,
  INBOUND_AUTH_TYPE varchar(255) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  PROPERTY_TYPE varchar(100) NOT NULL,
  VALUE varchar(255) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, PROPERTY_TYPE, VALUE)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  IDP_SESSION_ID varchar(255) NULL,
  SESSION_ID varchar(255) NULL,
  IDP_NAME varchar(255) NULL,
  AUTHENTICATOR_ID varchar(255) NULL,
  PROTOCOL_TYPE varchar(255) NULL,
  TIME_CREATED timestamp NULL,
  TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_sessions
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_sessions', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
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
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
) k
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE
CALL CLEANUP_REGISTER('table', 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE',
    '3ce18ff5416eb3ac050167c094e17bd0fee4e4ed1255bdd5404273343817eff0');
-- @end
-- @statement register CLEANUP_DEAD_IDN_AUTH_SESSION_STORE
CALL CLEANUP_REGISTER('table', 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE',
    '34ec5261d6380e9d09456e208b8d630691ef94d82e7f795dd083c0c6fb91409d');
-- @end
-- @statement register CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING
CALL CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING',
    '3a9556d2cb9c8234e895e92bb4abd177932068d7038a5e15ab66d1de2605201a');
-- @end
-- @statement register CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO
CALL CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO',
    'fb45082fa0fa95388a967e52d1c951cd5e4d6dd98833bd941605206ff03944cb');
-- @end
-- @statement register CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA
CALL CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA',
    '975740597e5be8995c1fd077bc0af1ea1d85fe364fb60a4a9561dc411ce79818');
-- @end
-- @statement register CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING
CALL CLEANUP_REGISTER('table', 'CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING',
    '482f107dc7497bccb92d1ae8cc9947a4605e04f81d1d6bf988a2d3cea03d7949');
-- @end
-- @statement register CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE',
    '6dbdd9fa33603aae2f5b0c343be03b57fd5d3421e2ebfefcdfd241e957e08bf4');
-- @end
-- @statement register CLEANUP_BAK_IDN_AUTH_SESSION_STORE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE',
    '101281b8e79ee28e9bff8534aaa24bee72457d74728581c431d02e56619e1d64');
-- @end
-- @statement register CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING',
    '8fc2f9b6e7c8f629e2712b3eb9e206c5571afe897086299b9a3505f2b4f01227');
-- @end
-- @statement register CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO',
    '16ffe1685221b6715c524133b42a125cde7dda36c914f82a1bdb395331795c33');
-- @end
-- @statement register CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA',
    '21481109eaeefdf3ecf08d86e3c8ece9d8b92b6d445b66cee2ab26a9940a7825');
-- @end
-- @statement register CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING',
    'd7ee8668eb1f4d5086eb9ee6c10bd0179a5b4fa700c2e3dbfa680bf167944f15');
-- @end
