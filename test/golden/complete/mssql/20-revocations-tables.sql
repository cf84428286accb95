-- Settings of cleanup_revocations, and the tables that keep the rows it deletes.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revocations
INSERT INTO dbo.CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
SELECT 'cleanup_revocations', v.NAME, v.VALUE, v.UNIT, v.MINIMUM_VALUE, v.MAXIMUM_VALUE, v.ALLOWED, v.DESCRIPTION
FROM (VALUES
  ('longest_lifetime_hours', '720', 'hours', 1, 876000, NULL,
   'The longest life of a token that no application states now: a default of deployment.toml, or an earlier statement'),
  ('am_event_pruning', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: the AM_ events are deleted too; only if longest_lifetime_hours holds for every key manager, also an external one'),
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
  SELECT 1 FROM dbo.CLEANUP_SETTING AS s WHERE s.PROCEDURE_NAME = 'cleanup_revocations' AND s.NAME = v.NAME
);
GO
-- @end

-- @statement table CLEANUP_BAK_AM_REVOKED_JWT
IF OBJECT_ID('dbo.CLEANUP_BAK_AM_REVOKED_JWT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_AM_REVOKED_JWT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  UUID varchar(255) NOT NULL,
  SIGNATURE varchar(2048) NULL,
  EXPIRY_TIMESTAMP bigint NULL,
  TENANT_ID int NULL,
  TOKEN_TYPE varchar(15) NULL,
  TIME_CREATED datetime NULL,
  PRIMARY KEY (RUN_ID, UUID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_INVALID_TOKENS
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_INVALID_TOKENS', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_INVALID_TOKENS (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  UUID varchar(255) NOT NULL,
  TOKEN_IDENTIFIER varchar(2048) NULL,
  CONSUMER_KEY varchar(255) NULL,
  TIME_CREATED datetime NULL,
  EXPIRY_TIMESTAMP datetime NULL,
  PRIMARY KEY (RUN_ID, UUID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  UUID varchar(255) NOT NULL,
  TOKEN_IDENTIFIER varchar(2048) NULL,
  CONSUMER_KEY varchar(255) NULL,
  TIME_CREATED datetime NULL,
  EXPIRY_TIMESTAMP datetime NULL,
  PRIMARY KEY (RUN_ID, UUID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  EVENT_ID varchar(255) NOT NULL,
  ENTITY_ID varchar(255) NULL,
  ENTITY_TYPE varchar(100) NULL,
  TIME_REVOKED datetime NULL,
  ORGANIZATION varchar(100) NULL,
  PRIMARY KEY (RUN_ID, EVENT_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_APP_REVOKED_EVENT
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_APP_REVOKED_EVENT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_APP_REVOKED_EVENT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  EVENT_ID varchar(255) NOT NULL,
  CONSUMER_KEY varchar(255) NULL,
  TIME_REVOKED datetime NULL,
  ORGANIZATION varchar(100) NULL,
  PRIMARY KEY (RUN_ID, EVENT_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT
IF OBJECT_ID('dbo.CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ENTITY_ID varchar(255) NOT NULL,
  ENTITY_TYPE varchar(100) NOT NULL,
  TIME_REVOKED datetime NULL,
  ORGANIZATION varchar(100) NOT NULL,
  PRIMARY KEY (RUN_ID, ENTITY_ID, ENTITY_TYPE, ORGANIZATION)
);
GO
-- @end

-- @statement table CLEANUP_BAK_AM_APP_REVOKED_EVENT
IF OBJECT_ID('dbo.CLEANUP_BAK_AM_APP_REVOKED_EVENT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_AM_APP_REVOKED_EVENT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  CONSUMER_KEY varchar(255) NOT NULL,
  TIME_REVOKED datetime NULL,
  ORGANIZATION varchar(100) NOT NULL,
  PRIMARY KEY (RUN_ID, CONSUMER_KEY, ORGANIZATION)
);
GO
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_revocations
SET IDENTITY_INSERT dbo.CLEANUP_RUN ON;
INSERT INTO dbo.CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_revocations', ORIGINAL_LOGIN(), SYSUTCDATETIME(), SYSUTCDATETIME(), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_AM_REVOKED_JWT
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_INVALID_TOKENS
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_APP_REVOKED_EVENT
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_AM_APP_REVOKED_EVENT
) AS k
WHERE NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN AS r WHERE r.RUN_ID = k.RUN_ID);
SET IDENTITY_INSERT dbo.CLEANUP_RUN OFF;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_AM_REVOKED_JWT',
    'b42d2dd12890b35155388b360be8bdd147ce98c8504c635103e7cf0bbdcddc87';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_INVALID_TOKENS',
    'fbb645e9871b29d7f55599a139b00269e578c7e4dbeb9ff3afc70f2d5e033aff';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS',
    '0d736626fbec4481f13ca408422caf99ec9c2a4c0f11e664ee1e536f509a9d4d';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT',
    '1e7d0aed59d3cebaa548a4082b451e402a937b4b2cbdf1a2b21020f5bfd91691';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_APP_REVOKED_EVENT',
    '20703e7360ecbeac9fb912de2f774154784865834e862e8c8a24e27747245d45';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT',
    '72b305b6971aa59d7be816516e290f8a75a0e89650588c2f5f2445caa306b0c2';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_AM_APP_REVOKED_EVENT',
    'b91d5be800dcdc4611a39236f6a9b427c6b92de2ff640115def0d330aa0f97a3';
GO
-- @end
