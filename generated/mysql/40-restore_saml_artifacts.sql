-- restore_saml_artifacts(run): puts the rows that a run deleted back where they were.
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
--   EXECUTE on PROCEDURE restore_saml_artifacts
--   SELECT, INSERT on IDN_SAML2_ARTIFACT_STORE
--   SELECT on CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE, CLEANUP_SETTING, CLEANUP_RUN_REASON, CLEANUP_RUN_REST,
--     CLEANUP_RUN_PROOF
--   SELECT, INSERT, UPDATE on CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_LOCK

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop restore_saml_artifacts
DROP PROCEDURE IF EXISTS restore_saml_artifacts;
-- @end

DELIMITER $$

-- @statement procedure restore_saml_artifacts
CREATE PROCEDURE restore_saml_artifacts(IN p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Undoes a run of cleanup_saml_artifacts. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_run_id BIGINT;                         -- of the restore
  DECLARE v_error TEXT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
    CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, v_error);
    RESIGNAL;
  END;

  CALL CLEANUP_BEGIN_RESTORE('cleanup_saml_artifacts', 'restore_saml_artifacts', 4,
    '[["IDN_SAML2_ARTIFACT_STORE", "CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE", 8, []]]', p_run_id, v_run_id);

  CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, 'IDN_SAML2_ARTIFACT_STORE', 'ID');
  REPEAT
    BEGIN
      DECLARE EXIT HANDLER FOR 1105, 1180, 1205, 1213, 3100, 3101 CALL CLEANUP_PUT_BACK(v_run_id, -1);
      INSERT IGNORE INTO IDN_SAML2_ARTIFACT_STORE
        (ID, SOURCE_ID, MESSAGE_HANDLER, AUTHN_REQ_DTO, SESSION_ID, EXP_TIMESTAMP, INIT_TIMESTAMP, ASSERTION_ID)
      SELECT b.ID, b.SOURCE_ID, b.MESSAGE_HANDLER, b.AUTHN_REQ_DTO, b.SESSION_ID, b.EXP_TIMESTAMP, b.INIT_TIMESTAMP,
             b.ASSERTION_ID
      FROM CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE b
      WHERE b.RUN_ID = p_run_id AND b.ID BETWEEN @deepclean_from AND @deepclean_upto;
      CALL CLEANUP_PUT_BACK(v_run_id, ROW_COUNT());
    END;
  UNTIL @deepclean_upto IS NULL END REPEAT;

  CALL CLEANUP_END_RESTORE(v_run_id, p_run_id, NULL);
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register restore_saml_artifacts
CALL CLEANUP_REGISTER('procedure', 'restore_saml_artifacts',
    '7c47dcdacbc2651be30f73f88a4ce4b01ad17654652db624e710e46c90dadb86');
-- @end
