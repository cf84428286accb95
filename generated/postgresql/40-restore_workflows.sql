-- restore_workflows(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted;
-- so is a row whose parent is gone.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on wf_request, wf_workflow_request_relation, wf_request_entity_relationship, cleanup_run_step
--   SELECT on wf_workflow, cleanup_bak_wf_request, cleanup_bak_wf_workflow_request_relation,
--     cleanup_bak_wf_request_entity_relationship
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_lock

-- @statement procedure restore_workflows
CREATE OR REPLACE PROCEDURE public.restore_workflows(p_run_id bigint)
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
  INSERT INTO public.cleanup_lock (procedure_name) VALUES ('cleanup_workflows') ON CONFLICT DO NOTHING;
  BEGIN
    PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = 'cleanup_workflows' FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION '% did not start: % is running', 'restore_workflows', 'cleanup_workflows'
      USING HINT = 'Stop it with "deepclean stop", or wait for its end.';
  END;
  IF NOT EXISTS (SELECT 1 FROM public.cleanup_run WHERE run_id = p_run_id AND procedure_name = 'cleanup_workflows') THEN
    RAISE EXCEPTION '% did not start: there is no run % of %', 'restore_workflows', p_run_id, 'cleanup_workflows'
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;

  v_problem := public.cleanup_misfit(ARRAY[
    ('wf_request', 'cleanup_bak_wf_request', 8, NULL),
    ('wf_workflow_request_relation', 'cleanup_bak_wf_workflow_request_relation', 6,
     ARRAY['request_id -> wf_request (uuid) CASCADE']),
    ('wf_request_entity_relationship', 'cleanup_bak_wf_request_entity_relationship', 4,
     ARRAY['request_id -> wf_request (uuid) CASCADE'])
  ]::public.cleanup_source_v2[]);
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: %', 'restore_workflows', v_problem;
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
  INSERT INTO public.wf_workflow_request_relation (relationship_id, workflow_id, request_id, updated_at, status,
                                                   tenant_id)
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
CALL public.cleanup_register('procedure', 'restore_workflows',
    'c034a41edc784be014724b7b7330c3cdd9e1fc1d3f2e237569f052afcfe56a89');
-- @end
