-- Removes what deepclean installed in this database for cleanup_jti, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_JTI
DROP VIEW IF EXISTS CLEANUP_BACKLOG_JTI;
-- @end
-- @statement drop restore_jti
DROP PROCEDURE IF EXISTS restore_jti;
-- @end
-- @statement drop cleanup_jti_dry_run
DROP PROCEDURE IF EXISTS cleanup_jti_dry_run;
-- @end
-- @statement drop cleanup_jti
DROP PROCEDURE IF EXISTS cleanup_jti;
-- @end
-- @statement drop cleanup_jti_proof
DROP PROCEDURE IF EXISTS cleanup_jti_proof;
-- @end
-- @statement drop CLEANUP_BAK_IDN_OIDC_JTI
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_OIDC_JTI;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_jti';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_JTI', 'restore_jti', 'cleanup_jti_dry_run', 'cleanup_jti', 'cleanup_jti_proof',
  'CLEANUP_BAK_IDN_OIDC_JTI');
-- @end
