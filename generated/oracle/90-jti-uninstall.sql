-- Removes what deepclean installed in this schema for cleanup_jti, the rows that it kept included. What all cleanups
-- share stays: settings of the others, run log and register; 99-uninstall.sql removes it at the end. A schedule has its
-- own removal.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement drop CLEANUP_BACKLOG_JTI
BEGIN
  EXECUTE IMMEDIATE 'DROP VIEW CLEANUP_BACKLOG_JTI';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop restore_jti
BEGIN
  EXECUTE IMMEDIATE 'DROP PROCEDURE restore_jti';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop cleanup_jti
BEGIN
  EXECUTE IMMEDIATE 'DROP PROCEDURE cleanup_jti';
EXCEPTION
  WHEN OTHERS THEN
    -- ORA-00942, ORA-04043: it is not there
    IF SQLCODE NOT IN (-942, -4043) THEN
      RAISE;
    END IF;
END;
/
-- @end

-- @statement drop CLEANUP_BAK_IDN_OIDC_JTI
BEGIN
  EXECUTE IMMEDIATE 'DROP TABLE CLEANUP_BAK_IDN_OIDC_JTI CASCADE CONSTRAINTS PURGE';
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
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_jti';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_JTI', 'restore_jti', 'cleanup_jti', 'CLEANUP_BAK_IDN_OIDC_JTI');
-- @end
-- @statement commit forget
COMMIT;
-- @end
