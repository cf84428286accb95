-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_TEMP_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   IDN_AUTH_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   and then from IDN_AUTH_USER_SESSION_MAPPING when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_APP_INFO when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_META_DATA when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_FED_AUTH_SESSION_MAPPING when
--     session_gone: this run removed the last row of its session, and none is in either store
--   IDN_AUTH_USER_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_APP_INFO (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_META_DATA (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_FED_AUTH_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_sessions run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_sessions @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what would
-- go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_sessions
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_DEAD_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_sessions calls it, in a transaction of its own.
-- @statement procedure cleanup_sessions_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_sessions_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @expiry_grace_minutes BIGINT,
  @session_age_days BIGINT,
  @deleted_after_hours BIGINT,
  @orphan_sweep VARCHAR(255)
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 64f5c463f84a8977.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_sessions', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_sessions calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT, @kept BIGINT, @kept_now BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- What fills a list locks nothing of the product, and has much to lose: it waits longer than a batch
  IF @task = 'list'
    SET LOCK_TIMEOUT 60000;
  -- UTC now, less the grace after an EXPIRY_TIME
  DECLARE @expiry_cut_off DATETIME2(6);
  SET @expiry_cut_off = DATEADD(MINUTE, -@expiry_grace_minutes, @started);
  DECLARE @expiry_cut_off_ns BIGINT = DATEDIFF_BIG(MICROSECOND, '19700101', @expiry_cut_off) * 1000;
  -- UTC now, less the age of a session without an EXPIRY_TIME
  DECLARE @age_cut_off DATETIME2(6);
  SET @age_cut_off = DATEADD(DAY, -@session_age_days, @started);
  DECLARE @age_cut_off_ns BIGINT = DATEDIFF_BIG(MICROSECOND, '19700101', @age_cut_off) * 1000;
  -- UTC now, less the time that a DELETE row is kept
  DECLARE @delete_cut_off DATETIME2(6);
  SET @delete_cut_off = DATEADD(HOUR, -@deleted_after_hours, @started);
  DECLARE @delete_cut_off_ns BIGINT = DATEDIFF_BIG(MICROSECOND, '19700101', @delete_cut_off) * 1000;
  -- UTC now, less 24 h: an earlier sighting counts
  DECLARE @sighting_cut_off DATETIME2(6);
  SET @sighting_cut_off = DATEADD(HOUR, -24, @started);
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @expiry_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_AUTH_TEMP_SESSION_STORE
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_AUTH_TEMP_SESSION_STORE', 'list', 'list', NULL;
  IF @step = 1 AND @task = 'list'
  BEGIN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    DELETE FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE;
    INSERT INTO dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (RUN_ID, SESSION_ID)
    SELECT DISTINCT @run_id, t.SESSION_ID
    FROM dbo.IDN_AUTH_TEMP_SESSION_STORE AS t
    WHERE (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < @expiry_cut_off_ns)
      OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
          AND t.TIME_CREATED < @age_cut_off_ns)
      OR (t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
          AND t.TIME_CREATED < @delete_cut_off_ns)
    -- It reads the whole table, and leaves the other processors to the product
    OPTION (MAXDOP 1);
  END;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(100), @upto_1 varchar(100),
      @after_1 varchar(100) = CONVERT(varchar(100), @after);
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
          WHERE l.RUN_ID = @run_id;
    ELSE
      SELECT @from_1 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
      WHERE l.RUN_ID = @run_id AND l.SESSION_ID > @after_1;
    SELECT @upto_1 = MAX(k.SESSION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.SESSION_ID
      FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
      WHERE l.RUN_ID = @run_id AND l.SESSION_ID >= @from_1
      ORDER BY l.SESSION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      SESSION_ID varchar(100) NOT NULL, SESSION_TYPE varchar(100) NOT NULL, TIME_CREATED bigint NOT NULL,
      OPERATION varchar(10) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION, REASON)
      SELECT d.SESSION_ID, d.SESSION_TYPE, d.TIME_CREATED, d.OPERATION, d.REASON
      FROM (
        SELECT t.SESSION_ID, t.SESSION_TYPE, t.TIME_CREATED, t.OPERATION,
          CASE
            WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < @expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < @age_cut_off_ns)
            THEN 'expired'
            WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                 AND t.TIME_CREATED < @delete_cut_off_ns
            THEN 'deleted'
          END AS REASON
        FROM dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE AS l
        INNER LOOP JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS t WITH (UPDLOCK, ROWLOCK)
          ON t.SESSION_ID = l.SESSION_ID
        WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_1 AND @upto_1
      ) AS d
      OPTION (FORCE ORDER, RECOMPILE);
      -- A row dies with the newest end of its history that is not older than the row
      DELETE b
      FROM @dead_1 AS b
      WHERE NOT EXISTS (
        SELECT 1 FROM @dead_1 AS e
        WHERE e.SESSION_ID = b.SESSION_ID AND e.SESSION_TYPE = b.SESSION_TYPE AND e.REASON IS NOT NULL
            AND e.TIME_CREATED >= b.TIME_CREATED);
      UPDATE @dead_1 SET REASON = 'superseded' WHERE REASON IS NULL;
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
          (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
        SELECT @run_id, b.REASON, t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED,
               t.TENANT_ID, t.EXPIRY_TIME
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS t
            ON t.SESSION_ID = b.SESSION_ID AND t.SESSION_TYPE = b.SESSION_TYPE AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS t WITH (ROWLOCK)
            ON t.SESSION_ID = b.SESSION_ID AND t.SESSION_TYPE = b.SESSION_TYPE AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 2. IDN_AUTH_SESSION_STORE
  IF @step = 2 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 2, 'IDN_AUTH_SESSION_STORE', 'list', 'list', NULL;
  IF @step = 2 AND @task = 'list'
  BEGIN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    DELETE FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE;
    INSERT INTO dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (RUN_ID, SESSION_ID)
    SELECT DISTINCT @run_id, t.SESSION_ID
    FROM dbo.IDN_AUTH_SESSION_STORE AS t
    WHERE (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < @expiry_cut_off_ns)
      OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
          AND t.TIME_CREATED < @age_cut_off_ns)
      OR (t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
          AND t.TIME_CREATED < @delete_cut_off_ns)
    -- It reads the whole table, and leaves the other processors to the product
    OPTION (MAXDOP 1);
  END;
  IF @step = 2 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_2 varchar(100), @upto_2 varchar(100),
      @after_2 varchar(100) = CONVERT(varchar(100), @after);
    IF @after_2 IS NULL
      SELECT @from_2 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l WHERE l.RUN_ID = @run_id;
    ELSE
      SELECT @from_2 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
      WHERE l.RUN_ID = @run_id AND l.SESSION_ID > @after_2;
    SELECT @upto_2 = MAX(k.SESSION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.SESSION_ID
      FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
      WHERE l.RUN_ID = @run_id AND l.SESSION_ID >= @from_2
      ORDER BY l.SESSION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_2);
    DECLARE @dead_2 TABLE (
      SESSION_ID varchar(100) NOT NULL, SESSION_TYPE varchar(100) NOT NULL, TIME_CREATED bigint NOT NULL,
      OPERATION varchar(10) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_2 (SESSION_ID, SESSION_TYPE, TIME_CREATED, OPERATION, REASON)
      SELECT d.SESSION_ID, d.SESSION_TYPE, d.TIME_CREATED, d.OPERATION, d.REASON
      FROM (
        SELECT t.SESSION_ID, t.SESSION_TYPE, t.TIME_CREATED, t.OPERATION,
          CASE
            WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < @expiry_cut_off_ns)
                 OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                     AND t.TIME_CREATED < @age_cut_off_ns)
            THEN 'expired'
            WHEN t.OPERATION + N'.' COLLATE Latin1_General_BIN2 = 'DELETE.'
                 AND t.TIME_CREATED < @delete_cut_off_ns
            THEN 'deleted'
          END AS REASON
        FROM dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE AS l
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_STORE AS t WITH (UPDLOCK, ROWLOCK)
          ON t.SESSION_ID = l.SESSION_ID
        WHERE l.RUN_ID = @run_id AND l.SESSION_ID BETWEEN @from_2 AND @upto_2
      ) AS d
      OPTION (FORCE ORDER, RECOMPILE);
      -- A row dies with the newest end of its history that is not older than the row
      DELETE b
      FROM @dead_2 AS b
      WHERE NOT EXISTS (
        SELECT 1 FROM @dead_2 AS e
        WHERE e.SESSION_ID = b.SESSION_ID AND e.SESSION_TYPE = b.SESSION_TYPE AND e.REASON IS NOT NULL
            AND e.TIME_CREATED >= b.TIME_CREATED);
      UPDATE @dead_2 SET REASON = 'superseded' WHERE REASON IS NULL;
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_2 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_2;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE
          (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
        SELECT @run_id, b.REASON, t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED,
               t.TENANT_ID, t.EXPIRY_TIME
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_STORE AS t
            ON t.SESSION_ID = b.SESSION_ID AND t.SESSION_TYPE = b.SESSION_TYPE AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_STORE AS t WITH (ROWLOCK)
            ON t.SESSION_ID = b.SESSION_ID AND t.SESSION_TYPE = b.SESSION_TYPE AND t.TIME_CREATED = b.TIME_CREATED
            AND t.OPERATION = b.OPERATION
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
        -- HOLDLOCK: nobody may add what keeps these rows before the batch is committed
        SELECT @kept = (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
          JOIN dbo.IDN_AUTH_SESSION_STORE AS o WITH (HOLDLOCK)
            ON o.SESSION_ID = l.SESSION_ID
        ) + (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
          JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS o WITH (HOLDLOCK)
            ON o.SESSION_ID = l.SESSION_ID
        )
        OPTION (LOOP JOIN, FORCE ORDER);
        -- this run removed the last row of its session, and none is in either store
        DELETE c
        OUTPUT @run_id, 'session_gone', deleted.ID, deleted.USER_ID, deleted.SESSION_ID
        INTO dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          (RUN_ID, REASON, ID, USER_ID, SESSION_ID)
        FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
        JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS c
          ON c.SESSION_ID = l.SESSION_ID
             AND c.SESSION_ID + N'.' COLLATE Latin1_General_BIN2 = l.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
        WHERE NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
        OPTION (LOOP JOIN, FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'session_gone', @count;
        -- this run removed the last row of its session, and none is in either store
        DELETE c
        OUTPUT @run_id, 'session_gone', deleted.SESSION_ID, deleted.SUBJECT, deleted.APP_ID, deleted.INBOUND_AUTH_TYPE
        INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
        FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
        JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS c
          ON c.SESSION_ID = l.SESSION_ID
             AND c.SESSION_ID + N'.' COLLATE Latin1_General_BIN2 = l.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
        WHERE NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
        OPTION (LOOP JOIN, FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_AUTH_SESSION_APP_INFO', 'session_gone', @count;
        -- this run removed the last row of its session, and none is in either store
        DELETE c
        OUTPUT @run_id, 'session_gone', deleted.SESSION_ID, deleted.PROPERTY_TYPE, deleted.VALUE
        INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
        FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
        JOIN dbo.IDN_AUTH_SESSION_META_DATA AS c
          ON c.SESSION_ID = l.SESSION_ID
             AND c.SESSION_ID + N'.' COLLATE Latin1_General_BIN2 = l.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
        WHERE NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
        OPTION (LOOP JOIN, FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_AUTH_SESSION_META_DATA', 'session_gone', @count;
        -- this run removed the last row of its session, and none is in either store
        DELETE c
        OUTPUT @run_id, 'session_gone', deleted.ID, deleted.IDP_SESSION_ID, deleted.SESSION_ID, deleted.IDP_NAME,
               deleted.AUTHENTICATOR_ID, deleted.PROTOCOL_TYPE, deleted.TIME_CREATED, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
          (RUN_ID, REASON, ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE, TIME_CREATED,
           TENANT_ID)
        FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
        JOIN dbo.IDN_FED_AUTH_SESSION_MAPPING AS c
          ON c.SESSION_ID = l.SESSION_ID
             AND c.SESSION_ID + N'.' COLLATE Latin1_General_BIN2 = l.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
        WHERE NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
            WHERE o.SESSION_ID = l.SESSION_ID)
        OPTION (LOOP JOIN, FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'session_gone', @count;
        SELECT @kept_now = (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
          JOIN dbo.IDN_AUTH_SESSION_STORE AS o WITH (HOLDLOCK)
            ON o.SESSION_ID = l.SESSION_ID
        ) + (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.SESSION_ID FROM @dead_2 AS b) AS l
          JOIN dbo.IDN_AUTH_TEMP_SESSION_STORE AS o WITH (HOLDLOCK)
            ON o.SESSION_ID = l.SESSION_ID
        )
        OPTION (LOOP JOIN, FORCE ORDER);
        IF @kept_now <> @kept
          THROW 51205, 'another session brought back what was to be gone', 1;
      END;
    END;
  END;

  -- 3. IDN_AUTH_USER_SESSION_MAPPING, only while setting orphan_sweep is yes
  IF @step = 3 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 3, 'IDN_AUTH_USER_SESSION_MAPPING', 'list', 'list', 'orphan_sweep';
  IF @step = 3 AND @task = 'list'
  BEGIN
    -- Drop sightings of rows that are no longer orphans; record new ones
    DELETE l
    FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
    WHERE NOT EXISTS (
      SELECT 1
      FROM dbo.IDN_AUTH_USER_SESSION_MAPPING AS t
      WHERE t.SESSION_ID = l.SESSION_ID
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
    INSERT INTO dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
    SELECT DISTINCT t.SESSION_ID, @started
    FROM dbo.IDN_AUTH_USER_SESSION_MAPPING AS t
    WHERE NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (
        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
        WHERE t.SESSION_ID = l.SESSION_ID);
  END;
  IF @step = 3 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_3 varchar(255), @upto_3 varchar(255),
      @after_3 varchar(255) = CONVERT(varchar(255), @after);
    IF @after_3 IS NULL
      SELECT @from_3 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
          WHERE l.FIRST_SEEN < @sighting_cut_off;
    ELSE
      SELECT @from_3 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID > @after_3;
    SELECT @upto_3 = MAX(k.SESSION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.SESSION_ID
      FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID >= @from_3
      ORDER BY l.SESSION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_3);
    DECLARE @dead_3 TABLE (
      ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_3 (ID, REASON)
      SELECT d.ID, d.REASON
      FROM (
        SELECT t.ID,
          CASE
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                   WHERE n.SESSION_ID = t.SESSION_ID
                     AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                         = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                     AND n.FIRST_SEEN < @sighting_cut_off)
            THEN 'orphaned'
          END AS REASON
        FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING AS l
        INNER LOOP JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS t WITH (UPDLOCK, ROWLOCK)
          ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN @from_3 AND @upto_3
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_3 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_3;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          (RUN_ID, REASON, ID, USER_ID, SESSION_ID)
        SELECT @run_id, b.REASON, t.ID, t.USER_ID, t.SESSION_ID
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_USER_SESSION_MAPPING AS t WITH (ROWLOCK) ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 4. IDN_AUTH_SESSION_APP_INFO, only while setting orphan_sweep is yes
  IF @step = 4 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 4, 'IDN_AUTH_SESSION_APP_INFO', 'list', 'list', 'orphan_sweep';
  IF @step = 4 AND @task = 'list'
  BEGIN
    -- Drop sightings of rows that are no longer orphans; record new ones
    DELETE l
    FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
    WHERE NOT EXISTS (
      SELECT 1
      FROM dbo.IDN_AUTH_SESSION_APP_INFO AS t
      WHERE t.SESSION_ID = l.SESSION_ID
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
    INSERT INTO dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (SESSION_ID, FIRST_SEEN)
    SELECT DISTINCT t.SESSION_ID, @started
    FROM dbo.IDN_AUTH_SESSION_APP_INFO AS t
    WHERE NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (
        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
        WHERE t.SESSION_ID = l.SESSION_ID);
  END;
  IF @step = 4 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_4 varchar(100), @upto_4 varchar(100),
      @after_4 varchar(100) = CONVERT(varchar(100), @after);
    IF @after_4 IS NULL
      SELECT @from_4 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
          WHERE l.FIRST_SEEN < @sighting_cut_off;
    ELSE
      SELECT @from_4 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID > @after_4;
    SELECT @upto_4 = MAX(k.SESSION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.SESSION_ID
      FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID >= @from_4
      ORDER BY l.SESSION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_4);
    DECLARE @dead_4 TABLE (
      SESSION_ID varchar(100) NOT NULL, SUBJECT varchar(100) NOT NULL, APP_ID int NOT NULL,
      INBOUND_AUTH_TYPE varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_4 (SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE, REASON)
      SELECT d.SESSION_ID, d.SUBJECT, d.APP_ID, d.INBOUND_AUTH_TYPE, d.REASON
      FROM (
        SELECT t.SESSION_ID, t.SUBJECT, t.APP_ID, t.INBOUND_AUTH_TYPE,
          CASE
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                   WHERE n.SESSION_ID = t.SESSION_ID
                     AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                         = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                     AND n.FIRST_SEEN < @sighting_cut_off)
            THEN 'orphaned'
          END AS REASON
        FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO AS l
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS t WITH (UPDLOCK, ROWLOCK)
          ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN @from_4 AND @upto_4
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_4 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_4;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
        SELECT @run_id, b.REASON, t.SESSION_ID, t.SUBJECT, t.APP_ID, t.INBOUND_AUTH_TYPE
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS t
            ON t.SESSION_ID = b.SESSION_ID AND t.SUBJECT = b.SUBJECT AND t.APP_ID = b.APP_ID
            AND t.INBOUND_AUTH_TYPE = b.INBOUND_AUTH_TYPE
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_APP_INFO AS t WITH (ROWLOCK)
            ON t.SESSION_ID = b.SESSION_ID AND t.SUBJECT = b.SUBJECT AND t.APP_ID = b.APP_ID
            AND t.INBOUND_AUTH_TYPE = b.INBOUND_AUTH_TYPE
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 5. IDN_AUTH_SESSION_META_DATA, only while setting orphan_sweep is yes
  IF @step = 5 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 5, 'IDN_AUTH_SESSION_META_DATA', 'list', 'list', 'orphan_sweep';
  IF @step = 5 AND @task = 'list'
  BEGIN
    -- Drop sightings of rows that are no longer orphans; record new ones
    DELETE l
    FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
    WHERE NOT EXISTS (
      SELECT 1
      FROM dbo.IDN_AUTH_SESSION_META_DATA AS t
      WHERE t.SESSION_ID = l.SESSION_ID
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
    INSERT INTO dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (SESSION_ID, FIRST_SEEN)
    SELECT DISTINCT t.SESSION_ID, @started
    FROM dbo.IDN_AUTH_SESSION_META_DATA AS t
    WHERE NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (
        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
        WHERE t.SESSION_ID = l.SESSION_ID);
  END;
  IF @step = 5 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_5 varchar(100), @upto_5 varchar(100),
      @after_5 varchar(100) = CONVERT(varchar(100), @after);
    IF @after_5 IS NULL
      SELECT @from_5 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
          WHERE l.FIRST_SEEN < @sighting_cut_off;
    ELSE
      SELECT @from_5 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID > @after_5;
    SELECT @upto_5 = MAX(k.SESSION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.SESSION_ID
      FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID >= @from_5
      ORDER BY l.SESSION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_5);
    DECLARE @dead_5 TABLE (
      SESSION_ID varchar(100) NOT NULL, PROPERTY_TYPE varchar(100) NOT NULL, VALUE varchar(255) NOT NULL,
      REASON VARCHAR(40) NULL,
      PRIMARY KEY (SESSION_ID, PROPERTY_TYPE, VALUE));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_5 (SESSION_ID, PROPERTY_TYPE, VALUE, REASON)
      SELECT d.SESSION_ID, d.PROPERTY_TYPE, d.VALUE, d.REASON
      FROM (
        SELECT t.SESSION_ID, t.PROPERTY_TYPE, t.VALUE,
          CASE
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                   WHERE n.SESSION_ID = t.SESSION_ID
                     AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                         = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                     AND n.FIRST_SEEN < @sighting_cut_off)
            THEN 'orphaned'
          END AS REASON
        FROM dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA AS l
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_META_DATA AS t WITH (UPDLOCK, ROWLOCK)
          ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN @from_5 AND @upto_5
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_5 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_5;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
        SELECT @run_id, b.REASON, t.SESSION_ID, t.PROPERTY_TYPE, t.VALUE
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_META_DATA AS t
            ON t.SESSION_ID = b.SESSION_ID AND t.PROPERTY_TYPE = b.PROPERTY_TYPE AND t.VALUE = b.VALUE
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.IDN_AUTH_SESSION_META_DATA AS t WITH (ROWLOCK)
            ON t.SESSION_ID = b.SESSION_ID AND t.PROPERTY_TYPE = b.PROPERTY_TYPE AND t.VALUE = b.VALUE
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 6. IDN_FED_AUTH_SESSION_MAPPING, only while setting orphan_sweep is yes
  IF @step = 6 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 6, 'IDN_FED_AUTH_SESSION_MAPPING', 'list', 'list', 'orphan_sweep';
  IF @step = 6 AND @task = 'list'
  BEGIN
    -- Drop sightings of rows that are no longer orphans; record new ones
    DELETE l
    FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING AS l
    WHERE NOT EXISTS (
      SELECT 1
      FROM dbo.IDN_FED_AUTH_SESSION_MAPPING AS t
      WHERE t.SESSION_ID = l.SESSION_ID
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
        AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
    INSERT INTO dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
    SELECT DISTINCT t.SESSION_ID, @started
    FROM dbo.IDN_FED_AUTH_SESSION_MAPPING AS t
    WHERE NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
      AND NOT EXISTS (
        SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING AS l
        WHERE t.SESSION_ID = l.SESSION_ID);
  END;
  IF @step = 6 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_6 varchar(255), @upto_6 varchar(255),
      @after_6 varchar(255) = CONVERT(varchar(255), @after);
    IF @after_6 IS NULL
      SELECT @from_6 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING AS l
          WHERE l.FIRST_SEEN < @sighting_cut_off;
    ELSE
      SELECT @from_6 = MIN(l.SESSION_ID) FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID > @after_6;
    SELECT @upto_6 = MAX(k.SESSION_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.SESSION_ID
      FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING AS l
      WHERE l.FIRST_SEEN < @sighting_cut_off AND l.SESSION_ID >= @from_6
      ORDER BY l.SESSION_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_6);
    DECLARE @dead_6 TABLE (
      ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_6 (ID, REASON)
      SELECT d.ID, d.REASON
      FROM (
        SELECT t.ID,
          CASE
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_AUTH_TEMP_SESSION_STORE o WITH (READCOMMITTEDLOCK)
                   WHERE o.SESSION_ID = t.SESSION_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
                   WHERE n.SESSION_ID = t.SESSION_ID
                     AND n.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                         = t.SESSION_ID + N'.' COLLATE Latin1_General_BIN2
                     AND n.FIRST_SEEN < @sighting_cut_off)
            THEN 'orphaned'
          END AS REASON
        FROM dbo.CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING AS l
        INNER LOOP JOIN dbo.IDN_FED_AUTH_SESSION_MAPPING AS t WITH (UPDLOCK, ROWLOCK)
          ON t.SESSION_ID = l.SESSION_ID
        WHERE l.SESSION_ID BETWEEN @from_6 AND @upto_6
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_6 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_6;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
          (RUN_ID, REASON, ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE, TIME_CREATED,
           TENANT_ID)
        SELECT @run_id, b.REASON, t.ID, t.IDP_SESSION_ID, t.SESSION_ID, t.IDP_NAME, t.AUTHENTICATOR_ID,
               t.PROTOCOL_TYPE, t.TIME_CREATED, t.TENANT_ID
        FROM @dead_6 AS b
        INNER LOOP JOIN dbo.IDN_FED_AUTH_SESSION_MAPPING AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_6 AS b
        INNER LOOP JOIN dbo.IDN_FED_AUTH_SESSION_MAPPING AS t WITH (ROWLOCK) ON t.ID = b.ID
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
-- @statement procedure cleanup_sessions
CREATE OR ALTER PROCEDURE dbo.cleanup_sessions
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 27aac3cb07d8bf61.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_sessions commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_sessions',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @expiry_grace_minutes BIGINT,
    @session_age_days BIGINT,
    @deleted_after_hours BIGINT,
    @orphan_sweep VARCHAR(255);
  EXEC dbo.CLEANUP_BEGIN 'cleanup_sessions', 'restore_sessions', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_sessions', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_AUTH_TEMP_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 7, NULL),
      ('IDN_AUTH_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE', 7, NULL),
      ('IDN_AUTH_USER_SESSION_MAPPING', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 3, NULL),
      ('IDN_AUTH_SESSION_APP_INFO', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO', 4, NULL),
      ('IDN_AUTH_SESSION_META_DATA', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 3, NULL),
      ('IDN_FED_AUTH_SESSION_MAPPING', 'CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING', 8, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'expired'), (@run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'deleted'),
           (@run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'superseded'), (@run_id, 'IDN_AUTH_SESSION_STORE', 'expired'),
           (@run_id, 'IDN_AUTH_SESSION_STORE', 'deleted'), (@run_id, 'IDN_AUTH_SESSION_STORE', 'superseded'),
           (@run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'session_gone'),
           (@run_id, 'IDN_AUTH_SESSION_APP_INFO', 'session_gone'),
           (@run_id, 'IDN_AUTH_SESSION_META_DATA', 'session_gone'),
           (@run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'session_gone'),
           (@run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'orphaned'), (@run_id, 'IDN_AUTH_SESSION_APP_INFO', 'orphaned'),
           (@run_id, 'IDN_AUTH_SESSION_META_DATA', 'orphaned'), (@run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'orphaned');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @expiry_grace_minutes = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE ELSE '' END), ''), '120'),
      @session_age_days = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE ELSE '' END), ''), '14'),
      @deleted_after_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE ELSE '' END), ''), '12'),
      @orphan_sweep = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE ELSE '' END), ''), 'no')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_sessions' AND LEFT(LTRIM(VALUE), 1) <> '-';
    EXEC dbo.CLEANUP_PRUNE @run_id, @lock;

    -- A batch waits no longer than a second for a lock; procedures of the kit outside of a batch set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 6
    BEGIN
      EXEC dbo.CLEANUP_NEXT @run_id, @lock, @step, @task OUTPUT, @rows OUTPUT, @after OUTPUT, @until OUTPUT;
      IF @task IS NULL
        SET @step = @step + 1;
      ELSE
      BEGIN
        BEGIN TRY
          BEGIN TRANSACTION;
          EXEC dbo.cleanup_sessions_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @expiry_grace_minutes, @session_age_days, @deleted_after_hours, @orphan_sweep;
          COMMIT TRANSACTION;
        END TRY
        BEGIN CATCH
          IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
          EXEC dbo.CLEANUP_FAILED @run_id;
        END CATCH;
      END;
    END;
    EXEC dbo.CLEANUP_EMPTIED @run_id, @lock, @step, 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE', @run_id, NULL;
    SET @step = @step + 1;
    EXEC dbo.CLEANUP_EMPTIED @run_id, @lock, @step, 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE', @run_id, NULL;
    SET @step = @step + 1;
    -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
    EXEC dbo.CLEANUP_PROVE @run_id, @lock, @proves OUTPUT;
    IF @proves = 1
      EXEC dbo.cleanup_sessions_proof @run_id, @started, @expiry_grace_minutes, @session_age_days,
                                                         @deleted_after_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_sessions_batch',
    'a7caa856846e96e09b09cc53c59a0c69156ab009ea625f1a1b45117ca574ac59', '64f5c463f84a8977';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_sessions',
    'de7577d861dc1dfafc752ac492cd43425a7d90ab49e2cc827d1875673d437325', '27aac3cb07d8bf61';
GO
-- @end
