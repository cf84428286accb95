-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_auth_temp_session_store when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; where it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is not older ended what it belongs to
--     in one transaction with all older rows of the same session_id, session_type
--   idn_auth_session_store when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; where it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is not older ended what it belongs to
--     in one transaction with all older rows of the same session_id, session_type
--   and then from idn_auth_user_session_mapping when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from idn_auth_session_app_info when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from idn_auth_session_meta_data when
--     session_gone: this run removed the last row of its session, and none is in either store
--   idn_auth_user_session_mapping (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and in any case only when no row of IDN_AUTH_SESSION_STORE has its SESSION_ID,
--     and no row of IDN_AUTH_TEMP_SESSION_STORE has its SESSION_ID
--   idn_auth_session_app_info (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and in any case only when no row of IDN_AUTH_SESSION_STORE has its SESSION_ID,
--     and no row of IDN_AUTH_TEMP_SESSION_STORE has its SESSION_ID
--   idn_auth_session_meta_data (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and in any case only when no row of IDN_AUTH_SESSION_STORE has its SESSION_ID,
--     and no row of IDN_AUTH_TEMP_SESSION_STORE has its SESSION_ID
-- This schema lacks and the procedure leaves out IDN_FED_AUTH_SESSION_MAPPING
--
-- Every deleted row is copied in the same transaction; CALL restore_sessions(run) brings a run back.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting and are read again before every batch.
--
-- Whoever calls it needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_auth_temp_session_store, idn_auth_session_store, idn_auth_user_session_mapping,
--     idn_auth_session_app_info, idn_auth_session_meta_data
--   SELECT, INSERT, DELETE on cleanup_list_idn_auth_temp_session_store, cleanup_list_idn_auth_session_store,
--     cleanup_sighting_idn_auth_user_session_mapping, cleanup_sighting_idn_auth_session_app_info,
--     cleanup_sighting_idn_auth_session_meta_data, cleanup_bak_idn_auth_temp_session_store,
--     cleanup_bak_idn_auth_session_store, cleanup_bak_idn_auth_user_session_mapping,
--     cleanup_bak_idn_auth_session_app_info, cleanup_bak_idn_auth_session_meta_data
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_run_reason

-- @statement procedure cleanup_sessions
CREATE OR REPLACE PROCEDURE public.cleanup_sessions()
LANGUAGE plpgsql
AS $procedure$
DECLARE
  c_lock        CONSTANT bigint := hashtextextended('public.cleanup_sessions', 0);
  v_run_id      bigint;
  v_started     timestamp := clock_timestamp() AT TIME ZONE 'UTC';
  v_status      text := 'ended';
  v_why         text := 'done';
  v_problem     text;
  v_tables      regclass[];
  v_dry_run     boolean;         -- by the setting, or by the session
  v_retention   integer;         -- days that backups are kept
  v_target_ms   integer;
  v_pause_ms    integer := 0;
  v_time        text;            -- HH:MM in UTC
  v_rows_max    bigint;
  v_table       text;
  v_more        boolean;
  v_span        bigint;          -- listed keys per batch, as many as hold the rows of a batch
  v_rows        bigint;          -- rows per batch, steered toward the target time
  v_rows_min    bigint;
  v_from_1      character varying(100);
  v_upto_1      character varying(100);
  v_from_2      character varying(100);
  v_upto_2      character varying(100);
  v_from_3      character varying(255);
  v_upto_3      character varying(255);
  v_from_4      character varying(100);
  v_upto_4      character varying(100);
  v_from_5      character varying(100);
  v_upto_5      character varying(100);
  v_batch_began timestamptz;
  v_batch_ms    integer;
  v_seen        bigint;
  v_dead        bigint;
  v_reasons     bigint[];        -- dead rows of a batch by reason
  v_deleted     bigint;
  v_kept        bigint;          -- rows that keep followers, counted before the first and after the last of them goes
  v_kept_now    bigint;
  v_failures    integer;         -- tries of one batch that lost against another session
  v_passed_over boolean := false;

  -- What the rules are measured by
  v_expiry_cut_off timestamp; -- UTC now, less the grace after an EXPIRY_TIME
  v_expiry_cut_off_ns bigint;
  v_age_cut_off timestamp; -- UTC now, less the age of a session without an EXPIRY_TIME
  v_age_cut_off_ns bigint;
  v_delete_cut_off timestamp; -- UTC now, less the time that a DELETE row is kept
  v_delete_cut_off_ns bigint;
  v_sighting_cut_off timestamp; -- UTC now, less 24 h: an earlier sighting counts
  v_expiry_grace_minutes bigint;
  v_session_age_days bigint;
  v_deleted_after_hours bigint;
  v_orphan_sweep text;
BEGIN
  -- Check: one run at a time, and nothing that would make a delete unsafe or a restore impossible

  -- Inside a transaction of its caller a procedure cannot commit: that shows here, before anything is held
  COMMIT;
  IF NOT pg_try_advisory_lock(c_lock) THEN
    INSERT INTO public.cleanup_run (procedure_name, started_at, ended_at, status, why_stopped, started_by)
    VALUES ('cleanup_sessions', v_started, v_started, 'skipped', 'already running', session_user);
    RETURN;
  END IF;

  BEGIN
    UPDATE public.cleanup_run
    SET status = 'crashed', why_stopped = 'its session ended before the run did', ended_at = v_started
    WHERE procedure_name = 'cleanup_sessions' AND status = 'running';

    SELECT format('%s does not fit %s any more: column %s', f.backup, f.source, s.attname) INTO v_problem
    FROM (VALUES
      ('public.idn_auth_temp_session_store', 'public.cleanup_bak_idn_auth_temp_session_store'),
      ('public.idn_auth_session_store', 'public.cleanup_bak_idn_auth_session_store'),
      ('public.idn_auth_user_session_mapping', 'public.cleanup_bak_idn_auth_user_session_mapping'),
      ('public.idn_auth_session_app_info', 'public.cleanup_bak_idn_auth_session_app_info'),
      ('public.idn_auth_session_meta_data', 'public.cleanup_bak_idn_auth_session_meta_data')
    ) f (source, backup)
    JOIN pg_attribute s ON s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped AND s.attgenerated = ''
    LEFT JOIN pg_attribute b ON b.attrelid = to_regclass(f.backup)
      AND b.attname = s.attname AND b.atttypid = s.atttypid AND b.atttypmod = s.atttypmod
    WHERE b.attname IS NULL
    LIMIT 1;

    v_problem := coalesce(v_problem, (
      SELECT format('%s has other columns than when this procedure was made', f.source)
      FROM (VALUES
        ('public.idn_auth_temp_session_store', 7),
        ('public.idn_auth_session_store', 7),
        ('public.idn_auth_user_session_mapping', 2),
        ('public.idn_auth_session_app_info', 4),
        ('public.idn_auth_session_meta_data', 3)
      ) f (source, columns)
      WHERE f.columns <> (
        SELECT count(*) FROM pg_attribute s WHERE s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped
      )
      LIMIT 1
    ));

    v_tables := ARRAY[
      'public.idn_auth_temp_session_store', 'public.idn_auth_session_store', 'public.idn_auth_user_session_mapping',
      'public.idn_auth_session_app_info', 'public.idn_auth_session_meta_data'
    ];
    v_problem := coalesce(v_problem, (
      SELECT format('%s refers to %s, which it did not when this procedure was made', k.conrelid::regclass, k.confrelid::regclass)
      FROM pg_constraint k
      WHERE k.contype = 'f' AND k.confrelid = ANY (v_tables)
      LIMIT 1
    ));

    v_problem := coalesce(v_problem, (
      SELECT format('row level security hides rows of %s from %s', t.hidden, current_user)
      FROM unnest(ARRAY[
        'public.idn_auth_temp_session_store', 'public.idn_auth_session_store', 'public.idn_auth_user_session_mapping',
        'public.idn_auth_session_app_info', 'public.idn_auth_session_meta_data'
      ]::regclass[]) t (hidden)
      WHERE row_security_active(t.hidden)
      LIMIT 1
    ));

    IF current_setting('session_replication_role') = 'replica' THEN
      v_problem := 'session_replication_role is replica, so foreign keys do not work in this session';
    END IF;

    SELECT
      coalesce(max(value) FILTER (WHERE name = 'expiry_grace_minutes'), '120')::bigint,
      coalesce(max(value) FILTER (WHERE name = 'session_age_days'), '14')::bigint,
      coalesce(max(value) FILTER (WHERE name = 'deleted_after_hours'), '12')::bigint,
      coalesce(max(value) FILTER (WHERE name = 'orphan_sweep'), 'no'),
      max(value) FILTER (WHERE name = 'backup_retention_days')::integer,
      coalesce(max(value) FILTER (WHERE name = 'dry_run') = 'yes', false)
        OR coalesce(current_setting('deepclean.dry_run', true) = 'yes', false)
    INTO
      v_expiry_grace_minutes, v_session_age_days, v_deleted_after_hours, v_orphan_sweep,
      v_retention, v_dry_run
    FROM public.cleanup_setting
    WHERE procedure_name = 'cleanup_sessions';

    -- A stop that was asked of an earlier run is used up here
    UPDATE public.cleanup_setting
    SET value = 'no'
    WHERE procedure_name = 'cleanup_sessions' AND name = 'stop_requested' AND value = 'yes';

    v_expiry_cut_off := v_started - v_expiry_grace_minutes * interval '1 minute';
    v_expiry_cut_off_ns := floor(extract(epoch FROM v_expiry_cut_off) * 1000000000)::bigint;
    v_age_cut_off := v_started - v_session_age_days * interval '1 day';
    v_age_cut_off_ns := floor(extract(epoch FROM v_age_cut_off) * 1000000000)::bigint;
    v_delete_cut_off := v_started - v_deleted_after_hours * interval '1 hour';
    v_delete_cut_off_ns := floor(extract(epoch FROM v_delete_cut_off) * 1000000000)::bigint;
    v_sighting_cut_off := v_started - 24 * interval '1 hour';

    v_problem := left(v_problem, 400);
    INSERT INTO public.cleanup_run
      (procedure_name, started_by, started_at, ended_at, cut_off, dry_run, status, why_stopped)
    VALUES (
      'cleanup_sessions', session_user, v_started, CASE WHEN v_problem IS NOT NULL THEN v_started END,
      v_expiry_cut_off, CASE WHEN v_dry_run THEN 'yes' ELSE 'no' END,
      CASE WHEN v_problem IS NULL THEN 'running' ELSE 'failed' END, v_problem
    )
    RETURNING run_id INTO v_run_id;

    INSERT INTO public.cleanup_run_step (run_id, table_name)
    VALUES (v_run_id, 'idn_auth_temp_session_store'), (v_run_id, 'idn_auth_session_store'),
      (v_run_id, 'idn_auth_user_session_mapping'), (v_run_id, 'idn_auth_session_app_info'),
      (v_run_id, 'idn_auth_session_meta_data');
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE;
  END;
  COMMIT;

  IF v_problem IS NOT NULL THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE EXCEPTION 'cleanup_sessions did not start, and nothing was deleted: %', v_problem
      USING HINT = 'Run "deepclean install-procs" again, and read what it says about this table.';
  END IF;

  -- Purge: table by table, in short transactions along a list of what is dead

  <<tables>>
  FOR v_step IN 1..5 LOOP
    BEGIN
      v_time := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'HH24:MI');
      SELECT
        max(value) FILTER (WHERE name = 'batch_target_ms')::integer,
        max(value) FILTER (WHERE name = 'pause_ms')::integer,
        max(value) FILTER (WHERE name = 'batch_rows_minimum')::bigint,
        max(value) FILTER (WHERE name = 'batch_rows_maximum')::bigint,
        CASE
          WHEN max(value) FILTER (WHERE name = 'enabled') = 'no' THEN 'switched off'
          WHEN max(value) FILTER (WHERE name = 'stop_requested') = 'yes' THEN 'stop requested'
          WHEN extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - v_started)
            >= max(value) FILTER (WHERE name = 'time_budget_seconds')::integer THEN 'time budget'
          WHEN bool_or(name = 'window' AND value <> 'always' AND CASE
            WHEN left(value, 5) < right(value, 5) THEN v_time < left(value, 5) OR v_time >= right(value, 5)
            ELSE v_time >= right(value, 5) AND v_time < left(value, 5)
          END) THEN 'outside window'
          ELSE 'done'
        END
      INTO v_target_ms, v_pause_ms, v_rows_min, v_rows_max, v_why
      FROM public.cleanup_setting
      WHERE procedure_name = 'cleanup_sessions';
      IF v_why <> 'done' THEN
        v_status := 'stopped';
        EXIT tables;
      END IF;

      CASE v_step
        WHEN 1 THEN
          v_table := 'idn_auth_temp_session_store';
          -- What is dead, found once a run; the rule is asked again when a row is deleted
          DELETE FROM public.cleanup_list_idn_auth_temp_session_store;
          INSERT INTO public.cleanup_list_idn_auth_temp_session_store (session_id)
          SELECT DISTINCT t.session_id
          FROM public.idn_auth_temp_session_store t
          WHERE (t.expiry_time > 0
                 AND t.expiry_time < v_expiry_cut_off_ns)
                OR ((t.expiry_time IS NULL
                     OR t.expiry_time <= 0)
                    AND t.time_created < v_age_cut_off_ns)
                OR (t.operation = 'DELETE'
                    AND t.time_created < v_delete_cut_off_ns);
          v_from_1 := (SELECT min(l.session_id) FROM public.cleanup_list_idn_auth_temp_session_store l);
          v_more := v_from_1 IS NOT NULL;
        WHEN 2 THEN
          v_table := 'idn_auth_session_store';
          -- What is dead, found once a run; the rule is asked again when a row is deleted
          DELETE FROM public.cleanup_list_idn_auth_session_store;
          INSERT INTO public.cleanup_list_idn_auth_session_store (session_id)
          SELECT DISTINCT t.session_id
          FROM public.idn_auth_session_store t
          WHERE (t.expiry_time > 0
                 AND t.expiry_time < v_expiry_cut_off_ns)
                OR ((t.expiry_time IS NULL
                     OR t.expiry_time <= 0)
                    AND t.time_created < v_age_cut_off_ns)
                OR (t.operation = 'DELETE'
                    AND t.time_created < v_delete_cut_off_ns);
          v_from_2 := (SELECT min(l.session_id) FROM public.cleanup_list_idn_auth_session_store l);
          v_more := v_from_2 IS NOT NULL;
        WHEN 3 THEN
          CONTINUE tables WHEN v_orphan_sweep <> 'yes';
          v_table := 'idn_auth_user_session_mapping';
          -- Forget what is kept again, and note what is seen for the first time
          DELETE FROM public.cleanup_sighting_idn_auth_user_session_mapping l
          WHERE NOT EXISTS (
            SELECT 1 FROM public.idn_auth_user_session_mapping t
            WHERE t.session_id = l.session_id
              AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
              AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id));
          INSERT INTO public.cleanup_sighting_idn_auth_user_session_mapping (session_id, first_seen)
          SELECT DISTINCT t.session_id, v_started
          FROM public.idn_auth_user_session_mapping t
          WHERE NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
            AND NOT EXISTS (
              SELECT 1 FROM public.cleanup_sighting_idn_auth_user_session_mapping l
              WHERE t.session_id = l.session_id);
          v_from_3 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_user_session_mapping l WHERE l.first_seen < v_sighting_cut_off);
          v_more := v_from_3 IS NOT NULL;
        WHEN 4 THEN
          CONTINUE tables WHEN v_orphan_sweep <> 'yes';
          v_table := 'idn_auth_session_app_info';
          -- Forget what is kept again, and note what is seen for the first time
          DELETE FROM public.cleanup_sighting_idn_auth_session_app_info l
          WHERE NOT EXISTS (
            SELECT 1 FROM public.idn_auth_session_app_info t
            WHERE t.session_id = l.session_id
              AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
              AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id));
          INSERT INTO public.cleanup_sighting_idn_auth_session_app_info (session_id, first_seen)
          SELECT DISTINCT t.session_id, v_started
          FROM public.idn_auth_session_app_info t
          WHERE NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
            AND NOT EXISTS (
              SELECT 1 FROM public.cleanup_sighting_idn_auth_session_app_info l
              WHERE t.session_id = l.session_id);
          v_from_4 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_session_app_info l WHERE l.first_seen < v_sighting_cut_off);
          v_more := v_from_4 IS NOT NULL;
        WHEN 5 THEN
          CONTINUE tables WHEN v_orphan_sweep <> 'yes';
          v_table := 'idn_auth_session_meta_data';
          -- Forget what is kept again, and note what is seen for the first time
          DELETE FROM public.cleanup_sighting_idn_auth_session_meta_data l
          WHERE NOT EXISTS (
            SELECT 1 FROM public.idn_auth_session_meta_data t
            WHERE t.session_id = l.session_id
              AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
              AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id));
          INSERT INTO public.cleanup_sighting_idn_auth_session_meta_data (session_id, first_seen)
          SELECT DISTINCT t.session_id, v_started
          FROM public.idn_auth_session_meta_data t
          WHERE NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id)
            AND NOT EXISTS (
              SELECT 1 FROM public.cleanup_sighting_idn_auth_session_meta_data l
              WHERE t.session_id = l.session_id);
          v_from_5 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_session_meta_data l WHERE l.first_seen < v_sighting_cut_off);
          v_more := v_from_5 IS NOT NULL;
      END CASE;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_status := 'failed';
      v_why := left(format('error %s: %s', SQLSTATE, SQLERRM), 400);
      EXIT tables;
    END;
    v_span := 16;
    v_rows := 1000;
    v_failures := 0;

    WHILE v_more LOOP
      COMMIT;
      BEGIN
        PERFORM pg_sleep(CASE WHEN v_failures > 0 THEN 0.05 ELSE v_pause_ms / 1000.0 END);
      EXCEPTION WHEN query_canceled THEN
        v_status := 'stopped';
        v_why := 'interrupted';
        EXIT tables;
      END;
      IF v_step IN (2) THEN
        -- A snapshot per statement: what another session adds meanwhile keeps what would have followed
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      ELSE
        -- One snapshot per batch: a row that changed since is not deleted but makes the batch start over, and no foreign
        -- key cascades to a row that the batch did not see
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
      END IF;

      BEGIN
        v_time := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'HH24:MI');
        SELECT
          max(value) FILTER (WHERE name = 'batch_target_ms')::integer,
          max(value) FILTER (WHERE name = 'pause_ms')::integer,
          max(value) FILTER (WHERE name = 'batch_rows_minimum')::bigint,
          max(value) FILTER (WHERE name = 'batch_rows_maximum')::bigint,
          CASE
            WHEN max(value) FILTER (WHERE name = 'enabled') = 'no' THEN 'switched off'
            WHEN max(value) FILTER (WHERE name = 'stop_requested') = 'yes' THEN 'stop requested'
            WHEN extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - v_started)
              >= max(value) FILTER (WHERE name = 'time_budget_seconds')::integer THEN 'time budget'
            WHEN bool_or(name = 'window' AND value <> 'always' AND CASE
              WHEN left(value, 5) < right(value, 5) THEN v_time < left(value, 5) OR v_time >= right(value, 5)
              ELSE v_time >= right(value, 5) AND v_time < left(value, 5)
            END) THEN 'outside window'
            ELSE 'done'
          END
        INTO v_target_ms, v_pause_ms, v_rows_min, v_rows_max, v_why
        FROM public.cleanup_setting
        WHERE procedure_name = 'cleanup_sessions';
        IF v_why <> 'done' THEN
          v_status := 'stopped';
          EXIT tables;
        END IF;

        v_rows := least(CASE WHEN v_failures = 0 THEN greatest(v_rows, v_rows_min) ELSE v_rows END, v_rows_max);
        v_batch_began := clock_timestamp();
        -- Short waits, and plans whatever the size of the tables: look-ups by index, row by row in its order
        SET LOCAL lock_timeout = '1s';
        SET LOCAL plan_cache_mode = force_generic_plan;
        SET LOCAL enable_seqscan = off;
        SET LOCAL enable_bitmapscan = off;
        SET LOCAL jit = off;
        -- A crash may undo the last batches, each as a whole; the end of the run is on disk before the call returns
        SET LOCAL synchronous_commit = off;

        CASE v_step
          WHEN 1 THEN
            -- Choose: the dead rows of the listed range by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto_1 := (
                SELECT max(k.session_id)
                FROM (
                  SELECT l.session_id FROM public.cleanup_list_idn_auth_temp_session_store l WHERE l.session_id >= v_from_1 ORDER BY l.session_id LIMIT v_span
                ) k
              );
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1),
                count(*) FILTER (WHERE d.reason = 2),
                count(*) FILTER (WHERE d.reason = 3)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN (t.expiry_time > 0
                               AND t.expiry_time < v_expiry_cut_off_ns)
                              OR ((t.expiry_time IS NULL
                                   OR t.expiry_time <= 0)
                                  AND t.time_created < v_age_cut_off_ns)
                         THEN 1
                         WHEN t.operation = 'DELETE'
                              AND t.time_created < v_delete_cut_off_ns
                         THEN 2
                         ELSE 3
                       END AS reason
                FROM public.cleanup_list_idn_auth_temp_session_store l
                CROSS JOIN LATERAL (
                  SELECT t.*, max(t.time_created) FILTER (
                    WHERE (t.expiry_time > 0
                           AND t.expiry_time < v_expiry_cut_off_ns)
                          OR ((t.expiry_time IS NULL
                               OR t.expiry_time <= 0)
                              AND t.time_created < v_age_cut_off_ns)
                          OR (t.operation = 'DELETE'
                              AND t.time_created < v_delete_cut_off_ns)
                  ) OVER (PARTITION BY t.session_id, t.session_type) AS last_end
                  FROM public.idn_auth_temp_session_store t
                  WHERE t.session_id = l.session_id
                ) t
                WHERE l.session_id >= v_from_1 AND l.session_id <= v_upto_1
                  AND t.time_created <= t.last_end
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_auth_temp_session_store t
                USING (
                  SELECT s.session_id, s.session_type, max(s.time_created) AS last_end
                  FROM public.cleanup_list_idn_auth_temp_session_store l
                  JOIN public.idn_auth_temp_session_store s ON s.session_id = l.session_id
                  WHERE l.session_id >= v_from_1 AND l.session_id <= v_upto_1
                    AND ((s.expiry_time > 0
                          AND s.expiry_time < v_expiry_cut_off_ns)
                         OR ((s.expiry_time IS NULL
                              OR s.expiry_time <= 0)
                             AND s.time_created < v_age_cut_off_ns)
                         OR (s.operation = 'DELETE'
                             AND s.time_created < v_delete_cut_off_ns))
                  GROUP BY s.session_id, s.session_type
                ) e
                WHERE t.session_id = e.session_id
                  AND t.session_type = e.session_type
                  AND t.time_created <= e.last_end
                RETURNING CASE
                            WHEN (t.expiry_time > 0
                                  AND t.expiry_time < v_expiry_cut_off_ns)
                                 OR ((t.expiry_time IS NULL
                                      OR t.expiry_time <= 0)
                                     AND t.time_created < v_age_cut_off_ns)
                            THEN 'expired'
                            WHEN t.operation = 'DELETE'
                                 AND t.time_created < v_delete_cut_off_ns
                            THEN 'deleted'
                            ELSE 'superseded'
                          END AS reason,
                  t.session_id, t.session_type, t.operation, t.session_object, t.time_created, t.tenant_id,
                  t.expiry_time
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_temp_session_store
                  (run_id, reason, session_id, session_type, operation, session_object, time_created, tenant_id,
                   expiry_time)
                SELECT v_run_id, g.reason, g.session_id, g.session_type, g.operation, g.session_object, g.time_created,
                  g.tenant_id, g.expiry_time
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE EXCEPTION 'only % of % dead rows of % could be deleted', v_deleted, v_dead, v_table
                  USING HINT = 'A trigger or a rule of that table may keep them.';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['expired', 'deleted', 'superseded'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 2 THEN
            -- Choose: the dead rows of the listed range by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto_2 := (
                SELECT max(k.session_id)
                FROM (
                  SELECT l.session_id FROM public.cleanup_list_idn_auth_session_store l WHERE l.session_id >= v_from_2 ORDER BY l.session_id LIMIT v_span
                ) k
              );
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1),
                count(*) FILTER (WHERE d.reason = 2),
                count(*) FILTER (WHERE d.reason = 3)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN (t.expiry_time > 0
                               AND t.expiry_time < v_expiry_cut_off_ns)
                              OR ((t.expiry_time IS NULL
                                   OR t.expiry_time <= 0)
                                  AND t.time_created < v_age_cut_off_ns)
                         THEN 1
                         WHEN t.operation = 'DELETE'
                              AND t.time_created < v_delete_cut_off_ns
                         THEN 2
                         ELSE 3
                       END AS reason
                FROM public.cleanup_list_idn_auth_session_store l
                CROSS JOIN LATERAL (
                  SELECT t.*, max(t.time_created) FILTER (
                    WHERE (t.expiry_time > 0
                           AND t.expiry_time < v_expiry_cut_off_ns)
                          OR ((t.expiry_time IS NULL
                               OR t.expiry_time <= 0)
                              AND t.time_created < v_age_cut_off_ns)
                          OR (t.operation = 'DELETE'
                              AND t.time_created < v_delete_cut_off_ns)
                  ) OVER (PARTITION BY t.session_id, t.session_type) AS last_end
                  FROM public.idn_auth_session_store t
                  WHERE t.session_id = l.session_id
                ) t
                WHERE l.session_id >= v_from_2 AND l.session_id <= v_upto_2
                  AND t.time_created <= t.last_end
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              -- What another session removed since is not this run's, nor is what refers to it
              DELETE FROM public.cleanup_list_idn_auth_session_store l
              WHERE l.session_id >= v_from_2 AND l.session_id <= v_upto_2
                AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store t WHERE t.session_id = l.session_id);
              WITH gone AS (
                DELETE FROM public.idn_auth_session_store t
                USING (
                  SELECT s.session_id, s.session_type, max(s.time_created) AS last_end
                  FROM public.cleanup_list_idn_auth_session_store l
                  JOIN public.idn_auth_session_store s ON s.session_id = l.session_id
                  WHERE l.session_id >= v_from_2 AND l.session_id <= v_upto_2
                    AND ((s.expiry_time > 0
                          AND s.expiry_time < v_expiry_cut_off_ns)
                         OR ((s.expiry_time IS NULL
                              OR s.expiry_time <= 0)
                             AND s.time_created < v_age_cut_off_ns)
                         OR (s.operation = 'DELETE'
                             AND s.time_created < v_delete_cut_off_ns))
                  GROUP BY s.session_id, s.session_type
                ) e
                WHERE t.session_id = e.session_id
                  AND t.session_type = e.session_type
                  AND t.time_created <= e.last_end
                RETURNING CASE
                            WHEN (t.expiry_time > 0
                                  AND t.expiry_time < v_expiry_cut_off_ns)
                                 OR ((t.expiry_time IS NULL
                                      OR t.expiry_time <= 0)
                                     AND t.time_created < v_age_cut_off_ns)
                            THEN 'expired'
                            WHEN t.operation = 'DELETE'
                                 AND t.time_created < v_delete_cut_off_ns
                            THEN 'deleted'
                            ELSE 'superseded'
                          END AS reason,
                  t.session_id, t.session_type, t.operation, t.session_object, t.time_created, t.tenant_id,
                  t.expiry_time
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_session_store
                  (run_id, reason, session_id, session_type, operation, session_object, time_created, tenant_id,
                   expiry_time)
                SELECT v_run_id, g.reason, g.session_id, g.session_type, g.operation, g.session_object, g.time_created,
                  g.tenant_id, g.expiry_time
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE serialization_failure USING MESSAGE = 'another session changed rows of this batch';
              END IF;

              v_kept := (
                SELECT count(*)
                FROM public.cleanup_list_idn_auth_session_store l
                JOIN public.idn_auth_session_store o ON o.session_id = l.session_id
                WHERE l.session_id >= v_from_2 AND l.session_id <= v_upto_2) + (
                SELECT count(*)
                FROM public.cleanup_list_idn_auth_session_store l
                JOIN public.idn_auth_temp_session_store o ON o.session_id = l.session_id
                WHERE l.session_id >= v_from_2 AND l.session_id <= v_upto_2);

              -- Follow: this run removed the last row of its session, and none is in either store
              WITH gone AS (
                DELETE FROM public.idn_auth_user_session_mapping c
                USING public.cleanup_list_idn_auth_session_store l
                WHERE c.session_id = l.session_id
                  AND l.session_id >= v_from_2 AND l.session_id <= v_upto_2
                  AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = l.session_id)
                  AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = l.session_id)
                RETURNING c.user_id, c.session_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_user_session_mapping
                  (run_id, reason, user_id, session_id)
                SELECT v_run_id, 'session_gone', g.user_id, g.session_id
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted > 0 THEN
                UPDATE public.cleanup_run_step
                SET deleted = deleted + v_deleted
                WHERE run_id = v_run_id AND table_name = 'idn_auth_user_session_mapping';
                INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
                VALUES (v_run_id, 'idn_auth_user_session_mapping', 'session_gone', v_deleted)
                ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
              END IF;

              -- Follow: this run removed the last row of its session, and none is in either store
              WITH gone AS (
                DELETE FROM public.idn_auth_session_app_info c
                USING public.cleanup_list_idn_auth_session_store l
                WHERE c.session_id = l.session_id
                  AND l.session_id >= v_from_2 AND l.session_id <= v_upto_2
                  AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = l.session_id)
                  AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = l.session_id)
                RETURNING c.session_id, c.subject, c.app_id, c.inbound_auth_type
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_session_app_info
                  (run_id, reason, session_id, subject, app_id, inbound_auth_type)
                SELECT v_run_id, 'session_gone', g.session_id, g.subject, g.app_id, g.inbound_auth_type
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted > 0 THEN
                UPDATE public.cleanup_run_step
                SET deleted = deleted + v_deleted
                WHERE run_id = v_run_id AND table_name = 'idn_auth_session_app_info';
                INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
                VALUES (v_run_id, 'idn_auth_session_app_info', 'session_gone', v_deleted)
                ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
              END IF;

              -- Follow: this run removed the last row of its session, and none is in either store
              WITH gone AS (
                DELETE FROM public.idn_auth_session_meta_data c
                USING public.cleanup_list_idn_auth_session_store l
                WHERE c.session_id = l.session_id
                  AND l.session_id >= v_from_2 AND l.session_id <= v_upto_2
                  AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = l.session_id)
                  AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = l.session_id)
                RETURNING c.session_id, c.property_type, c.value
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_session_meta_data
                  (run_id, reason, session_id, property_type, value)
                SELECT v_run_id, 'session_gone', g.session_id, g.property_type, g.value
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted > 0 THEN
                UPDATE public.cleanup_run_step
                SET deleted = deleted + v_deleted
                WHERE run_id = v_run_id AND table_name = 'idn_auth_session_meta_data';
                INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
                VALUES (v_run_id, 'idn_auth_session_meta_data', 'session_gone', v_deleted)
                ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
              END IF;

              v_kept_now := (
                SELECT count(*)
                FROM public.cleanup_list_idn_auth_session_store l
                JOIN public.idn_auth_session_store o ON o.session_id = l.session_id
                WHERE l.session_id >= v_from_2 AND l.session_id <= v_upto_2) + (
                SELECT count(*)
                FROM public.cleanup_list_idn_auth_session_store l
                JOIN public.idn_auth_temp_session_store o ON o.session_id = l.session_id
                WHERE l.session_id >= v_from_2 AND l.session_id <= v_upto_2);
              IF v_kept_now <> v_kept THEN
                RAISE serialization_failure USING MESSAGE = 'another session brought back what was to be gone';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['expired', 'deleted', 'superseded'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 3 THEN
            -- Choose: the dead rows of the listed range by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto_3 := (
                SELECT max(k.session_id)
                FROM (
                  SELECT l.session_id FROM public.cleanup_sighting_idn_auth_user_session_mapping l WHERE l.session_id >= v_from_3 ORDER BY l.session_id LIMIT v_span
                ) k
              );
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT 1 AS reason
                FROM public.cleanup_sighting_idn_auth_user_session_mapping l
                JOIN public.idn_auth_user_session_mapping t ON t.session_id = l.session_id
                WHERE l.session_id >= v_from_3 AND l.session_id <= v_upto_3
                  AND ((EXISTS (SELECT 1 FROM public.cleanup_sighting_idn_auth_user_session_mapping n
                          WHERE n.session_id = t.session_id AND n.first_seen < v_sighting_cut_off))
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id))
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_auth_user_session_mapping t
                USING public.cleanup_sighting_idn_auth_user_session_mapping l
                WHERE t.session_id = l.session_id
                  AND l.session_id >= v_from_3 AND l.session_id <= v_upto_3
                  AND ((EXISTS (SELECT 1 FROM public.cleanup_sighting_idn_auth_user_session_mapping n
                          WHERE n.session_id = t.session_id AND n.first_seen < v_sighting_cut_off))
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id))
                RETURNING 'orphaned' AS reason,
                  t.user_id, t.session_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_user_session_mapping
                  (run_id, reason, user_id, session_id)
                SELECT v_run_id, g.reason, g.user_id, g.session_id
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE EXCEPTION 'only % of % dead rows of % could be deleted', v_deleted, v_dead, v_table
                  USING HINT = 'A trigger or a rule of that table may keep them.';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['orphaned'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 4 THEN
            -- Choose: the dead rows of the listed range by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto_4 := (
                SELECT max(k.session_id)
                FROM (
                  SELECT l.session_id FROM public.cleanup_sighting_idn_auth_session_app_info l WHERE l.session_id >= v_from_4 ORDER BY l.session_id LIMIT v_span
                ) k
              );
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT 1 AS reason
                FROM public.cleanup_sighting_idn_auth_session_app_info l
                JOIN public.idn_auth_session_app_info t ON t.session_id = l.session_id
                WHERE l.session_id >= v_from_4 AND l.session_id <= v_upto_4
                  AND ((EXISTS (SELECT 1 FROM public.cleanup_sighting_idn_auth_session_app_info n
                          WHERE n.session_id = t.session_id AND n.first_seen < v_sighting_cut_off))
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id))
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_auth_session_app_info t
                USING public.cleanup_sighting_idn_auth_session_app_info l
                WHERE t.session_id = l.session_id
                  AND l.session_id >= v_from_4 AND l.session_id <= v_upto_4
                  AND ((EXISTS (SELECT 1 FROM public.cleanup_sighting_idn_auth_session_app_info n
                          WHERE n.session_id = t.session_id AND n.first_seen < v_sighting_cut_off))
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id))
                RETURNING 'orphaned' AS reason,
                  t.session_id, t.subject, t.app_id, t.inbound_auth_type
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_session_app_info
                  (run_id, reason, session_id, subject, app_id, inbound_auth_type)
                SELECT v_run_id, g.reason, g.session_id, g.subject, g.app_id, g.inbound_auth_type
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE EXCEPTION 'only % of % dead rows of % could be deleted', v_deleted, v_dead, v_table
                  USING HINT = 'A trigger or a rule of that table may keep them.';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['orphaned'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 5 THEN
            -- Choose: the dead rows of the listed range by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto_5 := (
                SELECT max(k.session_id)
                FROM (
                  SELECT l.session_id FROM public.cleanup_sighting_idn_auth_session_meta_data l WHERE l.session_id >= v_from_5 ORDER BY l.session_id LIMIT v_span
                ) k
              );
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT 1 AS reason
                FROM public.cleanup_sighting_idn_auth_session_meta_data l
                JOIN public.idn_auth_session_meta_data t ON t.session_id = l.session_id
                WHERE l.session_id >= v_from_5 AND l.session_id <= v_upto_5
                  AND ((EXISTS (SELECT 1 FROM public.cleanup_sighting_idn_auth_session_meta_data n
                          WHERE n.session_id = t.session_id AND n.first_seen < v_sighting_cut_off))
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id))
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_auth_session_meta_data t
                USING public.cleanup_sighting_idn_auth_session_meta_data l
                WHERE t.session_id = l.session_id
                  AND l.session_id >= v_from_5 AND l.session_id <= v_upto_5
                  AND ((EXISTS (SELECT 1 FROM public.cleanup_sighting_idn_auth_session_meta_data n
                          WHERE n.session_id = t.session_id AND n.first_seen < v_sighting_cut_off))
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_session_store o WHERE o.session_id = t.session_id)
                       AND NOT EXISTS (SELECT 1 FROM public.idn_auth_temp_session_store o WHERE o.session_id = t.session_id))
                RETURNING 'orphaned' AS reason,
                  t.session_id, t.property_type, t.value
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_auth_session_meta_data
                  (run_id, reason, session_id, property_type, value)
                SELECT v_run_id, g.reason, g.session_id, g.property_type, g.value
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE EXCEPTION 'only % of % dead rows of % could be deleted', v_deleted, v_dead, v_table
                  USING HINT = 'A trigger or a rule of that table may keep them.';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['orphaned'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
        END CASE;

        v_batch_ms := extract(epoch FROM clock_timestamp() - v_batch_began) * 1000;
        UPDATE public.cleanup_run_step
        SET seen = seen + v_seen, deleted = deleted + v_dead,
            batches = batches + 1, longest_batch_ms = greatest(longest_batch_ms, v_batch_ms)
        WHERE run_id = v_run_id AND table_name = v_table;

        v_failures := 0;
        CASE v_step
          WHEN 1 THEN
            v_from_1 := (SELECT min(l.session_id) FROM public.cleanup_list_idn_auth_temp_session_store l WHERE l.session_id > v_upto_1);
            v_more := v_from_1 IS NOT NULL;
          WHEN 2 THEN
            v_from_2 := (SELECT min(l.session_id) FROM public.cleanup_list_idn_auth_session_store l WHERE l.session_id > v_upto_2);
            v_more := v_from_2 IS NOT NULL;
          WHEN 3 THEN
            v_from_3 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_user_session_mapping l WHERE l.session_id > v_upto_3);
            v_more := v_from_3 IS NOT NULL;
          WHEN 4 THEN
            v_from_4 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_session_app_info l WHERE l.session_id > v_upto_4);
            v_more := v_from_4 IS NOT NULL;
          WHEN 5 THEN
            v_from_5 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_session_meta_data l WHERE l.session_id > v_upto_5);
            v_more := v_from_5 IS NOT NULL;
        END CASE;
        -- Rows that live cost little: a range of them must not make the next batch, of dead ones, too large
        IF v_batch_ms > v_target_ms OR v_dead * 2 >= v_rows OR v_rows < 10000 THEN
          v_rows := least(v_rows * least(greatest(v_target_ms::numeric / greatest(v_batch_ms, 1), 0.5), 4), v_rows_max);
        END IF;
        -- A little less than fits, so that the next range seldom has to be counted again
        v_span := greatest(least(v_span * v_rows * 0.95 / greatest(v_seen, 1), v_span * 4), 1);
      EXCEPTION
        WHEN deadlock_detected OR lock_not_available OR serialization_failure
          OR foreign_key_violation OR restrict_violation THEN
          -- Another session was faster: the batch is undone, and tried again with half the blocks
          v_failures := v_failures + 1;
          v_rows := greatest(v_rows / 2, 1);
          v_span := greatest(v_span / 2, 1);
        WHEN query_canceled OR OTHERS THEN
          v_status := 'failed';
          v_why := left(format('error %s: %s', SQLSTATE, SQLERRM), 400);
          EXIT tables;
      END;

      IF v_failures > 0 THEN
        COMMIT;
        UPDATE public.cleanup_run_step SET retries = retries + 1 WHERE run_id = v_run_id AND table_name = v_table;
        -- What another session holds for so long is left to the next run
        IF v_failures >= 10 AND v_span = 1 THEN
          CASE v_step
            WHEN 1 THEN
              v_from_1 := (SELECT min(l.session_id) FROM public.cleanup_list_idn_auth_temp_session_store l WHERE l.session_id > v_upto_1);
              v_more := v_from_1 IS NOT NULL;
            WHEN 2 THEN
              v_from_2 := (SELECT min(l.session_id) FROM public.cleanup_list_idn_auth_session_store l WHERE l.session_id > v_upto_2);
              v_more := v_from_2 IS NOT NULL;
            WHEN 3 THEN
              v_from_3 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_user_session_mapping l WHERE l.session_id > v_upto_3);
              v_more := v_from_3 IS NOT NULL;
            WHEN 4 THEN
              v_from_4 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_session_app_info l WHERE l.session_id > v_upto_4);
              v_more := v_from_4 IS NOT NULL;
            WHEN 5 THEN
              v_from_5 := (SELECT min(l.session_id) FROM public.cleanup_sighting_idn_auth_session_meta_data l WHERE l.session_id > v_upto_5);
              v_more := v_from_5 IS NOT NULL;
          END CASE;
          v_failures := 0;
          v_passed_over := true;
        END IF;
      END IF;
    END LOOP;
  END LOOP tables;
  COMMIT;
  IF v_why = 'done' AND v_passed_over THEN
    v_why := 'done, except for rows that another session held';
  END IF;

  -- The lists are needed no more

  DELETE FROM public.cleanup_list_idn_auth_temp_session_store;
  DELETE FROM public.cleanup_list_idn_auth_session_store;
  COMMIT;

  -- Prune: backups whose retention is over, oldest runs first, in short transactions

  IF v_status = 'ended' AND NOT v_dry_run THEN
    <<backups>>
    FOREACH v_table IN ARRAY ARRAY[
      'public.cleanup_bak_idn_auth_temp_session_store',
      'public.cleanup_bak_idn_auth_session_store',
      'public.cleanup_bak_idn_auth_user_session_mapping',
      'public.cleanup_bak_idn_auth_session_app_info',
      'public.cleanup_bak_idn_auth_session_meta_data'
    ] LOOP
      LOOP
        BEGIN
          EXECUTE format(
            'DELETE FROM %1$s WHERE ctid = ANY (ARRAY(
               SELECT b.ctid FROM %1$s b JOIN %2$s r ON r.run_id = b.run_id
               WHERE r.started_at < $1 LIMIT 5000))', v_table, 'public.cleanup_run')
          USING v_started - v_retention * interval '1 day';
          GET DIAGNOSTICS v_deleted = ROW_COUNT;
        EXCEPTION WHEN query_canceled OR OTHERS THEN
          v_status := 'failed';
          v_why := left(format('error %s: %s', SQLSTATE, SQLERRM), 400);
          EXIT backups;
        END;
        COMMIT;
        EXIT WHEN v_deleted = 0;
      END LOOP;
    END LOOP backups;
  END IF;

  -- End the log

  UPDATE public.cleanup_run
  SET ended_at = clock_timestamp() AT TIME ZONE 'UTC', status = v_status, why_stopped = v_why
  WHERE run_id = v_run_id;
  COMMIT;
  PERFORM pg_advisory_unlock(c_lock);

  IF v_status = 'failed' THEN
    RAISE EXCEPTION 'cleanup_sessions stopped in run %: %', v_run_id, v_why
      USING HINT = 'Batches that were committed stay deleted and are in the log; the next run goes on where this one stopped.';
  END IF;
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_sessions', 'procedure', '43c7dcf9b91c6c73aa0dad7f0c665b01a3dc72b289cf34a8a3cf270c1d031b81',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_sessions'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
