-- cleanup_org_invitations: deletes invitations to organizations that expired long ago (opt-in).
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   IDN_ORG_USER_INVITATION (only while setting invitation_pruning is yes) when
--     retention_over: it expired before the retention began
--     and only if its STATUS is PENDING or EXPIRED
--     together with its child rows in IDN_ORG_USER_INVITE_ASSIGNMENT
--
-- Every deleted row is copied in the same transaction; CALL restore_org_invitations(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_org_invitations_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_org_invitations
--   EXECUTE on PROCEDURE cleanup_org_invitations_dry_run
--   SELECT, DELETE on IDN_ORG_USER_INVITATION, IDN_ORG_USER_INVITE_ASSIGNMENT
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_ORG_USER_INVITATION, CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT
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

-- @statement drop cleanup_org_invitations
DROP PROCEDURE IF EXISTS cleanup_org_invitations;
-- @end
-- @statement drop cleanup_org_invitations_dry_run
DROP PROCEDURE IF EXISTS cleanup_org_invitations_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_org_invitations
CREATE PROCEDURE cleanup_org_invitations()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_invitation_cut_off DATETIME(6);
  DECLARE v_invitation_cut_off_s DECIMAL(20, 6);
  DECLARE v_invitation_pruning VARCHAR(255);
  DECLARE v_invitation_retention_days BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(40);
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
  CALL CLEANUP_BEGIN('cleanup_org_invitations', 4,
    '[["IDN_ORG_USER_INVITATION", "CLEANUP_BAK_IDN_ORG_USER_INVITATION", 12, []],'
    '["IDN_ORG_USER_INVITE_ASSIGNMENT", "CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT", 4, ['
    '  "INVITATION_ID -> IDN_ORG_USER_INVITATION (INVITATION_ID) CASCADE"]]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'invitation_pruning' THEN VALUE END), 'no'),
    COALESCE(MAX(CASE NAME WHEN 'invitation_retention_days' THEN VALUE END), '90'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_invitation_pruning, v_invitation_retention_days, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_org_invitations' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and the retention of invitations
  SET v_invitation_cut_off
      = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_invitation_retention_days DAY;
  SET v_invitation_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_invitation_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_invitation_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_ORG_USER_INVITATION, only while setting invitation_pruning is yes
  IF v_invitation_pruning = 'yes' THEN
    CALL CLEANUP_OPEN(v_run_id, 'IDN_ORG_USER_INVITATION', 'key');
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

        SELECT MIN(k.INVITATION_ID), MAX(k.INVITATION_ID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
        FROM (
          SELECT t.INVITATION_ID
          FROM IDN_ORG_USER_INVITATION t FORCE INDEX (PRIMARY)
          WHERE (v_after_1 IS NULL OR t.INVITATION_ID > v_after_1)
              AND (v_until_1 IS NULL OR t.INVITATION_ID <= v_until_1)
          ORDER BY t.INVITATION_ID
          LIMIT v_rows
        ) k;

        INSERT INTO CLEANUP_BAK_IDN_ORG_USER_INVITATION
          (RUN_ID, REASON, ID, INVITATION_ID, CONFIRMATION_CODE, USER_NAME, DOMAIN_NAME, EMAIL, USER_ORG_ID,
           INVITED_ORG_ID, USER_REDIRECT_URL, STATUS, CREATED_AT, EXPIRED_AT)
        SELECT v_run_id, d.WHY_DEAD, d.ID, d.INVITATION_ID, d.CONFIRMATION_CODE, d.USER_NAME, d.DOMAIN_NAME, d.EMAIL,
               d.USER_ORG_ID, d.INVITED_ORG_ID, d.USER_REDIRECT_URL, d.STATUS, d.CREATED_AT, d.EXPIRED_AT
        FROM (
          SELECT t.*,
            CASE
              WHEN (CAST(t.STATUS AS BINARY) IN ('PENDING', 'EXPIRED')) IS NOT TRUE THEN NULL
              WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRED_AT), 0) < v_invitation_cut_off_s THEN 'retention_over'
            END AS WHY_DEAD
          FROM IDN_ORG_USER_INVITATION t FORCE INDEX (PRIMARY)
          WHERE t.INVITATION_ID BETWEEN v_from_1 AND v_upto_1
          FOR UPDATE
        ) d
        WHERE d.WHY_DEAD IS NOT NULL;
        SET v_copied = ROW_COUNT(), v_deleted = 0;
        SET v_reasons = JSON_OBJECT('retention_over', v_copied);

        IF v_copied > 0 AND v_dry_run = 'no' THEN
          INSERT INTO CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT
            (RUN_ID, ID, INVITATION_ID, ASSIGNMENT_ID, ASSIGNMENT_TYPE)
          SELECT v_run_id, c.ID, c.INVITATION_ID, c.ASSIGNMENT_ID, c.ASSIGNMENT_TYPE
          FROM CLEANUP_BAK_IDN_ORG_USER_INVITATION g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_ORG_USER_INVITE_ASSIGNMENT c ON c.INVITATION_ID = g.INVITATION_ID
          WHERE g.RUN_ID = v_run_id AND g.INVITATION_ID BETWEEN v_from_1 AND v_upto_1
          FOR UPDATE;
          CALL CLEANUP_COPIED(v_run_id, 'IDN_ORG_USER_INVITE_ASSIGNMENT', '', ROW_COUNT());
          DELETE t
          FROM CLEANUP_BAK_IDN_ORG_USER_INVITATION g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_ORG_USER_INVITATION t FORCE INDEX (PRIMARY) ON t.INVITATION_ID = g.INVITATION_ID
          WHERE g.RUN_ID = v_run_id AND g.INVITATION_ID BETWEEN v_from_1 AND v_upto_1;
          SET v_deleted = ROW_COUNT();
        END IF;
        CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
      END;
    END LOOP table_1;
  END IF;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_org_invitations_proof(v_run_id, v_started, v_invitation_retention_days, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_org_invitations_dry_run
CREATE PROCEDURE cleanup_org_invitations_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_org_invitations would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_org_invitations();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_org_invitations
CALL CLEANUP_REGISTER('procedure', 'cleanup_org_invitations',
    '3a37f3c69fa78e558ce24cc27c02f0644a5626b32684f74ac38285b894489618');
-- @end
-- @statement register cleanup_org_invitations_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_org_invitations_dry_run',
    'ee9b3c12e2a4fee0e080ef82c3266b0e8ec76960ee3668f9bfca465a16a4ddd2');
-- @end
