-- cleanup_workflows: deletes workflow requests that were finished long ago.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   WF_REQUEST when
--     finished: it is APPROVED, REJECTED, FAILED, DELETED or ABORTED since before the retention began
--     together with its child rows in WF_REQUEST_ENTITY_RELATIONSHIP, WF_WORKFLOW_REQUEST_RELATION,
--     WF_WORKFLOW_APPROVAL_RELATION
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_workflows run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_workflows @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what would
-- go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_workflows
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_WF_REQUEST, CLEANUP_BAK_WF_WORKFLOW_APPROVAL_RELATION,
--     CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION, CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_workflows calls it, in a transaction of its own.
-- @statement procedure cleanup_workflows_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_workflows_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @workflow_retention_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 7983321f08509bc9.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_workflows', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_workflows calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and the retention of workflow requests
  DECLARE @retention_cut_off DATETIME2(6);
  SET @retention_cut_off = DATEADD(DAY, -@workflow_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @retention_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. WF_REQUEST
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'WF_REQUEST', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(45), @upto_1 varchar(45),
      @after_1 varchar(45) = CONVERT(varchar(45), @after), @until_1 varchar(45) = CONVERT(varchar(45), @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.UUID) FROM dbo.WF_REQUEST AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.UUID) FROM dbo.WF_REQUEST AS t WITH (NOLOCK) WHERE t.UUID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.UUID) FROM dbo.WF_REQUEST AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.UUID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.UUID
      FROM dbo.WF_REQUEST AS t WITH (NOLOCK)
      WHERE t.UUID BETWEEN @from_1 AND @until_1
      ORDER BY t.UUID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      UUID varchar(45) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (UUID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (UUID, REASON)
      SELECT d.UUID, d.REASON
      FROM (
        SELECT t.UUID,
          CASE
            WHEN t.STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('APPROVED.', 'REJECTED.', 'FAILED.', 'DELETED.',
                'ABORTED.')
                 AND t.UPDATED_AT < @retention_cut_off
            THEN 'finished'
          END AS REASON
        FROM dbo.WF_REQUEST AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.UUID BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        -- Child rows first. Those to which others refer are noted and locked from above; all go from below. Locks keep
        -- out new rows that the server would take along; of those that it would not, one makes the delete of its parent
        -- fail
        DELETE c
        OUTPUT @run_id, deleted.REQUEST_ID, deleted.ENTITY_NAME, deleted.ENTITY_TYPE, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
          (RUN_ID, REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.WF_REQUEST_ENTITY_RELATIONSHIP AS c WITH (HOLDLOCK, ROWLOCK) ON c.REQUEST_ID = b.UUID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'WF_REQUEST_ENTITY_RELATIONSHIP', NULL, @count;
        DELETE c
        OUTPUT @run_id, deleted.RELATIONSHIP_ID, deleted.WORKFLOW_ID, deleted.REQUEST_ID, deleted.UPDATED_AT,
               deleted.STATUS, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
          (RUN_ID, RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.WF_WORKFLOW_REQUEST_RELATION AS c WITH (HOLDLOCK, ROWLOCK) ON c.REQUEST_ID = b.UUID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'WF_WORKFLOW_REQUEST_RELATION', NULL, @count;
        DELETE c
        OUTPUT @run_id, deleted.TASK_ID, deleted.EVENT_ID, deleted.WORKFLOW_ID, deleted.APPROVER_TYPE,
               deleted.APPROVER_NAME, deleted.TASK_STATUS
        INTO dbo.CLEANUP_BAK_WF_WORKFLOW_APPROVAL_RELATION
          (RUN_ID, TASK_ID, EVENT_ID, WORKFLOW_ID, APPROVER_TYPE, APPROVER_NAME, TASK_STATUS)
        FROM @dead_1 AS b
        INNER HASH JOIN dbo.WF_WORKFLOW_APPROVAL_RELATION AS c WITH (TABLOCKX) ON c.EVENT_ID = b.UUID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'WF_WORKFLOW_APPROVAL_RELATION', NULL, @count;
        INSERT INTO dbo.CLEANUP_BAK_WF_REQUEST
          (RUN_ID, REASON, UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
        SELECT @run_id, b.REASON, t.UUID, t.CREATED_BY, t.TENANT_ID, t.OPERATION_TYPE, t.CREATED_AT, t.UPDATED_AT,
               t.STATUS, t.REQUEST
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.WF_REQUEST AS t ON t.UUID = b.UUID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.WF_REQUEST AS t WITH (ROWLOCK) ON t.UUID = b.UUID
        OPTION (FORCE ORDER, RECOMPILE);
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
-- @statement procedure cleanup_workflows
CREATE OR ALTER PROCEDURE dbo.cleanup_workflows
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 1711b70a5e3b898f.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_workflows commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_workflows',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @workflow_retention_days BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_workflows', 'restore_workflows', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_workflows', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('WF_REQUEST', 'CLEANUP_BAK_WF_REQUEST', 8, NULL),
      ('WF_WORKFLOW_APPROVAL_RELATION', 'CLEANUP_BAK_WF_WORKFLOW_APPROVAL_RELATION', 6, NULL),
      ('WF_WORKFLOW_APPROVAL_RELATION', NULL, NULL,
       'EVENT_ID -> WF_REQUEST (UUID) CASCADE'),
      ('WF_WORKFLOW_REQUEST_RELATION', 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 6, NULL),
      ('WF_WORKFLOW_REQUEST_RELATION', NULL, NULL,
       'REQUEST_ID -> WF_REQUEST (UUID) CASCADE'),
      ('WF_REQUEST_ENTITY_RELATIONSHIP', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 4, NULL),
      ('WF_REQUEST_ENTITY_RELATIONSHIP', NULL, NULL,
       'REQUEST_ID -> WF_REQUEST (UUID) CASCADE')
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'WF_REQUEST', 'finished');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @workflow_retention_days = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'workflow_retention_days' THEN VALUE ELSE '' END), ''), '60'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_workflows' AND LEFT(LTRIM(VALUE), 1) <> '-';
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
          EXEC dbo.cleanup_workflows_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @workflow_retention_days, @clock_uncertainty_hours;
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
      EXEC dbo.cleanup_workflows_proof @run_id, @started, @workflow_retention_days, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_workflows_batch',
    'b0bfbb04752c5a51c2072214bbed03e2a5931e6e22ae1e758b2eb84216b8fe06', '7983321f08509bc9';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_workflows',
    '3ea477025b76a653841a4b8b4aa92da765a19197a0e83b47a61a527437bce595', '1711b70a5e3b898f';
GO
-- @end
