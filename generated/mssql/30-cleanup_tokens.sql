-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH2_ACCESS_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     expired: its state is EXPIRED, and its refresh period ended before the cut-off
--     periods_over: it is ACTIVE or GRACEFULLY_ROTATED, and its access and refresh periods ended before the cut-off
--     access_period_over: it is ACTIVE or EXPIRED, its grant is in access_period_grants, and its access period is over
--     (opt-in)
--     together with its child rows in IDN_OAUTH2_ACCESS_TOKEN_SCOPE, IDN_OIDC_REQ_OBJ_CLAIM_VALUES,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_AUTHORIZATION_CODE when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and only if no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID, and no row of IDN_OIDC_REQ_OBJECT_REFERENCE has
--     its CODE_ID (counting only rows for which IDN_OIDC_REQ_OBJECT_REFERENCE.TOKEN_ID is not NULL)
--     together with its child rows in IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OIDC_REQ_OBJECT_CLAIMS,
--     IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_ACCESS_TOKEN_AUDIT (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
-- Not in this schema, skipped: IDN_OAUTH2_CIBA_AUTH_CODE, IDN_OAUTH2_DEVICE_FLOW
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_tokens run brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_tokens
--   SELECT, DELETE on IDN_OAUTH2_ACCESS_TOKEN, IDN_OAUTH2_AUTHORIZATION_CODE, IDN_OIDC_REQ_OBJECT_REFERENCE,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OAUTH2_ACCESS_TOKEN_SCOPE,
--     IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN, CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE, CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES, CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure cleanup_tokens
CREATE OR ALTER PROCEDURE dbo.cleanup_tokens
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_tokens commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock           NVARCHAR(255) = 'deepclean dbo.cleanup_tokens',
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
    @last           BIT,              -- no dead row is left of a table without a key
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
    @audit_cut_off DATETIME2(6), -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
    @safe_period_minutes BIGINT,
    @access_period_grants VARCHAR(255),
    @audit_pruning VARCHAR(255),
    @audit_retention_days BIGINT,
    @clock_uncertainty_hours BIGINT,
    @from_1 varchar(255), @upto_1 varchar(255),
    @from_2 varchar(255), @upto_2 varchar(255),
    @reason_1 BIGINT = 0, @reason_2 BIGINT = 0, @reason_3 BIGINT = 0, @reason_4 BIGINT = 0, @reason_5 BIGINT = 0;
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
    VALUES ('cleanup_tokens', ORIGINAL_LOGIN(), @started, @started, 'skipped', 'already running');
    RETURN;
  END;

  BEGIN TRY
    UPDATE dbo.CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = @started
    WHERE PROCEDURE_NAME IN ('cleanup_tokens', 'restore_tokens') AND STATUS = 'running';
    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('cleanup_tokens', ORIGINAL_LOGIN(), @started, 'running');
    SET @run_id = SCOPE_IDENTITY();

    SELECT TOP (1) @problem = CONCAT(f.BACKUP_NAME, ' does not fit ', f.SOURCE_NAME, ' any more: column ', s.name)
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN', 'dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE', 'dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 'dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
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
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN', 20),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE', 17),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 5),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 6),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 3),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 3),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 21)
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
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME) ON k.referenced_object_id = OBJECT_ID(t.NAME);
    INSERT INTO @made_for_keys (CHILD_ID, PARENT_ID, OWN, THEIRS, WIDTH, DELETE_RULE)
    SELECT OBJECT_ID(w.CHILD), OBJECT_ID(w.PARENT), w.OWN, w.THEIRS, w.WIDTH, w.DELETE_RULE
    FROM (VALUES
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'dbo.IDN_OAUTH2_ACCESS_TOKEN',
        'TOKEN_ID', 'TOKEN_ID', 1, 0),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'dbo.IDN_OAUTH2_AUTHORIZATION_CODE',
        'CODE_ID', 'CODE_ID', 1, 0),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 'dbo.IDN_OIDC_REQ_OBJECT_REFERENCE',
        'REQ_OBJECT_ID', 'ID', 1, 1),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'dbo.IDN_OIDC_REQ_OBJECT_CLAIMS',
        'REQ_OBJECT_CLAIMS_ID', 'ID', 1, 1),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'dbo.IDN_OAUTH2_ACCESS_TOKEN',
        'TOKEN_ID', 'TOKEN_ID', 1, 1)
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
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME)
    JOIN sys.security_predicates AS p ON p.target_object_id = OBJECT_ID(t.NAME)
    JOIN sys.security_policies AS s ON s.object_id = p.object_id AND s.is_enabled = 1;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' has a masked, encrypted or generated column: ', c.name))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME)
    JOIN sys.columns AS c ON c.object_id = OBJECT_ID(t.NAME)
    WHERE c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' is no plain table any more, so rows may be hidden'))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME)
    WHERE OBJECTPROPERTY(OBJECT_ID(t.NAME), 'IsUserTable') = 0;
    -- Rows that are kept under this number or a later one could not be told from those of this run
    IF @problem IS NULL AND (
      EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE WHERE RUN_ID >= @run_id)
      OR EXISTS (SELECT 1 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT WHERE RUN_ID >= @run_id)
    )
      SET @problem = CONCAT('kept rows have run number ', @run_id, ' or a later one, since the log was lost');
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem
          = REPLACE(LEFT(CONCAT('cleanup_tokens did not start, and nothing was deleted: ', @problem), 400), '%', '%%');
      THROW 50000, @problem, 1;
    END;

    SELECT
      @safe_period_minutes
          = ISNULL(NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''), '120'),
      @access_period_grants
          = ISNULL(NULLIF(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE ELSE '' END), ''), '(none)'),
      @audit_pruning = ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE ELSE '' END), ''), 'no'),
      @audit_retention_days
          = ISNULL(NULLIF(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE ELSE '' END), ''), '90'),
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
    WHERE PROCEDURE_NAME = 'cleanup_tokens';

    -- A stop that was asked of an earlier run is used up here
    UPDATE dbo.CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_tokens' AND NAME = 'stop_requested' AND VALUE = 'yes';

    SET @cut_off = DATEADD(MINUTE, -@safe_period_minutes, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
    SET @audit_cut_off = DATEADD(DAY, -@audit_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));

    UPDATE dbo.CLEANUP_RUN
    SET CUT_OFF = @cut_off, DRY_RUN = @dry_run
    WHERE RUN_ID = @run_id;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN'), (@run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE'),
      (@run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE'), (@run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS'),
      (@run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES'), (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT');
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'inactive'), (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'revoked'),
      (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'expired'), (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'periods_over'),
      (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'access_period_over'),
      (@run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'inactive'), (@run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'period_over'),
      (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'retention_over');
    SET @work_began = SYSUTCDATETIME();

    -- Purge: table by table, forward along the key or a list of what is dead, in short transactions
    WHILE @step < 3 AND @status = 'ended'
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
      WHERE PROCEDURE_NAME = 'cleanup_tokens';
      IF @why <> 'done'
      BEGIN
        SET @status = 'stopped';
        BREAK;
      END;

      IF @step = 1
      BEGIN
        SET @table = 'IDN_OAUTH2_ACCESS_TOKEN';
        SELECT @from_1 = MIN(t.TOKEN_ID) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (NOLOCK);
        SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 2
      BEGIN
        SET @table = 'IDN_OAUTH2_AUTHORIZATION_CODE';
        SELECT @from_2 = MIN(t.CODE_ID) FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (NOLOCK);
        SET @more = CASE WHEN @from_2 IS NULL THEN 0 ELSE 1 END;
      END
      ELSE IF @step = 3
      BEGIN
        IF @audit_pruning <> 'yes'
          CONTINUE;
        SET @table = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';
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
        WHERE PROCEDURE_NAME = 'cleanup_tokens';
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
            SELECT @upto_1 = MAX(d.TOKEN_ID)
            FROM (
              SELECT TOP (@span) k.TOKEN_ID
              FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS k
              WHERE k.TOKEN_ID >= @from_1
              ORDER BY k.TOKEN_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0),
              @reason_2 = ISNULL(SUM(CASE d.REASON WHEN 2 THEN 1 ELSE 0 END), 0),
              @reason_3 = ISNULL(SUM(CASE d.REASON WHEN 3 THEN 1 ELSE 0 END), 0),
              @reason_4 = ISNULL(SUM(CASE d.REASON WHEN 4 THEN 1 ELSE 0 END), 0),
              @reason_5 = ISNULL(SUM(CASE d.REASON WHEN 5 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 1
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 2
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                           > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 3
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                           > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 4
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
                       AND @access_period_grants NOT LIKE '%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
                       AND ',' + @access_period_grants + ',' NOT LIKE '%,,%'
                       AND CHARINDEX(N',' + t.GRANT_TYPE + N',',
                           ',' + @access_period_grants + ',' COLLATE Latin1_General_BIN2) > 0
                       AND t.GRANT_TYPE NOT LIKE '%,%'
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                  THEN 5
                  ELSE 0
                END AS REASON
              FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t
              WHERE t.TOKEN_ID BETWEEN @from_1 AND @upto_1
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
                (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
                 USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
                 REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
                 ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID)
              SELECT @run_id, CASE
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 'revoked'
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                           > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 'expired'
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                           > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 'periods_over'
                  WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
                       AND @access_period_grants NOT LIKE '%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
                       AND ',' + @access_period_grants + ',' NOT LIKE '%,,%'
                       AND CHARINDEX(N',' + t.GRANT_TYPE + N',',
                           ',' + @access_period_grants + ',' COLLATE Latin1_General_BIN2) > 0
                       AND t.GRANT_TYPE NOT LIKE '%,%'
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                  THEN 'access_period_over'
                END,
                t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER, t.TENANT_ID,
                t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED, t.REFRESH_TOKEN_TIME_CREATED,
                t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH, t.TOKEN_STATE, t.TOKEN_STATE_ID,
                t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH, t.IDP_ID
              FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (UPDLOCK, ROWLOCK)
              WHERE t.TOKEN_ID BETWEEN @from_1 AND @upto_1
                AND (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('INACTIVE.', 'REVOKED.')
                     OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                             > t.REFRESH_TOKEN_VALIDITY_PERIOD)
                     OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                             > t.REFRESH_TOKEN_VALIDITY_PERIOD)
                     OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
                         AND @access_period_grants NOT LIKE '%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
                         AND ',' + @access_period_grants + ',' NOT LIKE '%,,%'
                         AND CHARINDEX(N',' + t.GRANT_TYPE + N',',
                             ',' + @access_period_grants + ',' COLLATE Latin1_General_BIN2) > 0
                         AND t.GRANT_TYPE NOT LIKE '%,%'
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
                (RUN_ID, TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
              SELECT @run_id, c.TOKEN_ID, c.TOKEN_SCOPE, c.TENANT_ID
              FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS g
              JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE c ON c.TOKEN_ID = g.TOKEN_ID
              WHERE g.RUN_ID = @run_id AND g.TOKEN_ID BETWEEN @from_1 AND @upto_1
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';

              INSERT INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
                (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
              SELECT @run_id, c.ID, c.CONSUMER_KEY_ID, c.CODE_ID, c.TOKEN_ID, c.SESSION_DATA_KEY
              FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS g
              JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.TOKEN_ID = g.TOKEN_ID
              WHERE g.RUN_ID = @run_id AND g.TOKEN_ID BETWEEN @from_1 AND @upto_1
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

              IF EXISTS (SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p WHERE p.TOKEN_ID BETWEEN @from_1 AND @upto_1)
              BEGIN
                INSERT INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
                  (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
                SELECT @run_id, c.ID, c.REQ_OBJECT_CLAIMS_ID, c.CLAIM_VALUES
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
                JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
                WHERE g.RUN_ID = @run_id AND g.TOKEN_ID BETWEEN @from_1 AND @upto_1
                OPTION (RECOMPILE);
                SET @copied = @@ROWCOUNT;
                SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
                UPDATE dbo.CLEANUP_RUN_STEP
                SET DELETED = DELETED + @copied
                WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';

                INSERT INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
                  (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
                SELECT @run_id, c.ID, c.REQ_OBJECT_ID, c.CLAIM_ATTRIBUTE, c.ESSENTIAL, c.VALUE, c.IS_USERINFO
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
                WHERE g.RUN_ID = @run_id AND g.TOKEN_ID BETWEEN @from_1 AND @upto_1
                OPTION (RECOMPILE);
                SET @copied = @@ROWCOUNT;
                SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
                UPDATE dbo.CLEANUP_RUN_STEP
                SET DELETED = DELETED + @copied
                WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS';

                DELETE c
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
                JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
                WHERE g.RUN_ID = @run_id AND g.TOKEN_ID BETWEEN @from_1 AND @upto_1
                OPTION (RECOMPILE);
                DELETE c
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
                WHERE g.RUN_ID = @run_id AND g.TOKEN_ID BETWEEN @from_1 AND @upto_1
                OPTION (RECOMPILE);
              END;

              DELETE c
              FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS g
              JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.TOKEN_ID = g.TOKEN_ID
              WHERE g.RUN_ID = @run_id AND g.TOKEN_ID BETWEEN @from_1 AND @upto_1
              OPTION (RECOMPILE);

              DELETE t
              FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (ROWLOCK)
              WHERE t.TOKEN_ID BETWEEN @from_1 AND @upto_1
                AND (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('INACTIVE.', 'REVOKED.')
                     OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                             > t.REFRESH_TOKEN_VALIDITY_PERIOD)
                     OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                             > t.REFRESH_TOKEN_VALIDITY_PERIOD)
                     OR (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
                         AND @access_period_grants NOT LIKE '%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
                         AND ',' + @access_period_grants + ',' NOT LIKE '%,,%'
                         AND CHARINDEX(N',' + t.GRANT_TYPE + N',',
                             ',' + @access_period_grants + ',' COLLATE Latin1_General_BIN2) > 0
                         AND t.GRANT_TYPE NOT LIKE '%,%'
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'inactive' THEN @reason_1
                  WHEN 'revoked' THEN @reason_2
                  WHEN 'expired' THEN @reason_3
                  WHEN 'periods_over' THEN @reason_4
                  WHEN 'access_period_over' THEN @reason_5
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 2
          BEGIN
            SELECT @upto_2 = MAX(d.CODE_ID)
            FROM (
              SELECT TOP (@span) k.CODE_ID
              FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS k
              WHERE k.CODE_ID >= @from_2
              ORDER BY k.CODE_ID
            ) AS d;
            SELECT @seen = COUNT(*), @dead = ISNULL(SUM(CASE d.REASON WHEN 0 THEN 0 ELSE 1 END), 0),
              @reason_1 = ISNULL(SUM(CASE d.REASON WHEN 1 THEN 1 ELSE 0 END), 0),
              @reason_2 = ISNULL(SUM(CASE d.REASON WHEN 2 THEN 1 ELSE 0 END), 0)
            FROM (
              SELECT CASE
                  WHEN EXISTS ( SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID) THEN 0
                  WHEN EXISTS ( SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o
                      WHERE o.CODE_ID = t.CODE_ID AND o.TOKEN_ID IS NOT NULL) THEN 0
                  WHEN t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 1
                  WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                  THEN 2
                  ELSE 0
                END AS REASON
              FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t
              WHERE t.CODE_ID BETWEEN @from_2 AND @upto_2
            ) AS d
            OPTION (RECOMPILE);
            SET @most = @dead;

            IF @dead > 0 AND @dry_run = 'no' AND @failures < 10
            BEGIN
              INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
                (RUN_ID, REASON, CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER,
                 TENANT_ID, USER_DOMAIN, TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER,
                 PKCE_CODE_CHALLENGE, PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
              SELECT @run_id, CASE
                  WHEN t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
                  WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                  THEN 'period_over'
                END,
                t.CODE_ID, t.AUTHORIZATION_CODE, t.CONSUMER_KEY_ID, t.CALLBACK_URL, t.SCOPE, t.AUTHZ_USER, t.TENANT_ID,
                t.USER_DOMAIN, t.TIME_CREATED, t.VALIDITY_PERIOD, t.STATE, t.TOKEN_ID, t.SUBJECT_IDENTIFIER,
                t.PKCE_CODE_CHALLENGE, t.PKCE_CODE_CHALLENGE_METHOD, t.AUTHORIZATION_CODE_HASH, t.IDP_ID
              FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (UPDLOCK, ROWLOCK)
              WHERE t.CODE_ID BETWEEN @from_2 AND @upto_2
                AND ((t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'
                      OR (t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                          AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o
                       WHERE o.TOKEN_ID = t.TOKEN_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o
                       WHERE o.CODE_ID = t.CODE_ID
                         AND o.TOKEN_ID IS NOT NULL))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;

              INSERT INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
                (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
              SELECT @run_id, c.ID, c.CONSUMER_KEY_ID, c.CODE_ID, c.TOKEN_ID, c.SESSION_DATA_KEY
              FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS g
              JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.CODE_ID = g.CODE_ID
              WHERE g.RUN_ID = @run_id AND g.CODE_ID BETWEEN @from_2 AND @upto_2
              OPTION (RECOMPILE);
              SET @copied = @@ROWCOUNT;
              SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
              UPDATE dbo.CLEANUP_RUN_STEP
              SET DELETED = DELETED + @copied
              WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

              IF EXISTS (SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p WHERE p.CODE_ID BETWEEN @from_2 AND @upto_2)
              BEGIN
                INSERT INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
                  (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
                SELECT @run_id, c.ID, c.REQ_OBJECT_CLAIMS_ID, c.CLAIM_VALUES
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
                JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
                WHERE g.RUN_ID = @run_id AND g.CODE_ID BETWEEN @from_2 AND @upto_2
                OPTION (RECOMPILE);
                SET @copied = @@ROWCOUNT;
                SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
                UPDATE dbo.CLEANUP_RUN_STEP
                SET DELETED = DELETED + @copied
                WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';

                INSERT INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
                  (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
                SELECT @run_id, c.ID, c.REQ_OBJECT_ID, c.CLAIM_ATTRIBUTE, c.ESSENTIAL, c.VALUE, c.IS_USERINFO
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
                WHERE g.RUN_ID = @run_id AND g.CODE_ID BETWEEN @from_2 AND @upto_2
                OPTION (RECOMPILE);
                SET @copied = @@ROWCOUNT;
                SET @most = CASE WHEN @copied > @most THEN @copied ELSE @most END;
                UPDATE dbo.CLEANUP_RUN_STEP
                SET DELETED = DELETED + @copied
                WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS';

                DELETE c
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
                JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
                WHERE g.RUN_ID = @run_id AND g.CODE_ID BETWEEN @from_2 AND @upto_2
                OPTION (RECOMPILE);
                DELETE c
                FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS g
                JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
                JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
                WHERE g.RUN_ID = @run_id AND g.CODE_ID BETWEEN @from_2 AND @upto_2
                OPTION (RECOMPILE);
              END;

              DELETE c
              FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS g
              JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.CODE_ID = g.CODE_ID
              WHERE g.RUN_ID = @run_id AND g.CODE_ID BETWEEN @from_2 AND @upto_2
              OPTION (RECOMPILE);

              DELETE t
              FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (ROWLOCK)
              WHERE t.CODE_ID BETWEEN @from_2 AND @upto_2
                AND ((t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'
                      OR (t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                          AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD))
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o
                       WHERE o.TOKEN_ID = t.TOKEN_ID)
                     AND NOT EXISTS (
                       SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o
                       WHERE o.CODE_ID = t.CODE_ID
                         AND o.TOKEN_ID IS NOT NULL))
              OPTION (RECOMPILE);
              IF @@ROWCOUNT <> @dead
                THROW 50001, 'another session changed rows of this batch', 1;
            END;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'inactive' THEN @reason_1
                  WHEN 'period_over' THEN @reason_2
                  ELSE 0
                END
              WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
            ELSE
              SELECT @passed_over = CASE WHEN @dead > 0 THEN 1 ELSE @passed_over END, @dead = 0;
          END
          ELSE IF @step = 3
          BEGIN
            IF @failures >= 10
              SELECT @dead = 1, @last = 1;
            ELSE IF @dry_run = 'no'
            BEGIN
              DELETE TOP (@span) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT WITH (ROWLOCK)
              OUTPUT @run_id, 'retention_over', deleted.TOKEN_ID, deleted.ACCESS_TOKEN, deleted.REFRESH_TOKEN,
                  deleted.CONSUMER_KEY_ID,
                deleted.AUTHZ_USER, deleted.TENANT_ID, deleted.USER_DOMAIN, deleted.USER_TYPE, deleted.GRANT_TYPE,
                deleted.TIME_CREATED, deleted.REFRESH_TOKEN_TIME_CREATED, deleted.VALIDITY_PERIOD,
                deleted.REFRESH_TOKEN_VALIDITY_PERIOD, deleted.TOKEN_SCOPE_HASH, deleted.TOKEN_STATE,
                deleted.TOKEN_STATE_ID, deleted.SUBJECT_IDENTIFIER, deleted.ACCESS_TOKEN_HASH,
                deleted.REFRESH_TOKEN_HASH, deleted.INVALIDATED_TIME, deleted.IDP_ID
              INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN,
                  CONSUMER_KEY_ID, AUTHZ_USER,
                TENANT_ID, USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED,
                VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID,
                SUBJECT_IDENTIFIER, ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, INVALIDATED_TIME, IDP_ID)
              WHERE IDN_OAUTH2_ACCESS_TOKEN_AUDIT.INVALIDATED_TIME < @audit_cut_off;
              SET @dead = @@ROWCOUNT;
              SET @last = CASE WHEN @dead < @span THEN 1 ELSE 0 END;
            END
            ELSE
              SELECT @dead = COUNT(*), @last = 1
              FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT
              WHERE IDN_OAUTH2_ACCESS_TOKEN_AUDIT.INVALIDATED_TIME < @audit_cut_off;
            SELECT @seen = @dead, @most = @dead, @reason_1 = @dead;

            IF @dead > 0 AND @failures < 10
              UPDATE dbo.CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'retention_over' THEN @reason_1
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
            SELECT @from_1 = MIN(k.TOKEN_ID)
            FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS k WITH (NOLOCK)
            WHERE k.TOKEN_ID > @upto_1;
            SET @more = CASE WHEN @from_1 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 2
          BEGIN
            SELECT @from_2 = MIN(k.CODE_ID)
            FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS k WITH (NOLOCK)
            WHERE k.CODE_ID > @upto_2;
            SET @more = CASE WHEN @from_2 IS NULL THEN 0 ELSE 1 END;
          END
          ELSE IF @step = 3
          BEGIN
            SET @more = CASE @last WHEN 1 THEN 0 ELSE 1 END;
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
    SET @step = CASE WHEN @status = 'ended' AND @dry_run = 'no' AND @retention IS NOT NULL THEN 0 ELSE 7 END;
    WHILE @step < 7
    BEGIN
      IF @step = 0
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 1
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 2
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 3
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 4
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 5
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
        WHERE RUN_ID < @oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r);
      ELSE IF @step = 6
        DELETE TOP (4000) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
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
WHERE (OBJECT_NAME = 'cleanup_tokens' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('cleanup_tokens', 'procedure', 'cba9fd491f2a34946a12f4638db2c62536eb13a3e059216af9e61c5dad58f83c')
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
