-- cleanup_saml_artifacts: deletes SAML artifacts that were never resolved and have expired.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_SAML2_ARTIFACT_STORE when
--     expired: its EXP_TIMESTAMP is over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_saml_artifacts run puts back what is still
-- kept. Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_saml_artifacts @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what
-- would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_saml_artifacts
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_saml_artifacts calls it, in a transaction of its own.
-- @statement procedure cleanup_saml_artifacts_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_saml_artifacts_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text d3b278c4f0ec60b8.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_saml_artifacts', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_saml_artifacts calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @grace_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_SAML2_ARTIFACT_STORE
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_SAML2_ARTIFACT_STORE', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 int, @upto_1 int,
      @after_1 int = CONVERT(int, @after), @until_1 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.ID) FROM dbo.IDN_SAML2_ARTIFACT_STORE AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.ID) FROM dbo.IDN_SAML2_ARTIFACT_STORE AS t WITH (NOLOCK) WHERE t.ID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.ID) FROM dbo.IDN_SAML2_ARTIFACT_STORE AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.ID
      FROM dbo.IDN_SAML2_ARTIFACT_STORE AS t WITH (NOLOCK)
      WHERE t.ID BETWEEN @from_1 AND @until_1
      ORDER BY t.ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (ID, REASON)
      SELECT d.ID, d.REASON
      FROM (
        SELECT t.ID,
          CASE
            WHEN t.EXP_TIMESTAMP < @grace_cut_off THEN 'expired'
          END AS REASON
        FROM dbo.IDN_SAML2_ARTIFACT_STORE AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.ID BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
          (RUN_ID, REASON, ID, SOURCE_ID, MESSAGE_HANDLER, AUTHN_REQ_DTO, SESSION_ID, INIT_TIMESTAMP, EXP_TIMESTAMP,
           ASSERTION_ID)
        SELECT @run_id, b.REASON, t.ID, t.SOURCE_ID, t.MESSAGE_HANDLER, t.AUTHN_REQ_DTO, t.SESSION_ID,
               t.INIT_TIMESTAMP, t.EXP_TIMESTAMP, t.ASSERTION_ID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_SAML2_ARTIFACT_STORE AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_SAML2_ARTIFACT_STORE AS t WITH (ROWLOCK) ON t.ID = b.ID
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
-- @statement procedure cleanup_saml_artifacts
CREATE OR ALTER PROCEDURE dbo.cleanup_saml_artifacts
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text cf25d8a1995baeb0.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_saml_artifacts commits by itself, so it cannot run inside a transaction; nothing was deleted',
        1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_saml_artifacts',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_saml_artifacts', 'restore_saml_artifacts', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_saml_artifacts', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_SAML2_ARTIFACT_STORE', 'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE', 8, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_SAML2_ARTIFACT_STORE', 'expired');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts' AND LEFT(LTRIM(VALUE), 1) <> '-';
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
          EXEC dbo.cleanup_saml_artifacts_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
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
      EXEC dbo.cleanup_saml_artifacts_proof @run_id, @started, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_saml_artifacts_batch',
    '010ca27a9013adbebefa14c2d0f3d1eb91c8e691ab1352f7c6a06fffec9c1c60', 'd3b278c4f0ec60b8';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_saml_artifacts',
    '86942d2cbd17b196a547938bc316698489d968b8a60322086180ce20e865e832', 'cf25d8a1995baeb0';
GO
-- @end
