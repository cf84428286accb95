-- restore_tokens(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted;
-- so is a row whose parent is gone.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on idn_oauth2_access_token, idn_oauth2_authorization_code, idn_oidc_req_object_reference,
--     idn_oidc_req_object_claims, idn_oidc_req_obj_claim_values, idn_oauth2_access_token_scope,
--     idn_oauth2_access_token_audit, cleanup_run_step
--   SELECT on idn_oauth_consumer_apps, cleanup_bak_idn_oauth2_access_token,
--     cleanup_bak_idn_oauth2_authorization_code, cleanup_bak_idn_oidc_req_object_reference,
--     cleanup_bak_idn_oidc_req_object_claims, cleanup_bak_idn_oidc_req_obj_claim_values,
--     cleanup_bak_idn_oauth2_access_token_scope, cleanup_bak_idn_oauth2_access_token_audit
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_lock

-- @statement procedure restore_tokens
CREATE OR REPLACE PROCEDURE public.restore_tokens(p_run_id bigint)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run_id   bigint;
  v_started  timestamp := clock_timestamp() AT TIME ZONE 'UTC';
  v_problem  text;
  v_seen     bigint;
  v_restored bigint;
  v_total    bigint := 0;
  v_left     bigint := 0;
BEGIN
  -- No cleanup may run meanwhile: the row stays locked until the end of the transaction
  INSERT INTO public.cleanup_lock (procedure_name) VALUES ('cleanup_tokens') ON CONFLICT DO NOTHING;
  BEGIN
    PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = 'cleanup_tokens' FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION '% did not start: % is running', 'restore_tokens', 'cleanup_tokens'
      USING HINT = 'Stop it with "deepclean stop", or wait for its end.';
  END;
  IF NOT EXISTS (SELECT 1 FROM public.cleanup_run WHERE run_id = p_run_id AND procedure_name = 'cleanup_tokens') THEN
    RAISE EXCEPTION '% did not start: there is no run % of %', 'restore_tokens', p_run_id, 'cleanup_tokens'
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;

  v_problem := public.cleanup_misfit(ARRAY[
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
  ]::public.cleanup_source_v2[]);
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: %', 'restore_tokens', v_problem;
  END IF;

  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, status)
  VALUES ('restore_tokens', session_user, v_started, 'running')
  RETURNING run_id INTO v_run_id;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oauth2_access_token b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oauth2_access_token (token_id, access_token, refresh_token, consumer_key_id, authz_user,
                                              tenant_id, user_domain, user_type, grant_type, time_created,
                                              refresh_token_time_created, validity_period,
                                              refresh_token_validity_period, token_scope_hash, token_state,
                                              token_state_id, subject_identifier, access_token_hash,
                                              refresh_token_hash, idp_id)
  SELECT b.token_id, b.access_token, b.refresh_token, b.consumer_key_id, b.authz_user, b.tenant_id, b.user_domain,
         b.user_type, b.grant_type, b.time_created, b.refresh_token_time_created, b.validity_period,
         b.refresh_token_validity_period, b.token_scope_hash, b.token_state, b.token_state_id, b.subject_identifier,
         b.access_token_hash, b.refresh_token_hash, b.idp_id
  FROM public.cleanup_bak_idn_oauth2_access_token b
  WHERE b.run_id = p_run_id
    AND (b.consumer_key_id IS NULL
        OR EXISTS (SELECT 1 FROM public.idn_oauth_consumer_apps p WHERE p.id = b.consumer_key_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oauth2_access_token', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oauth2_authorization_code b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oauth2_authorization_code (code_id, authorization_code, consumer_key_id, callback_url, scope,
                                                    authz_user, tenant_id, user_domain, time_created, validity_period,
                                                    state, token_id, subject_identifier, pkce_code_challenge,
                                                    pkce_code_challenge_method, authorization_code_hash, idp_id)
  SELECT b.code_id, b.authorization_code, b.consumer_key_id, b.callback_url, b.scope, b.authz_user, b.tenant_id,
         b.user_domain, b.time_created, b.validity_period, b.state, b.token_id, b.subject_identifier,
         b.pkce_code_challenge, b.pkce_code_challenge_method, b.authorization_code_hash, b.idp_id
  FROM public.cleanup_bak_idn_oauth2_authorization_code b
  WHERE b.run_id = p_run_id
    AND (b.consumer_key_id IS NULL
        OR EXISTS (SELECT 1 FROM public.idn_oauth_consumer_apps p WHERE p.id = b.consumer_key_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oauth2_authorization_code', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oidc_req_object_reference b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oidc_req_object_reference (id, consumer_key_id, code_id, token_id, session_data_key)
  SELECT b.id, b.consumer_key_id, b.code_id, b.token_id, b.session_data_key
  FROM public.cleanup_bak_idn_oidc_req_object_reference b
  WHERE b.run_id = p_run_id
    AND (b.code_id IS NULL OR EXISTS (SELECT 1 FROM public.idn_oauth2_authorization_code p WHERE p.code_id = b.code_id))
    AND (b.consumer_key_id IS NULL
        OR EXISTS (SELECT 1 FROM public.idn_oauth_consumer_apps p WHERE p.id = b.consumer_key_id))
    AND (b.token_id IS NULL OR EXISTS (SELECT 1 FROM public.idn_oauth2_access_token p WHERE p.token_id = b.token_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oidc_req_object_reference', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oidc_req_object_claims b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oidc_req_object_claims (id, req_object_id, claim_attribute, essential, value, is_userinfo)
  SELECT b.id, b.req_object_id, b.claim_attribute, b.essential, b.value, b.is_userinfo
  FROM public.cleanup_bak_idn_oidc_req_object_claims b
  WHERE b.run_id = p_run_id
    AND (b.req_object_id IS NULL
        OR EXISTS (SELECT 1 FROM public.idn_oidc_req_object_reference p WHERE p.id = b.req_object_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oidc_req_object_claims', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oidc_req_obj_claim_values b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oidc_req_obj_claim_values (id, req_object_claims_id, claim_values)
  SELECT b.id, b.req_object_claims_id, b.claim_values
  FROM public.cleanup_bak_idn_oidc_req_obj_claim_values b
  WHERE b.run_id = p_run_id
    AND (b.req_object_claims_id IS NULL
        OR EXISTS (SELECT 1 FROM public.idn_oidc_req_object_claims p WHERE p.id = b.req_object_claims_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oidc_req_obj_claim_values', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oauth2_access_token_scope b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oauth2_access_token_scope (token_id, token_scope, tenant_id)
  SELECT b.token_id, b.token_scope, b.tenant_id
  FROM public.cleanup_bak_idn_oauth2_access_token_scope b
  WHERE b.run_id = p_run_id
    AND (b.token_id IS NULL OR EXISTS (SELECT 1 FROM public.idn_oauth2_access_token p WHERE p.token_id = b.token_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oauth2_access_token_scope', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oauth2_access_token_audit b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oauth2_access_token_audit (token_id, access_token, refresh_token, consumer_key_id, authz_user,
                                                    tenant_id, user_domain, user_type, grant_type, time_created,
                                                    refresh_token_time_created, validity_period,
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
      WHERE t.token_id IS NOT DISTINCT FROM b.token_id
        AND t.access_token IS NOT DISTINCT FROM b.access_token
        AND t.refresh_token IS NOT DISTINCT FROM b.refresh_token
        AND t.consumer_key_id IS NOT DISTINCT FROM b.consumer_key_id
        AND t.authz_user IS NOT DISTINCT FROM b.authz_user
        AND t.tenant_id IS NOT DISTINCT FROM b.tenant_id
        AND t.user_domain IS NOT DISTINCT FROM b.user_domain
        AND t.user_type IS NOT DISTINCT FROM b.user_type
        AND t.grant_type IS NOT DISTINCT FROM b.grant_type
        AND t.time_created IS NOT DISTINCT FROM b.time_created
        AND t.refresh_token_time_created IS NOT DISTINCT FROM b.refresh_token_time_created
        AND t.validity_period IS NOT DISTINCT FROM b.validity_period
        AND t.refresh_token_validity_period IS NOT DISTINCT FROM b.refresh_token_validity_period
        AND t.token_scope_hash IS NOT DISTINCT FROM b.token_scope_hash
        AND t.token_state IS NOT DISTINCT FROM b.token_state
        AND t.token_state_id IS NOT DISTINCT FROM b.token_state_id
        AND t.subject_identifier IS NOT DISTINCT FROM b.subject_identifier
        AND t.access_token_hash IS NOT DISTINCT FROM b.access_token_hash
        AND t.refresh_token_hash IS NOT DISTINCT FROM b.refresh_token_hash
        AND t.invalidated_time IS NOT DISTINCT FROM b.invalidated_time
        AND t.idp_id IS NOT DISTINCT FROM b.idp_id
    )
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oauth2_access_token_audit', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  UPDATE public.cleanup_run
  SET ended_at = clock_timestamp() AT TIME ZONE 'UTC', status = 'ended',
      why_stopped = format('run %s: %s rows restored, %s left alone', p_run_id, v_total, v_left)
  WHERE run_id = v_run_id;
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'restore_tokens',
    'c20a1c641e2122a4f29a9622627978b6014ecdf657454f778122610201cacf4f');
-- @end
