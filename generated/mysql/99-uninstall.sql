-- Removes what all cleanups of this database share: settings, run log and register. It does so at the end only: while
-- anything of a cleanup is left, it removes nothing. Each cleanup has its own 90-<cleanup>-uninstall.sql.
--
-- Only a procedure can look first; this one is removed again. If it refuses, it stays until this file is run once more.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- @statement drop CLEANUP_UNINSTALL
DROP PROCEDURE IF EXISTS CLEANUP_UNINSTALL;
-- @end

DELIMITER $$

-- @statement procedure CLEANUP_UNINSTALL
CREATE PROCEDURE CLEANUP_UNINSTALL()
  SQL SECURITY INVOKER
  COMMENT 'Removes what all cleanups share. Made by deepclean; its log is CLEANUP_RUN.'
BEGIN
  DECLARE v_left VARCHAR(200);
  SELECT MIN(x.NAME) INTO v_left
  FROM (
    SELECT t.TABLE_NAME AS NAME
    FROM information_schema.TABLES t
    WHERE t.TABLE_SCHEMA = DATABASE()
      AND (LEFT(t.TABLE_NAME, 12) = 'CLEANUP_BAK_'
        OR LEFT(t.TABLE_NAME, 14) = 'CLEANUP_AUDIT_'
        OR LEFT(t.TABLE_NAME, 16) = 'CLEANUP_BACKLOG_'
        OR LEFT(t.TABLE_NAME, 13) = 'CLEANUP_DEAD_'
        OR LEFT(t.TABLE_NAME, 17) = 'CLEANUP_SIGHTING_'
        OR LEFT(t.TABLE_NAME, 14) = 'CLEANUP_BATCH_')
    UNION ALL
    SELECT r.ROUTINE_NAME
    FROM information_schema.ROUTINES r
    WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'PROCEDURE'
      AND LOCATE('Made by deepclean; its log is CLEANUP_RUN.', r.ROUTINE_COMMENT) > 0
      AND r.ROUTINE_NAME <> 'CLEANUP_UNINSTALL'
  ) x;
  IF v_left IS NOT NULL THEN
    SET v_left = LEFT(CONCAT('nothing was removed: ', v_left, ' is still there'), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_left;
  END IF;
  DROP TABLE IF EXISTS
    CLEANUP_RUN_ERROR, CLEANUP_RUN_REST, CLEANUP_RUN_PROOF, CLEANUP_POSITION, CLEANUP_LOCK, CLEANUP_RUN_REASON,
    CLEANUP_RUN_STEP, CLEANUP_RUN, CLEANUP_SETTING, CLEANUP_SIGNATURE, CLEANUP_OBJECT;
END$$
-- @end

DELIMITER ;

-- @statement call CLEANUP_UNINSTALL
CALL CLEANUP_UNINSTALL();
-- @end
-- @statement drop CLEANUP_UNINSTALL
DROP PROCEDURE CLEANUP_UNINSTALL;
-- @end
-- @statement drop CLEANUP_MISFIT
DROP PROCEDURE IF EXISTS CLEANUP_MISFIT;
-- @end
-- @statement drop CLEANUP_TAKE_LOCK
DROP PROCEDURE IF EXISTS CLEANUP_TAKE_LOCK;
-- @end
-- @statement drop CLEANUP_BEGIN
DROP PROCEDURE IF EXISTS CLEANUP_BEGIN;
-- @end
-- @statement drop CLEANUP_OPEN
DROP PROCEDURE IF EXISTS CLEANUP_OPEN;
-- @end
-- @statement drop CLEANUP_LOOK
DROP PROCEDURE IF EXISTS CLEANUP_LOOK;
-- @end
-- @statement drop CLEANUP_COPIED
DROP PROCEDURE IF EXISTS CLEANUP_COPIED;
-- @end
-- @statement drop CLEANUP_EMPTIED
DROP PROCEDURE IF EXISTS CLEANUP_EMPTIED;
-- @end
-- @statement drop CLEANUP_SESSION
DROP PROCEDURE IF EXISTS CLEANUP_SESSION;
-- @end
-- @statement drop CLEANUP_NEXT
DROP PROCEDURE IF EXISTS CLEANUP_NEXT;
-- @end
-- @statement drop CLEANUP_DONE
DROP PROCEDURE IF EXISTS CLEANUP_DONE;
-- @end
-- @statement drop CLEANUP_FAILED
DROP PROCEDURE IF EXISTS CLEANUP_FAILED;
-- @end
-- @statement drop CLEANUP_PRUNE
DROP PROCEDURE IF EXISTS CLEANUP_PRUNE;
-- @end
-- @statement drop CLEANUP_PROVE
DROP PROCEDURE IF EXISTS CLEANUP_PROVE;
-- @end
-- @statement drop CLEANUP_END
DROP PROCEDURE IF EXISTS CLEANUP_END;
-- @end
-- @statement drop CLEANUP_BEGIN_RESTORE
DROP PROCEDURE IF EXISTS CLEANUP_BEGIN_RESTORE;
-- @end
-- @statement drop CLEANUP_RESTORE_TABLE
DROP PROCEDURE IF EXISTS CLEANUP_RESTORE_TABLE;
-- @end
-- @statement drop CLEANUP_PUT_BACK
DROP PROCEDURE IF EXISTS CLEANUP_PUT_BACK;
-- @end
-- @statement drop CLEANUP_END_RESTORE
DROP PROCEDURE IF EXISTS CLEANUP_END_RESTORE;
-- @end
-- @statement drop CLEANUP_REGISTER
DROP PROCEDURE IF EXISTS CLEANUP_REGISTER;
-- @end
-- @statement drop CLEANUP_STORED
DROP VIEW IF EXISTS CLEANUP_STORED;
-- @end
