-- Removes what deepclean installed in this schema for cleanup_saml_artifacts, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal. Run it with sqlcmd -b, or statement by statement: it stops at its beginning while the
-- cleanup runs.
-- @statement guard cleanup_saml_artifacts
IF APPLOCK_TEST('public', 'deepclean dbo.cleanup_saml_artifacts', 'Exclusive', 'Session') = 0
  THROW 50000, 'nothing was removed: cleanup_saml_artifacts is running', 1;
GO
-- @end
-- @statement drop CLEANUP_BACKLOG_SAML_ARTIFACTS
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_SAML_ARTIFACTS;
GO
-- @end
-- @statement drop restore_saml_artifacts
DROP PROCEDURE IF EXISTS dbo.restore_saml_artifacts;
GO
-- @end
-- @statement drop restore_saml_artifacts_batch
DROP PROCEDURE IF EXISTS dbo.restore_saml_artifacts_batch;
GO
-- @end
-- @statement drop cleanup_saml_artifacts
DROP PROCEDURE IF EXISTS dbo.cleanup_saml_artifacts;
GO
-- @end
-- @statement drop cleanup_saml_artifacts_batch
DROP PROCEDURE IF EXISTS dbo.cleanup_saml_artifacts_batch;
GO
-- @end
-- @statement drop cleanup_saml_artifacts_proof
DROP PROCEDURE IF EXISTS dbo.cleanup_saml_artifacts_proof;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE;
GO
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM dbo.CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts';
DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts';
DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts';
DELETE FROM dbo.CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts';
GO
-- @end
-- @statement forget objects
DELETE FROM dbo.CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_SAML_ARTIFACTS', 'restore_saml_artifacts', 'restore_saml_artifacts_batch', 'cleanup_saml_artifacts',
  'cleanup_saml_artifacts_batch', 'cleanup_saml_artifacts_proof', 'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE');
GO
-- @end
