-- Removes everything that deepclean installed in this database for cleanup_confirmation_codes, the kept rows and the log
-- included. A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_CONFIRMATION_CODES
DROP VIEW IF EXISTS CLEANUP_BACKLOG_CONFIRMATION_CODES;
-- @end
-- @statement drop restore_confirmation_codes
DROP PROCEDURE IF EXISTS restore_confirmation_codes;
-- @end
-- @statement drop cleanup_confirmation_codes
DROP PROCEDURE IF EXISTS cleanup_confirmation_codes;
-- @end
-- @statement drop CLEANUP_BAK_IDN_RECOVERY_DATA
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_RECOVERY_DATA;
-- @end
-- @statement drop CLEANUP_OBJECT
DROP TABLE IF EXISTS CLEANUP_OBJECT;
-- @end
-- @statement drop CLEANUP_RUN_REASON
DROP TABLE IF EXISTS CLEANUP_RUN_REASON;
-- @end
-- @statement drop CLEANUP_RUN_STEP
DROP TABLE IF EXISTS CLEANUP_RUN_STEP;
-- @end
-- @statement drop CLEANUP_RUN
DROP TABLE IF EXISTS CLEANUP_RUN;
-- @end
-- @statement drop CLEANUP_SETTING
DROP TABLE IF EXISTS CLEANUP_SETTING;
-- @end
