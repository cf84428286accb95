-- cleanup_sessions: deletes sessions that ended, and what refers to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_TEMP_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   IDN_AUTH_SESSION_STORE when
--     expired: its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off
--     deleted: it is a DELETE row from before the delete cut-off
--     superseded: a row that is as new or newer ended it
--     in one transaction with all older rows of the same SESSION_ID and SESSION_TYPE
--   and then from IDN_AUTH_USER_SESSION_MAPPING when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_APP_INFO when
--     session_gone: this run removed the last row of its session, and none is in either store
--   and then from IDN_AUTH_SESSION_META_DATA when
--     session_gone: this run removed the last row of its session, and none is in either store
--   IDN_AUTH_USER_SESSION_MAPPING (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_APP_INFO (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
--   IDN_AUTH_SESSION_META_DATA (only while setting orphan_sweep is yes) when
--     orphaned: a run over 24 h ago found it without a session, and so does this one
--     and only if no row of IDN_AUTH_SESSION_STORE has its SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has
--     its SESSION_ID
-- Not in this schema, skipped: IDN_FED_AUTH_SESSION_MAPPING
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_sessions(run) puts back what is still kept.
-- EXECUTE cleanup_sessions('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_sessions and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_sessions
CREATE OR REPLACE PROCEDURE cleanup_sessions(p_dry_run VARCHAR2 DEFAULT 'no')
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
  v_expiry_cut_off TIMESTAMP(6);
  v_expiry_cut_off_ns NUMBER;
  v_age_cut_off TIMESTAMP(6);
  v_age_cut_off_ns NUMBER;
  v_delete_cut_off TIMESTAMP(6);
  v_delete_cut_off_ns NUMBER;
  v_sighting_cut_off TIMESTAMP(6);
  v_expiry_grace_minutes NUMBER;
  v_session_age_days NUMBER;
  v_deleted_after_hours NUMBER;
  v_after_1 IDN_AUTH_TEMP_SESSION_STORE.SESSION_ID%TYPE;
  v_upto_1 IDN_AUTH_TEMP_SESSION_STORE.SESSION_ID%TYPE;
  v_after_2 IDN_AUTH_SESSION_STORE.SESSION_ID%TYPE;
  v_upto_2 IDN_AUTH_SESSION_STORE.SESSION_ID%TYPE;
  v_after_3 IDN_AUTH_USER_SESSION_MAPPING.SESSION_ID%TYPE;
  v_upto_3 IDN_AUTH_USER_SESSION_MAPPING.SESSION_ID%TYPE;
  v_after_4 IDN_AUTH_SESSION_APP_INFO.SESSION_ID%TYPE;
  v_upto_4 IDN_AUTH_SESSION_APP_INFO.SESSION_ID%TYPE;
  v_after_5 IDN_AUTH_SESSION_META_DATA.SESSION_ID%TYPE;
  v_upto_5 IDN_AUTH_SESSION_META_DATA.SESSION_ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_TEMP_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 7);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_STORE', 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE', 7);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_USER_SESSION_MAPPING', 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 2);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_APP_INFO', 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO', 4);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_META_DATA', 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 3);
  CLEANUP_KIT.begin_run(v_run, 'cleanup_sessions', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_expiry_grace_minutes := CLEANUP_KIT.number_of(v_run, 'expiry_grace_minutes', 120);
  v_session_age_days := CLEANUP_KIT.number_of(v_run, 'session_age_days', 14);
  v_deleted_after_hours := CLEANUP_KIT.number_of(v_run, 'deleted_after_hours', 12);
  -- UTC now, less the grace after an EXPIRY_TIME
  v_expiry_cut_off := v_run.started - NUMTODSINTERVAL(v_expiry_grace_minutes, 'MINUTE');
  v_expiry_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_expiry_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_expiry_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_expiry_cut_off, 'FF6'))) * 1000;
  -- UTC now, less the age of a session without an EXPIRY_TIME
  v_age_cut_off := v_run.started - NUMTODSINTERVAL(v_session_age_days, 'DAY');
  v_age_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_age_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_age_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_age_cut_off, 'FF6'))) * 1000;
  -- UTC now, less the time that a DELETE row is kept
  v_delete_cut_off := v_run.started - NUMTODSINTERVAL(v_deleted_after_hours, 'HOUR');
  v_delete_cut_off_ns := (((TO_NUMBER(TO_CHAR(v_delete_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_delete_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_delete_cut_off, 'FF6'))) * 1000;
  -- UTC now, less 24 h: an earlier sighting counts
  v_sighting_cut_off := v_run.started - NUMTODSINTERVAL(24, 'HOUR');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_expiry_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_AUTH_TEMP_SESSION_STORE
  CLEANUP_KIT.open_table(v_run, 'IDN_AUTH_TEMP_SESSION_STORE', 'list');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE;
        INSERT INTO CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE (RUN_ID, SESSION_ID)
        SELECT DISTINCT v_run.run_id, t.SESSION_ID
        FROM IDN_AUTH_TEMP_SESSION_STORE t
        WHERE (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
          OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
              AND t.TIME_CREATED < v_age_cut_off_ns)
          OR (t.OPERATION = 'DELETE' AND t.TIME_CREATED < v_delete_cut_off_ns);
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_1 := NVL(v_run.after_key, CHR(0));
      SELECT MAX(d.SESSION_ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID
        FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE k
        WHERE k.RUN_ID = v_run.run_id AND k.SESSION_ID > v_after_1
        ORDER BY k.SESSION_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Locked before they are judged: until the batch ends nobody else can change these rows
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID BULK COLLECT INTO v_rows
      FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
      JOIN IDN_AUTH_TEMP_SESSION_STORE t ON t.SESSION_ID = l.SESSION_ID
      WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_1 AND l.SESSION_ID <= v_upto_1
      FOR UPDATE OF t.SESSION_ID WAIT 1;
      v_counted := v_rows.COUNT;
      -- Dead rows: those that are not newer than an end of their history
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID,
        CASE
          WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
               OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                   AND t.TIME_CREATED < v_age_cut_off_ns)
          THEN 'expired'
          WHEN t.OPERATION = 'DELETE' AND t.TIME_CREATED < v_delete_cut_off_ns THEN 'deleted'
          ELSE 'superseded'
        END
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
      JOIN IDN_AUTH_TEMP_SESSION_STORE t ON t.SESSION_ID = l.SESSION_ID
      WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_1 AND l.SESSION_ID <= v_upto_1
        AND EXISTS (
          SELECT /*+ NO_UNNEST INDEX(s (SESSION_ID)) */ 1 FROM IDN_AUTH_TEMP_SESSION_STORE s
          WHERE s.SESSION_ID = t.SESSION_ID AND s.SESSION_TYPE = t.SESSION_TYPE AND s.TIME_CREATED >= t.TIME_CREATED
            AND ((s.EXPIRY_TIME > 0 AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((s.EXPIRY_TIME IS NULL OR s.EXPIRY_TIME <= 0)
                     AND s.TIME_CREATED < v_age_cut_off_ns)
                 OR (s.OPERATION = 'DELETE' AND s.TIME_CREATED < v_delete_cut_off_ns)));
      -- A row that came in between was judged, but is not locked
      SELECT COUNT(*) INTO v_again
      FROM (
        SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.SESSION_ID
        FROM CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE l
        JOIN IDN_AUTH_TEMP_SESSION_STORE t ON t.SESSION_ID = l.SESSION_ID
        WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_1 AND l.SESSION_ID <= v_upto_1
      );
      CLEANUP_KIT.check_rows(v_again, v_counted);

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE
            (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
          SELECT v_run.run_id, v_reasons(i), t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT,
                 t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
          FROM IDN_AUTH_TEMP_SESSION_STORE t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_AUTH_TEMP_SESSION_STORE t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_1);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_1);
    END;
  END LOOP;

  -- 2. IDN_AUTH_SESSION_STORE
  CLEANUP_KIT.open_table(v_run, 'IDN_AUTH_SESSION_STORE', 'list');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE;
        INSERT INTO CLEANUP_DEAD_IDN_AUTH_SESSION_STORE (RUN_ID, SESSION_ID)
        SELECT DISTINCT v_run.run_id, t.SESSION_ID
        FROM IDN_AUTH_SESSION_STORE t
        WHERE (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
          OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
              AND t.TIME_CREATED < v_age_cut_off_ns)
          OR (t.OPERATION = 'DELETE' AND t.TIME_CREATED < v_delete_cut_off_ns);
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_2 := NVL(v_run.after_key, CHR(0));
      SELECT MAX(d.SESSION_ID), COUNT(*) INTO v_upto_2, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE k
        WHERE k.RUN_ID = v_run.run_id AND k.SESSION_ID > v_after_2
        ORDER BY k.SESSION_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Locked before they are judged: until the batch ends nobody else can change these rows
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID BULK COLLECT INTO v_rows
      FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
      JOIN IDN_AUTH_SESSION_STORE t ON t.SESSION_ID = l.SESSION_ID
      WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2
      FOR UPDATE OF t.SESSION_ID WAIT 1;
      v_counted := v_rows.COUNT;
      -- What another session removed since is not this run's, nor is what refers to it
      DELETE FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
      WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2
        AND NOT EXISTS (
          SELECT /*+ NO_UNNEST INDEX(t (SESSION_ID)) */ 1 FROM IDN_AUTH_SESSION_STORE t
          WHERE t.SESSION_ID = l.SESSION_ID);
      -- Dead rows: those that are not newer than an end of their history
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID,
        CASE
          WHEN (t.EXPIRY_TIME > 0 AND t.EXPIRY_TIME < v_expiry_cut_off_ns)
               OR ((t.EXPIRY_TIME IS NULL OR t.EXPIRY_TIME <= 0)
                   AND t.TIME_CREATED < v_age_cut_off_ns)
          THEN 'expired'
          WHEN t.OPERATION = 'DELETE' AND t.TIME_CREATED < v_delete_cut_off_ns THEN 'deleted'
          ELSE 'superseded'
        END
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
      JOIN IDN_AUTH_SESSION_STORE t ON t.SESSION_ID = l.SESSION_ID
      WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2
        AND EXISTS (
          SELECT /*+ NO_UNNEST INDEX(s (SESSION_ID)) */ 1 FROM IDN_AUTH_SESSION_STORE s
          WHERE s.SESSION_ID = t.SESSION_ID AND s.SESSION_TYPE = t.SESSION_TYPE AND s.TIME_CREATED >= t.TIME_CREATED
            AND ((s.EXPIRY_TIME > 0 AND s.EXPIRY_TIME < v_expiry_cut_off_ns)
                 OR ((s.EXPIRY_TIME IS NULL OR s.EXPIRY_TIME <= 0)
                     AND s.TIME_CREATED < v_age_cut_off_ns)
                 OR (s.OPERATION = 'DELETE' AND s.TIME_CREATED < v_delete_cut_off_ns)));
      -- A row that came in between was judged, but is not locked
      SELECT COUNT(*) INTO v_again
      FROM (
        SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.SESSION_ID
        FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
        JOIN IDN_AUTH_SESSION_STORE t ON t.SESSION_ID = l.SESSION_ID
        WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2
      );
      CLEANUP_KIT.check_rows(v_again, v_counted);

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_STORE
            (RUN_ID, REASON, SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, TENANT_ID, EXPIRY_TIME)
          SELECT v_run.run_id, v_reasons(i), t.SESSION_ID, t.SESSION_TYPE, t.OPERATION, t.SESSION_OBJECT,
                 t.TIME_CREATED, t.TENANT_ID, t.EXPIRY_TIME
          FROM IDN_AUTH_SESSION_STORE t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_AUTH_SESSION_STORE t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- Which rows keep them, and not only how many: one may go while another one comes
        SELECT
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.SESSION_ID || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2) +
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.SESSION_ID || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2)
        INTO v_counted FROM DUAL;
        -- this run removed the last row of its session, and none is in either store
        SELECT x.ROWID, 'session_gone' BULK COLLECT INTO v_found, v_why
        FROM IDN_AUTH_USER_SESSION_MAPPING x
        WHERE x.ROWID IN (
          SELECT /*+ LEADING(l c) USE_NL(c) INDEX(l (RUN_ID)) */ c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_USER_SESSION_MAPPING c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID))
        FOR UPDATE WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
              (RUN_ID, REASON, USER_ID, SESSION_ID)
            SELECT v_run.run_id, v_why(i), c.USER_ID, c.SESSION_ID
            FROM IDN_AUTH_USER_SESSION_MAPPING c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_AUTH_USER_SESSION_MAPPING c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_AUTH_USER_SESSION_MAPPING', 'session_gone', v_found.COUNT);
        -- this run removed the last row of its session, and none is in either store
        SELECT x.ROWID, 'session_gone' BULK COLLECT INTO v_found, v_why
        FROM IDN_AUTH_SESSION_APP_INFO x
        WHERE x.ROWID IN (
          SELECT /*+ LEADING(l c) USE_NL(c) INDEX(l (RUN_ID)) */ c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_APP_INFO c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID))
        FOR UPDATE WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
              (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
            SELECT v_run.run_id, v_why(i), c.SESSION_ID, c.SUBJECT, c.APP_ID, c.INBOUND_AUTH_TYPE
            FROM IDN_AUTH_SESSION_APP_INFO c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_AUTH_SESSION_APP_INFO c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_AUTH_SESSION_APP_INFO', 'session_gone', v_found.COUNT);
        -- this run removed the last row of its session, and none is in either store
        SELECT x.ROWID, 'session_gone' BULK COLLECT INTO v_found, v_why
        FROM IDN_AUTH_SESSION_META_DATA x
        WHERE x.ROWID IN (
          SELECT /*+ LEADING(l c) USE_NL(c) INDEX(l (RUN_ID)) */ c.ROWID
          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
          JOIN IDN_AUTH_SESSION_META_DATA c ON c.SESSION_ID = l.SESSION_ID
          WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = l.SESSION_ID))
        FOR UPDATE WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
              (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
            SELECT v_run.run_id, v_why(i), c.SESSION_ID, c.PROPERTY_TYPE, c.VALUE
            FROM IDN_AUTH_SESSION_META_DATA c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_AUTH_SESSION_META_DATA c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_AUTH_SESSION_META_DATA', 'session_gone', v_found.COUNT);
        SELECT
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.SESSION_ID || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           JOIN IDN_AUTH_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2) +
          (SELECT /*+ LEADING(l o) USE_NL(o) INDEX(l (RUN_ID)) */ COUNT(*)
              + NVL(SUM(ORA_HASH(l.SESSION_ID || ':' || ROWIDTOCHAR(o.ROWID))), 0)
           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l
           JOIN IDN_AUTH_TEMP_SESSION_STORE o ON o.SESSION_ID = l.SESSION_ID
           WHERE l.RUN_ID = v_run.run_id AND l.SESSION_ID > v_after_2 AND l.SESSION_ID <= v_upto_2)
        INTO v_again FROM DUAL;
        CLEANUP_KIT.check_rows(v_again, v_counted);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_2);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_2);
    END;
  END LOOP;

  -- 3. IDN_AUTH_USER_SESSION_MAPPING, only while setting orphan_sweep is yes
  CLEANUP_KIT.open_table(v_run, 'IDN_AUTH_USER_SESSION_MAPPING', 'list', 'orphan_sweep');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Forget what is kept again, and note what is seen for the first time
        DELETE FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
        WHERE NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_USER_SESSION_MAPPING t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, v_run.started
        FROM IDN_AUTH_USER_SESSION_MAPPING t
        WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
            WHERE t.SESSION_ID = l.SESSION_ID);
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_3 := NVL(v_run.after_key, CHR(0));
      SELECT MAX(d.SESSION_ID), COUNT(*) INTO v_upto_3, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID
        FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING k
        WHERE k.SESSION_ID > v_after_3
        ORDER BY k.SESSION_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) */ t.ROWID, 'orphaned'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING l
      JOIN IDN_AUTH_USER_SESSION_MAPPING t ON t.SESSION_ID = l.SESSION_ID
      WHERE l.SESSION_ID > v_after_3 AND l.SESSION_ID <= v_upto_3
        AND ((EXISTS (
                SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                WHERE n.SESSION_ID = t.SESSION_ID
                  AND n.FIRST_SEEN < v_sighting_cut_off))
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
      FOR UPDATE OF t.SESSION_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING
            (RUN_ID, REASON, USER_ID, SESSION_ID)
          SELECT v_run.run_id, v_reasons(i), t.USER_ID, t.SESSION_ID
          FROM IDN_AUTH_USER_SESSION_MAPPING t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_AUTH_USER_SESSION_MAPPING t
          WHERE t.ROWID = v_rows(i)
            AND ((EXISTS (
                    SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING n
                    WHERE n.SESSION_ID = t.SESSION_ID
                      AND n.FIRST_SEEN < v_sighting_cut_off))
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_3);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_3);
    END;
  END LOOP;

  -- 4. IDN_AUTH_SESSION_APP_INFO, only while setting orphan_sweep is yes
  CLEANUP_KIT.open_table(v_run, 'IDN_AUTH_SESSION_APP_INFO', 'list', 'orphan_sweep');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Forget what is kept again, and note what is seen for the first time
        DELETE FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
        WHERE NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_SESSION_APP_INFO t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, v_run.started
        FROM IDN_AUTH_SESSION_APP_INFO t
        WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
            WHERE t.SESSION_ID = l.SESSION_ID);
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_4 := NVL(v_run.after_key, CHR(0));
      SELECT MAX(d.SESSION_ID), COUNT(*) INTO v_upto_4, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID
        FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO k
        WHERE k.SESSION_ID > v_after_4
        ORDER BY k.SESSION_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) */ t.ROWID, 'orphaned'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO l
      JOIN IDN_AUTH_SESSION_APP_INFO t ON t.SESSION_ID = l.SESSION_ID
      WHERE l.SESSION_ID > v_after_4 AND l.SESSION_ID <= v_upto_4
        AND ((EXISTS (
                SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                WHERE n.SESSION_ID = t.SESSION_ID
                  AND n.FIRST_SEEN < v_sighting_cut_off))
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
      FOR UPDATE OF t.SESSION_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO
            (RUN_ID, REASON, SESSION_ID, SUBJECT, APP_ID, INBOUND_AUTH_TYPE)
          SELECT v_run.run_id, v_reasons(i), t.SESSION_ID, t.SUBJECT, t.APP_ID, t.INBOUND_AUTH_TYPE
          FROM IDN_AUTH_SESSION_APP_INFO t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_AUTH_SESSION_APP_INFO t
          WHERE t.ROWID = v_rows(i)
            AND ((EXISTS (
                    SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO n
                    WHERE n.SESSION_ID = t.SESSION_ID
                      AND n.FIRST_SEEN < v_sighting_cut_off))
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_4);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_4);
    END;
  END LOOP;

  -- 5. IDN_AUTH_SESSION_META_DATA, only while setting orphan_sweep is yes
  CLEANUP_KIT.open_table(v_run, 'IDN_AUTH_SESSION_META_DATA', 'list', 'orphan_sweep');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Forget what is kept again, and note what is seen for the first time
        DELETE FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
        WHERE NOT EXISTS (
          SELECT 1 FROM IDN_AUTH_SESSION_META_DATA t
          WHERE t.SESSION_ID = l.SESSION_ID
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
            AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        INSERT INTO CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA (SESSION_ID, FIRST_SEEN)
        SELECT DISTINCT t.SESSION_ID, v_run.started
        FROM IDN_AUTH_SESSION_META_DATA t
        WHERE NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
            WHERE t.SESSION_ID = l.SESSION_ID);
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_5 := NVL(v_run.after_key, CHR(0));
      SELECT MAX(d.SESSION_ID), COUNT(*) INTO v_upto_5, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (SESSION_ID)) */ k.SESSION_ID
        FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA k
        WHERE k.SESSION_ID > v_after_5
        ORDER BY k.SESSION_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) */ t.ROWID, 'orphaned'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA l
      JOIN IDN_AUTH_SESSION_META_DATA t ON t.SESSION_ID = l.SESSION_ID
      WHERE l.SESSION_ID > v_after_5 AND l.SESSION_ID <= v_upto_5
        AND ((EXISTS (
                SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                WHERE n.SESSION_ID = t.SESSION_ID
                  AND n.FIRST_SEEN < v_sighting_cut_off))
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID))
      FOR UPDATE OF t.SESSION_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA
            (RUN_ID, REASON, SESSION_ID, PROPERTY_TYPE, VALUE)
          SELECT v_run.run_id, v_reasons(i), t.SESSION_ID, t.PROPERTY_TYPE, t.VALUE
          FROM IDN_AUTH_SESSION_META_DATA t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_AUTH_SESSION_META_DATA t
          WHERE t.ROWID = v_rows(i)
            AND ((EXISTS (
                    SELECT 1 FROM CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA n
                    WHERE n.SESSION_ID = t.SESSION_ID
                      AND n.FIRST_SEEN < v_sighting_cut_off))
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID)
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.SESSION_ID));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_5);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_5);
    END;
  END LOOP;

  CLEANUP_KIT.emptied(v_run, 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE');
  CLEANUP_KIT.emptied(v_run, 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE');
  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_sessions_proof(v_run.run_id, v_run.started, v_expiry_grace_minutes, v_session_age_days,
                           v_deleted_after_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_sessions;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_sessions
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_sessions');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_sessions', '9598c5f6478fe82fa773eaeed77aa4fc711ea5c513907d6ac614a1d309df464b');
  COMMIT;
END;
/
-- @end
