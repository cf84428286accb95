-- Removes everything that deepclean installed in this database for cleanup_workflows, the kept rows and the log
-- included. A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_WORKFLOWS
DROP VIEW IF EXISTS CLEANUP_BACKLOG_WORKFLOWS;
-- @end
-- @statement drop restore_workflows
DROP PROCEDURE IF EXISTS restore_workflows;
-- @end
-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS cleanup_workflows;
-- @end
-- @statement drop CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
DROP TABLE IF EXISTS CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP;
-- @end
-- @statement drop CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
DROP TABLE IF EXISTS CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION;
-- @end
-- @statement drop CLEANUP_BAK_WF_REQUEST
DROP TABLE IF EXISTS CLEANUP_BAK_WF_REQUEST;
-- @end
-- @statement drop CLEANUP_OBJECT
DROP TABLE IF EXISTS CLEANUP_OBJECT;
-- @end
-- @statement drop CLEANUP_RUN_REASON
DROP TABLE IF EXISTS CLEANUP_RUN_REASON;
-- @end
-- @statement drop CLEANUP_RUN_STEP
DROP TABLE IF EXISTS CLEANUP_RUN_STEP;
-- @end
-- @statement drop CLEANUP_RUN
DROP TABLE IF EXISTS CLEANUP_RUN;
-- @end
-- @statement drop CLEANUP_SETTING
DROP TABLE IF EXISTS CLEANUP_SETTING;
-- @end
