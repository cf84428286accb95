-- Support tables: settings, run log and register of what is installed; shared by all cleanups of this database.
-- All times in them are UTC.

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- Every tunable of every cleanup. Pace, window and stop are read before each batch, so an UPDATE of them takes effect
-- within one; what makes a row dead is read once, when a run begins. Setting dry_run to yes stops a run that deletes.
-- @statement table CLEANUP_SETTING
CREATE TABLE IF NOT EXISTS CLEANUP_SETTING (
  PROCEDURE_NAME VARCHAR(64)  NOT NULL,
  NAME           VARCHAR(64)  NOT NULL,
  VALUE          VARCHAR(255) NOT NULL,
  UNIT           VARCHAR(20),
  MINIMUM_VALUE  BIGINT,
  MAXIMUM_VALUE  BIGINT,
  ALLOWED        VARCHAR(255),
  DESCRIPTION    VARCHAR(400) NOT NULL,
  PRIMARY KEY (PROCEDURE_NAME, NAME),
  CONSTRAINT CLEANUP_SETTING_NUMBER CHECK ((CASE
    WHEN MINIMUM_VALUE IS NULL THEN 1
    WHEN VALUE NOT REGEXP '^[0-9]{1,15}$' OR VALUE REGEXP '[^0-9]' THEN 0
    WHEN CAST(VALUE AS SIGNED) BETWEEN MINIMUM_VALUE AND MAXIMUM_VALUE THEN 1
    ELSE 0
  END) = 1),
  CONSTRAINT CLEANUP_SETTING_WORD CHECK ((CASE
    WHEN ALLOWED IS NULL THEN 1
    WHEN VALUE LIKE '%,%' OR VALUE = 'HH:MM-HH:MM' THEN 0
    WHEN FIND_IN_SET(CAST(VALUE AS BINARY), CAST(ALLOWED AS BINARY)) > 0 THEN 1
    WHEN NAME = 'window' AND VALUE REGEXP '^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$' THEN 1
    ELSE 0
  END) = 1)
) ENGINE = InnoDB;
-- @end

-- One row per run: what happened, and why it stopped.
-- @statement table CLEANUP_RUN
CREATE TABLE IF NOT EXISTS CLEANUP_RUN (
  RUN_ID         BIGINT       NOT NULL AUTO_INCREMENT,
  PROCEDURE_NAME VARCHAR(64)  NOT NULL,
  STARTED_BY     VARCHAR(255) NOT NULL,
  STARTED_AT     DATETIME(3)  NOT NULL,
  ENDED_AT       DATETIME(3),
  CUT_OFF        DATETIME(6),
  DRY_RUN        VARCHAR(3)   NOT NULL DEFAULT 'no',
  STATUS         VARCHAR(20)  NOT NULL,
  WHY_STOPPED    VARCHAR(400),
  PRIMARY KEY (RUN_ID)
) ENGINE = InnoDB;
-- @end

-- One row per run and table, kept up to date after every batch.
-- @statement table CLEANUP_RUN_STEP
CREATE TABLE IF NOT EXISTS CLEANUP_RUN_STEP (
  RUN_ID           BIGINT      NOT NULL,
  TABLE_NAME       VARCHAR(64) NOT NULL,
  SEEN             BIGINT      NOT NULL DEFAULT 0,
  DELETED          BIGINT      NOT NULL DEFAULT 0,
  RESTORED         BIGINT      NOT NULL DEFAULT 0,
  BATCHES          INT         NOT NULL DEFAULT 0,
  RETRIES          INT         NOT NULL DEFAULT 0,
  LONGEST_BATCH_MS INT         NOT NULL DEFAULT 0,
  PRIMARY KEY (RUN_ID, TABLE_NAME)
) ENGINE = InnoDB;
-- @end

-- Deleted rows by the reason why they were dead.
-- @statement table CLEANUP_RUN_REASON
CREATE TABLE IF NOT EXISTS CLEANUP_RUN_REASON (
  RUN_ID     BIGINT      NOT NULL,
  TABLE_NAME VARCHAR(64) NOT NULL,
  REASON     VARCHAR(40) NOT NULL,
  DELETED    BIGINT      NOT NULL DEFAULT 0,
  PRIMARY KEY (RUN_ID, TABLE_NAME, REASON)
) ENGINE = InnoDB;
-- @end

-- What is installed: the checksum of the statement that made it, and of what the server keeps of it.
-- @statement table CLEANUP_OBJECT
CREATE TABLE IF NOT EXISTS CLEANUP_OBJECT (
  OBJECT_NAME     VARCHAR(64) NOT NULL,
  OBJECT_KIND     VARCHAR(20) NOT NULL,
  ARTIFACT_SHA256 CHAR(64)    NOT NULL,
  STORED_SHA256   CHAR(64)    NOT NULL,
  PRIMARY KEY (OBJECT_NAME, OBJECT_KIND)
) ENGINE = InnoDB;
-- @end

-- Who signed what is installed, by the checksum of the statement that made it; entered by an installation that asks for
-- a signature. The time is the one that the signer signed.
-- @statement table CLEANUP_SIGNATURE
CREATE TABLE IF NOT EXISTS CLEANUP_SIGNATURE (
  ARTIFACT_SHA256 CHAR(64)                           NOT NULL,
  SIGNER_KEY      VARCHAR(100)                       NOT NULL,
  SIGNER          VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
  SIGNED_BY       VARCHAR(100) CHARACTER SET utf8mb4 NOT NULL,
  SIGNED_AT       VARCHAR(20)                        NOT NULL,
  REVIEW_SHA256   CHAR(64)                           NOT NULL,
  RECORDED_AT     DATETIME(3)                        NOT NULL,
  PRIMARY KEY (ARTIFACT_SHA256, SIGNER_KEY)
) ENGINE = InnoDB;
-- @end

-- What the server keeps of the procedures, views and tables of this database, as checksums.
-- @statement view CLEANUP_STORED
CREATE OR REPLACE SQL SECURITY INVOKER VIEW CLEANUP_STORED AS
SELECT r.ROUTINE_NAME AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
  SHA2(r.ROUTINE_DEFINITION, 256) AS STORED_SHA256
FROM information_schema.ROUTINES r
WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'PROCEDURE'
UNION ALL
SELECT v.TABLE_NAME AS OBJECT_NAME, 'view' AS OBJECT_KIND,
  SHA2(v.VIEW_DEFINITION, 256) AS STORED_SHA256
FROM information_schema.VIEWS v
WHERE v.TABLE_SCHEMA = DATABASE()
UNION ALL
SELECT c.TABLE_NAME AS OBJECT_NAME, 'table' AS OBJECT_KIND,
  SHA2(CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT_WS(' ', c.ORDINAL_POSITION, c.COLUMN_NAME, c.COLUMN_TYPE)))),
    256) AS STORED_SHA256
FROM information_schema.COLUMNS c
WHERE c.TABLE_SCHEMA = DATABASE()
GROUP BY c.TABLE_NAME;
-- @end

-- @statement drop CLEANUP_REGISTER
DROP PROCEDURE IF EXISTS CLEANUP_REGISTER;
-- @end

DELIMITER $$

-- Enters an object that was just made into the register, with the checksum of the statement that made it.
-- @statement procedure CLEANUP_REGISTER
CREATE PROCEDURE CLEANUP_REGISTER(
  p_kind VARCHAR(20) CHARACTER SET utf8mb4, p_name VARCHAR(64) CHARACTER SET utf8mb4, p_artifact_sha256 CHAR(64))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_stored CHAR(64);
  -- Not within the statement that writes: MariaDB warns of a table that another session is changing
  SELECT k.STORED_SHA256 INTO v_stored
  FROM CLEANUP_STORED k
  WHERE k.OBJECT_NAME = p_name AND k.OBJECT_KIND = p_kind;
  REPLACE INTO CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
  VALUES (p_name, p_kind, p_artifact_sha256, v_stored);
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register CLEANUP_SETTING
CALL CLEANUP_REGISTER('table', 'CLEANUP_SETTING', '7c9a31dd51198595bbef8494bf5ed10baf7855842081a199e5d10171c62da2af');
-- @end
-- @statement register CLEANUP_RUN
CALL CLEANUP_REGISTER('table', 'CLEANUP_RUN', 'b9631b1e86dc5a6ffb424a8803882165c5420422c81eb372034104d431774db0');
-- @end
-- @statement register CLEANUP_RUN_STEP
CALL CLEANUP_REGISTER('table', 'CLEANUP_RUN_STEP', 'fd347566207532cd4d8395bfe271cdccec9c2b1c72f0a4460e3b9efb247ad57f');
-- @end
-- @statement register CLEANUP_RUN_REASON
CALL CLEANUP_REGISTER('table', 'CLEANUP_RUN_REASON',
    'fbcf448648846c730aa11f9e199ffc3d215d5ec896b3204978c745c46f605afe');
-- @end
-- @statement register CLEANUP_OBJECT
CALL CLEANUP_REGISTER('table', 'CLEANUP_OBJECT', '92a5f87f54fdfcdb1145b0183b4363a829bbc51b94faa9c72e9caa5f2ca04b95');
-- @end
-- @statement register CLEANUP_SIGNATURE
CALL CLEANUP_REGISTER('table', 'CLEANUP_SIGNATURE', '93bcc1bf5cd0889413bfb82b3baf0821e3eb2288414d91ab252f83a2a4e8cc2b');
-- @end
-- @statement register CLEANUP_STORED
CALL CLEANUP_REGISTER('view', 'CLEANUP_STORED', '2afd3a4e8e204e88d1f3d5168c7297cfe65910ace3b79e210a5e8282a218fc33');
-- @end
-- @statement register CLEANUP_REGISTER
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_REGISTER',
    'bac6da64c57b319769cbd4f172326b8053fbd8dec97290bdc0172693cced9f1c');
-- @end
