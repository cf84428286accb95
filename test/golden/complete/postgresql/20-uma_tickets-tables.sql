-- Settings of cleanup_uma_tickets, the lists that it works by, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_uma_tickets
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_uma_tickets', 'longest_lifetime_hours', '720', 'hours', 1, 876000, NULL,
   'The longest life of a token that no application states now: a default of deployment.toml, or an earlier statement'),
  ('cleanup_uma_tickets', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_uma_tickets', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_uma_tickets', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_uma_tickets', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_uma_tickets', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_uma_tickets', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_uma_tickets', 'replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('cleanup_uma_tickets', 'wal_maximum_mb_per_second', '0', 'megabytes', 0, 1000000, NULL,
   'A run rests after a second in which the server wrote more WAL than this; 0: however much'),
  ('cleanup_uma_tickets', 'rests_during_vacuum', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while the table that it cleans is being vacuumed'),
  ('cleanup_uma_tickets', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_uma_tickets', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_uma_tickets', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_uma_tickets', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_uma_tickets', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_uma_tickets', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_uma_tickets', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_uma_tickets', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_uma_tickets', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_uma_tickets', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- Names dead rows. Filled by each run for itself, and never the only reason to delete a row.
-- @statement table cleanup_dead_idn_uma_permission_ticket
CREATE UNLOGGED TABLE IF NOT EXISTS public.cleanup_dead_idn_uma_permission_ticket (
  run_id bigint NOT NULL,
  line bigint NOT NULL,
  id integer NOT NULL,
  newest integer NOT NULL,
  PRIMARY KEY (run_id, line)
);
-- @end

-- @statement table cleanup_bak_idn_uma_permission_ticket
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_uma_permission_ticket (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  id integer NOT NULL,
  pt character varying(255) NULL,
  time_created timestamp without time zone NULL,
  expiry_time timestamp without time zone NULL,
  ticket_state character varying(25) NULL,
  tenant_id integer NULL,
  token_id character varying(255) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_uma_pt_resource
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_uma_pt_resource (
  run_id bigint NOT NULL,
  id integer NOT NULL,
  pt_resource_id integer NULL,
  pt_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_uma_pt_resource_scope
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_uma_pt_resource_scope (
  run_id bigint NOT NULL,
  id integer NOT NULL,
  pt_resource_id integer NULL,
  pt_scope_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now.
-- @statement log cleanup_uma_tickets
INSERT INTO public.cleanup_run (run_id, procedure_name, started_by, started_at, ended_at, status, why_stopped)
SELECT k.run_id, 'cleanup_uma_tickets', session_user, u.utc_now, u.utc_now, 'ended', 'the log of this run was lost'
FROM (
  SELECT run_id FROM public.cleanup_bak_idn_uma_permission_ticket
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_uma_pt_resource
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_uma_pt_resource_scope
) k
CROSS JOIN (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
WHERE NOT EXISTS (SELECT 1 FROM public.cleanup_run r WHERE r.run_id = k.run_id);
-- @end
-- A run's number is above all in the log.
-- @statement numbers cleanup_uma_tickets
SELECT setval(s.numbers, r.newest)
FROM (SELECT pg_get_serial_sequence('public.cleanup_run', 'run_id')::regclass AS numbers) s
CROSS JOIN (
  SELECT greatest((SELECT max(run_id) FROM public.cleanup_run),
      (SELECT max(run_id) FROM public.cleanup_run_step)) AS newest
) r
WHERE r.newest > coalesce(pg_sequence_last_value(s.numbers), 0);
-- @end

-- Nobody may read here what he may not read in the product's tables: default privileges may have given more.
-- @statement privileges cleanup_uma_tickets
DO $privileges$
DECLARE
  v_given record;
BEGIN
  FOR v_given IN
    SELECT DISTINCT t.own, a.grantee
    FROM (VALUES
      ('public.cleanup_dead_idn_uma_permission_ticket'::regclass, 'public.idn_uma_permission_ticket'::regclass),
      ('public.cleanup_bak_idn_uma_permission_ticket'::regclass, 'public.idn_uma_permission_ticket'::regclass),
      ('public.cleanup_bak_idn_uma_pt_resource'::regclass, 'public.idn_uma_pt_resource'::regclass),
      ('public.cleanup_bak_idn_uma_pt_resource_scope'::regclass, 'public.idn_uma_pt_resource_scope'::regclass)
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
CALL public.cleanup_register('table', 'cleanup_dead_idn_uma_permission_ticket',
    '9960494fbea4f9d95fe9eb33b744f26d1df8871a55341871bc85117dc3f2aa6e');
CALL public.cleanup_register('table', 'cleanup_bak_idn_uma_permission_ticket',
    'ee0f372dec12f3762e0a40a955a800dcd7229e0b6d99840b5596d2ee1962c2bf');
CALL public.cleanup_register('table', 'cleanup_bak_idn_uma_pt_resource',
    '2032c450d18f7e4a281b12b48697e27c99580cce26c4e3f5e136bc95a1ba1969');
CALL public.cleanup_register('table', 'cleanup_bak_idn_uma_pt_resource_scope',
    '112d2820ed3b0e636d07edc063ba5d306a406e5e449e5628b6cb1c37bec7280f');
-- @end
