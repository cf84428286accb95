-- cleanup_wait_statuses: deletes marks of logins that waited for another system and never came back.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_WAIT_STATUS when
--     retention_over: its EXPIRE_TIME passed before the retention began, and its login is in neither session store
--     and only if its LONG_WAIT_KEY is not NULL, and no row of IDN_AUTH_SESSION_STORE has its LONG_WAIT_KEY as
--     SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has its LONG_WAIT_KEY as SESSION_ID
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_wait_statuses run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_wait_statuses @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what
-- would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_wait_statuses
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_IDN_AUTH_WAIT_STATUS
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_wait_statuses calls it, in a transaction of its own.
-- @statement procedure cleanup_wait_statuses_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_wait_statuses_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @wait_retention_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 842d4d45134b85f6.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_wait_statuses', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_wait_statuses calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and the retention of marks of waiting logins
  DECLARE @wait_cut_off DATETIME2(6);
  SET @wait_cut_off = DATEADD(DAY, -@wait_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @wait_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_AUTH_WAIT_STATUS
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_AUTH_WAIT_STATUS', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 int, @upto_1 int,
      @after_1 int = CONVERT(int, @after), @until_1 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.ID) FROM dbo.IDN_AUTH_WAIT_STATUS AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.ID) FROM dbo.IDN_AUTH_WAIT_STATUS AS t WITH (NOLOCK) WHERE t.ID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.ID) FROM dbo.IDN_AUTH_WAIT_STATUS AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.ID
      FROM dbo.IDN_AUTH_WAIT_STATUS AS t WITH (NOLOCK)
      WHERE t.ID BETWEEN @from_1 AND @until_1
      ORDER BY t.ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (ID, REASON)
      SELECT d.ID, d.REASON
      FROM (
        SELECT t.ID,
          CASE
            WHEN t.LONG_WAIT_KEY IS NULL THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.LONG_WAIT_KEY)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.LONG_WAIT_KEY)
            THEN NULL
            WHEN t.EXPIRE_TIME < @wait_cut_off THEN 'retention_over'
          END AS REASON
        FROM dbo.IDN_AUTH_WAIT_STATUS AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.ID BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_WAIT_STATUS
          (RUN_ID, REASON, ID, TENANT_ID, LONG_WAIT_KEY, WAIT_STATUS, TIME_CREATED, EXPIRE_TIME)
        SELECT @run_id, b.REASON, t.ID, t.TENANT_ID, t.LONG_WAIT_KEY, t.WAIT_STATUS, t.TIME_CREATED, t.EXPIRE_TIME
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_WAIT_STATUS AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_WAIT_STATUS AS t WITH (ROWLOCK) ON t.ID = b.ID
        OPTION (FORCE ORDER);
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
-- @statement procedure cleanup_wait_statuses
CREATE OR ALTER PROCEDURE dbo.cleanup_wait_statuses
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 4e86d43523a7278d.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_wait_statuses commits by itself, so it cannot run inside a transaction; nothing was deleted',
        1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_wait_statuses',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @wait_retention_days BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_wait_statuses', 'restore_wait_statuses', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_wait_statuses', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_AUTH_WAIT_STATUS', 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS', 6, NULL),
      ('IDN_AUTH_SESSION_STORE', NULL, NULL, NULL),
      ('IDN_AUTH_TEMP_SESSION_STORE', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_AUTH_WAIT_STATUS', 'retention_over');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @wait_retention_days = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'wait_retention_days' THEN VALUE ELSE '' END), ''), '14'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_wait_statuses' AND LEFT(LTRIM(VALUE), 1) <> '-';
    EXEC dbo.CLEANUP_PRUNE @run_id, @lock;

    -- A batch waits no longer than a second for a lock; procedures of the kit outside of a batch set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 1
    BEGIN
      EXEC dbo.CLEANUP_NEXT @run_id, @lock, @step, @task OUTPUT, @rows OUTPUT, @after OUTPUT, @until OUTPUT;
      IF @task IS NULL
        SET @step = @step + 1;
      ELSE
      BEGIN
        BEGIN TRY
          BEGIN TRANSACTION;
          EXEC dbo.cleanup_wait_statuses_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @wait_retention_days, @clock_uncertainty_hours;
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
      EXEC dbo.cleanup_wait_statuses_proof @run_id, @started, @wait_retention_days, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_wait_statuses_batch',
    'ad5ce4527c1931153138c75cd320afd19f918035aa8095101cdcf592ea106116', '842d4d45134b85f6';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_wait_statuses',
    '9bbbc8e12db149dd33d794fbb57c41dce439e6b20a923fea6be4cd13169809b7', '4e86d43523a7278d';
GO
-- @end
