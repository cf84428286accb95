-- Settings of cleanup_tokens, and the tables that keep the rows it deletes.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_tokens
INSERT INTO dbo.CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
SELECT 'cleanup_tokens', v.NAME, v.VALUE, v.UNIT, v.MINIMUM_VALUE, v.MAXIMUM_VALUE, v.ALLOWED, v.DESCRIPTION
FROM (VALUES
  ('safe_period_minutes', '120', 'minutes', 1, 525600, NULL,
   'How long after its end a token or code is kept, because gateways cache tokens'),
  ('access_period_grants', '(none)', NULL, NULL, NULL, NULL,
   'Grants that hand out no refresh token: their ACTIVE or EXPIRED tokens die with the access period'),
  ('audit_pruning', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: rows of the token audit table are deleted after audit_retention_days'),
  ('audit_retention_days', '90', 'days', 1, 36500, NULL,
   'How long a row of the token audit table is kept when audit_pruning is on'),
  ('clock_uncertainty_hours', '12', 'hours', 0, 26, NULL,
   'How far a timestamp may lie behind its instant: 12 in any zone, 26 if sessions convert it'),
  ('batch_target_ms', '50', 'milliseconds', 10, 900, NULL,
   'How long one transaction should take; the batch size adapts itself to it'),
  ('duty_percent', '25', 'percent', 1, 100, NULL,
   'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never'),
  ('pause_ms', '0', 'milliseconds', 0, 60000, NULL,
   'Shortest rest between two batches, to spare a busy server or a lagging replica'),
  ('quiet_requests_per_second', '10', 'requests', 0, 1000000, NULL,
   'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does'),
  ('running_sessions_maximum', '0', 'sessions', 0, 1000000, NULL,
   'A run rests while more other sessions than this are at work; 0: however many'),
  ('replica_lag_maximum_seconds', '10', 'seconds', 0, 604800, NULL,
   'A run rests while a replica is further behind than this, if the server can see it; 0: however far'),
  ('batch_rows_minimum', '50', 'rows', 1, 1000000, NULL,
   'A batch never adapts to fewer rows than this'),
  ('batch_rows_maximum', '2000', 'rows', 1, 1000000, NULL,
   'A batch never adapts to more rows than this'),
  ('time_budget_seconds', '3600', 'seconds', 1, 604800, NULL,
   'A run stops after the batch in which this much time has passed, rests included; the next run goes on'),
  ('window', 'always', NULL, NULL, NULL, 'always,HH:MM-HH:MM',
   'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time'),
  ('enabled', 'yes', NULL, NULL, NULL, 'yes,no',
   'no: a run ends at once without touching a row'),
  ('backup_retention_days', '30', 'days', 1, 3650, NULL,
   'How long deleted rows are kept in the backup tables, and so how long a run can be restored'),
  ('prove_after', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead'),
  ('stop_requested', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: the run that is going on stops after its current batch'),
  ('dry_run', 'no', NULL, NULL, NULL, 'no,yes',
   'yes: runs count dead rows and delete nothing'),
  ('hold_until_epoch_seconds', '0', 'seconds', 0, 4102444800, NULL,
   'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble')
) AS v (NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
WHERE NOT EXISTS (
  SELECT 1 FROM dbo.CLEANUP_SETTING AS s WHERE s.PROCEDURE_NAME = 'cleanup_tokens' AND s.NAME = v.NAME
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN (
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
  TIME_CREATED datetime NULL,
  REFRESH_TOKEN_TIME_CREATED datetime NULL,
  VALIDITY_PERIOD bigint NULL,
  REFRESH_TOKEN_VALIDITY_PERIOD bigint NULL,
  TOKEN_SCOPE_HASH varchar(32) NULL,
  TOKEN_STATE varchar(25) NULL,
  TOKEN_STATE_ID varchar(128) NULL,
  SUBJECT_IDENTIFIER varchar(255) NULL,
  ACCESS_TOKEN_HASH varchar(512) NULL,
  REFRESH_TOKEN_HASH varchar(512) NULL,
  IDP_ID int NULL,
  PRIMARY KEY (RUN_ID, TOKEN_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE (
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
  TIME_CREATED datetime NULL,
  VALIDITY_PERIOD bigint NULL,
  STATE varchar(25) NULL,
  TOKEN_ID varchar(255) NULL,
  SUBJECT_IDENTIFIER varchar(255) NULL,
  PKCE_CODE_CHALLENGE varchar(255) NULL,
  PKCE_CODE_CHALLENGE_METHOD varchar(128) NULL,
  AUTHORIZATION_CODE_HASH varchar(512) NULL,
  IDP_ID int NULL,
  PRIMARY KEY (RUN_ID, CODE_ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  CONSUMER_KEY_ID int NULL,
  CODE_ID varchar(255) NULL,
  TOKEN_ID varchar(255) NULL,
  SESSION_DATA_KEY varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  REQ_OBJECT_ID int NULL,
  CLAIM_ATTRIBUTE varchar(255) NULL,
  ESSENTIAL char(1) NULL,
  VALUE varchar(255) NULL,
  IS_USERINFO char(1) NULL,
  PRIMARY KEY (RUN_ID, ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES (
  RUN_ID BIGINT NOT NULL,
  ID int NOT NULL,
  REQ_OBJECT_CLAIMS_ID int NULL,
  CLAIM_VALUES varchar(255) NULL,
  PRIMARY KEY (RUN_ID, ID)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE (
  RUN_ID BIGINT NOT NULL,
  TOKEN_ID varchar(255) NOT NULL,
  TOKEN_SCOPE varchar(60) NOT NULL,
  TENANT_ID int NULL,
  PRIMARY KEY (RUN_ID, TOKEN_ID, TOKEN_SCOPE)
);
GO
-- @end

-- @statement table CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
IF OBJECT_ID('dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  TOKEN_ID varchar(255) NULL,
  ACCESS_TOKEN varchar(2048) NULL,
  REFRESH_TOKEN varchar(2048) NULL,
  CONSUMER_KEY_ID int NULL,
  AUTHZ_USER varchar(100) NULL,
  TENANT_ID int NULL,
  USER_DOMAIN varchar(50) NULL,
  USER_TYPE varchar(25) NULL,
  GRANT_TYPE varchar(50) NULL,
  TIME_CREATED datetime NULL,
  REFRESH_TOKEN_TIME_CREATED datetime NULL,
  VALIDITY_PERIOD bigint NULL,
  REFRESH_TOKEN_VALIDITY_PERIOD bigint NULL,
  TOKEN_SCOPE_HASH varchar(32) NULL,
  TOKEN_STATE varchar(25) NULL,
  TOKEN_STATE_ID varchar(128) NULL,
  SUBJECT_IDENTIFIER varchar(255) NULL,
  ACCESS_TOKEN_HASH varchar(512) NULL,
  REFRESH_TOKEN_HASH varchar(512) NULL,
  INVALIDATED_TIME datetime NULL,
  IDP_ID int NULL,
  KEPT_ROW BIGINT NOT NULL IDENTITY(1, 1),
  PRIMARY KEY (RUN_ID, KEPT_ROW)
);
GO
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_tokens
SET IDENTITY_INSERT dbo.CLEANUP_RUN ON;
INSERT INTO dbo.CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_tokens', ORIGINAL_LOGIN(), SYSUTCDATETIME(), SYSUTCDATETIME(), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
  UNION
  SELECT RUN_ID FROM dbo.CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
) AS k
WHERE NOT EXISTS (SELECT 1 FROM dbo.CLEANUP_RUN AS r WHERE r.RUN_ID = k.RUN_ID);
SET IDENTITY_INSERT dbo.CLEANUP_RUN OFF;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN',
    'b75cbecc68b8bc9dddee8c671cdba53ef91c51f548bdcfd2e6539df3fefa75ec';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE',
    'f0d48b999d9608b29a27284d30a89004bbafbbf680d0d8872f294532d0860a55';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE',
    'fae35ba6afcfe653a9d55258d6ead48601e45a5a10546340e5054fb832aab27b';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS',
    '7f06642c5f71dcc27f8ee210df9137cdb8857286c406b657a60bbaad5731c339';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES',
    '76c9807dc658ece1b40c264c2037aac43be094cd02d940bd6765d529b075eb39';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
    '0c96cc61dc647654331b8d836688fb46f8f0c897dc670e0607e086ea7a4c508e';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT',
    'e120811968f2ad8527bae23eb710d9aeae1282b64e1d26448a1605b96a5b75d0';
GO
-- @end
