-- restore_workflows(run): puts the rows that a run deleted back where they were.
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
--   EXECUTE on PROCEDURE restore_workflows
--   SELECT, INSERT on WF_REQUEST, WF_WORKFLOW_REQUEST_RELATION, WF_REQUEST_ENTITY_RELATIONSHIP
--   SELECT on WF_WORKFLOW, CLEANUP_BAK_WF_REQUEST, CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION,
--     CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP, CLEANUP_SETTING, CLEANUP_RUN_REASON, CLEANUP_RUN_REST,
--     CLEANUP_RUN_PROOF
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_LOCK

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop restore_workflows
DROP PROCEDURE IF EXISTS restore_workflows;
-- @end

DELIMITER $$

-- @statement procedure restore_workflows
CREATE PROCEDURE restore_workflows(IN p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Undoes a run of cleanup_workflows. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_run_id BIGINT;                         -- of the restore
  DECLARE v_error TEXT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
    CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, v_error);
    RESIGNAL;
  END;

  CALL CLEANUP_BEGIN_RESTORE('cleanup_workflows', 'restore_workflows', 4,
    '[["WF_REQUEST", "CLEANUP_BAK_WF_REQUEST", 8, []],'
    '["WF_WORKFLOW_REQUEST_RELATION", "CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION", 6, ['
    '  "REQUEST_ID -> WF_REQUEST (UUID) CASCADE"]],'
    '["WF_REQUEST_ENTITY_RELATIONSHIP", "CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP", 4, ['
    '  "REQUEST_ID -> WF_REQUEST (UUID) CASCADE"]]]', p_run_id, v_run_id);

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'WF_REQUEST', 'UUID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO WF_REQUEST
        (UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
      SELECT b.UUID, b.CREATED_BY, b.TENANT_ID, b.OPERATION_TYPE, b.CREATED_AT, b.UPDATED_AT, b.STATUS, b.REQUEST
      FROM CLEANUP_BAK_WF_REQUEST b
      WHERE b.RUN_ID = p_run_id AND b.UUID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'WF_WORKFLOW_REQUEST_RELATION', 'RELATIONSHIP_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO WF_WORKFLOW_REQUEST_RELATION
        (RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
      SELECT b.RELATIONSHIP_ID, b.WORKFLOW_ID, b.REQUEST_ID, b.UPDATED_AT, b.STATUS, b.TENANT_ID
      FROM CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION b
      WHERE b.RUN_ID = p_run_id AND b.RELATIONSHIP_ID BETWEEN @deepclean_from AND @deepclean_upto
        AND (b.WORKFLOW_ID IS NULL OR EXISTS (SELECT 1 FROM WF_WORKFLOW p WHERE p.ID = b.WORKFLOW_ID))
        AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM WF_REQUEST p WHERE p.UUID = b.REQUEST_ID));
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'WF_REQUEST_ENTITY_RELATIONSHIP', 'REQUEST_ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO WF_REQUEST_ENTITY_RELATIONSHIP
        (REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
      SELECT b.REQUEST_ID, b.ENTITY_NAME, b.ENTITY_TYPE, b.TENANT_ID
      FROM CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP b
      WHERE b.RUN_ID = p_run_id AND b.REQUEST_ID BETWEEN @deepclean_from AND @deepclean_upto
        AND (b.REQUEST_ID IS NULL OR EXISTS (SELECT 1 FROM WF_REQUEST p WHERE p.UUID = b.REQUEST_ID));
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, NULL);
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register restore_workflows
CALL CLEANUP_REGISTER('procedure', 'restore_workflows',
    'a3010f57165728501c40827aeaf0e1bc85c886cb933440d564fd31d98782bd92');
-- @end
