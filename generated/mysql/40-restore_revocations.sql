-- restore_revocations(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, all in one transaction. A row that is there again is left alone and counted; so
-- is a row whose parent is gone (INSERT IGNORE passes over both). The session is in UTC meanwhile: copied in a zone
-- with daylight saving time, a TIMESTAMP of the hour that occurs twice would move by an hour.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on PROCEDURE restore_revocations
--   SELECT, INSERT on AM_REVOKED_JWT, IDN_INVALID_TOKENS, IDN_SUBJECT_ENTITY_REVOKED_EVENT, CLEANUP_RUN_STEP
--   SELECT on CLEANUP_BAK_AM_REVOKED_JWT, CLEANUP_BAK_IDN_INVALID_TOKENS,
--     CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_LOCK

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop restore_revocations
DROP PROCEDURE IF EXISTS restore_revocations;
-- @end

DELIMITER $$

-- @statement procedure restore_revocations
CREATE PROCEDURE restore_revocations(IN p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Undoes a run of cleanup_revocations. Made by deepclean; its log is CLEANUP_RUN.'
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
    WHERE PROCEDURE_NAME = 'cleanup_revocations' AND NAME = 'allow_read_only' AND VALUE = 'yes'
  ) THEN
    SIGNAL SQLSTATE '45000'
      SET MESSAGE_TEXT = 'restore_revocations did not start: read_only is on; it may be a replica';
  END IF;
  -- No cleanup may run meanwhile: the row stays locked until the end of the transaction
  COMMIT;
  INSERT IGNORE INTO CLEANUP_LOCK (PROCEDURE_NAME) VALUES ('cleanup_revocations');
  START TRANSACTION;
  SELECT COUNT(*) INTO v_free FROM CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_revocations' FOR UPDATE SKIP LOCKED;
  SELECT COUNT(*) INTO v_elsewhere
  FROM CLEANUP_LOCK
  WHERE PROCEDURE_NAME = 'cleanup_revocations' AND STATUS = 'running'
    AND HOST <> CONCAT(@@hostname, ':', @@port) AND HEARTBEAT > UTC_TIMESTAMP(6) - INTERVAL 2 MINUTE;
  IF v_free = 0 OR v_elsewhere > 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'restore_revocations did not start: cleanup_revocations is running';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM CLEANUP_RUN WHERE RUN_ID = p_run_id AND PROCEDURE_NAME = 'cleanup_revocations') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT
        = 'restore_revocations did not start: CLEANUP_RUN has no such run of cleanup_revocations';
  END IF;

  CALL CLEANUP_MISFIT(
    '[["AM_REVOKED_JWT", "CLEANUP_BAK_AM_REVOKED_JWT", 6, []],'
    '["IDN_INVALID_TOKENS", "CLEANUP_BAK_IDN_INVALID_TOKENS", 5, []],'
    '["IDN_SUBJECT_ENTITY_REVOKED_EVENT", "CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT", 5, []],'
    '["IDN_OAUTH_CONSUMER_APPS", "", 0, []]]', TRUE, v_problem);
  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(CONCAT('restore_revocations did not start: ', v_problem), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;

  SET SESSION time_zone = '+00:00', foreign_key_checks = 1;
  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES ('restore_revocations', SESSION_USER(), v_started, 'running');
  SET v_run_id = LAST_INSERT_ID();

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_AM_REVOKED_JWT b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO AM_REVOKED_JWT
    (UUID, SIGNATURE, EXPIRY_TIMESTAMP, TENANT_ID, TOKEN_TYPE, TIME_CREATED)
  SELECT b.UUID, b.SIGNATURE, b.EXPIRY_TIMESTAMP, b.TENANT_ID, b.TOKEN_TYPE, b.TIME_CREATED
  FROM CLEANUP_BAK_AM_REVOKED_JWT b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'AM_REVOKED_JWT', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_INVALID_TOKENS b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_INVALID_TOKENS
    (UUID, TOKEN_IDENTIFIER, CONSUMER_KEY, TIME_CREATED, EXPIRY_TIMESTAMP)
  SELECT b.UUID, b.TOKEN_IDENTIFIER, b.CONSUMER_KEY, b.TIME_CREATED, b.EXPIRY_TIMESTAMP
  FROM CLEANUP_BAK_IDN_INVALID_TOKENS b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_INVALID_TOKENS', v_seen, v_restored);
  SET v_total = v_total + v_restored, v_left = v_left + v_seen - v_restored;

  SELECT COUNT(*) INTO v_seen FROM CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT b WHERE b.RUN_ID = p_run_id;
  INSERT IGNORE INTO IDN_SUBJECT_ENTITY_REVOKED_EVENT
    (EVENT_ID, ENTITY_ID, ENTITY_TYPE, TIME_REVOKED, ORGANIZATION)
  SELECT b.EVENT_ID, b.ENTITY_ID, b.ENTITY_TYPE, b.TIME_REVOKED, b.ORGANIZATION
  FROM CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT b
  WHERE b.RUN_ID = p_run_id;
  SET v_restored = ROW_COUNT();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN, RESTORED)
  VALUES (v_run_id, 'IDN_SUBJECT_ENTITY_REVOKED_EVENT', v_seen, v_restored);
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
-- @statement register restore_revocations
CALL CLEANUP_REGISTER('procedure', 'restore_revocations',
    'd17776ab8596ab2b86f340d8ab0e7d27f55035aa4500f2c6ef000b1477a32813');
-- @end
