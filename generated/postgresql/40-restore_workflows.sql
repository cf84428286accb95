-- restore_workflows(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, and of a table the highest keys first: of a session, or a path, the newest row must
-- not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a transaction
-- of their own; rows of a table without a key are in one. A row that is there again is left alone and counted; so is a
-- row whose parent is gone. If a restore stops half-way, call it again: it goes on. Settings of the cleanup do not
-- concern it.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on wf_request, wf_workflow_request_relation, wf_request_entity_relationship
--   SELECT on wf_workflow, cleanup_bak_wf_request, cleanup_bak_wf_workflow_request_relation,
--     cleanup_bak_wf_request_entity_relationship, cleanup_run_reason, cleanup_run_rest, cleanup_run_proof
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_lock

-- @statement procedure restore_workflows
CREATE OR REPLACE PROCEDURE public.restore_workflows(p_run_id bigint)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run_id    bigint;   -- of the restore
  v_kept_rows bigint[]; -- come back together
  v_rows      bigint;
  v_error     text;
BEGIN
  CALL public.cleanup_begin_restore('cleanup_workflows', 'restore_workflows', 4, p_run_id, v_run_id, ARRAY[
    ('wf_request', 'cleanup_bak_wf_request', 8, NULL),
    ('wf_workflow_request_relation', 'cleanup_bak_wf_workflow_request_relation', 6,
     ARRAY['request_id -> wf_request (uuid) CASCADE']),
    ('wf_request_entity_relationship', 'cleanup_bak_wf_request_entity_relationship', 4,
     ARRAY['request_id -> wf_request (uuid) CASCADE'])
  ]::public.cleanup_source_v4[]);

  -- wf_request
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_wf_request', 'kept_row', 'uuid', p_run_id) LOOP
    BEGIN
      INSERT INTO public.wf_request (uuid, created_by, tenant_id, operation_type, created_at, updated_at, status,
                                     request)
      SELECT b.uuid, b.created_by, b.tenant_id, b.operation_type, b.created_at, b.updated_at, b.status, b.request
      FROM public.cleanup_bak_wf_request b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'wf_request', v_rows, v_error);
  END LOOP;

  -- wf_workflow_request_relation
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_wf_workflow_request_relation', 'kept_row', 'relationship_id',
      p_run_id) LOOP
    BEGIN
      INSERT INTO public.wf_workflow_request_relation (relationship_id, workflow_id, request_id, updated_at, status,
                                                       tenant_id)
      SELECT b.relationship_id, b.workflow_id, b.request_id, b.updated_at, b.status, b.tenant_id
      FROM public.cleanup_bak_wf_workflow_request_relation b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.request_id IS NULL OR EXISTS (SELECT 1 FROM public.wf_request p WHERE p.uuid = b.request_id))
        AND (b.workflow_id IS NULL OR EXISTS (SELECT 1 FROM public.wf_workflow p WHERE p.id = b.workflow_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'wf_workflow_request_relation', v_rows, v_error);
  END LOOP;

  -- wf_request_entity_relationship
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_wf_request_entity_relationship', 'kept_row', 'request_id',
      p_run_id) LOOP
    BEGIN
      INSERT INTO public.wf_request_entity_relationship (request_id, entity_name, entity_type, tenant_id)
      SELECT b.request_id, b.entity_name, b.entity_type, b.tenant_id
      FROM public.cleanup_bak_wf_request_entity_relationship b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
        AND (b.request_id IS NULL OR EXISTS (SELECT 1 FROM public.wf_request p WHERE p.uuid = b.request_id))
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'wf_request_entity_relationship', v_rows, v_error);
  END LOOP;

  CALL public.cleanup_end_restore(v_run_id, p_run_id);
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'restore_workflows',
    '6dc7230d93a4fa0c4b8bc2f77ade80beacd9ac8e2ecc425cc1997476f1529ff6');
-- @end
