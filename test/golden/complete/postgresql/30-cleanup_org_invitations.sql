-- cleanup_org_invitations: deletes invitations to organizations that expired long ago (opt-in).
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_org_user_invitation (only while setting invitation_pruning is yes) when
--     retention_over: it expired before the retention began
--     and only if its status is PENDING or EXPIRED
--     together with its child rows in idn_org_user_invite_assignment
--
-- Every deleted row is copied in the same transaction; CALL restore_org_invitations(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_org_user_invitation, idn_org_user_invite_assignment
--   SELECT, INSERT, DELETE on cleanup_bak_idn_org_user_invitation, cleanup_bak_idn_org_user_invite_assignment
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_org_invitations
DROP PROCEDURE IF EXISTS public.cleanup_org_invitations();
-- @end

-- @statement procedure cleanup_org_invitations
CREATE OR REPLACE PROCEDURE public.cleanup_org_invitations(p_dry_run boolean DEFAULT false)
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
  v_invitation_cut_off timestamp;
  v_invitation_pruning text;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_org_invitations', 4, p_dry_run, ARRAY[
    ('idn_org_user_invitation', 'cleanup_bak_idn_org_user_invitation', 12, NULL),
    ('idn_org_user_invite_assignment', 'cleanup_bak_idn_org_user_invite_assignment', 4,
     ARRAY['invitation_id -> idn_org_user_invitation (invitation_id) CASCADE'])
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the retention of invitations
  v_invitation_cut_off := v_run.started
                            - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                            - public.cleanup_number(v_run, 'invitation_retention_days', 90) * interval '1 day';
  v_invitation_pruning := coalesce(v_run.settings ->> 'invitation_pruning', 'no');
  UPDATE public.cleanup_run SET cut_off = v_invitation_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. idn_org_user_invitation, only while setting invitation_pruning is yes
  CALL public.cleanup_open(
    v_run, 'idn_org_user_invitation', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'invitation_pruning', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN (t.status IN ('PENDING', 'EXPIRED')) IS NOT TRUE THEN NULL
            WHEN t.expired_at < v_invitation_cut_off THEN 'retention_over'
          END AS reason
        FROM ONLY public.idn_org_user_invitation t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_org_user_invitation t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_org_user_invitation
          (run_id, reason, id, invitation_id, confirmation_code, user_name, domain_name, email, user_org_id,
           invited_org_id, user_redirect_url, status, created_at, expired_at)
        SELECT v_run.run_id, g.reason, g.id, g.invitation_id, g.confirmation_code, g.user_name, g.domain_name, g.email,
               g.user_org_id, g.invited_org_id, g.user_redirect_url, g.status, g.created_at, g.expired_at
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_org_user_invite_assignment
          (run_id, id, invitation_id, assignment_id, assignment_type)
        SELECT v_run.run_id, c.id, c.invitation_id, c.assignment_id, c.assignment_type
        FROM gone p
        JOIN public.idn_org_user_invite_assignment c ON c.invitation_id = p.invitation_id
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_org_user_invite_assignment', (SELECT count(*) FROM copied_1))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.invitation_id)
        FROM public.idn_org_user_invitation t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_org_invitations_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_org_invitations',
    '9492c89e56f69dc950ab08fb60f2d088ba01e1b5c8ae53a1f409db5d315f4ec9');
-- @end
