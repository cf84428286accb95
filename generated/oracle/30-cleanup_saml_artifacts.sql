-- cleanup_saml_artifacts: deletes SAML artifacts that were never resolved and have expired.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_SAML2_ARTIFACT_STORE when
--     expired: its EXP_TIMESTAMP is over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_saml_artifacts(run) puts back what is still
-- kept. EXECUTE cleanup_saml_artifacts('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_saml_artifacts and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_saml_artifacts
CREATE OR REPLACE PROCEDURE cleanup_saml_artifacts(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_grace_cut_off TIMESTAMP(6);
  v_clock_uncertainty_hours NUMBER;
  v_after_1 NUMBER;
  v_upto_1 IDN_SAML2_ARTIFACT_STORE.ID%TYPE;
  v_until_1 IDN_SAML2_ARTIFACT_STORE.ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_SAML2_ARTIFACT_STORE', 'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE', 8);
  CLEANUP_KIT.begin_run(v_run, 'cleanup_saml_artifacts', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_SAML2_ARTIFACT_STORE
  CLEANUP_KIT.open_table(v_run, 'IDN_SAML2_ARTIFACT_STORE', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_1 := TO_NUMBER(v_run.until_key);
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (ID)) */ MAX(t.ID) INTO v_until_1 FROM IDN_SAML2_ARTIFACT_STORE t;
      END IF;
      SELECT MAX(d.ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (ID)) */ k.ID
        FROM IDN_SAML2_ARTIFACT_STORE k
        WHERE k.ID > v_after_1 AND k.ID <= v_until_1
        ORDER BY k.ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (ID)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_SAML2_ARTIFACT_STORE t
      WHERE t.ID > v_after_1 AND t.ID <= v_upto_1
        AND (t.EXP_TIMESTAMP < v_grace_cut_off)
      FOR UPDATE OF t.ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE
            (RUN_ID, REASON, ID, SOURCE_ID, MESSAGE_HANDLER, AUTHN_REQ_DTO, SESSION_ID, INIT_TIMESTAMP, EXP_TIMESTAMP,
             ASSERTION_ID)
          SELECT v_run.run_id, v_reasons(i), t.ID, t.SOURCE_ID, t.MESSAGE_HANDLER, t.AUTHN_REQ_DTO, t.SESSION_ID,
                 t.INIT_TIMESTAMP, t.EXP_TIMESTAMP, t.ASSERTION_ID
          FROM IDN_SAML2_ARTIFACT_STORE t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_SAML2_ARTIFACT_STORE t WHERE t.ROWID = v_rows(i);
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
    cleanup_saml_artifacts_proof(v_run.run_id, v_run.started, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_saml_artifacts;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_saml_artifacts
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_saml_artifacts');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_saml_artifacts',
      'ec49d10b1b7bd5b5a35fefe4c9565a65e9e6089fc325d99941cf99ba2f30fce0');
  COMMIT;
END;
/
-- @end
