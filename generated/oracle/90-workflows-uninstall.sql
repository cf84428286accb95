-- Removes what deepclean installed in this schema for cleanup_workflows, the rows that it kept included. What all
-- cleanups share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A
-- schedule has its own removal.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement drop CLEANUP_BACKLOG_WORKFLOWS
BEGIN
  EXECUTE IMMEDIATE 'DROP VIEW CLEANUP_BACKLOG_WORKFLOWS';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop restore_workflows
BEGIN
  EXECUTE IMMEDIATE 'DROP PROCEDURE restore_workflows';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop cleanup_workflows
BEGIN
  EXECUTE IMMEDIATE 'DROP PROCEDURE cleanup_workflows';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
BEGIN
  EXECUTE IMMEDIATE 'DROP TABLE CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP CASCADE CONSTRAINTS PURGE';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
BEGIN
  EXECUTE IMMEDIATE 'DROP TABLE CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION CASCADE CONSTRAINTS PURGE';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop CLEANUP_BAK_WF_REQUEST
BEGIN
  EXECUTE IMMEDIATE 'DROP TABLE CLEANUP_BAK_WF_REQUEST CASCADE CONSTRAINTS PURGE';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_workflows';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_WORKFLOWS', 'restore_workflows', 'cleanup_workflows', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP',
  'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 'CLEANUP_BAK_WF_REQUEST');
-- @end
-- @statement commit forget
COMMIT;
-- @end
