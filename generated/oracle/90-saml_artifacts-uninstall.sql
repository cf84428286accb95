-- Removes what deepclean installed in this schema for cleanup_saml_artifacts, the rows that it kept included. What all
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
  drop_object('VIEW CLEANUP_BACKLOG_SAML_ARTIFACTS');
  drop_object('PROCEDURE restore_saml_artifacts');
  drop_object('PROCEDURE cleanup_saml_artifacts');
  drop_object('PROCEDURE cleanup_saml_artifacts_proof');
  drop_object('TABLE CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE CASCADE CONSTRAINTS PURGE');
END;
/
-- @end

-- Its rows in the shared tables; its runs stay in the log.
-- @statement forget settings
DELETE FROM CLEANUP_SETTING WHERE PROCEDURE_NAME = 'cleanup_saml_artifacts';
-- @end
-- @statement forget objects
DELETE FROM CLEANUP_OBJECT
WHERE OBJECT_NAME IN (
  'CLEANUP_BACKLOG_SAML_ARTIFACTS', 'restore_saml_artifacts', 'cleanup_saml_artifacts', 'cleanup_saml_artifacts_proof',
  'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE');
-- @end
-- @statement commit forget
COMMIT;
-- @end
