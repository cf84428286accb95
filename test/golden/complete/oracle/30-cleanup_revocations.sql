-- cleanup_revocations: deletes marks of revoked tokens that have expired since.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   AM_REVOKED_JWT when
--     expired: its token expired over 24 h ago; a number too small for milliseconds since 1970 says nothing
--   IDN_INVALID_TOKENS when
--     expired: its token expired over 24 h ago
--   IDN_OAUTH2_REVOKED_TOKENS when
--     expired: its token expired over 24 h ago
--   IDN_SUBJECT_ENTITY_REVOKED_EVENT when
--     outlived: every token that it revokes expired over 24 h ago
--   IDN_APP_REVOKED_EVENT when
--     outlived: every token that it revokes expired over 24 h ago
--   AM_SUBJECT_ENTITY_REVOKED_EVENT (only while setting am_event_pruning is yes) when
--     outlived: every token that it revokes expired over 24 h ago
--   AM_APP_REVOKED_EVENT (only while setting am_event_pruning is yes) when
--     outlived: every token that it revokes expired over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_revocations(run) puts back what is still kept.
-- EXECUTE cleanup_revocations('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_revocations and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_revocations
CREATE OR REPLACE PROCEDURE cleanup_revocations(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_grace_cut_off TIMESTAMP(6);
  v_epoch_grace_cut_off TIMESTAMP(6);
  v_epoch_grace_cut_off_ms NUMBER;
  v_event_cut_off TIMESTAMP(6);
  v_longest_lifetime_hours NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 AM_REVOKED_JWT.UUID%TYPE;
  v_upto_1 AM_REVOKED_JWT.UUID%TYPE;
  v_until_1 AM_REVOKED_JWT.UUID%TYPE;
  v_after_2 IDN_INVALID_TOKENS.UUID%TYPE;
  v_upto_2 IDN_INVALID_TOKENS.UUID%TYPE;
  v_until_2 IDN_INVALID_TOKENS.UUID%TYPE;
  v_after_3 IDN_OAUTH2_REVOKED_TOKENS.UUID%TYPE;
  v_upto_3 IDN_OAUTH2_REVOKED_TOKENS.UUID%TYPE;
  v_until_3 IDN_OAUTH2_REVOKED_TOKENS.UUID%TYPE;
  v_after_4 IDN_SUBJECT_ENTITY_REVOKED_EVENT.EVENT_ID%TYPE;
  v_upto_4 IDN_SUBJECT_ENTITY_REVOKED_EVENT.EVENT_ID%TYPE;
  v_until_4 IDN_SUBJECT_ENTITY_REVOKED_EVENT.EVENT_ID%TYPE;
  v_after_5 IDN_APP_REVOKED_EVENT.EVENT_ID%TYPE;
  v_upto_5 IDN_APP_REVOKED_EVENT.EVENT_ID%TYPE;
  v_until_5 IDN_APP_REVOKED_EVENT.EVENT_ID%TYPE;
  v_after_6 AM_SUBJECT_ENTITY_REVOKED_EVENT.ENTITY_ID%TYPE;
  v_upto_6 AM_SUBJECT_ENTITY_REVOKED_EVENT.ENTITY_ID%TYPE;
  v_until_6 AM_SUBJECT_ENTITY_REVOKED_EVENT.ENTITY_ID%TYPE;
  v_after_7 AM_APP_REVOKED_EVENT.CONSUMER_KEY%TYPE;
  v_upto_7 AM_APP_REVOKED_EVENT.CONSUMER_KEY%TYPE;
  v_until_7 AM_APP_REVOKED_EVENT.CONSUMER_KEY%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'AM_REVOKED_JWT', 'CLEANUP_BAK_AM_REVOKED_JWT', 6);
  CLEANUP_KIT.expect(v_run, 'IDN_INVALID_TOKENS', 'CLEANUP_BAK_IDN_INVALID_TOKENS', 5);
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_REVOKED_TOKENS', 'CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS', 5);
  CLEANUP_KIT.expect(v_run, 'IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT', 5);
  CLEANUP_KIT.expect(v_run, 'IDN_APP_REVOKED_EVENT', 'CLEANUP_BAK_IDN_APP_REVOKED_EVENT', 4);
  CLEANUP_KIT.expect(v_run, 'AM_SUBJECT_ENTITY_REVOKED_EVENT', 'CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT', 4);
  CLEANUP_KIT.expect(v_run, 'AM_APP_REVOKED_EVENT', 'CLEANUP_BAK_AM_APP_REVOKED_EVENT', 3);
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH_CONSUMER_APPS');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_revocations', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_longest_lifetime_hours := CLEANUP_KIT.number_of(v_run, 'longest_lifetime_hours', 720);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  -- UTC now, less 24 h
  v_epoch_grace_cut_off := v_run.started - NUMTODSINTERVAL(24, 'HOUR');
  v_epoch_grace_cut_off_ms := FLOOR((((TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'SSSSS'))) * 1000000
      + TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'FF6'))) / 1000);
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  SELECT v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR')
      - NUMTODSINTERVAL((SELECT CASE
             WHEN x.is_for_ever = 1 THEN NULL
             WHEN x.longest > v_longest_lifetime_hours * 3600 THEN x.longest
             ELSE v_longest_lifetime_hours * 3600
           END
           FROM (
             SELECT MAX(p.seconds) AS longest,
               MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
             FROM (
               SELECT a.USER_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
               SELECT a.APP_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
               SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
               SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a
             ) p
           ) x), 'SECOND')
  INTO v_event_cut_off FROM DUAL;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. AM_REVOKED_JWT
  CLEANUP_KIT.open_table(v_run, 'AM_REVOKED_JWT', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (UUID)) */ MAX(t.UUID) INTO v_until_1 FROM AM_REVOKED_JWT t;
      END IF;
      SELECT MAX(d.UUID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (UUID)) */ k.UUID
        FROM AM_REVOKED_JWT k
        WHERE k.UUID > v_after_1 AND k.UUID <= v_until_1
        ORDER BY k.UUID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (UUID)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM AM_REVOKED_JWT t
      WHERE t.UUID > v_after_1 AND t.UUID <= v_upto_1
        AND (t.EXPIRY_TIMESTAMP > 99999999999
             AND t.EXPIRY_TIMESTAMP < v_epoch_grace_cut_off_ms)
      FOR UPDATE OF t.UUID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_AM_REVOKED_JWT
            (RUN_ID, REASON, UUID, SIGNATURE, EXPIRY_TIMESTAMP, TENANT_ID, TOKEN_TYPE, TIME_CREATED)
          SELECT v_run.run_id, v_reasons(i), t.UUID, t.SIGNATURE, t.EXPIRY_TIMESTAMP, t.TENANT_ID, t.TOKEN_TYPE,
                 t.TIME_CREATED
          FROM AM_REVOKED_JWT t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM AM_REVOKED_JWT t WHERE t.ROWID = v_rows(i);
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

  -- 2. IDN_INVALID_TOKENS
  CLEANUP_KIT.open_table(v_run, 'IDN_INVALID_TOKENS', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_2 := NVL(v_run.after_key, CHR(0));
      v_until_2 := v_run.until_key;
      IF v_until_2 IS NULL THEN
        SELECT /*+ INDEX(t (UUID)) */ MAX(t.UUID) INTO v_until_2 FROM IDN_INVALID_TOKENS t;
      END IF;
      SELECT MAX(d.UUID), COUNT(*) INTO v_upto_2, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (UUID)) */ k.UUID
        FROM IDN_INVALID_TOKENS k
        WHERE k.UUID > v_after_2 AND k.UUID <= v_until_2
        ORDER BY k.UUID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (UUID)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_INVALID_TOKENS t
      WHERE t.UUID > v_after_2 AND t.UUID <= v_upto_2
        AND (t.EXPIRY_TIMESTAMP < v_grace_cut_off)
      FOR UPDATE OF t.UUID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_INVALID_TOKENS
            (RUN_ID, REASON, UUID, TOKEN_IDENTIFIER, CONSUMER_KEY, TIME_CREATED, EXPIRY_TIMESTAMP)
          SELECT v_run.run_id, v_reasons(i), t.UUID, t.TOKEN_IDENTIFIER, t.CONSUMER_KEY, t.TIME_CREATED,
                 t.EXPIRY_TIMESTAMP
          FROM IDN_INVALID_TOKENS t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_INVALID_TOKENS t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_2);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_2);
    END;
  END LOOP;

  -- 3. IDN_OAUTH2_REVOKED_TOKENS
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH2_REVOKED_TOKENS', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_3 := NVL(v_run.after_key, CHR(0));
      v_until_3 := v_run.until_key;
      IF v_until_3 IS NULL THEN
        SELECT /*+ INDEX(t (UUID)) */ MAX(t.UUID) INTO v_until_3 FROM IDN_OAUTH2_REVOKED_TOKENS t;
      END IF;
      SELECT MAX(d.UUID), COUNT(*) INTO v_upto_3, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (UUID)) */ k.UUID
        FROM IDN_OAUTH2_REVOKED_TOKENS k
        WHERE k.UUID > v_after_3 AND k.UUID <= v_until_3
        ORDER BY k.UUID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (UUID)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_OAUTH2_REVOKED_TOKENS t
      WHERE t.UUID > v_after_3 AND t.UUID <= v_upto_3
        AND (t.EXPIRY_TIMESTAMP < v_grace_cut_off)
      FOR UPDATE OF t.UUID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH2_REVOKED_TOKENS
            (RUN_ID, REASON, UUID, TOKEN_IDENTIFIER, CONSUMER_KEY, TIME_CREATED, EXPIRY_TIMESTAMP)
          SELECT v_run.run_id, v_reasons(i), t.UUID, t.TOKEN_IDENTIFIER, t.CONSUMER_KEY, t.TIME_CREATED,
                 t.EXPIRY_TIMESTAMP
          FROM IDN_OAUTH2_REVOKED_TOKENS t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH2_REVOKED_TOKENS t WHERE t.ROWID = v_rows(i);
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

  -- 4. IDN_SUBJECT_ENTITY_REVOKED_EVENT
  CLEANUP_KIT.open_table(v_run, 'IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_4 := NVL(v_run.after_key, CHR(0));
      v_until_4 := v_run.until_key;
      IF v_until_4 IS NULL THEN
        SELECT /*+ INDEX(t (EVENT_ID)) */ MAX(t.EVENT_ID) INTO v_until_4 FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t;
      END IF;
      SELECT MAX(d.EVENT_ID), COUNT(*) INTO v_upto_4, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (EVENT_ID)) */ k.EVENT_ID
        FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT k
        WHERE k.EVENT_ID > v_after_4 AND k.EVENT_ID <= v_until_4
        ORDER BY k.EVENT_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (EVENT_ID)) */ t.ROWID, 'outlived'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t
      WHERE t.EVENT_ID > v_after_4 AND t.EVENT_ID <= v_upto_4
        AND (t.TIME_REVOKED < v_event_cut_off)
      FOR UPDATE OF t.EVENT_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT
            (RUN_ID, REASON, EVENT_ID, ENTITY_ID, ENTITY_TYPE, TIME_REVOKED, ORGANIZATION)
          SELECT v_run.run_id, v_reasons(i), t.EVENT_ID, t.ENTITY_ID, t.ENTITY_TYPE, t.TIME_REVOKED, t.ORGANIZATION
          FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_SUBJECT_ENTITY_REVOKED_EVENT t WHERE t.ROWID = v_rows(i);
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

  -- 5. IDN_APP_REVOKED_EVENT
  CLEANUP_KIT.open_table(v_run, 'IDN_APP_REVOKED_EVENT', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_5 := NVL(v_run.after_key, CHR(0));
      v_until_5 := v_run.until_key;
      IF v_until_5 IS NULL THEN
        SELECT /*+ INDEX(t (EVENT_ID)) */ MAX(t.EVENT_ID) INTO v_until_5 FROM IDN_APP_REVOKED_EVENT t;
      END IF;
      SELECT MAX(d.EVENT_ID), COUNT(*) INTO v_upto_5, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (EVENT_ID)) */ k.EVENT_ID
        FROM IDN_APP_REVOKED_EVENT k
        WHERE k.EVENT_ID > v_after_5 AND k.EVENT_ID <= v_until_5
        ORDER BY k.EVENT_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (EVENT_ID)) */ t.ROWID, 'outlived'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_APP_REVOKED_EVENT t
      WHERE t.EVENT_ID > v_after_5 AND t.EVENT_ID <= v_upto_5
        AND (t.TIME_REVOKED < v_event_cut_off)
      FOR UPDATE OF t.EVENT_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_APP_REVOKED_EVENT
            (RUN_ID, REASON, EVENT_ID, CONSUMER_KEY, TIME_REVOKED, ORGANIZATION)
          SELECT v_run.run_id, v_reasons(i), t.EVENT_ID, t.CONSUMER_KEY, t.TIME_REVOKED, t.ORGANIZATION
          FROM IDN_APP_REVOKED_EVENT t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_APP_REVOKED_EVENT t WHERE t.ROWID = v_rows(i);
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

  -- 6. AM_SUBJECT_ENTITY_REVOKED_EVENT, only while setting am_event_pruning is yes
  CLEANUP_KIT.open_table(v_run, 'AM_SUBJECT_ENTITY_REVOKED_EVENT', 'key', 'am_event_pruning');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_6 := NVL(v_run.after_key, CHR(0));
      v_until_6 := v_run.until_key;
      IF v_until_6 IS NULL THEN
        SELECT /*+ INDEX(t (ENTITY_ID)) */ MAX(t.ENTITY_ID) INTO v_until_6 FROM AM_SUBJECT_ENTITY_REVOKED_EVENT t;
      END IF;
      SELECT MAX(d.ENTITY_ID), COUNT(*) INTO v_upto_6, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (ENTITY_ID)) */ k.ENTITY_ID
        FROM AM_SUBJECT_ENTITY_REVOKED_EVENT k
        WHERE k.ENTITY_ID > v_after_6 AND k.ENTITY_ID <= v_until_6
        ORDER BY k.ENTITY_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (ENTITY_ID)) */ t.ROWID, 'outlived'
      BULK COLLECT INTO v_rows, v_reasons
      FROM AM_SUBJECT_ENTITY_REVOKED_EVENT t
      WHERE t.ENTITY_ID > v_after_6 AND t.ENTITY_ID <= v_upto_6
        AND (t.TIME_REVOKED < v_event_cut_off)
      FOR UPDATE OF t.ENTITY_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_AM_SUBJECT_ENTITY_REVOKED_EVENT
            (RUN_ID, REASON, ENTITY_ID, ENTITY_TYPE, TIME_REVOKED, ORGANIZATION)
          SELECT v_run.run_id, v_reasons(i), t.ENTITY_ID, t.ENTITY_TYPE, t.TIME_REVOKED, t.ORGANIZATION
          FROM AM_SUBJECT_ENTITY_REVOKED_EVENT t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM AM_SUBJECT_ENTITY_REVOKED_EVENT t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_6);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_6);
    END;
  END LOOP;

  -- 7. AM_APP_REVOKED_EVENT, only while setting am_event_pruning is yes
  CLEANUP_KIT.open_table(v_run, 'AM_APP_REVOKED_EVENT', 'key', 'am_event_pruning');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_7 := NVL(v_run.after_key, CHR(0));
      v_until_7 := v_run.until_key;
      IF v_until_7 IS NULL THEN
        SELECT /*+ INDEX(t (CONSUMER_KEY)) */ MAX(t.CONSUMER_KEY) INTO v_until_7 FROM AM_APP_REVOKED_EVENT t;
      END IF;
      SELECT MAX(d.CONSUMER_KEY), COUNT(*) INTO v_upto_7, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (CONSUMER_KEY)) */ k.CONSUMER_KEY
        FROM AM_APP_REVOKED_EVENT k
        WHERE k.CONSUMER_KEY > v_after_7 AND k.CONSUMER_KEY <= v_until_7
        ORDER BY k.CONSUMER_KEY
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (CONSUMER_KEY)) */ t.ROWID, 'outlived'
      BULK COLLECT INTO v_rows, v_reasons
      FROM AM_APP_REVOKED_EVENT t
      WHERE t.CONSUMER_KEY > v_after_7 AND t.CONSUMER_KEY <= v_upto_7
        AND (t.TIME_REVOKED < v_event_cut_off)
      FOR UPDATE OF t.CONSUMER_KEY WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_AM_APP_REVOKED_EVENT
            (RUN_ID, REASON, CONSUMER_KEY, TIME_REVOKED, ORGANIZATION)
          SELECT v_run.run_id, v_reasons(i), t.CONSUMER_KEY, t.TIME_REVOKED, t.ORGANIZATION
          FROM AM_APP_REVOKED_EVENT t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM AM_APP_REVOKED_EVENT t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_7);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_7);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_revocations_proof(v_run.run_id, v_run.started, v_longest_lifetime_hours, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_revocations;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_revocations
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_revocations');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_revocations',
      'b24ce793b759bf6216bbe82d0fb6e3d30248350d23376a66c9b8b526cda92095');
  COMMIT;
END;
/
-- @end
