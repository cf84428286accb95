-- Removes what deepclean installed in this schema for cleanup_saml_artifacts, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop cleanup_backlog_saml_artifacts
DROP FUNCTION IF EXISTS public.cleanup_backlog_saml_artifacts;
-- @end
-- @statement drop restore_saml_artifacts
DROP PROCEDURE IF EXISTS public.restore_saml_artifacts;
-- @end
-- @statement drop cleanup_saml_artifacts
DROP PROCEDURE IF EXISTS public.cleanup_saml_artifacts;
-- @end
-- @statement drop cleanup_saml_artifacts_proof
DROP PROCEDURE IF EXISTS public.cleanup_saml_artifacts_proof;
-- @end
-- @statement drop cleanup_bak_idn_saml2_artifact_store
DROP TABLE IF EXISTS public.cleanup_bak_idn_saml2_artifact_store;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM public.cleanup_setting WHERE procedure_name = 'cleanup_saml_artifacts';
-- @end
-- @statement forget objects
DELETE FROM public.cleanup_object
WHERE object_name IN (
  'cleanup_backlog_saml_artifacts', 'restore_saml_artifacts', 'cleanup_saml_artifacts', 'cleanup_saml_artifacts_proof',
  'cleanup_bak_idn_saml2_artifact_store');
-- @end
