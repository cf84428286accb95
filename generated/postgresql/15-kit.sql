-- The kit: what the cleanups of this schema have in common. Version 4. Installed once, after 10-support-tables.sql.
--
-- A cleanup calls, in this order
--   cleanup_begin     one run at a time; a crashed predecessor; does the schema fit?; settings; the log
--   cleanup_prune     copies whose retention is over
--   for each table
--     cleanup_open    where the walk begins: at the first block, or where an earlier run had to stop
--     cleanup_next    ends the last transaction and begins the next: lock, settings, window, budget, stop, rest, fit
--     cleanup_look    before a batch, once a second: how the server is
--     cleanup_done    after a batch: the log, and the size of the next batch
--     cleanup_failed  after a batch that was rolled back: try a smaller one, pass a row over, or stop
--   cleanup_prove     whether what was deleted is judged once more
--   cleanup_end       the run's last word
-- A restore calls
--   cleanup_begin_restore  no cleanup, and no other restore of it, meanwhile; does the schema fit?; the log
--   for each table
--     cleanup_kept_parts   which rows come back together
--     cleanup_put_back     ends the transaction that put rows back, and begins the next
--   cleanup_end_restore    the restore's last word
--
-- Only one run of a cleanup works at a time, or one restore of what it deleted. It locks the row of that cleanup in
-- cleanup_lock in each of its transactions, and the row names it. A crash, a cancel or a kill ends the transaction and
-- so frees the row: nothing is left behind, and nothing lives in a session. Between two transactions, for some
-- microseconds, nobody holds the row. A start that finds it free there looks again several times before it takes the
-- run for crashed. Should it be wrong even so, the older run sees that the row names another run, and stops. At no time
-- do two of them delete.

-- The run that may delete.
-- @statement table cleanup_lock
CREATE TABLE IF NOT EXISTS public.cleanup_lock (
  procedure_name varchar(64) PRIMARY KEY,
  run_id         bigint
);
-- @end

-- Where a run stopped before it reached the end of a table. The next run goes on there.
-- @statement table cleanup_position
CREATE TABLE IF NOT EXISTS public.cleanup_position (
  procedure_name varchar(64) NOT NULL,
  table_name     varchar(64) NOT NULL,
  place          bigint      NOT NULL,
  PRIMARY KEY (procedure_name, table_name)
);
-- @end

-- Rows that a run passed over, and why.
-- @statement table cleanup_run_error
CREATE TABLE IF NOT EXISTS public.cleanup_run_error (
  run_id     bigint       NOT NULL,
  table_name varchar(64)  NOT NULL,
  row_key    varchar(400) NOT NULL,
  error      varchar(400) NOT NULL,
  PRIMARY KEY (run_id, table_name, row_key)
);
-- @end

-- Who made a run rest, and for how long, beside what its duty asks for.
-- @statement table cleanup_run_rest
CREATE TABLE IF NOT EXISTS public.cleanup_run_rest (
  run_id  bigint       NOT NULL,
  cause   varchar(40)  NOT NULL,
  rest_ms bigint       NOT NULL,
  detail  varchar(400) NOT NULL,                   -- as it was last
  PRIMARY KEY (run_id, cause)
);
-- @end

-- What became of the copies of a run that were judged once more. All is well if copies = logged and wrong = 0.
-- @statement table cleanup_run_proof
CREATE TABLE IF NOT EXISTS public.cleanup_run_proof (
  run_id     bigint      NOT NULL,
  table_name varchar(64) NOT NULL,
  logged     bigint      NOT NULL,                 -- rows that the log says were deleted
  copies     bigint      NOT NULL,                 -- rows that are kept of this run
  wrong      bigint      NOT NULL,                 -- those of them that cannot have been dead
  PRIMARY KEY (run_id, table_name)
);
-- @end

-- What a kit of another version left: its types and the routines that take them, which would stand beside those below
-- under the same names. A cleanup that was made for it fails at its start, and is to be installed again.
-- @statement drop kits of other versions
DO $other$
DECLARE
  v_type    record;
  v_routine regprocedure;
BEGIN
  FOR v_type IN
    SELECT t.typname, t.oid, t.typarray
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = 'public'
      AND t.typname NOT IN ('cleanup_state_v4', 'cleanup_source_v4')
      AND regexp_replace(t.typname, '_v[0-9]+$', '') IN (
        regexp_replace('cleanup_state_v4', '_v[0-9]+$', ''),
        regexp_replace('cleanup_source_v4', '_v[0-9]+$', ''))
      AND t.typname ~ '_v[0-9]+$'
    ORDER BY t.typname DESC                        -- a state has sources
  LOOP
    FOR v_routine IN
      SELECT p.oid
      FROM pg_proc p
      WHERE p.proargtypes::oid[] && ARRAY[v_type.oid, v_type.typarray]
          AND position('Shared by the cleanups of deepclean; their log is cleanup_run.' IN p.prosrc) > 0
    LOOP
      EXECUTE format('DROP ROUTINE %s', v_routine);
    END LOOP;
    EXECUTE format('DROP TYPE %I.%I', 'public', v_type.typname);
    DELETE FROM public.cleanup_object WHERE object_kind = 'type' AND object_name = v_type.typname;
  END LOOP;
END
$other$;
-- @end

-- What a cleanup knows of a table, from when it was made.
-- A type is never recreated under its name: sessions that know it would fail until they end.
-- @statement type cleanup_source_v4
DO $type$
BEGIN
  IF to_regtype('public.cleanup_source_v4') IS NULL THEN
    CREATE TYPE public.cleanup_source_v4 AS (
      table_name   text,
      backup       text,                       -- the table that keeps its deleted rows; NULL: none
      columns      integer,                    -- NULL: no row is deleted from it, but its rows count
      foreign_keys text[]                      -- those that refer to tables from which rows are deleted
    );
  END IF;
END
$type$;
-- @end

-- What the routines hand on to each other during a run.
-- @statement type cleanup_state_v4
DO $type$
BEGIN
  IF to_regtype('public.cleanup_state_v4') IS NULL THEN
    CREATE TYPE public.cleanup_state_v4 AS (
      procedure_name text,
      run_id         bigint,                    -- NULL: another run is going on
      started        timestamp,                 -- UTC, as all times here
      budget_began   timestamptz,
      sources        public.cleanup_source_v4[],
      settings       jsonb,
      dry_run        boolean,
      status         text,                      -- 'running' as long as the run may go on
      why            text,
      fit_checked    timestamptz,
      looked         timestamptz,               -- when the server was last looked at; NULL: not yet
      transactions   bigint,                    -- that others had ended by then
      wal            pg_lsn,
      quiet_looks    integer,                   -- in a row; from two on hardly anybody else works: no need to rest
      rests_for      text,                      -- why it rests in spite of that; NULL: it need not
      rests_detail   text,
      passed_over    integer,                   -- rows that another session held
      errors         integer,                   -- rows that raised an error
      table_name     text,
      one_snapshot   boolean,                   -- each batch sees the data as of its beginning
      by_list        boolean,                   -- a place is a line of the list; otherwise 2048 places are a block
      listing        boolean,                   -- the batch is the one that makes the list
      more           boolean,                   -- there is a batch: places from "place" to "place" + "span" - 1
      place          bigint,
      span           bigint,
      end_place      bigint,
      first_place    bigint,                    -- where the walk began; it goes round once
      from_tid       tid,
      upto_tid       tid,
      rows           bigint,                    -- rows per batch, steered toward the time target
      most_rows      bigint,                    -- the batch deletes nothing if it finds more rows than this
      began          timestamptz,
      target_ms      integer,
      failures       integer                    -- tries of this batch that were rolled back
    );
  END IF;
END
$type$;
-- @end

-- A setting that is a whole number; its default if there is no such row.
-- @statement function cleanup_number
CREATE OR REPLACE FUNCTION public.cleanup_number(p_run public.cleanup_state_v4, p_name text, p_default bigint)
RETURNS bigint
LANGUAGE sql IMMUTABLE
AS $function$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT CASE
    WHEN p_run.settings ->> p_name ~ '^[0-9]{1,15}$' THEN (p_run.settings ->> p_name)::bigint
    ELSE p_default
  END
$function$;
-- @end

-- How the live schema differs from the one that a cleanup was made for; NULL if it does not.
-- Without this a row could be deleted that is not copied as a whole, or that takes uncopied rows with it.
-- @statement function cleanup_misfit
CREATE OR REPLACE FUNCTION public.cleanup_misfit(p_sources public.cleanup_source_v4[]) RETURNS text
LANGUAGE sql STABLE
AS $function$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
  WITH source AS (
    SELECT s.*, to_regclass(format('%I.%I', 'public', s.table_name)) AS live,
      CASE WHEN s.backup IS NOT NULL THEN to_regclass(format('%I.%I', 'public', s.backup)) END AS copies
    FROM unnest(p_sources) s
  )
  SELECT left(min(problem), 400)
  FROM (
    SELECT format('%s or its backup table is missing', s.table_name) AS problem
    FROM source s
    WHERE s.live IS NULL OR s.backup IS NOT NULL AND s.copies IS NULL
    UNION ALL
    SELECT format('%s does not fit %s any more: column %s', s.backup, s.table_name, a.attname)
    FROM source s
    JOIN pg_attribute a ON a.attrelid = s.live AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    LEFT JOIN pg_attribute b ON b.attrelid = s.copies AND b.attname = a.attname
    -- An audit has not all columns
    WHERE s.copies IS NOT NULL AND CASE
      WHEN b.attname IS NULL THEN NOT starts_with(s.backup, 'cleanup_audit_')
      ELSE b.atttypid <> a.atttypid OR b.atttypmod <> a.atttypmod
    END
    UNION ALL
    SELECT format('%s has other columns than when this procedure was made', s.table_name)
    FROM source s
    WHERE s.columns <> (
      SELECT count(*) FROM pg_attribute a WHERE a.attrelid = s.live AND a.attnum > 0 AND NOT a.attisdropped)
    UNION ALL
    SELECT format('the foreign keys of %s are not those that this procedure was made for: %s', child, foreign_key)
    FROM (
      SELECT s.live AS child, k AS foreign_key FROM source s CROSS JOIN LATERAL unnest(s.foreign_keys) k
    ) made
    FULL JOIN (
      SELECT DISTINCT k.conrelid::regclass AS child, format('%s -> %s (%s) %s', c.own, p.relname, c.theirs,
        CASE
          WHEN to_jsonb(k) ->> 'conenforced' = 'false' THEN 'NOT ENFORCED'
          WHEN EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled NOT IN ('O', 'A'))
            THEN 'OFF'
          WHEN k.confdeltype = 'c' THEN 'CASCADE'
          WHEN k.confdeltype = 'n' THEN 'SET NULL'
          WHEN k.confdeltype = 'd' THEN 'SET DEFAULT'
          ELSE 'NO ACTION'
        END) AS foreign_key
      FROM pg_constraint k
      JOIN pg_class p ON p.oid = k.confrelid
      CROSS JOIN LATERAL (
        SELECT string_agg(a.attname, ', ' ORDER BY n) AS own, string_agg(b.attname, ', ' ORDER BY n) AS theirs
        FROM unnest(k.conkey, k.confkey) WITH ORDINALITY u (own, theirs, n)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.theirs
      ) c
      WHERE k.contype = 'f' AND k.confrelid IN (SELECT s.live FROM source s WHERE s.columns IS NOT NULL)
    ) live USING (child, foreign_key)
    WHERE made.child IS NULL OR live.child IS NULL
    UNION ALL
    SELECT CASE
      WHEN c.relkind NOT IN ('r', 'p') THEN format('%s is no table any more, so rows may be hidden', s.table_name)
      ELSE format('row level security hides rows of %s from %s', s.table_name, current_user)
    END
    FROM source s
    JOIN pg_class c ON c.oid = s.live
    WHERE c.relkind NOT IN ('r', 'p') OR row_security_active(s.live)
    UNION ALL
    -- Where deletes are published, the server refuses to delete from a table without an identity for its rows
    SELECT format('%s has no replica identity, and publication %s publishes its deletes', c.oid::regclass, b.pubname)
    FROM pg_publication b
    JOIN pg_publication_tables p ON p.pubname = b.pubname
    JOIN pg_class c ON c.oid = to_regclass(format('%I.%I', p.schemaname, p.tablename))
    WHERE b.pubdelete AND c.relreplident <> 'f'
      AND EXISTS (SELECT 1 FROM source s WHERE s.columns IS NOT NULL AND c.oid IN (s.live, s.copies))
      AND NOT EXISTS (
        SELECT 1 FROM pg_index i
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
          AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END)
    UNION ALL
    SELECT 'session_replication_role is replica, so foreign keys do not work in this session'
    WHERE current_setting('session_replication_role') = 'replica'
  ) problems
$function$;
-- @end

-- Takes the lock of a cleanup for a run of it, or for a restore. Afterwards p_holder says who has it, or is NULL.
-- @statement procedure cleanup_take_lock
CREATE OR REPLACE PROCEDURE public.cleanup_take_lock(
  p_cleanup text, p_procedure text, p_kit_version integer, INOUT p_holder text)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_run_id bigint;                                 -- the run or restore that had it last
  v_free   integer := 0;
  v_held   integer := 0;
BEGIN
  IF p_kit_version <> 4 THEN
    RAISE EXCEPTION '% did not start: it was made for version % of the kit, and this is version %',
      p_procedure, p_kit_version, 4
      USING HINT = 'Run "deepclean install-procs" again for all cleanups.';
  END IF;
  -- Inside a transaction of its caller a procedure cannot commit: that shows here, before anything is done
  COMMIT;
  INSERT INTO public.cleanup_lock (procedure_name) VALUES (p_cleanup) ON CONFLICT DO NOTHING;

  LOOP
    BEGIN
      PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = p_cleanup FOR UPDATE NOWAIT;
      v_free := v_free + 1;
    EXCEPTION WHEN lock_not_available THEN
      v_free := 0;
      v_held := v_held + 1;
    END;
    SELECT r.run_id, concat_ws(': ', 'already running', r.started_by) INTO v_run_id, p_holder
    FROM public.cleanup_lock l
    LEFT JOIN public.cleanup_run r ON r.run_id = l.run_id AND r.status = 'running'
    WHERE l.procedure_name = p_cleanup;
    EXIT WHEN v_free = 5 OR v_held = 5 OR v_free > 0 AND v_run_id IS NULL;
    -- Held, but perhaps by a session that is just ending; or free while a run is not over, which may have crashed
    -- or be just between two transactions: look again
    COMMIT;
    PERFORM pg_sleep(0.02);
  END LOOP;
  IF v_free > 0 THEN
    p_holder := NULL;
    UPDATE public.cleanup_run
    SET status = 'crashed', ended_at = clock_timestamp() AT TIME ZONE 'UTC',
        why_stopped = 'its session ended, or was cancelled, before it was over'
    WHERE run_id = v_run_id;
  END IF;
END
$procedure$;
-- @end

-- Begins a run. Afterwards p_run.run_id is NULL if another run is going on, or a restore.
-- @statement procedure cleanup_begin
CREATE OR REPLACE PROCEDURE public.cleanup_begin(
  INOUT p_run public.cleanup_state_v4, p_procedure text, p_kit_version integer, p_dry_run boolean,
  p_sources public.cleanup_source_v4[])
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_caller   text := format('%s, session %s', session_user, pg_backend_pid());
  v_holder   text;
  v_source   public.cleanup_source_v4;
  v_is_taken boolean;
  v_problem  text;
BEGIN
  p_run.started := clock_timestamp() AT TIME ZONE 'UTC';
  CALL public.cleanup_take_lock(p_procedure, p_procedure, p_kit_version, v_holder);
  IF v_holder IS NOT NULL THEN
    INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, ended_at, status, why_stopped)
    VALUES (p_procedure, v_caller, p_run.started, p_run.started, 'skipped', v_holder);
    RETURN;
  END IF;

  v_problem := public.cleanup_misfit(p_sources);
  p_run.procedure_name := p_procedure;
  p_run.sources := p_sources;
  p_run.settings := public.cleanup_settings(p_procedure);
  p_run.dry_run := p_dry_run OR p_run.settings ->> 'dry_run' = 'yes';
  p_run.status := 'running';
  p_run.why := 'done';
  p_run.fit_checked := clock_timestamp();
  p_run.passed_over := 0;
  p_run.errors := 0;
  -- Clear a stop request left over from an earlier run
  UPDATE public.cleanup_setting
  SET value = 'no'
  WHERE procedure_name = p_procedure AND name = 'stop_requested' AND value = 'yes';
  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, ended_at, dry_run, status, why_stopped)
  VALUES (p_procedure, v_caller, p_run.started, CASE WHEN v_problem IS NOT NULL THEN p_run.started END,
    CASE WHEN p_run.dry_run THEN 'yes' ELSE 'no' END,
    CASE WHEN v_problem IS NULL THEN 'running' ELSE 'failed' END, v_problem)
  RETURNING run_id INTO p_run.run_id;
  INSERT INTO public.cleanup_run_step (run_id, table_name)
  SELECT p_run.run_id, s.table_name FROM unnest(p_sources) s WHERE s.columns IS NOT NULL;
  UPDATE public.cleanup_lock SET run_id = p_run.run_id WHERE procedure_name = p_procedure;

  -- Rows that are kept under this number or a later one could not be told from those of this run
  FOREACH v_source IN ARRAY p_sources LOOP
    CONTINUE WHEN v_problem IS NOT NULL OR v_source.backup IS NULL;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I WHERE run_id >= $1)', 'public', v_source.backup)
    INTO v_is_taken USING p_run.run_id;
    IF v_is_taken THEN
      v_problem := format('kept rows have run number %s or a later one, since the log was lost', p_run.run_id);
      UPDATE public.cleanup_run
      SET ended_at = p_run.started, status = 'failed', why_stopped = v_problem
      WHERE run_id = p_run.run_id;
    END IF;
  END LOOP;
  COMMIT;
  p_run.budget_began := clock_timestamp();

  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start, and nothing was deleted: %', p_procedure, v_problem
      USING HINT = 'Run "deepclean install-procs" again, and read what it says about this table.';
  END IF;
END
$procedure$;
-- @end

-- The settings of a cleanup as they are now. A missing row has its default.
-- @statement function cleanup_settings
CREATE OR REPLACE FUNCTION public.cleanup_settings(p_procedure text) RETURNS jsonb
LANGUAGE sql STABLE
AS $function$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
  SELECT jsonb_build_object(
    'rests_during_vacuum', 'no',
    'window', 'always',
    'enabled', 'yes',
    'prove_after', 'no',
    'stop_requested', 'no',
    'dry_run', 'no'
  ) || coalesce((
    SELECT jsonb_object_agg(s.name, s.value) FROM public.cleanup_setting s WHERE s.procedure_name = p_procedure), '{}')
$function$;
-- @end

-- Turns to a table: from its first block, or from where an earlier run had to stop. With a list, the list comes first.
-- p_one_snapshot: each batch sees the data as of its beginning; if not, each statement sees what is committed by then.
-- @statement procedure cleanup_open
CREATE OR REPLACE PROCEDURE public.cleanup_open(
  INOUT p_run public.cleanup_state_v4, p_table text, p_by_list boolean, p_listing boolean, p_one_snapshot boolean)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
BEGIN
  p_run.table_name := p_table;
  p_run.by_list := p_by_list;
  p_run.listing := p_listing;
  p_run.one_snapshot := p_one_snapshot;
  p_run.place := 0;
  p_run.end_place := 0;
  IF p_by_list THEN
    p_run.span := 16;
  ELSE
    p_run.end_place := 2048 * (
      pg_relation_size(format('%I.%I', 'public', p_table)) / current_setting('block_size')::bigint);
    p_run.place := coalesce((
      SELECT l.place FROM public.cleanup_position l
      WHERE l.procedure_name = p_run.procedure_name AND l.table_name = p_table), 0);
    IF p_run.place >= p_run.end_place THEN         -- the table was rewritten since
      p_run.place := 0;
    END IF;
    p_run.span := 16 * 2048;
  END IF;
  p_run.first_place := p_run.place;
  p_run.rows := 1000;
  p_run.failures := 0;
END
$procedure$;
-- @end

-- The list is made, and has so many lines.
-- @statement procedure cleanup_listed
CREATE OR REPLACE PROCEDURE public.cleanup_listed(INOUT p_run public.cleanup_state_v4, p_lines bigint)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
BEGIN
  p_run.listing := false;
  p_run.failures := 0;
  IF p_run.by_list THEN
    p_run.place := 1;
    p_run.first_place := 1;
    p_run.end_place := p_lines + 1;
  END IF;
END
$procedure$;
-- @end

-- How the server is, at most once a second: whether somebody is to be spared, or hardly anybody else works. What the
-- caller may not see does not count: pg_monitor shows all of it.
-- @statement procedure cleanup_look
CREATE OR REPLACE PROCEDURE public.cleanup_look(INOUT p_run public.cleanup_state_v4)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_now          timestamptz := clock_timestamp();
  v_seconds      numeric := extract(epoch FROM v_now - p_run.looked);
  v_lag          bigint := public.cleanup_number(p_run, 'replica_lag_maximum_seconds', 10);
  v_sessions     bigint := public.cleanup_number(p_run, 'running_sessions_maximum', 0);
  v_wal_mb       bigint := public.cleanup_number(p_run, 'wal_maximum_mb_per_second', 0);
  v_hold         bigint := public.cleanup_number(p_run, 'hold_until_epoch_seconds', 0);
  v_wal          pg_lsn := pg_current_wal_insert_lsn();
  v_transactions bigint;
BEGIN
  IF p_run.looked IS NULL OR v_seconds NOT BETWEEN 0 AND 1 THEN
    -- A session counts its own transactions when it becomes idle, so these are of others; and once a second at most, so
    -- one look alone may miss them
    SELECT sum(d.xact_commit + d.xact_rollback) INTO v_transactions FROM pg_stat_database d;
    p_run.quiet_looks := CASE
      WHEN v_seconds > 0 AND (v_transactions - p_run.transactions) / v_seconds
        < public.cleanup_number(p_run, 'quiet_requests_per_second', 10)
      THEN p_run.quiet_looks + 1
      ELSE 0
    END;
    SELECT x.cause, x.detail INTO p_run.rests_for, p_run.rests_detail
    FROM (
      SELECT 'replica lag', format('replica %s is %s s behind',
        coalesce(nullif(r.application_name, ''), host(r.client_addr)), round(extract(epoch FROM r.replay_lag)))
      FROM pg_stat_replication r
      WHERE v_lag > 0 AND r.replay_lag > make_interval(secs => v_lag)
      UNION ALL
      SELECT 'running sessions', format('%s sessions are running', count(*))
      FROM pg_stat_activity a
      WHERE v_sessions > 0 AND a.state = 'active' AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
      HAVING count(*) > v_sessions
      UNION ALL
      SELECT 'WAL',
          format('%s MB of WAL were written in %s s', round((v_wal - p_run.wal) / 1048576), round(v_seconds, 1))
      WHERE v_wal_mb > 0 AND (v_wal - p_run.wal) / 1048576 > v_wal_mb * v_seconds
      UNION ALL
      SELECT 'vacuum', format('%s is being vacuumed', p_run.table_name)
      FROM pg_stat_progress_vacuum v
      WHERE p_run.settings ->> 'rests_during_vacuum' = 'yes' AND v.datname = current_database()
        AND v.relid = to_regclass(format('%I.%I', 'public', p_run.table_name))
    ) x (cause, detail)
    LIMIT 1;
    p_run.looked := v_now;
    p_run.transactions := v_transactions;
    p_run.wal := v_wal;
  END IF;
  IF v_hold > extract(epoch FROM v_now) THEN
    p_run.rests_for := 'hold';
    p_run.rests_detail := 'hold_until_epoch_seconds is not over';
  ELSIF p_run.rests_for = 'hold' THEN
    p_run.rests_for := NULL;
  END IF;
END
$procedure$;
-- @end

-- Ends the last transaction and begins the next one if the run may go on; otherwise p_run.more is false.
-- @statement procedure cleanup_next
CREATE OR REPLACE PROCEDURE public.cleanup_next(INOUT p_run public.cleanup_state_v4)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_time   text;
  v_worked numeric;                                -- seconds
  v_rested numeric := 0;
  v_rest   numeric;
BEGIN
  COMMIT;
  v_worked := coalesce(extract(epoch FROM clock_timestamp() - p_run.began), 0);
  p_run.more := false;
  IF p_run.status <> 'running' THEN
    RETURN;
  END IF;
  IF p_run.place >= p_run.end_place AND NOT p_run.listing THEN
    IF NOT p_run.by_list AND p_run.first_place > 0 THEN
      -- The walk began behind the first block: once round
      p_run.place := 0;
      p_run.end_place := p_run.first_place;
      p_run.first_place := 0;
    ELSE
      DELETE FROM public.cleanup_position WHERE procedure_name = p_run.procedure_name AND table_name = p_run.table_name;
      RETURN;
    END IF;
  END IF;

  -- Rests in proportion to the last batch and its commit, or for a moment after one that failed; and as long as
  -- somebody is to be spared, or holds it. It does so a second at a time, and looks in between whether it is to stop.
  -- Only the cleanup's own row is locked meanwhile
  LOOP
    -- Even a condition takes a snapshot, after which the level cannot be set: each branch has a COMMIT of its own
    IF p_run.one_snapshot THEN
      -- A row that another session changed meanwhile makes the delete fail, and the batch start over; and no foreign
      -- key cascades to a row that the batch did not see. So the rule need not be asked twice.
      COMMIT;
      SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    ELSE
      COMMIT;
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END IF;
    -- A crash may undo the last batches, each as a whole; the end of the run is on disk before the call returns
    SET LOCAL synchronous_commit = off;
    SET LOCAL lock_timeout = '1s';
    BEGIN
      PERFORM 1 FROM public.cleanup_lock
          WHERE procedure_name = p_run.procedure_name AND run_id = p_run.run_id FOR UPDATE;
      IF NOT FOUND THEN
        RAISE serialization_failure;
      END IF;
    EXCEPTION WHEN serialization_failure OR lock_not_available THEN
      p_run.status := 'stopped';
      p_run.why := 'another run took over';
      RETURN;
    END;

    p_run.settings := public.cleanup_settings(p_run.procedure_name);
    v_time := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'HH24:MI');
    p_run.why := CASE
      WHEN p_run.settings ->> 'enabled' = 'no' THEN 'switched off'
      WHEN p_run.settings ->> 'stop_requested' = 'yes' THEN 'stop requested'
      WHEN NOT p_run.dry_run AND p_run.settings ->> 'dry_run' = 'yes' THEN 'dry run requested'
      WHEN extract(epoch FROM clock_timestamp() - p_run.budget_began)
        >= public.cleanup_number(p_run, 'time_budget_seconds', 3600) THEN 'time budget'
      WHEN p_run.settings ->> 'window' <> 'always' AND CASE
        WHEN left(p_run.settings ->> 'window', 5) < right(p_run.settings ->> 'window', 5)
          THEN v_time < left(p_run.settings ->> 'window', 5) OR v_time >= right(p_run.settings ->> 'window', 5)
        ELSE v_time >= right(p_run.settings ->> 'window', 5) AND v_time < left(p_run.settings ->> 'window', 5)
      END THEN 'outside window'
      ELSE 'done'
    END;
    IF p_run.why <> 'done' THEN
      p_run.status := 'stopped';
      RETURN;
    END IF;

    CALL public.cleanup_look(p_run);
    v_rest := 100.0 / greatest(1, public.cleanup_number(p_run, 'duty_percent', 25)) - 1;
    v_rest := CASE WHEN p_run.quiet_looks > 1 THEN 0 ELSE v_worked * v_rest END;
    v_rest := greatest(v_rest, public.cleanup_number(p_run, 'pause_ms', 0) / 1000.0);
    v_rest := CASE WHEN p_run.failures > 0 THEN 0.05 ELSE least(v_rest, 60) END - v_rested;
    EXIT WHEN v_rest <= 0 AND p_run.rests_for IS NULL;
    v_rest := CASE WHEN p_run.rests_for IS NULL THEN least(v_rest, 1) ELSE 1 END;
    INSERT INTO public.cleanup_run_rest AS l (run_id, cause, rest_ms, detail)
    SELECT p_run.run_id, p_run.rests_for, v_rest * 1000, p_run.rests_detail
    WHERE p_run.rests_for IS NOT NULL
    ON CONFLICT (run_id, cause) DO UPDATE SET rest_ms = l.rest_ms + excluded.rest_ms, detail = excluded.detail;
    v_rested := v_rested + v_rest;
    BEGIN
      PERFORM pg_sleep(v_rest);
    EXCEPTION WHEN query_canceled THEN
      p_run.status := 'stopped';
      p_run.why := 'interrupted';
      RETURN;
    END;
  END LOOP;

  -- The schema may change under a long run
  IF clock_timestamp() > p_run.fit_checked + interval '2 seconds' OR p_run.failures > 0 THEN
    p_run.fit_checked := clock_timestamp();
    p_run.why := coalesce(public.cleanup_misfit(p_run.sources), 'done');
    IF p_run.why <> 'done' THEN
      p_run.status := 'failed';
      RETURN;
    END IF;
  END IF;

  p_run.more := true;
  p_run.began := clock_timestamp();
  IF p_run.listing THEN
    RETURN;
  END IF;
  p_run.target_ms := public.cleanup_number(p_run, 'batch_target_ms', 50);
  IF p_run.failures = 0 THEN
    p_run.rows := greatest(p_run.rows, public.cleanup_number(p_run, 'batch_rows_minimum', 50));
  END IF;
  p_run.rows := least(p_run.rows, public.cleanup_number(p_run, 'batch_rows_maximum', 200000));
  IF p_run.by_list THEN
    p_run.most_rows := CASE WHEN p_run.span > 1 THEN p_run.rows END;
  ELSE
    p_run.most_rows := CASE WHEN p_run.span > 2048 THEN p_run.rows END;
    p_run.from_tid := format('(%s,%s)', p_run.place / 2048, p_run.place % 2048)::tid;
    p_run.upto_tid := format('(%s,%s)', (p_run.place + p_run.span) / 2048, (p_run.place + p_run.span) % 2048)::tid;
  END IF;

  -- Waits are shorter than deadlock_timeout, 1 s by default: in a deadlock the batch gives up, not the product
  IF p_run.failures > 0 THEN
    SET LOCAL lock_timeout = '100ms';
  ELSE
    SET LOCAL lock_timeout = '300ms';
  END IF;
  -- A foreign key that is checked at COMMIT would fail where nothing handles it
  SET CONSTRAINTS ALL IMMEDIATE;
  -- Plans that do not depend on the size of the tables: along blocks or a list, then look-ups by index
  SET LOCAL plan_cache_mode = force_generic_plan;
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_bitmapscan = off;
  SET LOCAL jit = off;
END
$procedure$;
-- @end

-- After a batch: writes it into the log and steers the size of the next one. Raises an error unless all dead rows went.
-- p_reasons: dead rows by reason; p_others: rows of other tables that went with them.
-- @statement procedure cleanup_done
CREATE OR REPLACE PROCEDURE public.cleanup_done(
  INOUT p_run public.cleanup_state_v4, p_seen bigint, p_deleted bigint, p_reasons jsonb, p_others jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_dead bigint := coalesce((SELECT sum(r.value::bigint) FROM jsonb_each_text(p_reasons) r), 0);
  v_ms   integer := extract(epoch FROM clock_timestamp() - p_run.began) * 1000;
BEGIN
  IF p_seen > p_run.most_rows THEN                 -- too many rows, and left alone: the same again with a smaller span
    p_run.span := floor(p_run.span * p_run.rows * 0.95 / p_seen);
    p_run.span := CASE WHEN p_run.by_list THEN greatest(p_run.span, 1) ELSE greatest(p_run.span / 2048, 1) * 2048 END;
    RETURN;
  END IF;
  IF p_deleted <> v_dead AND NOT p_run.dry_run AND NOT p_run.one_snapshot THEN
    RAISE serialization_failure USING MESSAGE = 'another session changed rows of this batch';
  ELSIF p_deleted <> v_dead AND NOT p_run.dry_run THEN
    RAISE EXCEPTION 'only % of % dead rows of % could be deleted', p_deleted, v_dead, p_run.table_name
      USING HINT = 'A trigger or a rule of that table may keep them.';
  END IF;

  UPDATE public.cleanup_run_step s
  SET seen = s.seen + p_seen, deleted = s.deleted + v_dead, batches = s.batches + 1,
      longest_batch_ms = greatest(s.longest_batch_ms, v_ms)
  WHERE s.run_id = p_run.run_id AND s.table_name = p_run.table_name;
  INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
  SELECT p_run.run_id, p_run.table_name, r.key, r.value::bigint
  FROM jsonb_each_text(p_reasons) r
  ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
  UPDATE public.cleanup_run_step s
  SET deleted = s.deleted + c.value::bigint
  FROM jsonb_each_text(p_others) c
  WHERE s.run_id = p_run.run_id AND s.table_name = c.key AND c.value <> '0';

  p_run.failures := 0;
  p_run.place := p_run.place + p_run.span;
  IF NOT p_run.by_list AND NOT p_run.dry_run THEN
    INSERT INTO public.cleanup_position AS l (procedure_name, table_name, place)
    VALUES (p_run.procedure_name, p_run.table_name, p_run.place)
    ON CONFLICT (procedure_name, table_name) DO UPDATE SET place = excluded.place;
  END IF;

  -- Scanning live rows is cheap: a range of them must not make the next batch, of dead ones, too large
  IF v_ms > p_run.target_ms OR v_dead * 2 >= p_run.rows OR p_run.rows < 10000 THEN
    p_run.rows := p_run.rows * least(greatest(p_run.target_ms::numeric / greatest(v_ms, 1), 0.5), 4);
  END IF;
  p_run.span := greatest(least(p_run.span * p_run.rows * 0.95 / greatest(p_seen, 1), p_run.span * 4), 1);
  IF NOT p_run.by_list AND p_run.span > 2048 THEN  -- whole blocks
    p_run.span := p_run.span / 2048 * 2048 + (2048 - p_run.place % 2048) % 2048;
  END IF;
END
$procedure$;
-- @end

-- After a statement that deleted what only belonged to deleted rows: writes it into the log.
-- @statement procedure cleanup_followed
CREATE OR REPLACE PROCEDURE public.cleanup_followed(
  p_run public.cleanup_state_v4, p_table text, p_reason text, p_deleted bigint)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
BEGIN
  IF p_deleted > 0 THEN
    UPDATE public.cleanup_run_step s
    SET deleted = s.deleted + p_deleted
    WHERE s.run_id = p_run.run_id AND s.table_name = p_table;
    INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
    VALUES (p_run.run_id, p_table, p_reason, p_deleted)
    ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
  END IF;
END
$procedure$;
-- @end

-- After a batch that was rolled back. If another session was in the way, or a row raised an error: the same again with
-- half the places, down to a single one, which is then passed over. Anything else ends the run.
-- @statement procedure cleanup_failed
CREATE OR REPLACE PROCEDURE public.cleanup_failed(
  INOUT p_run public.cleanup_state_v4, p_sqlstate text, p_message text, p_row text)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_busy  boolean := p_sqlstate IN ('40001', '40P01', '55P03', '23001', '23503');
  v_error text := left(format('error %s: %s', p_sqlstate, p_message), 400);
BEGIN
  -- A row's own fault: data exceptions, constraints, and what a trigger raises
  IF NOT v_busy AND (left(p_sqlstate, 2) NOT IN ('22', '23', '27', '44', 'P0') OR p_run.listing) THEN
    p_run.status := CASE WHEN p_sqlstate = '57014' THEN 'stopped' ELSE 'failed' END;
    p_run.why := CASE WHEN p_sqlstate = '57014' THEN 'interrupted' ELSE v_error END;
    RETURN;
  END IF;

  UPDATE public.cleanup_run_step s
  SET retries = s.retries + 1
  WHERE s.run_id = p_run.run_id AND s.table_name = p_run.table_name;
  IF p_run.listing OR p_run.span > 1 THEN
    p_run.failures := p_run.failures + 1;
    p_run.rows := greatest(p_run.rows / 2, 1);
    p_run.span := greatest(p_run.span / 2, 1);
    IF p_run.failures > 100 THEN
      p_run.status := 'failed';
      p_run.why := v_error;
    END IF;
    RETURN;
  END IF;

  IF v_busy THEN
    p_run.passed_over := p_run.passed_over + 1;
  ELSE
    p_run.errors := p_run.errors + 1;
    IF p_run.errors > 100 THEN
      p_run.status := 'failed';
      p_run.why := left(format('too many rows raise errors, such as %s', v_error), 400);
      RETURN;
    END IF;
    INSERT INTO public.cleanup_run_error (run_id, table_name, row_key, error)
    VALUES (p_run.run_id, p_run.table_name, left(coalesce(p_row, '?'), 400), v_error)
    ON CONFLICT DO NOTHING;
  END IF;
  p_run.place := p_run.place + 1;
  p_run.failures := 0;
END
$procedure$;
-- @end

-- Copies whose retention is over. They go first: a run that its budget or window ends early, night after night, would
-- never come to them. Only the caller knows which tables those are, so the statement is put together here.
-- @statement procedure cleanup_prune
CREATE OR REPLACE PROCEDURE public.cleanup_prune(INOUT p_run public.cleanup_state_v4)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_oldest  timestamp := p_run.started
    - public.cleanup_number(p_run, 'backup_retention_days', 30) * interval '1 day';
  v_source  public.cleanup_source_v4;
  v_deleted bigint;
BEGIN
  IF p_run.dry_run OR NOT EXISTS (SELECT FROM public.cleanup_run r WHERE r.started_at < v_oldest) THEN
    RETURN;
  END IF;
  FOREACH v_source IN ARRAY p_run.sources LOOP
    CONTINUE WHEN v_source.backup IS NULL;
    p_run.table_name := v_source.backup;
    p_run.by_list := true;
    p_run.listing := false;
    p_run.place := 0;
    p_run.end_place := 1;
    p_run.failures := 0;
    LOOP
      p_run.span := 1;
      CALL public.cleanup_next(p_run);
      EXIT WHEN NOT p_run.more;
      BEGIN
        EXECUTE format('DELETE FROM %1$I.%2$I WHERE ctid = ANY (ARRAY(
          SELECT b.ctid FROM %1$I.%2$I b JOIN %3$s r ON r.run_id = b.run_id WHERE r.started_at < $1 LIMIT 5000))',
          'public', v_source.backup, 'public.cleanup_run') USING v_oldest;
        GET DIAGNOSTICS v_deleted = ROW_COUNT;
        EXIT WHEN v_deleted = 0;
      EXCEPTION WHEN query_canceled OR OTHERS THEN
        CALL public.cleanup_failed(p_run, SQLSTATE, SQLERRM, NULL);
      END;
    END LOOP;
  END LOOP;
END
$procedure$;
-- @end

-- Behind the last table: p_run.more says whether the copies of the run are to be judged once more, and are not yet.
-- Then a transaction has begun in which no restore and no other run begins. A run that was interrupted or failed has
-- its last word.
-- @statement procedure cleanup_prove
CREATE OR REPLACE PROCEDURE public.cleanup_prove(INOUT p_run public.cleanup_state_v4)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
BEGIN
  COMMIT;
  p_run.more := false;
  p_run.listing := true;                           -- any error ends the run
  p_run.settings := public.cleanup_settings(p_run.procedure_name);
  IF p_run.dry_run OR p_run.settings ->> 'prove_after' <> 'yes' OR p_run.status NOT IN ('running', 'stopped')
    OR p_run.why IN ('interrupted', 'another run took over')
    OR EXISTS (SELECT FROM public.cleanup_run_proof WHERE run_id = p_run.run_id)
  THEN
    RETURN;
  END IF;
  PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = p_run.procedure_name AND run_id = p_run.run_id FOR UPDATE;
  IF NOT FOUND THEN
    p_run.status := 'stopped';
    p_run.why := 'another run took over';
    RETURN;
  END IF;
  p_run.more := true;
END
$procedure$;
-- @end

-- The run's last word.
-- @statement procedure cleanup_end
CREATE OR REPLACE PROCEDURE public.cleanup_end(p_run public.cleanup_state_v4)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_except text := concat_ws(' and ',
    CASE WHEN p_run.passed_over > 0 THEN 'for rows that another session held' END,
    CASE WHEN p_run.errors > 0 THEN 'for rows that raised errors' END);
  v_hint  text := 'Batches that were committed stay deleted and are in the log; the next run goes on from there.';
  v_wrong text;
BEGIN
  SET LOCAL synchronous_commit TO DEFAULT;
  -- Until its last word is said, no other run begins
  PERFORM 1 FROM public.cleanup_lock WHERE procedure_name = p_run.procedure_name AND run_id = p_run.run_id FOR UPDATE;
  IF p_run.why = 'done' AND v_except <> '' THEN
    p_run.why := 'done, except ' || v_except;
  END IF;
  IF NOT p_run.dry_run AND p_run.settings ->> 'prove_after' = 'yes' AND p_run.status IN ('running', 'stopped')
    AND NOT EXISTS (SELECT FROM public.cleanup_run_proof WHERE run_id = p_run.run_id)
  THEN
    p_run.why := left(p_run.why || ', but not proven', 400);
  END IF;
  SELECT min(CASE
    WHEN p.wrong > 0
    THEN format('%s of %s rows that it deleted from %s cannot have been dead', p.wrong, p.copies, p.table_name)
    ELSE format('it deleted %s rows from %s and kept %s of them', p.logged, p.table_name, p.copies)
  END) INTO v_wrong
  FROM public.cleanup_run_proof p
  WHERE p.run_id = p_run.run_id AND (p.wrong > 0 OR p.copies <> p.logged);
  IF v_wrong IS NOT NULL THEN
    p_run.status := 'failed';
    p_run.why := format('proof: %s; switched off until somebody looks: restore run %s', v_wrong, p_run.run_id);
    v_hint := '"deepclean restore" puts its rows back. Once that is looked at, set enabled to yes again.';
    UPDATE public.cleanup_setting SET value = 'no' WHERE procedure_name = p_run.procedure_name AND name = 'enabled';
  END IF;
  UPDATE public.cleanup_run
  SET ended_at = clock_timestamp() AT TIME ZONE 'UTC',
      status = CASE p_run.status WHEN 'running' THEN 'ended' ELSE p_run.status END,
      why_stopped = p_run.why
  WHERE run_id = p_run.run_id AND status = 'running';
  COMMIT;
  IF p_run.status = 'failed' THEN
    RAISE EXCEPTION '% stopped in run %: %', p_run.procedure_name, p_run.run_id, p_run.why USING HINT = v_hint;
  END IF;
END
$procedure$;
-- @end

-- Begins a restore of what a run of the cleanup deleted.
-- @statement procedure cleanup_begin_restore
CREATE OR REPLACE PROCEDURE public.cleanup_begin_restore(
  p_cleanup text, p_procedure text, p_kit_version integer, p_deleted_by bigint, INOUT p_run_id bigint,
  p_sources public.cleanup_source_v4[])
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
DECLARE
  v_problem text;
  v_source  public.cleanup_source_v4;
BEGIN
  CALL public.cleanup_take_lock(p_cleanup, p_procedure, p_kit_version, v_problem);
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: % or a restore is %', p_procedure, p_cleanup, v_problem
      USING HINT = 'Wait for its end. "deepclean stop" stops a cleanup; a restore ends if its query is cancelled.';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM public.cleanup_run
    WHERE run_id = p_deleted_by AND procedure_name = p_cleanup AND dry_run = 'no'
  ) THEN
    RAISE EXCEPTION '% did not start: there is no such run of % that deleted rows: %', p_procedure, p_cleanup,
        p_deleted_by
      USING HINT = 'Table cleanup_run lists the runs.';
  END IF;
  v_problem := public.cleanup_misfit(p_sources);
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: %', p_procedure, v_problem;
  END IF;

  INSERT INTO public.cleanup_run (procedure_name, started_by, started_at, status)
  VALUES (p_procedure, format('%s, session %s', session_user, pg_backend_pid()), clock_timestamp() AT TIME ZONE 'UTC',
    'running')
  RETURNING run_id INTO p_run_id;
  FOREACH v_source IN ARRAY p_sources LOOP
    CONTINUE WHEN v_source.backup IS NULL;
    EXECUTE format('INSERT INTO %s (run_id, table_name, seen) SELECT $1, $2, count(*) FROM %I.%I WHERE run_id = $3',
      'public.cleanup_run_step', 'public', v_source.backup)
    USING p_run_id, v_source.table_name, p_deleted_by;
  END LOOP;
  -- What is left of a run could be the older rows of a session whose newer ones are gone
  SELECT min(format('of %s, %s rows are kept of %s that run %s deleted', s.table_name, s.seen, d.deleted, d.run_id))
  INTO v_problem
  FROM public.cleanup_run_step s
  JOIN public.cleanup_run_step d ON d.run_id = p_deleted_by AND d.table_name = s.table_name
  WHERE s.run_id = p_run_id AND s.seen < d.deleted;
  IF v_problem IS NOT NULL THEN
    RAISE EXCEPTION '% did not start: %', p_procedure, v_problem
      USING HINT = 'Its copies were pruned, at least in part. What is left is kept until it is pruned, too.';
  END IF;
  UPDATE public.cleanup_lock SET run_id = p_run_id WHERE procedure_name = p_cleanup;
  CALL public.cleanup_put_back(p_run_id, NULL, 0, NULL);
END
$procedure$;
-- @end

-- The rows of a backup table that come back together, by what numbers them: the highest keys first, since of a session,
-- or a path, the newest row must not come back after the older ones; 2000 rows, and all that share the first column of
-- the key, so that a session is never in part there. Only the caller knows the table, so the statement is put together
-- here.
-- @statement function cleanup_kept_parts
CREATE OR REPLACE FUNCTION public.cleanup_kept_parts(p_backup text, p_number text, p_key text, p_deleted_by bigint)
RETURNS SETOF bigint[]
LANGUAGE plpgsql STABLE
AS $function$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
BEGIN
  RETURN QUERY EXECUTE format('SELECT array_agg(k.kept_row)
    FROM (
      SELECT b.%2$s AS kept_row, (rank() OVER (ORDER BY b.%3$s DESC) - 1) / 2000 AS part
      FROM %4$I.%1$I b
      WHERE b.run_id = $1
    ) k
    GROUP BY k.part
    ORDER BY k.part', p_backup, p_number, p_key, 'public') USING p_deleted_by;
END
$function$;
-- @end

-- Ends the transaction that put so many rows back, and begins the next, in which no run begins either. p_error: what
-- undid it, or NULL.
-- @statement procedure cleanup_put_back
CREATE OR REPLACE PROCEDURE public.cleanup_put_back(p_run_id bigint, p_table text, p_rows bigint, p_error text)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
BEGIN
  UPDATE public.cleanup_run_step
  SET restored = restored + p_rows, batches = batches + 1
  WHERE run_id = p_run_id AND table_name = p_table AND p_rows > 0 AND p_error IS NULL;
  UPDATE public.cleanup_run
  SET ended_at = clock_timestamp() AT TIME ZONE 'UTC', status = 'failed', why_stopped = left(p_error, 400)
  WHERE run_id = p_run_id AND p_error IS NOT NULL;
  COMMIT;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  IF p_error IS NOT NULL THEN
    RAISE EXCEPTION '%', p_error USING HINT = 'What is back stays back. Call the restore again: it goes on.';
  END IF;
  PERFORM 1 FROM public.cleanup_lock WHERE run_id = p_run_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another run took over' USING HINT = 'What is back stays back. Call the restore again: it goes on.';
  END IF;
  -- A foreign key that is checked at COMMIT would fail here, where nothing handles it
  SET CONSTRAINTS ALL IMMEDIATE;
  SET LOCAL lock_timeout = '10s';
  -- Look-ups by index, whatever the size of the tables
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_bitmapscan = off;
  SET LOCAL jit = off;
END
$procedure$;
-- @end

-- The restore's last word.
-- @statement procedure cleanup_end_restore
CREATE OR REPLACE PROCEDURE public.cleanup_end_restore(p_run_id bigint, p_deleted_by bigint)
LANGUAGE plpgsql
AS $procedure$
-- Shared by the cleanups of deepclean; their log is cleanup_run.
BEGIN
  UPDATE public.cleanup_run
  SET ended_at = clock_timestamp() AT TIME ZONE 'UTC', status = 'ended',
      why_stopped = (
        SELECT format('run %s: %s rows restored, %s left alone', p_deleted_by, sum(s.restored),
            sum(s.seen - s.restored))
        FROM public.cleanup_run_step s
        WHERE s.run_id = p_run_id)
  WHERE run_id = p_run_id AND status = 'running';
  COMMIT;
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('table', 'cleanup_lock',
    'a4f1ce27f06d47a0149dd2194c3e3fce0b86cd7d8450012e733b17d4f54a1237');
CALL public.cleanup_register('table', 'cleanup_position',
    'cc8d0b6348a2acf17cd23befa3bf99ce0b017d22332890113d29c9a4e5747dcd');
CALL public.cleanup_register('table', 'cleanup_run_error',
    '203064d14f2c13b44db6a4d774a1bb956691454a16cca6db56ee5e94329dc063');
CALL public.cleanup_register('table', 'cleanup_run_rest',
    '18cb5becfba7d5bbc009cee4e34609333eecd11ecd5c100298484c88746900d7');
CALL public.cleanup_register('table', 'cleanup_run_proof',
    '54e8e212ebc44a4bb8f6337ea67a050d96787020a2c3cf1ea77470a4aee1692d');
CALL public.cleanup_register('type', 'cleanup_source_v4',
    'e9c1a063bdef39aefbaac1327cd650c72833803250852a885f9fa8443cfbb803');
CALL public.cleanup_register('type', 'cleanup_state_v4',
    '56fbd3e1d846b3e8201146c32db514b361e1f54e2eac7d90b312d0a72ce8349b');
CALL public.cleanup_register('function', 'cleanup_number',
    '6df8e725f9cf9a3add585eba034a73f3e72637bd3ed8bcb8359196e4864489d6');
CALL public.cleanup_register('function', 'cleanup_misfit',
    'd2a54deab5094de7f011fa6ca0631bec8030a6e0dace2ae3c961d92f91f55c6a');
CALL public.cleanup_register('procedure', 'cleanup_take_lock',
    '48a2675a709e7269e6c7d005f72eed3d896592c1e5d11efe30c4132192a41fff');
CALL public.cleanup_register('procedure', 'cleanup_begin',
    'a1df9c33237794d4c547e7c94d893110677d25441c6d8858cd4064f53b97a65a');
CALL public.cleanup_register('function', 'cleanup_settings',
    'f440034fee7b6311607a5445c928750877a525fbac8e369bf4d884ea91207e20');
CALL public.cleanup_register('procedure', 'cleanup_open',
    '4ebf72efaae6ece9fbc701f8b57f21a1e29c1326cce72036bfe02cc447745d21');
CALL public.cleanup_register('procedure', 'cleanup_listed',
    '5e9eca23d260d7651c675535d5cc4742cd1bd4078d6f2d8104dc9fda18084c62');
CALL public.cleanup_register('procedure', 'cleanup_look',
    '867521d3696905766ae0787f883b57b2cfddc8e8e6b1cb5551c5f956dbc23944');
CALL public.cleanup_register('procedure', 'cleanup_next',
    '82fc23b087fcee3ba980a297b3b2fea497c29a339a890d9d10dd2643316584ae');
CALL public.cleanup_register('procedure', 'cleanup_done',
    'fafb11aae3051f9d395f98ce046b26847c9d7bfb501ee9420b24022283d9d489');
CALL public.cleanup_register('procedure', 'cleanup_followed',
    'dd4ecd26ea8e15c91f02caf3c137e058d67b3e53031c807583fb6093dfb3a798');
CALL public.cleanup_register('procedure', 'cleanup_failed',
    'a6b97dace4d48606a6f9e31311926382c9559537c2e9a2b88065fce9ffb2fc6d');
CALL public.cleanup_register('procedure', 'cleanup_prune',
    'afe8fa53992071a1f425baaacd12603ce1cdc160df9bf4696c96eece8b46c6fd');
CALL public.cleanup_register('procedure', 'cleanup_prove',
    '67dbbcad539bd244220d512712f11133de09754aaed03a8c814e96c01ac43158');
CALL public.cleanup_register('procedure', 'cleanup_end',
    '511b5472087fe74d920155a0cd845f33f2d0fa05a12b727a19ff5c082ba6c0ad');
CALL public.cleanup_register('procedure', 'cleanup_begin_restore',
    'bbf3afefe8274fa3d0420bf42b717315cc04cff10faf3a886e10a643e0a80973');
CALL public.cleanup_register('function', 'cleanup_kept_parts',
    '9992131b8a7ce5fc84c6ec107421e90d4ff67ddf25da78f5ac2f89be686339f0');
CALL public.cleanup_register('procedure', 'cleanup_put_back',
    '2facdddc657e0bfdc01f33b2594669e10da6f0beb0674266bbb5ba2e621544fd');
CALL public.cleanup_register('procedure', 'cleanup_end_restore',
    '7df6dac76b371696a21034b1fdaf373ae1613ef1910502ef8b1bad73cfc65476');
-- @end
