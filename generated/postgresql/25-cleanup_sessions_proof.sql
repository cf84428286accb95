-- cleanup_sessions_proof: judges once more what a run of cleanup_sessions deleted.
--
-- cleanup_sessions calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
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
--   SELECT on cleanup_run_step, cleanup_bak_idn_auth_temp_session_store, cleanup_bak_idn_auth_session_store,
--     cleanup_bak_idn_auth_user_session_mapping, cleanup_bak_idn_auth_session_app_info,
--     cleanup_bak_idn_auth_session_meta_data
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_sessions_proof
CREATE OR REPLACE PROCEDURE public.cleanup_sessions_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_expiry_cut_off timestamp;
  v_expiry_cut_off_ns bigint;
  v_age_cut_off timestamp;
  v_age_cut_off_ns bigint;
  v_delete_cut_off timestamp;
  v_delete_cut_off_ns bigint;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less the grace after an EXPIRY_TIME
  v_expiry_cut_off := v_run.started
                        - public.cleanup_number(v_run, 'expiry_grace_minutes', 120) * interval '1 minute';
  v_expiry_cut_off_ns := floor(extract(epoch FROM v_expiry_cut_off) * 1000000000)::bigint;
  -- UTC now, less the age of a session without an EXPIRY_TIME
  v_age_cut_off := v_run.started
                     - public.cleanup_number(v_run, 'session_age_days', 14) * interval '1 day';
  v_age_cut_off_ns := floor(extract(epoch FROM v_age_cut_off) * 1000000000)::bigint;
  -- UTC now, less the time that a DELETE row is kept
  v_delete_cut_off := v_run.started
                        - public.cleanup_number(v_run, 'deleted_after_hours', 12) * interval '1 hour';
  v_delete_cut_off_ns := floor(extract(epoch FROM v_delete_cut_off) * 1000000000)::bigint;

  -- idn_auth_temp_session_store
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired'
                    AND ((b.expiry_time > 0 AND b.expiry_time < v_expiry_cut_off_ns)
                         OR ((b.expiry_time IS NULL OR b.expiry_time <= 0)
                             AND b.time_created < v_age_cut_off_ns))
               THEN 0
               WHEN b.reason = 'deleted'
                    AND b.operation = 'DELETE' AND b.time_created < v_delete_cut_off_ns
               THEN 0
               WHEN b.reason = 'superseded'
                    AND max(CASE WHEN b.reason = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.session_id, b.session_type ORDER BY b.time_created DESC) = 1
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_auth_temp_session_store b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_auth_temp_session_store';

  -- idn_auth_session_store
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'expired'
                    AND ((b.expiry_time > 0 AND b.expiry_time < v_expiry_cut_off_ns)
                         OR ((b.expiry_time IS NULL OR b.expiry_time <= 0)
                             AND b.time_created < v_age_cut_off_ns))
               THEN 0
               WHEN b.reason = 'deleted'
                    AND b.operation = 'DELETE' AND b.time_created < v_delete_cut_off_ns
               THEN 0
               WHEN b.reason = 'superseded'
                    AND max(CASE WHEN b.reason = 'superseded' THEN 0 ELSE 1 END) OVER (
                      PARTITION BY b.session_id, b.session_type ORDER BY b.time_created DESC) = 1
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_auth_session_store b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_auth_session_store';

  -- idn_auth_user_session_mapping
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'orphaned' THEN 0
               WHEN b.reason = 'session_gone' AND p1.session_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_auth_user_session_mapping b
      LEFT JOIN (
        SELECT DISTINCT p.session_id
        FROM public.cleanup_bak_idn_auth_session_store p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.session_id = b.session_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_auth_user_session_mapping';

  -- idn_auth_session_app_info
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'orphaned' THEN 0
               WHEN b.reason = 'session_gone' AND p1.session_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_auth_session_app_info b
      LEFT JOIN (
        SELECT DISTINCT p.session_id
        FROM public.cleanup_bak_idn_auth_session_store p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.session_id = b.session_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_auth_session_app_info';

  -- idn_auth_session_meta_data
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'orphaned' THEN 0
               WHEN b.reason = 'session_gone' AND p1.session_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_auth_session_meta_data b
      LEFT JOIN (
        SELECT DISTINCT p.session_id
        FROM public.cleanup_bak_idn_auth_session_store p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.session_id = b.session_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_auth_session_meta_data';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_sessions_proof',
    'e10b3b8fe5b9db221472914bc0af6b3b9c26e48aefddfbc1a35986299481bfc7');
-- @end
