-- restore_sessions(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, and of a table the highest keys first: of a session, or a path, the newest row must
-- not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a transaction
-- of their own; rows of a table without a key are in one. A row that is there again is left alone and counted; so is a
-- row whose parent is gone, which is looked for here: MySQL 9.7 does not always do that (docs/dba.md). If a restore
-- stops half-way, call it again: it goes on. Settings of the cleanup do not concern it.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   EXECUTE on PROCEDURE restore_sessions
--   SELECT, INSERT on IDN_AUTH_TEMP_SESSION_STORE, IDN_AUTH_SESSION_STORE, IDN_AUTH_USER_SESSION_MAPPING,
--     IDN_AUTH_SESSION_APP_INFO, IDN_AUTH_SESSION_META_DATA, IDN_FED_AUTH_SESSION_MAPPING
--   SELECT on CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE, CLEANUP_BAK_IDN_AUTH_SESSION_STORE,
--     CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING, CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO,
--     CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA, CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING, CLEANUP_SETTING,
--     CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_LOCK

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
  DECLARE v_run_id BIGINT;                         -- of the restore
  DECLARE v_error TEXT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
    CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, v_error);
    RESIGNAL;
  END;

  CALL CLEANUP_BEGIN_RESTORE('cleanup_sessions', 'restore_sessions', 4,
    '[["IDN_AUTH_TEMP_SESSION_STORE", "CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE", 7, []],'
    '["IDN_AUTH_SESSION_STORE", "CLEANUP_BAK_IDN_AUTH_SESSION_STORE", 7, []],'
    '["IDN_AUTH_USER_SESSION_MAPPING", "CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING", 3, []],'
    '["IDN_AUTH_SESSION_APP_INFO", "CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO", 4, []],'
    '["IDN_AUTH_SESSION_META_DATA", "CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA", 3, []],'
    '["IDN_FED_AUTH_SESSION_MAPPING", "CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING", 8, []]]', p_run_id, v_run_id);

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'IDN_AUTH_TEMP_SESSION_STORE', 'SESSION_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO IDN_AUTH_TEMP_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
      FROM CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE b
      WHERE b.RUN_ID = p_run_id AND b.SESSION_ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'IDN_AUTH_SESSION_STORE', 'SESSION_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO IDN_AUTH_SESSION_STORE
        (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
      SELECT b.SESSION_ID, b.SESSION_TYPE, b.OPERATION, b.SESSION_OBJECT, b.TIME_CREATED, b.TENANT_ID, b.EXPIRY_TIME
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_STORE b
      WHERE b.RUN_ID = p_run_id AND b.SESSION_ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'IDN_AUTH_USER_SESSION_MAPPING', 'ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO IDN_AUTH_USER_SESSION_MAPPING
        (ID, USER_ID, SESSION_ID)
      SELECT b.ID, b.USER_ID, b.SESSION_ID
      FROM CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING b
      WHERE b.RUN_ID = p_run_id AND b.ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'IDN_AUTH_SESSION_APP_INFO', 'SESSION_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO IDN_AUTH_SESSION_APP_INFO
        (SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
      SELECT b.SESSION_ID, b.SUBJECT, b.APP_ID, b.INBOUND_AUTH_TYPE
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO b
      WHERE b.RUN_ID = p_run_id AND b.SESSION_ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'IDN_AUTH_SESSION_META_DATA', 'SESSION_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO IDN_AUTH_SESSION_META_DATA
        (SESSION_ID, PROPERTY_TYPE, VALUE)
      SELECT b.SESSION_ID, b.PROPERTY_TYPE, b.VALUE
      FROM CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA b
      WHERE b.RUN_ID = p_run_id AND b.SESSION_ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'IDN_FED_AUTH_SESSION_MAPPING', 'ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO IDN_FED_AUTH_SESSION_MAPPING
        (ID, IDP_SESSION_ID, SESSION_ID, IDP_NAME, AUTHENTICATOR_ID, PROTOCOL_TYPE, TIME_CREATED, TENANT_ID)
      SELECT b.ID, b.IDP_SESSION_ID, b.SESSION_ID, b.IDP_NAME, b.AUTHENTICATOR_ID, b.PROTOCOL_TYPE, b.TIME_CREATED,
             b.TENANT_ID
      FROM CLEANUP_BAK_IDN_FED_AUTH_SESSION_MAPPING b
      WHERE b.RUN_ID = p_run_id AND b.ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, NULL);
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register restore_sessions
CALL CLEANUP_REGISTER('procedure', 'restore_sessions',
    '35ec2960f5cf5669033ab0567dfa1fc338b7f1deadbc1179a2ff541932a4a856');
-- @end
