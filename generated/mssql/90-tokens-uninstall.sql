-- Removes what deepclean installed in this schema for cleanup_tokens, the rows that it kept included. What all cleanups
-- share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A schedule has its
-- own removal. Run it with sqlcmd -b, or statement by statement: it stops at its beginning while the cleanup runs.
-- @statement guard cleanup_tokens
IF APPLOCK_TEST('public', 'deepclean dbo.cleanup_tokens', 'Exclusive', 'Session') = 0
  THROW 50000, 'nothing was removed: cleanup_tokens is running', 1;
GO
-- @end
-- @statement drop CLEANUP_BACKLOG_TOKENS
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_TOKENS;
GO
-- @end
-- @statement drop restore_tokens
DROP PROCEDURE IF EXISTS dbo.restore_tokens;
GO
-- @end
-- @statement drop restore_tokens_batch
DROP PROCEDURE IF EXISTS dbo.restore_tokens_batch;
GO
-- @end
-- @statement drop cleanup_tokens
DROP PROCEDURE IF EXISTS dbo.cleanup_tokens;
GO
-- @end
-- @statement drop cleanup_tokens_batch
DROP PROCEDURE IF EXISTS dbo.cleanup_tokens_batch;
GO
-- @end
-- @statement drop cleanup_tokens_proof
DROP PROCEDURE IF EXISTS dbo.cleanup_tokens_proof;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN;
GO
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM dbo.CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_tokens';
DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_tokens';
DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = 'cleanup_tokens';
DELETE FROM dbo.CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_tokens';
GO
-- @end
-- @statement forget objects
DELETE FROM dbo.CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_TOKENS', 'restore_tokens', 'restore_tokens_batch', 'cleanup_tokens', 'cleanup_tokens_batch',
  'cleanup_tokens_proof', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
  'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS',
  'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE',
  'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN');
GO
-- @end
