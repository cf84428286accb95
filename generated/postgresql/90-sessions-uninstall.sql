-- Removes what deepclean installed in this schema for cleanup_sessions, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop cleanup_backlog_sessions
DROP FUNCTION IF EXISTS public.cleanup_backlog_sessions;
-- @end
-- @statement drop restore_sessions
DROP PROCEDURE IF EXISTS public.restore_sessions;
-- @end
-- @statement drop cleanup_sessions
DROP PROCEDURE IF EXISTS public.cleanup_sessions;
-- @end
-- @statement drop cleanup_sessions_proof
DROP PROCEDURE IF EXISTS public.cleanup_sessions_proof;
-- @end
-- @statement drop cleanup_bak_idn_auth_session_meta_data
DROP TABLE IF EXISTS public.cleanup_bak_idn_auth_session_meta_data;
-- @end
-- @statement drop cleanup_bak_idn_auth_session_app_info
DROP TABLE IF EXISTS public.cleanup_bak_idn_auth_session_app_info;
-- @end
-- @statement drop cleanup_bak_idn_auth_user_session_mapping
DROP TABLE IF EXISTS public.cleanup_bak_idn_auth_user_session_mapping;
-- @end
-- @statement drop cleanup_bak_idn_auth_session_store
DROP TABLE IF EXISTS public.cleanup_bak_idn_auth_session_store;
-- @end
-- @statement drop cleanup_bak_idn_auth_temp_session_store
DROP TABLE IF EXISTS public.cleanup_bak_idn_auth_temp_session_store;
-- @end
-- @statement drop cleanup_sighting_idn_auth_session_meta_data
DROP TABLE IF EXISTS public.cleanup_sighting_idn_auth_session_meta_data;
-- @end
-- @statement drop cleanup_sighting_idn_auth_session_app_info
DROP TABLE IF EXISTS public.cleanup_sighting_idn_auth_session_app_info;
-- @end
-- @statement drop cleanup_sighting_idn_auth_user_session_mapping
DROP TABLE IF EXISTS public.cleanup_sighting_idn_auth_user_session_mapping;
-- @end
-- @statement drop cleanup_dead_idn_auth_session_store
DROP TABLE IF EXISTS public.cleanup_dead_idn_auth_session_store;
-- @end
-- @statement drop cleanup_dead_idn_auth_temp_session_store
DROP TABLE IF EXISTS public.cleanup_dead_idn_auth_temp_session_store;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM public.cleanup_setting WHERE procedure_name = 'cleanup_sessions';
-- @end
-- @statement forget objects
DELETE FROM public.cleanup_object
WHERE object_name IN (
  'cleanup_backlog_sessions', 'restore_sessions', 'cleanup_sessions', 'cleanup_sessions_proof',
  'cleanup_bak_idn_auth_session_meta_data', 'cleanup_bak_idn_auth_session_app_info',
  'cleanup_bak_idn_auth_user_session_mapping', 'cleanup_bak_idn_auth_session_store',
  'cleanup_bak_idn_auth_temp_session_store', 'cleanup_sighting_idn_auth_session_meta_data',
  'cleanup_sighting_idn_auth_session_app_info', 'cleanup_sighting_idn_auth_user_session_mapping',
  'cleanup_dead_idn_auth_session_store', 'cleanup_dead_idn_auth_temp_session_store');
-- @end
