-- Removes what deepclean installed in this schema for cleanup_workflows, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop cleanup_backlog_workflows
DROP FUNCTION IF EXISTS public.cleanup_backlog_workflows;
-- @end
-- @statement drop restore_workflows
DROP PROCEDURE IF EXISTS public.restore_workflows;
-- @end
-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS public.cleanup_workflows;
-- @end
-- @statement drop cleanup_workflows_proof
DROP PROCEDURE IF EXISTS public.cleanup_workflows_proof;
-- @end
-- @statement drop cleanup_bak_wf_request_entity_relationship
DROP TABLE IF EXISTS public.cleanup_bak_wf_request_entity_relationship;
-- @end
-- @statement drop cleanup_bak_wf_workflow_request_relation
DROP TABLE IF EXISTS public.cleanup_bak_wf_workflow_request_relation;
-- @end
-- @statement drop cleanup_bak_wf_request
DROP TABLE IF EXISTS public.cleanup_bak_wf_request;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM public.cleanup_setting WHERE procedure_name = 'cleanup_workflows';
-- @end
-- @statement forget objects
DELETE FROM public.cleanup_object
WHERE object_name IN (
  'cleanup_backlog_workflows', 'restore_workflows', 'cleanup_workflows', 'cleanup_workflows_proof',
  'cleanup_bak_wf_request_entity_relationship', 'cleanup_bak_wf_workflow_request_relation', 'cleanup_bak_wf_request');
-- @end
