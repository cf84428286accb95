-- cleanup_jti: deletes ids of JWTs that have expired.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OIDC_JTI when
--     expired: its JWT expired over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_jti run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_jti @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what would go
-- with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_jti
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_IDN_OIDC_JTI
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_jti calls it, in a transaction of its own.
-- @statement procedure cleanup_jti_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_jti_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 49b332cdaa15de01.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_jti', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_jti calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @grace_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_OIDC_JTI
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_OIDC_JTI', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(255), @upto_1 varchar(255),
      @after_1 varchar(255) = CONVERT(varchar(255), @after), @until_1 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.JWT_ID) FROM dbo.IDN_OIDC_JTI AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.JWT_ID) FROM dbo.IDN_OIDC_JTI AS t WITH (NOLOCK) WHERE t.JWT_ID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.JWT_ID) FROM dbo.IDN_OIDC_JTI AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.JWT_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.JWT_ID
      FROM dbo.IDN_OIDC_JTI AS t WITH (NOLOCK)
      WHERE t.JWT_ID BETWEEN @from_1 AND @until_1
      ORDER BY t.JWT_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      JWT_ID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (JWT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (JWT_ID, REASON)
      SELECT d.JWT_ID, d.REASON
      FROM (
        SELECT t.JWT_ID,
          CASE
            WHEN t.EXP_TIME < @grace_cut_off THEN 'expired'
          END AS REASON
        FROM dbo.IDN_OIDC_JTI AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.JWT_ID BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_OIDC_JTI
          (RUN_ID, REASON, JWT_ID, EXP_TIME, TIME_CREATED)
        SELECT @run_id, b.REASON, t.JWT_ID, t.EXP_TIME, t.TIME_CREATED
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OIDC_JTI AS t ON t.JWT_ID = b.JWT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OIDC_JTI AS t WITH (ROWLOCK) ON t.JWT_ID = b.JWT_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
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
-- @statement procedure cleanup_jti
CREATE OR ALTER PROCEDURE dbo.cleanup_jti
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text d47467ae9e9270ed.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_jti commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_jti',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_jti', 'restore_jti', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_jti', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_OIDC_JTI', 'CLEANUP_BAK_IDN_OIDC_JTI', 3, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_OIDC_JTI', 'expired');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_jti' AND LEFT(LTRIM(VALUE), 1) <> '-';
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
          EXEC dbo.cleanup_jti_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @clock_uncertainty_hours;
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
      EXEC dbo.cleanup_jti_proof @run_id, @started, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_jti_batch',
    '679bf7fafd7c37af291bfb4d143c68a097372521e830838005e5e8f91d4e7a56', '49b332cdaa15de01';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_jti',
    'fffd8719e4776a22c4c0581b3960e66a6b17f861511aece74cbf5c585613c658', 'd47467ae9e9270ed';
GO
-- @end
