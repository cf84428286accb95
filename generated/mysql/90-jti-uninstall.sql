-- Removes everything that deepclean installed in this database for cleanup_jti, the kept rows and the log
-- included. A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_JTI
DROP VIEW IF EXISTS CLEANUP_BACKLOG_JTI;
-- @end
-- @statement drop restore_jti
DROP PROCEDURE IF EXISTS restore_jti;
-- @end
-- @statement drop cleanup_jti
DROP PROCEDURE IF EXISTS cleanup_jti;
-- @end
-- @statement drop CLEANUP_BAK_IDN_OIDC_JTI
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_OIDC_JTI;
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
