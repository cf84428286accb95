-- cleanup_revision_metadata: deletes metadata of API revisions that are gone.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   AM_API_REVISION_METADATA when
--     orphaned: a run over 24 h ago found it without its revision, and so does this one
--     and only if its REVISION_UUID is not NULL, and no row of AM_REVISION has its REVISION_UUID
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_revision_metadata run puts back what is still
-- kept. Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_revision_metadata @dry_run = 1 judges each batch as a run does and counts its dead rows, but not
-- what would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_revision_metadata
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_AM_API_REVISION_METADATA
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_revision_metadata calls it, in a transaction of its own.
-- @statement procedure cleanup_revision_metadata_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_revision_metadata_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000)
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 2939b7d33ab842cb.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_revision_metadata', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_revision_metadata calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- What fills a list locks nothing of the product, and has much to lose: it waits longer than a batch
  IF @task = 'list'
    SET LOCK_TIMEOUT 60000;
  -- UTC now, less 24 h: an earlier sighting counts
  DECLARE @sighting_cut_off DATETIME2(6);
  SET @sighting_cut_off = DATEADD(HOUR, -24, @started);
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @sighting_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. AM_API_REVISION_METADATA
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'AM_API_REVISION_METADATA', 'list', 'list', NULL;
  IF @step = 1 AND @task = 'list'
  BEGIN
    -- Drop sightings of rows that are no longer orphans; record new ones
    DELETE l
    FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA AS l
    WHERE NOT EXISTS (
      SELECT 1
      FROM dbo.AM_API_REVISION_METADATA AS t
      WHERE t.API_UUID = l.API_UUID
        AND t.REVISION_UUID = l.REVISION_UUID
        AND t.API_UUID IS NOT NULL
        AND t.REVISION_UUID IS NOT NULL
        AND t.REVISION_UUID IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM dbo.AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID));
    INSERT INTO dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA (API_UUID, REVISION_UUID, FIRST_SEEN)
    SELECT DISTINCT t.API_UUID, t.REVISION_UUID, @started
    FROM dbo.AM_API_REVISION_METADATA AS t
    WHERE t.API_UUID IS NOT NULL
      AND t.REVISION_UUID IS NOT NULL
      AND t.REVISION_UUID IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM dbo.AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID)
      AND NOT EXISTS (
        SELECT 1 FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA AS l
        WHERE t.API_UUID = l.API_UUID
          AND t.REVISION_UUID = l.REVISION_UUID);
  END;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(64), @upto_1 varchar(64),
      @after_1 varchar(64) = CONVERT(varchar(64), @after);
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(l.API_UUID) FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA AS l
          WHERE l.FIRST_SEEN < @sighting_cut_off;
    ELSE
      SELECT @from_1 = MIN(l.API_UUID) FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.API_UUID > @after_1;
    SELECT @upto_1 = MAX(k.API_UUID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.API_UUID
      FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.API_UUID >= @from_1
      ORDER BY l.API_UUID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    -- Without a key no row can be told from another, so one statement judges, copies and deletes
    IF @task = 'delete' AND @dry_run = 'no'
    BEGIN
      DELETE t
      OUTPUT @run_id, 'orphaned', deleted.API_UUID, deleted.REVISION_UUID, deleted.API_TIER
      INTO dbo.CLEANUP_BAK_AM_API_REVISION_METADATA
        (RUN_ID, REASON, API_UUID, REVISION_UUID, API_TIER)
      FROM dbo.AM_API_REVISION_METADATA AS t WITH (ROWLOCK)
      WHERE t.API_UUID BETWEEN @from_1 AND @upto_1
        AND ((EXISTS (
                SELECT 1 FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                WHERE n.API_UUID = t.API_UUID
                  AND n.API_UUID + N'.' COLLATE Latin1_General_BIN2 = t.API_UUID + N'.' COLLATE Latin1_General_BIN2
                  AND n.REVISION_UUID = t.REVISION_UUID
                  AND n.REVISION_UUID + N'.' COLLATE Latin1_General_BIN2
                      = t.REVISION_UUID + N'.' COLLATE Latin1_General_BIN2
                  AND n.FIRST_SEEN < @sighting_cut_off))
             AND t.REVISION_UUID IS NOT NULL
             AND NOT EXISTS (
               SELECT 1 FROM dbo.AM_REVISION o WITH (READCOMMITTEDLOCK)
               WHERE o.REVISION_UUID = t.REVISION_UUID))
      OPTION (RECOMPILE);
      SET @dead = @@ROWCOUNT;
    END
    ELSE IF @task = 'delete'
      SELECT @dead = COUNT(*)
      FROM dbo.AM_API_REVISION_METADATA AS t
      WHERE t.API_UUID BETWEEN @from_1 AND @upto_1
        AND ((EXISTS (
                SELECT 1 FROM dbo.CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                WHERE n.API_UUID = t.API_UUID
                  AND n.API_UUID + N'.' COLLATE Latin1_General_BIN2 = t.API_UUID + N'.' COLLATE Latin1_General_BIN2
                  AND n.REVISION_UUID = t.REVISION_UUID
                  AND n.REVISION_UUID + N'.' COLLATE Latin1_General_BIN2
                      = t.REVISION_UUID + N'.' COLLATE Latin1_General_BIN2
                  AND n.FIRST_SEEN < @sighting_cut_off))
             AND t.REVISION_UUID IS NOT NULL
             AND NOT EXISTS (
               SELECT 1 FROM dbo.AM_REVISION o WITH (READCOMMITTEDLOCK)
               WHERE o.REVISION_UUID = t.REVISION_UUID));
    SET @deleted = @dead;
    SET @copied = @dead;
    INSERT INTO @reasons VALUES ('orphaned', @dead);
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
-- @statement procedure cleanup_revision_metadata
CREATE OR ALTER PROCEDURE dbo.cleanup_revision_metadata
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text f59876da2f066dbf.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000,
        'cleanup_revision_metadata commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_revision_metadata',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_revision_metadata', 'restore_revision_metadata', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_revision_metadata', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('AM_API_REVISION_METADATA', 'CLEANUP_BAK_AM_API_REVISION_METADATA', 3, NULL),
      ('AM_REVISION', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'AM_API_REVISION_METADATA', 'orphaned');
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
          EXEC dbo.cleanup_revision_metadata_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until;
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
      EXEC dbo.cleanup_revision_metadata_proof @run_id;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_revision_metadata_batch',
    '262deaacc2e9fa2ae190dc35dfe26299abe085ef59cfe90924bfd83c706169c4', '2939b7d33ab842cb';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_revision_metadata',
    '9d248f470eb9e6643eb0e09eaf97e75628cc43ffb0f12f2f7e0329da3f8462ad', 'f59876da2f066dbf';
GO
-- @end
