-- cleanup_confirmation_codes: deletes old confirmation codes of account recovery.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_recovery_data when
--     retention_over: it is older than the retention, and than any validity that governs its tenant
--   idn_recovery_flow_data when
--     retention_over: it is older than the retention, and than any validity that governs some tenant
--     and only if no row of idn_recovery_data has its recovery_flow_id
--
-- Every deleted row is copied in the same transaction; CALL restore_confirmation_codes(run) puts back what is still
-- kept. Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_recovery_flow_data, idn_recovery_data
--   SELECT on idp_metadata, idp
--   SELECT, INSERT, DELETE on cleanup_bak_idn_recovery_flow_data, cleanup_bak_idn_recovery_data
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_confirmation_codes
DROP PROCEDURE IF EXISTS public.cleanup_confirmation_codes();
-- @end

-- @statement procedure cleanup_confirmation_codes
CREATE OR REPLACE PROCEDURE public.cleanup_confirmation_codes(p_dry_run boolean DEFAULT false)
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
  v_retention_cut_off timestamp;
  v_grace_cut_off timestamp;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_confirmation_codes', 4, p_dry_run, ARRAY[
    ('idn_recovery_flow_data', 'cleanup_bak_idn_recovery_flow_data', 5, NULL),
    ('idn_recovery_data', 'cleanup_bak_idn_recovery_data', 9,
     ARRAY['recovery_flow_id -> idn_recovery_flow_data (recovery_flow_id) CASCADE']),
    ('idp', NULL, NULL, NULL),
    ('idp_metadata', NULL, NULL, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the retention of codes
  v_retention_cut_off := v_run.started
                           - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                           - public.cleanup_number(v_run, 'code_retention_hours', 720) * interval '1 hour';
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                       - 24 * interval '1 hour';
  UPDATE public.cleanup_run SET cut_off = v_retention_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. idn_recovery_data
  CALL public.cleanup_open(
    v_run, 'idn_recovery_data', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.time_created < v_retention_cut_off
                 AND NOT EXISTS (
                   SELECT 1 FROM public.idp_metadata o
                   WHERE strpos(o.name, 'ExpiryTime') > 0
                     AND EXISTS (
                       SELECT 1 FROM public.idp o2
                       WHERE o2.id = o.idp_id
                         AND o2.name = 'LOCAL')
                     AND (extract(epoch FROM v_grace_cut_off - t.time_created) / 60 >
                         CASE WHEN o.value ~ '^[0-9]{1,18}$'
                           THEN o.value::bigint END) IS NOT TRUE
                     AND (o.tenant_id = t.tenant_id OR NOT EXISTS (
                       SELECT 1 FROM public.idp_metadata o2
                       WHERE strpos(o2.name, 'ExpiryTime') > 0
                         AND EXISTS (
                           SELECT 1 FROM public.idp o3
                           WHERE o3.id = o2.idp_id
                             AND o3.name = 'LOCAL')
                         AND o2.tenant_id = t.tenant_id
                         AND o2.name = o.name)))
            THEN 'retention_over'
          END AS reason
        FROM ONLY public.idn_recovery_data t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_recovery_data t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_recovery_data
          (run_id, reason, user_name, user_domain, tenant_id, code, scenario, step, time_created, remaining_sets,
           recovery_flow_id)
        SELECT v_run.run_id, g.reason, g.user_name, g.user_domain, g.tenant_id, g.code, g.scenario, g.step,
               g.time_created, g.remaining_sets, g.recovery_flow_id
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
        SELECT concat_ws(', ', t.user_name, t.user_domain, t.tenant_id, t.scenario, t.step)
        FROM public.idn_recovery_data t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 2. idn_recovery_flow_data
  CALL public.cleanup_open(
    v_run, 'idn_recovery_flow_data', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN EXISTS (SELECT 1 FROM public.idn_recovery_data o WHERE o.recovery_flow_id = t.recovery_flow_id)
            THEN NULL
            WHEN t.time_created < v_retention_cut_off
                 AND NOT EXISTS (
                   SELECT 1 FROM public.idp_metadata o
                   WHERE strpos(o.name, 'ExpiryTime') > 0
                     AND EXISTS (
                       SELECT 1 FROM public.idp o2
                       WHERE o2.id = o.idp_id
                         AND o2.name = 'LOCAL')
                     AND (extract(epoch FROM v_grace_cut_off - t.time_created) / 60 >
                         CASE WHEN o.value ~ '^[0-9]{1,18}$'
                           THEN o.value::bigint END) IS NOT TRUE)
            THEN 'retention_over'
          END AS reason
        FROM ONLY public.idn_recovery_flow_data t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_recovery_flow_data t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_recovery_flow_data
          (run_id, reason, recovery_flow_id, code, failed_attempts, resend_count, time_created)
        SELECT v_run.run_id, g.reason, g.recovery_flow_id, g.code, g.failed_attempts, g.resend_count, g.time_created
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
        SELECT concat_ws(', ', t.recovery_flow_id)
        FROM public.idn_recovery_flow_data t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_confirmation_codes_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_confirmation_codes',
    '7c2cd4bfb2ab059623f66ddce6a5dadd0501a60b4e5f0bb458ae3de784c4cc4e');
-- @end
