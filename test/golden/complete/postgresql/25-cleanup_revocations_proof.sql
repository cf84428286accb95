-- cleanup_revocations_proof: judges once more what a run of cleanup_revocations deleted.
--
-- cleanup_revocations calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   SELECT on cleanup_run_step, cleanup_bak_am_revoked_jwt, cleanup_bak_idn_invalid_tokens,
--     cleanup_bak_idn_oauth2_revoked_tokens, cleanup_bak_idn_subject_entity_revoked_event,
--     cleanup_bak_idn_app_revoked_event, cleanup_bak_am_subject_entity_revoked_event, cleanup_bak_am_app_revoked_event
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_revocations_proof
CREATE OR REPLACE PROCEDURE public.cleanup_revocations_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_grace_cut_off timestamp;
  v_epoch_grace_cut_off timestamp;
  v_epoch_grace_cut_off_ms bigint;
  v_event_cut_off timestamp;
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
  -- UTC now, less 24 h
  v_epoch_grace_cut_off := v_run.started
                             - 24 * interval '1 hour';
  v_epoch_grace_cut_off_ms := floor(extract(epoch FROM v_epoch_grace_cut_off) * 1000)::bigint;
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  v_event_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                       - 24 * interval '1 hour'
                       - public.cleanup_number(v_run, 'longest_lifetime_hours', 720) * 3600 * interval '1 second';

  -- am_revoked_jwt
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired'
                    AND b.expiry_timestamp > 99999999999
                    AND b.expiry_timestamp < v_epoch_grace_cut_off_ms
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_am_revoked_jwt b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'am_revoked_jwt';

  -- idn_invalid_tokens
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired' AND b.expiry_timestamp < v_grace_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_invalid_tokens b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_invalid_tokens';

  -- idn_oauth2_revoked_tokens
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired' AND b.expiry_timestamp < v_grace_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_revoked_tokens b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_revoked_tokens';

  -- idn_subject_entity_revoked_event
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'outlived' AND b.time_revoked < v_event_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_subject_entity_revoked_event b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_subject_entity_revoked_event';

  -- idn_app_revoked_event
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'outlived' AND b.time_revoked < v_event_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_app_revoked_event b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_app_revoked_event';

  -- am_subject_entity_revoked_event
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'outlived' AND b.time_revoked < v_event_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_am_subject_entity_revoked_event b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'am_subject_entity_revoked_event';

  -- am_app_revoked_event
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'outlived' AND b.time_revoked < v_event_cut_off THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_am_app_revoked_event b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'am_app_revoked_event';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_revocations_proof',
    'e78f2cb48ac326b5bd39874107ece5274dbd576c6cd27fb012409b2e4c82f45d');
-- @end
