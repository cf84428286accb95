-- cleanup_wait_statuses: deletes marks of logins that waited for another system and never came back.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_auth_wait_status when
--     retention_over: its EXPIRE_TIME passed before the retention began, and its login is in neither session store
--     and only if its long_wait_key is not NULL, and no row of idn_auth_session_store has its long_wait_key as
--     session_id, and no row of idn_auth_temp_session_store has its long_wait_key as session_id
--
-- Every deleted row is copied in the same transaction; CALL restore_wait_statuses(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_auth_wait_status
--   SELECT on idn_auth_session_store, idn_auth_temp_session_store
--   SELECT, INSERT, DELETE on cleanup_bak_idn_auth_wait_status
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_wait_statuses
DROP PROCEDURE IF EXISTS public.cleanup_wait_statuses();
-- @end

-- @statement procedure cleanup_wait_statuses
CREATE OR REPLACE PROCEDURE public.cleanup_wait_statuses(p_dry_run boolean DEFAULT false)
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
  v_wait_cut_off timestamp;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_wait_statuses', 4, p_dry_run, ARRAY[
    ('idn_auth_wait_status', 'cleanup_bak_idn_auth_wait_status', 6, NULL),
    ('idn_auth_session_store', NULL, NULL, NULL),
    ('idn_auth_temp_session_store', NULL, NULL, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the retention of marks of waiting logins
  v_wait_cut_off := v_run.started
                      - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                      - public.cleanup_number(v_run, 'wait_retention_days', 14) * interval '1 day';
  UPDATE public.cleanup_run SET cut_off = v_wait_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. idn_auth_wait_status
  CALL public.cleanup_open(
    v_run, 'idn_auth_wait_status', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.long_wait_key IS NULL THEN NULL
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.long_wait_key)
            THEN NULL
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.long_wait_key)
            THEN NULL
            WHEN t.expire_time < v_wait_cut_off THEN 'retention_over'
          END AS reason
        FROM ONLY public.idn_auth_wait_status t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_auth_wait_status t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_wait_status
          (run_id, reason, id, tenant_id, long_wait_key, wait_status, time_created, expire_time)
        SELECT v_run.run_id, g.reason, g.id, g.tenant_id, g.long_wait_key, g.wait_status, g.time_created,
               g.expire_time
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
        FROM public.idn_auth_wait_status t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_wait_statuses_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_wait_statuses',
    '163f6083024045314c38921d821707f94489582fa253bc30194ec95ac9d23866');
-- @end
