-- restore_tokens run: puts the rows that a run deleted back where they were.
--
-- Parents go before their child rows, and of a table the highest keys first: of a session, or a path, the newest row
-- must not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a
-- transaction of their own, since locks on every row of a large run would stop the product. A row that is there again,
-- or whose place another row has taken, is left alone and counted; so is a row whose parent is gone. If a restore stops
-- half-way, call it again: it goes on. Settings of the cleanup do not concern it.
-- Without a key no row can be told from another, so all rows of these come back in one transaction each:
--   IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on dbo.restore_tokens
--   VIEW DEFINITION on the database
--   ALTER on IDN_OIDC_REQ_OBJECT_REFERENCE, IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJ_CLAIM_VALUES
--   SELECT on CLEANUP_RUN, CLEANUP_RUN_STEP

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Puts back the rows of one table. Only restore_tokens calls it: see 15-kit.sql for why there are two.
-- @statement procedure restore_tokens_batch
CREATE OR ALTER PROCEDURE dbo.restore_tokens_batch
  @run_id         BIGINT,
  @deleted_by_run BIGINT,
  @step           INT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text 7f532a272326ddc2.
  IF @@TRANCOUNT > 0 OR APPLOCK_MODE('public', 'deepclean dbo.cleanup_tokens', 'Session') <> 'Exclusive'
    THROW 50000, 'only restore_tokens calls this procedure', 1;
  DECLARE @rows BIGINT;

  -- 1. IDN_OAUTH2_ACCESS_TOKEN
  IF @step = 1
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OAUTH2_ACCESS_TOKEN', COUNT(*)
    FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS b
    WHERE b.RUN_ID = @deleted_by_run
    HAVING NOT EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_RUN_STEP AS s
      WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN');
    DECLARE @from_1 varchar(255), @upto_1 varchar(255);
    SELECT @upto_1 = MAX(b.TOKEN_ID) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS b WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_1 IS NOT NULL
    BEGIN
      SELECT @from_1 = MIN(k.TOKEN_ID)
      FROM (
        SELECT TOP (2000) b.TOKEN_ID
        FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.TOKEN_ID <= @upto_1
        ORDER BY b.TOKEN_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_OAUTH2_ACCESS_TOKEN
        (TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN, USER_TYPE,
         GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD,
         TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER, ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH,
         IDP_ID)
      SELECT b.TOKEN_ID, b.ACCESS_TOKEN, b.REFRESH_TOKEN, b.CONSUMER_KEY_ID, b.AUTHZ_USER, b.TENANT_ID, b.USER_DOMAIN,
             b.USER_TYPE, b.GRANT_TYPE, b.TIME_CREATED, b.REFRESH_TOKEN_TIME_CREATED, b.VALIDITY_PERIOD,
             b.REFRESH_TOKEN_VALIDITY_PERIOD, b.TOKEN_SCOPE_HASH, b.TOKEN_STATE, b.TOKEN_STATE_ID,
             b.SUBJECT_IDENTIFIER, b.ACCESS_TOKEN_HASH, b.REFRESH_TOKEN_HASH, b.IDP_ID
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.CONSUMER_KEY_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t
          WHERE t.TOKEN_ID = b.TOKEN_ID)
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN AS t
          WHERE EXISTS (SELECT t.CONSUMER_KEY_ID INTERSECT SELECT b.CONSUMER_KEY_ID)
            AND EXISTS (SELECT t.AUTHZ_USER INTERSECT SELECT b.AUTHZ_USER)
            AND EXISTS (SELECT t.TENANT_ID INTERSECT SELECT b.TENANT_ID)
            AND EXISTS (SELECT t.USER_DOMAIN INTERSECT SELECT b.USER_DOMAIN)
            AND EXISTS (SELECT t.USER_TYPE INTERSECT SELECT b.USER_TYPE)
            AND EXISTS (SELECT t.TOKEN_SCOPE_HASH INTERSECT SELECT b.TOKEN_SCOPE_HASH)
            AND EXISTS (SELECT t.TOKEN_STATE INTERSECT SELECT b.TOKEN_STATE)
            AND EXISTS (SELECT t.TOKEN_STATE_ID INTERSECT SELECT b.TOKEN_STATE_ID)
            AND EXISTS (SELECT t.IDP_ID INTERSECT SELECT b.IDP_ID))
        AND b.TOKEN_ID BETWEEN @from_1 AND @upto_1
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_1 = MAX(b.TOKEN_ID)
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.TOKEN_ID < @from_1;
    END;
  END;

  -- 2. IDN_OAUTH2_AUTHORIZATION_CODE
  IF @step = 2
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', COUNT(*)
    FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
    WHERE b.RUN_ID = @deleted_by_run
    HAVING NOT EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_RUN_STEP AS s
      WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_AUTHORIZATION_CODE');
    DECLARE @from_2 varchar(255), @upto_2 varchar(255);
    SELECT @upto_2 = MAX(b.CODE_ID) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_2 IS NOT NULL
    BEGIN
      SELECT @from_2 = MIN(k.CODE_ID)
      FROM (
        SELECT TOP (2000) b.CODE_ID
        FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.CODE_ID <= @upto_2
        ORDER BY b.CODE_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_OAUTH2_AUTHORIZATION_CODE
        (CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER, TENANT_ID, USER_DOMAIN,
         TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER, PKCE_CODE_CHALLENGE,
         PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
      SELECT b.CODE_ID, b.AUTHORIZATION_CODE, b.CONSUMER_KEY_ID, b.CALLBACK_URL, b.SCOPE, b.AUTHZ_USER, b.TENANT_ID,
             b.USER_DOMAIN, b.TIME_CREATED, b.VALIDITY_PERIOD, b.STATE, b.TOKEN_ID, b.SUBJECT_IDENTIFIER,
             b.PKCE_CODE_CHALLENGE, b.PKCE_CODE_CHALLENGE_METHOD, b.AUTHORIZATION_CODE_HASH, b.IDP_ID
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.CONSUMER_KEY_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t
          WHERE t.CODE_ID = b.CODE_ID)
        AND b.CODE_ID BETWEEN @from_2 AND @upto_2
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OAUTH2_AUTHORIZATION_CODE' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_2 = MAX(b.CODE_ID)
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.CODE_ID < @from_2;
    END;
  END;

  -- 3. IDN_OIDC_REQ_OBJECT_REFERENCE
  IF @step = 3
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE', COUNT(*)
    FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b
    WHERE b.RUN_ID = @deleted_by_run
    HAVING NOT EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_RUN_STEP AS s
      WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE');
    DECLARE @from_3 int, @upto_3 int;
    SELECT @upto_3 = MAX(b.ID) FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_3 IS NOT NULL
    BEGIN
      SELECT @from_3 = MIN(k.ID)
      FROM (
        SELECT TOP (2000) b.ID
        FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.ID <= @upto_3
        ORDER BY b.ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_REFERENCE ON;
      INSERT INTO dbo.IDN_OIDC_REQ_OBJECT_REFERENCE
        (ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
      SELECT b.ID, b.CONSUMER_KEY_ID, b.CODE_ID, b.TOKEN_ID, b.SESSION_DATA_KEY
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.CONSUMER_KEY_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
        AND (b.TOKEN_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN p WHERE p.TOKEN_ID = b.TOKEN_ID))
        AND (b.CODE_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE p WHERE p.CODE_ID = b.CODE_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS t
          WHERE t.ID = b.ID)
        AND b.ID BETWEEN @from_3 AND @upto_3
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_REFERENCE OFF;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_3 = MAX(b.ID)
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.ID < @from_3;
    END;
  END;

  -- 4. IDN_OIDC_REQ_OBJECT_CLAIMS
  IF @step = 4
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS', COUNT(*)
    FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b
    WHERE b.RUN_ID = @deleted_by_run
    HAVING NOT EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_RUN_STEP AS s
      WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS');
    DECLARE @from_4 int, @upto_4 int;
    SELECT @upto_4 = MAX(b.ID) FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_4 IS NOT NULL
    BEGIN
      SELECT @from_4 = MIN(k.ID)
      FROM (
        SELECT TOP (2000) b.ID
        FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.ID <= @upto_4
        ORDER BY b.ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_CLAIMS ON;
      INSERT INTO dbo.IDN_OIDC_REQ_OBJECT_CLAIMS
        (ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
      SELECT b.ID, b.REQ_OBJECT_ID, b.CLAIM_ATTRIBUTE, b.ESSENTIAL, b.VALUE, b.IS_USERINFO
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.REQ_OBJECT_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p WHERE p.ID = b.REQ_OBJECT_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS t
          WHERE t.ID = b.ID)
        AND b.ID BETWEEN @from_4 AND @upto_4
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_CLAIMS OFF;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_4 = MAX(b.ID)
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.ID < @from_4;
    END;
  END;

  -- 5. IDN_OIDC_REQ_OBJ_CLAIM_VALUES
  IF @step = 5
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', COUNT(*)
    FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b
    WHERE b.RUN_ID = @deleted_by_run
    HAVING NOT EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_RUN_STEP AS s
      WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES');
    DECLARE @from_5 int, @upto_5 int;
    SELECT @upto_5 = MAX(b.ID) FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_5 IS NOT NULL
    BEGIN
      SELECT @from_5 = MIN(k.ID)
      FROM (
        SELECT TOP (2000) b.ID
        FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.ID <= @upto_5
        ORDER BY b.ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES ON;
      INSERT INTO dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES
        (ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
      SELECT b.ID, b.REQ_OBJECT_CLAIMS_ID, b.CLAIM_VALUES
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.REQ_OBJECT_CLAIMS_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_CLAIMS p WHERE p.ID = b.REQ_OBJECT_CLAIMS_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS t
          WHERE t.ID = b.ID)
        AND b.ID BETWEEN @from_5 AND @upto_5
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES OFF;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_5 = MAX(b.ID)
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.ID < @from_5;
    END;
  END;

  -- 6. IDN_OAUTH2_ACCESS_TOKEN_SCOPE
  IF @step = 6
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', COUNT(*)
    FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
    WHERE b.RUN_ID = @deleted_by_run
    HAVING NOT EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_RUN_STEP AS s
      WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE');
    DECLARE @from_6 varchar(255), @upto_6 varchar(255);
    SELECT @upto_6 = MAX(b.TOKEN_ID) FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    WHILE @upto_6 IS NOT NULL
    BEGIN
      SELECT @from_6 = MIN(k.TOKEN_ID)
      FROM (
        SELECT TOP (2000) b.TOKEN_ID
        FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
        WHERE b.RUN_ID = @deleted_by_run AND b.TOKEN_ID <= @upto_6
        ORDER BY b.TOKEN_ID DESC
      ) AS k;
      BEGIN TRANSACTION;
      INSERT INTO dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE
        (TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
      SELECT b.TOKEN_ID, b.TOKEN_SCOPE, b.TENANT_ID
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.TOKEN_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN p WHERE p.TOKEN_ID = b.TOKEN_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS t
          WHERE t.TOKEN_ID = b.TOKEN_ID
            AND t.TOKEN_SCOPE = b.TOKEN_SCOPE)
        AND b.TOKEN_ID BETWEEN @from_6 AND @upto_6
      OPTION (LOOP JOIN, MAXDOP 1);
      SET @rows = @@ROWCOUNT;
      UPDATE dbo.CLEANUP_RUN_STEP
      SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
      WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE' AND @rows > 0;
      COMMIT TRANSACTION;
      SELECT @upto_6 = MAX(b.TOKEN_ID)
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
      WHERE b.RUN_ID = @deleted_by_run AND b.TOKEN_ID < @from_6;
    END;
  END;

  -- 7. IDN_OAUTH2_ACCESS_TOKEN_AUDIT
  IF @step = 7
  BEGIN
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
    SELECT @run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', COUNT(*)
    FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS b
    WHERE b.RUN_ID = @deleted_by_run
    HAVING NOT EXISTS (
      SELECT 1
      FROM dbo.CLEANUP_RUN_STEP AS s
      WHERE s.RUN_ID = @run_id AND s.TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT');
    -- Equal rows come back as often as they were deleted, which only one statement can tell
    BEGIN TRANSACTION;
    INSERT INTO dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT
      (TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN, USER_TYPE,
       GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD,
       TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER, ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH,
       INVALIDATED_TIME, IDP_ID)
    SELECT b.TOKEN_ID, b.ACCESS_TOKEN, b.REFRESH_TOKEN, b.CONSUMER_KEY_ID, b.AUTHZ_USER, b.TENANT_ID, b.USER_DOMAIN,
           b.USER_TYPE, b.GRANT_TYPE, b.TIME_CREATED, b.REFRESH_TOKEN_TIME_CREATED, b.VALIDITY_PERIOD,
           b.REFRESH_TOKEN_VALIDITY_PERIOD, b.TOKEN_SCOPE_HASH, b.TOKEN_STATE, b.TOKEN_STATE_ID, b.SUBJECT_IDENTIFIER,
           b.ACCESS_TOKEN_HASH, b.REFRESH_TOKEN_HASH, b.INVALIDATED_TIME, b.IDP_ID
    FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS b
    WHERE b.RUN_ID = @deleted_by_run
      AND NOT EXISTS (
        SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS t
        WHERE EXISTS (SELECT t.TOKEN_ID INTERSECT SELECT b.TOKEN_ID)
          AND EXISTS (SELECT t.ACCESS_TOKEN INTERSECT SELECT b.ACCESS_TOKEN)
          AND EXISTS (SELECT t.REFRESH_TOKEN INTERSECT SELECT b.REFRESH_TOKEN)
          AND EXISTS (SELECT t.CONSUMER_KEY_ID INTERSECT SELECT b.CONSUMER_KEY_ID)
          AND EXISTS (SELECT t.AUTHZ_USER INTERSECT SELECT b.AUTHZ_USER)
          AND EXISTS (SELECT t.TENANT_ID INTERSECT SELECT b.TENANT_ID)
          AND EXISTS (SELECT t.USER_DOMAIN INTERSECT SELECT b.USER_DOMAIN)
          AND EXISTS (SELECT t.USER_TYPE INTERSECT SELECT b.USER_TYPE)
          AND EXISTS (SELECT t.GRANT_TYPE INTERSECT SELECT b.GRANT_TYPE)
          AND EXISTS (SELECT t.TIME_CREATED INTERSECT SELECT b.TIME_CREATED)
          AND EXISTS (SELECT t.REFRESH_TOKEN_TIME_CREATED INTERSECT SELECT b.REFRESH_TOKEN_TIME_CREATED)
          AND EXISTS (SELECT t.VALIDITY_PERIOD INTERSECT SELECT b.VALIDITY_PERIOD)
          AND EXISTS (SELECT t.REFRESH_TOKEN_VALIDITY_PERIOD INTERSECT SELECT b.REFRESH_TOKEN_VALIDITY_PERIOD)
          AND EXISTS (SELECT t.TOKEN_SCOPE_HASH INTERSECT SELECT b.TOKEN_SCOPE_HASH)
          AND EXISTS (SELECT t.TOKEN_STATE INTERSECT SELECT b.TOKEN_STATE)
          AND EXISTS (SELECT t.TOKEN_STATE_ID INTERSECT SELECT b.TOKEN_STATE_ID)
          AND EXISTS (SELECT t.SUBJECT_IDENTIFIER INTERSECT SELECT b.SUBJECT_IDENTIFIER)
          AND EXISTS (SELECT t.ACCESS_TOKEN_HASH INTERSECT SELECT b.ACCESS_TOKEN_HASH)
          AND EXISTS (SELECT t.REFRESH_TOKEN_HASH INTERSECT SELECT b.REFRESH_TOKEN_HASH)
          AND EXISTS (SELECT t.INVALIDATED_TIME INTERSECT SELECT b.INVALIDATED_TIME)
          AND EXISTS (SELECT t.IDP_ID INTERSECT SELECT b.IDP_ID));
    SET @rows = @@ROWCOUNT;
    UPDATE dbo.CLEANUP_RUN_STEP
    SET RESTORED = RESTORED + @rows, BATCHES = BATCHES + 1
    WHERE RUN_ID = @run_id AND TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AND @rows > 0;
    COMMIT TRANSACTION;
  END;
END;
GO
-- @end

-- @statement procedure restore_tokens
CREATE OR ALTER PROCEDURE dbo.restore_tokens
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN. Text c4c78ef81bf69080.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_tokens commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TEXTSIZE 2147483647;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  -- The product goes first: in a deadlock the restore gives way, and it waits no longer than a second for a lock
  SET DEADLOCK_PRIORITY LOW;
  SET LOCK_TIMEOUT 1000;

  DECLARE
    @lock NVARCHAR(255) = 'deepclean dbo.cleanup_tokens', @granted INT, @run_id BIGINT, @problem NVARCHAR(400),
    @step INT = 1, @tries INT = 0, @restored BIGINT = 0, @restored_now BIGINT;
  -- If a client cancels its call, the lock stays with the session. If that is this session, no run holds it any more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  EXEC @granted = sys.sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session',
      @LockTimeout = 0;
  IF @granted < 0
    THROW 50000, 'restore_tokens did not start: cleanup_tokens is running, or another restore', 1;

  BEGIN TRY
    IF NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN WHERE RUN_ID = @deleted_by_run AND PROCEDURE_NAME = 'cleanup_tokens')
      THROW 50000, 'restore_tokens did not start: CLEANUP_RUN has no such run of cleanup_tokens', 1;

    DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_tokens';
    -- Each table, the table that keeps its deleted rows, and its number of columns; foreign keys to tables that lose
    -- rows. If the live schema differs, nothing is restored
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
    EXEC dbo.CLEANUP_MISFIT 'cleanup_tokens', @problem OUTPUT;
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem = REPLACE(LEFT(CONCAT('restore_tokens did not start: ', @problem), 400), '%', '%%');
      THROW 50000, @problem, 1;
    END;

    IF ISNULL(HAS_PERMS_BY_NAME('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'OBJECT', 'ALTER'), 0) = 0
      THROW 50000, 'restore_tokens did not start: it needs ALTER on IDN_OIDC_REQ_OBJECT_REFERENCE', 1;
    IF ISNULL(HAS_PERMS_BY_NAME('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 'OBJECT', 'ALTER'), 0) = 0
      THROW 50000, 'restore_tokens did not start: it needs ALTER on IDN_OIDC_REQ_OBJECT_CLAIMS', 1;
    IF ISNULL(HAS_PERMS_BY_NAME('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'OBJECT', 'ALTER'), 0) = 0
      THROW 50000, 'restore_tokens did not start: it needs ALTER on IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 1;

    -- With the lock in hand: what still says running is of a session that is gone
    UPDATE dbo.CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = SYSUTCDATETIME()
    WHERE PROCEDURE_NAME IN ('cleanup_tokens', 'restore_tokens') AND STATUS = 'running';
    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('restore_tokens', CONCAT(ORIGINAL_LOGIN(), ', session ', @@SPID), SYSUTCDATETIME(), 'running');
    SET @run_id = SCOPE_IDENTITY();
    WHILE @step <= 7
    BEGIN
      BEGIN TRY
        EXEC dbo.restore_tokens_batch @run_id, @deleted_by_run, @step;
        SET @step = @step + 1;
        SET @tries = 0;
      END TRY
      BEGIN CATCH
        IF XACT_STATE() <> 0
          ROLLBACK TRANSACTION;
        -- Another session may be in the way for a minute: by a deadlock, a lock, or a row that it adds or deletes
        SELECT @restored_now = SUM(RESTORED) FROM dbo.CLEANUP_RUN_STEP WHERE RUN_ID = @run_id;
        SET @tries = CASE WHEN @restored_now > @restored THEN 1 ELSE @tries + 1 END;
        SET @restored = ISNULL(@restored_now, 0);
        IF ERROR_NUMBER() NOT IN (1205, 1222, 601, 547, 2601, 2627) OR @tries >= 60
          THROW;
        WAITFOR DELAY '00:00:00.100';
      END CATCH;
    END;
    UPDATE r
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'ended',
        WHY_STOPPED = CONCAT('run ', @deleted_by_run, ': ', s.RESTORED, ' rows restored, ',
          s.SEEN - s.RESTORED, ' left alone')
    FROM dbo.CLEANUP_RUN AS r
    CROSS JOIN (
      SELECT SUM(SEEN) AS SEEN, SUM(RESTORED) AS RESTORED FROM dbo.CLEANUP_RUN_STEP WHERE RUN_ID = @run_id) AS s
    WHERE r.RUN_ID = @run_id;
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0
      ROLLBACK TRANSACTION;
    UPDATE dbo.CLEANUP_RUN
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'failed',
        WHY_STOPPED = LEFT(CONCAT('error ', ERROR_NUMBER(), ': ', ERROR_MESSAGE()), 400)
    WHERE RUN_ID = @run_id;
    EXEC sys.sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
    THROW;
  END CATCH;
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'restore_tokens_batch' AND OBJECT_KIND = 'procedure')
   OR (OBJECT_NAME = 'restore_tokens' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256,
  -- NULL, which the register refuses, if the server has another text than this file: the statement that made it failed
  CASE
    WHEN x.MARK IS NULL OR EXISTS (
      SELECT 1
      FROM sys.sql_modules AS d
      WHERE d.object_id = OBJECT_ID(QUOTENAME('dbo') + '.' + QUOTENAME(x.OBJECT_NAME))
        AND CHARINDEX(x.MARK, d.definition) > 0)
    THEN k.STORED_SHA256
  END
FROM (VALUES
  ('restore_tokens_batch', 'procedure', '418dce4e78a62a8c1ae69dacc7c3351a257f92219ad78bbf2e1b5e36ddc01c50',
      '7f532a272326ddc2'),
  ('restore_tokens', 'procedure', '77fdb9bf8021f7e2dda8115a9a875f4267051aeef4e50a49bf309004b8bff1e0',
      'c4c78ef81bf69080')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, MARK)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
