-- Settings of cleanup_registry, the lists that it works by, and the tables that keep the rows it deletes.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_registry
INSERT INTO dbo.CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
SELECT 'cleanup_registry', v.NAME, v.VALUE, v.UNIT, v.MINIMUM_VALUE, v.MAXIMUM_VALUE, v.ALLOWED, v.DESCRIPTION
FROM (VALUES
  ('log_minimum_age_hours', '24', 'hours', 24, 87600, NULL,
   'How old a log entry must be, because the indexer reads recent ones'),
  ('clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('batch_rows_maximum', '2000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
) AS v (NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
WHERE NOT EXISTS (
  SELECT 1 FROM dbo.CLEANUP_SETTING AS s WHERE s.PROCEDURE_NAME = 'cleanup_registry' AND s.NAME = v.NAME
);
GO
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end, or the
-- next one does.
-- @statement table CLEANUP_DEAD_REG_RESOURCE
IF OBJECT_ID('dbo.CLEANUP_DEAD_REG_RESOURCE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_DEAD_REG_RESOURCE (
  RUN_ID BIGINT NOT NULL,
  REG_VERSION int NOT NULL,
  REG_TENANT_ID int NOT NULL,
  REG_PATH_ID int NULL,
  REG_NAME varchar(256) NULL,
  PRIMARY KEY (RUN_ID, REG_VERSION, REG_TENANT_ID)
);
GO
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end, or the
-- next one does.
-- @statement table CLEANUP_DEAD_REG_LOG_SUPERSEDED
IF OBJECT_ID('dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED (
  RUN_ID BIGINT NOT NULL,
  REG_LOG_ID int NOT NULL,
  REG_TENANT_ID int NOT NULL,
  NEWEST int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
);
GO
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end, or the
-- next one does.
-- @statement table CLEANUP_DEAD_REG_LOG_DELETED
IF OBJECT_ID('dbo.CLEANUP_DEAD_REG_LOG_DELETED', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_DEAD_REG_LOG_DELETED (
  RUN_ID BIGINT NOT NULL,
  REG_LOG_ID int NOT NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_REG_RESOURCE
IF OBJECT_ID('dbo.CLEANUP_BAK_REG_RESOURCE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_REG_RESOURCE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_PATH_ID int NULL,
  REG_NAME varchar(256) NULL,
  REG_VERSION int NOT NULL,
  REG_MEDIA_TYPE varchar(500) NULL,
  REG_CREATOR varchar(255) NULL,
  REG_CREATED_TIME datetime NULL,
  REG_LAST_UPDATOR varchar(255) NULL,
  REG_LAST_UPDATED_TIME datetime NULL,
  REG_DESCRIPTION varchar(1000) NULL,
  REG_CONTENT_ID int NULL,
  REG_TENANT_ID int NOT NULL,
  REG_UUID varchar(100) NULL,
  PRIMARY KEY (RUN_ID, REG_VERSION, REG_TENANT_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_REG_PROPERTY
IF OBJECT_ID('dbo.CLEANUP_BAK_REG_PROPERTY', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_REG_PROPERTY (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_ID int NOT NULL,
  REG_NAME varchar(100) NULL,
  REG_VALUE varchar(1000) NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_ID, REG_TENANT_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_REG_RESOURCE_PROPERTY
IF OBJECT_ID('dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  REG_PROPERTY_ID int NULL,
  REG_VERSION int NULL,
  REG_PATH_ID int NULL,
  REG_RESOURCE_NAME varchar(256) NULL,
  REG_TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_REG_LOG
IF OBJECT_ID('dbo.CLEANUP_BAK_REG_LOG', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_REG_LOG (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_LOG_ID int NOT NULL,
  REG_PATH varchar(750) NULL,
  REG_USER_ID varchar(255) NULL,
  REG_LOGGED_TIME datetime NULL,
  REG_ACTION int NULL,
  REG_ACTION_DATA varchar(500) NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_REG_TAG
IF OBJECT_ID('dbo.CLEANUP_BAK_REG_TAG', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_REG_TAG (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  REG_ID int NOT NULL,
  REG_TAG_NAME varchar(500) NULL,
  REG_USER_ID varchar(255) NULL,
  REG_TAGGED_TIME datetime NULL,
  REG_TENANT_ID int NOT NULL,
  PRIMARY KEY (RUN_ID, REG_ID, REG_TENANT_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_REG_RESOURCE_TAG
IF OBJECT_ID('dbo.CLEANUP_BAK_REG_RESOURCE_TAG', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_REG_RESOURCE_TAG (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  REG_TAG_ID int NULL,
  REG_VERSION int NULL,
  REG_PATH_ID int NULL,
  REG_RESOURCE_NAME varchar(256) NULL,
  REG_TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
);
GO
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_registry
SET IDENTITY_INSERT dbo.CLEANUP_RUN ON;
INSERT INTO dbo.CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_registry', ORIGINAL_LOGIN(), SYSUTCDATETIME(), SYSUTCDATETIME(), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_REG_RESOURCE
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_REG_PROPERTY
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_REG_LOG
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_REG_TAG
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_REG_RESOURCE_TAG
) AS k
WHERE NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN AS r WHERE r.RUN_ID = k.RUN_ID);
SET IDENTITY_INSERT dbo.CLEANUP_RUN OFF;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_DEAD_REG_RESOURCE',
    '16b402701da6e4aef52eff78ee48abfaa127b31f0559fce992eb06261310d1c0';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_DEAD_REG_LOG_SUPERSEDED',
    'faf907e91865fd366c556e70c009323dd5a40e96e0caadb9356a0144efeca144';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_DEAD_REG_LOG_DELETED',
    'dadf8b2b52aac001a3c19c9ec0df557b6c771c31ab4dffd1259553c7f3d38d8d';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_REG_RESOURCE',
    '132fae5e0f822b2e7d2704ab47bfc3c8cd9d07b360c45379589f98ab485e5287';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_REG_PROPERTY',
    '6c3cc396da65add1575ef474a622d3a95b60caa178434698f0ca018bee8b4e7c';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_REG_RESOURCE_PROPERTY',
    '4828f0e1e5eb11df5240fa5bb4a1764e349464bd1e9e6b32041662d6ebeabb3f';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_REG_LOG',
    'ba6b9ad7c734efcd026fca3c24c69c3217bd86d12f86221ae6908829caeb0755';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_REG_TAG',
    'cd1246ac9c8b5455f40d68716d22c4ea4d4ac670cd48e4d3136e476d48805df8';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_REG_RESOURCE_TAG',
    'e8b6167943015947db4b9dfe539a788cea8065a8ad475d92c9f7414e2e39193b';
GO
-- @end
