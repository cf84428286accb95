-- Removes everything that deepclean installed in this schema for cleanup_jti, the kept rows and the log included.
-- A schedule has its own removal.
-- @statement drop CLEANUP_BACKLOG_JTI
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_JTI;
GO
-- @end
-- @statement drop restore_jti
DROP PROCEDURE IF EXISTS dbo.restore_jti;
GO
-- @end
-- @statement drop cleanup_jti
DROP PROCEDURE IF EXISTS dbo.cleanup_jti;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_OIDC_JTI
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_OIDC_JTI;
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
