-- Settings of cleanup_registry, the lists that it works by, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_registry
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_registry', 'log_minimum_age_hours', '24', 'hours', 24, 87600, NULL,
   'How old a log entry must be, because the indexer reads recent ones'),
  ('cleanup_registry', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'By how much a timestamp may lie behind the instant it stands for, and so how much longer dead rows stay. 12 covers a writer in any zone; 26 also any session zone, if the server converts by it; 0 is only for timestamps that all are right in UTC'),
  ('cleanup_registry', 'batch_target_ms', '250', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_registry', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_registry', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_registry', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_registry', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed; the next run goes on'),
  ('cleanup_registry', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_registry', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_registry', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_registry', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_registry', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- Filled and emptied by each run.
-- @statement drop cleanup_list_reg_resource
DROP TABLE IF EXISTS public.cleanup_list_reg_resource;
-- @end
-- @statement table cleanup_list_reg_resource
CREATE UNLOGGED TABLE public.cleanup_list_reg_resource (
  reg_version integer NOT NULL,
  reg_tenant_id integer NOT NULL,
  reg_path_id integer NULL,
  reg_name character varying(256) NULL,
  PRIMARY KEY (reg_version, reg_tenant_id)
);
-- @end

-- Filled and emptied by each run.
-- @statement drop cleanup_newest_reg_log
DROP TABLE IF EXISTS public.cleanup_newest_reg_log;
-- @end
-- @statement table cleanup_newest_reg_log
CREATE UNLOGGED TABLE public.cleanup_newest_reg_log (
  reg_log_id integer NOT NULL,
  reg_tenant_id integer NOT NULL,
  PRIMARY KEY (reg_log_id, reg_tenant_id)
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
  reg_uuid character varying(100) NULL
);
-- @end

-- @statement index cleanup_bak_reg_resource
CREATE INDEX IF NOT EXISTS cleanup_bak_reg_resource_run ON public.cleanup_bak_reg_resource (run_id);
-- @end

-- @statement table cleanup_bak_reg_property
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_property (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  reg_id integer NOT NULL,
  reg_name character varying(100) NULL,
  reg_value character varying(1000) NULL,
  reg_tenant_id integer NOT NULL
);
-- @end

-- @statement index cleanup_bak_reg_property
CREATE INDEX IF NOT EXISTS cleanup_bak_reg_property_run ON public.cleanup_bak_reg_property (run_id);
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
  reg_tenant_id integer NULL
);
-- @end

-- @statement index cleanup_bak_reg_resource_property
CREATE INDEX IF NOT EXISTS cleanup_bak_reg_resource_property_run ON public.cleanup_bak_reg_resource_property (run_id);
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
  reg_tenant_id integer NOT NULL
);
-- @end

-- @statement index cleanup_bak_reg_log
CREATE INDEX IF NOT EXISTS cleanup_bak_reg_log_run ON public.cleanup_bak_reg_log (run_id);
-- @end

-- @statement table cleanup_bak_reg_tag
CREATE TABLE IF NOT EXISTS public.cleanup_bak_reg_tag (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  reg_id integer NOT NULL,
  reg_tag_name character varying(500) NULL,
  reg_user_id character varying(255) NULL,
  reg_tagged_time timestamp without time zone NULL,
  reg_tenant_id integer NOT NULL
);
-- @end

-- @statement index cleanup_bak_reg_tag
CREATE INDEX IF NOT EXISTS cleanup_bak_reg_tag_run ON public.cleanup_bak_reg_tag (run_id);
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
  reg_tenant_id integer NULL
);
-- @end

-- @statement index cleanup_bak_reg_resource_tag
CREATE INDEX IF NOT EXISTS cleanup_bak_reg_resource_tag_run ON public.cleanup_bak_reg_resource_tag (run_id);
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_list_reg_resource', 'table', 'b0a0ee0d8b9e107a57e1defed47eab39ed439f81373bdeb3ed522da87d4eb1d8',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_list_reg_resource' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_newest_reg_log', 'table', '5dd3b135d806fd8321e2e5a1eb72a230065d0954585909a825af3553152b18e2',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_newest_reg_log' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_reg_resource', 'table', '8281ef826b618b8f35e984e9f841b403c68b3840a040a588160960110daa98c8',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_reg_resource' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_reg_property', 'table', '1be4c8aa17a6d9aa5a374785cbfc1b691a17b4f5d9639cfe348afb3487f80ecb',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_reg_property' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_reg_resource_property', 'table', 'f34f01e66bc47ee249f9acf7588e98dff303ad9b370fafd6f3925aee6e7eb907',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_reg_resource_property' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_reg_log', 'table', 'c05903650d493fb9d35ed16b254bf25820962acd54575eef0c06e4d33f5703c2',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_reg_log' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_reg_tag', 'table', '5d6f62421d7c7ab94fcebe69a756d8d07d55047ab83d8adc0b52f9bf4366b111',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_reg_tag' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_reg_resource_tag', 'table', '762a7265f06500d4c46151ae63f895f36fa2218212ea74da518d0be0aeb00f5c',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_reg_resource_tag' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
