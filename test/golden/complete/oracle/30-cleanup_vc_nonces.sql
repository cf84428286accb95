-- cleanup_vc_nonces: deletes nonces of verifiable credentials that have expired.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_VC_NONCE when
--     expired: its EXPIRY_TIME is over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_vc_nonces(run) puts back what is still kept.
-- EXECUTE cleanup_vc_nonces('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_vc_nonces and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_vc_nonces
CREATE OR REPLACE PROCEDURE cleanup_vc_nonces(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_grace_cut_off TIMESTAMP(6);
  v_clock_uncertainty_hours NUMBER;
  v_after_1 IDN_VC_NONCE.EXPIRY_TIME%TYPE;
  v_upto_1 IDN_VC_NONCE.EXPIRY_TIME%TYPE;
  v_until_1 IDN_VC_NONCE.EXPIRY_TIME%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_VC_NONCE', 'CLEANUP_BAK_IDN_VC_NONCE', 3);
  CLEANUP_KIT.begin_run(v_run, 'cleanup_vc_nonces', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_VC_NONCE
  CLEANUP_KIT.open_table(v_run, 'IDN_VC_NONCE', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(TO_TIMESTAMP(v_run.after_key, 'YYYY-MM-DD HH24:MI:SS.FF9'), TIMESTAMP '0001-01-01 00:00:00');
      v_until_1 := TO_TIMESTAMP(v_run.until_key, 'YYYY-MM-DD HH24:MI:SS.FF9');
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (EXPIRY_TIME)) */ MAX(t.EXPIRY_TIME) INTO v_until_1 FROM IDN_VC_NONCE t;
      END IF;
      SELECT MAX(d.EXPIRY_TIME), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (EXPIRY_TIME)) */ k.EXPIRY_TIME
        FROM IDN_VC_NONCE k
        WHERE k.EXPIRY_TIME > v_after_1 AND k.EXPIRY_TIME <= v_until_1
        ORDER BY k.EXPIRY_TIME
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (EXPIRY_TIME)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_VC_NONCE t
      WHERE t.EXPIRY_TIME > v_after_1 AND t.EXPIRY_TIME <= v_upto_1
        AND (t.EXPIRY_TIME < v_grace_cut_off)
      FOR UPDATE OF t.EXPIRY_TIME WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_VC_NONCE
            (RUN_ID, REASON, TENANT_ID, NONCE, EXPIRY_TIME)
          SELECT v_run.run_id, v_reasons(i), t.TENANT_ID, t.NONCE, t.EXPIRY_TIME
          FROM IDN_VC_NONCE t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_VC_NONCE t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_1, 'YYYY-MM-DD HH24:MI:SS.FF9'));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_1, 'YYYY-MM-DD HH24:MI:SS.FF9'));
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_vc_nonces_proof(v_run.run_id, v_run.started, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_vc_nonces;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_vc_nonces
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_vc_nonces');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_vc_nonces',
      '8fb9b927f5665e8577c7753ee18f4523bfd01b3a2da036b6be9984d160a2eba2');
  COMMIT;
END;
/
-- @end
