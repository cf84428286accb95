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
  ('cleanup_sessions', 'batch_target_ms', '250', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_sessions', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_sessions', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_sessions', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_sessions', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed; the next run goes on'),
  ('cleanup_sessions', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_sessions', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_sessions', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_sessions', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_sessions', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- Filled and emptied by each run.
-- @statement drop cleanup_list_idn_auth_temp_session_store
DROP TABLE IF EXISTS public.cleanup_list_idn_auth_temp_session_store;
-- @end
-- @statement table cleanup_list_idn_auth_temp_session_store
CREATE UNLOGGED TABLE public.cleanup_list_idn_auth_temp_session_store (
  session_id character varying(100) NOT NULL,
  PRIMARY KEY (session_id)
);
-- @end

-- Filled and emptied by each run.
-- @statement drop cleanup_list_idn_auth_session_store
DROP TABLE IF EXISTS public.cleanup_list_idn_auth_session_store;
-- @end
-- @statement table cleanup_list_idn_auth_session_store
CREATE UNLOGGED TABLE public.cleanup_list_idn_auth_session_store (
  session_id character varying(100) NOT NULL,
  PRIMARY KEY (session_id)
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
  expiry_time bigint NULL
);
-- @end

-- @statement index cleanup_bak_idn_auth_temp_session_store
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_auth_temp_session_store_run ON public.cleanup_bak_idn_auth_temp_session_store (run_id);
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
  expiry_time bigint NULL
);
-- @end

-- @statement index cleanup_bak_idn_auth_session_store
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_auth_session_store_run ON public.cleanup_bak_idn_auth_session_store (run_id);
-- @end

-- @statement table cleanup_bak_idn_auth_user_session_mapping
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_user_session_mapping (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  user_id character varying(255) NULL,
  session_id character varying(255) NULL
);
-- @end

-- @statement index cleanup_bak_idn_auth_user_session_mapping
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_auth_user_session_mapping_run ON public.cleanup_bak_idn_auth_user_session_mapping (run_id);
-- @end

-- @statement table cleanup_bak_idn_auth_session_app_info
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_session_app_info (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  session_id character varying(100) NOT NULL,
  subject character varying(100) NOT NULL,
  app_id integer NOT NULL,
  inbound_auth_type character varying(255) NOT NULL
);
-- @end

-- @statement index cleanup_bak_idn_auth_session_app_info
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_auth_session_app_info_run ON public.cleanup_bak_idn_auth_session_app_info (run_id);
-- @end

-- @statement table cleanup_bak_idn_auth_session_meta_data
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_auth_session_meta_data (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  session_id character varying(100) NOT NULL,
  property_type character varying(100) NOT NULL,
  value character varying(255) NOT NULL
);
-- @end

-- @statement index cleanup_bak_idn_auth_session_meta_data
CREATE INDEX IF NOT EXISTS cleanup_bak_idn_auth_session_meta_data_run ON public.cleanup_bak_idn_auth_session_meta_data (run_id);
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_list_idn_auth_temp_session_store', 'table', '537545369742c76db2f5b22b2f8a95e7d780993c1cf96b3fbe46f808e7f741b2',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_list_idn_auth_temp_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_list_idn_auth_session_store', 'table', 'eab916941059880d5da62b6e73e59795434c06beb90fce40c7c78b2be6df3ddb',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_list_idn_auth_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_sighting_idn_auth_user_session_mapping', 'table', 'bc902ef337d073681efd9c0e018e0684fb6f3d0fcf093dff557a20f3c95881ca',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_sighting_idn_auth_user_session_mapping' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_sighting_idn_auth_session_app_info', 'table', '5df93767eb6f091e5578172c1a6836a4f526d1d68ab76c29f4df937b83a94512',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_sighting_idn_auth_session_app_info' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_sighting_idn_auth_session_meta_data', 'table', '9852889713dbe76aada840af772507efa5cf853c46c23ef9cca65d46a1c2483b',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_sighting_idn_auth_session_meta_data' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_temp_session_store', 'table', 'a00cd9086eeb1ec0114e49a98c3dfd78473dccc30c0182617f8e76aa9a66a701',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_temp_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_session_store', 'table', 'eea4faa1edaa8ea47607d8f160e753ddff67254de9eef0690acbbf5b39393eef',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_user_session_mapping', 'table', 'a5989eeb009a9e841069ecd9febc679f7c12e34f0c636460f48a2eeb9a5f8a38',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_user_session_mapping' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_session_app_info', 'table', '08d2e313450ee71622d3f8ff127e69c55a4a874d441ba60ba38e25b487b4ccb2',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_session_app_info' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_session_meta_data', 'table', 'c8d2f903966f7a868407501d325d3b3c9afdebb679f4e434f895b2e5a04ccbb4',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_session_meta_data' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
