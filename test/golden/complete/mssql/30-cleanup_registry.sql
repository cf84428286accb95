-- cleanup_registry: deletes superseded registry log entries, what deleted resources left, and expired confirmation
-- codes.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   REG_RESOURCE when
--     code_expired: it is a confirmation code, and every expireTime of it has passed
--   and then from REG_RESOURCE_PROPERTY when
--     code_gone: its confirmation code is gone
--   REG_LOG when
--     superseded: its path has a newer entry
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_LOG, once those are gone, when
--     deleted: it says that its resource was deleted, and no other entry of its path is left
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_RESOURCE_PROPERTY when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_PROPERTY when
--     unreferenced: nothing refers to it any more
--   REG_RESOURCE_TAG when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_TAG when
--     unreferenced: nothing refers to it any more
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_registry run brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_registry
--   SELECT, DELETE on REG_RESOURCE, REG_PROPERTY, REG_RESOURCE_PROPERTY, REG_LOG, REG_TAG, REG_RESOURCE_TAG
--   SELECT on REG_PATH, REG_RESOURCE_HISTORY
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_REG_RESOURCE, CLEANUP_DEAD_REG_LOG_SUPERSEDED,
--     CLEANUP_DEAD_REG_LOG_DELETED, CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY,
--     CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG, CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_registry
CREATE OR ALTER PROCEDURE dbo.cleanup_registry
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_registry commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock           NVARCHAR(255) = 'deepclean dbo.cleanup_registry',
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
    @log_cut_off DATETIME2(6), -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
    @code_cut_off DATETIME2(6), -- UTC now, less an hour for clocks that differ
    @code_cut_off_ms BIGINT,
    @log_minimum_age_hours BIGINT,
    @clock_uncertainty_hours BIGINT,
    @from_1 int, @upto_1 int,
    @from_2 int, @upto_2 int,
    @from_3 int, @upto_3 int,
    @from_4 int, @upto_4 int,
    @from_5 int, @upto_5 int,
    @from_6 int, @upto_6 int,
    @from_7 int, @upto_7 int,
    @reason_1 BIGINT = 0;
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
    VALUES ('cleanup_registry', ORIGINAL_LOGIN(), @started, @started, 'skipped', 'already running');
    RETURN;
  END;

  BEGIN TRY
    UPDATE dbo.CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = @started
    WHERE PROCEDURE_NAME IN ('cleanup_registry', 'restore_registry') AND STATUS = 'running';
    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('cleanup_registry', ORIGINAL_LOGIN(), @started, 'running');
    SET @run_id = SCOPE_IDENTITY();

    SELECT TOP (1) @problem = CONCAT(f.BACKUP_NAME, ' does not fit ', f.SOURCE_NAME, ' any more: column ', s.name)
    FROM (VALUES
      ('dbo.REG_RESOURCE', 'dbo.CLEANUP_BAK_REG_RESOURCE'),
      ('dbo.REG_PROPERTY', 'dbo.CLEANUP_BAK_REG_PROPERTY'),
      ('dbo.REG_RESOURCE_PROPERTY', 'dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY'),
      ('dbo.REG_LOG', 'dbo.CLEANUP_BAK_REG_LOG'),
      ('dbo.REG_TAG', 'dbo.CLEANUP_BAK_REG_TAG'),
      ('dbo.REG_RESOURCE_TAG', 'dbo.CLEANUP_BAK_REG_RESOURCE_TAG')
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
      ('dbo.REG_RESOURCE', 12),
      ('dbo.REG_PROPERTY', 4),
      ('dbo.REG_RESOURCE_PROPERTY', 6),
      ('dbo.REG_LOG', 7),
      ('dbo.REG_TAG', 5),
      ('dbo.REG_RESOURCE_TAG', 6)
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
      ('dbo.REG_RESOURCE'),
      ('dbo.REG_PROPERTY'),
      ('dbo.REG_RESOURCE_PROPERTY'),
      ('dbo.REG_LOG'),
      ('dbo.REG_TAG'),
      ('dbo.REG_RESOURCE_TAG')
    ) AS t (NAME) ON k.referenced_object_id = OBJECT_ID(t.NAME);
    INSERT INTO @made_for_keys (CHILD_ID, PARENT_ID, OWN, THEIRS, WIDTH, DELETE_RULE)
    SELECT OBJECT_ID(w.CHILD), OBJECT_ID(w.PARENT), w.OWN, w.THEIRS, w.WIDTH, w.DELETE_RULE
    FROM (VALUES
      ('dbo.REG_RESOURCE_PROPERTY', 'dbo.REG_PROPERTY',
        'REG_PROPERTY_ID', 'REG_ID', 2, 0),
      ('dbo.REG_RESOURCE_PROPERTY', 'dbo.REG_PROPERTY',
        'REG_TENANT_ID', 'REG_TENANT_ID', 2, 0),
      ('dbo.REG_RESOURCE_TAG', 'dbo.REG_TAG',
        'REG_TAG_ID', 'REG_ID', 2, 0),
      ('dbo.REG_RESOURCE_TAG', 'dbo.REG_TAG',
        'REG_TENANT_ID', 'REG_TENANT_ID', 2, 0)
    ) AS w (CHILD, PARENT, OWN, THEIRS, WIDTH, DELETE_RULE);
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
      ('dbo.REG_RESOURCE'),
      ('dbo.REG_PROPERTY'),
      ('dbo.REG_RESOURCE_PROPERTY'),
      ('dbo.REG_LOG'),
      ('dbo.REG_TAG'),
      ('dbo.REG_RESOURCE_TAG'),
      ('dbo.REG_PATH'),
      ('dbo.REG_RESOURCE_HISTORY')
    ) AS t (NAME)
    JOIN sys.security_predicates AS p ON p.target_object_id = OBJECT_ID(t.NAME)
    JOIN sys.security_policies AS s ON s.object_id = p.object_id AND s.is_enabled = 1;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' has a masked, encrypted or generated column: ', c.name))
    FROM (VALUES
      ('dbo.REG_RESOURCE'),
      ('dbo.REG_PROPERTY'),
      ('dbo.REG_RESOURCE_PROPERTY'),
      ('dbo.REG_LOG'),
      ('dbo.REG_TAG'),
      ('dbo.REG_RESOURCE_TAG'),
      ('dbo.REG_PATH'),
      ('dbo.REG_RESOURCE_HISTORY')
    ) AS t (NAME)
    JOIN sys.columns AS c ON c.object_id = OBJECT_ID(t.NAME)
    WHERE c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' is no plain table any more, so rows may be hidden'))
    FROM (VALUES
      ('dbo.REG_RESOURCE'),
      ('dbo.REG_PROPERTY'),
      ('dbo.REG_RESOURCE_PROPERTY'),
      ('dbo.REG_LOG'),
      ('dbo.REG_TAG'),
      ('dbo.REG_RESOURCE_TAG'),
      ('dbo.REG_PATH'),
      ('dbo.REG_RESOURCE_HISTORY')
    ) AS t (NAME)
    WHERE OBJECTPROPERTY(OBJECT_ID(t.NAME), 'IsUserTable') = 0;
    -- Rows that are kept under this number or a later one could not be told from those of this run
    IF @problem IS NULL AND (
      EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_REG_RESOURCE WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_REG_PROPERTY WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_REG_LOG WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_REG_TAG WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_REG_RESOURCE_TAG WHERE RUN_ID >= @run_id)
    )
      SET @problem = CONCAT('kept rows have run number ', @run_id, ' or a later one, since the log was lost');
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem
          = REPLACE(LEFT(CONCAT('cleanup_registry did not start, and nothing was deleted: ', @problem), 400), '%',
          '%%');
      THROW 50000, @problem, 1;
    END;

    SELECT
      @log_minimum_age_hours
          = ISNULL(NULLIF(MAX(CASE NAME WHEN 'log_minimum_age_hours' THEN VALUE ELSE '' END), ''), '24'),
      @clock_uncertainty_hours
          = ISNULL(NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12'),
      @retention = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'backup_retention_days' THEN VALUE ELSE '' END), ''),
        '30'),
      @dry_run = CASE
        WHEN CONVERT(NVARCHAR(10), SESSION_CONTEXT(N'deepclean_dry_run')) = N'yes' THEN 'yes'
        ELSE ISNULL(NULLIF(MAX(CASE NAME WHEN 'dry_run' THEN VALUE ELSE '' END), ''), 'no')
      END
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_registry';

    -- A stop that was asked of an earlier run is used up here
    UPDATE dbo.CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_registry' AND NAME = 'stop_requested' AND VALUE = 'yes';

    SET @log_cut_off = DATEADD(HOUR, -@log_minimum_age_hours, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
    SET @code_cut_off = DATEADD(HOUR, -1, @started);
    SET @code_cut_off_ms = DATEDIFF_BIG(MILLISECOND, '19700101', @code_cut_off);

    UPDATE dbo.CLEANUP_RUN
    SET CUT_OFF = @log_cut_off, DRY_RUN = @dry_run
    WHERE RUN_ID = @run_id;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (@run_id, 'REG_RESOURCE'), (@run_id, 'REG_PROPERTY'), (@run_id, 'REG_RESOURCE_PROPERTY'),
        (@run_id, 'REG_LOG'),
      (@run_id, 'REG_TAG'), (@run_id, 'REG_RESOURCE_TAG');
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'REG_RESOURCE', 'code_expired'), (@run_id, 'REG_RESOURCE_PROPERTY', 'code_gone'),
      (@run_id, 'REG_LOG', 'superseded'), (@run_id, 'REG_LOG', 'deleted'),
      (@run_id, 'REG_RESOURCE_PROPERTY', 'resource_gone'), (@run_id, 'REG_PROPERTY', 'unreferenced'),
      (@run_id, 'REG_RESOURCE_TAG', 'resource_gone'), (@run_id, 'REG_TAG', 'unreferenced');
    SET @work_began = SYSUTCDATETIME();

    -- Purge: table by table, forward along the key or a list of what is dead, in short transactions
    WHILE @step < 7 AND @status = 'ended'
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
      WHERE PROCEDURE_NAME = 'cleanup_registry';
      IF @why <> 'done'
      BEGIN
        SET @status = 'stopped';
        BREAK;
      END;

      IF @step = 1
      BEGIN
        SET @table = 'REG_RESOURCE';
        -- What is dead, found once a run; the rule is asked again when a row is deleted
        BEGIN TRANSACTION;
        DELETE FROM dbo.CLEANUP_DEAD_REG_RESOURCE;
        INSERT INTO dbo.CLEANUP_DEAD_REG_RESOURCE (RUN_ID, REG_VERSION, REG_TENANT_ID, REG_PATH_ID, REG_NAME)
        SELECT DISTINCT @run_id, t.REG_VERSION, t.REG_TENANT_ID, t.REG_PATH_ID, t.REG_NAME
        FROM dbo.REG_RESOURCE AS t
        WHERE t.REG_NAME IS NOT NULL
              AND EXISTS (
                SELECT 1 FROM dbo.REG_PATH o
                WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                  AND LEFT(o.REG_PATH_VALUE + N'/', 72)
                      = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/' COLLATE Latin1_General_BIN2)
              AND (EXISTS (
                     SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                     WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                       AND EXISTS (
                         SELECT 1 FROM dbo.REG_PROPERTY o2
                         WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                           AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                           AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                               AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                               THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms))
                   OR EXISTS (
                     SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                     WHERE o.REG_PATH_ID = t.REG_PATH_ID
                       AND o.REG_RESOURCE_NAME = t.REG_NAME
                       AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                           = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                       AND o.REG_TENANT_ID = t.REG_TENANT_ID
                       AND o.REG_VERSION IS NULL
                       AND EXISTS (
                         SELECT 1 FROM dbo.REG_PROPERTY o2
                         WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                           AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                           AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                               AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                               THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms)))
              AND NOT EXISTS (
                SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                  AND EXISTS (
                    SELECT 1 FROM dbo.REG_PROPERTY o2
                    WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                      AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                      AND CASE WHEN CASE
                          WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                          AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                          THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0))
              AND NOT EXISTS (
                SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                WHERE o.REG_PATH_ID = t.REG_PATH_ID
                  AND o.REG_RESOURCE_NAME = t.REG_NAME
                  AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                      = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                  AND o.REG_TENANT_ID = t.REG_TENANT_ID
                  AND o.REG_VERSION IS NULL
                  AND EXISTS (
                    SELECT 1 FROM dbo.REG_PROPERTY o2
                    WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                      AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                      AND CASE WHEN CASE
                          WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                          AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                          THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0));
        COMMIT TRANSACTION;
        SELECT @from_1 = MIN(l.REG_VERSION) FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l WHERE l.RUN_ID = @run_id;
        SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 2
      BEGIN
        SET @table = 'REG_LOG';
        -- What is dead, found once a run; the rule is asked again when a row is deleted
        BEGIN TRANSACTION;
        DELETE FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED;
        INSERT INTO dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED (RUN_ID, REG_LOG_ID, REG_TENANT_ID, NEWEST)
        SELECT @run_id, t.REG_LOG_ID, t.REG_TENANT_ID, t.NEWEST
        FROM (
          SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME, n.REG_PATH,
            MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2,
                n.REG_TENANT_ID) AS NEWEST
          FROM dbo.REG_LOG AS n
        ) AS t
        WHERE t.REG_LOGGED_TIME < @log_cut_off
              AND t.REG_PATH IS NOT NULL AND t.REG_LOG_ID < t.NEWEST;
        COMMIT TRANSACTION;
        SELECT @from_2 = MIN(l.REG_LOG_ID) FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l WHERE l.RUN_ID = @run_id;
        SET @more = CASE WHEN @from_2 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 3
      BEGIN
        SET @table = 'REG_LOG';
        -- What is dead, found once a run; the rule is asked again when a row is deleted
        BEGIN TRANSACTION;
        DELETE FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED;
        INSERT INTO dbo.CLEANUP_DEAD_REG_LOG_DELETED (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
        SELECT @run_id, t.REG_LOG_ID, t.REG_TENANT_ID
        FROM (
          SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME, n.REG_ACTION, n.REG_PATH,
            MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2,
                n.REG_TENANT_ID) AS NEWEST,
            COUNT(*) OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID) AS SAME_ROWS,
            SUM(CASE WHEN n.REG_LOGGED_TIME < @log_cut_off THEN 0 ELSE 1 END)
              OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID) AS STAYING_ROWS
          FROM dbo.REG_LOG AS n
        ) AS t
        WHERE t.REG_LOGGED_TIME < @log_cut_off
              AND (t.REG_ACTION = 7
                   AND (t.REG_PATH IS NOT NULL AND
                        (t.SAME_ROWS = 1
                          OR @dry_run = 'yes' AND t.REG_LOG_ID = t.NEWEST AND t.STAYING_ROWS = 0)));
        COMMIT TRANSACTION;
        SELECT @from_3 = MIN(l.REG_LOG_ID) FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l WHERE l.RUN_ID = @run_id;
        SET @more = CASE WHEN @from_3 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 4
      BEGIN
        SET @table = 'REG_RESOURCE_PROPERTY';
        SELECT @from_4 = MIN(t.ID) FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (NOLOCK);
        SET @more = CASE WHEN @from_4 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 5
      BEGIN
        SET @table = 'REG_PROPERTY';
        SELECT @from_5 = MIN(t.REG_ID) FROM dbo.REG_PROPERTY AS t WITH (NOLOCK);
        SET @more = CASE WHEN @from_5 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 6
      BEGIN
        SET @table = 'REG_RESOURCE_TAG';
        SELECT @from_6 = MIN(t.ID) FROM dbo.REG_RESOURCE_TAG AS t WITH (NOLOCK);
        SET @more = CASE WHEN @from_6 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 7
      BEGIN
        SET @table = 'REG_TAG';
        SELECT @from_7 = MIN(t.REG_ID) FROM dbo.REG_TAG AS t WITH (NOLOCK);
        SET @more = CASE WHEN @from_7 IS NULL THEN 0 ELSE 1 END;
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
        WHERE PROCEDURE_NAME = 'cleanup_registry';
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
            SELECT @upto_1 = MAX(d.REG_VERSION)
            FROM (
              SELECT TOP (@span) k.REG_VERSION
              FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS k
              WHERE k.RUN_ID = @run_id AND k.REG_VERSION >= @from_1
              ORDER BY k.REG_VERSION
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT 1 AS REASON
              FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
              JOIN dbo.REG_RESOURCE AS t
                ON t.REG_VERSION = l.REG_VERSION
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1
                AND (t.REG_NAME IS NOT NULL
                     AND EXISTS (
                       SELECT 1 FROM dbo.REG_PATH o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND LEFT(o.REG_PATH_VALUE + N'/', 72)
                             = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/' COLLATE Latin1_General_BIN2)
                     AND (EXISTS (
                            SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                            WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND EXISTS (
                                SELECT 1 FROM dbo.REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                                  AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                      AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                      THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms))
                          OR EXISTS (
                            SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                            WHERE o.REG_PATH_ID = t.REG_PATH_ID
                              AND o.REG_RESOURCE_NAME = t.REG_NAME
                              AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                                  = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                              AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND o.REG_VERSION IS NULL
                              AND EXISTS (
                                SELECT 1 FROM dbo.REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                                  AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                      AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                      THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms)))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN CASE
                                 WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID
                         AND o.REG_RESOURCE_NAME = t.REG_NAME
                         AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                             = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                         AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND o.REG_VERSION IS NULL
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN CASE
                                 WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0)))
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              -- What another session removed since is not this run's, nor is what refers to it
              DELETE l
              FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
              WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1
                AND NOT EXISTS (SELECT 1 FROM dbo.REG_RESOURCE AS t WHERE t.REG_VERSION = l.REG_VERSION
                  AND t.REG_TENANT_ID = l.REG_TENANT_ID)
              OPTION (RECOMPILE);
              INSERT INTO dbo.CLEANUP_BAK_REG_RESOURCE
                (RUN_ID, REASON, REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME,
                 REG_LAST_UPDATOR, REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
              SELECT @run_id, 'code_expired',
                t.REG_PATH_ID, t.REG_NAME, t.REG_VERSION, t.REG_MEDIA_TYPE, t.REG_CREATOR, t.REG_CREATED_TIME,
                t.REG_LAST_UPDATOR, t.REG_LAST_UPDATED_TIME, t.REG_DESCRIPTION, t.REG_CONTENT_ID, t.REG_TENANT_ID,
                t.REG_UUID
              FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
              JOIN dbo.REG_RESOURCE AS t WITH (UPDLOCK, ROWLOCK)
                ON t.REG_VERSION = l.REG_VERSION
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1
                AND (t.REG_NAME IS NOT NULL
                     AND EXISTS (
                       SELECT 1 FROM dbo.REG_PATH o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND LEFT(o.REG_PATH_VALUE + N'/', 72)
                             = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/' COLLATE Latin1_General_BIN2)
                     AND (EXISTS (
                            SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                            WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND EXISTS (
                                SELECT 1 FROM dbo.REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                                  AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                      AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                      THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms))
                          OR EXISTS (
                            SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                            WHERE o.REG_PATH_ID = t.REG_PATH_ID
                              AND o.REG_RESOURCE_NAME = t.REG_NAME
                              AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                                  = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                              AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND o.REG_VERSION IS NULL
                              AND EXISTS (
                                SELECT 1 FROM dbo.REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                                  AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                      AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                      THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms)))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN CASE
                                 WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID
                         AND o.REG_RESOURCE_NAME = t.REG_NAME
                         AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                             = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                         AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND o.REG_VERSION IS NULL
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN CASE
                                 WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0)))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
              JOIN dbo.REG_RESOURCE AS t WITH (ROWLOCK)
                ON t.REG_VERSION = l.REG_VERSION
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1
                AND (t.REG_NAME IS NOT NULL
                     AND EXISTS (
                       SELECT 1 FROM dbo.REG_PATH o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND LEFT(o.REG_PATH_VALUE + N'/', 72)
                             = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/' COLLATE Latin1_General_BIN2)
                     AND (EXISTS (
                            SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                            WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND EXISTS (
                                SELECT 1 FROM dbo.REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                                  AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                      AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                      THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms))
                          OR EXISTS (
                            SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                            WHERE o.REG_PATH_ID = t.REG_PATH_ID
                              AND o.REG_RESOURCE_NAME = t.REG_NAME
                              AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                                  = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                              AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND o.REG_VERSION IS NULL
                              AND EXISTS (
                                SELECT 1 FROM dbo.REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                                  AND CASE WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                      AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                      THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms)))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN CASE
                                 WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID
                         AND o.REG_RESOURCE_NAME = t.REG_NAME
                         AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                             = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                         AND o.REG_TENANT_ID = t.REG_TENANT_ID
                         AND o.REG_VERSION IS NULL
                         AND EXISTS (
                           SELECT 1 FROM dbo.REG_PROPERTY o2
                           WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                             AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                             AND CASE WHEN CASE
                                 WHEN o2.REG_VALUE COLLATE Latin1_General_BIN2 NOT LIKE '%[^0-9]%'
                                 AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0)))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              -- HOLDLOCK: nobody may add what keeps these rows before the batch is committed
              SELECT @kept = (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
                JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK) ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1) + (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
                JOIN dbo.REG_RESOURCE_HISTORY AS o WITH (HOLDLOCK) ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1) + (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
                JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK) ON o.REG_PATH_ID = l.REG_PATH_ID
                  AND o.REG_NAME = l.REG_NAME
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1)
              OPTION (RECOMPILE, LOOP JOIN, FORCE ORDER);

              DELETE c
              OUTPUT @run_id, 'code_gone', deleted.ID, deleted.REG_PROPERTY_ID, deleted.REG_VERSION,
                  deleted.REG_PATH_ID,
                deleted.REG_RESOURCE_NAME, deleted.REG_TENANT_ID
              INTO dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID,
                  REG_RESOURCE_NAME,
                REG_TENANT_ID)
              FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
              JOIN dbo.REG_RESOURCE_PROPERTY AS c ON c.REG_VERSION = l.REG_VERSION
                AND c.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE o
                  WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                  WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE o
                  WHERE o.REG_PATH_ID = c.REG_PATH_ID AND o.REG_TENANT_ID = l.REG_TENANT_ID)
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY';
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY' AND REASON = 'code_gone';

              DELETE c
              OUTPUT @run_id, 'code_gone', deleted.ID, deleted.REG_PROPERTY_ID, deleted.REG_VERSION,
                  deleted.REG_PATH_ID,
                deleted.REG_RESOURCE_NAME, deleted.REG_TENANT_ID
              INTO dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID,
                  REG_RESOURCE_NAME,
                REG_TENANT_ID)
              FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
              JOIN dbo.REG_RESOURCE_PROPERTY AS c ON c.REG_PATH_ID = l.REG_PATH_ID
                AND c.REG_RESOURCE_NAME = l.REG_NAME
                AND c.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                    = l.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                AND c.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1
                AND c.REG_VERSION IS NULL
                AND NOT EXISTS (
                  SELECT 1 FROM dbo.REG_RESOURCE o
                  WHERE o.REG_PATH_ID = l.REG_PATH_ID
                    AND o.REG_NAME = l.REG_NAME
                    AND o.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = l.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                    AND o.REG_TENANT_ID = l.REG_TENANT_ID)
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY';
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY' AND REASON = 'code_gone';

              SELECT @kept_now = (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
                JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK) ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1) + (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
                JOIN dbo.REG_RESOURCE_HISTORY AS o WITH (HOLDLOCK) ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1) + (
                SELECT COUNT(*)
                FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
                JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK) ON o.REG_PATH_ID = l.REG_PATH_ID
                  AND o.REG_NAME = l.REG_NAME
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1)
              OPTION (RECOMPILE, LOOP JOIN, FORCE ORDER);
              IF @kept_now <> @kept
                THROW 50001, 'another session brought back what was to be gone', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'code_expired' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 2
          BEGIN
            SELECT @upto_2 = MAX(d.REG_LOG_ID)
            FROM (
              SELECT TOP (@span) k.REG_LOG_ID
              FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS k
              WHERE k.RUN_ID = @run_id AND k.REG_LOG_ID >= @from_2
              ORDER BY k.REG_LOG_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT 1 AS REASON
              FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l
              JOIN dbo.REG_LOG AS t
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_2 AND @upto_2
                AND (t.REG_LOGGED_TIME < @log_cut_off
                     AND (EXISTS (
                            SELECT 1 FROM dbo.REG_LOG n
                            WHERE n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                              AND n.REG_PATH = t.REG_PATH
                                  AND n.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                                  = t.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                              AND n.REG_LOG_ID > t.REG_LOG_ID)))
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_REG_LOG
                (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
                 REG_TENANT_ID)
              SELECT @run_id, 'superseded',
                t.REG_LOG_ID, t.REG_PATH, t.REG_USER_ID, t.REG_LOGGED_TIME, t.REG_ACTION, t.REG_ACTION_DATA,
                t.REG_TENANT_ID
              FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l
              JOIN dbo.REG_LOG AS t WITH (UPDLOCK, ROWLOCK)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_2 AND @upto_2
                AND (t.REG_LOGGED_TIME < @log_cut_off
                     AND (EXISTS (
                            SELECT 1 FROM dbo.REG_LOG n
                            WHERE n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                              AND n.REG_PATH = t.REG_PATH
                                  AND n.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                                  = t.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                              AND n.REG_LOG_ID > t.REG_LOG_ID)))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l
              JOIN dbo.REG_LOG AS t WITH (ROWLOCK)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_2 AND @upto_2
                AND (t.REG_LOGGED_TIME < @log_cut_off
                     AND (EXISTS (
                            SELECT 1 FROM dbo.REG_LOG n
                            WHERE n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                              AND n.REG_PATH = t.REG_PATH
                                  AND n.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                                  = t.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                              AND n.REG_LOG_ID > t.REG_LOG_ID)))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'superseded' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 3
          BEGIN
            SELECT @upto_3 = MAX(d.REG_LOG_ID)
            FROM (
              SELECT TOP (@span) k.REG_LOG_ID
              FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS k
              WHERE k.RUN_ID = @run_id AND k.REG_LOG_ID >= @from_3
              ORDER BY k.REG_LOG_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT 1 AS REASON
              FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l
              JOIN dbo.REG_LOG AS t
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_3 AND @upto_3
                AND (t.REG_LOGGED_TIME < @log_cut_off
                     AND (t.REG_ACTION = 7
                          AND l.RUN_ID = @run_id))
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_REG_LOG
                (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
                 REG_TENANT_ID)
              SELECT @run_id, 'deleted',
                t.REG_LOG_ID, t.REG_PATH, t.REG_USER_ID, t.REG_LOGGED_TIME, t.REG_ACTION, t.REG_ACTION_DATA,
                t.REG_TENANT_ID
              FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l
              JOIN dbo.REG_LOG AS t WITH (UPDLOCK, ROWLOCK)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_3 AND @upto_3
                AND (t.REG_LOGGED_TIME < @log_cut_off
                     AND (t.REG_ACTION = 7
                          AND l.RUN_ID = @run_id))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l
              JOIN dbo.REG_LOG AS t WITH (ROWLOCK)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_3 AND @upto_3
                AND (t.REG_LOGGED_TIME < @log_cut_off
                     AND (t.REG_ACTION = 7
                          AND l.RUN_ID = @run_id))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'deleted' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 4
          BEGIN
            SELECT @upto_4 = MAX(d.ID)
            FROM (
              SELECT TOP (@span) k.ID
              FROM dbo.REG_RESOURCE_PROPERTY AS k
              WHERE k.ID >= @from_4
              ORDER BY k.ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN t.REG_TENANT_ID IS NOT NULL
                       AND NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE o
                         WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE o
                         WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                         WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                  THEN 1
                  ELSE 0
                END AS REASON
              FROM dbo.REG_RESOURCE_PROPERTY AS t
              WHERE t.ID BETWEEN @from_4 AND @upto_4
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY
                (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
              SELECT @run_id, 'resource_gone',
                t.ID, t.REG_PROPERTY_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME, t.REG_TENANT_ID
              FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (UPDLOCK, ROWLOCK)
              WHERE t.ID BETWEEN @from_4 AND @upto_4
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (ROWLOCK)
              WHERE t.ID BETWEEN @from_4 AND @upto_4
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'resource_gone' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 5
          BEGIN
            SELECT @upto_5 = MAX(d.REG_ID)
            FROM (
              SELECT TOP (@span) k.REG_ID
              FROM dbo.REG_PROPERTY AS k
              WHERE k.REG_ID >= @from_5
              ORDER BY k.REG_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                         WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                  THEN 1
                  ELSE 0
                END AS REASON
              FROM dbo.REG_PROPERTY AS t
              WHERE t.REG_ID BETWEEN @from_5 AND @upto_5
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_REG_PROPERTY
                (RUN_ID, REASON, REG_ID, REG_NAME, REG_VALUE, REG_TENANT_ID)
              SELECT @run_id, 'unreferenced',
                t.REG_ID, t.REG_NAME, t.REG_VALUE, t.REG_TENANT_ID
              FROM dbo.REG_PROPERTY AS t WITH (UPDLOCK, ROWLOCK)
              WHERE t.REG_ID BETWEEN @from_5 AND @upto_5
                AND (NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.REG_PROPERTY AS t WITH (ROWLOCK)
              WHERE t.REG_ID BETWEEN @from_5 AND @upto_5
                AND (NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
                       WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'unreferenced' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 6
          BEGIN
            SELECT @upto_6 = MAX(d.ID)
            FROM (
              SELECT TOP (@span) k.ID
              FROM dbo.REG_RESOURCE_TAG AS k
              WHERE k.ID >= @from_6
              ORDER BY k.ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN t.REG_TENANT_ID IS NOT NULL
                       AND NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE o
                         WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE o
                         WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                         WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                  THEN 1
                  ELSE 0
                END AS REASON
              FROM dbo.REG_RESOURCE_TAG AS t
              WHERE t.ID BETWEEN @from_6 AND @upto_6
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_REG_RESOURCE_TAG
                (RUN_ID, REASON, ID, REG_TAG_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
              SELECT @run_id, 'resource_gone',
                t.ID, t.REG_TAG_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME, t.REG_TENANT_ID
              FROM dbo.REG_RESOURCE_TAG AS t WITH (UPDLOCK, ROWLOCK)
              WHERE t.ID BETWEEN @from_6 AND @upto_6
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.REG_RESOURCE_TAG AS t WITH (ROWLOCK)
              WHERE t.ID BETWEEN @from_6 AND @upto_6
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o
                       WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'resource_gone' THEN @reason_1
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 7
          BEGIN
            SELECT @upto_7 = MAX(d.REG_ID)
            FROM (
              SELECT TOP (@span) k.REG_ID
              FROM dbo.REG_TAG AS k
              WHERE k.REG_ID >= @from_7
              ORDER BY k.REG_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN NOT EXISTS (
                         SELECT 1 FROM dbo.REG_RESOURCE_TAG o
                         WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                  THEN 1
                  ELSE 0
                END AS REASON
              FROM dbo.REG_TAG AS t
              WHERE t.REG_ID BETWEEN @from_7 AND @upto_7
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_REG_TAG
                (RUN_ID, REASON, REG_ID, REG_TAG_NAME, REG_USER_ID, REG_TAGGED_TIME, REG_TENANT_ID)
              SELECT @run_id, 'unreferenced',
                t.REG_ID, t.REG_TAG_NAME, t.REG_USER_ID, t.REG_TAGGED_TIME, t.REG_TENANT_ID
              FROM dbo.REG_TAG AS t WITH (UPDLOCK, ROWLOCK)
              WHERE t.REG_ID BETWEEN @from_7 AND @upto_7
                AND (NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_TAG o
                       WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              DELETE t
              FROM dbo.REG_TAG AS t WITH (ROWLOCK)
              WHERE t.REG_ID BETWEEN @from_7 AND @upto_7
                AND (NOT EXISTS (
                       SELECT 1 FROM dbo.REG_RESOURCE_TAG o
                       WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'unreferenced' THEN @reason_1
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
            SELECT @from_1 = MIN(k.REG_VERSION)
            FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS k
            WHERE k.RUN_ID = @run_id AND k.REG_VERSION > @upto_1;
            SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 2
          BEGIN
            SELECT @from_2 = MIN(k.REG_LOG_ID)
            FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS k
            WHERE k.RUN_ID = @run_id AND k.REG_LOG_ID > @upto_2;
            SET @more = CASE WHEN @from_2 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 3
          BEGIN
            SELECT @from_3 = MIN(k.REG_LOG_ID)
            FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS k
            WHERE k.RUN_ID = @run_id AND k.REG_LOG_ID > @upto_3;
            SET @more = CASE WHEN @from_3 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 4
          BEGIN
            SELECT @from_4 = MIN(k.ID)
            FROM dbo.REG_RESOURCE_PROPERTY AS k WITH (NOLOCK)
            WHERE k.ID > @upto_4;
            SET @more = CASE WHEN @from_4 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 5
          BEGIN
            SELECT @from_5 = MIN(k.REG_ID)
            FROM dbo.REG_PROPERTY AS k WITH (NOLOCK)
            WHERE k.REG_ID > @upto_5;
            SET @more = CASE WHEN @from_5 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 6
          BEGIN
            SELECT @from_6 = MIN(k.ID)
            FROM dbo.REG_RESOURCE_TAG AS k WITH (NOLOCK)
            WHERE k.ID > @upto_6;
            SET @more = CASE WHEN @from_6 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 7
          BEGIN
            SELECT @from_7 = MIN(k.REG_ID)
            FROM dbo.REG_TAG AS k WITH (NOLOCK)
            WHERE k.REG_ID > @upto_7;
            SET @more = CASE WHEN @from_7 IS NULL THEN 0 ELSE 1 END;
          END
        END;
      END;
    END;
    IF @why = 'done' AND @passed_over = 1
      SET @why = 'done, except for rows that another session held';

    SET @more = 1;
    WHILE @more = 1
    BEGIN
      DELETE TOP (4000) FROM dbo.CLEANUP_DEAD_REG_RESOURCE WHERE RUN_ID = @run_id;
      SET @more = CASE @@ROWCOUNT WHEN 0 THEN 0 ELSE 1 END;
    END;
    SET @more = 1;
    WHILE @more = 1
    BEGIN
      DELETE TOP (4000) FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED WHERE RUN_ID = @run_id;
      SET @more = CASE @@ROWCOUNT WHEN 0 THEN 0 ELSE 1 END;
    END;
    SET @more = 1;
    WHILE @more = 1
    BEGIN
      DELETE TOP (4000) FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED WHERE RUN_ID = @run_id;
      SET @more = CASE @@ROWCOUNT WHEN 0 THEN 0 ELSE 1 END;
    END;

    -- Prune: backups whose retention is over
    SELECT @oldest_kept = ISNULL(MIN(RUN_ID), @run_id)
    FROM dbo.CLEANUP_RUN
    WHERE STARTED_AT >= DATEADD(DAY, -@retention, @started);
    SET @step = CASE WHEN @status = 'ended' AND @dry_run = 'no' AND @retention IS NOT NULL THEN 0 ELSE 6 END;
    WHILE @step < 6
    BEGIN
      IF @step = 0
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_REG_RESOURCE
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 1
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_REG_PROPERTY
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 2
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 3
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_REG_LOG
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 4
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_REG_TAG
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 5
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_REG_RESOURCE_TAG
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
WHERE (OBJECT_NAME = 'cleanup_registry' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('cleanup_registry', 'procedure', '23153ccb9f7ea850429c366d96b3954475e1e7c742b0714471b78617452e7992')
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
