-- cleanup_refresh_tokens: deletes dead refresh tokens.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   IDN_OAUTH2_REFRESH_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     period_over: it is ACTIVE, EXPIRED or GRACEFULLY_ROTATED, and its period ended before the cut-off
--     together with its child rows in IDN_OAUTH2_REFRESH_TOKEN_SCOPE, IDN_OAUTH2_REFRESH_TOKEN_BINDING
--
-- Every deleted row is copied in the same transaction; CALL restore_refresh_tokens(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_refresh_tokens_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that
-- back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_refresh_tokens
--   EXECUTE on PROCEDURE cleanup_refresh_tokens_dry_run
--   SELECT, DELETE on IDN_OAUTH2_REFRESH_TOKEN, IDN_OAUTH2_REFRESH_TOKEN_BINDING, IDN_OAUTH2_REFRESH_TOKEN_SCOPE
--   SELECT, INSERT, DELETE on CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN, CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING,
--     CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
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

-- @statement drop cleanup_refresh_tokens
DROP PROCEDURE IF EXISTS cleanup_refresh_tokens;
-- @end
-- @statement drop cleanup_refresh_tokens_dry_run
DROP PROCEDURE IF EXISTS cleanup_refresh_tokens_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_refresh_tokens
CREATE PROCEDURE cleanup_refresh_tokens()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_cut_off DATETIME(6);
  DECLARE v_cut_off_s DECIMAL(20, 6);
  DECLARE v_safe_period_minutes BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(255);
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
  CALL CLEANUP_BEGIN('cleanup_refresh_tokens', 4,
    '[["IDN_OAUTH2_REFRESH_TOKEN", "CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN", 9, []],'
    '["IDN_OAUTH2_REFRESH_TOKEN_BINDING", "CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING", 5, ['
    '  "REFRESH_TOKEN_ID -> IDN_OAUTH2_REFRESH_TOKEN (REFRESH_TOKEN_ID) CASCADE"]],'
    '["IDN_OAUTH2_REFRESH_TOKEN_SCOPE", "CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE", 3, ['
    '  "REFRESH_TOKEN_ID -> IDN_OAUTH2_REFRESH_TOKEN (REFRESH_TOKEN_ID) CASCADE"]]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'safe_period_minutes' THEN VALUE END), '120'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_safe_period_minutes, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_refresh_tokens' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and the safe period
  SET v_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_safe_period_minutes MINUTE;
  SET v_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_cut_off) * 0.000001;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. IDN_OAUTH2_REFRESH_TOKEN
  CALL CLEANUP_OPEN(v_run_id, 'IDN_OAUTH2_REFRESH_TOKEN', 'key');
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

      SELECT MIN(k.REFRESH_TOKEN_ID), MAX(k.REFRESH_TOKEN_ID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT t.REFRESH_TOKEN_ID
        FROM IDN_OAUTH2_REFRESH_TOKEN t FORCE INDEX (PRIMARY)
        WHERE (v_after_1 IS NULL OR t.REFRESH_TOKEN_ID > v_after_1)
            AND (v_until_1 IS NULL OR t.REFRESH_TOKEN_ID <= v_until_1)
        ORDER BY t.REFRESH_TOKEN_ID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN
        (RUN_ID, REASON, REFRESH_TOKEN_ID, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
         REFRESH_TOKEN_TIME_CREATED, REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_STATE, IDP_ID)
      SELECT v_run_id, d.WHY_DEAD, d.REFRESH_TOKEN_ID, d.REFRESH_TOKEN, d.CONSUMER_KEY_ID, d.AUTHZ_USER, d.TENANT_ID,
             d.REFRESH_TOKEN_TIME_CREATED, d.REFRESH_TOKEN_VALIDITY_PERIOD, d.TOKEN_STATE, d.IDP_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE' THEN 'inactive'
            WHEN CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 'revoked'
            WHEN (CAST(t.TOKEN_STATE AS BINARY) IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                  OR CAST(t.TOKEN_STATE AS BINARY) = 'EXPIRED')
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND (v_cut_off_s - NULLIF(UNIX_TIMESTAMP(t.REFRESH_TOKEN_TIME_CREATED), 0)) * 1000
                     > t.REFRESH_TOKEN_VALIDITY_PERIOD
            THEN 'period_over'
          END AS WHY_DEAD
        FROM IDN_OAUTH2_REFRESH_TOKEN t FORCE INDEX (PRIMARY)
        WHERE t.REFRESH_TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SELECT JSON_OBJECTAGG(r.REASON, r.N) INTO v_reasons
      FROM (
        SELECT g.REASON, COUNT(*) AS N
        FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN g FORCE INDEX (PRIMARY)
        WHERE g.RUN_ID = v_run_id AND g.REFRESH_TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        GROUP BY g.REASON
      ) r;

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
          (RUN_ID, REFRESH_TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
        SELECT v_run_id, c.REFRESH_TOKEN_ID, c.TOKEN_SCOPE, c.TENANT_ID
        FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_REFRESH_TOKEN_SCOPE c ON c.REFRESH_TOKEN_ID = g.REFRESH_TOKEN_ID
        WHERE g.RUN_ID = v_run_id AND g.REFRESH_TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE', '', ROW_COUNT());
        INSERT INTO CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING
          (RUN_ID, REFRESH_TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
        SELECT v_run_id, c.REFRESH_TOKEN_ID, c.TOKEN_BINDING_TYPE, c.TOKEN_BINDING_REF, c.TOKEN_BINDING_VALUE,
               c.TENANT_ID
        FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_REFRESH_TOKEN_BINDING c ON c.REFRESH_TOKEN_ID = g.REFRESH_TOKEN_ID
        WHERE g.RUN_ID = v_run_id AND g.REFRESH_TOKEN_ID BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE;
        CALL CLEANUP_COPIED(v_run_id, 'IDN_OAUTH2_REFRESH_TOKEN_BINDING', '', ROW_COUNT());
        DELETE t
        FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN IDN_OAUTH2_REFRESH_TOKEN t FORCE INDEX (PRIMARY) ON t.REFRESH_TOKEN_ID = g.REFRESH_TOKEN_ID
        WHERE g.RUN_ID = v_run_id AND g.REFRESH_TOKEN_ID BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_refresh_tokens_proof(v_run_id, v_started, v_safe_period_minutes, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_refresh_tokens_dry_run
CREATE PROCEDURE cleanup_refresh_tokens_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_refresh_tokens would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_refresh_tokens();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_refresh_tokens
CALL CLEANUP_REGISTER('procedure', 'cleanup_refresh_tokens',
    '4c37d856c940a279cbf2129bb92f387c5eb141a8b6dc078c5ad212cc5d84be28');
-- @end
-- @statement register cleanup_refresh_tokens_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_refresh_tokens_dry_run',
    '448929a15f681751029d3c88c36dd5d7edead148e547e5d0866b78647bd9faea');
-- @end
