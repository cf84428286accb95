-- restore_jti run: puts the rows that a run deleted back where they were.
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
--   EXECUTE on dbo.restore_jti
--   VIEW DEFINITION on the database
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Counts what is kept, or puts back the rows of one table. Only restore_jti calls it: see 15-kit.sql for why there are
-- two.
-- @statement procedure restore_jti_batch
CREATE OR ALTER PROCEDURE dbo.restore_jti_batch
  @run_id         BIGINT,
  @deleted_by_run BIGINT,
  @step           INT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text f2216296dfc2735d.
  IF @@TRANCOUNT > 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_jti', 'Session') <> 'Exclusive'
    THROW 50000, 'only restore_jti calls this procedure', 1;
  DECLARE @rows BIGINT;

  -- 0. What is kept
  IF @step = 0
  BEGIN
    BEGIN TRANSACTION;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OIDC_JTI', COUNT(*) FROM dbo.CLEANUP_BAK_IDN_OIDC_JTI AS b WHERE b.RUN_ID = @deleted_by_run;
    EXEC dbo.CLEANUP_CHECK_KEPT 'restore_jti', @run_id, @deleted_by_run;
    COMMIT TRANSACTION;
  END;

  -- 1. IDN_OIDC_JTI
  IF @step = 1
  BEGIN
    DECLARE @from_1 varchar(255), @upto_1 varchar(255);
    SELECT @upto_1 = MAX(b.JWT_ID) FROM dbo.CLEANUP_BAK_IDN_OIDC_JTI AS b WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_1 IS NOT NULL
    BEGIN
      SELECT @from_1 = MIN(k.JWT_ID)
      FROM (
        SELECT TOP (2000) b.JWT_ID
        FROM dbo.CLEANUP_BAK_IDN_OIDC_JTI AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.JWT_ID <= @upto_1
        ORDER BY b.JWT_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_OIDC_JTI
        (JWT_ID, EXP_TIME, TIME_CREATED)
      SELECT b.JWT_ID, b.EXP_TIME, b.TIME_CREATED
      FROM dbo.CLEANUP_BAK_IDN_OIDC_JTI AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_JTI AS t
          WHERE t.JWT_ID = b.JWT_ID)
        AND b.JWT_ID BETWEEN @from_1 AND @upto_1
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_JTI' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_1 = MAX(b.JWT_ID)
      FROM dbo.CLEANUP_BAK_IDN_OIDC_JTI AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.JWT_ID < @from_1;
    END;
  END;
END;
GO
-- @end

-- @statement procedure restore_jti
CREATE OR ALTER PROCEDURE dbo.restore_jti
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text e15ed0bbd0149b2d.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_jti commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_jti', @run_id BIGINT, @step INT = 0,
    @tries INT = 0, @restored BIGINT = 0, @goes_on BIT, @error NVARCHAR(400);

  BEGIN TRY
    EXEC dbo.CLEANUP_BEGIN_RESTORE 'cleanup_jti', 'restore_jti', @lock, @deleted_by_run;
    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_jti';
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, nothing is restored
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_jti', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_OIDC_JTI', 'CLEANUP_BAK_IDN_OIDC_JTI', 3, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_LOG_RESTORE 'cleanup_jti', 'restore_jti', @run_id OUTPUT;

    -- A batch waits no longer than a second for a lock; procedures of the kit set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 1
    BEGIN
      BEGIN TRY
        EXEC dbo.restore_jti_batch @run_id, @deleted_by_run, @step;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_jti_batch',
    '200f0a9dd126ba8e20848ed03cb87c7494b179d4b4bc555221048beed9055933', 'f2216296dfc2735d';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_jti',
    'f14670e813b5f42a65c040f3a9e1483b297883bfe63a87e1ccc1cd75f06f1ce9', 'e15ed0bbd0149b2d';
GO
-- @end
