-- cleanup_webhooks: deletes webhook subscriptions that have expired, and the log of those that ended.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   AM_WEBHOOKS_SUBSCRIPTION when
--     expired: its lease ended before the grace began; a number too small for milliseconds since 1970 says nothing
--   AM_WEBHOOKS_UNSUBSCRIPTION (only while setting unsubscription_pruning is yes) when
--     retention_over: it was added before the retention began
--
-- Every deleted row is copied in the same transaction; CALL restore_webhooks(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_webhooks_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that back.
-- How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_webhooks
--   EXECUTE on PROCEDURE cleanup_webhooks_dry_run
--   SELECT, DELETE on AM_WEBHOOKS_SUBSCRIPTION, AM_WEBHOOKS_UNSUBSCRIPTION
--   SELECT, INSERT, DELETE on CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION, CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
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

-- @statement drop cleanup_webhooks
DROP PROCEDURE IF EXISTS cleanup_webhooks;
-- @end
-- @statement drop cleanup_webhooks_dry_run
DROP PROCEDURE IF EXISTS cleanup_webhooks_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_webhooks
CREATE PROCEDURE cleanup_webhooks()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_lease_cut_off DATETIME(6);
  DECLARE v_lease_cut_off_ms BIGINT;
  DECLARE v_log_cut_off DATETIME(6);
  DECLARE v_log_cut_off_s DECIMAL(20, 6);
  DECLARE v_webhook_grace_hours BIGINT;
  DECLARE v_unsubscription_pruning VARCHAR(255);
  DECLARE v_unsubscription_days BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 int;
  DECLARE v_none VARBINARY(3072);
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
  CALL CLEANUP_BEGIN('cleanup_webhooks', 4,
    '[["AM_WEBHOOKS_SUBSCRIPTION", "CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION", 12, []],'
    '["AM_WEBHOOKS_UNSUBSCRIPTION", "CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION", 8, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'webhook_grace_hours' THEN VALUE END), '720'),
    COALESCE(MAX(CASE NAME WHEN 'unsubscription_pruning' THEN VALUE END), 'no'),
    COALESCE(MAX(CASE NAME WHEN 'unsubscription_days' THEN VALUE END), '90'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_webhook_grace_hours, v_unsubscription_pruning, v_unsubscription_days, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_webhooks' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the grace after an EXPIRY_AT
  SET v_lease_cut_off = v_started - INTERVAL v_webhook_grace_hours HOUR;
  SET v_lease_cut_off_ms = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_lease_cut_off) DIV 1000;
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  SET v_log_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_unsubscription_days DAY;
  SET v_log_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_log_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_lease_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. AM_WEBHOOKS_SUBSCRIPTION
  CALL CLEANUP_OPEN(v_run_id, 'AM_WEBHOOKS_SUBSCRIPTION', 'key');
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

      SELECT MIN(k.WH_SUBSCRIPTION_ID), MAX(k.WH_SUBSCRIPTION_ID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT t.WH_SUBSCRIPTION_ID
        FROM AM_WEBHOOKS_SUBSCRIPTION t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.WH_SUBSCRIPTION_ID > v_after_1)
            AND (v_until_1 IS NULL OR t.WH_SUBSCRIPTION_ID <= v_until_1)
        ORDER BY t.WH_SUBSCRIPTION_ID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
        (RUN_ID, REASON, WH_SUBSCRIPTION_ID, API_UUID, APPLICATION_ID, TENANT_DOMAIN, HUB_CALLBACK_URL, HUB_TOPIC,
         HUB_SECRET, HUB_LEASE_SECONDS, UPDATED_AT, EXPIRY_AT, DELIVERED_AT, DELIVERY_STATE)
      SELECT v_run_id, d.WHY_DEAD, d.WH_SUBSCRIPTION_ID, d.API_UUID, d.APPLICATION_ID, d.TENANT_DOMAIN,
             d.HUB_CALLBACK_URL, d.HUB_TOPIC, d.HUB_SECRET, d.HUB_LEASE_SECONDS, d.UPDATED_AT, d.EXPIRY_AT,
             d.DELIVERED_AT, d.DELIVERY_STATE
      FROM (
        SELECT t.*,
          CASE
            WHEN t.EXPIRY_AT > 99999999999 AND t.EXPIRY_AT < v_lease_cut_off_ms THEN 'expired'
          END AS WHY_DEAD
        FROM AM_WEBHOOKS_SUBSCRIPTION t FORCE INDEX (PRIMARY)
        WHERE t.WH_SUBSCRIPTION_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN AM_WEBHOOKS_SUBSCRIPTION t FORCE INDEX (PRIMARY) ON t.WH_SUBSCRIPTION_ID = g.WH_SUBSCRIPTION_ID
        WHERE g.RUN_ID = v_run_id AND g.WH_SUBSCRIPTION_ID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- 2. AM_WEBHOOKS_UNSUBSCRIPTION, only while setting unsubscription_pruning is yes
  IF v_unsubscription_pruning = 'yes' THEN
    CALL CLEANUP_OPEN(v_run_id, 'AM_WEBHOOKS_UNSUBSCRIPTION', 'limit');
    table_2: LOOP
      CALL CLEANUP_NEXT(v_run_id, v_rows, v_none, v_none);
      IF v_rows = 0 THEN
        LEAVE table_2;
      END IF;
      BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
          GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
          CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, NULL);
        END;

        -- Without a key no row can be told from another: nothing that is read can change until the batch ends, so both
        -- statements find the same rows
        INSERT INTO CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
          (RUN_ID, REASON, API_UUID, APPLICATION_ID, TENANT_DOMAIN, HUB_CALLBACK_URL, HUB_TOPIC, HUB_SECRET,
           HUB_LEASE_SECONDS, ADDED_AT)
        SELECT v_run_id, 'retention_over', AM_WEBHOOKS_UNSUBSCRIPTION.API_UUID,
               AM_WEBHOOKS_UNSUBSCRIPTION.APPLICATION_ID, AM_WEBHOOKS_UNSUBSCRIPTION.TENANT_DOMAIN,
               AM_WEBHOOKS_UNSUBSCRIPTION.HUB_CALLBACK_URL, AM_WEBHOOKS_UNSUBSCRIPTION.HUB_TOPIC,
               AM_WEBHOOKS_UNSUBSCRIPTION.HUB_SECRET, AM_WEBHOOKS_UNSUBSCRIPTION.HUB_LEASE_SECONDS,
               AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT
        FROM AM_WEBHOOKS_UNSUBSCRIPTION
        WHERE NULLIF(UNIX_TIMESTAMP(AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT), 0) < v_log_cut_off_s
        LIMIT v_rows
        FOR UPDATE;
        SET v_copied = ROW_COUNT(), v_deleted = 0;
        SET v_reasons = JSON_OBJECT('retention_over', v_copied), v_seen = v_copied;
        IF v_copied > 0 AND v_dry_run = 'no' THEN
          DELETE FROM AM_WEBHOOKS_UNSUBSCRIPTION
          WHERE NULLIF(UNIX_TIMESTAMP(AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT), 0) < v_log_cut_off_s
          LIMIT v_copied;
          SET v_deleted = ROW_COUNT();
        END IF;
        CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, NULL);
      END;
    END LOOP table_2;
  END IF;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_webhooks_proof(v_run_id, v_started, v_webhook_grace_hours, v_unsubscription_days,
                                                     v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_webhooks_dry_run
CREATE PROCEDURE cleanup_webhooks_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_webhooks would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_webhooks();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_webhooks
CALL CLEANUP_REGISTER('procedure', 'cleanup_webhooks',
    '352eb2cffeb27e891cc54ef57470af23f0dc0bdbdb4f27b5ffd67b0012b21909');
-- @end
-- @statement register cleanup_webhooks_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_webhooks_dry_run',
    '4bc3ab21bedd125fe688f49164df28e11f1433767a65f34f9c3aeebe90821d86');
-- @end
