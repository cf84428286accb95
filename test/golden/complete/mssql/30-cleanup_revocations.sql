-- cleanup_revocations: deletes marks of revoked tokens that have expired since.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   AM_REVOKED_JWT when
--     expired: its token expired over 24 h ago; a number too small for milliseconds since 1970 says nothing
--   IDN_INVALID_TOKENS when
--     expired: its token expired over 24 h ago
--   IDN_OAUTH2_REVOKED_TOKENS when
--     expired: its token expired over 24 h ago
--   IDN_SUBJECT_ENTITY_REVOKED_EVENT when
--     outlived: every token that it revokes expired over 24 h ago
--   IDN_APP_REVOKED_EVENT when
--     outlived: every token that it revokes expired over 24 h ago
--   AM_SUBJECT_ENTITY_REVOKED_EVENT (only while setting am_event_pruning is yes) when
--     outlived: every token that it revokes expired over 24 h ago
--   AM_APP_REVOKED_EVENT (only while setting am_event_pruning is yes) when
--     outlived: every token that it revokes expired over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_revocations run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_revocations @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what
-- would go with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_revocations
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_AM_REVOKED_JWT, CLEANUP_BAK_IDN_INVALID_TOKENS,
--     CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS, CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT,
--     CLEANUP_BAK_IDN_APP_REVOKED_EVENT, CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT, CLEANUP_BAK_AM_APP_REVOKED_EVENT
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_revocations calls it, in a transaction of its own.
-- @statement procedure cleanup_revocations_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_revocations_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @longest_lifetime_hours BIGINT,
  @am_event_pruning VARCHAR(255),
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 664863d4c610be8f.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_revocations', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_revocations calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less 24 h
  DECLARE @epoch_grace_cut_off DATETIME2(6);
  SET @epoch_grace_cut_off = DATEADD(HOUR, -24, @started);
  DECLARE @epoch_grace_cut_off_ms BIGINT = DATEDIFF_BIG(MILLISECOND, '19700101', @epoch_grace_cut_off);
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  DECLARE @event_cut_off DATETIME2(6);
  SET @event_cut_off
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
                             SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds FROM dbo.IDN_OAUTH_CONSUMER_APPS a UNION ALL
                             SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM dbo.IDN_OAUTH_CONSUMER_APPS a
                           ) p
                         ) x) AS amount) p);
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @grace_cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. AM_REVOKED_JWT
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'AM_REVOKED_JWT', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(255), @upto_1 varchar(255),
      @after_1 varchar(255) = CONVERT(varchar(255), @after), @until_1 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.UUID) FROM dbo.AM_REVOKED_JWT AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.UUID) FROM dbo.AM_REVOKED_JWT AS t WITH (NOLOCK) WHERE t.UUID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.UUID) FROM dbo.AM_REVOKED_JWT AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.UUID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.UUID
      FROM dbo.AM_REVOKED_JWT AS t WITH (NOLOCK)
      WHERE t.UUID BETWEEN @from_1 AND @until_1
      ORDER BY t.UUID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      UUID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (UUID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (UUID, REASON)
      SELECT d.UUID, d.REASON
      FROM (
        SELECT t.UUID,
          CASE
            WHEN t.EXPIRY_TIMESTAMP > 99999999999
                 AND t.EXPIRY_TIMESTAMP < @epoch_grace_cut_off_ms
            THEN 'expired'
          END AS REASON
        FROM dbo.AM_REVOKED_JWT AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.UUID BETWEEN @from_1 AND @upto_1
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_1 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_1;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_AM_REVOKED_JWT
          (RUN_ID, REASON, UUID, SIGNATURE, EXPIRY_TIMESTAMP, TENANT_ID, TOKEN_TYPE, TIME_CREATED)
        SELECT @run_id, b.REASON, t.UUID, t.SIGNATURE, t.EXPIRY_TIMESTAMP, t.TENANT_ID, t.TOKEN_TYPE, t.TIME_CREATED
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.AM_REVOKED_JWT AS t ON t.UUID = b.UUID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.AM_REVOKED_JWT AS t WITH (ROWLOCK) ON t.UUID = b.UUID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 2. IDN_INVALID_TOKENS
  IF @step = 2 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 2, 'IDN_INVALID_TOKENS', 'key', 'delete', NULL;
  IF @step = 2 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_2 varchar(255), @upto_2 varchar(255),
      @after_2 varchar(255) = CONVERT(varchar(255), @after), @until_2 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_2 IS NULL
      SELECT @from_2 = MIN(t.UUID) FROM dbo.IDN_INVALID_TOKENS AS t WITH (NOLOCK);
    ELSE
      SELECT @from_2 = MIN(t.UUID) FROM dbo.IDN_INVALID_TOKENS AS t WITH (NOLOCK) WHERE t.UUID > @after_2;
    IF @until_2 IS NULL
      SELECT @until_2 = MAX(t.UUID) FROM dbo.IDN_INVALID_TOKENS AS t WITH (NOLOCK);
    SELECT @upto_2 = MAX(k.UUID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.UUID
      FROM dbo.IDN_INVALID_TOKENS AS t WITH (NOLOCK)
      WHERE t.UUID BETWEEN @from_2 AND @until_2
      ORDER BY t.UUID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_2);
    DECLARE @dead_2 TABLE (
      UUID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (UUID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_2 (UUID, REASON)
      SELECT d.UUID, d.REASON
      FROM (
        SELECT t.UUID,
          CASE
            WHEN t.EXPIRY_TIMESTAMP < @grace_cut_off THEN 'expired'
          END AS REASON
        FROM dbo.IDN_INVALID_TOKENS AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.UUID BETWEEN @from_2 AND @upto_2
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_2 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_2;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_INVALID_TOKENS
          (RUN_ID, REASON, UUID, TOKEN_IDENTIFIER, CONSUMER_KEY, TIME_CREATED, EXPIRY_TIMESTAMP)
        SELECT @run_id, b.REASON, t.UUID, t.TOKEN_IDENTIFIER, t.CONSUMER_KEY, t.TIME_CREATED, t.EXPIRY_TIMESTAMP
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_INVALID_TOKENS AS t ON t.UUID = b.UUID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_INVALID_TOKENS AS t WITH (ROWLOCK) ON t.UUID = b.UUID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 3. IDN_OAUTH2_REVOKED_TOKENS
  IF @step = 3 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 3, 'IDN_OAUTH2_REVOKED_TOKENS', 'key', 'delete', NULL;
  IF @step = 3 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_3 varchar(255), @upto_3 varchar(255),
      @after_3 varchar(255) = CONVERT(varchar(255), @after), @until_3 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_3 IS NULL
      SELECT @from_3 = MIN(t.UUID) FROM dbo.IDN_OAUTH2_REVOKED_TOKENS AS t WITH (NOLOCK);
    ELSE
      SELECT @from_3 = MIN(t.UUID) FROM dbo.IDN_OAUTH2_REVOKED_TOKENS AS t WITH (NOLOCK) WHERE t.UUID > @after_3;
    IF @until_3 IS NULL
      SELECT @until_3 = MAX(t.UUID) FROM dbo.IDN_OAUTH2_REVOKED_TOKENS AS t WITH (NOLOCK);
    SELECT @upto_3 = MAX(k.UUID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.UUID
      FROM dbo.IDN_OAUTH2_REVOKED_TOKENS AS t WITH (NOLOCK)
      WHERE t.UUID BETWEEN @from_3 AND @until_3
      ORDER BY t.UUID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_3);
    DECLARE @dead_3 TABLE (
      UUID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (UUID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_3 (UUID, REASON)
      SELECT d.UUID, d.REASON
      FROM (
        SELECT t.UUID,
          CASE
            WHEN t.EXPIRY_TIMESTAMP < @grace_cut_off THEN 'expired'
          END AS REASON
        FROM dbo.IDN_OAUTH2_REVOKED_TOKENS AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.UUID BETWEEN @from_3 AND @upto_3
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_3 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_3;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS
          (RUN_ID, REASON, UUID, TOKEN_IDENTIFIER, CONSUMER_KEY, TIME_CREATED, EXPIRY_TIMESTAMP)
        SELECT @run_id, b.REASON, t.UUID, t.TOKEN_IDENTIFIER, t.CONSUMER_KEY, t.TIME_CREATED, t.EXPIRY_TIMESTAMP
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_REVOKED_TOKENS AS t ON t.UUID = b.UUID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_REVOKED_TOKENS AS t WITH (ROWLOCK) ON t.UUID = b.UUID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 4. IDN_SUBJECT_ENTITY_REVOKED_EVENT
  IF @step = 4 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 4, 'IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'key', 'delete', NULL;
  IF @step = 4 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_4 varchar(255), @upto_4 varchar(255),
      @after_4 varchar(255) = CONVERT(varchar(255), @after), @until_4 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_4 IS NULL
      SELECT @from_4 = MIN(t.EVENT_ID) FROM dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK);
    ELSE
      SELECT @from_4 = MIN(t.EVENT_ID) FROM dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK)
          WHERE t.EVENT_ID > @after_4;
    IF @until_4 IS NULL
      SELECT @until_4 = MAX(t.EVENT_ID) FROM dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK);
    SELECT @upto_4 = MAX(k.EVENT_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.EVENT_ID
      FROM dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK)
      WHERE t.EVENT_ID BETWEEN @from_4 AND @until_4
      ORDER BY t.EVENT_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_4);
    DECLARE @dead_4 TABLE (
      EVENT_ID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (EVENT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_4 (EVENT_ID, REASON)
      SELECT d.EVENT_ID, d.REASON
      FROM (
        SELECT t.EVENT_ID,
          CASE
            WHEN t.TIME_REVOKED < @event_cut_off THEN 'outlived'
          END AS REASON
        FROM dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.EVENT_ID BETWEEN @from_4 AND @upto_4
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_4 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_4;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
          (RUN_ID, REASON, EVENT_ID, ENTITY_ID, ENTITY_TYPE, TIME_REVOKED, ORGANIZATION)
        SELECT @run_id, b.REASON, t.EVENT_ID, t.ENTITY_ID, t.ENTITY_TYPE, t.TIME_REVOKED, t.ORGANIZATION
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t ON t.EVENT_ID = b.EVENT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.IDN_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (ROWLOCK) ON t.EVENT_ID = b.EVENT_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 5. IDN_APP_REVOKED_EVENT
  IF @step = 5 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 5, 'IDN_APP_REVOKED_EVENT', 'key', 'delete', NULL;
  IF @step = 5 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_5 varchar(255), @upto_5 varchar(255),
      @after_5 varchar(255) = CONVERT(varchar(255), @after), @until_5 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_5 IS NULL
      SELECT @from_5 = MIN(t.EVENT_ID) FROM dbo.IDN_APP_REVOKED_EVENT AS t WITH (NOLOCK);
    ELSE
      SELECT @from_5 = MIN(t.EVENT_ID) FROM dbo.IDN_APP_REVOKED_EVENT AS t WITH (NOLOCK) WHERE t.EVENT_ID > @after_5;
    IF @until_5 IS NULL
      SELECT @until_5 = MAX(t.EVENT_ID) FROM dbo.IDN_APP_REVOKED_EVENT AS t WITH (NOLOCK);
    SELECT @upto_5 = MAX(k.EVENT_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.EVENT_ID
      FROM dbo.IDN_APP_REVOKED_EVENT AS t WITH (NOLOCK)
      WHERE t.EVENT_ID BETWEEN @from_5 AND @until_5
      ORDER BY t.EVENT_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_5);
    DECLARE @dead_5 TABLE (
      EVENT_ID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (EVENT_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_5 (EVENT_ID, REASON)
      SELECT d.EVENT_ID, d.REASON
      FROM (
        SELECT t.EVENT_ID,
          CASE
            WHEN t.TIME_REVOKED < @event_cut_off THEN 'outlived'
          END AS REASON
        FROM dbo.IDN_APP_REVOKED_EVENT AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.EVENT_ID BETWEEN @from_5 AND @upto_5
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_5 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_5;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_APP_REVOKED_EVENT
          (RUN_ID, REASON, EVENT_ID, CONSUMER_KEY, TIME_REVOKED, ORGANIZATION)
        SELECT @run_id, b.REASON, t.EVENT_ID, t.CONSUMER_KEY, t.TIME_REVOKED, t.ORGANIZATION
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.IDN_APP_REVOKED_EVENT AS t ON t.EVENT_ID = b.EVENT_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.IDN_APP_REVOKED_EVENT AS t WITH (ROWLOCK) ON t.EVENT_ID = b.EVENT_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 6. AM_SUBJECT_ENTITY_REVOKED_EVENT, only while setting am_event_pruning is yes
  IF @step = 6 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 6, 'AM_SUBJECT_ENTITY_REVOKED_EVENT', 'key', 'delete', 'am_event_pruning';
  IF @step = 6 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_6 varchar(255), @upto_6 varchar(255),
      @after_6 varchar(255) = CONVERT(varchar(255), @after), @until_6 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_6 IS NULL
      SELECT @from_6 = MIN(t.ENTITY_ID) FROM dbo.AM_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK);
    ELSE
      SELECT @from_6 = MIN(t.ENTITY_ID) FROM dbo.AM_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK)
          WHERE t.ENTITY_ID > @after_6;
    IF @until_6 IS NULL
      SELECT @until_6 = MAX(t.ENTITY_ID) FROM dbo.AM_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK);
    SELECT @upto_6 = MAX(k.ENTITY_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.ENTITY_ID
      FROM dbo.AM_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (NOLOCK)
      WHERE t.ENTITY_ID BETWEEN @from_6 AND @until_6
      ORDER BY t.ENTITY_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_6);
    DECLARE @dead_6 TABLE (
      ENTITY_ID varchar(255) NOT NULL, ENTITY_TYPE varchar(100) NOT NULL, ORGANIZATION varchar(100) NOT NULL,
      REASON VARCHAR(40) NULL,
      PRIMARY KEY (ENTITY_ID, ENTITY_TYPE, ORGANIZATION));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_6 (ENTITY_ID, ENTITY_TYPE, ORGANIZATION, REASON)
      SELECT d.ENTITY_ID, d.ENTITY_TYPE, d.ORGANIZATION, d.REASON
      FROM (
        SELECT t.ENTITY_ID, t.ENTITY_TYPE, t.ORGANIZATION,
          CASE
            WHEN t.TIME_REVOKED < @event_cut_off THEN 'outlived'
          END AS REASON
        FROM dbo.AM_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.ENTITY_ID BETWEEN @from_6 AND @upto_6
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_6 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_6;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT
          (RUN_ID, REASON, ENTITY_ID, ENTITY_TYPE, TIME_REVOKED, ORGANIZATION)
        SELECT @run_id, b.REASON, t.ENTITY_ID, t.ENTITY_TYPE, t.TIME_REVOKED, t.ORGANIZATION
        FROM @dead_6 AS b
        INNER LOOP JOIN dbo.AM_SUBJECT_ENTITY_REVOKED_EVENT AS t
            ON t.ENTITY_ID = b.ENTITY_ID AND t.ENTITY_TYPE = b.ENTITY_TYPE AND t.ORGANIZATION = b.ORGANIZATION
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_6 AS b
        INNER LOOP JOIN dbo.AM_SUBJECT_ENTITY_REVOKED_EVENT AS t WITH (ROWLOCK)
            ON t.ENTITY_ID = b.ENTITY_ID AND t.ENTITY_TYPE = b.ENTITY_TYPE AND t.ORGANIZATION = b.ORGANIZATION
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 7. AM_APP_REVOKED_EVENT, only while setting am_event_pruning is yes
  IF @step = 7 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 7, 'AM_APP_REVOKED_EVENT', 'key', 'delete', 'am_event_pruning';
  IF @step = 7 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_7 varchar(255), @upto_7 varchar(255),
      @after_7 varchar(255) = CONVERT(varchar(255), @after), @until_7 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_7 IS NULL
      SELECT @from_7 = MIN(t.CONSUMER_KEY) FROM dbo.AM_APP_REVOKED_EVENT AS t WITH (NOLOCK);
    ELSE
      SELECT @from_7 = MIN(t.CONSUMER_KEY) FROM dbo.AM_APP_REVOKED_EVENT AS t WITH (NOLOCK)
          WHERE t.CONSUMER_KEY > @after_7;
    IF @until_7 IS NULL
      SELECT @until_7 = MAX(t.CONSUMER_KEY) FROM dbo.AM_APP_REVOKED_EVENT AS t WITH (NOLOCK);
    SELECT @upto_7 = MAX(k.CONSUMER_KEY), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.CONSUMER_KEY
      FROM dbo.AM_APP_REVOKED_EVENT AS t WITH (NOLOCK)
      WHERE t.CONSUMER_KEY BETWEEN @from_7 AND @until_7
      ORDER BY t.CONSUMER_KEY
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_7);
    DECLARE @dead_7 TABLE (
      CONSUMER_KEY varchar(255) NOT NULL, ORGANIZATION varchar(100) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (CONSUMER_KEY, ORGANIZATION));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_7 (CONSUMER_KEY, ORGANIZATION, REASON)
      SELECT d.CONSUMER_KEY, d.ORGANIZATION, d.REASON
      FROM (
        SELECT t.CONSUMER_KEY, t.ORGANIZATION,
          CASE
            WHEN t.TIME_REVOKED < @event_cut_off THEN 'outlived'
          END AS REASON
        FROM dbo.AM_APP_REVOKED_EVENT AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.CONSUMER_KEY BETWEEN @from_7 AND @upto_7
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_7 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_7;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_AM_APP_REVOKED_EVENT
          (RUN_ID, REASON, CONSUMER_KEY, TIME_REVOKED, ORGANIZATION)
        SELECT @run_id, b.REASON, t.CONSUMER_KEY, t.TIME_REVOKED, t.ORGANIZATION
        FROM @dead_7 AS b
        INNER LOOP JOIN dbo.AM_APP_REVOKED_EVENT AS t
            ON t.CONSUMER_KEY = b.CONSUMER_KEY AND t.ORGANIZATION = b.ORGANIZATION
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_7 AS b
        INNER LOOP JOIN dbo.AM_APP_REVOKED_EVENT AS t WITH (ROWLOCK)
            ON t.CONSUMER_KEY = b.CONSUMER_KEY AND t.ORGANIZATION = b.ORGANIZATION
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
-- @statement procedure cleanup_revocations
CREATE OR ALTER PROCEDURE dbo.cleanup_revocations
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 1ca15f1d7ccd2a40.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_revocations commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_revocations',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @longest_lifetime_hours BIGINT,
    @am_event_pruning VARCHAR(255),
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_revocations', 'restore_revocations', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_revocations', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('AM_REVOKED_JWT', 'CLEANUP_BAK_AM_REVOKED_JWT', 6, NULL),
      ('IDN_INVALID_TOKENS', 'CLEANUP_BAK_IDN_INVALID_TOKENS', 5, NULL),
      ('IDN_OAUTH2_REVOKED_TOKENS', 'CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS', 5, NULL),
      ('IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT', 5, NULL),
      ('IDN_APP_REVOKED_EVENT', 'CLEANUP_BAK_IDN_APP_REVOKED_EVENT', 4, NULL),
      ('AM_SUBJECT_ENTITY_REVOKED_EVENT', 'CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT', 4, NULL),
      ('AM_APP_REVOKED_EVENT', 'CLEANUP_BAK_AM_APP_REVOKED_EVENT', 3, NULL),
      ('IDN_OAUTH_CONSUMER_APPS', NULL, NULL, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'AM_REVOKED_JWT', 'expired'), (@run_id, 'IDN_INVALID_TOKENS', 'expired'),
           (@run_id, 'IDN_OAUTH2_REVOKED_TOKENS', 'expired'),
           (@run_id, 'IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'outlived'), (@run_id, 'IDN_APP_REVOKED_EVENT', 'outlived'),
           (@run_id, 'AM_SUBJECT_ENTITY_REVOKED_EVENT', 'outlived'), (@run_id, 'AM_APP_REVOKED_EVENT', 'outlived');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @longest_lifetime_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE ELSE '' END), ''), '720'),
      @am_event_pruning = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'am_event_pruning' THEN VALUE ELSE '' END), ''), 'no'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_revocations' AND LEFT(LTRIM(VALUE), 1) <> '-';
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
          EXEC dbo.cleanup_revocations_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @longest_lifetime_hours, @am_event_pruning, @clock_uncertainty_hours;
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
      EXEC dbo.cleanup_revocations_proof @run_id, @started, @longest_lifetime_hours, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_revocations_batch',
    '832273556619d35b9406b90cbcfead59198e73ad3fcb477a119318abb1c7c8e2', '664863d4c610be8f';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_revocations',
    '03549532f0fcddb76adedda709b9469370154f8d5749d12c09c86321d1df9f96', '1ca15f1d7ccd2a40';
GO
-- @end
