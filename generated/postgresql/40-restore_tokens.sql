-- restore_tokens(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, and of a table the highest keys first: of a session, or a path, the newest row must
-- not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a transaction
-- of their own; rows of a table without a key are in one. A row that is there again is left alone and counted; so is a
-- row whose parent is gone. If a restore stops half-way, call it again: it goes on. Settings of the cleanup do not
-- concern it.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on idn_oauth2_access_token, idn_oauth2_authorization_code, idn_oidc_req_object_reference,
--     idn_oidc_req_object_claims, idn_oidc_req_obj_claim_values, idn_oauth2_access_token_scope,
--     idn_oauth2_access_token_audit
--   SELECT on idn_oauth_consumer_apps, cleanup_bak_idn_oauth2_access_token,
--     cleanup_bak_idn_oauth2_authorization_code, cleanup_bak_idn_oidc_req_object_reference,
--     cleanup_bak_idn_oidc_req_object_claims, cleanup_bak_idn_oidc_req_obj_claim_values,
--     cleanup_bak_idn_oauth2_access_token_scope, cleanup_bak_idn_oauth2_access_token_audit, cleanup_run_reason,
--     cleanup_run_rest, cleanup_run_proof
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_lock

-- @statement procedure restore_tokens
CREATE OR REPLACE PROCEDURE public.restore_tokens(p_run_id bigint)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run_id    bigint;   -- of the restore
  v_kept_rows bigint[]; -- come back together
  v_rows      bigint;
  v_error     text;
BEGIN
  CALL public.cleanup_begin_restore('cleanup_tokens', 'restore_tokens', 4, p_run_id, v_run_id, ARRAY[
    ('idn_oauth2_access_token', 'cleanup_bak_idn_oauth2_access_token', 20, NULL),
    ('idn_oauth2_authorization_code', 'cleanup_bak_idn_oauth2_authorization_code', 17, NULL),
    ('idn_oidc_req_object_reference', 'cleanup_bak_idn_oidc_req_object_reference', 5,
     ARRAY['code_id -> idn_oauth2_authorization_code (code_id) CASCADE',
       'token_id -> idn_oauth2_access_token (token_id) CASCADE']),
    ('idn_oidc_req_object_claims', 'cleanup_bak_idn_oidc_req_object_claims', 6,
     ARRAY['req_object_id -> idn_oidc_req_object_reference (id) CASCADE']),
    ('idn_oidc_req_obj_claim_values', 'cleanup_bak_idn_oidc_req_obj_claim_values', 3,
     ARRAY['req_object_claims_id -> idn_oidc_req_object_claims (id) CASCADE']),
    ('idn_oauth2_access_token_scope', 'cleanup_bak_idn_oauth2_access_token_scope', 3,
     ARRAY['token_id -> idn_oauth2_access_token (token_id) CASCADE']),
    ('idn_oauth2_access_token_audit', 'cleanup_bak_idn_oauth2_access_token_audit', 21, NULL)
  ]::public.cleanup_source_v4[]);

  -- idn_oauth2_access_token
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_oauth2_access_token', 'kept_row', 'token_id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_oauth2_access_token (token_id, access_token, refresh_token, consumer_key_id, authz_user,
                                                  tenant_id, user_domain, user_type, grant_type, time_created,
                                                  refresh_token_time_created, validity_period,
                                                  refresh_token_validity_period, token_scope_hash, token_state,
                                                  token_state_id, subject_identifier, access_token_hash,
                                                  refresh_token_hash, idp_id)
      SELECT b.token_id, b.access_token, b.refresh_token, b.consumer_key_id, b.authz_user, b.tenant_id, b.user_domain,
             b.user_type, b.grant_type, b.time_created, b.refresh_token_time_created, b.validity_period,
             b.refresh_token_validity_period, b.token_scope_hash, b.token_state, b.token_state_id,
             b.subject_identifier, b.access_token_hash, b.refresh_token_hash, b.idp_id
      FROM public.cleanup_bak_idn_oauth2_access_token b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.consumer_key_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oauth_consumer_apps p WHERE p.id = b.consumer_key_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_oauth2_access_token', v_rows, v_error);
  END LOOP;

  -- idn_oauth2_authorization_code
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_oauth2_authorization_code', 'kept_row', 'code_id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_oauth2_authorization_code (code_id, authorization_code, consumer_key_id, callback_url,
                                                        scope, authz_user, tenant_id, user_domain, time_created,
                                                        validity_period, state, token_id, subject_identifier,
                                                        pkce_code_challenge, pkce_code_challenge_method,
                                                        authorization_code_hash, idp_id)
      SELECT b.code_id, b.authorization_code, b.consumer_key_id, b.callback_url, b.scope, b.authz_user, b.tenant_id,
             b.user_domain, b.time_created, b.validity_period, b.state, b.token_id, b.subject_identifier,
             b.pkce_code_challenge, b.pkce_code_challenge_method, b.authorization_code_hash, b.idp_id
      FROM public.cleanup_bak_idn_oauth2_authorization_code b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.consumer_key_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oauth_consumer_apps p WHERE p.id = b.consumer_key_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_oauth2_authorization_code', v_rows, v_error);
  END LOOP;

  -- idn_oidc_req_object_reference
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_oidc_req_object_reference', 'kept_row', 'id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_oidc_req_object_reference (id, consumer_key_id, code_id, token_id, session_data_key)
      SELECT b.id, b.consumer_key_id, b.code_id, b.token_id, b.session_data_key
      FROM public.cleanup_bak_idn_oidc_req_object_reference b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.code_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oauth2_authorization_code p WHERE p.code_id = b.code_id))
        AND (b.consumer_key_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oauth_consumer_apps p WHERE p.id = b.consumer_key_id))
        AND (b.token_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oauth2_access_token p WHERE p.token_id = b.token_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_oidc_req_object_reference', v_rows, v_error);
  END LOOP;

  -- idn_oidc_req_object_claims
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_oidc_req_object_claims', 'kept_row', 'id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_oidc_req_object_claims (id, req_object_id, claim_attribute, essential, value, is_userinfo)
      SELECT b.id, b.req_object_id, b.claim_attribute, b.essential, b.value, b.is_userinfo
      FROM public.cleanup_bak_idn_oidc_req_object_claims b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.req_object_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oidc_req_object_reference p WHERE p.id = b.req_object_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_oidc_req_object_claims', v_rows, v_error);
  END LOOP;

  -- idn_oidc_req_obj_claim_values
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_oidc_req_obj_claim_values', 'kept_row', 'id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_oidc_req_obj_claim_values (id, req_object_claims_id, claim_values)
      SELECT b.id, b.req_object_claims_id, b.claim_values
      FROM public.cleanup_bak_idn_oidc_req_obj_claim_values b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.req_object_claims_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oidc_req_object_claims p WHERE p.id = b.req_object_claims_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_oidc_req_obj_claim_values', v_rows, v_error);
  END LOOP;

  -- idn_oauth2_access_token_scope
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_oauth2_access_token_scope', 'kept_row', 'token_id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_oauth2_access_token_scope (token_id, token_scope, tenant_id)
      SELECT b.token_id, b.token_scope, b.tenant_id
      FROM public.cleanup_bak_idn_oauth2_access_token_scope b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.token_id IS NULL
            OR EXISTS (SELECT 1 FROM public.idn_oauth2_access_token p WHERE p.token_id = b.token_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_oauth2_access_token_scope', v_rows, v_error);
  END LOOP;

  -- idn_oauth2_access_token_audit
  -- Equal rows come back as often as they were deleted, which only one statement can tell; it compares them by hash
  SET LOCAL enable_nestloop = off;
  BEGIN
    INSERT INTO public.idn_oauth2_access_token_audit (token_id, access_token, refresh_token, consumer_key_id,
                                                      authz_user, tenant_id, user_domain, user_type, grant_type,
                                                      time_created, refresh_token_time_created, validity_period,
                                                      refresh_token_validity_period, token_scope_hash, token_state,
                                                      token_state_id, subject_identifier, access_token_hash,
                                                      refresh_token_hash, invalidated_time, idp_id)
    SELECT b.token_id, b.access_token, b.refresh_token, b.consumer_key_id, b.authz_user, b.tenant_id, b.user_domain,
           b.user_type, b.grant_type, b.time_created, b.refresh_token_time_created, b.validity_period,
           b.refresh_token_validity_period, b.token_scope_hash, b.token_state, b.token_state_id, b.subject_identifier,
           b.access_token_hash, b.refresh_token_hash, b.invalidated_time, b.idp_id
    FROM public.cleanup_bak_idn_oauth2_access_token_audit b
    WHERE b.run_id = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM public.idn_oauth2_access_token_audit t
        WHERE ROW(t.token_id, t.access_token, t.refresh_token, t.consumer_key_id, t.authz_user, t.tenant_id,
                  t.user_domain, t.user_type, t.grant_type, t.time_created, t.refresh_token_time_created,
                  t.validity_period, t.refresh_token_validity_period, t.token_scope_hash, t.token_state,
                  t.token_state_id, t.subject_identifier, t.access_token_hash, t.refresh_token_hash,
                  t.invalidated_time, t.idp_id)::text
          = ROW(b.token_id, b.access_token, b.refresh_token, b.consumer_key_id, b.authz_user, b.tenant_id,
                b.user_domain, b.user_type, b.grant_type, b.time_created, b.refresh_token_time_created,
                b.validity_period, b.refresh_token_validity_period, b.token_scope_hash, b.token_state,
                b.token_state_id, b.subject_identifier, b.access_token_hash, b.refresh_token_hash, b.invalidated_time,
                b.idp_id)::text
      )
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    v_error := format('error %s: %s', SQLSTATE, SQLERRM);
  END;
  CALL public.cleanup_put_back(v_run_id, 'idn_oauth2_access_token_audit', v_rows, v_error);

  CALL public.cleanup_end_restore(v_run_id, p_run_id);
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'restore_tokens',
    'a5f945fc398c4508d325273b60630a9ae8a2287a536b37c5e0bc9f33ee72b6f3');
-- @end
