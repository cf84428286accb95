-- The kit: what the cleanups of this schema have in common. Version 4. Installed once, after 10-support-tables.sql.
--
-- A cleanup has two procedures. The one that is called goes through the run, and calls in this order
--   CLEANUP_BEGIN    one run at a time; the crashed predecessor; the run's row in the log
--   CLEANUP_CHECK    does the schema fit what the cleanup was made for (CLEANUP_MISFIT)? What is it like
--   (CLEANUP_SHAPE)?
--   CLEANUP_PRUNE    before the first table: copies whose retention is over
--   CLEANUP_NEXT     which batch comes next, if any: measure, settings, window, budget, stop, rest, fit
--     CLEANUP_LOOK   once a second: how the server is
--   the other one   deletes one batch, in a transaction that the first one opens. It calls
--     CLEANUP_OPEN   a table is turned to: at its first key, or behind the last one that an earlier run finished
--     CLEANUP_COPIED counts rows of another table that went with the batch
--     CLEANUP_DONE   writes the batch into the log; in the transaction of the batch, so either both are committed or
--     neither
--   CLEANUP_FAILED   after a batch that was rolled back: a smaller one is tried, a key is passed over, or the run ends
--   CLEANUP_EMPTIED  deletes rows of runs, batch by batch: from a list, or, for CLEANUP_PRUNE, from copies
--   CLEANUP_PROVE    whether what was deleted is judged once more
--   CLEANUP_END      the run's last word
-- A restore has two as well, and calls
--   CLEANUP_BEGIN_RESTORE  takes the lock of the cleanup
--   CLEANUP_LOG_RESTORE    does the schema still fit (CLEANUP_MISFIT)? The restore's row in the log
--   the other one          puts back the rows of one table, in transactions of its own; first it counts what is kept,
--   and calls
--     CLEANUP_CHECK_KEPT      is all there that the run deleted?
--   CLEANUP_RETRY_RESTORE  after one that was rolled back: whether it is tried again
--   CLEANUP_END_RESTORE    the restore's last word
--
-- Why two procedures: a TRY does not catch an error of statement-level recompilation that it meets itself, but catches
-- that of a procedure which it calls. So no statement on the product's tables stands beside a TRY.
--
-- Only one run of a cleanup works at a time: its session holds an application lock, which the server frees when
-- the session ends. All else that a run remembers stands in the row of its cleanup in CLEANUP_LOCK, which names the
-- run; a run that finds another one's number there stops.
--
-- Callers of a cleanup need no rights on these procedures: ownership chaining covers them.
--
-- Lines like "-- @statement procedure X" and "-- @end" tell deepclean where a statement begins and ends; to a client of
-- SQL Server they are comments.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One row per cleanup: the run that may delete, and what the procedures hand on to each other during it.
-- @statement table CLEANUP_LOCK
IF OBJECT_ID('dbo.CLEANUP_LOCK', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_LOCK (
  RUN_ID         BIGINT         NOT NULL, -- the key, so that a batch finds its row without a look at those of others
  PROCEDURE_NAME VARCHAR(128)   NOT NULL,
  STARTED        DATETIME2(6)   NULL,     -- UTC, as all times here
  STATUS         VARCHAR(20)    NULL,     -- 'running' as long as it may go on
  WHY            NVARCHAR(400)  NULL,
  DRY_RUN        VARCHAR(3)     NULL,
  BUDGET_BEGAN   DATETIME2(6)   NULL,     -- checks at the start do not count
  FIT_CHECKED    DATETIME2(6)   NULL,
  SHAPE          VARCHAR(400)   NULL,     -- what the schema was like when it was checked
  LOOKED         DATETIME2(6)   NULL,     -- when the server was last looked at; NULL: not yet
  REQUESTS       BIGINT         NULL,     -- that clients had sent by then
  IS_QUIET       BIT            NULL,     -- hardly anybody else works: no need to rest
  RESTS_FOR      VARCHAR(40)    NULL,     -- why it rests in spite of that; NULL: it need not
  RESTS_DETAIL   NVARCHAR(400)  NULL,
  PASSED_OVER    INT            NULL,     -- keys that another session held
  ERRORS         INT            NULL,     -- keys that raised an error
  STEP           INT            NULL,
  TABLE_NAME     VARCHAR(128)   NULL,     -- NULL: the table is done
  WALK           VARCHAR(10)    NULL,     -- 'key', 'list', 'limit' or 'own': see CLEANUP_OPEN
  ENABLED_BY     VARCHAR(64)    NULL,     -- the setting that switches the table on
  TASK           VARCHAR(10)    NULL,     -- of the next batch: 'list', 'delete' or 'pass over'
  AFTER_KEY      NVARCHAR(1000) NULL,     -- the last key that is done
  UNTIL_KEY      NVARCHAR(1000) NULL,     -- where the walk ends; NULL: at the last key
  FIRST_KEY      NVARCHAR(1000) NULL,     -- behind which the walk began; it goes round once
  BATCH_ROWS     BIGINT         NULL,     -- keys per batch, steered toward the time target
  BATCH_BEGAN    DATETIME2(6)   NULL,     -- NULL: there is none to measure
  DEAD           BIGINT         NULL,     -- rows that the last batch found dead
  MOST_ROWS      BIGINT         NULL,     -- rows of its statement that touched most of them
  ALL_DEAD       BIGINT         NULL,     -- sums of the two over the batches of this table: how many rows a key has
  ALL_ROWS       BIGINT         NULL,
  FAILURES       INT            NULL,     -- tries of this batch that were rolled back
  CAREFUL        INT            NULL,     -- batches that do not grow, after a failure
  LAST_ERROR     NVARCHAR(400)  NULL,     -- why a key is passed over; NULL: another session holds it
  CONSTRAINT CLEANUP_LOCK_KEY PRIMARY KEY (RUN_ID),
  CONSTRAINT CLEANUP_LOCK_ONE UNIQUE (PROCEDURE_NAME)
);
GO
-- @end

-- Where a run stopped before it reached the end of a table. The next run goes on there.
-- @statement table CLEANUP_POSITION
IF OBJECT_ID('dbo.CLEANUP_POSITION', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_POSITION (
  PROCEDURE_NAME VARCHAR(128)   NOT NULL,
  TABLE_NAME     VARCHAR(128)   NOT NULL,
  PLACE          NVARCHAR(1000) NOT NULL,
  CONSTRAINT CLEANUP_POSITION_KEY PRIMARY KEY (PROCEDURE_NAME, TABLE_NAME)
);
GO
-- @end

-- Keys that a run passed over because of an error, and which.
-- @statement table CLEANUP_RUN_ERROR
IF OBJECT_ID('dbo.CLEANUP_RUN_ERROR', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_RUN_ERROR (
  RUN_ID     BIGINT        NOT NULL,
  ERROR_ID   BIGINT        NOT NULL IDENTITY(1, 1),
  TABLE_NAME VARCHAR(128)  NOT NULL,
  ROW_KEY    NVARCHAR(400) NOT NULL,
  ERROR      NVARCHAR(400) NOT NULL,
  CONSTRAINT CLEANUP_RUN_ERROR_KEY PRIMARY KEY (RUN_ID, ERROR_ID)
);
GO
-- @end

-- Who made a run rest, and for how long, beside what its duty asks for.
-- @statement table CLEANUP_RUN_REST
IF OBJECT_ID('dbo.CLEANUP_RUN_REST', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_RUN_REST (
  RUN_ID  BIGINT        NOT NULL,
  CAUSE   VARCHAR(40)   NOT NULL,
  REST_MS BIGINT        NOT NULL,
  DETAIL  NVARCHAR(400) NOT NULL,         -- as it was last
  CONSTRAINT CLEANUP_RUN_REST_KEY PRIMARY KEY (RUN_ID, CAUSE)
);
GO
-- @end

-- What became of the copies of a run that were judged once more. All is well if COPIES = LOGGED and WRONG = 0.
-- @statement table CLEANUP_RUN_PROOF
IF OBJECT_ID('dbo.CLEANUP_RUN_PROOF', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_RUN_PROOF (
  RUN_ID     BIGINT       NOT NULL,
  TABLE_NAME VARCHAR(128) NOT NULL,
  LOGGED     BIGINT       NOT NULL,       -- rows that the log says were deleted
  COPIES     BIGINT       NOT NULL,       -- rows that are kept of this run
  WRONG      BIGINT       NOT NULL,       -- those of them that cannot have been dead
  CONSTRAINT CLEANUP_RUN_PROOF_KEY PRIMARY KEY (RUN_ID, TABLE_NAME)
);
GO
-- @end

-- What a cleanup was made for. Each run writes it out of the procedure's own text, once it holds the lock.
-- @statement table CLEANUP_FACT
IF OBJECT_ID('dbo.CLEANUP_FACT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_FACT (
  FACT_ID        BIGINT        NOT NULL IDENTITY(1, 1),
  PROCEDURE_NAME VARCHAR(128)  NOT NULL,
  TABLE_NAME     NVARCHAR(128) NOT NULL,
  BACKUP_NAME    NVARCHAR(128) NULL,      -- the table that keeps its deleted rows
  COLUMN_COUNT   INT           NULL,      -- NULL: no row is deleted from it, but its rows count
  FOREIGN_KEY    NVARCHAR(500) NULL,      -- one that refers to a table from which rows are deleted
  CONSTRAINT CLEANUP_FACT_KEY PRIMARY KEY (PROCEDURE_NAME, FACT_ID)
);
GO
-- @end

-- How the live schema differs from the one that a cleanup was made for; NULL if it does not.
-- Without this a row could be deleted that is not copied as a whole, or that takes uncopied rows with it.
-- @statement procedure CLEANUP_MISFIT
CREATE OR ALTER PROCEDURE dbo.CLEANUP_MISFIT
  @procedure VARCHAR(128),
  @problem   NVARCHAR(400) OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 5445e55a990c692a.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  -- One collation for all names here: that of the catalog need not be that of the database, and two do not mix
  DECLARE @source TABLE (
    NAME NVARCHAR(128) COLLATE Latin1_General_CI_AS NOT NULL, LIVE_ID INT NULL,
    BACKUP_NAME NVARCHAR(128) COLLATE Latin1_General_CI_AS NULL, BACKUP_ID INT NULL, WIDTH INT NULL);
  DECLARE @foreign_key TABLE (
    CHILD NVARCHAR(300) COLLATE Latin1_General_CI_AS NOT NULL,
    WORDS NVARCHAR(500) COLLATE Latin1_General_CI_AS NOT NULL, IS_LIVE INT NOT NULL);

  INSERT INTO @source (NAME, LIVE_ID, BACKUP_NAME, BACKUP_ID, WIDTH)
  SELECT f.TABLE_NAME, OBJECT_ID(QUOTENAME('dbo') + '.' + QUOTENAME(f.TABLE_NAME)), f.BACKUP_NAME,
    OBJECT_ID(QUOTENAME('dbo') + '.' + QUOTENAME(f.BACKUP_NAME)), f.COLUMN_COUNT
  FROM dbo.CLEANUP_FACT AS f
  WHERE f.PROCEDURE_NAME = @procedure AND f.FOREIGN_KEY IS NULL;

  INSERT INTO @foreign_key (CHILD, WORDS, IS_LIVE)
  SELECT f.TABLE_NAME, f.FOREIGN_KEY, 0
  FROM dbo.CLEANUP_FACT AS f
  WHERE f.PROCEDURE_NAME = @procedure AND f.FOREIGN_KEY IS NOT NULL;
  INSERT INTO @foreign_key (CHILD, WORDS, IS_LIVE)
  SELECT
    CASE WHEN SCHEMA_NAME(k.schema_id) = 'dbo' THEN '' ELSE SCHEMA_NAME(k.schema_id) + '.' END
      + OBJECT_NAME(k.parent_object_id),
    CONCAT(COL_NAME(c.parent_object_id, c.parent_column_id), ' -> ', OBJECT_NAME(k.referenced_object_id), ' (',
      COL_NAME(c.referenced_object_id, c.referenced_column_id), ') ',
      CASE
        WHEN k.is_disabled = 1 THEN 'OFF'
        WHEN k.delete_referential_action = 1 THEN 'CASCADE'
        WHEN k.delete_referential_action = 2 THEN 'SET NULL'
        WHEN k.delete_referential_action = 3 THEN 'SET DEFAULT'
        ELSE 'NO ACTION'
      END,
      CASE COUNT(*) OVER (PARTITION BY k.object_id)
        WHEN 1 THEN '' ELSE CONCAT(', one of ', COUNT(*) OVER (PARTITION BY k.object_id))
      END),
    1
  FROM @source AS s
  JOIN sys.foreign_keys AS k ON k.referenced_object_id = s.LIVE_ID
  JOIN sys.foreign_key_columns AS c ON c.constraint_object_id = k.object_id
  WHERE s.WIDTH IS NOT NULL;

  SET @problem = NULL;
  IF NOT EXISTS (SELECT 1 FROM @source)
    SET @problem = 'the cleanup did not say what it was made for';
  -- The catalog shows a caller only what he may see: a key from another schema, or a policy, could be hidden from him
  ELSE IF ISNULL(HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DEFINITION'), 0) = 0 OR EXISTS (
    SELECT 1
    FROM sys.database_permissions AS d
    WHERE d.state = 'D' AND (d.permission_name LIKE 'VIEW%DEFINITION' OR d.permission_name = 'CONTROL')
      AND DATABASE_PRINCIPAL_ID() <> DATABASE_PRINCIPAL_ID('dbo')
      AND (d.grantee_principal_id IN (DATABASE_PRINCIPAL_ID(), DATABASE_PRINCIPAL_ID('public'))
        OR IS_MEMBER(USER_NAME(d.grantee_principal_id)) = 1))
    SET @problem = CONCAT(USER_NAME(), ' may not see all definitions, so foreign keys and policies may be hidden: ',
      'grant VIEW DEFINITION on the database, and deny it nowhere');
  IF @problem IS NOT NULL
    RETURN;
  SELECT TOP (1) @problem = LEFT(p.PROBLEM, 400)
  FROM (
    SELECT CONCAT(s.NAME, ' is no plain table any more, so rows may be hidden') AS PROBLEM
    FROM @source AS s
    WHERE ISNULL(OBJECTPROPERTY(s.LIVE_ID, 'IsUserTable'), 0) = 0
    UNION ALL
    -- Neither what the server computes nor a rowversion (189) can be written, so neither is kept
    SELECT CONCAT(s.BACKUP_NAME, ' does not fit ', s.NAME, ' any more: column ', a.name COLLATE Latin1_General_CI_AS)
    FROM @source AS s
    JOIN sys.columns AS a ON a.object_id = s.LIVE_ID AND a.is_computed = 0 AND a.system_type_id <> 189
    LEFT JOIN sys.columns AS b ON b.object_id = s.BACKUP_ID AND b.name = a.name
    -- An audit has not all columns
    WHERE s.BACKUP_NAME IS NOT NULL AND 1 = CASE
      WHEN b.column_id IS NULL AND CHARINDEX('CLEANUP_AUDIT_', s.BACKUP_NAME) = 1 THEN 0
      WHEN b.user_type_id = a.user_type_id AND b.max_length = a.max_length AND b.precision = a.precision
        AND b.scale = a.scale AND ISNULL(b.collation_name, '') = ISNULL(a.collation_name, '') THEN 0
      ELSE 1
    END
    UNION ALL
    SELECT CONCAT(s.NAME, ' has other columns than when this procedure was made')
    FROM @source AS s
    WHERE s.WIDTH <> (SELECT COUNT(*) FROM sys.columns AS a WHERE a.object_id = s.LIVE_ID)
    UNION ALL
    -- A key that is switched off takes no rows along, and keeps none: it differs from the one that was reviewed
    SELECT CONCAT('the foreign keys from ', k.CHILD, ' are not those that this procedure was made for: ', k.WORDS)
    FROM @foreign_key AS k
    WHERE NOT EXISTS (
      SELECT 1 FROM @foreign_key AS o WHERE o.CHILD = k.CHILD AND o.WORDS = k.WORDS AND o.IS_LIVE <> k.IS_LIVE)
    UNION ALL
    -- A row that is hidden seems to be gone, and what it kept would go; a masked value would be copied as its mask
    SELECT CONCAT('row-level security (', y.name COLLATE Latin1_General_CI_AS, ') may hide rows of ', s.NAME)
    FROM @source AS s
    JOIN sys.security_predicates AS r ON r.target_object_id = s.LIVE_ID
    JOIN sys.security_policies AS y ON y.object_id = r.object_id AND y.is_enabled = 1
    UNION ALL
    SELECT CONCAT(s.NAME, ' has a masked, encrypted or generated column: ', a.name COLLATE Latin1_General_CI_AS)
    FROM @source AS s
    JOIN sys.columns AS a ON a.object_id = s.LIVE_ID
    WHERE a.is_masked = 1 OR a.encryption_type IS NOT NULL OR a.generated_always_type <> 0
    UNION ALL
    -- Such a trigger may leave a row in the table that OUTPUT reports, and copies, as deleted
    SELECT CONCAT('an INSTEAD OF trigger (', g.name COLLATE Latin1_General_CI_AS, ') stands on ', s.NAME)
    FROM @source AS s
    JOIN sys.triggers AS g ON g.parent_id = s.LIVE_ID AND g.is_instead_of_trigger = 1 AND g.is_disabled = 0
    WHERE s.WIDTH IS NOT NULL
  ) AS p
  ORDER BY p.PROBLEM;
END;
GO
-- @end

-- What the tables of a cleanup are like, as a text of numbers that is another one once a column, a foreign key, a
-- trigger or a policy came, went or was altered.
-- @statement procedure CLEANUP_SHAPE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_SHAPE
  @procedure VARCHAR(128),
  @shape     VARCHAR(400) OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 156de3b45c1cbaf6.
  SET NOCOUNT ON;
  DECLARE @source TABLE (ID INT NOT NULL);
  INSERT INTO @source (ID)
  SELECT s.ID
  FROM (
    SELECT DISTINCT OBJECT_ID(QUOTENAME('dbo') + '.' + QUOTENAME(f.TABLE_NAME)) AS ID
    FROM dbo.CLEANUP_FACT AS f
    WHERE f.PROCEDURE_NAME = @procedure
  ) AS s
  WHERE s.ID IS NOT NULL;
  SELECT @shape = CONCAT(
    (SELECT COUNT(*) FROM @source),
    ' ', (
      SELECT CONCAT(COUNT(*), ' ', SUM(CAST(a.max_length AS BIGINT)), ' ', SUM(CAST(a.user_type_id AS BIGINT)), ' ',
        SUM(100 * a.precision + a.scale), ' ', SUM(CAST(a.is_masked AS INT)), ' ',
        SUM(CASE WHEN a.encryption_type IS NULL THEN 0 ELSE 1 END))
      FROM @source AS s
      JOIN sys.columns AS a ON a.object_id = s.ID),
    ' ', (
      SELECT CONCAT(COUNT(*), ' ', SUM(CAST(k.object_id AS BIGINT)), ' ', SUM(CAST(k.is_disabled AS INT)))
      FROM @source AS s
      JOIN sys.foreign_keys AS k ON k.referenced_object_id = s.ID),
    ' ', (
      SELECT CONCAT(COUNT(*), ' ', SUM(CAST(g.is_disabled AS INT)))
      FROM @source AS s
      JOIN sys.triggers AS g ON g.parent_id = s.ID),
    ' ', (
      SELECT COUNT(*)
      FROM @source AS s
      JOIN sys.security_predicates AS r ON r.target_object_id = s.ID
      JOIN sys.security_policies AS y ON y.object_id = r.object_id AND y.is_enabled = 1));
END;
GO
-- @end

-- Begins a run. @run_id stays NULL if another run is going on.
-- @statement procedure CLEANUP_BEGIN
CREATE OR ALTER PROCEDURE dbo.CLEANUP_BEGIN
  @procedure   VARCHAR(128),
  @restore     VARCHAR(128),
  @kit_version INT,
  @lock        NVARCHAR(255),
  @dry_by_call BIT,
  @run_id      BIGINT       OUTPUT,
  @started     DATETIME2(6) OUTPUT,
  @dry_run     VARCHAR(3)   OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 63447c47c1c50758.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE
    @granted INT, @problem NVARCHAR(400),
    @caller NVARCHAR(256) = CONCAT(ORIGINAL_LOGIN(), ', session ', @@SPID);
  SET @run_id = NULL;
  SET @started = SYSUTCDATETIME();
  IF @kit_version <> 4
  BEGIN
    SET @problem = CONCAT(
      @procedure, ' was made for version ', @kit_version, ' of the kit, and this is version ', 4);
    -- THROW reads % as the beginning of a format
    SET @problem = REPLACE(@problem, '%', '%%');
    THROW 50000, @problem, 1;
  END;

  -- If a client cancels its call, the lock stays with the session. If that is this session, no run holds it any more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  SET @granted = CASE APPLOCK_TEST('public', @lock, 'Exclusive', 'Session') WHEN 0 THEN -1 ELSE 0 END;
  IF @granted = 0
    EXEC @granted = sys.sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session',
        @LockTimeout = 0;
  IF @granted < 0
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (@procedure, @caller, @started, @started, 'skipped', CONCAT('already running', ': ' + (
      SELECT MAX(r.STARTED_BY)
      FROM dbo.CLEANUP_RUN AS r
      WHERE r.PROCEDURE_NAME IN (@procedure, @restore) AND r.STATUS = 'running')));
    RETURN;
  END;

  BEGIN TRY
    -- With the lock in hand: what still says running is of a session that is gone
    UPDATE dbo.CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = @started
    WHERE PROCEDURE_NAME IN (@procedure, @restore) AND STATUS = 'running';

    -- READPAST passes over a row that is being changed, as an operator's open UPDATE must not stop a run; with row
    -- versions (RCSI) only READCOMMITTEDLOCK lets it see that the row is being changed. If that row is
    -- dry_run itself, the run is dry: by a value that is not committed nothing is deleted
    SET @dry_run = CASE
      WHEN @dry_by_call = 1 THEN 'yes'
      WHEN EXISTS (
        SELECT 1 FROM dbo.CLEANUP_SETTING AS s WITH (READPAST, READCOMMITTEDLOCK)
        WHERE s.PROCEDURE_NAME = @procedure AND s.NAME = 'dry_run' AND s.VALUE = 'no')
      THEN 'no'
      WHEN EXISTS (
        SELECT 1 FROM dbo.CLEANUP_SETTING AS s WITH (NOLOCK)
        WHERE s.PROCEDURE_NAME = @procedure AND s.NAME = 'dry_run')
      THEN 'yes'
      ELSE 'no'
    END;
    -- A stop that was asked of an earlier run is used up here
    UPDATE dbo.CLEANUP_SETTING WITH (READPAST, READCOMMITTEDLOCK)
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = @procedure AND NAME = 'stop_requested' AND VALUE = 'yes';

    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, DRY_RUN, STATUS)
    VALUES (@procedure, @caller, @started, @dry_run, 'running');
    SET @run_id = SCOPE_IDENTITY();
    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = @procedure;
    -- FORCESEEK: of the rows of other cleanups, which their batches lock, none is looked at
    DELETE l FROM dbo.CLEANUP_LOCK AS l WITH (FORCESEEK) WHERE l.PROCEDURE_NAME = @procedure;
    INSERT INTO dbo.CLEANUP_LOCK
      (PROCEDURE_NAME, RUN_ID, STARTED, STATUS, WHY, DRY_RUN, PASSED_OVER, ERRORS, STEP, FAILURES, CAREFUL)
    VALUES (@procedure, @run_id, @started, 'running', 'done', @dry_run, 0, 0, 0, 0, 0);
  END TRY
  BEGIN CATCH
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
    SET @problem = LEFT(CONCAT('error ', ERROR_NUMBER(), ': ', ERROR_MESSAGE()), 400);
    IF @run_id IS NULL
      INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
      VALUES (@procedure, @caller, @started, SYSUTCDATETIME(), 'failed', @problem);
    ELSE
      UPDATE dbo.CLEANUP_RUN
      SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'failed', WHY_STOPPED = @problem
      WHERE RUN_ID = @run_id;
    THROW;
  END CATCH;
END;
GO
-- @end

-- Once the cleanup has said what it was made for: raises an error if the schema does not fit.
-- @statement procedure CLEANUP_CHECK
CREATE OR ALTER PROCEDURE dbo.CLEANUP_CHECK
  @run_id BIGINT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 8ba9744c5ac1d2c9.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE
    @procedure VARCHAR(128), @problem NVARCHAR(400), @shape VARCHAR(400), @backup NVARCHAR(128) = '', @is_taken INT,
    @sql NVARCHAR(1000);
  SELECT @procedure = l.PROCEDURE_NAME FROM dbo.CLEANUP_LOCK AS l WHERE l.RUN_ID = @run_id;
  EXEC dbo.CLEANUP_SHAPE @procedure, @shape OUTPUT;
  EXEC dbo.CLEANUP_MISFIT @procedure, @problem OUTPUT;

  -- Rows that are kept under this number or a later one could not be told from those of this run
  WHILE @problem IS NULL AND @backup IS NOT NULL
  BEGIN
    SELECT @backup = MIN(f.BACKUP_NAME)
    FROM dbo.CLEANUP_FACT AS f
    WHERE f.PROCEDURE_NAME = @procedure AND f.BACKUP_NAME > @backup;
    SET @sql = N'SELECT @is_taken = COUNT(*) FROM (SELECT TOP (1) RUN_ID FROM '
      + QUOTENAME('dbo') + N'.' + QUOTENAME(@backup) + N' WHERE RUN_ID >= @run_id) AS k';
    SET @is_taken = 0;
    IF @backup IS NOT NULL
      EXEC sys.sp_executesql @sql, N'@run_id BIGINT, @is_taken INT OUTPUT', @run_id, @is_taken OUTPUT;
    IF @is_taken > 0
      SET @problem = CONCAT('kept rows have run number ', @run_id, ' or a later one, since the log was lost');
  END;
  IF @problem IS NOT NULL
  BEGIN
    SET @problem = LEFT(CONCAT(@procedure, ' did not start, and nothing was deleted: ', @problem), 400);
    SET @problem = REPLACE(@problem, '%', '%%');
    THROW 50000, @problem, 1;
  END;

  INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
  SELECT @run_id, f.TABLE_NAME
  FROM dbo.CLEANUP_FACT AS f
  WHERE f.PROCEDURE_NAME = @procedure AND f.BACKUP_NAME IS NOT NULL;
  UPDATE dbo.CLEANUP_LOCK
  SET BUDGET_BEGAN = SYSUTCDATETIME(), FIT_CHECKED = SYSUTCDATETIME(), SHAPE = @shape
  WHERE RUN_ID = @run_id;
END;
GO
-- @end

-- Turns to a table. @walk: along a 'key' or a 'list'; by 'limit', the first dead rows again and again; 'own', the same
-- for a table of deepclean's. @task: what comes first, 'list' or 'delete'.
-- @statement procedure CLEANUP_OPEN
CREATE OR ALTER PROCEDURE dbo.CLEANUP_OPEN
  @run_id     BIGINT,
  @step       INT,
  @table      VARCHAR(128),
  @walk       VARCHAR(10),
  @task       VARCHAR(10),
  @enabled_by VARCHAR(64)
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 99c259c5e1e5111e.
  SET NOCOUNT ON;
  DECLARE @place NVARCHAR(1000);
  IF @walk <> 'own'
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    SELECT @run_id, @table
    WHERE NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN_STEP AS s WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = @table);
  IF @walk = 'key'
    SELECT @place = p.PLACE
    FROM dbo.CLEANUP_LOCK AS l
    JOIN dbo.CLEANUP_POSITION AS p ON p.PROCEDURE_NAME = l.PROCEDURE_NAME AND p.TABLE_NAME = @table
    WHERE l.RUN_ID = @run_id;
  UPDATE dbo.CLEANUP_LOCK
  SET STEP = @step, TABLE_NAME = @table, WALK = @walk, TASK = @task, ENABLED_BY = @enabled_by, AFTER_KEY = @place,
      UNTIL_KEY = NULL, FIRST_KEY = @place, BATCH_ROWS = 200, BATCH_BEGAN = NULL, DEAD = 0, MOST_ROWS = 0,
      ALL_DEAD = 0, ALL_ROWS = 0, FAILURES = 0, CAREFUL = 0
  WHERE RUN_ID = @run_id;
END;
GO
-- @end

-- How the server is, at most once a second: whether somebody is to be spared, or hardly anybody else works. What the
-- caller may not see does not count: VIEW SERVER STATE shows all of it. The views of the server are asked in a
-- statement of their own, since a TRY does not catch it if one is not there.
-- @statement procedure CLEANUP_LOOK
CREATE OR ALTER PROCEDURE dbo.CLEANUP_LOOK
  @run_id    BIGINT,
  @is_quiet  BIT           OUTPUT,
  @rests_for VARCHAR(40)   OUTPUT,
  @detail    NVARCHAR(400) OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 2d1d1bdd6d503453.
  SET NOCOUNT ON;
  DECLARE
    @procedure VARCHAR(128), @looked DATETIME2(6), @earlier BIGINT, @now DATETIME2(6) = SYSUTCDATETIME(),
    @ms BIGINT, @requests BIGINT, @sessions BIGINT, @lag BIGINT, @replica NVARCHAR(256), @most_sessions BIGINT,
    @most_lag BIGINT, @quiet BIGINT;
  SELECT @procedure = l.PROCEDURE_NAME, @looked = l.LOOKED, @earlier = l.REQUESTS, @is_quiet = ISNULL(l.IS_QUIET, 0),
    @rests_for = l.RESTS_FOR, @detail = l.RESTS_DETAIL
  FROM dbo.CLEANUP_LOCK AS l
  WHERE l.RUN_ID = @run_id;
  SET @ms = DATEDIFF_BIG(MILLISECOND, @looked, @now);
  IF @ms >= 0 AND @ms < 1000
    RETURN;

  IF HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1
  BEGIN TRY
    EXEC sys.sp_executesql N'SELECT @requests = MAX(c.cntr_value)
      FROM sys.dm_os_performance_counters AS c
      WHERE c.counter_name = ''Batch Requests/sec'';
      SELECT @sessions = COUNT(*)
      FROM sys.dm_exec_sessions AS s
      WHERE s.is_user_process = 1 AND s.status = N''running'' AND s.session_id <> @@SPID;
      SELECT TOP (1) @lag = d.secondary_lag_seconds, @replica = r.replica_server_name
      FROM sys.dm_hadr_database_replica_states AS d
      LEFT JOIN sys.dm_hadr_availability_replica_cluster_states AS r ON r.replica_id = d.replica_id
      WHERE d.database_id = DB_ID() AND d.is_local = 0
      ORDER BY d.secondary_lag_seconds DESC;',
      N'@requests BIGINT OUTPUT, @sessions BIGINT OUTPUT, @lag BIGINT OUTPUT, @replica NVARCHAR(256) OUTPUT',
      @requests OUTPUT, @sessions OUTPUT, @lag OUTPUT, @replica OUTPUT;
  END TRY
  BEGIN CATCH
    SET @requests = NULL;
  END CATCH;
  SELECT
    @most_sessions = ISNULL(
      NULLIF(MAX(CASE NAME WHEN 'running_sessions_maximum' THEN VALUE ELSE '' END), ''),
      '0'),
    @most_lag = ISNULL(
      NULLIF(MAX(CASE NAME WHEN 'replica_lag_maximum_seconds' THEN VALUE ELSE '' END), ''),
      '10'),
    @quiet = ISNULL(
      NULLIF(MAX(CASE NAME WHEN 'quiet_requests_per_second' THEN VALUE ELSE '' END), ''),
      '10')
  FROM dbo.CLEANUP_SETTING WITH (NOLOCK)
  WHERE PROCEDURE_NAME = @procedure;

  SET @is_quiet = CASE WHEN (@requests - @earlier) * 1000 < @quiet * @ms THEN 1 ELSE 0 END;
  SET @rests_for = CASE
    WHEN @most_lag > 0 AND @lag > @most_lag THEN 'replica lag'
    WHEN @most_sessions > 0 AND @sessions > @most_sessions THEN 'running sessions'
  END;
  SET @detail = CASE @rests_for
    WHEN 'replica lag' THEN CONCAT('replica ', @replica, ' is ', @lag, ' s behind')
    WHEN 'running sessions' THEN CONCAT(@sessions, ' sessions are running')
  END;
  UPDATE dbo.CLEANUP_LOCK
  SET LOOKED = @now, REQUESTS = @requests, IS_QUIET = @is_quiet, RESTS_FOR = @rests_for, RESTS_DETAIL = @detail
  WHERE RUN_ID = @run_id;
END;
GO
-- @end

-- Which batch comes next. @task is NULL if the table is done, or the run may not go on; 'open' if the table is to be
-- turned to. The batch is of keys behind @after and not behind @until, if these are not NULL.
-- @statement procedure CLEANUP_NEXT
CREATE OR ALTER PROCEDURE dbo.CLEANUP_NEXT
  @run_id BIGINT,
  @lock   NVARCHAR(255),
  @step   INT,
  @task   VARCHAR(10)    OUTPUT,
  @rows   BIGINT         OUTPUT,
  @after  NVARCHAR(1000) OUTPUT,
  @until  NVARCHAR(1000) OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 32fca29f2fb2f1ce.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE
    @procedure VARCHAR(128), @table VARCHAR(128), @enabled_by VARCHAR(64), @enabled VARCHAR(255), @current INT,
    @budget_began DATETIME2(6), @fit_checked DATETIME2(6), @began DATETIME2(6), @failures INT, @careful INT,
    @dead BIGINT, @per_key FLOAT, @target_ms INT, @rows_min BIGINT, @rows_max BIGINT, @duty_percent INT, @pause_ms INT,
    @rest_ms BIGINT, @rested_ms BIGINT = 0, @hold_until BIGINT, @is_quiet BIT, @rests_for VARCHAR(40),
    @detail NVARCHAR(400), @delay DATETIME, @ms BIGINT,
    @factor FLOAT, @time CHAR(5), @dry_run VARCHAR(3), @why NVARCHAR(400), @problem NVARCHAR(400),
    @shape VARCHAR(400), @last_task VARCHAR(10) = ISNULL(@task, '');
  SET @task = NULL;
  SELECT @procedure = l.PROCEDURE_NAME, @current = l.STEP, @table = l.TABLE_NAME, @enabled_by = l.ENABLED_BY,
    @budget_began = l.BUDGET_BEGAN, @fit_checked = l.FIT_CHECKED, @began = l.BATCH_BEGAN, @failures = l.FAILURES,
    @careful = l.CAREFUL, @dead = l.DEAD, @rows = l.BATCH_ROWS, @dry_run = l.DRY_RUN,
    @per_key = (
      SELECT MAX(k.ROWS_PER_KEY)
      FROM (VALUES
        (CASE l.ALL_DEAD WHEN 0 THEN 5.0 ELSE 1.0 END),
        (1.0 * l.ALL_ROWS / NULLIF(l.ALL_DEAD, 0)),
        (1.0 * l.MOST_ROWS / NULLIF(l.DEAD, 0))
      ) AS k (ROWS_PER_KEY)
      WHERE k.ROWS_PER_KEY IS NOT NULL)
  FROM dbo.CLEANUP_LOCK AS l
  WHERE l.RUN_ID = @run_id AND l.STATUS = 'running' AND l.BUDGET_BEGAN IS NOT NULL;
  IF @procedure IS NULL
    RETURN;
  -- Without its lock another run could begin beside this one
  IF APPLOCK_MODE('public', @lock, 'Session') <> 'Exclusive'
  BEGIN
    UPDATE dbo.CLEANUP_LOCK SET STATUS = 'failed', WHY = 'its session lost the lock of the run' WHERE RUN_ID = @run_id;
    RETURN;
  END;

  -- Measure the batch that was committed, its COMMIT included, before anything rests
  SET @ms = DATEDIFF_BIG(MILLISECOND, @began, SYSUTCDATETIME());
  IF @ms IS NOT NULL AND @last_task <> 'list'
    UPDATE dbo.CLEANUP_RUN_STEP
    SET LONGEST_BATCH_MS = @ms
    WHERE RUN_ID = @run_id AND TABLE_NAME = @table AND LONGEST_BATCH_MS < @ms;
  IF @table IS NULL AND @current = @step
    RETURN;

  -- Rests in proportion to the last batch and its commit, or for a moment after one that failed; and as long as
  -- somebody is to be spared, or holds it. It does so a second at a time, and looks in between whether it is to stop.
  -- No transaction is open meanwhile.
  -- NOLOCK: an operator's open UPDATE must not stop a run. '' is a missing row: NULL in an aggregate makes a warning
  WHILE 1 = 1
  BEGIN
    SET @time = CONVERT(CHAR(5), SYSUTCDATETIME(), 108);
    SELECT
      @target_ms = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'batch_target_ms' THEN VALUE ELSE '' END), ''), '50'),
      @rows_min = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'batch_rows_minimum' THEN VALUE ELSE '' END), ''), '50'),
      @rows_max = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'batch_rows_maximum' THEN VALUE ELSE '' END), ''), '2000'),
      @duty_percent = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'duty_percent' THEN VALUE ELSE '' END), ''), '25'),
      @pause_ms = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'pause_ms' THEN VALUE ELSE '' END), ''), '0'),
      @hold_until = MAX(CASE NAME WHEN 'hold_until_epoch_seconds' THEN CAST(VALUE AS BIGINT) ELSE 0 END),
      @enabled = MAX(CASE NAME WHEN @enabled_by THEN VALUE ELSE '' END),
      @why = CASE
        WHEN MAX(CASE NAME WHEN 'enabled' THEN VALUE ELSE '' END) = 'no' THEN 'switched off'
        WHEN MAX(CASE NAME WHEN 'stop_requested' THEN VALUE ELSE '' END) = 'yes' THEN 'stop requested'
        WHEN @dry_run = 'no' AND MAX(CASE NAME WHEN 'dry_run' THEN VALUE ELSE '' END) = 'yes' THEN 'dry run requested'
        WHEN DATEDIFF_BIG(MILLISECOND, @budget_began, SYSUTCDATETIME()) >= 1000 * ISNULL(
          NULLIF(MAX(CASE NAME WHEN 'time_budget_seconds' THEN CAST(VALUE AS BIGINT) ELSE 0 END), 0),
          3600)
        THEN 'time budget'
        WHEN MAX(CASE
          WHEN NAME <> 'window' OR VALUE = 'always' THEN 0
          WHEN LEFT(VALUE, 5) < RIGHT(VALUE, 5)
          THEN CASE WHEN @time < LEFT(VALUE, 5) OR @time >= RIGHT(VALUE, 5) THEN 1 ELSE 0 END
          WHEN @time >= RIGHT(VALUE, 5) AND @time < LEFT(VALUE, 5) THEN 1
          ELSE 0
        END) = 1 THEN 'outside window'
        ELSE 'done'
      END
    FROM dbo.CLEANUP_SETTING WITH (NOLOCK)
    WHERE PROCEDURE_NAME = @procedure;

    EXEC dbo.CLEANUP_LOOK @run_id, @is_quiet OUTPUT, @rests_for OUTPUT, @detail OUTPUT;
    IF @hold_until > DATEDIFF_BIG(SECOND, '19700101', SYSUTCDATETIME())
      SELECT @rests_for = 'hold', @detail = 'hold_until_epoch_seconds is not over';
    SET @rest_ms = ISNULL(@ms, 0) * (100 - @duty_percent) / CASE WHEN @duty_percent < 1 THEN 1 ELSE @duty_percent END;
    IF @is_quiet = 1
      SET @rest_ms = 0;
    SET @rest_ms = CASE
      WHEN @current <> @step THEN 0 WHEN @failures > 0 THEN 50 WHEN @rest_ms < @pause_ms THEN @pause_ms
      WHEN @rest_ms > 60000 THEN 60000 ELSE @rest_ms
    END - @rested_ms;
    IF @why <> 'done' OR (@rest_ms <= 0 AND @rests_for IS NULL)
      BREAK;
    IF @rest_ms > 1000 OR @rests_for IS NOT NULL
      SET @rest_ms = 1000;
    IF @rests_for IS NOT NULL
    BEGIN
      UPDATE dbo.CLEANUP_RUN_REST
      SET REST_MS = REST_MS + @rest_ms, DETAIL = @detail
      WHERE RUN_ID = @run_id AND CAUSE = @rests_for;
      IF @@ROWCOUNT = 0
        INSERT INTO dbo.CLEANUP_RUN_REST (RUN_ID, CAUSE, REST_MS, DETAIL) VALUES (@run_id, @rests_for, @rest_ms,
            @detail);
    END;
    SET @rested_ms = @rested_ms + @rest_ms;
    SET @delay = DATEADD(MILLISECOND, @rest_ms, CAST('19000101' AS DATETIME));
    WAITFOR DELAY @delay;
  END;

  -- The schema may change under a long run. Its shape is read first: each batch compares it at its end
  IF @why = 'done' AND (@failures > 0 OR DATEDIFF_BIG(MILLISECOND, @fit_checked, SYSUTCDATETIME()) > 2000)
  BEGIN
    SET @fit_checked = SYSUTCDATETIME();
    EXEC dbo.CLEANUP_SHAPE @procedure, @shape OUTPUT;
    EXEC dbo.CLEANUP_MISFIT @procedure, @problem OUTPUT;
  END;
  IF @why <> 'done' OR @problem IS NOT NULL
  BEGIN
    UPDATE dbo.CLEANUP_LOCK
    SET STATUS = CASE WHEN @problem IS NULL THEN 'stopped' ELSE 'failed' END, WHY = ISNULL(@problem, @why)
    WHERE RUN_ID = @run_id;
    RETURN;
  END;
  IF @current <> @step
  BEGIN
    SET @task = 'open';
    RETURN;
  END;
  IF @enabled_by IS NOT NULL AND @enabled <> 'yes'
  BEGIN
    UPDATE dbo.CLEANUP_LOCK SET TABLE_NAME = NULL WHERE RUN_ID = @run_id;
    RETURN;
  END;

  -- Steer, unless the last batch made the list. Rows that live cost little: a range of them must not make the next
  -- batch, of dead ones, too large. A dead key has so many rows, in the batches so far or in the last one, or five as
  -- long as none was found: were all keys of a batch dead, no statement of it should touch more than the maximum, since
  -- one that holds 5000 locks locks the table
  SET @factor = 1.0 * @target_ms / CASE WHEN @ms < 1 THEN 1 ELSE @ms END;
  IF @last_task <> 'list'
    AND (@ms > @target_ms OR (@careful = 0 AND @ms IS NOT NULL AND (@dead * 2 >= @rows OR @rows < 5000)))
    SET @rows = 1 + @rows * CASE WHEN @factor < 0.5 THEN 0.5 WHEN @factor > 4 THEN 4 ELSE @factor END;
  IF @rows < @rows_min AND @failures = 0 AND @careful = 0
    SET @rows = @rows_min;
  IF @rows > @rows_max / @per_key
    SET @rows = @rows_max / @per_key;
  IF @rows < 1
    SET @rows = 1;
  UPDATE dbo.CLEANUP_LOCK
  SET BATCH_ROWS = @rows, BATCH_BEGAN = SYSUTCDATETIME(), FIT_CHECKED = @fit_checked, SHAPE = ISNULL(@shape, SHAPE),
      DEAD = 0, MOST_ROWS = 0
  WHERE RUN_ID = @run_id;
  SELECT @task = l.TASK, @after = l.AFTER_KEY, @until = l.UNTIL_KEY FROM dbo.CLEANUP_LOCK AS l WHERE l.RUN_ID = @run_id;
END;
GO
-- @end

-- Counts rows of another table that went with a batch; @reason: why, if they have a reason of their own.
-- @statement procedure CLEANUP_COPIED
CREATE OR ALTER PROCEDURE dbo.CLEANUP_COPIED
  @run_id BIGINT,
  @table  VARCHAR(128),
  @reason VARCHAR(40),
  @rows   BIGINT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 4a4c53d51556c8df.
  SET NOCOUNT ON;
  IF @rows = 0
    RETURN;
  UPDATE dbo.CLEANUP_LOCK SET MOST_ROWS = @rows WHERE RUN_ID = @run_id AND MOST_ROWS < @rows;
  UPDATE dbo.CLEANUP_RUN_STEP SET DELETED = DELETED + @rows WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
  IF @@ROWCOUNT = 0
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, DELETED) VALUES (@run_id, @table, @rows);
  UPDATE dbo.CLEANUP_RUN_REASON
  SET DELETED = DELETED + @rows
  WHERE RUN_ID = @run_id AND TABLE_NAME = @table AND REASON = @reason;
END;
GO
-- @end

-- At the end of a batch, in its transaction: the log, and where the walk stands. Raises an error unless all dead rows
-- went. @upto: the last key of the batch, NULL if there was none.
-- @statement procedure CLEANUP_DONE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_DONE
  @run_id  BIGINT,
  @upto    NVARCHAR(1000),
  @seen    BIGINT,
  @dead    BIGINT,
  @copied  BIGINT,
  @deleted BIGINT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 54d4a656e0cb3854.
  SET NOCOUNT ON;
  DECLARE
    @procedure VARCHAR(128), @table VARCHAR(128), @walk VARCHAR(10), @task VARCHAR(10), @dry_run VARCHAR(3),
    @rows BIGINT, @after NVARCHAR(1000), @first NVARCHAR(1000), @error NVARCHAR(400), @is_over BIT,
    @checked VARCHAR(400), @shape VARCHAR(400);
  SELECT @procedure = l.PROCEDURE_NAME, @table = l.TABLE_NAME, @walk = l.WALK, @task = l.TASK, @dry_run = l.DRY_RUN,
    @rows = l.BATCH_ROWS, @after = l.AFTER_KEY, @first = l.FIRST_KEY, @error = l.LAST_ERROR, @checked = l.SHAPE
  FROM dbo.CLEANUP_LOCK AS l
  WHERE l.RUN_ID = @run_id AND l.STATUS = 'running';
  IF @procedure IS NULL
    THROW 51205, 'another run took over', 1;
  IF @task = 'list'
  BEGIN
    UPDATE dbo.CLEANUP_LOCK SET TASK = 'delete', FAILURES = 0 WHERE RUN_ID = @run_id;
    RETURN;
  END;
  IF (@deleted <> @dead OR @copied <> @deleted) AND (@dry_run = 'no' OR @walk = 'own')
    THROW 51205, 'another session changed rows of this batch', 1;
  -- What the batch has touched nobody can alter any more until it is committed; before it did, somebody may have
  IF @deleted > 0 AND @walk <> 'own'
  BEGIN
    EXEC dbo.CLEANUP_SHAPE @procedure, @shape OUTPUT;
    IF @shape <> @checked
      THROW 51205, 'the schema changed since it was checked', 1;
  END;
  IF @upto = @after COLLATE Latin1_General_BIN2
    THROW 51206, 'the walk does not come forward: its key cannot be told as text', 1;

  IF @task = 'pass over' AND @error IS NOT NULL
    INSERT INTO dbo.CLEANUP_RUN_ERROR (RUN_ID, TABLE_NAME, ROW_KEY, ERROR)
    VALUES (@run_id, @table, ISNULL(LEFT(@upto, 400), '?'), @error);
  UPDATE dbo.CLEANUP_RUN_STEP
  SET SEEN = SEEN + @seen, DELETED = DELETED + @dead, BATCHES = BATCHES + 1
  WHERE RUN_ID = @run_id AND TABLE_NAME = @table AND (@seen > 0 OR @dead > 0);

  SET @is_over = CASE
    WHEN @walk NOT IN ('limit', 'own') THEN CASE WHEN @upto IS NULL AND @first IS NULL THEN 1 ELSE 0 END
    WHEN @dead < @rows OR @task = 'pass over' OR (@dry_run = 'yes' AND @walk = 'limit') THEN 1
    ELSE 0
  END;
  IF @walk = 'key' AND @dry_run = 'no' AND (@is_over = 1 OR @upto IS NOT NULL)
  BEGIN
    DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = @procedure AND TABLE_NAME = @table;
    IF @is_over = 0
      INSERT INTO dbo.CLEANUP_POSITION (PROCEDURE_NAME, TABLE_NAME, PLACE) VALUES (@procedure, @table, @upto);
  END;

  -- At the last key the walk goes on before the first, up to where it began
  UPDATE dbo.CLEANUP_LOCK
  SET TABLE_NAME = CASE @is_over WHEN 1 THEN NULL ELSE @table END,
      AFTER_KEY = @upto,
      UNTIL_KEY = CASE WHEN @upto IS NULL THEN FIRST_KEY ELSE UNTIL_KEY END,
      FIRST_KEY = CASE WHEN @upto IS NULL THEN NULL ELSE FIRST_KEY END,
      DEAD = @dead,
      MOST_ROWS = CASE WHEN @dead > MOST_ROWS THEN @dead ELSE MOST_ROWS END,
      ALL_DEAD = ALL_DEAD + @dead,
      ALL_ROWS = ALL_ROWS + CASE WHEN @dead > MOST_ROWS THEN @dead ELSE MOST_ROWS END,
      PASSED_OVER = PASSED_OVER + CASE WHEN @task = 'pass over' AND @error IS NULL THEN 1 ELSE 0 END,
      ERRORS = ERRORS + CASE WHEN @task = 'pass over' AND @error IS NOT NULL THEN 1 ELSE 0 END,
      TASK = 'delete',
      FAILURES = 0,
      CAREFUL = CASE WHEN CAREFUL > 0 AND @task = 'delete' THEN CAREFUL - 1 ELSE 0 END
  WHERE RUN_ID = @run_id;
END;
GO
-- @end

-- After a batch that was rolled back, inside of the caller's CATCH. If another session was in the way, or a row raised
-- an error: the same again with a sixteenth of the keys, down to a single one, which is passed over if it fails again.
-- Anything else ends the run.
-- @statement procedure CLEANUP_FAILED
CREATE OR ALTER PROCEDURE dbo.CLEANUP_FAILED
  @run_id BIGINT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 8580fb776e9198c2.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE
    @number INT = ERROR_NUMBER(),
    @error  NVARCHAR(400) = LEFT(CONCAT('error ', ERROR_NUMBER(), ': ', ERROR_MESSAGE()), 400),
    @busy   BIT = 0,
    @own    BIT = 0,
    @table  VARCHAR(128);
  -- Deadlock, lock timeout, a scan that lost its place, a batch not as chosen
  IF @number IN (1205, 1222, 601, 51205)
    SET @busy = 1;
  -- A row's own fault: a row that refers to it and stays, other constraints, what a value cannot be turned into, what a
  -- trigger raises or rolls back
  ELSE IF @number > 51206 OR @number BETWEEN 50000 AND 51204 OR @number IN (
    220, 232, 241, 242, 244, 245, 248, 295, 296, 512, 515, 517, 535, 547, 550, 2601, 2627, 2628, 3609, 3616, 3930, 8114,
    8115, 8134, 8152)
    SET @own = 1;
  SELECT @table = l.TABLE_NAME FROM dbo.CLEANUP_LOCK AS l WHERE l.RUN_ID = @run_id;
  UPDATE dbo.CLEANUP_RUN_STEP SET RETRIES = RETRIES + 1 WHERE RUN_ID = @run_id AND TABLE_NAME = @table;
  UPDATE dbo.CLEANUP_LOCK
  SET STATUS = 'failed', WHY = @error
  WHERE RUN_ID = @run_id AND STATUS = 'running'
    AND (@busy = 0 AND (@own = 0 OR TASK = 'list') OR ERRORS >= 100 OR FAILURES >= 100);
  UPDATE dbo.CLEANUP_LOCK
  SET FAILURES = FAILURES + 1,
      CAREFUL = 20,
      BATCH_BEGAN = NULL,
      TASK = CASE WHEN TASK = 'delete' AND BATCH_ROWS = 1 THEN 'pass over' ELSE TASK END,
      BATCH_ROWS = CASE WHEN BATCH_ROWS > 16 THEN BATCH_ROWS / 16 ELSE 1 END,
      LAST_ERROR = CASE WHEN TASK = 'pass over' THEN LAST_ERROR WHEN @busy = 1 THEN NULL ELSE @error END
  WHERE RUN_ID = @run_id AND STATUS = 'running';
END;
GO
-- @end

-- Deletes rows of runs from a table of deepclean's own, batch by batch. Only the caller knows from which table, so the
-- statement is put together here; its one variable part is that name.
-- @statement procedure CLEANUP_EMPTIED
CREATE OR ALTER PROCEDURE dbo.CLEANUP_EMPTIED
  @run_id     BIGINT,
  @lock       NVARCHAR(255),
  @step       INT,
  @table      NVARCHAR(128),
  @from_run   BIGINT,
  @before_run BIGINT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text fd247b68f4392456.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 1000;
  DECLARE
    @task VARCHAR(10) = '', @rows BIGINT, @deleted BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000),
    @sql NVARCHAR(1000);
  SET @sql = N'DELETE TOP (@rows) FROM ' + QUOTENAME('dbo') + N'.' + QUOTENAME(@table)
    + N' WHERE RUN_ID >= @from_run AND RUN_ID < ISNULL(@before_run, @from_run + 1); SET @deleted = @@ROWCOUNT;';
  WHILE @task IS NOT NULL
  BEGIN
    EXEC dbo.CLEANUP_NEXT @run_id, @lock, @step, @task OUTPUT, @rows OUTPUT, @after OUTPUT, @until OUTPUT;
    BEGIN TRY
      BEGIN TRANSACTION;
      IF @task = 'open'
        EXEC dbo.CLEANUP_OPEN @run_id, @step, @table, 'own', 'delete', NULL;
      IF @task = 'delete'
        EXEC sys.sp_executesql @sql, N'@rows BIGINT, @from_run BIGINT, @before_run BIGINT, @deleted BIGINT OUTPUT',
          @rows, @from_run, @before_run, @deleted OUTPUT;
      ELSE
        SET @deleted = 0;
      IF @task IN ('delete', 'pass over')
        EXEC dbo.CLEANUP_DONE @run_id, NULL, 0, @deleted, @deleted, @deleted;
      COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
      IF XACT_STATE() <> 0
        ROLLBACK TRANSACTION;
      EXEC dbo.CLEANUP_FAILED @run_id;
    END CATCH;
  END;
  -- A run that had to stop empties its lists all the same
  SET @rows = 2000;
  SET @deleted = CASE WHEN @before_run IS NULL THEN 1 ELSE 0 END;
  WHILE @deleted > 0
    EXEC sys.sp_executesql @sql, N'@rows BIGINT, @from_run BIGINT, @before_run BIGINT, @deleted BIGINT OUTPUT',
      @rows, @from_run, @before_run, @deleted OUTPUT;
END;
GO
-- @end

-- Copies whose retention is over, of runs that the log knows: rows of others have no age. They go first: a run that its
-- budget or window ends early, night after night, would never come to them.
-- @statement procedure CLEANUP_PRUNE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_PRUNE
  @run_id BIGINT,
  @lock   NVARCHAR(255)
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 573e8434b383d241.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 1000;
  DECLARE
    @procedure VARCHAR(128), @started DATETIME2(6), @days INT, @oldest BIGINT, @oldest_kept BIGINT,
    @backup NVARCHAR(128) = '',
    @step INT = 0;                                 -- below those of the cleanup
  SELECT @procedure = l.PROCEDURE_NAME, @started = l.STARTED
  FROM dbo.CLEANUP_LOCK AS l
  WHERE l.RUN_ID = @run_id AND l.STATUS = 'running' AND l.DRY_RUN = 'no';
  -- As it is committed: by a value that is taken back, copies would be lost. While it is being changed, none is pruned
  BEGIN TRY
    SELECT @days = MAX(CAST(VALUE AS INT))
    FROM dbo.CLEANUP_SETTING WITH (READCOMMITTEDLOCK)
    WHERE PROCEDURE_NAME = @procedure AND LEFT(LTRIM(VALUE), 1) <> '-' AND NAME = 'backup_retention_days';
    SET @days = ISNULL(@days, 30);
  END TRY
  BEGIN CATCH
    IF ERROR_NUMBER() <> 1222
      THROW;
    RETURN;
  END CATCH;
  SELECT @oldest = MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r;
  SELECT @oldest_kept = MIN(r.RUN_ID) FROM dbo.CLEANUP_RUN AS r WHERE r.STARTED_AT >= DATEADD(DAY, -@days, @started);
  WHILE @procedure IS NOT NULL AND @oldest < @oldest_kept
  BEGIN
    SELECT @backup = MIN(f.BACKUP_NAME)
    FROM dbo.CLEANUP_FACT AS f
    WHERE f.PROCEDURE_NAME = @procedure AND f.BACKUP_NAME > @backup;
    IF @backup IS NULL
      BREAK;
    SET @step = @step - 1;
    EXEC dbo.CLEANUP_EMPTIED @run_id, @lock, @step, @backup, @oldest, @oldest_kept;
  END;
END;
GO
-- @end

-- Behind the last table: whether the copies of the run are to be judged once more. A run that failed has its last word.
-- Nothing is locked: as long as the session holds the lock of the run, no restore and no other run begins.
-- @statement procedure CLEANUP_PROVE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_PROVE
  @run_id BIGINT,
  @lock   NVARCHAR(255),
  @proves BIT OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text a04350b29f8acf41.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  -- NOLOCK: an operator's open UPDATE must not stop a run
  SET @proves = CASE
    WHEN APPLOCK_MODE('public', @lock, 'Session') = 'Exclusive' AND EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_LOCK AS l
      JOIN dbo.CLEANUP_SETTING AS s WITH (NOLOCK) ON s.PROCEDURE_NAME = l.PROCEDURE_NAME
      WHERE l.RUN_ID = @run_id AND l.DRY_RUN = 'no' AND l.STATUS IN ('running', 'stopped')
        AND s.NAME = 'prove_after' AND s.VALUE = 'yes')
    THEN 1
    ELSE 0
  END;
END;
GO
-- @end

-- The run's last word. @error: what ended it outside of a batch, or NULL.
-- @statement procedure CLEANUP_END
CREATE OR ALTER PROCEDURE dbo.CLEANUP_END
  @run_id BIGINT,
  @lock   NVARCHAR(255),
  @error  NVARCHAR(400)
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text ad9ad8318f300541.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE
    @status VARCHAR(20) = 'stopped', @why NVARCHAR(400) = 'another run took over', @held INT = 0, @raised INT = 0,
    @wrong NVARCHAR(400);
  SELECT @status = CASE l.STATUS WHEN 'running' THEN 'ended' ELSE l.STATUS END, @why = l.WHY, @held = l.PASSED_OVER,
    @raised = l.ERRORS
  FROM dbo.CLEANUP_LOCK AS l
  WHERE l.RUN_ID = @run_id;
  IF @error IS NOT NULL
    SELECT @status = 'failed', @why = @error;
  IF @why = 'done' AND @held + @raised > 0
    SET @why = CONCAT('done, except ',
      CASE WHEN @held > 0 THEN 'for rows that another session held' ELSE '' END,
      CASE WHEN @held > 0 AND @raised > 0 THEN ' and ' ELSE '' END,
      CASE WHEN @raised > 0 THEN 'for rows that raised errors' ELSE '' END);
  SELECT @wrong = MIN(CASE
    WHEN p.WRONG > 0
    THEN CONCAT(p.WRONG, ' of ', p.COPIES, ' rows that it deleted from ', p.TABLE_NAME, ' cannot have been dead')
    ELSE CONCAT('it deleted ', p.LOGGED, ' rows from ', p.TABLE_NAME, ' and kept ', p.COPIES, ' of them')
  END)
  FROM dbo.CLEANUP_RUN_PROOF AS p
  WHERE p.RUN_ID = @run_id AND (p.WRONG > 0 OR p.COPIES <> p.LOGGED);
  IF @wrong IS NOT NULL
    SELECT @status = 'failed',
      @why = CONCAT('proof: ', @wrong, '; switched off until somebody looks: restore run ', @run_id);
  ELSE IF @status IN ('ended', 'stopped') AND EXISTS (
    SELECT 1
    FROM dbo.CLEANUP_LOCK AS l
    JOIN dbo.CLEANUP_SETTING AS s WITH (NOLOCK) ON s.PROCEDURE_NAME = l.PROCEDURE_NAME
    WHERE l.RUN_ID = @run_id AND l.DRY_RUN = 'no' AND s.NAME = 'prove_after' AND s.VALUE = 'yes'
  ) AND NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN_PROOF AS p WHERE p.RUN_ID = @run_id)
    SET @why = LEFT(CONCAT(@why, ', but not proven'), 400);
  -- Batches that were committed stay deleted and are in the log; the next run goes on where this one stopped
  UPDATE dbo.CLEANUP_RUN
  SET ENDED_AT = SYSUTCDATETIME(), STATUS = @status, WHY_STOPPED = @why
  WHERE RUN_ID = @run_id AND STATUS = 'running';
  IF @wrong IS NOT NULL
    UPDATE s
    SET VALUE = 'no'
    FROM dbo.CLEANUP_SETTING AS s
    JOIN dbo.CLEANUP_LOCK AS l ON l.PROCEDURE_NAME = s.PROCEDURE_NAME
    WHERE l.RUN_ID = @run_id AND s.NAME = 'enabled';
  UPDATE dbo.CLEANUP_LOCK SET STATUS = @status, TABLE_NAME = NULL WHERE RUN_ID = @run_id;
  IF APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  IF @status = 'failed' AND @error IS NULL
  BEGIN
    SET @why = REPLACE(LEFT(CONCAT('run ', @run_id, ' stopped: ', @why), 400), '%', '%%');
    THROW 50000, @why, 1;
  END;
END;
GO
-- @end

-- Begins a restore: takes the lock of the cleanup, which a run of it takes too, or raises an error. The caller's
-- handler frees what it took.
-- @statement procedure CLEANUP_BEGIN_RESTORE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_BEGIN_RESTORE
  @procedure      VARCHAR(128),
  @restore        VARCHAR(128),
  @lock           NVARCHAR(255),
  @deleted_by_run BIGINT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 8d65c512e445c631.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE @granted INT, @problem NVARCHAR(400);
  -- If a client cancels its call, the lock stays with the session. If that is this session, no run holds it any more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  SET @granted = CASE APPLOCK_TEST('public', @lock, 'Exclusive', 'Session') WHEN 0 THEN -1 ELSE 0 END;
  IF @granted = 0
    EXEC @granted = sys.sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session',
        @LockTimeout = 0;
  IF @granted < 0
    SET @problem = CONCAT(@restore, ' did not start: ', @procedure, ' is running, or another restore');
  ELSE IF NOT EXISTS (
    SELECT 1 FROM dbo.CLEANUP_RUN
    WHERE RUN_ID = @deleted_by_run AND PROCEDURE_NAME = @procedure AND DRY_RUN = 'no')
    SET @problem = CONCAT(
      @restore, ' did not start: CLEANUP_RUN has no such run of ', @procedure, ' that deleted rows');
  IF @problem IS NOT NULL
  BEGIN
    -- THROW reads % as the beginning of a format
    SET @problem = REPLACE(@problem, '%', '%%');
    THROW 50000, @problem, 1;
  END;
END;
GO
-- @end

-- Once the restore has said what it was made for: raises an error if the schema does not fit, and else logs its
-- beginning.
-- @statement procedure CLEANUP_LOG_RESTORE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_LOG_RESTORE
  @procedure VARCHAR(128),
  @restore   VARCHAR(128),
  @run_id    BIGINT OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 9282812921319f23.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE @problem NVARCHAR(400);
  EXEC dbo.CLEANUP_MISFIT @procedure, @problem OUTPUT;
  IF @problem IS NOT NULL
  BEGIN
    SET @problem = REPLACE(LEFT(CONCAT(@restore, ' did not start: ', @problem), 400), '%', '%%');
    THROW 50000, @problem, 1;
  END;
  -- With the lock in hand: what still says running is of a session that is gone
  UPDATE dbo.CLEANUP_RUN
  SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = SYSUTCDATETIME()
  WHERE PROCEDURE_NAME IN (@procedure, @restore) AND STATUS = 'running';
  INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES (@restore, CONCAT(ORIGINAL_LOGIN(), ', session ', @@SPID), SYSUTCDATETIME(), 'running');
  SET @run_id = SCOPE_IDENTITY();
END;
GO
-- @end

-- Raises an error if fewer rows are kept than the run deleted: its copies were pruned, at least in part. What is left
-- could be the older rows of a session whose newer ones are gone.
-- @statement procedure CLEANUP_CHECK_KEPT
CREATE OR ALTER PROCEDURE dbo.CLEANUP_CHECK_KEPT
  @restore        VARCHAR(128),
  @run_id         BIGINT,
  @deleted_by_run BIGINT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 2845ef3ca5f6f15f.
  SET NOCOUNT ON;
  DECLARE @problem NVARCHAR(400);
  SELECT @problem = MIN(CONCAT(
    @restore, ' did not start: of ', s.TABLE_NAME, ', ', s.SEEN, ' rows are kept of ', d.DELETED,
        ' that the run deleted'))
  FROM dbo.CLEANUP_RUN_STEP AS s
  JOIN dbo.CLEANUP_RUN_STEP AS d ON d.RUN_ID = @deleted_by_run AND d.TABLE_NAME = s.TABLE_NAME
  WHERE s.RUN_ID = @run_id AND s.SEEN < d.DELETED;
  IF @problem IS NOT NULL
  BEGIN
    SET @problem = REPLACE(@problem, '%', '%%');
    THROW 50000, @problem, 1;
  END;
END;
GO
-- @end

-- After a batch of a restore that was rolled back, inside of the caller's CATCH: whether it is tried again. Another
-- session may be in the way for a minute: by a deadlock, a lock, or a row that it adds or deletes.
-- @statement procedure CLEANUP_RETRY_RESTORE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_RETRY_RESTORE
  @run_id   BIGINT,
  @tries    INT    OUTPUT, -- since rows came back
  @restored BIGINT OUTPUT,
  @goes_on  BIT    OUTPUT
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 9153ffff10e54327.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE @number INT = ERROR_NUMBER(), @restored_before BIGINT = @restored;
  SELECT @restored = ISNULL(SUM(s.RESTORED), 0) FROM dbo.CLEANUP_RUN_STEP AS s WHERE s.RUN_ID = @run_id;
  SET @tries = CASE WHEN @restored > @restored_before THEN 1 ELSE @tries + 1 END;
  SET @goes_on = CASE WHEN @number IN (1205, 1222, 601, 547, 2601, 2627) AND @tries < 60 THEN 1 ELSE 0 END;
  IF @goes_on = 1
    WAITFOR DELAY '00:00:00.100';
END;
GO
-- @end

-- The restore's last word. @error: what ended it, or NULL.
-- @statement procedure CLEANUP_END_RESTORE
CREATE OR ALTER PROCEDURE dbo.CLEANUP_END_RESTORE
  @run_id         BIGINT,
  @lock           NVARCHAR(255),
  @deleted_by_run BIGINT,
  @error          NVARCHAR(400)
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text aee04b6db7b23fa5.
  SET NOCOUNT ON;
  SET LOCK_TIMEOUT 60000;
  DECLARE @seen BIGINT, @restored BIGINT;
  SELECT @seen = ISNULL(SUM(s.SEEN), 0), @restored = ISNULL(SUM(s.RESTORED), 0)
  FROM dbo.CLEANUP_RUN_STEP AS s
  WHERE s.RUN_ID = @run_id;
  UPDATE dbo.CLEANUP_RUN
  SET ENDED_AT = SYSUTCDATETIME(),
      STATUS = CASE WHEN @error IS NULL THEN 'ended' ELSE 'failed' END,
      WHY_STOPPED = ISNULL(@error,
        CONCAT('run ', @deleted_by_run, ': ', @restored, ' rows restored, ', @seen - @restored, ' left alone'))
  WHERE RUN_ID = @run_id;
  IF APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_LOCK', '42fe9fb3d989cb2a2c60338d1e04fc27a94d04ca53997a154b34623169e2ee4f';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_POSITION',
    '20e62d06a26e1ea817da3038d0386eb5229f1b8257a974fafc6d2272e09c5110';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_RUN_ERROR',
    'b3da947180ff38d50383991232d43233de60f1e5c12429dbb636f15993f08edf';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_RUN_REST',
    '5285e3463c58adb9eb7ecc41f24691d3452b93dbd9304a66bb5ba8a13deec642';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_RUN_PROOF',
    'd7f79ff260fd1fd923b0eb450ca36c5d809878e63e5cbf0dbe92f4972e35c143';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_FACT', 'a6963bbba98ff662b514ca53ee98a50a20e0089b91ebded03b85be23efde7e4f';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_MISFIT',
    '2d790e86bc2bfa3a82372ec50cbd74d75db2927acd1df554850a809d2b5e55f8', '5445e55a990c692a';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_SHAPE',
    '8817d3e78d9e22a3de9659f1e24c033b8610c2d4522a6cd2c7fecbadef46c33d', '156de3b45c1cbaf6';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_BEGIN',
    'e344fd53a7c1bd06c25a2680ece41e2ac4038851577c11d6947b28df35e1c05b', '63447c47c1c50758';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_CHECK',
    '77724232eb16e0ed2196dfa71577b08e16100a900d56d336f2a2a0d8b0ee6d66', '8ba9744c5ac1d2c9';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_OPEN',
    '7885efef94c59c429f6db813f91f0b5799beceb9a65760a0ce455cc5e400e668', '99c259c5e1e5111e';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_LOOK',
    '504f14a188467908f3566a3c789dc20a14e99957e5dfc2730ec4e6d15e708cd0', '2d1d1bdd6d503453';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_NEXT',
    '64bd88b4768b48d613b92b06942b32ca590f3a01bf6434077c3c8fbb41c9342a', '32fca29f2fb2f1ce';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_COPIED',
    '0d7d1809094aca9731e418fe51c5047fd14d1f458a249a004a448a2bb63de1f3', '4a4c53d51556c8df';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_DONE',
    '86331d4a282e0f6ae5e268c2dc477808ece2b4c3e5b5decf0f0e9cec9901ce3b', '54d4a656e0cb3854';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_FAILED',
    '2e3930f5b24579d284c9e10540e405b6276b41d2332bbac65cc6ae34d5d97278', '8580fb776e9198c2';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_EMPTIED',
    '06e68e3fc5d1d5df61cc2b4b1cf7eecb63629c99cd231dfb33bcbf708c3eda79', 'fd247b68f4392456';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_PRUNE',
    '8945b14d513675d43bae8545744e71f19952dc2e03accec6f9126851a221dfc4', '573e8434b383d241';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_PROVE',
    '35812603d4dc5c3351c83b342df3707830c3fe1e31985f01f52953bb76645568', 'a04350b29f8acf41';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_END',
    '2328a86d0f76400150c18a4a1ac68e135db1a70f6e11024420fc62444ebf3184', 'ad9ad8318f300541';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_BEGIN_RESTORE',
    '6f1fe468037ea465e192146f6c7b6247329948083368771e65c7130af2f873cd', '8d65c512e445c631';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_LOG_RESTORE',
    '9e8e52390d3ede806b651559c4543bbe5b276ec17174ce331ccd2722e53df6af', '9282812921319f23';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_CHECK_KEPT',
    '94350e4e06b1145a02a877285ed4c01edc1459534163accbc0c84cbb06de8aa8', '2845ef3ca5f6f15f';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_RETRY_RESTORE',
    '23eb7d7f0f04b7eab6759af4f308be589171a89e60cdd5b3dcfe621700e6a230', '9153ffff10e54327';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_END_RESTORE',
    '9e5b70ea7bd91e7681d2d866eafd3484d8c0b0adcc21cc9cc0f6598765815567', 'aee04b6db7b23fa5';
GO
-- @end
