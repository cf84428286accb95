-- Removes what deepclean installed in this database for cleanup_confirmation_codes, the rows that it kept included.
-- What all cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end.
-- A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_CONFIRMATION_CODES
DROP VIEW IF EXISTS CLEANUP_BACKLOG_CONFIRMATION_CODES;
-- @end
-- @statement drop restore_confirmation_codes
DROP PROCEDURE IF EXISTS restore_confirmation_codes;
-- @end
-- @statement drop cleanup_confirmation_codes_dry_run
DROP PROCEDURE IF EXISTS cleanup_confirmation_codes_dry_run;
-- @end
-- @statement drop cleanup_confirmation_codes
DROP PROCEDURE IF EXISTS cleanup_confirmation_codes;
-- @end
-- @statement drop cleanup_confirmation_codes_proof
DROP PROCEDURE IF EXISTS cleanup_confirmation_codes_proof;
-- @end
-- @statement drop CLEANUP_BAK_IDN_RECOVERY_DATA
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_RECOVERY_DATA;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_confirmation_codes';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_CONFIRMATION_CODES', 'restore_confirmation_codes', 'cleanup_confirmation_codes_dry_run',
  'cleanup_confirmation_codes', 'cleanup_confirmation_codes_proof', 'CLEANUP_BAK_IDN_RECOVERY_DATA');
-- @end
