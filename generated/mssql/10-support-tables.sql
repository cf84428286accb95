-- Support tables: settings, run log and register of what is installed; shared by all cleanups of this schema.
-- All times in them are UTC.

-- The server keeps some of these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session settings
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
-- @end

-- Every tunable of every cleanup. Pace, window and stop are read before each batch, so an UPDATE of them takes effect
-- within one; what makes a row dead is read once, when a run begins. Setting dry_run to yes stops a run that deletes.
-- @statement table CLEANUP_SETTING
IF OBJECT_ID('dbo.CLEANUP_SETTING', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_SETTING (
  PROCEDURE_NAME VARCHAR(128) NOT NULL,
  NAME           VARCHAR(64)  NOT NULL,
  VALUE          VARCHAR(255) NOT NULL,
  UNIT           VARCHAR(20)  NULL,
  MINIMUM_VALUE  BIGINT       NULL,
  MAXIMUM_VALUE  BIGINT       NULL,
  ALLOWED        VARCHAR(255) NULL,
  DESCRIPTION    VARCHAR(400) NOT NULL,
  CONSTRAINT CLEANUP_SETTING_KEY PRIMARY KEY (PROCEDURE_NAME, NAME),
  CONSTRAINT CLEANUP_SETTING_NUMBER CHECK (CASE
    WHEN MINIMUM_VALUE IS NULL THEN 1
    WHEN VALUE LIKE '%[^0-9]%' OR LEN(VALUE) NOT BETWEEN 1 AND 15 THEN 0
    WHEN CAST(VALUE AS BIGINT) BETWEEN MINIMUM_VALUE AND MAXIMUM_VALUE THEN 1
    ELSE 0
  END = 1),
  CONSTRAINT CLEANUP_SETTING_WORD CHECK (CASE
    WHEN ALLOWED IS NULL THEN 1
    WHEN VALUE LIKE '%,%' OR VALUE = 'HH:MM-HH:MM' THEN 0
    WHEN CHARINDEX(',' + VALUE + ',', ',' + ALLOWED + ',' COLLATE Latin1_General_BIN2) > 0 THEN 1
    WHEN NAME = 'window' AND LEN(VALUE) = 11 AND VALUE LIKE '[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]'
      AND LEFT(VALUE, 2) < '24' AND SUBSTRING(VALUE, 7, 2) < '24' THEN 1
    ELSE 0
  END = 1)
);
GO
-- @end

-- One row per run: what happened, and why it stopped.
-- @statement table CLEANUP_RUN
IF OBJECT_ID('dbo.CLEANUP_RUN', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_RUN (
  RUN_ID         BIGINT        NOT NULL IDENTITY(1, 1),
  PROCEDURE_NAME VARCHAR(128)  NOT NULL,
  STARTED_BY     NVARCHAR(256) NOT NULL,
  STARTED_AT     DATETIME2(3)  NOT NULL,
  ENDED_AT       DATETIME2(3)  NULL,
  CUT_OFF        DATETIME2(6)  NULL,
  DRY_RUN        VARCHAR(3)    NOT NULL CONSTRAINT CLEANUP_RUN_WET DEFAULT 'no',
  STATUS         VARCHAR(20)   NOT NULL,
  WHY_STOPPED    NVARCHAR(400) NULL,
  CONSTRAINT CLEANUP_RUN_KEY PRIMARY KEY (RUN_ID)
);
GO
-- @end

-- One row per run and table, kept up to date after every batch.
-- @statement table CLEANUP_RUN_STEP
IF OBJECT_ID('dbo.CLEANUP_RUN_STEP', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_RUN_STEP (
  RUN_ID           BIGINT       NOT NULL,
  TABLE_NAME       VARCHAR(128) NOT NULL,
  SEEN             BIGINT       NOT NULL CONSTRAINT CLEANUP_RUN_STEP_SEEN DEFAULT 0,
  DELETED          BIGINT       NOT NULL CONSTRAINT CLEANUP_RUN_STEP_DELETED DEFAULT 0,
  RESTORED         BIGINT       NOT NULL CONSTRAINT CLEANUP_RUN_STEP_RESTORED DEFAULT 0,
  BATCHES          INT          NOT NULL CONSTRAINT CLEANUP_RUN_STEP_BATCHES DEFAULT 0,
  RETRIES          INT          NOT NULL CONSTRAINT CLEANUP_RUN_STEP_RETRIES DEFAULT 0,
  LONGEST_BATCH_MS INT          NOT NULL CONSTRAINT CLEANUP_RUN_STEP_LONGEST DEFAULT 0,
  CONSTRAINT CLEANUP_RUN_STEP_KEY PRIMARY KEY (RUN_ID, TABLE_NAME)
);
GO
-- @end

-- Deleted rows by the reason why they were dead.
-- @statement table CLEANUP_RUN_REASON
IF OBJECT_ID('dbo.CLEANUP_RUN_REASON', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_RUN_REASON (
  RUN_ID     BIGINT       NOT NULL,
  TABLE_NAME VARCHAR(128) NOT NULL,
  REASON     VARCHAR(40)  NOT NULL,
  DELETED    BIGINT       NOT NULL CONSTRAINT CLEANUP_RUN_REASON_DELETED DEFAULT 0,
  CONSTRAINT CLEANUP_RUN_REASON_KEY PRIMARY KEY (RUN_ID, TABLE_NAME, REASON)
);
GO
-- @end

-- What is installed: the checksum of the statement that made it, and of what the server keeps of it.
-- @statement table CLEANUP_OBJECT
IF OBJECT_ID('dbo.CLEANUP_OBJECT', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_OBJECT (
  OBJECT_NAME     VARCHAR(128) NOT NULL,
  OBJECT_KIND     VARCHAR(20)  NOT NULL,
  ARTIFACT_SHA256 CHAR(64)     NOT NULL,
  STORED_SHA256   CHAR(64)     NOT NULL,
  CONSTRAINT CLEANUP_OBJECT_KEY PRIMARY KEY (OBJECT_NAME, OBJECT_KIND)
);
GO
-- @end

-- Who signed what is installed, by the checksum of the statement that made it; entered by an installation that asks for
-- a signature. The time is the one that the signer signed.
-- @statement table CLEANUP_SIGNATURE
IF OBJECT_ID('dbo.CLEANUP_SIGNATURE', 'U') IS NULL
CREATE TABLE dbo.CLEANUP_SIGNATURE (
  ARTIFACT_SHA256 CHAR(64)      NOT NULL,
  SIGNER_KEY      VARCHAR(100)  NOT NULL,
  SIGNER          NVARCHAR(255) NOT NULL,
  SIGNED_BY       NVARCHAR(100) NOT NULL,
  SIGNED_AT       VARCHAR(20)   NOT NULL,
  REVIEW_SHA256   CHAR(64)      NOT NULL,
  RECORDED_AT     DATETIME2(3)  NOT NULL,
  CONSTRAINT CLEANUP_SIGNATURE_KEY PRIMARY KEY (ARTIFACT_SHA256, SIGNER_KEY)
);
GO
-- @end

-- What the server keeps of the procedures, views and tables of this schema, as checksums.
-- @statement view CLEANUP_STORED
CREATE OR ALTER VIEW dbo.CLEANUP_STORED AS
SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
  CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
FROM sys.sql_modules AS m
JOIN sys.objects AS b ON b.object_id = m.object_id
WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
UNION ALL
SELECT b.name AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', CONCAT(y.columns, ' ', y.keys)), 2) AS STORED_SHA256
FROM sys.tables AS b
CROSS APPLY (
  SELECT (
    SELECT CONCAT(c.column_id, ' ', c.name COLLATE Latin1_General_BIN2, ' ', c.user_type_id, ' ', c.max_length, ' ',
      c.precision, ' ', c.scale, ' ', c.is_nullable, ' ', c.is_identity, ' ', c.collation_name, ',')
    FROM sys.columns AS c
    WHERE c.object_id = b.object_id
    ORDER BY c.column_id FOR XML PATH('')) AS columns, (
    SELECT CONCAT(c.key_ordinal, ' ', COL_NAME(c.object_id, c.column_id), ',')
    FROM sys.indexes AS i
    JOIN sys.index_columns AS c ON c.object_id = i.object_id AND c.index_id = i.index_id
    WHERE i.object_id = b.object_id AND i.is_primary_key = 1
    ORDER BY c.key_ordinal FOR XML PATH('')) AS keys) AS y
WHERE b.schema_id = SCHEMA_ID('dbo');
GO
-- @end

-- Enters an object that was just made into the register, with the checksum of the statement that made it.
-- @statement procedure CLEANUP_REGISTER
CREATE OR ALTER PROCEDURE dbo.CLEANUP_REGISTER
  @kind            VARCHAR(20),
  @name            VARCHAR(128),
  @artifact_sha256 CHAR(64),
  @mark            CHAR(16) = NULL        -- stands in the text of a routine
AS
BEGIN
  -- Shared by the cleanups of deepclean; their log is CLEANUP_RUN. Text 6de30e2478f3dc09.
  SET NOCOUNT ON;
  IF @mark IS NOT NULL AND NOT EXISTS (
    SELECT 1
    FROM sys.sql_modules AS m
    WHERE m.object_id = OBJECT_ID(QUOTENAME('dbo') + '.' + QUOTENAME(@name))
      AND CHARINDEX(@mark, m.definition) > 0)
  BEGIN
    -- THROW reads % as the beginning of a format
    DECLARE @problem NVARCHAR(400) = REPLACE(
      CONCAT(@kind, ' ', @name, ' is not the one of this file: the statement that made it failed'), '%', '%%');
    THROW 50000, @problem, 1;
  END;
  DELETE FROM dbo.CLEANUP_OBJECT WHERE OBJECT_NAME = @name AND OBJECT_KIND = @kind;
  INSERT INTO dbo.CLEANUP_OBJECT (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256, STORED_SHA256)
  VALUES (@name, @kind, @artifact_sha256, (
    SELECT k.STORED_SHA256 FROM dbo.CLEANUP_STORED AS k WHERE k.OBJECT_NAME = @name AND k.OBJECT_KIND = @kind));
END;
GO
-- @end

-- The register: what verification compares with later.
-- @statement register
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_SETTING',
    '9e717a081976212b1b12c49c2c9b2f5188d2029bb26fcb9fdf35dd274cca7726';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_RUN', 'eeacfe666a5ef0724039af7d9fa75cc4ec46c31b25de84db20b4a1603eea88c0';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_RUN_STEP',
    '207fcf3090ad1388e07a140e5f8163e73dd78c92bb0b0ce0df6f67de7a3bf329';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_RUN_REASON',
    '47421b68276cbde2c8c12851159446f2190a21b378675d295eb6d6c381ef90dc';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_OBJECT', '4533249bb53b0180f2e8b6d9c3843d50703a443125e190475574f2f8ba892992';
EXEC dbo.CLEANUP_REGISTER 'table', 'CLEANUP_SIGNATURE',
    'de96f89103433d9d66a1263c650e57e67c92659139568e457e8249c2d542526e';
EXEC dbo.CLEANUP_REGISTER 'view', 'CLEANUP_STORED', 'ce5ae679b979ef1ce64d70d8b83d9abbdf9541774eee0654ae9eb2171ce30ce5';
EXEC dbo.CLEANUP_REGISTER 'procedure', 'CLEANUP_REGISTER',
    '80720c93f0f2522053c01422c1cb830335861ba3813911965e23d8db810876d5', '6de30e2478f3dc09';
GO
-- @end
