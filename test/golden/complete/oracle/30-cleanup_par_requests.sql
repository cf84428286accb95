-- cleanup_par_requests: deletes pushed authorization requests that have expired.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH_PAR when
--     expired: its SCHEDULED_EXPIRY is over 24 h ago
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_par_requests(run) puts back what is still kept.
-- EXECUTE cleanup_par_requests('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_par_requests and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_par_requests
CREATE OR REPLACE PROCEDURE cleanup_par_requests(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_epoch_grace_cut_off TIMESTAMP(6);
  v_epoch_grace_cut_off_ms NUMBER;
  v_after_1 IDN_OAUTH_PAR.REQ_URI_REF%TYPE;
  v_upto_1 IDN_OAUTH_PAR.REQ_URI_REF%TYPE;
  v_until_1 IDN_OAUTH_PAR.REQ_URI_REF%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH_PAR', 'CLEANUP_BAK_IDN_OAUTH_PAR', 4);
  CLEANUP_KIT.begin_run(v_run, 'cleanup_par_requests', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  -- UTC now, less 24 h
  v_epoch_grace_cut_off := v_run.started - NUMTODSINTERVAL(24, 'HOUR');
  v_epoch_grace_cut_off_ms := FLOOR((((TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'SSSSS'))) * 1000000
      + TO_NUMBER(TO_CHAR(v_epoch_grace_cut_off, 'FF6'))) / 1000);
  UPDATE CLEANUP_RUN SET CUT_OFF = v_epoch_grace_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_OAUTH_PAR
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH_PAR', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (REQ_URI_REF)) */ MAX(t.REQ_URI_REF) INTO v_until_1 FROM IDN_OAUTH_PAR t;
      END IF;
      SELECT MAX(d.REQ_URI_REF), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (REQ_URI_REF)) */ k.REQ_URI_REF
        FROM IDN_OAUTH_PAR k
        WHERE k.REQ_URI_REF > v_after_1 AND k.REQ_URI_REF <= v_until_1
        ORDER BY k.REQ_URI_REF
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (REQ_URI_REF)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_OAUTH_PAR t
      WHERE t.REQ_URI_REF > v_after_1 AND t.REQ_URI_REF <= v_upto_1
        AND (t.SCHEDULED_EXPIRY < v_epoch_grace_cut_off_ms)
      FOR UPDATE OF t.REQ_URI_REF WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH_PAR
            (RUN_ID, REASON, REQ_URI_REF, CLIENT_ID, SCHEDULED_EXPIRY, PARAMETERS)
          SELECT v_run.run_id, v_reasons(i), t.REQ_URI_REF, t.CLIENT_ID, t.SCHEDULED_EXPIRY, t.PARAMETERS
          FROM IDN_OAUTH_PAR t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH_PAR t WHERE t.ROWID = v_rows(i);
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
    cleanup_par_requests_proof(v_run.run_id, v_run.started);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_par_requests;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_par_requests
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_par_requests');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_par_requests',
      '371bd95d6260867ab2389d4928ea2717c32815b5d244f6cd79d75d949e452d3d');
  COMMIT;
END;
/
-- @end
