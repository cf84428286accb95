-- cleanup_workflows: deletes workflow requests that were finished long ago.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   WF_REQUEST when
--     finished: it is APPROVED, REJECTED, FAILED, DELETED or ABORTED since before the retention began
--     together with its child rows in WF_REQUEST_ENTITY_RELATIONSHIP, WF_WORKFLOW_REQUEST_RELATION
--
-- Every deleted row is copied in the same transaction; CALL restore_workflows(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_workflows_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that back.
-- How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_workflows
--   EXECUTE on PROCEDURE cleanup_workflows_dry_run
--   SELECT, DELETE on WF_REQUEST, WF_WORKFLOW_REQUEST_RELATION, WF_REQUEST_ENTITY_RELATIONSHIP
--   SELECT, INSERT, DELETE on CLEANUP_BAK_WF_REQUEST, CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION,
--     CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
--   SELECT, UPDATE on CLEANUP_SETTING
--   SELECT, INSERT, UPDATE on CLEANUP_LOCK, CLEANUP_RUN_REST, CLEANUP_RUN, CLEANUP_RUN_STEP, CLEANUP_RUN_REASON
--   SELECT, INSERT, UPDATE, DELETE on CLEANUP_POSITION
--   INSERT on CLEANUP_RUN_ERROR
--   SELECT, INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS cleanup_workflows;
-- @end
-- @statement drop cleanup_workflows_dry_run
DROP PROCEDURE IF EXISTS cleanup_workflows_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_workflows
CREATE PROCEDURE cleanup_workflows()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_retention_cut_off DATETIME(6);
  DECLARE v_retention_cut_off_s DECIMAL(20, 6);
  DECLARE v_workflow_retention_days BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(45);
  DECLARE v_reasons, v_error TEXT;
  DECLARE v_sqlstate CHAR(5);
  DECLARE v_errno, v_proves INT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
    CALL CLEANUP_END(v_run_id, v_error);
    RESIGNAL;
  END;

  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CALL CLEANUP_BEGIN('cleanup_workflows', 4,
    '[["WF_REQUEST", "CLEANUP_BAK_WF_REQUEST", 8, []],'
    '["WF_WORKFLOW_REQUEST_RELATION", "CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION", 6, ['
    '  "REQUEST_ID -> WF_REQUEST (UUID) CASCADE"]],'
    '["WF_REQUEST_ENTITY_RELATIONSHIP", "CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP", 4, ['
    '  "REQUEST_ID -> WF_REQUEST (UUID) CASCADE"]]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'workflow_retention_days' THEN VALUE END), '60'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_workflow_retention_days, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_workflows' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and the retention of workflow requests
  SET v_retention_cut_off
      = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_workflow_retention_days DAY;
  SET v_retention_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_retention_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_retention_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. WF_REQUEST
  CALL CLEANUP_OPEN(v_run_id, 'WF_REQUEST', 'key');
  table_1: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
    IF v_rows = 0 THEN
      LEAVE table_1;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_1);
      END;

      SELECT MIN(k.UUID), MAX(k.UUID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT t.UUID
        FROM WF_REQUEST t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.UUID > v_after_1) AND (v_until_1 IS NULL OR t.UUID <= v_until_1)
        ORDER BY t.UUID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_WF_REQUEST
        (RUN_ID, REASON, UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
      SELECT v_run_id, d.WHY_DEAD, d.UUID, d.CREATED_BY, d.TENANT_ID, d.OPERATION_TYPE, d.CREATED_AT, d.UPDATED_AT,
             d.STATUS, d.REQUEST
      FROM (
        SELECT t.*,
          CASE
            WHEN CAST(t.STATUS AS BINARY) IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
                 AND NULLIF(UNIX_TIMESTAMP(t.UPDATED_AT), 0) < v_retention_cut_off_s
            THEN 'finished'
          END AS WHY_DEAD
        FROM WF_REQUEST t FORCE INDEX (PRIMARY)
        WHERE t.UUID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('finished', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
          (RUN_ID, REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
        SELECT v_run_id, c.REQUEST_ID, c.ENTITY_NAME, c.ENTITY_TYPE, c.TENANT_ID
        FROM CLEANUP_BAK_WF_REQUEST g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN WF_REQUEST_ENTITY_RELATIONSHIP c ON c.REQUEST_ID = g.UUID
        WHERE g.RUN_ID = v_run_id AND g.UUID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'WF_REQUEST_ENTITY_RELATIONSHIP', '', ROW_COUNT());
        INSERT INTO CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
          (RUN_ID, RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
        SELECT v_run_id, c.RELATIONSHIP_ID, c.WORKFLOW_ID, c.REQUEST_ID, c.UPDATED_AT, c.STATUS, c.TENANT_ID
        FROM CLEANUP_BAK_WF_REQUEST g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN WF_WORKFLOW_REQUEST_RELATION c ON c.REQUEST_ID = g.UUID
        WHERE g.RUN_ID = v_run_id AND g.UUID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'WF_WORKFLOW_REQUEST_RELATION', '', ROW_COUNT());
        DELETE t
        FROM CLEANUP_BAK_WF_REQUEST g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN WF_REQUEST t FORCE INDEX (PRIMARY) ON t.UUID = g.UUID
        WHERE g.RUN_ID = v_run_id AND g.UUID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_workflows_proof(v_run_id, v_started, v_workflow_retention_days, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_workflows_dry_run
CREATE PROCEDURE cleanup_workflows_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_workflows would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_workflows();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_workflows
CALL CLEANUP_REGISTER('procedure', 'cleanup_workflows',
    'f31e804a794214ce25997369e4d562f5ee3ee57d2be86f9cd9699928477a3b78');
-- @end
-- @statement register cleanup_workflows_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_workflows_dry_run',
    '4e74fd905a647bb91e0cd30a3f09d8a3701e4803b8446d218b58a1bab3021c73');
-- @end
