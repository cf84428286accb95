-- cleanup_revocations: deletes marks of revoked tokens that have expired since.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   am_revoked_jwt when
--     expired: its token expired over 24 h ago; a number too small for milliseconds since 1970 says nothing
--   idn_invalid_tokens when
--     expired: its token expired over 24 h ago
--   idn_oauth2_revoked_tokens when
--     expired: its token expired over 24 h ago
--   idn_subject_entity_revoked_event when
--     outlived: every token that it revokes expired over 24 h ago
--   idn_app_revoked_event when
--     outlived: every token that it revokes expired over 24 h ago
--   am_subject_entity_revoked_event (only while setting am_event_pruning is yes) when
--     outlived: every token that it revokes expired over 24 h ago
--   am_app_revoked_event (only while setting am_event_pruning is yes) when
--     outlived: every token that it revokes expired over 24 h ago
--
-- Every deleted row is copied in the same transaction; CALL restore_revocations(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on am_revoked_jwt, idn_invalid_tokens, idn_oauth2_revoked_tokens,
--     idn_subject_entity_revoked_event, idn_app_revoked_event, am_subject_entity_revoked_event, am_app_revoked_event
--   SELECT on idn_oauth_consumer_apps
--   SELECT, INSERT, DELETE on cleanup_bak_am_revoked_jwt, cleanup_bak_idn_invalid_tokens,
--     cleanup_bak_idn_oauth2_revoked_tokens, cleanup_bak_idn_subject_entity_revoked_event,
--     cleanup_bak_idn_app_revoked_event, cleanup_bak_am_subject_entity_revoked_event, cleanup_bak_am_app_revoked_event
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_revocations
DROP PROCEDURE IF EXISTS public.cleanup_revocations();
-- @end

-- @statement procedure cleanup_revocations
CREATE OR REPLACE PROCEDURE public.cleanup_revocations(p_dry_run boolean DEFAULT false)
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
  v_epoch_grace_cut_off timestamp;
  v_epoch_grace_cut_off_ms bigint;
  v_event_cut_off timestamp;
  v_am_event_pruning text;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_revocations', 4, p_dry_run, ARRAY[
    ('am_revoked_jwt', 'cleanup_bak_am_revoked_jwt', 6, NULL),
    ('idn_invalid_tokens', 'cleanup_bak_idn_invalid_tokens', 5, NULL),
    ('idn_oauth2_revoked_tokens', 'cleanup_bak_idn_oauth2_revoked_tokens', 5, NULL),
    ('idn_subject_entity_revoked_event', 'cleanup_bak_idn_subject_entity_revoked_event', 5, NULL),
    ('idn_app_revoked_event', 'cleanup_bak_idn_app_revoked_event', 4, NULL),
    ('am_subject_entity_revoked_event', 'cleanup_bak_am_subject_entity_revoked_event', 4, NULL),
    ('am_app_revoked_event', 'cleanup_bak_am_app_revoked_event', 3, NULL),
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
  -- UTC now, less 24 h
  v_epoch_grace_cut_off := v_run.started
                             - 24 * interval '1 hour';
  v_epoch_grace_cut_off_ms := floor(extract(epoch FROM v_epoch_grace_cut_off) * 1000)::bigint;
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  v_event_cut_off := v_run.started
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
                           SELECT a.refresh_token_expire_time AS seconds FROM public.idn_oauth_consumer_apps a UNION ALL
                           SELECT a.id_token_expire_time AS seconds FROM public.idn_oauth_consumer_apps a
                         ) p
                       ) x) * interval '1 second';
  v_am_event_pruning := coalesce(v_run.settings ->> 'am_event_pruning', 'no');
  UPDATE public.cleanup_run SET cut_off = v_grace_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. am_revoked_jwt
  CALL public.cleanup_open(
    v_run, 'am_revoked_jwt', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.expiry_timestamp > 99999999999
                 AND t.expiry_timestamp < v_epoch_grace_cut_off_ms
            THEN 'expired'
          END AS reason
        FROM ONLY public.am_revoked_jwt t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.am_revoked_jwt t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_am_revoked_jwt
          (run_id, reason, uuid, signature, expiry_timestamp, tenant_id, token_type, time_created)
        SELECT v_run.run_id, g.reason, g.uuid, g.signature, g.expiry_timestamp, g.tenant_id, g.token_type,
               g.time_created
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.uuid)
        FROM public.am_revoked_jwt t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 2. idn_invalid_tokens
  CALL public.cleanup_open(
    v_run, 'idn_invalid_tokens', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.expiry_timestamp < v_grace_cut_off THEN 'expired'
          END AS reason
        FROM ONLY public.idn_invalid_tokens t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_invalid_tokens t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_invalid_tokens
          (run_id, reason, uuid, token_identifier, consumer_key, time_created, expiry_timestamp)
        SELECT v_run.run_id, g.reason, g.uuid, g.token_identifier, g.consumer_key, g.time_created, g.expiry_timestamp
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.uuid)
        FROM public.idn_invalid_tokens t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 3. idn_oauth2_revoked_tokens
  CALL public.cleanup_open(
    v_run, 'idn_oauth2_revoked_tokens', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.expiry_timestamp < v_grace_cut_off THEN 'expired'
          END AS reason
        FROM ONLY public.idn_oauth2_revoked_tokens t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_oauth2_revoked_tokens t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_oauth2_revoked_tokens
          (run_id, reason, uuid, token_identifier, consumer_key, time_created, expiry_timestamp)
        SELECT v_run.run_id, g.reason, g.uuid, g.token_identifier, g.consumer_key, g.time_created, g.expiry_timestamp
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.uuid)
        FROM public.idn_oauth2_revoked_tokens t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 4. idn_subject_entity_revoked_event
  CALL public.cleanup_open(
    v_run, 'idn_subject_entity_revoked_event', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.time_revoked < v_event_cut_off THEN 'outlived'
          END AS reason
        FROM ONLY public.idn_subject_entity_revoked_event t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_subject_entity_revoked_event t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_subject_entity_revoked_event
          (run_id, reason, event_id, entity_id, entity_type, time_revoked, organization)
        SELECT v_run.run_id, g.reason, g.event_id, g.entity_id, g.entity_type, g.time_revoked, g.organization
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.event_id)
        FROM public.idn_subject_entity_revoked_event t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 5. idn_app_revoked_event
  CALL public.cleanup_open(
    v_run, 'idn_app_revoked_event', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.time_revoked < v_event_cut_off THEN 'outlived'
          END AS reason
        FROM ONLY public.idn_app_revoked_event t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_app_revoked_event t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_app_revoked_event
          (run_id, reason, event_id, consumer_key, time_revoked, organization)
        SELECT v_run.run_id, g.reason, g.event_id, g.consumer_key, g.time_revoked, g.organization
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.event_id)
        FROM public.idn_app_revoked_event t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 6. am_subject_entity_revoked_event, only while setting am_event_pruning is yes
  CALL public.cleanup_open(
    v_run, 'am_subject_entity_revoked_event', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'am_event_pruning', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.time_revoked < v_event_cut_off THEN 'outlived'
          END AS reason
        FROM ONLY public.am_subject_entity_revoked_event t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.am_subject_entity_revoked_event t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_am_subject_entity_revoked_event
          (run_id, reason, entity_id, entity_type, time_revoked, organization)
        SELECT v_run.run_id, g.reason, g.entity_id, g.entity_type, g.time_revoked, g.organization
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.entity_id, t.entity_type, t.organization)
        FROM public.am_subject_entity_revoked_event t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 7. am_app_revoked_event, only while setting am_event_pruning is yes
  CALL public.cleanup_open(
    v_run, 'am_app_revoked_event', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'am_event_pruning', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.time_revoked < v_event_cut_off THEN 'outlived'
          END AS reason
        FROM ONLY public.am_app_revoked_event t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.am_app_revoked_event t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_am_app_revoked_event
          (run_id, reason, consumer_key, time_revoked, organization)
        SELECT v_run.run_id, g.reason, g.consumer_key, g.time_revoked, g.organization
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.consumer_key, t.organization)
        FROM public.am_app_revoked_event t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_revocations_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_revocations',
    '8e7ce56154ea4f85b0d3c7eeb3d13a889f3cb036d95d287d74a56477962e8d46');
-- @end
