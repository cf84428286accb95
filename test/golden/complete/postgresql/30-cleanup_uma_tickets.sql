-- cleanup_uma_tickets: deletes permission tickets of User-Managed Access that expired, and whose token is gone.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_uma_permission_ticket when
--     expired: it expired over 24 h ago and led to no token, or its token has no row and the longest lifetime is over
--     since it expired; and its tenant has a newer ticket
--     and only if its ticket_state is ACTIVE, EXPIRED or REVOKED
--     together with its child rows in idn_uma_pt_resource_scope, idn_uma_pt_resource
--
-- Every deleted row is copied in the same transaction; CALL restore_uma_tickets(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_uma_permission_ticket, idn_uma_pt_resource, idn_uma_pt_resource_scope
--   SELECT on idn_oauth2_access_token, idn_oauth_consumer_apps
--   SELECT, INSERT, DELETE on cleanup_dead_idn_uma_permission_ticket, cleanup_bak_idn_uma_permission_ticket,
--     cleanup_bak_idn_uma_pt_resource, cleanup_bak_idn_uma_pt_resource_scope
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_uma_tickets
DROP PROCEDURE IF EXISTS public.cleanup_uma_tickets();
-- @end

-- @statement procedure cleanup_uma_tickets
CREATE OR REPLACE PROCEDURE public.cleanup_uma_tickets(p_dry_run boolean DEFAULT false)
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
  v_grace_cut_off timestamp;
  v_lifetime_cut_off timestamp;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_uma_tickets', 4, p_dry_run, ARRAY[
    ('idn_uma_permission_ticket', 'cleanup_bak_idn_uma_permission_ticket', 7, NULL),
    ('idn_uma_pt_resource', 'cleanup_bak_idn_uma_pt_resource', 3,
     ARRAY['pt_id -> idn_uma_permission_ticket (id) CASCADE']),
    ('idn_uma_pt_resource_scope', 'cleanup_bak_idn_uma_pt_resource_scope', 3,
     ARRAY['pt_resource_id -> idn_uma_pt_resource (id) CASCADE']),
    ('idn_oauth2_access_token', NULL, NULL, NULL),
    ('idn_oauth_consumer_apps', NULL, NULL, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                       - 24 * interval '1 hour';
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  v_lifetime_cut_off := v_run.started
                          - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                          - 24 * interval '1 hour'
                          - (SELECT CASE
                            WHEN x.is_for_ever = 1 THEN NULL
                            WHEN x.longest > public.cleanup_number(v_run, 'longest_lifetime_hours', 720) * 3600
                                THEN x.longest
                            ELSE public.cleanup_number(v_run, 'longest_lifetime_hours', 720) * 3600
                          END
                          FROM (
                            SELECT max(p.seconds) AS longest,
                              MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
                            FROM (
                              SELECT a.user_access_token_expire_time AS seconds
                                  FROM public.idn_oauth_consumer_apps a UNION ALL
                              SELECT a.app_access_token_expire_time AS seconds
                                  FROM public.idn_oauth_consumer_apps a UNION ALL
                              SELECT a.refresh_token_expire_time AS seconds
                                  FROM public.idn_oauth_consumer_apps a UNION ALL
                              SELECT a.id_token_expire_time AS seconds FROM public.idn_oauth_consumer_apps a
                            ) p
                          ) x) * interval '1 second';
  UPDATE public.cleanup_run SET cut_off = v_grace_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. idn_uma_permission_ticket
  CALL public.cleanup_open(
    v_run, 'idn_uma_permission_ticket', p_by_list => true, p_listing => true, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM public.cleanup_dead_idn_uma_permission_ticket;
        INSERT INTO public.cleanup_dead_idn_uma_permission_ticket (run_id, line, id, newest)
        SELECT v_run.run_id, row_number() OVER (ORDER BY d.id),
               d.id, d.newest
        FROM (
          SELECT t.id, t.newest
          FROM (
            SELECT n.id, n.expiry_time, n.ticket_state, n.token_id,
              max(n.id) OVER (PARTITION BY n.tenant_id) AS newest
            FROM ONLY public.idn_uma_permission_ticket n
            WHERE n.tenant_id IS NOT NULL
          ) t
          WHERE t.ticket_state IN ('ACTIVE', 'EXPIRED', 'REVOKED')
            AND (((t.token_id IS NULL AND t.expiry_time < v_grace_cut_off)
                  OR (t.expiry_time < v_lifetime_cut_off
                      AND NOT EXISTS (SELECT 1 FROM public.idn_oauth2_access_token o WHERE o.token_id = t.token_id)))
                 AND t.id < t.newest)
        ) d;
        GET DIAGNOSTICS v_seen = ROW_COUNT;
        CALL public.cleanup_listed(v_run, v_seen);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version, l.line,
          CASE
            WHEN (t.ticket_state IN ('ACTIVE', 'EXPIRED', 'REVOKED')) IS NOT TRUE THEN NULL
            WHEN ((t.token_id IS NULL AND t.expiry_time < v_grace_cut_off)
                  OR (t.expiry_time < v_lifetime_cut_off
                      AND NOT EXISTS (SELECT 1 FROM public.idn_oauth2_access_token o WHERE o.token_id = t.token_id)))
                 AND EXISTS (
                   SELECT 1 FROM public.idn_uma_permission_ticket n
                   WHERE n.id = l.newest
                     AND n.tenant_id = t.tenant_id
                     AND n.id > t.id)
            THEN 'expired'
          END AS reason
        FROM public.cleanup_dead_idn_uma_permission_ticket l
        JOIN ONLY public.idn_uma_permission_ticket t ON t.id = l.id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
      ), gone AS (
        DELETE FROM ONLY public.idn_uma_permission_ticket t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_uma_permission_ticket
          (run_id, reason, id, pt, time_created, expiry_time, ticket_state, tenant_id, token_id)
        SELECT v_run.run_id, g.reason, g.id, g.pt, g.time_created, g.expiry_time, g.ticket_state, g.tenant_id,
               g.token_id
        FROM gone g
      ), copied_1 AS (
        INSERT INTO public.cleanup_bak_idn_uma_pt_resource
          (run_id, id, pt_resource_id, pt_id)
        SELECT v_run.run_id, c.id, c.pt_resource_id, c.pt_id
        FROM gone p
        JOIN public.idn_uma_pt_resource c ON c.pt_id = p.id
        RETURNING id
      ), copied_2 AS (
        INSERT INTO public.cleanup_bak_idn_uma_pt_resource_scope
          (run_id, id, pt_resource_id, pt_scope_id)
        SELECT v_run.run_id, c.id, c.pt_resource_id, c.pt_scope_id
        FROM copied_1 p
        JOIN public.idn_uma_pt_resource_scope c ON c.pt_resource_id = p.id
        RETURNING 1
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        jsonb_build_object(
          'idn_uma_pt_resource', (SELECT count(*) FROM copied_1),
          'idn_uma_pt_resource_scope', (SELECT count(*) FROM copied_2))
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', l.id)
        FROM public.cleanup_dead_idn_uma_permission_ticket l
        WHERE l.run_id = v_run.run_id AND l.line = v_run.place);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- The lists are needed no more
  DELETE FROM public.cleanup_dead_idn_uma_permission_ticket WHERE run_id = v_run.run_id;
  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_uma_tickets_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_uma_tickets',
    '6e5e719aa8731cfffa319db8c809af7218876acf4b237bec879d8edcc8bca453');
-- @end
