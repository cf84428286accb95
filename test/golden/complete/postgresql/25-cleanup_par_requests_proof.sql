-- cleanup_par_requests_proof: judges once more what a run of cleanup_par_requests deleted.
--
-- cleanup_par_requests calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
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
--   SELECT on cleanup_run_step, cleanup_bak_idn_oauth_par
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_par_requests_proof
CREATE OR REPLACE PROCEDURE public.cleanup_par_requests_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_epoch_grace_cut_off timestamp;
  v_epoch_grace_cut_off_ms bigint;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less 24 h
  v_epoch_grace_cut_off := v_run.started
                             - 24 * interval '1 hour';
  v_epoch_grace_cut_off_ms := floor(extract(epoch FROM v_epoch_grace_cut_off) * 1000)::bigint;

  -- idn_oauth_par
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired' AND b.scheduled_expiry < v_epoch_grace_cut_off_ms THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth_par b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth_par';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_par_requests_proof',
    '1c93bdfb638f81a0b2f172dc1d06bfb958346b57a75628d5dbae9b87333de093');
-- @end
