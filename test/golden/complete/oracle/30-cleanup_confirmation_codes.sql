-- cleanup_confirmation_codes: deletes old confirmation codes of account recovery.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_RECOVERY_DATA when
--     retention_over: it is older than the retention, and than any validity that governs its tenant
--   IDN_RECOVERY_FLOW_DATA when
--     retention_over: it is older than the retention, and than any validity that governs some tenant
--     and only if no row of IDN_RECOVERY_DATA has its RECOVERY_FLOW_ID
--     until such a batch ends nobody else can change IDN_RECOVERY_DATA
-- If a row of these tables goes, or its parent, the table is locked for a batch and read as a whole for each parent:
--   IDN_RECOVERY_DATA has no index on RECOVERY_FLOW_ID
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_confirmation_codes(run) puts back what is still
-- kept. EXECUTE cleanup_confirmation_codes('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_confirmation_codes and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_confirmation_codes
CREATE OR REPLACE PROCEDURE cleanup_confirmation_codes(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_retention_cut_off TIMESTAMP(6);
  v_grace_cut_off TIMESTAMP(6);
  v_code_retention_hours NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 IDN_RECOVERY_DATA.USER_NAME%TYPE;
  v_upto_1 IDN_RECOVERY_DATA.USER_NAME%TYPE;
  v_until_1 IDN_RECOVERY_DATA.USER_NAME%TYPE;
  v_after_2 IDN_RECOVERY_FLOW_DATA.RECOVERY_FLOW_ID%TYPE;
  v_upto_2 IDN_RECOVERY_FLOW_DATA.RECOVERY_FLOW_ID%TYPE;
  v_until_2 IDN_RECOVERY_FLOW_DATA.RECOVERY_FLOW_ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_RECOVERY_FLOW_DATA', 'CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA', 5);
  CLEANUP_KIT.expect(v_run, 'IDN_RECOVERY_DATA', 'CLEANUP_BAK_IDN_RECOVERY_DATA', 9);
  CLEANUP_KIT.expect_key(v_run, 'RECOVERY_FLOW_ID -> IDN_RECOVERY_FLOW_DATA (RECOVERY_FLOW_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDP');
  CLEANUP_KIT.expect(v_run, 'IDP_METADATA');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_confirmation_codes', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_code_retention_hours := CLEANUP_KIT.number_of(v_run, 'code_retention_hours', 720);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and the retention of codes
  v_retention_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_code_retention_hours, 'HOUR');
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_retention_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_RECOVERY_DATA
  CLEANUP_KIT.open_table(v_run, 'IDN_RECOVERY_DATA', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (USER_NAME)) */ MAX(t.USER_NAME) INTO v_until_1 FROM IDN_RECOVERY_DATA t;
      END IF;
      SELECT MAX(d.USER_NAME), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (USER_NAME)) */ k.USER_NAME
        FROM IDN_RECOVERY_DATA k
        WHERE k.USER_NAME > v_after_1 AND k.USER_NAME <= v_until_1
        ORDER BY k.USER_NAME
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (USER_NAME)) */ t.ROWID, 'retention_over'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_RECOVERY_DATA t
      WHERE t.USER_NAME > v_after_1 AND t.USER_NAME <= v_upto_1
        AND (t.TIME_CREATED < v_retention_cut_off
             AND NOT EXISTS (
               SELECT 1 FROM IDP_METADATA o
               WHERE INSTR(o.NAME, 'ExpiryTime') > 0
                 AND EXISTS (
                   SELECT 1 FROM IDP o2
                   WHERE o2.ID = o.IDP_ID
                     AND o2.NAME = 'LOCAL')
                 AND CASE WHEN v_grace_cut_off - t.TIME_CREATED > NUMTODSINTERVAL(LEAST(GREATEST(
                     CASE WHEN REGEXP_LIKE(o.VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o.VALUE, '[^0-9]')
                       THEN TO_NUMBER(o.VALUE) END, 0), 9999999999), 'MINUTE') THEN 0 ELSE 1 END = 1
                 AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
                   SELECT 1 FROM IDP_METADATA o2
                   WHERE INSTR(o2.NAME, 'ExpiryTime') > 0
                     AND EXISTS (
                       SELECT 1 FROM IDP o3
                       WHERE o3.ID = o2.IDP_ID
                         AND o3.NAME = 'LOCAL')
                     AND o2.TENANT_ID = t.TENANT_ID
                     AND o2.NAME = o.NAME))))
      FOR UPDATE OF t.USER_NAME WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_RECOVERY_DATA
            (RUN_ID, REASON, USER_NAME, USER_DOMAIN, TENANT_ID, CODE, SCENARIO, STEP, TIME_CREATED, REMAINING_SETS,
             RECOVERY_FLOW_ID)
          SELECT v_run.run_id, v_reasons(i), t.USER_NAME, t.USER_DOMAIN, t.TENANT_ID, t.CODE, t.SCENARIO, t.STEP,
                 t.TIME_CREATED, t.REMAINING_SETS, t.RECOVERY_FLOW_ID
          FROM IDN_RECOVERY_DATA t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_RECOVERY_DATA t
          WHERE t.ROWID = v_rows(i)
            AND (t.TIME_CREATED < v_retention_cut_off
                 AND NOT EXISTS (
                   SELECT 1 FROM IDP_METADATA o
                   WHERE INSTR(o.NAME, 'ExpiryTime') > 0
                     AND EXISTS (
                       SELECT 1 FROM IDP o2
                       WHERE o2.ID = o.IDP_ID
                         AND o2.NAME = 'LOCAL')
                     AND CASE WHEN v_grace_cut_off - t.TIME_CREATED > NUMTODSINTERVAL(LEAST(GREATEST(
                         CASE WHEN REGEXP_LIKE(o.VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o.VALUE, '[^0-9]')
                           THEN TO_NUMBER(o.VALUE) END, 0), 9999999999), 'MINUTE') THEN 0 ELSE 1 END = 1
                     AND (o.TENANT_ID = t.TENANT_ID OR NOT EXISTS (
                       SELECT 1 FROM IDP_METADATA o2
                       WHERE INSTR(o2.NAME, 'ExpiryTime') > 0
                         AND EXISTS (
                           SELECT 1 FROM IDP o3
                           WHERE o3.ID = o2.IDP_ID
                             AND o3.NAME = 'LOCAL')
                         AND o2.TENANT_ID = t.TENANT_ID
                         AND o2.NAME = o.NAME))));
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

  -- 2. IDN_RECOVERY_FLOW_DATA
  CLEANUP_KIT.open_table(v_run, 'IDN_RECOVERY_FLOW_DATA', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_2 := NVL(v_run.after_key, CHR(0));
      v_until_2 := v_run.until_key;
      IF v_until_2 IS NULL THEN
        SELECT /*+ INDEX(t (RECOVERY_FLOW_ID)) */ MAX(t.RECOVERY_FLOW_ID) INTO v_until_2 FROM IDN_RECOVERY_FLOW_DATA t;
      END IF;
      SELECT MAX(d.RECOVERY_FLOW_ID), COUNT(*) INTO v_upto_2, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (RECOVERY_FLOW_ID)) */ k.RECOVERY_FLOW_ID
        FROM IDN_RECOVERY_FLOW_DATA k
        WHERE k.RECOVERY_FLOW_ID > v_after_2 AND k.RECOVERY_FLOW_ID <= v_until_2
        ORDER BY k.RECOVERY_FLOW_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- What refers to one of these rows, or comes to, stays as it is until the batch ends
      IF v_run.dry_run = 'no' THEN
        LOCK TABLE IDN_RECOVERY_DATA IN SHARE ROW EXCLUSIVE MODE WAIT 1;
      END IF;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (RECOVERY_FLOW_ID)) */ t.ROWID, 'retention_over'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_RECOVERY_FLOW_DATA t
      WHERE t.RECOVERY_FLOW_ID > v_after_2 AND t.RECOVERY_FLOW_ID <= v_upto_2
        AND ((t.TIME_CREATED < v_retention_cut_off
              AND NOT EXISTS (
                SELECT 1 FROM IDP_METADATA o
                WHERE INSTR(o.NAME, 'ExpiryTime') > 0
                  AND EXISTS (
                    SELECT 1 FROM IDP o2
                    WHERE o2.ID = o.IDP_ID
                      AND o2.NAME = 'LOCAL')
                  AND CASE WHEN v_grace_cut_off - t.TIME_CREATED > NUMTODSINTERVAL(LEAST(GREATEST(
                      CASE WHEN REGEXP_LIKE(o.VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o.VALUE, '[^0-9]')
                        THEN TO_NUMBER(o.VALUE) END, 0), 9999999999), 'MINUTE') THEN 0 ELSE 1 END = 1))
             AND NOT EXISTS (SELECT 1 FROM IDN_RECOVERY_DATA o WHERE o.RECOVERY_FLOW_ID = t.RECOVERY_FLOW_ID))
      FOR UPDATE OF t.RECOVERY_FLOW_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_RECOVERY_FLOW_DATA
            (RUN_ID, REASON, RECOVERY_FLOW_ID, CODE, FAILED_ATTEMPTS, RESEND_COUNT, TIME_CREATED)
          SELECT v_run.run_id, v_reasons(i), t.RECOVERY_FLOW_ID, t.CODE, t.FAILED_ATTEMPTS, t.RESEND_COUNT,
                 t.TIME_CREATED
          FROM IDN_RECOVERY_FLOW_DATA t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_RECOVERY_FLOW_DATA t
          WHERE t.ROWID = v_rows(i)
            AND ((t.TIME_CREATED < v_retention_cut_off
                  AND NOT EXISTS (
                    SELECT 1 FROM IDP_METADATA o
                    WHERE INSTR(o.NAME, 'ExpiryTime') > 0
                      AND EXISTS (
                        SELECT 1 FROM IDP o2
                        WHERE o2.ID = o.IDP_ID
                          AND o2.NAME = 'LOCAL')
                      AND CASE WHEN v_grace_cut_off - t.TIME_CREATED > NUMTODSINTERVAL(LEAST(GREATEST(
                          CASE WHEN REGEXP_LIKE(o.VALUE, '^[0-9]{1,18}$') AND NOT REGEXP_LIKE(o.VALUE, '[^0-9]')
                            THEN TO_NUMBER(o.VALUE) END, 0), 9999999999), 'MINUTE') THEN 0 ELSE 1 END = 1))
                 AND NOT EXISTS (SELECT 1 FROM IDN_RECOVERY_DATA o WHERE o.RECOVERY_FLOW_ID = t.RECOVERY_FLOW_ID));
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

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_confirmation_codes_proof(v_run.run_id, v_run.started, v_code_retention_hours, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_confirmation_codes;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_confirmation_codes
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_confirmation_codes');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_confirmation_codes',
      '7664f9b33daa0d8b9aeb47ec583242f176d6adfd09269bbf000652bde0a655a6');
  COMMIT;
END;
/
-- @end
