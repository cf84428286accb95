-- Removes everything that deepclean installed in this schema for cleanup_confirmation_codes, the kept rows and the log included.
-- A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_CONFIRMATION_CODES
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_CONFIRMATION_CODES;
GO
-- @end
-- @statement drop restore_confirmation_codes
DROP PROCEDURE IF EXISTS dbo.restore_confirmation_codes;
GO
-- @end
-- @statement drop cleanup_confirmation_codes
DROP PROCEDURE IF EXISTS dbo.cleanup_confirmation_codes;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_RECOVERY_DATA
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_RECOVERY_DATA;
GO
-- @end
-- @statement drop CLEANUP_OBJECT
DROP TABLE IF EXISTS dbo.CLEANUP_OBJECT;
GO
-- @end
-- @statement drop CLEANUP_RUN_REASON
DROP TABLE IF EXISTS dbo.CLEANUP_RUN_REASON;
GO
-- @end
-- @statement drop CLEANUP_RUN_STEP
DROP TABLE IF EXISTS dbo.CLEANUP_RUN_STEP;
GO
-- @end
-- @statement drop CLEANUP_RUN
DROP TABLE IF EXISTS dbo.CLEANUP_RUN;
GO
-- @end
-- @statement drop CLEANUP_SETTING
DROP TABLE IF EXISTS dbo.CLEANUP_SETTING;
GO
-- @end
