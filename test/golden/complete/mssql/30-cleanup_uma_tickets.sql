-- cleanup_uma_tickets: deletes permission tickets of User-Managed Access that expired, and whose token is gone.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_UMA_PERMISSION_TICKET when
--     expired: it expired over 24 h ago and led to no token, or its token has no row and the longest lifetime is over
--     since it expired; and its tenant has a newer ticket
--     and only if its TICKET_STATE is ACTIVE, EXPIRED or REVOKED
--     together with its child rows in IDN_UMA_PT_RESOURCE_SCOPE, IDN_UMA_PT_RESOURCE
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_uma_tickets run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_uma_tickets @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what
-- would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_uma_tickets
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET, CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET,
--     CLEANUP_BAK_IDN_UMA_PT_RESOURCE, CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_uma_tickets calls it, in a transaction of its own.
-- @statement procedure cleanup_uma_tickets_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_uma_tickets_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @longest_lifetime_hours BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 1605c5b811d35952.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_uma_tickets', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_uma_tickets calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- What fills a list locks nothing of the product, and has much to lose: it waits longer than a batch
  IF @task = 'list'
    SET LOCK_TIMEOUT 60000;
  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  DECLARE @lifetime_cut_off DATETIME2(6);
  SET @lifetime_cut_off
      = (SELECT DATEADD(SECOND, -(p.amount % 3600),
      DATEADD(HOUR, -(p.amount / 3600), DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started))))
      FROM (SELECT (SELECT CASE
                              WHEN x.is_for_ever = 1 THEN NULL
                              WHEN x.longest > @longest_lifetime_hours * 3600 THEN x.longest
                              ELSE @longest_lifetime_hours * 3600
                            END
                            FROM (
                              SELECT MAX(p.seconds) AS longest,
                                MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
                              FROM (
                                SELECT a.USER_ACCESS_TOKEN_EXPIRE_TIME AS seconds
                                    FROM dbo.IDN_OAUTH_CONSUMER_APPS a UNION ALL
                                SELECT a.APP_ACCESS_TOKEN_EXPIRE_TIME AS seconds
                                    FROM dbo.IDN_OAUTH_CONSUMER_APPS a UNION ALL
                                SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds
                                    FROM dbo.IDN_OAUTH_CONSUMER_APPS a UNION ALL
                                SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM dbo.IDN_OAUTH_CONSUMER_APPS a
                              ) p
                            ) x) AS amount) p);
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @grace_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_UMA_PERMISSION_TICKET
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_UMA_PERMISSION_TICKET', 'list', 'list', NULL;
  IF @step = 1 AND @task = 'list'
  BEGIN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    DELETE FROM dbo.CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET;
    INSERT INTO dbo.CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET (RUN_ID, ID, NEWEST)
    SELECT @run_id, t.ID, t.NEWEST
    FROM (
      SELECT n.ID, n.EXPIRY_TIME, n.TICKET_STATE, n.TOKEN_ID,
        MAX(n.ID) OVER (PARTITION BY n.TENANT_ID) AS NEWEST
      FROM dbo.IDN_UMA_PERMISSION_TICKET AS n
      WHERE n.TENANT_ID IS NOT NULL
    ) AS t
    WHERE t.TICKET_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.', 'REVOKED.')
      AND (((t.TOKEN_ID IS NULL AND t.EXPIRY_TIME < @grace_cut_off)
            OR (t.EXPIRY_TIME < @lifetime_cut_off
                AND NOT EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
           AND t.ID < t.NEWEST)
    -- It reads the whole table, and leaves the other processors to the product
    OPTION (MAXDOP 1);
  END;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 int, @upto_1 int,
      @after_1 int = CONVERT(int, @after);
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(l.ID) FROM dbo.CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET AS l WHERE l.RUN_ID = @run_id;
    ELSE
      SELECT @from_1 = MIN(l.ID) FROM dbo.CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET AS l
      WHERE l.RUN_ID = @run_id AND l.ID > @after_1;
    SELECT @upto_1 = MAX(k.ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.ID
      FROM dbo.CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET AS l
      WHERE l.RUN_ID = @run_id AND l.ID >= @from_1
      ORDER BY l.ID
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
            WHEN CASE WHEN t.TICKET_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.', 'REVOKED.')
                THEN 1 ELSE 0 END = 0
            THEN NULL
            WHEN ((t.TOKEN_ID IS NULL AND t.EXPIRY_TIME < @grace_cut_off)
                  OR (t.EXPIRY_TIME < @lifetime_cut_off
                      AND NOT EXISTS (
                        SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o WITH (READCOMMITTEDLOCK)
                        WHERE o.TOKEN_ID = t.TOKEN_ID)))
                 AND EXISTS (
                   SELECT 1 FROM dbo.IDN_UMA_PERMISSION_TICKET n WITH (READCOMMITTEDLOCK)
                   WHERE n.ID = l.NEWEST
                     AND n.TENANT_ID = t.TENANT_ID
                     AND n.ID > t.ID)
            THEN 'expired'
          END AS REASON
        FROM dbo.CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET AS l
        INNER LOOP JOIN dbo.IDN_UMA_PERMISSION_TICKET AS t WITH (UPDLOCK, ROWLOCK)
          ON t.ID = l.ID
        WHERE l.RUN_ID = @run_id AND l.ID BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        -- Child rows first. Those to which others refer are noted and locked from above; all go from below. Locks keep
        -- out new rows that the server would take along; of those that it would not, one makes the delete of its parent
        -- fail
        DECLARE @going_1_2 TABLE (
          ID int NOT NULL,
          PRIMARY KEY (ID));
        INSERT INTO @going_1_2 (ID)
        SELECT c.ID
        FROM @dead_1 AS b
        INNER HASH JOIN dbo.IDN_UMA_PT_RESOURCE AS c WITH (TABLOCKX) ON c.PT_ID = b.ID
        OPTION (FORCE ORDER);
        IF EXISTS (SELECT 1 FROM @going_1_2)
        BEGIN
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.PT_RESOURCE_ID, deleted.PT_SCOPE_ID
          INTO dbo.CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
            (RUN_ID, ID, PT_RESOURCE_ID, PT_SCOPE_ID)
          FROM @going_1_2 AS b
          INNER HASH JOIN dbo.IDN_UMA_PT_RESOURCE_SCOPE AS c WITH (TABLOCKX) ON c.PT_RESOURCE_ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_UMA_PT_RESOURCE_SCOPE', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.PT_RESOURCE_ID, deleted.PT_ID
          INTO dbo.CLEANUP_BAK_IDN_UMA_PT_RESOURCE
            (RUN_ID, ID, PT_RESOURCE_ID, PT_ID)
          FROM @going_1_2 AS b
          INNER LOOP JOIN dbo.IDN_UMA_PT_RESOURCE AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER, RECOMPILE);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_UMA_PT_RESOURCE', NULL, @count;
        END;
        INSERT INTO dbo.CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET
          (RUN_ID, REASON, ID, PT, TIME_CREATED, EXPIRY_TIME, TICKET_STATE, TENANT_ID, TOKEN_ID)
        SELECT @run_id, b.REASON, t.ID, t.PT, t.TIME_CREATED, t.EXPIRY_TIME, t.TICKET_STATE, t.TENANT_ID, t.TOKEN_ID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_UMA_PERMISSION_TICKET AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_UMA_PERMISSION_TICKET AS t WITH (ROWLOCK) ON t.ID = b.ID
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
-- @statement procedure cleanup_uma_tickets
CREATE OR ALTER PROCEDURE dbo.cleanup_uma_tickets
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 50d73b13905bb24c.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_uma_tickets commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_uma_tickets',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @longest_lifetime_hours BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_uma_tickets', 'restore_uma_tickets', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_uma_tickets', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_UMA_PERMISSION_TICKET', 'CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET', 7, NULL),
      ('IDN_UMA_PT_RESOURCE', 'CLEANUP_BAK_IDN_UMA_PT_RESOURCE', 3, NULL),
      ('IDN_UMA_PT_RESOURCE', NULL, NULL,
       'PT_ID -> IDN_UMA_PERMISSION_TICKET (ID) CASCADE'),
      ('IDN_UMA_PT_RESOURCE_SCOPE', 'CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE', 3, NULL),
      ('IDN_UMA_PT_RESOURCE_SCOPE', NULL, NULL,
       'PT_RESOURCE_ID -> IDN_UMA_PT_RESOURCE (ID) CASCADE'),
      ('IDN_OAUTH2_ACCESS_TOKEN', NULL, NULL, NULL),
      ('IDN_OAUTH_CONSUMER_APPS', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_UMA_PERMISSION_TICKET', 'expired');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @longest_lifetime_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''), '720'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_uma_tickets' AND LEFT(LTRIM(VALUE), 1) <> '-';
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
          EXEC dbo.cleanup_uma_tickets_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @longest_lifetime_hours, @clock_uncertainty_hours;
          COMMIT TRANSACTION;
        END TRY
        BEGIN CATCH
          IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
          EXEC dbo.CLEANUP_FAILED @run_id;
        END CATCH;
      END;
    END;
    EXEC dbo.CLEANUP_EMPTIED @run_id, @lock, @step, 'CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET', @run_id, NULL;
    SET @step = @step + 1;
    -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
    EXEC dbo.CLEANUP_PROVE @run_id, @lock, @proves OUTPUT;
    IF @proves = 1
      EXEC dbo.cleanup_uma_tickets_proof @run_id, @started, @longest_lifetime_hours, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_uma_tickets_batch',
    'bf0bfc1ff32bc7cf7deabf0518e9d24167f95364a50dc156140ffd82701e1ba8', '1605c5b811d35952';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_uma_tickets',
    '4027a44e9a30bc95205dd19c963d364aa9ed19c05faa6e4c1fd685221aab28ff', '50d73b13905bb24c';
GO
-- @end
