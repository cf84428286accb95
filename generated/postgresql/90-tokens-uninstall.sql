-- Removes what deepclean installed in this schema for cleanup_tokens, the rows that it kept included. What all cleanups
-- share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A schedule has its
-- own removal.
-- @statement drop cleanup_backlog_tokens
DROP FUNCTION IF EXISTS public.cleanup_backlog_tokens;
-- @end
-- @statement drop restore_tokens
DROP PROCEDURE IF EXISTS public.restore_tokens;
-- @end
-- @statement drop cleanup_tokens
DROP PROCEDURE IF EXISTS public.cleanup_tokens;
-- @end
-- @statement drop cleanup_tokens_proof
DROP PROCEDURE IF EXISTS public.cleanup_tokens_proof;
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

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM public.cleanup_setting WHERE procedure_name = 'cleanup_tokens';
-- @end
-- @statement forget objects
DELETE FROM public.cleanup_object
WHERE object_name IN (
  'cleanup_backlog_tokens', 'restore_tokens', 'cleanup_tokens', 'cleanup_tokens_proof',
  'cleanup_bak_idn_oauth2_access_token_audit', 'cleanup_bak_idn_oauth2_access_token_scope',
  'cleanup_bak_idn_oidc_req_obj_claim_values', 'cleanup_bak_idn_oidc_req_object_claims',
  'cleanup_bak_idn_oidc_req_object_reference', 'cleanup_bak_idn_oauth2_authorization_code',
  'cleanup_bak_idn_oauth2_access_token');
-- @end
