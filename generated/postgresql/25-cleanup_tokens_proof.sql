-- cleanup_tokens_proof: judges once more what a run of cleanup_tokens deleted.
--
-- cleanup_tokens calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that run,
-- and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes cleanup_run_proof, and changes nothing else.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT on cleanup_run_step, cleanup_bak_idn_oauth2_access_token, cleanup_bak_idn_oauth2_authorization_code,
--     cleanup_bak_idn_oidc_req_object_reference, cleanup_bak_idn_oidc_req_object_claims,
--     cleanup_bak_idn_oidc_req_obj_claim_values, cleanup_bak_idn_oauth2_access_token_scope,
--     cleanup_bak_idn_oauth2_access_token_audit
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_tokens_proof
CREATE OR REPLACE PROCEDURE public.cleanup_tokens_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_cut_off timestamp;
  v_audit_cut_off timestamp;
  v_access_period_grants text := coalesce(p_settings ->> 'access_period_grants', '(none)');
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started
                 - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                 - public.cleanup_number(v_run, 'safe_period_minutes', 120) * interval '1 minute';
  -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  v_audit_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                       - public.cleanup_number(v_run, 'audit_retention_days', 90) * interval '1 day';

  -- idn_oauth2_access_token
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'inactive' AND b.token_state = 'INACTIVE' THEN 0
               WHEN b.reason = 'revoked' AND b.token_state = 'REVOKED' THEN 0
               WHEN b.reason = 'expired'
                    AND b.token_state = 'EXPIRED'
                    AND b.refresh_token_validity_period > 0 AND b.refresh_token_validity_period < 99999999999990
                    AND extract(epoch FROM v_cut_off - b.refresh_token_time_created) * 1000
                        > b.refresh_token_validity_period
               THEN 0
               WHEN b.reason = 'periods_over'
                    AND b.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                    AND b.validity_period > 0 AND b.validity_period < 99999999999990
                    AND extract(epoch FROM v_cut_off - b.time_created) * 1000 > b.validity_period
                    AND b.refresh_token_validity_period > 0 AND b.refresh_token_validity_period < 99999999999990
                    AND extract(epoch FROM v_cut_off - b.refresh_token_time_created) * 1000
                        > b.refresh_token_validity_period
               THEN 0
               WHEN b.reason = 'access_period_over'
                    AND b.token_state IN ('ACTIVE', 'EXPIRED')
                    AND v_access_period_grants ~ '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                    AND b.grant_type = ANY (string_to_array(v_access_period_grants, ','))
                    AND b.validity_period > 0 AND b.validity_period < 99999999999990
                    AND extract(epoch FROM v_cut_off - b.time_created) * 1000 > b.validity_period
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_access_token b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_access_token';

  -- idn_oauth2_authorization_code
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'inactive' AND b.state = 'INACTIVE' THEN 0
               WHEN b.reason = 'period_over'
                    AND b.validity_period > 0 AND b.validity_period < 99999999999990
                    AND extract(epoch FROM v_cut_off - b.time_created) * 1000 > b.validity_period
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_authorization_code b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_authorization_code';

  -- idn_oidc_req_object_reference
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.token_id IS NOT NULL THEN 0
               WHEN p2.code_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oidc_req_object_reference b
      LEFT JOIN (
        SELECT DISTINCT p.token_id
        FROM public.cleanup_bak_idn_oauth2_access_token p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.token_id = b.token_id
      LEFT JOIN (
        SELECT DISTINCT p.code_id
        FROM public.cleanup_bak_idn_oauth2_authorization_code p
        WHERE p.run_id = v_run.run_id
      ) p2 ON p2.code_id = b.code_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oidc_req_object_reference';

  -- idn_oidc_req_object_claims
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oidc_req_object_claims b
      LEFT JOIN (
        SELECT DISTINCT p.id
        FROM public.cleanup_bak_idn_oidc_req_object_reference p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.id = b.req_object_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oidc_req_object_claims';

  -- idn_oidc_req_obj_claim_values
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oidc_req_obj_claim_values b
      LEFT JOIN (
        SELECT DISTINCT p.id
        FROM public.cleanup_bak_idn_oidc_req_object_claims p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.id = b.req_object_claims_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oidc_req_obj_claim_values';

  -- idn_oauth2_access_token_scope
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.token_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_access_token_scope b
      LEFT JOIN (
        SELECT DISTINCT p.token_id
        FROM public.cleanup_bak_idn_oauth2_access_token p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.token_id = b.token_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_access_token_scope';

  -- idn_oauth2_access_token_audit
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'retention_over' AND b.invalidated_time < v_audit_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_access_token_audit b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_access_token_audit';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_tokens_proof',
    '26dcf48b99dcc3bdfea51ec64b28d5a0eb5bcdc155c4e839ce1dbbfbf093e9e1');
-- @end
