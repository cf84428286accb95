-- cleanup_refresh_tokens: deletes dead refresh tokens.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_OAUTH2_REFRESH_TOKEN when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     period_over: it is ACTIVE, EXPIRED or GRACEFULLY_ROTATED, and its period ended before the cut-off
--     together with its child rows in IDN_OAUTH2_REFRESH_TOKEN_SCOPE, IDN_OAUTH2_REFRESH_TOKEN_BINDING
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_refresh_tokens(run) puts back what is still
-- kept. A child row that another session adds after the others were copied goes by the cascade, and is not copied.
-- EXECUTE cleanup_refresh_tokens('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_refresh_tokens and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_refresh_tokens
CREATE OR REPLACE PROCEDURE cleanup_refresh_tokens(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_found CLEANUP_KIT.rowids;    -- rows that go with them
  v_cut_off TIMESTAMP(6);
  v_safe_period_minutes NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 IDN_OAUTH2_REFRESH_TOKEN.REFRESH_TOKEN_ID%TYPE;
  v_upto_1 IDN_OAUTH2_REFRESH_TOKEN.REFRESH_TOKEN_ID%TYPE;
  v_until_1 IDN_OAUTH2_REFRESH_TOKEN.REFRESH_TOKEN_ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_REFRESH_TOKEN', 'CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN', 9);
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_REFRESH_TOKEN_BINDING', 'CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING', 5);
  CLEANUP_KIT.expect_key(v_run, 'REFRESH_TOKEN_ID -> IDN_OAUTH2_REFRESH_TOKEN (REFRESH_TOKEN_ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 'CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE', 3);
  CLEANUP_KIT.expect_key(v_run, 'REFRESH_TOKEN_ID -> IDN_OAUTH2_REFRESH_TOKEN (REFRESH_TOKEN_ID) CASCADE');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_refresh_tokens', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_safe_period_minutes := CLEANUP_KIT.number_of(v_run, 'safe_period_minutes', 120);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and the safe period
  v_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_safe_period_minutes, 'MINUTE');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_OAUTH2_REFRESH_TOKEN
  CLEANUP_KIT.open_table(v_run, 'IDN_OAUTH2_REFRESH_TOKEN', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (REFRESH_TOKEN_ID)) */ MAX(t.REFRESH_TOKEN_ID) INTO v_until_1
            FROM IDN_OAUTH2_REFRESH_TOKEN t;
      END IF;
      SELECT MAX(d.REFRESH_TOKEN_ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (REFRESH_TOKEN_ID)) */ k.REFRESH_TOKEN_ID
        FROM IDN_OAUTH2_REFRESH_TOKEN k
        WHERE k.REFRESH_TOKEN_ID > v_after_1 AND k.REFRESH_TOKEN_ID <= v_until_1
        ORDER BY k.REFRESH_TOKEN_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT d.ROW_ID, d.REASON BULK COLLECT INTO v_rows, v_reasons
      FROM (
        SELECT /*+ INDEX(t (REFRESH_TOKEN_ID)) */ t.ROWID AS ROW_ID,
          CASE
            WHEN t.TOKEN_STATE = 'INACTIVE' THEN 'inactive'
            WHEN t.TOKEN_STATE = 'REVOKED' THEN 'revoked'
            WHEN (t.TOKEN_STATE IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                  OR t.TOKEN_STATE = 'EXPIRED')
                 AND t.REFRESH_TOKEN_VALIDITY_PERIOD > 0 AND t.REFRESH_TOKEN_VALIDITY_PERIOD < 99999999999990
                 AND v_cut_off - t.REFRESH_TOKEN_TIME_CREATED
                     > NUMTODSINTERVAL(LEAST(GREATEST(t.REFRESH_TOKEN_VALIDITY_PERIOD, 0), 999999999999999) / 1000,
                     'SECOND')
            THEN 'period_over'
          END AS REASON
        FROM IDN_OAUTH2_REFRESH_TOKEN t
        WHERE t.REFRESH_TOKEN_ID > v_after_1 AND t.REFRESH_TOKEN_ID <= v_upto_1
      ) d
      WHERE d.REASON IS NOT NULL
      FOR UPDATE WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN
            (RUN_ID, REASON, REFRESH_TOKEN_ID, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID,
             REFRESH_TOKEN_TIME_CREATED, REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_STATE, IDP_ID)
          SELECT v_run.run_id, v_reasons(i), t.REFRESH_TOKEN_ID, t.REFRESH_TOKEN, t.CONSUMER_KEY_ID, t.AUTHZ_USER,
                 t.TENANT_ID, t.REFRESH_TOKEN_TIME_CREATED, t.REFRESH_TOKEN_VALIDITY_PERIOD, t.TOKEN_STATE, t.IDP_ID
          FROM IDN_OAUTH2_REFRESH_TOKEN t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_OAUTH2_REFRESH_TOKEN_SCOPE
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN g
        JOIN IDN_OAUTH2_REFRESH_TOKEN_SCOPE c ON c.REFRESH_TOKEN_ID = g.REFRESH_TOKEN_ID
        WHERE g.RUN_ID = v_run.run_id AND g.REFRESH_TOKEN_ID > v_after_1 AND g.REFRESH_TOKEN_ID <= v_upto_1
        FOR UPDATE OF c.REFRESH_TOKEN_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_SCOPE
              (RUN_ID, REFRESH_TOKEN_ID, TOKEN_SCOPE, TENANT_ID)
            SELECT v_run.run_id, c.REFRESH_TOKEN_ID, c.TOKEN_SCOPE, c.TENANT_ID
            FROM IDN_OAUTH2_REFRESH_TOKEN_SCOPE c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_OAUTH2_REFRESH_TOKEN_SCOPE c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_OAUTH2_REFRESH_TOKEN_SCOPE', NULL, v_found.COUNT);
        -- IDN_OAUTH2_REFRESH_TOKEN_BINDING
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN g
        JOIN IDN_OAUTH2_REFRESH_TOKEN_BINDING c ON c.REFRESH_TOKEN_ID = g.REFRESH_TOKEN_ID
        WHERE g.RUN_ID = v_run.run_id AND g.REFRESH_TOKEN_ID > v_after_1 AND g.REFRESH_TOKEN_ID <= v_upto_1
        FOR UPDATE OF c.REFRESH_TOKEN_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_OAUTH2_REFRESH_TOKEN_BINDING
              (RUN_ID, REFRESH_TOKEN_ID, TOKEN_BINDING_TYPE, TOKEN_BINDING_REF, TOKEN_BINDING_VALUE, TENANT_ID)
            SELECT v_run.run_id, c.REFRESH_TOKEN_ID, c.TOKEN_BINDING_TYPE, c.TOKEN_BINDING_REF, c.TOKEN_BINDING_VALUE,
                   c.TENANT_ID
            FROM IDN_OAUTH2_REFRESH_TOKEN_BINDING c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_OAUTH2_REFRESH_TOKEN_BINDING c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_OAUTH2_REFRESH_TOKEN_BINDING', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_OAUTH2_REFRESH_TOKEN t WHERE t.ROWID = v_rows(i);
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
    cleanup_refresh_tokens_proof(v_run.run_id, v_run.started, v_safe_period_minutes, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_refresh_tokens;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_refresh_tokens
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_refresh_tokens');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_refresh_tokens',
      'd838ca0b2206fc0a21a41d3f82f42221b856a4d07b776b877229491ef84dfb5d');
  COMMIT;
END;
/
-- @end
