-- Removes what deepclean installed in this schema for cleanup_jti, the rows that it kept included. What all cleanups
-- share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A schedule has its
-- own removal.
-- @statement drop cleanup_backlog_jti
DROP FUNCTION IF EXISTS public.cleanup_backlog_jti;
-- @end
-- @statement drop restore_jti
DROP PROCEDURE IF EXISTS public.restore_jti;
-- @end
-- @statement drop cleanup_jti
DROP PROCEDURE IF EXISTS public.cleanup_jti;
-- @end
-- @statement drop cleanup_jti_proof
DROP PROCEDURE IF EXISTS public.cleanup_jti_proof;
-- @end
-- @statement drop cleanup_bak_idn_oidc_jti
DROP TABLE IF EXISTS public.cleanup_bak_idn_oidc_jti;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM public.cleanup_setting WHERE procedure_name = 'cleanup_jti';
-- @end
-- @statement forget objects
DELETE FROM public.cleanup_object
WHERE object_name IN (
  'cleanup_backlog_jti', 'restore_jti', 'cleanup_jti', 'cleanup_jti_proof', 'cleanup_bak_idn_oidc_jti');
-- @end
