-- Removes everything that deepclean installed in this schema for cleanup_workflows, the kept rows and the log included.
-- A schedule has its own removal.
-- @statement drop cleanup_backlog_workflows
DROP VIEW IF EXISTS public.cleanup_backlog_workflows;
-- @end
-- @statement drop restore_workflows
DROP PROCEDURE IF EXISTS public.restore_workflows;
-- @end
-- @statement drop cleanup_workflows
DROP PROCEDURE IF EXISTS public.cleanup_workflows;
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
-- @statement drop cleanup_object
DROP TABLE IF EXISTS public.cleanup_object;
-- @end
-- @statement drop cleanup_run_reason
DROP TABLE IF EXISTS public.cleanup_run_reason;
-- @end
-- @statement drop cleanup_run_step
DROP TABLE IF EXISTS public.cleanup_run_step;
-- @end
-- @statement drop cleanup_run
DROP TABLE IF EXISTS public.cleanup_run;
-- @end
-- @statement drop cleanup_setting
DROP TABLE IF EXISTS public.cleanup_setting;
-- @end
