-- restore_registry(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted; so
-- is a row whose parent is gone (INSERT IGNORE passes over both). The session is in UTC meanwhile: copied in a zone
-- with daylight saving time, a TIMESTAMP of the hour that occurs twice would move by an hour.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on PROCEDURE restore_registry
--   SELECT, INSERT on REG_RESOURCE, REG_PROPERTY, REG_RESOURCE_PROPERTY, REG_LOG, REG_TAG, REG_RESOURCE_TAG,
--     CLEANUP_RUN_STEP
--   SELECT on REG_CONTENT, REG_PATH, CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY,
--     CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG, CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_LOCK

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
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
  COMMENT 'Undoes a run of cleanup_registry. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_free, v_elsewhere INT DEFAULT 0;
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
    SET SESSION time_zone = v_old_time_zone, foreign_key_checks = v_old_keys;
    RESIGNAL;
  END;

  IF CAST(@@global.read_only AS CHAR) NOT IN ('0', 'OFF') AND NOT EXISTS (
    SELECT 1 FROM CLEANUP_SETTING
    WHERE PROCEDURE_NAME = 'cleanup_registry' AND NAME = 'allow_read_only' AND VALUE = 'yes'
  ) THEN
    SIGNAL SQLSTATE '45000'
      SET MESSAGE_TEXT = 'restore_registry did not start: read_only is on; it may be a replica';
  END IF;
  -- No cleanup may run meanwhile: the row stays locked until the end of the transaction
  COMMIT;
  INSERT IGNORE INTO CLEANUP_LOCK (PROCEDURE_NAME) VALUES ('cleanup_registry');
  START TRANSACTION;
  SELECT COUNT(*) INTO v_free FROM CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_registry' FOR UPDATE SKIP LOCKED;
  SELECT COUNT(*) INTO v_elsewhere
  FROM CLEANUP_LOCK
  WHERE PROCEDURE_NAME = 'cleanup_registry' AND STATUS = 'running'
    AND HOST <> CONCAT(@@hostname, ':', @@port) AND HEARTBEAT > UTC_TIMESTAMP(6) - INTERVAL 2 MINUTE;
  IF v_free = 0 OR v_elsewhere > 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'restore_registry did not start: cleanup_registry is running';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM CLEANUP_RUN WHERE RUN_ID = p_run_id AND PROCEDURE_NAME = 'cleanup_registry') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT
        = 'restore_registry did not start: CLEANUP_RUN has no such run of cleanup_registry';
  END IF;

  CALL CLEANUP_MISFIT(
    '[["REG_RESOURCE", "CLEANUP_BAK_REG_RESOURCE", 12, []],'
    '["REG_PROPERTY", "CLEANUP_BAK_REG_PROPERTY", 4, []],'
    '["REG_RESOURCE_PROPERTY", "CLEANUP_BAK_REG_RESOURCE_PROPERTY", 6, ['
    '  "REG_PROPERTY_ID, REG_TENANT_ID -> REG_PROPERTY (REG_ID, REG_TENANT_ID) NO ACTION"]],'
    '["REG_LOG", "CLEANUP_BAK_REG_LOG", 7, []],'
    '["REG_TAG", "CLEANUP_BAK_REG_TAG", 5, []],'
    '["REG_RESOURCE_TAG", "CLEANUP_BAK_REG_RESOURCE_TAG", 6, ['
    '  "REG_TAG_ID, REG_TENANT_ID -> REG_TAG (REG_ID, REG_TENANT_ID) NO ACTION"]],'
    '["REG_PATH", "", 0, []],'
    '["REG_RESOURCE_HISTORY", "", 0, []]]', TRUE, v_problem);
  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(CONCAT('restore_registry did not start: ', v_problem), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;

  SET SESSION time_zone = '+00:00', foreign_key_checks = 1;
  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES ('restore_registry', SESSION_USER(), v_started, 'running');
  SET v_run_id = LAST_INSERT_ID();

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_REG_RESOURCE b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO REG_RESOURCE
    (REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME, REG_LAST_UPDATOR,
     REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
  SELECT b.REG_PATH_ID, b.REG_NAME, b.REG_VERSION, b.REG_MEDIA_TYPE, b.REG_CREATOR, b.REG_CREATED_TIME,
         b.REG_LAST_UPDATOR, b.REG_LAST_UPDATED_TIME, b.REG_DESCRIPTION, b.REG_CONTENT_ID, b.REG_TENANT_ID, b.REG_UUID
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
  SET SESSION time_zone = v_old_time_zone, foreign_key_checks = v_old_keys;
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register restore_registry
CALL CLEANUP_REGISTER('procedure', 'restore_registry',
    'bfa48190180e4923c400c66b2e89831d5bcac466e49b6393abaa68d1ef4c6d6b');
-- @end
