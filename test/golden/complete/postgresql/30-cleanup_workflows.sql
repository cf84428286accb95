-- cleanup_workflows: deletes workflow requests that were finished long ago.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   wf_request when
--     finished: it is APPROVED, REJECTED, FAILED, DELETED or ABORTED since before the retention began
--     together with its child rows in wf_request_entity_relationship, wf_workflow_request_relation,
--     wf_workflow_approval_relation
--
-- Every deleted row is copied in the same transaction; CALL restore_workflows(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on wf_request, wf_workflow_approval_relation, wf_workflow_request_relation,
--     wf_request_entity_relationship
--   SELECT, INSERT, DELETE on cleanup_bak_wf_request, cleanup_bak_wf_workflow_approval_relation,
--     cleanup_bak_wf_workflow_request_relation, cleanup_bak_wf_request_entity_relationship
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS public.cleanup_workflows();
-- @end

-- @statement procedure cleanup_workflows
CREATE OR REPLACE PROCEDURE public.cleanup_workflows(p_dry_run boolean DEFAULT false)
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
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_workflows', 4, p_dry_run, ARRAY[
    ('wf_request', 'cleanup_bak_wf_request', 8, NULL),
    ('wf_workflow_approval_relation', 'cleanup_bak_wf_workflow_approval_relation', 6,
     ARRAY['event_id -> wf_request (uuid) CASCADE']),
    ('wf_workflow_request_relation', 'cleanup_bak_wf_workflow_request_relation', 6,
     ARRAY['request_id -> wf_request (uuid) CASCADE']),
    ('wf_request_entity_relationship', 'cleanup_bak_wf_request_entity_relationship', 4,
     ARRAY['request_id -> wf_request (uuid) CASCADE'])
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the retention of workflow requests
  v_retention_cut_off := v_run.started
                           - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                           - public.cleanup_number(v_run, 'workflow_retention_days', 60) * interval '1 day';
  UPDATE public.cleanup_run SET cut_off = v_retention_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. wf_request
  CALL public.cleanup_open(
    v_run, 'wf_request', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.status IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
                 AND t.updated_at < v_retention_cut_off
            THEN 'finished'
          END AS reason
        FROM ONLY public.wf_request t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.wf_request t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_wf_request
          (run_id, reason, uuid, created_by, tenant_id, operation_type, created_at, updated_at, status, request)
        SELECT v_run.run_id, g.reason, g.uuid, g.created_by, g.tenant_id, g.operation_type, g.created_at, g.updated_at,
               g.status, g.request
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_wf_request_entity_relationship
          (run_id, request_id, entity_name, entity_type, tenant_id)
        SELECT v_run.run_id, c.request_id, c.entity_name, c.entity_type, c.tenant_id
        FROM gone p
        JOIN public.wf_request_entity_relationship c ON c.request_id = p.uuid
        RETURNING 1
      ), copied_2 AS (
        INSERT INTO public.cleanup_bak_wf_workflow_request_relation
          (run_id, relationship_id, workflow_id, request_id, updated_at, status, tenant_id)
        SELECT v_run.run_id, c.relationship_id, c.workflow_id, c.request_id, c.updated_at, c.status, c.tenant_id
        FROM gone p
        JOIN public.wf_workflow_request_relation c ON c.request_id = p.uuid
        RETURNING 1
      ), copied_3 AS (
        INSERT INTO public.cleanup_bak_wf_workflow_approval_relation
          (run_id, task_id, event_id, workflow_id, approver_type, approver_name, task_status)
        SELECT v_run.run_id, c.task_id, c.event_id, c.workflow_id, c.approver_type, c.approver_name, c.task_status
        FROM gone p
        JOIN public.wf_workflow_approval_relation c ON c.event_id = p.uuid
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'wf_request_entity_relationship', (SELECT count(*) FROM copied_1),
          'wf_workflow_request_relation', (SELECT count(*) FROM copied_2),
          'wf_workflow_approval_relation', (SELECT count(*) FROM copied_3))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.uuid)
        FROM public.wf_request t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_workflows_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_workflows',
    '71731de2ddcdd0f55c71dbe2e34198bd10afd16b76dd2075ef9892fea8ce2bcb');
-- @end
