-- restore_sessions run: puts the rows that a run deleted back where they were.
--
-- Parents go before their child rows, and of a table the highest keys first: of a session, or a path, the newest row
-- must not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a
-- transaction of their own, since locks on every row of a large run would stop the product. A row that is there again,
-- or whose place another row has taken, is left alone and counted; so is a row whose parent is gone. If a restore stops
-- half-way, call it again: it goes on. Settings of the cleanup do not concern it.
-- Without a key no row can be told from another, so all rows of these come back in one transaction each:
--   IDN_AUTH_USER_SESSION_MAPPING
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on dbo.restore_sessions
--   VIEW DEFINITION on the database
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Counts what is kept, or puts back the rows of one table. Only restore_sessions calls it: see 15-kit.sql for why there
-- are two.
-- @statement procedure restore_sessions_batch
CREATE OR ALTER PROCEDURE dbo.restore_sessions_batch
  @run_id         BIGINT,
  @deleted_by_run BIGINT,
  @step           INT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 10c33e636f1d2825.
  IF @@TRANCOUNT > 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_sessions', 'Session') <> 'Exclusive'
    THROW 50000, 'only restore_sessions calls this procedure', 1;
  DECLARE @rows BIGINT;

  -- 0. What is kept
  IF @step = 0
  BEGIN
    BEGIN TRANSACTION;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_AUTH_TEMP_SESSION_STORE', COUNT(*) FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run UNION ALL
    SELECT @run_id, 'IDN_AUTH_SESSION_STORE', COUNT(*) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run UNION ALL
    SELECT @run_id, 'IDN_AUTH_USER_SESSION_MAPPING', COUNT(*) FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING AS b
        WHERE b.RUN_ID = @deleted_by_run UNION ALL
    SELECT @run_id, 'IDN_AUTH_SESSION_APP_INFO', COUNT(*) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
        WHERE b.RUN_ID = @deleted_by_run UNION ALL
    SELECT @run_id, 'IDN_AUTH_SESSION_META_DATA', COUNT(*) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
        WHERE b.RUN_ID = @deleted_by_run;
    EXEC dbo.CLEANUP_CHECK_KEPT 'restore_sessions', @run_id, @deleted_by_run;
    COMMIT TRANSACTION;
  END;

  -- 1. IDN_AUTH_TEMP_SESSION_STORE
  IF @step = 1
  BEGIN
    DECLARE @from_1 varchar(100), @upto_1 varchar(100);
    SELECT @upto_1 = MAX(b.SESSION_ID) FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_1 IS NOT NULL
    BEGIN
      SELECT @from_1 = MIN(k.SESSION_ID)
      FROM (
        SELECT TOP (2000) b.SESSION_ID
        FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID <= @upto_1
        ORDER BY b.SESSION_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_AUTH_TEMP_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
      FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.SESSION_TYPE = b.SESSION_TYPE
            AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION)
        AND b.SESSION_ID BETWEEN @from_1 AND @upto_1
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_TEMP_SESSION_STORE' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_1 = MAX(b.SESSION_ID)
      FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID < @from_1;
    END;
  END;

  -- 2. IDN_AUTH_SESSION_STORE
  IF @step = 2
  BEGIN
    DECLARE @from_2 varchar(100), @upto_2 varchar(100);
    SELECT @upto_2 = MAX(b.SESSION_ID) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_2 IS NOT NULL
    BEGIN
      SELECT @from_2 = MIN(k.SESSION_ID)
      FROM (
        SELECT TOP (2000) b.SESSION_ID
        FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID <= @upto_2
        ORDER BY b.SESSION_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_AUTH_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.SESSION_TYPE = b.SESSION_TYPE
            AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION)
        AND b.SESSION_ID BETWEEN @from_2 AND @upto_2
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_STORE' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_2 = MAX(b.SESSION_ID)
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID < @from_2;
    END;
  END;

  -- 3. IDN_AUTH_USER_SESSION_MAPPING
  IF @step = 3
  BEGIN
    -- Equal rows come back as often as they were deleted, which only one statement can tell
    BEGIN TRANSACTION;
    INSERT INTO dbo.IDN_AUTH_USER_SESSION_MAPPING
      (USER_ID, SESSION_ID)
    SELECT b.USER_ID, b.SESSION_ID
    FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING AS b
    WHERE b.RUN_ID = @deleted_by_run
      AND NOT EXISTS (
        SELECT 1 FROM dbo.IDN_AUTH_USER_SESSION_MAPPING AS t
        WHERE EXISTS (SELECT t.USER_ID INTERSECT SELECT b.USER_ID)
          AND EXISTS (SELECT t.SESSION_ID INTERSECT SELECT b.SESSION_ID));
    SET @rows = @@ROWCOUNT;
    UPDATE dbo.CLEANUP_RUN_STEP
    SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
    WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING' AND @rows > 0;
    COMMIT TRANSACTION;
  END;

  -- 4. IDN_AUTH_SESSION_APP_INFO
  IF @step = 4
  BEGIN
    DECLARE @from_4 varchar(100), @upto_4 varchar(100);
    SELECT @upto_4 = MAX(b.SESSION_ID) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_4 IS NOT NULL
    BEGIN
      SELECT @from_4 = MIN(k.SESSION_ID)
      FROM (
        SELECT TOP (2000) b.SESSION_ID
        FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID <= @upto_4
        ORDER BY b.SESSION_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_AUTH_SESSION_APP_INFO
        (SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
      SELECT b.SESSION_ID, b.SUBJECT, b.APP_ID, b.INBOUND_AUTH_TYPE
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_APP_INFO AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.SUBJECT = b.SUBJECT
            AND t.APP_ID = b.APP_ID
            AND t.INBOUND_AUTH_TYPE = b.INBOUND_AUTH_TYPE)
        AND b.SESSION_ID BETWEEN @from_4 AND @upto_4
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_4 = MAX(b.SESSION_ID)
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID < @from_4;
    END;
  END;

  -- 5. IDN_AUTH_SESSION_META_DATA
  IF @step = 5
  BEGIN
    DECLARE @from_5 varchar(100), @upto_5 varchar(100);
    SELECT @upto_5 = MAX(b.SESSION_ID) FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_5 IS NOT NULL
    BEGIN
      SELECT @from_5 = MIN(k.SESSION_ID)
      FROM (
        SELECT TOP (2000) b.SESSION_ID
        FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID <= @upto_5
        ORDER BY b.SESSION_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_AUTH_SESSION_META_DATA
        (SESSION_ID, PROPERTY_TYPE, VALUE)
      SELECT b.SESSION_ID, b.PROPERTY_TYPE, b.VALUE
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_META_DATA AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.PROPERTY_TYPE = b.PROPERTY_TYPE
            AND t.VALUE = b.VALUE)
        AND b.SESSION_ID BETWEEN @from_5 AND @upto_5
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_5 = MAX(b.SESSION_ID)
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.SESSION_ID < @from_5;
    END;
  END;
END;
GO
-- @end

-- @statement procedure restore_sessions
CREATE OR ALTER PROCEDURE dbo.restore_sessions
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 3e97625216bd518b.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_sessions commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_sessions', @run_id BIGINT, @step INT = 0,
    @tries INT = 0, @restored BIGINT = 0, @goes_on BIT, @error NVARCHAR(400);

  BEGIN TRY
    EXEC dbo.CLEANUP_BEGIN_RESTORE 'cleanup_sessions', 'restore_sessions', @lock, @deleted_by_run;
    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_sessions';
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, nothing is restored
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_sessions', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_AUTH_TEMP_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 7, NULL),
      ('IDN_AUTH_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE', 7, NULL),
      ('IDN_AUTH_USER_SESSION_MAPPING', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 2, NULL),
      ('IDN_AUTH_SESSION_APP_INFO', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO', 4, NULL),
      ('IDN_AUTH_SESSION_META_DATA', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 3, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_LOG_RESTORE 'cleanup_sessions', 'restore_sessions', @run_id OUTPUT;

    -- A batch waits no longer than a second for a lock; procedures of the kit set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 5
    BEGIN
      BEGIN TRY
        EXEC dbo.restore_sessions_batch @run_id, @deleted_by_run, @step;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_sessions_batch',
    '48e30e0fe6d806dbcfd0c6c2fe986cc01326db363ee721b252254bb51396a54c', '10c33e636f1d2825';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_sessions',
    '48cee4ef3f100cb8145ae26e343b105bb9cc91aaff253b2f8f2b56bc8bcd565c', '3e97625216bd518b';
GO
-- @end
