-- restore_sessions(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted; so
-- is a row whose parent is gone (INSERT IGNORE passes over both). The session is in UTC meanwhile: copied in a zone
-- with daylight saving time, a TIMESTAMP of the hour that occurs twice would move by an hour.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on PROCEDURE restore_sessions
--   SELECT, INSERT on IDN_AUTH_TEMP_SESSION_STORE, IDN_AUTH_SESSION_STORE, IDN_AUTH_USER_SESSION_MAPPING,
--     IDN_AUTH_SESSION_APP_INFO, IDN_AUTH_SESSION_META_DATA, IDN_FED_AUTH_SESSION_MAPPING, CLEANUP_RUN_STEP
--   SELECT on CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_LOCK

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop restore_sessions
DROP PROCEDURE IF EXISTS restore_sessions;
-- @end

DELIMITER $$

-- @statement procedure restore_sessions
CREATE PROCEDURE restore_sessions(IN p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Undoes a run of cleanup_sessions. Made by deepclean; its log is CLEANUP_RUN.'
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
    WHERE PROCEDURE_NAME = 'cleanup_sessions' AND NAME = 'allow_read_only' AND VALUE = 'yes'
  ) THEN
    SIGNAL SQLSTATE '45000'
      SET MESSAGE_TEXT = 'restore_sessions did not start: read_only is on; it may be a replica';
  END IF;
  -- No cleanup may run meanwhile: the row stays locked until the end of the transaction
  COMMIT;
  INSERT IGNORE INTO CLEANUP_LOCK (PROCEDURE_NAME) VALUES ('cleanup_sessions');
  START TRANSACTION;
  SELECT COUNT(*) INTO v_free FROM CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_sessions' FOR UPDATE SKIP LOCKED;
  SELECT COUNT(*) INTO v_elsewhere
  FROM CLEANUP_LOCK
  WHERE PROCEDURE_NAME = 'cleanup_sessions' AND STATUS = 'running'
    AND HOST <> CONCAT(@@hostname, ':', @@port) AND HEARTBEAT > UTC_TIMESTAMP(6) - INTERVAL 2 MINUTE;
  IF v_free = 0 OR v_elsewhere > 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'restore_sessions did not start: cleanup_sessions is running';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM CLEANUP_RUN WHERE RUN_ID = p_run_id AND PROCEDURE_NAME = 'cleanup_sessions') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT
        = 'restore_sessions did not start: CLEANUP_RUN has no such run of cleanup_sessions';
  END IF;

  CALL CLEANUP_MISFIT(
    '[["IDN_AUTH_TEMP_SESSION_STORE", "CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE", 7, []],'
    '["IDN_AUTH_SESSION_STORE", "CLEANUP_BAK_IDN_AUTH_SESSION_STORE", 7, []],'
    '["IDN_AUTH_USER_SESSION_MAPPING", "CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING", 3, []],'
    '["IDN_AUTH_SESSION_APP_INFO", "CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO", 4, []],'
    '["IDN_AUTH_SESSION_META_DATA", "CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA", 3, []],'
    '["IDN_FED_AUTH_SESSION_MAPPING", "CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING", 8, []]]', TRUE, v_problem);
  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(CONCAT('restore_sessions did not start: ', v_problem), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;

  SET SESSION time_zone = '+00:00', foreign_key_checks = 1;
  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES ('restore_sessions', SESSION_USER(), v_started, 'running');
  SET v_run_id = LAST_INSERT_ID();

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_AUTH_TEMP_SESSION_STORE
    (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
  SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
  FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_AUTH_TEMP_SESSION_STORE', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_AUTH_SESSION_STORE
    (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
  SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
  FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_AUTH_SESSION_STORE', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_AUTH_USER_SESSION_MAPPING
    (ID, USER_ID, SESSION_ID)
  SELECT b.ID, b.USER_ID, b.SESSION_ID
  FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_AUTH_USER_SESSION_MAPPING', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_AUTH_SESSION_APP_INFO
    (SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
  SELECT b.SESSION_ID, b.SUBJECT, b.APP_ID, b.INBOUND_AUTH_TYPE
  FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_AUTH_SESSION_APP_INFO', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_AUTH_SESSION_META_DATA
    (SESSION_ID, PROPERTY_TYPE, VALUE)
  SELECT b.SESSION_ID, b.PROPERTY_TYPE, b.VALUE
  FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_AUTH_SESSION_META_DATA', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_FED_AUTH_SESSION_MAPPING
    (ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE, TIME_CREATED, TENANT_ID)
  SELECT b.ID, b.IDP_SESSION_ID, b.SESSION_ID, b.IDP_NAME, b.AUTHENTICATOR_ID, b.PROTOCOL_TYPE, b.TIME_CREATED,
         b.TENANT_ID
  FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_FED_AUTH_SESSION_MAPPING', v_seen, v_restored);
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
-- @statement register restore_sessions
CALL CLEANUP_REGISTER('procedure', 'restore_sessions',
    'ad9e82aa5980f873f2c8448be91f9275095f936b6db8b992113c85d0b2cb7c8c');
-- @end
