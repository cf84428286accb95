-- Removes what deepclean installed in this schema for cleanup_workflows, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal. Run it with sqlcmd -b, or statement by statement: it stops at its beginning while the
-- cleanup runs.
-- @statement guard cleanup_workflows
IF APPLOCK_TEST('public', 'deepclean dbo.cleanup_workflows', 'Exclusive', 'Session') = 0
  THROW 50000, 'nothing was removed: cleanup_workflows is running', 1;
GO
-- @end
-- @statement drop CLEANUP_BACKLOG_WORKFLOWS
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_WORKFLOWS;
GO
-- @end
-- @statement drop restore_workflows
DROP PROCEDURE IF EXISTS dbo.restore_workflows;
GO
-- @end
-- @statement drop restore_workflows_batch
DROP PROCEDURE IF EXISTS dbo.restore_workflows_batch;
GO
-- @end
-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS dbo.cleanup_workflows;
GO
-- @end
-- @statement drop cleanup_workflows_batch
DROP PROCEDURE IF EXISTS dbo.cleanup_workflows_batch;
GO
-- @end
-- @statement drop cleanup_workflows_proof
DROP PROCEDURE IF EXISTS dbo.cleanup_workflows_proof;
GO
-- @end
-- @statement drop CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP;
GO
-- @end
-- @statement drop CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION;
GO
-- @end
-- @statement drop CLEANUP_BAK_WF_REQUEST
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_WF_REQUEST;
GO
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM dbo.CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_workflows';
DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_workflows';
DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = 'cleanup_workflows';
DELETE FROM dbo.CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_workflows';
GO
-- @end
-- @statement forget objects
DELETE FROM dbo.CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_WORKFLOWS', 'restore_workflows', 'restore_workflows_batch', 'cleanup_workflows',
  'cleanup_workflows_batch', 'cleanup_workflows_proof', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP',
  'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 'CLEANUP_BAK_WF_REQUEST');
GO
-- @end
