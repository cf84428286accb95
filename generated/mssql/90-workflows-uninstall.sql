-- Removes everything that deepclean installed in this schema for cleanup_workflows, the kept rows and the log included.
-- A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_WORKFLOWS
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_WORKFLOWS;
GO
-- @end
-- @statement drop restore_workflows
DROP PROCEDURE IF EXISTS dbo.restore_workflows;
GO
-- @end
-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS dbo.cleanup_workflows;
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
-- @statement drop CLEANUP_OBJECT
DROP TABLE IF EXISTS dbo.CLEANUP_OBJECT;
GO
-- @end
-- @statement drop CLEANUP_RUN_REASON
DROP TABLE IF EXISTS dbo.CLEANUP_RUN_REASON;
GO
-- @end
-- @statement drop CLEANUP_RUN_STEP
DROP TABLE IF EXISTS dbo.CLEANUP_RUN_STEP;
GO
-- @end
-- @statement drop CLEANUP_RUN
DROP TABLE IF EXISTS dbo.CLEANUP_RUN;
GO
-- @end
-- @statement drop CLEANUP_SETTING
DROP TABLE IF EXISTS dbo.CLEANUP_SETTING;
GO
-- @end
