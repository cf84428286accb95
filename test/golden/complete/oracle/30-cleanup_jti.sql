-- cleanup_jti: deletes ids of JWTs that have expired.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OIDC_JTI when
--     expired: its JWT expired over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_jti(run) puts back what is still kept.
-- EXECUTE cleanup_jti('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_jti and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_jti
CREATE OR REPLACE PROCEDURE cleanup_jti(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_grace_cut_off TIMESTAMP(6);
  v_clock_uncertainty_hours NUMBER;
  v_after_1 IDN_OIDC_JTI.JWT_ID%TYPE;
  v_upto_1 IDN_OIDC_JTI.JWT_ID%TYPE;
  v_until_1 IDN_OIDC_JTI.JWT_ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_OIDC_JTI', 'CLEANUP_BAK_IDN_OIDC_JTI', 3);
  CLEANUP_KIT.begin_run(v_run, 'cleanup_jti', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_OIDC_JTI
  CLEANUP_KIT.open_table(v_run, 'IDN_OIDC_JTI', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (JWT_ID)) */ MAX(t.JWT_ID) INTO v_until_1 FROM IDN_OIDC_JTI t;
      END IF;
      SELECT MAX(d.JWT_ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (JWT_ID)) */ k.JWT_ID
        FROM IDN_OIDC_JTI k
        WHERE k.JWT_ID > v_after_1 AND k.JWT_ID <= v_until_1
        ORDER BY k.JWT_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (JWT_ID)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_OIDC_JTI t
      WHERE t.JWT_ID > v_after_1 AND t.JWT_ID <= v_upto_1
        AND (t.EXP_TIME < v_grace_cut_off)
      FOR UPDATE OF t.JWT_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OIDC_JTI
            (RUN_ID, REASON, JWT_ID, EXP_TIME, TIME_CREATED)
          SELECT v_run.run_id, v_reasons(i), t.JWT_ID, t.EXP_TIME, t.TIME_CREATED
          FROM IDN_OIDC_JTI t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OIDC_JTI t WHERE t.ROWID = v_rows(i);
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

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_jti_proof(v_run.run_id, v_run.started, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_jti;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_jti
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_jti');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_jti', '0f1e6e04187836033f560c5a40ae815e219b2c65be32a4472f4a7845267766d3');
  COMMIT;
END;
/
-- @end
