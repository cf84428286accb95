-- Settings of cleanup_webhooks, and the tables that keep the rows it deletes.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- A setting that is already there keeps the value an operator gave it.
-- @statement settings cleanup_webhooks
INSERT INTO CLEANUP_SETTING
  (PROCEDURE_NAME, NAME, VALUE, UNIT, MINIMUM_VALUE, MAXIMUM_VALUE, ALLOWED, DESCRIPTION)
VALUES
  ('cleanup_webhooks', 'webhook_grace_hours', '720', 'hours', 24, 87600, NULL,
   'How long after its EXPIRY_AT a webhook subscription is kept'),
  ('cleanup_webhooks', 'unsubscription_pruning', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: the log of unsubscriptions is pruned too'),
  ('cleanup_webhooks', 'unsubscription_days', '90', 'days', 2, 36500, NULL,
   'How long the log of unsubscriptions is kept'),
  ('cleanup_webhooks', 'clock_uncertainty_hours', '26', 'hours', 0, 26, NULL,
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
  ('cleanup_webhooks', 'purge_backlog_maximum', '1000000', 'transactions', 0, 1000000000, NULL,
   'A run rests while more transactions than this wait to be purged; 0: however many'),
  ('cleanup_webhooks', 'rests_during_flow_control', 'yes', NULL, NULL, NULL, 'yes,no',
   'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up'),
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
  ('cleanup_webhooks', 'allow_read_only', 'no', NULL, NULL, NULL, 'yes,no',
   'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication'),
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
ON DUPLICATE KEY UPDATE DESCRIPTION = DESCRIPTION;
-- @end

-- @statement table CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  WH_SUBSCRIPTION_ID int NOT NULL,
  API_UUID varchar(255) NULL,
  APPLICATION_ID varchar(20) NULL,
  TENANT_DOMAIN varchar(255) NULL,
  HUB_CALLBACK_URL varchar(1024) NULL,
  HUB_TOPIC varchar(255) NULL,
  HUB_SECRET varchar(2048) NULL,
  HUB_LEASE_SECONDS int NULL,
  UPDATED_AT timestamp NULL,
  EXPIRY_AT bigint NULL,
  DELIVERED_AT timestamp NULL,
  DELIVERY_STATE int NULL,
  PRIMARY KEY (RUN_ID, WH_SUBSCRIPTION_ID)
) ENGINE = InnoDB;
-- @end

-- @statement table CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
CREATE TABLE IF NOT EXISTS CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION (
  RUN_ID BIGINT NOT NULL,
  REASON VARCHAR(40) NOT NULL,
  API_UUID varchar(255) NULL,
  APPLICATION_ID varchar(20) NULL,
  TENANT_DOMAIN varchar(255) NULL,
  HUB_CALLBACK_URL varchar(1024) NULL,
  HUB_TOPIC varchar(255) NULL,
  HUB_SECRET varchar(2048) NULL,
  HUB_LEASE_SECONDS int NULL,
  ADDED_AT timestamp NULL,
  KEPT_ROW BIGINT NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (KEPT_ROW),
  KEY (RUN_ID)
) ENGINE = InnoDB;
-- @end

-- Runs of which rows are kept, but that the log does not know any more: it was dropped or truncated. They are entered
-- again, so that they can be restored, and so that their retention begins now. The next run gets a number above them.
-- @statement log cleanup_webhooks
INSERT INTO CLEANUP_RUN (RUN_ID, PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
SELECT k.RUN_ID, 'cleanup_webhooks', SESSION_USER(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'ended',
  'the log of this run was lost'
FROM (
  SELECT RUN_ID FROM CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
  UNION
  SELECT RUN_ID FROM CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
) k
WHERE NOT EXISTS (SELECT 1 FROM CLEANUP_RUN r WHERE r.RUN_ID = k.RUN_ID);
-- @end

-- The register: what verification compares with later.
-- @statement register CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION',
    '03ce7e70c4dec792477692a8a7e74eda6abf471631471fd088dac89301161a3c');
-- @end
-- @statement register CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
CALL CLEANUP_REGISTER('table', 'CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION',
    '46d354f0741eddc1928d0c75e6553c4319ffed4fd88c38e461991eaf4ee92ab9');
-- @end
