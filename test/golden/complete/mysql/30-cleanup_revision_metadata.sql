-- cleanup_revision_metadata: deletes metadata of API revisions that are gone.
--
-- Made by deepclean for every table of every version. Do not edit: an edited file no longer matches SHA256SUMS and is
-- refused.
--
-- A row is deleted from
--   AM_API_REVISION_METADATA when
--     orphaned: a run over 24 h ago found it without its revision, and so does this one
--     and only if its REVISION_UUID is not NULL, and no row of AM_REVISION has its REVISION_UUID
--
-- Every deleted row is copied in the same transaction; CALL restore_revision_metadata(run) puts back what is still
-- kept. Progress, counts and why a run stopped are in CLEANUP_RUN and CLEANUP_RUN_STEP. Settings are in
-- CLEANUP_SETTING: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
-- CALL cleanup_revision_metadata_dry_run() deletes nothing: it copies and counts each batch as a run does, and takes
-- that back. How a run begins, goes on and ends is in 15-kit.sql, with the rights that this needs.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_revision_metadata
--   EXECUTE on PROCEDURE cleanup_revision_metadata_dry_run
--   SELECT, DELETE on AM_API_REVISION_METADATA
--   SELECT on AM_REVISION
--   SELECT, INSERT, DELETE on CLEANUP_SIGHTING_AM_API_REVISION_METADATA, CLEANUP_BAK_AM_API_REVISION_METADATA
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

-- @statement drop cleanup_revision_metadata
DROP PROCEDURE IF EXISTS cleanup_revision_metadata;
-- @end
-- @statement drop cleanup_revision_metadata_dry_run
DROP PROCEDURE IF EXISTS cleanup_revision_metadata_dry_run;
-- @end

DELIMITER $$

-- @statement procedure cleanup_revision_metadata
CREATE PROCEDURE cleanup_revision_metadata()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Deletes dead rows: see the rules in it. Made by deepclean; its log is CLEANUP_RUN.'
cleanup: BEGIN
  DECLARE v_run_id, v_rows, v_seen, v_copied, v_deleted BIGINT;
  DECLARE v_started DATETIME(6);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_sighting_cut_off DATETIME(6);
  DECLARE v_from_1, v_upto_1, v_after_1, v_until_1 varchar(64);
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
  CALL CLEANUP_BEGIN('cleanup_revision_metadata', 4,
    '[["AM_API_REVISION_METADATA", "CLEANUP_BAK_AM_API_REVISION_METADATA", 3, []],'
    '["AM_REVISION", "", 0, []]]', v_run_id, v_started, v_dry_run);
  IF v_run_id IS NULL THEN
    LEAVE cleanup;
  END IF;

  -- UTC now, less 24 h: an earlier sighting counts
  SET v_sighting_cut_off = v_started - INTERVAL 24 HOUR;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_sighting_cut_off WHERE RUN_ID = v_run_id;

  CALL CLEANUP_PRUNE(v_run_id);

  -- 1. AM_API_REVISION_METADATA
  CALL CLEANUP_OPEN(v_run_id, 'AM_API_REVISION_METADATA', 'list');
  CALL CLEANUP_NEXT(v_run_id, v_rows, v_after_1, v_until_1);
  IF v_rows > 0 THEN
    -- Drop sightings of rows that are no longer orphans; record new ones
    DELETE l FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l
    WHERE NOT EXISTS (
      SELECT 1
      FROM AM_API_REVISION_METADATA t
      WHERE t.API_UUID = l.API_UUID
        AND t.REVISION_UUID = l.REVISION_UUID
        AND t.API_UUID IS NOT NULL
        AND t.REVISION_UUID IS NOT NULL
        AND t.REVISION_UUID IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID));
    INSERT INTO CLEANUP_SIGHTING_AM_API_REVISION_METADATA (API_UUID, REVISION_UUID, FIRST_SEEN)
    SELECT DISTINCT t.API_UUID, t.REVISION_UUID, v_started
    FROM AM_API_REVISION_METADATA t
    WHERE t.API_UUID IS NOT NULL
      AND t.REVISION_UUID IS NOT NULL
      AND t.REVISION_UUID IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID)
      AND NOT EXISTS (SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l WHERE t.API_UUID = l.API_UUID
                                                                                      AND t.REVISION_UUID
                                                                                          = l.REVISION_UUID);
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

      SELECT MIN(k.API_UUID), MAX(k.API_UUID), COUNT(*) INTO v_from_1, v_upto_1, v_seen
      FROM (
        SELECT l.API_UUID
        FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l
        WHERE l.FIRST_SEEN < v_sighting_cut_off AND (v_after_1 IS NULL OR l.API_UUID > v_after_1)
        ORDER BY l.API_UUID
        LIMIT v_rows
      ) k;

      -- Without a key no row can be told from another: nothing that is read can change until the batch ends, so both
      -- statements find the same rows
      INSERT INTO CLEANUP_BAK_AM_API_REVISION_METADATA
        (RUN_ID, REASON, API_UUID, REVISION_UUID, API_TIER)
      SELECT v_run_id, 'orphaned', t.API_UUID, t.REVISION_UUID, t.API_TIER
      FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l
      STRAIGHT_JOIN AM_API_REVISION_METADATA t FORCE INDEX (AM_API_REVISION_METADATA_UUID) ON t.API_UUID = l.API_UUID
        AND t.REVISION_UUID = l.REVISION_UUID
      WHERE l.API_UUID BETWEEN v_from_1 AND v_upto_1
        AND ((EXISTS (
                SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                WHERE n.API_UUID = t.API_UUID
                  AND CAST(n.API_UUID AS BINARY) = CAST(t.API_UUID AS BINARY)
                  AND n.REVISION_UUID = t.REVISION_UUID
                  AND CAST(n.REVISION_UUID AS BINARY) = CAST(t.REVISION_UUID AS BINARY)
                  AND n.FIRST_SEEN < v_sighting_cut_off))
             AND t.REVISION_UUID IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID))
      FOR UPDATE;
      SET v_copied = ROW_COUNT(), v_deleted = 0;
      SET v_reasons = JSON_OBJECT('orphaned', v_copied);
      IF v_copied > 0 AND v_dry_run = 'no' THEN
        DELETE t
        FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l
        STRAIGHT_JOIN AM_API_REVISION_METADATA t FORCE INDEX (AM_API_REVISION_METADATA_UUID) ON t.API_UUID = l.API_UUID
          AND t.REVISION_UUID = l.REVISION_UUID
        WHERE l.API_UUID BETWEEN v_from_1 AND v_upto_1
          AND ((EXISTS (
                  SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                  WHERE n.API_UUID = t.API_UUID
                    AND CAST(n.API_UUID AS BINARY) = CAST(t.API_UUID AS BINARY)
                    AND n.REVISION_UUID = t.REVISION_UUID
                    AND CAST(n.REVISION_UUID AS BINARY) = CAST(t.REVISION_UUID AS BINARY)
                    AND n.FIRST_SEEN < v_sighting_cut_off))
               AND t.REVISION_UUID IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID));
        SET v_deleted = ROW_COUNT();
      END IF;
      CALL CLEANUP_DONE(v_run_id, v_seen, v_copied, v_deleted, v_reasons, v_upto_1);
    END;
  END LOOP table_1;

  -- While setting prove_after is yes: judges the copies of this run once more, with what it began with
  CALL CLEANUP_PROVE(v_run_id, v_proves);
  IF v_proves THEN
    CALL cleanup_revision_metadata_proof(v_run_id, v_started);
    COMMIT;
  END IF;

  CALL CLEANUP_END(v_run_id, NULL);
END cleanup$$
-- @end

-- Counts what is dead, and deletes nothing.
-- @statement procedure cleanup_revision_metadata_dry_run
CREATE PROCEDURE cleanup_revision_metadata_dry_run()
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Counts what cleanup_revision_metadata would delete. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET @deepclean_dry_run = NULL;
    RESIGNAL;
  END;
  SET @deepclean_dry_run = 'yes';                  -- for the next run of this session, which takes it back
  CALL cleanup_revision_metadata();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_revision_metadata
CALL CLEANUP_REGISTER('procedure', 'cleanup_revision_metadata',
    'de82f591ef233e73c9826c0158c9fa6a5f0568e5b3a7b22a011fac536cc1f5d2');
-- @end
-- @statement register cleanup_revision_metadata_dry_run
CALL CLEANUP_REGISTER('procedure', 'cleanup_revision_metadata_dry_run',
    '0640e1511297b6349ca583fc1f98872380ecc7c55e1ba3d9660d3e36a9aa367c');
-- @end
