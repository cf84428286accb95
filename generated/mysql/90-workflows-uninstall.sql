-- Removes what deepclean installed in this database for cleanup_workflows, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_WORKFLOWS
DROP VIEW IF EXISTS CLEANUP_BACKLOG_WORKFLOWS;
-- @end
-- @statement drop restore_workflows
DROP PROCEDURE IF EXISTS restore_workflows;
-- @end
-- @statement drop cleanup_workflows_dry_run
DROP PROCEDURE IF EXISTS cleanup_workflows_dry_run;
-- @end
-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS cleanup_workflows;
-- @end
-- @statement drop cleanup_workflows_proof
DROP PROCEDURE IF EXISTS cleanup_workflows_proof;
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

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_workflows';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_WORKFLOWS', 'restore_workflows', 'cleanup_workflows_dry_run', 'cleanup_workflows',
  'cleanup_workflows_proof', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION',
  'CLEANUP_BAK_WF_REQUEST');
-- @end
