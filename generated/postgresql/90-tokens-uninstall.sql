-- Removes everything that deepclean installed in this schema for cleanup_tokens, the kept rows and the log included.
-- A schedule has its own removal.
-- @statement drop cleanup_backlog_tokens
DROP VIEW IF EXISTS public.cleanup_backlog_tokens;
-- @end
-- @statement drop restore_tokens
DROP PROCEDURE IF EXISTS public.restore_tokens;
-- @end
-- @statement drop cleanup_tokens
DROP PROCEDURE IF EXISTS public.cleanup_tokens;
-- @end
-- @statement drop cleanup_bak_idn_oauth2_access_token_audit
DROP TABLE IF EXISTS public.cleanup_bak_idn_oauth2_access_token_audit;
-- @end
-- @statement drop cleanup_bak_idn_oauth2_access_token_scope
DROP TABLE IF EXISTS public.cleanup_bak_idn_oauth2_access_token_scope;
-- @end
-- @statement drop cleanup_bak_idn_oidc_req_obj_claim_values
DROP TABLE IF EXISTS public.cleanup_bak_idn_oidc_req_obj_claim_values;
-- @end
-- @statement drop cleanup_bak_idn_oidc_req_object_claims
DROP TABLE IF EXISTS public.cleanup_bak_idn_oidc_req_object_claims;
-- @end
-- @statement drop cleanup_bak_idn_oidc_req_object_reference
DROP TABLE IF EXISTS public.cleanup_bak_idn_oidc_req_object_reference;
-- @end
-- @statement drop cleanup_bak_idn_oauth2_authorization_code
DROP TABLE IF EXISTS public.cleanup_bak_idn_oauth2_authorization_code;
-- @end
-- @statement drop cleanup_bak_idn_oauth2_access_token
DROP TABLE IF EXISTS public.cleanup_bak_idn_oauth2_access_token;
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
