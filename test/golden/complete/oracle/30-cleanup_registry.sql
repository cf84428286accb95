-- cleanup_registry: deletes superseded registry log entries, what deleted resources left, and expired confirmation
-- codes.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   REG_RESOURCE when
--     code_expired: it is a confirmation code, and every expireTime of it has passed
--   and then from REG_RESOURCE_PROPERTY when
--     code_gone: its confirmation code is gone
--   REG_LOG when
--     superseded: its path has a newer entry
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_LOG, once those are gone, when
--     deleted: it says that its resource was deleted, and no other entry of its path is left
--     and only if its REG_LOGGED_TIME is before the log cut-off
--   REG_RESOURCE_PROPERTY when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_PROPERTY when
--     unreferenced: nothing refers to it any more
--   REG_RESOURCE_TAG when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   REG_TAG when
--     unreferenced: nothing refers to it any more
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_registry(run) puts back what is still kept.
-- EXECUTE cleanup_registry('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_registry and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_registry
CREATE OR REPLACE PROCEDURE cleanup_registry(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_found CLEANUP_KIT.rowids;    -- rows that go with them
  v_why CLEANUP_KIT.words;
  v_counted NUMBER;              -- rows that must be as many when they are counted again
  v_again NUMBER;
  v_log_cut_off TIMESTAMP(6);
  v_code_cut_off TIMESTAMP(6);
  v_code_cut_off_ms NUMBER;
  v_log_minimum_age_hours NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 NUMBER;
  v_upto_1 REG_RESOURCE.REG_VERSION%TYPE;
  v_after_2 NUMBER;
  v_upto_2 REG_LOG.REG_LOG_ID%TYPE;
  v_after_3 NUMBER;
  v_upto_3 REG_LOG.REG_LOG_ID%TYPE;
  v_after_4 NUMBER;
  v_upto_4 REG_RESOURCE_PROPERTY.ID%TYPE;
  v_until_4 REG_RESOURCE_PROPERTY.ID%TYPE;
  v_after_5 NUMBER;
  v_upto_5 REG_PROPERTY.REG_ID%TYPE;
  v_until_5 REG_PROPERTY.REG_ID%TYPE;
  v_after_6 NUMBER;
  v_upto_6 REG_RESOURCE_TAG.ID%TYPE;
  v_until_6 REG_RESOURCE_TAG.ID%TYPE;
  v_after_7 NUMBER;
  v_upto_7 REG_TAG.REG_ID%TYPE;
  v_until_7 REG_TAG.REG_ID%TYPE;

  -- Copies and deletes rows of REG_RESOURCE_PROPERTY, which are locked
  PROCEDURE take_3(p_run_id NUMBER, p_rows CLEANUP_KIT.rowids, p_reasons CLEANUP_KIT.words) IS
  BEGIN
    IF p_rows.COUNT > 0 THEN
      FORALL i IN 1 .. p_rows.COUNT
        INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
          (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
        SELECT p_run_id, p_reasons(i), t.ID, t.REG_PROPERTY_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME,
               t.REG_TENANT_ID
        FROM REG_RESOURCE_PROPERTY t
        WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
      FORALL i IN 1 .. p_rows.COUNT
        DELETE FROM REG_RESOURCE_PROPERTY t WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
    END IF;
  END take_3;

  -- Copies and deletes rows of REG_LOG, which are locked
  PROCEDURE take_4(p_run_id NUMBER, p_rows CLEANUP_KIT.rowids, p_reasons CLEANUP_KIT.words) IS
  BEGIN
    IF p_rows.COUNT > 0 THEN
      FORALL i IN 1 .. p_rows.COUNT
        INSERT INTO CLEANUP_BAK_REG_LOG
          (RUN_ID, REASON, REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_ACTION_DATA,
           REG_TENANT_ID)
        SELECT p_run_id, p_reasons(i), t.REG_LOG_ID, t.REG_PATH, t.REG_USER_ID, t.REG_LOGGED_TIME, t.REG_ACTION,
               t.REG_ACTION_DATA, t.REG_TENANT_ID
        FROM REG_LOG t
        WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
      FORALL i IN 1 .. p_rows.COUNT
        DELETE FROM REG_LOG t WHERE t.ROWID = p_rows(i);
      CLEANUP_KIT.check_rows(SQL%ROWCOUNT, p_rows.COUNT);
    END IF;
  END take_4;

BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'REG_RESOURCE', 'CLEANUP_BAK_REG_RESOURCE', 12);
  CLEANUP_KIT.expect(v_run, 'REG_PROPERTY', 'CLEANUP_BAK_REG_PROPERTY', 4);
  CLEANUP_KIT.expect(v_run, 'REG_RESOURCE_PROPERTY', 'CLEANUP_BAK_REG_RESOURCE_PROPERTY', 6);
  CLEANUP_KIT.expect_key(v_run, 'REG_PROPERTY_ID, REG_TENANT_ID -> REG_PROPERTY (REG_ID, REG_TENANT_ID) NO ACTION');
  CLEANUP_KIT.expect(v_run, 'REG_LOG', 'CLEANUP_BAK_REG_LOG', 7);
  CLEANUP_KIT.expect(v_run, 'REG_TAG', 'CLEANUP_BAK_REG_TAG', 5);
  CLEANUP_KIT.expect(v_run, 'REG_RESOURCE_TAG', 'CLEANUP_BAK_REG_RESOURCE_TAG', 6);
  CLEANUP_KIT.expect_key(v_run, 'REG_TAG_ID, REG_TENANT_ID -> REG_TAG (REG_ID, REG_TENANT_ID) NO ACTION');
  CLEANUP_KIT.expect(v_run, 'REG_PATH');
  CLEANUP_KIT.expect(v_run, 'REG_RESOURCE_HISTORY');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_registry', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_log_minimum_age_hours := CLEANUP_KIT.number_of(v_run, 'log_minimum_age_hours', 24);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  v_log_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_log_minimum_age_hours, 'HOUR');
  -- UTC now, less an hour for clocks that differ
  v_code_cut_off := v_run.started - NUMTODSINTERVAL(1, 'HOUR');
  v_code_cut_off_ms := FLOOR((((TO_NUMBER(TO_CHAR(v_code_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_code_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_code_cut_off, 'FF6'))) / 1000);
  UPDATE CLEANUP_RUN SET CUT_OFF = v_log_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. REG_RESOURCE
  CLEANUP_KIT.open_table(v_run, 'REG_RESOURCE', 'list');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM CLEANUP_DEAD_REG_RESOURCE;
        INSERT INTO CLEANUP_DEAD_REG_RESOURCE (RUN_ID, REG_VERSION, REG_TENANT_ID, REG_PATH_ID, REG_NAME)
        SELECT DISTINCT v_run.run_id, t.REG_VERSION, t.REG_TENANT_ID, t.REG_PATH_ID, t.REG_NAME
        FROM REG_RESOURCE t
        WHERE t.REG_NAME IS NOT NULL
          AND EXISTS (
            SELECT 1 FROM REG_PATH o
            WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
              AND SUBSTR(o.REG_PATH_VALUE || '/', 1, 72)
                  = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
          AND (EXISTS (
                 SELECT 1 FROM REG_RESOURCE_PROPERTY o
                 WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                   AND EXISTS (
                     SELECT 1 FROM REG_PROPERTY o2
                     WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                       AND o2.REG_NAME = 'expireTime'
                       AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                           AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                           THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms))
               OR EXISTS (
                 SELECT 1 FROM REG_RESOURCE_PROPERTY o
                 WHERE o.REG_PATH_ID = t.REG_PATH_ID
                   AND o.REG_RESOURCE_NAME = t.REG_NAME
                   AND o.REG_TENANT_ID = t.REG_TENANT_ID
                   AND o.REG_VERSION IS NULL
                   AND EXISTS (
                     SELECT 1 FROM REG_PROPERTY o2
                     WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                       AND o2.REG_NAME = 'expireTime'
                       AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                           AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                           THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms)))
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE_PROPERTY o
            WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
              AND EXISTS (
                SELECT 1 FROM REG_PROPERTY o2
                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                  AND o2.REG_NAME = 'expireTime'
                  AND CASE WHEN CASE
                      WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                      THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms THEN 0 ELSE 1 END = 1))
          AND NOT EXISTS (
            SELECT 1 FROM REG_RESOURCE_PROPERTY o
            WHERE o.REG_PATH_ID = t.REG_PATH_ID
              AND o.REG_RESOURCE_NAME = t.REG_NAME
              AND o.REG_TENANT_ID = t.REG_TENANT_ID
              AND o.REG_VERSION IS NULL
              AND EXISTS (
                SELECT 1 FROM REG_PROPERTY o2
                WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                  AND o2.REG_NAME = 'expireTime'
                  AND CASE WHEN CASE
                      WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                      THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms THEN 0 ELSE 1 END = 1));
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_1 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      SELECT MAX(d.REG_VERSION), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (REG_VERSION)) */ k.REG_VERSION
        FROM CLEANUP_DEAD_REG_RESOURCE k
        WHERE k.RUN_ID = v_run.run_id AND k.REG_VERSION > v_after_1
        ORDER BY k.REG_VERSION
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID, 'code_expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_DEAD_REG_RESOURCE l
      JOIN REG_RESOURCE t ON t.REG_VERSION = l.REG_VERSION
        AND t.REG_TENANT_ID = l.REG_TENANT_ID
      WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1
        AND (t.REG_NAME IS NOT NULL
             AND EXISTS (
               SELECT 1 FROM REG_PATH o
               WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                 AND SUBSTR(o.REG_PATH_VALUE || '/', 1, 72)
                     = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
             AND (EXISTS (
                    SELECT 1 FROM REG_RESOURCE_PROPERTY o
                    WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                      AND EXISTS (
                        SELECT 1 FROM REG_PROPERTY o2
                        WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                          AND o2.REG_NAME = 'expireTime'
                          AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                              AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                              THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms))
                  OR EXISTS (
                    SELECT 1 FROM REG_RESOURCE_PROPERTY o
                    WHERE o.REG_PATH_ID = t.REG_PATH_ID
                      AND o.REG_RESOURCE_NAME = t.REG_NAME
                      AND o.REG_TENANT_ID = t.REG_TENANT_ID
                      AND o.REG_VERSION IS NULL
                      AND EXISTS (
                        SELECT 1 FROM REG_PROPERTY o2
                        WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                          AND o2.REG_NAME = 'expireTime'
                          AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                              AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                              THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms)))
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE_PROPERTY o
               WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                 AND EXISTS (
                   SELECT 1 FROM REG_PROPERTY o2
                   WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                     AND o2.REG_NAME = 'expireTime'
                     AND CASE WHEN CASE
                         WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                         THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms THEN 0 ELSE 1 END = 1))
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE_PROPERTY o
               WHERE o.REG_PATH_ID = t.REG_PATH_ID
                 AND o.REG_RESOURCE_NAME = t.REG_NAME
                 AND o.REG_TENANT_ID = t.REG_TENANT_ID
                 AND o.REG_VERSION IS NULL
                 AND EXISTS (
                   SELECT 1 FROM REG_PROPERTY o2
                   WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                     AND o2.REG_NAME = 'expireTime'
                     AND CASE WHEN CASE
                         WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                         THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms THEN 0 ELSE 1 END = 1)))
      FOR UPDATE OF t.REG_VERSION WAIT 1;
      -- What another session removed since is not this run's, nor is what refers to it
      DELETE FROM CLEANUP_DEAD_REG_RESOURCE l
      WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1
        AND NOT EXISTS (
          SELECT /*+ NO_UNNEST INDEX(t (REG_VERSION)) */ 1 FROM REG_RESOURCE t
          WHERE t.REG_VERSION = l.REG_VERSION
            AND t.REG_TENANT_ID = l.REG_TENANT_ID);

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_REG_RESOURCE
            (RUN_ID, REASON, REG_PATH_ID, REG_NAME, REG_VERSION, REG_MEDIA_TYPE, REG_CREATOR, REG_CREATED_TIME,
             REG_LAST_UPDATOR, REG_LAST_UPDATED_TIME, REG_DESCRIPTION, REG_CONTENT_ID, REG_TENANT_ID, REG_UUID)
          SELECT v_run.run_id, v_reasons(i), t.REG_PATH_ID, t.REG_NAME, t.REG_VERSION, t.REG_MEDIA_TYPE, t.REG_CREATOR,
                 t.REG_CREATED_TIME, t.REG_LAST_UPDATOR, t.REG_LAST_UPDATED_TIME, t.REG_DESCRIPTION, t.REG_CONTENT_ID,
                 t.REG_TENANT_ID, t.REG_UUID
          FROM REG_RESOURCE t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM REG_RESOURCE t
          WHERE t.ROWID = v_rows(i)
            AND (t.REG_NAME IS NOT NULL
                 AND EXISTS (
                   SELECT 1 FROM REG_PATH o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND SUBSTR(o.REG_PATH_VALUE || '/', 1, 72)
                         = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/')
                 AND (EXISTS (
                        SELECT 1 FROM REG_RESOURCE_PROPERTY o
                        WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                          AND EXISTS (
                            SELECT 1 FROM REG_PROPERTY o2
                            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                              AND o2.REG_NAME = 'expireTime'
                              AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                                  AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                                  THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms))
                      OR EXISTS (
                        SELECT 1 FROM REG_RESOURCE_PROPERTY o
                        WHERE o.REG_PATH_ID = t.REG_PATH_ID
                          AND o.REG_RESOURCE_NAME = t.REG_NAME
                          AND o.REG_TENANT_ID = t.REG_TENANT_ID
                          AND o.REG_VERSION IS NULL
                          AND EXISTS (
                            SELECT 1 FROM REG_PROPERTY o2
                            WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                              AND o2.REG_NAME = 'expireTime'
                              AND CASE WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$')
                                  AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                                  THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms)))
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_PROPERTY o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND EXISTS (
                       SELECT 1 FROM REG_PROPERTY o2
                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                         AND o2.REG_NAME = 'expireTime'
                         AND CASE WHEN CASE
                             WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                             THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms THEN 0 ELSE 1 END = 1))
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_PROPERTY o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID
                     AND o.REG_RESOURCE_NAME = t.REG_NAME
                     AND o.REG_TENANT_ID = t.REG_TENANT_ID
                     AND o.REG_VERSION IS NULL
                     AND EXISTS (
                       SELECT 1 FROM REG_PROPERTY o2
                       WHERE o2.REG_ID = o.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o.REG_TENANT_ID
                         AND o2.REG_NAME = 'expireTime'
                         AND CASE WHEN CASE
                             WHEN REGEXP_LIKE(o2.REG_VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o2.REG_VALUE, '[^0-9]')
                             THEN TO_NUMBER(o2.REG_VALUE) END < v_code_cut_off_ms THEN 0 ELSE 1 END = 1)));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- Which rows keep them, and not only how many: one may go while another one comes
        SELECT
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.REG_VERSION || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           JOIN REG_RESOURCE o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1) +
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.REG_VERSION || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           JOIN REG_RESOURCE_HISTORY o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1) +
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.REG_VERSION || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           JOIN REG_RESOURCE o ON o.REG_PATH_ID = l.REG_PATH_ID
             AND o.REG_NAME = l.REG_NAME
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1)
        INTO v_counted FROM DUAL;
        -- its confirmation code is gone
        SELECT x.ROWID, 'code_gone' BULK COLLECT INTO v_found, v_why
        FROM REG_RESOURCE_PROPERTY x
        WHERE x.ROWID IN (
          SELECT /*+ LEADING(l c) USE_NL(c) INDEX(l (RUN_ID)) */ c.ROWID
          FROM CLEANUP_DEAD_REG_RESOURCE l
          JOIN REG_RESOURCE_PROPERTY c ON c.REG_VERSION = l.REG_VERSION
            AND c.REG_TENANT_ID = l.REG_TENANT_ID
          WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1
            AND NOT EXISTS (
              SELECT 1 FROM REG_RESOURCE o
              WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
            AND NOT EXISTS (
              SELECT 1 FROM REG_RESOURCE_HISTORY o
              WHERE o.REG_VERSION = l.REG_VERSION AND o.REG_TENANT_ID = l.REG_TENANT_ID)
            AND NOT EXISTS (
              SELECT 1 FROM REG_RESOURCE o
              WHERE o.REG_PATH_ID = c.REG_PATH_ID AND o.REG_TENANT_ID = l.REG_TENANT_ID))
        FOR UPDATE WAIT 1;
        take_3(v_run.run_id, v_found, v_why);
        CLEANUP_KIT.followed(v_run, 'REG_RESOURCE_PROPERTY', 'code_gone', v_found.COUNT);
        -- its confirmation code is gone
        SELECT x.ROWID, 'code_gone' BULK COLLECT INTO v_found, v_why
        FROM REG_RESOURCE_PROPERTY x
        WHERE x.ROWID IN (
          SELECT /*+ LEADING(l c) USE_NL(c) INDEX(l (RUN_ID)) */ c.ROWID
          FROM CLEANUP_DEAD_REG_RESOURCE l
          JOIN REG_RESOURCE_PROPERTY c ON c.REG_PATH_ID = l.REG_PATH_ID
            AND c.REG_RESOURCE_NAME = l.REG_NAME
            AND c.REG_TENANT_ID = l.REG_TENANT_ID
          WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1
            AND c.REG_VERSION IS NULL
            AND NOT EXISTS (
              SELECT 1 FROM REG_RESOURCE o
              WHERE o.REG_PATH_ID = l.REG_PATH_ID
                AND o.REG_NAME = l.REG_NAME
                AND o.REG_TENANT_ID = l.REG_TENANT_ID))
        FOR UPDATE WAIT 1;
        take_3(v_run.run_id, v_found, v_why);
        CLEANUP_KIT.followed(v_run, 'REG_RESOURCE_PROPERTY', 'code_gone', v_found.COUNT);
        SELECT
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.REG_VERSION || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           JOIN REG_RESOURCE o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1) +
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.REG_VERSION || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           JOIN REG_RESOURCE_HISTORY o ON o.REG_VERSION = l.REG_VERSION
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1) +
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.REG_VERSION || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_REG_RESOURCE l
           JOIN REG_RESOURCE o ON o.REG_PATH_ID = l.REG_PATH_ID
             AND o.REG_NAME = l.REG_NAME
             AND o.REG_TENANT_ID = l.REG_TENANT_ID
           WHERE l.RUN_ID = v_run.run_id AND l.REG_VERSION > v_after_1 AND l.REG_VERSION <= v_upto_1)
        INTO v_again FROM DUAL;
        CLEANUP_KIT.check_rows(v_again, v_counted);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_1));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_1));
    END;
  END LOOP;

  -- 2. REG_LOG
  CLEANUP_KIT.open_table(v_run, 'REG_LOG', 'list');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED;
        INSERT INTO CLEANUP_DEAD_REG_LOG_SUPERSEDED (RUN_ID, REG_LOG_ID, REG_TENANT_ID, NEWEST)
        SELECT v_run.run_id, t.REG_LOG_ID, t.REG_TENANT_ID, t.NEWEST
        FROM (
          SELECT n.REG_LOG_ID, n.REG_TENANT_ID, n.REG_LOGGED_TIME,
            MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH, n.REG_TENANT_ID) AS NEWEST
          FROM REG_LOG n
          WHERE n.REG_PATH IS NOT NULL
        ) t
        WHERE t.REG_LOGGED_TIME < v_log_cut_off AND t.REG_LOG_ID < t.NEWEST;
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_2 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      SELECT MAX(d.REG_LOG_ID), COUNT(*) INTO v_upto_2, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (REG_LOG_ID)) */ k.REG_LOG_ID
        FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED k
        WHERE k.RUN_ID = v_run.run_id AND k.REG_LOG_ID > v_after_2
        ORDER BY k.REG_LOG_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID, 'superseded'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_DEAD_REG_LOG_SUPERSEDED l
      JOIN REG_LOG t ON t.REG_LOG_ID = l.REG_LOG_ID
        AND t.REG_TENANT_ID = l.REG_TENANT_ID
      WHERE l.RUN_ID = v_run.run_id AND l.REG_LOG_ID > v_after_2 AND l.REG_LOG_ID <= v_upto_2
        AND (t.REG_LOGGED_TIME < v_log_cut_off
             AND (EXISTS (
                    SELECT 1 FROM REG_LOG n
                    WHERE n.REG_LOG_ID = l.NEWEST AND n.REG_TENANT_ID = t.REG_TENANT_ID
                      AND n.REG_PATH = t.REG_PATH
                      AND n.REG_LOG_ID > t.REG_LOG_ID)))
      FOR UPDATE OF t.REG_LOG_ID WAIT 1;

      IF v_run.dry_run = 'no' THEN
        take_4(v_run.run_id, v_rows, v_reasons);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_2));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_2));
    END;
  END LOOP;

  -- 3. REG_LOG
  CLEANUP_KIT.open_table(v_run, 'REG_LOG', 'list');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM CLEANUP_DEAD_REG_LOG_DELETED;
        INSERT INTO CLEANUP_DEAD_REG_LOG_DELETED (RUN_ID, REG_LOG_ID, REG_TENANT_ID)
        SELECT v_run.run_id, t.REG_LOG_ID, t.REG_TENANT_ID
        FROM (
          SELECT n.REG_TENANT_ID,
            MAX(n.REG_LOG_ID) AS NEWEST,
            COUNT(*) AS SAME_ROWS,
            SUM(CASE WHEN n.REG_LOGGED_TIME < v_log_cut_off THEN 0 ELSE 1 END) AS STAYING_ROWS
          FROM REG_LOG n
          WHERE n.REG_PATH IS NOT NULL
          GROUP BY n.REG_PATH, n.REG_TENANT_ID
        ) k
        JOIN REG_LOG t ON t.REG_LOG_ID = k.NEWEST
          AND t.REG_TENANT_ID = k.REG_TENANT_ID
        WHERE t.REG_LOGGED_TIME < v_log_cut_off
          AND (t.REG_ACTION = 7
               AND (k.SAME_ROWS = 1 OR v_run.dry_run = 'yes' AND k.STAYING_ROWS = 0));
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_3 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      SELECT MAX(d.REG_LOG_ID), COUNT(*) INTO v_upto_3, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (REG_LOG_ID)) */ k.REG_LOG_ID
        FROM CLEANUP_DEAD_REG_LOG_DELETED k
        WHERE k.RUN_ID = v_run.run_id AND k.REG_LOG_ID > v_after_3
        ORDER BY k.REG_LOG_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID, 'deleted'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_DEAD_REG_LOG_DELETED l
      JOIN REG_LOG t ON t.REG_LOG_ID = l.REG_LOG_ID
        AND t.REG_TENANT_ID = l.REG_TENANT_ID
      WHERE l.RUN_ID = v_run.run_id AND l.REG_LOG_ID > v_after_3 AND l.REG_LOG_ID <= v_upto_3
        AND (t.REG_LOGGED_TIME < v_log_cut_off
             AND t.REG_ACTION = 7 AND l.RUN_ID = v_run.run_id)
      FOR UPDATE OF t.REG_LOG_ID WAIT 1;

      IF v_run.dry_run = 'no' THEN
        take_4(v_run.run_id, v_rows, v_reasons);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_3));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_3));
    END;
  END LOOP;

  -- 4. REG_RESOURCE_PROPERTY
  CLEANUP_KIT.open_table(v_run, 'REG_RESOURCE_PROPERTY', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_4 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_4 := TO_NUMBER(v_run.until_key);
      IF v_until_4 IS NULL THEN
        SELECT /*+ INDEX(t (ID)) */ MAX(t.ID) INTO v_until_4 FROM REG_RESOURCE_PROPERTY t;
      END IF;
      SELECT MAX(d.ID), COUNT(*) INTO v_upto_4, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (ID)) */ k.ID
        FROM REG_RESOURCE_PROPERTY k
        WHERE k.ID > v_after_4 AND k.ID <= v_until_4
        ORDER BY k.ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (ID)) */ t.ROWID, 'resource_gone'
      BULK COLLECT INTO v_rows, v_reasons
      FROM REG_RESOURCE_PROPERTY t
      WHERE t.ID > v_after_4 AND t.ID <= v_upto_4
        AND (t.REG_TENANT_ID IS NOT NULL
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE o
               WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE o
               WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE_HISTORY o
               WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
      FOR UPDATE OF t.ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_REG_RESOURCE_PROPERTY
            (RUN_ID, REASON, ID, REG_PROPERTY_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
          SELECT v_run.run_id, v_reasons(i), t.ID, t.REG_PROPERTY_ID, t.REG_VERSION, t.REG_PATH_ID,
                 t.REG_RESOURCE_NAME, t.REG_TENANT_ID
          FROM REG_RESOURCE_PROPERTY t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM REG_RESOURCE_PROPERTY t
          WHERE t.ROWID = v_rows(i)
            AND (t.REG_TENANT_ID IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_HISTORY o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_4));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_4));
    END;
  END LOOP;

  -- 5. REG_PROPERTY
  CLEANUP_KIT.open_table(v_run, 'REG_PROPERTY', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_5 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_5 := TO_NUMBER(v_run.until_key);
      IF v_until_5 IS NULL THEN
        SELECT /*+ INDEX(t (REG_ID)) */ MAX(t.REG_ID) INTO v_until_5 FROM REG_PROPERTY t;
      END IF;
      SELECT MAX(d.REG_ID), COUNT(*) INTO v_upto_5, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (REG_ID)) */ k.REG_ID
        FROM REG_PROPERTY k
        WHERE k.REG_ID > v_after_5 AND k.REG_ID <= v_until_5
        ORDER BY k.REG_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (REG_ID)) */ t.ROWID, 'unreferenced'
      BULK COLLECT INTO v_rows, v_reasons
      FROM REG_PROPERTY t
      WHERE t.REG_ID > v_after_5 AND t.REG_ID <= v_upto_5
        AND (NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE_PROPERTY o
               WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
      FOR UPDATE OF t.REG_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_REG_PROPERTY
            (RUN_ID, REASON, REG_ID, REG_NAME, REG_VALUE, REG_TENANT_ID)
          SELECT v_run.run_id, v_reasons(i), t.REG_ID, t.REG_NAME, t.REG_VALUE, t.REG_TENANT_ID
          FROM REG_PROPERTY t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM REG_PROPERTY t
          WHERE t.ROWID = v_rows(i)
            AND (NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_PROPERTY o
                   WHERE o.REG_PROPERTY_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_5));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_5));
    END;
  END LOOP;

  -- 6. REG_RESOURCE_TAG
  CLEANUP_KIT.open_table(v_run, 'REG_RESOURCE_TAG', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_6 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_6 := TO_NUMBER(v_run.until_key);
      IF v_until_6 IS NULL THEN
        SELECT /*+ INDEX(t (ID)) */ MAX(t.ID) INTO v_until_6 FROM REG_RESOURCE_TAG t;
      END IF;
      SELECT MAX(d.ID), COUNT(*) INTO v_upto_6, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (ID)) */ k.ID
        FROM REG_RESOURCE_TAG k
        WHERE k.ID > v_after_6 AND k.ID <= v_until_6
        ORDER BY k.ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (ID)) */ t.ROWID, 'resource_gone'
      BULK COLLECT INTO v_rows, v_reasons
      FROM REG_RESOURCE_TAG t
      WHERE t.ID > v_after_6 AND t.ID <= v_upto_6
        AND (t.REG_TENANT_ID IS NOT NULL
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE o
               WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE o
               WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
             AND NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE_HISTORY o
               WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID))
      FOR UPDATE OF t.ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_REG_RESOURCE_TAG
            (RUN_ID, REASON, ID, REG_TAG_ID, REG_VERSION, REG_PATH_ID, REG_RESOURCE_NAME, REG_TENANT_ID)
          SELECT v_run.run_id, v_reasons(i), t.ID, t.REG_TAG_ID, t.REG_VERSION, t.REG_PATH_ID, t.REG_RESOURCE_NAME,
                 t.REG_TENANT_ID
          FROM REG_RESOURCE_TAG t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM REG_RESOURCE_TAG t
          WHERE t.ROWID = v_rows(i)
            AND (t.REG_TENANT_ID IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_PATH_ID = t.REG_PATH_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID)
                 AND NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_HISTORY o
                   WHERE o.REG_VERSION = t.REG_VERSION AND o.REG_TENANT_ID = t.REG_TENANT_ID));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_6));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_6));
    END;
  END LOOP;

  -- 7. REG_TAG
  CLEANUP_KIT.open_table(v_run, 'REG_TAG', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_7 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_7 := TO_NUMBER(v_run.until_key);
      IF v_until_7 IS NULL THEN
        SELECT /*+ INDEX(t (REG_ID)) */ MAX(t.REG_ID) INTO v_until_7 FROM REG_TAG t;
      END IF;
      SELECT MAX(d.REG_ID), COUNT(*) INTO v_upto_7, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (REG_ID)) */ k.REG_ID
        FROM REG_TAG k
        WHERE k.REG_ID > v_after_7 AND k.REG_ID <= v_until_7
        ORDER BY k.REG_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (REG_ID)) */ t.ROWID, 'unreferenced'
      BULK COLLECT INTO v_rows, v_reasons
      FROM REG_TAG t
      WHERE t.REG_ID > v_after_7 AND t.REG_ID <= v_upto_7
        AND (NOT EXISTS (
               SELECT 1 FROM REG_RESOURCE_TAG o
               WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID))
      FOR UPDATE OF t.REG_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_REG_TAG
            (RUN_ID, REASON, REG_ID, REG_TAG_NAME, REG_USER_ID, REG_TAGGED_TIME, REG_TENANT_ID)
          SELECT v_run.run_id, v_reasons(i), t.REG_ID, t.REG_TAG_NAME, t.REG_USER_ID, t.REG_TAGGED_TIME,
                 t.REG_TENANT_ID
          FROM REG_TAG t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM REG_TAG t
          WHERE t.ROWID = v_rows(i)
            AND (NOT EXISTS (
                   SELECT 1 FROM REG_RESOURCE_TAG o
                   WHERE o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_7));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_7));
    END;
  END LOOP;

  CLEANUP_KIT.emptied(v_run, 'CLEANUP_DEAD_REG_RESOURCE');
  CLEANUP_KIT.emptied(v_run, 'CLEANUP_DEAD_REG_LOG_SUPERSEDED');
  CLEANUP_KIT.emptied(v_run, 'CLEANUP_DEAD_REG_LOG_DELETED');
  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_registry_proof(v_run.run_id, v_run.started, v_log_minimum_age_hours, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_registry;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_registry
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_registry');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_registry', 'bdc06f94fb2ad3677d3e5a44c412efc0c6c69cfead1c645871afbbbc625d4dea');
  COMMIT;
END;
/
-- @end
