-- Removes everything that deepclean installed in this database for cleanup_revocations, the kept rows and the log
-- included. A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_REVOCATIONS
DROP VIEW IF EXISTS CLEANUP_BACKLOG_REVOCATIONS;
-- @end
-- @statement drop restore_revocations
DROP PROCEDURE IF EXISTS restore_revocations;
-- @end
-- @statement drop cleanup_revocations
DROP PROCEDURE IF EXISTS cleanup_revocations;
-- @end
-- @statement drop CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT;
-- @end
-- @statement drop CLEANUP_BAK_IDN_INVALID_TOKENS
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_INVALID_TOKENS;
-- @end
-- @statement drop CLEANUP_BAK_AM_REVOKED_JWT
DROP TABLE IF EXISTS CLEANUP_BAK_AM_REVOKED_JWT;
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
