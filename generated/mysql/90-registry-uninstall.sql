-- Removes everything that deepclean installed in this database for cleanup_registry, the kept rows and the log
-- included. A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_REGISTRY
DROP VIEW IF EXISTS CLEANUP_BACKLOG_REGISTRY;
-- @end
-- @statement drop restore_registry
DROP PROCEDURE IF EXISTS restore_registry;
-- @end
-- @statement drop cleanup_registry
DROP PROCEDURE IF EXISTS cleanup_registry;
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
-- @statement drop CLEANUP_NEWEST_REG_LOG
DROP TABLE IF EXISTS CLEANUP_NEWEST_REG_LOG;
-- @end
-- @statement drop CLEANUP_LIST_REG_RESOURCE
DROP TABLE IF EXISTS CLEANUP_LIST_REG_RESOURCE;
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
