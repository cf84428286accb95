-- Removes what deepclean installed in this database for cleanup_revocations, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_REVOCATIONS
DROP VIEW IF EXISTS CLEANUP_BACKLOG_REVOCATIONS;
-- @end
-- @statement drop restore_revocations
DROP PROCEDURE IF EXISTS restore_revocations;
-- @end
-- @statement drop cleanup_revocations_dry_run
DROP PROCEDURE IF EXISTS cleanup_revocations_dry_run;
-- @end
-- @statement drop cleanup_revocations
DROP PROCEDURE IF EXISTS cleanup_revocations;
-- @end
-- @statement drop cleanup_revocations_proof
DROP PROCEDURE IF EXISTS cleanup_revocations_proof;
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

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_revocations';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_REVOCATIONS', 'restore_revocations', 'cleanup_revocations_dry_run', 'cleanup_revocations',
  'cleanup_revocations_proof', 'CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'CLEANUP_BAK_IDN_INVALID_TOKENS',
  'CLEANUP_BAK_AM_REVOKED_JWT');
-- @end
