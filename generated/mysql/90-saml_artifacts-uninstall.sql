-- Removes what deepclean installed in this database for cleanup_saml_artifacts, the rows that it kept included. What
-- all cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_SAML_ARTIFACTS
DROP VIEW IF EXISTS CLEANUP_BACKLOG_SAML_ARTIFACTS;
-- @end
-- @statement drop restore_saml_artifacts
DROP PROCEDURE IF EXISTS restore_saml_artifacts;
-- @end
-- @statement drop cleanup_saml_artifacts_dry_run
DROP PROCEDURE IF EXISTS cleanup_saml_artifacts_dry_run;
-- @end
-- @statement drop cleanup_saml_artifacts
DROP PROCEDURE IF EXISTS cleanup_saml_artifacts;
-- @end
-- @statement drop cleanup_saml_artifacts_proof
DROP PROCEDURE IF EXISTS cleanup_saml_artifacts_proof;
-- @end
-- @statement drop CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
DROP TABLE IF EXISTS CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_SAML_ARTIFACTS', 'restore_saml_artifacts', 'cleanup_saml_artifacts_dry_run',
  'cleanup_saml_artifacts', 'cleanup_saml_artifacts_proof', 'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE');
-- @end
