-- cleanup_registry: deletes superseded registry log entries, what deleted resources left, and expired confirmation
-- codes.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   REG_RESOURCE when
--     code_expired: it is a confirmation code, and every expireTime of it has passed
--   and then from REG_RESOURCE_PROPERTY when
--     code_gone: its confirmation code is gone
--   REG_LOG when
--     superseded: its path has a newer entry
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_LOG, once those are gone, when
--     deleted: it says that its resource was deleted, and no other entry of its path is left
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_RESOURCE_PROPERTY when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_PROPERTY when
--     unreferenced: nothing refers to it any more
--   REG_RESOURCE_TAG when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_TAG when
--     unreferenced: nothing refers to it any more
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_registry run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_registry @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what would
-- go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_registry
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_DEAD_REG_RESOURCE, CLEANUP_DEAD_REG_LOG_SUPERSEDED, CLEANUP_DEAD_REG_LOG_DELETED,
--     CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY, CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG,
--     CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_registry calls it, in a transaction of its own.
-- @statement procedure cleanup_registry_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_registry_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @log_minimum_age_hours BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 8dcc02930da6f391.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_registry', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_registry calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT, @kept BIGINT, @kept_now BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- What fills a list locks nothing of the product, and has much to lose: it waits longer than a batch
  IF @task = 'list'
    SET LOCK_TIMEOUT 60000;
  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  DECLARE @log_cut_off DATETIME2(6);
  SET @log_cut_off = DATEADD(HOUR, -@log_minimum_age_hours, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less an hour for clocks that differ
  DECLARE @code_cut_off DATETIME2(6);
  SET @code_cut_off = DATEADD(HOUR, -1, @started);
  DECLARE @code_cut_off_ms BIGINT = DATEDIFF_BIG(MILLISECOND, '19700101', @code_cut_off);
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @log_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. REG_RESOURCE
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'REG_RESOURCE', 'list', 'list', NULL;
  IF @step = 1 AND @task = 'list'
  BEGIN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    DELETE FROM dbo.CLEANUP_DEAD_REG_RESOURCE;
    INSERT INTO dbo.CLEANUP_DEAD_REG_RESOURCE (RUN_ID, REG_VERSION, REG_TENANT_ID, REG_PATH_ID, REG_NAME)
    SELECT DISTINCT @run_id, t.REG_VERSION, t.REG_TENANT_ID, t.REG_PATH_ID, t.REG_NAME
    FROM dbo.REG_RESOURCE AS t
    WHERE t.REG_NAME IS NOT NULL
      AND EXISTS (
        SELECT 1 FROM dbo.REG_PATH o
        WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
          AND LEFT(o.REG_PATH_VALUE + N'/', 72)
              = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/' COLLATE Latin1_General_BIN2)
      AND (EXISTS (
             SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
             WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
               AND EXISTS (
                 SELECT 1 FROM dbo.REG_PROPERTY o2
                 WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                   AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                   AND CASE WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                       AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                       THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms))
           OR EXISTS (
             SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
             WHERE o.REG_PATH_ID = t.REG_PATH_ID
               AND o.REG_RESOURCE_NAME = t.REG_NAME
               AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                   = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
               AND o.REG_TENANT_ID = t.REG_TENANT_ID
               AND o.REG_VERSION IS NULL
               AND EXISTS (
                 SELECT 1 FROM dbo.REG_PROPERTY o2
                 WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                   AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                   AND CASE WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                       AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                       THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms)))
      AND NOT EXISTS (
        SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
        WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
          AND EXISTS (
            SELECT 1 FROM dbo.REG_PROPERTY o2
            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
              AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
              AND CASE WHEN CASE
                  WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                  AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms
                  THEN 1 ELSE 0 END = 0))
      AND NOT EXISTS (
        SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o
        WHERE o.REG_PATH_ID = t.REG_PATH_ID
          AND o.REG_RESOURCE_NAME = t.REG_NAME
          AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2 = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
          AND o.REG_TENANT_ID = t.REG_TENANT_ID
          AND o.REG_VERSION IS NULL
          AND EXISTS (
            SELECT 1 FROM dbo.REG_PROPERTY o2
            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
              AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
              AND CASE WHEN CASE
                  WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                  AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18 THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms
                  THEN 1 ELSE 0 END = 0))
    -- It reads the whole table, and leaves the other processors to the product
    OPTION (MAXDOP 1);
  END;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 int, @upto_1 int,
      @after_1 int = CONVERT(int, @after);
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(l.REG_VERSION) FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l WHERE l.RUN_ID = @run_id;
    ELSE
      SELECT @from_1 = MIN(l.REG_VERSION) FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
      WHERE l.RUN_ID = @run_id AND l.REG_VERSION > @after_1;
    SELECT @upto_1 = MAX(k.REG_VERSION), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.REG_VERSION
      FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
      WHERE l.RUN_ID = @run_id AND l.REG_VERSION >= @from_1
      ORDER BY l.REG_VERSION
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      REG_VERSION int NOT NULL, REG_TENANT_ID int NOT NULL, REG_PATH_ID int NULL, REG_NAME varchar(256) NULL,
      REASON VARCHAR(40) NULL,
      PRIMARY KEY (REG_VERSION, REG_TENANT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (REG_VERSION, REG_TENANT_ID, REG_PATH_ID, REG_NAME, REASON)
      SELECT d.REG_VERSION, d.REG_TENANT_ID, d.REG_PATH_ID, d.REG_NAME, d.REASON
      FROM (
        SELECT t.REG_VERSION, t.REG_TENANT_ID, t.REG_PATH_ID, t.REG_NAME,
          CASE
            WHEN t.REG_NAME IS NOT NULL
                 AND EXISTS (
                   SELECT 1 FROM dbo.REG_PATH o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND LEFT(o.REG_PATH_VALUE + N'/', 72)
                         = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/' COLLATE Latin1_General_BIN2)
                 AND (EXISTS (
                        SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o WITH (READCOMMITTEDLOCK)
                        WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                          AND EXISTS (
                            SELECT 1 FROM dbo.REG_PROPERTY o2 WITH (READCOMMITTEDLOCK)
                            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                              AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                              AND CASE WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                                  AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                  THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms))
                      OR EXISTS (
                        SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o WITH (READCOMMITTEDLOCK)
                        WHERE o.REG_PATH_ID = t.REG_PATH_ID
                          AND o.REG_RESOURCE_NAME = t.REG_NAME
                          AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                              = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                          AND o.REG_TENANT_ID = t.REG_TENANT_ID
                          AND o.REG_VERSION IS NULL
                          AND EXISTS (
                            SELECT 1 FROM dbo.REG_PROPERTY o2 WITH (READCOMMITTEDLOCK)
                            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                              AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                              AND CASE WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                                  AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                                  THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms)))
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND EXISTS (
                       SELECT 1 FROM dbo.REG_PROPERTY o2 WITH (READCOMMITTEDLOCK)
                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                         AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                         AND CASE WHEN CASE
                             WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                             AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                             THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0))
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID
                     AND o.REG_RESOURCE_NAME = t.REG_NAME
                     AND o.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2
                         = t.REG_NAME + N'.' COLLATE Latin1_General_BIN2
                     AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND o.REG_VERSION IS NULL
                     AND EXISTS (
                       SELECT 1 FROM dbo.REG_PROPERTY o2 WITH (READCOMMITTEDLOCK)
                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                         AND o2.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = 'expireTime.'
                         AND CASE WHEN CASE
                             WHEN o2.REG_VALUE NOT LIKE N'%[^0-9]%' COLLATE Latin1_General_BIN2
                             AND LEN(o2.REG_VALUE) BETWEEN 1 AND 18
                             THEN TRY_CAST(o2.REG_VALUE AS BIGINT) END < @code_cut_off_ms THEN 1 ELSE 0 END = 0))
            THEN 'code_expired'
          END AS REASON
        FROM dbo.CLEANUP_DEAD_REG_RESOURCE AS l
        INNER LOOP JOIN dbo.REG_RESOURCE AS t WITH (UPDLOCK, ROWLOCK)
          ON t.REG_VERSION = l.REG_VERSION
             AND t.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = @run_id AND l.REG_VERSION BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_REG_RESOURCE
          (RUN_ID, REASON, REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME,
           REG_LAST_UPDATOR, REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
        SELECT @run_id, b.REASON, t.REG_PATH_ID, t.REG_NAME, t.REG_VERSION, t.REG_MEDIA_TYPE, t.REG_CREATOR,
               t.REG_CREATED_TIME, t.REG_LAST_UPDATOR, t.REG_LAST_UPDATED_TIME, t.REG_DESCRIPTION, t.REG_CONTENT_ID,
               t.REG_TENANT_ID, t.REG_UUID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.REG_RESOURCE AS t ON t.REG_VERSION = b.REG_VERSION AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.REG_RESOURCE AS t WITH (ROWLOCK)
            ON t.REG_VERSION = b.REG_VERSION AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
        -- HOLDLOCK: nobody may add what keeps these rows before the batch is committed
        SELECT @kept = (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
          JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK)
            ON o.REG_VERSION = l.REG_VERSION
               AND o.REG_TENANT_ID = l.REG_TENANT_ID
        ) + (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
          JOIN dbo.REG_RESOURCE_HISTORY AS o WITH (HOLDLOCK)
            ON o.REG_VERSION = l.REG_VERSION
               AND o.REG_TENANT_ID = l.REG_TENANT_ID
        ) + (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
          JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK)
            ON o.REG_PATH_ID = l.REG_PATH_ID
               AND o.REG_NAME = l.REG_NAME
               AND o.REG_TENANT_ID = l.REG_TENANT_ID
        )
        OPTION (LOOP JOIN, FORCE ORDER);
        -- its confirmation code is gone
        DELETE c
        OUTPUT @run_id, 'code_gone', deleted.ID, deleted.REG_PROPERTY_ID, deleted.REG_VERSION, deleted.REG_PATH_ID,
               deleted.REG_RESOURCE_NAME, deleted.REG_TENANT_ID
        INTO dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY
          (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
        FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
        JOIN dbo.REG_RESOURCE_PROPERTY AS c
          ON c.REG_VERSION = l.REG_VERSION
             AND c.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE NOT EXISTS (
            SELECT 1 FROM dbo.REG_RESOURCE o WITH (READCOMMITTEDLOCK)
            WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o WITH (READCOMMITTEDLOCK)
            WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
          AND NOT EXISTS (
            SELECT 1 FROM dbo.REG_RESOURCE o WITH (READCOMMITTEDLOCK)
            WHERE o.REG_PATH_ID = c.REG_PATH_ID AND o.REG_TENANT_ID = l.REG_TENANT_ID)
        OPTION (LOOP JOIN, FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'REG_RESOURCE_PROPERTY', 'code_gone', @count;
        -- its confirmation code is gone
        DELETE c
        OUTPUT @run_id, 'code_gone', deleted.ID, deleted.REG_PROPERTY_ID, deleted.REG_VERSION, deleted.REG_PATH_ID,
               deleted.REG_RESOURCE_NAME, deleted.REG_TENANT_ID
        INTO dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY
          (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
        FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
        JOIN dbo.REG_RESOURCE_PROPERTY AS c
          ON c.REG_PATH_ID = l.REG_PATH_ID
             AND c.REG_RESOURCE_NAME = l.REG_NAME
             AND c.REG_RESOURCE_NAME + N'.' COLLATE Latin1_General_BIN2 = l.REG_NAME + N'.' COLLATE Latin1_General_BIN2
             AND c.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE c.REG_VERSION IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM dbo.REG_RESOURCE o WITH (READCOMMITTEDLOCK)
            WHERE o.REG_PATH_ID = l.REG_PATH_ID
              AND o.REG_NAME = l.REG_NAME
              AND o.REG_NAME + N'.' COLLATE Latin1_General_BIN2 = l.REG_NAME + N'.' COLLATE Latin1_General_BIN2
              AND o.REG_TENANT_ID = l.REG_TENANT_ID)
        OPTION (LOOP JOIN, FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'REG_RESOURCE_PROPERTY', 'code_gone', @count;
        SELECT @kept_now = (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
          JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK)
            ON o.REG_VERSION = l.REG_VERSION
               AND o.REG_TENANT_ID = l.REG_TENANT_ID
        ) + (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
          JOIN dbo.REG_RESOURCE_HISTORY AS o WITH (HOLDLOCK)
            ON o.REG_VERSION = l.REG_VERSION
               AND o.REG_TENANT_ID = l.REG_TENANT_ID
        ) + (
          SELECT COUNT(*)
          FROM (SELECT DISTINCT b.REG_VERSION, b.REG_TENANT_ID, b.REG_PATH_ID, b.REG_NAME FROM @dead_1 AS b) AS l
          JOIN dbo.REG_RESOURCE AS o WITH (HOLDLOCK)
            ON o.REG_PATH_ID = l.REG_PATH_ID
               AND o.REG_NAME = l.REG_NAME
               AND o.REG_TENANT_ID = l.REG_TENANT_ID
        )
        OPTION (LOOP JOIN, FORCE ORDER);
        IF @kept_now <> @kept
          THROW 51205, 'another session brought back what was to be gone', 1;
      END;
    END;
  END;

  -- 2. REG_LOG
  IF @step = 2 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 2, 'REG_LOG', 'list', 'list', NULL;
  IF @step = 2 AND @task = 'list'
  BEGIN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    DELETE FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED;
    INSERT INTO dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED (RUN_ID, REG_LOG_ID, REG_TENANT_ID, NEWEST)
    SELECT @run_id, t.REG_LOG_ID, t.REG_TENANT_ID, t.NEWEST
    FROM (
      SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME,
        MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID) AS NEWEST
      FROM dbo.REG_LOG AS n
      WHERE n.REG_PATH IS NOT NULL
    ) AS t
    WHERE t.REG_LOGGED_TIME < @log_cut_off AND t.REG_LOG_ID < t.NEWEST
    -- It reads the whole table, and leaves the other processors to the product
    OPTION (MAXDOP 1);
  END;
  IF @step = 2 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_2 int, @upto_2 int,
      @after_2 int = CONVERT(int, @after);
    IF @after_2 IS NULL
      SELECT @from_2 = MIN(l.REG_LOG_ID) FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l WHERE l.RUN_ID = @run_id;
    ELSE
      SELECT @from_2 = MIN(l.REG_LOG_ID) FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l
      WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID > @after_2;
    SELECT @upto_2 = MAX(k.REG_LOG_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.REG_LOG_ID
      FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l
      WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID >= @from_2
      ORDER BY l.REG_LOG_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_2);
    DECLARE @dead_2 TABLE (
      REG_LOG_ID int NOT NULL, REG_TENANT_ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (REG_LOG_ID, REG_TENANT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_2 (REG_LOG_ID, REG_TENANT_ID, REASON)
      SELECT d.REG_LOG_ID, d.REG_TENANT_ID, d.REASON
      FROM (
        SELECT t.REG_LOG_ID, t.REG_TENANT_ID,
          CASE
            WHEN CASE WHEN t.REG_LOGGED_TIME < @log_cut_off THEN 1 ELSE 0 END = 0 THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.REG_LOG n WITH (READCOMMITTEDLOCK)
                   WHERE n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                     AND n.REG_PATH = t.REG_PATH
                         AND n.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                         = t.REG_PATH + N'.' COLLATE Latin1_General_BIN2
                     AND n.REG_LOG_ID > t.REG_LOG_ID)
            THEN 'superseded'
          END AS REASON
        FROM dbo.CLEANUP_DEAD_REG_LOG_SUPERSEDED AS l
        INNER LOOP JOIN dbo.REG_LOG AS t WITH (UPDLOCK, ROWLOCK)
          ON t.REG_LOG_ID = l.REG_LOG_ID
             AND t.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_2 AND @upto_2
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_2 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_2;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_REG_LOG
          (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
           REG_TENANT_ID)
        SELECT @run_id, b.REASON, t.REG_LOG_ID, t.REG_PATH, t.REG_USER_ID, t.REG_LOGGED_TIME, t.REG_ACTION,
               t.REG_ACTION_DATA, t.REG_TENANT_ID
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.REG_LOG AS t ON t.REG_LOG_ID = b.REG_LOG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.REG_LOG AS t WITH (ROWLOCK)
            ON t.REG_LOG_ID = b.REG_LOG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 3. REG_LOG
  IF @step = 3 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 3, 'REG_LOG', 'list', 'list', NULL;
  IF @step = 3 AND @task = 'list'
  BEGIN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    DELETE FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED;
    INSERT INTO dbo.CLEANUP_DEAD_REG_LOG_DELETED (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
    SELECT @run_id, t.REG_LOG_ID, t.REG_TENANT_ID
    FROM (
      SELECT n.REG_TENANT_ID,
        MAX(n.REG_LOG_ID) AS NEWEST,
        COUNT(*) AS SAME_ROWS,
        SUM(CASE WHEN n.REG_LOGGED_TIME < @log_cut_off THEN 0 ELSE 1 END) AS STAYING_ROWS
      FROM dbo.REG_LOG AS n
      WHERE n.REG_PATH IS NOT NULL
      GROUP BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID
    ) AS k
    JOIN dbo.REG_LOG AS t ON t.REG_LOG_ID = k.NEWEST
      AND t.REG_TENANT_ID = k.REG_TENANT_ID
    WHERE t.REG_LOGGED_TIME < @log_cut_off
      AND (t.REG_ACTION = 7
           AND (k.SAME_ROWS = 1 OR @dry_run = 'yes' AND k.STAYING_ROWS = 0))
    -- It reads the whole table, and leaves the other processors to the product
    OPTION (MAXDOP 1);
  END;
  IF @step = 3 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_3 int, @upto_3 int,
      @after_3 int = CONVERT(int, @after);
    IF @after_3 IS NULL
      SELECT @from_3 = MIN(l.REG_LOG_ID) FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l WHERE l.RUN_ID = @run_id;
    ELSE
      SELECT @from_3 = MIN(l.REG_LOG_ID) FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l
      WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID > @after_3;
    SELECT @upto_3 = MAX(k.REG_LOG_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) l.REG_LOG_ID
      FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l
      WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID >= @from_3
      ORDER BY l.REG_LOG_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_3);
    DECLARE @dead_3 TABLE (
      REG_LOG_ID int NOT NULL, REG_TENANT_ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (REG_LOG_ID, REG_TENANT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_3 (REG_LOG_ID, REG_TENANT_ID, REASON)
      SELECT d.REG_LOG_ID, d.REG_TENANT_ID, d.REASON
      FROM (
        SELECT t.REG_LOG_ID, t.REG_TENANT_ID,
          CASE
            WHEN CASE WHEN t.REG_LOGGED_TIME < @log_cut_off THEN 1 ELSE 0 END = 0 THEN NULL
            WHEN t.REG_ACTION = 7 AND l.RUN_ID = @run_id THEN 'deleted'
          END AS REASON
        FROM dbo.CLEANUP_DEAD_REG_LOG_DELETED AS l
        INNER LOOP JOIN dbo.REG_LOG AS t WITH (UPDLOCK, ROWLOCK)
          ON t.REG_LOG_ID = l.REG_LOG_ID
             AND t.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = @run_id AND l.REG_LOG_ID BETWEEN @from_3 AND @upto_3
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (FORCE ORDER, RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_3 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_3;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_REG_LOG
          (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
           REG_TENANT_ID)
        SELECT @run_id, b.REASON, t.REG_LOG_ID, t.REG_PATH, t.REG_USER_ID, t.REG_LOGGED_TIME, t.REG_ACTION,
               t.REG_ACTION_DATA, t.REG_TENANT_ID
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.REG_LOG AS t ON t.REG_LOG_ID = b.REG_LOG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.REG_LOG AS t WITH (ROWLOCK)
            ON t.REG_LOG_ID = b.REG_LOG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 4. REG_RESOURCE_PROPERTY
  IF @step = 4 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 4, 'REG_RESOURCE_PROPERTY', 'key', 'delete', NULL;
  IF @step = 4 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_4 int, @upto_4 int,
      @after_4 int = CONVERT(int, @after), @until_4 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_4 IS NULL
      SELECT @from_4 = MIN(t.ID) FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (NOLOCK);
    ELSE
      SELECT @from_4 = MIN(t.ID) FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (NOLOCK) WHERE t.ID > @after_4;
    IF @until_4 IS NULL
      SELECT @until_4 = MAX(t.ID) FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (NOLOCK);
    SELECT @upto_4 = MAX(k.ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.ID
      FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (NOLOCK)
      WHERE t.ID BETWEEN @from_4 AND @until_4
      ORDER BY t.ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_4);
    DECLARE @dead_4 TABLE (
      ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_4 (ID, REASON)
      SELECT d.ID, d.REASON
      FROM (
        SELECT t.ID,
          CASE
            WHEN t.REG_TENANT_ID IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'resource_gone'
          END AS REASON
        FROM dbo.REG_RESOURCE_PROPERTY AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.ID BETWEEN @from_4 AND @upto_4
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_4 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_4;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_REG_RESOURCE_PROPERTY
          (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
        SELECT @run_id, b.REASON, t.ID, t.REG_PROPERTY_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME,
               t.REG_TENANT_ID
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.REG_RESOURCE_PROPERTY AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.REG_RESOURCE_PROPERTY AS t WITH (ROWLOCK) ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 5. REG_PROPERTY
  IF @step = 5 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 5, 'REG_PROPERTY', 'key', 'delete', NULL;
  IF @step = 5 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_5 int, @upto_5 int,
      @after_5 int = CONVERT(int, @after), @until_5 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_5 IS NULL
      SELECT @from_5 = MIN(t.REG_ID) FROM dbo.REG_PROPERTY AS t WITH (NOLOCK);
    ELSE
      SELECT @from_5 = MIN(t.REG_ID) FROM dbo.REG_PROPERTY AS t WITH (NOLOCK) WHERE t.REG_ID > @after_5;
    IF @until_5 IS NULL
      SELECT @until_5 = MAX(t.REG_ID) FROM dbo.REG_PROPERTY AS t WITH (NOLOCK);
    SELECT @upto_5 = MAX(k.REG_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.REG_ID
      FROM dbo.REG_PROPERTY AS t WITH (NOLOCK)
      WHERE t.REG_ID BETWEEN @from_5 AND @until_5
      ORDER BY t.REG_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_5);
    DECLARE @dead_5 TABLE (
      REG_ID int NOT NULL, REG_TENANT_ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (REG_ID, REG_TENANT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_5 (REG_ID, REG_TENANT_ID, REASON)
      SELECT d.REG_ID, d.REG_TENANT_ID, d.REASON
      FROM (
        SELECT t.REG_ID, t.REG_TENANT_ID,
          CASE
            WHEN NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE_PROPERTY o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'unreferenced'
          END AS REASON
        FROM dbo.REG_PROPERTY AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.REG_ID BETWEEN @from_5 AND @upto_5
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_5 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_5;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_REG_PROPERTY
          (RUN_ID, REASON, REG_ID, REG_NAME, REG_VALUE, REG_TENANT_ID)
        SELECT @run_id, b.REASON, t.REG_ID, t.REG_NAME, t.REG_VALUE, t.REG_TENANT_ID
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.REG_PROPERTY AS t ON t.REG_ID = b.REG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.REG_PROPERTY AS t WITH (ROWLOCK)
            ON t.REG_ID = b.REG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 6. REG_RESOURCE_TAG
  IF @step = 6 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 6, 'REG_RESOURCE_TAG', 'key', 'delete', NULL;
  IF @step = 6 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_6 int, @upto_6 int,
      @after_6 int = CONVERT(int, @after), @until_6 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_6 IS NULL
      SELECT @from_6 = MIN(t.ID) FROM dbo.REG_RESOURCE_TAG AS t WITH (NOLOCK);
    ELSE
      SELECT @from_6 = MIN(t.ID) FROM dbo.REG_RESOURCE_TAG AS t WITH (NOLOCK) WHERE t.ID > @after_6;
    IF @until_6 IS NULL
      SELECT @until_6 = MAX(t.ID) FROM dbo.REG_RESOURCE_TAG AS t WITH (NOLOCK);
    SELECT @upto_6 = MAX(k.ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.ID
      FROM dbo.REG_RESOURCE_TAG AS t WITH (NOLOCK)
      WHERE t.ID BETWEEN @from_6 AND @until_6
      ORDER BY t.ID
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
            WHEN t.REG_TENANT_ID IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE_HISTORY o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'resource_gone'
          END AS REASON
        FROM dbo.REG_RESOURCE_TAG AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.ID BETWEEN @from_6 AND @upto_6
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_6 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_6;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_REG_RESOURCE_TAG
          (RUN_ID, REASON, ID, REG_TAG_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
        SELECT @run_id, b.REASON, t.ID, t.REG_TAG_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME,
               t.REG_TENANT_ID
        FROM @dead_6 AS b
        INNER LOOP JOIN dbo.REG_RESOURCE_TAG AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_6 AS b
        INNER LOOP JOIN dbo.REG_RESOURCE_TAG AS t WITH (ROWLOCK) ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 7. REG_TAG
  IF @step = 7 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 7, 'REG_TAG', 'key', 'delete', NULL;
  IF @step = 7 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_7 int, @upto_7 int,
      @after_7 int = CONVERT(int, @after), @until_7 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_7 IS NULL
      SELECT @from_7 = MIN(t.REG_ID) FROM dbo.REG_TAG AS t WITH (NOLOCK);
    ELSE
      SELECT @from_7 = MIN(t.REG_ID) FROM dbo.REG_TAG AS t WITH (NOLOCK) WHERE t.REG_ID > @after_7;
    IF @until_7 IS NULL
      SELECT @until_7 = MAX(t.REG_ID) FROM dbo.REG_TAG AS t WITH (NOLOCK);
    SELECT @upto_7 = MAX(k.REG_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.REG_ID
      FROM dbo.REG_TAG AS t WITH (NOLOCK)
      WHERE t.REG_ID BETWEEN @from_7 AND @until_7
      ORDER BY t.REG_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_7);
    DECLARE @dead_7 TABLE (
      REG_ID int NOT NULL, REG_TENANT_ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (REG_ID, REG_TENANT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_7 (REG_ID, REG_TENANT_ID, REASON)
      SELECT d.REG_ID, d.REG_TENANT_ID, d.REASON
      FROM (
        SELECT t.REG_ID, t.REG_TENANT_ID,
          CASE
            WHEN NOT EXISTS (
                   SELECT 1 FROM dbo.REG_RESOURCE_TAG o WITH (READCOMMITTEDLOCK)
                   WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'unreferenced'
          END AS REASON
        FROM dbo.REG_TAG AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.REG_ID BETWEEN @from_7 AND @upto_7
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_7 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_7;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_REG_TAG
          (RUN_ID, REASON, REG_ID, REG_TAG_NAME, REG_USER_ID, REG_TAGGED_TIME, REG_TENANT_ID)
        SELECT @run_id, b.REASON, t.REG_ID, t.REG_TAG_NAME, t.REG_USER_ID, t.REG_TAGGED_TIME, t.REG_TENANT_ID
        FROM @dead_7 AS b
        INNER LOOP JOIN dbo.REG_TAG AS t ON t.REG_ID = b.REG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_7 AS b
        INNER LOOP JOIN dbo.REG_TAG AS t WITH (ROWLOCK) ON t.REG_ID = b.REG_ID AND t.REG_TENANT_ID = b.REG_TENANT_ID
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
-- @statement procedure cleanup_registry
CREATE OR ALTER PROCEDURE dbo.cleanup_registry
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text d826fa5ffa989f25.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_registry commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_registry',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @log_minimum_age_hours BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_registry', 'restore_registry', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_registry', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('REG_RESOURCE', 'CLEANUP_BAK_REG_RESOURCE', 12, NULL),
      ('REG_PROPERTY', 'CLEANUP_BAK_REG_PROPERTY', 4, NULL),
      ('REG_RESOURCE_PROPERTY', 'CLEANUP_BAK_REG_RESOURCE_PROPERTY', 6, NULL),
      ('REG_RESOURCE_PROPERTY', NULL, NULL,
       'REG_PROPERTY_ID -> REG_PROPERTY (REG_ID) NO ACTION, one of 2'),
      ('REG_RESOURCE_PROPERTY', NULL, NULL,
       'REG_TENANT_ID -> REG_PROPERTY (REG_TENANT_ID) NO ACTION, one of 2'),
      ('REG_LOG', 'CLEANUP_BAK_REG_LOG', 7, NULL),
      ('REG_TAG', 'CLEANUP_BAK_REG_TAG', 5, NULL),
      ('REG_RESOURCE_TAG', 'CLEANUP_BAK_REG_RESOURCE_TAG', 6, NULL),
      ('REG_RESOURCE_TAG', NULL, NULL,
       'REG_TAG_ID -> REG_TAG (REG_ID) NO ACTION, one of 2'),
      ('REG_RESOURCE_TAG', NULL, NULL,
       'REG_TENANT_ID -> REG_TAG (REG_TENANT_ID) NO ACTION, one of 2'),
      ('REG_PATH', NULL, NULL, NULL),
      ('REG_RESOURCE_HISTORY', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'REG_RESOURCE', 'code_expired'), (@run_id, 'REG_RESOURCE_PROPERTY', 'code_gone'),
           (@run_id, 'REG_LOG', 'superseded'), (@run_id, 'REG_LOG', 'deleted'),
           (@run_id, 'REG_RESOURCE_PROPERTY', 'resource_gone'), (@run_id, 'REG_PROPERTY', 'unreferenced'),
           (@run_id, 'REG_RESOURCE_TAG', 'resource_gone'), (@run_id, 'REG_TAG', 'unreferenced');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @log_minimum_age_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'log_minimum_age_hours' THEN VALUE ELSE '' END), ''), '24'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_registry' AND LEFT(LTRIM(VALUE), 1) <> '-';
    EXEC dbo.CLEANUP_PRUNE @run_id, @lock;

    -- A batch waits no longer than a second for a lock; procedures of the kit outside of a batch set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 7
    BEGIN
      EXEC dbo.CLEANUP_NEXT @run_id, @lock, @step, @task OUTPUT, @rows OUTPUT, @after OUTPUT, @until OUTPUT;
      IF @task IS NULL
        SET @step = @step + 1;
      ELSE
      BEGIN
        BEGIN TRY
          BEGIN TRANSACTION;
          EXEC dbo.cleanup_registry_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @log_minimum_age_hours, @clock_uncertainty_hours;
          COMMIT TRANSACTION;
        END TRY
        BEGIN CATCH
          IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
          EXEC dbo.CLEANUP_FAILED @run_id;
        END CATCH;
      END;
    END;
    EXEC dbo.CLEANUP_EMPTIED @run_id, @lock, @step, 'CLEANUP_DEAD_REG_RESOURCE', @run_id, NULL;
    SET @step = @step + 1;
    EXEC dbo.CLEANUP_EMPTIED @run_id, @lock, @step, 'CLEANUP_DEAD_REG_LOG_SUPERSEDED', @run_id, NULL;
    SET @step = @step + 1;
    EXEC dbo.CLEANUP_EMPTIED @run_id, @lock, @step, 'CLEANUP_DEAD_REG_LOG_DELETED', @run_id, NULL;
    SET @step = @step + 1;
    -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
    EXEC dbo.CLEANUP_PROVE @run_id, @lock, @proves OUTPUT;
    IF @proves = 1
      EXEC dbo.cleanup_registry_proof @run_id, @started, @log_minimum_age_hours, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_registry_batch',
    '76b8acf5af33d194580efaf736e6e1eb34cc83c70858f013bbfa159fa9b5c27e', '8dcc02930da6f391';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_registry',
    '148af4cdbfb005ba55b8f3353a4f185a1eec978be8d7c6b32f1f95eddf38e8ac', 'd826fa5ffa989f25';
GO
-- @end
