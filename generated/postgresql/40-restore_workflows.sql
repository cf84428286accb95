-- restore_workflows(run): puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again is left alone and counted;
-- so is a row whose parent is gone.
--
-- Whoever calls it needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on wf_request, wf_workflow_request_relation, wf_request_entity_relationship, cleanup_run_step
--   SELECT on wf_workflow, cleanup_bak_wf_request, cleanup_bak_wf_workflow_request_relation,
--     cleanup_bak_wf_request_entity_relationship
--   SELECT, INSERT, UPDATE on cleanup_run

-- @statement procedure restore_workflows
CREATE OR REPLACE PROCEDURE public.restore_workflows(p_run_id bigint)
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
  IF NOT pg_try_advisory_xact_lock(hashtextextended('public.cleanup_workflows', 0)) THEN
    RAISE EXCEPTION 'restore_workflows did not start: cleanup_workflows is running'
      USING HINT = 'Stop it with "deepclean stop", or wait for its end.';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.cleanup_run WHERE run_id = p_run_id AND procedure_name = 'cleanup_workflows') THEN
    RAISE EXCEPTION 'restore_workflows did not start: there is no run % of cleanup_workflows', p_run_id
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;

  SELECT format('%s does not fit %s any more: column %s', f.backup, f.source, s.attname) INTO v_problem
  FROM (VALUES
    ('public.wf_request', 'public.cleanup_bak_wf_request'),
    ('public.wf_workflow_request_relation', 'public.cleanup_bak_wf_workflow_request_relation'),
    ('public.wf_request_entity_relationship', 'public.cleanup_bak_wf_request_entity_relationship')
  ) f (source, backup)
  JOIN pg_attribute s ON s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped AND s.attgenerated = ''
  LEFT JOIN pg_attribute b ON b.attrelid = to_regclass(f.backup)
    AND b.attname = s.attname AND b.atttypid = s.atttypid AND b.atttypmod = s.atttypmod
  WHERE b.attname IS NULL
  LIMIT 1;

  v_problem := coalesce(v_problem, (
    SELECT format('%s has other columns than when this procedure was made', f.source)
    FROM (VALUES
      ('public.wf_request', 8),
      ('public.wf_workflow_request_relation', 6),
      ('public.wf_request_entity_relationship', 4)
    ) f (source, columns)
    WHERE f.columns <> (
      SELECT count(*) FROM pg_attribute s WHERE s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped
    )
    LIMIT 1
  ));

  v_tables := ARRAY[
    'public.wf_request', 'public.wf_workflow_request_relation', 'public.wf_request_entity_relationship'
  ];
  v_problem := coalesce(v_problem, (
    SELECT format('the foreign keys from %s to %s are not those that this procedure was made for', child, parent)
    FROM (VALUES
      ('public.wf_workflow_request_relation'::regclass, 'public.wf_request'::regclass,
        'request_id', 'uuid', 1, 'c'),
      ('public.wf_request_entity_relationship'::regclass, 'public.wf_request'::regclass,
        'request_id', 'uuid', 1, 'c')
    ) f (child, parent, own, theirs, width, rule)
    FULL JOIN (
      SELECT DISTINCT k.conrelid::regclass, k.confrelid::regclass, a.attname::text, b.attname::text, cardinality(k.conkey),
        CASE
          WHEN to_jsonb(k) ->> 'conenforced' = 'false' THEN 'not enforced'
          WHEN EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled NOT IN ('O', 'A')) THEN 'off'
          WHEN k.confdeltype = 'r' THEN 'a'
          ELSE k.confdeltype::text
        END
      FROM pg_constraint k
      CROSS JOIN LATERAL unnest(k.conkey, k.confkey) c (own, theirs)
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.own
      JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = c.theirs
      WHERE k.contype = 'f' AND k.confrelid = ANY (v_tables)
    ) k (child, parent, own, theirs, width, rule) USING (child, parent, own, theirs, width, rule)
    WHERE f.rule IS NULL OR k.rule IS NULL
    LIMIT 1
  ));

  v_problem := coalesce(v_problem, (
    SELECT format('row level security hides rows of %s from %s', t.hidden, current_user)
    FROM unnest(ARRAY[
      'public.wf_request', 'public.wf_workflow_request_relation', 'public.wf_request_entity_relationship'
    ]::regclass[]) t (hidden)
    WHERE row_security_active(t.hidden)
    LIMIT 1
  ));
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION 'restore_workflows did not start: %', v_problem;
  END IF;

  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, status)
  VALUES ('restore_workflows', session_user, v_started, 'running')
  RETURNING run_id INTO v_run_id;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_wf_request b WHERE b.run_id = p_run_id;
  INSERT INTO public.wf_request (uuid, created_by, tenant_id, operation_type, created_at, updated_at, status, request)
  SELECT b.uuid, b.created_by, b.tenant_id, b.operation_type, b.created_at, b.updated_at, b.status, b.request
  FROM public.cleanup_bak_wf_request b
  WHERE b.run_id = p_run_id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'wf_request', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_wf_workflow_request_relation b WHERE b.run_id = p_run_id;
  INSERT INTO public.wf_workflow_request_relation (relationship_id, workflow_id, request_id, updated_at, status, tenant_id)
  SELECT b.relationship_id, b.workflow_id, b.request_id, b.updated_at, b.status, b.tenant_id
  FROM public.cleanup_bak_wf_workflow_request_relation b
  WHERE b.run_id = p_run_id
    AND (b.request_id IS NULL OR EXISTS (SELECT 1 FROM public.wf_request p WHERE p.uuid = b.request_id))
    AND (b.workflow_id IS NULL OR EXISTS (SELECT 1 FROM public.wf_workflow p WHERE p.id = b.workflow_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'wf_workflow_request_relation', v_seen, v_restored);
  v_total := v_total + v_restored;
  v_left := v_left + v_seen - v_restored;

  SELECT count(*) INTO v_seen FROM public.cleanup_bak_wf_request_entity_relationship b WHERE b.run_id = p_run_id;
  INSERT INTO public.wf_request_entity_relationship (request_id, entity_name, entity_type, tenant_id)
  SELECT b.request_id, b.entity_name, b.entity_type, b.tenant_id
  FROM public.cleanup_bak_wf_request_entity_relationship b
  WHERE b.run_id = p_run_id
    AND (b.request_id IS NULL OR EXISTS (SELECT 1 FROM public.wf_request p WHERE p.uuid = b.request_id))
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_restored = ROW_COUNT;
  INSERT INTO public.cleanup_run_step (run_id, table_name, seen, restored)
  VALUES (v_run_id, 'wf_request_entity_relationship', v_seen, v_restored);
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
  ('restore_workflows', 'procedure', '63be0e5d89146e8c2ce1b34a848021f7efb02f58d473a3e0e4f0637069cb2dd7',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'restore_workflows'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
