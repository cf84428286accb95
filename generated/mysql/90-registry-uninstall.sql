-- Removes what deepclean installed in this database for cleanup_registry, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_REGISTRY
DROP VIEW IF EXISTS CLEANUP_BACKLOG_REGISTRY;
-- @end
-- @statement drop restore_registry
DROP PROCEDURE IF EXISTS restore_registry;
-- @end
-- @statement drop cleanup_registry_dry_run
DROP PROCEDURE IF EXISTS cleanup_registry_dry_run;
-- @end
-- @statement drop cleanup_registry
DROP PROCEDURE IF EXISTS cleanup_registry;
-- @end
-- @statement drop cleanup_registry_proof
DROP PROCEDURE IF EXISTS cleanup_registry_proof;
-- @end
-- @statement drop CLEANUP_BAK_REG_RESOURCE_TAG
DROP TABLE IF EXISTS CLEANUP_BAK_REG_RESOURCE_TAG;
-- @end
-- @statement drop CLEANUP_BAK_REG_TAG
DROP TABLE IF EXISTS CLEANUP_BAK_REG_TAG;
-- @end
-- @statement drop CLEANUP_BAK_REG_LOG
DROP TABLE IF EXISTS CLEANUP_BAK_REG_LOG;
-- @end
-- @statement drop CLEANUP_BAK_REG_RESOURCE_PROPERTY
DROP TABLE IF EXISTS CLEANUP_BAK_REG_RESOURCE_PROPERTY;
-- @end
-- @statement drop CLEANUP_BAK_REG_PROPERTY
DROP TABLE IF EXISTS CLEANUP_BAK_REG_PROPERTY;
-- @end
-- @statement drop CLEANUP_BAK_REG_RESOURCE
DROP TABLE IF EXISTS CLEANUP_BAK_REG_RESOURCE;
-- @end
-- @statement drop CLEANUP_DEAD_REG_LOG_DELETED
DROP TABLE IF EXISTS CLEANUP_DEAD_REG_LOG_DELETED;
-- @end
-- @statement drop CLEANUP_DEAD_REG_LOG_SUPERSEDED
DROP TABLE IF EXISTS CLEANUP_DEAD_REG_LOG_SUPERSEDED;
-- @end
-- @statement drop CLEANUP_DEAD_REG_RESOURCE
DROP TABLE IF EXISTS CLEANUP_DEAD_REG_RESOURCE;
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_registry';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_REGISTRY', 'restore_registry', 'cleanup_registry_dry_run', 'cleanup_registry',
  'cleanup_registry_proof', 'CLEANUP_BAK_REG_RESOURCE_TAG', 'CLEANUP_BAK_REG_TAG', 'CLEANUP_BAK_REG_LOG',
  'CLEANUP_BAK_REG_RESOURCE_PROPERTY', 'CLEANUP_BAK_REG_PROPERTY', 'CLEANUP_BAK_REG_RESOURCE',
  'CLEANUP_DEAD_REG_LOG_DELETED', 'CLEANUP_DEAD_REG_LOG_SUPERSEDED', 'CLEANUP_DEAD_REG_RESOURCE');
-- @end
