-- Removes what deepclean installed in this schema for cleanup_sessions, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement drop objects
DECLARE
  PROCEDURE drop_object(p_object IN VARCHAR2) IS
  BEGIN
    EXECUTE IMMEDIATE 'DROP ' || p_object;
  EXCEPTION
    WHEN OTHERS THEN
      -- ORA-14452: another session has rows in it
      IF SQLCODE = -14452 THEN
        RAISE_APPLICATION_ERROR(-20004, p_object
          || ': it is in use; close the sessions that ran cleanup_sessions, and run this file again');
      END IF;
      -- ORA-00942, ORA-04043: it is not there
      IF SQLCODE NOT IN (-942, -4043) THEN
        RAISE;
      END IF;
  END;
BEGIN
  drop_object('VIEW CLEANUP_BACKLOG_SESSIONS');
  drop_object('PROCEDURE restore_sessions');
  drop_object('PROCEDURE cleanup_sessions');
  drop_object('PROCEDURE cleanup_sessions_proof');
  drop_object('TABLE CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_BAK_IDN_AUTH_SESSION_STORE CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_DEAD_IDN_AUTH_SESSION_STORE CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE CASCADE CONSTRAINTS PURGE');
END;
/
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_sessions';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_SESSIONS', 'restore_sessions', 'cleanup_sessions', 'cleanup_sessions_proof',
  'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO',
  'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE',
  'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA',
  'CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO', 'CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING',
  'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE', 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE');
-- @end
-- @statement commit forget
COMMIT;
-- @end
