-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_TEMP_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a newer or equally new row ended the thing that it belongs to
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   IDN_AUTH_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a newer or equally new row ended the thing that it belongs to
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   and then from IDN_AUTH_USER_SESSION_MAPPING when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_APP_INFO when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_META_DATA when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_FED_AUTH_SESSION_MAPPING when
--     session_gone: this run removed the last row of its session, and none is in either store
--   IDN_AUTH_USER_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_APP_INFO (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_META_DATA (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_FED_AUTH_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--
-- Every deleted row is copied in the same transaction; CALL restore_sessions(run) brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_sessions
--   SELECT, DELETE on IDN_AUTH_TEMP_SESSION_STORE, IDN_AUTH_SESSION_STORE, IDN_AUTH_USER_SESSION_MAPPING,
--     IDN_AUTH_SESSION_APP_INFO, IDN_AUTH_SESSION_META_DATA, IDN_FED_AUTH_SESSION_MAPPING
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_DEAD_IDN_AUTH_SESSION_STORE,
--     CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA, CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING,
--     CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
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

-- @statement drop cleanup_sessions
DROP PROCEDURE IF EXISTS cleanup_sessions;
-- @end

DELIMITER $$

-- @statement procedure cleanup_sessions
CREATE PROCEDURE cleanup_sessions()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes sessions that ended, and what refers to them. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_lock          VARCHAR(64) DEFAULT LEFT(SHA2(CONCAT(DATABASE(), '.', 'cleanup_sessions'), 256), 64);
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

  DECLARE v_expiry_cut_off DATETIME(6);
  DECLARE v_expiry_cut_off_ns BIGINT;
  DECLARE v_age_cut_off DATETIME(6);
  DECLARE v_age_cut_off_ns BIGINT;
  DECLARE v_delete_cut_off DATETIME(6);
  DECLARE v_delete_cut_off_ns BIGINT;
  DECLARE v_sighting_cut_off DATETIME(6);
  DECLARE v_expiry_grace_minutes BIGINT;
  DECLARE v_session_age_days BIGINT;
  DECLARE v_deleted_after_hours BIGINT;
  DECLARE v_orphan_sweep VARCHAR(255);
  DECLARE v_from_1, v_upto_1 varchar(100);
  DECLARE v_from_2, v_upto_2 varchar(100);
  DECLARE v_from_3, v_upto_3 varchar(255);
  DECLARE v_from_4, v_upto_4 varchar(100);
  DECLARE v_from_5, v_upto_5 varchar(100);
  DECLARE v_from_6, v_upto_6 varchar(255);
  DECLARE v_reason_1 BIGINT DEFAULT 0;
  DECLARE v_reason_2 BIGINT DEFAULT 0;
  DECLARE v_reason_3 BIGINT DEFAULT 0;

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
      WHERE PROCEDURE_NAME = 'cleanup_sessions' AND NAME = 'allow_read_only' AND VALUE = 'yes'
    ) THEN
      SIGNAL SQLSTATE '45000'
        SET MESSAGE_TEXT = 'cleanup_sessions did not start: read_only is on; it may be a replica';
    END IF;
    IF COALESCE(GET_LOCK(v_lock, 0), 0) <> 1 THEN
      INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
      VALUES ('cleanup_sessions', SESSION_USER(), v_started, v_started, 'skipped', 'already running');
      COMMIT;
      LEAVE cleanup;
    END IF;
    SET SESSION time_zone = '+00:00', foreign_key_checks = 1, innodb_lock_wait_timeout = 1, sql_safe_updates = 0,
        optimizer_switch = 'semijoin=off,materialization=off,derived_merge=off';

    UPDATE CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = v_started
    WHERE PROCEDURE_NAME = 'cleanup_sessions' AND STATUS = 'running';

    SELECT MIN(CONCAT(f.BACKUP, ' does not fit ', f.SOURCE, ' any more: column ', s.COLUMN_NAME)) INTO v_problem
    FROM (
      SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE' AS BACKUP UNION ALL
      SELECT 'IDN_AUTH_SESSION_STORE' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE' AS BACKUP UNION ALL
      SELECT 'IDN_AUTH_USER_SESSION_MAPPING' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING' AS BACKUP UNION ALL
      SELECT 'IDN_AUTH_SESSION_APP_INFO' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO' AS BACKUP UNION ALL
      SELECT 'IDN_AUTH_SESSION_META_DATA' AS SOURCE, 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA' AS BACKUP UNION ALL
      SELECT 'IDN_FED_AUTH_SESSION_MAPPING' AS SOURCE, 'CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING' AS BACKUP
    ) f
    JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE() AND COALESCE(c.GENERATION_EXPRESSION, '') = ''
        AND c.TABLE_NAME IN (
          'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
          'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA', 'IDN_FED_AUTH_SESSION_MAPPING')
    ) s ON s.TABLE_NAME = f.SOURCE
    LEFT JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE',
          'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO',
          'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 'CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING')
    ) b ON b.TABLE_NAME = f.BACKUP
      AND b.COLUMN_NAME = s.COLUMN_NAME AND b.COLUMN_TYPE = s.COLUMN_TYPE AND b.COLLATION_NAME <=> s.COLLATION_NAME
    WHERE b.COLUMN_NAME IS NULL;

    SELECT COALESCE(v_problem, MIN(CONCAT(f.SOURCE, ' has other columns than when this procedure was made')))
    INTO v_problem
    FROM (
      SELECT 'IDN_AUTH_TEMP_SESSION_STORE' AS SOURCE, 7 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_AUTH_SESSION_STORE' AS SOURCE, 7 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_AUTH_USER_SESSION_MAPPING' AS SOURCE, 3 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_AUTH_SESSION_APP_INFO' AS SOURCE, 4 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_AUTH_SESSION_META_DATA' AS SOURCE, 3 AS COLUMN_COUNT UNION ALL
      SELECT 'IDN_FED_AUTH_SESSION_MAPPING' AS SOURCE, 8 AS COLUMN_COUNT
    ) f
    LEFT JOIN (
      SELECT c.TABLE_NAME, COUNT(*) AS COLUMN_COUNT
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
          'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA', 'IDN_FED_AUTH_SESSION_MAPPING')
      GROUP BY c.TABLE_NAME
    ) s ON s.TABLE_NAME = f.SOURCE
    WHERE f.COLUMN_COUNT <> COALESCE(s.COLUMN_COUNT, 0);

    SELECT COALESCE(v_problem, MIN(CONCAT(t.TABLE_NAME, ' is no plain InnoDB table any more, so rows may be hidden')))
    INTO v_problem
    FROM information_schema.TABLES t
    WHERE t.TABLE_SCHEMA = DATABASE()
      AND t.TABLE_NAME IN (
        'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
        'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA', 'IDN_FED_AUTH_SESSION_MAPPING')
      AND (t.TABLE_TYPE = 'VIEW' OR (t.TABLE_TYPE <> 'BASE TABLE' OR t.ENGINE <> 'InnoDB') AND t.TABLE_NAME IN (
        'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
        'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA', 'IDN_FED_AUTH_SESSION_MAPPING'));

    SELECT COALESCE(v_problem, MIN(CONCAT(
      'the foreign keys from ', x.CHILD, ' to ', x.PARENT, ' are not those that this procedure was made for')))
    INTO v_problem
    FROM (
      SELECT y.CHILD, y.PARENT
      FROM (
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
                'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
                'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA', 'IDN_FED_AUTH_SESSION_MAPPING') UNION ALL
            SELECT k.TABLE_NAME AS CHILD, k.REFERENCED_TABLE_NAME AS PARENT, k.CONSTRAINT_NAME AS NAME,
              NULL AS OWN, NULL AS THEIRS, NULL AS POSITION, REPLACE(k.DELETE_RULE, 'NO ACTION', 'RESTRICT') AS RULE
            FROM information_schema.REFERENTIAL_CONSTRAINTS k
            WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.UNIQUE_CONSTRAINT_SCHEMA = DATABASE()
              AND k.REFERENCED_TABLE_NAME IN (
                'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
                'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA', 'IDN_FED_AUTH_SESSION_MAPPING')
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
        'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING',
        'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA', 'IDN_FED_AUTH_SESSION_MAPPING');

    SELECT
      COALESCE(MAX(CASE NAME WHEN 'expiry_grace_minutes' THEN VALUE END), '120'),
      COALESCE(MAX(CASE NAME WHEN 'session_age_days' THEN VALUE END), '14'),
      COALESCE(MAX(CASE NAME WHEN 'deleted_after_hours' THEN VALUE END), '12'),
      COALESCE(MAX(CASE NAME WHEN 'orphan_sweep' THEN VALUE END), 'no'),
      COALESCE(MAX(CASE NAME WHEN 'backup_retention_days' THEN VALUE END), '30'),
      IF(@deepclean_dry_run = 'yes', 'yes', COALESCE(MAX(CASE NAME WHEN 'dry_run' THEN VALUE END), 'no'))
    INTO
      v_expiry_grace_minutes, v_session_age_days, v_deleted_after_hours, v_orphan_sweep, v_retention, v_dry_run
    FROM CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_sessions';

    UPDATE CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_sessions' AND NAME = 'stop_requested';

    SET v_expiry_cut_off = v_started - INTERVAL v_expiry_grace_minutes MINUTE;
    SET v_expiry_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_expiry_cut_off) * 1000;
    SET v_age_cut_off = v_started - INTERVAL v_session_age_days DAY;
    SET v_age_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_age_cut_off) * 1000;
    SET v_delete_cut_off = v_started - INTERVAL v_deleted_after_hours HOUR;
    SET v_delete_cut_off_ns = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_delete_cut_off) * 1000;
    SET v_sighting_cut_off = v_started - INTERVAL 24 HOUR;

    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, CUT_OFF, DRY_RUN, STATUS)
    VALUES (
      'cleanup_sessions', SESSION_USER(), v_started, v_expiry_cut_off, v_dry_run, 'running'
    );
    SET v_run_id = LAST_INSERT_ID();
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE'), (v_run_id, 'IDN_AUTH_SESSION_STORE'),
      (v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING'), (v_run_id, 'IDN_AUTH_SESSION_APP_INFO'),
      (v_run_id, 'IDN_AUTH_SESSION_META_DATA'), (v_run_id, 'IDN_FED_AUTH_SESSION_MAPPING');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'expired'), (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'deleted'),
      (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'superseded'), (v_run_id, 'IDN_AUTH_SESSION_STORE', 'expired'),
      (v_run_id, 'IDN_AUTH_SESSION_STORE', 'deleted'), (v_run_id, 'IDN_AUTH_SESSION_STORE', 'superseded'),
      (v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'session_gone'),
      (v_run_id, 'IDN_AUTH_SESSION_APP_INFO', 'session_gone'), (v_run_id, 'IDN_AUTH_SESSION_META_DATA', 'session_gone'),
      (v_run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'session_gone'),
      (v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'orphaned'), (v_run_id, 'IDN_AUTH_SESSION_APP_INFO', 'orphaned'),
      (v_run_id, 'IDN_AUTH_SESSION_META_DATA', 'orphaned'), (v_run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'orphaned');
    COMMIT;

    IF v_problem IS NULL AND (
      EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA WHERE RUN_ID >= v_run_id)
      OR EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING WHERE RUN_ID >= v_run_id)
    ) THEN
      SET v_problem = 'kept rows have this run number or a later one; install again';
    END IF;
    IF v_problem IS NOT NULL THEN
      SET v_problem = LEFT(CONCAT('cleanup_sessions did not start, and nothing was deleted: ', v_problem), 128);
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
    END IF;
    SET v_work_began = UTC_TIMESTAMP(6);
  END preparation;

  tables: WHILE v_step < 6 DO
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
    WHERE PROCEDURE_NAME = 'cleanup_sessions';
    IF v_why <> 'done' THEN
      SET v_status = 'stopped';
      LEAVE tables;
    END IF;
    CASE v_step
      WHEN 1 THEN
        SET v_table = 'IDN_AUTH_TEMP_SESSION_STORE';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE;
        INSERT INTO CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (RUN_ID, SESSION_ID)
        SELECT DISTINCT v_run_id, t.SESSION_ID
        FROM IDN_AUTH_TEMP_SESSION_STORE t
        WHERE (t.EXPIRY_TIME > 0
               AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
              OR ((t.EXPIRY_TIME IS NULL
                   OR t.EXPIRY_TIME <= 0)
                  AND t.TIME_CREATED < v_age_cut_off_ns)
              OR (CAST(t.OPERATION AS BINARY) = 'DELETE'
                  AND t.TIME_CREATED < v_delete_cut_off_ns);
        COMMIT;
        SELECT MIN(l.SESSION_ID) INTO v_from_1 FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l WHERE l.RUN_ID = v_run_id;
        SET v_more = v_from_1 IS NOT NULL;
      WHEN 2 THEN
        SET v_table = 'IDN_AUTH_SESSION_STORE';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE;
        INSERT INTO CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (RUN_ID, SESSION_ID)
        SELECT DISTINCT v_run_id, t.SESSION_ID
        FROM IDN_AUTH_SESSION_STORE t FORCE INDEX (IDX_IDN_AUTH_SSTR_ET_ID)
        WHERE (t.EXPIRY_TIME > 0
               AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
              OR ((t.EXPIRY_TIME IS NULL
                   OR t.EXPIRY_TIME <= 0)
                  AND t.TIME_CREATED < v_age_cut_off_ns)
              OR (CAST(t.OPERATION AS BINARY) = 'DELETE'
                  AND t.TIME_CREATED < v_delete_cut_off_ns);
        COMMIT;
        SELECT MIN(l.SESSION_ID) INTO v_from_2 FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l WHERE l.RUN_ID = v_run_id;
        SET v_more = v_from_2 IS NOT NULL;
      WHEN 3 THEN
        IF v_orphan_sweep <> 'yes' THEN
          ITERATE tables;
        END IF;
        SET v_table = 'IDN_AUTH_USER_SESSION_MAPPING';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE l FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
        WHERE NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_USER_SESSION_MAPPING t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, v_started
        FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
              AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID);
        COMMIT;
        SELECT MIN(l.SESSION_ID) INTO v_from_3 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l WHERE l.FIRST_SEEN < v_sighting_cut_off;
        SET v_more = v_from_3 IS NOT NULL;
      WHEN 4 THEN
        IF v_orphan_sweep <> 'yes' THEN
          ITERATE tables;
        END IF;
        SET v_table = 'IDN_AUTH_SESSION_APP_INFO';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE l FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
        WHERE NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_SESSION_APP_INFO t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, v_started
        FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
              AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
            WHERE t.SESSION_ID = l.SESSION_ID);
        COMMIT;
        SELECT MIN(l.SESSION_ID) INTO v_from_4 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l WHERE l.FIRST_SEEN < v_sighting_cut_off;
        SET v_more = v_from_4 IS NOT NULL;
      WHEN 5 THEN
        IF v_orphan_sweep <> 'yes' THEN
          ITERATE tables;
        END IF;
        SET v_table = 'IDN_AUTH_SESSION_META_DATA';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE l FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
        WHERE NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_SESSION_META_DATA t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, v_started
        FROM IDN_AUTH_SESSION_META_DATA t
        WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
              AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
            WHERE t.SESSION_ID = l.SESSION_ID);
        COMMIT;
        SELECT MIN(l.SESSION_ID) INTO v_from_5 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l WHERE l.FIRST_SEEN < v_sighting_cut_off;
        SET v_more = v_from_5 IS NOT NULL;
      WHEN 6 THEN
        IF v_orphan_sweep <> 'yes' THEN
          ITERATE tables;
        END IF;
        SET v_table = 'IDN_FED_AUTH_SESSION_MAPPING';
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        DELETE l FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
        WHERE NOT EXISTS (
          SELECT 1 FROM IDN_FED_AUTH_SESSION_MAPPING t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, v_started
        FROM IDN_FED_AUTH_SESSION_MAPPING t
        WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
              AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID);
        COMMIT;
        SELECT MIN(l.SESSION_ID) INTO v_from_6 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l WHERE l.FIRST_SEEN < v_sighting_cut_off;
        SET v_more = v_from_6 IS NOT NULL;
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
      WHERE PROCEDURE_NAME = 'cleanup_sessions';
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
            SELECT MAX(d.SESSION_ID) INTO v_upto_1
            FROM (
              SELECT k.SESSION_ID
              FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE k
              WHERE k.RUN_ID = v_run_id AND k.SESSION_ID >= v_from_1
              ORDER BY k.SESSION_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0), COALESCE(SUM(d.REASON = 2), 0), COALESCE(SUM(d.REASON = 3), 0)
            INTO v_seen, v_dead, v_reason_1, v_reason_2, v_reason_3
            FROM (
              SELECT CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < v_age_cut_off_ns)
                  THEN 1
                  WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                       AND t.TIME_CREATED < v_delete_cut_off_ns
                  THEN 2
                  ELSE 3
                END AS REASON
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE s FORCE INDEX (PRIMARY) ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_1 AND v_upto_1
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < v_age_cut_off_ns)
                       OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
                           AND s.TIME_CREATED < v_delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) e
              STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
                (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID,
                 EXPIRY_TIME)
              SELECT v_run_id, CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < v_age_cut_off_ns)
                  THEN 'expired'
                  WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                       AND t.TIME_CREATED < v_delete_cut_off_ns
                  THEN 'deleted'
                  ELSE 'superseded'
                END,
                t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE s FORCE INDEX (PRIMARY) ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_1 AND v_upto_1
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < v_age_cut_off_ns)
                       OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
                           AND s.TIME_CREATED < v_delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) e
              STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE s FORCE INDEX (PRIMARY) ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_1 AND v_upto_1
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < v_age_cut_off_ns)
                       OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
                           AND s.TIME_CREATED < v_delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) e
              STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'expired' THEN v_reason_1
                  WHEN 'deleted' THEN v_reason_2
                  WHEN 'superseded' THEN v_reason_3
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 2 THEN
            SELECT MAX(d.SESSION_ID) INTO v_upto_2
            FROM (
              SELECT k.SESSION_ID
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE k
              WHERE k.RUN_ID = v_run_id AND k.SESSION_ID >= v_from_2
              ORDER BY k.SESSION_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0), COALESCE(SUM(d.REASON = 2), 0), COALESCE(SUM(d.REASON = 3), 0)
            INTO v_seen, v_dead, v_reason_1, v_reason_2, v_reason_3
            FROM (
              SELECT CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < v_age_cut_off_ns)
                  THEN 1
                  WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                       AND t.TIME_CREATED < v_delete_cut_off_ns
                  THEN 2
                  ELSE 3
                END AS REASON
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_SESSION_STORE s FORCE INDEX (PRIMARY) ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < v_age_cut_off_ns)
                       OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
                           AND s.TIME_CREATED < v_delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) e
              STRAIGHT_JOIN IDN_AUTH_SESSION_STORE t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              DELETE l FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE t WHERE t.SESSION_ID = l.SESSION_ID);
              INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_STORE
                (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID,
                 EXPIRY_TIME)
              SELECT v_run_id, CASE
                  WHEN (t.EXPIRY_TIME > 0
                        AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((t.EXPIRY_TIME IS NULL
                            OR t.EXPIRY_TIME <= 0)
                           AND t.TIME_CREATED < v_age_cut_off_ns)
                  THEN 'expired'
                  WHEN CAST(t.OPERATION AS BINARY) = 'DELETE'
                       AND t.TIME_CREATED < v_delete_cut_off_ns
                  THEN 'deleted'
                  ELSE 'superseded'
                END,
                t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT, t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_SESSION_STORE s FORCE INDEX (PRIMARY) ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < v_age_cut_off_ns)
                       OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
                           AND s.TIME_CREATED < v_delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) e
              STRAIGHT_JOIN IDN_AUTH_SESSION_STORE t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM (
                SELECT s.SESSION_ID, s.SESSION_TYPE, MAX(s.TIME_CREATED) AS LAST_END
                FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_SESSION_STORE s FORCE INDEX (PRIMARY) ON s.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                  AND ((s.EXPIRY_TIME > 0
                        AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                       OR ((s.EXPIRY_TIME IS NULL
                            OR s.EXPIRY_TIME <= 0)
                           AND s.TIME_CREATED < v_age_cut_off_ns)
                       OR (CAST(s.OPERATION AS BINARY) = 'DELETE'
                           AND s.TIME_CREATED < v_delete_cut_off_ns))
                GROUP BY s.SESSION_ID, s.SESSION_TYPE
              ) e
              STRAIGHT_JOIN IDN_AUTH_SESSION_STORE t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = e.SESSION_ID
                AND t.SESSION_TYPE = e.SESSION_TYPE
                AND t.TIME_CREATED <= e.LAST_END;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              SET v_kept = (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2) + (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2);

              INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
                (RUN_ID, REASON, ID, USER_ID, SESSION_ID)
              SELECT v_run_id, 'session_gone', c.ID, c.USER_ID, c.SESSION_ID
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING c FORCE INDEX (IDX_SESSION_ID)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
              FOR UPDATE;
              SET v_copied = ROW_COUNT();
              DELETE c
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING c FORCE INDEX (IDX_SESSION_ID)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
              IF ROW_COUNT() <> v_copied THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING';
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_USER_SESSION_MAPPING' AND REASON = 'session_gone';

              INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
                (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
              SELECT v_run_id, 'session_gone', c.SESSION_ID, c.SUBJECT, c.APP_ID, c.INBOUND_AUTH_TYPE
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO c FORCE INDEX (PRIMARY)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
              FOR UPDATE;
              SET v_copied = ROW_COUNT();
              DELETE c
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO c FORCE INDEX (PRIMARY)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
              IF ROW_COUNT() <> v_copied THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO';
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_APP_INFO' AND REASON = 'session_gone';

              INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
                (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
              SELECT v_run_id, 'session_gone', c.SESSION_ID, c.PROPERTY_TYPE, c.VALUE
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA c FORCE INDEX (PRIMARY)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
              FOR UPDATE;
              SET v_copied = ROW_COUNT();
              DELETE c
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA c FORCE INDEX (PRIMARY)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
              IF ROW_COUNT() <> v_copied THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA';
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_AUTH_SESSION_META_DATA' AND REASON = 'session_gone';

              INSERT INTO CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
                (RUN_ID, REASON, ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE,
                 TIME_CREATED, TENANT_ID)
              SELECT v_run_id, 'session_gone', c.ID, c.IDP_SESSION_ID, c.SESSION_ID, c.IDP_NAME, c.AUTHENTICATOR_ID, c.PROTOCOL_TYPE,
                c.TIME_CREATED, c.TENANT_ID
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING c FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
              FOR UPDATE;
              SET v_copied = ROW_COUNT();
              DELETE c
              FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
              STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING c FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
                ON c.SESSION_ID = l.SESSION_ID
                AND CAST(c.SESSION_ID AS BINARY) = CAST(l.SESSION_ID AS BINARY)
              WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
                AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID);
              IF ROW_COUNT() <> v_copied THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
              UPDATE CLEANUP_RUN_STEP
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_FED_AUTH_SESSION_MAPPING';
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + v_copied
              WHERE RUN_ID = v_run_id AND TABLE_NAME = 'IDN_FED_AUTH_SESSION_MAPPING' AND REASON = 'session_gone';

              SET v_kept_now = (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2) + (
                SELECT COUNT(*)
                FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
                STRAIGHT_JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
                WHERE l.RUN_ID = v_run_id AND l.SESSION_ID BETWEEN v_from_2 AND v_upto_2);
              IF v_kept_now <> v_kept THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session brought back what was to be gone';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'expired' THEN v_reason_1
                  WHEN 'deleted' THEN v_reason_2
                  WHEN 'superseded' THEN v_reason_3
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 3 THEN
            SELECT MAX(d.SESSION_ID) INTO v_upto_3
            FROM (
              SELECT k.SESSION_ID
              FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING k
              WHERE k.SESSION_ID >= v_from_3
              ORDER BY k.SESSION_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT 1 AS REASON
              FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
              STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING t FORCE INDEX (IDX_SESSION_ID)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_3 AND v_upto_3
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
                (RUN_ID, REASON, ID, USER_ID, SESSION_ID)
              SELECT v_run_id, 'orphaned',
                t.ID, t.USER_ID, t.SESSION_ID
              FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
              STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING t FORCE INDEX (IDX_SESSION_ID)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_3 AND v_upto_3
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
              STRAIGHT_JOIN IDN_AUTH_USER_SESSION_MAPPING t FORCE INDEX (IDX_SESSION_ID)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_3 AND v_upto_3
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'orphaned' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 4 THEN
            SELECT MAX(d.SESSION_ID) INTO v_upto_4
            FROM (
              SELECT k.SESSION_ID
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO k
              WHERE k.SESSION_ID >= v_from_4
              ORDER BY k.SESSION_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT 1 AS REASON
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
              STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_4 AND v_upto_4
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
                (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
              SELECT v_run_id, 'orphaned',
                t.SESSION_ID, t.SUBJECT, t.APP_ID, t.INBOUND_AUTH_TYPE
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
              STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_4 AND v_upto_4
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
              STRAIGHT_JOIN IDN_AUTH_SESSION_APP_INFO t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_4 AND v_upto_4
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'orphaned' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 5 THEN
            SELECT MAX(d.SESSION_ID) INTO v_upto_5
            FROM (
              SELECT k.SESSION_ID
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA k
              WHERE k.SESSION_ID >= v_from_5
              ORDER BY k.SESSION_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT 1 AS REASON
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
              STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_5 AND v_upto_5
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
                (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
              SELECT v_run_id, 'orphaned',
                t.SESSION_ID, t.PROPERTY_TYPE, t.VALUE
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
              STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_5 AND v_upto_5
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
              STRAIGHT_JOIN IDN_AUTH_SESSION_META_DATA t FORCE INDEX (PRIMARY)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_5 AND v_upto_5
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'orphaned' THEN v_reason_1
                  ELSE 0
                END
              WHERE RUN_ID = v_run_id AND TABLE_NAME = v_table;
            ELSE
              SET v_passed_over = v_passed_over OR v_dead > 0, v_dead = 0;
            END IF;
          WHEN 6 THEN
            SELECT MAX(d.SESSION_ID) INTO v_upto_6
            FROM (
              SELECT k.SESSION_ID
              FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING k
              WHERE k.SESSION_ID >= v_from_6
              ORDER BY k.SESSION_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COUNT(*),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT 1 AS REASON
              FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
              STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING t FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_6 AND v_upto_6
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
                (RUN_ID, REASON, ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE,
                 TIME_CREATED, TENANT_ID)
              SELECT v_run_id, 'orphaned',
                t.ID, t.IDP_SESSION_ID, t.SESSION_ID, t.IDP_NAME, t.AUTHENTICATOR_ID, t.PROTOCOL_TYPE, t.TIME_CREATED,
                t.TENANT_ID
              FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
              STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING t FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_6 AND v_upto_6
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
              STRAIGHT_JOIN IDN_FED_AUTH_SESSION_MAPPING t FORCE INDEX (IDX_FEDERATED_AUTH_SESSION_ID)
                ON t.SESSION_ID = l.SESSION_ID
              WHERE l.SESSION_ID BETWEEN v_from_6 AND v_upto_6
                AND ((EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING n
                        WHERE n.SESSION_ID = t.SESSION_ID AND n.FIRST_SEEN < v_sighting_cut_off))
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                     AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'orphaned' THEN v_reason_1
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
            SELECT MIN(l.SESSION_ID) INTO v_from_1
            FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND l.SESSION_ID > v_upto_1;
            SET v_more = v_from_1 IS NOT NULL;
          WHEN 2 THEN
            SELECT MIN(l.SESSION_ID) INTO v_from_2
            FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
            WHERE l.RUN_ID = v_run_id AND l.SESSION_ID > v_upto_2;
            SET v_more = v_from_2 IS NOT NULL;
          WHEN 3 THEN
            SELECT MIN(l.SESSION_ID) INTO v_from_3
            FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE l.SESSION_ID > v_upto_3;
            SET v_more = v_from_3 IS NOT NULL;
          WHEN 4 THEN
            SELECT MIN(l.SESSION_ID) INTO v_from_4
            FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
            WHERE l.SESSION_ID > v_upto_4;
            SET v_more = v_from_4 IS NOT NULL;
          WHEN 5 THEN
            SELECT MIN(l.SESSION_ID) INTO v_from_5
            FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
            WHERE l.SESSION_ID > v_upto_5;
            SET v_more = v_from_5 IS NOT NULL;
          WHEN 6 THEN
            SELECT MIN(l.SESSION_ID) INTO v_from_6
            FROM CLEANUP_SIGHTING_IDN_FED_AUTH_SESSION_MAPPING l
            WHERE l.SESSION_ID > v_upto_6;
            SET v_more = v_from_6 IS NOT NULL;
        END CASE;
      END IF;
    END WHILE walk;
  END WHILE tables;
  IF v_why = 'done' AND v_passed_over THEN
    SET v_why = 'done, except for rows that another session held';
  END IF;

  lists: BEGIN
    REPEAT
      DELETE FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE WHERE RUN_ID = v_run_id LIMIT 50000;
      SET v_more = ROW_COUNT() > 0;
      COMMIT;
    UNTIL NOT v_more END REPEAT;
    REPEAT
      DELETE FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE WHERE RUN_ID = v_run_id LIMIT 50000;
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
          DELETE FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 1 THEN
          DELETE FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 2 THEN
          DELETE FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 3 THEN
          DELETE FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 4 THEN
          DELETE FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
          WHERE RUN_ID < v_oldest_kept AND RUN_ID >= (SELECT MIN(r.RUN_ID) FROM CLEANUP_RUN r) LIMIT 5000;
        WHEN 5 THEN
          DELETE FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
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
  ('cleanup_sessions', 'procedure', '52565b06165252f001b79c3e873539a034ca84ccd2cf15c5f2aa980068065425',
   (SELECT SHA2(r.ROUTINE_DEFINITION, 256)
    FROM information_schema.ROUTINES r
    WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = 'cleanup_sessions' AND r.ROUTINE_TYPE = 'PROCEDURE'));
-- @end
