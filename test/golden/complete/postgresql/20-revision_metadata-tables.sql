-- Settings of cleanup_revision_metadata, the lists that it works by, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revision_metadata
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_revision_metadata', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_revision_metadata', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_revision_metadata', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_revision_metadata', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_revision_metadata', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_revision_metadata', 'replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('cleanup_revision_metadata', 'wal_maximum_mb_per_second', '0', 'megabytes', 0, 1000000, NULL,
   'A run rests after a second in which the server wrote more WAL than this; 0: however much'),
  ('cleanup_revision_metadata', 'rests_during_vacuum', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while the table that it cleans is being vacuumed'),
  ('cleanup_revision_metadata', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_revision_metadata', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_revision_metadata', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_revision_metadata', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_revision_metadata', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_revision_metadata', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_revision_metadata', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_revision_metadata', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_revision_metadata', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_revision_metadata', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- What a run found without anything that keeps it, and when; deleted when a later run finds it so again.
-- @statement table cleanup_sighting_am_api_revision_metadata
CREATE TABLE IF NOT EXISTS public.cleanup_sighting_am_api_revision_metadata (
  api_uuid character varying(64) NOT NULL,
  revision_uuid character varying(64) NOT NULL,
  first_seen timestamp NOT NULL,
  PRIMARY KEY (api_uuid, revision_uuid)
);
-- @end

-- @statement table cleanup_bak_am_api_revision_metadata
CREATE TABLE IF NOT EXISTS public.cleanup_bak_am_api_revision_metadata (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  api_uuid character varying(64) NULL,
  revision_uuid character varying(64) NULL,
  api_tier character varying(128) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now.
-- @statement log cleanup_revision_metadata
INSERT INTO public.cleanup_run (run_id, procedure_name, started_by, started_at, ended_at, status, why_stopped)
SELECT k.run_id, 'cleanup_revision_metadata', session_user, u.utc_now, u.utc_now, 'ended',
    'the log of this run was lost'
FROM (
  SELECT run_id FROM public.cleanup_bak_am_api_revision_metadata
) k
CROSS JOIN (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
WHERE NOT EXISTS (SELECT 1 FROM public.cleanup_run r WHERE r.run_id = k.run_id);
-- @end
-- A run's number is above all in the log.
-- @statement numbers cleanup_revision_metadata
SELECT setval(s.numbers, r.newest)
FROM (SELECT pg_get_serial_sequence('public.cleanup_run', 'run_id')::regclass AS numbers) s
CROSS JOIN (
  SELECT greatest((SELECT max(run_id) FROM public.cleanup_run),
      (SELECT max(run_id) FROM public.cleanup_run_step)) AS newest
) r
WHERE r.newest > coalesce(pg_sequence_last_value(s.numbers), 0);
-- @end

-- Nobody may read here what he may not read in the product's tables: default privileges may have given more.
-- @statement privileges cleanup_revision_metadata
DO $privileges$
DECLARE
  v_given record;
BEGIN
  FOR v_given IN
    SELECT DISTINCT t.own, a.grantee
    FROM (VALUES
      ('public.cleanup_sighting_am_api_revision_metadata'::regclass, 'public.am_api_revision_metadata'::regclass),
      ('public.cleanup_bak_am_api_revision_metadata'::regclass, 'public.am_api_revision_metadata'::regclass)
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
CALL public.cleanup_register('table', 'cleanup_sighting_am_api_revision_metadata',
    '439f9d7354d2f296c42de0465b261eb1db7bb77daabf87c48c605872e86ba00c');
CALL public.cleanup_register('table', 'cleanup_bak_am_api_revision_metadata',
    '318a5ade9c752c9b1f93b90ee727f51ab94e852e3df9a14dc89e2cd313e251af');
-- @end
