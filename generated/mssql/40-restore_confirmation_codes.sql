-- restore_confirmation_codes run: puts the rows that a run deleted back where they were.
--
-- Parents go before their child rows. Each 2000 rows of a table are a transaction of their own: in one for all, a large
-- run would hold locks on every row of it to the end. A row that is there again, or whose place another row has taken,
-- is left alone and counted; so is a row whose parent is gone. If a restore stops half-way, call it again: it goes on.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on dbo.restore_confirmation_codes
--   VIEW DEFINITION on the database
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Puts the rows back; called again, it goes on. Only restore_confirmation_codes calls it: see 15-kit.sql for why there
-- are two.
-- @statement procedure restore_confirmation_codes_batch
CREATE OR ALTER PROCEDURE dbo.restore_confirmation_codes_batch
  @run_id         BIGINT,
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text b125ef0d5cd6e19a.
  IF @@TRANCOUNT > 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_confirmation_codes', 'Session') <> 'Exclusive'
    THROW 50000, 'only restore_confirmation_codes calls this procedure', 1;
  DECLARE @rows BIGINT;
  INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
  SELECT @run_id, k.TABLE_NAME, k.SEEN
  FROM (
    SELECT 'IDN_RECOVERY_DATA' AS TABLE_NAME, COUNT(*) AS SEEN
    FROM dbo.CLEANUP_BAK_IDN_RECOVERY_DATA WHERE RUN_ID = @deleted_by_run
  ) AS k
  WHERE NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN_STEP AS s WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = k.TABLE_NAME);

  -- IDN_RECOVERY_DATA, from the last key that was put back
  DECLARE @from_1 varchar(255)
      = (SELECT MIN(USER_NAME) FROM dbo.CLEANUP_BAK_IDN_RECOVERY_DATA WHERE RUN_ID = @deleted_by_run);
  DECLARE @put_1 TABLE (PUT_KEY varchar(255) NOT NULL);
  SET @rows = 1;
  WHILE @rows > 0
  BEGIN
    BEGIN TRANSACTION;
    DELETE FROM @put_1;
    INSERT INTO dbo.IDN_RECOVERY_DATA
      (USER_NAME, USER_DOMAIN, TENANT_ID, CODE, SCENARIO, STEP, TIME_CREATED, REMAINING_SETS)
    OUTPUT inserted.USER_NAME INTO @put_1
    SELECT TOP (2000) b.USER_NAME, b.USER_DOMAIN, b.TENANT_ID, b.CODE, b.SCENARIO, b.STEP, b.TIME_CREATED,
                      b.REMAINING_SETS
    FROM dbo.CLEANUP_BAK_IDN_RECOVERY_DATA AS b
    WHERE b.RUN_ID = @deleted_by_run
      AND NOT EXISTS (
        SELECT 1 FROM dbo.IDN_RECOVERY_DATA AS t
        WHERE t.USER_NAME = b.USER_NAME
          AND t.USER_DOMAIN = b.USER_DOMAIN
          AND t.TENANT_ID = b.TENANT_ID
          AND t.SCENARIO = b.SCENARIO
          AND t.STEP = b.STEP)
      AND NOT EXISTS (
        SELECT 1 FROM dbo.IDN_RECOVERY_DATA AS t
        WHERE EXISTS (SELECT t.CODE INTERSECT SELECT b.CODE))
      AND b.USER_NAME >= @from_1
    ORDER BY b.USER_NAME, b.USER_DOMAIN, b.TENANT_ID, b.SCENARIO, b.STEP;
    SET @rows = @@ROWCOUNT;
    SELECT @from_1 = MAX(PUT_KEY) FROM @put_1;
    UPDATE dbo.CLEANUP_RUN_STEP
    SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
    WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_RECOVERY_DATA' AND @rows > 0;
    COMMIT TRANSACTION;
  END;
END;
GO
-- @end

-- @statement procedure restore_confirmation_codes
CREATE OR ALTER PROCEDURE dbo.restore_confirmation_codes
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text ccdba264cc65e2d5.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000,
        'restore_confirmation_codes commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TEXTSIZE 2147483647;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  -- The product goes first: in a deadlock the restore gives way, and it waits no longer than a second for a lock
  SET DEADLOCK_PRIORITY LOW;
  SET LOCK_TIMEOUT 1000;

  DECLARE
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_confirmation_codes', @granted INT, @run_id BIGINT,
        @problem NVARCHAR(400),
    @tries INT = 0, @is_done BIT = 0;
  -- If a client cancels its call, the lock stays with the session. If that is this session, no run holds it any more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  EXEC @granted = sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
  IF @granted < 0
    THROW 50000, 'restore_confirmation_codes did not start: cleanup_confirmation_codes is running', 1;

  BEGIN TRY
    IF NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN
        WHERE RUN_ID = @deleted_by_run AND PROCEDURE_NAME = 'cleanup_confirmation_codes')
      THROW 50000,
          'restore_confirmation_codes did not start: CLEANUP_RUN has no such run of cleanup_confirmation_codes', 1;

    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes';
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_confirmation_codes', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_RECOVERY_DATA', 'CLEANUP_BAK_IDN_RECOVERY_DATA', 8, NULL),
      ('IDP', NULL, NULL, NULL),
      ('IDP_METADATA', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_MISFIT 'cleanup_confirmation_codes', @problem OUTPUT;
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem = REPLACE(LEFT(CONCAT('restore_confirmation_codes did not start: ', @problem), 400), '%', '%%');
      THROW 50000, @problem, 1;
    END;

    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('restore_confirmation_codes', ORIGINAL_LOGIN(), SYSUTCDATETIME(), 'running');
    SET @run_id = SCOPE_IDENTITY();
    -- Another session may be in the way for a minute: by a deadlock, a lock, or a row that it adds or deletes meanwhile
    WHILE @is_done = 0
    BEGIN
      BEGIN TRY
        EXEC dbo.restore_confirmation_codes_batch @run_id, @deleted_by_run;
        SET @is_done = 1;
      END TRY
      BEGIN CATCH
        IF XACT_STATE() <> 0
          ROLLBACK TRANSACTION;
        SET @tries = @tries + 1;
        IF ERROR_NUMBER() NOT IN (1205, 1222, 601, 547, 2601, 2627) OR @tries >= 60
          THROW;
          WAITFOR DELAY '00:00:00.100';
      END CATCH;
    END;
    UPDATE r
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'ended',
        WHY_STOPPED
            = CONCAT('run ', @deleted_by_run, ': ', s.RESTORED, ' rows restored, ', s.SEEN - s.RESTORED, ' left alone')
    FROM dbo.CLEANUP_RUN AS r
    CROSS JOIN (SELECT SUM(SEEN) AS SEEN, SUM(RESTORED) AS RESTORED FROM dbo.CLEANUP_RUN_STEP
        WHERE RUN_ID = @run_id) AS s
    WHERE r.RUN_ID = @run_id;
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0
      ROLLBACK TRANSACTION;
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
WHERE (OBJECT_NAME = 'restore_confirmation_codes_batch' AND OBJECT_KIND = 'procedure')
   OR (OBJECT_NAME = 'restore_confirmation_codes' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256,
  -- NULL, which the register refuses, if the server has another text than this file: the statement that made it failed
  CASE
    WHEN x.MARK IS NULL OR EXISTS (
      SELECT 1
      FROM sys.sql_modules AS d
      WHERE d.object_id = OBJECT_ID(QUOTENAME('dbo') + '.' + QUOTENAME(x.OBJECT_NAME))
        AND CHARINDEX(x.MARK, d.definition) > 0)
    THEN k.STORED_SHA256
  END
FROM (VALUES
  ('restore_confirmation_codes_batch', 'procedure', '5250ae47a787f2714b99744bb3d7be0e078e4d8a4c6f927c04073b3aaafbf927',
      'b125ef0d5cd6e19a'),
  ('restore_confirmation_codes', 'procedure', '74e91cef616a0aa6d37696fac293022bb77f8b5c4d753936c86421f9cd653a9f',
      'ccdba264cc65e2d5')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, MARK)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
