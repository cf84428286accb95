-- cleanup_org_invitations: deletes invitations to organizations that expired long ago (opt-in).
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_ORG_USER_INVITATION (only while setting invitation_pruning is yes) when
--     retention_over: it expired before the retention began
--     and only if its STATUS is PENDING or EXPIRED
--     together with its child rows in IDN_ORG_USER_INVITE_ASSIGNMENT
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_org_invitations run puts back what is still
-- kept. Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_org_invitations @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what
-- would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_org_invitations
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_IDN_ORG_USER_INVITATION, CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_org_invitations calls it, in a transaction of its own.
-- @statement procedure cleanup_org_invitations_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_org_invitations_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @invitation_pruning VARCHAR(255),
  @invitation_retention_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 449f28370d86da39.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_org_invitations', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_org_invitations calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and the retention of invitations
  DECLARE @invitation_cut_off DATETIME2(6);
  SET @invitation_cut_off
      = DATEADD(DAY, -@invitation_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @invitation_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_ORG_USER_INVITATION, only while setting invitation_pruning is yes
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_ORG_USER_INVITATION', 'key', 'delete', 'invitation_pruning';
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(40), @upto_1 varchar(40),
      @after_1 varchar(40) = CONVERT(varchar(40), @after), @until_1 varchar(40) = CONVERT(varchar(40), @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.INVITATION_ID) FROM dbo.IDN_ORG_USER_INVITATION AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.INVITATION_ID) FROM dbo.IDN_ORG_USER_INVITATION AS t WITH (NOLOCK)
          WHERE t.INVITATION_ID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.INVITATION_ID) FROM dbo.IDN_ORG_USER_INVITATION AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.INVITATION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.INVITATION_ID
      FROM dbo.IDN_ORG_USER_INVITATION AS t WITH (NOLOCK)
      WHERE t.INVITATION_ID BETWEEN @from_1 AND @until_1
      ORDER BY t.INVITATION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      INVITATION_ID varchar(40) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (INVITATION_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (INVITATION_ID, REASON)
      SELECT d.INVITATION_ID, d.REASON
      FROM (
        SELECT t.INVITATION_ID,
          CASE
            WHEN CASE WHEN t.STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('PENDING.', 'EXPIRED.') THEN 1 ELSE 0 END = 0
            THEN NULL
            WHEN t.EXPIRED_AT < @invitation_cut_off THEN 'retention_over'
          END AS REASON
        FROM dbo.IDN_ORG_USER_INVITATION AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.INVITATION_ID BETWEEN @from_1 AND @upto_1
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
        OUTPUT @run_id, deleted.ID, deleted.INVITATION_ID, deleted.ASSIGNMENT_ID, deleted.ASSIGNMENT_TYPE
        INTO dbo.CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT
          (RUN_ID, ID, INVITATION_ID, ASSIGNMENT_ID, ASSIGNMENT_TYPE)
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_ORG_USER_INVITE_ASSIGNMENT AS c WITH (HOLDLOCK, ROWLOCK)
            ON c.INVITATION_ID = b.INVITATION_ID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_ORG_USER_INVITE_ASSIGNMENT', NULL, @count;
        INSERT INTO dbo.CLEANUP_BAK_IDN_ORG_USER_INVITATION
          (RUN_ID, REASON, ID, INVITATION_ID, CONFIRMATION_CODE, USER_NAME, DOMAIN_NAME, EMAIL, USER_ORG_ID,
           INVITED_ORG_ID, USER_REDIRECT_URL, STATUS, CREATED_AT, EXPIRED_AT)
        SELECT @run_id, b.REASON, t.ID, t.INVITATION_ID, t.CONFIRMATION_CODE, t.USER_NAME, t.DOMAIN_NAME, t.EMAIL,
               t.USER_ORG_ID, t.INVITED_ORG_ID, t.USER_REDIRECT_URL, t.STATUS, t.CREATED_AT, t.EXPIRED_AT
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_ORG_USER_INVITATION AS t ON t.INVITATION_ID = b.INVITATION_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_ORG_USER_INVITATION AS t WITH (ROWLOCK) ON t.INVITATION_ID = b.INVITATION_ID
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
-- @statement procedure cleanup_org_invitations
CREATE OR ALTER PROCEDURE dbo.cleanup_org_invitations
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 5411f1e5573b172c.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000,
        'cleanup_org_invitations commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_org_invitations',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @invitation_pruning VARCHAR(255),
    @invitation_retention_days BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_org_invitations', 'restore_org_invitations', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_org_invitations', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_ORG_USER_INVITATION', 'CLEANUP_BAK_IDN_ORG_USER_INVITATION', 12, NULL),
      ('IDN_ORG_USER_INVITE_ASSIGNMENT', 'CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT', 4, NULL),
      ('IDN_ORG_USER_INVITE_ASSIGNMENT', NULL, NULL,
       'INVITATION_ID -> IDN_ORG_USER_INVITATION (INVITATION_ID) CASCADE')
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_ORG_USER_INVITATION', 'retention_over');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @invitation_pruning = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'invitation_pruning' THEN VALUE ELSE '' END), ''), 'no'),
      @invitation_retention_days = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'invitation_retention_days' THEN VALUE ELSE '' END), ''), '90'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_org_invitations' AND LEFT(LTRIM(VALUE), 1) <> '-';
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
          EXEC dbo.cleanup_org_invitations_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @invitation_pruning, @invitation_retention_days, @clock_uncertainty_hours;
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
      EXEC dbo.cleanup_org_invitations_proof @run_id, @started, @invitation_retention_days, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_org_invitations_batch',
    'c86a6291a6ed72467eabecb48281e5741bafdbf639674f869209a3fd1d35a70c', '449f28370d86da39';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_org_invitations',
    'c16b782fb3007116d3c579327f6f39a5030c0a496959a0fbbb34ee642e371575', '5411f1e5573b172c';
GO
-- @end
