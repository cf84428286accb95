-- Removes what deepclean installed in this schema for cleanup_jti, the rows that it kept included. What all cleanups
-- share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A schedule has its
-- own removal. Run it with sqlcmd -b, or statement by statement: it stops at its beginning while the cleanup runs.
-- @statement guard cleanup_jti
IF APPLOCK_TEST('public', 'deepclean dbo.cleanup_jti', 'Exclusive', 'Session') = 0
  THROW 50000, 'nothing was removed: cleanup_jti is running', 1;
GO
-- @end
-- @statement drop CLEANUP_BACKLOG_JTI
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_JTI;
GO
-- @end
-- @statement drop restore_jti
DROP PROCEDURE IF EXISTS dbo.restore_jti;
GO
-- @end
-- @statement drop restore_jti_batch
DROP PROCEDURE IF EXISTS dbo.restore_jti_batch;
GO
-- @end
-- @statement drop cleanup_jti
DROP PROCEDURE IF EXISTS dbo.cleanup_jti;
GO
-- @end
-- @statement drop cleanup_jti_batch
DROP PROCEDURE IF EXISTS dbo.cleanup_jti_batch;
GO
-- @end
-- @statement drop cleanup_jti_proof
DROP PROCEDURE IF EXISTS dbo.cleanup_jti_proof;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OIDC_JTI
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OIDC_JTI;
GO
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM dbo.CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_jti';
DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_jti';
DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = 'cleanup_jti';
DELETE FROM dbo.CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_jti';
GO
-- @end
-- @statement forget objects
DELETE FROM dbo.CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_JTI', 'restore_jti', 'restore_jti_batch', 'cleanup_jti', 'cleanup_jti_batch', 'cleanup_jti_proof',
  'CLEANUP_BAK_IDN_OIDC_JTI');
GO
-- @end
