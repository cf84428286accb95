-- restore_workflows run: puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again, or whose place another row
-- has taken, is left alone and counted; so is a row whose parent is gone.
--
-- The caller needs
--   EXECUTE on dbo.restore_workflows
--   SELECT, INSERT on WF_REQUEST, WF_WORKFLOW_REQUEST_RELATION, WF_REQUEST_ENTITY_RELATIONSHIP, CLEANUP_RUN_STEP
--   SELECT on WF_WORKFLOW, CLEANUP_BAK_WF_REQUEST, CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION,
--     CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
--   SELECT, INSERT, UPDATE on CLEANUP_RUN

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure restore_workflows
CREATE OR ALTER PROCEDURE dbo.restore_workflows
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_workflows commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

  DECLARE
    @lock     NVARCHAR(255) = 'deepclean dbo.cleanup_workflows',
    @granted  INT,
    @run_id   BIGINT,
    @started  DATETIME2(3) = SYSUTCDATETIME(),
    @problem  NVARCHAR(400),
    @seen     BIGINT,
    @restored BIGINT,
    @rows     BIGINT,
    @total    BIGINT = 0,
    @left     BIGINT = 0;
  DECLARE @live_keys TABLE (
    CHILD_ID INT NOT NULL, PARENT_ID INT NOT NULL, OWN sysname NOT NULL, THEIRS sysname NOT NULL, WIDTH INT NOT NULL,
    DELETE_RULE INT NOT NULL);
  DECLARE @made_for_keys TABLE (
    CHILD_ID INT NULL, PARENT_ID INT NULL, OWN sysname NOT NULL, THEIRS sysname NOT NULL, WIDTH INT NOT NULL,
    DELETE_RULE INT NOT NULL);
  DECLARE @steps TABLE (TABLE_NAME VARCHAR(128) NOT NULL, SEEN BIGINT NOT NULL, RESTORED BIGINT NOT NULL);

  -- A call that its client gave up leaves the lock to its session; where that is this one, no run stands behind it any
  -- more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  EXEC @granted = sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
  IF @granted < 0
    THROW 50000, 'restore_workflows did not start: cleanup_workflows is running', 1;

  BEGIN TRY
    IF NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN
        WHERE RUN_ID = @deleted_by_run AND PROCEDURE_NAME = 'cleanup_workflows')
      THROW 50000, 'restore_workflows did not start: CLEANUP_RUN has no such run of cleanup_workflows', 1;

    SELECT TOP (1) @problem = CONCAT(f.BACKUP_NAME, ' does not fit ', f.SOURCE_NAME, ' any more: column ', s.name)
    FROM (VALUES
      ('dbo.WF_REQUEST', 'dbo.CLEANUP_BAK_WF_REQUEST'),
      ('dbo.WF_WORKFLOW_REQUEST_RELATION', 'dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION'),
      ('dbo.WF_REQUEST_ENTITY_RELATIONSHIP', 'dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP')
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
      ('dbo.WF_REQUEST', 8),
      ('dbo.WF_WORKFLOW_REQUEST_RELATION', 6),
      ('dbo.WF_REQUEST_ENTITY_RELATIONSHIP', 4)
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
      ('dbo.WF_REQUEST'),
      ('dbo.WF_WORKFLOW_REQUEST_RELATION'),
      ('dbo.WF_REQUEST_ENTITY_RELATIONSHIP')
    ) AS t (NAME) ON k.referenced_object_id = OBJECT_ID(t.NAME);
    INSERT INTO @made_for_keys (CHILD_ID, PARENT_ID, OWN, THEIRS, WIDTH, DELETE_RULE)
    SELECT OBJECT_ID(w.CHILD), OBJECT_ID(w.PARENT), w.OWN, w.THEIRS, w.WIDTH, w.DELETE_RULE
    FROM (VALUES
      ('dbo.WF_WORKFLOW_REQUEST_RELATION', 'dbo.WF_REQUEST',
        'REQUEST_ID', 'UUID', 1, 1),
      ('dbo.WF_REQUEST_ENTITY_RELATIONSHIP', 'dbo.WF_REQUEST',
        'REQUEST_ID', 'UUID', 1, 1)
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
      ('dbo.WF_REQUEST'),
      ('dbo.WF_WORKFLOW_REQUEST_RELATION'),
      ('dbo.WF_REQUEST_ENTITY_RELATIONSHIP')
    ) AS t (NAME)
    JOIN sys.security_predicates AS p ON p.target_object_id = OBJECT_ID(t.NAME)
    JOIN sys.security_policies AS s ON s.object_id = p.object_id AND s.is_enabled = 1;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' has a masked, encrypted or generated column: ', c.name))
    FROM (VALUES
      ('dbo.WF_REQUEST'),
      ('dbo.WF_WORKFLOW_REQUEST_RELATION'),
      ('dbo.WF_REQUEST_ENTITY_RELATIONSHIP')
    ) AS t (NAME)
    JOIN sys.columns AS c ON c.object_id = OBJECT_ID(t.NAME)
    WHERE c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' is no plain table any more, so rows may be hidden'))
    FROM (VALUES
      ('dbo.WF_REQUEST'),
      ('dbo.WF_WORKFLOW_REQUEST_RELATION'),
      ('dbo.WF_REQUEST_ENTITY_RELATIONSHIP')
    ) AS t (NAME)
    WHERE OBJECTPROPERTY(OBJECT_ID(t.NAME), 'IsUserTable') = 0;
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem = REPLACE(LEFT(CONCAT('restore_workflows did not start: ', @problem), 400), '%', '%%');
      THROW 50000, @problem, 1;
    END;

    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('restore_workflows', ORIGINAL_LOGIN(), @started, 'running');
    SET @run_id = SCOPE_IDENTITY();

    -- In statements of 4000 rows: one of 5000 would lock the whole table of the product
    BEGIN TRANSACTION;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_WF_REQUEST AS b WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.WF_REQUEST
        (UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
      SELECT TOP (4000) b.UUID, b.CREATED_BY, b.TENANT_ID, b.OPERATION_TYPE, b.CREATED_AT, b.UPDATED_AT, b.STATUS,
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
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.WF_WORKFLOW_REQUEST_RELATION
        (RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
      SELECT TOP (4000) b.RELATIONSHIP_ID, b.WORKFLOW_ID, b.REQUEST_ID, b.UPDATED_AT, b.STATUS, b.TENANT_ID
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
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.WF_REQUEST_ENTITY_RELATIONSHIP
        (REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
      SELECT TOP (4000) b.REQUEST_ID, b.ENTITY_NAME, b.ENTITY_TYPE, b.TENANT_ID
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
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    -- The log comes last, since whoever reads it waits for the rows that are not committed
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
    SELECT @run_id, TABLE_NAME, SEEN, RESTORED FROM @steps;
    UPDATE dbo.CLEANUP_RUN
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'ended',
        WHY_STOPPED = CONCAT('run ', @deleted_by_run, ': ', @total, ' rows restored, ', @left, ' left alone')
    WHERE RUN_ID = @run_id;
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
WHERE (OBJECT_NAME = 'restore_workflows' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('restore_workflows', 'procedure', '947c420333416b5e0ca6f3280a1976156f1422b0492420f843a29998f2c2587e')
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
