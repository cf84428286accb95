-- cleanup_jti: deletes ids of JWTs that have expired.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OIDC_JTI when
--     expired: its JWT expired over 24 h ago
--
-- Every deleted row is copied in the same transaction; CALL restore_jti(run) brings a run back.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING and are read again before every batch.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_jti
--   SELECT, DELETE on IDN_OIDC_JTI
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_OIDC_JTI
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

-- @statement drop cleanup_jti
DROP PROCEDURE IF EXISTS cleanup_jti;
-- @end

DELIMITER $$

-- @statement procedure cleanup_jti
CREATE PROCEDURE cleanup_jti()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes ids of JWTs that have expired. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_lock          VARCHAR(64) DEFAULT LEFT(SHA2(CONCAT(DATABASE(), '.', 'cleanup_jti'), 256), 64);
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

  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1 varchar(255);
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
      WHERE PROCEDURE_NAME = 'cleanup_jti' AND NAME = 'allow_read_only' AND VALUE = 'yes'
    ) THEN
      SIGNAL SQLSTATE '45000'
        SET MESSAGE_TEXT = 'cleanup_jti did not start: read_only is on; it may be a replica';
    END IF;
    IF COALESCE(GET_LOCK(v_lock, 0), 0) <> 1 THEN
      INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
      VALUES ('cleanup_jti', SESSION_USER(), v_started, v_started, 'skipped', 'already running');
      COMMIT;
      LEAVE cleanup;
    END IF;
    SET SESSION time_zone = '+00:00', foreign_key_checks = 1, innodb_lock_wait_timeout = 1, sql_safe_updates = 0,
        optimizer_switch = 'semijoin=off,materialization=off,derived_merge=off,subquery_cache=off';

    UPDATE CLEANUP_RUN
    SET STATUS = 'crashed', WHY_STOPPED = 'its session ended before the run did', ENDED_AT = v_started
    WHERE PROCEDURE_NAME = 'cleanup_jti' AND STATUS = 'running';

    SELECT MIN(CONCAT(f.BACKUP, ' does not fit ', f.SOURCE, ' any more: column ', s.COLUMN_NAME)) INTO v_problem
    FROM (
      SELECT 'IDN_OIDC_JTI' AS SOURCE, 'CLEANUP_BAK_IDN_OIDC_JTI' AS BACKUP
    ) f
    JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE() AND COALESCE(c.GENERATION_EXPRESSION, '') = ''
        AND c.TABLE_NAME IN (
          'IDN_OIDC_JTI')
    ) s ON s.TABLE_NAME = f.SOURCE
    LEFT JOIN (
      SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'CLEANUP_BAK_IDN_OIDC_JTI')
    ) b ON b.TABLE_NAME = f.BACKUP
      AND b.COLUMN_NAME = s.COLUMN_NAME AND b.COLUMN_TYPE = s.COLUMN_TYPE AND b.COLLATION_NAME <=> s.COLLATION_NAME
    WHERE b.COLUMN_NAME IS NULL;

    SELECT COALESCE(v_problem, MIN(CONCAT(f.SOURCE, ' has other columns than when this procedure was made')))
    INTO v_problem
    FROM (
      SELECT 'IDN_OIDC_JTI' AS SOURCE, 3 AS COLUMN_COUNT
    ) f
    LEFT JOIN (
      SELECT c.TABLE_NAME, COUNT(*) AS COLUMN_COUNT
      FROM information_schema.COLUMNS c
      WHERE c.TABLE_SCHEMA = DATABASE()
        AND c.TABLE_NAME IN (
          'IDN_OIDC_JTI')
      GROUP BY c.TABLE_NAME
    ) s ON s.TABLE_NAME = f.SOURCE
    WHERE f.COLUMN_COUNT <> COALESCE(s.COLUMN_COUNT, 0);

    SELECT COALESCE(v_problem, MIN(CONCAT(t.TABLE_NAME, ' is no plain InnoDB table any more, so rows may be hidden')))
    INTO v_problem
    FROM information_schema.TABLES t
    WHERE t.TABLE_SCHEMA = DATABASE()
      AND t.TABLE_NAME IN (
        'IDN_OIDC_JTI')
      AND (t.TABLE_TYPE = 'VIEW' OR (t.TABLE_TYPE <> 'BASE TABLE' OR t.ENGINE <> 'InnoDB') AND t.TABLE_NAME IN (
        'IDN_OIDC_JTI'));

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
                'IDN_OIDC_JTI') UNION ALL
            SELECT k.TABLE_NAME AS CHILD, k.REFERENCED_TABLE_NAME AS PARENT, k.CONSTRAINT_NAME AS NAME,
              NULL AS OWN, NULL AS THEIRS, NULL AS POSITION, REPLACE(k.DELETE_RULE, 'NO ACTION', 'RESTRICT') AS RULE
            FROM information_schema.REFERENTIAL_CONSTRAINTS k
            WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.UNIQUE_CONSTRAINT_SCHEMA = DATABASE()
              AND k.REFERENCED_TABLE_NAME IN (
                'IDN_OIDC_JTI')
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
        'IDN_OIDC_JTI');

    SELECT
      COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26'),
      COALESCE(MAX(CASE NAME WHEN 'backup_retention_days' THEN VALUE END), '30'),
      IF(@deepclean_dry_run = 'yes', 'yes', COALESCE(MAX(CASE NAME WHEN 'dry_run' THEN VALUE END), 'no'))
    INTO
      v_clock_uncertainty_hours, v_retention, v_dry_run
    FROM CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_jti';

    UPDATE CLEANUP_SETTING
    SET VALUE = 'no'
    WHERE PROCEDURE_NAME = 'cleanup_jti' AND NAME = 'stop_requested';

    SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
    SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;

    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, CUT_OFF, DRY_RUN, STATUS)
    VALUES (
      'cleanup_jti', SESSION_USER(), v_started, v_grace_cut_off, v_dry_run, 'running'
    );
    SET v_run_id = LAST_INSERT_ID();
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
    VALUES (v_run_id, 'IDN_OIDC_JTI');
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON)
    VALUES (v_run_id, 'IDN_OIDC_JTI', 'expired');
    COMMIT;

    IF v_problem IS NULL AND (
      EXISTS (SELECT 1 FROM CLEANUP_BAK_IDN_OIDC_JTI WHERE RUN_ID >= v_run_id)
    ) THEN
      SET v_problem = 'kept rows have this run number or a later one; install again';
    END IF;
    IF v_problem IS NOT NULL THEN
      SET v_problem = LEFT(CONCAT('cleanup_jti did not start, and nothing was deleted: ', v_problem), 128);
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
    END IF;
    SET v_work_began = UTC_TIMESTAMP(6);
  END preparation;

  tables: WHILE v_step < 1 DO
    SET v_step = v_step + 1, v_more = 1, v_failures = 0, v_careful = 0, v_span = 1000;
    CASE v_step
      WHEN 1 THEN
        SET v_table = 'IDN_OIDC_JTI';
        SELECT MIN(t.JWT_ID) INTO v_from_1 FROM IDN_OIDC_JTI t;
        SET v_more = v_from_1 IS NOT NULL;
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
      WHERE PROCEDURE_NAME = 'cleanup_jti';
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
            SELECT MAX(d.JWT_ID) INTO v_upto_1
            FROM (
              SELECT k.JWT_ID
              FROM IDN_OIDC_JTI k FORCE INDEX (PRIMARY)
              WHERE k.JWT_ID >= v_from_1
              ORDER BY k.JWT_ID
              LIMIT v_span
            ) d;
            SELECT COUNT(*), COALESCE(SUM(d.REASON <> 0), 0),
              COALESCE(SUM(d.REASON = 1), 0)
            INTO v_seen, v_dead, v_reason_1
            FROM (
              SELECT CASE
                  WHEN NULLIF(UNIX_TIMESTAMP(t.EXP_TIME), 0) < v_grace_cut_off_s THEN 1
                  ELSE 0
                END AS REASON
              FROM IDN_OIDC_JTI t FORCE INDEX (PRIMARY)
              WHERE t.JWT_ID BETWEEN v_from_1 AND v_upto_1
            ) d;

            IF v_dead > 0 AND v_dry_run = 'no' AND v_failures < 10 THEN
              INSERT INTO CLEANUP_BAK_IDN_OIDC_JTI
                (RUN_ID, REASON, JWT_ID, EXP_TIME, TIME_CREATED)
              SELECT v_run_id, 'expired',
                t.JWT_ID, t.EXP_TIME, t.TIME_CREATED
              FROM IDN_OIDC_JTI t FORCE INDEX (PRIMARY)
              WHERE t.JWT_ID BETWEEN v_from_1 AND v_upto_1
                AND (NULLIF(UNIX_TIMESTAMP(t.EXP_TIME), 0) < v_grace_cut_off_s)
              FOR UPDATE;
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;

              DELETE t
              FROM IDN_OIDC_JTI t FORCE INDEX (PRIMARY)
              WHERE t.JWT_ID BETWEEN v_from_1 AND v_upto_1
                AND (NULLIF(UNIX_TIMESTAMP(t.EXP_TIME), 0) < v_grace_cut_off_s);
              IF ROW_COUNT() <> v_dead THEN
                SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
              END IF;
            END IF;

            IF v_dead > 0 AND v_failures < 10 THEN
              UPDATE CLEANUP_RUN_REASON
              SET DELETED = DELETED + CASE REASON
                  WHEN 'expired' THEN v_reason_1
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
            SELECT MIN(t.JWT_ID) INTO v_from_1
            FROM IDN_OIDC_JTI t FORCE INDEX (PRIMARY)
            WHERE t.JWT_ID > v_upto_1;
            SET v_more = v_from_1 IS NOT NULL;
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
    SET v_step = IF(v_status = 'ended' AND v_dry_run = 'no' AND v_retention IS NOT NULL, 0, 1);
    WHILE v_step < 1 DO
      CASE v_step
        WHEN 0 THEN
          DELETE FROM CLEANUP_BAK_IDN_OIDC_JTI
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
  ('cleanup_jti', 'procedure', '87f7a678b0f1f8991d899a44e2814be13805d302eea56072a75a18b5e3ae17c3',
   (SELECT SHA2(r.ROUTINE_DEFINITION, 256)
    FROM information_schema.ROUTINES r
    WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = 'cleanup_jti' AND r.ROUTINE_TYPE = 'PROCEDURE'));
-- @end
