-- restore_wait_statuses run: puts the rows that a run deleted back where they were.
--
-- Parents go before their child rows, and of a table the highest keys first: of a session, or a path, the newest row
-- must not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a
-- transaction of their own, since locks on every row of a large run would stop the product. A row that is there again,
-- or whose place another row has taken, is left alone and counted; so is a row whose parent is gone. If a restore stops
-- half-way, call it again: it goes on. Settings of the cleanup do not concern it.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on dbo.restore_wait_statuses
--   VIEW DEFINITION on the database
--   ALTER on IDN_AUTH_WAIT_STATUS
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Counts what is kept, or puts back the rows of one table. Only restore_wait_statuses calls it: see 15-kit.sql for why
-- there are two.
-- @statement procedure restore_wait_statuses_batch
CREATE OR ALTER PROCEDURE dbo.restore_wait_statuses_batch
  @run_id         BIGINT,
  @deleted_by_run BIGINT,
  @step           INT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 188095fd4b39b679.
  IF @@TRANCOUNT > 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_wait_statuses', 'Session') <> 'Exclusive'
    THROW 50000, 'only restore_wait_statuses calls this procedure', 1;
  DECLARE @rows BIGINT;

  -- 0. What is kept
  IF @step = 0
  BEGIN
    BEGIN TRANSACTION;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_AUTH_WAIT_STATUS', COUNT(*) FROM dbo.CLEANUP_BAK_IDN_AUTH_WAIT_STATUS AS b
        WHERE b.RUN_ID = @deleted_by_run;
    EXEC dbo.CLEANUP_CHECK_KEPT 'restore_wait_statuses', @run_id, @deleted_by_run;
    COMMIT TRANSACTION;
  END;

  -- 1. IDN_AUTH_WAIT_STATUS
  IF @step = 1
  BEGIN
    DECLARE @from_1 int, @upto_1 int;
    SELECT @upto_1 = MAX(b.ID) FROM dbo.CLEANUP_BAK_IDN_AUTH_WAIT_STATUS AS b WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_1 IS NOT NULL
    BEGIN
      SELECT @from_1 = MIN(k.ID)
      FROM (
        SELECT TOP (2000) b.ID
        FROM dbo.CLEANUP_BAK_IDN_AUTH_WAIT_STATUS AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.ID <= @upto_1
        ORDER BY b.ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      SET IDENTITY_INSERT dbo.IDN_AUTH_WAIT_STATUS ON;
      INSERT INTO dbo.IDN_AUTH_WAIT_STATUS
        (ID, TENANT_ID, LONG_WAIT_KEY, WAIT_STATUS, TIME_CREATED, EXPIRE_TIME)
      SELECT b.ID, b.TENANT_ID, b.LONG_WAIT_KEY, b.WAIT_STATUS, b.TIME_CREATED, b.EXPIRE_TIME
      FROM dbo.CLEANUP_BAK_IDN_AUTH_WAIT_STATUS AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_WAIT_STATUS AS t
          WHERE t.ID = b.ID)
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_WAIT_STATUS AS t
          WHERE EXISTS (SELECT t.LONG_WAIT_KEY INTERSECT SELECT b.LONG_WAIT_KEY))
        AND b.ID BETWEEN @from_1 AND @upto_1
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      SET IDENTITY_INSERT dbo.IDN_AUTH_WAIT_STATUS OFF;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_WAIT_STATUS' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_1 = MAX(b.ID)
      FROM dbo.CLEANUP_BAK_IDN_AUTH_WAIT_STATUS AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.ID < @from_1;
    END;
  END;
END;
GO
-- @end

-- @statement procedure restore_wait_statuses
CREATE OR ALTER PROCEDURE dbo.restore_wait_statuses
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 3790f2c29034a84c.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_wait_statuses commits by itself, so it cannot run inside a transaction; nothing was restored',
        1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TEXTSIZE 2147483647;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  -- In a deadlock the product goes on, and the restore gives way
  SET DEADLOCK_PRIORITY LOW;

  DECLARE
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_wait_statuses', @run_id BIGINT, @step INT = 0,
    @tries INT = 0, @restored BIGINT = 0, @goes_on BIT, @error NVARCHAR(400);

  BEGIN TRY
    EXEC dbo.CLEANUP_BEGIN_RESTORE 'cleanup_wait_statuses', 'restore_wait_statuses', @lock, @deleted_by_run;
    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_wait_statuses';
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, nothing is restored
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_wait_statuses', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_AUTH_WAIT_STATUS', 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS', 6, NULL),
      ('IDN_AUTH_SESSION_STORE', NULL, NULL, NULL),
      ('IDN_AUTH_TEMP_SESSION_STORE', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    IF ISNULL(HAS_PERMS_BY_NAME('dbo.IDN_AUTH_WAIT_STATUS', 'OBJECT', 'ALTER'), 0) = 0
      THROW 50000, 'restore_wait_statuses did not start: it needs ALTER on IDN_AUTH_WAIT_STATUS', 1;
    EXEC dbo.CLEANUP_LOG_RESTORE 'cleanup_wait_statuses', 'restore_wait_statuses', @run_id OUTPUT;

    -- A batch waits no longer than a second for a lock; procedures of the kit set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 1
    BEGIN
      BEGIN TRY
        EXEC dbo.restore_wait_statuses_batch @run_id, @deleted_by_run, @step;
        SET @step = @step + 1;
      END TRY
      BEGIN CATCH
        IF XACT_STATE() <> 0
          ROLLBACK TRANSACTION;
        EXEC dbo.CLEANUP_RETRY_RESTORE @run_id, @tries OUTPUT, @restored OUTPUT, @goes_on OUTPUT;
        IF @goes_on = 0
          THROW;
      END CATCH;
    END;
    EXEC dbo.CLEANUP_END_RESTORE @run_id, @lock, @deleted_by_run, NULL;
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0
      ROLLBACK TRANSACTION;
    SET @error = LEFT(CONCAT('error ', ERROR_NUMBER(), ': ', ERROR_MESSAGE()), 400);
    EXEC dbo.CLEANUP_END_RESTORE @run_id, @lock, @deleted_by_run, @error;
    THROW;
  END CATCH;
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_wait_statuses_batch',
    'ad3dda5d66a9beac4cdc28ad8874a70875a2b0d37ff4a67aada0c55567fc0cda', '188095fd4b39b679';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_wait_statuses',
    '9db64c400dcae299dfe61c3fb3394212ea1535b6ef72d39bbf760736b89dd66d', '3790f2c29034a84c';
GO
-- @end
