-- cleanup_uma_tickets: deletes permission tickets of User-Managed Access that expired, and whose token is gone.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   IDN_UMA_PERMISSION_TICKET when
--     expired: it expired over 24 h ago and led to no token, or its token has no row and the longest lifetime is over
--     since it expired; and its tenant has a newer ticket
--     and only if its TICKET_STATE is ACTIVE, EXPIRED or REVOKED
--     together with its child rows in IDN_UMA_PT_RESOURCE_SCOPE, IDN_UMA_PT_RESOURCE
--
-- Every deleted row is copied in the same transaction; CALL restore_uma_tickets(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_uma_tickets_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_uma_tickets
--   EXECUTE on PROCEDURE cleanup_uma_tickets_dry_run
--   SELECT, DELETE on IDN_UMA_PERMISSION_TICKET, IDN_UMA_PT_RESOURCE, IDN_UMA_PT_RESOURCE_SCOPE
--   SELECT on IDN_OAUTH2_ACCESS_TOKEN, IDN_OAUTH_CONSUMER_APPS
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET, CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET,
--     CLEANUP_BAK_IDN_UMA_PT_RESOURCE, CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
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

-- @statement drop cleanup_uma_tickets
DROP PROCEDURE IF EXISTS cleanup_uma_tickets;
-- @end
-- @statement drop cleanup_uma_tickets_dry_run
DROP PROCEDURE IF EXISTS cleanup_uma_tickets_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_uma_tickets
CREATE PROCEDURE cleanup_uma_tickets()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted, v_children BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_lifetime_cut_off DATETIME(6);
  DECLARE v_lifetime_cut_off_s DECIMAL(20, 6);
  DECLARE v_longest_lifetime_hours BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 int;
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
  CALL CLEANUP_BEGIN('cleanup_uma_tickets', 4,
    '[["IDN_UMA_PERMISSION_TICKET", "CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET", 7, []],'
    '["IDN_UMA_PT_RESOURCE", "CLEANUP_BAK_IDN_UMA_PT_RESOURCE", 3, ['
    '  "PT_ID -> IDN_UMA_PERMISSION_TICKET (ID) CASCADE"]],'
    '["IDN_UMA_PT_RESOURCE_SCOPE", "CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE", 3, ['
    '  "PT_RESOURCE_ID -> IDN_UMA_PT_RESOURCE (ID) CASCADE"]],'
    '["IDN_OAUTH2_ACCESS_TOKEN", "", 0, []],'
    '["IDN_OAUTH_CONSUMER_APPS", "", 0, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'longest_lifetime_hours' THEN VALUE END), '720'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_longest_lifetime_hours, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_uma_tickets' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  SET v_lifetime_cut_off
      = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR - INTERVAL (SELECT CASE
                               WHEN x.is_for_ever = 1 THEN NULL
                               WHEN x.longest > v_longest_lifetime_hours * 3600 THEN x.longest
                               ELSE v_longest_lifetime_hours * 3600
                             END
                             FROM (
                               SELECT MAX(p.seconds) AS longest,
                                 MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
                               FROM (
                                 SELECT a.USER_ACCESS_TOKEN_EXPIRE_TIME AS seconds
                                     FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
                                 SELECT a.APP_ACCESS_TOKEN_EXPIRE_TIME AS seconds
                                     FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
                                 SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
                                 SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a
                               ) p
                             ) x) SECOND;
  SET v_lifetime_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_lifetime_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_UMA_PERMISSION_TICKET
  CALL CLEANUP_OPEN(v_run_id, 'IDN_UMA_PERMISSION_TICKET', 'list');
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
  IF v_rows > 0 THEN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    INSERT INTO CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET (RUN_ID, ID, NEWEST)
    SELECT v_run_id, t.ID, t.NEWEST
    FROM (
      SELECT n.ID, n.EXPIRY_TIME, n.TICKET_STATE, n.TOKEN_ID,
        MAX(n.ID) OVER (PARTITION BY n.TENANT_ID) AS NEWEST
      FROM IDN_UMA_PERMISSION_TICKET n
      WHERE n.TENANT_ID IS NOT NULL
    ) t
    WHERE CAST(t.TICKET_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED', 'REVOKED')
      AND (((t.TOKEN_ID IS NULL
             AND NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s)
            OR (NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_lifetime_cut_off_s
                AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
           AND t.ID < t.NEWEST);
  END IF;
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

      SELECT MIN(k.ID), MAX(k.ID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT l.ID
        FROM CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET l
        WHERE l.RUN_ID = v_run_id AND (v_after_1 IS NULL OR l.ID > v_after_1)
        ORDER BY l.ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET l
      STRAIGHT_JOIN IDN_UMA_PERMISSION_TICKET t FORCE INDEX (PRIMARY) ON t.ID = l.ID
      WHERE l.RUN_ID = v_run_id AND l.ID BETWEEN v_from_1 AND v_upto_1
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET
        (RUN_ID, REASON, ID, PT, TIME_CREATED, EXPIRY_TIME, TICKET_STATE, TENANT_ID, TOKEN_ID)
      SELECT v_run_id, d.WHY_DEAD, d.ID, d.PT, d.TIME_CREATED, d.EXPIRY_TIME, d.TICKET_STATE, d.TENANT_ID, d.TOKEN_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN (CAST(t.TICKET_STATE AS BINARY) IN ('ACTIVE', 'EXPIRED', 'REVOKED')) IS NOT TRUE THEN NULL
            WHEN ((t.TOKEN_ID IS NULL
                   AND NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_grace_cut_off_s)
                  OR (NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIME), 0) < v_lifetime_cut_off_s
                      AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
                 AND EXISTS (
                   SELECT 1 FROM IDN_UMA_PERMISSION_TICKET n
                   WHERE n.ID = l.NEWEST
                     AND n.TENANT_ID = t.TENANT_ID
                     AND n.ID > t.ID)
            THEN 'expired'
          END AS WHY_DEAD
        FROM CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET l
        STRAIGHT_JOIN IDN_UMA_PERMISSION_TICKET t FORCE INDEX (PRIMARY) ON t.ID = l.ID
        WHERE l.RUN_ID = v_run_id AND l.ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_IDN_UMA_PT_RESOURCE
          (RUN_ID, ID, PT_RESOURCE_ID, PT_ID)
        SELECT v_run_id, c.ID, c.PT_RESOURCE_ID, c.PT_ID
        FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_UMA_PT_RESOURCE c ON c.PT_ID = g.ID
        WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        SET v_children = ROW_COUNT();
        CALL CLEANUP_COPIED(v_run_id, 'IDN_UMA_PT_RESOURCE', '', v_children);
        IF v_children > 0 THEN
          INSERT INTO CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
            (RUN_ID, ID, PT_RESOURCE_ID, PT_SCOPE_ID)
          SELECT v_run_id, c.ID, c.PT_RESOURCE_ID, c.PT_SCOPE_ID
          FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_UMA_PT_RESOURCE p1 ON p1.PT_ID = g.ID
          STRAIGHT_JOIN IDN_UMA_PT_RESOURCE_SCOPE c ON c.PT_RESOURCE_ID = p1.ID
          WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_1 AND v_upto_1
          FOR UPDATE;
          CALL CLEANUP_COPIED(v_run_id, 'IDN_UMA_PT_RESOURCE_SCOPE', '', ROW_COUNT());
          DELETE c
          FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET g FORCE INDEX (PRIMARY)
          STRAIGHT_JOIN IDN_UMA_PT_RESOURCE p1 ON p1.PT_ID = g.ID
          STRAIGHT_JOIN IDN_UMA_PT_RESOURCE_SCOPE c ON c.PT_RESOURCE_ID = p1.ID
          WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_1 AND v_upto_1;
        END IF;
        DELETE t
        FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_UMA_PERMISSION_TICKET t FORCE INDEX (PRIMARY) ON t.ID = g.ID
        WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET');

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_uma_tickets_proof(v_run_id, v_started, v_longest_lifetime_hours, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_uma_tickets_dry_run
CREATE PROCEDURE cleanup_uma_tickets_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_uma_tickets would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_uma_tickets();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_uma_tickets
CALL CLEANUP_REGISTER('procedure', 'cleanup_uma_tickets',
    'f422808491de27a5bb20cfaaa1ebe526fd02b262522ce80c258c2bab223408cf');
-- @end
-- @statement register cleanup_uma_tickets_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_uma_tickets_dry_run',
    'fba10d3029f4d5c1852d2cf0877f14669a37636b4ea3a6d0e295993ff49639ec');
-- @end
