-- restore_tokens run: puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again, or whose place another row
-- has taken, is left alone and counted; so is a row whose parent is gone.
--
-- The caller needs
--   EXECUTE on dbo.restore_tokens
--   ALTER on IDN_OIDC_REQ_OBJECT_REFERENCE, IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJ_CLAIM_VALUES
--   SELECT, INSERT on IDN_OAUTH2_ACCESS_TOKEN, IDN_OAUTH2_AUTHORIZATION_CODE, IDN_OIDC_REQ_OBJECT_REFERENCE,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OAUTH2_ACCESS_TOKEN_SCOPE,
--     IDN_OAUTH2_ACCESS_TOKEN_AUDIT, CLEANUP_RUN_STEP
--   SELECT on IDN_OAUTH_CONSUMER_APPS, CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN,
--     CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE, CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS, CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE, CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT, INSERT, UPDATE on CLEANUP_RUN

-- The server keeps some of these settings with what it creates, so they are the same whoever runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- @statement procedure restore_tokens
CREATE OR ALTER PROCEDURE dbo.restore_tokens
  @deleted_by_run BIGINT
AS
BEGIN
  -- Made by deepclean; its log is CLEANUP_RUN.
  -- Before XACT_ABORT, which would undo what the caller has begun
  IF @@TRANCOUNT > 0
    THROW 50000, 'restore_tokens commits by itself, so it cannot run inside a transaction; nothing was restored', 1;

  -- Whatever the caller has set; the server puts its settings back
  SET NOCOUNT, XACT_ABORT ON;
  SET ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
  SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
  SET ROWCOUNT 0;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

  DECLARE
    @lock     NVARCHAR(255) = 'deepclean dbo.cleanup_tokens',
    @granted  INT,
    @run_id   BIGINT,
    @started  DATETIME2(3) = SYSUTCDATETIME(),
    @problem  NVARCHAR(400),
    @seen     BIGINT,
    @restored BIGINT,
    @rows     BIGINT,
    @total    BIGINT = 0,
    @left     BIGINT = 0;
  DECLARE @live_keys TABLE (
    CHILD_ID INT NOT NULL, PARENT_ID INT NOT NULL, OWN sysname NOT NULL, THEIRS sysname NOT NULL, WIDTH INT NOT NULL,
    DELETE_RULE INT NOT NULL);
  DECLARE @made_for_keys TABLE (
    CHILD_ID INT NULL, PARENT_ID INT NULL, OWN sysname NOT NULL, THEIRS sysname NOT NULL, WIDTH INT NOT NULL,
    DELETE_RULE INT NOT NULL);
  DECLARE @steps TABLE (TABLE_NAME VARCHAR(128) NOT NULL, SEEN BIGINT NOT NULL, RESTORED BIGINT NOT NULL);

  -- A call that its client gave up leaves the lock to its session; where that is this one, no run stands behind it any
  -- more
  WHILE APPLOCK_MODE('public', @lock, 'Session') <> 'NoLock'
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  EXEC @granted = sp_getapplock @Resource = @lock, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
  IF @granted < 0
    THROW 50000, 'restore_tokens did not start: cleanup_tokens is running', 1;

  BEGIN TRY
    IF NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN WHERE RUN_ID = @deleted_by_run AND PROCEDURE_NAME = 'cleanup_tokens')
      THROW 50000, 'restore_tokens did not start: CLEANUP_RUN has no such run of cleanup_tokens', 1;

    SELECT TOP (1) @problem = CONCAT(f.BACKUP_NAME, ' does not fit ', f.SOURCE_NAME, ' any more: column ', s.name)
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN', 'dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE', 'dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 'dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS f (SOURCE_NAME, BACKUP_NAME)
    -- Neither what the server computes nor a rowversion (189) can be written, so neither is kept
    JOIN sys.columns AS s ON s.object_id = OBJECT_ID(f.SOURCE_NAME) AND s.is_computed = 0 AND s.system_type_id <> 189
    LEFT JOIN sys.columns AS b ON b.object_id = OBJECT_ID(f.BACKUP_NAME) AND b.name = s.name
      AND b.user_type_id = s.user_type_id AND b.max_length = s.max_length AND b.precision = s.precision
      AND b.scale = s.scale AND ISNULL(b.collation_name, '') = ISNULL(s.collation_name, '')
    WHERE b.column_id IS NULL;

    SELECT TOP (1) @problem
        = ISNULL(@problem, CONCAT(f.SOURCE_NAME, ' has other columns than when this procedure was made'))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN', 20),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE', 17),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 5),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 6),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 3),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 3),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 21)
    ) AS f (SOURCE_NAME, COLUMN_COUNT)
    WHERE f.COLUMN_COUNT <> (SELECT COUNT(*) FROM sys.columns AS s WHERE s.object_id = OBJECT_ID(f.SOURCE_NAME));

    -- A key that is switched off takes no rows along, so it counts as another one
    INSERT INTO @live_keys (CHILD_ID, PARENT_ID, OWN, THEIRS, WIDTH, DELETE_RULE)
    SELECT k.parent_object_id, k.referenced_object_id,
      COL_NAME(c.parent_object_id, c.parent_column_id), COL_NAME(c.referenced_object_id, c.referenced_column_id),
      MAX(c.constraint_column_id) OVER (PARTITION BY k.object_id),
      CASE k.is_disabled WHEN 1 THEN 99 ELSE k.delete_referential_action END
    FROM sys.foreign_keys AS k
    JOIN sys.foreign_key_columns AS c ON c.constraint_object_id = k.object_id
    JOIN (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME) ON k.referenced_object_id = OBJECT_ID(t.NAME);
    INSERT INTO @made_for_keys (CHILD_ID, PARENT_ID, OWN, THEIRS, WIDTH, DELETE_RULE)
    SELECT OBJECT_ID(w.CHILD), OBJECT_ID(w.PARENT), w.OWN, w.THEIRS, w.WIDTH, w.DELETE_RULE
    FROM (VALUES
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'dbo.IDN_OAUTH2_ACCESS_TOKEN',
        'TOKEN_ID', 'TOKEN_ID', 1, 0),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE', 'dbo.IDN_OAUTH2_AUTHORIZATION_CODE',
        'CODE_ID', 'CODE_ID', 1, 0),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS', 'dbo.IDN_OIDC_REQ_OBJECT_REFERENCE',
        'REQ_OBJECT_ID', 'ID', 1, 1),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'dbo.IDN_OIDC_REQ_OBJECT_CLAIMS',
        'REQ_OBJECT_CLAIMS_ID', 'ID', 1, 1),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'dbo.IDN_OAUTH2_ACCESS_TOKEN',
        'TOKEN_ID', 'TOKEN_ID', 1, 1)
    ) AS w (CHILD, PARENT, OWN, THEIRS, WIDTH, DELETE_RULE);
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(
      'the foreign keys from ', OBJECT_NAME(x.CHILD_ID), ' to ', OBJECT_NAME(x.PARENT_ID),
      ' are not those that this procedure was made for'))
    FROM (
      SELECT l.CHILD_ID, l.PARENT_ID FROM @live_keys AS l
      WHERE NOT EXISTS (
        SELECT 1 FROM @made_for_keys AS m
        WHERE m.CHILD_ID = l.CHILD_ID AND m.PARENT_ID = l.PARENT_ID AND m.OWN = l.OWN AND m.THEIRS = l.THEIRS
          AND m.WIDTH = l.WIDTH AND m.DELETE_RULE = l.DELETE_RULE)
      UNION ALL
      SELECT m.CHILD_ID, m.PARENT_ID FROM @made_for_keys AS m
      WHERE NOT EXISTS (
        SELECT 1 FROM @live_keys AS l
        WHERE l.CHILD_ID = m.CHILD_ID AND l.PARENT_ID = m.PARENT_ID AND l.OWN = m.OWN AND l.THEIRS = m.THEIRS
          AND l.WIDTH = m.WIDTH AND l.DELETE_RULE = m.DELETE_RULE)
    ) AS x;

    -- A row that is hidden seems to be gone, and what it kept would go; a masked value would be copied as its mask
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT('row-level security (', s.name, ') may hide rows of ', t.NAME))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME)
    JOIN sys.security_predicates AS p ON p.target_object_id = OBJECT_ID(t.NAME)
    JOIN sys.security_policies AS s ON s.object_id = p.object_id AND s.is_enabled = 1;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' has a masked, encrypted or generated column: ', c.name))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME)
    JOIN sys.columns AS c ON c.object_id = OBJECT_ID(t.NAME)
    WHERE c.is_masked = 1 OR c.encryption_type IS NOT NULL OR c.generated_always_type <> 0;
    SELECT TOP (1) @problem = ISNULL(@problem, CONCAT(t.NAME, ' is no plain table any more, so rows may be hidden'))
    FROM (VALUES
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN'),
      ('dbo.IDN_OAUTH2_AUTHORIZATION_CODE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_REFERENCE'),
      ('dbo.IDN_OIDC_REQ_OBJECT_CLAIMS'),
      ('dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE'),
      ('dbo.IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) AS t (NAME)
    WHERE OBJECTPROPERTY(OBJECT_ID(t.NAME), 'IsUserTable') = 0;
    IF @problem IS NOT NULL
    BEGIN
      -- THROW reads % as the beginning of a format
      SET @problem = REPLACE(LEFT(CONCAT('restore_tokens did not start: ', @problem), 400), '%', '%%');
      THROW 50000, @problem, 1;
    END;

    INSERT INTO dbo.CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
    VALUES ('restore_tokens', ORIGINAL_LOGIN(), @started, 'running');
    SET @run_id = SCOPE_IDENTITY();

    -- In statements of 4000 rows: one of 5000 would lock the whole table of the product
    BEGIN TRANSACTION;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_OAUTH2_ACCESS_TOKEN
        (TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN, USER_TYPE,
         GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD,
         TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER, ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH,
             IDP_ID)
      SELECT TOP (4000) b.TOKEN_ID, b.ACCESS_TOKEN, b.REFRESH_TOKEN, b.CONSUMER_KEY_ID, b.AUTHZ_USER, b.TENANT_ID,
          b.USER_DOMAIN,
        b.USER_TYPE, b.GRANT_TYPE, b.TIME_CREATED, b.REFRESH_TOKEN_TIME_CREATED, b.VALIDITY_PERIOD,
        b.REFRESH_TOKEN_VALIDITY_PERIOD, b.TOKEN_SCOPE_HASH, b.TOKEN_STATE, b.TOKEN_STATE_ID, b.SUBJECT_IDENTIFIER,
        b.ACCESS_TOKEN_HASH, b.REFRESH_TOKEN_HASH, b.IDP_ID
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
            AND EXISTS (SELECT t.IDP_ID INTERSECT SELECT b.IDP_ID));
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_OAUTH2_ACCESS_TOKEN', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_OAUTH2_AUTHORIZATION_CODE
        (CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER, TENANT_ID, USER_DOMAIN,
         TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER, PKCE_CODE_CHALLENGE,
         PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
      SELECT TOP (4000) b.CODE_ID, b.AUTHORIZATION_CODE, b.CONSUMER_KEY_ID, b.CALLBACK_URL, b.SCOPE, b.AUTHZ_USER,
          b.TENANT_ID,
        b.USER_DOMAIN, b.TIME_CREATED, b.VALIDITY_PERIOD, b.STATE, b.TOKEN_ID, b.SUBJECT_IDENTIFIER,
        b.PKCE_CODE_CHALLENGE, b.PKCE_CODE_CHALLENGE_METHOD, b.AUTHORIZATION_CODE_HASH, b.IDP_ID
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.CONSUMER_KEY_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE AS t
          WHERE t.CODE_ID = b.CODE_ID);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_OAUTH2_AUTHORIZATION_CODE', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_REFERENCE ON;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_OIDC_REQ_OBJECT_REFERENCE
        (ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
      SELECT TOP (4000) b.ID, b.CONSUMER_KEY_ID, b.CODE_ID, b.TOKEN_ID, b.SESSION_DATA_KEY
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.CONSUMER_KEY_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH_CONSUMER_APPS p WHERE p.ID = b.CONSUMER_KEY_ID))
        AND (b.TOKEN_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN p WHERE p.TOKEN_ID = b.TOKEN_ID))
        AND (b.CODE_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_AUTHORIZATION_CODE p WHERE p.CODE_ID = b.CODE_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE AS t
          WHERE t.ID = b.ID);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_REFERENCE OFF;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_OIDC_REQ_OBJECT_REFERENCE', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_CLAIMS ON;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_OIDC_REQ_OBJECT_CLAIMS
        (ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
      SELECT TOP (4000) b.ID, b.REQ_OBJECT_ID, b.CLAIM_ATTRIBUTE, b.ESSENTIAL, b.VALUE, b.IS_USERINFO
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.REQ_OBJECT_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_REFERENCE p WHERE p.ID = b.REQ_OBJECT_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_CLAIMS AS t
          WHERE t.ID = b.ID);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJECT_CLAIMS OFF;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_OIDC_REQ_OBJECT_CLAIMS', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES ON;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES
        (ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
      SELECT TOP (4000) b.ID, b.REQ_OBJECT_CLAIMS_ID, b.CLAIM_VALUES
      FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.REQ_OBJECT_CLAIMS_ID IS NULL
            OR EXISTS (SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJECT_CLAIMS p WHERE p.ID = b.REQ_OBJECT_CLAIMS_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES AS t
          WHERE t.ID = b.ID);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    SET IDENTITY_INSERT dbo.IDN_OIDC_REQ_OBJ_CLAIM_VALUES OFF;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_OIDC_REQ_OBJ_CLAIM_VALUES', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
        WHERE b.RUN_ID = @deleted_by_run;
    SET @rows = 1;
    WHILE @rows > 0 AND @restored < @seen
    BEGIN
      INSERT INTO dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE
        (TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
      SELECT TOP (4000) b.TOKEN_ID, b.TOKEN_SCOPE, b.TENANT_ID
      FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS b
      WHERE b.RUN_ID = @deleted_by_run
        AND (b.TOKEN_ID IS NULL OR EXISTS (SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN p WHERE p.TOKEN_ID = b.TOKEN_ID))
        AND NOT EXISTS (
          SELECT 1 FROM dbo.IDN_OAUTH2_ACCESS_TOKEN_SCOPE AS t
          WHERE t.TOKEN_ID = b.TOKEN_ID
            AND t.TOKEN_SCOPE = b.TOKEN_SCOPE);
      SET @rows = @@ROWCOUNT;
      SET @restored = @restored + @rows;
    END;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_OAUTH2_ACCESS_TOKEN_SCOPE', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    SELECT @seen = COUNT(*), @restored = 0 FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT AS b
        WHERE b.RUN_ID = @deleted_by_run;
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
    SET @restored = @@ROWCOUNT;
    INSERT INTO @steps (TABLE_NAME, SEEN, RESTORED) VALUES ('IDN_OAUTH2_ACCESS_TOKEN_AUDIT', @seen, @restored);
    SELECT @total = @total + @restored, @left = @left + @seen - @restored;

    -- The log comes last, since whoever reads it waits for the rows that are not committed
    INSERT INTO dbo.CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
    SELECT @run_id, TABLE_NAME, SEEN, RESTORED FROM @steps;
    UPDATE dbo.CLEANUP_RUN
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'ended',
        WHY_STOPPED = CONCAT('run ', @deleted_by_run, ': ', @total, ' rows restored, ', @left, ' left alone')
    WHERE RUN_ID = @run_id;
    COMMIT TRANSACTION;
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0
      ROLLBACK TRANSACTION;
    UPDATE dbo.CLEANUP_RUN
    SET ENDED_AT = SYSUTCDATETIME(), STATUS = 'failed',
        WHY_STOPPED = LEFT(CONCAT('error ', ERROR_NUMBER(), ': ', ERROR_MESSAGE()), 400)
    WHERE RUN_ID = @run_id;
    EXEC sp_releaseapplock @Resource = @lock, @LockOwner = 'Session';
    THROW;
  END CATCH;
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
DELETE FROM dbo.CLEANUP_OBJECT
WHERE (OBJECT_NAME = 'restore_tokens' AND OBJECT_KIND = 'procedure');
INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
SELECT x.OBJECT_NAME, x.OBJECT_KIND, x.ARTIFACT_SHA256, k.STORED_SHA256
FROM (VALUES
  ('restore_tokens', 'procedure', 'b27e8018f25480d1df63781056ea54b84055b6b59a4b3bd79bd20553e9275f6b')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
