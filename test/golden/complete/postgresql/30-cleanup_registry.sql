-- cleanup_registry: deletes superseded registry log entries, what deleted resources left, and expired confirmation codes.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   reg_resource when
--     code_expired: it is a confirmation code, and every expireTime of it has passed
--   and then from reg_resource_property when
--     code_gone: its confirmation code is gone
--   and then from reg_resource_property when
--     code_gone: its confirmation code is gone
--   reg_log when
--     deleted: it says that its resource was deleted
--     superseded: its path has a newer entry
--     and in any case only when its REG_LOGGED_TIME is before the log cut off
--   reg_resource_property when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry keeps
--   reg_property when
--     unreferenced: nothing refers to it any more
--   reg_resource_tag when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry keeps
--   reg_tag when
--     unreferenced: nothing refers to it any more
--
-- Every deleted row is copied in the same transaction; CALL restore_registry(run) brings a run back.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting and are read again before every batch.
--
-- Whoever calls it needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on reg_resource, reg_property, reg_resource_property, reg_log, reg_tag, reg_resource_tag
--   SELECT on reg_path, reg_resource_history
--   SELECT, INSERT, DELETE on cleanup_list_reg_resource, cleanup_newest_reg_log, cleanup_bak_reg_resource,
--     cleanup_bak_reg_property, cleanup_bak_reg_resource_property, cleanup_bak_reg_log, cleanup_bak_reg_tag,
--     cleanup_bak_reg_resource_tag
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_run_reason

-- @statement procedure cleanup_registry
CREATE OR REPLACE PROCEDURE public.cleanup_registry()
LANGUAGE plpgsql
AS $procedure$
DECLARE
  c_lock        CONSTANT bigint := hashtextextended('public.cleanup_registry', 0);
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
  v_span        bigint;          -- blocks or listed keys per batch, as many as hold the rows of a batch
  v_rows        bigint;          -- rows per batch, steered toward the target time
  v_rows_min    bigint;
  v_from        tid;
  v_upto        tid;
  v_from_1      integer;
  v_upto_1      integer;
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
  v_log_cut_off timestamp; -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  v_code_cut_off timestamp; -- UTC now, less an hour for clocks that differ
  v_code_cut_off_ms bigint;
  v_log_minimum_age_hours bigint;
  v_clock_uncertainty_hours bigint;
  v_newest_upto_2 bigint;
BEGIN
  -- Check: one run at a time, and nothing that would make a delete unsafe or a restore impossible

  -- Inside a transaction of its caller a procedure cannot commit: that shows here, before anything is held
  COMMIT;
  IF NOT pg_try_advisory_lock(c_lock) THEN
    INSERT INTO public.cleanup_run (procedure_name, started_at, ended_at, status, why_stopped, started_by)
    VALUES ('cleanup_registry', v_started, v_started, 'skipped', 'already running', session_user);
    RETURN;
  END IF;

  BEGIN
    UPDATE public.cleanup_run
    SET status = 'crashed', why_stopped = 'its session ended before the run did', ended_at = v_started
    WHERE procedure_name = 'cleanup_registry' AND status = 'running';

    SELECT format('%s does not fit %s any more: column %s', f.backup, f.source, s.attname) INTO v_problem
    FROM (VALUES
      ('public.reg_resource', 'public.cleanup_bak_reg_resource'),
      ('public.reg_property', 'public.cleanup_bak_reg_property'),
      ('public.reg_resource_property', 'public.cleanup_bak_reg_resource_property'),
      ('public.reg_log', 'public.cleanup_bak_reg_log'),
      ('public.reg_tag', 'public.cleanup_bak_reg_tag'),
      ('public.reg_resource_tag', 'public.cleanup_bak_reg_resource_tag')
    ) f (source, backup)
    JOIN pg_attribute s ON s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped AND s.attgenerated = ''
    LEFT JOIN pg_attribute b ON b.attrelid = to_regclass(f.backup)
      AND b.attname = s.attname AND b.atttypid = s.atttypid AND b.atttypmod = s.atttypmod
    WHERE b.attname IS NULL
    LIMIT 1;

    v_problem := coalesce(v_problem, (
      SELECT format('%s has other columns than when this procedure was made', f.source)
      FROM (VALUES
        ('public.reg_resource', 12),
        ('public.reg_property', 4),
        ('public.reg_resource_property', 6),
        ('public.reg_log', 7),
        ('public.reg_tag', 5),
        ('public.reg_resource_tag', 6)
      ) f (source, columns)
      WHERE f.columns <> (
        SELECT count(*) FROM pg_attribute s WHERE s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped
      )
      LIMIT 1
    ));

    v_tables := ARRAY[
      'public.reg_resource', 'public.reg_property', 'public.reg_resource_property', 'public.reg_log', 'public.reg_tag',
      'public.reg_resource_tag'
    ];
    v_problem := coalesce(v_problem, (
      SELECT format('the foreign keys from %s to %s are not those that this procedure was made for', child, parent)
      FROM (VALUES
        ('public.reg_resource_property'::regclass, 'public.reg_property'::regclass,
          'reg_property_id', 'reg_id', 2, 'a'),
        ('public.reg_resource_property'::regclass, 'public.reg_property'::regclass,
          'reg_tenant_id', 'reg_tenant_id', 2, 'a'),
        ('public.reg_resource_tag'::regclass, 'public.reg_tag'::regclass,
          'reg_tag_id', 'reg_id', 2, 'a'),
        ('public.reg_resource_tag'::regclass, 'public.reg_tag'::regclass,
          'reg_tenant_id', 'reg_tenant_id', 2, 'a')
      ) f (child, parent, own, theirs, width, rule)
      FULL JOIN (
        SELECT DISTINCT k.conrelid::regclass, k.confrelid::regclass, a.attname::text, b.attname::text, cardinality(k.conkey),
          CASE
            WHEN to_jsonb(k) ->> 'conenforced' = 'false' THEN 'not enforced'
            WHEN EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled NOT IN ('O', 'A')) THEN 'off'
            WHEN k.confdeltype = 'r' THEN 'a'
            ELSE k.confdeltype::text
          END
        FROM pg_constraint k
        CROSS JOIN LATERAL unnest(k.conkey, k.confkey) c (own, theirs)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.own
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = c.theirs
        WHERE k.contype = 'f' AND k.confrelid = ANY (v_tables)
      ) k (child, parent, own, theirs, width, rule) USING (child, parent, own, theirs, width, rule)
      WHERE f.rule IS NULL OR k.rule IS NULL
      LIMIT 1
    ));

    v_problem := coalesce(v_problem, (
      SELECT format('row level security hides rows of %s from %s', t.hidden, current_user)
      FROM unnest(ARRAY[
        'public.reg_resource', 'public.reg_property', 'public.reg_resource_property', 'public.reg_log', 'public.reg_tag',
        'public.reg_resource_tag', 'public.reg_path', 'public.reg_resource_history'
      ]::regclass[]) t (hidden)
      WHERE row_security_active(t.hidden)
      LIMIT 1
    ));

    IF current_setting('session_replication_role') = 'replica' THEN
      v_problem := 'session_replication_role is replica, so foreign keys do not work in this session';
    END IF;

    SELECT
      coalesce(max(value) FILTER (WHERE name = 'log_minimum_age_hours'), '24')::bigint,
      coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12')::bigint,
      max(value) FILTER (WHERE name = 'backup_retention_days')::integer,
      coalesce(max(value) FILTER (WHERE name = 'dry_run') = 'yes', false)
        OR coalesce(current_setting('deepclean.dry_run', true) = 'yes', false)
    INTO
      v_log_minimum_age_hours, v_clock_uncertainty_hours,
      v_retention, v_dry_run
    FROM public.cleanup_setting
    WHERE procedure_name = 'cleanup_registry';

    -- A stop that was asked of an earlier run is used up here
    UPDATE public.cleanup_setting
    SET value = 'no'
    WHERE procedure_name = 'cleanup_registry' AND name = 'stop_requested' AND value = 'yes';

    v_log_cut_off := v_started - v_clock_uncertainty_hours * interval '1 hour' - v_log_minimum_age_hours * interval '1 hour';
    v_code_cut_off := v_started - 1 * interval '1 hour';
    v_code_cut_off_ms := floor(extract(epoch FROM v_code_cut_off) * 1000)::bigint;

    v_problem := left(v_problem, 400);
    INSERT INTO public.cleanup_run
      (procedure_name, started_by, started_at, ended_at, cut_off, dry_run, status, why_stopped)
    VALUES (
      'cleanup_registry', session_user, v_started, CASE WHEN v_problem IS NOT NULL THEN v_started END,
      v_log_cut_off, CASE WHEN v_dry_run THEN 'yes' ELSE 'no' END,
      CASE WHEN v_problem IS NULL THEN 'running' ELSE 'failed' END, v_problem
    )
    RETURNING run_id INTO v_run_id;

    INSERT INTO public.cleanup_run_step (run_id, table_name)
    VALUES (v_run_id, 'reg_resource'), (v_run_id, 'reg_property'), (v_run_id, 'reg_resource_property'),
      (v_run_id, 'reg_log'), (v_run_id, 'reg_tag'), (v_run_id, 'reg_resource_tag');
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE;
  END;
  COMMIT;

  IF v_problem IS NOT NULL THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE EXCEPTION 'cleanup_registry did not start, and nothing was deleted: %', v_problem
      USING HINT = 'Run "deepclean install-procs" again, and read what it says about this table.';
  END IF;

  -- Purge: table by table, in short transactions along the table's blocks or a list of what is dead

  <<tables>>
  FOR v_step IN 1..6 LOOP
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
      WHERE procedure_name = 'cleanup_registry';
      IF v_why <> 'done' THEN
        v_status := 'stopped';
        EXIT tables;
      END IF;

      CASE v_step
        WHEN 1 THEN
          v_table := 'reg_resource';
          -- What is dead, found once a run; the rule is asked again when a row is deleted
          DELETE FROM public.cleanup_list_reg_resource;
          INSERT INTO public.cleanup_list_reg_resource (reg_version, reg_tenant_id, reg_path_id, reg_name)
          SELECT DISTINCT t.reg_version, t.reg_tenant_id, t.reg_path_id, t.reg_name
          FROM public.reg_resource t
          WHERE t.reg_name IS NOT NULL
                AND EXISTS (
                      SELECT 1 FROM public.reg_path o
                      WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id
                        AND starts_with(o.reg_path_value || '/', '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/'))
                AND (EXISTS (
                       SELECT 1 FROM public.reg_resource_property o
                       WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                         AND EXISTS (
                           SELECT 1 FROM public.reg_property o2
                           WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                             AND o2.reg_name = 'expireTime'
                             AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms))
                     OR EXISTS (
                          SELECT 1 FROM public.reg_resource_property o
                          WHERE o.reg_path_id = t.reg_path_id AND o.reg_resource_name = t.reg_name AND o.reg_tenant_id = t.reg_tenant_id
                            AND o.reg_version IS NULL
                            AND EXISTS (
                                  SELECT 1 FROM public.reg_property o2
                                  WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                    AND o2.reg_name = 'expireTime'
                                    AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms)))
                AND NOT EXISTS (
                      SELECT 1 FROM public.reg_resource_property o
                      WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                        AND EXISTS (
                          SELECT 1 FROM public.reg_property o2
                          WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                            AND o2.reg_name = 'expireTime'
                            AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE))
                AND NOT EXISTS (
                      SELECT 1 FROM public.reg_resource_property o
                      WHERE o.reg_path_id = t.reg_path_id AND o.reg_resource_name = t.reg_name AND o.reg_tenant_id = t.reg_tenant_id
                        AND o.reg_version IS NULL
                        AND EXISTS (
                              SELECT 1 FROM public.reg_property o2
                              WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                AND o2.reg_name = 'expireTime'
                                AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE));
          v_from_1 := (SELECT min(l.reg_version) FROM public.cleanup_list_reg_resource l);
          v_more := v_from_1 IS NOT NULL;
        WHEN 2 THEN
          v_table := 'reg_log';
          -- The rows that no other supersedes, found once a run
          DELETE FROM public.cleanup_newest_reg_log;
          INSERT INTO public.cleanup_newest_reg_log (reg_log_id, reg_tenant_id)
          SELECT max(t.reg_log_id), t.reg_tenant_id
          FROM public.reg_log t
          WHERE t.reg_path IS NOT NULL
          GROUP BY t.reg_path, t.reg_tenant_id;
          v_newest_upto_2 := (SELECT max(l.reg_log_id) FROM public.cleanup_newest_reg_log l);
          v_block := 0;
          v_blocks := pg_relation_size('public.reg_log'::regclass) / current_setting('block_size')::bigint;
          v_more := v_blocks > 0;
        WHEN 3 THEN
          v_table := 'reg_resource_property';
          v_block := 0;
          v_blocks := pg_relation_size('public.reg_resource_property'::regclass) / current_setting('block_size')::bigint;
          v_more := v_blocks > 0;
        WHEN 4 THEN
          v_table := 'reg_property';
          v_block := 0;
          v_blocks := pg_relation_size('public.reg_property'::regclass) / current_setting('block_size')::bigint;
          v_more := v_blocks > 0;
        WHEN 5 THEN
          v_table := 'reg_resource_tag';
          v_block := 0;
          v_blocks := pg_relation_size('public.reg_resource_tag'::regclass) / current_setting('block_size')::bigint;
          v_more := v_blocks > 0;
        WHEN 6 THEN
          v_table := 'reg_tag';
          v_block := 0;
          v_blocks := pg_relation_size('public.reg_tag'::regclass) / current_setting('block_size')::bigint;
          v_more := v_blocks > 0;
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
      IF v_step IN (1) THEN
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
        WHERE procedure_name = 'cleanup_registry';
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
        -- A foreign key that is checked at COMMIT would fail where nothing handles it
        SET CONSTRAINTS ALL IMMEDIATE;
        -- A crash may undo the last batches, each as a whole; the end of the run is on disk before the call returns
        SET LOCAL synchronous_commit = off;

        CASE v_step
          WHEN 1 THEN
            -- Choose: the dead rows of the listed range by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto_1 := (
                SELECT max(k.reg_version)
                FROM (
                  SELECT l.reg_version FROM public.cleanup_list_reg_resource l WHERE l.reg_version >= v_from_1 ORDER BY l.reg_version LIMIT v_span
                ) k
              );
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT 1 AS reason
                FROM public.cleanup_list_reg_resource l
                JOIN public.reg_resource t ON t.reg_version = l.reg_version
                  AND t.reg_tenant_id = l.reg_tenant_id
                WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1
                  AND (t.reg_name IS NOT NULL
                       AND EXISTS (
                             SELECT 1 FROM public.reg_path o
                             WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id
                               AND starts_with(o.reg_path_value || '/', '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/'))
                       AND (EXISTS (
                              SELECT 1 FROM public.reg_resource_property o
                              WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                                AND EXISTS (
                                  SELECT 1 FROM public.reg_property o2
                                  WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                    AND o2.reg_name = 'expireTime'
                                    AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms))
                            OR EXISTS (
                                 SELECT 1 FROM public.reg_resource_property o
                                 WHERE o.reg_path_id = t.reg_path_id AND o.reg_resource_name = t.reg_name AND o.reg_tenant_id = t.reg_tenant_id
                                   AND o.reg_version IS NULL
                                   AND EXISTS (
                                         SELECT 1 FROM public.reg_property o2
                                         WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                           AND o2.reg_name = 'expireTime'
                                           AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms)))
                       AND NOT EXISTS (
                             SELECT 1 FROM public.reg_resource_property o
                             WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                               AND EXISTS (
                                 SELECT 1 FROM public.reg_property o2
                                 WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                   AND o2.reg_name = 'expireTime'
                                   AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE))
                       AND NOT EXISTS (
                             SELECT 1 FROM public.reg_resource_property o
                             WHERE o.reg_path_id = t.reg_path_id AND o.reg_resource_name = t.reg_name AND o.reg_tenant_id = t.reg_tenant_id
                               AND o.reg_version IS NULL
                               AND EXISTS (
                                     SELECT 1 FROM public.reg_property o2
                                     WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                       AND o2.reg_name = 'expireTime'
                                       AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE)))
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              -- What another session removed since is not this run's, nor is what refers to it
              DELETE FROM public.cleanup_list_reg_resource l
              WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1
                AND NOT EXISTS (SELECT 1 FROM public.reg_resource t WHERE t.reg_version = l.reg_version
                  AND t.reg_tenant_id = l.reg_tenant_id);
              WITH gone AS (
                DELETE FROM public.reg_resource t
                USING public.cleanup_list_reg_resource l
                WHERE t.reg_version = l.reg_version
                  AND t.reg_tenant_id = l.reg_tenant_id
                  AND l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1
                  AND (t.reg_name IS NOT NULL
                       AND EXISTS (
                             SELECT 1 FROM public.reg_path o
                             WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id
                               AND starts_with(o.reg_path_value || '/', '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/'))
                       AND (EXISTS (
                              SELECT 1 FROM public.reg_resource_property o
                              WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                                AND EXISTS (
                                  SELECT 1 FROM public.reg_property o2
                                  WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                    AND o2.reg_name = 'expireTime'
                                    AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms))
                            OR EXISTS (
                                 SELECT 1 FROM public.reg_resource_property o
                                 WHERE o.reg_path_id = t.reg_path_id AND o.reg_resource_name = t.reg_name AND o.reg_tenant_id = t.reg_tenant_id
                                   AND o.reg_version IS NULL
                                   AND EXISTS (
                                         SELECT 1 FROM public.reg_property o2
                                         WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                           AND o2.reg_name = 'expireTime'
                                           AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms)))
                       AND NOT EXISTS (
                             SELECT 1 FROM public.reg_resource_property o
                             WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                               AND EXISTS (
                                 SELECT 1 FROM public.reg_property o2
                                 WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                   AND o2.reg_name = 'expireTime'
                                   AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE))
                       AND NOT EXISTS (
                             SELECT 1 FROM public.reg_resource_property o
                             WHERE o.reg_path_id = t.reg_path_id AND o.reg_resource_name = t.reg_name AND o.reg_tenant_id = t.reg_tenant_id
                               AND o.reg_version IS NULL
                               AND EXISTS (
                                     SELECT 1 FROM public.reg_property o2
                                     WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                                       AND o2.reg_name = 'expireTime'
                                       AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$' THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE)))
                RETURNING 'code_expired' AS reason,
                  t.reg_path_id, t.reg_name, t.reg_version, t.reg_media_type, t.reg_creator, t.reg_created_time,
                  t.reg_last_updator, t.reg_last_updated_time, t.reg_description, t.reg_content_id, t.reg_tenant_id,
                  t.reg_uuid
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_resource
                  (run_id, reason, reg_path_id, reg_name, reg_version, reg_media_type, reg_creator, reg_created_time,
                   reg_last_updator, reg_last_updated_time, reg_description, reg_content_id, reg_tenant_id, reg_uuid)
                SELECT v_run_id, g.reason, g.reg_path_id, g.reg_name, g.reg_version, g.reg_media_type, g.reg_creator,
                  g.reg_created_time, g.reg_last_updator, g.reg_last_updated_time, g.reg_description, g.reg_content_id,
                  g.reg_tenant_id, g.reg_uuid
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE serialization_failure USING MESSAGE = 'another session changed rows of this batch';
              END IF;

              v_kept := (
                SELECT count(*)
                FROM public.cleanup_list_reg_resource l
                JOIN public.reg_resource o ON o.reg_version = l.reg_version
                  AND o.reg_tenant_id = l.reg_tenant_id
                WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1) + (
                SELECT count(*)
                FROM public.cleanup_list_reg_resource l
                JOIN public.reg_resource_history o ON o.reg_version = l.reg_version
                  AND o.reg_tenant_id = l.reg_tenant_id
                WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1) + (
                SELECT count(*)
                FROM public.cleanup_list_reg_resource l
                JOIN public.reg_resource o ON o.reg_path_id = l.reg_path_id
                  AND o.reg_name = l.reg_name
                  AND o.reg_tenant_id = l.reg_tenant_id
                WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1);

              -- Follow: its confirmation code is gone
              WITH gone AS (
                DELETE FROM public.reg_resource_property c
                USING public.cleanup_list_reg_resource l
                WHERE c.reg_version = l.reg_version
                  AND c.reg_tenant_id = l.reg_tenant_id
                  AND l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1
                  AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_version = l.reg_version AND o.reg_tenant_id = l.reg_tenant_id)
                  AND NOT EXISTS (SELECT 1 FROM public.reg_resource_history o WHERE o.reg_version = l.reg_version AND o.reg_tenant_id = l.reg_tenant_id)
                  AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_path_id = c.reg_path_id AND o.reg_tenant_id = l.reg_tenant_id)
                RETURNING c.id, c.reg_property_id, c.reg_version, c.reg_path_id, c.reg_resource_name, c.reg_tenant_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_resource_property
                  (run_id, reason, id, reg_property_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
                SELECT v_run_id, 'code_gone', g.id, g.reg_property_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
                  g.reg_tenant_id
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted > 0 THEN
                UPDATE public.cleanup_run_step
                SET deleted = deleted + v_deleted
                WHERE run_id = v_run_id AND table_name = 'reg_resource_property';
                INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
                VALUES (v_run_id, 'reg_resource_property', 'code_gone', v_deleted)
                ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
              END IF;

              -- Follow: its confirmation code is gone
              WITH gone AS (
                DELETE FROM public.reg_resource_property c
                USING public.cleanup_list_reg_resource l
                WHERE c.reg_path_id = l.reg_path_id
                  AND c.reg_resource_name = l.reg_name
                  AND c.reg_tenant_id = l.reg_tenant_id
                  AND l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1
                  AND c.reg_version IS NULL
                  AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_path_id = l.reg_path_id AND o.reg_name = l.reg_name AND o.reg_tenant_id = l.reg_tenant_id)
                RETURNING c.id, c.reg_property_id, c.reg_version, c.reg_path_id, c.reg_resource_name, c.reg_tenant_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_resource_property
                  (run_id, reason, id, reg_property_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
                SELECT v_run_id, 'code_gone', g.id, g.reg_property_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
                  g.reg_tenant_id
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted > 0 THEN
                UPDATE public.cleanup_run_step
                SET deleted = deleted + v_deleted
                WHERE run_id = v_run_id AND table_name = 'reg_resource_property';
                INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
                VALUES (v_run_id, 'reg_resource_property', 'code_gone', v_deleted)
                ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
              END IF;

              v_kept_now := (
                SELECT count(*)
                FROM public.cleanup_list_reg_resource l
                JOIN public.reg_resource o ON o.reg_version = l.reg_version
                  AND o.reg_tenant_id = l.reg_tenant_id
                WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1) + (
                SELECT count(*)
                FROM public.cleanup_list_reg_resource l
                JOIN public.reg_resource_history o ON o.reg_version = l.reg_version
                  AND o.reg_tenant_id = l.reg_tenant_id
                WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1) + (
                SELECT count(*)
                FROM public.cleanup_list_reg_resource l
                JOIN public.reg_resource o ON o.reg_path_id = l.reg_path_id
                  AND o.reg_name = l.reg_name
                  AND o.reg_tenant_id = l.reg_tenant_id
                WHERE l.reg_version >= v_from_1 AND l.reg_version <= v_upto_1);
              IF v_kept_now <> v_kept THEN
                RAISE serialization_failure USING MESSAGE = 'another session brought back what was to be gone';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['code_expired'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 2 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1),
                count(*) FILTER (WHERE d.reason = 2)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN (t.reg_logged_time < v_log_cut_off) IS NOT TRUE THEN 0
                         WHEN t.reg_action = 7 THEN 1
                         WHEN t.reg_path IS NOT NULL AND t.reg_log_id <= v_newest_upto_2
                              AND NOT EXISTS (SELECT 1 FROM public.cleanup_newest_reg_log n WHERE n.reg_log_id = t.reg_log_id AND n.reg_tenant_id = t.reg_tenant_id)
                         THEN 2
                         ELSE 0
                       END AS reason
                FROM public.reg_log t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.reg_log t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (t.reg_logged_time < v_log_cut_off
                       AND (t.reg_action = 7
                            OR (t.reg_path IS NOT NULL AND t.reg_log_id <= v_newest_upto_2
                                AND NOT EXISTS (SELECT 1 FROM public.cleanup_newest_reg_log n WHERE n.reg_log_id = t.reg_log_id AND n.reg_tenant_id = t.reg_tenant_id))))
                RETURNING CASE
                            WHEN t.reg_action = 7 THEN 'deleted'
                            WHEN t.reg_path IS NOT NULL AND t.reg_log_id <= v_newest_upto_2
                                 AND NOT EXISTS (SELECT 1 FROM public.cleanup_newest_reg_log n WHERE n.reg_log_id = t.reg_log_id AND n.reg_tenant_id = t.reg_tenant_id)
                            THEN 'superseded'
                          END AS reason,
                  t.reg_log_id, t.reg_path, t.reg_user_id, t.reg_logged_time, t.reg_action, t.reg_action_data,
                  t.reg_tenant_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_log
                  (run_id, reason, reg_log_id, reg_path, reg_user_id, reg_logged_time, reg_action, reg_action_data,
                   reg_tenant_id)
                SELECT v_run_id, g.reason, g.reg_log_id, g.reg_path, g.reg_user_id, g.reg_logged_time, g.reg_action,
                  g.reg_action_data, g.reg_tenant_id
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
                ARRAY['deleted', 'superseded'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 3 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN t.reg_tenant_id IS NOT NULL
                              AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                              AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                              AND NOT EXISTS (SELECT 1 FROM public.reg_resource_history o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                         THEN 1
                         ELSE 0
                       END AS reason
                FROM public.reg_resource_property t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.reg_resource_property t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (t.reg_tenant_id IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                       AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                       AND NOT EXISTS (SELECT 1 FROM public.reg_resource_history o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id))
                RETURNING 'resource_gone' AS reason,
                  t.id, t.reg_property_id, t.reg_version, t.reg_path_id, t.reg_resource_name, t.reg_tenant_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_resource_property
                  (run_id, reason, id, reg_property_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
                SELECT v_run_id, g.reason, g.id, g.reg_property_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
                  g.reg_tenant_id
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
                ARRAY['resource_gone'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 4 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN NOT EXISTS (SELECT 1 FROM public.reg_resource_property o WHERE o.reg_property_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id) THEN 1
                         ELSE 0
                       END AS reason
                FROM public.reg_property t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.reg_property t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (NOT EXISTS (SELECT 1 FROM public.reg_resource_property o WHERE o.reg_property_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id))
                RETURNING 'unreferenced' AS reason,
                  t.reg_id, t.reg_name, t.reg_value, t.reg_tenant_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_property
                  (run_id, reason, reg_id, reg_name, reg_value, reg_tenant_id)
                SELECT v_run_id, g.reason, g.reg_id, g.reg_name, g.reg_value, g.reg_tenant_id
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
                ARRAY['unreferenced'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 5 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN t.reg_tenant_id IS NOT NULL
                              AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                              AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                              AND NOT EXISTS (SELECT 1 FROM public.reg_resource_history o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                         THEN 1
                         ELSE 0
                       END AS reason
                FROM public.reg_resource_tag t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.reg_resource_tag t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (t.reg_tenant_id IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                       AND NOT EXISTS (SELECT 1 FROM public.reg_resource o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                       AND NOT EXISTS (SELECT 1 FROM public.reg_resource_history o WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id))
                RETURNING 'resource_gone' AS reason,
                  t.id, t.reg_tag_id, t.reg_version, t.reg_path_id, t.reg_resource_name, t.reg_tenant_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_resource_tag
                  (run_id, reason, id, reg_tag_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
                SELECT v_run_id, g.reason, g.id, g.reg_tag_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
                  g.reg_tenant_id
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
                ARRAY['resource_gone'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 6 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN NOT EXISTS (SELECT 1 FROM public.reg_resource_tag o WHERE o.reg_tag_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id) THEN 1
                         ELSE 0
                       END AS reason
                FROM public.reg_tag t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.reg_tag t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (NOT EXISTS (SELECT 1 FROM public.reg_resource_tag o WHERE o.reg_tag_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id))
                RETURNING 'unreferenced' AS reason,
                  t.reg_id, t.reg_tag_name, t.reg_user_id, t.reg_tagged_time, t.reg_tenant_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_reg_tag
                  (run_id, reason, reg_id, reg_tag_name, reg_user_id, reg_tagged_time, reg_tenant_id)
                SELECT v_run_id, g.reason, g.reg_id, g.reg_tag_name, g.reg_user_id, g.reg_tagged_time, g.reg_tenant_id
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
                ARRAY['unreferenced'],
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
            v_from_1 := (SELECT min(l.reg_version) FROM public.cleanup_list_reg_resource l WHERE l.reg_version > v_upto_1);
            v_more := v_from_1 IS NOT NULL;
          WHEN 2 THEN
            v_block := v_block + v_span;
            v_more := v_block < v_blocks;
          WHEN 3 THEN
            v_block := v_block + v_span;
            v_more := v_block < v_blocks;
          WHEN 4 THEN
            v_block := v_block + v_span;
            v_more := v_block < v_blocks;
          WHEN 5 THEN
            v_block := v_block + v_span;
            v_more := v_block < v_blocks;
          WHEN 6 THEN
            v_block := v_block + v_span;
            v_more := v_block < v_blocks;
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
              v_from_1 := (SELECT min(l.reg_version) FROM public.cleanup_list_reg_resource l WHERE l.reg_version > v_upto_1);
              v_more := v_from_1 IS NOT NULL;
            WHEN 2 THEN
              v_block := v_block + v_span;
              v_more := v_block < v_blocks;
            WHEN 3 THEN
              v_block := v_block + v_span;
              v_more := v_block < v_blocks;
            WHEN 4 THEN
              v_block := v_block + v_span;
              v_more := v_block < v_blocks;
            WHEN 5 THEN
              v_block := v_block + v_span;
              v_more := v_block < v_blocks;
            WHEN 6 THEN
              v_block := v_block + v_span;
              v_more := v_block < v_blocks;
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

  DELETE FROM public.cleanup_list_reg_resource;
  DELETE FROM public.cleanup_newest_reg_log;
  COMMIT;

  -- Prune: backups whose retention is over, oldest runs first, in short transactions

  IF v_status = 'ended' AND NOT v_dry_run THEN
    <<backups>>
    FOREACH v_table IN ARRAY ARRAY[
      'public.cleanup_bak_reg_resource',
      'public.cleanup_bak_reg_property',
      'public.cleanup_bak_reg_resource_property',
      'public.cleanup_bak_reg_log',
      'public.cleanup_bak_reg_tag',
      'public.cleanup_bak_reg_resource_tag'
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
    RAISE EXCEPTION 'cleanup_registry stopped in run %: %', v_run_id, v_why
      USING HINT = 'Batches that were committed stay deleted and are in the log; the next run goes on where this one stopped.';
  END IF;
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_registry', 'procedure', '95a7224d0f107a8d24bfff4038bcccd2c6b75a35804ae2fb78a47dd0174534d3',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_registry'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
