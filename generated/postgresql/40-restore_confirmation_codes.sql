-- restore_confirmation_codes(run): puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again is left alone and counted;
-- so is a row whose parent is gone.
--
-- Whoever calls it needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on idn_recovery_data, cleanup_run_step
--   SELECT on cleanup_bak_idn_recovery_data
--   SELECT, INSERT, UPDATE on cleanup_run

-- @statement procedure restore_confirmation_codes
CREATE OR REPLACE PROCEDURE public.restore_confirmation_codes(p_run_id bigint)
LANGUAGE plpgsql
AS $procedure$
DECLARE
  v_run_id   bigint;
  v_started  timestamp := clock_timestamp() AT TIME ZONE 'UTC';
  v_problem  text;
  v_tables   regclass[];
  v_seen     bigint;
  v_restored bigint;
  v_total    bigint := 0;
  v_left     bigint := 0;
BEGIN
  -- No cleanup may run meanwhile; the lock ends with the transaction
  IF NOT pg_try_advisory_xact_lock(hashtextextended('public.cleanup_confirmation_codes', 0)) THEN
    RAISE EXCEPTION 'restore_confirmation_codes did not start: cleanup_confirmation_codes is running'
      USING HINT = 'Stop it with "deepclean stop", or wait for its end.';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.cleanup_run WHERE run_id = p_run_id AND procedure_name = 'cleanup_confirmation_codes') THEN
    RAISE EXCEPTION 'restore_confirmation_codes did not start: there is no run % of cleanup_confirmation_codes', p_run_id
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;

  SELECT format('%s does not fit %s any more: column %s', f.backup, f.source, s.attname) INTO v_problem
  FROM (VALUES
    ('public.idn_recovery_data', 'public.cleanup_bak_idn_recovery_data')
  ) f (source, backup)
  JOIN pg_attribute s ON s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped AND s.attgenerated = ''
  LEFT JOIN pg_attribute b ON b.attrelid = to_regclass(f.backup)
    AND b.attname = s.attname AND b.atttypid = s.atttypid AND b.atttypmod = s.atttypmod
  WHERE b.attname IS NULL
  LIMIT 1;

  v_problem := coalesce(v_problem, (
    SELECT format('%s has other columns than when this procedure was made', f.source)
    FROM (VALUES
      ('public.idn_recovery_data', 8)
    ) f (source, columns)
    WHERE f.columns <> (
      SELECT count(*) FROM pg_attribute s WHERE s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped
    )
    LIMIT 1
  ));

  v_tables := ARRAY[
    'public.idn_recovery_data'
  ];
  v_problem := coalesce(v_problem, (
    SELECT format('%s refers to %s, which it did not when this procedure was made', k.conrelid::regclass, k.confrelid::regclass)
    FROM pg_constraint k
    WHERE k.contype = 'f' AND k.confrelid = ANY (v_tables)
    LIMIT 1
  ));

  v_problem := coalesce(v_problem, (
    SELECT format('row level security hides rows of %s from %s', t.hidden, current_user)
    FROM unnest(ARRAY[
      'public.idn_recovery_data', 'public.idp_metadata', 'public.idp'
    ]::regclass[]) t (hidden)
    WHERE row_security_active(t.hidden)
    LIMIT 1
  ));
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION 'restore_confirmation_codes did not start: %', v_problem;
  END IF;

  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, status)
  VALUES ('restore_confirmation_codes', session_user, v_started, 'running')
  RETURNING run_id INTO v_run_id;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_idn_recovery_data b WHERE b.run_id = p_run_id;
  INSERT INTO public.idn_recovery_data (user_name, user_domain, tenant_id, code, scenario, step, time_created, remaining_sets)
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
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('restore_confirmation_codes', 'procedure', '76f90d90c86f2fd91cd796065915bc10070f84b222096951712c1e429452cd8e',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'restore_confirmation_codes'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
