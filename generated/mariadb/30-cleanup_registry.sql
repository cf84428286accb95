-- cleanup_registry: deletes superseded registry log entries, what deleted resources left, and expired confirmation
-- codes.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   REG_RESOURCE when
--     code_expired: it is a confirmation code, and every expireTime of it has passed
--   and then from REG_RESOURCE_PROPERTY when
--     code_gone: its confirmation code is gone
--   REG_LOG when
--     superseded: its path has a newer entry
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_LOG, once those are gone, when
--     deleted: it says that its resource was deleted, and no other entry of its path is left
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_RESOURCE_PROPERTY when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_PROPERTY when
--     unreferenced: nothing refers to it any more
--   REG_RESOURCE_TAG when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_TAG when
--     unreferenced: nothing refers to it any more
--
-- Every deleted row is copied in the same transaction; CALL restore_registry(run) brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_registry
--   SELECT, DELETE on REG_RESOURCE, REG_PROPERTY, REG_RESOURCE_PROPERTY, REG_LOG, REG_TAG, REG_RESOURCE_TAG
--   SELECT on REG_PATH, REG_RESOURCE_HISTORY
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_REG_RESOURCE, CLEANUP_DEAD_REG_LOG_SUPERSEDED,
--     CLEANUP_DEAD_REG_LOG_DELETED, CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY,
--     CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG, CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON
--
-- Its chapters, which are labels in the body, since some clients strip comments from what they send:
--   preparation one run at a time; nothing that would make a delete unsafe or a restore impossible. The session works
--            in UTC, since a TIMESTAMP copied in a zone with daylight saving time can move by an hour. Ages are
--            measured from UTC now, less the hours by which a timestamp may lie behind (clock_uncertainty_hours).
--   lists    what a rule must know of a whole table: found once, by one statement without locks, when the turn of that
--            table comes. The rule is asked again when a row is deleted. They are emptied at the end.
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

-- @statement drop cleanup_registry
DROP PROCEDURE IF EXISTS cleanup_registry;
-- @end

DELIMITER $$

-- @statement procedure cleanup_registry
CREATE PROCEDURE cleanup_registry()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes superseded registry log entries, what deleted resources left, and expired confirmation codes. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_lock          VARCHAR(64) DEFAULT LEFT(SHA2(CONCAT(DATABASE(), '.', 'cleanup_registry'), 256), 64);
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
  DECLARE v_kept          BIGINT;
  DECLARE v_kept_now      BIGINT;
  DECLARE v_failures      INT DEFAULT 0;
  DECLARE v_careful       INT DEFAULT 0;
  DECLARE v_passed_over   TINYINT DEFAULT 0;
  DECLARE v_interrupted   INT DEFAULT 0;
  DECLARE v_old_time_zone VARCHAR(64) DEFAULT @@session.time_zone;
  DECLARE v_old_keys      TINYINT DEFAULT @@session.foreign_key_checks;
  DECLARE v_old_lock_wait INT DEFAULT @@session.innodb_lock_wait_timeout;
  DECLARE v_old_safe      TINYINT DEFAULT @@session.sql_safe_updates;
  DECLARE v_old_switch    VARCHAR(2000) DEFAULT @@session.optimizer_switch;

  DECLARE v_log_cut_off DATETIME(6);
  DECLARE v_log_cut_off_s DECIMAL(20, 6);
  DECLARE v_code_cut_off DATETIME(6);
  DECLARE v_code_cut_off_ms BIGINT;
  DECLARE v_log_minimum_age_hours BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1 int;
  DECLARE v_from_2, v_upto_2 int;
  DECLARE v_from_3, v_upto_3 int;
  DECLARE v_from_4, v_upto_4 int;
  DECLARE v_from_5, v_upto_5 int;
  DECLARE v_from_6, v_upto_6 int;
  DECLARE v_from_7, v_upto_7 int;
  DECLARE v_reason_1 BIGINT DEFAULT 0;

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
      WHERE PROCEDURE_NAME = 'cleanup_registry' AND NAME = 'allow_read_only' AND VALUE = 'yes'
    ) THEN
      SIGNAL SQLSTATE '45000'
        SET MESSAGE_TEXT = 'cleanup_registry did not start: read_only is on; it may be a replica';
    END IF;
    IF COALESCE(GET_LOCK(v_lock, 0), 0) <> 1 THEN
      INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
      VALUES ('cleanup_registry', SESSION_USER(), v_started, v_started, 'skipped', 'already running');
      COMMIT;
      LEAVE cleanup;
    END IF;
    SET SESSION time_zone = '+00:00', foreign_key_checks = 1, innodb_lock_wait_timeout = 1, sql_safe_updates = 0,
        optimizer_switch = 'semijoin=off,materialization=off,derived_merge=off,subquery_cache=off';

    UPDATE CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = v_started
    WHERE PROCEDURE_NAME = 'cleanup_registry' AND STATUS = 'running';

    SELECT MIN(CONCAT(f.BACKUP, ' does not fit ', f.SOURCE, ' any more: column ', s.COLUMN_NAME)) INTO v_problem
    FROM (
      SELECT 'REG_RESOURCE' AS SOURCE, 'CLEANUP_BAK_REG_RESOURCE' AS BACKUP UNION ALL
      SELECT 'REG_PROPERTY' AS SOURCE, 'CLEANUP_BAK_REG_PROPERTY' AS BACKUP UNION ALL
      SELECT 'REG_RESOURCE_PROPERTY' AS SOURCE, 'CLEANUP_BAK_REG_RESOURCE_PROPERTY' AS BACKUP UNION ALL
      SELECT 'REG_LOG' AS SOURCE, 'CLEANUP_BAK_REG_LOG' AS BACKUP UNION ALL
      SELECT 'REG_TAG' AS SOURCE, 'CLEANUP_BAK_REG_TAG' AS BACKUP UNION ALL
      SELECT 'REG_RESOURCE_TAG' AS SOURCE, 'CLEANUP_BAK_REG_RESOURCE_TAG' AS BACKUP
    ) f
    JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE() AND COALESCE(c.GENERATION_EXPRESSION, '') = ''
        AND c.TABLE_NAME IN (
          'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG')
    ) s ON s.TABLE_NAME = f.SOURCE
    LEFT JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'CLEANUP_BAK_REG_RESOURCE', 'CLEANUP_BAK_REG_PROPERTY', 'CLEANUP_BAK_REG_RESOURCE_PROPERTY',
          'CLEANUP_BAK_REG_LOG', 'CLEANUP_BAK_REG_TAG', 'CLEANUP_BAK_REG_RESOURCE_TAG')
    ) b ON b.TABLE_NAME = f.BACKUP
      AND b.COLUMN_NAME = s.COLUMN_NAME AND b.COLUMN_TYPE = s.COLUMN_TYPE AND b.COLLATION_NAME <=> s.COLLATION_NAME
    WHERE b.COLUMN_NAME IS NULL;

    SELECT COALESCE(v_problem, MIN(CONCAT(f.SOURCE, ' has other columns than when this procedure was made')))
    INTO v_problem
    FROM (
      SELECT 'REG_RESOURCE' AS SOURCE, 12 AS COLUMN_COUNT UNION ALL
      SELECT 'REG_PROPERTY' AS SOURCE, 4 AS COLUMN_COUNT UNION ALL
      SELECT 'REG_RESOURCE_PROPERTY' AS SOURCE, 6 AS COLUMN_COUNT UNION ALL
      SELECT 'REG_LOG' AS SOURCE, 7 AS COLUMN_COUNT UNION ALL
      SELECT 'REG_TAG' AS SOURCE, 5 AS COLUMN_COUNT UNION ALL
      SELECT 'REG_RESOURCE_TAG' AS SOURCE, 6 AS COLUMN_COUNT
    ) f
    LEFT JOIN (
      SELECT c.TABLE_NAME, COUNT(*) AS COLUMN_COUNT
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG')
      GROUP BY c.TABLE_NAME
    ) s ON s.TABLE_NAME = f.SOURCE
    WHERE f.COLUMN_COUNT <> COALESCE(s.COLUMN_COUNT, 0);

    SELECT COALESCE(v_problem, MIN(CONCAT(t.TABLE_NAME, ' is no plain InnoDB table any more, so rows may be hidden')))
    INTO v_problem
    FROM information_schema.TABLES t
    WHERE t.TABLE_SCHEMA = DATABASE()
      AND t.TABLE_NAME IN (
        'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG', 'REG_PATH',
        'REG_RESOURCE_HISTORY')
      AND (t.TABLE_TYPE = 'VIEW' OR (t.TABLE_TYPE <> 'BASE TABLE' OR t.ENGINE <> 'InnoDB') AND t.TABLE_NAME IN (
        'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG'));

    SELECT COALESCE(v_problem, MIN(CONCAT(
      'the foreign keys from ', x.CHILD, ' to ', x.PARENT, ' are not those that this procedure was made for')))
    INTO v_problem
    FROM (
      SELECT y.CHILD, y.PARENT
      FROM (
        SELECT 'REG_RESOURCE_PROPERTY' AS CHILD, 'REG_PROPERTY' AS PARENT, 'REG_PROPERTY_ID' AS OWN,
          'REG_ID' AS THEIRS, 2 AS WIDTH, 'RESTRICT' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'REG_RESOURCE_PROPERTY' AS CHILD, 'REG_PROPERTY' AS PARENT, 'REG_TENANT_ID' AS OWN,
          'REG_TENANT_ID' AS THEIRS, 2 AS WIDTH, 'RESTRICT' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'REG_RESOURCE_TAG' AS CHILD, 'REG_TAG' AS PARENT, 'REG_TAG_ID' AS OWN,
          'REG_ID' AS THEIRS, 2 AS WIDTH, 'RESTRICT' AS WANTED, NULL AS LIVE UNION ALL
        SELECT 'REG_RESOURCE_TAG' AS CHILD, 'REG_TAG' AS PARENT, 'REG_TENANT_ID' AS OWN,
          'REG_TENANT_ID' AS THEIRS, 2 AS WIDTH, 'RESTRICT' AS WANTED, NULL AS LIVE UNION ALL
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
                'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG') UNION ALL
            SELECT k.TABLE_NAME AS CHILD, k.REFERENCED_TABLE_NAME AS PARENT, k.CONSTRAINT_NAME AS NAME,
              NULL AS OWN, NULL AS THEIRS, NULL AS POSITION, REPLACE(k.DELETE_RULE, 'NO ACTION', 'RESTRICT') AS RULE
            FROM information_schema.REFERENTIAL_CONSTRAINTS k
            WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.UNIQUE_CONSTRAINT_SCHEMA = DATABASE()
              AND k.REFERENCED_TABLE_NAME IN (
                'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG')
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
        'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG');

    SELECT
      COALESCE(MAX(CASE NAME WHEN 'log_minimum_age_hours' THEN VALUE END), '24'),
      COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26'),
      COALESCE(MAX(CASE NAME WHEN 'backup_retention_days' THEN VALUE END), '30'),
      IF(@deepclean_dry_run = 'yes', 'yes', COALESCE(MAX(CASE NAME WHEN 'dry_run' THEN VALUE END), 'no'))
    INTO
      v_log_minimum_age_hours, v_clock_uncertainty_hours, v_retention, v_dry_run
    FROM CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_registry';

    UPDATE CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_registry' AND NAME = 'stop_requested';

    SET v_log_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_log_minimum_age_hours HOUR;
    SET v_log_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_log_cut_off) * 0.000001;
    SET v_code_cut_off = v_started - INTERVAL 1 HOUR;
    SET v_code_cut_off_ms = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_code_cut_off) DIV 1000;

    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, CUT_OFF, DRY_RUN, STATUS)
    VALUES (
      'cleanup_registry', SESSION_USER(), v_started, v_log_cut_off, v_dry_run, 'running'
    );
    SET v_run_id = LAST_INSERT_ID();
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (v_run_id, 'REG_RESOURCE'), (v_run_id, 'REG_PROPERTY'), (v_run_id, 'REG_RESOURCE_PROPERTY'),
      (v_run_id, 'REG_LOG'), (v_run_id, 'REG_TAG'), (v_run_id, 'REG_RESOURCE_TAG');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (v_run_id, 'REG_RESOURCE', 'code_expired'), (v_run_id, 'REG_RESOURCE_PROPERTY', 'code_gone'),
      (v_run_id, 'REG_LOG', 'superseded'), (v_run_id, 'REG_LOG', 'deleted'),
      (v_run_id, 'REG_RESOURCE_PROPERTY', 'resource_gone'), (v_run_id, 'REG_PROPERTY', 'unreferenced'),
      (v_run_id, 'REG_RESOURCE_TAG', 'resource_gone'), (v_run_id, 'REG_TAG', 'unreferenced');
    COMMIT;

    IF v_problem IS NULL AND (
      EXISTS (SELECT 1 FROM CLEANUP_BAK_REG_RESOURCE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_REG_PROPERTY WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_REG_LOG WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_REG_TAG WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_REG_RESOURCE_TAG WHERE RUN_ID >= v_run_id)
    ) THEN
      SET v_problem = 'kept rows have this run number or a later one; install again';
    END IF;
    IF v_problem IS NOT NULL THEN
      SET v_problem = LEFT(CONCAT('cleanup_registry did not start, and nothing was deleted: ', v_problem), 128);
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
    END IF;
    SET v_work_began = UTC_TIMESTAMP(6);
  END preparation;

  tables: WHILE v_step < 7 DO
    SET v_step = v_step + 1, v_more = 1, v_failures = 0, v_careful = 0, v_span = 1000;
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
    WHERE PROCEDURE_NAME = 'cleanup_registry';
    IF v_why <> 'done' THEN
      SET v_status = 'stopped';
      LEAVE tables;
    END IF;
    CASE v_step
      WHEN 1 THEN
        SET v_table = 'REG_RESOURCE';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE FROM CLEANUP_DEAD_REG_RESOURCE;
        INSERT INTO CLEANUP_DEAD_REG_RESOURCE (RUN_ID, REG_VERSION, REG_TENANT_ID, REG_PATH_ID, REG_NAME)
        SELECT DISTINCT v_run_id, t.REG_VERSION, t.REG_TENANT_ID, t.REG_PATH_ID, t.REG_NAME
        FROM REG_RESOURCE t
        WHERE t.REG_NAME IS NOT NULL
              AND EXISTS (
                    SELECT 1 FROM REG_PATH o
                    WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                      AND LEFT(CAST(CONCAT(o.REG_PATH_VALUE, '/') AS BINARY), 72) = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
              AND (EXISTS (
                     SELECT 1 FROM REG_RESOURCE_PROPERTY o
                     WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                       AND EXISTS (
                         SELECT 1 FROM REG_PROPERTY o2
                         WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                           AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                           AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms))
                   OR EXISTS (
                        SELECT 1 FROM REG_RESOURCE_PROPERTY o
                        WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                          AND o.REG_VERSION IS NULL
                          AND EXISTS (
                                SELECT 1 FROM REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                  AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms)))
              AND NOT EXISTS (
                    SELECT 1 FROM REG_RESOURCE_PROPERTY o
                    WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                      AND EXISTS (
                        SELECT 1 FROM REG_PROPERTY o2
                        WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                          AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                          AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE))
              AND NOT EXISTS (
                    SELECT 1 FROM REG_RESOURCE_PROPERTY o
                    WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                      AND o.REG_VERSION IS NULL
                      AND EXISTS (
                            SELECT 1 FROM REG_PROPERTY o2
                            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                              AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                              AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE));
        COMMIT;
        SELECT MIN(l.REG_VERSION) INTO v_from_1 FROM CLEANUP_DEAD_REG_RESOURCE l WHERE l.RUN_ID = v_run_id;
        SET v_more = v_from_1 IS NOT NULL;
      WHEN 2 THEN
        SET v_table = 'REG_LOG';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED;
        INSERT INTO CLEANUP_DEAD_REG_LOG_SUPERSEDED (RUN_ID, REG_LOG_ID, REG_TENANT_ID, NEWEST)
        SELECT v_run_id, t.REG_LOG_ID, t.REG_TENANT_ID, t.NEWEST
        FROM (
          SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME, n.REG_PATH,
            MAX(n.REG_LOG_ID) OVER (PARTITION BY CAST(n.REG_PATH AS BINARY), n.REG_TENANT_ID) AS NEWEST
          FROM REG_LOG n
        ) t
        WHERE NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
              AND t.REG_PATH IS NOT NULL AND t.REG_LOG_ID < t.NEWEST;
        COMMIT;
        SELECT MIN(l.REG_LOG_ID) INTO v_from_2 FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l WHERE l.RUN_ID = v_run_id;
        SET v_more = v_from_2 IS NOT NULL;
      WHEN 3 THEN
        SET v_table = 'REG_LOG';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE FROM CLEANUP_DEAD_REG_LOG_DELETED;
        INSERT INTO CLEANUP_DEAD_REG_LOG_DELETED (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
        SELECT v_run_id, t.REG_LOG_ID, t.REG_TENANT_ID
        FROM (
          SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME, n.REG_ACTION, n.REG_PATH,
            MAX(n.REG_LOG_ID) OVER (PARTITION BY CAST(n.REG_PATH AS BINARY), n.REG_TENANT_ID) AS NEWEST,
            COUNT(*) OVER (PARTITION BY CAST(n.REG_PATH AS BINARY), n.REG_TENANT_ID) AS SAME_ROWS,
            SUM(CASE WHEN NULLIF(UNIX_TIMESTAMP(n.REG_LOGGED_TIME), 0) < v_log_cut_off_s THEN 0 ELSE 1 END)
              OVER (PARTITION BY CAST(n.REG_PATH AS BINARY), n.REG_TENANT_ID) AS STAYING_ROWS
          FROM REG_LOG n
        ) t
        WHERE NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
              AND (t.REG_ACTION = 7
                   AND (t.REG_PATH IS NOT NULL AND
                        (t.SAME_ROWS = 1
                          OR v_dry_run = 'yes' AND t.REG_LOG_ID = t.NEWEST AND t.STAYING_ROWS = 0)));
        COMMIT;
        SELECT MIN(l.REG_LOG_ID) INTO v_from_3 FROM CLEANUP_DEAD_REG_LOG_DELETED l WHERE l.RUN_ID = v_run_id;
        SET v_more = v_from_3 IS NOT NULL;
      WHEN 4 THEN
        SET v_table = 'REG_RESOURCE_PROPERTY';
        SELECT MIN(t.ID) INTO v_from_4 FROM REG_RESOURCE_PROPERTY t;
        SET v_more = v_from_4 IS NOT NULL;
      WHEN 5 THEN
        SET v_table = 'REG_PROPERTY';
        SELECT MIN(t.REG_ID) INTO v_from_5 FROM REG_PROPERTY t;
        SET v_more = v_from_5 IS NOT NULL;
      WHEN 6 THEN
        SET v_table = 'REG_RESOURCE_TAG';
        SELECT MIN(t.ID) INTO v_from_6 FROM REG_RESOURCE_TAG t;
        SET v_more = v_from_6 IS NOT NULL;
      WHEN 7 THEN
        SET v_table = 'REG_TAG';
        SELECT MIN(t.REG_ID) INTO v_from_7 FROM REG_TAG t;
        SET v_more = v_from_7 IS NOT NULL;
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
      WHERE PROCEDURE_NAME = 'cleanup_registry';
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
            SELECT MAX(d.REG_VERSION) INTO v_upto_1
            FROM (
              SELECT k.REG_VERSION
              FROM CLEANUP_DEAD_REG_RESOURCE k
              WHERE k.RUN_ID = v_run_id AND k.REG_VERSION >= v_from_1
              ORDER BY k.REG_VERSION
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT 1 AS REASON
              FROM CLEANUP_DEAD_REG_RESOURCE l
              STRAIGHT_JOIN REG_RESOURCE t FORCE INDEX (PRIMARY)
                ON t.REG_VERSION = l.REG_VERSION
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
                AND (t.REG_NAME IS NOT NULL
                     AND EXISTS (
                           SELECT 1 FROM REG_PATH o
                           WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND LEFT(CAST(CONCAT(o.REG_PATH_VALUE, '/') AS BINARY), 72) = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
                     AND (EXISTS (
                            SELECT 1 FROM REG_RESOURCE_PROPERTY o
                            WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND EXISTS (
                                SELECT 1 FROM REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                  AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms))
                          OR EXISTS (
                               SELECT 1 FROM REG_RESOURCE_PROPERTY o
                               WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                                 AND o.REG_VERSION IS NULL
                                 AND EXISTS (
                                       SELECT 1 FROM REG_PROPERTY o2
                                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                         AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                         AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms)))
                     AND NOT EXISTS (
                           SELECT 1 FROM REG_RESOURCE_PROPERTY o
                           WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND EXISTS (
                               SELECT 1 FROM REG_PROPERTY o2
                               WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                 AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                 AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE))
                     AND NOT EXISTS (
                           SELECT 1 FROM REG_RESOURCE_PROPERTY o
                           WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND o.REG_VERSION IS NULL
                             AND EXISTS (
                                   SELECT 1 FROM REG_PROPERTY o2
                                   WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                     AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                     AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE)))
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              DELETE l FROM CLEANUP_DEAD_REG_RESOURCE l
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE t WHERE t.REG_VERSION = l.REG_VERSION
                  AND t.REG_TENANT_ID = l.REG_TENANT_ID);
              INSERT INTO CLEANUP_BAK_REG_RESOURCE
                (RUN_ID, REASON, REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME,
                 REG_LAST_UPDATOR, REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
              SELECT v_run_id, 'code_expired',
                t.REG_PATH_ID, t.REG_NAME, t.REG_VERSION, t.REG_MEDIA_TYPE, t.REG_CREATOR, t.REG_CREATED_TIME,
                t.REG_LAST_UPDATOR, t.REG_LAST_UPDATED_TIME, t.REG_DESCRIPTION, t.REG_CONTENT_ID, t.REG_TENANT_ID,
                t.REG_UUID
              FROM CLEANUP_DEAD_REG_RESOURCE l
              STRAIGHT_JOIN REG_RESOURCE t FORCE INDEX (PRIMARY)
                ON t.REG_VERSION = l.REG_VERSION
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
                AND (t.REG_NAME IS NOT NULL
                     AND EXISTS (
                           SELECT 1 FROM REG_PATH o
                           WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND LEFT(CAST(CONCAT(o.REG_PATH_VALUE, '/') AS BINARY), 72) = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
                     AND (EXISTS (
                            SELECT 1 FROM REG_RESOURCE_PROPERTY o
                            WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND EXISTS (
                                SELECT 1 FROM REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                  AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms))
                          OR EXISTS (
                               SELECT 1 FROM REG_RESOURCE_PROPERTY o
                               WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                                 AND o.REG_VERSION IS NULL
                                 AND EXISTS (
                                       SELECT 1 FROM REG_PROPERTY o2
                                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                         AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                         AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms)))
                     AND NOT EXISTS (
                           SELECT 1 FROM REG_RESOURCE_PROPERTY o
                           WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND EXISTS (
                               SELECT 1 FROM REG_PROPERTY o2
                               WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                 AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                 AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE))
                     AND NOT EXISTS (
                           SELECT 1 FROM REG_RESOURCE_PROPERTY o
                           WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND o.REG_VERSION IS NULL
                             AND EXISTS (
                                   SELECT 1 FROM REG_PROPERTY o2
                                   WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                     AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                     AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE)))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM CLEANUP_DEAD_REG_RESOURCE l
              STRAIGHT_JOIN REG_RESOURCE t FORCE INDEX (PRIMARY)
                ON t.REG_VERSION = l.REG_VERSION
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
                AND (t.REG_NAME IS NOT NULL
                     AND EXISTS (
                           SELECT 1 FROM REG_PATH o
                           WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND LEFT(CAST(CONCAT(o.REG_PATH_VALUE, '/') AS BINARY), 72) = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
                     AND (EXISTS (
                            SELECT 1 FROM REG_RESOURCE_PROPERTY o
                            WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                              AND EXISTS (
                                SELECT 1 FROM REG_PROPERTY o2
                                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                  AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                  AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms))
                          OR EXISTS (
                               SELECT 1 FROM REG_RESOURCE_PROPERTY o
                               WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                                 AND o.REG_VERSION IS NULL
                                 AND EXISTS (
                                       SELECT 1 FROM REG_PROPERTY o2
                                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                         AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                         AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms)))
                     AND NOT EXISTS (
                           SELECT 1 FROM REG_RESOURCE_PROPERTY o
                           WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND EXISTS (
                               SELECT 1 FROM REG_PROPERTY o2
                               WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                 AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                 AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE))
                     AND NOT EXISTS (
                           SELECT 1 FROM REG_RESOURCE_PROPERTY o
                           WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o.REG_TENANT_ID = t.REG_TENANT_ID
                             AND o.REG_VERSION IS NULL
                             AND EXISTS (
                                   SELECT 1 FROM REG_PROPERTY o2
                                   WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                                     AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                                     AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]' THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE)));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              SET v_kept = (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_REG_RESOURCE l
                STRAIGHT_JOIN REG_RESOURCE o ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) + (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_REG_RESOURCE l
                STRAIGHT_JOIN REG_RESOURCE_HISTORY o ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) + (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_REG_RESOURCE l
                STRAIGHT_JOIN REG_RESOURCE o ON o.REG_PATH_ID = l.REG_PATH_ID
                  AND o.REG_NAME = l.REG_NAME
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1);

              INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
                (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
              SELECT v_run_id, 'code_gone', c.ID, c.REG_PROPERTY_ID, c.REG_VERSION, c.REG_PATH_ID, c.REG_RESOURCE_NAME,
                c.REG_TENANT_ID
              FROM CLEANUP_DEAD_REG_RESOURCE l
              STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_VERSION)
                ON c.REG_VERSION = l.REG_VERSION
                AND c.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = c.REG_PATH_ID AND o.REG_TENANT_ID = l.REG_TENANT_ID)
              FOR UPDATE;
              SET v_copied = ROW_COUNT();
              DELETE c
              FROM CLEANUP_DEAD_REG_RESOURCE l
              STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_VERSION)
                ON c.REG_VERSION = l.REG_VERSION
                AND c.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = c.REG_PATH_ID AND o.REG_TENANT_ID = l.REG_TENANT_ID);
              IF ROW_COUNT() <> v_copied THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY';
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY' AND REASON = 'code_gone';

              INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
                (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
              SELECT v_run_id, 'code_gone', c.ID, c.REG_PROPERTY_ID, c.REG_VERSION, c.REG_PATH_ID, c.REG_RESOURCE_NAME,
                c.REG_TENANT_ID
              FROM (
                SELECT DISTINCT l.REG_PATH_ID, l.REG_NAME, l.REG_TENANT_ID FROM CLEANUP_DEAD_REG_RESOURCE l WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
              ) l
              STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_PATH_ID_AND_RESOURCE_NAME)
                ON c.REG_PATH_ID = l.REG_PATH_ID
                AND c.REG_RESOURCE_NAME = l.REG_NAME
                AND CAST(c.REG_RESOURCE_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY)
                AND c.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE c.REG_VERSION IS NULL
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = l.REG_PATH_ID AND o.REG_NAME = l.REG_NAME AND CAST(o.REG_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY) AND o.REG_TENANT_ID = l.REG_TENANT_ID)
              FOR UPDATE;
              SET v_copied = ROW_COUNT();
              DELETE c
              FROM (
                SELECT DISTINCT l.REG_PATH_ID, l.REG_NAME, l.REG_TENANT_ID FROM CLEANUP_DEAD_REG_RESOURCE l WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
              ) l
              STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_PATH_ID_AND_RESOURCE_NAME)
                ON c.REG_PATH_ID = l.REG_PATH_ID
                AND c.REG_RESOURCE_NAME = l.REG_NAME
                AND CAST(c.REG_RESOURCE_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY)
                AND c.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE c.REG_VERSION IS NULL
                AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = l.REG_PATH_ID AND o.REG_NAME = l.REG_NAME AND CAST(o.REG_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY) AND o.REG_TENANT_ID = l.REG_TENANT_ID);
              IF ROW_COUNT() <> v_copied THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY';
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'REG_RESOURCE_PROPERTY' AND REASON = 'code_gone';

              SET v_kept_now = (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_REG_RESOURCE l
                STRAIGHT_JOIN REG_RESOURCE o ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) + (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_REG_RESOURCE l
                STRAIGHT_JOIN REG_RESOURCE_HISTORY o ON o.REG_VERSION = l.REG_VERSION
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) + (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_REG_RESOURCE l
                STRAIGHT_JOIN REG_RESOURCE o ON o.REG_PATH_ID = l.REG_PATH_ID
                  AND o.REG_NAME = l.REG_NAME
                  AND o.REG_TENANT_ID = l.REG_TENANT_ID
                WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1);
              IF v_kept_now <> v_kept THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session brought back what was to be gone';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'code_expired' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 2 THEN
            SELECT MAX(d.REG_LOG_ID) INTO v_upto_2
            FROM (
              SELECT k.REG_LOG_ID
              FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED k
              WHERE k.RUN_ID = v_run_id AND k.REG_LOG_ID >= v_from_2
              ORDER BY k.REG_LOG_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT 1 AS REASON
              FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l
              STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              STRAIGHT_JOIN REG_LOG n FORCE INDEX (PRIMARY)
              WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_2 AND v_upto_2
                AND (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
                     AND (n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                          AND n.REG_PATH = t.REG_PATH AND CAST(n.REG_PATH AS BINARY) = CAST(t.REG_PATH AS BINARY)
                          AND n.REG_LOG_ID > t.REG_LOG_ID))
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_REG_LOG
                (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
                 REG_TENANT_ID)
              SELECT v_run_id, 'superseded',
                t.REG_LOG_ID, t.REG_PATH, t.REG_USER_ID, t.REG_LOGGED_TIME, t.REG_ACTION, t.REG_ACTION_DATA,
                t.REG_TENANT_ID
              FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l
              STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              STRAIGHT_JOIN REG_LOG n FORCE INDEX (PRIMARY)
              WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_2 AND v_upto_2
                AND (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
                     AND (n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                          AND n.REG_PATH = t.REG_PATH AND CAST(n.REG_PATH AS BINARY) = CAST(t.REG_PATH AS BINARY)
                          AND n.REG_LOG_ID > t.REG_LOG_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l
              STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              STRAIGHT_JOIN REG_LOG n FORCE INDEX (PRIMARY)
              WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_2 AND v_upto_2
                AND (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
                     AND (n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                          AND n.REG_PATH = t.REG_PATH AND CAST(n.REG_PATH AS BINARY) = CAST(t.REG_PATH AS BINARY)
                          AND n.REG_LOG_ID > t.REG_LOG_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'superseded' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 3 THEN
            SELECT MAX(d.REG_LOG_ID) INTO v_upto_3
            FROM (
              SELECT k.REG_LOG_ID
              FROM CLEANUP_DEAD_REG_LOG_DELETED k
              WHERE k.RUN_ID = v_run_id AND k.REG_LOG_ID >= v_from_3
              ORDER BY k.REG_LOG_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT 1 AS REASON
              FROM CLEANUP_DEAD_REG_LOG_DELETED l
              STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_3 AND v_upto_3
                AND (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
                     AND (t.REG_ACTION = 7
                          AND l.RUN_ID = v_run_id))
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_REG_LOG
                (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
                 REG_TENANT_ID)
              SELECT v_run_id, 'deleted',
                t.REG_LOG_ID, t.REG_PATH, t.REG_USER_ID, t.REG_LOGGED_TIME, t.REG_ACTION, t.REG_ACTION_DATA,
                t.REG_TENANT_ID
              FROM CLEANUP_DEAD_REG_LOG_DELETED l
              STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_3 AND v_upto_3
                AND (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
                     AND (t.REG_ACTION = 7
                          AND l.RUN_ID = v_run_id))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM CLEANUP_DEAD_REG_LOG_DELETED l
              STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY)
                ON t.REG_LOG_ID = l.REG_LOG_ID
                AND t.REG_TENANT_ID = l.REG_TENANT_ID
              WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_3 AND v_upto_3
                AND (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
                     AND (t.REG_ACTION = 7
                          AND l.RUN_ID = v_run_id));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'deleted' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 4 THEN
            SELECT MAX(d.ID) INTO v_upto_4
            FROM (
              SELECT k.ID
              FROM REG_RESOURCE_PROPERTY k FORCE INDEX (PRIMARY)
              WHERE k.ID >= v_from_4
              ORDER BY k.ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT CASE
                  WHEN t.REG_TENANT_ID IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                  THEN 1
                  ELSE 0
                END AS REASON
              FROM REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_4 AND v_upto_4
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
                (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
              SELECT v_run_id, 'resource_gone',
                t.ID, t.REG_PROPERTY_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME, t.REG_TENANT_ID
              FROM REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_4 AND v_upto_4
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_4 AND v_upto_4
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'resource_gone' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 5 THEN
            SELECT MAX(d.REG_ID) INTO v_upto_5
            FROM (
              SELECT k.REG_ID
              FROM REG_PROPERTY k FORCE INDEX (PRIMARY)
              WHERE k.REG_ID >= v_from_5
              ORDER BY k.REG_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT CASE
                  WHEN NOT EXISTS (SELECT 1 FROM REG_RESOURCE_PROPERTY o WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID) THEN 1
                  ELSE 0
                END AS REASON
              FROM REG_PROPERTY t FORCE INDEX (PRIMARY)
              WHERE t.REG_ID BETWEEN v_from_5 AND v_upto_5
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_REG_PROPERTY
                (RUN_ID, REASON, REG_ID, REG_NAME, REG_VALUE, REG_TENANT_ID)
              SELECT v_run_id, 'unreferenced',
                t.REG_ID, t.REG_NAME, t.REG_VALUE, t.REG_TENANT_ID
              FROM REG_PROPERTY t FORCE INDEX (PRIMARY)
              WHERE t.REG_ID BETWEEN v_from_5 AND v_upto_5
                AND (NOT EXISTS (SELECT 1 FROM REG_RESOURCE_PROPERTY o WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM REG_PROPERTY t FORCE INDEX (PRIMARY)
              WHERE t.REG_ID BETWEEN v_from_5 AND v_upto_5
                AND (NOT EXISTS (SELECT 1 FROM REG_RESOURCE_PROPERTY o WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'unreferenced' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 6 THEN
            SELECT MAX(d.ID) INTO v_upto_6
            FROM (
              SELECT k.ID
              FROM REG_RESOURCE_TAG k FORCE INDEX (PRIMARY)
              WHERE k.ID >= v_from_6
              ORDER BY k.ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT CASE
                  WHEN t.REG_TENANT_ID IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                       AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                  THEN 1
                  ELSE 0
                END AS REASON
              FROM REG_RESOURCE_TAG t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_6 AND v_upto_6
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_REG_RESOURCE_TAG
                (RUN_ID, REASON, ID, REG_TAG_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
              SELECT v_run_id, 'resource_gone',
                t.ID, t.REG_TAG_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME, t.REG_TENANT_ID
              FROM REG_RESOURCE_TAG t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_6 AND v_upto_6
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM REG_RESOURCE_TAG t FORCE INDEX (PRIMARY)
              WHERE t.ID BETWEEN v_from_6 AND v_upto_6
                AND (t.REG_TENANT_ID IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                     AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE_HISTORY o WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'resource_gone' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 7 THEN
            SELECT MAX(d.REG_ID) INTO v_upto_7
            FROM (
              SELECT k.REG_ID
              FROM REG_TAG k FORCE INDEX (PRIMARY)
              WHERE k.REG_ID >= v_from_7
              ORDER BY k.REG_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT CASE
                  WHEN NOT EXISTS (SELECT 1 FROM REG_RESOURCE_TAG o WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID) THEN 1
                  ELSE 0
                END AS REASON
              FROM REG_TAG t FORCE INDEX (PRIMARY)
              WHERE t.REG_ID BETWEEN v_from_7 AND v_upto_7
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_REG_TAG
                (RUN_ID, REASON, REG_ID, REG_TAG_NAME, REG_USER_ID, REG_TAGGED_TIME, REG_TENANT_ID)
              SELECT v_run_id, 'unreferenced',
                t.REG_ID, t.REG_TAG_NAME, t.REG_USER_ID, t.REG_TAGGED_TIME, t.REG_TENANT_ID
              FROM REG_TAG t FORCE INDEX (PRIMARY)
              WHERE t.REG_ID BETWEEN v_from_7 AND v_upto_7
                AND (NOT EXISTS (SELECT 1 FROM REG_RESOURCE_TAG o WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM REG_TAG t FORCE INDEX (PRIMARY)
              WHERE t.REG_ID BETWEEN v_from_7 AND v_upto_7
                AND (NOT EXISTS (SELECT 1 FROM REG_RESOURCE_TAG o WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'unreferenced' THEN v_reason_1
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
            SELECT MIN(l.REG_VERSION) INTO v_from_1
            FROM CLEANUP_DEAD_REG_RESOURCE l
            WHERE l.RUN_ID = v_run_id AND l.REG_VERSION > v_upto_1;
            SET v_more = v_from_1 IS NOT NULL;
          WHEN 2 THEN
            SELECT MIN(l.REG_LOG_ID) INTO v_from_2
            FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l
            WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID > v_upto_2;
            SET v_more = v_from_2 IS NOT NULL;
          WHEN 3 THEN
            SELECT MIN(l.REG_LOG_ID) INTO v_from_3
            FROM CLEANUP_DEAD_REG_LOG_DELETED l
            WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID > v_upto_3;
            SET v_more = v_from_3 IS NOT NULL;
          WHEN 4 THEN
            SELECT MIN(t.ID) INTO v_from_4
            FROM REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY)
            WHERE t.ID > v_upto_4;
            SET v_more = v_from_4 IS NOT NULL;
          WHEN 5 THEN
            SELECT MIN(t.REG_ID) INTO v_from_5
            FROM REG_PROPERTY t FORCE INDEX (PRIMARY)
            WHERE t.REG_ID > v_upto_5;
            SET v_more = v_from_5 IS NOT NULL;
          WHEN 6 THEN
            SELECT MIN(t.ID) INTO v_from_6
            FROM REG_RESOURCE_TAG t FORCE INDEX (PRIMARY)
            WHERE t.ID > v_upto_6;
            SET v_more = v_from_6 IS NOT NULL;
          WHEN 7 THEN
            SELECT MIN(t.REG_ID) INTO v_from_7
            FROM REG_TAG t FORCE INDEX (PRIMARY)
            WHERE t.REG_ID > v_upto_7;
            SET v_more = v_from_7 IS NOT NULL;
        END CASE;
      END IF;
    END WHILE walk;
  END WHILE tables;
  IF v_why = 'done' AND v_passed_over THEN
    SET v_why = 'done, except for rows that another session held';
  END IF;

  lists: BEGIN
    REPEAT
      DELETE FROM CLEANUP_DEAD_REG_RESOURCE WHERE RUN_ID = v_run_id LIMIT 50000;
      SET v_more = ROW_COUNT() > 0;
      COMMIT;
    UNTIL NOT v_more END REPEAT;
    REPEAT
      DELETE FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED WHERE RUN_ID = v_run_id LIMIT 50000;
      SET v_more = ROW_COUNT() > 0;
      COMMIT;
    UNTIL NOT v_more END REPEAT;
    REPEAT
      DELETE FROM CLEANUP_DEAD_REG_LOG_DELETED WHERE RUN_ID = v_run_id LIMIT 50000;
      SET v_more = ROW_COUNT() > 0;
      COMMIT;
    UNTIL NOT v_more END REPEAT;
  END lists;

  prune: BEGIN
    SELECT COALESCE(MIN(RUN_ID), v_run_id) INTO v_oldest_kept
    FROM CLEANUP_RUN
    WHERE STARTED_AT >= v_started - INTERVAL v_retention DAY;
    SET v_step = IF(v_status = 'ended' AND v_dry_run = 'no' AND v_retention IS NOT NULL, 0, 6);
    WHILE v_step < 6 DO
      CASE v_step
        WHEN 0 THEN
          DELETE FROM CLEANUP_BAK_REG_RESOURCE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 1 THEN
          DELETE FROM CLEANUP_BAK_REG_PROPERTY
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 2 THEN
          DELETE FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 3 THEN
          DELETE FROM CLEANUP_BAK_REG_LOG
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 4 THEN
          DELETE FROM CLEANUP_BAK_REG_TAG
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 5 THEN
          DELETE FROM CLEANUP_BAK_REG_RESOURCE_TAG
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
  ('cleanup_registry', 'procedure', '09c9bc5bf3742030efa5aa047dfbc03e83499d9a156482af8e7ab7a5981074b1',
   (SELECT SHA2(r.ROUTINE_DEFINITION, 256)
    FROM information_schema.ROUTINES r
    WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = 'cleanup_registry' AND r.ROUTINE_TYPE = 'PROCEDURE'));
-- @end
