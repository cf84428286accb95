-- cleanup_uma_tickets_proof: judges once more what a run of cleanup_uma_tickets deleted.
--
-- cleanup_uma_tickets calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   SELECT on cleanup_run_step, cleanup_bak_idn_uma_permission_ticket, cleanup_bak_idn_uma_pt_resource,
--     cleanup_bak_idn_uma_pt_resource_scope
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_uma_tickets_proof
CREATE OR REPLACE PROCEDURE public.cleanup_uma_tickets_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_grace_cut_off timestamp;
  v_lifetime_cut_off timestamp;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                       - 24 * interval '1 hour';
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  v_lifetime_cut_off := v_run.started
                          - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                          - 24 * interval '1 hour'
                          - public.cleanup_number(v_run, 'longest_lifetime_hours', 720) * 3600 * interval '1 second';

  -- idn_uma_permission_ticket
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired'
                    AND b.ticket_state IN ('ACTIVE', 'EXPIRED', 'REVOKED')
                    AND ((b.token_id IS NULL AND b.expiry_time < v_grace_cut_off)
                         OR b.expiry_time < v_lifetime_cut_off)
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_uma_permission_ticket b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_uma_permission_ticket';

  -- idn_uma_pt_resource
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_uma_pt_resource b
      LEFT JOIN (
        SELECT DISTINCT p.id
        FROM public.cleanup_bak_idn_uma_permission_ticket p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.id = b.pt_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_uma_pt_resource';

  -- idn_uma_pt_resource_scope
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_uma_pt_resource_scope b
      LEFT JOIN (
        SELECT DISTINCT p.id
        FROM public.cleanup_bak_idn_uma_pt_resource p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.id = b.pt_resource_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_uma_pt_resource_scope';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_uma_tickets_proof',
    '76816bd817206ba9113e4c6d169dfaffc2d060c888b4e1fc784098cb6eae8e5a');
-- @end
