-- Removes what deepclean installed in this database for cleanup_wait_statuses, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_WAIT_STATUSES
DROP VIEW IF EXISTS CLEANUP_BACKLOG_WAIT_STATUSES;
-- @end
-- @statement drop restore_wait_statuses
DROP PROCEDURE IF EXISTS restore_wait_statuses;
-- @end
-- @statement drop cleanup_wait_statuses_dry_run
DROP PROCEDURE IF EXISTS cleanup_wait_statuses_dry_run;
-- @end
-- @statement drop cleanup_wait_statuses
DROP PROCEDURE IF EXISTS cleanup_wait_statuses;
-- @end
-- @statement drop cleanup_wait_statuses_proof
DROP PROCEDURE IF EXISTS cleanup_wait_statuses_proof;
-- @end
-- @statement drop CLEANUP_BAK_IDN_AUTH_WAIT_STATUS
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_AUTH_WAIT_STATUS;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_wait_statuses';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_WAIT_STATUSES', 'restore_wait_statuses', 'cleanup_wait_statuses_dry_run', 'cleanup_wait_statuses',
  'cleanup_wait_statuses_proof', 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS');
-- @end
