-- Settings of cleanup_registry, the lists that it works by, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_registry
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_registry', 'log_minimum_age_hours', '24', 'hours', 24, 87600, NULL,
   'How old a log entry must be, because the indexer reads recent ones'),
  ('cleanup_registry', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_registry', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_registry', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_registry', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_registry', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_registry', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_registry', 'replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('cleanup_registry', 'wal_maximum_mb_per_second', '0', 'megabytes', 0, 1000000, NULL,
   'A run rests after a second in which the server wrote more WAL than this; 0: however much'),
  ('cleanup_registry', 'rests_during_vacuum', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while the table that it cleans is being vacuumed'),
  ('cleanup_registry', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_registry', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_registry', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_registry', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_registry', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_registry', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_registry', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_registry', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_registry', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_registry', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- Names dead rows. Filled by each run for itself, and never the only reason to delete a row.
-- @statement table cleanup_dead_reg_resource
CREATE UNLOGGED TABLE IF NOT EXISTS public.cleanup_dead_reg_resource (
  run_id bigint NOT NULL,
  line bigint NOT NULL,
  removed boolean NOT NULL DEFAULT false,
  reg_version integer NOT NULL,
  reg_tenant_id integer NOT NULL,
  reg_path_id integer NULL,
  reg_name character varying(256) NULL,
  PRIMARY KEY (run_id, line)
);
-- @end

-- Names dead rows. Filled by each run for itself, and never the only reason to delete a row.
-- @statement table cleanup_dead_reg_log_superseded
CREATE UNLOGGED TABLE IF NOT EXISTS public.cleanup_dead_reg_log_superseded (
  run_id bigint NOT NULL,
  line bigint NOT NULL,
  reg_log_id integer NOT NULL,
  reg_tenant_id integer NOT NULL,
  newest integer NOT NULL,
  PRIMARY KEY (run_id, line)
);
-- @end

-- Names dead rows. Filled by each run for itself, and never the only reason to delete a row.
-- @statement table cleanup_dead_reg_log_deleted
CREATE UNLOGGED TABLE IF NOT EXISTS public.cleanup_dead_reg_log_deleted (
  run_id bigint NOT NULL,
  line bigint NOT NULL,
  reg_log_id integer NOT NULL,
  reg_tenant_id integer NOT NULL,
  PRIMARY KEY (run_id, line)
);
-- @end

-- @statement table cleanup_bak_reg_resource
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_resource (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  reg_path_id integer NULL,
  reg_name character varying(256) NULL,
  reg_version integer NOT NULL,
  reg_media_type character varying(500) NULL,
  reg_creator character varying(255) NULL,
  reg_created_time timestamp without time zone NULL,
  reg_last_updator character varying(255) NULL,
  reg_last_updated_time timestamp without time zone NULL,
  reg_description character varying(1000) NULL,
  reg_content_id integer NULL,
  reg_tenant_id integer NOT NULL,
  reg_uuid character varying(100) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_reg_property
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_property (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  reg_id integer NOT NULL,
  reg_name character varying(100) NULL,
  reg_value character varying(1000) NULL,
  reg_tenant_id integer NOT NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_reg_resource_property
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_resource_property (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  id integer NOT NULL,
  reg_property_id integer NULL,
  reg_version integer NULL,
  reg_path_id integer NULL,
  reg_resource_name character varying(256) NULL,
  reg_tenant_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_reg_log
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_log (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  reg_log_id integer NOT NULL,
  reg_path character varying(750) NULL,
  reg_user_id character varying(255) NULL,
  reg_logged_time timestamp without time zone NULL,
  reg_action integer NULL,
  reg_action_data character varying(500) NULL,
  reg_tenant_id integer NOT NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_reg_tag
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_tag (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  reg_id integer NOT NULL,
  reg_tag_name character varying(500) NULL,
  reg_user_id character varying(255) NULL,
  reg_tagged_time timestamp without time zone NULL,
  reg_tenant_id integer NOT NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_reg_resource_tag
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_resource_tag (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  id integer NOT NULL,
  reg_tag_id integer NULL,
  reg_version integer NULL,
  reg_path_id integer NULL,
  reg_resource_name character varying(256) NULL,
  reg_tenant_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now.
-- @statement log cleanup_registry
INSERT INTO public.cleanup_run (run_id, procedure_name, started_by, started_at, ended_at, status, why_stopped)
SELECT k.run_id, 'cleanup_registry', session_user, u.utc_now, u.utc_now, 'ended', 'the log of this run was lost'
FROM (
  SELECT run_id FROM public.cleanup_bak_reg_resource
  UNION
  SELECT run_id FROM public.cleanup_bak_reg_property
  UNION
  SELECT run_id FROM public.cleanup_bak_reg_resource_property
  UNION
  SELECT run_id FROM public.cleanup_bak_reg_log
  UNION
  SELECT run_id FROM public.cleanup_bak_reg_tag
  UNION
  SELECT run_id FROM public.cleanup_bak_reg_resource_tag
) k
CROSS JOIN (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
WHERE NOT EXISTS (SELECT 1 FROM public.cleanup_run r WHERE r.run_id = k.run_id);
-- @end
-- A run's number is above all in the log.
-- @statement numbers cleanup_registry
SELECT setval(s.numbers, r.newest)
FROM (SELECT pg_get_serial_sequence('public.cleanup_run', 'run_id')::regclass AS numbers) s
CROSS JOIN (
  SELECT greatest((SELECT max(run_id) FROM public.cleanup_run),
      (SELECT max(run_id) FROM public.cleanup_run_step)) AS newest
) r
WHERE r.newest > coalesce(pg_sequence_last_value(s.numbers), 0);
-- @end

-- Nobody may read here what he may not read in the product's tables: default privileges may have given more.
-- @statement privileges cleanup_registry
DO $privileges$
DECLARE
  v_given record;
BEGIN
  FOR v_given IN
    SELECT DISTINCT t.own, a.grantee
    FROM (VALUES
      ('public.cleanup_dead_reg_resource'::regclass, 'public.reg_resource'::regclass),
      ('public.cleanup_dead_reg_log_superseded'::regclass, 'public.reg_log'::regclass),
      ('public.cleanup_dead_reg_log_deleted'::regclass, 'public.reg_log'::regclass),
      ('public.cleanup_bak_reg_resource'::regclass, 'public.reg_resource'::regclass),
      ('public.cleanup_bak_reg_property'::regclass, 'public.reg_property'::regclass),
      ('public.cleanup_bak_reg_resource_property'::regclass, 'public.reg_resource_property'::regclass),
      ('public.cleanup_bak_reg_log'::regclass, 'public.reg_log'::regclass),
      ('public.cleanup_bak_reg_tag'::regclass, 'public.reg_tag'::regclass),
      ('public.cleanup_bak_reg_resource_tag'::regclass, 'public.reg_resource_tag'::regclass)
    ) t (own, source)
    JOIN pg_class c ON c.oid = t.own
    CROSS JOIN aclexplode(c.relacl) a
    WHERE a.grantee <> c.relowner AND NOT has_table_privilege(a.grantee, t.source, 'SELECT')
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %s', v_given.own,
      CASE v_given.grantee WHEN 0 THEN 'PUBLIC' ELSE v_given.grantee::regrole::text END);
  END LOOP;
END
$privileges$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('table', 'cleanup_dead_reg_resource',
    'fe91cf4b3ed64f2f85343bd03f012333c9efc5bb1a04ce6a42d008958aaab1ef');
CALL public.cleanup_register('table', 'cleanup_dead_reg_log_superseded',
    '89d5d52a06a6fabf59e2a84a47f2396b217876da9840477beb9e9fa8dd3ea102');
CALL public.cleanup_register('table', 'cleanup_dead_reg_log_deleted',
    '671f75c0b9ecd009477f656c11cd9547b2070a91e5a680dd059d7a15314a3a22');
CALL public.cleanup_register('table', 'cleanup_bak_reg_resource',
    '5dc5a18576bdd8d7cc45555961fafff006441459de5ef898ee849fd6bfd48fca');
CALL public.cleanup_register('table', 'cleanup_bak_reg_property',
    '31bff07a189c7be324d3696840f71977882e1099991387019d9e20ab292d0ce0');
CALL public.cleanup_register('table', 'cleanup_bak_reg_resource_property',
    '86715d698c8495e885a996c6e80a1302941e2da4d7e38c30590d189711e14e68');
CALL public.cleanup_register('table', 'cleanup_bak_reg_log',
    '8c34c55b44412d77a334867861952a39b13abbcd27385570fc2b85a157949f50');
CALL public.cleanup_register('table', 'cleanup_bak_reg_tag',
    'e9a0bf75e46b6906b45f613eec5d9cb165c846a4141a6101cb338f75d6bc6e39');
CALL public.cleanup_register('table', 'cleanup_bak_reg_resource_tag',
    '1126f4fc56be3c30d3678054952005049836412a907c9aa1e414157d89c3cfc1');
-- @end
