-- cleanup_registry: deletes superseded registry log entries, what deleted resources left, and expired confirmation
-- codes.
--
-- Made by deepclean for profile apim-4.5. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   REG_RESOURCE when
--     code_expired: it is a confirmation code, and every expireTime of it has passed
--   and then from REG_RESOURCE_PROPERTY when
--     code_gone: its confirmation code is gone
--   REG_LOG when
--     superseded: its path has a newer entry
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_LOG, once those are gone, when
--     deleted: it says that its resource was deleted, and no other entry of its path is left
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_RESOURCE_PROPERTY when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_PROPERTY when
--     unreferenced: nothing refers to it any more
--   REG_RESOURCE_TAG when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_TAG when
--     unreferenced: nothing refers to it any more
--
-- Every deleted row is copied in the same transaction; CALL restore_registry(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_registry_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes that back.
-- How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_registry
--   EXECUTE on PROCEDURE cleanup_registry_dry_run
--   SELECT, DELETE on REG_RESOURCE, REG_PROPERTY, REG_RESOURCE_PROPERTY, REG_LOG, REG_TAG, REG_RESOURCE_TAG
--   SELECT on REG_PATH, REG_RESOURCE_HISTORY
--   SELECT, INSERT, DELETE, UPDATE on CLEANUP_DEAD_REG_RESOURCE
--   SELECT, INSERT, DELETE on CLEANUP_DEAD_REG_LOG_SUPERSEDED, CLEANUP_DEAD_REG_LOG_DELETED,
--     CLEANUP_BAK_REG_RESOURCE, CLEANUP_BAK_REG_PROPERTY, CLEANUP_BAK_REG_RESOURCE_PROPERTY, CLEANUP_BAK_REG_LOG,
--     CLEANUP_BAK_REG_TAG, CLEANUP_BAK_REG_RESOURCE_TAG
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

-- @statement drop cleanup_registry
DROP PROCEDURE IF EXISTS cleanup_registry;
-- @end
-- @statement drop cleanup_registry_dry_run
DROP PROCEDURE IF EXISTS cleanup_registry_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_registry
CREATE PROCEDURE cleanup_registry()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted, v_kept, v_kept_now BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_log_cut_off DATETIME(6);
  DECLARE v_log_cut_off_s DECIMAL(20, 6);
  DECLARE v_code_cut_off DATETIME(6);
  DECLARE v_code_cut_off_ms BIGINT;
  DECLARE v_log_minimum_age_hours BIGINT;
  DECLARE v_clock_uncertainty_hours BIGINT;
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 int;
  DECLARE v_from_2, v_upto_2, v_after_2, v_until_2 int;
  DECLARE v_from_3, v_upto_3, v_after_3, v_until_3 int;
  DECLARE v_from_4, v_upto_4, v_after_4, v_until_4 int;
  DECLARE v_from_5, v_upto_5, v_after_5, v_until_5 int;
  DECLARE v_from_6, v_upto_6, v_after_6, v_until_6 int;
  DECLARE v_from_7, v_upto_7, v_after_7, v_until_7 int;
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
  CALL CLEANUP_BEGIN('cleanup_registry', 4,
    '[["REG_RESOURCE", "CLEANUP_BAK_REG_RESOURCE", 12, []],'
    '["REG_PROPERTY", "CLEANUP_BAK_REG_PROPERTY", 4, []],'
    '["REG_RESOURCE_PROPERTY", "CLEANUP_BAK_REG_RESOURCE_PROPERTY", 6, ['
    '  "REG_PROPERTY_ID, REG_TENANT_ID -> REG_PROPERTY (REG_ID, REG_TENANT_ID) NO ACTION"]],'
    '["REG_LOG", "CLEANUP_BAK_REG_LOG", 7, []],'
    '["REG_TAG", "CLEANUP_BAK_REG_TAG", 5, []],'
    '["REG_RESOURCE_TAG", "CLEANUP_BAK_REG_RESOURCE_TAG", 6, ['
    '  "REG_TAG_ID, REG_TENANT_ID -> REG_TAG (REG_ID, REG_TENANT_ID) NO ACTION"]],'
    '["REG_PATH", "", 0, []],'
    '["REG_RESOURCE_HISTORY", "", 0, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- A negative number, which the bounds of the table refuse, counts as none: a cut-off must not lie ahead
  SELECT
    COALESCE(MAX(CASE NAME WHEN 'log_minimum_age_hours' THEN VALUE END), '24'),
    COALESCE(MAX(CASE NAME WHEN 'clock_uncertainty_hours' THEN VALUE END), '26')
  INTO v_log_minimum_age_hours, v_clock_uncertainty_hours
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = 'cleanup_registry' AND LEFT(LTRIM(VALUE), 1) <> '-';
  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  SET v_log_cut_off = v_started - INTERVAL v_clock_uncertainty_hours HOUR - INTERVAL v_log_minimum_age_hours HOUR;
  SET v_log_cut_off_s = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_log_cut_off) * 0.000001;
  -- UTC now, less an hour for clocks that differ
  SET v_code_cut_off = v_started - INTERVAL 1 HOUR;
  SET v_code_cut_off_ms = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_code_cut_off) DIV 1000;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_log_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. REG_RESOURCE
  CALL CLEANUP_OPEN(v_run_id, 'REG_RESOURCE', 'list');
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_REG_RESOURCE');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
  IF v_rows > 0 THEN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    INSERT INTO CLEANUP_DEAD_REG_RESOURCE (RUN_ID, REG_VERSION, REG_TENANT_ID, REG_PATH_ID, REG_NAME)
    SELECT DISTINCT v_run_id, t.REG_VERSION, t.REG_TENANT_ID, t.REG_PATH_ID, t.REG_NAME
    FROM REG_RESOURCE t
    WHERE t.REG_NAME IS NOT NULL
      AND EXISTS (
        SELECT 1 FROM REG_PATH o
        WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
          AND LEFT(CAST(CONCAT(o.REG_PATH_VALUE, '/') AS BINARY), 72)
              = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
      AND (EXISTS (
             SELECT 1 FROM REG_RESOURCE_PROPERTY o
             WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
               AND EXISTS (
                 SELECT 1 FROM REG_PROPERTY o2
                 WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                   AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                   AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                       THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms))
           OR EXISTS (
             SELECT 1 FROM REG_RESOURCE_PROPERTY o
             WHERE o.REG_PATH_ID = t.REG_PATH_ID
               AND o.REG_RESOURCE_NAME = t.REG_NAME
               AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY)
               AND o.REG_TENANT_ID = t.REG_TENANT_ID
               AND o.REG_VERSION IS NULL
               AND EXISTS (
                 SELECT 1 FROM REG_PROPERTY o2
                 WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                   AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                   AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                       THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms)))
      AND NOT EXISTS (
        SELECT 1 FROM REG_RESOURCE_PROPERTY o
        WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
          AND EXISTS (
            SELECT 1 FROM REG_PROPERTY o2
            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
              AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
              AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                  THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE))
      AND NOT EXISTS (
        SELECT 1 FROM REG_RESOURCE_PROPERTY o
        WHERE o.REG_PATH_ID = t.REG_PATH_ID
          AND o.REG_RESOURCE_NAME = t.REG_NAME
          AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY)
          AND o.REG_TENANT_ID = t.REG_TENANT_ID
          AND o.REG_VERSION IS NULL
          AND EXISTS (
            SELECT 1 FROM REG_PROPERTY o2
            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
              AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
              AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                  THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE));
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

      SELECT MIN(k.REG_VERSION), MAX(k.REG_VERSION), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT l.REG_VERSION
        FROM CLEANUP_DEAD_REG_RESOURCE l
        WHERE l.RUN_ID = v_run_id AND (v_after_1 IS NULL OR l.REG_VERSION > v_after_1)
        ORDER BY l.REG_VERSION
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM CLEANUP_DEAD_REG_RESOURCE l
      STRAIGHT_JOIN REG_RESOURCE t FORCE INDEX (PRIMARY) ON t.REG_VERSION = l.REG_VERSION
        AND t.REG_TENANT_ID = l.REG_TENANT_ID
      WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
      FOR UPDATE;
      DELETE l FROM CLEANUP_DEAD_REG_RESOURCE l
      WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
        AND NOT EXISTS (SELECT 1 FROM REG_RESOURCE t WHERE t.REG_VERSION = l.REG_VERSION
                                                           AND t.REG_TENANT_ID = l.REG_TENANT_ID);
      INSERT INTO CLEANUP_BAK_REG_RESOURCE
        (RUN_ID, REASON, REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME,
         REG_LAST_UPDATOR, REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
      SELECT v_run_id, d.WHY_DEAD, d.REG_PATH_ID, d.REG_NAME, d.REG_VERSION, d.REG_MEDIA_TYPE, d.REG_CREATOR,
             d.REG_CREATED_TIME, d.REG_LAST_UPDATOR, d.REG_LAST_UPDATED_TIME, d.REG_DESCRIPTION, d.REG_CONTENT_ID,
             d.REG_TENANT_ID, d.REG_UUID
      FROM (
        SELECT t.*,
          CASE
            WHEN t.REG_NAME IS NOT NULL
                 AND EXISTS (
                   SELECT 1 FROM REG_PATH o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND LEFT(CAST(CONCAT(o.REG_PATH_VALUE, '/') AS BINARY), 72)
                         = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
                 AND (EXISTS (
                        SELECT 1 FROM REG_RESOURCE_PROPERTY o
                        WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                          AND EXISTS (
                            SELECT 1 FROM REG_PROPERTY o2
                            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                              AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                              AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                                  THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms))
                      OR EXISTS (
                        SELECT 1 FROM REG_RESOURCE_PROPERTY o
                        WHERE o.REG_PATH_ID = t.REG_PATH_ID
                          AND o.REG_RESOURCE_NAME = t.REG_NAME
                          AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY)
                          AND o.REG_TENANT_ID = t.REG_TENANT_ID
                          AND o.REG_VERSION IS NULL
                          AND EXISTS (
                            SELECT 1 FROM REG_PROPERTY o2
                            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                              AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                              AND CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                                  THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms)))
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_PROPERTY o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND EXISTS (
                       SELECT 1 FROM REG_PROPERTY o2
                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                         AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                         AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                             THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE))
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_PROPERTY o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID
                     AND o.REG_RESOURCE_NAME = t.REG_NAME
                     AND CAST(o.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY)
                     AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND o.REG_VERSION IS NULL
                     AND EXISTS (
                       SELECT 1 FROM REG_PROPERTY o2
                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                         AND CAST(o2.REG_NAME AS BINARY) = 'expireTime'
                         AND (CASE WHEN o2.REG_VALUE REGEXP '^[0-9]{1,18}$' AND o2.REG_VALUE NOT REGEXP '[^0-9]'
                             THEN CAST(o2.REG_VALUE AS SIGNED) END < v_code_cut_off_ms) IS NOT TRUE))
            THEN 'code_expired'
          END AS WHY_DEAD
        FROM CLEANUP_DEAD_REG_RESOURCE l
        STRAIGHT_JOIN REG_RESOURCE t FORCE INDEX (PRIMARY) ON t.REG_VERSION = l.REG_VERSION
          AND t.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('code_expired', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_REG_RESOURCE g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN REG_RESOURCE t FORCE INDEX (PRIMARY) ON t.REG_VERSION = g.REG_VERSION
          AND t.REG_TENANT_ID = g.REG_TENANT_ID
        WHERE g.RUN_ID = v_run_id AND g.REG_VERSION BETWEEN v_from_1 AND v_upto_1;
        SET v_deleted = ROW_COUNT();
        -- Which rows keep them, and not only how many: one may go while another one comes
        SELECT
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.REG_VERSION, l.REG_TENANT_ID, o.REG_VERSION, o.REG_TENANT_ID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           STRAIGHT_JOIN REG_RESOURCE o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) +
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.REG_VERSION, l.REG_TENANT_ID, o.REG_VERSION, o.REG_TENANT_ID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           STRAIGHT_JOIN REG_RESOURCE_HISTORY o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) +
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.REG_PATH_ID, l.REG_NAME, l.REG_TENANT_ID, o.REG_VERSION,
                                                 o.REG_TENANT_ID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           STRAIGHT_JOIN REG_RESOURCE o ON o.REG_PATH_ID = l.REG_PATH_ID
             AND o.REG_NAME = l.REG_NAME
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1)
        INTO v_kept;
        -- its confirmation code is gone
        INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
          (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
        SELECT v_run_id, 'code_gone', c.ID, c.REG_PROPERTY_ID, c.REG_VERSION, c.REG_PATH_ID, c.REG_RESOURCE_NAME,
               c.REG_TENANT_ID
        FROM CLEANUP_DEAD_REG_RESOURCE l
        STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_VERSION)
            ON c.REG_VERSION = l.REG_VERSION
          AND c.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE o
            WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE_HISTORY o
            WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE o
            WHERE o.REG_PATH_ID = c.REG_PATH_ID AND o.REG_TENANT_ID = l.REG_TENANT_ID)
        FOR UPDATE;
        SET v_rows = ROW_COUNT();
        DELETE c
        FROM CLEANUP_DEAD_REG_RESOURCE l
        STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_VERSION)
            ON c.REG_VERSION = l.REG_VERSION
          AND c.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE o
            WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE_HISTORY o
            WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE o
            WHERE o.REG_PATH_ID = c.REG_PATH_ID AND o.REG_TENANT_ID = l.REG_TENANT_ID);
        IF ROW_COUNT() <> v_rows THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
        END IF;
        CALL CLEANUP_COPIED(v_run_id, 'REG_RESOURCE_PROPERTY', 'code_gone', v_rows);
        -- its confirmation code is gone
        INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
          (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
        SELECT v_run_id, 'code_gone', c.ID, c.REG_PROPERTY_ID, c.REG_VERSION, c.REG_PATH_ID, c.REG_RESOURCE_NAME,
               c.REG_TENANT_ID
        FROM (
          SELECT DISTINCT l.REG_PATH_ID, l.REG_NAME, l.REG_TENANT_ID FROM CLEANUP_DEAD_REG_RESOURCE l
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
        ) l
        STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_PATH_ID_AND_RESOURCE_NAME)
            ON c.REG_PATH_ID = l.REG_PATH_ID
          AND c.REG_RESOURCE_NAME = l.REG_NAME
          AND CAST(c.REG_RESOURCE_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY)
          AND c.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE c.REG_VERSION IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE o
            WHERE o.REG_PATH_ID = l.REG_PATH_ID
              AND o.REG_NAME = l.REG_NAME
              AND CAST(o.REG_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY)
              AND o.REG_TENANT_ID = l.REG_TENANT_ID)
        FOR UPDATE;
        SET v_rows = ROW_COUNT();
        DELETE c
        FROM (
          SELECT DISTINCT l.REG_PATH_ID, l.REG_NAME, l.REG_TENANT_ID FROM CLEANUP_DEAD_REG_RESOURCE l
              WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1
        ) l
        STRAIGHT_JOIN REG_RESOURCE_PROPERTY c FORCE INDEX (REG_RESOURCE_PROPERTY_IND_BY_PATH_ID_AND_RESOURCE_NAME)
            ON c.REG_PATH_ID = l.REG_PATH_ID
          AND c.REG_RESOURCE_NAME = l.REG_NAME
          AND CAST(c.REG_RESOURCE_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY)
          AND c.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE c.REG_VERSION IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE o
            WHERE o.REG_PATH_ID = l.REG_PATH_ID
              AND o.REG_NAME = l.REG_NAME
              AND CAST(o.REG_NAME AS BINARY) = CAST(l.REG_NAME AS BINARY)
              AND o.REG_TENANT_ID = l.REG_TENANT_ID);
        IF ROW_COUNT() <> v_rows THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
        END IF;
        CALL CLEANUP_COPIED(v_run_id, 'REG_RESOURCE_PROPERTY', 'code_gone', v_rows);
        SELECT
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.REG_VERSION, l.REG_TENANT_ID, o.REG_VERSION, o.REG_TENANT_ID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           STRAIGHT_JOIN REG_RESOURCE o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) +
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.REG_VERSION, l.REG_TENANT_ID, o.REG_VERSION, o.REG_TENANT_ID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           STRAIGHT_JOIN REG_RESOURCE_HISTORY o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1) +
          (SELECT COUNT(*)
             + COALESCE(SUM(CRC32(CONCAT_WS('|', l.REG_PATH_ID, l.REG_NAME, l.REG_TENANT_ID, o.REG_VERSION,
                                                 o.REG_TENANT_ID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           STRAIGHT_JOIN REG_RESOURCE o ON o.REG_PATH_ID = l.REG_PATH_ID
             AND o.REG_NAME = l.REG_NAME
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run_id AND l.REG_VERSION BETWEEN v_from_1 AND v_upto_1)
        INTO v_kept_now;
        IF v_kept_now <> v_kept THEN
          SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session brought back what was to be gone';
        END IF;
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_REG_RESOURCE');

  -- 2. REG_LOG
  CALL CLEANUP_OPEN(v_run_id, 'REG_LOG', 'list');
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_REG_LOG_SUPERSEDED');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_2, v_until_2);
  IF v_rows > 0 THEN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    INSERT INTO CLEANUP_DEAD_REG_LOG_SUPERSEDED (RUN_ID, REG_LOG_ID, REG_TENANT_ID, NEWEST)
    SELECT v_run_id, t.REG_LOG_ID, t.REG_TENANT_ID, t.NEWEST
    FROM (
      SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME,
        MAX(n.REG_LOG_ID) OVER (PARTITION BY UNHEX(SHA2(n.REG_PATH, 256)), n.REG_TENANT_ID) AS NEWEST
      FROM REG_LOG n
      WHERE n.REG_PATH IS NOT NULL
    ) t
    WHERE NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
      AND t.REG_LOG_ID < t.NEWEST;
  END IF;
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

      SELECT MIN(k.REG_LOG_ID), MAX(k.REG_LOG_ID), COUNT(*) INTO v_from_2, v_upto_2, v_seen
      FROM (
        SELECT l.REG_LOG_ID
        FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l
        WHERE l.RUN_ID = v_run_id AND (v_after_2 IS NULL OR l.REG_LOG_ID > v_after_2)
        ORDER BY l.REG_LOG_ID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_REG_LOG
        (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
         REG_TENANT_ID)
      SELECT v_run_id, d.WHY_DEAD, d.REG_LOG_ID, d.REG_PATH, d.REG_USER_ID, d.REG_LOGGED_TIME, d.REG_ACTION,
             d.REG_ACTION_DATA, d.REG_TENANT_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s) IS NOT TRUE THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM REG_LOG n
                   WHERE n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                     AND n.REG_PATH = t.REG_PATH AND CAST(n.REG_PATH AS BINARY) = CAST(t.REG_PATH AS BINARY)
                     AND n.REG_LOG_ID > t.REG_LOG_ID)
            THEN 'superseded'
          END AS WHY_DEAD
        FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l
        STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY) ON t.REG_LOG_ID = l.REG_LOG_ID
          AND t.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_2 AND v_upto_2
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('superseded', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_REG_LOG g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY) ON t.REG_LOG_ID = g.REG_LOG_ID
          AND t.REG_TENANT_ID = g.REG_TENANT_ID
        WHERE g.RUN_ID = v_run_id AND g.REG_LOG_ID BETWEEN v_from_2 AND v_upto_2;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_2);
    END;
  END LOOP table_2;
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_REG_LOG_SUPERSEDED');

  -- 3. REG_LOG
  CALL CLEANUP_OPEN(v_run_id, 'REG_LOG', 'list');
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_REG_LOG_DELETED');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_3, v_until_3);
  IF v_rows > 0 THEN
    -- Dead rows, found once a run. The rule is asked again when a row is deleted
    INSERT INTO CLEANUP_DEAD_REG_LOG_DELETED (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
    SELECT v_run_id, t.REG_LOG_ID, t.REG_TENANT_ID
    FROM (
      SELECT n.REG_TENANT_ID,
        MAX(n.REG_LOG_ID) AS NEWEST,
        COUNT(*) AS SAME_ROWS,
        SUM(CASE WHEN NULLIF(UNIX_TIMESTAMP(n.REG_LOGGED_TIME), 0) < v_log_cut_off_s THEN 0 ELSE 1 END) AS STAYING_ROWS
      FROM REG_LOG n
      WHERE n.REG_PATH IS NOT NULL
      GROUP BY UNHEX(SHA2(n.REG_PATH, 256)), n.REG_TENANT_ID
    ) k
    STRAIGHT_JOIN REG_LOG t ON t.REG_LOG_ID = k.NEWEST
      AND t.REG_TENANT_ID = k.REG_TENANT_ID
    WHERE NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s
      AND (t.REG_ACTION = 7
           AND (k.SAME_ROWS = 1 OR v_dry_run = 'yes' AND k.STAYING_ROWS = 0));
  END IF;
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

      SELECT MIN(k.REG_LOG_ID), MAX(k.REG_LOG_ID), COUNT(*) INTO v_from_3, v_upto_3, v_seen
      FROM (
        SELECT l.REG_LOG_ID
        FROM CLEANUP_DEAD_REG_LOG_DELETED l
        WHERE l.RUN_ID = v_run_id AND (v_after_3 IS NULL OR l.REG_LOG_ID > v_after_3)
        ORDER BY l.REG_LOG_ID
        LIMIT v_rows
      ) k;

      INSERT INTO CLEANUP_BAK_REG_LOG
        (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
         REG_TENANT_ID)
      SELECT v_run_id, d.WHY_DEAD, d.REG_LOG_ID, d.REG_PATH, d.REG_USER_ID, d.REG_LOGGED_TIME, d.REG_ACTION,
             d.REG_ACTION_DATA, d.REG_TENANT_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN (NULLIF(UNIX_TIMESTAMP(t.REG_LOGGED_TIME), 0) < v_log_cut_off_s) IS NOT TRUE THEN NULL
            WHEN t.REG_ACTION = 7 AND l.RUN_ID = v_run_id THEN 'deleted'
          END AS WHY_DEAD
        FROM CLEANUP_DEAD_REG_LOG_DELETED l
        STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY) ON t.REG_LOG_ID = l.REG_LOG_ID
          AND t.REG_TENANT_ID = l.REG_TENANT_ID
        WHERE l.RUN_ID = v_run_id AND l.REG_LOG_ID BETWEEN v_from_3 AND v_upto_3
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('deleted', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_REG_LOG g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN REG_LOG t FORCE INDEX (PRIMARY) ON t.REG_LOG_ID = g.REG_LOG_ID
          AND t.REG_TENANT_ID = g.REG_TENANT_ID
        WHERE g.RUN_ID = v_run_id AND g.REG_LOG_ID BETWEEN v_from_3 AND v_upto_3;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_3);
    END;
  END LOOP table_3;
  CALL CLEANUP_EMPTIED(v_run_id, 'CLEANUP_DEAD_REG_LOG_DELETED');

  -- 4. REG_RESOURCE_PROPERTY
  CALL CLEANUP_OPEN(v_run_id, 'REG_RESOURCE_PROPERTY', 'key');
  table_4: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_4, v_until_4);
    IF v_rows = 0 THEN
      LEAVE table_4;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_4);
      END;

      SELECT MIN(k.ID), MAX(k.ID), COUNT(*) INTO v_from_4, v_upto_4, v_seen
      FROM (
        SELECT t.ID
        FROM REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY)
        WHERE (v_after_4 IS NULL OR t.ID > v_after_4) AND (v_until_4 IS NULL OR t.ID <= v_until_4)
        ORDER BY t.ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY)
      WHERE t.ID BETWEEN v_from_4 AND v_upto_4
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
        (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
      SELECT v_run_id, d.WHY_DEAD, d.ID, d.REG_PROPERTY_ID, d.REG_VERSION, d.REG_PATH_ID, d.REG_RESOURCE_NAME,
             d.REG_TENANT_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN t.REG_TENANT_ID IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_HISTORY o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'resource_gone'
          END AS WHY_DEAD
        FROM REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY)
        WHERE t.ID BETWEEN v_from_4 AND v_upto_4
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('resource_gone', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_REG_RESOURCE_PROPERTY g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN REG_RESOURCE_PROPERTY t FORCE INDEX (PRIMARY) ON t.ID = g.ID
        WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_4 AND v_upto_4;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_4);
    END;
  END LOOP table_4;

  -- 5. REG_PROPERTY
  CALL CLEANUP_OPEN(v_run_id, 'REG_PROPERTY', 'key');
  table_5: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_5, v_until_5);
    IF v_rows = 0 THEN
      LEAVE table_5;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_5);
      END;

      SELECT MIN(k.REG_ID), MAX(k.REG_ID), COUNT(*) INTO v_from_5, v_upto_5, v_seen
      FROM (
        SELECT t.REG_ID
        FROM REG_PROPERTY t FORCE INDEX (PRIMARY)
        WHERE (v_after_5 IS NULL OR t.REG_ID > v_after_5) AND (v_until_5 IS NULL OR t.REG_ID <= v_until_5)
        ORDER BY t.REG_ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM REG_PROPERTY t FORCE INDEX (PRIMARY)
      WHERE t.REG_ID BETWEEN v_from_5 AND v_upto_5
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_REG_PROPERTY
        (RUN_ID, REASON, REG_ID, REG_NAME, REG_VALUE, REG_TENANT_ID)
      SELECT v_run_id, d.WHY_DEAD, d.REG_ID, d.REG_NAME, d.REG_VALUE, d.REG_TENANT_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_PROPERTY o
                   WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'unreferenced'
          END AS WHY_DEAD
        FROM REG_PROPERTY t FORCE INDEX (PRIMARY)
        WHERE t.REG_ID BETWEEN v_from_5 AND v_upto_5
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('unreferenced', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_REG_PROPERTY g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN REG_PROPERTY t FORCE INDEX (PRIMARY) ON t.REG_ID = g.REG_ID
          AND t.REG_TENANT_ID = g.REG_TENANT_ID
        WHERE g.RUN_ID = v_run_id AND g.REG_ID BETWEEN v_from_5 AND v_upto_5;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_5);
    END;
  END LOOP table_5;

  -- 6. REG_RESOURCE_TAG
  CALL CLEANUP_OPEN(v_run_id, 'REG_RESOURCE_TAG', 'key');
  table_6: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_6, v_until_6);
    IF v_rows = 0 THEN
      LEAVE table_6;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_6);
      END;

      SELECT MIN(k.ID), MAX(k.ID), COUNT(*) INTO v_from_6, v_upto_6, v_seen
      FROM (
        SELECT t.ID
        FROM REG_RESOURCE_TAG t FORCE INDEX (PRIMARY)
        WHERE (v_after_6 IS NULL OR t.ID > v_after_6) AND (v_until_6 IS NULL OR t.ID <= v_until_6)
        ORDER BY t.ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM REG_RESOURCE_TAG t FORCE INDEX (PRIMARY)
      WHERE t.ID BETWEEN v_from_6 AND v_upto_6
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_REG_RESOURCE_TAG
        (RUN_ID, REASON, ID, REG_TAG_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
      SELECT v_run_id, d.WHY_DEAD, d.ID, d.REG_TAG_ID, d.REG_VERSION, d.REG_PATH_ID, d.REG_RESOURCE_NAME,
             d.REG_TENANT_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN t.REG_TENANT_ID IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_HISTORY o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'resource_gone'
          END AS WHY_DEAD
        FROM REG_RESOURCE_TAG t FORCE INDEX (PRIMARY)
        WHERE t.ID BETWEEN v_from_6 AND v_upto_6
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('resource_gone', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_REG_RESOURCE_TAG g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN REG_RESOURCE_TAG t FORCE INDEX (PRIMARY) ON t.ID = g.ID
        WHERE g.RUN_ID = v_run_id AND g.ID BETWEEN v_from_6 AND v_upto_6;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_6);
    END;
  END LOOP table_6;

  -- 7. REG_TAG
  CALL CLEANUP_OPEN(v_run_id, 'REG_TAG', 'key');
  table_7: LOOP
    CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_7, v_until_7);
    IF v_rows = 0 THEN
      LEAVE table_7;
    END IF;
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION
      BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
        CALL CLEANUP_FAILED(v_run_id, v_errno, v_sqlstate, v_error, v_upto_7);
      END;

      SELECT MIN(k.REG_ID), MAX(k.REG_ID), COUNT(*) INTO v_from_7, v_upto_7, v_seen
      FROM (
        SELECT t.REG_ID
        FROM REG_TAG t FORCE INDEX (PRIMARY)
        WHERE (v_after_7 IS NULL OR t.REG_ID > v_after_7) AND (v_until_7 IS NULL OR t.REG_ID <= v_until_7)
        ORDER BY t.REG_ID
        LIMIT v_rows
      ) k;

      -- Locked before they are judged: until the batch ends no other session changes or refers to these rows
      SELECT COUNT(*) INTO v_seen
      FROM REG_TAG t FORCE INDEX (PRIMARY)
      WHERE t.REG_ID BETWEEN v_from_7 AND v_upto_7
      FOR UPDATE;
      INSERT INTO CLEANUP_BAK_REG_TAG
        (RUN_ID, REASON, REG_ID, REG_TAG_NAME, REG_USER_ID, REG_TAGGED_TIME, REG_TENANT_ID)
      SELECT v_run_id, d.WHY_DEAD, d.REG_ID, d.REG_TAG_NAME, d.REG_USER_ID, d.REG_TAGGED_TIME, d.REG_TENANT_ID
      FROM (
        SELECT t.*,
          CASE
            WHEN NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_TAG o
                   WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
            THEN 'unreferenced'
          END AS WHY_DEAD
        FROM REG_TAG t FORCE INDEX (PRIMARY)
        WHERE t.REG_ID BETWEEN v_from_7 AND v_upto_7
        FOR UPDATE
      ) d
      WHERE d.WHY_DEAD IS NOT NULL;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('unreferenced', v_copied);

      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_BAK_REG_TAG g FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN REG_TAG t FORCE INDEX (PRIMARY) ON t.REG_ID = g.REG_ID
          AND t.REG_TENANT_ID = g.REG_TENANT_ID
        WHERE g.RUN_ID = v_run_id AND g.REG_ID BETWEEN v_from_7 AND v_upto_7;
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_7);
    END;
  END LOOP table_7;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_registry_proof(v_run_id, v_started, v_log_minimum_age_hours, v_clock_uncertainty_hours);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_registry_dry_run
CREATE PROCEDURE cleanup_registry_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_registry would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_registry();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_registry
CALL CLEANUP_REGISTER('procedure', 'cleanup_registry',
    '4fd48f62fe12f3ff5a5a6e0ac2fa37110e1d681e3a51c1eea85bafcc1dfd87d9');
-- @end
-- @statement register cleanup_registry_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_registry_dry_run',
    '10c0b2bb5a5a1330fc6b343c474d42de47f71617407e6454e141a931138935f6');
-- @end
