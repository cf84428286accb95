-- cleanup_revocations: deletes marks of revoked tokens that have expired since.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   AM_REVOKED_JWT when
--     expired: its token expired over 24 h ago; a number too small for milliseconds since 1970 says nothing
--   IDN_INVALID_TOKENS when
--     expired: its token expired over 24 h ago
--   IDN_SUBJECT_ENTITY_REVOKED_EVENT when
--     outlived: every token that it revokes expired over 24 h ago
-- Not in this schema, skipped: IDN_OAUTH2_REVOKED_TOKENS, IDN_APP_REVOKED_EVENT, AM_SUBJECT_ENTITY_REVOKED_EVENT,
--                              AM_APP_REVOKED_EVENT
--
-- Every deleted row is copied in the same transaction; CALL restore_revocations(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_revocations_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_revocations
--   EXECUTE on PROCEDURE cleanup_revocations_dry_run
--   SELECT, DELETE on AM_REVOKED_JWT, IDN_INVALID_TOKENS, IDN_SUBJECT_ENTITY_REVOKED_EVENT
--   SELECT on IDN_OAUTH_CONSUMER_APPS
--   SELECT, INSERT, DELETE on CLEANUP_BAK_AM_REVOKED_JWT, CLEANUP_BAK_IDN_INVALID_TOKENS,
--     CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
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

-- @statement drop cleanup_revocations
DROP PROCEDURE IF EXISTS cleanup_revocations;
-- @end
-- @statement drop cleanup_revocations_dry_run
DROP PROCEDURE IF EXISTS cleanup_revocations_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_revocations
CREATE PROCEDURE cleanup_revocations()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_grace_cut_off DATETIME(6);
  DECLARE v_grace_cut_off_s DECIMAL(20, 6);
  DECLARE v_epoch_grace_cut_off DATETIME(6);
  DECLARE v_epoch_grace_cut_off_ms BIGINT;
  DECLARE v_event_cut_off DATETIME(6);
  DECLARE v_event_cut_off_s DECIMAL(20, 6);
  DECLARE v_longest_lifetime_hours BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(255);
  DECLARE v_from_2, v_upto_2, v_after_2, v_until_2 varchar(255);
  DECLARE v_from_3, v_upto_3, v_after_3, v_until_3 varchar(255);
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
  CALL CLEANUP_BEGIN('cleanup_revocations', 4,
    '[["AM_REVOKED_JWT", "CLEANUP_BAK_AM_REVOKED_JWT", 6, []],'
    '["IDN_INVALID_TOKENS", "CLEANUP_BAK_IDN_INVALID_TOKENS", 5, []],'
    '["IDN_SUBJECT_ENTITY_REVOKED_EVENT", "CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT", 5, []],'
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
  WHERE PROCEDURE_NAME = 'cleanup_revocations' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and 24 h
  SET v_grace_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR;
  SET v_grace_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_grace_cut_off) * 0.000001;
  -- UTC now, less 24 h
  SET v_epoch_grace_cut_off = v_started - INTERVAL 24 HOUR;
  SET v_epoch_grace_cut_off_ms = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_epoch_grace_cut_off) DIV 1000;
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  SET v_event_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL 24 HOUR - INTERVAL (SELECT CASE
                            WHEN x.is_for_ever = 1 THEN NULL
                            WHEN x.longest > v_longest_lifetime_hours * 3600 THEN x.longest
                            ELSE v_longest_lifetime_hours * 3600
                          END
                          FROM (
                            SELECT MAX(p.seconds) AS longest,
                              MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
                            FROM (
                              SELECT a.USER_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
                              SELECT a.APP_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
                              SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
                              SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a
                            ) p
                          ) x) SECOND;
  SET v_event_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_event_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. AM_REVOKED_JWT
  CALL CLEANUP_OPEN(v_run_id, 'AM_REVOKED_JWT', 'key');
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
        FROM AM_REVOKED_JWT t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.UUID > v_after_1) AND (v_until_1 IS NULL OR t.UUID <= v_until_1)
        ORDER BY t.UUID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_AM_REVOKED_JWT
        (RUN_ID, REASON, UUID, SIGNATURE, EXPIRY_TIMESTAMP, TENANT_ID, TOKEN_TYPE, TIME_CREATED)
      SELECT v_run_id, d.WHY_DEAD, d.UUID, d.SIGNATURE, d.EXPIRY_TIMESTAMP, d.TENANT_ID, d.TOKEN_TYPE, d.TIME_CREATED
      FROM (
        SELECT t.*,
          CASE
            WHEN t.EXPIRY_TIMESTAMP > 99999999999
                 AND t.EXPIRY_TIMESTAMP < v_epoch_grace_cut_off_ms
            THEN 'expired'
          END AS WHY_DEAD
        FROM AM_REVOKED_JWT t FORCE INDEX (PRIMARY)
        WHERE t.UUID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_AM_REVOKED_JWT g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN AM_REVOKED_JWT t FORCE INDEX (PRIMARY) ON t.UUID = g.UUID
        WHERE g.RUN_ID = v_run_id AND g.UUID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- 2. IDN_INVALID_TOKENS
  CALL CLEANUP_OPEN(v_run_id, 'IDN_INVALID_TOKENS', 'key');
  table_2: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_2, v_until_2);
    IF v_rows = 0 THEN
      LEAVE table_2;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_2);
      END;

      SELECT MIN(k.UUID), MAX(k.UUID), COUNT(*) INTO v_from_2, v_upto_2, v_seen
      FROM (
        SELECT t.UUID
        FROM IDN_INVALID_TOKENS t FORCE INDEX (PRIMARY)
        WHERE (v_after_2 IS NULL OR t.UUID > v_after_2) AND (v_until_2 IS NULL OR t.UUID <= v_until_2)
        ORDER BY t.UUID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_INVALID_TOKENS
        (RUN_ID, REASON, UUID, TOKEN_IDENTIFIER, CONSUMER_KEY, TIME_CREATED, EXPIRY_TIMESTAMP)
      SELECT v_run_id, d.WHY_DEAD, d.UUID, d.TOKEN_IDENTIFIER, d.CONSUMER_KEY, d.TIME_CREATED, d.EXPIRY_TIMESTAMP
      FROM (
        SELECT t.*,
          CASE
            WHEN NULLIF(UNIX_TIMESTAMP(t.EXPIRY_TIMESTAMP), 0) < v_grace_cut_off_s THEN 'expired'
          END AS WHY_DEAD
        FROM IDN_INVALID_TOKENS t FORCE INDEX (PRIMARY)
        WHERE t.UUID BETWEEN v_from_2 AND v_upto_2
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_INVALID_TOKENS g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_INVALID_TOKENS t FORCE INDEX (PRIMARY) ON t.UUID = g.UUID
        WHERE g.RUN_ID = v_run_id AND g.UUID BETWEEN v_from_2 AND v_upto_2;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_2);
    END;
  END LOOP table_2;

  -- 3. IDN_SUBJECT_ENTITY_REVOKED_EVENT
  CALL CLEANUP_OPEN(v_run_id, 'IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'key');
  table_3: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_3, v_until_3);
    IF v_rows = 0 THEN
      LEAVE table_3;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_3);
      END;

      SELECT MIN(k.EVENT_ID), MAX(k.EVENT_ID), COUNT(*) INTO v_from_3, v_upto_3, v_seen
      FROM (
        SELECT t.EVENT_ID
        FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t FORCE INDEX (PRIMARY)
        WHERE (v_after_3 IS NULL OR t.EVENT_ID > v_after_3) AND (v_until_3 IS NULL OR t.EVENT_ID <= v_until_3)
        ORDER BY t.EVENT_ID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
        (RUN_ID, REASON, EVENT_ID, ENTITY_ID, ENTITY_TYPE, TIME_REVOKED, ORGANIZATION)
      SELECT v_run_id, d.WHY_DEAD, d.EVENT_ID, d.ENTITY_ID, d.ENTITY_TYPE, d.TIME_REVOKED, d.ORGANIZATION
      FROM (
        SELECT t.*,
          CASE
            WHEN NULLIF(UNIX_TIMESTAMP(t.TIME_REVOKED), 0) < v_event_cut_off_s THEN 'outlived'
          END AS WHY_DEAD
        FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t FORCE INDEX (PRIMARY)
        WHERE t.EVENT_ID BETWEEN v_from_3 AND v_upto_3
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('outlived', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_SUBJECT_ENTITY_REVOKED_EVENT t FORCE INDEX (PRIMARY) ON t.EVENT_ID = g.EVENT_ID
        WHERE g.RUN_ID = v_run_id AND g.EVENT_ID BETWEEN v_from_3 AND v_upto_3;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_3);
    END;
  END LOOP table_3;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_revocations_proof(v_run_id, v_started, v_longest_lifetime_hours, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_revocations_dry_run
CREATE PROCEDURE cleanup_revocations_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_revocations would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_revocations();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_revocations
CALL CLEANUP_REGISTER('procedure', 'cleanup_revocations',
    '6b9f1877c139a982993742d3f14d97b219ef31db76ddb3e8c65ab80910ed0a10');
-- @end
-- @statement register cleanup_revocations_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_revocations_dry_run',
    '3b8bf3bc4c2d31ed9fc3e60b4208936c186114ef89c09c305586a76065d3dd7d');
-- @end
