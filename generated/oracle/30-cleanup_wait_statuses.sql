-- cleanup_wait_statuses: deletes marks of logins that waited for another system and never came back.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_AUTH_WAIT_STATUS when
--     retention_over: its EXPIRE_TIME passed before the retention began, and its login is in neither session store
--     and only if its LONG_WAIT_KEY is not NULL, and no row of IDN_AUTH_SESSION_STORE has its LONG_WAIT_KEY as
--     SESSION_ID, and no row of IDN_AUTH_TEMP_SESSION_STORE has its LONG_WAIT_KEY as SESSION_ID
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_wait_statuses(run) puts back what is still kept.
-- EXECUTE cleanup_wait_statuses('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_wait_statuses and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_wait_statuses
CREATE OR REPLACE PROCEDURE cleanup_wait_statuses(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_wait_cut_off TIMESTAMP(6);
  v_wait_retention_days NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 NUMBER;
  v_upto_1 IDN_AUTH_WAIT_STATUS.ID%TYPE;
  v_until_1 IDN_AUTH_WAIT_STATUS.ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_WAIT_STATUS', 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS', 6);
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_SESSION_STORE');
  CLEANUP_KIT.expect(v_run, 'IDN_AUTH_TEMP_SESSION_STORE');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_wait_statuses', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_wait_retention_days := CLEANUP_KIT.number_of(v_run, 'wait_retention_days', 14);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and the retention of marks of waiting logins
  v_wait_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_wait_retention_days, 'DAY');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_wait_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_AUTH_WAIT_STATUS
  CLEANUP_KIT.open_table(v_run, 'IDN_AUTH_WAIT_STATUS', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_1 := TO_NUMBER(v_run.until_key);
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (ID)) */ MAX(t.ID) INTO v_until_1 FROM IDN_AUTH_WAIT_STATUS t;
      END IF;
      SELECT MAX(d.ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (ID)) */ k.ID
        FROM IDN_AUTH_WAIT_STATUS k
        WHERE k.ID > v_after_1 AND k.ID <= v_until_1
        ORDER BY k.ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (ID)) */ t.ROWID, 'retention_over'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_AUTH_WAIT_STATUS t
      WHERE t.ID > v_after_1 AND t.ID <= v_upto_1
        AND (t.EXPIRE_TIME < v_wait_cut_off
             AND t.LONG_WAIT_KEY IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY)
             AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY))
      FOR UPDATE OF t.ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_AUTH_WAIT_STATUS
            (RUN_ID, REASON, ID, TENANT_ID, LONG_WAIT_KEY, WAIT_STATUS, TIME_CREATED, EXPIRE_TIME)
          SELECT v_run.run_id, v_reasons(i), t.ID, t.TENANT_ID, t.LONG_WAIT_KEY, t.WAIT_STATUS, t.TIME_CREATED,
                 t.EXPIRE_TIME
          FROM IDN_AUTH_WAIT_STATUS t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_AUTH_WAIT_STATUS t
          WHERE t.ROWID = v_rows(i)
            AND (t.EXPIRE_TIME < v_wait_cut_off
                 AND t.LONG_WAIT_KEY IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY)
                 AND NOT EXISTS (SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o WHERE o.SESSION_ID = t.LONG_WAIT_KEY));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_1));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_1));
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_wait_statuses_proof(v_run.run_id, v_run.started, v_wait_retention_days, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_wait_statuses;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_wait_statuses
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_wait_statuses');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_wait_statuses',
      'f7c5f00b5f6f2c8aa7a502249625a0a4081c210a3b32dc5bff4b6a00e36d9a8e');
  COMMIT;
END;
/
-- @end
