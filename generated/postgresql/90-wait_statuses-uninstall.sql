-- Removes what deepclean installed in this schema for cleanup_wait_statuses, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop cleanup_backlog_wait_statuses
DROP FUNCTION IF EXISTS public.cleanup_backlog_wait_statuses;
-- @end
-- @statement drop restore_wait_statuses
DROP PROCEDURE IF EXISTS public.restore_wait_statuses;
-- @end
-- @statement drop cleanup_wait_statuses
DROP PROCEDURE IF EXISTS public.cleanup_wait_statuses;
-- @end
-- @statement drop cleanup_wait_statuses_proof
DROP PROCEDURE IF EXISTS public.cleanup_wait_statuses_proof;
-- @end
-- @statement drop cleanup_bak_idn_auth_wait_status
DROP TABLE IF EXISTS public.cleanup_bak_idn_auth_wait_status;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM public.cleanup_setting WHERE procedure_name = 'cleanup_wait_statuses';
-- @end
-- @statement forget objects
DELETE FROM public.cleanup_object
WHERE object_name IN (
  'cleanup_backlog_wait_statuses', 'restore_wait_statuses', 'cleanup_wait_statuses', 'cleanup_wait_statuses_proof',
  'cleanup_bak_idn_auth_wait_status');
-- @end
