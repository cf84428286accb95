-- Settings of cleanup_sessions, the lists that it works by, and the tables that keep the rows it deletes.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_sessions
INSERT INTO dbo.CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
SELECT 'cleanup_sessions', v.NAME, v.VALUE, v.UNIT, v.MINIMUM_VALUE, v.MAXIMUM_VALUE, v.ALLOWED, v.DESCRIPTION
FROM (VALUES
  ('expiry_grace_minutes', '120', 'minutes', 1, 525600, NULL,
   'How long after its EXPIRY_TIME a session is kept'),
  ('session_age_days', '14', 'days', 1, 3650, NULL,
   'How long a session without an EXPIRY_TIME is kept after it was last stored'),
  ('deleted_after_hours', '12', 'hours', 1, 8760, NULL,
   'How long a DELETE row is kept, and with it the rows of the session that it ended'),
  ('orphan_sweep', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: mappings whose session is gone are deleted when two runs at least 24 h apart found them so'),
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
  SELECT 1 FROM dbo.CLEANUP_SETTING AS s WHERE s.PROCEDURE_NAME = 'cleanup_sessions' AND s.NAME = v.NAME
);
GO
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end, or the
-- next one does.
-- @statement table CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE
IF OBJECT_ID('dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID)
);
GO
-- @end

-- Keys of dead rows. A run fills it with rows of its own number, goes by no others, and deletes them at its end, or the
-- next one does.
-- @statement table CLEANUP_DEAD_IDN_AUTH_SESSION_STORE
IF OBJECT_ID('dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID)
);
GO
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING
IF OBJECT_ID('dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (
  SESSION_ID varchar(255) NOT NULL,
  FIRST_SEEN DATETIME2(6) NOT NULL,
  PRIMARY KEY (SESSION_ID)
);
GO
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO
IF OBJECT_ID('dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (
  SESSION_ID varchar(100) NOT NULL,
  FIRST_SEEN DATETIME2(6) NOT NULL,
  PRIMARY KEY (SESSION_ID)
);
GO
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA
IF OBJECT_ID('dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (
  SESSION_ID varchar(100) NOT NULL,
  FIRST_SEEN DATETIME2(6) NOT NULL,
  PRIMARY KEY (SESSION_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  SESSION_TYPE varchar(100) NOT NULL,
  OPERATION varchar(10) NOT NULL,
  SESSION_OBJECT varbinary(max) NULL,
  TIME_CREATED bigint NOT NULL,
  TENANT_ID int NULL,
  EXPIRY_TIME bigint NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_STORE
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  SESSION_TYPE varchar(100) NOT NULL,
  OPERATION varchar(10) NOT NULL,
  SESSION_OBJECT varbinary(max) NULL,
  TIME_CREATED bigint NOT NULL,
  TENANT_ID int NULL,
  EXPIRY_TIME bigint NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  USER_ID varchar(255) NULL,
  SESSION_ID varchar(255) NULL,
  KEPT_ROW BIGINT NOT NULL IDENTITY(1, 1),
  PRIMARY KEY (RUN_ID, KEPT_ROW)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  SUBJECT varchar(100) NOT NULL,
  APP_ID int NOT NULL,
  INBOUND_AUTH_TYPE varchar(255) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  SESSION_ID varchar(100) NOT NULL,
  PROPERTY_TYPE varchar(100) NOT NULL,
  VALUE varchar(255) NOT NULL,
  PRIMARY KEY (RUN_ID, SESSION_ID, PROPERTY_TYPE, VALUE)
);
GO
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_sessions
SET IDENTITY_INSERT dbo.CLEANUP_RUN ON;
INSERT INTO dbo.CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_sessions', ORIGINAL_LOGIN(), SYSUTCDATETIME(), SYSUTCDATETIME(), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
) AS k
WHERE NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN AS r WHERE r.RUN_ID = k.RUN_ID);
SET IDENTITY_INSERT dbo.CLEANUP_RUN OFF;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE',
    'a1590b7d12ed983cc2e8dcd1cc797938b34dee7b8d66017b4c491a4371708fd7';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE',
    '49e5d0fd1f100b5e297d5eaf70f973ad8532150400a79e06c3df1f76c75c2d16';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING',
    '8ba579b643c52561e52a936d845433bde0ac3934abb5a0bb4ee3ef8b30bd6395';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO',
    'a363a36c120a6a781ce899b94ac9d02957831b78368d4f6c6aafb484128eeaba';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA',
    'f15cc02f5ce1131f2e463c910ce44077b73a5d1be5b3dbd1c47864330bd1aa65';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE',
    '90dbc92af47ba692205daa8f97b065c86eb36f1cdcdaca9d32f1d2360f4ae723';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE',
    'fa371c1714f0ca3493f59fbbf7706cf706fdacd49e46185fc2741dd40b46f16a';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING',
    '1917882d94dfa7169af89a585c1f27c08ef68e5954bdb4c22e029beb705a240c';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO',
    'a4dc3248b3e12f0a31061452ac63e0cc33ff4135ed8df070a084aae720091125';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA',
    'c9049c686600302a623cbd0984ea6e49aa445a0e49e6b956f6bb7d86b7ddae3f';
GO
-- @end
