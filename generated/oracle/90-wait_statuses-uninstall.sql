-- Removes what deepclean installed in this schema for cleanup_wait_statuses, the rows that it kept included. What all
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
      -- ORA-00942, ORA-04043: it is not there
      IF SQLCODE NOT IN (-942, -4043) THEN
        RAISE;
      END IF;
  END;
BEGIN
  drop_object('VIEW CLEANUP_BACKLOG_WAIT_STATUSES');
  drop_object('PROCEDURE restore_wait_statuses');
  drop_object('PROCEDURE cleanup_wait_statuses');
  drop_object('PROCEDURE cleanup_wait_statuses_proof');
  drop_object('TABLE CLEANUP_BAK_IDN_AUTH_WAIT_STATUS CASCADE CONSTRAINTS PURGE');
END;
/
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_wait_statuses';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_WAIT_STATUSES', 'restore_wait_statuses', 'cleanup_wait_statuses', 'cleanup_wait_statuses_proof',
  'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS');
-- @end
-- @statement commit forget
COMMIT;
-- @end
