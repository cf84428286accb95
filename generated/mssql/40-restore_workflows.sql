-- restore_workflows run: puts the rows that a run deleted back where they were.
--
-- Parents go before their child rows, all in one transaction. A row that is there again, or whose place another row
-- has taken, is left alone and counted; so is a row whose parent is gone.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on dbo.restore_workflows
--   VIEW DEFINITION on the database
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Puts the rows back. Only restore_workflows calls it, in a transaction of its own: see 15-kit.sql for why there are
-- two.
-- @statement procedure restore_workflows_batch
CREATE OR ALTER PROCEDURE dbo.restore_workflows_batch
  @run_id         BIGINT,
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text aad25c2dbaac7659.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_workflows', 'Session') <> 'Exclusive'
    THROW 50000, 'only restore_workflows calls this procedure', 1;
  DECLARE @seen BIGINT, @restored BIGINT, @rows BIGINT;
  DECLARE @steps TABLE (TABLE_NAME VARCHAR(128) NOT NULL, SEEN BIGINT NOT NULL, RESTORED BIGINT NOT NULL);
  -- In statements of 2000 rows, as one that holds 5000 locks would lock the whole table of the product

  SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_WF_REQUEST AS b WHERE b.RUN_ID = @deleted_by_run;
  SET @rows = 1;
  WHILE @rows > 0 AND @restored < @seen
  BEGIN
    INSERT INTO dbo.WF_REQUEST
      (UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
    SELECT TOP (2000) b.UUID, b.CREATED_BY, b.TENANT_ID, b.OPERATION_TYPE, b.CREATED_AT, b.UPDATED_AT, b.STATUS,
                      b.REQUEST
    FROM dbo.CLEANUP_BAK_WF_REQUEST AS b
    WHERE b.RUN_ID = @deleted_by_run
      AND NOT EXISTS (
        SELECT 1 FROM dbo.WF_REQUEST AS t
        WHERE t.UUID = b.UUID);
    SET @rows = @@ROWCOUNT;
    SET @restored = @restored + @rows;
  END;
  INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('WF_REQUEST', @seen, @restored);

  SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
      WHERE b.RUN_ID = @deleted_by_run;
  SET @rows = 1;
  WHILE @rows > 0 AND @restored < @seen
  BEGIN
    INSERT INTO dbo.WF_WORKFLOW_REQUEST_RELATION
      (RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
    SELECT TOP (2000) b.RELATIONSHIP_ID, b.WORKFLOW_ID, b.REQUEST_ID, b.UPDATED_AT, b.STATUS, b.TENANT_ID
    FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
    WHERE b.RUN_ID = @deleted_by_run
      AND (b.WORKFLOW_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.WF_WORKFLOW p WHERE p.ID = b.WORKFLOW_ID))
      AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
      AND NOT EXISTS (
        SELECT 1 FROM dbo.WF_WORKFLOW_REQUEST_RELATION AS t
        WHERE t.RELATIONSHIP_ID = b.RELATIONSHIP_ID);
    SET @rows = @@ROWCOUNT;
    SET @restored = @restored + @rows;
  END;
  INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('WF_WORKFLOW_REQUEST_RELATION', @seen, @restored);

  SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
      WHERE b.RUN_ID = @deleted_by_run;
  SET @rows = 1;
  WHILE @rows > 0 AND @restored < @seen
  BEGIN
    INSERT INTO dbo.WF_REQUEST_ENTITY_RELATIONSHIP
      (REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
    SELECT TOP (2000) b.REQUEST_ID, b.ENTITY_NAME, b.ENTITY_TYPE, b.TENANT_ID
    FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
    WHERE b.RUN_ID = @deleted_by_run
      AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.WF_REQUEST p WHERE p.UUID = b.REQUEST_ID))
      AND NOT EXISTS (
        SELECT 1 FROM dbo.WF_REQUEST_ENTITY_RELATIONSHIP AS t
        WHERE t.REQUEST_ID = b.REQUEST_ID
          AND t.ENTITY_NAME = b.ENTITY_NAME
          AND t.ENTITY_TYPE = b.ENTITY_TYPE
          AND t.TENANT_ID = b.TENANT_ID);
    SET @rows = @@ROWCOUNT;
    SET @restored = @restored + @rows;
  END;
  INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('WF_REQUEST_ENTITY_RELATIONSHIP', @seen, @restored);

  -- The log comes last, since a session that reads it waits for rows that are not committed
  INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  SELECT @run_id, TABLE_NAME, SEEN, RESTORED FROM @steps;
  UPDATE r
  SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'ended',
      WHY_STOPPED
          = CONCAT('run ', @deleted_by_run, ': ', s.RESTORED, ' rows restored, ', s.SEEN - s.RESTORED, ' left alone')
  FROM dbo.CLEANUP_RUN AS r
  CROSS JOIN (SELECT SUM(SEEN) AS SEEN, SUM(RESTORED) AS RESTORED FROM @steps) AS s
  WHERE r.RUN_ID = @run_id;
END;
GO
-- @end

-- @statement procedure restore_workflows
CREATE OR ALTER PROCEDURE dbo.restore_workflows
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 83b78636e2680075.
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
  -- The product goes first: in a deadlock the restore gives way, and it waits no longer than a minute for a lock
  SET DEADLOCK_PRIORITY LOW;
  SET LOCK_TIMEOUT 60000;

  DECLARE
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_workflows', @granted INT, @run_id BIGINT, @problem NVARCHAR(400);
  -- If a client cancels its call, the lock stays with the session. If that is this session, no run holds it any more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  EXEC @granted = sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
  IF @granted < 0
    THROW 50000, 'restore_workflows did not start: cleanup_workflows is running', 1;

  BEGIN TRY
    IF NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN
        WHERE RUN_ID = @deleted_by_run AND PROCEDURE_NAME = 'cleanup_workflows')
      THROW 50000, 'restore_workflows did not start: CLEANUP_RUN has no such run of cleanup_workflows', 1;

    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_workflows';
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
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
    EXEC dbo.CLEANUP_MISFIT 'cleanup_workflows', @problem OUTPUT;
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem = REPLACE(LEFT(CONCAT('restore_workflows did not start: ', @problem), 400), '%', '%%');
      THROW 50000, @problem, 1;
    END;

    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('restore_workflows', ORIGINAL_LOGIN(), SYSUTCDATETIME(), 'running');
    SET @run_id = SCOPE_IDENTITY();
    BEGIN TRANSACTION;
    EXEC dbo.restore_workflows_batch @run_id, @deleted_by_run;
    COMMIT TRANSACTION;
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
WHERE (OBJECT_NAME = 'restore_workflows_batch' AND OBJECT_KIND = 'procedure')
   OR (OBJECT_NAME = 'restore_workflows' AND OBJECT_KIND = 'procedure');
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
  ('restore_workflows_batch', 'procedure', '6ccb7ffd4651250d56cfd6b838550d0c900777d3553c56fef315668b0fd54fac',
      'aad25c2dbaac7659'),
  ('restore_workflows', 'procedure', '786fde351abe227f86759533bba360ada43fc244a02a9b9f4da1ab71014ba1d9',
      '83b78636e2680075')
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
