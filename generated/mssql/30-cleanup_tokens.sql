-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH2_ACCESS_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     expired: its state is EXPIRED, and its refresh period ended before the cut-off
--     periods_over: it is ACTIVE or GRACEFULLY_ROTATED, and its access and refresh periods ended before the cut-off
--     access_period_over: it is ACTIVE or EXPIRED, its grant is in access_period_grants, and its access period is over
--     (opt-in)
--     and only if its TOKEN_STATE is not INACTIVE, or (its REFRESH_TOKEN_VALIDITY_PERIOD is finite, and its
--     REFRESH_TOKEN_VALIDITY_PERIOD, counted from its REFRESH_TOKEN_TIME_CREATED, ended before the cut-off), or no row
--     of IDN_OIDC_REQ_OBJECT_REFERENCE has its TOKEN_ID
--     together with its child rows in IDN_OAUTH2_ACCESS_TOKEN_SCOPE, IDN_OIDC_REQ_OBJ_CLAIM_VALUES,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_AUTHORIZATION_CODE when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and only if no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID, and no row of IDN_OIDC_REQ_OBJECT_REFERENCE has
--     its CODE_ID (counting only rows for which IDN_OIDC_REQ_OBJECT_REFERENCE.TOKEN_ID is not NULL)
--     together with its child rows in IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OIDC_REQ_OBJECT_CLAIMS,
--     IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_ACCESS_TOKEN_AUDIT (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
-- Not in this schema, skipped: IDN_OAUTH2_CIBA_AUTH_CODE, IDN_OAUTH2_DEVICE_FLOW
--
-- Every deleted row is copied in the same transaction; EXEC dbo.restore_tokens run puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- EXEC dbo.cleanup_tokens @dry_run = 1 judges each batch as a run does and counts its dead rows, but not what would go
-- with them; it copies and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql.
--
-- The caller needs
--   EXECUTE on dbo.cleanup_tokens
--   VIEW DEFINITION on the database
--   SELECT, DELETE on CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN, CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE, CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES, CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
-- and no right on a table of the product: what a procedure does to tables of its own owner, its caller may. He must see
-- all definitions, as a foreign key or a policy that is hidden from the check of the schema would cost rows: without
-- that right a run refuses to start.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- One batch, of the table that @step says. Only cleanup_tokens calls it, in a transaction of its own.
-- @statement procedure cleanup_tokens_batch
CREATE OR ALTER PROCEDURE dbo.cleanup_tokens_batch
  @run_id BIGINT, @started DATETIME2(6), @dry_run VARCHAR(3), @step INT, @task VARCHAR(10), @rows BIGINT,
  @after NVARCHAR(1000), @until NVARCHAR(1000),
  @safe_period_minutes BIGINT,
  @access_period_grants VARCHAR(255),
  @audit_pruning VARCHAR(255),
  @audit_retention_days BIGINT,
  @clock_uncertainty_hours BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 127ead8117e4040c.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_tokens', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_tokens calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and the safe period
  DECLARE @cut_off DATETIME2(6);
  SET @cut_off = DATEADD(MINUTE, -@safe_period_minutes, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  DECLARE @audit_cut_off DATETIME2(6);
  SET @audit_cut_off = DATEADD(DAY, -@audit_retention_days, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  UPDATE dbo.CLEANUP_RUN SET CUT_OFF = @cut_off WHERE RUN_ID = @run_id AND CUT_OFF IS NULL;

  -- 1. IDN_OAUTH2_ACCESS_TOKEN
  IF @step = 1 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 1, 'IDN_OAUTH2_ACCESS_TOKEN', 'key', 'delete', NULL;
  IF @step = 1 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_1 varchar(255), @upto_1 varchar(255),
      @after_1 varchar(255) = CONVERT(varchar(255), @after), @until_1 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_1 IS NULL
      SELECT @from_1 = MIN(t.TOKEN_ID) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (NOLOCK);
    ELSE
      SELECT @from_1 = MIN(t.TOKEN_ID) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (NOLOCK) WHERE t.TOKEN_ID > @after_1;
    IF @until_1 IS NULL
      SELECT @until_1 = MAX(t.TOKEN_ID) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (NOLOCK);
    SELECT @upto_1 = MAX(k.TOKEN_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.TOKEN_ID
      FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (NOLOCK)
      WHERE t.TOKEN_ID BETWEEN @from_1 AND @until_1
      ORDER BY t.TOKEN_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_1);
    DECLARE @dead_1 TABLE (
      TOKEN_ID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (TOKEN_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_1 (TOKEN_ID, REASON)
      SELECT d.TOKEN_ID, d.REASON
      FROM (
        SELECT t.TOKEN_ID,
          CASE
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'
                 AND CASE WHEN t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                     AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD THEN 1 ELSE 0 END = 0
                 AND EXISTS (
                   SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o WITH (READCOMMITTEDLOCK)
                   WHERE o.TOKEN_ID = t.TOKEN_ID)
            THEN NULL
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.' THEN 'revoked'
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.'
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD
            THEN 'expired'
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'GRACEFULLY_ROTATED.')
                 AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND DATEDIFF_BIG(MICROSECOND, t.REFRESH_TOKEN_TIME_CREATED, @cut_off) / 1000.0
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD
            THEN 'periods_over'
            WHEN t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 IN ('ACTIVE.', 'EXPIRED.')
                 AND @access_period_grants NOT LIKE N'%[^A-Za-z0-9:_.,-]%' COLLATE Latin1_General_BIN2
                 AND CHARINDEX(N',,', N',' + @access_period_grants + N',' COLLATE Latin1_General_BIN2) = 0
                 AND CHARINDEX(N',' + t.GRANT_TYPE + N',',
                     N',' + @access_period_grants + N',' COLLATE Latin1_General_BIN2) > 0
                 AND CHARINDEX(N',' COLLATE Latin1_General_BIN2, t.GRANT_TYPE) = 0
                 AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
            THEN 'access_period_over'
          END AS REASON
        FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.TOKEN_ID BETWEEN @from_1 AND @upto_1
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
        OUTPUT @run_id, deleted.TOKEN_ID, deleted.TOKEN_SCOPE, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
          (RUN_ID, TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS c WITH (HOLDLOCK, ROWLOCK) ON c.TOKEN_ID = b.TOKEN_ID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', NULL, @count;
        DECLARE @going_1_4 TABLE (
          ID int NOT NULL,
          PRIMARY KEY (ID));
        INSERT INTO @going_1_4 (ID)
        SELECT c.ID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (UPDLOCK, ROWLOCK) ON c.TOKEN_ID = b.TOKEN_ID
        OPTION (FORCE ORDER);
        IF EXISTS (SELECT 1 FROM @going_1_4)
        BEGIN
          DECLARE @going_1_3 TABLE (
            ID int NOT NULL,
            PRIMARY KEY (ID));
          INSERT INTO @going_1_3 (ID)
          SELECT c.ID
          FROM @going_1_4 AS b
          INNER HASH JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (TABLOCKX) ON c.REQ_OBJECT_ID = b.ID
          OPTION (FORCE ORDER);
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_CLAIMS_ID, deleted.CLAIM_VALUES
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
            (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
          FROM @going_1_3 AS b
          INNER HASH JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS c WITH (TABLOCKX) ON c.REQ_OBJECT_CLAIMS_ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_ID, deleted.CLAIM_ATTRIBUTE, deleted.ESSENTIAL, deleted.VALUE,
                 deleted.IS_USERINFO
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
            (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
          FROM @going_1_3 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER, RECOMPILE);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.CONSUMER_KEY_ID, deleted.CODE_ID, deleted.TOKEN_ID,
                 deleted.SESSION_DATA_KEY
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
            (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
          FROM @going_1_4 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER, RECOMPILE);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE', NULL, @count;
        END;
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
          (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN,
           USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
           REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
           ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID)
        SELECT @run_id, b.REASON, t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER,
               t.TENANT_ID, t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED, t.REFRESH_TOKEN_TIME_CREATED,
               t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH, t.TOKEN_STATE, t.TOKEN_STATE_ID,
               t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH, t.IDP_ID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN AS t ON t.TOKEN_ID = b.TOKEN_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN AS t WITH (ROWLOCK) ON t.TOKEN_ID = b.TOKEN_ID
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 2. IDN_OAUTH2_AUTHORIZATION_CODE
  IF @step = 2 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 2, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'key', 'delete', NULL;
  IF @step = 2 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_2 varchar(255), @upto_2 varchar(255),
      @after_2 varchar(255) = CONVERT(varchar(255), @after), @until_2 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_2 IS NULL
      SELECT @from_2 = MIN(t.CODE_ID) FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (NOLOCK);
    ELSE
      SELECT @from_2 = MIN(t.CODE_ID) FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (NOLOCK)
          WHERE t.CODE_ID > @after_2;
    IF @until_2 IS NULL
      SELECT @until_2 = MAX(t.CODE_ID) FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (NOLOCK);
    SELECT @upto_2 = MAX(k.CODE_ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.CODE_ID
      FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (NOLOCK)
      WHERE t.CODE_ID BETWEEN @from_2 AND @until_2
      ORDER BY t.CODE_ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_2);
    DECLARE @dead_2 TABLE (
      CODE_ID varchar(255) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (CODE_ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_2 (CODE_ID, REASON)
      SELECT d.CODE_ID, d.REASON
      FROM (
        SELECT t.CODE_ID,
          CASE
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN o WITH (READCOMMITTEDLOCK)
                   WHERE o.TOKEN_ID = t.TOKEN_ID)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE o WITH (READCOMMITTEDLOCK)
                   WHERE o.CODE_ID = t.CODE_ID
                     AND o.TOKEN_ID IS NOT NULL)
            THEN NULL
            WHEN t.STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.' THEN 'inactive'
            WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                 AND DATEDIFF_BIG(MICROSECOND, t.TIME_CREATED, @cut_off) / 1000.0 > t.VALIDITY_PERIOD
            THEN 'period_over'
          END AS REASON
        FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.CODE_ID BETWEEN @from_2 AND @upto_2
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_2 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_2;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        -- Child rows first. Those to which others refer are noted and locked from above; all go from below. Locks keep
        -- out new rows that the server would take along; of those that it would not, one makes the delete of its parent
        -- fail
        DECLARE @going_2_3 TABLE (
          ID int NOT NULL, CODE_ID varchar(255) NOT NULL,
          PRIMARY KEY (ID));
        INSERT INTO @going_2_3 (ID, CODE_ID)
        SELECT c.ID, c.CODE_ID
        FROM @dead_2 AS b
        INNER HASH JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c ON c.CODE_ID = b.CODE_ID AND c.TOKEN_ID IS NULL
        OPTION (FORCE ORDER);
        -- Found by a scan without a lock that lasts: each that still is so is locked now, by its key
        DELETE b
        FROM @going_2_3 AS b
        WHERE NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (UPDLOCK, ROWLOCK)
          WHERE c.ID = b.ID
            AND c.CODE_ID = b.CODE_ID
            AND c.TOKEN_ID IS NULL)
        OPTION (LOOP JOIN);
        IF EXISTS (SELECT 1 FROM @going_2_3)
        BEGIN
          DECLARE @going_2_2 TABLE (
            ID int NOT NULL,
            PRIMARY KEY (ID));
          INSERT INTO @going_2_2 (ID)
          SELECT c.ID
          FROM @going_2_3 AS b
          INNER HASH JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (TABLOCKX) ON c.REQ_OBJECT_ID = b.ID
          OPTION (FORCE ORDER);
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_CLAIMS_ID, deleted.CLAIM_VALUES
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
            (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
          FROM @going_2_2 AS b
          INNER HASH JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS c WITH (TABLOCKX) ON c.REQ_OBJECT_CLAIMS_ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_ID, deleted.CLAIM_ATTRIBUTE, deleted.ESSENTIAL, deleted.VALUE,
                 deleted.IS_USERINFO
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
            (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
          FROM @going_2_2 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER, RECOMPILE);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.CONSUMER_KEY_ID, deleted.CODE_ID, deleted.TOKEN_ID,
                 deleted.SESSION_DATA_KEY
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
            (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
          FROM @going_2_3 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER, RECOMPILE);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE', NULL, @count;
        END;
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
          (RUN_ID, REASON, CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER, TENANT_ID,
           USER_DOMAIN, TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER, PKCE_CODE_CHALLENGE,
           PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
        SELECT @run_id, b.REASON, t.CODE_ID, t.AUTHORIZATION_CODE, t.CONSUMER_KEY_ID, t.CALLBACK_URL, t.SCOPE,
               t.AUTHZ_USER, t.TENANT_ID, t.USER_DOMAIN, t.TIME_CREATED, t.VALIDITY_PERIOD, t.STATE, t.TOKEN_ID,
               t.SUBJECT_IDENTIFIER, t.PKCE_CODE_CHALLENGE, t.PKCE_CODE_CHALLENGE_METHOD, t.AUTHORIZATION_CODE_HASH,
               t.IDP_ID
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t ON t.CODE_ID = b.CODE_ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t WITH (ROWLOCK) ON t.CODE_ID = b.CODE_ID
        OPTION (FORCE ORDER, RECOMPILE);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 3. IDN_OAUTH2_ACCESS_TOKEN_AUDIT, only while setting audit_pruning is yes
  IF @step = 3 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 3, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'limit', 'delete', 'audit_pruning';
  IF @step = 3 AND @task IN ('delete', 'pass over')
  BEGIN
    -- Without a key no row can be told from another, so one statement judges, copies and deletes
    IF @task = 'delete' AND @dry_run = 'no'
    BEGIN
      DELETE TOP (@rows) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT WITH (ROWLOCK)
      OUTPUT @run_id, 'retention_over', deleted.TOKEN_ID, deleted.ACCESS_TOKEN, deleted.REFRESH_TOKEN,
             deleted.CONSUMER_KEY_ID, deleted.AUTHZ_USER, deleted.TENANT_ID, deleted.USER_DOMAIN, deleted.USER_TYPE,
             deleted.GRANT_TYPE, deleted.TIME_CREATED, deleted.REFRESH_TOKEN_TIME_CREATED, deleted.VALIDITY_PERIOD,
             deleted.REFRESH_TOKEN_VALIDITY_PERIOD, deleted.TOKEN_SCOPE_HASH, deleted.TOKEN_STATE,
             deleted.TOKEN_STATE_ID, deleted.SUBJECT_IDENTIFIER, deleted.ACCESS_TOKEN_HASH, deleted.REFRESH_TOKEN_HASH,
             deleted.INVALIDATED_TIME, deleted.IDP_ID
      INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
        (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN,
         USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
         REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
         ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, INVALIDATED_TIME, IDP_ID)
      WHERE IDN_OAUTH2_ACCESS_TOKEN_AUDIT.INVALIDATED_TIME < @audit_cut_off;
      SET @dead = @@ROWCOUNT;
    END
    ELSE IF @task = 'delete'
      SELECT @dead = COUNT(*)
      FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT
      WHERE IDN_OAUTH2_ACCESS_TOKEN_AUDIT.INVALIDATED_TIME < @audit_cut_off;
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
-- @statement procedure cleanup_tokens
CREATE OR ALTER PROCEDURE dbo.cleanup_tokens
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 203f7e27e6835594.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'cleanup_tokens commits by itself, so it cannot run inside a transaction; nothing was deleted', 1;

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
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_tokens',
    @run_id BIGINT, @started DATETIME2(6), @is_dry VARCHAR(3), @step INT = 1, @task VARCHAR(10),
    @rows BIGINT, @after NVARCHAR(1000), @until NVARCHAR(1000), @error NVARCHAR(400), @proves BIT,
    @safe_period_minutes BIGINT,
    @access_period_grants VARCHAR(255),
    @audit_pruning VARCHAR(255),
    @audit_retention_days BIGINT,
    @clock_uncertainty_hours BIGINT;
  EXEC dbo.CLEANUP_BEGIN 'cleanup_tokens', 'restore_tokens', 4, @lock, @dry_run,
    @run_id OUTPUT, @started OUTPUT, @is_dry OUTPUT;
  IF @run_id IS NULL
    RETURN;

  BEGIN TRY
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, the run does not start, or stops
    INSERT INTO dbo.CLEANUP_FACT (PROCEDURE_NAME, TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY)
    SELECT 'cleanup_tokens', f.TABLE_NAME, f.BACKUP_NAME, f.COLUMN_COUNT, f.FOREIGN_KEY
    FROM (VALUES
      ('IDN_OAUTH2_ACCESS_TOKEN', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 20, NULL),
      ('IDN_OAUTH2_AUTHORIZATION_CODE', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE', 17, NULL),
      ('IDN_OIDC_REQ_OBJECT_REFERENCE', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 5, NULL),
      ('IDN_OIDC_REQ_OBJECT_REFERENCE', NULL, NULL,
       'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) NO ACTION'),
      ('IDN_OIDC_REQ_OBJECT_REFERENCE', NULL, NULL,
       'CODE_ID -> IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID) NO ACTION'),
      ('IDN_OIDC_REQ_OBJECT_CLAIMS', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS', 6, NULL),
      ('IDN_OIDC_REQ_OBJECT_CLAIMS', NULL, NULL,
       'REQ_OBJECT_ID -> IDN_OIDC_REQ_OBJECT_REFERENCE (ID) CASCADE'),
      ('IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 3, NULL),
      ('IDN_OIDC_REQ_OBJ_CLAIM_VALUES', NULL, NULL,
       'REQ_OBJECT_CLAIMS_ID -> IDN_OIDC_REQ_OBJECT_CLAIMS (ID) CASCADE'),
      ('IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 3, NULL),
      ('IDN_OAUTH2_ACCESS_TOKEN_SCOPE', NULL, NULL,
       'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE'),
      ('IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 21, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'inactive'), (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'revoked'),
           (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'expired'), (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'periods_over'),
           (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'access_period_over'),
           (@run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'inactive'),
           (@run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'period_over'),
           (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'retention_over');
    -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
    SELECT
      @safe_period_minutes = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE ELSE '' END), ''), '120'),
      @access_period_grants = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE ELSE '' END), ''), '(none)'),
      @audit_pruning = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE ELSE '' END), ''), 'no'),
      @audit_retention_days = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE ELSE '' END), ''), '90'),
      @clock_uncertainty_hours = ISNULL(
        NULLIF(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE ELSE '' END), ''), '12')
    FROM dbo.CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_tokens' AND LEFT(LTRIM(VALUE), 1) <> '-';
    EXEC dbo.CLEANUP_PRUNE @run_id, @lock;

    -- A batch waits no longer than a second for a lock; procedures of the kit outside of a batch set their own limit
    SET LOCK_TIMEOUT 1000;
    WHILE @step <= 3
    BEGIN
      EXEC dbo.CLEANUP_NEXT @run_id, @lock, @step, @task OUTPUT, @rows OUTPUT, @after OUTPUT, @until OUTPUT;
      IF @task IS NULL
        SET @step = @step + 1;
      ELSE
      BEGIN
        BEGIN TRY
          BEGIN TRANSACTION;
          EXEC dbo.cleanup_tokens_batch @run_id, @started, @is_dry, @step, @task, @rows, @after, @until,
            @safe_period_minutes, @access_period_grants, @audit_pruning, @audit_retention_days,
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
      EXEC dbo.cleanup_tokens_proof @run_id, @started, @safe_period_minutes, @access_period_grants,
                                                       @audit_retention_days, @clock_uncertainty_hours;
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
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_tokens_batch',
    '4c96a15f13e9bc8d883ec334a8f0d59fb11e28a0e4b04b53ad9be4256b23c9f3', '127ead8117e4040c';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_tokens',
    'b1695e269b75e2a5c4ea288ef69de1cd82735b8235289c82967dbf6215f5022c', '203f7e27e6835594';
GO
-- @end
