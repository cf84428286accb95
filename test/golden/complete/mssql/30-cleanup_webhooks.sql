-- cleanup_webhooks: deletes webhook subscriptions that have expired, and the log of those that ended.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   AM_WEBHOOKS_SUBSCRIPTION when
--     expired: its lease ended before the grace began; a number too small for milliseconds since 1970 says nothing
--   AM_WEBHOOKS_UNSUBSCRIPTION (only while setting unsubscription_pruning is yes) when
--     retention_over: it was added before the retention began
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_webhooks run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_webhooks @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what would
-- go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_webhooks
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION, CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_webhooks calls it, in a transaction of its own.
-- @statement procedure cleanup_webhooks_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_webhooks_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @webhook_grace_hours BIGINT,
  @unsubscription_pruning VARCHAR(255),
  @unsubscription_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text a187472226087a64.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_webhooks', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_webhooks calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the grace after an EXPIRY_AT
  DECLARE @lease_cut_off DATETIME2(6);
  SET @lease_cut_off = DATEADD(HOUR, -@webhook_grace_hours, @started);
  DECLARE @lease_cut_off_ms BIGINT = DATEDIFF_BIG(MILLISECOND, '19700101', @lease_cut_off);
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  DECLARE @log_cut_off DATETIME2(6);
  SET @log_cut_off = DATEADD(DAY, -@unsubscription_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @lease_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. AM_WEBHOOKS_SUBSCRIPTION
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'AM_WEBHOOKS_SUBSCRIPTION', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 int, @upto_1 int,
      @after_1 int = CONVERT(int, @after), @until_1 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.WH_SUBSCRIPTION_ID) FROM dbo.AM_WEBHOOKS_SUBSCRIPTION AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.WH_SUBSCRIPTION_ID) FROM dbo.AM_WEBHOOKS_SUBSCRIPTION AS t WITH (NOLOCK)
          WHERE t.WH_SUBSCRIPTION_ID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.WH_SUBSCRIPTION_ID) FROM dbo.AM_WEBHOOKS_SUBSCRIPTION AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.WH_SUBSCRIPTION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.WH_SUBSCRIPTION_ID
      FROM dbo.AM_WEBHOOKS_SUBSCRIPTION AS t WITH (NOLOCK)
      WHERE t.WH_SUBSCRIPTION_ID BETWEEN @from_1 AND @until_1
      ORDER BY t.WH_SUBSCRIPTION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      WH_SUBSCRIPTION_ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (WH_SUBSCRIPTION_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (WH_SUBSCRIPTION_ID, REASON)
      SELECT d.WH_SUBSCRIPTION_ID, d.REASON
      FROM (
        SELECT t.WH_SUBSCRIPTION_ID,
          CASE
            WHEN t.EXPIRY_AT > 99999999999 AND t.EXPIRY_AT < @lease_cut_off_ms THEN 'expired'
          END AS REASON
        FROM dbo.AM_WEBHOOKS_SUBSCRIPTION AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.WH_SUBSCRIPTION_ID BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
          (RUN_ID, REASON, WH_SUBSCRIPTION_ID, API_UUID, APPLICATION_ID, TENANT_DOMAIN, HUB_CALLBACK_URL, HUB_TOPIC,
           HUB_SECRET, HUB_LEASE_SECONDS, UPDATED_AT, EXPIRY_AT, DELIVERED_AT, DELIVERY_STATE)
        SELECT @run_id, b.REASON, t.WH_SUBSCRIPTION_ID, t.API_UUID, t.APPLICATION_ID, t.TENANT_DOMAIN,
               t.HUB_CALLBACK_URL, t.HUB_TOPIC, t.HUB_SECRET, t.HUB_LEASE_SECONDS, t.UPDATED_AT, t.EXPIRY_AT,
               t.DELIVERED_AT, t.DELIVERY_STATE
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.AM_WEBHOOKS_SUBSCRIPTION AS t ON t.WH_SUBSCRIPTION_ID = b.WH_SUBSCRIPTION_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.AM_WEBHOOKS_SUBSCRIPTION AS t WITH (ROWLOCK) ON t.WH_SUBSCRIPTION_ID = b.WH_SUBSCRIPTION_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 2. AM_WEBHOOKS_UNSUBSCRIPTION, only while setting unsubscription_pruning is yes
  IF @step = 2 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 2, 'AM_WEBHOOKS_UNSUBSCRIPTION', 'limit', 'delete', 'unsubscription_pruning';
  IF @step = 2 AND @task IN ('delete', 'pass over')
  BEGIN
    -- Without a key no row can be told from another, so one statement judges, copies and deletes
    IF @task = 'delete' AND @dry_run = 'no'
    BEGIN
      DELETE TOP (@rows) FROM dbo.AM_WEBHOOKS_UNSUBSCRIPTION WITH (ROWLOCK)
      OUTPUT @run_id, 'retention_over', deleted.API_UUID, deleted.APPLICATION_ID, deleted.TENANT_DOMAIN,
             deleted.HUB_CALLBACK_URL, deleted.HUB_TOPIC, deleted.HUB_SECRET, deleted.HUB_LEASE_SECONDS,
             deleted.ADDED_AT
      INTO dbo.CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
        (RUN_ID, REASON, API_UUID, APPLICATION_ID, TENANT_DOMAIN, HUB_CALLBACK_URL, HUB_TOPIC, HUB_SECRET,
         HUB_LEASE_SECONDS, ADDED_AT)
      WHERE AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT < @log_cut_off;
      SET @dead = @@ROWCOUNT;
    END
    ELSE IF @task = 'delete'
      SELECT @dead = COUNT(*)
      FROM dbo.AM_WEBHOOKS_UNSUBSCRIPTION
      WHERE AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT < @log_cut_off;
    SET @seen = @dead;
    SET @deleted = @dead;
    SET @copied = @dead;
    INSERT INTO @reasons VALUES ('retention_over', @dead);
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
-- @statement procedure cleanup_webhooks
CREATE OR ALTER PROCEDURE dbo.cleanup_webhooks
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text acfc399bd04511a8.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_webhooks commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_webhooks',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @webhook_grace_hours BIGINT,
    @unsubscription_pruning VARCHAR(255),
    @unsubscription_days BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_webhooks', 'restore_webhooks', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_webhooks', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('AM_WEBHOOKS_SUBSCRIPTION', 'CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION', 12, NULL),
      ('AM_WEBHOOKS_UNSUBSCRIPTION', 'CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION', 8, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'AM_WEBHOOKS_SUBSCRIPTION', 'expired'), (@run_id, 'AM_WEBHOOKS_UNSUBSCRIPTION', 'retention_over');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @webhook_grace_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'webhook_grace_hours' THEN VALUE ELSE '' END), ''), '720'),
      @unsubscription_pruning = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'unsubscription_pruning' THEN VALUE ELSE '' END), ''), 'no'),
      @unsubscription_days = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'unsubscription_days' THEN VALUE ELSE '' END), ''), '90'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_webhooks' AND LEFT(LTRIM(VALUE), 1) <> '-';
    EXEC dbo.CLEANUP_PRUNE @run_id, @lock;

    -- A batch waits no longer than a second for a lock; procedures of the kit outside of a batch set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 2
    BEGIN
      EXEC dbo.CLEANUP_NEXT @run_id, @lock, @step, @task OUTPUT, @rows OUTPUT, @after OUTPUT, @until OUTPUT;
      IF @task IS NULL
        SET @step = @step + 1;
      ELSE
      BEGIN
        BEGIN TRY
          BEGIN TRANSACTION;
          EXEC dbo.cleanup_webhooks_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @webhook_grace_hours, @unsubscription_pruning, @unsubscription_days, @clock_uncertainty_hours;
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
      EXEC dbo.cleanup_webhooks_proof @run_id, @started, @webhook_grace_hours, @unsubscription_days,
                                                         @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_webhooks_batch',
    '97e8fa494f64db467e53b06a65b2961f9c5af29939fe84e9884a200fe5125ba4', 'a187472226087a64';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_webhooks',
    'b18f7d8d8ae7a2394d7b55abfa7211c51c010b43c5f1fcc0b331ab24dac916c4', 'acfc399bd04511a8';
GO
-- @end
