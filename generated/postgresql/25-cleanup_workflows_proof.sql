-- cleanup_workflows_proof: judges once more what a run of cleanup_workflows deleted.
--
-- cleanup_workflows calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes cleanup_run_proof, and changes nothing else.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT on cleanup_run_step, cleanup_bak_wf_request, cleanup_bak_wf_workflow_request_relation,
--     cleanup_bak_wf_request_entity_relationship
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_workflows_proof
CREATE OR REPLACE PROCEDURE public.cleanup_workflows_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_retention_cut_off timestamp;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less the uncertainty of timestamps and the retention of workflow requests
  v_retention_cut_off := v_run.started
                           - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                           - public.cleanup_number(v_run, 'workflow_retention_days', 60) * interval '1 day';

  -- wf_request
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'finished'
                    AND b.status IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
                    AND b.updated_at < v_retention_cut_off
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_wf_request b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'wf_request';

  -- wf_workflow_request_relation
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.uuid IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_wf_workflow_request_relation b
      LEFT JOIN (
        SELECT DISTINCT p.uuid
        FROM public.cleanup_bak_wf_request p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.uuid = b.request_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'wf_workflow_request_relation';

  -- wf_request_entity_relationship
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.uuid IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_wf_request_entity_relationship b
      LEFT JOIN (
        SELECT DISTINCT p.uuid
        FROM public.cleanup_bak_wf_request p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.uuid = b.request_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'wf_request_entity_relationship';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_workflows_proof',
    '5d4b8e443059f672ab532c0a900f736d44fd5b1988ba132f6d6142d604a65086');
-- @end
