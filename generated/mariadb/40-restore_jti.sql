-- restore_jti(run): puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again is left alone and counted; so
-- is a row whose parent is gone (INSERT IGNORE passes over both). The session is in UTC meanwhile: copied in a zone with
-- daylight saving time, a TIMESTAMP of the hour that occurs twice would move by an hour.
--
-- The caller needs
--   EXECUTE on PROCEDURE restore_jti
--   SELECT, INSERT on IDN_OIDC_JTI, CLEANUP_RUN_STEP
--   SELECT on CLEANUP_BAK_IDN_OIDC_JTI
--   SELECT, INSERT, UPDATE on CLEANUP_RUN

-- The server keeps these settings with what it creates, so they are the same whoever runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop restore_jti
DROP PROCEDURE IF EXISTS restore_jti;
-- @end

DELIMITER $$

-- @statement procedure restore_jti
CREATE PROCEDURE restore_jti(IN p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Puts the rows that a run of cleanup_jti deleted back where they were. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_lock          VARCHAR(64) DEFAULT LEFT(SHA2(CONCAT(DATABASE(), '.', 'cleanup_jti'), 256), 64);
  DECLARE v_locked        INT DEFAULT 0;
  DECLARE v_run_id        BIGINT;
  DECLARE v_started       DATETIME(3) DEFAULT UTC_TIMESTAMP(3);
  DECLARE v_problem       VARCHAR(400);
  DECLARE v_seen          BIGINT;
  DECLARE v_restored      BIGINT;
  DECLARE v_total         BIGINT DEFAULT 0;
  DECLARE v_left          BIGINT DEFAULT 0;
  DECLARE v_old_time_zone VARCHAR(64) DEFAULT @@session.time_zone;
  DECLARE v_old_keys      TINYINT DEFAULT @@session.foreign_key_checks;

  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    IF v_locked = 1 THEN
      DO RELEASE_LOCK(v_lock);
    END IF;
    SET SESSION time_zone = v_old_time_zone, foreign_key_checks = v_old_keys;
    RESIGNAL;
  END;

  IF CAST(@@global.read_only AS CHAR) NOT IN ('0', 'OFF') AND NOT EXISTS (
    SELECT 1 FROM CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_jti' AND NAME = 'allow_read_only' AND VALUE = 'yes'
  ) THEN
    SIGNAL SQLSTATE '45000'
      SET MESSAGE_TEXT = 'restore_jti did not start: read_only is on; it may be a replica';
  END IF;
  SET v_locked = COALESCE(GET_LOCK(v_lock, 0), 0);
  IF v_locked <> 1 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'restore_jti did not start: cleanup_jti is running';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM CLEANUP_RUN WHERE RUN_ID = p_run_id AND PROCEDURE_NAME = 'cleanup_jti') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'restore_jti did not start: CLEANUP_RUN has no such run of cleanup_jti';
  END IF;

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
  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(CONCAT('restore_jti did not start: ', v_problem), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;

  SET SESSION time_zone = '+00:00', foreign_key_checks = 1;
  START TRANSACTION;
  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES ('restore_jti', SESSION_USER(), v_started, 'running');
  SET v_run_id = LAST_INSERT_ID();

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_OIDC_JTI b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_OIDC_JTI
    (JWT_ID, EXP_TIME, TIME_CREATED)
  SELECT b.JWT_ID, b.EXP_TIME, b.TIME_CREATED
  FROM CLEANUP_BAK_IDN_OIDC_JTI b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_OIDC_JTI', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  UPDATE CLEANUP_RUN
  SET ENDED_AT = UTC_TIMESTAMP(3), STATUS = 'ended',
      WHY_STOPPED = CONCAT('run ', p_run_id, ': ', v_total, ' rows restored, ', v_left, ' left alone')
  WHERE RUN_ID = v_run_id;
  COMMIT;
  DO RELEASE_LOCK(v_lock);
  SET SESSION time_zone = v_old_time_zone, foreign_key_checks = v_old_keys;
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register
REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
VALUES
  ('restore_jti', 'procedure', 'bba43009eb8dc5d3735657ebd5d70dcd1ce78cd5151e1104e27e488c41997dd4',
   (SELECT SHA2(r.ROUTINE_DEFINITION, 256)
    FROM information_schema.ROUTINES r
    WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = 'restore_jti' AND r.ROUTINE_TYPE = 'PROCEDURE'));
-- @end
