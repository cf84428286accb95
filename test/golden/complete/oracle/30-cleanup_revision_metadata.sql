-- cleanup_revision_metadata: deletes metadata of API revisions that are gone.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   AM_API_REVISION_METADATA when
--     orphaned: a run over 24 h ago found it without its revision, and so does this one
--     and only if its REVISION_UUID is not NULL, and no row of AM_REVISION has its REVISION_UUID
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_revision_metadata(run) puts back what is still
-- kept. EXECUTE cleanup_revision_metadata('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_revision_metadata and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_revision_metadata
CREATE OR REPLACE PROCEDURE cleanup_revision_metadata(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_sighting_cut_off TIMESTAMP(6);
  v_after_1 AM_API_REVISION_METADATA.API_UUID%TYPE;
  v_upto_1 AM_API_REVISION_METADATA.API_UUID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'AM_API_REVISION_METADATA', 'CLEANUP_BAK_AM_API_REVISION_METADATA', 3);
  CLEANUP_KIT.expect(v_run, 'AM_REVISION');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_revision_metadata', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  -- UTC now, less 24 h: an earlier sighting counts
  v_sighting_cut_off := v_run.started - NUMTODSINTERVAL(24, 'HOUR');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_sighting_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. AM_API_REVISION_METADATA
  CLEANUP_KIT.open_table(v_run, 'AM_API_REVISION_METADATA', 'list');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Forget what is kept again, and note what is seen for the first time
        DELETE FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l
        WHERE NOT EXISTS (
          SELECT 1 FROM AM_API_REVISION_METADATA t
          WHERE t.API_UUID = l.API_UUID
            AND t.REVISION_UUID = l.REVISION_UUID
            AND t.API_UUID IS NOT NULL
            AND t.REVISION_UUID IS NOT NULL
            AND t.REVISION_UUID IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID));
        INSERT INTO CLEANUP_SIGHTING_AM_API_REVISION_METADATA (API_UUID, REVISION_UUID, FIRST_SEEN)
        SELECT DISTINCT t.API_UUID, t.REVISION_UUID, v_run.started
        FROM AM_API_REVISION_METADATA t
        WHERE t.API_UUID IS NOT NULL
          AND t.REVISION_UUID IS NOT NULL
          AND t.REVISION_UUID IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID)
          AND NOT EXISTS (
            SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l
            WHERE t.API_UUID = l.API_UUID
              AND t.REVISION_UUID = l.REVISION_UUID);
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_1 := NVL(v_run.after_key, CHR(0));
      SELECT MAX(d.API_UUID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (API_UUID)) */ k.API_UUID
        FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA k
        WHERE k.API_UUID > v_after_1
        ORDER BY k.API_UUID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) */ t.ROWID, 'orphaned'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA l
      JOIN AM_API_REVISION_METADATA t ON t.API_UUID = l.API_UUID
        AND t.REVISION_UUID = l.REVISION_UUID
      WHERE l.API_UUID > v_after_1 AND l.API_UUID <= v_upto_1
        AND ((EXISTS (
                SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                WHERE n.API_UUID = t.API_UUID AND n.REVISION_UUID = t.REVISION_UUID
                  AND n.FIRST_SEEN < v_sighting_cut_off))
             AND t.REVISION_UUID IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID))
      FOR UPDATE OF t.API_UUID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_AM_API_REVISION_METADATA
            (RUN_ID, REASON, API_UUID, REVISION_UUID, API_TIER)
          SELECT v_run.run_id, v_reasons(i), t.API_UUID, t.REVISION_UUID, t.API_TIER
          FROM AM_API_REVISION_METADATA t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM AM_API_REVISION_METADATA t
          WHERE t.ROWID = v_rows(i)
            AND ((EXISTS (
                    SELECT 1 FROM CLEANUP_SIGHTING_AM_API_REVISION_METADATA n
                    WHERE n.API_UUID = t.API_UUID AND n.REVISION_UUID = t.REVISION_UUID
                      AND n.FIRST_SEEN < v_sighting_cut_off))
                 AND t.REVISION_UUID IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM AM_REVISION o WHERE o.REVISION_UUID = t.REVISION_UUID));
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
    cleanup_revision_metadata_proof(v_run.run_id, v_run.started);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_revision_metadata;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_revision_metadata
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_revision_metadata');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_revision_metadata',
      '987330aa0d43a18b7f182bd8ee148ed98afba9699192b295d2e04a095fd4de98');
  COMMIT;
END;
/
-- @end
