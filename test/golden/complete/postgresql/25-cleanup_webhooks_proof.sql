-- cleanup_webhooks_proof: judges once more what a run of cleanup_webhooks deleted.
--
-- cleanup_webhooks calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   SELECT on cleanup_run_step, cleanup_bak_am_webhooks_subscription, cleanup_bak_am_webhooks_unsubscription
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_webhooks_proof
CREATE OR REPLACE PROCEDURE public.cleanup_webhooks_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_lease_cut_off timestamp;
  v_lease_cut_off_ms bigint;
  v_log_cut_off timestamp;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less the grace after an EXPIRY_AT
  v_lease_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'webhook_grace_hours', 720) * interval '1 hour';
  v_lease_cut_off_ms := floor(extract(epoch FROM v_lease_cut_off) * 1000)::bigint;
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  v_log_cut_off := v_run.started
                     - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                     - public.cleanup_number(v_run, 'unsubscription_days', 90) * interval '1 day';

  -- am_webhooks_subscription
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired'
                    AND b.expiry_at > 99999999999 AND b.expiry_at < v_lease_cut_off_ms
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_am_webhooks_subscription b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'am_webhooks_subscription';

  -- am_webhooks_unsubscription
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'retention_over' AND b.added_at < v_log_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_am_webhooks_unsubscription b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'am_webhooks_unsubscription';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_webhooks_proof',
    'a57fc99b0c500b30ac32694de920a13603ea54c9ccbbe4632209579a833ccce7');
-- @end
