-- cleanup_confirmation_codes: deletes old confirmation codes of account recovery.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_recovery_data when
--     retention_over: it is older than the retention, and than any validity that governs its tenant
-- This schema lacks and the procedure leaves out IDN_RECOVERY_FLOW_DATA
--
-- Every deleted row is copied in the same transaction; CALL restore_confirmation_codes(run) brings a run back.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting and are read again before every batch.
--
-- Whoever calls it needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_recovery_data
--   SELECT on idp_metadata, idp
--   SELECT, INSERT, DELETE on cleanup_bak_idn_recovery_data
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_run_reason

-- @statement procedure cleanup_confirmation_codes
CREATE OR REPLACE PROCEDURE public.cleanup_confirmation_codes()
LANGUAGE plpgsql
AS $procedure$
DECLARE
  c_lock        CONSTANT bigint := hashtextextended('public.cleanup_confirmation_codes', 0);
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
  v_block       bigint;          -- the next block of the table to look at
  v_blocks      bigint;          -- blocks of the table when its turn came
  v_span        bigint;          -- blocks per batch, as many as hold the rows of a batch
  v_rows        bigint;          -- rows per batch, steered toward the target time
  v_rows_min    bigint;
  v_from        tid;
  v_upto        tid;
  v_batch_began timestamptz;
  v_batch_ms    integer;
  v_seen        bigint;
  v_dead        bigint;
  v_reasons     bigint[];        -- dead rows of a batch by reason
  v_deleted     bigint;
  v_failures    integer;         -- tries of one batch that lost against another session
  v_passed_over boolean := false;

  -- What the rules are measured by
  v_retention_cut_off timestamp; -- UTC now, less the uncertainty of timestamps and the retention of codes
  v_grace_cut_off timestamp; -- UTC now, less the uncertainty of timestamps and 24 h
  v_code_retention_hours bigint;
  v_clock_uncertainty_hours bigint;
BEGIN
  -- Check: one run at a time, and nothing that would make a delete unsafe or a restore impossible

  -- Inside a transaction of its caller a procedure cannot commit: that shows here, before anything is held
  COMMIT;
  IF NOT pg_try_advisory_lock(c_lock) THEN
    INSERT INTO public.cleanup_run (procedure_name, started_at, ended_at, status, why_stopped, started_by)
    VALUES ('cleanup_confirmation_codes', v_started, v_started, 'skipped', 'already running', session_user);
    RETURN;
  END IF;

  BEGIN
    UPDATE public.cleanup_run
    SET status = 'crashed', why_stopped = 'its session ended before the run did', ended_at = v_started
    WHERE procedure_name = 'cleanup_confirmation_codes' AND status = 'running';

    SELECT format('%s does not fit %s any more: column %s', f.backup, f.source, s.attname) INTO v_problem
    FROM (VALUES
      ('public.idn_recovery_data', 'public.cleanup_bak_idn_recovery_data')
    ) f (source, backup)
    JOIN pg_attribute s ON s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped AND s.attgenerated = ''
    LEFT JOIN pg_attribute b ON b.attrelid = to_regclass(f.backup)
      AND b.attname = s.attname AND b.atttypid = s.atttypid AND b.atttypmod = s.atttypmod
    WHERE b.attname IS NULL
    LIMIT 1;

    v_problem := coalesce(v_problem, (
      SELECT format('%s has other columns than when this procedure was made', f.source)
      FROM (VALUES
        ('public.idn_recovery_data', 8)
      ) f (source, columns)
      WHERE f.columns <> (
        SELECT count(*) FROM pg_attribute s WHERE s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped
      )
      LIMIT 1
    ));

    v_tables := ARRAY[
      'public.idn_recovery_data'
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
        'public.idn_recovery_data', 'public.idp_metadata', 'public.idp'
      ]::regclass[]) t (hidden)
      WHERE row_security_active(t.hidden)
      LIMIT 1
    ));

    IF current_setting('session_replication_role') = 'replica' THEN
      v_problem := 'session_replication_role is replica, so foreign keys do not work in this session';
    END IF;

    SELECT
      coalesce(max(value) FILTER (WHERE name = 'code_retention_hours'), '720')::bigint,
      coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12')::bigint,
      max(value) FILTER (WHERE name = 'backup_retention_days')::integer,
      coalesce(max(value) FILTER (WHERE name = 'dry_run') = 'yes', false)
        OR coalesce(current_setting('deepclean.dry_run', true) = 'yes', false)
    INTO
      v_code_retention_hours, v_clock_uncertainty_hours,
      v_retention, v_dry_run
    FROM public.cleanup_setting
    WHERE procedure_name = 'cleanup_confirmation_codes';

    -- A stop that was asked of an earlier run is used up here
    UPDATE public.cleanup_setting
    SET value = 'no'
    WHERE procedure_name = 'cleanup_confirmation_codes' AND name = 'stop_requested' AND value = 'yes';

    v_retention_cut_off := v_started - v_clock_uncertainty_hours * interval '1 hour' - v_code_retention_hours * interval '1 hour';
    v_grace_cut_off := v_started - v_clock_uncertainty_hours * interval '1 hour' - 24 * interval '1 hour';

    v_problem := left(v_problem, 400);
    INSERT INTO public.cleanup_run
      (procedure_name, started_by, started_at, ended_at, cut_off, dry_run, status, why_stopped)
    VALUES (
      'cleanup_confirmation_codes', session_user, v_started, CASE WHEN v_problem IS NOT NULL THEN v_started END,
      v_retention_cut_off, CASE WHEN v_dry_run THEN 'yes' ELSE 'no' END,
      CASE WHEN v_problem IS NULL THEN 'running' ELSE 'failed' END, v_problem
    )
    RETURNING run_id INTO v_run_id;

    INSERT INTO public.cleanup_run_step (run_id, table_name)
    VALUES (v_run_id, 'idn_recovery_data');
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE;
  END;
  COMMIT;

  IF v_problem IS NOT NULL THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE EXCEPTION 'cleanup_confirmation_codes did not start, and nothing was deleted: %', v_problem
      USING HINT = 'Run "deepclean install-procs" again, and read what it says about this table.';
  END IF;

  -- Purge: table by table, in short transactions along the table's blocks

  <<tables>>
  FOR v_step IN 1..1 LOOP
    CASE v_step
      WHEN 1 THEN
        v_table := 'idn_recovery_data';
        v_block := 0;
        v_blocks := pg_relation_size('public.idn_recovery_data'::regclass) / current_setting('block_size')::bigint;
        v_more := v_blocks > 0;
    END CASE;
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
      -- One snapshot per batch: a row that changed since is not deleted but makes the batch start over, and no foreign
      -- key cascades to a row that the batch did not see
      COMMIT;
      SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

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
        WHERE procedure_name = 'cleanup_confirmation_codes';
        IF v_why <> 'done' THEN
          v_status := 'stopped';
          EXIT tables;
        END IF;

        v_rows := least(CASE WHEN v_failures = 0 THEN greatest(v_rows, v_rows_min) ELSE v_rows END, v_rows_max);
        v_batch_began := clock_timestamp();
        v_from := format('(%s,0)', v_block)::tid;
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
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN t.time_created < v_retention_cut_off
                              AND NOT EXISTS (
                                    SELECT 1 FROM public.idp_metadata o
                                    WHERE strpos(o.name, 'ExpiryTime') > 0
                                      AND EXISTS (
                                            SELECT 1 FROM public.idp o2
                                            WHERE o2.id = o.idp_id
                                              AND o2.name = 'LOCAL')
                                      AND (extract(epoch FROM v_grace_cut_off - t.time_created) / 60 >
                                          CASE WHEN o.value ~ '^[0-9]{1,18}$'
                                            THEN o.value::bigint END) IS NOT TRUE
                                      AND (o.tenant_id = t.tenant_id OR NOT EXISTS (
                                        SELECT 1 FROM public.idp_metadata o2
                                        WHERE strpos(o2.name, 'ExpiryTime') > 0
                                          AND EXISTS (
                                                SELECT 1 FROM public.idp o3
                                                WHERE o3.id = o2.idp_id
                                                  AND o3.name = 'LOCAL')
                                          AND o2.tenant_id = t.tenant_id
                                          AND o2.name = o.name)))
                         THEN 1
                         ELSE 0
                       END AS reason
                FROM public.idn_recovery_data t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_recovery_data t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (t.time_created < v_retention_cut_off
                       AND NOT EXISTS (
                             SELECT 1 FROM public.idp_metadata o
                             WHERE strpos(o.name, 'ExpiryTime') > 0
                               AND EXISTS (
                                     SELECT 1 FROM public.idp o2
                                     WHERE o2.id = o.idp_id
                                       AND o2.name = 'LOCAL')
                               AND (extract(epoch FROM v_grace_cut_off - t.time_created) / 60 >
                                   CASE WHEN o.value ~ '^[0-9]{1,18}$'
                                     THEN o.value::bigint END) IS NOT TRUE
                               AND (o.tenant_id = t.tenant_id OR NOT EXISTS (
                                 SELECT 1 FROM public.idp_metadata o2
                                 WHERE strpos(o2.name, 'ExpiryTime') > 0
                                   AND EXISTS (
                                         SELECT 1 FROM public.idp o3
                                         WHERE o3.id = o2.idp_id
                                           AND o3.name = 'LOCAL')
                                   AND o2.tenant_id = t.tenant_id
                                   AND o2.name = o.name))))
                RETURNING 'retention_over' AS reason,
                  t.user_name, t.user_domain, t.tenant_id, t.code, t.scenario, t.step, t.time_created, t.remaining_sets
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_recovery_data
                  (run_id, reason, user_name, user_domain, tenant_id, code, scenario, step, time_created,
                   remaining_sets)
                SELECT v_run_id, g.reason, g.user_name, g.user_domain, g.tenant_id, g.code, g.scenario, g.step,
                  g.time_created, g.remaining_sets
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
                ARRAY['retention_over'],
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
        v_block := v_block + v_span;
        v_more := v_block < v_blocks;
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
          v_block := v_block + v_span;
          v_more := v_block < v_blocks;
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

  -- Prune: backups whose retention is over, oldest runs first, in short transactions

  IF v_status = 'ended' AND NOT v_dry_run THEN
    <<backups>>
    FOREACH v_table IN ARRAY ARRAY[
      'public.cleanup_bak_idn_recovery_data'
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
    RAISE EXCEPTION 'cleanup_confirmation_codes stopped in run %: %', v_run_id, v_why
      USING HINT = 'Batches that were committed stay deleted and are in the log; the next run goes on where this one stopped.';
  END IF;
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_confirmation_codes', 'procedure', 'ec152a64dd8aa5905074e72c802f99239c8a039ed62c43f111ba0030c2384ca6',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_confirmation_codes'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
