-- Removes what all cleanups of this schema share: settings, run log, register and the kit. It does so at the end only:
-- while anything of a cleanup is left, it removes nothing. Each cleanup has its own 90-<cleanup>-uninstall.sql.

-- @statement drop shared
DECLARE @left NVARCHAR(400);
SELECT @left = MIN(x.NAME)
FROM (
  SELECT o.name AS NAME
  FROM sys.objects AS o
  WHERE o.schema_id = SCHEMA_ID('dbo') AND o.type IN ('U', 'V')
    AND (LEFT(o.name, 12) = 'CLEANUP_BAK_'
      OR LEFT(o.name, 14) = 'CLEANUP_AUDIT_'
      OR LEFT(o.name, 16) = 'CLEANUP_BACKLOG_'
      OR LEFT(o.name, 13) = 'CLEANUP_DEAD_'
      OR LEFT(o.name, 17) = 'CLEANUP_SIGHTING_'
      OR LEFT(o.name, 14) = 'CLEANUP_BATCH_')
  UNION ALL
  SELECT OBJECT_NAME(m.object_id)
  FROM sys.sql_modules AS m
  WHERE OBJECT_SCHEMA_NAME(m.object_id) = 'dbo'
    AND CHARINDEX('Made by deepclean; its log is CLEANUP_RUN.', m.definition) > 0
) AS x;
IF @left IS NOT NULL
BEGIN
  -- THROW reads % as the beginning of a format
  SET @left = REPLACE(CONCAT('nothing was removed: ', @left, ' is still there'), '%', '%%');
  THROW 50000, @left, 1;
END;
DROP PROCEDURE IF EXISTS
  dbo.CLEANUP_MISFIT, dbo.CLEANUP_BEGIN, dbo.CLEANUP_CHECK, dbo.CLEANUP_SHAPE, dbo.CLEANUP_OPEN, dbo.CLEANUP_LOOK,
  dbo.CLEANUP_COPIED, dbo.CLEANUP_EMPTIED, dbo.CLEANUP_NEXT, dbo.CLEANUP_DONE, dbo.CLEANUP_FAILED, dbo.CLEANUP_PRUNE,
  dbo.CLEANUP_PROVE, dbo.CLEANUP_END, dbo.CLEANUP_BEGIN_RESTORE, dbo.CLEANUP_LOG_RESTORE, dbo.CLEANUP_CHECK_KEPT,
  dbo.CLEANUP_RETRY_RESTORE, dbo.CLEANUP_END_RESTORE;
DROP PROCEDURE IF EXISTS dbo.CLEANUP_REGISTER;
DROP VIEW IF EXISTS dbo.CLEANUP_STORED;
DROP TABLE IF EXISTS
  dbo.CLEANUP_RUN_ERROR, dbo.CLEANUP_RUN_REST, dbo.CLEANUP_RUN_PROOF, dbo.CLEANUP_POSITION, dbo.CLEANUP_LOCK,
  dbo.CLEANUP_FACT, dbo.CLEANUP_RUN_REASON, dbo.CLEANUP_RUN_STEP, dbo.CLEANUP_RUN, dbo.CLEANUP_SETTING,
  dbo.CLEANUP_SIGNATURE, dbo.CLEANUP_OBJECT;
GO
-- @end
