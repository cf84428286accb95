-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
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
--     together with its child rows in idn_oauth2_access_token_scope, idn_oidc_req_obj_claim_values,
--     idn_oidc_req_object_claims, idn_oidc_req_object_reference
--   idn_oauth2_authorization_code when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and only if no row of idn_oauth2_access_token has its token_id, and no row of idn_oidc_req_object_reference has
--     its code_id (counting only rows for which idn_oidc_req_object_reference.token_id is not NULL)
--     together with its child rows in idn_oidc_req_obj_claim_values, idn_oidc_req_object_claims,
--     idn_oidc_req_object_reference
--   idn_oauth2_access_token_audit (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
-- Not in this schema, skipped: IDN_OAUTH2_CIBA_AUTH_CODE, IDN_OAUTH2_DEVICE_FLOW
--
-- Every deleted row is copied in the same transaction; CALL restore_tokens(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_oauth2_access_token, idn_oauth2_authorization_code, idn_oidc_req_object_reference,
--     idn_oidc_req_object_claims, idn_oidc_req_obj_claim_values, idn_oauth2_access_token_scope,
--     idn_oauth2_access_token_audit
--   SELECT, INSERT, DELETE on cleanup_bak_idn_oauth2_access_token, cleanup_bak_idn_oauth2_authorization_code,
--     cleanup_bak_idn_oidc_req_object_reference, cleanup_bak_idn_oidc_req_object_claims,
--     cleanup_bak_idn_oidc_req_obj_claim_values, cleanup_bak_idn_oauth2_access_token_scope,
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
  v_audit_cut_off timestamp;
  v_access_period_grants text;
  v_audit_pruning text;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_tokens', 4, p_dry_run, ARRAY[
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
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started
                 - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                 - public.cleanup_number(v_run, 'safe_period_minutes', 120) * interval '1 minute';
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
           access_token_hash, refresh_token_hash, idp_id)
        SELECT v_run.run_id, g.reason, g.token_id, g.access_token, g.refresh_token, g.consumer_key_id, g.authz_user,
               g.tenant_id, g.user_domain, g.user_type, g.grant_type, g.time_created, g.refresh_token_time_created,
               g.validity_period, g.refresh_token_validity_period, g.token_scope_hash, g.token_state, g.token_state_id,
               g.subject_identifier, g.access_token_hash, g.refresh_token_hash, g.idp_id
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_access_token_scope
          (run_id, token_id, token_scope, tenant_id)
        SELECT v_run.run_id, c.token_id, c.token_scope, c.tenant_id
        FROM gone p
        JOIN public.idn_oauth2_access_token_scope c ON c.token_id = p.token_id
        RETURNING 1
      ), copied_2 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_object_reference
          (run_id, id, consumer_key_id, code_id, token_id, session_data_key)
        SELECT v_run.run_id, c.id, c.consumer_key_id, c.code_id, c.token_id, c.session_data_key
        FROM gone p
        JOIN public.idn_oidc_req_object_reference c ON c.token_id = p.token_id
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
          'idn_oauth2_access_token_scope', (SELECT count(*) FROM copied_1),
          'idn_oidc_req_object_reference', (SELECT count(*) FROM copied_2),
          'idn_oidc_req_object_claims', (SELECT count(*) FROM copied_3),
          'idn_oidc_req_obj_claim_values', (SELECT count(*) FROM copied_4))
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
        INSERT INTO public.cleanup_bak_idn_oidc_req_object_reference
          (run_id, id, consumer_key_id, code_id, token_id, session_data_key)
        SELECT v_run.run_id, c.id, c.consumer_key_id, c.code_id, c.token_id, c.session_data_key
        FROM gone p
        JOIN public.idn_oidc_req_object_reference c ON c.code_id = p.code_id
        RETURNING id
      ), copied_2 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_object_claims
          (run_id, id, req_object_id, claim_attribute, essential, value, is_userinfo)
        SELECT v_run.run_id, c.id, c.req_object_id, c.claim_attribute, c.essential, c.value, c.is_userinfo
        FROM copied_1 p
        JOIN public.idn_oidc_req_object_claims c ON c.req_object_id = p.id
        RETURNING id
      ), copied_3 AS (
        INSERT INTO public.cleanup_bak_idn_oidc_req_obj_claim_values
          (run_id, id, req_object_claims_id, claim_values)
        SELECT v_run.run_id, c.id, c.req_object_claims_id, c.claim_values
        FROM copied_2 p
        JOIN public.idn_oidc_req_obj_claim_values c ON c.req_object_claims_id = p.id
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_oidc_req_object_reference', (SELECT count(*) FROM copied_1),
          'idn_oidc_req_object_claims', (SELECT count(*) FROM copied_2),
          'idn_oidc_req_obj_claim_values', (SELECT count(*) FROM copied_3))
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

  -- 3. idn_oauth2_access_token_audit, only while setting audit_pruning is yes
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
          (run_id, reason, token_id, access_token, refresh_token, consumer_key_id, authz_user, tenant_id, user_domain,
           user_type, grant_type, time_created, refresh_token_time_created, validity_period,
           refresh_token_validity_period, token_scope_hash, token_state, token_state_id, subject_identifier,
           access_token_hash, refresh_token_hash, invalidated_time, idp_id)
        SELECT v_run.run_id, g.reason, g.token_id, g.access_token, g.refresh_token, g.consumer_key_id, g.authz_user,
               g.tenant_id, g.user_domain, g.user_type, g.grant_type, g.time_created, g.refresh_token_time_created,
               g.validity_period, g.refresh_token_validity_period, g.token_scope_hash, g.token_state, g.token_state_id,
               g.subject_identifier, g.access_token_hash, g.refresh_token_hash, g.invalidated_time, g.idp_id
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
        SELECT t.ctid::text
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
    '8d5873ba2212ff6960362109115ed2e7d13fb1d77d580bb2c43fdeb96a5c0ecd');
-- @end
