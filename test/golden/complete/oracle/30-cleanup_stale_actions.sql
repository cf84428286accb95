-- cleanup_stale_actions: deletes authentication actions that no authenticator refers to.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_ACTION when
--     stale: its type is AUTHENTICATION, and it was not created within 24 h
--     and only if no row of IDP_AUTHENTICATOR_PROPERTY has its UUID as PROPERTY_VALUE
--     together with its child rows in IDN_ACTION_PROPERTIES
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_stale_actions(run) puts back what is still kept.
-- A child row that another session adds after the others were copied goes by the cascade, and is not copied.
-- EXECUTE cleanup_stale_actions('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_stale_actions and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_stale_actions
CREATE OR REPLACE PROCEDURE cleanup_stale_actions(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_found CLEANUP_KIT.rowids;    -- rows that go with them
  v_grace_cut_off TIMESTAMP(6);
  v_clock_uncertainty_hours NUMBER;
  v_after_1 IDN_ACTION.UUID%TYPE;
  v_upto_1 IDN_ACTION.UUID%TYPE;
  v_until_1 IDN_ACTION.UUID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_ACTION', 'CLEANUP_BAK_IDN_ACTION', 7);
  CLEANUP_KIT.expect(v_run, 'IDN_ACTION_PROPERTIES', 'CLEANUP_BAK_IDN_ACTION_PROPERTIES', 4);
  CLEANUP_KIT.expect_key(v_run, 'ACTION_UUID -> IDN_ACTION (UUID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDP_AUTHENTICATOR_PROPERTY');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_stale_actions', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_ACTION
  CLEANUP_KIT.open_table(v_run, 'IDN_ACTION', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (UUID)) */ MAX(t.UUID) INTO v_until_1 FROM IDN_ACTION t;
      END IF;
      SELECT MAX(d.UUID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (UUID)) */ k.UUID
        FROM IDN_ACTION k
        WHERE k.UUID > v_after_1 AND k.UUID <= v_until_1
        ORDER BY k.UUID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (UUID)) */ t.ROWID, 'stale'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_ACTION t
      WHERE t.UUID > v_after_1 AND t.UUID <= v_upto_1
        AND ((t."TYPE" = 'AUTHENTICATION'
              AND (t.CREATED_AT IS NULL OR t.CREATED_AT < v_grace_cut_off))
             AND NOT EXISTS (SELECT 1 FROM IDP_AUTHENTICATOR_PROPERTY o WHERE o.PROPERTY_VALUE = RTRIM(t.UUID)))
      FOR UPDATE OF t.UUID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_ACTION
            (RUN_ID, REASON, UUID, "TYPE", NAME, STATUS, TENANT_ID, CREATED_AT, UPDATED_AT)
          SELECT v_run.run_id, v_reasons(i), t.UUID, t."TYPE", t.NAME, t.STATUS, t.TENANT_ID, t.CREATED_AT,
                 t.UPDATED_AT
          FROM IDN_ACTION t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_ACTION_PROPERTIES
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_ACTION g
        JOIN IDN_ACTION_PROPERTIES c ON c.ACTION_UUID = g.UUID
        WHERE g.RUN_ID = v_run.run_id AND g.UUID > v_after_1 AND g.UUID <= v_upto_1
        FOR UPDATE OF c.ACTION_UUID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_ACTION_PROPERTIES
              (RUN_ID, ACTION_UUID, PROPERTY_NAME, PROPERTY_VALUE, TENANT_ID)
            SELECT v_run.run_id, c.ACTION_UUID, c.PROPERTY_NAME, c.PROPERTY_VALUE, c.TENANT_ID
            FROM IDN_ACTION_PROPERTIES c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_ACTION_PROPERTIES c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_ACTION_PROPERTIES', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_ACTION t
          WHERE t.ROWID = v_rows(i)
            AND ((t."TYPE" = 'AUTHENTICATION'
                  AND (t.CREATED_AT IS NULL OR t.CREATED_AT < v_grace_cut_off))
                 AND NOT EXISTS (SELECT 1 FROM IDP_AUTHENTICATOR_PROPERTY o WHERE o.PROPERTY_VALUE = RTRIM(t.UUID)));
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
    cleanup_stale_actions_proof(v_run.run_id, v_run.started, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_stale_actions;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_stale_actions
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_stale_actions');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_stale_actions',
      'eee2b689177ee28606a168c80eafebd6fa9256d59e653a6eb75569c0f57ee772');
  COMMIT;
END;
/
-- @end
