-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_TEMP_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   IDN_AUTH_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   and then from IDN_AUTH_USER_SESSION_MAPPING when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_APP_INFO when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_META_DATA when
--     session_gone: this run removed the last row of its session, and none is in either store
--   IDN_AUTH_USER_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_APP_INFO (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_META_DATA (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
-- Not in this schema, skipped: IDN_FED_AUTH_SESSION_MAPPING
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_sessions run brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_sessions
--   SELECT, DELETE on IDN_AUTH_TEMP_SESSION_STORE, IDN_AUTH_SESSION_STORE, IDN_AUTH_USER_SESSION_MAPPING,
--     IDN_AUTH_SESSION_APP_INFO, IDN_AUTH_SESSION_META_DATA
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_DEAD_IDN_AUTH_SESSION_STORE,
--     CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING,
--     CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO, CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_sessions
CREATE OR ALTER PROCEDURE dbo.cleanup_sessions
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_sessions commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  -- The product goes first: in a deadlock the cleanup gives way. A batch waits no longer than a second for a lock; all
  -- else changes nothing of the product's, and waits longer
  SET DEADLOCK_PRIORITY LOW;
  SET LOCK_TIMEOUT 60000;

  DECLARE
    @lock           NVARCHAR(255) = 'deepclean dbo.cleanup_sessions',
    @granted        INT,
    @run_id         BIGINT,
    @started        DATETIME2(6) = SYSUTCDATETIME(),
    @work_began     DATETIME2(6),     -- the checks do not count against the time budget
    @status         VARCHAR(20) = 'ended',
    @why            NVARCHAR(400) = N'done',
    @problem        NVARCHAR(400),
    @dry_run        VARCHAR(3),       -- by the setting, or by the session
    @retention      INT,              -- days that backups are kept
    @oldest_kept    BIGINT,
    @target_ms      INT,
    @pause_ms       INT = 0,
    @delay          DATETIME,
    @time           CHAR(5),          -- HH:MM in UTC
    @rows_min       BIGINT,
    @rows_max       BIGINT,
    @step           INT = 0,
    @table          VARCHAR(128),
    @more           BIT,
    @span           BIGINT,           -- keys per batch, steered toward the target time
    @span_most      BIGINT,           -- keys of which no statement would touch more rows than the maximum
    @factor         FLOAT,
    @batch_began    DATETIME2(6),
    @batch_ms       INT,
    @seen           BIGINT,
    @dead           BIGINT,
    @copied         BIGINT,
    @most           BIGINT,           -- rows of the statement that touched most of them in a batch
    @kept           BIGINT,
        -- rows that keep followers, counted before the first and after the last of them goes
    @kept_now       BIGINT,
    @failures       INT = 0,          -- tries of one batch that lost against another session
    @careful        INT = 0,          -- batches that do not grow, after one that lost
    @passed_over    BIT = 0;

  -- What the rules are measured by
  DECLARE
    @expiry_cut_off DATETIME2(6), -- UTC now, less the grace after an EXPIRY_TIME
    @expiry_cut_off_ns BIGINT,
    @age_cut_off DATETIME2(6), -- UTC now, less the age of a session without an EXPIRY_TIME
    @age_cut_off_ns BIGINT,
    @delete_cut_off DATETIME2(6), -- UTC now, less the time that a DELETE row is kept
    @delete_cut_off_ns BIGINT,
    @sighting_cut_off DATETIME2(6), -- UTC now, less 24 h: an earlier sighting counts
    @expiry_grace_minutes BIGINT,
    @session_age_days BIGINT,
    @deleted_after_hours BIGINT,
    @orphan_sweep VARCHAR(255),
    @from_1 varchar(100), @upto_1 varchar(100),
    @from_2 varchar(100), @upto_2 varchar(100),
    @from_3 varchar(255), @upto_3 varchar(255),
    @from_4 varchar(100), @upto_4 varchar(100),
    @from_5 varchar(100), @upto_5 varchar(100),
    @reason_1 BIGINT = 0, @reason_2 BIGINT = 0, @reason_3 BIGINT = 0;
  DECLARE @live_keys TABLE (
    CHILD_ID INT NOT NULL, PARENT_ID INT NOT NULL, OWN sysname NOT NULL, THEIRS sysname NOT NULL, WIDTH INT NOT NULL,
    DELETE_RULE INT NOT NULL);
  DECLARE @made_for_keys TABLE (
    CHILD_ID INT NULL, PARENT_ID INT NULL, OWN sysname NOT NULL, THEIRS sysname NOT NULL, WIDTH INT NOT NULL,
    DELETE_RULE INT NOT NULL);

  -- Check: one run at a time, and nothing that would make a delete unsafe or a restore impossible

  -- A call that its client gave up leaves the lock to its session; where that is this one, no run stands behind it any
  -- more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  EXEC @granted = sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
  IF @granted < 0
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES ('cleanup_sessions', ORIGINAL_LOGIN(), @started, @started, 'skipped', 'already running');
    RETURN;
  END;

  BEGIN TRY
    UPDATE dbo.CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = @started
    WHERE PROCEDURE_NAME IN ('cleanup_sessions', 'restore_sessions') AND STATUS = 'running';
    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('cleanup_sessions', ORIGINAL_LOGIN(), @started, 'running');
    SET @run_id = SCOPE_IDENTITY();

    SELECT TOP (1) @problem = CONCAT(f.BACKUP_NAME, ' does not fit ', f.SOURCE_NAME, ' any more: column ', s.name)
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE', 'dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE', 'dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING', 'dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO', 'dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA', 'dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA')
    ) AS f (SOURCE_NAME, BACKUP_NAME)
    -- Neither what the server computes nor a rowversion (189) can be written, so neither is kept
    JOIN sys.columns AS s ON s.object_id = OBJECT_ID(f.SOURCE_NAME) AND s.is_computed = 0 AND s.system_type_id <> 189
    LEFT JOIN sys.columns AS b ON b.object_id = OBJECT_ID(f.BACKUP_NAME) AND b.name = s.name
      AND b.user_type_id = s.user_type_id AND b.max_length = s.max_length AND b.precision = s.precision
      AND b.scale = s.scale AND ISNULL(b.collation_name, '') = ISNULL(s.collation_name, '')
    WHERE b.column_id IS NULL;

    SELECT TOP (1) @problem
        = ISNULL(@problem, CONCAT(f.SOURCE_NAME, ' has other columns than when this procedure was made'))
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE', 7),
      ('dbo.IDN_AUTH_SESSION_STORE', 7),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING', 2),
      ('dbo.IDN_AUTH_SESSION_APP_INFO', 4),
      ('dbo.IDN_AUTH_SESSION_META_DATA', 3)
    ) AS f (SOURCE_NAME, COLUMN_COUNT)
    WHERE f.COLUMN_COUNT <> (SELECT COUNT(*) FROM sys.columns AS s WHERE s.object_id = OBJECT_ID(f.SOURCE_NAME));

    -- A key that is switched off takes no rows along, so it counts as another one
    INSERT INTO @live_keys (CHILD_ID, PARENT_ID, OWN, THEIRS, WIDTH, DELETE_RULE)
    SELECT k.parent_object_id, k.referenced_object_id,
      COL_NAME(c.parent_object_id, c.parent_column_id), COL_NAME(c.referenced_object_id, c.referenced_column_id),
      MAX(c.constraint_column_id) OVER (PARTITION BY k.object_id),
      CASE k.is_disabled WHEN 1 THEN 99 ELSE k.delete_referential_action END
    FROM sys.foreign_keys AS k
    JOIN sys.foreign_key_columns AS c ON c.constraint_object_id = k.object_id
    JOIN (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME) ON k.referenced_object_id = OBJECT_ID(t.NAME);
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(
      'the foreign keys from ', OBJECT_NAME(x.CHILD_ID), ' to ', OBJECT_NAME(x.PARENT_ID),
      ' are not those that this procedure was made for'))
    FROM (
      SELECT l.CHILD_ID, l.PARENT_ID FROM @live_keys AS l
      WHERE NOT EXISTS (
        SELECT 1 FROM @made_for_keys AS m
        WHERE m.CHILD_ID = l.CHILD_ID AND m.PARENT_ID = l.PARENT_ID AND m.OWN = l.OWN AND m.THEIRS = l.THEIRS
          AND m.WIDTH = l.WIDTH AND m.DELETE_RULE = l.DELETE_RULE)
      UNION ALL
      SELECT m.CHILD_ID, m.PARENT_ID FROM @made_for_keys AS m
      WHERE NOT EXISTS (
        SELECT 1 FROM @live_keys AS l
        WHERE l.CHILD_ID = m.CHILD_ID AND l.PARENT_ID = m.PARENT_ID AND l.OWN = m.OWN AND l.THEIRS = m.THEIRS
          AND l.WIDTH = m.WIDTH AND l.DELETE_RULE = m.DELETE_RULE)
    ) AS x;

    -- A row that is hidden seems to be gone, and what it kept would go; a masked value would be copied as its mask
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT('row-level security (', s.name, ') may hide rows of ', t.NAME))
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME)
    JOIN sys.security_predicates AS p ON p.target_object_id = OBJECT_ID(t.NAME)
    JOIN sys.security_policies AS s ON s.object_id = p.object_id AND s.is_enabled = 1;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' has a masked, encrypted or generated column: ', c.name))
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME)
    JOIN sys.columns AS c ON c.object_id = OBJECT_ID(t.NAME)
    WHERE c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' is no plain table any more, so rows may be hidden'))
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME)
    WHERE OBJECTPROPERTY(OBJECT_ID(t.NAME), 'IsUserTable') = 0;
    -- Rows that are kept under this number or a later one could not be told from those of this run
    IF @problem IS NULL AND (
      EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA WHERE RUN_ID >= @run_id)
    )
      SET @problem = CONCAT('kept rows have run number ', @run_id, ' or a later one, since the log was lost');
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem
          = REPLACE(LEFT(CONCAT('cleanup_sessions did not start, and nothing was deleted: ', @problem), 400), '%',
          '%%');
      THROW 50000, @problem, 1;
    END;

    SELECT
      @expiry_grace_minutes
          = ISNULL(NULLIF(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE ELSE '' END), ''), '120'),
      @session_age_days = ISNULL(NULLIF(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE ELSE '' END), ''), '14'),
      @deleted_after_hours = ISNULL(NULLIF(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE ELSE '' END), ''), '12'),
      @orphan_sweep = ISNULL(NULLIF(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE ELSE '' END), ''), 'no'),
      @retention = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'backup_retention_days' THEN VALUE ELSE '' END), ''),
        '30'),
      @dry_run = CASE
        WHEN CONVERT(NVARCHAR(10), SESSION_CONTEXT(N'deepclean_dry_run')) = N'yes' THEN 'yes'
        ELSE ISNULL(NULLIF(MAX(CASE NAME WHEN 'dry_run' THEN VALUE ELSE '' END), ''), 'no')
      END
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_sessions';

    -- A stop that was asked of an earlier run is used up here
    UPDATE dbo.CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_sessions' AND NAME = 'stop_requested' AND VALUE = 'yes';

    SET @expiry_cut_off = DATEADD(MINUTE, -@expiry_grace_minutes, @started);
    SET @expiry_cut_off_ns = DATEDIFF_BIG(MICROSECOND, '19700101', @expiry_cut_off) * 1000;
    SET @age_cut_off = DATEADD(DAY, -@session_age_days, @started);
    SET @age_cut_off_ns = DATEDIFF_BIG(MICROSECOND, '19700101', @age_cut_off) * 1000;
    SET @delete_cut_off = DATEADD(HOUR, -@deleted_after_hours, @started);
    SET @delete_cut_off_ns = DATEDIFF_BIG(MICROSECOND, '19700101', @delete_cut_off) * 1000;
    SET @sighting_cut_off = DATEADD(HOUR, -24, @started);

    UPDATE dbo.CLEANUP_RUN
    SET CUT_OFF = @expiry_cut_off, DRY_RUN = @dry_run
    WHERE RUN_ID = @run_id;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (@run_id, 'IDN_AUTH_TEMP_SESSION_STORE'), (@run_id, 'IDN_AUTH_SESSION_STORE'),
      (@run_id, 'IDN_AUTH_USER_SESSION_MAPPING'), (@run_id, 'IDN_AUTH_SESSION_APP_INFO'),
      (@run_id, 'IDN_AUTH_SESSION_META_DATA');
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'expired'), (@run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'deleted'),
      (@run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'superseded'), (@run_id, 'IDN_AUTH_SESSION_STORE', 'expired'),
      (@run_id, 'IDN_AUTH_SESSION_STORE', 'deleted'), (@run_id, 'IDN_AUTH_SESSION_STORE', 'superseded'),
      (@run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'session_gone'),
      (@run_id, 'IDN_AUTH_SESSION_APP_INFO', 'session_gone'), (@run_id, 'IDN_AUTH_SESSION_META_DATA', 'session_gone'),
      (@run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'orphaned'), (@run_id, 'IDN_AUTH_SESSION_APP_INFO', 'orphaned'),
      (@run_id, 'IDN_AUTH_SESSION_META_DATA', 'orphaned');
    SET @work_began = SYSUTCDATETIME();

    -- Purge: table by table, forward along the key or a list of what is dead, in short transactions
    WHILE @step < 5 AND @status = 'ended'
    BEGIN
      SELECT @step = @step + 1, @more = 1, @failures = 0, @careful = 0, @span = 1000;
      SET @time = CONVERT(CHAR(5), SYSUTCDATETIME(), 108);
      SELECT
        @target_ms = ISNULL(NULLIF(MAX(CASE NAME WHEN 'batch_target_ms' THEN VALUE ELSE '' END), ''), '250'),
        @pause_ms = ISNULL(NULLIF(MAX(CASE NAME WHEN 'pause_ms' THEN VALUE ELSE '' END), ''), '0'),
        @rows_min = ISNULL(NULLIF(MAX(CASE NAME WHEN 'batch_rows_minimum' THEN VALUE ELSE '' END), ''), '50'),
        @rows_max = ISNULL(NULLIF(MAX(CASE NAME WHEN 'batch_rows_maximum' THEN VALUE ELSE '' END), ''), '4000'),
        @why = CASE
          WHEN MAX(CASE NAME WHEN 'enabled' THEN VALUE ELSE '' END) = 'no' THEN 'switched off'
          WHEN MAX(CASE NAME WHEN 'stop_requested' THEN VALUE ELSE '' END) = 'yes' THEN 'stop requested'
          WHEN DATEDIFF_BIG(MILLISECOND, @work_began, SYSUTCDATETIME())
            >= 1000 * ISNULL(
              NULLIF(MAX(CASE NAME WHEN 'time_budget_seconds' THEN CAST(VALUE AS BIGINT) ELSE 0 END), 0),
              3600)
          THEN 'time budget'
          WHEN MAX(CASE
            WHEN NAME <> 'window' OR VALUE = 'always' THEN 0
            WHEN LEFT(VALUE, 5) < RIGHT(VALUE, 5)
            THEN CASE WHEN @time < LEFT(VALUE, 5) OR @time >= RIGHT(VALUE, 5) THEN 1 ELSE 0 END
            WHEN @time >= RIGHT(VALUE, 5) AND @time < LEFT(VALUE, 5) THEN 1
            ELSE 0
          END) = 1 THEN 'outside window'
          ELSE 'done'
        END
      FROM dbo.CLEANUP_SETTING WITH (NOLOCK)
      WHERE PROCEDURE_NAME = 'cleanup_sessions';
      IF @why <> 'done'
      BEGIN
        SET @status = 'stopped';
        BREAK;
      END;

      IF @step = 1
      BEGIN
        SET @table = 'IDN_AUTH_TEMP_SESSION_STORE';
        -- What is dead, found once a run; the rule is asked again when a row is deleted
        BEGIN TRANSACTION;
        DELETE FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE;
        INSERT INTO dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (RUN_ID, SESSION_ID)
        SELECT DISTINCT @run_id, t.SESSION_ID
        FROM dbo.IDN_AUTH_TEMP_SESSION_STORE AS t
        WHERE (t.EXPIRY_TIME > 0
               AND t.EXPIRY_TIME < @expiry_cut_off_ns)
              OR ((t.EXPIRY_TIME IS NULL
                   OR t.EXPIRY_TIME <= 0)
                  AND t.TIME_CREATED < @age_cut_off_ns)
              OR (t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                  AND t.TIME_CREATED < @delete_cut_off_ns);
        COMMIT TRANSACTION;
        SELECT @from_1 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
            WHERE l.RUN_ID = @run_id;
        SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 2
      BEGIN
        SET @table = 'IDN_AUTH_SESSION_STORE';
        -- What is dead, found once a run; the rule is asked again when a row is deleted
        BEGIN TRANSACTION;
        DELETE FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE;
        INSERT INTO dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (RUN_ID, SESSION_ID)
        SELECT DISTINCT @run_id, t.SESSION_ID
        FROM dbo.IDN_AUTH_SESSION_STORE AS t
        WHERE (t.EXPIRY_TIME > 0
               AND t.EXPIRY_TIME < @expiry_cut_off_ns)
              OR ((t.EXPIRY_TIME IS NULL
                   OR t.EXPIRY_TIME <= 0)
                  AND t.TIME_CREATED < @age_cut_off_ns)
              OR (t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                  AND t.TIME_CREATED < @delete_cut_off_ns);
        COMMIT TRANSACTION;
        SELECT @from_2 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l WHERE l.RUN_ID = @run_id;
        SET @more = CASE WHEN @from_2 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 3
      BEGIN
        IF @orphan_sweep <> 'yes'
          CONTINUE;
        SET @table = 'IDN_AUTH_USER_SESSION_MAPPING';
        -- Forget what is kept again, and note what is seen for the first time
        BEGIN TRANSACTION;
        DELETE l
        FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
        WHERE NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_USER_SESSION_MAPPING AS t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (
              SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, @started
        FROM dbo.IDN_AUTH_USER_SESSION_MAPPING AS t
        WHERE NOT EXISTS (
                SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                WHERE o.SESSION_ID = t.SESSION_ID)
              AND NOT EXISTS (
                SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
            WHERE t.SESSION_ID = l.SESSION_ID);
        COMMIT TRANSACTION;
        SELECT @from_3 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
            WHERE l.FIRST_SEEN < @sighting_cut_off;
        SET @more = CASE WHEN @from_3 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 4
      BEGIN
        IF @orphan_sweep <> 'yes'
          CONTINUE;
        SET @table = 'IDN_AUTH_SESSION_APP_INFO';
        -- Forget what is kept again, and note what is seen for the first time
        BEGIN TRANSACTION;
        DELETE l
        FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
        WHERE NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_APP_INFO AS t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (
              SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, @started
        FROM dbo.IDN_AUTH_SESSION_APP_INFO AS t
        WHERE NOT EXISTS (
                SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                WHERE o.SESSION_ID = t.SESSION_ID)
              AND NOT EXISTS (
                SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
            WHERE t.SESSION_ID = l.SESSION_ID);
        COMMIT TRANSACTION;
        SELECT @from_4 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
            WHERE l.FIRST_SEEN < @sighting_cut_off;
        SET @more = CASE WHEN @from_4 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 5
      BEGIN
        IF @orphan_sweep <> 'yes'
          CONTINUE;
        SET @table = 'IDN_AUTH_SESSION_META_DATA';
        -- Forget what is kept again, and note what is seen for the first time
        BEGIN TRANSACTION;
        DELETE l
        FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
        WHERE NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_META_DATA AS t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (
              SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
              WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (
              SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
              WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, @started
        FROM dbo.IDN_AUTH_SESSION_META_DATA AS t
        WHERE NOT EXISTS (
                SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                WHERE o.SESSION_ID = t.SESSION_ID)
              AND NOT EXISTS (
                SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
            WHERE t.SESSION_ID = l.SESSION_ID);
        COMMIT TRANSACTION;
        SELECT @from_5 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
            WHERE l.FIRST_SEEN < @sighting_cut_off;
        SET @more = CASE WHEN @from_5 IS NULL THEN 0 ELSE 1 END;
      END

      WHILE @more = 1
      BEGIN
        IF @pause_ms > 0
        BEGIN
          SET @delay = DATEADD(MILLISECOND, @pause_ms, CAST('19000101' AS DATETIME));
          WAITFOR DELAY @delay;
        END;
        SET @time = CONVERT(CHAR(5), SYSUTCDATETIME(), 108);
        SELECT
          @target_ms = ISNULL(NULLIF(MAX(CASE NAME WHEN 'batch_target_ms' THEN VALUE ELSE '' END), ''), '250'),
          @pause_ms = ISNULL(NULLIF(MAX(CASE NAME WHEN 'pause_ms' THEN VALUE ELSE '' END), ''), '0'),
          @rows_min = ISNULL(NULLIF(MAX(CASE NAME WHEN 'batch_rows_minimum' THEN VALUE ELSE '' END), ''), '50'),
          @rows_max = ISNULL(NULLIF(MAX(CASE NAME WHEN 'batch_rows_maximum' THEN VALUE ELSE '' END), ''), '4000'),
          @why = CASE
            WHEN MAX(CASE NAME WHEN 'enabled' THEN VALUE ELSE '' END) = 'no' THEN 'switched off'
            WHEN MAX(CASE NAME WHEN 'stop_requested' THEN VALUE ELSE '' END) = 'yes' THEN 'stop requested'
            WHEN DATEDIFF_BIG(MILLISECOND, @work_began, SYSUTCDATETIME())
              >= 1000 * ISNULL(
                NULLIF(MAX(CASE NAME WHEN 'time_budget_seconds' THEN CAST(VALUE AS BIGINT) ELSE 0 END), 0),
                3600)
            THEN 'time budget'
            WHEN MAX(CASE
              WHEN NAME <> 'window' OR VALUE = 'always' THEN 0
              WHEN LEFT(VALUE, 5) < RIGHT(VALUE, 5)
              THEN CASE WHEN @time < LEFT(VALUE, 5) OR @time >= RIGHT(VALUE, 5) THEN 1 ELSE 0 END
              WHEN @time >= RIGHT(VALUE, 5) AND @time < LEFT(VALUE, 5) THEN 1
              ELSE 0
            END) = 1 THEN 'outside window'
            ELSE 'done'
          END
        FROM dbo.CLEANUP_SETTING WITH (NOLOCK)
        WHERE PROCEDURE_NAME = 'cleanup_sessions';
        IF @why <> 'done'
        BEGIN
          SET @status = 'stopped';
          BREAK;
        END;

        IF @failures = 0 AND @span < @rows_min
          SET @span = @rows_min;
        IF @span > @rows_max
          SET @span = @rows_max;
        SET @batch_began = SYSUTCDATETIME();
        SET LOCK_TIMEOUT 1000;
        -- After ten tries nothing of the batch is deleted any more: what another session holds is only counted, and
        -- passed over
        IF @failures >= 10
          SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
        BEGIN TRY
          BEGIN TRANSACTION;
          IF @step = 1
          BEGIN
            SELECT @upto_1 = MAX(d.SESSION_ID)
            FROM (
              SELECT TOP (@span) k.SESSION_ID
              FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS k
              WHERE k.RUN_ID = @run_id AND k.SESSION_ID >= @from_1
              ORDER BY k.SESSION_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0),
              @reason_2 = ISNULL(SUM(CASE d.REASON WHEN 2 THEN 1 ELSE 0 END), 0),
              @reason_3 = ISNULL(SUM(CASE d.REASON WHEN 3 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < @age_cut_off_ns)
                  THEN 1
                  WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                       AND t.TIME_CREATED < @delete_cut_off_ns
                  THEN 2
                  ELSE 3
                END AS REASON
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS s ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_1 AND @upto_1
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < @age_cut_off_ns)
                       OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                           AND s.TIME_CREATED < @delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) AS e
              JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS t
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
                (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID,
                 EXPIRY_TIME)
              SELECT @run_id, CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < @age_cut_off_ns)
                  THEN 'expired'
                  WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                       AND t.TIME_CREATED < @delete_cut_off_ns
                  THEN 'deleted'
                  ELSE 'superseded'
                END,
                t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS s ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_1 AND @upto_1
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < @age_cut_off_ns)
                       OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                           AND s.TIME_CREATED < @delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) AS e
              JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS t WITH (UPDLOCK, ROWLOCK)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS s ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_1 AND @upto_1
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < @age_cut_off_ns)
                       OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                           AND s.TIME_CREATED < @delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) AS e
              JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS t WITH (ROWLOCK)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'expired' THEN @reason_1
                  WHEN 'deleted' THEN @reason_2
                  WHEN 'superseded' THEN @reason_3
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 2
          BEGIN
            SELECT @upto_2 = MAX(d.SESSION_ID)
            FROM (
              SELECT TOP (@span) k.SESSION_ID
              FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS k
              WHERE k.RUN_ID = @run_id AND k.SESSION_ID >= @from_2
              ORDER BY k.SESSION_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0),
              @reason_2 = ISNULL(SUM(CASE d.REASON WHEN 2 THEN 1 ELSE 0 END), 0),
              @reason_3 = ISNULL(SUM(CASE d.REASON WHEN 3 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < @age_cut_off_ns)
                  THEN 1
                  WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                       AND t.TIME_CREATED < @delete_cut_off_ns
                  THEN 2
                  ELSE 3
                END AS REASON
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_SESSION_STORE AS s ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < @age_cut_off_ns)
                       OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                           AND s.TIME_CREATED < @delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) AS e
              JOIN dbo.IDN_AUTH_SESSION_STORE AS t
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              -- What another session removed since is not this run's, nor is what refers to it
              DELETE l
              FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
              WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
                AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE AS t WHERE t.SESSION_ID = l.SESSION_ID)
              OPTION (RECOMPILE);
              INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE
                (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID,
                 EXPIRY_TIME)
              SELECT @run_id, CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < @age_cut_off_ns)
                  THEN 'expired'
                  WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                       AND t.TIME_CREATED < @delete_cut_off_ns
                  THEN 'deleted'
                  ELSE 'superseded'
                END,
                t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_SESSION_STORE AS s ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < @age_cut_off_ns)
                       OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                           AND s.TIME_CREATED < @delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) AS e
              JOIN dbo.IDN_AUTH_SESSION_STORE AS t WITH (UPDLOCK, ROWLOCK)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_SESSION_STORE AS s ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < @expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < @age_cut_off_ns)
                       OR (s.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                           AND s.TIME_CREATED < @delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) AS e
              JOIN dbo.IDN_AUTH_SESSION_STORE AS t WITH (ROWLOCK)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              -- HOLDLOCK: nobody may add what keeps these rows before the batch is committed
              SELECT @kept = (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_SESSION_STORE AS o WITH (HOLDLOCK) ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2) + (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS o WITH (HOLDLOCK) ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2)
              OPTION (RECOMPILE, LOOP JOIN, FORCE ORDER);

              DELETE c
              OUTPUT @run_id, 'session_gone', deleted.USER_ID, deleted.SESSION_ID
              INTO dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING (RUN_ID, REASON, USER_ID, SESSION_ID)
              FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
              JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS c ON c.SESSION_ID = l.SESSION_ID
                AND c.SESSION_ID + N'.' COLLATE Latin1_General_BIN2 = l.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
              WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                  WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                  WHERE o.SESSION_ID = l.SESSION_ID)
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING';
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING' AND REASON = 'session_gone';

              DELETE c
              OUTPUT @run_id, 'session_gone', deleted.SESSION_ID, deleted.SUBJECT, deleted.APP_ID,
                  deleted.INBOUND_AUTH_TYPE
              INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID,
                  INBOUND_AUTH_TYPE)
              FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
              JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS c ON c.SESSION_ID = l.SESSION_ID
                AND c.SESSION_ID + N'.' COLLATE Latin1_General_BIN2 = l.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
              WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                  WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                  WHERE o.SESSION_ID = l.SESSION_ID)
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO';
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO' AND REASON = 'session_gone';

              DELETE c
              OUTPUT @run_id, 'session_gone', deleted.SESSION_ID, deleted.PROPERTY_TYPE, deleted.VALUE
              INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
              FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
              JOIN dbo.IDN_AUTH_SESSION_META_DATA AS c ON c.SESSION_ID = l.SESSION_ID
                AND c.SESSION_ID + N'.' COLLATE Latin1_General_BIN2 = l.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
              WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                  WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                  WHERE o.SESSION_ID = l.SESSION_ID)
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA';
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA' AND REASON = 'session_gone';

              SELECT @kept_now = (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_SESSION_STORE AS o WITH (HOLDLOCK) ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2) + (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
                JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS o WITH (HOLDLOCK) ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2)
              OPTION (RECOMPILE, LOOP JOIN, FORCE ORDER);
              IF @kept_now <> @kept
                THROW 50001, 'another session brought back what was to be gone', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'expired' THEN @reason_1
                  WHEN 'deleted' THEN @reason_2
                  WHEN 'superseded' THEN @reason_3
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 3
          BEGIN
            SELECT @upto_3 = MAX(d.SESSION_ID)
            FROM (
              SELECT TOP (@span) k.SESSION_ID
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS k
              WHERE k.SESSION_ID >= @from_3
              ORDER BY k.SESSION_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT 1 AS REASON
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
              JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS t
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_3 AND @upto_3
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
                (RUN_ID, REASON, USER_ID, SESSION_ID)
              SELECT @run_id, 'orphaned',
                t.USER_ID, t.SESSION_ID
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
              JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS t WITH (UPDLOCK, ROWLOCK)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_3 AND @upto_3
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
              JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS t WITH (ROWLOCK)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_3 AND @upto_3
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'orphaned' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 4
          BEGIN
            SELECT @upto_4 = MAX(d.SESSION_ID)
            FROM (
              SELECT TOP (@span) k.SESSION_ID
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS k
              WHERE k.SESSION_ID >= @from_4
              ORDER BY k.SESSION_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT 1 AS REASON
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
              JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS t
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_4 AND @upto_4
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
                (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
              SELECT @run_id, 'orphaned',
                t.SESSION_ID, t.SUBJECT, t.APP_ID, t.INBOUND_AUTH_TYPE
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
              JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS t WITH (UPDLOCK, ROWLOCK)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_4 AND @upto_4
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
              JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS t WITH (ROWLOCK)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_4 AND @upto_4
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'orphaned' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 5
          BEGIN
            SELECT @upto_5 = MAX(d.SESSION_ID)
            FROM (
              SELECT TOP (@span) k.SESSION_ID
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS k
              WHERE k.SESSION_ID >= @from_5
              ORDER BY k.SESSION_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT 1 AS REASON
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
              JOIN dbo.IDN_AUTH_SESSION_META_DATA AS t
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_5 AND @upto_5
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
                (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
              SELECT @run_id, 'orphaned',
                t.SESSION_ID, t.PROPERTY_TYPE, t.VALUE
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
              JOIN dbo.IDN_AUTH_SESSION_META_DATA AS t WITH (UPDLOCK, ROWLOCK)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_5 AND @upto_5
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
              JOIN dbo.IDN_AUTH_SESSION_META_DATA AS t WITH (ROWLOCK)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN @from_5 AND @upto_5
                AND ((EXISTS (
                        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                        WHERE n.SESSION_ID = t.SESSION_ID
                          AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                              = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                          AND n.FIRST_SEEN < @sighting_cut_off))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o
                       WHERE o.SESSION_ID = t.SESSION_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'orphaned' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END

          SET @batch_ms = DATEDIFF_BIG(MILLISECOND, @batch_began, SYSUTCDATETIME());
          UPDATE dbo.CLEANUP_RUN_STEP
          SET SEEN = SEEN + @seen, DELETED = DELETED + @dead, BATCHES = BATCHES + 1,
              LONGEST_BATCH_MS = CASE WHEN @batch_ms > LONGEST_BATCH_MS THEN @batch_ms ELSE LONGEST_BATCH_MS END
          WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
          COMMIT TRANSACTION;

          -- A key may have many rows, of which one statement must not lock so many that it locks the table
          SET @span_most = CASE WHEN @most > 0 THEN 1 + @span * @rows_max / @most ELSE @rows_max END;
          -- Rows that live cost little: a range of them must not make the next batch, of dead ones, too large
          IF @careful > 0
            SET @careful = @careful - 1;
          SELECT @failures = 0, @factor = 1.0 * @target_ms / CASE WHEN @batch_ms < 1 THEN 1 ELSE @batch_ms END;
          IF @batch_ms > @target_ms OR (@careful = 0 AND (@dead * 2 >= @span OR @span < 5000))
            SET @span = @span * CASE WHEN @factor < 0.5 THEN 0.5 WHEN @factor > 4 THEN 4 ELSE @factor END;
          IF @span > @span_most
            SET @span = @span_most;
        END TRY
        BEGIN CATCH
          IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
          -- Deadlock, lock timeout, a row that refers to a deleted one, or a batch that is not as it was chosen:
          -- another session was faster, and the batch is tried again with half the keys
          IF ERROR_NUMBER() NOT IN (1205, 1222, 601, 547, 50001)
            THROW;
          SELECT @failures = @failures + 1, @careful = 10, @span = CASE WHEN @span > 1 THEN @span / 2 ELSE 1 END;
          UPDATE dbo.CLEANUP_RUN_STEP SET RETRIES = RETRIES + 1 WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
          WAITFOR DELAY '00:00:00.050';
        END CATCH;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SET LOCK_TIMEOUT 60000;

        -- Where the next batch begins, which waits for nobody
        IF @failures = 0
        BEGIN
          IF @step = 1
          BEGIN
            SELECT @from_1 = MIN(k.SESSION_ID)
            FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS k
            WHERE k.RUN_ID = @run_id AND k.SESSION_ID > @upto_1;
            SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 2
          BEGIN
            SELECT @from_2 = MIN(k.SESSION_ID)
            FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS k
            WHERE k.RUN_ID = @run_id AND k.SESSION_ID > @upto_2;
            SET @more = CASE WHEN @from_2 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 3
          BEGIN
            SELECT @from_3 = MIN(k.SESSION_ID)
            FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS k
            WHERE k.SESSION_ID > @upto_3;
            SET @more = CASE WHEN @from_3 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 4
          BEGIN
            SELECT @from_4 = MIN(k.SESSION_ID)
            FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS k
            WHERE k.SESSION_ID > @upto_4;
            SET @more = CASE WHEN @from_4 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 5
          BEGIN
            SELECT @from_5 = MIN(k.SESSION_ID)
            FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS k
            WHERE k.SESSION_ID > @upto_5;
            SET @more = CASE WHEN @from_5 IS NULL THEN 0 ELSE 1 END;
          END
        END;
      END;
    END;
    IF @why = 'done' AND @passed_over = 1
      SET @why = 'done, except for rows that another session held';

    SET @more = 1;
    WHILE @more = 1
    BEGIN
      DELETE TOP (4000) FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE WHERE RUN_ID = @run_id;
      SET @more = CASE @@ROWCOUNT WHEN 0 THEN 0 ELSE 1 END;
    END;
    SET @more = 1;
    WHILE @more = 1
    BEGIN
      DELETE TOP (4000) FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE WHERE RUN_ID = @run_id;
      SET @more = CASE @@ROWCOUNT WHEN 0 THEN 0 ELSE 1 END;
    END;

    -- Prune: backups whose retention is over
    SELECT @oldest_kept = ISNULL(MIN(RUN_ID), @run_id)
    FROM dbo.CLEANUP_RUN
    WHERE STARTED_AT >= DATEADD(DAY, -@retention, @started);
    SET @step = CASE WHEN @status = 'ended' AND @dry_run = 'no' AND @retention IS NOT NULL THEN 0 ELSE 5 END;
    WHILE @step < 5
    BEGIN
      IF @step = 0
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 1
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 2
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 3
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 4
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      IF @@ROWCOUNT = 0
        SET @step = @step + 1;
    END;

    UPDATE dbo.CLEANUP_RUN
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = @status, WHY_STOPPED = @why
    WHERE RUN_ID = @run_id;
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0
      ROLLBACK TRANSACTION;
    SET LOCK_TIMEOUT 60000;
    -- Batches that were committed stay deleted and are in the log; the next run goes on where this one stopped
    UPDATE dbo.CLEANUP_RUN
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'failed',
        WHY_STOPPED = LEFT(CONCAT('error ', ERROR_NUMBER(), ': ', ERROR_MESSAGE()), 400)
    WHERE RUN_ID = @run_id;
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
    THROW;
  END CATCH;
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'cleanup_sessions' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('cleanup_sessions', 'procedure', 'ebff803288de19a7118088502061815e4d1e832c51b11c01cc39662c20a56606')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
