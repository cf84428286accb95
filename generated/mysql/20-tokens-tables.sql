-- Settings of cleanup_tokens, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_tokens
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_tokens', 'safe_period_minutes', '120', 'minutes', 1, 525600, NULL,
   'How long after its end a token or code is kept, because gateways cache tokens'),
  ('cleanup_tokens', 'access_period_grants', '(none)', NULL, NULL, NULL, NULL,
   'Grants that hand out no refresh token: their ACTIVE or EXPIRED tokens die with the access period'),
  ('cleanup_tokens', 'audit_pruning', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: rows of the token audit table are deleted after audit_retention_days'),
  ('cleanup_tokens', 'audit_retention_days', '90', 'days', 1, 36500, NULL,
   'How long a row of the token audit table is kept when audit_pruning is on'),
  ('cleanup_tokens', 'clock_uncertainty_hours', '26', 'hours', 0, 26, NULL,
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
  ('cleanup_tokens', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_tokens', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
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
  ('cleanup_tokens', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
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
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  TOKEN_ID varchar(255) NOT NULL,
  ACCESS_TOKEN varchar(2048) NULL,
  REFRESH_TOKEN varchar(2048) NULL,
  CONSUMER_KEY_ID int NULL,
  AUTHZ_USER varchar(100) NULL,
  TENANT_ID int NULL,
  USER_DOMAIN varchar(50) NULL,
  USER_TYPE varchar(25) NULL,
  GRANT_TYPE varchar(50) NULL,
  TIME_CREATED timestamp NULL,
  REFRESH_TOKEN_TIME_CREATED timestamp NULL,
  VALIDITY_PERIOD bigint NULL,
  REFRESH_TOKEN_VALIDITY_PERIOD bigint NULL,
  TOKEN_SCOPE_HASH varchar(32) NULL,
  TOKEN_STATE varchar(25) NULL,
  TOKEN_STATE_ID varchar(128) NULL,
  SUBJECT_IDENTIFIER varchar(255) NULL,
  ACCESS_TOKEN_HASH varchar(512) NULL,
  REFRESH_TOKEN_HASH varchar(512) NULL,
  IDP_ID int NULL,
  TOKEN_BINDING_REF varchar(32) NULL,
  CONSENTED_TOKEN varchar(6) NULL,
  PRIMARY KEY (RUN_ID, TOKEN_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  CODE_ID varchar(255) NOT NULL,
  AUTHORIZATION_CODE varchar(2048) NULL,
  CONSUMER_KEY_ID int NULL,
  CALLBACK_URL varchar(2048) NULL,
  SCOPE varchar(2048) NULL,
  AUTHZ_USER varchar(100) NULL,
  TENANT_ID int NULL,
  USER_DOMAIN varchar(50) NULL,
  TIME_CREATED timestamp NULL,
  VALIDITY_PERIOD bigint NULL,
  STATE varchar(25) NULL,
  TOKEN_ID varchar(255) NULL,
  SUBJECT_IDENTIFIER varchar(255) NULL,
  PKCE_CODE_CHALLENGE varchar(255) NULL,
  PKCE_CODE_CHALLENGE_METHOD varchar(128) NULL,
  AUTHORIZATION_CODE_HASH varchar(512) NULL,
  IDP_ID int NULL,
  PRIMARY KEY (RUN_ID, CODE_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  CONSUMER_KEY_ID int NULL,
  CODE_ID varchar(255) NULL,
  TOKEN_ID varchar(255) NULL,
  SESSION_DATA_KEY varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  REQ_OBJECT_ID int NULL,
  CLAIM_ATTRIBUTE varchar(255) NULL,
  ESSENTIAL char(1) NULL,
  VALUE varchar(255) NULL,
  IS_USERINFO char(1) NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  REQ_OBJECT_CLAIMS_ID int NULL,
  CLAIM_VALUES varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING (
  RUN_ID BIGINT NOT NULL,
  TOKEN_ID varchar(255) NULL,
  TOKEN_BINDING_TYPE varchar(32) NULL,
  TOKEN_BINDING_REF varchar(32) NULL,
  TOKEN_BINDING_VALUE varchar(1024) NULL,
  TENANT_ID int NULL,
  KEPT_ROW BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (KEPT_ROW),
  KEY (RUN_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE (
  RUN_ID BIGINT NOT NULL,
  TOKEN_ID varchar(255) NOT NULL,
  TOKEN_SCOPE varchar(100) NOT NULL,
  TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, TOKEN_ID, TOKEN_SCOPE)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE (
  RUN_ID BIGINT NOT NULL,
  CODE_ID varchar(255) NOT NULL,
  SCOPE varchar(60) NOT NULL,
  TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, CODE_ID, SCOPE)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  AUTH_CODE_KEY char(36) NOT NULL,
  AUTH_REQ_ID char(36) NULL,
  ISSUED_TIME timestamp NULL,
  CONSUMER_KEY varchar(255) NULL,
  LAST_POLLED_TIME timestamp NULL,
  POLLING_INTERVAL int NULL,
  EXPIRES_IN int NULL,
  AUTHENTICATED_USER_NAME varchar(255) NULL,
  USER_STORE_DOMAIN varchar(100) NULL,
  TENANT_ID int NULL,
  AUTH_REQ_STATUS varchar(100) NULL,
  IDP_ID int NULL,
  PRIMARY KEY (RUN_ID, AUTH_CODE_KEY)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  AUTH_CODE_KEY char(36) NULL,
  SCOPE varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  CODE_ID varchar(255) NULL,
  DEVICE_CODE varchar(255) NOT NULL,
  USER_CODE varchar(25) NULL,
  QUANTIFIER int NULL,
  CONSUMER_KEY_ID int NULL,
  LAST_POLL_TIME timestamp NULL,
  EXPIRY_TIME timestamp NULL,
  TIME_CREATED timestamp NULL,
  POLL_TIME bigint NULL,
  STATUS varchar(25) NULL,
  AUTHZ_USER varchar(100) NULL,
  TENANT_ID int NULL,
  USER_DOMAIN varchar(50) NULL,
  IDP_ID int NULL,
  PRIMARY KEY (RUN_ID, DEVICE_CODE)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  SCOPE_ID varchar(255) NULL,
  SCOPE varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  ID int NOT NULL,
  TOKEN_ID varchar(255) NULL,
  ACCESS_TOKEN varchar(2048) NULL,
  REFRESH_TOKEN varchar(2048) NULL,
  CONSUMER_KEY_ID int NULL,
  AUTHZ_USER varchar(100) NULL,
  TENANT_ID int NULL,
  USER_DOMAIN varchar(50) NULL,
  USER_TYPE varchar(25) NULL,
  GRANT_TYPE varchar(50) NULL,
  TIME_CREATED timestamp NULL,
  REFRESH_TOKEN_TIME_CREATED timestamp NULL,
  VALIDITY_PERIOD bigint NULL,
  REFRESH_TOKEN_VALIDITY_PERIOD bigint NULL,
  TOKEN_SCOPE_HASH varchar(32) NULL,
  TOKEN_STATE varchar(25) NULL,
  TOKEN_STATE_ID varchar(128) NULL,
  SUBJECT_IDENTIFIER varchar(255) NULL,
  ACCESS_TOKEN_HASH varchar(512) NULL,
  REFRESH_TOKEN_HASH varchar(512) NULL,
  INVALIDATED_TIME timestamp NULL,
  IDP_ID int NULL,
  PRIMARY KEY (RUN_ID, ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_tokens
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_tokens', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
) k
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN',
    '204d718815f1a63c54a13f6cc378c5d86a129800eee032d76544d8698eee1183');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE',
    '561809510f4c3d8511217a4bf319a6c0e7b03a783f161826da7913bad69bbada');
-- @end
-- @statement register CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE',
    '107086747e8e12afbee90d8122937ef6110924cacfaf137581a4501a0643e86e');
-- @end
-- @statement register CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS',
    'ccb84c03a04078a04dd7bbc8a6af86ffa05561b7b3c7f4df3269cd0370cfe6e0');
-- @end
-- @statement register CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES',
    'd30a9e7304afed1229a77510e78dd5a1691e28f7a2646e9c3f91dccecefca2d4');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING',
    '02c80fdba560beb4e6becc377ffc3d7951f69855e4a384e88cffaa9fbdbdaa3a');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
    '0454908237e40dda36c4171f61695bac166c933d44b3916a8c74bfc585def2ff');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE',
    'e589c8e10f9cb0d5d5155837383e409657011ac61abb408b955faaa8b5719376');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE',
    '1d98592546a2781327a37b338a3c6678dceb30ee28e492d5ac3721599e80d37e');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES',
    'f4ba7e0a4dcec6223e9eea8e147a91c1e0e54b26d9148f5df24607d28456614f');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW',
    '4a05e9085811e91f56f16c23ce2efc8ddbb84898b559562e7e53a37d74cd9869');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES',
    'eca9e034e4048308a9bf7ab42e8a8edbefea142b13871779483cac80851e86cd');
-- @end
-- @statement register CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT',
    '10eec0c9dc74be1e782da7eeac000e86d045e6a36fde19c34c8b6182383ad54c');
-- @end
