-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_auth_temp_session_store when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same session_id and session_type
--   idn_auth_session_store when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same session_id and session_type
--   and then from idn_auth_user_session_mapping when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from idn_auth_session_app_info when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from idn_auth_session_meta_data when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from idn_fed_auth_session_mapping when
--     session_gone: this run removed the last row of its session, and none is in either store
--   idn_auth_user_session_mapping (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of idn_auth_session_store has its session_id, and no row of idn_auth_temp_session_store has
--     its session_id
--   idn_auth_session_app_info (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of idn_auth_session_store has its session_id, and no row of idn_auth_temp_session_store has
--     its session_id
--   idn_auth_session_meta_data (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of idn_auth_session_store has its session_id, and no row of idn_auth_temp_session_store has
--     its session_id
--   idn_fed_auth_session_mapping (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of idn_auth_session_store has its session_id, and no row of idn_auth_temp_session_store has
--     its session_id
--
-- Every deleted row is copied in the same transaction; CALL restore_sessions(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_auth_temp_session_store, idn_auth_session_store, idn_auth_user_session_mapping,
--     idn_auth_session_app_info, idn_auth_session_meta_data, idn_fed_auth_session_mapping
--   SELECT, INSERT, DELETE on cleanup_dead_idn_auth_temp_session_store,
--     cleanup_sighting_idn_auth_user_session_mapping, cleanup_sighting_idn_auth_session_app_info,
--     cleanup_sighting_idn_auth_session_meta_data, cleanup_sighting_idn_fed_auth_session_mapping,
--     cleanup_bak_idn_auth_temp_session_store, cleanup_bak_idn_auth_session_store,
--     cleanup_bak_idn_auth_user_session_mapping, cleanup_bak_idn_auth_session_app_info,
--     cleanup_bak_idn_auth_session_meta_data, cleanup_bak_idn_fed_auth_session_mapping
--   SELECT, INSERT, DELETE, UPDATE on cleanup_dead_idn_auth_session_store
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_sessions
DROP PROCEDURE IF EXISTS public.cleanup_sessions();
-- @end

-- @statement procedure cleanup_sessions
CREATE OR REPLACE PROCEDURE public.cleanup_sessions(p_dry_run boolean DEFAULT false)
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
  v_kept text[];
  v_followed bigint;
  v_expiry_cut_off timestamp;
  v_expiry_cut_off_ns bigint;
  v_age_cut_off timestamp;
  v_age_cut_off_ns bigint;
  v_delete_cut_off timestamp;
  v_delete_cut_off_ns bigint;
  v_sighting_cut_off timestamp;
  v_orphan_sweep text;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_sessions', 4, p_dry_run, ARRAY[
    ('idn_auth_temp_session_store', 'cleanup_bak_idn_auth_temp_session_store', 7, NULL),
    ('idn_auth_session_store', 'cleanup_bak_idn_auth_session_store', 7, NULL),
    ('idn_auth_user_session_mapping', 'cleanup_bak_idn_auth_user_session_mapping', 3, NULL),
    ('idn_auth_session_app_info', 'cleanup_bak_idn_auth_session_app_info', 4, NULL),
    ('idn_auth_session_meta_data', 'cleanup_bak_idn_auth_session_meta_data', 3, NULL),
    ('idn_fed_auth_session_mapping', 'cleanup_bak_idn_fed_auth_session_mapping', 8, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

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
  -- UTC now, less 24 h: an earlier sighting counts
  v_sighting_cut_off := v_run.started
                          - 24 * interval '1 hour';
  v_orphan_sweep := coalesce(v_run.settings ->> 'orphan_sweep', 'no');
  UPDATE public.cleanup_run SET cut_off = v_expiry_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. idn_auth_temp_session_store
  CALL public.cleanup_open(
    v_run, 'idn_auth_temp_session_store', p_by_list => true, p_listing => true, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM public.cleanup_dead_idn_auth_temp_session_store;
        INSERT INTO public.cleanup_dead_idn_auth_temp_session_store (run_id, line, session_id)
        SELECT v_run.run_id, row_number() OVER (ORDER BY d.session_id),
               d.session_id
        FROM (
          SELECT DISTINCT t.session_id
          FROM ONLY public.idn_auth_temp_session_store t
          WHERE (t.expiry_time > 0 AND t.expiry_time < v_expiry_cut_off_ns)
            OR ((t.expiry_time IS NULL OR t.expiry_time <= 0)
                AND t.time_created < v_age_cut_off_ns)
            OR (t.operation = 'DELETE' AND t.time_created < v_delete_cut_off_ns)
        ) d;
        GET DIAGNOSTICS v_seen = ROW_COUNT;
        CALL public.cleanup_listed(v_run, v_seen);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        -- A row dies with the newest end of its history that is not older than the row
        SELECT h.place, h.version, h.line,
          CASE WHEN h.time_created <= h.last_end THEN coalesce(h.reason, 'superseded') END AS reason
        FROM (
          SELECT e.*,
            max(e.time_created) FILTER (WHERE e.reason IS NOT NULL) OVER (
              PARTITION BY e.session_id, e.session_type) AS last_end
          FROM (
            SELECT t.ctid AS place, t.xmin AS version, l.line, t.session_id, t.session_type, t.time_created,
              CASE
                WHEN (t.expiry_time > 0 AND t.expiry_time < v_expiry_cut_off_ns)
                     OR ((t.expiry_time IS NULL OR t.expiry_time <= 0)
                         AND t.time_created < v_age_cut_off_ns)
                THEN 'expired'
                WHEN t.operation = 'DELETE' AND t.time_created < v_delete_cut_off_ns THEN 'deleted'
              END AS reason
            FROM public.cleanup_dead_idn_auth_temp_session_store l
            JOIN ONLY public.idn_auth_temp_session_store t ON t.session_id = l.session_id
            WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
          ) e
        ) h
      ), gone AS (
        DELETE FROM ONLY public.idn_auth_temp_session_store t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_temp_session_store
          (run_id, reason, session_id, session_type, operation, session_object, time_created, tenant_id, expiry_time)
        SELECT v_run.run_id, g.reason, g.session_id, g.session_type, g.operation, g.session_object, g.time_created,
               g.tenant_id, g.expiry_time
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
        SELECT concat_ws(', ', l.session_id)
        FROM public.cleanup_dead_idn_auth_temp_session_store l
        WHERE l.run_id = v_run.run_id AND l.line = v_run.place);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 2. idn_auth_session_store
  CALL public.cleanup_open(
    v_run, 'idn_auth_session_store', p_by_list => true, p_listing => true, p_one_snapshot => false);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM public.cleanup_dead_idn_auth_session_store;
        INSERT INTO public.cleanup_dead_idn_auth_session_store (run_id, line, session_id)
        SELECT v_run.run_id, row_number() OVER (ORDER BY d.session_id),
               d.session_id
        FROM (
          SELECT DISTINCT t.session_id
          FROM ONLY public.idn_auth_session_store t
          WHERE (t.expiry_time > 0 AND t.expiry_time < v_expiry_cut_off_ns)
            OR ((t.expiry_time IS NULL OR t.expiry_time <= 0)
                AND t.time_created < v_age_cut_off_ns)
            OR (t.operation = 'DELETE' AND t.time_created < v_delete_cut_off_ns)
        ) d;
        GET DIAGNOSTICS v_seen = ROW_COUNT;
        CALL public.cleanup_listed(v_run, v_seen);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        -- A row dies with the newest end of its history that is not older than the row
        SELECT h.place, h.version, h.line,
          CASE WHEN h.time_created <= h.last_end THEN coalesce(h.reason, 'superseded') END AS reason
        FROM (
          SELECT e.*,
            max(e.time_created) FILTER (WHERE e.reason IS NOT NULL) OVER (
              PARTITION BY e.session_id, e.session_type) AS last_end
          FROM (
            SELECT t.ctid AS place, t.xmin AS version, l.line, t.session_id, t.session_type, t.time_created,
              CASE
                WHEN (t.expiry_time > 0 AND t.expiry_time < v_expiry_cut_off_ns)
                     OR ((t.expiry_time IS NULL OR t.expiry_time <= 0)
                         AND t.time_created < v_age_cut_off_ns)
                THEN 'expired'
                WHEN t.operation = 'DELETE' AND t.time_created < v_delete_cut_off_ns THEN 'deleted'
              END AS reason
            FROM public.cleanup_dead_idn_auth_session_store l
            JOIN ONLY public.idn_auth_session_store t ON t.session_id = l.session_id
            WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
          ) e
        ) h
      ), gone AS (
        DELETE FROM ONLY public.idn_auth_session_store t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, j.line, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_session_store
          (run_id, reason, session_id, session_type, operation, session_object, time_created, tenant_id, expiry_time)
        SELECT v_run.run_id, g.reason, g.session_id, g.session_type, g.operation, g.session_object, g.time_created,
               g.tenant_id, g.expiry_time
        FROM gone g
      ), removed AS (
        UPDATE public.cleanup_dead_idn_auth_session_store l
        SET removed = true
        FROM (SELECT DISTINCT line FROM gone) g
        WHERE l.run_id = v_run.run_id AND l.line = g.line
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      -- Which rows keep them, and not only how many: one may go while another one comes
      SELECT array_agg(k.place ORDER BY k.place) INTO v_kept
      FROM (
        SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
        FROM public.cleanup_dead_idn_auth_session_store l
        JOIN public.idn_auth_session_store o ON o.session_id = l.session_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
        UNION ALL
        SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
        FROM public.cleanup_dead_idn_auth_session_store l
        JOIN public.idn_auth_temp_session_store o ON o.session_id = l.session_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
      ) k;
      -- this run removed the last row of its session, and none is in either store
      WITH gone AS (
        DELETE FROM public.idn_auth_user_session_mapping c
        USING public.cleanup_dead_idn_auth_session_store l
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed
          AND c.session_id = l.session_id
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = l.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = l.session_id)
        RETURNING c.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_user_session_mapping
          (run_id, reason, id, user_id, session_id)
        SELECT v_run.run_id, 'session_gone', g.id, g.user_id, g.session_id
        FROM gone g
      )
      SELECT count(*) INTO v_followed FROM gone;
      CALL public.cleanup_followed(v_run, 'idn_auth_user_session_mapping', 'session_gone', v_followed);
      -- this run removed the last row of its session, and none is in either store
      WITH gone AS (
        DELETE FROM public.idn_auth_session_app_info c
        USING public.cleanup_dead_idn_auth_session_store l
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed
          AND c.session_id = l.session_id
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = l.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = l.session_id)
        RETURNING c.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_session_app_info
          (run_id, reason, session_id, subject, app_id, inbound_auth_type)
        SELECT v_run.run_id, 'session_gone', g.session_id, g.subject, g.app_id, g.inbound_auth_type
        FROM gone g
      )
      SELECT count(*) INTO v_followed FROM gone;
      CALL public.cleanup_followed(v_run, 'idn_auth_session_app_info', 'session_gone', v_followed);
      -- this run removed the last row of its session, and none is in either store
      WITH gone AS (
        DELETE FROM public.idn_auth_session_meta_data c
        USING public.cleanup_dead_idn_auth_session_store l
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed
          AND c.session_id = l.session_id
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = l.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = l.session_id)
        RETURNING c.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_session_meta_data
          (run_id, reason, session_id, property_type, value)
        SELECT v_run.run_id, 'session_gone', g.session_id, g.property_type, g.value
        FROM gone g
      )
      SELECT count(*) INTO v_followed FROM gone;
      CALL public.cleanup_followed(v_run, 'idn_auth_session_meta_data', 'session_gone', v_followed);
      -- this run removed the last row of its session, and none is in either store
      WITH gone AS (
        DELETE FROM public.idn_fed_auth_session_mapping c
        USING public.cleanup_dead_idn_auth_session_store l
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed
          AND c.session_id = l.session_id
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = l.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = l.session_id)
        RETURNING c.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_fed_auth_session_mapping
          (run_id, reason, id, idp_session_id, session_id, idp_name, authenticator_id, protocol_type, time_created,
           tenant_id)
        SELECT v_run.run_id, 'session_gone', g.id, g.idp_session_id, g.session_id, g.idp_name, g.authenticator_id,
               g.protocol_type, g.time_created, g.tenant_id
        FROM gone g
      )
      SELECT count(*) INTO v_followed FROM gone;
      CALL public.cleanup_followed(v_run, 'idn_fed_auth_session_mapping', 'session_gone', v_followed);
      IF v_kept IS DISTINCT FROM (
        SELECT array_agg(k.place ORDER BY k.place)
        FROM (
          SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
          FROM public.cleanup_dead_idn_auth_session_store l
          JOIN public.idn_auth_session_store o ON o.session_id = l.session_id
          WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
          UNION ALL
          SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
          FROM public.cleanup_dead_idn_auth_session_store l
          JOIN public.idn_auth_temp_session_store o ON o.session_id = l.session_id
          WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
        ) k
      ) THEN
        RAISE serialization_failure USING MESSAGE = 'another session brought back what was to be gone';
      END IF;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', l.session_id)
        FROM public.cleanup_dead_idn_auth_session_store l
        WHERE l.run_id = v_run.run_id AND l.line = v_run.place);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 3. idn_auth_user_session_mapping, only while setting orphan_sweep is yes
  CALL public.cleanup_open(
    v_run, 'idn_auth_user_session_mapping', p_by_list => false, p_listing => true, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'orphan_sweep', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Drop sightings of rows that are no longer orphans; record new ones
        DELETE FROM public.cleanup_sighting_idn_auth_user_session_mapping l
        WHERE NOT EXISTS (
          SELECT 1
          FROM public.idn_auth_user_session_mapping t
          WHERE t.session_id = l.session_id
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id));
        INSERT INTO public.cleanup_sighting_idn_auth_user_session_mapping (session_id, first_seen)
        SELECT DISTINCT t.session_id, v_run.started
        FROM public.idn_auth_user_session_mapping t
        WHERE NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (
            SELECT 1 FROM public.cleanup_sighting_idn_auth_user_session_mapping l
            WHERE t.session_id = l.session_id);
        CALL public.cleanup_listed(v_run, NULL);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM public.cleanup_sighting_idn_auth_user_session_mapping n
                   WHERE n.session_id = t.session_id
                     AND n.first_seen < v_sighting_cut_off)
            THEN 'orphaned'
          END AS reason
        FROM ONLY public.idn_auth_user_session_mapping t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_auth_user_session_mapping t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_user_session_mapping
          (run_id, reason, id, user_id, session_id)
        SELECT v_run.run_id, g.reason, g.id, g.user_id, g.session_id
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
        SELECT concat_ws(', ', t.id)
        FROM public.idn_auth_user_session_mapping t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 4. idn_auth_session_app_info, only while setting orphan_sweep is yes
  CALL public.cleanup_open(
    v_run, 'idn_auth_session_app_info', p_by_list => false, p_listing => true, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'orphan_sweep', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Drop sightings of rows that are no longer orphans; record new ones
        DELETE FROM public.cleanup_sighting_idn_auth_session_app_info l
        WHERE NOT EXISTS (
          SELECT 1
          FROM public.idn_auth_session_app_info t
          WHERE t.session_id = l.session_id
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id));
        INSERT INTO public.cleanup_sighting_idn_auth_session_app_info (session_id, first_seen)
        SELECT DISTINCT t.session_id, v_run.started
        FROM public.idn_auth_session_app_info t
        WHERE NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (
            SELECT 1 FROM public.cleanup_sighting_idn_auth_session_app_info l
            WHERE t.session_id = l.session_id);
        CALL public.cleanup_listed(v_run, NULL);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM public.cleanup_sighting_idn_auth_session_app_info n
                   WHERE n.session_id = t.session_id
                     AND n.first_seen < v_sighting_cut_off)
            THEN 'orphaned'
          END AS reason
        FROM ONLY public.idn_auth_session_app_info t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_auth_session_app_info t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_session_app_info
          (run_id, reason, session_id, subject, app_id, inbound_auth_type)
        SELECT v_run.run_id, g.reason, g.session_id, g.subject, g.app_id, g.inbound_auth_type
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
        SELECT concat_ws(', ', t.session_id, t.subject, t.app_id, t.inbound_auth_type)
        FROM public.idn_auth_session_app_info t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 5. idn_auth_session_meta_data, only while setting orphan_sweep is yes
  CALL public.cleanup_open(
    v_run, 'idn_auth_session_meta_data', p_by_list => false, p_listing => true, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'orphan_sweep', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Drop sightings of rows that are no longer orphans; record new ones
        DELETE FROM public.cleanup_sighting_idn_auth_session_meta_data l
        WHERE NOT EXISTS (
          SELECT 1
          FROM public.idn_auth_session_meta_data t
          WHERE t.session_id = l.session_id
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id));
        INSERT INTO public.cleanup_sighting_idn_auth_session_meta_data (session_id, first_seen)
        SELECT DISTINCT t.session_id, v_run.started
        FROM public.idn_auth_session_meta_data t
        WHERE NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (
            SELECT 1 FROM public.cleanup_sighting_idn_auth_session_meta_data l
            WHERE t.session_id = l.session_id);
        CALL public.cleanup_listed(v_run, NULL);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM public.cleanup_sighting_idn_auth_session_meta_data n
                   WHERE n.session_id = t.session_id
                     AND n.first_seen < v_sighting_cut_off)
            THEN 'orphaned'
          END AS reason
        FROM ONLY public.idn_auth_session_meta_data t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_auth_session_meta_data t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_auth_session_meta_data
          (run_id, reason, session_id, property_type, value)
        SELECT v_run.run_id, g.reason, g.session_id, g.property_type, g.value
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
        SELECT concat_ws(', ', t.session_id, t.property_type, t.value)
        FROM public.idn_auth_session_meta_data t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 6. idn_fed_auth_session_mapping, only while setting orphan_sweep is yes
  CALL public.cleanup_open(
    v_run, 'idn_fed_auth_session_mapping', p_by_list => false, p_listing => true, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'orphan_sweep', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Drop sightings of rows that are no longer orphans; record new ones
        DELETE FROM public.cleanup_sighting_idn_fed_auth_session_mapping l
        WHERE NOT EXISTS (
          SELECT 1
          FROM public.idn_fed_auth_session_mapping t
          WHERE t.session_id = l.session_id
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
            AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id));
        INSERT INTO public.cleanup_sighting_idn_fed_auth_session_mapping (session_id, first_seen)
        SELECT DISTINCT t.session_id, v_run.started
        FROM public.idn_fed_auth_session_mapping t
        WHERE NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
          AND NOT EXISTS (
            SELECT 1 FROM public.cleanup_sighting_idn_fed_auth_session_mapping l
            WHERE t.session_id = l.session_id);
        CALL public.cleanup_listed(v_run, NULL);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id) THEN NULL
            WHEN EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
            THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM public.cleanup_sighting_idn_fed_auth_session_mapping n
                   WHERE n.session_id = t.session_id
                     AND n.first_seen < v_sighting_cut_off)
            THEN 'orphaned'
          END AS reason
        FROM ONLY public.idn_fed_auth_session_mapping t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.idn_fed_auth_session_mapping t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_idn_fed_auth_session_mapping
          (run_id, reason, id, idp_session_id, session_id, idp_name, authenticator_id, protocol_type, time_created,
           tenant_id)
        SELECT v_run.run_id, g.reason, g.id, g.idp_session_id, g.session_id, g.idp_name, g.authenticator_id,
               g.protocol_type, g.time_created, g.tenant_id
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
        SELECT concat_ws(', ', t.id)
        FROM public.idn_fed_auth_session_mapping t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- The lists are needed no more
  DELETE FROM public.cleanup_dead_idn_auth_temp_session_store WHERE run_id = v_run.run_id;
  DELETE FROM public.cleanup_dead_idn_auth_session_store WHERE run_id = v_run.run_id;
  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_sessions_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_sessions',
    '0bb7fa09ba93fe95595bc2150fe59caa286f9a72d6114b0bbed41d7c61059f7b');
-- @end
