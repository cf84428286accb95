-- Settings of cleanup_revision_metadata, the lists that it works by, and the tables that keep the rows it deletes.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revision_metadata
INSERT INTO dbo.CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
SELECT 'cleanup_revision_metadata', v.NAME, v.VALUE, v.UNIT, v.MINIMUM_VALUE, v.MAXIMUM_VALUE, v.ALLOWED, v.DESCRIPTION
FROM (VALUES
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
  SELECT 1 FROM dbo.CLEANUP_SETTING AS s WHERE s.PROCEDURE_NAME = 'cleanup_revision_metadata' AND s.NAME = v.NAME
);
GO
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table CLEANUP_SIGHTING_AM_API_REVISION_METADATA
IF OBJECT_ID('dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA (
  API_UUID varchar(64) NOT NULL,
  REVISION_UUID varchar(64) NOT NULL,
  FIRST_SEEN DATETIME2(6) NOT NULL,
  PRIMARY KEY (API_UUID, REVISION_UUID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_AM_API_REVISION_METADATA
IF OBJECT_ID('dbo.CLEANUP_BAK_AM_API_REVISION_METADATA', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_AM_API_REVISION_METADATA (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  API_UUID varchar(64) NULL,
  REVISION_UUID varchar(64) NULL,
  API_TIER varchar(128) NULL,
  KEPT_ROW BIGINT NOT NULL IDENTITY(1, 1),
  PRIMARY KEY (RUN_ID, KEPT_ROW)
);
GO
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_revision_metadata
SET IDENTITY_INSERT dbo.CLEANUP_RUN ON;
INSERT INTO dbo.CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_revision_metadata', ORIGINAL_LOGIN(), SYSUTCDATETIME(), SYSUTCDATETIME(), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_AM_API_REVISION_METADATA
) AS k
WHERE NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN AS r WHERE r.RUN_ID = k.RUN_ID);
SET IDENTITY_INSERT dbo.CLEANUP_RUN OFF;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_SIGHTING_AM_API_REVISION_METADATA',
    '85fced53974d8ebf969dc4730796637aaaa50be8cf4fb22ea4ca1b3bf9000129';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_AM_API_REVISION_METADATA',
    '28ba716322d4e050d118a65cd651d82f8e0fa5e30712abfcc33b647f20f2faad';
GO
-- @end
