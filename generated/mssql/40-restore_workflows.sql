-- restore_workflows run: puts the rows that a run deleted back where they were.
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
--   EXECUTE on dbo.restore_workflows
--   VIEW DEFINITION on the database
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Counts what is kept, or puts back the rows of one table. Only restore_workflows calls it: see 15-kit.sql for why
-- there are two.
-- @statement procedure restore_workflows_batch
CREATE OR ALTER PROCEDURE dbo.restore_workflows_batch
  @run_id         BIGINT,
  @deleted_by_run BIGINT,
  @step           INT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text adc2d93de5c5d242.
  IF @@TRANCOUNT > 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_workflows', 'Session') <> 'Exclusive'
    THROW 50000, 'only restore_workflows calls this procedure', 1;
  DECLARE @rows BIGINT;

  -- 0. What is kept
  IF @step = 0
  BEGIN
    BEGIN TRANSACTION;
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'WF_REQUEST', COUNT(*) FROM dbo.CLEANUP_BAK_WF_REQUEST AS b
        WHERE b.RUN_ID = @deleted_by_run UNION ALL
    SELECT @run_id, 'WF_WORKFLOW_REQUEST_RELATION', COUNT(*) FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
        WHERE b.RUN_ID = @deleted_by_run UNION ALL
    SELECT @run_id, 'WF_REQUEST_ENTITY_RELATIONSHIP', COUNT(*) FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
        WHERE b.RUN_ID = @deleted_by_run;
    EXEC dbo.CLEANUP_CHECK_KEPT 'restore_workflows', @run_id, @deleted_by_run;
    COMMIT TRANSACTION;
  END;

  -- 1. WF_REQUEST
  IF @step = 1
  BEGIN
    DECLARE @from_1 varchar(45), @upto_1 varchar(45);
    SELECT @upto_1 = MAX(b.UUID) FROM dbo.CLEANUP_BAK_WF_REQUEST AS b WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_1 IS NOT NULL
    BEGIN
      SELECT @from_1 = MIN(k.UUID)
      FROM (
        SELECT TOP (2000) b.UUID
        FROM dbo.CLEANUP_BAK_WF_REQUEST AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.UUID <= @upto_1
        ORDER BY b.UUID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.WF_REQUEST
        (UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
      SELECT b.UUID, b.CREATED_BY, b.TENANT_ID, b.OPERATION_TYPE, b.CREATED_AT, b.UPDATED_AT, b.STATUS, b.REQUEST
      FROM dbo.CLEANUP_BAK_WF_REQUEST AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.WF_REQUEST AS t
          WHERE t.UUID = b.UUID)
        AND b.UUID BETWEEN @from_1 AND @upto_1
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'WF_REQUEST' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_1 = MAX(b.UUID)
      FROM dbo.CLEANUP_BAK_WF_REQUEST AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.UUID < @from_1;
    END;
  END;

  -- 2. WF_WORKFLOW_REQUEST_RELATION
  IF @step = 2
  BEGIN
    DECLARE @from_2 varchar(45), @upto_2 varchar(45);
    SELECT @upto_2 = MAX(b.RELATIONSHIP_ID) FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_2 IS NOT NULL
    BEGIN
      SELECT @from_2 = MIN(k.RELATIONSHIP_ID)
      FROM (
        SELECT TOP (2000) b.RELATIONSHIP_ID
        FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.RELATIONSHIP_ID <= @upto_2
        ORDER BY b.RELATIONSHIP_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.WF_WORKFLOW_REQUEST_RELATION
        (RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
      SELECT b.RELATIONSHIP_ID, b.WORKFLOW_ID, b.REQUEST_ID, b.UPDATED_AT, b.STATUS, b.TENANT_ID
      FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.WORKFLOW_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.WF_WORKFLOW p WHERE p.ID = b.WORKFLOW_ID))
        AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.WF_WORKFLOW_REQUEST_RELATION AS t
          WHERE t.RELATIONSHIP_ID = b.RELATIONSHIP_ID)
        AND b.RELATIONSHIP_ID BETWEEN @from_2 AND @upto_2
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'WF_WORKFLOW_REQUEST_RELATION' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_2 = MAX(b.RELATIONSHIP_ID)
      FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.RELATIONSHIP_ID < @from_2;
    END;
  END;

  -- 3. WF_REQUEST_ENTITY_RELATIONSHIP
  IF @step = 3
  BEGIN
    DECLARE @from_3 varchar(45), @upto_3 varchar(45);
    SELECT @upto_3 = MAX(b.REQUEST_ID) FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_3 IS NOT NULL
    BEGIN
      SELECT @from_3 = MIN(k.REQUEST_ID)
      FROM (
        SELECT TOP (2000) b.REQUEST_ID
        FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.REQUEST_ID <= @upto_3
        ORDER BY b.REQUEST_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.WF_REQUEST_ENTITY_RELATIONSHIP
        (REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
      SELECT b.REQUEST_ID, b.ENTITY_NAME, b.ENTITY_TYPE, b.TENANT_ID
      FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.WF_REQUEST_ENTITY_RELATIONSHIP AS t
          WHERE t.REQUEST_ID = b.REQUEST_ID
            AND t.ENTITY_NAME = b.ENTITY_NAME
            AND t.ENTITY_TYPE = b.ENTITY_TYPE
            AND t.TENANT_ID = b.TENANT_ID)
        AND b.REQUEST_ID BETWEEN @from_3 AND @upto_3
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'WF_REQUEST_ENTITY_RELATIONSHIP' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_3 = MAX(b.REQUEST_ID)
      FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.REQUEST_ID < @from_3;
    END;
  END;
END;
GO
-- @end

-- @statement procedure restore_workflows
CREATE OR ALTER PROCEDURE dbo.restore_workflows
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 72704b9192e2112a.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_workflows commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_workflows', @run_id BIGINT, @step INT = 0,
    @tries INT = 0, @restored BIGINT = 0, @goes_on BIT, @error NVARCHAR(400);

  BEGIN TRY
    EXEC dbo.CLEANUP_BEGIN_RESTORE 'cleanup_workflows', 'restore_workflows', @lock, @deleted_by_run;
    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_workflows';
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, nothing is restored
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_workflows', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('WF_REQUEST', 'CLEANUP_BAK_WF_REQUEST', 8, NULL),
      ('WF_WORKFLOW_REQUEST_RELATION', 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 6, NULL),
      ('WF_WORKFLOW_REQUEST_RELATION', NULL, NULL,
       'REQUEST_ID -> WF_REQUEST (UUID) CASCADE'),
      ('WF_REQUEST_ENTITY_RELATIONSHIP', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 4, NULL),
      ('WF_REQUEST_ENTITY_RELATIONSHIP', NULL, NULL,
       'REQUEST_ID -> WF_REQUEST (UUID) CASCADE')
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_LOG_RESTORE 'cleanup_workflows', 'restore_workflows', @run_id OUTPUT;

    -- A batch waits no longer than a second for a lock; procedures of the kit set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 3
    BEGIN
      BEGIN TRY
        EXEC dbo.restore_workflows_batch @run_id, @deleted_by_run, @step;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_workflows_batch',
    '12c07c50714ff6b3699589006c39c1279963916130bf40ef5fcc9c98e903343b', 'adc2d93de5c5d242';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'restore_workflows',
    'ce72d6b1bf54083946eaaa4d26348ba6975b135f04adebf0f06f97a0ec9c8b03', '72704b9192e2112a';
GO
-- @end
