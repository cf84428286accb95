-- Removes what deepclean installed in this schema for cleanup_confirmation_codes, the rows that it kept included. What
-- all cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop cleanup_backlog_confirmation_codes
DROP FUNCTION IF EXISTS public.cleanup_backlog_confirmation_codes;
-- @end
-- @statement drop restore_confirmation_codes
DROP PROCEDURE IF EXISTS public.restore_confirmation_codes;
-- @end
-- @statement drop cleanup_confirmation_codes
DROP PROCEDURE IF EXISTS public.cleanup_confirmation_codes;
-- @end
-- @statement drop cleanup_confirmation_codes_proof
DROP PROCEDURE IF EXISTS public.cleanup_confirmation_codes_proof;
-- @end
-- @statement drop cleanup_bak_idn_recovery_data
DROP TABLE IF EXISTS public.cleanup_bak_idn_recovery_data;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM public.cleanup_setting WHERE procedure_name = 'cleanup_confirmation_codes';
-- @end
-- @statement forget objects
DELETE FROM public.cleanup_object
WHERE object_name IN (
  'cleanup_backlog_confirmation_codes', 'restore_confirmation_codes', 'cleanup_confirmation_codes',
  'cleanup_confirmation_codes_proof', 'cleanup_bak_idn_recovery_data');
-- @end
