-- cleanup_revision_metadata_proof: judges once more what a run of cleanup_revision_metadata deleted.
--
-- cleanup_revision_metadata calls it at its end, while setting prove_after is yes. Of each table it counts the copies
-- of that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs
--   EXECUTE on PROCEDURE cleanup_revision_metadata_proof
--   SELECT on CLEANUP_RUN_STEP, CLEANUP_BAK_AM_API_REVISION_METADATA
--   INSERT on CLEANUP_RUN_PROOF

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop cleanup_revision_metadata_proof
DROP PROCEDURE IF EXISTS cleanup_revision_metadata_proof;
-- @end

DELIMITER $$

-- @statement procedure cleanup_revision_metadata_proof
CREATE PROCEDURE cleanup_revision_metadata_proof(
  IN v_run_id BIGINT, IN v_started DATETIME(6))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Judges once more what cleanup_revision_metadata deleted. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN

  -- AM_API_REVISION_METADATA
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' AND b.REVISION_UUID IS NOT NULL THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_API_REVISION_METADATA b
      WHERE b.RUN_ID = v_run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run_id AND s.TABLE_NAME = 'AM_API_REVISION_METADATA';
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register cleanup_revision_metadata_proof
CALL CLEANUP_REGISTER('procedure', 'cleanup_revision_metadata_proof',
    'c62bcc0b0d945079bdf7393153b6490f12baa4cefd25bb62d60a81611f9b95dd');
-- @end
