-- restore_registry(run): puts the rows that a run deleted back where they were.
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
--   EXECUTE on PROCEDURE restore_registry
--   SELECT, INSERT on REG_RESOURCE, REG_PROPERTY, REG_RESOURCE_PROPERTY, REG_LOG, REG_TAG, REG_RESOURCE_TAG
--   SELECT on REG_CONTENT, REG_PATH, CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY,
--     CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG, CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG,
--     CLEANUP_SETTING, CLEANUP_RUN_REASON, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_LOCK

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
  DECLARE v_run_id BIGINT;                         -- of the restore
  DECLARE v_error TEXT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
    CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, v_error);
    RESIGNAL;
  END;

  CALL CLEANUP_BEGIN_RESTORE('cleanup_registry', 'restore_registry', 4,
    '[["REG_RESOURCE", "CLEANUP_BAK_REG_RESOURCE", 12, []],'
    '["REG_PROPERTY", "CLEANUP_BAK_REG_PROPERTY", 4, []],'
    '["REG_RESOURCE_PROPERTY", "CLEANUP_BAK_REG_RESOURCE_PROPERTY", 6, ['
    '  "REG_PROPERTY_ID, REG_TENANT_ID -> REG_PROPERTY (REG_ID, REG_TENANT_ID) NO ACTION"]],'
    '["REG_LOG", "CLEANUP_BAK_REG_LOG", 7, []],'
    '["REG_TAG", "CLEANUP_BAK_REG_TAG", 5, []],'
    '["REG_RESOURCE_TAG", "CLEANUP_BAK_REG_RESOURCE_TAG", 6, ['
    '  "REG_TAG_ID, REG_TENANT_ID -> REG_TAG (REG_ID, REG_TENANT_ID) NO ACTION"]],'
    '["REG_PATH", "", 0, []],'
    '["REG_RESOURCE_HISTORY", "", 0, []]]', p_run_id, v_run_id);

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'REG_RESOURCE', 'REG_VERSION');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO REG_RESOURCE
        (REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME, REG_LAST_UPDATOR,
         REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
      SELECT b.REG_PATH_ID, b.REG_NAME, b.REG_VERSION, b.REG_MEDIA_TYPE, b.REG_CREATOR, b.REG_CREATED_TIME,
             b.REG_LAST_UPDATOR, b.REG_LAST_UPDATED_TIME, b.REG_DESCRIPTION, b.REG_CONTENT_ID, b.REG_TENANT_ID,
             b.REG_UUID
      FROM CLEANUP_BAK_REG_RESOURCE b
      WHERE b.RUN_ID = p_run_id AND b.REG_VERSION BETWEEN @deepclean_from AND @deepclean_upto
        AND (b.REG_CONTENT_ID IS NULL OR b.REG_TENANT_ID IS NULL
            OR EXISTS (SELECT 1 FROM REG_CONTENT p
            WHERE p.REG_CONTENT_ID = b.REG_CONTENT_ID AND p.REG_TENANT_ID = b.REG_TENANT_ID))
        AND (b.REG_PATH_ID IS NULL OR b.REG_TENANT_ID IS NULL
            OR EXISTS (SELECT 1 FROM REG_PATH p
            WHERE p.REG_PATH_ID = b.REG_PATH_ID AND p.REG_TENANT_ID = b.REG_TENANT_ID));
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'REG_PROPERTY', 'REG_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO REG_PROPERTY
        (REG_ID, REG_NAME, REG_VALUE, REG_TENANT_ID)
      SELECT b.REG_ID, b.REG_NAME, b.REG_VALUE, b.REG_TENANT_ID
      FROM CLEANUP_BAK_REG_PROPERTY b
      WHERE b.RUN_ID = p_run_id AND b.REG_ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'REG_RESOURCE_PROPERTY', 'ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO REG_RESOURCE_PROPERTY
        (ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
      SELECT b.ID, b.REG_PROPERTY_ID, b.REG_VERSION, b.REG_PATH_ID, b.REG_RESOURCE_NAME, b.REG_TENANT_ID
      FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY b
      WHERE b.RUN_ID = p_run_id AND b.ID BETWEEN @deepclean_from AND @deepclean_upto
        AND (b.REG_PATH_ID IS NULL OR b.REG_TENANT_ID IS NULL
            OR EXISTS (SELECT 1 FROM REG_PATH p
            WHERE p.REG_PATH_ID = b.REG_PATH_ID AND p.REG_TENANT_ID = b.REG_TENANT_ID))
        AND (b.REG_PROPERTY_ID IS NULL OR b.REG_TENANT_ID IS NULL
            OR EXISTS (SELECT 1 FROM REG_PROPERTY p
            WHERE p.REG_ID = b.REG_PROPERTY_ID AND p.REG_TENANT_ID = b.REG_TENANT_ID));
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'REG_LOG', 'REG_LOG_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO REG_LOG
        (REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA, REG_TENANT_ID)
      SELECT b.REG_LOG_ID, b.REG_PATH, b.REG_USER_ID, b.REG_LOGGED_TIME, b.REG_ACTION, b.REG_ACTION_DATA,
             b.REG_TENANT_ID
      FROM CLEANUP_BAK_REG_LOG b
      WHERE b.RUN_ID = p_run_id AND b.REG_LOG_ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'REG_TAG', 'REG_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO REG_TAG
        (REG_ID, REG_TAG_NAME, REG_USER_ID, REG_TAGGED_TIME, REG_TENANT_ID)
      SELECT b.REG_ID, b.REG_TAG_NAME, b.REG_USER_ID, b.REG_TAGGED_TIME, b.REG_TENANT_ID
      FROM CLEANUP_BAK_REG_TAG b
      WHERE b.RUN_ID = p_run_id AND b.REG_ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'REG_RESOURCE_TAG', 'ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO REG_RESOURCE_TAG
        (ID, REG_TAG_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
      SELECT b.ID, b.REG_TAG_ID, b.REG_VERSION, b.REG_PATH_ID, b.REG_RESOURCE_NAME, b.REG_TENANT_ID
      FROM CLEANUP_BAK_REG_RESOURCE_TAG b
      WHERE b.RUN_ID = p_run_id AND b.ID BETWEEN @deepclean_from AND @deepclean_upto
        AND (b.REG_PATH_ID IS NULL OR b.REG_TENANT_ID IS NULL
            OR EXISTS (SELECT 1 FROM REG_PATH p
            WHERE p.REG_PATH_ID = b.REG_PATH_ID AND p.REG_TENANT_ID = b.REG_TENANT_ID))
        AND (b.REG_TAG_ID IS NULL OR b.REG_TENANT_ID IS NULL
            OR EXISTS (SELECT 1 FROM REG_TAG p WHERE p.REG_ID = b.REG_TAG_ID AND p.REG_TENANT_ID = b.REG_TENANT_ID));
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, NULL);
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register restore_registry
CALL CLEANUP_REGISTER('procedure', 'restore_registry',
    '82ac8eeaa3cc61593b5f01b682971074dd160c99e721ea677e7767ec92c890f6');
-- @end
