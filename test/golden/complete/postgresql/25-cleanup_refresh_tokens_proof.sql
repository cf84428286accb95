-- cleanup_refresh_tokens_proof: judges once more what a run of cleanup_refresh_tokens deleted.
--
-- cleanup_refresh_tokens calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
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
--   SELECT on cleanup_run_step, cleanup_bak_idn_oauth2_refresh_token, cleanup_bak_idn_oauth2_refresh_token_binding,
--     cleanup_bak_idn_oauth2_refresh_token_scope
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_refresh_tokens_proof
CREATE OR REPLACE PROCEDURE public.cleanup_refresh_tokens_proof(p_run_id bigint, p_started timestamp, p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_cut_off timestamp;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;
  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started
                 - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                 - public.cleanup_number(v_run, 'safe_period_minutes', 120) * interval '1 minute';

  -- idn_oauth2_refresh_token
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'inactive' AND b.token_state = 'INACTIVE' THEN 0
               WHEN b.reason = 'revoked' AND b.token_state = 'REVOKED' THEN 0
               WHEN b.reason = 'period_over'
                    AND (b.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                     OR b.token_state = 'EXPIRED')
                    AND b.refresh_token_validity_period > 0 AND b.refresh_token_validity_period < 99999999999990
                    AND extract(epoch FROM v_cut_off - b.refresh_token_time_created) * 1000
                        > b.refresh_token_validity_period
               THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_refresh_token b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_refresh_token';

  -- idn_oauth2_refresh_token_binding
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.refresh_token_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_refresh_token_binding b
      LEFT JOIN (
        SELECT DISTINCT p.refresh_token_id
        FROM public.cleanup_bak_idn_oauth2_refresh_token p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.refresh_token_id = b.refresh_token_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_refresh_token_binding';

  -- idn_oauth2_refresh_token_scope
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN p1.refresh_token_id IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_idn_oauth2_refresh_token_scope b
      LEFT JOIN (
        SELECT DISTINCT p.refresh_token_id
        FROM public.cleanup_bak_idn_oauth2_refresh_token p
        WHERE p.run_id = v_run.run_id
      ) p1 ON p1.refresh_token_id = b.refresh_token_id
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'idn_oauth2_refresh_token_scope';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_refresh_tokens_proof',
    '571d6c6b454d6719089da3efc99feec4e90f628b58125af3cf80aa8cae698d21');
-- @end
