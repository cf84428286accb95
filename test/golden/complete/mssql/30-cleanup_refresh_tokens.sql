-- cleanup_refresh_tokens: deletes dead refresh tokens.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH2_REFRESH_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     period_over: it is ACTIVE, EXPIRED or GRACEFULLY_ROTATED, and its period ended before the cut-off
--     together with its child rows in IDN_OAUTH2_REFRESH_TOKEN_SCOPE, IDN_OAUTH2_REFRESH_TOKEN_BINDING
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_refresh_tokens run brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_refresh_tokens
--   SELECT, DELETE on IDN_OAUTH2_REFRESH_TOKEN, IDN_OAUTH2_REFRESH_TOKEN_BINDING, IDN_OAUTH2_REFRESH_TOKEN_SCOPE
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN, CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_refresh_tokens
CREATE OR ALTER PROCEDURE dbo.cleanup_refresh_tokens
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_refresh_tokens commits by itself, so it cannot run inside a transaction; nothing was deleted',
        1;

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
    @lock           NVARCHAR(255) = 'deepclean dbo.cleanup_refresh_tokens',
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
    @failures       INT = 0,          -- tries of one batch that lost against another session
    @careful        INT = 0,          -- batches that do not grow, after one that lost
    @passed_over    BIT = 0;

  -- What the rules are measured by
  DECLARE
    @cut_off DATETIME2(6), -- UTC now, less the uncertainty of timestamps and the safe period
    @safe_period_minutes BIGINT,
    @clock_uncertainty_hours BIGINT,
    @from_1 varchar(255), @upto_1 varchar(255),
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
    VALUES ('cleanup_refresh_tokens', ORIGINAL_LOGIN(), @started, @started, 'skipped', 'already running');
    RETURN;
  END;

  BEGIN TRY
    UPDATE dbo.CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = @started
    WHERE PROCEDURE_NAME IN ('cleanup_refresh_tokens', 'restore_refresh_tokens') AND STATUS = 'running';
    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('cleanup_refresh_tokens', ORIGINAL_LOGIN(), @started, 'running');
    SET @run_id = SCOPE_IDENTITY();

    SELECT TOP (1) @problem = CONCAT(f.BACKUP_NAME, ' does not fit ', f.SOURCE_NAME, ' any more: column ', s.name)
    FROM (VALUES
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN', 'dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING', 'dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 'dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE')
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
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN', 9),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING', 5),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 3)
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
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE')
    ) AS t (NAME) ON k.referenced_object_id = OBJECT_ID(t.NAME);
    INSERT INTO @made_for_keys (CHILD_ID, PARENT_ID, OWN, THEIRS, WIDTH, DELETE_RULE)
    SELECT OBJECT_ID(w.CHILD), OBJECT_ID(w.PARENT), w.OWN, w.THEIRS, w.WIDTH, w.DELETE_RULE
    FROM (VALUES
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING', 'dbo.IDN_OAUTH2_REFRESH_TOKEN',
        'REFRESH_TOKEN_ID', 'REFRESH_TOKEN_ID', 1, 1),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 'dbo.IDN_OAUTH2_REFRESH_TOKEN',
        'REFRESH_TOKEN_ID', 'REFRESH_TOKEN_ID', 1, 1)
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
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE')
    ) AS t (NAME)
    JOIN sys.security_predicates AS p ON p.target_object_id = OBJECT_ID(t.NAME)
    JOIN sys.security_policies AS s ON s.object_id = p.object_id AND s.is_enabled = 1;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' has a masked, encrypted or generated column: ', c.name))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE')
    ) AS t (NAME)
    JOIN sys.columns AS c ON c.object_id = OBJECT_ID(t.NAME)
    WHERE c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' is no plain table any more, so rows may be hidden'))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING'),
      ('dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE')
    ) AS t (NAME)
    WHERE OBJECTPROPERTY(OBJECT_ID(t.NAME), 'IsUserTable') = 0;
    -- Rows that are kept under this number or a later one could not be told from those of this run
    IF @problem IS NULL AND (
      EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE WHERE RUN_ID >= @run_id)
    )
      SET @problem = CONCAT('kept rows have run number ', @run_id, ' or a later one, since the log was lost');
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem
          = REPLACE(LEFT(CONCAT('cleanup_refresh_tokens did not start, and nothing was deleted: ', @problem), 400), '%',
          '%%');
      THROW 50000, @problem, 1;
    END;

    SELECT
      @safe_period_minutes
          = ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''), '120'),
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
    WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens';

    -- A stop that was asked of an earlier run is used up here
    UPDATE dbo.CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens' AND NAME = 'stop_requested' AND VALUE = 'yes';

    SET @cut_off = DATEADD(MINUTE, -@safe_period_minutes, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

    UPDATE dbo.CLEANUP_RUN
    SET CUT_OFF = @cut_off, DRY_RUN = @dry_run
    WHERE RUN_ID = @run_id;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN'), (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN_BINDING'),
      (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE');
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN', 'inactive'), (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN', 'revoked'),
      (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN', 'period_over');
    SET @work_began = SYSUTCDATETIME();

    -- Purge: table by table, forward along the key or a list of what is dead, in short transactions
    WHILE @step < 1 AND @status = 'ended'
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
      WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens';
      IF @why <> 'done'
      BEGIN
        SET @status = 'stopped';
        BREAK;
      END;

      IF @step = 1
      BEGIN
        SET @table = 'IDN_OAUTH2_REFRESH_TOKEN';
        SELECT @from_1 = MIN(t.REFRESH_TOKEN_ID) FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (NOLOCK);
        SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
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
        WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens';
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
            SELECT @upto_1 = MAX(d.REFRESH_TOKEN_ID)
            FROM (
              SELECT TOP (@span) k.REFRESH_TOKEN_ID
              FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS k
              WHERE k.REFRESH_TOKEN_ID >= @from_1
              ORDER BY k.REFRESH_TOKEN_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0),
              @reason_2 = ISNULL(SUM(CASE d.REASON WHEN 2 THEN 1 ELSE 0 END), 0),
              @reason_3 = ISNULL(SUM(CASE d.REASON WHEN 3 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 1
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 2
                  WHEN (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                        OR t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                           > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 3
                  ELSE 0
                END AS REASON
              FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t
              WHERE t.REFRESH_TOKEN_ID BETWEEN @from_1 AND @upto_1
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN
                (RUN_ID, REASON, REFRESH_TOKEN_ID, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
                 REFRESH_TOKEN_TIME_CREATED, REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_STATE, IDP_ID)
              SELECT @run_id, CASE
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 'revoked'
                  WHEN (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                        OR t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                           > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 'period_over'
                END,
                t.REFRESH_TOKEN_ID, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER, t.TENANT_ID,
                t.REFRESH_TOKEN_TIME_CREATED, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_STATE, t.IDP_ID
              FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (UPDLOCK, ROWLOCK)
              WHERE t.REFRESH_TOKEN_ID BETWEEN @from_1 AND @upto_1
                AND (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('INACTIVE.', 'REVOKED.')
                     OR ((t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                          OR t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                             > t.REFRESH_TOKEN_VALIDITY_PERIOD))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
                (RUN_ID, REFRESH_TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
              SELECT @run_id, c.REFRESH_TOKEN_ID, c.TOKEN_SCOPE, c.TENANT_ID
              FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN AS g
              JOIN dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE c ON c.REFRESH_TOKEN_ID = g.REFRESH_TOKEN_ID
              WHERE g.RUN_ID = @run_id AND g.REFRESH_TOKEN_ID BETWEEN @from_1 AND @upto_1
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE';

              INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING
                (RUN_ID, REFRESH_TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
              SELECT @run_id, c.REFRESH_TOKEN_ID, c.TOKEN_BINDING_TYPE, c.TOKEN_BINDING_REF, c.TOKEN_BINDING_VALUE,
                c.TENANT_ID
              FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN AS g
              JOIN dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING c ON c.REFRESH_TOKEN_ID = g.REFRESH_TOKEN_ID
              WHERE g.RUN_ID = @run_id AND g.REFRESH_TOKEN_ID BETWEEN @from_1 AND @upto_1
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OAUTH2_REFRESH_TOKEN_BINDING';

              DELETE t
              FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (ROWLOCK)
              WHERE t.REFRESH_TOKEN_ID BETWEEN @from_1 AND @upto_1
                AND (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('INACTIVE.', 'REVOKED.')
                     OR ((t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                          OR t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                             > t.REFRESH_TOKEN_VALIDITY_PERIOD))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'inactive' THEN @reason_1
                  WHEN 'revoked' THEN @reason_2
                  WHEN 'period_over' THEN @reason_3
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
            SELECT @from_1 = MIN(k.REFRESH_TOKEN_ID)
            FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS k WITH (NOLOCK)
            WHERE k.REFRESH_TOKEN_ID > @upto_1;
            SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
          END
        END;
      END;
    END;
    IF @why = 'done' AND @passed_over = 1
      SET @why = 'done, except for rows that another session held';

    -- Prune: backups whose retention is over
    SELECT @oldest_kept = ISNULL(MIN(RUN_ID), @run_id)
    FROM dbo.CLEANUP_RUN
    WHERE STARTED_AT >= DATEADD(DAY, -@retention, @started);
    SET @step = CASE WHEN @status = 'ended' AND @dry_run = 'no' AND @retention IS NOT NULL THEN 0 ELSE 3 END;
    WHILE @step < 3
    BEGIN
      IF @step = 0
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 1
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 2
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
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
WHERE (OBJECT_NAME = 'cleanup_refresh_tokens' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('cleanup_refresh_tokens', 'procedure', '85a4cb99fa2985736ec957de5a760b5a484a588319d7ce9d7f6ab51933e6c1b3')
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
