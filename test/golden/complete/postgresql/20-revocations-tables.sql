-- Settings of cleanup_revocations, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_revocations
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_revocations', 'longest_lifetime_hours', '720', 'hours', 1, 876000, NULL,
   'How long a token may live where no application states more: the longest default of the product, or the longest lifetime that an application had while tokens of it may still live'),
  ('cleanup_revocations', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'By how much a timestamp may lie behind the instant it stands for, and so how much longer dead rows stay. 12 covers a writer in any zone; 26 also any session zone, if the server converts by it; 0 is only for timestamps that all are right in UTC'),
  ('cleanup_revocations', 'batch_target_ms', '250', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_revocations', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_revocations', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_revocations', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_revocations', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed; the next run goes on'),
  ('cleanup_revocations', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_revocations', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_revocations', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_revocations', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_revocations', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing')
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
  time_created timestamp without time zone NULL
);
-- @end

-- @statement index cleanup_bak_am_revoked_jwt
CREATE INDEX IF NOT EXISTS cleanup_bak_am_revoked_jwt_run ON public.cleanup_bak_am_revoked_jwt (run_id);
-- @end

-- @statement table cleanup_bak_idn_invalid_tokens
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_invalid_tokens (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  uuid character varying(255) NOT NULL,
  token_identifier character varying(2048) NULL,
  consumer_key character varying(255) NULL,
  time_created timestamp without time zone NULL,
  expiry_timestamp timestamp without time zone NULL
);
-- @end

-- @statement index cleanup_bak_idn_invalid_tokens
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_invalid_tokens_run ON public.cleanup_bak_idn_invalid_tokens (run_id);
-- @end

-- @statement table cleanup_bak_idn_oauth2_revoked_tokens
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oauth2_revoked_tokens (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  uuid character varying(255) NOT NULL,
  token_identifier character varying(2048) NULL,
  consumer_key character varying(255) NULL,
  time_created timestamp without time zone NULL,
  expiry_timestamp timestamp without time zone NULL
);
-- @end

-- @statement index cleanup_bak_idn_oauth2_revoked_tokens
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_oauth2_revoked_tokens_run ON public.cleanup_bak_idn_oauth2_revoked_tokens (run_id);
-- @end

-- @statement table cleanup_bak_idn_subject_entity_revoked_event
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_subject_entity_revoked_event (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  event_id character varying(255) NOT NULL,
  entity_id character varying(255) NULL,
  entity_type character varying(100) NULL,
  time_revoked timestamp without time zone NULL,
  organization character varying(100) NULL
);
-- @end

-- @statement index cleanup_bak_idn_subject_entity_revoked_event
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_subject_entity_revoked_event_run ON public.cleanup_bak_idn_subject_entity_revoked_event (run_id);
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_bak_am_revoked_jwt', 'table', 'a8926349e2f7833769be2c37afcbec634d97f6c2ef96e8de763baf49e82f6b64',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_am_revoked_jwt' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_invalid_tokens', 'table', '15f168fc01ea8cbad6a1530e178cd42c2ffe531f68012a57b13a4aecb18616d4',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_invalid_tokens' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oauth2_revoked_tokens', 'table', 'e2660335fdb992e94972dfc53cb8f0f713eefc5696ad24f4f1ba86bc5d294540',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oauth2_revoked_tokens' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_subject_entity_revoked_event', 'table', 'b680c7648f12fd6673a08d439ee05ca80d2fb75d1f01f97757082d4bc9e9d402',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_subject_entity_revoked_event' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
