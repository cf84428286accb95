-- Removes what deepclean installed in this schema for cleanup_confirmation_codes, the rows that it kept included. What
-- all cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal. Run it with sqlcmd -b, or statement by statement: it stops at its beginning while the
-- cleanup runs.
-- @statement guard cleanup_confirmation_codes
IF APPLOCK_TEST('public', 'deepclean dbo.cleanup_confirmation_codes', 'Exclusive', 'Session') = 0
  THROW 50000, 'nothing was removed: cleanup_confirmation_codes is running', 1;
GO
-- @end
-- @statement drop CLEANUP_BACKLOG_CONFIRMATION_CODES
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_CONFIRMATION_CODES;
GO
-- @end
-- @statement drop restore_confirmation_codes
DROP PROCEDURE IF EXISTS dbo.restore_confirmation_codes;
GO
-- @end
-- @statement drop restore_confirmation_codes_batch
DROP PROCEDURE IF EXISTS dbo.restore_confirmation_codes_batch;
GO
-- @end
-- @statement drop cleanup_confirmation_codes
DROP PROCEDURE IF EXISTS dbo.cleanup_confirmation_codes;
GO
-- @end
-- @statement drop cleanup_confirmation_codes_batch
DROP PROCEDURE IF EXISTS dbo.cleanup_confirmation_codes_batch;
GO
-- @end
-- @statement drop cleanup_confirmation_codes_proof
DROP PROCEDURE IF EXISTS dbo.cleanup_confirmation_codes_proof;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_RECOVERY_DATA
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_RECOVERY_DATA;
GO
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM dbo.CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes';
DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes';
DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes';
DELETE FROM dbo.CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes';
GO
-- @end
-- @statement forget objects
DELETE FROM dbo.CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_CONFIRMATION_CODES', 'restore_confirmation_codes', 'restore_confirmation_codes_batch',
  'cleanup_confirmation_codes', 'cleanup_confirmation_codes_batch', 'cleanup_confirmation_codes_proof',
  'CLEANUP_BAK_IDN_RECOVERY_DATA');
GO
-- @end
