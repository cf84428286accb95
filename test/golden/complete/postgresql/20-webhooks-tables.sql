-- Settings of cleanup_webhooks, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_webhooks
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_webhooks', 'webhook_grace_hours', '720', 'hours', 24, 87600, NULL,
   'How long after its EXPIRY_AT a webhook subscription is kept'),
  ('cleanup_webhooks', 'unsubscription_pruning', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: the log of unsubscriptions is pruned too'),
  ('cleanup_webhooks', 'unsubscription_days', '90', 'days', 2, 36500, NULL,
   'How long the log of unsubscriptions is kept'),
  ('cleanup_webhooks', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_webhooks', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_webhooks', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_webhooks', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_webhooks', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_webhooks', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_webhooks', 'replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('cleanup_webhooks', 'wal_maximum_mb_per_second', '0', 'megabytes', 0, 1000000, NULL,
   'A run rests after a second in which the server wrote more WAL than this; 0: however much'),
  ('cleanup_webhooks', 'rests_during_vacuum', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while the table that it cleans is being vacuumed'),
  ('cleanup_webhooks', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_webhooks', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_webhooks', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_webhooks', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_webhooks', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_webhooks', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_webhooks', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_webhooks', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_webhooks', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_webhooks', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- @statement table cleanup_bak_am_webhooks_subscription
CREATE TABLE IF NOT EXISTS public.cleanup_bak_am_webhooks_subscription (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  wh_subscription_id integer NOT NULL,
  api_uuid character varying(255) NULL,
  application_id character varying(20) NULL,
  tenant_domain character varying(255) NULL,
  hub_callback_url character varying(1024) NULL,
  hub_topic character varying(255) NULL,
  hub_secret character varying(2048) NULL,
  hub_lease_seconds integer NULL,
  updated_at timestamp without time zone NULL,
  expiry_at bigint NULL,
  delivered_at timestamp without time zone NULL,
  delivery_state integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_am_webhooks_unsubscription
CREATE TABLE IF NOT EXISTS public.cleanup_bak_am_webhooks_unsubscription (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  api_uuid character varying(255) NULL,
  application_id character varying(20) NULL,
  tenant_domain character varying(255) NULL,
  hub_callback_url character varying(1024) NULL,
  hub_topic character varying(255) NULL,
  hub_secret character varying(2048) NULL,
  hub_lease_seconds integer NULL,
  added_at timestamp without time zone NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now.
-- @statement log cleanup_webhooks
INSERT INTO public.cleanup_run (run_id, procedure_name, started_by, started_at, ended_at, status, why_stopped)
SELECT k.run_id, 'cleanup_webhooks', session_user, u.utc_now, u.utc_now, 'ended', 'the log of this run was lost'
FROM (
  SELECT run_id FROM public.cleanup_bak_am_webhooks_subscription
  UNION
  SELECT run_id FROM public.cleanup_bak_am_webhooks_unsubscription
) k
CROSS JOIN (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
WHERE NOT EXISTS (SELECT 1 FROM public.cleanup_run r WHERE r.run_id = k.run_id);
-- @end
-- A run's number is above all in the log.
-- @statement numbers cleanup_webhooks
SELECT setval(s.numbers, r.newest)
FROM (SELECT pg_get_serial_sequence('public.cleanup_run', 'run_id')::regclass AS numbers) s
CROSS JOIN (
  SELECT greatest((SELECT max(run_id) FROM public.cleanup_run),
      (SELECT max(run_id) FROM public.cleanup_run_step)) AS newest
) r
WHERE r.newest > coalesce(pg_sequence_last_value(s.numbers), 0);
-- @end

-- Nobody may read here what he may not read in the product's tables: default privileges may have given more.
-- @statement privileges cleanup_webhooks
DO $privileges$
DECLARE
  v_given record;
BEGIN
  FOR v_given IN
    SELECT DISTINCT t.own, a.grantee
    FROM (VALUES
      ('public.cleanup_bak_am_webhooks_subscription'::regclass, 'public.am_webhooks_subscription'::regclass),
      ('public.cleanup_bak_am_webhooks_unsubscription'::regclass, 'public.am_webhooks_unsubscription'::regclass)
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
CALL public.cleanup_register('table', 'cleanup_bak_am_webhooks_subscription',
    '7cc97d77800c40090c860e7d6ad35b10e7a64ab0d0e56dfeba762fa8c59deaa0');
CALL public.cleanup_register('table', 'cleanup_bak_am_webhooks_unsubscription',
    'e666cc867e9cd58b0824bdf01c7fd39e7a08efbc8918b8aa04827eef69533715');
-- @end
