-- Removes what deepclean installed in this schema for cleanup_sessions, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal. Run it with sqlcmd -b, or statement by statement: it stops at its beginning while the
-- cleanup runs.
-- @statement guard cleanup_sessions
IF APPLOCK_TEST('public', 'deepclean dbo.cleanup_sessions', 'Exclusive', 'Session') = 0
  THROW 50000, 'nothing was removed: cleanup_sessions is running', 1;
GO
-- @end
-- @statement drop CLEANUP_BACKLOG_SESSIONS
DROP VIEW IF EXISTS dbo.CLEANUP_BACKLOG_SESSIONS;
GO
-- @end
-- @statement drop restore_sessions
DROP PROCEDURE IF EXISTS dbo.restore_sessions;
GO
-- @end
-- @statement drop restore_sessions_batch
DROP PROCEDURE IF EXISTS dbo.restore_sessions_batch;
GO
-- @end
-- @statement drop cleanup_sessions
DROP PROCEDURE IF EXISTS dbo.cleanup_sessions;
GO
-- @end
-- @statement drop cleanup_sessions_batch
DROP PROCEDURE IF EXISTS dbo.cleanup_sessions_batch;
GO
-- @end
-- @statement drop cleanup_sessions_proof
DROP PROCEDURE IF EXISTS dbo.cleanup_sessions_proof;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_AUTH_SESSION_STORE
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE;
GO
-- @end
-- @statement drop CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
DROP TABLE IF EXISTS dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE;
GO
-- @end
-- @statement drop CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA
DROP TABLE IF EXISTS dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA;
GO
-- @end
-- @statement drop CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO
DROP TABLE IF EXISTS dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO;
GO
-- @end
-- @statement drop CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING
DROP TABLE IF EXISTS dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING;
GO
-- @end
-- @statement drop CLEANUP_DEAD_IDN_AUTH_SESSION_STORE
DROP TABLE IF EXISTS dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE;
GO
-- @end
-- @statement drop CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE
DROP TABLE IF EXISTS dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE;
GO
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM dbo.CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_sessions';
DELETE FROM dbo.CLEANUP_FACT WHERE PROCEDURE_NAME = 'cleanup_sessions';
DELETE FROM dbo.CLEANUP_POSITION WHERE PROCEDURE_NAME = 'cleanup_sessions';
DELETE FROM dbo.CLEANUP_LOCK WHERE PROCEDURE_NAME = 'cleanup_sessions';
GO
-- @end
-- @statement forget objects
DELETE FROM dbo.CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_SESSIONS', 'restore_sessions', 'restore_sessions_batch', 'cleanup_sessions',
  'cleanup_sessions_batch', 'cleanup_sessions_proof', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA',
  'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING',
  'CLEANUP_BAK_IDN_AUTH_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE',
  'CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO',
  'CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING', 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE',
  'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE');
GO
-- @end
