-- restore_registry(run): puts the rows that a run deleted back where they were.
--
-- Parents go before what hangs on them, all in one transaction. A row that is there again is left alone and counted; so
-- is a row whose parent is gone (INSERT IGNORE passes over both). The session is in UTC meanwhile: copied in a zone with
-- daylight saving time, a TIMESTAMP of the hour that occurs twice would move by an hour.
--
-- Whoever calls it needs
--   EXECUTE on PROCEDURE restore_registry
--   SELECT, INSERT on REG_RESOURCE, REG_PROPERTY, REG_RESOURCE_PROPERTY, REG_LOG, REG_TAG, REG_RESOURCE_TAG,
--     CLEANUP_RUN_STEP
--   SELECT on REG_CONTENT, REG_PATH, CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY,
--     CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG, CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG
--   SELECT, INSERT, UPDATE on CLEANUP_RUN

-- The server keeps these settings with what it creates, so they are the same whoever runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop restore_registry
DROP PROCEDURE IF EXISTS restore_registry;
-- @end

DELIMITER $$

-- @statement procedure restore_registry
CREATE PROCEDURE restore_registry(IN p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Puts the rows that a run of cleanup_registry deleted back where they were'
BEGIN
  DECLARE v_lock          VARCHAR(64) DEFAULT LEFT(SHA2(CONCAT(DATABASE(), '.', 'cleanup_registry'), 256), 64);
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

  SET v_locked = COALESCE(GET_LOCK(v_lock, 0), 0);
  IF v_locked <> 1 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'restore_registry did not start: cleanup_registry is running';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM CLEANUP_RUN WHERE RUN_ID = p_run_id AND PROCEDURE_NAME = 'cleanup_registry') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'restore_registry did not start: CLEANUP_RUN has no such run of cleanup_registry';
  END IF;

  SELECT MIN(CONCAT(f.BACKUP, ' does not fit ', f.SOURCE, ' any more: column ', s.COLUMN_NAME)) INTO v_problem
  FROM (
    SELECT 'REG_RESOURCE' AS SOURCE, 'CLEANUP_BAK_REG_RESOURCE' AS BACKUP UNION ALL
    SELECT 'REG_PROPERTY' AS SOURCE, 'CLEANUP_BAK_REG_PROPERTY' AS BACKUP UNION ALL
    SELECT 'REG_RESOURCE_PROPERTY' AS SOURCE, 'CLEANUP_BAK_REG_RESOURCE_PROPERTY' AS BACKUP UNION ALL
    SELECT 'REG_LOG' AS SOURCE, 'CLEANUP_BAK_REG_LOG' AS BACKUP UNION ALL
    SELECT 'REG_TAG' AS SOURCE, 'CLEANUP_BAK_REG_TAG' AS BACKUP UNION ALL
    SELECT 'REG_RESOURCE_TAG' AS SOURCE, 'CLEANUP_BAK_REG_RESOURCE_TAG' AS BACKUP
  ) f
  JOIN information_schema.COLUMNS s ON s.TABLE_SCHEMA = DATABASE() AND s.TABLE_NAME = f.SOURCE
  LEFT JOIN information_schema.COLUMNS b ON b.TABLE_SCHEMA = DATABASE() AND b.TABLE_NAME = f.BACKUP
    AND b.COLUMN_NAME = s.COLUMN_NAME AND b.COLUMN_TYPE = s.COLUMN_TYPE AND b.COLLATION_NAME <=> s.COLLATION_NAME
  WHERE b.COLUMN_NAME IS NULL AND COALESCE(s.GENERATION_EXPRESSION, '') = '';

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
  WHERE f.COLUMN_COUNT <> (
    SELECT COUNT(*) FROM information_schema.COLUMNS s WHERE s.TABLE_SCHEMA = DATABASE() AND s.TABLE_NAME = f.SOURCE
  );

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
          SELECT IF(u.TABLE_SCHEMA = DATABASE(), u.TABLE_NAME, CONCAT(u.TABLE_SCHEMA, '.', u.TABLE_NAME)) AS CHILD,
            u.REFERENCED_TABLE_NAME AS PARENT, u.CONSTRAINT_NAME AS NAME, u.COLUMN_NAME AS OWN,
            u.REFERENCED_COLUMN_NAME AS THEIRS, u.ORDINAL_POSITION AS POSITION, NULL AS RULE
          FROM information_schema.KEY_COLUMN_USAGE u
          WHERE u.REFERENCED_TABLE_SCHEMA = DATABASE()
            AND u.REFERENCED_TABLE_NAME IN (
              'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_LOG', 'REG_TAG', 'REG_RESOURCE_TAG') UNION ALL
          SELECT IF(k.CONSTRAINT_SCHEMA = DATABASE(), k.TABLE_NAME, CONCAT(k.CONSTRAINT_SCHEMA, '.', k.TABLE_NAME)) AS CHILD,
            k.REFERENCED_TABLE_NAME AS PARENT, k.CONSTRAINT_NAME AS NAME, NULL AS OWN,
            NULL AS THEIRS, NULL AS POSITION, REPLACE(k.DELETE_RULE, 'NO ACTION', 'RESTRICT') AS RULE
          FROM information_schema.REFERENTIAL_CONSTRAINTS k
          WHERE k.UNIQUE_CONSTRAINT_SCHEMA = DATABASE()
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
  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(CONCAT('restore_registry did not start: ', v_problem), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;

  SET SESSION time_zone = '+00:00', foreign_key_checks = 1;
  START TRANSACTION;
  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES ('restore_registry', SESSION_USER(), v_started, 'running');
  SET v_run_id = LAST_INSERT_ID();

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_REG_RESOURCE b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO REG_RESOURCE
    (REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME, REG_LAST_UPDATOR,
     REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
  SELECT b.REG_PATH_ID, b.REG_NAME, b.REG_VERSION, b.REG_MEDIA_TYPE, b.REG_CREATOR, b.REG_CREATED_TIME, b.REG_LAST_UPDATOR,
    b.REG_LAST_UPDATED_TIME, b.REG_DESCRIPTION, b.REG_CONTENT_ID, b.REG_TENANT_ID, b.REG_UUID
  FROM CLEANUP_BAK_REG_RESOURCE b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'REG_RESOURCE', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_REG_PROPERTY b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO REG_PROPERTY
    (REG_ID, REG_NAME, REG_VALUE, REG_TENANT_ID)
  SELECT b.REG_ID, b.REG_NAME, b.REG_VALUE, b.REG_TENANT_ID
  FROM CLEANUP_BAK_REG_PROPERTY b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'REG_PROPERTY', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO REG_RESOURCE_PROPERTY
    (ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
  SELECT b.ID, b.REG_PROPERTY_ID, b.REG_VERSION, b.REG_PATH_ID, b.REG_RESOURCE_NAME, b.REG_TENANT_ID
  FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'REG_RESOURCE_PROPERTY', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_REG_LOG b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO REG_LOG
    (REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA, REG_TENANT_ID)
  SELECT b.REG_LOG_ID, b.REG_PATH, b.REG_USER_ID, b.REG_LOGGED_TIME, b.REG_ACTION, b.REG_ACTION_DATA, b.REG_TENANT_ID
  FROM CLEANUP_BAK_REG_LOG b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'REG_LOG', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_REG_TAG b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO REG_TAG
    (REG_ID, REG_TAG_NAME, REG_USER_ID, REG_TAGGED_TIME, REG_TENANT_ID)
  SELECT b.REG_ID, b.REG_TAG_NAME, b.REG_USER_ID, b.REG_TAGGED_TIME, b.REG_TENANT_ID
  FROM CLEANUP_BAK_REG_TAG b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'REG_TAG', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_REG_RESOURCE_TAG b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO REG_RESOURCE_TAG
    (ID, REG_TAG_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
  SELECT b.ID, b.REG_TAG_ID, b.REG_VERSION, b.REG_PATH_ID, b.REG_RESOURCE_NAME, b.REG_TENANT_ID
  FROM CLEANUP_BAK_REG_RESOURCE_TAG b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'REG_RESOURCE_TAG', v_seen, v_restored);
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
  ('restore_registry', 'procedure', '8f9f10d1892421a85ef496b3bd17f619bfb5788a133beeba5bf181b3e6bfce49',
   (SELECT SHA2(r.ROUTINE_DEFINITION, 256)
    FROM information_schema.ROUTINES r
    WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = 'restore_registry' AND r.ROUTINE_TYPE = 'PROCEDURE'));
-- @end
