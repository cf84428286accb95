-- Removes what all cleanups of this schema share: settings, run log and register. It does so at the end only: while
-- anything of a cleanup is left, it removes nothing. Each cleanup has its own 90-<cleanup>-uninstall.sql.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement drop shared
DECLARE
  v_left VARCHAR2(200);

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
  SELECT MIN(x.NAME) INTO v_left
  FROM (
    SELECT o.OBJECT_NAME AS NAME
    FROM ALL_OBJECTS o
    WHERE o.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
      AND o.OBJECT_TYPE IN ('TABLE', 'VIEW')
      AND (SUBSTR(o.OBJECT_NAME, 1, 12) = 'CLEANUP_BAK_'
        OR SUBSTR(o.OBJECT_NAME, 1, 14) = 'CLEANUP_AUDIT_'
        OR SUBSTR(o.OBJECT_NAME, 1, 16) = 'CLEANUP_BACKLOG_'
        OR SUBSTR(o.OBJECT_NAME, 1, 13) = 'CLEANUP_DEAD_'
        OR SUBSTR(o.OBJECT_NAME, 1, 17) = 'CLEANUP_SIGHTING_'
        OR SUBSTR(o.OBJECT_NAME, 1, 14) = 'CLEANUP_BATCH_')
    UNION ALL
    SELECT s.NAME
    FROM ALL_SOURCE s
    WHERE s.OWNER = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')
      AND s.TYPE = 'PROCEDURE' AND INSTR(s.TEXT, 'Made by deepclean; its log is CLEANUP_RUN.') > 0
  ) x;
  IF v_left IS NOT NULL THEN
    RAISE_APPLICATION_ERROR(-20005, 'nothing was removed: ' || v_left || ' is still there');
  END IF;
  drop_object('PACKAGE CLEANUP_KIT');
  drop_object('PROCEDURE CLEANUP_REGISTER');
  drop_object('VIEW CLEANUP_STORED');
  drop_object('TABLE CLEANUP_RUN_ERROR CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_RUN_REST CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_RUN_PROOF CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_POSITION CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_LOCK CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_RUN_REASON CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_RUN_STEP CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_RUN CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_SETTING CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_SIGNATURE CASCADE CONSTRAINTS PURGE');
  drop_object('TABLE CLEANUP_OBJECT CASCADE CONSTRAINTS PURGE');
END;
/
-- @end
