-- Settings of cleanup_registry, the lists that it works by, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_registry
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_registry', 'log_minimum_age_hours', '24', 'hours', 24, 87600, NULL,
   'How old a log entry must be, because the indexer reads recent ones'),
  ('cleanup_registry', 'clock_uncertainty_hours', '26', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_registry', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_registry', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_registry', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_registry', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_registry', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_registry', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_registry', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
  ('cleanup_registry', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_registry', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_registry', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_registry', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_registry', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_registry', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
  ('cleanup_registry', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_registry', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_registry', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_registry', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_registry', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end.
-- @statement table CLEANUP_DEAD_REG_RESOURCE
CREATE TABLE IF NOT EXISTS CLEANUP_DEAD_REG_RESOURCE (
  RUN_ID BIGINT NOT NULL,
  REG_VERSION int NOT NULL,
  REG_TENANT_ID int NOT NULL,
  REG_PATH_ID int NULL,
  REG_NAME varchar(256) NULL,
  PRIMARY KEY (RUN_ID, REG_VERSION, REG_TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end.
-- @statement table CLEANUP_DEAD_REG_LOG_SUPERSEDED
CREATE TABLE IF NOT EXISTS CLEANUP_DEAD_REG_LOG_SUPERSEDED (
  RUN_ID BIGINT NOT NULL,
  REG_LOG_ID int NOT NULL,
  REG_TENANT_ID int NOT NULL,
  NEWEST int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end.
-- @statement table CLEANUP_DEAD_REG_LOG_DELETED
CREATE TABLE IF NOT EXISTS CLEANUP_DEAD_REG_LOG_DELETED (
  RUN_ID BIGINT NOT NULL,
  REG_LOG_ID int NOT NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_REG_RESOURCE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_REG_RESOURCE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_PATH_ID int NULL,
  REG_NAME varchar(256) NULL,
  REG_VERSION int NOT NULL,
  REG_MEDIA_TYPE varchar(500) NULL,
  REG_CREATOR varchar(255) NULL,
  REG_CREATED_TIME timestamp NULL,
  REG_LAST_UPDATOR varchar(255) NULL,
  REG_LAST_UPDATED_TIME timestamp NULL,
  REG_DESCRIPTION varchar(1000) NULL,
  REG_CONTENT_ID int NULL,
  REG_TENANT_ID int NOT NULL,
  REG_UUID varchar(100) NULL,
  PRIMARY KEY (RUN_ID, REG_VERSION, REG_TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_REG_PROPERTY
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_REG_PROPERTY (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_ID int NOT NULL,
  REG_NAME varchar(100) NULL,
  REG_VALUE varchar(1000) NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_ID, REG_TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_REG_RESOURCE_PROPERTY
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_REG_RESOURCE_PROPERTY (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  REG_PROPERTY_ID int NULL,
  REG_VERSION int NULL,
  REG_PATH_ID int NULL,
  REG_RESOURCE_NAME varchar(256) NULL,
  REG_TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_REG_LOG
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_REG_LOG (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_LOG_ID int NOT NULL,
  REG_PATH varchar(750) NULL,
  REG_USER_ID varchar(255) NULL,
  REG_LOGGED_TIME timestamp NULL,
  REG_ACTION int NULL,
  REG_ACTION_DATA varchar(500) NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_REG_TAG
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_REG_TAG (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_ID int NOT NULL,
  REG_TAG_NAME varchar(500) NULL,
  REG_USER_ID varchar(255) NULL,
  REG_TAGGED_TIME timestamp NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_ID, REG_TENANT_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_REG_RESOURCE_TAG
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_REG_RESOURCE_TAG (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  REG_TAG_ID int NULL,
  REG_VERSION int NULL,
  REG_PATH_ID int NULL,
  REG_RESOURCE_NAME varchar(256) NULL,
  REG_TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_registry
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_registry', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
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
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_DEAD_REG_RESOURCE
CALL CLEANUP_REGISTER('table', 'CLEANUP_DEAD_REG_RESOURCE',
    '75db777e7e056305abef2fded16e9837033e55787739097ec5f2af87c9d14ef2');
-- @end
-- @statement register CLEANUP_DEAD_REG_LOG_SUPERSEDED
CALL CLEANUP_REGISTER('table', 'CLEANUP_DEAD_REG_LOG_SUPERSEDED',
    '7cc13d2453025d65de8f4236cede41a30952f8ebf121bcbd72bc1036c9488225');
-- @end
-- @statement register CLEANUP_DEAD_REG_LOG_DELETED
CALL CLEANUP_REGISTER('table', 'CLEANUP_DEAD_REG_LOG_DELETED',
    '69250a2d8911dd1052b0bea328febe19410cc85eef945b346638946e5811c9d0');
-- @end
-- @statement register CLEANUP_BAK_REG_RESOURCE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_RESOURCE',
    'a60c79797300ec73f216fb765fc1b31cb7422f1332887d3a4f5cedd69781c4b3');
-- @end
-- @statement register CLEANUP_BAK_REG_PROPERTY
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_PROPERTY',
    'e931740274797d63b6bea6667a3908d7ac6f227a83770d38937c33232aefc73b');
-- @end
-- @statement register CLEANUP_BAK_REG_RESOURCE_PROPERTY
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_RESOURCE_PROPERTY',
    '187157a2f511719717209eec09d2ea48130669f1707cbcc0dcf06d2b0476f529');
-- @end
-- @statement register CLEANUP_BAK_REG_LOG
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_LOG',
    'c3334212a45f03a00143bc9696a313a7882b7161198fd86481101e097b101a00');
-- @end
-- @statement register CLEANUP_BAK_REG_TAG
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_TAG',
    '31869c5542ae2c2053703d2a5410ddc351b2bc94769826217d15ffc52ee7992c');
-- @end
-- @statement register CLEANUP_BAK_REG_RESOURCE_TAG
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_REG_RESOURCE_TAG',
    'a1f4765c0b31b5618c56facbd277dea2694b17bc1143b609c27f6ad41c2b2f87');
-- @end
