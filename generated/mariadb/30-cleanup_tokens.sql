-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH2_ACCESS_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     expired: its state is EXPIRED
--     periods_over: it is ACTIVE or GRACEFULLY_ROTATED, and its access and refresh periods ended before the cut-off
--     access_period_over: it is ACTIVE, its grant is in access_period_grants, and its access period is over (opt-in)
--     together with its child rows in IDN_OAUTH2_ACCESS_TOKEN_SCOPE, IDN_OAUTH2_TOKEN_BINDING,
--     IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_AUTHORIZATION_CODE when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and only if no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID
--     together with its child rows in IDN_OAUTH2_AUTHZ_CODE_SCOPE, IDN_OIDC_REQ_OBJ_CLAIM_VALUES,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJECT_REFERENCE
--   IDN_OAUTH2_CIBA_AUTH_CODE when
--     finished: its request is EXPIRED, TOKEN_ISSUED or FAILED
--     period_over: its validity ended over 24 h ago
--     together with its child rows in IDN_OAUTH2_CIBA_REQUEST_SCOPES
--   IDN_OAUTH2_DEVICE_FLOW when
--     expired: its status is EXPIRED
--     period_over: it ended over 24 h ago
--     together with its child rows in IDN_OAUTH2_DEVICE_FLOW_SCOPES
--   IDN_OAUTH2_ACCESS_TOKEN_AUDIT (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
--
-- Every deleted row is copied in the same transaction; CALL restore_tokens(run) brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_tokens
--   SELECT, DELETE on IDN_OAUTH2_ACCESS_TOKEN, IDN_OAUTH2_AUTHORIZATION_CODE, IDN_OIDC_REQ_OBJECT_REFERENCE,
--     IDN_OIDC_REQ_OBJECT_CLAIMS, IDN_OIDC_REQ_OBJ_CLAIM_VALUES, IDN_OAUTH2_TOKEN_BINDING,
--     IDN_OAUTH2_ACCESS_TOKEN_SCOPE, IDN_OAUTH2_AUTHZ_CODE_SCOPE, IDN_OAUTH2_CIBA_AUTH_CODE,
--     IDN_OAUTH2_CIBA_REQUEST_SCOPES, IDN_OAUTH2_DEVICE_FLOW, IDN_OAUTH2_DEVICE_FLOW_SCOPES,
--     IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN, CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE, CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS,
--     CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES, CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE, CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE,
--     CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE, CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES,
--     CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW, CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES,
--     CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON
--
-- Its chapters, which are labels in the body, since some clients strip comments from what they send:
--   preparation one run at a time; nothing that would make a delete unsafe or a restore impossible. The session works
--            in UTC, since a TIMESTAMP copied in a zone with daylight saving time can move by an hour. Ages are
--            measured from UTC now, less the hours by which a timestamp may lie behind (clock_uncertainty_hours).
--   walk     table by table, forward along the key or the list, in batches. A range is read once, without locks, and
--            its rows and dead rows are counted. "batch" copies and deletes in one transaction, with the rule in the
--            DELETE once more; unless exactly the chosen number goes, or when another session is in the way, the batch
--            is undone and tried again with half the range, and left to the next run after ten tries; the next ten
--            ranges do not grow. Rows that live cost little, so a range of them does not make the next batch, of dead
--            ones, too large. READ COMMITTED keeps gaps unlocked for inserts.
--   prune    backups whose retention is over.

-- The server keeps these settings with what it creates, so they are the same whoever runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_tokens
DROP PROCEDURE IF EXISTS cleanup_tokens;
-- @end

DELIMITER $$

-- @statement procedure cleanup_tokens
CREATE PROCEDURE cleanup_tokens()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead access tokens and the codes that led to them. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_lock          VARCHAR(64) DEFAULT LEFT(SHA2(CONCAT(DATABASE(), '.', 'cleanup_tokens'), 256), 64);
  DECLARE v_run_id        BIGINT;
  DECLARE v_started       DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
  DECLARE v_work_began    DATETIME(6);
  DECLARE v_status        VARCHAR(20) DEFAULT 'ended';
  DECLARE v_why           VARCHAR(400) DEFAULT 'done';
  DECLARE v_problem       VARCHAR(400);
  DECLARE v_dry_run       VARCHAR(4);
  DECLARE v_target_ms     INT;
  DECLARE v_pause_ms      INT DEFAULT 0;
  DECLARE v_time          CHAR(5);
  DECLARE v_rows_min      BIGINT;
  DECLARE v_rows_max      BIGINT;
  DECLARE v_retention     INT;
  DECLARE v_oldest_kept   BIGINT;
  DECLARE v_step          INT DEFAULT 0;
  DECLARE v_table         VARCHAR(64);
  DECLARE v_more          TINYINT;
  DECLARE v_span          BIGINT;
  DECLARE v_batch_began   DATETIME(6);
  DECLARE v_batch_ms      BIGINT;
  DECLARE v_seen          BIGINT;
  DECLARE v_dead          BIGINT;
  DECLARE v_copied        BIGINT;
  DECLARE v_failures      INT DEFAULT 0;
  DECLARE v_careful       INT DEFAULT 0;
  DECLARE v_passed_over   TINYINT DEFAULT 0;
  DECLARE v_interrupted   INT DEFAULT 0;
  DECLARE v_old_time_zone VARCHAR(64) DEFAULT @@session.time_zone;
  DECLARE v_old_keys      TINYINT DEFAULT @@session.foreign_key_checks;
  DECLARE v_old_lock_wait INT DEFAULT @@session.innodb_lock_wait_timeout;
  DECLARE v_old_safe      TINYINT DEFAULT @@session.sql_safe_updates;
  DECLARE v_old_switch    VARCHAR(2000) DEFAULT @@session.optimizer_switch;

  DECLARE v_cut_off DATETIME(6);
  DECLARE v_cut_off_s DECIMAL(20, 6);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_audit_cut_off DATETIME(6);
  DECLARE v_audit_cut_off_s DECIMAL(20, 6);
  DECLARE v_safe_period_minutes BIGINT;
  DECLARE v_access_period_grants VARCHAR(255);
  DECLARE v_audit_pruning VARCHAR(255);
  DECLARE v_audit_retention_days BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1 varchar(255);
  DECLARE v_from_2, v_upto_2 varchar(255);
  DECLARE v_from_3, v_upto_3 char(36);
  DECLARE v_from_4, v_upto_4 varchar(255);
  DECLARE v_from_5, v_upto_5 int;
  DECLARE v_reason_1 BIGINT DEFAULT 0;
  DECLARE v_reason_2 BIGINT DEFAULT 0;
  DECLARE v_reason_3 BIGINT DEFAULT 0;
  DECLARE v_reason_4 BIGINT DEFAULT 0;
  DECLARE v_reason_5 BIGINT DEFAULT 0;

  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_why = MESSAGE_TEXT;
    ROLLBACK;
    UPDATE CLEANUP_RUN
    SET ENDED_AT = UTC_TIMESTAMP(3), STATUS = 'failed', WHY_STOPPED = LEFT(CONCAT('error: ', v_why), 400)
    WHERE RUN_ID = v_run_id;
    COMMIT;
    DO RELEASE_LOCK(v_lock);
    SET SESSION time_zone = v_old_time_zone, foreign_key_checks = v_old_keys,
        innodb_lock_wait_timeout = v_old_lock_wait, sql_safe_updates = v_old_safe, optimizer_switch = v_old_switch;
    RESIGNAL;
  END;

  preparation: BEGIN
    COMMIT;
    IF CAST(@@global.read_only AS CHAR) NOT IN ('0', 'OFF') AND NOT EXISTS (
      SELECT 1 FROM CLEANUP_SETTING
      WHERE PROCEDURE_NAME = 'cleanup_tokens' AND NAME = 'allow_read_only' AND VALUE = 'yes'
    ) THEN
      SIGNAL SQLSTATE '45000'
        SET MESSAGE_TEXT = 'cleanup_tokens did not start: read_only is on; it may be a replica';
    END IF;
    IF COALESCE(GET_LOCK(v_lock, 0), 0) <> 1 THEN
      INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
      VALUES ('cleanup_tokens', SESSION_USER(), v_started, v_started, 'skipped', 'already running');
      COMMIT;
      LEAVE cleanup;
    END IF;
    SET SESSION time_zone = '+00:00', foreign_key_checks = 1, innodb_lock_wait_timeout = 1, sql_safe_updates = 0,
        optimizer_switch = 'semijoin=off,materialization=off,derived_merge=off,subquery_cache=off';

    UPDATE CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = v_started
    WHERE PROCEDURE_NAME = 'cleanup_tokens' AND STATUS = 'running';

    SELECT MIN(CONCAT(f.BACKUP, ' does not fit ', f.SOURCE, ' any more: column ', s.COLUMN_NAME)) INTO v_problem
    FROM (
      SELECT 'IDN_OAUTH2_ACCESS_TOKEN' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_AUTHORIZATION_CODE' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE' AS BACKUP UNION ALL
      SELECT 'IDN_OIDC_REQ_OBJECT_REFERENCE' AS SOURCE, 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE' AS BACKUP UNION ALL
      SELECT 'IDN_OIDC_REQ_OBJECT_CLAIMS' AS SOURCE, 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS' AS BACKUP UNION ALL
      SELECT 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES' AS SOURCE, 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_TOKEN_BINDING' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_AUTHZ_CODE_SCOPE' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_CIBA_AUTH_CODE' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_CIBA_REQUEST_SCOPES' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_DEVICE_FLOW' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_DEVICE_FLOW_SCOPES' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES' AS BACKUP UNION ALL
      SELECT 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AS SOURCE, 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AS BACKUP
    ) f
    JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE() AND COALESCE(c.GENERATION_EXPRESSION, '') = ''
        AND c.TABLE_NAME IN (
          'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OIDC_REQ_OBJECT_REFERENCE',
          'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'IDN_OAUTH2_TOKEN_BINDING',
          'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'IDN_OAUTH2_CIBA_AUTH_CODE',
          'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
          'IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) s ON s.TABLE_NAME = f.SOURCE
    LEFT JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE',
          'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS',
          'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING',
          'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE',
          'CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE', 'CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES',
          'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW', 'CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES',
          'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
    ) b ON b.TABLE_NAME = f.BACKUP
      AND b.COLUMN_NAME = s.COLUMN_NAME AND b.COLUMN_TYPE = s.COLUMN_TYPE AND b.COLLATION_NAME <=> s.COLLATION_NAME
    WHERE b.COLUMN_NAME IS NULL;

    SELECT COALESCE(v_problem, MIN(CONCAT(f.SOURCE, ' has other columns than when this procedure was made')))
    INTO v_problem
    FROM (
      SELECT 'IDN_OAUTH2_ACCESS_TOKEN' AS SOURCE, 22 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_AUTHORIZATION_CODE' AS SOURCE, 17 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OIDC_REQ_OBJECT_REFERENCE' AS SOURCE, 5 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OIDC_REQ_OBJECT_CLAIMS' AS SOURCE, 6 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES' AS SOURCE, 3 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_TOKEN_BINDING' AS SOURCE, 5 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE' AS SOURCE, 3 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_AUTHZ_CODE_SCOPE' AS SOURCE, 3 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_CIBA_AUTH_CODE' AS SOURCE, 12 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_CIBA_REQUEST_SCOPES' AS SOURCE, 3 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_DEVICE_FLOW' AS SOURCE, 14 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_DEVICE_FLOW_SCOPES' AS SOURCE, 3 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT' AS SOURCE, 22 AS COLUMN_COUNT
    ) f
    LEFT JOIN (
      SELECT c.TABLE_NAME, COUNT(*) AS COLUMN_COUNT
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OIDC_REQ_OBJECT_REFERENCE',
          'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'IDN_OAUTH2_TOKEN_BINDING',
          'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'IDN_OAUTH2_CIBA_AUTH_CODE',
          'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
          'IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
      GROUP BY c.TABLE_NAME
    ) s ON s.TABLE_NAME = f.SOURCE
    WHERE f.COLUMN_COUNT <> COALESCE(s.COLUMN_COUNT, 0);

    SELECT COALESCE(v_problem, MIN(CONCAT(t.TABLE_NAME, ' is no plain InnoDB table any more, so rows may be hidden')))
    INTO v_problem
    FROM information_schema.TABLES t
    WHERE t.TABLE_SCHEMA = DATABASE()
      AND t.TABLE_NAME IN (
        'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OIDC_REQ_OBJECT_REFERENCE',
        'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'IDN_OAUTH2_TOKEN_BINDING',
        'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'IDN_OAUTH2_CIBA_AUTH_CODE',
        'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
        'IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
      AND (t.TABLE_TYPE = 'VIEW' OR (t.TABLE_TYPE <> 'BASE TABLE' OR t.ENGINE <> 'InnoDB') AND t.TABLE_NAME IN (
        'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OIDC_REQ_OBJECT_REFERENCE',
        'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'IDN_OAUTH2_TOKEN_BINDING',
        'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'IDN_OAUTH2_CIBA_AUTH_CODE',
        'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
        'IDN_OAUTH2_ACCESS_TOKEN_AUDIT'));

    SELECT COALESCE(v_problem, MIN(CONCAT(
      'the foreign keys from ', x.CHILD, ' to ', x.PARENT, ' are not those that this procedure was made for')))
    INTO v_problem
    FROM (
      SELECT y.CHILD, y.PARENT
      FROM (
        SELECT 'IDN_OIDC_REQ_OBJECT_REFERENCE' AS CHILD, 'IDN_OAUTH2_ACCESS_TOKEN' AS PARENT, 'TOKEN_ID' AS OWN,
          'TOKEN_ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OIDC_REQ_OBJECT_REFERENCE' AS CHILD, 'IDN_OAUTH2_AUTHORIZATION_CODE' AS PARENT, 'CODE_ID' AS OWN,
          'CODE_ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OIDC_REQ_OBJECT_CLAIMS' AS CHILD, 'IDN_OIDC_REQ_OBJECT_REFERENCE' AS PARENT, 'REQ_OBJECT_ID' AS OWN,
          'ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES' AS CHILD, 'IDN_OIDC_REQ_OBJECT_CLAIMS' AS PARENT, 'REQ_OBJECT_CLAIMS_ID' AS OWN,
          'ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OAUTH2_TOKEN_BINDING' AS CHILD, 'IDN_OAUTH2_ACCESS_TOKEN' AS PARENT, 'TOKEN_ID' AS OWN,
          'TOKEN_ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE' AS CHILD, 'IDN_OAUTH2_ACCESS_TOKEN' AS PARENT, 'TOKEN_ID' AS OWN,
          'TOKEN_ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OAUTH2_AUTHZ_CODE_SCOPE' AS CHILD, 'IDN_OAUTH2_AUTHORIZATION_CODE' AS PARENT, 'CODE_ID' AS OWN,
          'CODE_ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OAUTH2_CIBA_REQUEST_SCOPES' AS CHILD, 'IDN_OAUTH2_CIBA_AUTH_CODE' AS PARENT, 'AUTH_CODE_KEY' AS OWN,
          'AUTH_CODE_KEY' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'IDN_OAUTH2_DEVICE_FLOW_SCOPES' AS CHILD, 'IDN_OAUTH2_DEVICE_FLOW' AS PARENT, 'SCOPE_ID' AS OWN,
          'CODE_ID' AS THEIRS, 1 AS WIDTH, 'CASCADE' AS WANTED, NULL AS LIVE UNION ALL
        SELECT k.CHILD, k.PARENT, k.OWN, k.THEIRS, k.WIDTH, NULL AS WANTED, COALESCE(k.RULE, 'any') AS LIVE
        FROM (
          SELECT n.CHILD, n.PARENT, n.OWN, n.THEIRS,
            MAX(n.POSITION) OVER (PARTITION BY n.CHILD, n.NAME) AS WIDTH,
            MAX(n.RULE) OVER (PARTITION BY n.CHILD, n.NAME) AS RULE
          FROM (
            SELECT u.TABLE_NAME AS CHILD, u.REFERENCED_TABLE_NAME AS PARENT, u.CONSTRAINT_NAME AS NAME,
              u.COLUMN_NAME AS OWN, u.REFERENCED_COLUMN_NAME AS THEIRS, u.ORDINAL_POSITION AS POSITION, NULL AS RULE
            FROM information_schema.KEY_COLUMN_USAGE u
            WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_SCHEMA = DATABASE()
              AND u.REFERENCED_TABLE_NAME IN (
                'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OIDC_REQ_OBJECT_REFERENCE',
                'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'IDN_OAUTH2_TOKEN_BINDING',
                'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'IDN_OAUTH2_CIBA_AUTH_CODE',
                'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
                'IDN_OAUTH2_ACCESS_TOKEN_AUDIT') UNION ALL
            SELECT k.TABLE_NAME AS CHILD, k.REFERENCED_TABLE_NAME AS PARENT, k.CONSTRAINT_NAME AS NAME,
              NULL AS OWN, NULL AS THEIRS, NULL AS POSITION, REPLACE(k.DELETE_RULE, 'NO ACTION', 'RESTRICT') AS RULE
            FROM information_schema.REFERENTIAL_CONSTRAINTS k
            WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.UNIQUE_CONSTRAINT_SCHEMA = DATABASE()
              AND k.REFERENCED_TABLE_NAME IN (
                'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OIDC_REQ_OBJECT_REFERENCE',
                'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'IDN_OAUTH2_TOKEN_BINDING',
                'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'IDN_OAUTH2_CIBA_AUTH_CODE',
                'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
                'IDN_OAUTH2_ACCESS_TOKEN_AUDIT')
          ) n
        ) k
        WHERE k.OWN IS NOT NULL
      ) y
      GROUP BY y.CHILD, y.PARENT, y.OWN, y.THEIRS, y.WIDTH
      HAVING COUNT(y.WANTED) = 0 OR COUNT(y.LIVE) = 0
        OR MAX(NULLIF(y.LIVE, 'any')) <> MAX(y.WANTED) OR MIN(NULLIF(y.LIVE, 'any')) <> MIN(y.WANTED)
    ) x;

    SELECT COALESCE(v_problem, MIN(CONCAT(
      'the foreign keys from ', u.TABLE_SCHEMA, '.', u.TABLE_NAME, ' to ', u.REFERENCED_TABLE_NAME,
      ' are not those that this procedure was made for')))
    INTO v_problem
    FROM information_schema.KEY_COLUMN_USAGE u
    WHERE u.TABLE_SCHEMA <> DATABASE() AND u.REFERENCED_TABLE_SCHEMA = DATABASE()
      AND u.REFERENCED_TABLE_NAME IN (
        'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OIDC_REQ_OBJECT_REFERENCE',
        'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'IDN_OAUTH2_TOKEN_BINDING',
        'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'IDN_OAUTH2_CIBA_AUTH_CODE',
        'IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES',
        'IDN_OAUTH2_ACCESS_TOKEN_AUDIT');

    SELECT
      COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120'),
      COALESCE(MAX(CASE NAME WHEN 'access_period_grants' THEN VALUE END), '(none)'),
      COALESCE(MAX(CASE NAME WHEN 'audit_pruning' THEN VALUE END), 'no'),
      COALESCE(MAX(CASE NAME WHEN 'audit_retention_days' THEN VALUE END), '90'),
      COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26'),
      COALESCE(MAX(CASE NAME WHEN 'backup_retention_days' THEN VALUE END), '30'),
      IF(@deepclean_dry_run = 'yes', 'yes', COALESCE(MAX(CASE NAME WHEN 'dry_run' THEN VALUE END), 'no'))
    INTO
      v_safe_period_minutes, v_access_period_grants, v_audit_pruning, v_audit_retention_days, v_clock_uncertainty_hours, v_retention, v_dry_run
    FROM CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_tokens';

    UPDATE CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_tokens' AND NAME = 'stop_requested';

    SET v_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_safe_period_minutes MINUTE;
    SET v_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_cut_off) * 0.000001;
    SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
    SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
    SET v_audit_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_audit_retention_days DAY;
    SET v_audit_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_audit_cut_off) * 0.000001;

    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, CUT_OFF, DRY_RUN, STATUS)
    VALUES (
      'cleanup_tokens', SESSION_USER(), v_started, v_cut_off, v_dry_run, 'running'
    );
    SET v_run_id = LAST_INSERT_ID();
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN'), (v_run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE'),
      (v_run_id, 'IDN_OIDC_REQ_OBJECT_REFERENCE'), (v_run_id, 'IDN_OIDC_REQ_OBJECT_CLAIMS'),
      (v_run_id, 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES'), (v_run_id, 'IDN_OAUTH2_TOKEN_BINDING'),
      (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'), (v_run_id, 'IDN_OAUTH2_AUTHZ_CODE_SCOPE'),
      (v_run_id, 'IDN_OAUTH2_CIBA_AUTH_CODE'), (v_run_id, 'IDN_OAUTH2_CIBA_REQUEST_SCOPES'),
      (v_run_id, 'IDN_OAUTH2_DEVICE_FLOW'), (v_run_id, 'IDN_OAUTH2_DEVICE_FLOW_SCOPES'),
      (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'inactive'), (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'revoked'),
      (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'expired'), (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'periods_over'),
      (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN', 'access_period_over'),
      (v_run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'inactive'),
      (v_run_id, 'IDN_OAUTH2_AUTHORIZATION_CODE', 'period_over'), (v_run_id, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'finished'),
      (v_run_id, 'IDN_OAUTH2_CIBA_AUTH_CODE', 'period_over'), (v_run_id, 'IDN_OAUTH2_DEVICE_FLOW', 'expired'),
      (v_run_id, 'IDN_OAUTH2_DEVICE_FLOW', 'period_over'),
      (v_run_id, 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'retention_over');
    COMMIT;

    IF v_problem IS NULL AND (
      EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT WHERE RUN_ID >= v_run_id)
    ) THEN
      SET v_problem = 'kept rows have this run number or a later one; install again';
    END IF;
    IF v_problem IS NOT NULL THEN
      SET v_problem = LEFT(CONCAT('cleanup_tokens did not start, and nothing was deleted: ', v_problem), 128);
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
    END IF;
    SET v_work_began = UTC_TIMESTAMP(6);
  END preparation;

  tables: WHILE v_step < 5 DO
    SET v_step = v_step + 1, v_more = 1, v_failures = 0, v_careful = 0, v_span = 1000;
    CASE v_step
      WHEN 1 THEN
        SET v_table = 'IDN_OAUTH2_ACCESS_TOKEN';
        SELECT MIN(t.TOKEN_ID) INTO v_from_1 FROM IDN_OAUTH2_ACCESS_TOKEN t;
        SET v_more = v_from_1 IS NOT NULL;
      WHEN 2 THEN
        SET v_table = 'IDN_OAUTH2_AUTHORIZATION_CODE';
        SELECT MIN(t.CODE_ID) INTO v_from_2 FROM IDN_OAUTH2_AUTHORIZATION_CODE t;
        SET v_more = v_from_2 IS NOT NULL;
      WHEN 3 THEN
        SET v_table = 'IDN_OAUTH2_CIBA_AUTH_CODE';
        SELECT MIN(t.AUTH_CODE_KEY) INTO v_from_3 FROM IDN_OAUTH2_CIBA_AUTH_CODE t;
        SET v_more = v_from_3 IS NOT NULL;
      WHEN 4 THEN
        SET v_table = 'IDN_OAUTH2_DEVICE_FLOW';
        SELECT MIN(t.DEVICE_CODE) INTO v_from_4 FROM IDN_OAUTH2_DEVICE_FLOW t;
        SET v_more = v_from_4 IS NOT NULL;
      WHEN 5 THEN
        IF v_audit_pruning <> 'yes' THEN
          ITERATE tables;
        END IF;
        SET v_table = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';
        SELECT MIN(t.ID) INTO v_from_5 FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t;
        SET v_more = v_from_5 IS NOT NULL;
    END CASE;

    walk: WHILE v_more DO
      COMMIT;
      IF v_pause_ms > 0 THEN
        SELECT SLEEP(v_pause_ms / 1000) INTO v_interrupted;
      END IF;
      SET v_time = DATE_FORMAT(UTC_TIMESTAMP(), '%H:%i');
      SELECT
        COALESCE(MAX(CASE NAME WHEN 'batch_target_ms' THEN VALUE END), '250'),
        COALESCE(MAX(CASE NAME WHEN 'pause_ms' THEN VALUE END), '0'),
        COALESCE(MAX(CASE NAME WHEN 'batch_rows_minimum' THEN VALUE END), '50'),
        COALESCE(MAX(CASE NAME WHEN 'batch_rows_maximum' THEN VALUE END), '200000'),
        CASE
          WHEN v_interrupted <> 0 THEN 'interrupted'
          WHEN MAX(CASE NAME WHEN 'enabled' THEN VALUE END) = 'no' THEN 'switched off'
          WHEN MAX(CASE NAME WHEN 'stop_requested' THEN VALUE END) = 'yes' THEN 'stop requested'
          WHEN TIMESTAMPDIFF(SECOND, v_work_began, UTC_TIMESTAMP(6))
            >= COALESCE(MAX(CASE NAME WHEN 'time_budget_seconds' THEN VALUE + 0 END), 3600)
          THEN 'time budget'
          WHEN MAX(CASE
            WHEN NAME <> 'window' OR VALUE = 'always' THEN 0
            WHEN LEFT(VALUE, 5) < RIGHT(VALUE, 5) THEN v_time < LEFT(VALUE, 5) OR v_time >= RIGHT(VALUE, 5)
            ELSE v_time >= RIGHT(VALUE, 5) AND v_time < LEFT(VALUE, 5)
          END) = 1 THEN 'outside window'
          ELSE 'done'
        END
      INTO v_target_ms, v_pause_ms, v_rows_min, v_rows_max, v_why
      FROM CLEANUP_SETTING
      WHERE PROCEDURE_NAME = 'cleanup_tokens';
      COMMIT;
      IF v_why <> 'done' THEN
        SET v_status = 'stopped';
        LEAVE tables;
      END IF;

      SET v_span = LEAST(IF(v_failures = 0, GREATEST(v_span, v_rows_min), v_span), v_rows_max),
          v_batch_began = SYSDATE(6);
      batch: BEGIN
        DECLARE EXIT HANDLER FOR 1205, 1217, 1451, SQLSTATE '40001'
        BEGIN
          ROLLBACK;
          SET v_failures = v_failures + 1, v_careful = 10, v_span = GREATEST(v_span DIV 2, 1);
          UPDATE CLEANUP_RUN_STEP SET RETRIES = RETRIES + 1 WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
          COMMIT;
          SELECT SLEEP(0.05) INTO v_interrupted;
        END;

        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        CASE v_step
          WHEN 1 THEN
            SELECT MAX(d.TOKEN_ID) INTO v_upto_1
            FROM (
              SELECT k.TOKEN_ID
              FROM IDN_OAUTH2_ACCESS_TOKEN k FORCE INDEX (PRIMARY)
              WHERE k.TOKEN_ID >= v_from_1
              ORDER BY k.TOKEN_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0), COALESCE(SUM(d.REASON = 2), 0), COALESCE(SUM(d.REASON = 3), 0),
              COALESCE(SUM(d.REASON = 4), 0), COALESCE(SUM(d.REASON = 5), 0)
            INTO v_seen, v_dead, v_reason_1, v_reason_2, v_reason_3, v_reason_4, v_reason_5
            FROM (
              SELECT CASE
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 1
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 2
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'EXPIRED' THEN 3
                  WHEN CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000 > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 4
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'ACTIVE'
                       AND v_access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                       AND FIND_IN_SET(CAST(t.GRANT_TYPE AS BINARY), CAST(v_access_period_grants AS BINARY)) > 0
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                  THEN 5
                  ELSE 0
                END AS REASON
              FROM IDN_OAUTH2_ACCESS_TOKEN t FORCE INDEX (PRIMARY)
              WHERE t.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
                (RUN_ID, REASON, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
                 USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
                 REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
                 ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID, TOKEN_BINDING_REF, CONSENTED_TOKEN)
              SELECT v_run_id, CASE
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 'revoked'
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'EXPIRED' THEN 'expired'
                  WHEN CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                       AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000 > t.REFRESH_TOKEN_VALIDITY_PERIOD
                  THEN 'periods_over'
                  WHEN CAST(t.TOKEN_STATE AS BINARY) = 'ACTIVE'
                       AND v_access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                       AND FIND_IN_SET(CAST(t.GRANT_TYPE AS BINARY), CAST(v_access_period_grants AS BINARY)) > 0
                       AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                  THEN 'access_period_over'
                END,
                t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER, t.TENANT_ID,
                t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED, t.REFRESH_TOKEN_TIME_CREATED,
                t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH, t.TOKEN_STATE, t.TOKEN_STATE_ID,
                t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH, t.IDP_ID, t.TOKEN_BINDING_REF,
                t.CONSENTED_TOKEN
              FROM IDN_OAUTH2_ACCESS_TOKEN t FORCE INDEX (PRIMARY)
              WHERE t.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
                AND (CAST(t.TOKEN_STATE AS BINARY) IN ('INACTIVE', 'REVOKED', 'EXPIRED')
                     OR (CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000 > t.REFRESH_TOKEN_VALIDITY_PERIOD)
                     OR (CAST(t.TOKEN_STATE AS BINARY) = 'ACTIVE'
                         AND v_access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                         AND FIND_IN_SET(CAST(t.GRANT_TYPE AS BINARY), CAST(v_access_period_grants AS BINARY)) > 0
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
                (RUN_ID, TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
              SELECT v_run_id, c.TOKEN_ID, c.TOKEN_SCOPE, c.TENANT_ID
              FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
              STRAIGHT_JOIN IDN_OAUTH2_ACCESS_TOKEN_SCOPE c ON c.TOKEN_ID = g.TOKEN_ID
              WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
              SET v_copied = ROW_COUNT();
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';

              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
                (RUN_ID, TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
              SELECT v_run_id, c.TOKEN_ID, c.TOKEN_BINDING_TYPE, c.TOKEN_BINDING_REF, c.TOKEN_BINDING_VALUE,
                c.TENANT_ID
              FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
              STRAIGHT_JOIN IDN_OAUTH2_TOKEN_BINDING c ON c.TOKEN_ID = g.TOKEN_ID
              WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
              SET v_copied = ROW_COUNT();
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OAUTH2_TOKEN_BINDING';

              INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
                (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
              SELECT v_run_id, c.ID, c.CONSUMER_KEY_ID, c.CODE_ID, c.TOKEN_ID, c.SESSION_DATA_KEY
              FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
              STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.TOKEN_ID = g.TOKEN_ID
              WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
              SET v_copied = ROW_COUNT();
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

              IF EXISTS (SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE p WHERE p.TOKEN_ID BETWEEN v_from_1 AND v_upto_1) THEN
                INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
                  (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
                SELECT v_run_id, c.ID, c.REQ_OBJECT_CLAIMS_ID, c.CLAIM_VALUES
                FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
                WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
                SET v_copied = ROW_COUNT();
                UPDATE CLEANUP_RUN_STEP
                SET DELETED = DELETED + v_copied
                WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';

                INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
                  (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
                SELECT v_run_id, c.ID, c.REQ_OBJECT_ID, c.CLAIM_ATTRIBUTE, c.ESSENTIAL, c.VALUE, c.IS_USERINFO
                FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN g FORCE INDEX (PRIMARY)
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.TOKEN_ID = g.TOKEN_ID
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
                WHERE g.RUN_ID = v_run_id AND g.TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
                SET v_copied = ROW_COUNT();
                UPDATE CLEANUP_RUN_STEP
                SET DELETED = DELETED + v_copied
                WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS';

              END IF;

              DELETE t
              FROM IDN_OAUTH2_ACCESS_TOKEN t FORCE INDEX (PRIMARY)
              WHERE t.TOKEN_ID BETWEEN v_from_1 AND v_upto_1
                AND (CAST(t.TOKEN_STATE AS BINARY) IN ('INACTIVE', 'REVOKED', 'EXPIRED')
                     OR (CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                         AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                         AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000 > t.REFRESH_TOKEN_VALIDITY_PERIOD)
                     OR (CAST(t.TOKEN_STATE AS BINARY) = 'ACTIVE'
                         AND v_access_period_grants REGEXP '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                         AND FIND_IN_SET(CAST(t.GRANT_TYPE AS BINARY), CAST(v_access_period_grants AS BINARY)) > 0
                         AND t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                         AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'inactive' THEN v_reason_1
                  WHEN 'revoked' THEN v_reason_2
                  WHEN 'expired' THEN v_reason_3
                  WHEN 'periods_over' THEN v_reason_4
                  WHEN 'access_period_over' THEN v_reason_5
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 2 THEN
            SELECT MAX(d.CODE_ID) INTO v_upto_2
            FROM (
              SELECT k.CODE_ID
              FROM IDN_OAUTH2_AUTHORIZATION_CODE k FORCE INDEX (PRIMARY)
              WHERE k.CODE_ID >= v_from_2
              ORDER BY k.CODE_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0), COALESCE(SUM(d.REASON = 2), 0)
            INTO v_seen, v_dead, v_reason_1, v_reason_2
            FROM (
              SELECT CASE
                  WHEN EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID) THEN 0
                  WHEN CAST(t.STATE AS BINARY) = 'INACTIVE' THEN 1
                  WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                  THEN 2
                  ELSE 0
                END AS REASON
              FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
              WHERE t.CODE_ID BETWEEN v_from_2 AND v_upto_2
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
                (RUN_ID, REASON, CODE_ID, AUTHORIZATION_CODE, CONSUMER_KEY_ID, CALLBACK_URL, SCOPE, AUTHZ_USER,
                 TENANT_ID, USER_DOMAIN, TIME_CREATED, VALIDITY_PERIOD, STATE, TOKEN_ID, SUBJECT_IDENTIFIER,
                 PKCE_CODE_CHALLENGE, PKCE_CODE_CHALLENGE_METHOD, AUTHORIZATION_CODE_HASH, IDP_ID)
              SELECT v_run_id, CASE
                  WHEN CAST(t.STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
                  WHEN t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                       AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD
                  THEN 'period_over'
                END,
                t.CODE_ID, t.AUTHORIZATION_CODE, t.CONSUMER_KEY_ID, t.CALLBACK_URL, t.SCOPE, t.AUTHZ_USER, t.TENANT_ID,
                t.USER_DOMAIN, t.TIME_CREATED, t.VALIDITY_PERIOD, t.STATE, t.TOKEN_ID, t.SUBJECT_IDENTIFIER,
                t.PKCE_CODE_CHALLENGE, t.PKCE_CODE_CHALLENGE_METHOD, t.AUTHORIZATION_CODE_HASH, t.IDP_ID
              FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
              WHERE t.CODE_ID BETWEEN v_from_2 AND v_upto_2
                AND ((CAST(t.STATE AS BINARY) = 'INACTIVE'
                      OR (t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                          AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD))
                     AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
                (RUN_ID, CODE_ID, SCOPE, TENANT_ID)
              SELECT v_run_id, c.CODE_ID, c.SCOPE, c.TENANT_ID
              FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
              STRAIGHT_JOIN IDN_OAUTH2_AUTHZ_CODE_SCOPE c ON c.CODE_ID = g.CODE_ID
              WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2;
              SET v_copied = ROW_COUNT();
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OAUTH2_AUTHZ_CODE_SCOPE';

              INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
                (RUN_ID, ID, CONSUMER_KEY_ID, CODE_ID, TOKEN_ID, SESSION_DATA_KEY)
              SELECT v_run_id, c.ID, c.CONSUMER_KEY_ID, c.CODE_ID, c.TOKEN_ID, c.SESSION_DATA_KEY
              FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
              STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE c ON c.CODE_ID = g.CODE_ID
              WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2;
              SET v_copied = ROW_COUNT();
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_REFERENCE';

              IF EXISTS (SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE p WHERE p.CODE_ID BETWEEN v_from_2 AND v_upto_2) THEN
                INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
                  (RUN_ID, ID, REQ_OBJECT_CLAIMS_ID, CLAIM_VALUES)
                SELECT v_run_id, c.ID, c.REQ_OBJECT_CLAIMS_ID, c.CLAIM_VALUES
                FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS p2 ON p2.REQ_OBJECT_ID = p1.ID
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJ_CLAIM_VALUES c ON c.REQ_OBJECT_CLAIMS_ID = p2.ID
                WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2;
                SET v_copied = ROW_COUNT();
                UPDATE CLEANUP_RUN_STEP
                SET DELETED = DELETED + v_copied
                WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';

                INSERT INTO CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
                  (RUN_ID, ID, REQ_OBJECT_ID, CLAIM_ATTRIBUTE, ESSENTIAL, VALUE, IS_USERINFO)
                SELECT v_run_id, c.ID, c.REQ_OBJECT_ID, c.CLAIM_ATTRIBUTE, c.ESSENTIAL, c.VALUE, c.IS_USERINFO
                FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE g FORCE INDEX (PRIMARY)
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_REFERENCE p1 ON p1.CODE_ID = g.CODE_ID
                STRAIGHT_JOIN IDN_OIDC_REQ_OBJECT_CLAIMS c ON c.REQ_OBJECT_ID = p1.ID
                WHERE g.RUN_ID = v_run_id AND g.CODE_ID BETWEEN v_from_2 AND v_upto_2;
                SET v_copied = ROW_COUNT();
                UPDATE CLEANUP_RUN_STEP
                SET DELETED = DELETED + v_copied
                WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OIDC_REQ_OBJECT_CLAIMS';

              END IF;

              DELETE t
              FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
              WHERE t.CODE_ID BETWEEN v_from_2 AND v_upto_2
                AND ((CAST(t.STATE AS BINARY) = 'INACTIVE'
                      OR (t.VALIDITY_PERIOD > 0 AND t.VALIDITY_PERIOD < 99999999999990
                          AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0)) * 1000 > t.VALIDITY_PERIOD))
                     AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'inactive' THEN v_reason_1
                  WHEN 'period_over' THEN v_reason_2
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 3 THEN
            SELECT MAX(d.AUTH_CODE_KEY) INTO v_upto_3
            FROM (
              SELECT k.AUTH_CODE_KEY
              FROM IDN_OAUTH2_CIBA_AUTH_CODE k FORCE INDEX (PRIMARY)
              WHERE k.AUTH_CODE_KEY >= v_from_3
              ORDER BY k.AUTH_CODE_KEY
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0), COALESCE(SUM(d.REASON = 2), 0)
            INTO v_seen, v_dead, v_reason_1, v_reason_2
            FROM (
              SELECT CASE
                  WHEN CAST(t.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 1
                  WHEN t.EXPIRES_IN > 0
                       AND v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) > t.EXPIRES_IN
                  THEN 2
                  ELSE 0
                END AS REASON
              FROM IDN_OAUTH2_CIBA_AUTH_CODE t FORCE INDEX (PRIMARY)
              WHERE t.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
                (RUN_ID, REASON, AUTH_CODE_KEY, AUTH_REQ_ID, ISSUED_TIME, CONSUMER_KEY, LAST_POLLED_TIME,
                 POLLING_INTERVAL, EXPIRES_IN, AUTHENTICATED_USER_NAME, USER_STORE_DOMAIN, TENANT_ID, AUTH_REQ_STATUS,
                 IDP_ID)
              SELECT v_run_id, CASE
                  WHEN CAST(t.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 'finished'
                  WHEN t.EXPIRES_IN > 0
                       AND v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) > t.EXPIRES_IN
                  THEN 'period_over'
                END,
                t.AUTH_CODE_KEY, t.AUTH_REQ_ID, t.ISSUED_TIME, t.CONSUMER_KEY, t.LAST_POLLED_TIME, t.POLLING_INTERVAL,
                t.EXPIRES_IN, t.AUTHENTICATED_USER_NAME, t.USER_STORE_DOMAIN, t.TENANT_ID, t.AUTH_REQ_STATUS, t.IDP_ID
              FROM IDN_OAUTH2_CIBA_AUTH_CODE t FORCE INDEX (PRIMARY)
              WHERE t.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3
                AND (CAST(t.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED')
                     OR (t.EXPIRES_IN > 0
                         AND v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) > t.EXPIRES_IN))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
                (RUN_ID, ID, AUTH_CODE_KEY, SCOPE)
              SELECT v_run_id, c.ID, c.AUTH_CODE_KEY, c.SCOPE
              FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE g FORCE INDEX (PRIMARY)
              STRAIGHT_JOIN IDN_OAUTH2_CIBA_REQUEST_SCOPES c ON c.AUTH_CODE_KEY = g.AUTH_CODE_KEY
              WHERE g.RUN_ID = v_run_id AND g.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3;
              SET v_copied = ROW_COUNT();
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OAUTH2_CIBA_REQUEST_SCOPES';

              DELETE t
              FROM IDN_OAUTH2_CIBA_AUTH_CODE t FORCE INDEX (PRIMARY)
              WHERE t.AUTH_CODE_KEY BETWEEN v_from_3 AND v_upto_3
                AND (CAST(t.AUTH_REQ_STATUS AS BINARY) IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED')
                     OR (t.EXPIRES_IN > 0
                         AND v_grace_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.ISSUED_TIME), 0) > t.EXPIRES_IN));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'finished' THEN v_reason_1
                  WHEN 'period_over' THEN v_reason_2
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 4 THEN
            SELECT MAX(d.DEVICE_CODE) INTO v_upto_4
            FROM (
              SELECT k.DEVICE_CODE
              FROM IDN_OAUTH2_DEVICE_FLOW k FORCE INDEX (PRIMARY)
              WHERE k.DEVICE_CODE >= v_from_4
              ORDER BY k.DEVICE_CODE
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0), COALESCE(SUM(d.REASON = 2), 0)
            INTO v_seen, v_dead, v_reason_1, v_reason_2
            FROM (
              SELECT CASE
                  WHEN CAST(t.STATUS AS BINARY) = 'EXPIRED' THEN 1
                  WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s THEN 2
                  ELSE 0
                END AS REASON
              FROM IDN_OAUTH2_DEVICE_FLOW t FORCE INDEX (PRIMARY)
              WHERE t.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
                (RUN_ID, REASON, CODE_ID, DEVICE_CODE, USER_CODE, QUANTIFIER, CONSUMER_KEY_ID, LAST_POLL_TIME,
                 EXPIRY_TIME, TIME_CREATED, POLL_TIME, STATUS, AUTHZ_USER, TENANT_ID, USER_DOMAIN, IDP_ID)
              SELECT v_run_id, CASE
                  WHEN CAST(t.STATUS AS BINARY) = 'EXPIRED' THEN 'expired'
                  WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s THEN 'period_over'
                END,
                t.CODE_ID, t.DEVICE_CODE, t.USER_CODE, t.QUANTIFIER, t.CONSUMER_KEY_ID, t.LAST_POLL_TIME, t.EXPIRY_TIME,
                t.TIME_CREATED, t.POLL_TIME, t.STATUS, t.AUTHZ_USER, t.TENANT_ID, t.USER_DOMAIN, t.IDP_ID
              FROM IDN_OAUTH2_DEVICE_FLOW t FORCE INDEX (PRIMARY)
              WHERE t.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4
                AND (CAST(t.STATUS AS BINARY) = 'EXPIRED'
                     OR NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s)
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
                (RUN_ID, ID, SCOPE_ID, SCOPE)
              SELECT v_run_id, c.ID, c.SCOPE_ID, c.SCOPE
              FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW g FORCE INDEX (PRIMARY)
              STRAIGHT_JOIN IDN_OAUTH2_DEVICE_FLOW_SCOPES c ON c.SCOPE_ID = g.CODE_ID
              WHERE g.RUN_ID = v_run_id AND g.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4;
              SET v_copied = ROW_COUNT();
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_OAUTH2_DEVICE_FLOW_SCOPES';

              DELETE t
              FROM IDN_OAUTH2_DEVICE_FLOW t FORCE INDEX (PRIMARY)
              WHERE t.DEVICE_CODE BETWEEN v_from_4 AND v_upto_4
                AND (CAST(t.STATUS AS BINARY) = 'EXPIRED'
                     OR NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s);
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'expired' THEN v_reason_1
                  WHEN 'period_over' THEN v_reason_2
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 5 THEN
            SELECT MAX(d.ID) INTO v_upto_5
            FROM (
              SELECT k.ID
              FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT k FORCE INDEX (PRIMARY)
              WHERE k.ID >= v_from_5
              ORDER BY k.ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT CASE
                  WHEN NULLIF(UNIX_TIMESTAMP(t.INVALIDATED_TIME), 0) < v_audit_cut_off_s THEN 1
                  ELSE 0
                END AS REASON
              FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_5 AND v_upto_5
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
                (RUN_ID, REASON, ID, TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
                 USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD,
                 REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER,
                 ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, INVALIDATED_TIME, IDP_ID)
              SELECT v_run_id, 'retention_over',
                t.ID, t.TOKEN_ID, t.ACCESS_TOKEN, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER, t.TENANT_ID,
                t.USER_DOMAIN, t.USER_TYPE, t.GRANT_TYPE, t.TIME_CREATED, t.REFRESH_TOKEN_TIME_CREATED,
                t.VALIDITY_PERIOD, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_SCOPE_HASH, t.TOKEN_STATE, t.TOKEN_STATE_ID,
                t.SUBJECT_IDENTIFIER, t.ACCESS_TOKEN_HASH, t.REFRESH_TOKEN_HASH, t.INVALIDATED_TIME, t.IDP_ID
              FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_5 AND v_upto_5
                AND (NULLIF(UNIX_TIMESTAMP(t.INVALIDATED_TIME), 0) < v_audit_cut_off_s)
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_5 AND v_upto_5
                AND (NULLIF(UNIX_TIMESTAMP(t.INVALIDATED_TIME), 0) < v_audit_cut_off_s);
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'retention_over' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
        END CASE;

        SET v_batch_ms = TIMESTAMPDIFF(MICROSECOND, v_batch_began, SYSDATE(6)) DIV 1000;
        UPDATE CLEANUP_RUN_STEP
        SET SEEN = SEEN + v_seen, DELETED = DELETED + v_dead,
            BATCHES = BATCHES + 1, LONGEST_BATCH_MS = GREATEST(LONGEST_BATCH_MS, v_batch_ms)
        WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
        COMMIT;
        SET v_failures = 0, v_careful = GREATEST(v_careful - 1, 0),
            v_span = IF(v_batch_ms > v_target_ms OR v_careful = 0 AND (v_dead * 2 >= v_span OR v_span < 5000),
              v_span * LEAST(GREATEST(v_target_ms / GREATEST(v_batch_ms, 1), 0.5), 4), v_span);
      END batch;

      IF v_failures = 0 THEN
        CASE v_step
          WHEN 1 THEN
            SELECT MIN(t.TOKEN_ID) INTO v_from_1
            FROM IDN_OAUTH2_ACCESS_TOKEN t FORCE INDEX (PRIMARY)
            WHERE t.TOKEN_ID > v_upto_1;
            SET v_more = v_from_1 IS NOT NULL;
          WHEN 2 THEN
            SELECT MIN(t.CODE_ID) INTO v_from_2
            FROM IDN_OAUTH2_AUTHORIZATION_CODE t FORCE INDEX (PRIMARY)
            WHERE t.CODE_ID > v_upto_2;
            SET v_more = v_from_2 IS NOT NULL;
          WHEN 3 THEN
            SELECT MIN(t.AUTH_CODE_KEY) INTO v_from_3
            FROM IDN_OAUTH2_CIBA_AUTH_CODE t FORCE INDEX (PRIMARY)
            WHERE t.AUTH_CODE_KEY > v_upto_3;
            SET v_more = v_from_3 IS NOT NULL;
          WHEN 4 THEN
            SELECT MIN(t.DEVICE_CODE) INTO v_from_4
            FROM IDN_OAUTH2_DEVICE_FLOW t FORCE INDEX (PRIMARY)
            WHERE t.DEVICE_CODE > v_upto_4;
            SET v_more = v_from_4 IS NOT NULL;
          WHEN 5 THEN
            SELECT MIN(t.ID) INTO v_from_5
            FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT t FORCE INDEX (PRIMARY)
            WHERE t.ID > v_upto_5;
            SET v_more = v_from_5 IS NOT NULL;
        END CASE;
      END IF;
    END WHILE walk;
  END WHILE tables;
  IF v_why = 'done' AND v_passed_over THEN
    SET v_why = 'done, except for rows that another session held';
  END IF;

  prune: BEGIN
    SELECT COALESCE(MIN(RUN_ID), v_run_id) INTO v_oldest_kept
    FROM CLEANUP_RUN
    WHERE STARTED_AT >= v_started - INTERVAL v_retention DAY;
    SET v_step = IF(v_status = 'ended' AND v_dry_run = 'no' AND v_retention IS NOT NULL, 0, 13);
    WHILE v_step < 13 DO
      CASE v_step
        WHEN 0 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 1 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 2 THEN
          DELETE FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 3 THEN
          DELETE FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 4 THEN
          DELETE FROM CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 5 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_TOKEN_BINDING
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 6 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 7 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_AUTHZ_CODE_SCOPE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 8 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_AUTH_CODE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 9 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_CIBA_REQUEST_SCOPES
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 10 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 11 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_DEVICE_FLOW_SCOPES
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 12 THEN
          DELETE FROM CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
      END CASE;
      SET v_step = v_step + IF(ROW_COUNT() = 0, 1, 0);
      COMMIT;
    END WHILE;
  END prune;

  UPDATE CLEANUP_RUN
  SET ENDED_AT = UTC_TIMESTAMP(3), STATUS = v_status, WHY_STOPPED = v_why
  WHERE RUN_ID = v_run_id;
  COMMIT;
  DO RELEASE_LOCK(v_lock);
  SET SESSION time_zone = v_old_time_zone, foreign_key_checks = v_old_keys,
      innodb_lock_wait_timeout = v_old_lock_wait, sql_safe_updates = v_old_safe, optimizer_switch = v_old_switch;
END cleanup$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('cleanup_tokens', 'procedure', '594665a8e6d57bcdfef9b66699c068fff73afd5c89ac6972a4d108d03dea944d',
   (SELECT SHA2(r.ROUTINE_DEFINITION, 256)
    FROM information_schema.ROUTINES r
    WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = 'cleanup_tokens' AND r.ROUTINE_TYPE = 'PROCEDURE'));
-- @end
