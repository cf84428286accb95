-- cleanup_confirmation_codes: deletes old confirmation codes of account recovery.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_RECOVERY_DATA when
--     retention_over: it is older than the retention, and than any validity that governs its tenant
--   IDN_RECOVERY_FLOW_DATA when
--     retention_over: it is older than the retention, and than any validity that governs some tenant
--     and only if no row of IDN_RECOVERY_DATA has its RECOVERY_FLOW_ID
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_confirmation_codes run puts back what is still
-- kept. Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_confirmation_codes @dry_run = 1 judges each batch as a run does and counts its dead rows, but not
-- what would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_confirmation_codes
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA, CLEANUP_BAK_IDN_RECOVERY_DATA
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_confirmation_codes calls it, in a transaction of its own.
-- @statement procedure cleanup_confirmation_codes_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_confirmation_codes_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @code_retention_hours BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text b5711404d3f20b03.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_confirmation_codes', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_confirmation_codes calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and the retention of codes
  DECLARE @retention_cut_off DATETIME2(6);
  SET @retention_cut_off = DATEADD(HOUR, -@code_retention_hours, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @retention_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_RECOVERY_DATA
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_RECOVERY_DATA', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(255), @upto_1 varchar(255),
      @after_1 varchar(255) = CONVERT(varchar(255), @after), @until_1 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.USER_NAME) FROM dbo.IDN_RECOVERY_DATA AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.USER_NAME) FROM dbo.IDN_RECOVERY_DATA AS t WITH (NOLOCK) WHERE t.USER_NAME > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.USER_NAME) FROM dbo.IDN_RECOVERY_DATA AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.USER_NAME), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.USER_NAME
      FROM dbo.IDN_RECOVERY_DATA AS t WITH (NOLOCK)
      WHERE t.USER_NAME BETWEEN @from_1 AND @until_1
      ORDER BY t.USER_NAME
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      USER_NAME varchar(255) NOT NULL, USER_DOMAIN varchar(127) NOT NULL, TENANT_ID int NOT NULL,
      SCENARIO varchar(255) NOT NULL, STEP varchar(127) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (USER_NAME, USER_DOMAIN, TENANT_ID, SCENARIO, STEP));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (USER_NAME, USER_DOMAIN, TENANT_ID, SCENARIO, STEP, REASON)
      SELECT d.USER_NAME, d.USER_DOMAIN, d.TENANT_ID, d.SCENARIO, d.STEP, d.REASON
      FROM (
        SELECT t.USER_NAME, t.USER_DOMAIN, t.TENANT_ID, t.SCENARIO, t.STEP,
          CASE
            WHEN t.TIME_CREATED < @retention_cut_off
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.IDP_METADATA o WITH (READCOMMITTEDLOCK)
                   WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o.NAME) > 0
                     AND EXISTS (
                       SELECT 1 FROM dbo.IDP o2 WITH (READCOMMITTEDLOCK)
                       WHERE o2.ID = o.IDP_ID
                         AND o2.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
                     AND CASE WHEN DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @grace_cut_off) / 60000000.0 >
                         CASE WHEN o.VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                             AND LEN(o.VALUE) BETWEEN 1 AND 18
                           THEN TRY_CAST(o.VALUE AS BIGINT) END THEN 1 ELSE 0 END = 0
                     AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
                       SELECT 1 FROM dbo.IDP_METADATA o2 WITH (READCOMMITTEDLOCK)
                       WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o2.NAME) > 0
                         AND EXISTS (
                           SELECT 1 FROM dbo.IDP o3 WITH (READCOMMITTEDLOCK)
                           WHERE o3.ID = o2.IDP_ID
                             AND o3.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
                         AND o2.TENANT_ID = t.TENANT_ID
                         AND o2.NAME = o.NAME
                             AND o2.NAME + N'.' COLLATE Latin1_General_BIN2
                             = o.NAME + N'.' COLLATE Latin1_General_BIN2)))
            THEN 'retention_over'
          END AS REASON
        FROM dbo.IDN_RECOVERY_DATA AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.USER_NAME BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_RECOVERY_DATA
          (RUN_ID, REASON, USER_NAME, USER_DOMAIN, TENANT_ID, CODE, SCENARIO, STEP, TIME_CREATED, REMAINING_SETS,
           RECOVERY_FLOW_ID)
        SELECT @run_id, b.REASON, t.USER_NAME, t.USER_DOMAIN, t.TENANT_ID, t.CODE, t.SCENARIO, t.STEP, t.TIME_CREATED,
               t.REMAINING_SETS, t.RECOVERY_FLOW_ID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_RECOVERY_DATA AS t
            ON t.USER_NAME = b.USER_NAME AND t.USER_DOMAIN = b.USER_DOMAIN AND t.TENANT_ID = b.TENANT_ID
            AND t.SCENARIO = b.SCENARIO AND t.STEP = b.STEP
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_RECOVERY_DATA AS t WITH (ROWLOCK)
            ON t.USER_NAME = b.USER_NAME AND t.USER_DOMAIN = b.USER_DOMAIN AND t.TENANT_ID = b.TENANT_ID
            AND t.SCENARIO = b.SCENARIO AND t.STEP = b.STEP
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 2. IDN_RECOVERY_FLOW_DATA
  IF @step = 2 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 2, 'IDN_RECOVERY_FLOW_DATA', 'key', 'delete', NULL;
  IF @step = 2 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_2 varchar(255), @upto_2 varchar(255),
      @after_2 varchar(255) = CONVERT(varchar(255), @after), @until_2 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_2 IS NULL
      SELECT @from_2 = MIN(t.RECOVERY_FLOW_ID) FROM dbo.IDN_RECOVERY_FLOW_DATA AS t WITH (NOLOCK);
    ELSE
      SELECT @from_2 = MIN(t.RECOVERY_FLOW_ID) FROM dbo.IDN_RECOVERY_FLOW_DATA AS t WITH (NOLOCK)
          WHERE t.RECOVERY_FLOW_ID > @after_2;
    IF @until_2 IS NULL
      SELECT @until_2 = MAX(t.RECOVERY_FLOW_ID) FROM dbo.IDN_RECOVERY_FLOW_DATA AS t WITH (NOLOCK);
    SELECT @upto_2 = MAX(k.RECOVERY_FLOW_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.RECOVERY_FLOW_ID
      FROM dbo.IDN_RECOVERY_FLOW_DATA AS t WITH (NOLOCK)
      WHERE t.RECOVERY_FLOW_ID BETWEEN @from_2 AND @until_2
      ORDER BY t.RECOVERY_FLOW_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_2);
    DECLARE @dead_2 TABLE (
      RECOVERY_FLOW_ID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (RECOVERY_FLOW_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_2 (RECOVERY_FLOW_ID, REASON)
      SELECT d.RECOVERY_FLOW_ID, d.REASON
      FROM (
        SELECT t.RECOVERY_FLOW_ID,
          CASE
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_RECOVERY_DATA o WITH (READCOMMITTEDLOCK)
                   WHERE o.RECOVERY_FLOW_ID = t.RECOVERY_FLOW_ID)
            THEN NULL
            WHEN t.TIME_CREATED < @retention_cut_off
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.IDP_METADATA o WITH (READCOMMITTEDLOCK)
                   WHERE CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o.NAME) > 0
                     AND EXISTS (
                       SELECT 1 FROM dbo.IDP o2 WITH (READCOMMITTEDLOCK)
                       WHERE o2.ID = o.IDP_ID
                         AND o2.NAME + N'.' COLLATE Latin1_General_BIN2 = 'LOCAL.')
                     AND CASE WHEN DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @grace_cut_off) / 60000000.0 >
                         CASE WHEN o.VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                             AND LEN(o.VALUE) BETWEEN 1 AND 18
                           THEN TRY_CAST(o.VALUE AS BIGINT) END THEN 1 ELSE 0 END = 0)
            THEN 'retention_over'
          END AS REASON
        FROM dbo.IDN_RECOVERY_FLOW_DATA AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.RECOVERY_FLOW_ID BETWEEN @from_2 AND @upto_2
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_2 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_2;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA
          (RUN_ID, REASON, RECOVERY_FLOW_ID, CODE, FAILED_ATTEMPTS, RESEND_COUNT, TIME_CREATED)
        SELECT @run_id, b.REASON, t.RECOVERY_FLOW_ID, t.CODE, t.FAILED_ATTEMPTS, t.RESEND_COUNT, t.TIME_CREATED
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_RECOVERY_FLOW_DATA AS t ON t.RECOVERY_FLOW_ID = b.RECOVERY_FLOW_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_RECOVERY_FLOW_DATA AS t WITH (ROWLOCK) ON t.RECOVERY_FLOW_ID = b.RECOVERY_FLOW_ID
        OPTION (FORCE ORDER, RECOMPILE);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  UPDATE r
  SET DELETED = r.DELETED + d.ROW_COUNT
  FROM @reasons AS d
  JOIN dbo.CLEANUP_LOCK AS l ON l.RUN_ID = @run_id
  JOIN dbo.CLEANUP_RUN_REASON AS r ON r.RUN_ID = @run_id AND r.TABLE_NAME = l.TABLE_NAME AND r.REASON = d.REASON;
  IF @task <> 'open'
    EXEC dbo.CLEANUP_DONE @run_id, @upto, @seen, @dead, @copied, @deleted;
END;
GO
-- @end

-- Goes through a run.
-- @statement procedure cleanup_confirmation_codes
CREATE OR ALTER PROCEDURE dbo.cleanup_confirmation_codes
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 8219a7bbbf0c77af.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000,
        'cleanup_confirmation_codes commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TEXTSIZE 2147483647;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  -- The product goes first: in a deadlock the cleanup gives way
  SET DEADLOCK_PRIORITY LOW;
  SET LOCK_TIMEOUT 60000;

  DECLARE
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_confirmation_codes',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @code_retention_hours BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_confirmation_codes', 'restore_confirmation_codes', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_confirmation_codes', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_RECOVERY_FLOW_DATA', 'CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA', 5, NULL),
      ('IDN_RECOVERY_DATA', 'CLEANUP_BAK_IDN_RECOVERY_DATA', 9, NULL),
      ('IDN_RECOVERY_DATA', NULL, NULL,
       'RECOVERY_FLOW_ID -> IDN_RECOVERY_FLOW_DATA (RECOVERY_FLOW_ID) CASCADE'),
      ('IDP', NULL, NULL, NULL),
      ('IDP_METADATA', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_RECOVERY_DATA', 'retention_over'), (@run_id, 'IDN_RECOVERY_FLOW_DATA', 'retention_over');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @code_retention_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'code_retention_hours' THEN VALUE ELSE '' END), ''), '720'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes' AND LEFT(LTRIM(VALUE), 1) <> '-';
    EXEC dbo.CLEANUP_PRUNE @run_id, @lock;

    -- A batch waits no longer than a second for a lock; procedures of the kit outside of a batch set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 2
    BEGIN
      EXEC dbo.CLEANUP_NEXT @run_id, @lock, @step, @task OUTPUT, @rows OUTPUT, @after OUTPUT, @until OUTPUT;
      IF @task IS NULL
        SET @step = @step + 1;
      ELSE
      BEGIN
        BEGIN TRY
          BEGIN TRANSACTION;
          EXEC dbo.cleanup_confirmation_codes_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @code_retention_hours, @clock_uncertainty_hours;
          COMMIT TRANSACTION;
        END TRY
        BEGIN CATCH
          IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
          EXEC dbo.CLEANUP_FAILED @run_id;
        END CATCH;
      END;
    END;
    -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
    EXEC dbo.CLEANUP_PROVE @run_id, @lock, @proves OUTPUT;
    IF @proves = 1
      EXEC dbo.cleanup_confirmation_codes_proof @run_id, @started, @code_retention_hours, @clock_uncertainty_hours;
    EXEC dbo.CLEANUP_END @run_id, @lock, NULL;
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0
      ROLLBACK TRANSACTION;
    SET @error = LEFT(CONCAT('error ', ERROR_NUMBER(), ': ', ERROR_MESSAGE()), 400);
    EXEC dbo.CLEANUP_END @run_id, @lock, @error;
    THROW;
  END CATCH;
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_confirmation_codes_batch',
    'dad15a8b1c66b6915e7b5b4e192f19a1bcb90309df74525897a1ba67c1da5a29', 'b5711404d3f20b03';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_confirmation_codes',
    '9ad6f4698d5567fae1f6f070b46d13c75bb3a1c43d17167e1d854c41d6ce6240', '8219a7bbbf0c77af';
GO
-- @end
