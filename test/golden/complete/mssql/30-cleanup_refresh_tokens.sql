-- cleanup_refresh_tokens: deletes dead refresh tokens.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH2_REFRESH_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     period_over: it is ACTIVE, EXPIRED or GRACEFULLY_ROTATED, and its period ended before the cut-off
--     together with its child rows in IDN_OAUTH2_REFRESH_TOKEN_SCOPE, IDN_OAUTH2_REFRESH_TOKEN_BINDING
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_refresh_tokens run puts back what is still
-- kept. Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_refresh_tokens @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what
-- would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_refresh_tokens
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN, CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_refresh_tokens calls it, in a transaction of its own.
-- @statement procedure cleanup_refresh_tokens_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_refresh_tokens_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @safe_period_minutes BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 6496aa6c2ce4fcce.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_refresh_tokens', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_refresh_tokens calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and the safe period
  DECLARE @cut_off DATETIME2(6);
  SET @cut_off = DATEADD(MINUTE, -@safe_period_minutes, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_OAUTH2_REFRESH_TOKEN
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_OAUTH2_REFRESH_TOKEN', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(255), @upto_1 varchar(255),
      @after_1 varchar(255) = CONVERT(varchar(255), @after), @until_1 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.REFRESH_TOKEN_ID) FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.REFRESH_TOKEN_ID) FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (NOLOCK)
          WHERE t.REFRESH_TOKEN_ID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.REFRESH_TOKEN_ID) FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.REFRESH_TOKEN_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.REFRESH_TOKEN_ID
      FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (NOLOCK)
      WHERE t.REFRESH_TOKEN_ID BETWEEN @from_1 AND @until_1
      ORDER BY t.REFRESH_TOKEN_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      REFRESH_TOKEN_ID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (REFRESH_TOKEN_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (REFRESH_TOKEN_ID, REASON)
      SELECT d.REFRESH_TOKEN_ID, d.REASON
      FROM (
        SELECT t.REFRESH_TOKEN_ID,
          CASE
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 'revoked'
            WHEN (t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                  OR t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.')
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD
            THEN 'period_over'
          END AS REASON
        FROM dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.REFRESH_TOKEN_ID BETWEEN @from_1 AND @upto_1
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
        OUTPUT @run_id, deleted.REFRESH_TOKEN_ID, deleted.TOKEN_SCOPE, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
          (RUN_ID, REFRESH_TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_REFRESH_TOKEN_SCOPE AS c WITH (HOLDLOCK, ROWLOCK)
            ON c.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE', NULL, @count;
        DELETE c
        OUTPUT @run_id, deleted.REFRESH_TOKEN_ID, deleted.TOKEN_BINDING_TYPE, deleted.TOKEN_BINDING_REF,
               deleted.TOKEN_BINDING_VALUE, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING
          (RUN_ID, REFRESH_TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_REFRESH_TOKEN_BINDING AS c WITH (HOLDLOCK, ROWLOCK)
            ON c.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OAUTH2_REFRESH_TOKEN_BINDING', NULL, @count;
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN
          (RUN_ID, REASON, REFRESH_TOKEN_ID, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
           REFRESH_TOKEN_TIME_CREATED, REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_STATE, IDP_ID)
        SELECT @run_id, b.REASON, t.REFRESH_TOKEN_ID, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER, t.TENANT_ID,
               t.REFRESH_TOKEN_TIME_CREATED, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_STATE, t.IDP_ID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_REFRESH_TOKEN AS t ON t.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_REFRESH_TOKEN AS t WITH (ROWLOCK) ON t.REFRESH_TOKEN_ID = b.REFRESH_TOKEN_ID
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
-- @statement procedure cleanup_refresh_tokens
CREATE OR ALTER PROCEDURE dbo.cleanup_refresh_tokens
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text cdda847bd4cdeb29.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_refresh_tokens commits by itself, so it cannot run inside a transaction; nothing was deleted',
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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_refresh_tokens',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @safe_period_minutes BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_refresh_tokens', 'restore_refresh_tokens', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_refresh_tokens', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_OAUTH2_REFRESH_TOKEN', 'CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN', 9, NULL),
      ('IDN_OAUTH2_REFRESH_TOKEN_BINDING', 'CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING', 5, NULL),
      ('IDN_OAUTH2_REFRESH_TOKEN_BINDING', NULL, NULL,
       'REFRESH_TOKEN_ID -> IDN_OAUTH2_REFRESH_TOKEN (REFRESH_TOKEN_ID) CASCADE'),
      ('IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 3, NULL),
      ('IDN_OAUTH2_REFRESH_TOKEN_SCOPE', NULL, NULL,
       'REFRESH_TOKEN_ID -> IDN_OAUTH2_REFRESH_TOKEN (REFRESH_TOKEN_ID) CASCADE')
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN', 'inactive'), (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN', 'revoked'),
           (@run_id, 'IDN_OAUTH2_REFRESH_TOKEN', 'period_over');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @safe_period_minutes = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''), '120'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens' AND LEFT(LTRIM(VALUE), 1) <> '-';
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
          EXEC dbo.cleanup_refresh_tokens_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @safe_period_minutes, @clock_uncertainty_hours;
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
      EXEC dbo.cleanup_refresh_tokens_proof @run_id, @started, @safe_period_minutes, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_refresh_tokens_batch',
    '74b45638bb1abc736c2251224389ba24a3da6a434464e7439614543cc59d5290', '6496aa6c2ce4fcce';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_refresh_tokens',
    '3a8ac983772f1f3a68d72d7e4f1435adaae390ad9a9629f2e2be45e33923efb1', 'cdda847bd4cdeb29';
GO
-- @end
