-- restore_sessions(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted;
-- so is a row whose parent is gone.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on idn_auth_temp_session_store, idn_auth_session_store, idn_auth_user_session_mapping,
--     idn_auth_session_app_info, idn_auth_session_meta_data, cleanup_run_step
--   SELECT on cleanup_bak_idn_auth_temp_session_store, cleanup_bak_idn_auth_session_store,
--     cleanup_bak_idn_auth_user_session_mapping, cleanup_bak_idn_auth_session_app_info,
--     cleanup_bak_idn_auth_session_meta_data
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_lock

-- @statement procedure restore_sessions
CREATE OR REPLACE PROCEDURE public.restore_sessions(p_run_id bigint)
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
  INSERT INTO public.cleanup_lock (procedure_name) VALUES ('cleanup_sessions') ON CONFLICT DO NOTHING;
  BEGIN
    PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = 'cleanup_sessions' FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION '% did not start: % is running', 'restore_sessions', 'cleanup_sessions'
      USING HINT = 'Stop it with "deepclean stop", or wait for its end.';
  END;
  IF NOT EXISTS (SELECT 1 FROM public.cleanup_run WHERE run_id = p_run_id AND procedure_name = 'cleanup_sessions') THEN
    RAISE EXCEPTION '% did not start: there is no run % of %', 'restore_sessions', p_run_id, 'cleanup_sessions'
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;

  v_problem := public.cleanup_misfit(ARRAY[
    ('idn_auth_temp_session_store', 'cleanup_bak_idn_auth_temp_session_store', 7, NULL),
    ('idn_auth_session_store', 'cleanup_bak_idn_auth_session_store', 7, NULL),
    ('idn_auth_user_session_mapping', 'cleanup_bak_idn_auth_user_session_mapping', 2, NULL),
    ('idn_auth_session_app_info', 'cleanup_bak_idn_auth_session_app_info', 4, NULL),
    ('idn_auth_session_meta_data', 'cleanup_bak_idn_auth_session_meta_data', 3, NULL)
  ]::public.cleanup_source_v2[]);
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: %', 'restore_sessions', v_problem;
  END IF;

  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, status)
  VALUES ('restore_sessions', session_user, v_started, 'running')
  RETURNING run_id INTO v_run_id;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_auth_temp_session_store b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_auth_temp_session_store (session_id, session_type, operation, session_object, time_created,
                                                  tenant_id, expiry_time)
  SELECT b.session_id, b.session_type, b.operation, b.session_object, b.time_created, b.tenant_id, b.expiry_time
  FROM public.cleanup_bak_idn_auth_temp_session_store b
  WHERE b.run_id = p_run_id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_auth_temp_session_store', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_auth_session_store b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_auth_session_store (session_id, session_type, operation, session_object, time_created,
                                             tenant_id, expiry_time)
  SELECT b.session_id, b.session_type, b.operation, b.session_object, b.time_created, b.tenant_id, b.expiry_time
  FROM public.cleanup_bak_idn_auth_session_store b
  WHERE b.run_id = p_run_id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_auth_session_store', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_auth_user_session_mapping b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_auth_user_session_mapping (user_id, session_id)
  SELECT b.user_id, b.session_id
  FROM public.cleanup_bak_idn_auth_user_session_mapping b
  WHERE b.run_id = p_run_id
    AND NOT EXISTS (
      SELECT 1 FROM public.idn_auth_user_session_mapping t
      WHERE t.user_id IS NOT DISTINCT FROM b.user_id
        AND t.session_id IS NOT DISTINCT FROM b.session_id
    )
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_auth_user_session_mapping', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_auth_session_app_info b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_auth_session_app_info (session_id, subject, app_id, inbound_auth_type)
  SELECT b.session_id, b.subject, b.app_id, b.inbound_auth_type
  FROM public.cleanup_bak_idn_auth_session_app_info b
  WHERE b.run_id = p_run_id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_auth_session_app_info', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_auth_session_meta_data b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_auth_session_meta_data (session_id, property_type, value)
  SELECT b.session_id, b.property_type, b.value
  FROM public.cleanup_bak_idn_auth_session_meta_data b
  WHERE b.run_id = p_run_id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'idn_auth_session_meta_data', v_seen, v_restored);
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
CALL public.cleanup_register('procedure', 'restore_sessions',
    'dd2838d01e09f64756e6dc57681d76005bfecf11286d66f9a40b32906bfc25ad');
-- @end
