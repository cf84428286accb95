-- cleanup_stale_actions: deletes authentication actions that no authenticator refers to.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   IDN_ACTION when
--     stale: its type is AUTHENTICATION, and it was not created within 24 h
--     and only if no row of IDP_AUTHENTICATOR_PROPERTY has its UUID as PROPERTY_VALUE
--     together with its child rows in IDN_ACTION_PROPERTIES
--
-- Every deleted row is copied in the same transaction; CALL restore_stale_actions(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_stale_actions_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_stale_actions
--   EXECUTE on PROCEDURE cleanup_stale_actions_dry_run
--   SELECT, DELETE on IDN_ACTION, IDN_ACTION_PROPERTIES
--   SELECT on IDP_AUTHENTICATOR_PROPERTY
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_ACTION, CLEANUP_BAK_IDN_ACTION_PROPERTIES
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

-- @statement drop cleanup_stale_actions
DROP PROCEDURE IF EXISTS cleanup_stale_actions;
-- @end
-- @statement drop cleanup_stale_actions_dry_run
DROP PROCEDURE IF EXISTS cleanup_stale_actions_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_stale_actions
CREATE PROCEDURE cleanup_stale_actions()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 char(36);
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
  CALL CLEANUP_BEGIN('cleanup_stale_actions', 4,
    '[["IDN_ACTION", "CLEANUP_BAK_IDN_ACTION", 7, []],'
    '["IDN_ACTION_PROPERTIES", "CLEANUP_BAK_IDN_ACTION_PROPERTIES", 4, ['
    '  "ACTION_UUID -> IDN_ACTION (UUID) CASCADE"]],'
    '["IDP_AUTHENTICATOR_PROPERTY", "", 0, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_stale_actions' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_ACTION
  CALL CLEANUP_OPEN(v_run_id, 'IDN_ACTION', 'key');
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
        FROM IDN_ACTION t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.UUID > v_after_1) AND (v_until_1 IS NULL OR t.UUID <= v_until_1)
        ORDER BY t.UUID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM IDN_ACTION t FORCE INDEX (PRIMARY)
      WHERE t.UUID BETWEEN v_from_1 AND v_upto_1
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_IDN_ACTION
        (RUN_ID, REASON, UUID, TYPE, NAME, STATUS, TENANT_ID, CREATED_AT, UPDATED_AT)
      SELECT v_run_id, d.WHY_DEAD, d.UUID, d.TYPE, d.NAME, d.STATUS, d.TENANT_ID, d.CREATED_AT, d.UPDATED_AT
      FROM (
        SELECT t.*,
          CASE
            WHEN EXISTS (SELECT 1 FROM IDP_AUTHENTICATOR_PROPERTY o WHERE o.PROPERTY_VALUE = t.UUID) THEN NULL
            WHEN CAST(t.TYPE AS BINARY) = 'AUTHENTICATION'
                 AND (t.CREATED_AT IS NULL
                      OR NULLIF(UNIX_TIMESTAMP(t.CREATED_AT), 0) < v_grace_cut_off_s)
            THEN 'stale'
          END AS WHY_DEAD
        FROM IDN_ACTION t FORCE INDEX (PRIMARY)
        WHERE t.UUID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('stale', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_IDN_ACTION_PROPERTIES
          (RUN_ID, ACTION_UUID, PROPERTY_NAME, PROPERTY_VALUE, TENANT_ID)
        SELECT v_run_id, c.ACTION_UUID, c.PROPERTY_NAME, c.PROPERTY_VALUE, c.TENANT_ID
        FROM CLEANUP_BAK_IDN_ACTION g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_ACTION_PROPERTIES c ON c.ACTION_UUID = g.UUID
        WHERE g.RUN_ID = v_run_id AND g.UUID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_ACTION_PROPERTIES', '', ROW_COUNT());
        DELETE t
        FROM CLEANUP_BAK_IDN_ACTION g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_ACTION t FORCE INDEX (PRIMARY) ON t.UUID = g.UUID
        WHERE g.RUN_ID = v_run_id AND g.UUID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_stale_actions_proof(v_run_id, v_started, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_stale_actions_dry_run
CREATE PROCEDURE cleanup_stale_actions_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_stale_actions would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_stale_actions();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_stale_actions
CALL CLEANUP_REGISTER('procedure', 'cleanup_stale_actions',
    '88511cbef23ac646278c1cc23de829325492aebcde0ba7ba8cc62848430f4c3b');
-- @end
-- @statement register cleanup_stale_actions_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_stale_actions_dry_run',
    '3844198a9892b1c648f75bd06044ab52a87cb86e7c7e277aea36ad7e4b1158f3');
-- @end
