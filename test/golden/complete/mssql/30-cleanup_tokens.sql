-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for every table of every version in SQL Server's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
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
--     together with its child rows in IDN_OAUTH2_ACCESS_TOKEN_SCOPE, IDN_OAUTH2_TOKEN_BINDING,
--     IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_AUTHORIZATION_CODE when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and only if no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID, and no row of IDN_OIDC_REQ_OBJECT_REFERENCE has
--     its CODE_ID (counting only rows for which IDN_OIDC_REQ_OBJECT_REFERENCE.TOKEN_ID is not NULL)
--     together with its child rows in IDN_OAUTH2_AUTHZ_CODE_SCOPE, IDN_OIDC_REQ_OBJ_CLAIM_VALUES,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_CIBA_AUTH_CODE when
--     finished: its request is EXPIRED, TOKEN_ISSUED or FAILED
--     period_over: its validity ended over 24 h ago
--     together with its child rows in IDN_OAUTH2_CIBA_REQUEST_SCOPES
--   IDN_OAUTH2_DEVICE_FLOW when
--     expired: its status is EXPIRED
--     period_over: it ended over 24 h ago
--     together with its child rows in IDN_OAUTH2_DEVICE_FLOW_SCOPES
--   IDN_OAUTH2_ACCESS_TOKEN_AUDIT (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
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
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES, CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE, CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE,
--     CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE, CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES,
--     CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW, CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES,
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
  -- Made by deepclean; its log is CLEANUP_RUN. Text e7b96ea5cb1dd3a0.
  IF @@TRANCOUNT = 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_tokens', 'Session') <> 'Exclusive'
    THROW 50000, 'only cleanup_tokens calls this procedure', 1;
  DECLARE
    @upto NVARCHAR(1000), @seen BIGINT = 0, @dead BIGINT = 0, @copied BIGINT = 0, @deleted BIGINT = 0,
    @count BIGINT;
  DECLARE @reasons TABLE (REASON VARCHAR(40) NOT NULL, ROW_COUNT BIGINT NOT NULL);
  -- UTC now, less the uncertainty of timestamps and the safe period
  DECLARE @cut_off DATETIME2(6);
  SET @cut_off = DATEADD(MINUTE, -@safe_period_minutes, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
  -- UTC now, less the uncertainty of timestamps and 24 h
  DECLARE @grace_cut_off DATETIME2(6);
  SET @grace_cut_off = DATEADD(HOUR, -24, DATEADD(HOUR, -@clock_uncertainty_hours, @started));
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
        DELETE c
        OUTPUT @run_id, deleted.TOKEN_ID, deleted.TOKEN_BINDING_TYPE, deleted.TOKEN_BINDING_REF,
               deleted.TOKEN_BINDING_VALUE, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
          (RUN_ID, TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_TOKEN_BINDING AS c WITH (HOLDLOCK, ROWLOCK) ON c.TOKEN_ID = b.TOKEN_ID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OAUTH2_TOKEN_BINDING', NULL, @count;
        DECLARE @going_1_5 TABLE (
          ID int NOT NULL,
          PRIMARY KEY (ID));
        INSERT INTO @going_1_5 (ID)
        SELECT c.ID
        FROM @dead_1 AS b
        INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (UPDLOCK, ROWLOCK) ON c.TOKEN_ID = b.TOKEN_ID
        OPTION (FORCE ORDER);
        IF EXISTS (SELECT 1 FROM @going_1_5)
        BEGIN
          DECLARE @going_1_4 TABLE (
            ID int NOT NULL,
            PRIMARY KEY (ID));
          INSERT INTO @going_1_4 (ID)
          SELECT c.ID
          FROM @going_1_5 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (UPDLOCK, HOLDLOCK, ROWLOCK)
              ON c.REQ_OBJECT_ID = b.ID
          OPTION (FORCE ORDER);
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_CLAIMS_ID, deleted.CLAIM_VALUES
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
            (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
          FROM @going_1_4 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS c WITH (HOLDLOCK, ROWLOCK)
              ON c.REQ_OBJECT_CLAIMS_ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_ID, deleted.CLAIM_ATTRIBUTE, deleted.ESSENTIAL, deleted.VALUE,
                 deleted.IS_USERINFO
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
            (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
          FROM @going_1_4 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.CONSUMER_KEY_ID, deleted.CODE_ID, deleted.TOKEN_ID,
                 deleted.SESSION_DATA_KEY
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
            (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
          FROM @going_1_5 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE', NULL, @count;
        END;
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
          (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN,
           USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
           REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
           ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID, TOKEN_BINDING_REF, CONSENTED_TOKEN)
        SELECT @run_id, b.REASON, t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER,
               t.TENANT_ID, t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED, t.REFRESH_TOKEN_TIME_CREATED,
               t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH, t.TOKEN_STATE, t.TOKEN_STATE_ID,
               t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH, t.IDP_ID, t.TOKEN_BINDING_REF,
               t.CONSENTED_TOKEN
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
        DELETE c
        OUTPUT @run_id, deleted.CODE_ID, deleted.SCOPE, deleted.TENANT_ID
        INTO dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
          (RUN_ID, CODE_ID, SCOPE, TENANT_ID)
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_AUTHZ_CODE_SCOPE AS c WITH (HOLDLOCK, ROWLOCK) ON c.CODE_ID = b.CODE_ID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', NULL, @count;
        DECLARE @going_2_4 TABLE (
          ID int NOT NULL,
          PRIMARY KEY (ID));
        INSERT INTO @going_2_4 (ID)
        SELECT c.ID
        FROM @dead_2 AS b
        INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (UPDLOCK, ROWLOCK)
            ON c.CODE_ID = b.CODE_ID AND c.TOKEN_ID IS NULL
        OPTION (FORCE ORDER);
        IF EXISTS (SELECT 1 FROM @going_2_4)
        BEGIN
          DECLARE @going_2_3 TABLE (
            ID int NOT NULL,
            PRIMARY KEY (ID));
          INSERT INTO @going_2_3 (ID)
          SELECT c.ID
          FROM @going_2_4 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (UPDLOCK, HOLDLOCK, ROWLOCK)
              ON c.REQ_OBJECT_ID = b.ID
          OPTION (FORCE ORDER);
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_CLAIMS_ID, deleted.CLAIM_VALUES
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
            (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
          FROM @going_2_3 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS c WITH (HOLDLOCK, ROWLOCK)
              ON c.REQ_OBJECT_CLAIMS_ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.REQ_OBJECT_ID, deleted.CLAIM_ATTRIBUTE, deleted.ESSENTIAL, deleted.VALUE,
                 deleted.IS_USERINFO
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
            (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
          FROM @going_2_3 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER);
          SET @count = @@ROWCOUNT;
          EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', NULL, @count;
          DELETE c
          OUTPUT @run_id, deleted.ID, deleted.CONSUMER_KEY_ID, deleted.CODE_ID, deleted.TOKEN_ID,
                 deleted.SESSION_DATA_KEY
          INTO dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
            (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
          FROM @going_2_4 AS b
          INNER LOOP JOIN dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS c WITH (ROWLOCK) ON c.ID = b.ID
          OPTION (FORCE ORDER);
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
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 3. IDN_OAUTH2_CIBA_AUTH_CODE
  IF @step = 3 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 3, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'key', 'delete', NULL;
  IF @step = 3 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_3 char(36), @upto_3 char(36),
      @after_3 char(36) = CONVERT(char(36), @after), @until_3 char(36) = CONVERT(char(36), @until);
    -- NOLOCK: nothing is decided here
    IF @after_3 IS NULL
      SELECT @from_3 = MIN(t.AUTH_CODE_KEY) FROM dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t WITH (NOLOCK);
    ELSE
      SELECT @from_3 = MIN(t.AUTH_CODE_KEY) FROM dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t WITH (NOLOCK)
          WHERE t.AUTH_CODE_KEY > @after_3;
    IF @until_3 IS NULL
      SELECT @until_3 = MAX(t.AUTH_CODE_KEY) FROM dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t WITH (NOLOCK);
    SELECT @upto_3 = MAX(k.AUTH_CODE_KEY), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.AUTH_CODE_KEY
      FROM dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t WITH (NOLOCK)
      WHERE t.AUTH_CODE_KEY BETWEEN @from_3 AND @until_3
      ORDER BY t.AUTH_CODE_KEY
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_3);
    DECLARE @dead_3 TABLE (
      AUTH_CODE_KEY char(36) NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (AUTH_CODE_KEY));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_3 (AUTH_CODE_KEY, REASON)
      SELECT d.AUTH_CODE_KEY, d.REASON
      FROM (
        SELECT t.AUTH_CODE_KEY,
          CASE
            WHEN t.AUTH_REQ_STATUS + N'.' COLLATE Latin1_General_BIN2 IN ('EXPIRED.', 'TOKEN_ISSUED.', 'FAILED.')
            THEN 'finished'
            WHEN t.EXPIRES_IN > 0
                 AND DATEDIFF_BIG(MICROSECOND, t.ISSUED_TIME, @grace_cut_off) / 1000000.0 > t.EXPIRES_IN
            THEN 'period_over'
          END AS REASON
        FROM dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.AUTH_CODE_KEY BETWEEN @from_3 AND @upto_3
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_3 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_3;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        -- Child rows first. Those to which others refer are noted and locked from above; all go from below. Locks keep
        -- out new rows that the server would take along; of those that it would not, one makes the delete of its parent
        -- fail
        DELETE c
        OUTPUT @run_id, deleted.ID, deleted.AUTH_CODE_KEY, deleted.SCOPE
        INTO dbo.CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
          (RUN_ID, ID, AUTH_CODE_KEY, SCOPE)
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_CIBA_REQUEST_SCOPES AS c WITH (HOLDLOCK, ROWLOCK)
            ON c.AUTH_CODE_KEY = b.AUTH_CODE_KEY
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OAUTH2_CIBA_REQUEST_SCOPES', NULL, @count;
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
          (RUN_ID, REASON, AUTH_CODE_KEY, AUTH_REQ_ID, ISSUED_TIME, CONSUMER_KEY, LAST_POLLED_TIME, POLLING_INTERVAL,
           EXPIRES_IN, AUTHENTICATED_USER_NAME, USER_STORE_DOMAIN, TENANT_ID, AUTH_REQ_STATUS, IDP_ID)
        SELECT @run_id, b.REASON, t.AUTH_CODE_KEY, t.AUTH_REQ_ID, t.ISSUED_TIME, t.CONSUMER_KEY, t.LAST_POLLED_TIME,
               t.POLLING_INTERVAL, t.EXPIRES_IN, t.AUTHENTICATED_USER_NAME, t.USER_STORE_DOMAIN, t.TENANT_ID,
               t.AUTH_REQ_STATUS, t.IDP_ID
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t ON t.AUTH_CODE_KEY = b.AUTH_CODE_KEY
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_3 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_CIBA_AUTH_CODE AS t WITH (ROWLOCK) ON t.AUTH_CODE_KEY = b.AUTH_CODE_KEY
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 4. IDN_OAUTH2_DEVICE_FLOW
  IF @step = 4 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 4, 'IDN_OAUTH2_DEVICE_FLOW', 'key', 'delete', NULL;
  IF @step = 4 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_4 varchar(255), @upto_4 varchar(255),
      @after_4 varchar(255) = CONVERT(varchar(255), @after), @until_4 varchar(255) = CONVERT(varchar(255), @until);
    -- NOLOCK: nothing is decided here
    IF @after_4 IS NULL
      SELECT @from_4 = MIN(t.DEVICE_CODE) FROM dbo.IDN_OAUTH2_DEVICE_FLOW AS t WITH (NOLOCK);
    ELSE
      SELECT @from_4 = MIN(t.DEVICE_CODE) FROM dbo.IDN_OAUTH2_DEVICE_FLOW AS t WITH (NOLOCK)
          WHERE t.DEVICE_CODE > @after_4;
    IF @until_4 IS NULL
      SELECT @until_4 = MAX(t.DEVICE_CODE) FROM dbo.IDN_OAUTH2_DEVICE_FLOW AS t WITH (NOLOCK);
    SELECT @upto_4 = MAX(k.DEVICE_CODE), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.DEVICE_CODE
      FROM dbo.IDN_OAUTH2_DEVICE_FLOW AS t WITH (NOLOCK)
      WHERE t.DEVICE_CODE BETWEEN @from_4 AND @until_4
      ORDER BY t.DEVICE_CODE
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_4);
    DECLARE @dead_4 TABLE (
      DEVICE_CODE varchar(255) NOT NULL, CODE_ID varchar(255) NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (DEVICE_CODE));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_4 (DEVICE_CODE, CODE_ID, REASON)
      SELECT d.DEVICE_CODE, d.CODE_ID, d.REASON
      FROM (
        SELECT t.DEVICE_CODE, t.CODE_ID,
          CASE
            WHEN t.STATUS + N'.' COLLATE Latin1_General_BIN2 = 'EXPIRED.' THEN 'expired'
            WHEN t.EXPIRY_TIME < @grace_cut_off THEN 'period_over'
          END AS REASON
        FROM dbo.IDN_OAUTH2_DEVICE_FLOW AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.DEVICE_CODE BETWEEN @from_4 AND @upto_4
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_4 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_4;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        -- Child rows first. Those to which others refer are noted and locked from above; all go from below. Locks keep
        -- out new rows that the server would take along; of those that it would not, one makes the delete of its parent
        -- fail
        DELETE c
        OUTPUT @run_id, deleted.ID, deleted.SCOPE_ID, deleted.SCOPE
        INTO dbo.CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
          (RUN_ID, ID, SCOPE_ID, SCOPE)
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_DEVICE_FLOW_SCOPES AS c WITH (HOLDLOCK, ROWLOCK) ON c.SCOPE_ID = b.CODE_ID
        OPTION (FORCE ORDER);
        SET @count = @@ROWCOUNT;
        EXEC dbo.CLEANUP_COPIED @run_id, 'IDN_OAUTH2_DEVICE_FLOW_SCOPES', NULL, @count;
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
          (RUN_ID, REASON, CODE_ID, DEVICE_CODE, USER_CODE, QUANTIFIER, CONSUMER_KEY_ID, LAST_POLL_TIME, EXPIRY_TIME,
           TIME_CREATED, POLL_TIME, STATUS, AUTHZ_USER, TENANT_ID, USER_DOMAIN, IDP_ID)
        SELECT @run_id, b.REASON, t.CODE_ID, t.DEVICE_CODE, t.USER_CODE, t.QUANTIFIER, t.CONSUMER_KEY_ID,
               t.LAST_POLL_TIME, t.EXPIRY_TIME, t.TIME_CREATED, t.POLL_TIME, t.STATUS, t.AUTHZ_USER, t.TENANT_ID,
               t.USER_DOMAIN, t.IDP_ID
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_DEVICE_FLOW AS t ON t.DEVICE_CODE = b.DEVICE_CODE
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_4 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_DEVICE_FLOW AS t WITH (ROWLOCK) ON t.DEVICE_CODE = b.DEVICE_CODE
        OPTION (FORCE ORDER);
        SET @deleted = @@ROWCOUNT;
      END;
    END;
  END;

  -- 5. IDN_OAUTH2_ACCESS_TOKEN_AUDIT, only while setting audit_pruning is yes
  IF @step = 5 AND @task = 'open'
    EXEC dbo.CLEANUP_OPEN @run_id, 5, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'key', 'delete', 'audit_pruning';
  IF @step = 5 AND @task IN ('delete', 'pass over')
  BEGIN
    DECLARE @from_5 int, @upto_5 int,
      @after_5 int = CONVERT(int, @after), @until_5 int = CONVERT(int, @until);
    -- NOLOCK: nothing is decided here
    IF @after_5 IS NULL
      SELECT @from_5 = MIN(t.ID) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t WITH (NOLOCK);
    ELSE
      SELECT @from_5 = MIN(t.ID) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t WITH (NOLOCK) WHERE t.ID > @after_5;
    IF @until_5 IS NULL
      SELECT @until_5 = MAX(t.ID) FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t WITH (NOLOCK);
    SELECT @upto_5 = MAX(k.ID), @seen = COUNT(*)
    FROM (
      SELECT TOP (@rows) t.ID
      FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t WITH (NOLOCK)
      WHERE t.ID BETWEEN @from_5 AND @until_5
      ORDER BY t.ID
    ) AS k;
    SET @upto = CONVERT(NVARCHAR(1000), @upto_5);
    DECLARE @dead_5 TABLE (
      ID int NOT NULL, REASON VARCHAR(40) NULL,
      PRIMARY KEY (ID));
    IF @seen > 0 AND @task = 'delete'
    BEGIN
      -- Judge. UPDLOCK: until the batch is committed no other session changes a row of this range
      INSERT INTO @dead_5 (ID, REASON)
      SELECT d.ID, d.REASON
      FROM (
        SELECT t.ID,
          CASE
            WHEN t.INVALIDATED_TIME < @audit_cut_off THEN 'retention_over'
          END AS REASON
        FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t WITH (UPDLOCK, ROWLOCK)
        WHERE t.ID BETWEEN @from_5 AND @upto_5
      ) AS d
      WHERE d.REASON IS NOT NULL
      OPTION (RECOMPILE);
      INSERT INTO @reasons SELECT b.REASON, COUNT(*) FROM @dead_5 AS b GROUP BY b.REASON;
      SELECT @dead = COUNT(*) FROM @dead_5;
      IF @dead > 0 AND @dry_run = 'no'
      BEGIN
        INSERT INTO dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
          (RUN_ID, REASON, ID, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
           USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
           REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
           ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, INVALIDATED_TIME, IDP_ID)
        SELECT @run_id, b.REASON, t.ID, t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER,
               t.TENANT_ID, t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED, t.REFRESH_TOKEN_TIME_CREATED,
               t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH, t.TOKEN_STATE, t.TOKEN_STATE_ID,
               t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH, t.INVALIDATED_TIME, t.IDP_ID
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t ON t.ID = b.ID
        OPTION (FORCE ORDER);
        SET @copied = @@ROWCOUNT;
        DELETE t
        FROM @dead_5 AS b
        INNER LOOP JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t WITH (ROWLOCK) ON t.ID = b.ID
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
-- @statement procedure cleanup_tokens
CREATE OR ALTER PROCEDURE dbo.cleanup_tokens
  @dry_run BIT = 0
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 65e88cdcc7449d61.
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
      ('IDN_OAUTH2_ACCESS_TOKEN', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 22, NULL),
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
      ('IDN_OAUTH2_TOKEN_BINDING', 'CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING', 5, NULL),
      ('IDN_OAUTH2_TOKEN_BINDING', NULL, NULL,
       'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE'),
      ('IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 3, NULL),
      ('IDN_OAUTH2_ACCESS_TOKEN_SCOPE', NULL, NULL,
       'TOKEN_ID -> IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID) CASCADE'),
      ('IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE', 3, NULL),
      ('IDN_OAUTH2_AUTHZ_CODE_SCOPE', NULL, NULL,
       'CODE_ID -> IDN_OAUTH2_AUTHORIZATION_CODE (CODE_ID) CASCADE'),
      ('IDN_OAUTH2_CIBA_AUTH_CODE', 'CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE', 12, NULL),
      ('IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES', 3, NULL),
      ('IDN_OAUTH2_CIBA_REQUEST_SCOPES', NULL, NULL,
       'AUTH_CODE_KEY -> IDN_OAUTH2_CIBA_AUTH_CODE (AUTH_CODE_KEY) CASCADE'),
      ('IDN_OAUTH2_DEVICE_FLOW', 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW', 14, NULL),
      ('IDN_OAUTH2_DEVICE_FLOW_SCOPES', 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES', 3, NULL),
      ('IDN_OAUTH2_DEVICE_FLOW_SCOPES', NULL, NULL,
       'SCOPE_ID -> IDN_OAUTH2_DEVICE_FLOW (CODE_ID) CASCADE'),
      ('IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 22, NULL)
    ) AS f (TABLE_NAME, BACKUP_NAME, COLUMN_COUNT, FOREIGN_KEY);
    EXEC dbo.CLEANUP_CHECK @run_id;
    INSERT INTO dbo.CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'inactive'), (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'revoked'),
           (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'expired'), (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'periods_over'),
           (@run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'access_period_over'),
           (@run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'inactive'),
           (@run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'period_over'),
           (@run_id, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'finished'), (@run_id, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'period_over'),
           (@run_id, 'IDN_OAUTH2_DEVICE_FLOW', 'expired'), (@run_id, 'IDN_OAUTH2_DEVICE_FLOW', 'period_over'),
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
    WHILE @step <= 5
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
    'dc22ca3f052a9c923292d4076b252e0056fdc61782692adece89468dcfff9b8f', 'e7b96ea5cb1dd3a0';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'cleanup_tokens',
    'c20b2ca8c74de3b51228c1a0f57b8d692aeebbfa22b6654e9286ea4e22804c7e', '65e88cdcc7449d61';
GO
-- @end
