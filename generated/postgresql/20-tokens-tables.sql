-- Settings of cleanup_tokens, and the tables that keep the rows it deletes.

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_tokens
INSERT INTO public.cleanup_setting
  (procedure_name, name, value, unit, minimum_value, maximum_value, allowed, description)
VALUES
  ('cleanup_tokens', 'safe_period_minutes', '120', 'minutes', 1, 525600, NULL,
   'How long after its end a token or code is kept, because gateways cache tokens'),
  ('cleanup_tokens', 'access_period_grants', '(none)', NULL, NULL, NULL, NULL,
   'Grants that hand out no refresh token: their ACTIVE or EXPIRED tokens die with the access period'),
  ('cleanup_tokens', 'audit_pruning', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: rows of the token audit table are deleted after audit_retention_days'),
  ('cleanup_tokens', 'audit_retention_days', '90', 'days', 1, 36500, NULL,
   'How long a row of the token audit table is kept when audit_pruning is on'),
  ('cleanup_tokens', 'clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('cleanup_tokens', 'batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('cleanup_tokens', 'duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('cleanup_tokens', 'pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('cleanup_tokens', 'quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('cleanup_tokens', 'running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('cleanup_tokens', 'replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('cleanup_tokens', 'wal_maximum_mb_per_second', '0', 'megabytes', 0, 1000000, NULL,
   'A run rests after a second in which the server wrote more WAL than this; 0: however much'),
  ('cleanup_tokens', 'rests_during_vacuum', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while the table that it cleans is being vacuumed'),
  ('cleanup_tokens', 'batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('cleanup_tokens', 'batch_rows_maximum', '200000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('cleanup_tokens', 'time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('cleanup_tokens', 'window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('cleanup_tokens', 'enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('cleanup_tokens', 'backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('cleanup_tokens', 'prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('cleanup_tokens', 'stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('cleanup_tokens', 'dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('cleanup_tokens', 'hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
ON CONFLICT (procedure_name, name) DO NOTHING;
-- @end

-- @statement table cleanup_bak_idn_oauth2_access_token
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oauth2_access_token (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  token_id character varying(255) NOT NULL,
  access_token character varying(2048) NULL,
  refresh_token character varying(2048) NULL,
  consumer_key_id integer NULL,
  authz_user character varying(100) NULL,
  tenant_id integer NULL,
  user_domain character varying(50) NULL,
  user_type character varying(25) NULL,
  grant_type character varying(50) NULL,
  time_created timestamp without time zone NULL,
  refresh_token_time_created timestamp without time zone NULL,
  validity_period bigint NULL,
  refresh_token_validity_period bigint NULL,
  token_scope_hash character varying(32) NULL,
  token_state character varying(25) NULL,
  token_state_id character varying(128) NULL,
  subject_identifier character varying(255) NULL,
  access_token_hash character varying(512) NULL,
  refresh_token_hash character varying(512) NULL,
  idp_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_oauth2_authorization_code
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oauth2_authorization_code (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  code_id character varying(255) NOT NULL,
  authorization_code character varying(2048) NULL,
  consumer_key_id integer NULL,
  callback_url character varying(2048) NULL,
  scope character varying(2048) NULL,
  authz_user character varying(100) NULL,
  tenant_id integer NULL,
  user_domain character varying(50) NULL,
  time_created timestamp without time zone NULL,
  validity_period bigint NULL,
  state character varying(25) NULL,
  token_id character varying(255) NULL,
  subject_identifier character varying(255) NULL,
  pkce_code_challenge character varying(255) NULL,
  pkce_code_challenge_method character varying(128) NULL,
  authorization_code_hash character varying(512) NULL,
  idp_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_oidc_req_object_reference
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oidc_req_object_reference (
  run_id bigint NOT NULL,
  id integer NOT NULL,
  consumer_key_id integer NULL,
  code_id character varying(255) NULL,
  token_id character varying(255) NULL,
  session_data_key character varying(255) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_oidc_req_object_claims
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oidc_req_object_claims (
  run_id bigint NOT NULL,
  id integer NOT NULL,
  req_object_id integer NULL,
  claim_attribute character varying(255) NULL,
  essential character(1) NULL,
  value character varying(255) NULL,
  is_userinfo character(1) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_oidc_req_obj_claim_values
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oidc_req_obj_claim_values (
  run_id bigint NOT NULL,
  id integer NOT NULL,
  req_object_claims_id integer NULL,
  claim_values character varying(255) NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_oauth2_access_token_scope
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oauth2_access_token_scope (
  run_id bigint NOT NULL,
  token_id character varying(255) NOT NULL,
  token_scope character varying(60) NOT NULL,
  tenant_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- @statement table cleanup_bak_idn_oauth2_access_token_audit
CREATE TABLE IF NOT EXISTS public.cleanup_bak_idn_oauth2_access_token_audit (
  run_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  token_id character varying(255) NULL,
  access_token character varying(2048) NULL,
  refresh_token character varying(2048) NULL,
  consumer_key_id integer NULL,
  authz_user character varying(100) NULL,
  tenant_id integer NULL,
  user_domain character varying(50) NULL,
  user_type character varying(25) NULL,
  grant_type character varying(50) NULL,
  time_created timestamp without time zone NULL,
  refresh_token_time_created timestamp without time zone NULL,
  validity_period bigint NULL,
  refresh_token_validity_period bigint NULL,
  token_scope_hash character varying(32) NULL,
  token_state character varying(25) NULL,
  token_state_id character varying(128) NULL,
  subject_identifier character varying(255) NULL,
  access_token_hash character varying(512) NULL,
  refresh_token_hash character varying(512) NULL,
  invalidated_time timestamp without time zone NULL,
  idp_id integer NULL,
  kept_row bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (run_id, kept_row)
);
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now.
-- @statement log cleanup_tokens
INSERT INTO public.cleanup_run (run_id, procedure_name, started_by, started_at, ended_at, status, why_stopped)
SELECT k.run_id, 'cleanup_tokens', session_user, u.utc_now, u.utc_now, 'ended', 'the log of this run was lost'
FROM (
  SELECT run_id FROM public.cleanup_bak_idn_oauth2_access_token
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_oauth2_authorization_code
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_oidc_req_object_reference
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_oidc_req_object_claims
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_oidc_req_obj_claim_values
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_oauth2_access_token_scope
  UNION
  SELECT run_id FROM public.cleanup_bak_idn_oauth2_access_token_audit
) k
CROSS JOIN (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
WHERE NOT EXISTS (SELECT 1 FROM public.cleanup_run r WHERE r.run_id = k.run_id);
-- @end
-- A run's number is above all in the log.
-- @statement numbers cleanup_tokens
SELECT setval(s.numbers, r.newest)
FROM (SELECT pg_get_serial_sequence('public.cleanup_run', 'run_id')::regclass AS numbers) s
CROSS JOIN (
  SELECT greatest((SELECT max(run_id) FROM public.cleanup_run),
      (SELECT max(run_id) FROM public.cleanup_run_step)) AS newest
) r
WHERE r.newest > coalesce(pg_sequence_last_value(s.numbers), 0);
-- @end

-- Nobody may read here what he may not read in the product's tables: default privileges may have given more.
-- @statement privileges cleanup_tokens
DO $privileges$
DECLARE
  v_given record;
BEGIN
  FOR v_given IN
    SELECT DISTINCT t.own, a.grantee
    FROM (VALUES
      ('public.cleanup_bak_idn_oauth2_access_token'::regclass, 'public.idn_oauth2_access_token'::regclass),
      ('public.cleanup_bak_idn_oauth2_authorization_code'::regclass, 'public.idn_oauth2_authorization_code'::regclass),
      ('public.cleanup_bak_idn_oidc_req_object_reference'::regclass, 'public.idn_oidc_req_object_reference'::regclass),
      ('public.cleanup_bak_idn_oidc_req_object_claims'::regclass, 'public.idn_oidc_req_object_claims'::regclass),
      ('public.cleanup_bak_idn_oidc_req_obj_claim_values'::regclass, 'public.idn_oidc_req_obj_claim_values'::regclass),
      ('public.cleanup_bak_idn_oauth2_access_token_scope'::regclass, 'public.idn_oauth2_access_token_scope'::regclass),
      ('public.cleanup_bak_idn_oauth2_access_token_audit'::regclass, 'public.idn_oauth2_access_token_audit'::regclass)
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
CALL public.cleanup_register('table', 'cleanup_bak_idn_oauth2_access_token',
    'b53723e324dad954892098ac1a39ad486436442da901673c74942502ad3b97b0');
CALL public.cleanup_register('table', 'cleanup_bak_idn_oauth2_authorization_code',
    'e4955f9e67e3ee6fe5d408c9207c92e702069d2ccf86fec0b0edbc175c4b0e3d');
CALL public.cleanup_register('table', 'cleanup_bak_idn_oidc_req_object_reference',
    '32a1a980c062762d6a87efd719477a2c5b881aff7ea3b345fbd1099f000b25f1');
CALL public.cleanup_register('table', 'cleanup_bak_idn_oidc_req_object_claims',
    'da5b1c94fd9378cf07451eb069531a0232421c0e7e3bbf36fa19b7c102cd7b9f');
CALL public.cleanup_register('table', 'cleanup_bak_idn_oidc_req_obj_claim_values',
    '617a517939e3905d097652855e82727db1ad224eba1d8bf4a4b65c1d310d467a');
CALL public.cleanup_register('table', 'cleanup_bak_idn_oauth2_access_token_scope',
    'eba63d13afaa041ae8a65f63bfaadf56bcccb6412bdfa6a855c88cce3452baef');
CALL public.cleanup_register('table', 'cleanup_bak_idn_oauth2_access_token_audit',
    '4ad56b198a1349a8363917e1895233d73eb309c26772459ef151a1b57e4ece2f');
-- @end
