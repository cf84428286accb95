-- restore_jti(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted;
-- so is a row whose parent is gone.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on idn_oidc_jti, cleanup_run_step
--   SELECT on cleanup_bak_idn_oidc_jti
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_lock

-- @statement procedure restore_jti
CREATE OR REPLACE PROCEDURE public.restore_jti(p_run_id bigint)
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
  INSERT INTO public.cleanup_lock (procedure_name) VALUES ('cleanup_jti') ON CONFLICT DO NOTHING;
  BEGIN
    PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = 'cleanup_jti' FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION '% did not start: % is running', 'restore_jti', 'cleanup_jti'
      USING HINT = 'Stop it with "deepclean stop", or wait for its end.';
  END;
  IF NOT EXISTS (SELECT 1 FROM public.cleanup_run WHERE run_id = p_run_id AND procedure_name = 'cleanup_jti') THEN
    RAISE EXCEPTION '% did not start: there is no run % of %', 'restore_jti', p_run_id, 'cleanup_jti'
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;

  v_problem := public.cleanup_misfit(ARRAY[
    ('idn_oidc_jti', 'cleanup_bak_idn_oidc_jti', 3, NULL)
  ]::public.cleanup_source_v2[]);
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: %', 'restore_jti', v_problem;
  END IF;

  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, status)
  VALUES ('restore_jti', session_user, v_started, 'running')
  RETURNING run_id INTO v_run_id;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_oidc_jti b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_oidc_jti (jwt_id, exp_time, time_created)
  SELECT b.jwt_id, b.exp_time, b.time_created
  FROM public.cleanup_bak_idn_oidc_jti b
  WHERE b.run_id = p_run_id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_oidc_jti', v_seen, v_restored);
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
CALL public.cleanup_register('procedure', 'restore_jti',
    '06692bf991101761af4052ce002f83e90b222104f7844c62a1989e46d8277cb0');
-- @end
