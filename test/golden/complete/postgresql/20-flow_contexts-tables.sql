-- Settings of cleanup_flow_contexts, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_flow_contexts
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_flow_contexts', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'By how much a timestamp may lie behind the instant it stands for, and so how much longer dead rows stay. 12 covers a writer in any zone; 26 also any session zone, if the server converts by it; 0 is only for timestamps that all are right in UTC'),
  ('cleanup_flow_contexts', 'batch_target_ms', '250', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_flow_contexts', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_flow_contexts', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_flow_contexts', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_flow_contexts', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed; the next run goes on'),
  ('cleanup_flow_contexts', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_flow_contexts', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_flow_contexts', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_flow_contexts', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_flow_contexts', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- @statement table cleanup_bak_idn_flow_context_store
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_flow_context_store (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  id character varying(255) NOT NULL,
  tenant_id integer NULL,
  flow_type character varying(100) NULL,
  flow_state_json text NULL,
  created_at timestamp without time zone NULL,
  expires_at timestamp without time zone NULL
);
-- @end

-- @statement index cleanup_bak_idn_flow_context_store
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_flow_context_store_run ON public.cleanup_bak_idn_flow_context_store (run_id);
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_bak_idn_flow_context_store', 'table', '44e45016ab72afe836dc39e5a3de79b6c111d91aa29656cf47ec7b6d5b0da130',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_flow_context_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
