-- cleanup_registry_proof: judges once more what a run of cleanup_registry deleted.
--
-- cleanup_registry calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   SELECT on cleanup_run_step, cleanup_bak_reg_resource, cleanup_bak_reg_property,
--     cleanup_bak_reg_resource_property, cleanup_bak_reg_log, cleanup_bak_reg_tag, cleanup_bak_reg_resource_tag
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_registry_proof
CREATE OR REPLACE PROCEDURE public.cleanup_registry_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_log_cut_off timestamp;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  v_log_cut_off := v_run.started
                     - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                     - public.cleanup_number(v_run, 'log_minimum_age_hours', 24) * interval '1 hour';

  -- reg_resource
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'code_expired' AND b.reg_name IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_reg_resource b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'reg_resource';

  -- reg_property
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'unreferenced' THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_reg_property b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'reg_property';

  -- reg_resource_property
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'resource_gone' AND b.reg_tenant_id IS NOT NULL THEN 0
               WHEN b.reason = 'code_gone' AND p1.reg_version IS NOT NULL THEN 0
               WHEN b.reason = 'code_gone' THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_reg_resource_property b
      LEFT JOIN (
        SELECT DISTINCT p.reg_version, p.reg_tenant_id
        FROM public.cleanup_bak_reg_resource p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.reg_version = b.reg_version AND p1.reg_tenant_id = b.reg_tenant_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'reg_resource_property';

  -- reg_log
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'superseded' AND b.reg_logged_time < v_log_cut_off THEN 0
               WHEN b.reason = 'deleted' AND b.reg_logged_time < v_log_cut_off AND b.reg_action = 7 THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_reg_log b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'reg_log';

  -- reg_tag
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'unreferenced' THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_reg_tag b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'reg_tag';

  -- reg_resource_tag
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'resource_gone' AND b.reg_tenant_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_reg_resource_tag b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'reg_resource_tag';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_registry_proof',
    '6aa2a05b899af118ec491092824e7111d219a2d6bc41524ba7bb0681dad19c05');
-- @end
