-- Removes everything that deepclean installed in this schema for cleanup_sessions, the kept rows and the log included.
-- A schedule has its own removal.
-- @statement drop cleanup_backlog_sessions
DROP VIEW IF EXISTS public.cleanup_backlog_sessions;
-- @end
-- @statement drop restore_sessions
DROP PROCEDURE IF EXISTS public.restore_sessions;
-- @end
-- @statement drop cleanup_sessions
DROP PROCEDURE IF EXISTS public.cleanup_sessions;
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
-- @statement drop cleanup_list_idn_auth_session_store
DROP TABLE IF EXISTS public.cleanup_list_idn_auth_session_store;
-- @end
-- @statement drop cleanup_list_idn_auth_temp_session_store
DROP TABLE IF EXISTS public.cleanup_list_idn_auth_temp_session_store;
-- @end
-- @statement drop cleanup_object
DROP TABLE IF EXISTS public.cleanup_object;
-- @end
-- @statement drop cleanup_run_reason
DROP TABLE IF EXISTS public.cleanup_run_reason;
-- @end
-- @statement drop cleanup_run_step
DROP TABLE IF EXISTS public.cleanup_run_step;
-- @end
-- @statement drop cleanup_run
DROP TABLE IF EXISTS public.cleanup_run;
-- @end
-- @statement drop cleanup_setting
DROP TABLE IF EXISTS public.cleanup_setting;
-- @end
