-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_oauth2_access_token when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     expired: its state is EXPIRED, and its refresh period ended before the cut-off
--     periods_over: it is ACTIVE or GRACEFULLY_ROTATED, and its access and refresh periods ended before the cut-off
--     access_period_over: it is ACTIVE or EXPIRED, its grant is in access_period_grants, and its access period is over
--     (opt-in)
--     and only if its token_state is not INACTIVE, or (its refresh_token_validity_period is finite, and its
--     refresh_token_validity_period, counted from its refresh_token_time_created, ended before the cut-off), or no row
--     of idn_oidc_req_object_reference has its token_id
--     together with its child rows in idn_oauth2_access_token_scope, idn_oauth2_token_binding,
--     idn_oidc_req_obj_claim_values, idn_oidc_req_object_claims, idn_oidc_req_object_reference
--   idn_oauth2_authorization_code when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and only if no row of idn_oauth2_access_token has its token_id, and no row of idn_oidc_req_object_reference has
--     its code_id (counting only rows for which idn_oidc_req_object_reference.token_id is not NULL)
--     together with its child rows in idn_oauth2_authz_code_scope, idn_oidc_req_obj_claim_values,
--     idn_oidc_req_object_claims, idn_oidc_req_object_reference
--   idn_oauth2_ciba_auth_code when
--     finished: its request is EXPIRED, TOKEN_ISSUED or FAILED
--     period_over: its validity ended over 24 h ago
--     together with its child rows in idn_oauth2_ciba_request_scopes
--   idn_oauth2_device_flow when
--     expired: its status is EXPIRED
--     period_over: it ended over 24 h ago
--     together with its child rows in idn_oauth2_device_flow_scopes
--   idn_oauth2_access_token_audit (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
--
-- Every deleted row is copied in the same transaction; CALL restore_tokens(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_oauth2_access_token, idn_oauth2_authorization_code, idn_oidc_req_object_reference,
--     idn_oidc_req_object_claims, idn_oidc_req_obj_claim_values, idn_oauth2_token_binding,
--     idn_oauth2_access_token_scope, idn_oauth2_authz_code_scope, idn_oauth2_ciba_auth_code,
--     idn_oauth2_ciba_request_scopes, idn_oauth2_device_flow, idn_oauth2_device_flow_scopes,
--     idn_oauth2_access_token_audit
--   SELECT, INSERT, DELETE on cleanup_bak_idn_oauth2_access_token, cleanup_bak_idn_oauth2_authorization_code,
--     cleanup_bak_idn_oidc_req_object_reference, cleanup_bak_idn_oidc_req_object_claims,
--     cleanup_bak_idn_oidc_req_obj_claim_values, cleanup_bak_idn_oauth2_token_binding,
--     cleanup_bak_idn_oauth2_access_token_scope, cleanup_bak_idn_oauth2_authz_code_scope,
--     cleanup_bak_idn_oauth2_ciba_auth_code, cleanup_bak_idn_oauth2_ciba_request_scopes,
--     cleanup_bak_idn_oauth2_device_flow, cleanup_bak_idn_oauth2_device_flow_scopes,
--     cleanup_bak_idn_oauth2_access_token_audit
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_tokens
DROP PROCEDURE IF EXISTS public.cleanup_tokens();
-- @end

-- @statement procedure cleanup_tokens
CREATE OR REPLACE PROCEDURE public.cleanup_tokens(p_dry_run boolean DEFAULT false)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_settings jsonb;
  v_seen bigint;
  v_deleted bigint;
  v_reasons jsonb;
  v_others jsonb;
  v_key text;
  v_cut_off timestamp;
  v_grace_cut_off timestamp;
  v_audit_cut_off timestamp;
  v_access_period_grants text;
  v_audit_pruning text;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_tokens', 4, p_dry_run, ARRAY[
    ('idn_oauth2_access_token', 'cleanup_bak_idn_oauth2_access_token', 22, NULL),
    ('idn_oauth2_authorization_code', 'cleanup_bak_idn_oauth2_authorization_code', 17, NULL),
    ('idn_oidc_req_object_reference', 'cleanup_bak_idn_oidc_req_object_reference', 5,
     ARRAY['token_id -> idn_oauth2_access_token (token_id) CASCADE',
       'code_id -> idn_oauth2_authorization_code (code_id) CASCADE']),
    ('idn_oidc_req_object_claims', 'cleanup_bak_idn_oidc_req_object_claims', 6,
     ARRAY['req_object_id -> idn_oidc_req_object_reference (id) CASCADE']),
    ('idn_oidc_req_obj_claim_values', 'cleanup_bak_idn_oidc_req_obj_claim_values', 3,
     ARRAY['req_object_claims_id -> idn_oidc_req_object_claims (id) CASCADE']),
    ('idn_oauth2_token_binding', 'cleanup_bak_idn_oauth2_token_binding', 5,
     ARRAY['token_id -> idn_oauth2_access_token (token_id) CASCADE']),
    ('idn_oauth2_access_token_scope', 'cleanup_bak_idn_oauth2_access_token_scope', 3,
     ARRAY['token_id -> idn_oauth2_access_token (token_id) CASCADE']),
    ('idn_oauth2_authz_code_scope', 'cleanup_bak_idn_oauth2_authz_code_scope', 3,
     ARRAY['code_id -> idn_oauth2_authorization_code (code_id) CASCADE']),
    ('idn_oauth2_ciba_auth_code', 'cleanup_bak_idn_oauth2_ciba_auth_code', 12, NULL),
    ('idn_oauth2_ciba_request_scopes', 'cleanup_bak_idn_oauth2_ciba_request_scopes', 3,
     ARRAY['auth_code_key -> idn_oauth2_ciba_auth_code (auth_code_key) CASCADE']),
    ('idn_oauth2_device_flow', 'cleanup_bak_idn_oauth2_device_flow', 14, NULL),
    ('idn_oauth2_device_flow_scopes', 'cleanup_bak_idn_oauth2_device_flow_scopes', 3,
     ARRAY['scope_id -> idn_oauth2_device_flow (code_id) CASCADE']),
    ('idn_oauth2_access_token_audit', 'cleanup_bak_idn_oauth2_access_token_audit', 22, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started
                 - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                 - public.cleanup_number(v_run, 'safe_period_minutes', 120) * interval '1 minute';
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                       - 24 * interval '1 hour';
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  v_audit_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                       - public.cleanup_number(v_run, 'audit_retention_days', 90) * interval '1 day';
  v_access_period_grants := coalesce(v_run.settings ->> 'access_period_grants', '(none)');
  v_audit_pruning := coalesce(v_run.settings ->> 'audit_pruning', 'no');
  UPDATE public.cleanup_run SET cut_off = v_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. idn_oauth2_access_token
  CALL public.cleanup_open(
    v_run, 'idn_oauth2_access_token', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.token_state = 'INACTIVE'
                 AND (t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                     AND extract(epoch FROM v_cut_off - t.refresh_token_time_created) * 1000
                     > t.refresh_token_validity_period) IS NOT TRUE
                 AND EXISTS (SELECT 1 FROM public.idn_oidc_req_object_reference o WHERE o.token_id = t.token_id)
            THEN NULL
            WHEN t.token_state = 'INACTIVE' THEN 'inactive'
            WHEN t.token_state = 'REVOKED' THEN 'revoked'
            WHEN t.token_state = 'EXPIRED'
                 AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                 AND extract(epoch FROM v_cut_off - t.refresh_token_time_created) * 1000
                     > t.refresh_token_validity_period
            THEN 'expired'
            WHEN t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                 AND t.validity_period > 0 AND t.validity_period < 99999999999990
                 AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                 AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                 AND extract(epoch FROM v_cut_off - t.refresh_token_time_created) * 1000
                     > t.refresh_token_validity_period
            THEN 'periods_over'
            WHEN t.token_state IN ('ACTIVE', 'EXPIRED')
                 AND v_access_period_grants ~ '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                 AND t.grant_type = ANY (string_to_array(v_access_period_grants, ','))
                 AND t.validity_period > 0 AND t.validity_period < 99999999999990
                 AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
            THEN 'access_period_over'
          END AS reason
        FROM ONLY public.idn_oauth2_access_token t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_oauth2_access_token t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_access_token
          (run_id, reason, token_id, access_token, refresh_token, consumer_key_id, authz_user, tenant_id, user_domain,
           user_type, grant_type, time_created, refresh_token_time_created, validity_period,
           refresh_token_validity_period, token_scope_hash, token_state, token_state_id, subject_identifier,
           access_token_hash, refresh_token_hash, idp_id, token_binding_ref, consented_token)
        SELECT v_run.run_id, g.reason, g.token_id, g.access_token, g.refresh_token, g.consumer_key_id, g.authz_user,
               g.tenant_id, g.user_domain, g.user_type, g.grant_type, g.time_created, g.refresh_token_time_created,
               g.validity_period, g.refresh_token_validity_period, g.token_scope_hash, g.token_state, g.token_state_id,
               g.subject_identifier, g.access_token_hash, g.refresh_token_hash, g.idp_id, g.token_binding_ref,
               g.consented_token
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_access_token_scope
          (run_id, token_id, token_scope, tenant_id)
        SELECT v_run.run_id, c.token_id, c.token_scope, c.tenant_id
        FROM gone p
        JOIN public.idn_oauth2_access_token_scope c ON c.token_id = p.token_id
        RETURNING 1
      ), copied_2 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_token_binding
          (run_id, token_id, token_binding_type, token_binding_ref, token_binding_value, tenant_id)
        SELECT v_run.run_id, c.token_id, c.token_binding_type, c.token_binding_ref, c.token_binding_value, c.tenant_id
        FROM gone p
        JOIN public.idn_oauth2_token_binding c ON c.token_id = p.token_id
        RETURNING 1
      ), copied_3 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_object_reference
          (run_id, id, consumer_key_id, code_id, token_id, session_data_key)
        SELECT v_run.run_id, c.id, c.consumer_key_id, c.code_id, c.token_id, c.session_data_key
        FROM gone p
        JOIN public.idn_oidc_req_object_reference c ON c.token_id = p.token_id
        RETURNING id
      ), copied_4 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_object_claims
          (run_id, id, req_object_id, claim_attribute, essential, value, is_userinfo)
        SELECT v_run.run_id, c.id, c.req_object_id, c.claim_attribute, c.essential, c.value, c.is_userinfo
        FROM copied_3 p
        JOIN public.idn_oidc_req_object_claims c ON c.req_object_id = p.id
        RETURNING id
      ), copied_5 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_obj_claim_values
          (run_id, id, req_object_claims_id, claim_values)
        SELECT v_run.run_id, c.id, c.req_object_claims_id, c.claim_values
        FROM copied_4 p
        JOIN public.idn_oidc_req_obj_claim_values c ON c.req_object_claims_id = p.id
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_oauth2_access_token_scope', (SELECT count(*) FROM copied_1),
          'idn_oauth2_token_binding', (SELECT count(*) FROM copied_2),
          'idn_oidc_req_object_reference', (SELECT count(*) FROM copied_3),
          'idn_oidc_req_object_claims', (SELECT count(*) FROM copied_4),
          'idn_oidc_req_obj_claim_values', (SELECT count(*) FROM copied_5))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.token_id)
        FROM public.idn_oauth2_access_token t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 2. idn_oauth2_authorization_code
  CALL public.cleanup_open(
    v_run, 'idn_oauth2_authorization_code', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN EXISTS (SELECT 1 FROM public.idn_oauth2_access_token o WHERE o.token_id = t.token_id) THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM public.idn_oidc_req_object_reference o
                   WHERE o.code_id = t.code_id
                     AND o.token_id IS NOT NULL)
            THEN NULL
            WHEN t.state = 'INACTIVE' THEN 'inactive'
            WHEN t.validity_period > 0 AND t.validity_period < 99999999999990
                 AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
            THEN 'period_over'
          END AS reason
        FROM ONLY public.idn_oauth2_authorization_code t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_oauth2_authorization_code t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_authorization_code
          (run_id, reason, code_id, authorization_code, consumer_key_id, callback_url, scope, authz_user, tenant_id,
           user_domain, time_created, validity_period, state, token_id, subject_identifier, pkce_code_challenge,
           pkce_code_challenge_method, authorization_code_hash, idp_id)
        SELECT v_run.run_id, g.reason, g.code_id, g.authorization_code, g.consumer_key_id, g.callback_url, g.scope,
               g.authz_user, g.tenant_id, g.user_domain, g.time_created, g.validity_period, g.state, g.token_id,
               g.subject_identifier, g.pkce_code_challenge, g.pkce_code_challenge_method, g.authorization_code_hash,
               g.idp_id
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_authz_code_scope
          (run_id, code_id, scope, tenant_id)
        SELECT v_run.run_id, c.code_id, c.scope, c.tenant_id
        FROM gone p
        JOIN public.idn_oauth2_authz_code_scope c ON c.code_id = p.code_id
        RETURNING 1
      ), copied_2 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_object_reference
          (run_id, id, consumer_key_id, code_id, token_id, session_data_key)
        SELECT v_run.run_id, c.id, c.consumer_key_id, c.code_id, c.token_id, c.session_data_key
        FROM gone p
        JOIN public.idn_oidc_req_object_reference c ON c.code_id = p.code_id
        RETURNING id
      ), copied_3 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_object_claims
          (run_id, id, req_object_id, claim_attribute, essential, value, is_userinfo)
        SELECT v_run.run_id, c.id, c.req_object_id, c.claim_attribute, c.essential, c.value, c.is_userinfo
        FROM copied_2 p
        JOIN public.idn_oidc_req_object_claims c ON c.req_object_id = p.id
        RETURNING id
      ), copied_4 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_obj_claim_values
          (run_id, id, req_object_claims_id, claim_values)
        SELECT v_run.run_id, c.id, c.req_object_claims_id, c.claim_values
        FROM copied_3 p
        JOIN public.idn_oidc_req_obj_claim_values c ON c.req_object_claims_id = p.id
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_oauth2_authz_code_scope', (SELECT count(*) FROM copied_1),
          'idn_oidc_req_object_reference', (SELECT count(*) FROM copied_2),
          'idn_oidc_req_object_claims', (SELECT count(*) FROM copied_3),
          'idn_oidc_req_obj_claim_values', (SELECT count(*) FROM copied_4))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.code_id)
        FROM public.idn_oauth2_authorization_code t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 3. idn_oauth2_ciba_auth_code
  CALL public.cleanup_open(
    v_run, 'idn_oauth2_ciba_auth_code', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.auth_req_status IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 'finished'
            WHEN t.expires_in > 0
                 AND extract(epoch FROM v_grace_cut_off - t.issued_time) > t.expires_in
            THEN 'period_over'
          END AS reason
        FROM ONLY public.idn_oauth2_ciba_auth_code t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_oauth2_ciba_auth_code t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_ciba_auth_code
          (run_id, reason, auth_code_key, auth_req_id, issued_time, consumer_key, last_polled_time, polling_interval,
           expires_in, authenticated_user_name, user_store_domain, tenant_id, auth_req_status, idp_id)
        SELECT v_run.run_id, g.reason, g.auth_code_key, g.auth_req_id, g.issued_time, g.consumer_key,
               g.last_polled_time, g.polling_interval, g.expires_in, g.authenticated_user_name, g.user_store_domain,
               g.tenant_id, g.auth_req_status, g.idp_id
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_ciba_request_scopes
          (run_id, id, auth_code_key, scope)
        SELECT v_run.run_id, c.id, c.auth_code_key, c.scope
        FROM gone p
        JOIN public.idn_oauth2_ciba_request_scopes c ON c.auth_code_key = p.auth_code_key
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_oauth2_ciba_request_scopes', (SELECT count(*) FROM copied_1))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.auth_code_key)
        FROM public.idn_oauth2_ciba_auth_code t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 4. idn_oauth2_device_flow
  CALL public.cleanup_open(
    v_run, 'idn_oauth2_device_flow', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.status = 'EXPIRED' THEN 'expired'
            WHEN t.expiry_time < v_grace_cut_off THEN 'period_over'
          END AS reason
        FROM ONLY public.idn_oauth2_device_flow t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_oauth2_device_flow t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_device_flow
          (run_id, reason, code_id, device_code, user_code, quantifier, consumer_key_id, last_poll_time, expiry_time,
           time_created, poll_time, status, authz_user, tenant_id, user_domain, idp_id)
        SELECT v_run.run_id, g.reason, g.code_id, g.device_code, g.user_code, g.quantifier, g.consumer_key_id,
               g.last_poll_time, g.expiry_time, g.time_created, g.poll_time, g.status, g.authz_user, g.tenant_id,
               g.user_domain, g.idp_id
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_device_flow_scopes
          (run_id, id, scope_id, scope)
        SELECT v_run.run_id, c.id, c.scope_id, c.scope
        FROM gone p
        JOIN public.idn_oauth2_device_flow_scopes c ON c.scope_id = p.code_id
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_oauth2_device_flow_scopes', (SELECT count(*) FROM copied_1))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.device_code)
        FROM public.idn_oauth2_device_flow t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 5. idn_oauth2_access_token_audit, only while setting audit_pruning is yes
  CALL public.cleanup_open(
    v_run, 'idn_oauth2_access_token_audit', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'audit_pruning', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.invalidated_time < v_audit_cut_off THEN 'retention_over'
          END AS reason
        FROM ONLY public.idn_oauth2_access_token_audit t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_oauth2_access_token_audit t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_access_token_audit
          (run_id, reason, id, token_id, access_token, refresh_token, consumer_key_id, authz_user, tenant_id,
           user_domain, user_type, grant_type, time_created, refresh_token_time_created, validity_period,
           refresh_token_validity_period, token_scope_hash, token_state, token_state_id, subject_identifier,
           access_token_hash, refresh_token_hash, invalidated_time, idp_id)
        SELECT v_run.run_id, g.reason, g.id, g.token_id, g.access_token, g.refresh_token, g.consumer_key_id,
               g.authz_user, g.tenant_id, g.user_domain, g.user_type, g.grant_type, g.time_created,
               g.refresh_token_time_created, g.validity_period, g.refresh_token_validity_period, g.token_scope_hash,
               g.token_state, g.token_state_id, g.subject_identifier, g.access_token_hash, g.refresh_token_hash,
               g.invalidated_time, g.idp_id
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.id)
        FROM public.idn_oauth2_access_token_audit t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_tokens_proof(v_run.run_id, v_run.started, v_settings);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, NULL);
    END;
  END LOOP;

  CALL public.cleanup_end(v_run);
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_tokens',
    '2a69143f6c88024dcd5571e62e0d1567c04a9217d67baf7a7a7fd33304c3e6d3');
-- @end
