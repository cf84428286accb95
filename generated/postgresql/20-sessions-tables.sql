-- Settings of cleanup_sessions, the lists that it works by, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_sessions
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_sessions', 'expiry_grace_minutes', '120', 'minutes', 1, 525600, NULL,
   'How long after its EXPIRY_TIME a session is kept'),
  ('cleanup_sessions', 'session_age_days', '14', 'days', 1, 3650, NULL,
   'How long a session without an EXPIRY_TIME is kept after it was last stored'),
  ('cleanup_sessions', 'deleted_after_hours', '12', 'hours', 1, 8760, NULL,
   'How long a DELETE row is kept, and with it the rows of the session that it ended'),
  ('cleanup_sessions', 'orphan_sweep', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: mappings whose session is gone are deleted when two runs at least 24 h apart found them so'),
  ('cleanup_sessions', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_sessions', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_sessions', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_sessions', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_sessions', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_sessions', 'replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('cleanup_sessions', 'wal_maximum_mb_per_second', '0', 'megabytes', 0, 1000000, NULL,
   'A run rests after a second in which the server wrote more WAL than this; 0: however much'),
  ('cleanup_sessions', 'rests_during_vacuum', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while the table that it cleans is being vacuumed'),
  ('cleanup_sessions', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_sessions', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_sessions', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_sessions', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_sessions', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_sessions', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_sessions', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_sessions', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_sessions', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_sessions', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- Names dead rows. Filled by each run for itself, and never the only reason to delete a row.
-- @statement table cleanup_dead_idn_auth_temp_session_store
CREATE UNLOGGED TABLE IF NOT EXISTS public.cleanup_dead_idn_auth_temp_session_store (
  run_id bigint NOT NULL,
  line bigint NOT NULL,
  session_id character varying(100) NOT NULL,
  PRIMARY KEY (run_id, line)
);
-- @end

-- Names dead rows. Filled by each run for itself, and never the only reason to delete a row.
-- @statement table cleanup_dead_idn_auth_session_store
CREATE UNLOGGED TABLE IF NOT EXISTS public.cleanup_dead_idn_auth_session_store (
  run_id bigint NOT NULL,
  line bigint NOT NULL,
  removed boolean NOT NULL DEFAULT false,
  session_id character varying(100) NOT NULL,
  PRIMARY KEY (run_id, line)
);
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table cleanup_sighting_idn_auth_user_session_mapping
CREATE TABLE IF NOT EXISTS public.cleanup_sighting_idn_auth_user_session_mapping (
  session_id character varying(255) NOT NULL,
  first_seen timestamp NOT NULL,
  PRIMARY KEY (session_id)
);
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table cleanup_sighting_idn_auth_session_app_info
CREATE TABLE IF NOT EXISTS public.cleanup_sighting_idn_auth_session_app_info (
  session_id character varying(100) NOT NULL,
  first_seen timestamp NOT NULL,
  PRIMARY KEY (session_id)
);
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table cleanup_sighting_idn_auth_session_meta_data
CREATE TABLE IF NOT EXISTS public.cleanup_sighting_idn_auth_session_meta_data (
  session_id character varying(100) NOT NULL,
  first_seen timestamp NOT NULL,
  PRIMARY KEY (session_id)
);
-- @end

-- @statement table cleanup_bak_idn_auth_temp_session_store
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_temp_session_store (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  session_id character varying(100) NOT NULL,
  session_type character varying(100) NOT NULL,
  operation character varying(10) NOT NULL,
  session_object bytea NULL,
  time_created bigint NOT NULL,
  tenant_id integer NULL,
  expiry_time bigint NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_auth_session_store
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_session_store (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  session_id character varying(100) NOT NULL,
  session_type character varying(100) NOT NULL,
  operation character varying(10) NOT NULL,
  session_object bytea NULL,
  time_created bigint NOT NULL,
  tenant_id integer NULL,
  expiry_time bigint NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_auth_user_session_mapping
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_user_session_mapping (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  user_id character varying(255) NULL,
  session_id character varying(255) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_auth_session_app_info
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_session_app_info (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  session_id character varying(100) NOT NULL,
  subject character varying(100) NOT NULL,
  app_id integer NOT NULL,
  inbound_auth_type character varying(255) NOT NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_auth_session_meta_data
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_session_meta_data (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  session_id character varying(100) NOT NULL,
  property_type character varying(100) NOT NULL,
  value character varying(255) NOT NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now.
-- @statement log cleanup_sessions
INSERT INTO public.cleanup_run (run_id, procedure_name, started_by, started_at, ended_at, status, why_stopped)
SELECT k.run_id, 'cleanup_sessions', session_user, u.utc_now, u.utc_now, 'ended', 'the log of this run was lost'
FROM (
  SELECT run_id FROM public.cleanup_bak_idn_auth_temp_session_store
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_auth_session_store
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_auth_user_session_mapping
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_auth_session_app_info
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_auth_session_meta_data
) k
CROSS JOIN (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
WHERE NOT EXISTS (SELECT 1 FROM public.cleanup_run r WHERE r.run_id = k.run_id);
-- @end
-- A run's number is above all in the log.
-- @statement numbers cleanup_sessions
SELECT setval(s.numbers, r.newest)
FROM (SELECT pg_get_serial_sequence('public.cleanup_run', 'run_id')::regclass AS numbers) s
CROSS JOIN (
  SELECT greatest((SELECT max(run_id) FROM public.cleanup_run),
      (SELECT max(run_id) FROM public.cleanup_run_step)) AS newest
) r
WHERE r.newest > coalesce(pg_sequence_last_value(s.numbers), 0);
-- @end

-- Nobody may read here what he may not read in the product's tables: default privileges may have given more.
-- @statement privileges cleanup_sessions
DO $privileges$
DECLARE
  v_given record;
BEGIN
  FOR v_given IN
    SELECT DISTINCT t.own, a.grantee
    FROM (VALUES
      ('public.cleanup_dead_idn_auth_temp_session_store'::regclass, 'public.idn_auth_temp_session_store'::regclass),
      ('public.cleanup_dead_idn_auth_session_store'::regclass, 'public.idn_auth_session_store'::regclass),
      ('public.cleanup_sighting_idn_auth_user_session_mapping'::regclass,
          'public.idn_auth_user_session_mapping'::regclass),
      ('public.cleanup_sighting_idn_auth_session_app_info'::regclass, 'public.idn_auth_session_app_info'::regclass),
      ('public.cleanup_sighting_idn_auth_session_meta_data'::regclass, 'public.idn_auth_session_meta_data'::regclass),
      ('public.cleanup_bak_idn_auth_temp_session_store'::regclass, 'public.idn_auth_temp_session_store'::regclass),
      ('public.cleanup_bak_idn_auth_session_store'::regclass, 'public.idn_auth_session_store'::regclass),
      ('public.cleanup_bak_idn_auth_user_session_mapping'::regclass, 'public.idn_auth_user_session_mapping'::regclass),
      ('public.cleanup_bak_idn_auth_session_app_info'::regclass, 'public.idn_auth_session_app_info'::regclass),
      ('public.cleanup_bak_idn_auth_session_meta_data'::regclass, 'public.idn_auth_session_meta_data'::regclass)
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
CALL public.cleanup_register('table', 'cleanup_dead_idn_auth_temp_session_store',
    'b58a79a34b4dec826fb51e0abf58966c5d93d1d7518bc591993ca63054df9342');
CALL public.cleanup_register('table', 'cleanup_dead_idn_auth_session_store',
    '285763fd44cd6ec99776439dee7cc64091eaa15bd8000de8751c1bc87863f037');
CALL public.cleanup_register('table', 'cleanup_sighting_idn_auth_user_session_mapping',
    'bc902ef337d073681efd9c0e018e0684fb6f3d0fcf093dff557a20f3c95881ca');
CALL public.cleanup_register('table', 'cleanup_sighting_idn_auth_session_app_info',
    '5df93767eb6f091e5578172c1a6836a4f526d1d68ab76c29f4df937b83a94512');
CALL public.cleanup_register('table', 'cleanup_sighting_idn_auth_session_meta_data',
    '9852889713dbe76aada840af772507efa5cf853c46c23ef9cca65d46a1c2483b');
CALL public.cleanup_register('table', 'cleanup_bak_idn_auth_temp_session_store',
    '2fec5ad52a3b828db1a7dbc2ad10d443e4add639f3c7696d4b3ff4a33670f3fd');
CALL public.cleanup_register('table', 'cleanup_bak_idn_auth_session_store',
    'd11625c340fba9eda1acb623d61974440d70429f3c06058a4b6e82dd2c8f835a');
CALL public.cleanup_register('table', 'cleanup_bak_idn_auth_user_session_mapping',
    '13593349f09ad0d1702db8a5d6341a0beb46d26a390c55f996701faede6576ec');
CALL public.cleanup_register('table', 'cleanup_bak_idn_auth_session_app_info',
    '94ab07ca145ed6a23e8bd7952fcbee38f3a8099bf6f70df792faa56e111425ba');
CALL public.cleanup_register('table', 'cleanup_bak_idn_auth_session_meta_data',
    'c8a3eb79222021af32c141f04c9e705d1f78e26ae78fcbecbc528eb7304e2c76');
-- @end
