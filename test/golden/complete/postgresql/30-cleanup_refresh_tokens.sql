-- cleanup_refresh_tokens: deletes dead refresh tokens.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_oauth2_refresh_token when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     period_over: it is ACTIVE, EXPIRED or GRACEFULLY_ROTATED, and its period ended before the cut-off
--     together with its child rows in idn_oauth2_refresh_token_scope, idn_oauth2_refresh_token_binding
--
-- Every deleted row is copied in the same transaction; CALL restore_refresh_tokens(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_oauth2_refresh_token, idn_oauth2_refresh_token_binding, idn_oauth2_refresh_token_scope
--   SELECT, INSERT, DELETE on cleanup_bak_idn_oauth2_refresh_token, cleanup_bak_idn_oauth2_refresh_token_binding,
--     cleanup_bak_idn_oauth2_refresh_token_scope
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_refresh_tokens
DROP PROCEDURE IF EXISTS public.cleanup_refresh_tokens();
-- @end

-- @statement procedure cleanup_refresh_tokens
CREATE OR REPLACE PROCEDURE public.cleanup_refresh_tokens(p_dry_run boolean DEFAULT false)
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
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_refresh_tokens', 4, p_dry_run, ARRAY[
    ('idn_oauth2_refresh_token', 'cleanup_bak_idn_oauth2_refresh_token', 9, NULL),
    ('idn_oauth2_refresh_token_binding', 'cleanup_bak_idn_oauth2_refresh_token_binding', 5,
     ARRAY['refresh_token_id -> idn_oauth2_refresh_token (refresh_token_id) CASCADE']),
    ('idn_oauth2_refresh_token_scope', 'cleanup_bak_idn_oauth2_refresh_token_scope', 3,
     ARRAY['refresh_token_id -> idn_oauth2_refresh_token (refresh_token_id) CASCADE'])
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started
                 - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                 - public.cleanup_number(v_run, 'safe_period_minutes', 120) * interval '1 minute';
  UPDATE public.cleanup_run SET cut_off = v_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. idn_oauth2_refresh_token
  CALL public.cleanup_open(
    v_run, 'idn_oauth2_refresh_token', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.token_state = 'INACTIVE' THEN 'inactive'
            WHEN t.token_state = 'REVOKED' THEN 'revoked'
            WHEN (t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                  OR t.token_state = 'EXPIRED')
                 AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                 AND extract(epoch FROM v_cut_off - t.refresh_token_time_created) * 1000
                     > t.refresh_token_validity_period
            THEN 'period_over'
          END AS reason
        FROM ONLY public.idn_oauth2_refresh_token t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_oauth2_refresh_token t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_refresh_token
          (run_id, reason, refresh_token_id, refresh_token, consumer_key_id, authz_user, tenant_id,
           refresh_token_time_created, refresh_token_validity_period, token_state, idp_id)
        SELECT v_run.run_id, g.reason, g.refresh_token_id, g.refresh_token, g.consumer_key_id, g.authz_user,
               g.tenant_id, g.refresh_token_time_created, g.refresh_token_validity_period, g.token_state, g.idp_id
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_refresh_token_scope
          (run_id, refresh_token_id, token_scope, tenant_id)
        SELECT v_run.run_id, c.refresh_token_id, c.token_scope, c.tenant_id
        FROM gone p
        JOIN public.idn_oauth2_refresh_token_scope c ON c.refresh_token_id = p.refresh_token_id
        RETURNING 1
      ), copied_2 AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_refresh_token_binding
          (run_id, refresh_token_id, token_binding_type, token_binding_ref, token_binding_value, tenant_id)
        SELECT v_run.run_id, c.refresh_token_id, c.token_binding_type, c.token_binding_ref, c.token_binding_value,
               c.tenant_id
        FROM gone p
        JOIN public.idn_oauth2_refresh_token_binding c ON c.refresh_token_id = p.refresh_token_id
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_oauth2_refresh_token_scope', (SELECT count(*) FROM copied_1),
          'idn_oauth2_refresh_token_binding', (SELECT count(*) FROM copied_2))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.refresh_token_id)
        FROM public.idn_oauth2_refresh_token t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_refresh_tokens_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_refresh_tokens',
    '1a174f62549dad27b1276222c709e6d67dd1f860d3618b27867b1e11734a1d43');
-- @end
