-- Removes everything that deepclean installed in this schema for cleanup_jti, the kept rows and the log included.
-- A schedule has its own removal.
-- @statement drop cleanup_backlog_jti
DROP VIEW IF EXISTS public.cleanup_backlog_jti;
-- @end
-- @statement drop restore_jti
DROP PROCEDURE IF EXISTS public.restore_jti;
-- @end
-- @statement drop cleanup_jti
DROP PROCEDURE IF EXISTS public.cleanup_jti;
-- @end
-- @statement drop cleanup_bak_idn_oidc_jti
DROP TABLE IF EXISTS public.cleanup_bak_idn_oidc_jti;
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
