-- Removes what deepclean installed in this schema for cleanup_wait_statuses, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal. Run it with sqlcmd -b, or statement by statement: it stops at its beginning while the
-- cleanup runs.
-- @statement guard cleanup_wait_statuses
IF APPLOCK_TEST('public', 'deepclean dbo.cleanup_wait_statuses', 'Exclusive', 'Session') = 0
  THROW 50000, 'nothing was removed: cleanup_wait_statuses is running', 1;
GO
-- @end
-- @statement drop CLEANUP_BACKLOG_WAIT_STATUSES
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_WAIT_STATUSES;
GO
-- @end
-- @statement drop restore_wait_statuses
DROP PROCEDURE IF EXISTS dbo.restore_wait_statuses;
GO
-- @end
-- @statement drop restore_wait_statuses_batch
DROP PROCEDURE IF EXISTS dbo.restore_wait_statuses_batch;
GO
-- @end
-- @statement drop cleanup_wait_statuses
DROP PROCEDURE IF EXISTS dbo.cleanup_wait_statuses;
GO
-- @end
-- @statement drop cleanup_wait_statuses_batch
DROP PROCEDURE IF EXISTS dbo.cleanup_wait_statuses_batch;
GO
-- @end
-- @statement drop cleanup_wait_statuses_proof
DROP PROCEDURE IF EXISTS dbo.cleanup_wait_statuses_proof;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_AUTH_WAIT_STATUS
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_AUTH_WAIT_STATUS;
GO
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM dbo.CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_wait_statuses';
DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_wait_statuses';
DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = 'cleanup_wait_statuses';
DELETE FROM dbo.CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_wait_statuses';
GO
-- @end
-- @statement forget objects
DELETE FROM dbo.CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_WAIT_STATUSES', 'restore_wait_statuses', 'restore_wait_statuses_batch', 'cleanup_wait_statuses',
  'cleanup_wait_statuses_batch', 'cleanup_wait_statuses_proof', 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS');
GO
-- @end
