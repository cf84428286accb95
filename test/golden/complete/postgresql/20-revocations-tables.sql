-- Settings of cleanup_revocations, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revocations
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_revocations', 'longest_lifetime_hours', '720', 'hours', 1, 876000, NULL,
   'The longest life of a token that no application states now: a default of deployment.toml, or an earlier statement'),
  ('cleanup_revocations', 'am_event_pruning', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: the AM_ events are deleted too; only if longest_lifetime_hours holds for every key manager, also an external one'),
  ('cleanup_revocations', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_revocations', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_revocations', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_revocations', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_revocations', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_revocations', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_revocations', 'replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('cleanup_revocations', 'wal_maximum_mb_per_second', '0', 'megabytes', 0, 1000000, NULL,
   'A run rests after a second in which the server wrote more WAL than this; 0: however much'),
  ('cleanup_revocations', 'rests_during_vacuum', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while the table that it cleans is being vacuumed'),
  ('cleanup_revocations', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_revocations', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_revocations', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_revocations', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_revocations', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_revocations', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_revocations', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_revocations', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_revocations', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_revocations', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- @statement table cleanup_bak_am_revoked_jwt
CREATE TABLE IF NOT EXISTS public.cleanup_bak_am_revoked_jwt (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  uuid character varying(255) NOT NULL,
  signature character varying(2048) NULL,
  expiry_timestamp bigint NULL,
  tenant_id integer NULL,
  token_type character varying(15) NULL,
  time_created timestamp without time zone NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_invalid_tokens
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_invalid_tokens (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  uuid character varying(255) NOT NULL,
  token_identifier character varying(2048) NULL,
  consumer_key character varying(255) NULL,
  time_created timestamp without time zone NULL,
  expiry_timestamp timestamp without time zone NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_oauth2_revoked_tokens
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oauth2_revoked_tokens (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  uuid character varying(255) NOT NULL,
  token_identifier character varying(2048) NULL,
  consumer_key character varying(255) NULL,
  time_created timestamp without time zone NULL,
  expiry_timestamp timestamp without time zone NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_subject_entity_revoked_event
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_subject_entity_revoked_event (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  event_id character varying(255) NOT NULL,
  entity_id character varying(255) NULL,
  entity_type character varying(100) NULL,
  time_revoked timestamp without time zone NULL,
  organization character varying(100) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_app_revoked_event
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_app_revoked_event (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  event_id character varying(255) NOT NULL,
  consumer_key character varying(255) NULL,
  time_revoked timestamp without time zone NULL,
  organization character varying(100) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_am_subject_entity_revoked_event
CREATE TABLE IF NOT EXISTS public.cleanup_bak_am_subject_entity_revoked_event (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  entity_id character varying(255) NOT NULL,
  entity_type character varying(100) NOT NULL,
  time_revoked timestamp without time zone NULL,
  organization character varying(100) NOT NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_am_app_revoked_event
CREATE TABLE IF NOT EXISTS public.cleanup_bak_am_app_revoked_event (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  consumer_key character varying(255) NOT NULL,
  time_revoked timestamp without time zone NULL,
  organization character varying(100) NOT NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now.
-- @statement log cleanup_revocations
INSERT INTO public.cleanup_run (run_id, procedure_name, started_by, started_at, ended_at, status, why_stopped)
SELECT k.run_id, 'cleanup_revocations', session_user, u.utc_now, u.utc_now, 'ended', 'the log of this run was lost'
FROM (
  SELECT run_id FROM public.cleanup_bak_am_revoked_jwt
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_invalid_tokens
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_oauth2_revoked_tokens
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_subject_entity_revoked_event
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_app_revoked_event
  UNION
  SELECT run_id FROM public.cleanup_bak_am_subject_entity_revoked_event
  UNION
  SELECT run_id FROM public.cleanup_bak_am_app_revoked_event
) k
CROSS JOIN (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
WHERE NOT EXISTS (SELECT 1 FROM public.cleanup_run r WHERE r.run_id = k.run_id);
-- @end
-- A run's number is above all in the log.
-- @statement numbers cleanup_revocations
SELECT setval(s.numbers, r.newest)
FROM (SELECT pg_get_serial_sequence('public.cleanup_run', 'run_id')::regclass AS numbers) s
CROSS JOIN (
  SELECT greatest((SELECT max(run_id) FROM public.cleanup_run),
      (SELECT max(run_id) FROM public.cleanup_run_step)) AS newest
) r
WHERE r.newest > coalesce(pg_sequence_last_value(s.numbers), 0);
-- @end

-- Nobody may read here what he may not read in the product's tables: default privileges may have given more.
-- @statement privileges cleanup_revocations
DO $privileges$
DECLARE
  v_given record;
BEGIN
  FOR v_given IN
    SELECT DISTINCT t.own, a.grantee
    FROM (VALUES
      ('public.cleanup_bak_am_revoked_jwt'::regclass, 'public.am_revoked_jwt'::regclass),
      ('public.cleanup_bak_idn_invalid_tokens'::regclass, 'public.idn_invalid_tokens'::regclass),
      ('public.cleanup_bak_idn_oauth2_revoked_tokens'::regclass, 'public.idn_oauth2_revoked_tokens'::regclass),
      ('public.cleanup_bak_idn_subject_entity_revoked_event'::regclass,
          'public.idn_subject_entity_revoked_event'::regclass),
      ('public.cleanup_bak_idn_app_revoked_event'::regclass, 'public.idn_app_revoked_event'::regclass),
      ('public.cleanup_bak_am_subject_entity_revoked_event'::regclass,
          'public.am_subject_entity_revoked_event'::regclass),
      ('public.cleanup_bak_am_app_revoked_event'::regclass, 'public.am_app_revoked_event'::regclass)
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
CALL public.cleanup_register('table', 'cleanup_bak_am_revoked_jwt',
    '03d18042f1e587a5c26f44b7658f9ed7f75313f8e5547c6d1ca53903f6cf6837');
CALL public.cleanup_register('table', 'cleanup_bak_idn_invalid_tokens',
    '624712017a1c84f96406a3dee9b936e76b81e7ac828fab3528347e935eb55019');
CALL public.cleanup_register('table', 'cleanup_bak_idn_oauth2_revoked_tokens',
    'a4719c3e68ca4717769632df6d193765c1f476f2ca58946d9edb49c0b3db25b9');
CALL public.cleanup_register('table', 'cleanup_bak_idn_subject_entity_revoked_event',
    '81d686501a1b044ead0d9975440a42387d6b373f78106eb442ae18f4db2660a4');
CALL public.cleanup_register('table', 'cleanup_bak_idn_app_revoked_event',
    '4bba5112f73fc7387ef68d2b6702d2757ed15e6b9aeb376ce0b99b233b6db712');
CALL public.cleanup_register('table', 'cleanup_bak_am_subject_entity_revoked_event',
    '527550998f1e8c4dc98c9010900a7eb09f25bc1e77191ef6527c10cd0b700b33');
CALL public.cleanup_register('table', 'cleanup_bak_am_app_revoked_event',
    '16ecaa2fd69f678294e60a7f06bb7cf0e0eeb3e35e521bb82e553bdeb630675a');
-- @end
