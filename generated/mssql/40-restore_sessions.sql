-- restore_sessions run: puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again, or whose place another row
-- has taken, is left alone and counted; so is a row whose parent is gone.
--
-- The caller needs
--   EXECUTE on dbo.restore_sessions
--   SELECT, INSERT on IDN_AUTH_TEMP_SESSION_STORE, IDN_AUTH_SESSION_STORE, IDN_AUTH_USER_SESSION_MAPPING,
--     IDN_AUTH_SESSION_APP_INFO, IDN_AUTH_SESSION_META_DATA, CLEANUP_RUN_STEP
--   SELECT on CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
--   SELECT, INSERT, UPDATE on CLEANUP_RUN

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure restore_sessions
CREATE OR ALTER PROCEDURE dbo.restore_sessions
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_sessions commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

  DECLARE
    @lock     NVARCHAR(255) = 'deepclean dbo.cleanup_sessions',
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
    THROW 50000, 'restore_sessions did not start: cleanup_sessions is running', 1;

  BEGIN TRY
    IF NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN WHERE RUN_ID = @deleted_by_run AND PROCEDURE_NAME = 'cleanup_sessions')
      THROW 50000, 'restore_sessions did not start: CLEANUP_RUN has no such run of cleanup_sessions', 1;

    SELECT TOP (1) @problem = CONCAT(f.BACKUP_NAME, ' does not fit ', f.SOURCE_NAME, ' any more: column ', s.name)
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE', 'dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE', 'dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING', 'dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO', 'dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA', 'dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA')
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
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE', 7),
      ('dbo.IDN_AUTH_SESSION_STORE', 7),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING', 2),
      ('dbo.IDN_AUTH_SESSION_APP_INFO', 4),
      ('dbo.IDN_AUTH_SESSION_META_DATA', 3)
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
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME) ON k.referenced_object_id = OBJECT_ID(t.NAME);
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
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME)
    JOIN sys.security_predicates AS p ON p.target_object_id = OBJECT_ID(t.NAME)
    JOIN sys.security_policies AS s ON s.object_id = p.object_id AND s.is_enabled = 1;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' has a masked, encrypted or generated column: ', c.name))
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME)
    JOIN sys.columns AS c ON c.object_id = OBJECT_ID(t.NAME)
    WHERE c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' is no plain table any more, so rows may be hidden'))
    FROM (VALUES
      ('dbo.IDN_AUTH_TEMP_SESSION_STORE'),
      ('dbo.IDN_AUTH_SESSION_STORE'),
      ('dbo.IDN_AUTH_USER_SESSION_MAPPING'),
      ('dbo.IDN_AUTH_SESSION_APP_INFO'),
      ('dbo.IDN_AUTH_SESSION_META_DATA')
    ) AS t (NAME)
    WHERE OBJECTPROPERTY(OBJECT_ID(t.NAME), 'IsUserTable') = 0;
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem = REPLACE(LEFT(CONCAT('restore_sessions did not start: ', @problem), 400), '%', '%%');
      THROW 50000, @problem, 1;
    END;

    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('restore_sessions', ORIGINAL_LOGIN(), @started, 'running');
    SET @run_id = SCOPE_IDENTITY();

    -- In statements of 4000 rows: one of 5000 would lock the whole table of the product
    BEGIN TRANSACTION;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_AUTH_TEMP_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT TOP (4000) b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID,
          b.EXPIRY_TIME
      FROM dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.SESSION_TYPE = b.SESSION_TYPE
            AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_AUTH_TEMP_SESSION_STORE', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_AUTH_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT TOP (4000) b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID,
          b.EXPIRY_TIME
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.SESSION_TYPE = b.SESSION_TYPE
            AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_AUTH_SESSION_STORE', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING AS b
        WHERE b.RUN_ID = @deleted_by_run;
    INSERT INTO dbo.IDN_AUTH_USER_SESSION_MAPPING
      (USER_ID, SESSION_ID)
    SELECT b.USER_ID, b.SESSION_ID
    FROM dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING AS b
    WHERE b.RUN_ID = @deleted_by_run
      AND NOT EXISTS (
        SELECT 1 FROM dbo.IDN_AUTH_USER_SESSION_MAPPING AS t
        WHERE EXISTS (SELECT t.USER_ID INTERSECT SELECT b.USER_ID)
          AND EXISTS (SELECT t.SESSION_ID INTERSECT SELECT b.SESSION_ID));
    SET @restored = @@ROWCOUNT;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_AUTH_USER_SESSION_MAPPING', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_AUTH_SESSION_APP_INFO
        (SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
      SELECT TOP (4000) b.SESSION_ID, b.SUBJECT, b.APP_ID, b.INBOUND_AUTH_TYPE
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_APP_INFO AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.SUBJECT = b.SUBJECT
            AND t.APP_ID = b.APP_ID
            AND t.INBOUND_AUTH_TYPE = b.INBOUND_AUTH_TYPE);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_AUTH_SESSION_APP_INFO', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_AUTH_SESSION_META_DATA
        (SESSION_ID, PROPERTY_TYPE, VALUE)
      SELECT TOP (4000) b.SESSION_ID, b.PROPERTY_TYPE, b.VALUE
      FROM dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_AUTH_SESSION_META_DATA AS t
          WHERE t.SESSION_ID = b.SESSION_ID
            AND t.PROPERTY_TYPE = b.PROPERTY_TYPE
            AND t.VALUE = b.VALUE);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_AUTH_SESSION_META_DATA', @seen, @restored);
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
WHERE (OBJECT_NAME = 'restore_sessions' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('restore_sessions', 'procedure', 'b8feebea76816de79051ea67f819a8954a0f6f9d997b8120d8df3090bdba5393')
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
