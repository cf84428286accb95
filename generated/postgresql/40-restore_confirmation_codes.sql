-- restore_confirmation_codes(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted;
-- so is a row whose parent is gone.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on idn_recovery_data, cleanup_run_step
--   SELECT on cleanup_bak_idn_recovery_data
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_lock

-- @statement procedure restore_confirmation_codes
CREATE OR REPLACE PROCEDURE public.restore_confirmation_codes(p_run_id bigint)
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
  INSERT INTO public.cleanup_lock (procedure_name) VALUES ('cleanup_confirmation_codes') ON CONFLICT DO NOTHING;
  BEGIN
    PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = 'cleanup_confirmation_codes' FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION '% did not start: % is running', 'restore_confirmation_codes', 'cleanup_confirmation_codes'
      USING HINT = 'Stop it with "deepclean stop", or wait for its end.';
  END;
  IF NOT EXISTS (SELECT 1 FROM public.cleanup_run
      WHERE run_id = p_run_id AND procedure_name = 'cleanup_confirmation_codes') THEN
    RAISE EXCEPTION '% did not start: there is no run % of %', 'restore_confirmation_codes', p_run_id,
        'cleanup_confirmation_codes'
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;

  v_problem := public.cleanup_misfit(ARRAY[
    ('idn_recovery_data', 'cleanup_bak_idn_recovery_data', 8, NULL),
    ('idp', NULL, NULL, NULL),
    ('idp_metadata', NULL, NULL, NULL)
  ]::public.cleanup_source_v2[]);
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: %', 'restore_confirmation_codes', v_problem;
  END IF;

  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, status)
  VALUES ('restore_confirmation_codes', session_user, v_started, 'running')
  RETURNING run_id INTO v_run_id;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_recovery_data b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_recovery_data (user_name, user_domain, tenant_id, code, scenario, step, time_created,
                                        remaining_sets)
  SELECT b.user_name, b.user_domain, b.tenant_id, b.code, b.scenario, b.step, b.time_created, b.remaining_sets
  FROM public.cleanup_bak_idn_recovery_data b
  WHERE b.run_id = p_run_id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_recovery_data', v_seen, v_restored);
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
CALL public.cleanup_register('procedure', 'restore_confirmation_codes',
    'b3d92807c290f2385c7c02cc2d494f59de177ca93f02d54706bce7076fc9d1a6');
-- @end
